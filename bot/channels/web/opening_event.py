"""The next opening of a service as a calendar entry (RFC 5545)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event

from bot.conversation.contract import Words
from knowledge.views import PlaceView, ServiceView

View = Callable[[datetime], ServiceView | None]


@dataclass(frozen=True, slots=True)
class NextOpening:
    """A service as it will be when it opens next; ``ends`` is None where it then stays open for more than a week."""

    service: ServiceView
    starts: datetime
    ends: datetime | None


def next_opening(view: View, now: datetime) -> NextOpening | None:
    """Return the first opening that has not begun yet; None where there is no such service or no such time.

    Args:
        view: gives the service as it is at an aware moment; now: aware.
    """
    service = view(now)
    if service is not None and service.opening.state == "open" and service.opening.until is not None:
        service = view(service.opening.until)
    if service is None or service.opening.next_opens is None:
        return None
    starts = service.opening.next_opens
    then = view(starts)
    return NextOpening(then, starts, then.opening.until) if then else None


def event(opening: NextOpening, wording: Words, language: str, now: datetime) -> bytes:
    """Return a calendar of one entry, in UTC, which needs no table of time zones.

    Args:
        language: BCP 47 code of the remark; now: aware, when this is made.
    """
    service = opening.service
    starts = opening.starts.astimezone(UTC)
    entry = Event()
    entry.add("uid", f"{service.id}-{starts:%Y%m%dT%H%M}@ventanilla")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", starts)
    if opening.ends is not None:
        entry.add("dtend", opening.ends.astimezone(UTC))
    entry.add("summary", service.name.text)
    _add_place(entry, service)
    phones = [phone.shown for phone in service.phones]
    remark = wording.text("web.hours_note", language)
    entry.add("description", "\n".join([*phones, *filter(None, [service.website]), remark]))
    if service.website:
        entry.add("url", service.website)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Ventanilla//Opening hours//")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _add_place(entry: Event, service: ServiceView) -> None:
    if service.opening.state == "phone":
        # Nobody has to go anywhere: these are the hours of the telephone.
        if service.phones:
            entry.add("location", service.phones[0].shown)
        return
    place = _place_of(service)
    if place is None:
        return
    parts = (place.address, " ".join(filter(None, (place.postal_code, place.city))))
    if where := ", ".join(filter(None, parts)):
        entry.add("location", where)
    if place.latitude is not None and place.longitude is not None and not place.approximate:
        entry.add("geo", (place.latitude, place.longitude))


def _place_of(service: ServiceView) -> PlaceView | None:
    opens = (place for place in service.places if place.opening == service.opening)
    return next(opens, None) or next(iter(service.places), None)
