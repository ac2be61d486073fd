"""Reads candidates for an answer from `service_topic`, in the order of the answer."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, case, func, literal, select
from sqlalchemy.orm import Session

from knowledge.flags import Flag
from knowledge.holidays import DaysOff
from knowledge.hours import Opening, opening
from knowledge.model import Location, Schedule, ScheduleException, ServiceAtLocation, ServiceTopic
from knowledge.search_rows import SLOT_MINUTES, WEEK_COLUMNS
from knowledge.territories import get_territory
from knowledge.wishes import Wishes, has_any
from knowledge.word_search import Hit

_EARTH_KM = 6371.0
_FAR = math.inf
_AT_ONCE = 10
_BEST_STATES = ("open", "phone", "appointment", "closed", "unknown")


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
        self.session, self.scope, self.wishes, self.exclude = session, scope, wishes, exclude
        local = scope.local
        slot = (local.hour * 60 + local.minute) // SLOT_MINUTES
        day_off = local.date() in scope.days_off
        self._conditions = wishes.conditions(WEEK_COLUMNS[local.weekday()], slot, day_off)
        if exclude:
            self._conditions.append(ServiceTopic.service_id.not_in(exclude))
        self._missing, self._tier = wishes.missing_offers(), wishes.tier()
        self._distance = _distance(wishes.near) if wishes.near else None

    def count(self, topics: Sequence[str]) -> int:
        """How many services fit."""
        # Within one topic a service has one row; only several topics need the slower count of distinct services.
        what = func.count() if len(topics) == 1 else func.count(ServiceTopic.service_id.distinct())
        total = 0
        for depth, territory in enumerate(self.scope.chain):
            statement = select(what).select_from(ServiceTopic).where(*self._range(territory, topics, depth))
            total += self.session.scalar(statement) or 0
        return total

    def by_topic(self, topics: Sequence[str], limit: int) -> list[Candidate]:
        """The best candidates under any of `topics`, each service once, best first, at most `limit`."""
        best: dict[str, Candidate] = {}
        for depth, territory in enumerate(self.scope.chain):
            for topic in topics:
                statement = self._select().where(*self._range(territory, [topic], depth)).limit(limit)
                for row in self.session.execute(statement.order_by(*self._order())):
                    candidate = self._candidate(row)
                    known = best.get(candidate.service_id)
                    if known is None or candidate.key < known.key:
                        best[candidate.service_id] = candidate
        return sorted(best.values(), key=lambda candidate: (candidate.key, candidate.service_id))[:limit]

    def by_id(self, hits: Mapping[str, Hit]) -> list[Candidate]:
        """The candidates among the services that words were found in, best first."""
        statement = self._select().where(
            ServiceTopic.service_id.in_(list(hits)), ServiceTopic.position == 0, *self._conditions
        )
        found = []
        for row in self.session.execute(statement):
            candidate = replace(self._candidate(row), relevance=hits[row.service_id].relevance)
            if candidate.depth == 0 or Flag.SHARED in candidate.flags:
                found.append(candidate)
        return sorted(found, key=lambda candidate: (candidate.key, candidate.service_id))

    def open_ones(self, candidates: Sequence[Candidate], enough: int | None) -> list[Candidate]:
        """Those that are open now, doors before telephones; stops at `enough` (None: looks at all)."""
        found: list[Candidate] = []
        for start in range(0, len(candidates), _AT_ONCE):
            some = candidates[start : start + _AT_ONCE]
            openings = self._openings([candidate.service_id for candidate in some])
            for candidate in some:
                now = openings.get(candidate.service_id)
                if now is not None and now.state in ("open", "phone"):
                    found.append(replace(candidate, opening=now))
            if enough is not None and len(found) >= enough:
                break
        return sorted(found, key=lambda candidate: candidate.opening is None or candidate.opening.state != "open")

    def _openings(self, ids: Sequence[str]) -> dict[str, Opening]:
        # Plain rows: building objects would take longer than reading.
        schedules: dict[str, dict[str | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in self.session.execute(select(*Schedule.__table__.columns).where(Schedule.service_id.in_(ids))):
            schedules[row.service_id][row.location_id].append(row)
        exceptions: dict[str, list[Any]] = defaultdict(list)
        changed = select(*ScheduleException.__table__.columns).where(ScheduleException.service_id.in_(ids))
        for closed in self.session.execute(changed):
            exceptions[closed.service_id].append(closed)
        around_holidays = self.session.scalars(
            select(ServiceTopic.service_id).where(
                ServiceTopic.service_id.in_(ids), ServiceTopic.position == 0, has_any(Flag.OPEN_ON_HOLIDAYS)
            )
        )
        never_off = set(around_holidays)
        best: dict[str, Opening] = {}
        for service_id, places in schedules.items():
            holidays: Any = frozenset() if service_id in never_off else self.scope.days_off
            for rows in places.values():
                now = opening(rows, exceptions[service_id], holidays, self.scope.at, self.scope.timezone)
                known = best.get(service_id)
                if known is None or _BEST_STATES.index(now.state) < _BEST_STATES.index(known.state):
                    best[service_id] = now
        return best

    def _range(self, territory: str, topics: Sequence[str], depth: int) -> list[ColumnElement[bool]]:
        topic = ServiceTopic.topic == topics[0] if len(topics) == 1 else ServiceTopic.topic.in_(topics)
        shared = [has_any(Flag.SHARED)] if depth else []
        return [ServiceTopic.territory_id == territory, topic, *shared, *self._conditions]

    def _select(self) -> Any:
        nothing = literal(0)
        return select(
            ServiceTopic.service_id,
            ServiceTopic.territory_id,
            ServiceTopic.topic,
            ServiceTopic.position,
            ServiceTopic.standing,
            ServiceTopic.flags,
            ServiceTopic.languages,
            ServiceTopic.offers,
            (nothing if self._missing is None else self._missing).label("missing"),
            (nothing if self._tier is None else self._tier).label("tier"),
            (literal(None) if self._distance is None else self._distance).label("distance"),
        )

    def _order(self) -> list[ColumnElement[Any]]:
        wished: list[ColumnElement[Any]] = [part for part in (self._missing, self._tier) if part is not None]
        if self._distance is not None:
            wished += [self._distance.is_(None), self._distance]
        columns = ServiceTopic.__table__.c
        return [*wished, columns.standing, columns.service_id]

    def _candidate(self, row: Row[Any]) -> Candidate:
        return Candidate(
            service_id=row.service_id,
            territory=row.territory_id,
            topic=row.topic,
            position=row.position,
            standing=row.standing,
            flags=Flag(row.flags),
            languages=row.languages,
            offers=row.offers,
            missing_offers=row.missing,
            tier=row.tier,
            distance_km=None if row.distance is None else math.radians(math.sqrt(row.distance)) * _EARTH_KM,
            depth=self.scope.chain.index(row.territory_id),
        )


def _distance(near: tuple[float, float]) -> ColumnElement[Any]:
    """The square of the distance in degrees of latitude; on a flat map, which is exact enough within a region."""
    only = _square(ServiceTopic.latitude, ServiceTopic.longitude, near)
    nearest = (
        select(func.min(_square(Location.latitude, Location.longitude, near)))
        .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
        .where(ServiceAtLocation.service_id == ServiceTopic.service_id)
        .scalar_subquery()
    )
    return case((ServiceTopic.points > 1, nearest), else_=only)


def _square(latitude: Any, longitude: Any, near: tuple[float, float]) -> ColumnElement[Any]:
    north = latitude - near[0]
    east = (longitude - near[1]) * math.cos(math.radians(near[0]))
    result: ColumnElement[Any] = north * north + east * east
    return result
