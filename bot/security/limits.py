"""How often a password may be wrong: five times for an account and twenty for an address in 15 minutes."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

MINUTES = 15
OF_ACCOUNT = RateLimitItemPerMinute(5, MINUTES)
OF_ADDRESS = RateLimitItemPerMinute(20, MINUTES)
# A household or an office has a whole network of this many bits with IPv6.
NETWORK_BITS = 64


class TooManyTries(Exception):
    """Too many were wrong; ``seconds`` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Tries:
    """Counts wrong tries in memory; addresses are kept nowhere else, e-mail addresses only as hashes."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def trying(self, account: str, address: str) -> AsyncIterator[Try]:
        """Check one password at a time: many sent at once are counted like many one after another.

        Args:
            account: e-mail address as typed, known or not; address: of the browser.

        Raises:
            TooManyTries: there were too many wrong ones; a right one does not help then either.
        """
        async with self._one_at_a_time:
            one = Try(self._windows, _hashed(account.strip().lower()), _network(address))
            await one.check()
            yield one


class Try:
    """One try: the caller says what came of it."""

    def __init__(self, windows: MovingWindowRateLimiter, account: str, address: str) -> None:
        self._windows = windows
        self._of = ((OF_ACCOUNT, "account", account), (OF_ADDRESS, "address", address))

    async def check(self) -> None:
        """Raise ``TooManyTries`` where a limit is reached."""
        for limit, kind, who in self._of:
            if not await self._windows.test(limit, kind, who):
                window = await self._windows.get_window_stats(limit, kind, who)
                raise TooManyTries(max(1, int(window.reset_time - time.time())))

    async def wrong(self) -> None:
        """Count a wrong password."""
        for limit, kind, who in self._of:
            await self._windows.hit(limit, kind, who)

    async def right(self) -> None:
        """Forget the account's wrong ones; the address keeps its own, or one known password would open the rest."""
        limit, kind, who = self._of[0]
        await self._windows.clear(limit, kind, who)


def _hashed(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(int(parsed) >> (128 - NETWORK_BITS))
    return str(parsed)
