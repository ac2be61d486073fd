"""Wakes whoever waits for news of a conversation, within this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DESK = "desk:"


class Bell:
    """Rings when something new is stored; clears itself when heard."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Wait until the bell rings."""
        await self._event.wait()
        self._event.clear()

    def ring(self) -> None:
        """Wake the listener."""
        self._event.set()


class Bells:
    """One set of bells a conversation; nothing is kept for conversations that nobody listens to."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self._queues: set[asyncio.Queue[str]] = set()

    @asynccontextmanager
    async def listen(self, conversation: str) -> AsyncIterator[Bell]:
        """Yield a bell that rings for ``conversation`` until the context is left."""
        bell = Bell()
        self._bells[conversation].add(bell)
        try:
            yield bell
        finally:
            self._bells[conversation].discard(bell)
            if not self._bells[conversation]:
                del self._bells[conversation]

    @asynccontextmanager
    async def everything(self) -> AsyncIterator[AsyncIterator[str]]:
        """Yield an endless iterator over the ids of conversations that ring, until the context is left."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _endless(queue)
        finally:
            self._queues.discard(queue)

    def ring(self, conversation: str) -> None:
        """Wake every listener of ``conversation``."""
        for bell in self._bells.get(conversation, ()):
            bell.ring()
        if not conversation.startswith(DESK):
            for queue in self._queues:
                queue.put_nowait(conversation)


async def _endless(queue: asyncio.Queue[str]) -> AsyncIterator[str]:
    while True:
        yield await queue.get()


def desk_bell(territory: str) -> str:
    """Return the name under which the bells of a territory's desk ring."""
    return DESK + territory
