"""The words that the page's own script needs, and the English source of all words of the web chat (texts.yml)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.conversation.contract import LanguageChoice, Words

SOURCE = Path(__file__).with_name("texts.yml")
# Used by the script or by parts of the page that change when the language is switched.
PAGE = (
    "heading",
    "intro",
    "danger",
    "write_label",
    "placeholder",
    "send",
    "language",
    "exit",
    "exit_hint",
    "new",
    "new_question",
    "new_yes",
    "new_no",
    "log",
    "you",
    "bot",
    "caseworker",
    "working",
    "offline",
    "online",
    "pending",
    "not_sent",
    "expired",
    "problem",
    "new_answer",
    "sources",
    "elsewhere",
    "skip",
)


@lru_cache
def english() -> dict[str, str]:
    """Return the English text of every message id in texts.yml."""
    read = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {msgid: entry["text"] for msgid, entry in read.items()}


def page_texts(wording: Words, language: LanguageChoice, territory_name: str, emergency_number: str) -> dict[str, str]:
    """Return what the script shows, by short name (``web.`` left off), in one language."""
    values = {"territory": territory_name, "number": f"\u2068{emergency_number}\u2069"}
    return {name: wording.text(f"web.{name}", language.code, **values) for name in PAGE}
