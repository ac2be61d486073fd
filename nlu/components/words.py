"""One way of writing for everything that compares words: case, accents, vowel signs and Arabic letters folded."""

from __future__ import annotations

import re
import unicodedata
from typing import List, Text

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": ""})
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
LONGEST = 2_000


def folded(text: Text) -> Text:
    """Return ``text`` lower-cased, without accents and vowel signs, Arabic letter forms made one.

    Texts beyond 2,000 characters are cut: nothing further down changes what somebody needs.
    """
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text[:LONGEST]).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(_ARABIC)


def words(text: Text) -> List[Text]:
    """Return the words of ``text``, folded, punctuation and emoji left out."""
    return _WORDS.findall(folded(text))
