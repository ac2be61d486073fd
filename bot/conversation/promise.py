"""How long it will take until a person answers: said honestly, from who is there, the queue and the desk's hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.orm import Session

from bot.records import handoffs, staff
from bot.records.handoffs import Handoff
from bot.records.staff import Staff
from knowledge import detail, territories

Kind = Literal["now", "minutes", "opens", "nobody"]
# Longer than the last of these nobody is asked to wait: then it is "nobody is there".
ROUND_MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class Promise:
    """What can be said: ``minutes`` until an answer, or ``at`` when the desk opens next (aware, the desk's time zone).

    ``place`` is the place in the queue, 1 for who is next.
    """

    kind: Kind
    place: int = 1
    minutes: int | None = None
    at: datetime | None = None

    @property
    def somebody_there(self) -> bool:
        """Tell whether a person will answer soon."""
        return self.kind in ("now", "minutes")

    def note(self) -> str:
        """Return the message id of the sentence that says it."""
        return f"promise.{self.kind}"

    def values(self) -> dict[str, object]:
        """Return what goes into the sentence's gaps."""
        shown = {"minutes": self.minutes, "when": self.at.isoformat() if self.at else None, "place": self.place}
        return {name: value for name, value in shown.items() if value is not None}


def promise(
    session: Session,
    territory: str,
    language: str,
    *,
    waiting: Handoff | None = None,
    wants_woman: bool = False,
    wants_language: bool = False,
    urgent: bool = False,
) -> Promise:
    """Return what can be promised to somebody who waits, or who is about to.

    Args:
        language: BCP 47, the newcomer's; waiting: their handoff, None before they agreed;
        wants_woman, wants_language: count only on who fits; urgent: they spoke of danger, so they will come before others.
    """
    there = fitting(staff.there(session, territory), language, woman=wants_woman, speaks=wants_language)
    if waiting is not None:
        ahead = handoffs.ahead(session, waiting)
    else:
        ahead = handoffs.ahead_of_new(session, territory, handoffs.URGENT if urgent else handoffs.NORMAL)
    if not there:
        return _later(session, territory, ahead + 1)
    busy = handoffs.open_by_staff(session, territory)
    free = sum(max(0, one.at_once - busy.get(one.id, 0)) for one in there)
    if ahead < free:
        return Promise("now", ahead + 1)
    turns = math.ceil((ahead + 1 - free) / len(there))
    return Promise("minutes", ahead + 1, minutes=rounded(turns * handoffs.minutes_each(session, territory)))


def fitting(people: Sequence[Staff], language: str, *, woman: bool, speaks: bool) -> list[Staff]:
    """Return those whom a newcomer's wishes allow: a woman, somebody who speaks their language."""
    return [
        one for one in people if (one.woman or not woman) and (not speaks or language.partition("-")[0] in _spoken(one))
    ]


def rounded(minutes: float) -> int:
    """Return the next of the round numbers above: a promise that is kept early is better than one that is late."""
    return next((one for one in ROUND_MINUTES if minutes <= one), ROUND_MINUTES[-1])


def _spoken(one: Staff) -> set[str]:
    return {language.partition("-")[0] for language in one.languages}


def _later(session: Session, territory: str, place: int) -> Promise:
    desk = territories.desk_service(session, territory)
    view = detail.load_view(session, desk, "en", datetime.now(UTC)) if desk else None
    if view is not None and view.opening.state == "closed" and view.opening.next_opens is not None:
        return Promise("opens", place, at=view.opening.next_opens)
    return Promise("nobody", place)
