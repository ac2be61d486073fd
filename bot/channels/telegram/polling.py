"""Asks Telegram for updates. Own loop instead of python-telegram-bot's updater: that one confirms updates before they are stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.channels.telegram.account import Account, State
from bot.channels.telegram.client import OtherPoller, TooFast, Trouble, WrongToken
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.receiving import Receiver
from bot.records import telegram as records
from knowledge.store import Store

MOST_UPDATES = 100
FIRST_RETRY, LAST_RETRY = 0.25, 30.0
HOPELESS_RETRY = 30.0
# After a week without updates Telegram numbers them anew: an old place in the queue means nothing then.
PLACE_LASTS = timedelta(days=1)
# Asking again at once would take the processor from the answers to what just came.
PAUSE_SECONDS = 0.02
log = logging.getLogger(__name__)


class Polling:
    """The loop of one bot."""

    def __init__(
        self, account: Account, receiver: Receiver, ledger: Ledger, store: Store, recovered: Callable[[Account], None]
    ) -> None:
        """Poll nothing yet; ``recovered`` is called when Telegram answers again after it did not."""
        self._account = account
        self._receiver = receiver
        self._ledger = ledger
        self._store = store
        self._recovered = recovered
        self._next: int | None = None
        self._next_at = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Take updates until cancelled."""
        known = await self._store.read(records.bot, self._account.id)
        self._next, self._next_at = known.next_update, known.next_update_at or self._next_at
        failures = 0
        while True:
            try:
                await self._poll()
                failures = 0
            except Trouble as error:
                failures += 1
                await asyncio.sleep(self._failed(error, failures))

    async def _poll(self) -> None:
        account = self._account
        place = self._next if datetime.now(UTC) - self._next_at < PLACE_LASTS else None
        updates = await account.client.updates(place, wait=account.caught_up.is_set())
        if account.state != "ok":
            account.state = "ok"
            self._recovered(account)
        if len(updates) >= MOST_UPDATES:
            account.caught_up.clear()
        if updates:
            await self._receiver.take(account, updates)
            last = max(update.update_id for update in updates)
            self._next = last + 1 if place is None else max(place, last + 1)
            self._next_at = datetime.now(UTC)
            self._ledger.place(account.id, self._next)
            if account.caught_up.is_set():
                await asyncio.sleep(PAUSE_SECONDS)
        if len(updates) < MOST_UPDATES:
            account.caught_up.set()

    def _failed(self, error: Trouble, failures: int) -> float:
        """Return how many seconds to wait."""
        self._account.caught_up.clear()
        if isinstance(error, TooFast):
            return error.seconds
        states: dict[type[Trouble], State] = {WrongToken: "wrong token", OtherPoller: "other program"}
        state = states.get(type(error), "unreachable")
        if self._account.state != state:
            log.error("telegram: no updates", extra={"state": state, "reason": type(error).__name__})
        self._account.state = state
        wait = min(LAST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 10))
        return HOPELESS_RETRY if state == "wrong token" else wait
