"""Services at hand while writing: found by words, and the interpreters of the territory."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.base import Desk, worker_of
from bot.desk.renderer import is_part
from knowledge import detail
from knowledge.finding import Query, find
from knowledge.views import ServiceView

MOST = 8
LONGEST_WORDS = 200
INTERPRETING = "interpreting"


class Services:
    """Looks services up for a caseworker."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def found(self, request: Request) -> Response:
        """Return services found by ``?q=`` words, each ready to be sent as a card."""
        words = request.query_params.get("q", "").strip()[:LONGEST_WORDS]
        views = await self._look(request, words=words) if words else []
        return await self._answer(request, views, words, interpreters=False)

    async def interpreters(self, request: Request) -> Response:
        """Return the territory's interpreting services with their numbers."""
        views = await self._look(request, topics=(INTERPRETING,))
        return await self._answer(request, views, "", interpreters=True)

    async def _look(self, request: Request, *, words: str = "", topics: tuple[str, ...] = ()) -> list[ServiceView]:
        language = self._desk.renderer.words(request).language
        return await self._desk.store.read(look_up, worker_of(request).territory, language, words, topics)

    async def _answer(self, request: Request, views: list[ServiceView], words: str, *, interpreters: bool) -> Response:
        found = await self._desk.handoff(request)
        return self._desk.renderer.page(
            request,
            "_services.html" if is_part(request) else "services.html",
            handoff=found,
            services=views,
            query=words,
            interpreters=interpreters,
            is_mine=found.staff_id == worker_of(request).id and found.state == "open",
        )


def look_up(session: Session, territory: str, language: str, words: str, topics: tuple[str, ...]) -> list[ServiceView]:
    """Return services of a territory, best first.

    Args:
        language: BCP 47, of who reads; words: as typed; topics: codes, looked for when there are any.
    """
    now = datetime.now(UTC)
    found = find(session, Query(territory=territory, at=now, words=words, topics=topics, limit=MOST))
    return detail.load_views(session, [one.service_id for one in found.results], language, now)
