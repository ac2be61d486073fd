"""What the desk needs to know from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Tells the language (BCP 47) of a text; None where that is not clear or nobody answers. It raises nothing.
Detect = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Settings of the desk.

    ``detect``: tells the language of what a caseworker is about to send; without it only its script is looked at.
    ``longest_message``: in characters. ``first_reply_minutes``, ``handling_minutes``: targets that a lead sees.
    ``translation_url``: base address of a LibreTranslate-compatible service, "" for no machine translation.
    """

    detect: Detect | None = None
    longest_message: int = 2000
    first_reply_minutes: int = 10
    handling_minutes: int = 30
    translation_url: str = ""
    translation_key: str = ""
