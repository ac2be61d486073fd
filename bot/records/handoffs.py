"""Handoffs: who waits for a person, who has whom, and every step of it. Nothing here commits.

Every change of a handoff's state goes through ``move``, which is safe against two at once: it changes a row only in the
state it was seen in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, bindparam, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.conversation import ownership
from bot.conversation.ownership import Action, Actor, State
from bot.records.model import Conversation, UtcDateTime
from knowledge.model.base import Base

URGENT, SOON, NORMAL = 0, 1, 2
OUTCOMES = ("solved", "referred", "appointment", "answered", "not_for_us", "no_show", "left")
_ONE_ACTIVE = text("state IN ('waiting', 'open')")


class Handoff(Base):
    """One time that a person was asked for. ``version`` grows with every move.

    ``reason``: asked, missed, safety; ``urgency``: 0 danger, 1 soon, 2 normal; ``danger``: kind of danger spoken of.
    ``card``: what the desk sees first, codes only ({"topics", "sure", "circumstances", "services", "why"};
    ``sure``: how certain the assistant was of a topic, 0 to 1).
    ``callback``: how the person wishes to be reached, if they said so. ``agreed``: what was agreed ({"service", "text"}).
    ``proposed_territory``: another territory's desk, waiting for the newcomer's consent.
    ``read_by_staff``, ``read_by_newcomer``: id of the last message that each side has seen (``bot.records.reading``).
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_active", "conversation_id", unique=True, sqlite_where=_ONE_ACTIVE, postgresql_where=_ONE_ACTIVE
        ),
        Index("ix_handoff_queue", "territory_id", "state", "urgency", "requested_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    territory_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[int] = mapped_column(default=NORMAL)
    danger: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(64))
    wants_language: Mapped[bool] = mapped_column(default=False)
    wants_woman: Mapped[bool] = mapped_column(default=False)
    message_left: Mapped[bool] = mapped_column(default=False)
    callback: Mapped[str | None] = mapped_column(String(200))
    card: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    labels: Mapped[list[str]] = mapped_column(JSON, default=list)
    proposed_territory: Mapped[str | None] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    agreed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    rating: Mapped[int | None] = mapped_column()
    rating_word: Mapped[str | None] = mapped_column(Text)
    read_by_staff: Mapped[int] = mapped_column(default=0)
    read_by_newcomer: Mapped[int] = mapped_column(default=0)


class HandoffEvent(Base):
    """One step: who (``newcomer``, ``system`` or ``staff:<id>``), when, what, why (a code)."""

    __tablename__ = "handoff_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(String(64))


class HandoffNote(Base):
    """What colleagues tell each other about a handoff; the newcomer never sees it."""

    __tablename__ = "handoff_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


# Asked for with every message: put together once.
_ACTIVE = select(Handoff).where(Handoff.conversation_id == bindparam("of_talk"), Handoff.state.in_(ownership.ACTIVE))


class TakenMeanwhile(Exception):
    """Somebody else moved the handoff first, or it is not in the state that the action needs."""


def request(session: Session, conversation: Conversation, *, reason: str, card: dict[str, Any], **more: Any) -> Handoff:
    """Begin to wait for a person; a conversation that waits or is with one already stays as it is.

    Args:
        reason: asked, missed or safety; card: see ``Handoff``; more: further columns (urgency, wants_woman …).
    """
    found = active(session, conversation.id)
    if found is not None:
        for name in ("wants_language", "wants_woman", "message_left"):
            if more.get(name):
                setattr(found, name, True)
        found.urgency = min(found.urgency, int(more.get("urgency", NORMAL)))
        return found
    now = datetime.now(UTC)
    made = Handoff(
        conversation_id=conversation.id,
        territory_id=conversation.territory_id,
        state=ownership.next_state("bot", "request", "newcomer"),
        reason=reason,
        language=conversation.language,
        card=card,
        requested_at=now,
        **more,
    )
    session.add(made)
    session.flush()
    _record(session, made.id, "newcomer", "request", "bot", made.state, reason)
    return made


def move(
    session: Session, handoff: Handoff, action: Action, actor: Actor, who: str, why: str | None = None, **values: Any
) -> Handoff:
    """Take one step of the state machine.

    Args:
        handoff: as it was read; who: ``newcomer``, ``system`` or ``staff:<id>``; why: a code for the record;
        values: columns that change along.

    Raises:
        NotPossible: the action does not fit the state, or is not this actor's.
        TakenMeanwhile: the row is no longer as it was read.
    """
    before: State = handoff.state  # type: ignore[assignment]
    after = ownership.next_state(before, action, actor)
    done = session.execute(
        update(Handoff)
        .where(Handoff.id == handoff.id, Handoff.version == handoff.version, Handoff.state == before)
        .values(state=after, version=handoff.version + 1, **values)
        .returning(Handoff.id)
    ).scalar()
    if done is None:
        raise TakenMeanwhile(handoff.id)
    _record(session, handoff.id, who, action, before, after, why)
    session.refresh(handoff)
    return handoff


def active(session: Session, conversation: str) -> Handoff | None:
    """Return the handoff that waits or is with a caseworker, or None: then the assistant has the conversation."""
    return session.scalars(_ACTIVE, {"of_talk": conversation}).first()


def latest(session: Session, conversation: str) -> Handoff | None:
    """Return a conversation's newest handoff, or None."""
    query = select(Handoff).where(Handoff.conversation_id == conversation).order_by(Handoff.id.desc()).limit(1)
    return session.scalars(query).first()


def of_conversation(session: Session, conversation: str) -> Sequence[Handoff]:
    """Return every handoff of a conversation, the oldest first."""
    query = select(Handoff).where(Handoff.conversation_id == conversation).order_by(Handoff.id)
    return session.scalars(query).all()


def get(session: Session, territory: str, handoff: int) -> Handoff | None:
    """Return a handoff of a territory: another territory's does not exist for it."""
    found = session.get(Handoff, handoff)
    return found if found is not None and found.territory_id == territory else None


def waiting_since(session: Session, edge: datetime) -> Sequence[Handoff]:
    """Return who has been waiting since before ``edge``, at every desk."""
    return session.scalars(select(Handoff).where(Handoff.state == "waiting", Handoff.requested_at < edge)).all()


def with_staff(session: Session, staff: int) -> Sequence[Handoff]:
    """Return the conversations that somebody has, the oldest first."""
    query = select(Handoff).where(Handoff.staff_id == staff, Handoff.state == "open")
    return session.scalars(query.order_by(Handoff.claimed_at)).all()


def open_by_staff(session: Session, territory: str) -> dict[int, int]:
    """Return how many conversations each one at a territory's desk has."""
    query = (
        select(Handoff.staff_id, func.count())
        .where(Handoff.territory_id == territory, Handoff.state == "open", Handoff.staff_id.is_not(None))
        .group_by(Handoff.staff_id)
    )
    return {int(staff): int(count) for staff, count in session.execute(query).all()}  # type: ignore[arg-type]


def ahead(session: Session, handoff: Handoff) -> int:
    """Return how many wait before this one."""
    query = select(func.count()).where(
        Handoff.territory_id == handoff.territory_id,
        Handoff.state == "waiting",
        (Handoff.urgency < handoff.urgency)
        | ((Handoff.urgency == handoff.urgency) & (Handoff.requested_at < handoff.requested_at)),
    )
    return int(session.scalar(query) or 0)


def ahead_of_new(session: Session, territory: str, urgency: int) -> int:
    """Return how many would wait before somebody who asks now, with that urgency."""
    query = select(func.count()).where(
        Handoff.territory_id == territory, Handoff.state == "waiting", Handoff.urgency <= urgency
    )
    return int(session.scalar(query) or 0)


def minutes_each(session: Session, territory: str, *, last: int = 50, usual: float = 8.0) -> float:
    """Return how many minutes a conversation takes at a desk: the mean of the ``last`` closed ones, ``usual`` before."""
    query = (
        select(Handoff.claimed_at, Handoff.closed_at)
        .where(Handoff.territory_id == territory, Handoff.state == "closed", Handoff.claimed_at.is_not(None))
        .order_by(Handoff.closed_at.desc())
        .limit(last)
    )
    spans = [
        (closed - claimed).total_seconds() / 60 for claimed, closed in session.execute(query) if closed and claimed
    ]
    # A few early ones say little: the usual time weighs as much as five of them.
    return (sum(spans) + 5 * usual) / (len(spans) + 5)


def events(session: Session, handoff: int) -> Sequence[HandoffEvent]:
    """Return every step of a handoff, in order."""
    query = select(HandoffEvent).where(HandoffEvent.handoff_id == handoff).order_by(HandoffEvent.id)
    return session.scalars(query).all()


def pseudonym(conversation: str) -> str:
    """Return four digits by which the desk calls a newcomer: nothing else names them."""
    return f"{int(hashlib.sha256(conversation.encode()).hexdigest(), 16) % 9000 + 1000}"


def _record(session: Session, handoff: int, who: str, action: str, before: str, after: str, why: str | None) -> None:
    session.add(
        HandoffEvent(
            handoff_id=handoff, at=datetime.now(UTC), actor=who, action=action, before=before, after=after, why=why
        )
    )
    session.flush()
