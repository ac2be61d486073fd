"""Opening hours: what the sign on the door means at a given moment."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from knowledge.holidays import DaysOff
from knowledge.hours import opening

ROME = ZoneInfo("Europe/Rome")


@dataclass
class Row:
    byday: str | None = "MO,TU,WE,TH,FR"
    opens_at: str | None = "09:00"
    closes_at: str | None = "12:00"
    freq: str | None = "WEEKLY"
    interval: int | None = None
    bymonthday: str | None = None
    dtstart: datetime.date | None = None
    until: datetime.date | None = None
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    by_appointment: bool = False
    phone_only: bool = False


@dataclass
class Change:
    date: datetime.date
    until: datetime.date | None = None
    opens_at: str | None = None
    closes_at: str | None = None


def rome(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ROME)


EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
LUNCH = [Row(), Row(opens_at="14:00", closes_at="17:00")]
NIGHT = [Row(byday=EVERY_DAY, opens_at="20:00", closes_at="08:00")]
ALWAYS = [Row(byday=EVERY_DAY, opens_at="00:00", closes_at="24:00")]
SATURDAYS = [Row(byday="1SA,-1SA", freq="MONTHLY")]
SUMMER = [Row(valid_from=datetime.date(2026, 6, 1), valid_to=datetime.date(2026, 8, 31))]
VISIT = [Row(by_appointment=True)]
CALLS = [Row(phone_only=True), Row(byday="TU", opens_at="14:00", closes_at="16:00")]
CASES: list[tuple[str, list[Row], str, str, str | None, str | None]] = [
    ("in the morning", LUNCH, "2026-11-23 10:00", "open", "2026-11-23 12:00", None),
    ("the minute it opens", LUNCH, "2026-11-23 09:00", "open", "2026-11-23 12:00", None),
    ("the minute it closes", LUNCH, "2026-11-23 12:00", "closed", None, "2026-11-23 14:00"),
    ("on Friday night", LUNCH, "2026-11-27 20:00", "closed", None, "2026-11-30 09:00"),
    ("past midnight", NIGHT, "2026-11-24 02:00", "open", "2026-11-24 08:00", None),
    ("before the night", NIGHT, "2026-11-24 12:00", "closed", None, "2026-11-24 20:00"),
    ("day and night", ALWAYS, "2026-11-24 03:00", "open", None, None),
    ("first Saturday", SATURDAYS, "2026-11-07 10:00", "open", "2026-11-07 12:00", None),
    ("second Saturday", SATURDAYS, "2026-11-14 10:00", "closed", None, "2026-11-28 09:00"),
    ("last Saturday", SATURDAYS, "2026-11-28 10:00", "open", "2026-11-28 12:00", None),
    ("before the season", SUMMER, "2026-05-29 10:00", "closed", None, "2026-06-01 09:00"),
    ("after the season", SUMMER, "2026-09-01 10:00", "unknown", None, None),
    ("by appointment", VISIT, "2026-11-23 10:00", "appointment", None, None),
    ("by telephone", CALLS, "2026-11-23 10:00", "phone", "2026-11-23 12:00", "2026-11-24 14:00"),
    ("nothing known", [], "2026-11-23 10:00", "unknown", None, None),
    ("Epiphany", LUNCH, "2027-01-06 10:00", "closed", None, "2027-01-07 09:00"),
    ("the city's own day", LUNCH, "2026-06-24 10:00", "closed", None, "2026-06-25 09:00"),
    ("the night on which clocks go back", NIGHT, "2026-10-25 04:00", "open", "2026-10-25 08:00", None),
    ("the night on which clocks go forward", NIGHT, "2026-03-29 04:00", "open", "2026-03-29 08:00", None),
]


@pytest.mark.parametrize(
    ("rows", "at", "state", "until", "next_opens"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_state(rows: list[Row], at: str, state: str, until: str | None, next_opens: str | None) -> None:
    found = opening(rows, [], DaysOff("IT", None, ["06-24"]), rome(at), "Europe/Rome")
    assert found.state == state
    assert found.until == (rome(until) if until else None)
    assert found.next_opens == (rome(next_opens) if next_opens else None)


CHANGES: list[tuple[str, Change, str, str]] = [
    ("closed on that day", Change(datetime.date(2026, 12, 24)), "2026-12-24 10:00", "closed"),
    (
        "closed for two weeks",
        Change(datetime.date(2026, 8, 3), datetime.date(2026, 8, 14)),
        "2026-08-10 10:00",
        "closed",
    ),
    ("shorter hours", Change(datetime.date(2026, 12, 24), None, "09:00", "10:00"), "2026-12-24 10:30", "closed"),
    (
        "open on a holiday after all",
        Change(datetime.date(2027, 1, 6), None, "10:00", "11:00"),
        "2027-01-06 10:30",
        "open",
    ),
]


@pytest.mark.parametrize(("change", "at", "state"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_dated_changes(change: Change, at: str, state: str) -> None:
    assert opening(LUNCH, [change], DaysOff("IT"), rome(at), "Europe/Rome").state == state


def test_the_week_is_a_table_in_order() -> None:
    found = opening([*LUNCH, *SATURDAYS], [], (), rome("2026-11-23 10:00"), "Europe/Rome")
    monday = [(row.opens, row.closes) for row in found.rows if row.weekday == 0]
    saturday: Any = [row.weeks for row in found.rows if row.weekday == 5]
    assert monday == [("09:00", "12:00"), ("14:00", "17:00")]
    assert saturday == [(1, -1)]


def test_a_moment_of_another_zone_counts_as_that_moment() -> None:
    london = datetime.datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Europe/London"))
    assert opening(LUNCH, [], (), london, "Europe/Rome").state == "open"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        opening(LUNCH, [], (), datetime.datetime(2026, 11, 23, 10), "Europe/Rome")
