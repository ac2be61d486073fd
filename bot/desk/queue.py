"""The queue: who waits, whom I have, who else is here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.bells import desk_bell
from bot.conversation.handoffs import TakenMeanwhile, TooManyAtOnce, Worker
from bot.conversation.ownership import NotPossible
from bot.conversation.promise import fitting
from bot.desk.base import Desk, back, worker_of
from bot.desk.renderer import is_part
from bot.records import desk_queries, handoffs, staff
from bot.records.staff import GONE_AFTER, Staff

SAID = ("closed", "released", "transferred")


class Queue:
    """The desk's first page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request) -> Response:
        """Return the queue, whole or (for a script) the part that changes."""
        worker = worker_of(request)
        topic, language = request.query_params.get("topic", ""), request.query_params.get("language", "")
        number = request.query_params.get("page", "1")
        page = int(number) if number.isdecimal() and len(number) < 4 else 1
        said = request.query_params.get("said", "")
        seen = await self._desk.store.read(_look, worker, topic, language, max(1, page))
        template = "_queue.html" if is_part(request) else "queue.html"
        return self._desk.renderer.page(
            request,
            template,
            zone=await self._desk.zone(worker),
            topic=topic,
            language=language,
            said=said if said in SAID else "",
            push_key=await self._desk.push_key(),
            **seen,
        )

    async def waiting(self, request: Request) -> Response:
        """Return the count of who waits, for the head of every page."""
        count = await self._desk.store.read(desk_queries.count_waiting, worker_of(request).territory)
        return self._desk.renderer.page(request, "_waiting.html", count=count)

    async def claim(self, request: Request) -> Response:
        """Take a conversation over; who comes second learns who was first."""
        worker = worker_of(request)
        number = int(request.path_params["handoff"])
        try:
            await self._desk.handoffs.claim(worker, number)
        except (NotPossible, TakenMeanwhile):
            found = await self._desk.handoff(request)
            if found.staff_id == worker.id and found.state == "open":
                return back(f"/desk/conversations/{number}")
            name = (await self._desk.store.read(desk_queries.names_of, [found.staff_id])).get(found.staff_id or 0)
            code = "taken_by" if name and found.state == "open" else "gone"
            return self._desk.problem(request, code, 409, name=name or "")
        except TooManyAtOnce as error:
            return self._desk.problem(request, "too_many", 409, limit=error.args[0])
        return back(f"/desk/conversations/{number}")


def _look(session: Session, worker: Worker, topic: str, language: str, page: int) -> dict[str, Any]:
    me = session.get_one(Staff, worker.id)
    found = desk_queries.queue_page(
        session,
        worker.territory,
        topic=topic,
        language=language,
        offset=(page - 1) * desk_queries.PAGE,
        limit=desk_queries.PAGE,
    )
    return {
        "queue": found,
        "rows": [_row(me, row) for row in found.rows],
        "mine": [
            {"handoff": one.handoff, "guest": handoffs.pseudonym(one.handoff.conversation_id), "one": one}
            for one in desk_queries.mine(session, worker.id)
        ],
        "colleagues": [one for one in desk_queries.colleagues(session, worker.territory) if one.id != worker.id],
        "presence": me.presence,
        # Somebody silent for longer was taken for gone: the page says so instead of showing a presence nobody counts on.
        "here": me.seen_at is not None and datetime.now(UTC) - me.seen_at < GONE_AFTER,
        "page": page,
        "pages": max(1, -(-found.total // desk_queries.PAGE)),
    }


def _row(me: Staff, row: handoffs.Handoff) -> dict[str, Any]:
    speaks = row.language.partition("-")[0] in {one.partition("-")[0] for one in me.languages}
    knows = bool(row.topic) and row.topic in me.topics
    fits = bool(fitting([me], row.language, woman=row.wants_woman, speaks=row.wants_language))
    wished = row.wants_woman or row.wants_language
    return {
        "handoff": row,
        "guest": handoffs.pseudonym(row.conversation_id),
        "for_me": fits and (wished or speaks or knows),
        "not_for_me": not fits,
    }


class Presence:
    """Whether somebody takes conversations, and whether their page is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def set(self, request: Request) -> Response:
        """Say "available" or "away"."""
        worker = worker_of(request)
        presence = "available" if (await request.form()).get("presence") == "available" else "away"

        await self._desk.store.run(staff.set_presence, worker.id, presence)
        self._ring(worker)
        return back("/desk")

    async def here(self, request: Request) -> Response:
        """Note that a page is open: the page says so every 20 seconds."""
        worker = worker_of(request)
        was_gone = await self._desk.store.run(_seen, worker.id)
        if was_gone:
            self._ring(worker)
        return Response(status_code=204)

    def _ring(self, worker: Worker) -> None:
        self._desk.bells.ring(desk_bell(worker.territory))


def _seen(session: Session, worker: int) -> bool:
    me = session.get_one(Staff, worker)
    was_gone = me.seen_at is None or datetime.now(UTC) - me.seen_at >= GONE_AFTER
    staff.seen(session, worker)
    return was_gone
