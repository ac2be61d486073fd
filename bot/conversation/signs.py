"""Who is writing right now, told from one side of a conversation to the other: kept in memory only, gone after seconds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from bot.conversation.bells import Bells

Side = Literal["newcomer", "caseworker"]
# A page says so again every three seconds while somebody writes.
LASTS_SECONDS = 6.0
EVERY_SECONDS = 2.0
# Channels that know what was looked at; of all others only the arrival is known.
KNOWS_READING = ("web",)


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody writes. ``name``: the caseworker's; ``at``: when it was last said (``time.monotonic``)."""

    name: str
    at: float
    end: asyncio.TimerHandle


class Signs:
    """Signs of this process. Nothing of them is stored, and another process does not see them."""

    def __init__(self, bells: Bells) -> None:
        self._bells = bells
        self._signs: dict[tuple[Side, str], Sign] = {}

    def is_due(self, side: Side, conversation: str) -> bool:
        """Tell whether a sign would be news: not so soon after the last one."""
        known = self._signs.get((side, conversation))
        return known is None or time.monotonic() - known.at >= EVERY_SECONDS

    def write(self, side: Side, conversation: str, name: str = "") -> None:
        """Note that ``side`` is writing, unless that was noted just before; ``name``: the caseworker's."""
        if not self.is_due(side, conversation):
            return
        known = self._signs.get((side, conversation))
        if known is not None:
            known.end.cancel()
        end = asyncio.get_running_loop().call_later(LASTS_SECONDS, self.end, side, conversation)
        self._signs[side, conversation] = Sign(name, time.monotonic(), end)
        self._bells.ring(bell_of(side, conversation))

    def end(self, side: Side, conversation: str) -> None:
        """Note that ``side`` has stopped writing, or that what was written is there."""
        known = self._signs.pop((side, conversation), None)
        if known is not None:
            known.end.cancel()
            self._bells.ring(bell_of(side, conversation))

    def writing(self, side: Side, conversation: str) -> str | None:
        """Return the name of who is writing ("" for newcomers), None when nobody is."""
        known = self._signs.get((side, conversation))
        return None if known is None else known.name


def bell_of(side: Side, conversation: str) -> str:
    """Return the name under which the bells ring when ``side`` begins, goes on or stops writing."""
    return f"{side}:{conversation}"


def reading_bell(conversation: str) -> str:
    """Return the name under which the bells ring when the newcomer has read on."""
    return f"reading:{conversation}"
