"""Looking handoffs up again: by pseudonym, label, topic, or words that were written. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.records.handoffs import Handoff, pseudonym
from bot.records.model import StoredMessage

MOST = 50
# A desk's handoffs within retention; more are not looked through for pseudonyms and labels.
_LOOKED_AT = 20_000


def search(session: Session, territory: str, words: str, topics: Collection[str] = ()) -> Sequence[Handoff]:
    """Return handoffs of a territory that fit, the newest first, at most ``MOST``.

    Args:
        words: four digits of a pseudonym, a label, or words of a message, as typed.
        topics: codes of topics whose names fit the words.
    """
    wanted = words.strip()
    if not wanted:
        return []
    found: set[int] = set()
    digits = wanted.rsplit(" ", 1)[-1]
    rows = select(Handoff.id, Handoff.conversation_id, Handoff.labels, Handoff.topic)
    for number, conversation, labels, topic in session.execute(
        rows.where(Handoff.territory_id == territory).order_by(Handoff.id.desc()).limit(_LOOKED_AT)
    ):
        folded = wanted.casefold()
        if topic in topics or any(folded in label.casefold() for label in labels) or pseudonym(conversation) == digits:
            found.add(number)
    written = (
        select(Handoff.id)
        .join(StoredMessage, StoredMessage.conversation_id == Handoff.conversation_id)
        .where(Handoff.territory_id == territory, StoredMessage.sender != "bot")
        .where(or_(*(StoredMessage.text.contains(form, autoescape=True) for form in _forms(wanted))))
        .distinct()
        .limit(MOST)
    )
    found |= set(session.scalars(written))
    query = select(Handoff).where(Handoff.id.in_(sorted(found, reverse=True)[:MOST]))
    return session.scalars(query.order_by(Handoff.id.desc())).all()


def _forms(words: str) -> set[str]:
    # SQLite compares letters beyond ASCII as they stand.
    return {words, words.lower(), words.upper(), words.capitalize()}
