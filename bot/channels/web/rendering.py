"""Turns messages into what the page's templates show when there is no JavaScript; static/message.js does the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from babel.units import format_unit

from bot.conversation.languages import locale
from bot.conversation.messages import Message

SCHEMES = {"http", "https", "tel", "mailto"}
ICONS = {"call": "phone", "map": "pin", "web": "globe", "mail": "mail", "book": "calendar"}
STATE_ICONS = {"open": "open", "closed": "closed", "appointment": "calendar", "unknown": "unknown"}
# Hours that are a time and not a telephone call.
OPENS = ("open", "closed")
# What browsers draw and cannot run.
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
FILE_KINDS = ("photo", "voice", "audio", "video", "document", "sticker", "location", "contact", "other")
FRESHNESS_ICONS = {"confirmed": "confirmed", "unconfirmed": "unknown", "stale": "unknown"}


def safe_address(href: object) -> str | None:
    """Return an address that may be a link: http, https, tel and mailto only; None for all else (javascript:, data:)."""
    text = str(href or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme.lower() not in SCHEMES or any(ord(sign) < 33 for sign in text):
        return None
    return text if parts.netloc or parts.scheme.lower() in ("tel", "mailto") else None


def opens_elsewhere(href: str) -> bool:
    """Tell whether a link leads to another website, away from the conversation."""
    return href.lower().startswith(("http:", "https:"))


def source(address: str) -> dict[str, str | None]:
    """Return a source as a link with the name of its website; without link where the address is none."""
    href = safe_address(address)
    host = (urlsplit(href).hostname or href) if href else address
    return {"href": href, "label": host.removeprefix("www.")}


def card(shape: dict[str, Any], services: str | None = None) -> dict[str, Any]:
    """Return a card ready for the template: links checked, icons named, and what can be kept of a service.

    Args:
        shape: the card; services: path below which services can be had as files; None: they cannot.
    """
    links = [
        {**link, "href": href, "icon": ICONS.get(str(link.get("kind")), "globe"), "elsewhere": opens_elsewhere(href)}
        for link in shape.get("links") or ()
        if (href := safe_address(link.get("href")))
    ]
    facts = [{**fact, "icon": STATE_ICONS.get(str(fact.get("state")))} for fact in shape.get("facts") or ()]
    service = is_service(shape)
    return {
        **shape,
        "facts": facts,
        "links": links,
        "sources": [source(str(address)) for address in shape.get("sources") or ()],
        "freshness_icon": FRESHNESS_ICONS.get(str(shape.get("freshness")), "unknown"),
        "service": service,
        "files": _files(shape, services) if service and services else [],
    }


def is_service(shape: dict[str, Any]) -> bool:
    """Tell whether a card is about one service of the knowledge base (not a number to call, not a step without one)."""
    return shape.get("kind") != "emergency" and ":" not in str(shape["id"])


def message(shape: dict[str, Any], services: str | None, path: str) -> dict[str, Any]:
    """Return a message, in the shape of the HTTP interface, ready for the template.

    Args:
        services: as in ``card``; path: of the page below which its cookie opens files.
    """
    attached = [_attached(one, path, str(shape["language"])) for one in shape.get("files") or ()]
    return {**shape, "cards": [card(one, services) for one in shape["cards"]], "attached": attached}


def history(messages: Iterable[Message], services: str | None, path: str) -> list[dict[str, Any]]:
    """Return messages ready for the template; arguments as in ``message``."""
    return [message(one.as_dict(), services, path) for one in messages]


def _attached(file: dict[str, Any], path: str, language: str) -> dict[str, Any]:
    kind = file["kind"] if file["kind"] in FILE_KINDS else "other"
    if "latitude" in file:
        place = f"{float(file['latitude'])}/{float(file['longitude'])}"
        return {"text": f"file_{kind}", "href": f"https://www.openstreetmap.org/#map=17/{place}", "elsewhere": True}
    if "id" not in file:
        return {"text": f"file_{kind}", "href": None}
    size = format_unit(round(file["size"] / 1000), "digital-kilobyte", "short", locale=locale(language))
    address = f"{path}/files/{quote(str(file['id']), safe='')}"
    picture = file["media_type"] in PICTURES
    return {"text": f"file_{kind}", "href": address, "name": file["name"], "size": size, "picture": picture}


def _files(shape: dict[str, Any], services: str) -> list[dict[str, str]]:
    address = f"{services}/{quote(str(shape['id']), safe='')}"
    language = f"?language={shape['language']}"
    files = []
    # A name alone is no contact.
    ways = {str(link.get("kind")) for link in shape.get("links") or ()} & {"call", "mail"}
    if ways or any(fact.get("kind") == "address" for fact in shape.get("facts") or ()):
        files.append({"href": f"{address}.vcf{language}", "text": "contact", "icon": "contact"})
    if any(fact.get("kind") == "hours" and fact.get("state") in OPENS for fact in shape.get("facts") or ()):
        files.append({"href": f"{address}.ics{language}", "text": "calendar", "icon": "calendar"})
    return files
