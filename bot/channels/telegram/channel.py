"""The Telegram channel: one object that starts, stops and tells how it is doing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from starlette.routing import BaseRoute

from bot.channels.telegram import commands, webhook, working
from bot.channels.telegram.account import STATES, Account, State
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.client import TooFast, Trouble, WrongToken
from bot.channels.telegram.delivery import Deliveries
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.presses import Presses
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.talking import Talking
from bot.conversation.contract import Conversations, Words
from bot.records import telegram as records
from bot.records.telegram import ChatRow
from knowledge.store import Store, StoreError

RETRY_SECONDS, HOPELESS_RETRY = 2.0, 30.0
# Messages may become visible a little out of their order, so the last ones are looked at again.
LOOK_BACK = 500
log = logging.getLogger(__name__)


class TelegramChannel:
    """All bots together. ``routes`` are for the web server: one when Telegram posts updates, else none."""

    def __init__(self, conversations: Conversations, words: Words, store: Store, settings: TelegramSettings) -> None:
        languages = [language.code for language in conversations.languages()]
        self._conversations = conversations
        self._store = store
        self._settings = settings
        self._accounts = {bot.number: Account(bot, settings) for bot in settings.bots}
        self._secrets = {bot.number: webhook.secret(bot) for bot in settings.bots}
        self._chats = Chats(store, list(self._accounts.values()))
        self._ledger = Ledger(store, self._accounts)
        self._deliveries = Deliveries(conversations, words, store, self._chats, self._ledger)
        self._groups = Groups(words, languages, settings.default_language)
        self._presses = Presses()
        talking = Talking(conversations, words, self._chats, self._deliveries, settings)
        self._receiver = Receiver(talking, self._chats, self._groups, self._presses, self._ledger)
        self._published = {
            account.id: commands.texts(
                words, languages, settings.default_language, only_one_territory=account.territory is not None
            )
            for account in self._accounts.values()
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._seen = 0
        self.routes: list[BaseRoute] = []
        if settings.webhook and self._accounts:
            self.routes.append(webhook.route(self._accounts, self._secrets, self._receiver))

    @property
    def state(self) -> str:
        """How the worst of the bots is doing: ok, starting, unreachable, other program or wrong token; off without a bot."""
        states: list[State] = [account.state for account in self._accounts.values()]
        return max(states, key=STATES.index) if states else "off"

    async def start(self) -> None:
        """Begin to receive and to deliver; what was left unfinished is taken up. Telegram may be out of reach."""
        if not self._accounts:
            return
        self._ledger.start()
        self._seen = await self._store.read(records.newest_message)
        left = await self._store.read(records.unfinished)
        await self._learn_numbers(left)
        self._begin(self._listen())
        self._begin(self._look())
        self._begin(working.watch(self._chats, self._conversations))
        for account in self._accounts.values():
            self._begin(self._serve(account))
        self._wake(left)

    async def stop(self) -> None:
        """End in order: nothing new is taken, what is being sent arrives, what is left waits for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._presses.stop()
        await self._groups.stop()
        await self._deliveries.stop()
        await self._ledger.stop()
        for account in self._accounts.values():
            await account.client.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _learn_numbers(self, left: list[ChatRow]) -> None:
        """Remember which message ids are whose, as far as it matters for parts that may or may not have arrived."""
        for account in self._accounts.values():
            account.numbers.raise_to(await self._store.read(records.highest_id, account.id))
            unsure = [row for row in left if row.bot_id == account.id and row.in_flight]
            for row in unsure:
                account.numbers.begin(row.chat_id, int((row.in_flight or {})["after"]))
            mark = records.oldest_mark(unsure)
            if mark is not None:
                account.numbers.note_all((await self._store.read(records.bot, account.id)).known)
                for number in await self._store.read(records.ids_after, account.id, mark):
                    account.numbers.note(number)

    async def _serve(self, account: Account) -> None:
        await self._introduce(account)
        if self._settings.webhook:
            # Nothing tells when all that people sent has come, so nobody waits for it.
            account.caught_up.set()
            account.state = "ok"
            return
        polling = Polling(account, self._receiver, self._ledger, self._store, self._deliveries.retry)
        await polling.run()

    async def _introduce(self, account: Account) -> None:
        """Learn the bot's name, say how updates are to come, and publish its commands; again until it works."""
        while True:
            try:
                account.username = account.username or await account.client.username()
                if self._settings.webhook:
                    url = webhook.address(self._settings.public_url, account)
                    await account.client.set_webhook(url, self._secrets[account.id])
                else:
                    await account.client.delete_webhook()
                break
            except (Trouble, StoreError) as error:
                await asyncio.sleep(self._not_introduced(account, error))
        self._begin(self._publish(account))

    async def _publish(self, account: Account) -> None:
        publishing = commands.Publishing(account, self._published[account.id], self._store)
        while True:
            try:
                await publishing.run()
                return
            except (Trouble, StoreError) as error:
                log.warning("telegram: commands not published", extra={"reason": type(error).__name__})
                await asyncio.sleep(error.seconds if isinstance(error, TooFast) else RETRY_SECONDS)

    def _not_introduced(self, account: Account, error: Exception) -> float:
        state: State = "wrong token" if isinstance(error, WrongToken) else "unreachable"
        if account.state != state:
            log.error("telegram: not started", extra={"state": state, "reason": type(error).__name__})
        account.state = state
        if isinstance(error, TooFast):
            return error.seconds
        return HOPELESS_RETRY if state == "wrong token" else RETRY_SECONDS

    async def _listen(self) -> None:
        async with self._conversations.news() as news:
            async for conversation in news:
                try:
                    chat = await self._chats.of_conversation(conversation)
                except Exception as error:
                    # The regular look finds it.
                    log.error("telegram: news not heard", extra={"reason": type(error).__name__})
                    continue
                if chat is not None and not chat.is_own_bell():
                    self._deliveries.wake(chat)

    async def _look(self) -> None:
        """Look every few seconds for messages that another process stored."""
        while True:
            await asyncio.sleep(self._settings.look_seconds)
            try:
                newest = await self._store.read(records.newest_message)
                self._wake(await self._store.read(records.with_news, max(0, self._seen - LOOK_BACK)))
                self._seen = newest
            except Exception as error:
                log.error("telegram: no look for news", extra={"reason": type(error).__name__})
            self._chats.tidy()

    def _wake(self, rows: list[ChatRow]) -> None:
        for row in rows:
            chat = self._chats.put(row)
            if chat is not None:
                self._deliveries.wake(chat)


def create_telegram(
    conversations: Conversations, words: Words, store: Store, settings: TelegramSettings
) -> TelegramChannel:
    """Return the channel; nothing connects before ``start``."""
    return TelegramChannel(conversations, words, store, settings)
