"""The words that the page's own script needs."""

from __future__ import annotations

from bot.channels.web.rendering import FILE_KINDS
from bot.conversation.choices import VERDICTS
from bot.conversation.contract import LanguageChoice, Words

# Used by the script or by parts of the page that change when the language is switched.
PAGE = (
    "heading",
    "danger",
    "write_label",
    "placeholder",
    "send",
    "language",
    "exit",
    "exit_hint",
    "save",
    "new",
    "new_question",
    "new_yes",
    "new_no",
    "log",
    "you",
    "bot",
    "caseworker",
    "working",
    "writing",
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
    "feedback_question",
    "feedback_given",
    "keep",
    "contact",
    "calendar",
    "copy_address",
    "share",
    "print",
    "print_plan",
    "printed",
    "copied",
    "read_aloud",
    "read_stop",
    "attach",
    "attach_send",
    *(f"file_{kind}" for kind in FILE_KINDS),
)
# What can be wrong with a service; choices that the page itself offers go by their whole id.
PROBLEMS = tuple(verdict for verdict in VERDICTS if verdict != "right")
CHOICES = tuple(f"choice.{name}" for name in ("yes", "no", *VERDICTS))


def page_texts(wording: Words, language: LanguageChoice, territory_name: str, emergency_number: str) -> dict[str, str]:
    """Return what the page and its script show, by short name (``web.`` left off), in one language."""
    values = {"territory": territory_name, "number": f"\u2068{emergency_number}\u2069"}
    own = {name: wording.text(f"web.{name}", language.code, **values) for name in PAGE}
    return own | {msgid: wording.text(msgid, language.code) for msgid in CHOICES}
