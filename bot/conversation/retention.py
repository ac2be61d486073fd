"""One retention setting for everything a conversation leaves behind: messages, requests, the dialogue's memory."""

from __future__ import annotations

import asyncio
import logging

from bot.records import conversations as records
from knowledge.store import Store, StoreError

EVERY_SECONDS = 3600.0
log = logging.getLogger(__name__)


class Retention:
    """Erases conversations whose last message is older than the setting allows."""

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._days = days

    async def enforce(self) -> int:
        """Erase what is too old, everywhere; return how many conversations went."""
        return len(await self._store.run(records.erase_older_than, self._days))

    async def keep(self) -> None:
        """Enforce now and every hour until cancelled."""
        while True:
            try:
                gone = await self.enforce()
                log.info("retention enforced", extra={"erased": gone})
            except StoreError as error:
                log.error("retention not enforced", extra={"reason": str(error)})
            await asyncio.sleep(EVERY_SECONDS)
