"""Words for tests: the English of the catalogs, and marks of the language where another is asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.conversation.wording import Wording


@lru_cache
def wording() -> Wording:
    """Return the installed catalogs, read once for all tests."""
    return Wording()


class EnglishWords:
    """Implements ``bot.conversation.contract.Words``; records ids that the catalogs lack."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def text(self, msgid: str, language: str, /, **values: object) -> str:
        if not wording().has(msgid):
            self.missing.add(msgid)
        filled = re.sub(r"\{(\w+)\}", lambda gap: str(values.get(gap[1], gap[0])), wording().text(msgid, "en"))
        return filled if language == "en" else f"{filled} [{language}]"

    def plural(self, msgid: str, n: int, language: str, /, **values: object) -> str:
        return self.text(msgid, language, n=n, **values)
