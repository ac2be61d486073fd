"""Words as they are compared: without case, accents or punctuation, and with scripts without spaces taken apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"\w+")
# Scripts that write no spaces between words: every letter counts as a word, and phrases keep them in order.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_SAME = str.maketrans({"ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ς": "σ",
                       "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None})  # fmt: skip


def fold(text: str) -> str:
    """`text` in small letters without accents, its words separated by single spaces."""
    small = text.casefold().translate(_SAME)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", small) if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", plain).replace("_", " "))))


@lru_cache(maxsize=1024)
def wanted_words(text: str, most: int = 12) -> tuple[str, ...]:
    """The words of what somebody typed, folded, each once, at most `most` of them."""
    return tuple(dict.fromkeys(fold(text[:500]).split()))[:most]
