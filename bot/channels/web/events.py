"""A conversation as server-sent events: what is new, whether an answer is being made, and its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversation.contract import LOOK_SECONDS, Conversations, NotAllowed, UnknownConversation

RETRY_MILLISECONDS = 3000


def event_stream(
    conversations: Conversations, conversation: str, token: str, after: int, heartbeat_seconds: int
) -> EventSourceResponse:
    """Return the stream of a conversation that the token was already found to open.

    Args:
        after: id of the last message that the reader has; heartbeat_seconds: between comments in a quiet stream.
    """
    return EventSourceResponse(
        events(conversations, conversation, token, after),
        ping=heartbeat_seconds,
        ping_message_factory=lambda: ServerSentEvent(comment="still here"),
        # Proxies that buffer would hold answers back.
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def events(
    conversations: Conversations, conversation: str, token: str, after: int
) -> AsyncIterator[ServerSentEvent]:
    """Yield ``message`` events with ids above ``after``, and ``ended`` as the last.

    Between them ``working``, ``files``, ``person`` and ``writing`` at every change.
    """
    yield ServerSentEvent(comment="hello", retry=RETRY_MILLISECONDS)
    working: bool | None = None
    takes_files = person = False
    writing: str | None = None
    async with conversations.listen(conversation) as bell:
        while True:
            try:
                # The token too, at each turn: a conversation can be erased, or its token run out, under an open stream.
                seen = await conversations.look(conversation, token, after=after)
            except (UnknownConversation, NotAllowed):
                yield ServerSentEvent(event="ended", data="{}")
                return
            for message in seen.messages:
                after = message.id
                yield ServerSentEvent(event="message", id=str(after), data=_json(message.as_dict()))
            if seen.working != working:
                working = seen.working
                yield ServerSentEvent(event="working", data=_json({"working": working}))
            if seen.takes_files != takes_files:
                takes_files = seen.takes_files
                yield ServerSentEvent(event="files", data=_json({"takes_files": takes_files}))
            if seen.person != person:
                person = seen.person
                yield ServerSentEvent(event="person", data=_json({"person": person}))
            if seen.writing != writing:
                writing = seen.writing
                yield ServerSentEvent(event="writing", data=_json({"writing": writing}))
            try:
                await asyncio.wait_for(bell.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue


def _json(shape: object) -> str:
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
