"""Telegram's flood limits: so many messages a second for a bot, about one a second in a chat, bursts allowed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.fakes.telegram.refusals import Refusal, too_many

# Calls that were under way when a 429 was given are nobody's fault; clocks differ a little.
GRACE = 0.25
TOLERANCE = 0.05
EVERY_CHAT = "every chat"

# A chat's number, a method without a chat, or EVERY_CHAT.
Scope = int | str


@dataclass
class _Bucket:
    left: float
    at: float


@dataclass
class _Wait:
    since: float
    until: float


@dataclass
class Limits:
    """Counts what is sent and declines what is too much; after a 429 all is declined until its time is over.

    Args:
        on: False counts nothing (429s that tests ask for stay).
        per_second: messages a bot may send in a second over all chats.
        per_chat: messages a second that one chat takes for long.
        burst: messages that one chat takes at once.
        group_per_second: as ``per_chat``, for groups.
        early: calls that came before a ``retry_after`` was over, for tests to look at.
    """

    on: bool = True
    per_second: float = 30
    per_chat: float = 1
    burst: float = 20
    group_per_second: float = 20 / 60
    early: list[str] = field(default_factory=list)
    _buckets: dict[tuple[int, Scope], _Bucket] = field(default_factory=dict)
    _waits: dict[tuple[int, Scope], _Wait] = field(default_factory=dict)

    def spend(self, bot: int, chat: int) -> None:
        """Count one message.

        Raises:
            Refusal: 429 with the whole seconds to wait; nothing is counted then.
        """
        if not self.on:
            return
        rate = self.per_chat if chat > 0 else self.group_per_second
        in_all = self._filled((bot, EVERY_CHAT), self.per_second, self.per_second)
        here = self._filled((bot, chat), rate, self.burst)
        if here.left < 1:
            raise self._flooded(bot, chat, (1 - here.left) / rate)
        if in_all.left < 1:
            raise self._flooded(bot, EVERY_CHAT, (1 - in_all.left) / self.per_second)
        in_all.left -= 1
        here.left -= 1

    def hold(self, bot: int, scope: Scope, seconds: float) -> None:
        """Decline everything of this scope for some seconds, as after a 429."""
        now = time.monotonic()
        self._waits[bot, scope] = _Wait(now, now + seconds)

    def check_hold(self, bot: int, method: str, chat: int | None) -> None:
        """Decline what comes before a 429's time is over.

        Raises:
            Refusal: 429 with what is left of the time, in whole seconds.
        """
        now = time.monotonic()
        scopes: tuple[Scope, ...] = (method,) if chat is None else (chat, EVERY_CHAT)
        for scope in scopes:
            wait = self._waits.get((bot, scope))
            if not wait or now >= wait.until:
                continue
            if now > wait.since + GRACE and now < wait.until - TOLERANCE:
                self.early.append(f"{method} came {wait.until - now:.2f} s before the end of a wait for {scope}")
            raise too_many(max(1, math.ceil(wait.until - now)))

    def _flooded(self, bot: int, scope: Scope, seconds: float) -> Refusal:
        wait = max(1, math.ceil(seconds))
        self.hold(bot, scope, wait)
        return too_many(wait)

    def _filled(self, key: tuple[int, Scope], rate: float, most: float) -> _Bucket:
        now = time.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        return bucket
