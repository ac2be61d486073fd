"""Writing systems: which one a message uses, told by the names that Unicode gives its letters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Optional, Text


@lru_cache(maxsize=4096)
def script_of_letter(letter: Text) -> Optional[Text]:
    """Return the first word of a letter's Unicode name ("LATIN", "CYRILLIC"), None for what is no letter."""
    if not letter.isalpha():
        return None
    return unicodedata.name(letter, "").split(" ")[0] or None


def script_of(text: Text) -> Optional[Text]:
    """Return the writing system of most letters in ``text``, None when it has no letters."""
    found = Counter(script for script in map(script_of_letter, text) if script)
    return found.most_common(1)[0][0] if found else None
