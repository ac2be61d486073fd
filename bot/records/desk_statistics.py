"""How a desk does: times to the first reply and until the end, load, reasons, outcomes, satisfaction. Minutes everywhere."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.handoffs import Handoff
from bot.records.staff import Staff


class Timed(Protocol):
    """What times are told from: a handoff, or the columns of one that a report reads."""

    @property
    def requested_at(self) -> datetime: ...
    @property
    def claimed_at(self) -> datetime | None: ...
    @property
    def replied_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


_READ = (
    Handoff.requested_at,
    Handoff.claimed_at,
    Handoff.replied_at,
    Handoff.closed_at,
    Handoff.state,
    Handoff.staff_id,
    Handoff.language,
    Handoff.topic,
    Handoff.reason,
    Handoff.outcome,
    Handoff.rating,
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 90th percentile and the part within the target (0 to 1) of ``n`` spans; None without any."""

    n: int
    median: float | None = None
    p90: float | None = None
    kept: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how many asked, and how soon the first reply came."""

    day: date
    asked: int
    reply: Spread


@dataclass(frozen=True, slots=True)
class Load:
    """What one caseworker has now and closed in the period."""

    name: str
    open: int
    closed: int
    handling: Spread


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how many asked, how soon the first reply came, how satisfied they were (1 to 5)."""

    code: str
    asked: int
    reply: Spread
    rating: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a lead sees of a period."""

    asked: int
    waiting: int
    longest_wait: float | None
    reply: Spread
    handling: Spread
    rating: float | None
    ratings: int
    days: Sequence[Day]
    load: Sequence[Load]
    languages: Sequence[Language]
    reasons: Sequence[tuple[str, int]]
    outcomes: Sequence[tuple[str, int]]
    topics: Sequence[tuple[str, int]]


def handoffs_since(session: Session, territory: str, since: datetime) -> Sequence[Handoff]:
    """Return the handoffs of a territory that were asked for since a moment, the oldest first."""
    query = select(Handoff).where(Handoff.territory_id == territory, Handoff.requested_at >= since)
    return session.scalars(query.order_by(Handoff.requested_at)).all()


def report(
    session: Session, territory: str, days: int, zone: ZoneInfo, *, reply_target: int, handling_target: int
) -> Report:
    """Return the report of the last ``days`` days.

    Args:
        zone: of the desk, for where a day ends. reply_target, handling_target: minutes.
    """
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    # Columns alone: whole handoffs of a busy month would take seconds.
    query = select(*_READ).where(Handoff.territory_id == territory, Handoff.requested_at >= since)
    rows: Sequence[Any] = session.execute(query).all()
    waits = session.scalars(
        select(Handoff.requested_at).where(Handoff.territory_id == territory, Handoff.state == "waiting")
    ).all()
    rated = [one.rating for one in rows if one.rating]
    today = now.astimezone(zone).date()
    by_day: dict[date, list[Any]] = {today - timedelta(days=back): [] for back in range(days - 1, -1, -1)}
    by_language: dict[str, list[Any]] = {}
    for one in rows:
        by_day.setdefault(one.requested_at.astimezone(zone).date(), []).append(one)
        by_language.setdefault(one.language, []).append(one)
    return Report(
        asked=len(rows),
        waiting=len(waits),
        longest_wait=max(((now - at).total_seconds() / 60 for at in waits), default=None),
        reply=replies(rows, reply_target),
        handling=handlings(rows, handling_target),
        rating=statistics.mean(rated) if rated else None,
        ratings=len(rated),
        days=[Day(day, len(found), replies(found, reply_target)) for day, found in sorted(by_day.items())],
        load=_load(session, territory, rows, handling_target),
        languages=[
            Language(code, len(found), replies(found, reply_target), _mean(found))
            for code, found in sorted(by_language.items(), key=lambda item: -len(item[1]))
        ],
        reasons=Counter(one.reason for one in rows).most_common(),
        outcomes=Counter(one.outcome for one in rows if one.outcome).most_common(),
        topics=Counter(one.topic or "" for one in rows).most_common(10),
    )


def reply_minutes(handoff: Timed) -> float | None:
    """Return how long the newcomer waited for the first reply."""
    return (handoff.replied_at - handoff.requested_at).total_seconds() / 60 if handoff.replied_at else None


def handling_minutes(handoff: Timed) -> float | None:
    """Return how long the conversation took from being taken until it was closed."""
    if not handoff.closed_at or not handoff.claimed_at:
        return None
    return (handoff.closed_at - handoff.claimed_at).total_seconds() / 60


def replies(rows: Sequence[Timed], target: int) -> Spread:
    """Return the spread of the times to the first reply."""
    return spread([minutes for one in rows if (minutes := reply_minutes(one)) is not None], target)


def handlings(rows: Sequence[Timed], target: int) -> Spread:
    """Return the spread of the times from taking until closing."""
    return spread([minutes for one in rows if (minutes := handling_minutes(one)) is not None], target)


def spread(minutes: Sequence[float], target: int) -> Spread:
    """Return the spread of spans against a target, all in minutes."""
    if not minutes:
        return Spread(0)
    ordered = sorted(minutes)
    ninetieth = ordered[min(len(ordered) - 1, round(0.9 * (len(ordered) - 1)))]
    kept = sum(one <= target for one in ordered) / len(ordered)
    return Spread(len(ordered), statistics.median(ordered), ninetieth, kept)


def _load(session: Session, territory: str, rows: Sequence[Any], target: int) -> list[Load]:
    people = session.scalars(select(Staff).where(Staff.territory_id == territory).order_by(Staff.name)).all()
    now_open = Counter(
        session.scalars(select(Handoff.staff_id).where(Handoff.territory_id == territory, Handoff.state == "open"))
    )
    load = []
    for person in people:
        own = [one for one in rows if one.staff_id == person.id and one.state == "closed"]
        if own or now_open[person.id] or not person.disabled:
            load.append(Load(person.name, now_open[person.id], len(own), handlings(own, target)))
    return load


def _mean(rows: Sequence[Any]) -> float | None:
    rated = [one.rating for one in rows if one.rating]
    return statistics.mean(rated) if rated else None
