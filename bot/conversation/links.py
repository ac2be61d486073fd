"""What can be pressed on a card: a call, a map, a website, a letter, a booking. Only tel:, https:, http: and mailto:."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from bot.conversation.messages import Link
from bot.conversation.wording import Wording
from knowledge.views import PlaceView, ServiceView

PHONES = 2
MAP = "https://www.openstreetmap.org/search?query="


def links_of(service: ServiceView, wording: Wording, language: str, *, only_calls: bool = False) -> tuple[Link, ...]:
    """Return a service's links: calls first, for a phone is what the newcomer holds in the hand."""
    links = [call(phone.number, phone.shown, wording, language) for phone in service.phones[:PHONES]]
    if only_calls:
        return tuple(links)
    place = next((place for place in service.places if place.address), None)
    if place:
        links.append(Link("map", wording.text("link.map", language), map_address(place)))
    if service.booking_url and is_web(service.booking_url):
        links.append(Link("book", wording.text("link.book", language), service.booking_url))
    if service.website and is_web(service.website):
        links.append(Link("web", wording.text("link.web", language), service.website))
    links += [
        Link("mail", wording.text("link.mail", language), f"mailto:{quote(mail, safe='@')}")
        for mail in service.emails[:1]
    ]
    return tuple(links)


def call(number: str, shown: str, wording: Wording, language: str) -> Link:
    """Return the link that dials ``number`` and shows it the way people there write it."""
    # An isolate keeps the digits in order inside right-to-left text.
    return Link(
        "call", wording.text("link.call", language, number=f"\u2068{shown}\u2069"), f"tel:{number.replace(' ', '')}"
    )


def map_address(place: PlaceView) -> str:
    """Return the address of a place on OpenStreetMap: by coordinates where the record has them, else by street and city."""
    if place.latitude is not None and place.longitude is not None:
        return f"https://www.openstreetmap.org/?mlat={place.latitude}&mlon={place.longitude}#map=17/{place.latitude}/{place.longitude}"
    return MAP + quote(", ".join(part for part in (place.address, place.postal_code, place.city) if part))


def is_web(address: str) -> bool:
    """Tell whether an address from a record is a web address: nothing else may become a link."""
    return urlsplit(address).scheme in ("http", "https")
