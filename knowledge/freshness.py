"""How far a record can be trusted by its age."""

from __future__ import annotations

import datetime
from typing import Literal

Freshness = Literal["unconfirmed", "confirmed", "stale"]
CONFIRMED_DAYS = 180


def freshness(assured: datetime.date | None, today: datetime.date, confirmed_days: int = CONFIRMED_DAYS) -> Freshness:
    """The state of a record.

    Args:
        assured: when the city last confirmed it; None: never.
        today: the date at the territory.
        confirmed_days: how many days a confirmation counts, the territory's setting.

    Returns:
        `unconfirmed` (never confirmed), `confirmed`, or `stale` (confirmed too long ago).
    """
    if assured is None:
        return "unconfirmed"
    return "confirmed" if (today - assured).days <= confirmed_days else "stale"
