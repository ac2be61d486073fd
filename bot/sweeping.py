"""What the app does again and again beside answering: nobody keeps waiting for a caseworker who is gone."""

from __future__ import annotations

import asyncio
import logging

from bot.conversation.handoffs import Handoffs
from bot.letters import Letters
from bot.pushing import Pushing
from knowledge.store import StoreError

EVERY_SECONDS = 15.0
log = logging.getLogger(__name__)


async def sweep(handoffs: Handoffs, letters: Letters, pushing: Pushing) -> None:
    """Give conversations of caseworkers who are gone back to the queue, and tell who could come, until cancelled."""
    while True:
        try:
            moved = await handoffs.sweep()
            if moved:
                log.info("conversations given back to the queue", extra={"count": moved})
            await pushing.tell()
            await letters.tell()
        except StoreError as error:
            log.error("desk not swept", extra={"reason": str(error)})
        await asyncio.sleep(EVERY_SECONDS)
