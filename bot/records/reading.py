"""How far the newcomer has read while a person is asked for. Every function works in the caller's session and commits nothing.

Where a channel cannot know what was looked at, it is how far messages have arrived.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from bot.conversation import ownership
from bot.records.handoffs import Handoff
from bot.records.model import StoredMessage


def is_news(session: Session, conversation: str, message: int) -> bool:
    """Tell whether ``note`` would change anything."""
    return session.scalar(select(Handoff.id).where(*_further(conversation, message))) is not None


def note(session: Session, conversation: str, message: int) -> bool:
    """Note that the newcomer has read up to the message of that id; tell whether that was news.

    Nothing is noted while nobody was asked for, and nothing of messages that are not there.
    """
    further = update(Handoff).where(*_further(conversation, message)).values(read_by_newcomer=message)
    return session.scalar(further.returning(Handoff.id)) is not None


def _further(conversation: str, message: int) -> list[ColumnElement[bool]]:
    newest = select(func.max(StoredMessage.id)).where(StoredMessage.conversation_id == conversation).scalar_subquery()
    return [
        Handoff.conversation_id == conversation,
        Handoff.state.in_(ownership.ACTIVE),
        Handoff.read_by_newcomer < message,
        newest >= message,
    ]
