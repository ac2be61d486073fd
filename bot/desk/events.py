"""The desk as server-sent events: ``desk`` when something changed in the queue, ``talk`` in the open conversation.

Events carry nothing: the page then asks for what changed, so that every look goes through the same guard. ``typing``
alone says by itself whether the newcomer is writing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.bells import Bell, desk_bell
from bot.conversation.contract import LOOK_SECONDS
from bot.conversation.handoffs import Worker
from bot.conversation.signs import bell_of, reading_bell
from bot.desk.base import Desk, worker_of
from bot.records import desk_queries, handoffs
from bot.records.handoffs import Handoff

RETRY_MILLISECONDS = 2000
# Every page of a desk asks for the queue at its bell, and every message of a newcomer rings it: at most so often each.
DESK_SECONDS = 2.0
CLOCK_SECONDS = 0.05
# The browser comes back at once, and the guard looks again whether it still may.
LONGEST_SECONDS = 120.0
HEARTBEAT_SECONDS = 15


class Events:
    """Streams of events."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def stream(self, request: Request) -> Response:
        """Return the stream of a page; ``?handoff=``: the conversation that it shows."""
        worker = worker_of(request)
        wanted = request.query_params.get("handoff", "")
        found = None
        if wanted.isdecimal():
            found = await self._desk.store.read(handoffs.get, worker.territory, int(wanted))
        return EventSourceResponse(
            self._events(worker, found),
            ping=HEARTBEAT_SECONDS,
            ping_message_factory=lambda: ServerSentEvent(comment="still here"),
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _events(self, worker: Worker, handoff: Handoff | None) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(comment="hello", retry=RETRY_MILLISECONDS)
        end = time.monotonic() + LONGEST_SECONDS
        async with AsyncExitStack() as stack:
            bells = {"desk": await stack.enter_async_context(self._desk.bells.listen(desk_bell(worker.territory)))}
            if handoff is not None:
                one = handoff.conversation_id
                bells["talk"] = await stack.enter_async_context(self._desk.bells.listen(one, reading_bell(one)))
                bells["typing"] = await stack.enter_async_context(self._desk.bells.listen(bell_of("newcomer", one)))
            # What was missed between the page and the stream, or two streams, is looked for at once.
            for name in bells:
                yield self._event(name, handoff)
            known, looked = await self._stamp(handoff), time.monotonic()
            held, due = False, 0.0
            while time.monotonic() < end:
                rung = await _first(bells, max(0.0, due - time.monotonic()) if held else LOOK_SECONDS)
                held = held or "desk" in rung
                news = [name for name in rung if name != "desk"]
                if "talk" in news or time.monotonic() - looked >= LOOK_SECONDS - CLOCK_SECONDS:
                    stamp, looked = await self._stamp(handoff), time.monotonic()
                    if stamp != known and "talk" not in news:
                        news.append("talk")
                    known = stamp
                if held and time.monotonic() >= due - CLOCK_SECONDS:
                    news.append("desk")
                    held, due = False, time.monotonic() + DESK_SECONDS
                for name in news:
                    yield self._event(name, handoff)

    def _event(self, name: str, handoff: Handoff | None) -> ServerSentEvent:
        if name != "typing" or handoff is None:
            return ServerSentEvent(event=name, data="{}")
        writes = self._desk.signs.writing("newcomer", handoff.conversation_id) is not None
        return ServerSentEvent(event=name, data='{"typing":true}' if writes else '{"typing":false}')

    async def _stamp(self, handoff: Handoff | None) -> tuple[object, ...]:
        return await self._desk.store.read(desk_queries.stamp, handoff.id) if handoff else ()


async def _first(bells: dict[str, Bell], seconds: float) -> list[str]:
    """Wait until a bell rings, at most ``seconds``; return which ones did."""
    waits = {name: asyncio.ensure_future(bell.wait()) for name, bell in bells.items()}
    try:
        await asyncio.wait(waits.values(), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return [name for name, wait in waits.items() if wait.done()]
    finally:
        for wait in waits.values():
            wait.cancel()
