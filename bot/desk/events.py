"""The desk as server-sent events: ``desk`` when something changed in the queue, ``talk`` in the open conversation.

Events carry nothing: the page then asks for what changed, so that every look goes through the same guard.
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
from bot.conversation.handoffs import Worker
from bot.desk.base import Desk, worker_of
from bot.records import desk_queries, handoffs
from bot.records.handoffs import Handoff

RETRY_MILLISECONDS = 2000
# A bell rings within one process only; with several, news from another is seen at the latest after this long.
LOOK_SECONDS = 5.0
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
                bells["talk"] = await stack.enter_async_context(self._desk.bells.listen(handoff.conversation_id))
            # What was missed between the page and the stream, or two streams, is looked for at once.
            for name in bells:
                yield ServerSentEvent(event=name, data="{}")
            known = await self._stamp(handoff)
            while time.monotonic() < end:
                rung = await _first(bells)
                stamp = await self._stamp(handoff)
                if stamp != known and "talk" not in rung:
                    rung.append("talk")
                known = stamp
                for name in rung:
                    yield ServerSentEvent(event=name, data="{}")

    async def _stamp(self, handoff: Handoff | None) -> tuple[object, ...]:
        return await self._desk.store.read(desk_queries.stamp, handoff.id) if handoff else ()


async def _first(bells: dict[str, Bell]) -> list[str]:
    """Wait until a bell rings, at most ``LOOK_SECONDS``; return which ones did."""
    waits = {name: asyncio.ensure_future(bell.wait()) for name, bell in bells.items()}
    try:
        await asyncio.wait(waits.values(), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return [name for name, wait in waits.items() if wait.done()]
    finally:
        for wait in waits.values():
            wait.cancel()
