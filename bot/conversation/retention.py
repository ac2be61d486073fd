"""One retention setting for everything that talks leave behind: messages, files, handoffs, memory, who did what."""

from __future__ import annotations

import asyncio
import logging
import time

from sqlalchemy.orm import Session

from bot.records import audit, erasing, staff
from knowledge.store import Store, StoreError

EVERY_SECONDS = 3600.0
# Who asked to be forgotten does not wait for the hour, whatever happened to the process that took the request.
FORGET_SECONDS = 30.0
log = logging.getLogger(__name__)


class Retention:
    """Erases conversations whose last message is older than the setting allows."""

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._days = days

    async def enforce(self) -> int:
        """Erase what is too old, everywhere; return how many conversations went."""
        return len(await self._store.run(self._enforce))

    def _enforce(self, session: Session) -> list[str]:
        gone = erasing.erase_older_than(session, self._days)
        staff.end_sessions_older_than(session, self._days)
        audit.erase_older_than(session, self._days)
        return gone

    async def keep(self) -> None:
        """Enforce now and every hour, and erase what asked to be forgotten, until cancelled."""
        enforced: float | None = None
        while True:
            try:
                await self._store.run(erasing.erase_due)
                if enforced is None or time.monotonic() - enforced >= EVERY_SECONDS:
                    enforced = time.monotonic()
                    log.info("retention enforced", extra={"erased": await self.enforce()})
            except StoreError as error:
                log.error("retention not enforced", extra={"reason": str(error)})
            await asyncio.sleep(FORGET_SECONDS)
