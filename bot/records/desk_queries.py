"""What the desk's pages show: few queries for each page, none of them over whole tables. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from bot.records.handoffs import Handoff, open_by_staff
from bot.records.model import Conversation, StoredMessage
from bot.records.staff import AT_THE_DESK, GONE_AFTER, Staff
from knowledge.model import Service
from knowledge.territories import chain_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of who waits. ``total``: with the filters, ``waiting``: without; counts by topic and language for filters."""

    rows: Sequence[Handoff]
    total: int
    waiting: int
    topics: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at the desk whose page is open. ``busy``: conversations they have now."""

    id: int
    name: str
    presence: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    mediator: bool
    busy: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Mine:
    """A conversation that somebody has; ``unread`` newcomer's messages, the newest of them ``last_at``."""

    handoff: Handoff
    unread: int
    last_at: datetime | None


def talk(session: Session, territory: str, handoff: int) -> tuple[Handoff, str] | None:
    """Return a handoff of a territory and the language that the newcomer has now; None when there is none of that number."""
    query = select(Handoff, Conversation.language).join(Conversation, Conversation.id == Handoff.conversation_id)
    row = session.execute(query.where(Handoff.id == handoff, Handoff.territory_id == territory)).first()
    return (row[0], str(row[1])) if row else None


def queue_page(
    session: Session, territory: str, *, topic: str = "", language: str = "", offset: int = 0, limit: int = PAGE
) -> QueuePage:
    """Return who waits at a desk: the most urgent first, then who waits longest.

    Args:
        topic, language: codes; "" for all. offset, limit: rows.
    """
    waits: list[ColumnElement[bool]] = [Handoff.territory_id == territory, Handoff.state == "waiting"]
    counts = select(Handoff.topic, Handoff.language, func.count()).where(*waits)
    topics: dict[str, int] = {}
    languages: dict[str, int] = {}
    total = waiting = 0
    for its_topic, its_language, count in session.execute(counts.group_by(Handoff.topic, Handoff.language)):
        waiting += count
        topics[its_topic or ""] = topics.get(its_topic or "", 0) + count
        languages[its_language] = languages.get(its_language, 0) + count
        if topic in ("", its_topic) and language in ("", its_language):
            total += count
    if topic:
        waits.append(Handoff.topic == topic)
    if language:
        waits.append(Handoff.language == language)
    rows = select(Handoff).where(*waits).order_by(Handoff.urgency, Handoff.requested_at).offset(offset).limit(limit)
    return QueuePage(session.scalars(rows).all(), total, waiting, topics, languages)


def count_waiting(session: Session, territory: str) -> int:
    """Return how many wait at a desk."""
    query = select(func.count()).where(Handoff.territory_id == territory, Handoff.state == "waiting")
    return int(session.scalar(query) or 0)


def mine(session: Session, staff: int) -> list[Mine]:
    """Return the conversations that somebody has, with what they have not read yet."""
    unread = (
        select(func.count())
        .where(
            StoredMessage.conversation_id == Handoff.conversation_id,
            StoredMessage.sender == "newcomer",
            StoredMessage.id > Handoff.read_by_staff,
        )
        .correlate(Handoff)
        .scalar_subquery()
    )
    last = (
        select(func.max(StoredMessage.at))
        .where(StoredMessage.conversation_id == Handoff.conversation_id, StoredMessage.sender == "newcomer")
        .correlate(Handoff)
        .scalar_subquery()
    )
    query = select(Handoff, unread, last).where(Handoff.staff_id == staff, Handoff.state == "open")
    return [Mine(handoff, int(count), at) for handoff, count, at in session.execute(query.order_by(Handoff.claimed_at))]


def colleagues(session: Session, territory: str) -> list[Colleague]:
    """Return whose desk page is open right now, available or away, by name."""
    query = select(Staff).where(
        Staff.territory_id == territory,
        Staff.disabled.is_(False),
        Staff.role.in_(AT_THE_DESK),
        Staff.seen_at > datetime.now(UTC) - GONE_AFTER,
    )
    busy = open_by_staff(session, territory)
    return [
        Colleague(
            one.id,
            one.name,
            one.presence,
            tuple(one.languages),
            tuple(one.topics),
            one.mediator,
            busy.get(one.id, 0),
            one.at_once,
        )
        for one in session.scalars(query.order_by(Staff.name))
    ]


def earlier(session: Session, handoff: Handoff) -> Sequence[Handoff]:
    """Return the other handoffs of the same conversation within retention, the newest first."""
    query = select(Handoff).where(
        Handoff.conversation_id == handoff.conversation_id,
        Handoff.territory_id == handoff.territory_id,
        Handoff.id != handoff.id,
    )
    return session.scalars(query.order_by(Handoff.id.desc())).all()


def names_of(session: Session, staff: Sequence[int | None]) -> dict[int, str]:
    """Return the names of accounts by id."""
    wanted = [one for one in staff if one is not None]
    query = select(Staff.id, Staff.name).where(Staff.id.in_(wanted))
    return {int(one): str(name) for one, name in session.execute(query)} if wanted else {}


def mark_read(session: Session, handoff: int, staff: int, message: int) -> None:
    """Note that who has the conversation has read up to ``message``."""
    session.execute(
        update(Handoff)
        .where(Handoff.id == handoff, Handoff.staff_id == staff, Handoff.read_by_staff < message)
        .values(read_by_staff=message)
    )


def stamp(session: Session, handoff: int) -> tuple[object, ...]:
    """Return what changes whenever a handoff's page has something new to show; () when it is gone."""
    newest = select(func.max(StoredMessage.id)).where(StoredMessage.conversation_id == Handoff.conversation_id)
    query = select(Handoff.version, Handoff.urgency, Handoff.read_by_newcomer, newest.scalar_subquery())
    row = session.execute(query.where(Handoff.id == handoff)).first()
    return tuple(row) if row else ()


def attach(session: Session, message: int, kind: str, name: str, media_type: str) -> None:
    """Note on a message that a file came along."""
    shape = {"kind": kind, "name": name, "media_type": media_type}
    session.execute(update(StoredMessage).where(StoredMessage.id == message).values(attachment=shape))


def mark_replied(session: Session, handoff: Handoff) -> None:
    """Note that the first reply was given now, unless one was before."""
    handoff.replied_at = handoff.replied_at or datetime.now(UTC)
    session.flush()


def is_reachable(session: Session, territory: str, service: str) -> bool:
    """Tell whether a service is one that newcomers of a territory can be sent to."""
    row = session.get(Service, service)
    return row is not None and row.status == "active" and row.territory_id in chain_of(session, territory)


def text_of(session: Session, conversation: str, message: int) -> str | None:
    """Return the text of a message of a conversation; None when there is no such message."""
    query = select(StoredMessage.text).where(StoredMessage.id == message, StoredMessage.conversation_id == conversation)
    return session.scalar(query)


def services_shown(session: Session, conversation: str, *, latest: int = 50) -> list[tuple[str, str]]:
    """Return ids and titles of the services that a conversation's ``latest`` messages showed, the newest first."""
    query = select(StoredMessage.cards).where(StoredMessage.conversation_id == conversation)
    found: dict[str, str] = {}
    for cards in session.scalars(query.order_by(StoredMessage.id.desc()).limit(latest)):
        for card in cards:
            if card.get("kind") != "emergency" and ":" not in str(card["id"]):
                found.setdefault(str(card["id"]), str(card["title"]))
    return list(found.items())
