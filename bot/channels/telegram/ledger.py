"""Writes down where chats stand: what changed in all of them since the last write goes into one short transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.channels.telegram.account import Account
from bot.channels.telegram.numbers import Range
from bot.records import telegram as records
from bot.records.telegram import ChatRow
from knowledge.store import Store, StoreError

# What nobody waits for may be lost by a crash for so long: it is found out again then.
SOON_SECONDS = 0.2
RETRY_SECONDS = 1.0
STOP_SECONDS = 3.0
log = logging.getLogger(__name__)


class Ledger:
    """One writer for all chats and bots, running from ``start`` to ``stop``."""

    def __init__(self, store: Store, accounts: Mapping[int, Account]) -> None:
        self._store = store
        self._accounts = accounts
        self._known: dict[int, list[Range]] = {}
        self._rows: dict[tuple[int, int], ChatRow] = {}
        self._places: dict[int, int] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._write_all())

    async def stop(self) -> None:
        """Write what is left, and end."""
        if self._task is None:
            return
        with suppress(StoreError, TimeoutError):
            await asyncio.wait_for(self.flush(), STOP_SECONDS)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def later(self, row: ChatRow) -> None:
        """Have a chat written soon, together with what others have to write by then."""
        self._rows[row.bot_id, row.chat_id] = replace(row, keyboards=list(row.keyboards))
        self._soon()

    async def keep(self, row: ChatRow) -> None:
        """Have a chat written, and return when it is.

        Raises:
            StoreError: it could not be written; it will be tried again with the next write.
        """
        self.later(row)
        await self.flush()

    def place(self, bot: int, next_update: int) -> None:
        """Have a bot's place in its queue of updates written soon."""
        self._places[bot] = next_update
        self._soon()

    async def flush(self) -> None:
        """Return when everything noted so far is written.

        Raises:
            StoreError: it could not be written.
        """
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(written)
        self._work.set()
        await written

    def forget(self, row: ChatRow) -> None:
        """Write nothing more of a chat that is gone."""
        self._rows.pop((row.bot_id, row.chat_id), None)

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SOON_SECONDS, self._work.set)

    async def _write_all(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            if self._timer:
                self._timer.cancel()
                self._timer = None
            rows, places, waiting = self._rows, self._places, self._waiting
            self._rows, self._places, self._waiting = {}, {}, []
            try:
                if rows or places:
                    await self._store.run(records.save, list(rows.values()), places, self._news_of_numbers())
            except asyncio.CancelledError:
                _finish(waiting, StoreError("stopped"))
                raise
            except Exception as error:
                # Whatever it is: without the ledger nothing may be sent, so it must go on.
                log.error("telegram: not written", extra={"reason": type(error).__name__})
                self._rows, self._places = {**rows, **self._rows}, {**places, **self._places}
                self._known.clear()
                _finish(waiting, StoreError(type(error).__name__))
                await asyncio.sleep(RETRY_SECONDS)
                self._work.set()
            else:
                _finish(waiting, None)

    def _news_of_numbers(self) -> dict[int, list[Range]]:
        """Return, by bot, the known message ids that matter, where they are others than at the last write."""
        now = {number: account.numbers.above_marks() for number, account in self._accounts.items()}
        news = {number: ranges for number, ranges in now.items() if ranges != self._known.get(number)}
        self._known.update(news)
        return news


def _finish(waiting: list[asyncio.Future[None]], error: StoreError | None) -> None:
    for future in waiting:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
