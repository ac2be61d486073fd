"""Days off: a country's and region's public holidays, and the territory's own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache

import holidays


class DaysOff:
    """The public holidays of one territory: `date in days_off`. Each year is worked out once.

    Args:
        country: ISO 3166-1 alpha-2.
        subdivision: as the `holidays` package calls it, or None.
        own: further days, each year, as "MM-DD".
    """

    def __init__(self, country: str, subdivision: str | None = None, own: Sequence[str] = ()) -> None:
        self._key = (country, subdivision, tuple(own))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, datetime.date) and day in _days_off(*self._key, day.year)


@lru_cache(maxsize=512)
def _days_off(country: str, subdivision: str | None, own: tuple[str, ...], year: int) -> frozenset[datetime.date]:
    try:
        days = set(holidays.country_holidays(country, subdiv=subdivision, years=year, observed=True))
    except NotImplementedError:
        # A country that the package does not know: only the territory's own days count.
        days = set()
    for month_day in own:
        try:
            days.add(datetime.date.fromisoformat(f"{year}-{month_day}"))
        except ValueError:
            continue  # 02-29 in a year that has none
    return frozenset(day for day in days if day.year == year)
