"""Files that newcomers and caseworkers send each other: kept in the database, so that they go with the conversation."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.model import UtcDateTime
from knowledge.model.base import Base


class StoredFile(Base):
    """One file of a message; ``media_type`` is what its bytes are, not what the sender said."""

    __tablename__ = "stored_file"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column()
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(
    session: Session, *, conversation: str, message: int, kind: str, name: str, media_type: str, content: bytes
) -> StoredFile:
    """Store a file of a message."""
    made = StoredFile(
        id=secrets.token_urlsafe(18),
        conversation_id=conversation,
        message_id=message,
        kind=kind,
        name=name,
        media_type=media_type,
        size=len(content),
        content=content,
        at=datetime.now(UTC),
    )
    session.add(made)
    session.flush()
    return made


def get(session: Session, conversation: str, file: str) -> StoredFile | None:
    """Return a file of a conversation: another conversation's does not exist for it."""
    found = session.get(StoredFile, file)
    return found if found is not None and found.conversation_id == conversation else None


def of_messages(session: Session, conversation: str, messages: list[int]) -> dict[int, list[StoredFile]]:
    """Return the files of messages, without their content, by message."""
    found: dict[int, list[StoredFile]] = {}
    if messages:
        query = select(StoredFile).where(
            StoredFile.conversation_id == conversation, StoredFile.message_id.in_(messages)
        )
        for file in session.scalars(query.order_by(StoredFile.at)):
            found.setdefault(file.message_id, []).append(file)
    return found
