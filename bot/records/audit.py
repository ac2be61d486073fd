"""Who at the desk saw and did what: codes and ids, never what anybody wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.model import UtcDateTime
from knowledge.model.base import Base


class AuditEntry(Base):
    """One thing that somebody did. It outlives the conversation, of which it names a pseudonym only."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    territory_id: Mapped[str] = mapped_column(String(64), index=True)
    actor: Mapped[str] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(32))
    about: Mapped[str | None] = mapped_column(String(64))


def record(session: Session, *, territory: str, actor: str, action: str, about: str | None = None) -> None:
    """Store that ``actor`` (an e-mail address or ``system``) did ``action`` (a code) about something (an id)."""
    session.add(AuditEntry(at=datetime.now(UTC), territory_id=territory, actor=actor, action=action, about=about))


def erase_older_than(session: Session, days: int) -> None:
    """Remove what is more than ``days`` days old."""
    session.execute(delete(AuditEntry).where(AuditEntry.at < datetime.now(UTC) - timedelta(days=days)))
