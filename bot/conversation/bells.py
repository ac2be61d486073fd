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
    """One set of bells a name; nothing is kept for names that nobody listens to.

    A name is a conversation's id, or, with what kind of news it is before a colon, ``desk:<territory>`` and the like.
    """

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self._queues: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    @asynccontextmanager
    async def listen(self, *names: str) -> AsyncIterator[Bell]:
        """Yield one bell that rings for any of ``names`` until the context is left."""
        bell = Bell()
        for name in names:
            self._bells[name].add(bell)
        try:
            yield bell
        finally:
            for name in names:
                self._bells[name].discard(bell)
                if not self._bells[name]:
                    del self._bells[name]

    @asynccontextmanager
    async def everything(self, kind: str = "") -> AsyncIterator[AsyncIterator[str]]:
        """Yield an endless iterator over all that ring until the context is left: ids of conversations.

        Args:
            kind: what stands before the colon of the names that are listened for; it is left off.
        """
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues[kind].add(queue)
        try:
            yield _endless(queue)
        finally:
            self._queues[kind].discard(queue)

    def ring(self, name: str) -> None:
        """Wake every listener of ``name``."""
        for bell in self._bells.get(name, ()):
            bell.ring()
        kind, _, one = name.rpartition(":")
        for queue in self._queues.get(kind, ()):
            queue.put_nowait(one)


async def _endless(queue: asyncio.Queue[str]) -> AsyncIterator[str]:
    while True:
        yield await queue.get()


def desk_bell(territory: str) -> str:
    """Return the name under which the bells of a territory's desk ring."""
    return DESK + territory
