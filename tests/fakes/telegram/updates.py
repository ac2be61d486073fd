"""How updates reach a bot: by long polling, or posted to its webhook until it answers 2xx."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import httpx
from starlette.requests import Request

from tests.fakes.telegram.account import keep_allowed
from tests.fakes.telegram.refusals import bad, conflict
from tests.fakes.telegram.state import Bot, Webhook, World

LONGEST_POLL = 50.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FIRST_RETRY, LAST_RETRY = 0.05, 2.0

Update = dict[str, Any]


class Bell:
    """Wakes coroutines of the server's loop from whatever thread something changed in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait; safe from any thread."""
        with contextlib.suppress(RuntimeError):  # The loop may be closing.
            self._loop.call_soon_threadsafe(self._ring_here)

    def _ring_here(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return when rung, or after ``seconds``."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return


async def long_poll(world: World, bell: Bell, bot: Bot, given: dict[str, Any], request: Request) -> list[Update]:
    """Answer getUpdates: what waits now, or what comes within ``timeout`` seconds.

    Raises:
        Refusal: a webhook is set, another poller came, or ``limit`` is out of range.
    """
    offset, limit = given.get("offset", 0), given.get("limit", 100)
    until = time.monotonic() + min(LONGEST_POLL, given.get("timeout", 0))
    if not 1 <= limit <= 100:
        raise bad("limit must be between 1 and 100")
    with world.changed:
        if bot.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        keep_allowed(world, bot, given, "getUpdates")
        bot.polls += 1
        mine = bot.polls
        _confirm(bot, offset)
    bell.ring()
    gone = asyncio.ensure_future(_gone(request))
    try:
        while True:
            with world.changed:
                if bot.polls != mine:
                    raise conflict(
                        "terminated by setWebhook request"
                        if bot.webhook
                        else "terminated by other getUpdates request; make sure that only one bot instance is running"
                    )
                batch = _batch(world, bot, limit)
            left = until - time.monotonic()
            if batch or left <= 0 or gone.done():
                return batch
            waiting = asyncio.ensure_future(bell.wait(left))
            await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
    finally:
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _confirm(bot: Bot, offset: int) -> None:
    if offset < 0:
        while len(bot.pending) > -offset:
            bot.confirmed.append(bot.pending.popleft())
    while offset > 0 and bot.pending and bot.pending[0]["update_id"] < offset:
        bot.confirmed.append(bot.pending.popleft())


def _batch(world: World, bot: Bot, limit: int) -> list[Update]:
    faults = world.faults
    batch = [bot.pending[place] for place in range(min(limit, len(bot.pending)))]
    if not batch:
        return []
    if faults.chance.random() < faults.repeated:
        again = [*bot.confirmed, *batch]
        batch += faults.chance.sample(again, min(3, len(again)))
    if faults.chance.random() < faults.reordered:
        faults.chance.shuffle(batch)
    return [sent(update) for update in batch]


def sent(update: Update) -> Update:
    """Return an update as bots see it."""
    return {name: value for name, value in update.items() if not name.startswith("_")}


class Posting:
    """Posts the updates of all bots that set a webhook: in order within a chat, chats side by side."""

    def __init__(self, world: World, bell: Bell) -> None:
        self._world, self._bell = world, bell
        self._busy: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_connections=100), trust_env=False)

    async def run(self) -> None:
        """Post for as long as the server lives."""
        try:
            while True:
                with self._world.changed:
                    for bot in self._world.bots.values():
                        self._start(bot)
                await self._bell.wait(0.5)
        finally:
            for task in self._busy.values():
                task.cancel()
            await self._client.aclose()

    def _start(self, bot: Bot) -> None:
        if not bot.webhook:
            return
        free = bot.webhook.most - sum(who == bot.id for who, _ in self._busy)
        for update in bot.pending:
            key = (bot.id, update["_chat"])
            if free <= 0:
                return
            if key not in self._busy:
                self._busy[key] = asyncio.create_task(self._post_chat(bot, update["_chat"]))
                free -= 1

    async def _post_chat(self, bot: Bot, chat: int) -> None:
        wait = FIRST_RETRY
        try:
            while (hook := bot.webhook) and (update := self._first(bot, chat)):
                if await self._post(hook, update):
                    with self._world.changed:
                        if update in bot.pending:
                            bot.pending.remove(update)
                            bot.confirmed.append(update)
                    wait = FIRST_RETRY
                else:
                    await asyncio.sleep(wait)
                    wait = min(LAST_RETRY, wait * 2)
        finally:
            self._busy.pop((bot.id, chat), None)
            self._bell.ring()

    def _first(self, bot: Bot, chat: int) -> Update | None:
        faults = self._world.faults
        with self._world.changed:
            waiting = [update for update in bot.pending if update["_chat"] == chat]
            if waiting and faults.chance.random() < faults.reordered:
                return faults.chance.choice(waiting)
            return waiting[0] if waiting else None

    async def _post(self, hook: Webhook, update: Update) -> bool:
        headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
        times = 2 if self._world.faults.chance.random() < self._world.faults.repeated else 1
        taken = False
        for _ in range(times):
            try:
                answer = await self._client.post(hook.url, json=sent(update), headers=headers)
            except httpx.HTTPError as error:
                hook.last_error = (int(time.time()), type(error).__name__)
                continue
            taken = taken or answer.is_success
            if not answer.is_success:
                hook.last_error = (int(time.time()), f"Wrong response from the webhook: {answer.status_code}")
            elif answer.content.strip().startswith(b"{"):
                self._world.violations.append("webhook: the answer holds a body, and the fake runs no methods from it")
        return taken
