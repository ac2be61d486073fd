"""The people at the one-stop shops who work at the desk: accounts, sessions, presence."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records.model import UtcDateTime
from knowledge.model.base import Base

ROLES = ("caseworker", "lead", "editor", "administrator")
# Who may take conversations over.
AT_THE_DESK = ("caseworker", "lead", "administrator")
PRESENCES = ("available", "away")
# An open desk page says so every 20 s; after this long without a word the person is taken for gone.
GONE_AFTER = timedelta(seconds=75)


class Staff(Base):
    """One person. ``name`` is what newcomers see; ``woman``: may be asked for by women, if she wishes so.

    ``mediator``: a cultural mediator. ``languages`` (BCP 47) and ``topics`` are what they can help in; no topics: all.
    ``password_hash`` is None for who signs in elsewhere (``subject``: their id there) and for new accounts.
    ``one_time_until``: the password is a one-time one, good until then and only for choosing an own one.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[str] = mapped_column(String(64), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    one_time_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    mediator: Mapped[bool] = mapped_column(default=False)
    woman: Mapped[bool] = mapped_column(default=False)
    at_once: Mapped[int] = mapped_column(default=4)
    language: Mapped[str] = mapped_column(String(16), default="en")
    disabled: Mapped[bool] = mapped_column(default=False)
    presence: Mapped[str] = mapped_column(String(16), default="away")
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A signed-in browser; only the hash of its token is stored."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(session: Session, *, territory: str, email: str, name: str, role: str, **more: Any) -> Staff:
    """Store a new account; ``more`` are further columns of ``Staff``. E-mail addresses are kept in lower case."""
    made = Staff(
        territory_id=territory, email=email.strip().lower(), name=name, role=role, created_at=datetime.now(UTC), **more
    )
    session.add(made)
    session.flush()
    return made


def by_email(session: Session, email: str) -> Staff | None:
    """Return the account with an e-mail address, or None."""
    return session.scalars(select(Staff).where(Staff.email == email.strip().lower())).first()


def by_subject(session: Session, subject: str) -> Staff | None:
    """Return the account that signs in elsewhere under ``subject``, or None."""
    return session.scalars(select(Staff).where(Staff.subject == subject)).first()


def of_territory(session: Session, territory: str) -> Sequence[Staff]:
    """Return all accounts of a territory by name."""
    return session.scalars(select(Staff).where(Staff.territory_id == territory).order_by(Staff.name)).all()


def everybody(session: Session) -> Sequence[Staff]:
    """Return all accounts by territory and name."""
    return session.scalars(select(Staff).order_by(Staff.territory_id, Staff.name)).all()


def set_password(session: Session, staff: Staff, password_hash: str, one_time_until: datetime | None = None) -> None:
    """Give an account another password and end its sessions.

    Args:
        one_time_until: the password is good until then and only for choosing an own one; None: it is their own.
    """
    staff.password_hash, staff.one_time_until = password_hash, one_time_until
    session.flush()
    sign_out_everywhere(session, staff.id)


def link(session: Session, staff: Staff, subject: str) -> None:
    """Let an account sign in elsewhere as ``subject``; a one-time password that still waited is dropped."""
    staff.subject = subject
    if staff.one_time_until is not None:
        staff.password_hash = staff.one_time_until = None
    session.flush()


def switch(session: Session, staff: Staff, *, on: bool) -> None:
    """Enable or disable an account; its sessions end when it is disabled."""
    staff.disabled = not on
    session.flush()
    if not on:
        sign_out_everywhere(session, staff.id)


def sign_in(session: Session, staff: Staff) -> tuple[str, str]:
    """Begin a session of a browser; return its token, of which only the hash is stored, and its CSRF token."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    now = datetime.now(UTC)
    session.add(StaffSession(token_hash=hashed(token), staff_id=staff.id, csrf=csrf, created_at=now, last_at=now))
    session.flush()
    return token, csrf


def signed_in(
    session: Session, token: str, *, idle: timedelta, longest: timedelta
) -> tuple[Staff, StaffSession] | None:
    """Return who a token belongs to and the session; None when it ended, was idle too long, or the account is disabled."""
    query = select(Staff, StaffSession).join(StaffSession, StaffSession.staff_id == Staff.id)
    row = session.execute(query.where(StaffSession.token_hash == hashed(token))).first()
    if row is None:
        return None
    staff, found = row
    now = datetime.now(UTC)
    if staff.disabled or now - found.last_at > idle or now - found.created_at > longest:
        return None
    return staff, found


def keep_alive(session: Session, token: str) -> None:
    """Mark a browser's session as used just now."""
    session.execute(
        update(StaffSession).where(StaffSession.token_hash == hashed(token)).values(last_at=datetime.now(UTC))
    )


def sign_out(session: Session, token: str) -> None:
    """End a browser's session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hashed(token)))


def sign_out_everywhere(session: Session, staff: int) -> None:
    """End all sessions of an account: after a new password or when it is disabled."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff))


def end_sessions_older_than(session: Session, days: int) -> None:
    """Remove sessions of browsers that were not used for ``days`` days."""
    session.execute(delete(StaffSession).where(StaffSession.last_at < datetime.now(UTC) - timedelta(days=days)))


def set_presence(session: Session, staff: int, presence: str) -> None:
    """Set whether somebody takes conversations (of ``PRESENCES``)."""
    session.execute(update(Staff).where(Staff.id == staff).values(presence=presence, seen_at=datetime.now(UTC)))


def seen(session: Session, staff: int) -> None:
    """Mark somebody's desk page as open just now."""
    session.execute(update(Staff).where(Staff.id == staff).values(seen_at=datetime.now(UTC)))


def has_desk(session: Session, territory: str) -> bool:
    """Tell whether anybody ever takes conversations of a territory over."""
    query = select(Staff.id).where(
        Staff.territory_id == territory, Staff.disabled.is_(False), Staff.role.in_(AT_THE_DESK)
    )
    return session.scalars(query.limit(1)).first() is not None


def desks(session: Session) -> set[str]:
    """Return the ids of all territories that have a desk."""
    query = select(Staff.territory_id).where(Staff.disabled.is_(False), Staff.role.in_(AT_THE_DESK))
    return set(session.scalars(query.distinct()))


def at_desk(session: Session, territory: str) -> list[Staff]:
    """Return everybody who may take conversations of a territory over, there or not."""
    query = select(Staff).where(Staff.territory_id == territory, Staff.disabled.is_(False), Staff.role.in_(AT_THE_DESK))
    return list(session.scalars(query.order_by(Staff.id)))


def there(session: Session, territory: str) -> list[Staff]:
    """Return who is at the desk of a territory right now and takes conversations."""
    query = select(Staff).where(Staff.territory_id == territory, *_there())
    return list(session.scalars(query.order_by(Staff.id)))


def is_there(session: Session, staff: int) -> bool:
    """Tell whether somebody is at their desk right now and takes conversations."""
    return session.scalar(select(Staff.id).where(Staff.id == staff, *_there())) is not None


def _there() -> list[ColumnElement[bool]]:
    return [
        Staff.disabled.is_(False),
        Staff.role.in_(AT_THE_DESK),
        Staff.presence == "available",
        Staff.seen_at > datetime.now(UTC) - GONE_AFTER,
    ]


def gone(session: Session) -> list[int]:
    """Return the ids of those who said they are available and whose desk page fell silent, or who may come in no more."""
    silent = and_(Staff.presence == "available", Staff.seen_at <= datetime.now(UTC) - GONE_AFTER)
    query = select(Staff.id).where(or_(silent, Staff.disabled))
    return list(session.scalars(query))


def hashed(token: str) -> str:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
