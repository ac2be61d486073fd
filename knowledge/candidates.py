"""Reads candidates for an answer from `service_topic`, in the order of the answer."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from knowledge import statements
from knowledge.flags import Flag
from knowledge.holidays import DaysOff
from knowledge.hours import Opening, opening
from knowledge.model import Schedule, ScheduleException
from knowledge.search_rows import SLOT_MINUTES
from knowledge.shapes import Shape, values
from knowledge.statements import range_values
from knowledge.territories import get_territory
from knowledge.wishes import Wishes
from knowledge.word_search import Hit

_EARTH_KM = 6371.0
_FAR = math.inf
_AT_ONCE = 10
# Plain rows of just what opening hours are worked out from: building objects would take longer than reading.
_HOURS_COLUMNS = (
    "service_id",
    "location_id",
    "freq",
    "interval",
    "byday",
    "bymonthday",
    "dtstart",
    "until",
    "valid_from",
    "valid_to",
    "opens_at",
    "closes_at",
    "by_appointment",
    "phone_only",
)
_BEST_STATES = ("open", "phone", "appointment", "closed", "unknown")


def _of_services(table: Any, columns: Sequence[str]) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.service_id.in_(bindparam("ids", expanding=True)))


_HOURS = _of_services(Schedule.__table__, _HOURS_COLUMNS)
_EXCEPTIONS = _of_services(ScheduleException.__table__, ("service_id", "date", "until", "opens_at", "closes_at"))


@dataclass(frozen=True)
class Scope:
    """Where and when a search looks. `chain`: the territory and its parents, nearest first."""

    chain: tuple[str, ...]
    official_languages: tuple[str, ...]
    timezone: str
    days_off: DaysOff
    at: datetime.datetime

    @property
    def local(self) -> datetime.datetime:
        """The moment, in the territory's time."""
        return self.at.astimezone(ZoneInfo(self.timezone))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be shown, with what its place in the order rests on. `depth`: 0 is the own territory."""

    service_id: str
    territory: str
    topic: str
    position: int
    standing: int
    flags: Flag
    languages: str
    offers: str
    missing_offers: int
    tier: int
    distance_km: float | None
    depth: int
    relevance: float = 0.0
    opening: Opening | None = None

    @property
    def for_women(self) -> bool:
        """Whether it is for women above all."""
        return Flag.WOMEN in self.flags

    @property
    def open_until(self) -> datetime.datetime | None:
        """When it closes, if it was looked at and is open."""
        return self.opening.until if self.opening else None

    @property
    def key(self) -> tuple[float, ...]:
        """The order of an answer: the smaller, the better."""
        distance = _FAR if self.distance_km is None else self.distance_km
        return (self.missing_offers, -self.relevance, self.tier, distance, self.depth, self.standing)


def scope_of(session: Session, territory: str, at: datetime.datetime) -> Scope:
    """What a search in `territory` at `at` has to know.

    Raises:
        knowledge.territories.UnknownTerritory: there is no such territory.
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    view = get_territory(session, territory)
    return Scope(view.chain, view.official_languages, view.timezone, view.days_off, at)


class Candidates:
    """Candidates within a scope, for some wishes. `exclude`: services not to be shown."""

    def __init__(self, session: Session, scope: Scope, wishes: Wishes, exclude: frozenset[str]) -> None:
        self.session, self.scope = session, scope
        local = scope.local
        slot = (local.hour * 60 + local.minute) // SLOT_MINUTES
        day_off = wishes.open_now and local.date() in scope.days_off
        self._shape = Shape.of(wishes, local.weekday(), day_off=day_off, exclude=bool(exclude))
        self._values = values(wishes, slot, exclude)

    def search(self, topics: Sequence[str], limit: int) -> tuple[list[Candidate], int]:
        """Like `by_topic`; and how many services fit in all. `limit`: at least 1."""
        ranges = range_values(self.scope.chain, topics)
        size = len(self.scope.chain), len(topics)
        if self._shape.few_fit:
            # A service may stand under each of the topics.
            named = self._values | ranges | {"limit": limit * len(topics)}
            rows = self.session.execute(statements.best_and_count(self._shape, *size), named).all()
            totals = {row.territory_id: row.total for row in rows}
            return self._best([row[:-1] for row in rows], limit), sum(totals.values())
        total = self.session.scalar(statements.count(self._shape, *size), self._values | ranges) or 0
        return self.by_topic(topics, limit) if total else [], total

    def by_topic(self, topics: Sequence[str], limit: int) -> list[Candidate]:
        """The best candidates under any of `topics`, each service once, best first, at most `limit`."""
        statement = statements.best(self._shape, len(self.scope.chain), len(topics))
        named = self._values | range_values(self.scope.chain, topics) | {"limit": limit}
        return self._best(self.session.execute(statement, named).all(), limit)

    def _best(self, rows: Sequence[Sequence[Any]], limit: int) -> list[Candidate]:
        best: dict[str, Candidate] = {}
        for row in rows:
            candidate = self._candidate(row)
            known = best.get(candidate.service_id)
            if known is None or candidate.key < known.key:
                best[candidate.service_id] = candidate
        return sorted(best.values(), key=_place)[:limit]

    def by_id(self, hits: Mapping[str, Hit]) -> list[Candidate]:
        """The candidates among the services that words were found in, best first."""
        rows = self.session.execute(statements.by_id(self._shape), self._values | {"ids": list(hits)}).all()
        found = [self._candidate(row, hits[row.service_id].relevance) for row in rows]
        shown = [candidate for candidate in found if candidate.depth == 0 or Flag.SHARED in candidate.flags]
        return sorted(shown, key=_place)

    def open_ones(self, candidates: Sequence[Candidate], enough: int | None) -> list[Candidate]:
        """Those that are open now, doors before telephones; stops at `enough` (None: looks at all)."""
        found: list[Candidate] = []
        for start in range(0, len(candidates), _AT_ONCE):
            some = candidates[start : start + _AT_ONCE]
            openings = self._openings(some)
            for candidate in some:
                now = openings.get(candidate.service_id)
                if now is not None and now.state in ("open", "phone"):
                    found.append(replace(candidate, opening=now))
            if enough is not None and len(found) >= enough:
                break
        return sorted(found, key=lambda candidate: candidate.opening is None or candidate.opening.state != "open")

    def _openings(self, candidates: Sequence[Candidate]) -> dict[str, Opening]:
        ids = {"ids": [candidate.service_id for candidate in candidates]}
        schedules: dict[str, dict[str | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in self.session.execute(_HOURS, ids).all():
            schedules[row.service_id][row.location_id].append(row)
        exceptions: dict[str, list[Any]] = defaultdict(list)
        for closed in self.session.execute(_EXCEPTIONS, ids).all():
            exceptions[closed.service_id].append(closed)
        never_off = {candidate.service_id for candidate in candidates if Flag.OPEN_ON_HOLIDAYS in candidate.flags}
        best: dict[str, Opening] = {}
        for service_id, places in schedules.items():
            holidays: Any = frozenset() if service_id in never_off else self.scope.days_off
            for rows in places.values():
                now = opening(rows, exceptions[service_id], holidays, self.scope.at, self.scope.timezone)
                known = best.get(service_id)
                if known is None or _BEST_STATES.index(now.state) < _BEST_STATES.index(known.state):
                    best[service_id] = now
        return best

    def _candidate(self, row: Sequence[Any], relevance: float = 0.0) -> Candidate:
        service_id, territory, topic, position, standing, flags, languages, offers, missing, tier, distance = row
        return Candidate(
            service_id=service_id,
            territory=territory,
            topic=topic,
            position=position,
            standing=standing,
            flags=Flag(flags),
            languages=languages,
            offers=offers,
            missing_offers=missing,
            tier=tier,
            distance_km=None if distance is None else math.radians(math.sqrt(distance)) * _EARTH_KM,
            depth=self.scope.chain.index(territory),
            relevance=relevance,
        )


def _place(candidate: Candidate) -> tuple[tuple[float, ...], str]:
    return candidate.key, candidate.service_id
