"""Takes what people send into their conversations: stored once, whatever Telegram repeats, before it counts as taken."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from weakref import WeakValueDictionary

from telegram import Update

from bot.channels.telegram import parsing
from bot.channels.telegram.account import Account
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.parsing import Event, InGroup, Pressed, Sent
from bot.channels.telegram.presses import Presses
from bot.channels.telegram.talking import Talking
from knowledge.store import StoreError

CHATS_AT_ONCE = 8
MOST_REMEMBERED = 20_000
STORE_RETRY_SECONDS = 0.5
log = logging.getLogger(__name__)


class Receiver:
    """Takes updates of all bots, in order within a chat, some chats side by side."""

    def __init__(self, talking: Talking, chats: Chats, groups: Groups, presses: Presses, ledger: Ledger) -> None:
        self._talking = talking
        self._chats = chats
        self._groups = groups
        self._presses = presses
        self._ledger = ledger
        self._taken: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._at_once = asyncio.Semaphore(CHATS_AT_ONCE)
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def take(self, account: Account, updates: Sequence[Update]) -> None:
        """Return when all ``updates`` are stored; one that was taken before is passed over."""
        by_chat: defaultdict[int, list[Event]] = defaultdict(list)
        for update in sorted(updates, key=lambda one: one.update_id):
            event = self._read(account, update)
            if event is not None:
                self._notice(account, event)
                by_chat[_chat(event)].append(event)
        await asyncio.gather(*(self._take_in_order(account, chat, events) for chat, events in by_chat.items()))

    def _read(self, account: Account, update: Update) -> Event | None:
        if (account.id, update.update_id) in self._taken:
            return None
        try:
            return parsing.read(update)
        except Exception as error:
            # An update that nobody can read must not stop those behind it.
            log.error("telegram: update not understood", extra={"reason": type(error).__name__})
            return None

    def _notice(self, account: Account, event: Event) -> None:
        """Do what does not wait: answer presses, and remember which message ids are taken."""
        if isinstance(event, Pressed):
            self._presses.answer(account, event.query)
            account.numbers.raise_to(event.message)
        elif not isinstance(event, InGroup) and event.message:
            account.numbers.note(event.message)

    async def _take_in_order(self, account: Account, chat: int, events: Sequence[Event]) -> None:
        lock = self._locks.setdefault((account.id, chat), asyncio.Lock())
        async with self._at_once, lock:
            for event in events:
                if (account.id, event.update) not in self._taken:
                    await self._take_one(account, event)
                    self._taken[account.id, event.update] = None
        while len(self._taken) > MOST_REMEMBERED:
            self._taken.popitem(last=False)

    async def _take_one(self, account: Account, event: Event) -> None:
        if isinstance(event, InGroup):
            self._groups.leave(account, event)
            return
        while True:
            try:
                await self._talking.take(account, event)
                break
            except StoreError as error:
                # It does not count as taken before it is stored.
                log.error("telegram: message not stored, trying again", extra={"reason": type(error).__name__})
                await asyncio.sleep(STORE_RETRY_SECONDS)
            except Exception as error:
                log.error("telegram: message not taken", extra={"reason": type(error).__name__})
                return
        self._note_down(account, event)

    def _note_down(self, account: Account, event: Sent) -> None:
        known = self._chats.in_use(account, event.chat)
        if known is not None and event.message > known.row.last_id:
            known.row.last_id = event.message
            self._ledger.later(known.row)


def _chat(event: Event) -> int:
    return event.group if isinstance(event, InGroup) else event.chat
