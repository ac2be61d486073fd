"""Search in the desk's own handoffs within retention."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import Worker
from bot.desk.base import Desk, worker_of
from bot.records import audit, desk_queries, desk_search, handoffs, notes
from bot.records.handoffs import Handoff
from knowledge.codes import load_vocabulary

LONGEST = 100


class Search:
    """The search page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request) -> Response:
        """Return what ``?q=`` finds."""
        worker = worker_of(request)
        query = request.query_params.get("q", "").strip()[:LONGEST]
        words = self._desk.renderer.words(request)
        folded = query.casefold()
        topics = [
            code
            for code in load_vocabulary().codes["topics"]
            if len(folded) > 2 and folded in words.topic(code).casefold()
        ]
        found, labels, names = await self._desk.store.run(_search, worker, query, topics)
        return self._desk.renderer.page(
            request,
            "search.html",
            zone=await self._desk.zone(worker),
            query=query,
            labels=labels,
            names=names,
            found=[{"handoff": one, "guest": handoffs.pseudonym(one.conversation_id)} for one in found],
        )


def _search(
    session: Session, worker: Worker, query: str, topics: list[str]
) -> tuple[list[Handoff], list[str], dict[int, str]]:
    if query:
        # Who looked for something is recorded, what for is not.
        audit.record(session, territory=worker.territory, actor=worker.email, action="search")
    found = list(desk_search.search(session, worker.territory, query, topics))
    names = desk_queries.names_of(session, [one.staff_id for one in found])
    return found, notes.labels_used(session, worker.territory), names
