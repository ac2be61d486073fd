"""How much one conversation and one address may send: a flood gets a polite line, not silence."""

from __future__ import annotations

import time

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.conversation.contract import TooMany

# Behind one address there may be a shelter full of people.
CONVERSATIONS_BEHIND_AN_ADDRESS = 10


class Limits:
    """Moving windows kept in memory; addresses are used here and nowhere stored."""

    def __init__(self, *, messages_per_minute: int, conversations_per_hour: int) -> None:
        """Set the limits.

        Args:
            messages_per_minute: for one conversation; an address may send ten times as many.
            conversations_per_hour: that one address may open.
        """
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._of_conversation = RateLimitItemPerMinute(messages_per_minute)
        self._of_address = RateLimitItemPerMinute(messages_per_minute * CONVERSATIONS_BEHIND_AN_ADDRESS)
        self._opening = RateLimitItemPerHour(conversations_per_hour)

    async def message(self, conversation: str, address: str) -> None:
        """Count a message.

        Raises:
            TooMany: one of its limits is reached.
        """
        await self._count(self._of_conversation, "conversation", conversation)
        await self._count(self._of_address, "address", address)

    async def open(self, address: str) -> None:
        """Count a new conversation.

        Raises:
            TooMany: the address's limit is reached.
        """
        await self._count(self._opening, "opening", address)

    async def _count(self, limit: RateLimitItemPerMinute | RateLimitItemPerHour, kind: str, who: str) -> None:
        if not await self._windows.hit(limit, kind, who):
            window = await self._windows.get_window_stats(limit, kind, who)
            raise TooMany(retry_after=max(1, int(window.reset_time - time.time())))
