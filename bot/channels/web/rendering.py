"""Turns messages into what the page's templates show when there is no JavaScript; static/message.js does the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from bot.conversation.messages import Message

SCHEMES = {"http", "https", "tel", "mailto"}
ICONS = {"call": "phone", "map": "pin", "web": "globe", "mail": "mail", "book": "calendar"}
STATE_ICONS = {"open": "open", "closed": "closed", "appointment": "calendar", "unknown": "unknown"}
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


def card(shape: dict[str, Any]) -> dict[str, Any]:
    """Return a card ready for the template: links checked, icons named."""
    links = [
        {**link, "href": href, "icon": ICONS.get(str(link.get("kind")), "globe"), "elsewhere": opens_elsewhere(href)}
        for link in shape.get("links") or ()
        if (href := safe_address(link.get("href")))
    ]
    facts = [{**fact, "icon": STATE_ICONS.get(str(fact.get("state")))} for fact in shape.get("facts") or ()]
    return {
        **shape,
        "facts": facts,
        "links": links,
        "sources": [source(str(address)) for address in shape.get("sources") or ()],
        "freshness_icon": FRESHNESS_ICONS.get(str(shape.get("freshness")), "unknown"),
    }


def history(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages ready for the template."""
    shapes = (message.as_dict() for message in messages)
    return [{**shape, "cards": [card(one) for one in shape["cards"]]} for shape in shapes]
