"""The phrasebook: which sentences there are, by group, and which gaps each has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from bot.conversation.wording import LOCALE, SOURCE

FILE = LOCALE / SOURCE / "LC_MESSAGES" / "phrases.po"
PREFIX = "phrase."
GAPS = ("date", "time", "place", "service", "documents", "phone", "name", "amount")
_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence: its message id (``phrase.<group>.<name>``) and its gaps, in the order of the English text."""

    id: str
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The phrases of one occasion."""

    name: str
    phrases: tuple[Phrase, ...]


class Phrasebook:
    """Reads the catalog's ids once; their texts are looked up like all others."""

    def __init__(self, file: Path = FILE) -> None:
        self.groups: tuple[Group, ...] = ()
        self._by_id: dict[str, Phrase] = {}
        if not file.exists():
            return
        groups: dict[str, list[Phrase]] = {}
        with file.open("rb") as opened:
            for message in read_po(opened):
                if isinstance(message.id, str) and message.id.startswith(PREFIX):
                    named = dict.fromkeys(_GAP.findall(str(message.string)))
                    phrase = Phrase(message.id, tuple(gap for gap in named if gap in GAPS))
                    groups.setdefault(message.id.split(".")[1], []).append(phrase)
                    self._by_id[phrase.id] = phrase
        self.groups = tuple(Group(name, tuple(phrases)) for name, phrases in groups.items())

    def get(self, phrase: str) -> Phrase | None:
        """Return a phrase by its message id, or None."""
        return self._by_id.get(phrase)
