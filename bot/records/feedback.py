"""What newcomers say of the records they were shown: for the city's editors, with nobody's name on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.records.model import Feedback

VERDICTS = ("right", "closed", "wrong_phone", "wrong_address", "not_for_me", "other")


def store(session: Session, conversation: str, territory: str, language: str, service: str, verdict: str) -> None:
    """Store one verdict (of ``VERDICTS``) on a service; a later one of the same conversation takes its place."""
    session.execute(delete(Feedback).where(Feedback.conversation_id == conversation, Feedback.service_id == service))
    session.add(
        Feedback(
            conversation_id=conversation,
            territory_id=territory,
            service_id=service,
            verdict=verdict,
            language=language,
            at=datetime.now(UTC),
        )
    )


def of_conversation(session: Session, conversation: str) -> Sequence[Feedback]:
    """Return what was said of services in a conversation, the oldest first."""
    query = select(Feedback).where(Feedback.conversation_id == conversation)
    return session.scalars(query.order_by(Feedback.at)).all()
