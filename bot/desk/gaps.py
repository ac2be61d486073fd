"""The gaps of phrases: what a caseworker picks, as readers of one language write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from babel.dates import format_date, format_time
from babel.numbers import format_currency
from sqlalchemy.orm import Session

from bot.conversation import languages
from bot.conversation.wording import Wording
from knowledge import detail
from knowledge.codes import load_vocabulary
from knowledge.territories import get_territory

LONGEST = 200
MISSING = "…"
Picked = Mapping[str, Sequence[str]]


def worded(session: Session, wording: Wording, picked: Picked, language: str, territory: str) -> dict[str, str]:
    """Return the gaps' values in words; what was not picked or does not fit is left out.

    Args:
        picked: by gap (``date`` ISO 8601, ``time`` HH:MM, ``service`` an id, ``documents`` codes, others as typed).
        language: BCP 47 code of the reader; territory: id.
    """
    found = {name: _value(session, wording, name, values, language, territory) for name, values in picked.items()}
    return {name: value for name, value in found.items() if value}


def _value(
    session: Session, wording: Wording, name: str, values: Sequence[str], language: str, territory: str
) -> str | None:
    text = (values[0] if values else "").strip()[:LONGEST]
    locale = languages.locale(language)
    if not text:
        return None
    try:
        if name == "date":
            return str(format_date(date.fromisoformat(text), "full", locale=locale))
        if name == "time":
            return str(format_time(time.fromisoformat(text), "short", locale=locale))
        if name == "amount":
            currency = get_territory(session, territory).currency
            return str(format_currency(Decimal(text), currency, locale=locale))
    except (ValueError, InvalidOperation):
        return None
    if name == "documents":
        known = load_vocabulary().codes["documents"]
        return " · ".join(wording.text(f"document.{code}", language) for code in values if code in known) or None
    if name == "service":
        view = detail.load_view(session, text, language, datetime.now(UTC))
        return isolated(view.name.text) if view else None
    return isolated(text)


def isolated(text: str) -> str:
    """Return a name or number that keeps its own script direction whatever stands around it."""
    return f"\u2068{text}\u2069"
