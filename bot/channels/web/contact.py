"""A service as a contact: vCard 3.0 (RFC 2426), which every phone reads."""

from __future__ import annotations

from icalendar import vText
from icalendar.parser import Contentline

from bot.conversation.languages import locale
from knowledge.views import PlaceView, ServiceView


def vcard(service: ServiceView, language: str) -> bytes:
    """Return a service as a vCard; ``language`` (BCP 47) is that of the country's name."""
    name = service.name.text
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"UID:{_text(service.id)}", f"FN:{_text(name)}", f"N:{_text(name)};;;;"]
    if service.organization:
        lines.append(f"ORG:{_text(service.organization)}")
    lines += [f"TEL;TYPE=WORK,VOICE:{phone.number}" for phone in service.phones]
    lines += [f"EMAIL;TYPE=WORK,INTERNET:{_text(mail)}" for mail in service.emails]
    lines += [_address(place, language) for place in service.places if place.address]
    if service.website:
        lines.append(f"URL:{_text(service.website)}")
    if service.description:
        lines.append(f"NOTE:{_text(service.description.text)}")
    lines.append("END:VCARD")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _address(place: PlaceView, language: str) -> str:
    country = str(locale(language).territories.get(place.country, place.country)) if place.country else ""
    parts = ("", "", place.address or "", place.city or "", "", place.postal_code or "", country)
    return "ADR;TYPE=WORK:" + ";".join(_text(part) for part in parts)


def _text(value: str) -> str:
    return vText(value.strip()).to_ical().decode("utf-8")


def _folded(line: str) -> bytes:
    return bytes(Contentline(line).to_ical())  # type: ignore[no-untyped-call]
