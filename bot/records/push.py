"""Browsers of staff that want to be told when somebody waits, and the key that their push services know us by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.model import UtcDateTime
from bot.records.staff import AT_THE_DESK, Staff, StaffSession, hashed
from knowledge.model.base import Base

THE_KEY = 1
# Devices of one person; a new one beyond that takes the place of the oldest.
MOST = 10


class PushKey(Base):
    """The one key pair of this installation, as PEM. Browsers tie their subscription to it, so it stays for good."""

    __tablename__ = "push_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    private: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PushSubscription(Base):
    """A browser's address at its push service, with the keys that only this browser can read with.

    It hangs on the signed-in session: who signs out, is disabled or gets a new password is told no more.
    """

    __tablename__ = "push_subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_hash: Mapped[str] = mapped_column(ForeignKey("staff_session.token_hash", ondelete="CASCADE"), index=True)
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    endpoint: Mapped[str] = mapped_column(Text)
    p256dh: Mapped[str] = mapped_column(String(128))
    auth: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Device:
    """A subscribed browser, and the language (BCP 47) of whom it belongs to. Keys are base64url without padding."""

    id: int
    endpoint: str
    p256dh: str
    auth: str
    language: str


def key(session: Session) -> str | None:
    """Return the key as PEM, None before it was made."""
    found = session.get(PushKey, THE_KEY)
    return found.private if found else None


def add_key(session: Session, private: str) -> None:
    """Store the key, as PEM; an error of the database where another process was first."""
    session.add(PushKey(id=THE_KEY, private=private, created_at=datetime.now(UTC)))
    session.flush()


def subscribe(session: Session, token: str, endpoint: str, p256dh: str, auth: str) -> None:
    """Store a browser for the session with ``token``, in place of what its push service's address was stored for before."""
    mine = session.get(StaffSession, hashed(token))
    if mine is None:
        return
    session.execute(delete(PushSubscription).where(PushSubscription.endpoint_hash == _hash(endpoint)))
    session.add(
        PushSubscription(
            session_hash=mine.token_hash,
            endpoint_hash=_hash(endpoint),
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            created_at=datetime.now(UTC),
        )
    )
    session.flush()
    of_person = select(PushSubscription.id).join(StaffSession).where(StaffSession.staff_id == mine.staff_id)
    beyond = session.scalars(of_person.order_by(PushSubscription.id.desc()).offset(MOST)).all()
    session.execute(delete(PushSubscription).where(PushSubscription.id.in_(beyond)))


def unsubscribe(session: Session, staff: int, endpoint: str) -> None:
    """Remove a browser of somebody."""
    theirs = select(StaffSession.token_hash).where(StaffSession.staff_id == staff)
    session.execute(
        delete(PushSubscription).where(
            PushSubscription.endpoint_hash == _hash(endpoint), PushSubscription.session_hash.in_(theirs)
        )
    )


def remove(session: Session, device: int) -> None:
    """Remove a browser that its push service knows no more."""
    session.execute(delete(PushSubscription).where(PushSubscription.id == device))


def at_desk(session: Session, territory: str) -> Sequence[Device]:
    """Return the browsers of everybody who may take conversations of a territory over."""
    query = (
        select(PushSubscription, Staff.language)
        .join(StaffSession, StaffSession.token_hash == PushSubscription.session_hash)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(Staff.territory_id == territory, Staff.disabled.is_(False), Staff.role.in_(AT_THE_DESK))
    )
    return [
        Device(row.id, row.endpoint, row.p256dh, row.auth, language)
        for row, language in session.execute(query.order_by(PushSubscription.id))
    ]


def _hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
