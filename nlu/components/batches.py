"""Parses the messages that wait at one moment together: the sentence encoder takes many for little more than one."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text, Tuple

Parsed = Dict[Text, Any]
LARGEST = 32


class Batches:
    """Collects messages while the loop is busy and hands them to ``parse`` as one list."""

    def __init__(self, parse: Callable[[List[Any]], List[Parsed]]) -> None:
        """Keep the function that parses many messages and returns their parse data in order."""
        self._parse = parse
        self._waiting: List[Tuple[Any, "asyncio.Future[Parsed]"]] = []
        self._task: Optional["asyncio.Task[None]"] = None

    def submit(self, message: Any) -> Awaitable[Parsed]:
        """Return a future of the parse data of ``message``; an error of the batch reaches each of its messages."""
        future: "asyncio.Future[Parsed]" = asyncio.get_running_loop().create_future()
        self._waiting.append((message, future))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())
        return future

    async def _work(self) -> None:
        while self._waiting:
            # Requests that have arrived but were not read yet get a chance to join.
            await asyncio.sleep(0)
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            try:
                parsed = self._parse([message for message, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), one in zip(batch, parsed):  # noqa: B905 (Python 3.10 in Rasa's own style)
                if not future.done():
                    future.set_result(one)
