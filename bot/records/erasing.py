"""Removing what newcomers said: on their word, and after the retention time. Every function commits nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.records.handoffs import Handoff
from bot.records.model import Conversation, Feedback, PersonRequest, StoredMessage


def forget(session: Session, conversation: str, answered: int, at: datetime) -> bool:
    """Remove all that was said up to the message ``answered`` and all that came of it; the last words stay for now.

    Returns:
        whether the conversation ends with that, at ``at``. It goes on, as a new one, where the newcomer wrote again before
        the last words were there: that message must not be lost.
    """
    session.execute(
        delete(StoredMessage).where(StoredMessage.conversation_id == conversation, StoredMessage.id <= answered)
    )
    for table in (Handoff, PersonRequest):
        session.execute(delete(table).where(table.conversation_id == conversation))
    session.execute(update(Feedback).where(Feedback.conversation_id == conversation).values(conversation_id=None))
    unanswered = exists().where(StoredMessage.conversation_id == conversation, StoredMessage.answered.is_(False))
    ends = not session.scalar(select(unanswered))
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation)
        .values(slots={}, desk=None, turns=0, erase_at=at if ends else None)
    )
    return ends


def erase(session: Session, conversation: str) -> None:
    """Remove a conversation and everything that hangs on it."""
    session.execute(delete(Conversation).where(Conversation.id == conversation))


def erase_due(session: Session) -> list[str]:
    """Remove conversations that asked to be forgotten and whose time has come; return their ids."""
    due = delete(Conversation).where(Conversation.erase_at <= datetime.now(UTC))
    return list(session.scalars(due.returning(Conversation.id)))


def erase_older_than(session: Session, days: int) -> list[str]:
    """Remove conversations whose last message is more than ``days`` days old; return their ids."""
    edge = datetime.now(UTC) - timedelta(days=days)
    return list(session.scalars(delete(Conversation).where(Conversation.last_at < edge).returning(Conversation.id)))
