"""Words for tests: the English of texts.yml, and marks of the language where another is asked for."""

from __future__ import annotations

import re

from bot.channels.web.page_texts import english


class EnglishWords:
    """Implements ``bot.conversation.contract.Words``; records ids that texts.yml lacks."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def text(self, msgid: str, language: str, **values: object) -> str:
        found = english().get(msgid)
        if found is None:
            self.missing.add(msgid)
            found = msgid
        filled = re.sub(r"\{(\w+)\}", lambda gap: str(values.get(gap[1], gap[0])), found)
        return filled if language == "en" else f"{filled} [{language}]"

    def plural(self, msgid: str, n: int, language: str, **values: object) -> str:
        return self.text(msgid, language, n=n, **values)
