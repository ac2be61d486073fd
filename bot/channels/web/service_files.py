"""A service to take along: as a contact and as a calendar entry, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.contact import vcard
from bot.channels.web.errors import Refused
from bot.channels.web.opening_event import NextOpening, event, next_opening
from bot.channels.web.places import Places
from bot.conversation.contract import Words
from knowledge.detail import load_view
from knowledge.views import ServiceView

# Runs a function of a database session and further arguments; ``knowledge.store.Store.read``.
Read = Callable[..., Awaitable[Any]]
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class ServiceFiles:
    """Endpoints that answer with a file about one service."""

    def __init__(self, read: Read, wording: Words, places: Places) -> None:
        self._read = read
        self._wording = wording
        self._places = places

    async def contact(self, request: Request) -> Response:
        """GET /chat/{territory}/services/{service}.vcf: a contact."""
        place = await self._places.find(request)
        service = _service(request)
        found: ServiceView | None = await self._read(_view, service, place.language.code, datetime.now(UTC))
        if found is None:
            raise Refused("not_found")
        return _file(vcard(found, place.language.code), "text/vcard", f"{service}.vcf")

    async def calendar(self, request: Request) -> Response:
        """GET /chat/{territory}/services/{service}.ics: the next opening, for a calendar."""
        place = await self._places.find(request)
        service, language, now = _service(request), place.language.code, datetime.now(UTC)
        found: NextOpening | None = await self._read(_next_opening, service, language, now)
        if found is None:
            raise Refused("no_opening")
        return _file(event(found, self._wording, language, now), "text/calendar", f"{service}.ics")


def _service(request: Request) -> str:
    service = str(request.path_params["service"])
    if not _ID.fullmatch(service):
        raise Refused("not_found")
    return service


def _view(session: Any, service: str, language: str, at: datetime) -> ServiceView | None:
    found = load_view(session, service, language, at)
    return found if found and found.status == "active" else None


def _next_opening(session: Any, service: str, language: str, now: datetime) -> NextOpening | None:
    return next_opening(partial(_view, session, service, language), now)


def _file(content: bytes, media_type: str, name: str) -> Response:
    # Inline, so that a phone offers its own "add to contacts" instead of a file among the downloads.
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "no-cache"}
    return Response(content, 200, headers, f"{media_type}; charset=utf-8")
