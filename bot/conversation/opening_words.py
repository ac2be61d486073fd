"""Opening hours in words: the state now, and the week, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from babel.dates import format_date, get_day_names

from bot.conversation.languages import locale
from bot.conversation.wording import Wording
from knowledge.hours import Opening, WeekRow

NEXT_WEEK_DAYS = 7


def state(opening: Opening, now: datetime, wording: Wording, language: str) -> str:
    """Return whether it is open, until when, or when it opens next.

    Args:
        opening: of the service; now: the moment in the service's own time zone.
    """
    if opening.state == "open":
        if opening.until is None:
            return wording.text("hours.open_always", language)
        return wording.text("hours.open_until", language, time=_time(opening.until))
    if opening.state == "closed" and opening.next_opens is not None:
        msgid = "hours.closed_opens_today" if opening.next_opens.date() == now.date() else "hours.closed_opens"
        day = _day(opening.next_opens, now, language)
        return wording.text(msgid, language, day=day, time=_time(opening.next_opens))
    return wording.text(f"hours.{opening.state}", language)


def week(opening: Opening, wording: Wording, language: str) -> Iterator[str]:
    """Yield a line for each stretch of weekdays with the same hours, e.g. "Monday – Friday: 09:00–12:00"."""
    names = get_day_names("wide", locale=locale(language))
    days = {day: [row for row in opening.rows if row.weekday == day] for day in range(7)}
    if not opening.rows:
        return
    for hours, group in groupby(range(7), key=lambda day: _hours(days[day], wording, language)):
        stretch = list(group)
        if hours is None:
            continue
        first, last = names[stretch[0]], names[stretch[-1]]
        yield f"{first}: {hours}" if len(stretch) == 1 else f"{first} – {last}: {hours}"


def moment(at: datetime, now: datetime, language: str) -> str:
    """Return a moment in words, e.g. "Monday 09:00"; without the day when it is today.

    Args:
        at: aware, in the time zone that it is said in; now: aware.
    """
    here = now.astimezone(at.tzinfo)
    return _time(at) if at.date() == here.date() else f"{_day(at, here, language)} {_time(at)}"


def _hours(rows: list[WeekRow], wording: Wording, language: str) -> str | None:
    if not rows:
        return None
    parts = []
    for row in rows:
        # Left-to-right isolates keep "09:00–12:00" in this order inside right-to-left text.
        span = f"\u2066{row.opens}–{row.closes}\u2069" if row.opens and row.closes else ""
        remark = wording.text("hours.appointment", language) if row.by_appointment else ""
        remark = wording.text("hours.phone", language) if row.phone_only else remark
        parts.append(f"{span} ({remark})" if span and remark else span or remark)
    return ", ".join(part for part in parts if part) or None


def _time(moment: datetime) -> str:
    # As doors in Europe say it, in every language; the isolate keeps the digits in order inside right-to-left text.
    return f"\u2066{moment:%H:%M}\u2069"


def _day(moment: datetime, now: datetime, language: str) -> str:
    if (moment.date() - now.date()).days < NEXT_WEEK_DAYS:
        return format_date(moment, "EEEE", locale=locale(language))
    return format_date(moment, "EEEE d MMMM", locale=locale(language))
