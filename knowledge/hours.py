"""Whether something is open, until when, when it opens next, and its week as a table."""

from __future__ import annotations

import datetime
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from knowledge.recurrence import Rule, ScheduleLike, minutes, rule, weeks_of

State = Literal["open", "closed", "appointment", "phone", "unknown"]
_DAY = datetime.timedelta(days=1)
# Monthly hours and summer breaks leave gaps of weeks; what opens later than this is not worth a promise.
_DAYS_AHEAD = 70
# Open without a break for so long: it never closes as far as a newcomer is concerned.
_DAYS_OPEN = 8


class ExceptionLike(Protocol):
    """Dates with hours of their own: `knowledge.model.ScheduleException`, or anything with the same fields."""

    @property
    def date(self) -> datetime.date: ...
    @property
    def until(self) -> datetime.date | None: ...
    @property
    def opens_at(self) -> str | None: ...
    @property
    def closes_at(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Hours on one weekday (0 is Monday), local time "HH:MM"; None where a row has no times.

    `weeks`: only in these weeks of the month (-1: the last); empty: in every week.
    """

    weekday: int
    opens: str | None
    closes: str | None
    by_appointment: bool = False
    phone_only: bool = False
    weeks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """How things stand at one moment.

    `until`: when the present hours end (None: not open, or it never closes). `next_opens`: when it opens next (None:
    open now, or not within ten weeks). For `phone` both are about the phone. Both are in the territory's time.
    `rows`: the week in which the moment lies, by weekday and time.
    """

    state: State
    until: datetime.datetime | None
    next_opens: datetime.datetime | None
    rows: tuple[WeekRow, ...]


UNKNOWN = Opening("unknown", None, None, ())


def opening(
    schedules: Sequence[ScheduleLike],
    exceptions: Sequence[ExceptionLike],
    holidays: Container[datetime.date],
    at: datetime.datetime,
    timezone: str,
) -> Opening:
    """How things stand at `at`.

    Args:
        schedules: rows of opening hours, in local time.
        exceptions: dates that replace these rows.
        holidays: days on which it is closed (`DaysOff`; empty for what is open on holidays).
        at: an aware moment.
        timezone: of the place, from the tz database.

    Raises:
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    zone = _zone(timezone)
    here = at.astimezone(zone)
    today = here.date()
    rules = [rule(schedule) for schedule in schedules]
    current = [entry for entry in rules if entry.last is None or entry.last >= today]
    if not current:
        return UNKNOWN
    days = _Days(current, exceptions, holidays, zone)
    rows = _rows([entry for entry in current if entry.in_season(today)] or current)
    walk_in = any(entry.walk_in for entry in current)
    now = at.astimezone(datetime.UTC)
    open_until = days.running(now, today, phone=False)
    if open_until is not None:
        return Opening("open", _local(open_until, now, zone), None, rows)
    phone_until = days.running(now, today, phone=True)
    if phone_until is not None:
        return Opening("phone", _local(phone_until, now, zone), days.next_start(now, today, zone, phone=False), rows)
    has_phone = any(entry.phone_only and entry.begin is not None for entry in current)
    if walk_in or has_phone:
        return Opening("closed", None, days.next_start(now, today, zone, phone=not walk_in), rows)
    if any(entry.by_appointment for entry in current):
        return Opening("appointment", None, None, rows)
    return Opening("phone" if any(entry.phone_only for entry in current) else "unknown", None, None, rows)


class _Days:
    """The stretches of opening time of single days, in UTC."""

    def __init__(
        self,
        rules: Sequence[Rule],
        exceptions: Sequence[ExceptionLike],
        holidays: Container[datetime.date],
        zone: ZoneInfo,
    ) -> None:
        self.rules, self.exceptions, self.holidays, self.zone = rules, exceptions, holidays, zone

    def stretches(self, day: datetime.date, *, phone: bool) -> list[tuple[datetime.datetime, datetime.datetime]]:
        changed = [entry for entry in self.exceptions if entry.date <= day <= (entry.until or entry.date)]
        if changed:
            times = [] if phone else [(minutes(entry.opens_at), minutes(entry.closes_at)) for entry in changed]
        elif day in self.holidays:
            return []
        else:
            times = [
                (entry.begin, entry.end)
                for entry in self.rules
                if (entry.phone_only and not entry.by_appointment if phone else entry.walk_in) and entry.holds_on(day)
            ]
        return sorted(
            (_moment(day, begin, self.zone), _moment(day, end, self.zone))
            for begin, end in times
            if begin is not None and end is not None
        )

    def running(self, now: datetime.datetime, today: datetime.date, *, phone: bool) -> datetime.datetime | None:
        """When the stretch around `now` ends, counting stretches that follow without a gap; None: there is none."""
        end: datetime.datetime | None = None
        for offset in range(-1, _DAYS_OPEN + 1):
            for start, stop in self.stretches(today + offset * _DAY, phone=phone):
                if end is None:
                    end = stop if start <= now < stop else None
                elif start <= end < stop:
                    end = stop
            if end is not None and end < _moment(today + (offset + 1) * _DAY, 0, self.zone):
                break
        return end

    def next_start(
        self, now: datetime.datetime, today: datetime.date, zone: ZoneInfo, *, phone: bool
    ) -> datetime.datetime | None:
        for offset in range(_DAYS_AHEAD):
            for start, _stop in self.stretches(today + offset * _DAY, phone=phone):
                if start > now:
                    return start.astimezone(zone)
        return None


def _rows(rules: Sequence[Rule]) -> tuple[WeekRow, ...]:
    found: set[WeekRow] = set()
    for entry in rules:
        weekdays = {weekday for weekday, _week in entry.days} or (set() if entry.month_days else set(range(7)))
        for weekday in weekdays:
            weeks = weeks_of(entry.days, weekday)
            found.add(
                WeekRow(
                    weekday,
                    _clock(entry.begin),
                    _clock(entry.end),
                    entry.by_appointment,
                    entry.phone_only,
                    weeks,
                )
            )
    return tuple(sorted(found, key=lambda row: (row.weekday, row.opens or "", row.closes or "", row.weeks)))


def _clock(minute: int | None) -> str | None:
    if minute is None:
        return None
    if minute > 24 * 60:
        minute -= 24 * 60
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _moment(day: datetime.date, minute: int, zone: ZoneInfo) -> datetime.datetime:
    # Wall-clock time of the place: on days on which clocks change, hours stay where the sign on the door has them.
    whole, rest = divmod(minute, 24 * 60)
    time = datetime.time(rest // 60, rest % 60, tzinfo=zone)
    return datetime.datetime.combine(day + whole * _DAY, time).astimezone(datetime.UTC)


def _local(end: datetime.datetime, now: datetime.datetime, zone: ZoneInfo) -> datetime.datetime | None:
    return None if end - now > (_DAYS_OPEN - 1) * _DAY else end.astimezone(zone)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
