"""Choices: what a button's value means to the assistant. Values are at most 64 bytes of UTF-8 (Telegram's limit)."""

from __future__ import annotations

import json
import re

LONGEST_VALUE = 64
_VALUE = re.compile(r"[a-z][a-z_]*(?::[A-Za-z0-9_.-]+)?")

# value before the colon: (Rasa intent, entity that the part after the colon is)
_MEANING: dict[str, tuple[str, str | None]] = {
    "topic": ("need", "topic"),
    "circumstance": ("inform", "circumstance"),
    "more": ("more", "topic"),
    "details": ("details", "service"),
    "hours": ("ask_hours", "service"),
    "place": ("ask_place", "service"),
    "documents": ("ask_documents", "service"),
    "wrong": ("wrong_answer", None),
    "person": ("talk_to_person", None),
    "steps": ("first_steps", None),
    "menu": ("what_can_you_do", "topic"),
    "language": ("change_language", "language"),
    "territory": ("change_territory", "territory"),
    "forget": ("forget_me", "act"),
    "privacy": ("what_do_you_store", None),
    "yes": ("affirm", None),
    "no": ("deny", None),
    "safety": ("safety", "act"),
}
# Answered without the assistant: beginning again, and what a newcomer says of a record ("right:<service>").
START = "start"
NOT_RIGHT = "not_right"
VERDICTS = {
    "right": "right",
    "closed": "closed",
    "wrong_phone": "wrong_phone",
    "wrong_address": "wrong_address",
    "not_for_me": "not_for_me",
    "other_problem": "other",
}
# About the person wanted ("handoff:yes"), and how the talk with them was ("rate:5").
HANDOFF = "handoff"
RATE = "rate"
_OWN = frozenset((START, NOT_RIGHT, *VERDICTS, HANDOFF, RATE))


class UnknownChoice(ValueError):
    """The value is none that the assistant ever offers."""


def value(kind: str, what: str | None = None) -> str:
    """Return the value of a choice, e.g. ``topic:housing``.

    Raises:
        UnknownChoice: the kind is unknown or the value would be too long for Telegram.
    """
    made = kind if what is None else f"{kind}:{what}"
    check(made)
    return made


def check(choice: str) -> None:
    """Raise UnknownChoice unless ``choice`` has the form of a value and a known kind."""
    kind = choice.partition(":")[0]
    if (
        (kind not in _MEANING and kind not in _OWN)
        or not _VALUE.fullmatch(choice)
        or len(choice.encode()) > LONGEST_VALUE
    ):
        raise UnknownChoice(choice[:LONGEST_VALUE])


def command(choice: str) -> str:
    """Return a choice as a Rasa command, e.g. ``/need{"topic": "housing"}``.

    Raises:
        UnknownChoice: see ``check``.
    """
    check(choice)
    kind, _, what = choice.partition(":")
    intent, entity = _MEANING[kind]
    return f"/{intent}" + (json.dumps({entity: what}) if entity and what else "")
