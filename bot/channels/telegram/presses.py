"""Answers presses at once, so that the button on the phone stops waiting, and tells double presses."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict

from bot.channels.telegram.account import Account
from bot.channels.telegram.chats import Chat, Press
from bot.channels.telegram.client import TooFast, Trouble
from bot.channels.telegram.parsing import Pressed

TRIES = 4
MOST_REMEMBERED = 5000
# The same button pressed again so soon was one press of an impatient finger.
DOUBLE_SECONDS = 2.0
# While the answer is not there yet, people press again.
IMPATIENT_SECONDS = 20.0
log = logging.getLogger(__name__)


class Presses:
    """Answers each press once, in the background."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._not_before: dict[int, float] = {}

    def answer(self, account: Account, query: str) -> None:
        """Answer a press; one that was answered before is passed over."""
        if query in self._answered:
            return
        self._answered[query] = None
        if len(self._answered) > MOST_REMEMBERED:
            self._answered.popitem(last=False)
        task = asyncio.create_task(self._answer(account, query))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is not answered yet: the phone stops waiting by itself."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, account: Account, query: str) -> None:
        for attempt in range(1, TRIES + 1):
            await asyncio.sleep(max(0.0, self._not_before.get(account.id, 0.0) - time.monotonic()))
            try:
                await account.client.answer_press(query)
                return
            except TooFast as error:
                self._not_before[account.id] = time.monotonic() + error.seconds
            except Trouble as error:
                if attempt == TRIES:
                    log.info("telegram: press not answered", extra={"reason": type(error).__name__})
                await asyncio.sleep(0.2 * attempt)


def is_double(chat: Chat, event: Pressed) -> bool:
    """Tell whether a press repeats the one before."""
    last = chat.press
    if last is None or (last.message, last.data) != (event.message, event.data):
        return False
    passed = time.monotonic() - last.at
    return passed < DOUBLE_SECONDS or (passed < IMPATIENT_SECONDS and last.delivered == chat.row.delivered)


def remember(chat: Chat, event: Pressed, client_id: str, *, edits: bool) -> None:
    """Remember a press; ``edits``: its answer may take the place of the message that it was on."""
    chat.press = Press(event.message, event.data, client_id, time.monotonic(), chat.row.delivered, edits)
