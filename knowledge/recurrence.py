"""On which days a row of opening hours holds, and from when to when (RFC 5545, as far as HSDS uses it)."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_MINUTES = 24 * 60
_BY_DAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)$")


class ScheduleLike(Protocol):
    """What opening hours are worked out from: `knowledge.model.Schedule`, or anything with the same fields."""

    @property
    def freq(self) -> str | None: ...
    @property
    def interval(self) -> int | None: ...
    @property
    def byday(self) -> str | None: ...
    @property
    def bymonthday(self) -> str | None: ...
    @property
    def dtstart(self) -> datetime.date | None: ...
    @property
    def until(self) -> datetime.date | None: ...
    @property
    def valid_from(self) -> datetime.date | None: ...
    @property
    def valid_to(self) -> datetime.date | None: ...
    @property
    def opens_at(self) -> str | None: ...
    @property
    def closes_at(self) -> str | None: ...
    @property
    def by_appointment(self) -> bool: ...
    @property
    def phone_only(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of opening hours, read once.

    `days`: pairs of weekday (0 is Monday) and week of the month (0: every week; -1: the last).
    `begin`, `end`: minutes after the day's midnight; `end` may exceed a day. None: no times are given.
    """

    days: tuple[tuple[int, int], ...]
    month_days: tuple[int, ...]
    begin: int | None
    end: int | None
    first: datetime.date | None
    last: datetime.date | None
    every: int
    start: datetime.date | None
    monthly: bool
    by_appointment: bool
    phone_only: bool

    @property
    def walk_in(self) -> bool:
        """Whether one can come at these times without further ado."""
        return self.begin is not None and not self.by_appointment and not self.phone_only

    def in_season(self, day: datetime.date) -> bool:
        """Whether `day` lies within the dates of this row."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def holds_on(self, day: datetime.date) -> bool:
        """Whether this row says something about `day`."""
        if not self.in_season(day):
            return False
        if self.month_days and day.day not in self.month_days and day.day - _length(day) - 1 not in self.month_days:
            return False
        if self.days and not any(weekday == day.weekday() and _in_week(day, week) for weekday, week in self.days):
            return False
        return self.every == 1 or self.start is None or self._in_rhythm(day, self.start)

    def _in_rhythm(self, day: datetime.date, start: datetime.date) -> bool:
        if self.monthly:
            return ((day.year - start.year) * 12 + day.month - start.month) % self.every == 0
        monday, first_monday = (each - datetime.timedelta(each.weekday()) for each in (day, start))
        return (monday - first_monday).days // 7 % self.every == 0


def rule(schedule: ScheduleLike) -> Rule:
    """Reads one row. Parts that make no sense (from imports) are left out rather than guessed."""
    return _rule(
        schedule.byday,
        schedule.bymonthday,
        schedule.opens_at,
        schedule.closes_at,
        _latest(schedule.valid_from, schedule.dtstart),
        _earliest(schedule.valid_to, schedule.until),
        schedule.interval or 1,
        schedule.dtstart,
        (schedule.freq or "") == "MONTHLY",
        bool(schedule.by_appointment),
        bool(schedule.phone_only),
    )


@lru_cache(maxsize=50_000)
def _rule(
    byday: str | None,
    bymonthday: str | None,
    opens_at: str | None,
    closes_at: str | None,
    first: datetime.date | None,
    last: datetime.date | None,
    every: int,
    start: datetime.date | None,
    monthly: bool,
    by_appointment: bool,
    phone_only: bool,
) -> Rule:
    begin, end = minutes(opens_at), minutes(closes_at)
    if begin is None or end is None:
        begin = end = None
    elif end <= begin:
        end += DAY_MINUTES
    found = [_BY_DAY.match(part.strip()) for part in (byday or "").split(",") if part.strip()]
    days = tuple((DAY_CODES.index(match[2]), int(match[1] or 0)) for match in found if match)
    month_days = tuple(int(part) for part in (bymonthday or "").split(",") if re.match(r"\s*-?\d+\s*$", part))
    return Rule(days, month_days, begin, end, first, last, max(every, 1), start, monthly, by_appointment, phone_only)


def minutes(time: str | None) -> int | None:
    """ "HH:MM" (or "HH:MM:SS") as minutes after midnight; None for anything else."""
    match = re.match(r"(\d{1,2}):(\d{2})(:\d{2})?", time or "")
    if match is None:
        return None
    found = int(match[1]) * 60 + int(match[2])
    return found if found <= DAY_MINUTES else None


def weeks_of(days: Iterable[tuple[int, int]], weekday: int) -> tuple[int, ...]:
    """In which weeks of the month a weekday is meant; empty: in all."""
    return tuple(week for day, week in days if day == weekday and week != 0)


def _in_week(day: datetime.date, week: int) -> bool:
    if week == 0:
        return True
    if week > 0:
        return (day.day - 1) // 7 + 1 == week
    return (_length(day) - day.day) // 7 + 1 == -week


def _length(day: datetime.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _latest(*dates: datetime.date | None) -> datetime.date | None:
    return max((date for date in dates if date), default=None)


def _earliest(*dates: datetime.date | None) -> datetime.date | None:
    return min((date for date in dates if date), default=None)
