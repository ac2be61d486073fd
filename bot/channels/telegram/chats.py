"""Chats that are in use, each once in memory: where it stands, what waits for it, what happened in it lately."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.channels.telegram.account import Account
from bot.channels.telegram.pacing import CHAT_BURST, CHAT_PER_SECOND, Bucket
from bot.records import telegram as records
from bot.records.telegram import ChatRow
from knowledge.store import Store

# Conversations of other channels, remembered so that their news need no look into the database.
MOST_STRANGERS = 20_000
IDLE_SECONDS = 3600.0
OWN_BELL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say besides the conversation: a line of text, or a contact card with ``number``.

    ``export``: the conversation as a file comes along.
    """

    text: str
    number: str = ""
    export: bool = False


@dataclass(slots=True)
class Press:
    """A pressed button: the message that it was on, its value, and the id under which the press was stored."""

    message: int
    data: str
    client_id: str
    at: float
    delivered: int
    edits: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """One private chat. ``row`` is what is stored of it; the rest lives as long as the process."""

    account: Account
    row: ChatRow
    news: bool = False
    task: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    typing: asyncio.Task[None] | None = None
    typed_at: float = float("-inf")
    arrived: int = 0
    bucket: Bucket = field(default_factory=lambda: Bucket(CHAT_PER_SECOND, CHAT_BURST))
    notes: deque[Note] = field(default_factory=deque)
    not_before: float = 0.0
    failures: int = 0
    press: Press | None = None
    redo: int | None = None
    ruled_out: set[int] = field(default_factory=set)
    may_end: bool = True
    album: str | None = None
    own_bell_until: float = 0.0
    told: dict[str, float] = field(default_factory=dict)
    forgotten: asyncio.Event = field(default_factory=asyncio.Event)
    used_at: float = field(default_factory=time.monotonic)

    def held(self) -> float:
        """Return for how many seconds nothing may be sent here."""
        return max(0.0, self.not_before - time.monotonic())

    def hold(self, seconds: float) -> None:
        """Send nothing here for some seconds, because Telegram said so."""
        self.not_before = max(self.not_before, time.monotonic() + seconds)
        self.account.pace.hold(self.row.chat_id, seconds)

    def expect_own_bell(self) -> None:
        """Pass over the bell that rings for a message which is just being stored from here: there is nothing to deliver."""
        self.own_bell_until = time.monotonic() + OWN_BELL_SECONDS

    def is_own_bell(self) -> bool:
        """Tell whether a bell is that one; then it has rung. One too many does no harm: an answer rings twice."""
        expected, self.own_bell_until = self.own_bell_until, 0.0
        return time.monotonic() < expected

    def may_tell(self, what: str, seconds: float) -> bool:
        """Tell whether ``what`` was not said here for so long; it then counts as said."""
        now = time.monotonic()
        if now - self.told.get(what, -seconds) < seconds:
            return False
        self.told[what] = now
        return True


class Chats:
    """All chats of all bots."""

    def __init__(self, store: Store, accounts: list[Account]) -> None:
        self._store = store
        self._accounts = {account.id: account for account in accounts}
        self._chats: dict[tuple[int, int], Chat] = {}
        self._by_conversation: dict[str, Chat] = {}
        self._strangers: OrderedDict[str, None] = OrderedDict()

    def __iter__(self) -> Iterator[Chat]:
        return iter(list(self._chats.values()))

    async def find(self, account: Account, chat: int) -> Chat | None:
        """Return a chat, None when it has no conversation.

        Raises:
            StoreError: it cannot be looked up.
        """
        known = self._chats.get((account.id, chat))
        if known is None:
            row = await self._store.read(records.find, account.id, chat)
            known = self.put(row) if row else None
        if known is not None:
            known.used_at = time.monotonic()
        return known

    def in_use(self, account: Account, chat: int) -> Chat | None:
        """Return a chat if it is in memory."""
        return self._chats.get((account.id, chat))

    async def of_conversation(self, conversation: str) -> Chat | None:
        """Return the chat of a conversation, None when it is none of these bots'.

        Raises:
            StoreError: it cannot be looked up.
        """
        known = self._by_conversation.get(conversation)
        if known is not None or conversation in self._strangers:
            return known
        row = await self._store.read(records.of_conversation, conversation)
        if row is not None:
            return self.put(row)
        self._strangers[conversation] = None
        if len(self._strangers) > MOST_STRANGERS:
            self._strangers.popitem(last=False)
        return None

    async def add(self, row: ChatRow) -> Chat:
        """Store a new chat and return it.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._store.run(records.add, row)
        old = self._chats.get((row.bot_id, row.chat_id))
        if old is not None:
            self.forget(old)
        self._strangers.pop(row.conversation_id, None)
        made = self.put(row)
        assert made is not None
        return made

    def put(self, row: ChatRow) -> Chat | None:
        """Return the chat of a stored row; None when its bot is none of ours (any more)."""
        known = self._chats.get((row.bot_id, row.chat_id))
        if known is not None:
            return known
        account = self._accounts.get(row.bot_id)
        if account is None:
            return None
        chat = Chat(account, row)
        if row.next_try_at is not None:
            chat.not_before = time.monotonic() + (row.next_try_at - datetime.now(UTC)).total_seconds()
        self._chats[row.bot_id, row.chat_id] = chat
        self._by_conversation[row.conversation_id] = chat
        return chat

    def forget(self, chat: Chat) -> None:
        """Forget a chat whose conversation is gone."""
        chat.forgotten.set()
        chat.account.numbers.end(chat.row.chat_id)
        if chat.timer:
            chat.timer.cancel()
        if chat.typing:
            chat.typing.cancel()
        if self._chats.get((chat.row.bot_id, chat.row.chat_id)) is chat:
            del self._chats[chat.row.bot_id, chat.row.chat_id]
        if self._by_conversation.get(chat.row.conversation_id) is chat:
            del self._by_conversation[chat.row.conversation_id]

    def tidy(self) -> None:
        """Forget chats in which nothing happened for an hour; the database knows where they stand."""
        edge = time.monotonic() - IDLE_SECONDS
        for chat in self:
            if chat.used_at < edge and chat.task is None and chat.timer is None and not chat.notes:
                self.forget(chat)
