"""How fast a bot may send: so many messages a second in all, about one a second in a chat, with bursts."""

from __future__ import annotations

import asyncio
import time

# Telegram allows 30 a second; a little less leaves room for clocks that differ.
PER_SECOND, BURST = 27.0, 15
CHAT_PER_SECOND, CHAT_BURST = 1.0, 12


class Bucket:
    """Lets ``burst`` pass at once and ``rate`` a second for long."""

    __slots__ = ("_burst", "_free_at", "_interval")

    def __init__(self, rate: float, burst: int) -> None:
        self._interval = 1 / rate
        self._burst = burst
        self._free_at = 0.0

    def wait(self) -> float:
        """Return after how many seconds the next one may pass."""
        return max(0.0, self._free_at - (self._burst - 1) * self._interval - time.monotonic())

    def take(self) -> None:
        """Count one."""
        self._free_at = max(self._free_at, time.monotonic()) + self._interval


class Pace:
    """One bot's limit over all chats, and the times in which Telegram wants no calls.

    Telegram does not say whether a 429 is about the chat or the bot: one chat alone waits alone; when a second one is
    told to wait meanwhile, all do.
    """

    def __init__(self) -> None:
        self._bucket = Bucket(PER_SECOND, BURST)
        self._turns = asyncio.Lock()
        self._held_until = 0.0
        self._held_chats: dict[int, float] = {}

    async def turn(self) -> None:
        """Wait until the bot may send one more, first come, first served."""
        async with self._turns:
            while self.held() > 0:  # noqa: ASYNC110 - it may grow while we wait, and only time ends it
                await asyncio.sleep(self.held())
            await asyncio.sleep(self._bucket.wait())
            self._bucket.take()

    def count(self) -> None:
        """Count a message that had no turn."""
        self._bucket.take()

    def held(self) -> float:
        """Return for how many seconds the whole bot is to be silent."""
        return max(0.0, self._held_until - time.monotonic())

    def hold(self, chat: int, seconds: float) -> None:
        """Take note of a 429 in ``chat``."""
        now = time.monotonic()
        self._held_chats = {one: until for one, until in self._held_chats.items() if until > now}
        if any(one != chat for one in self._held_chats):
            self._held_until = max(self._held_until, now + seconds)
        self._held_chats[chat] = now + seconds
