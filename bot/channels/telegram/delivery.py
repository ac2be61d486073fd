"""Brings what is said in conversations into their Telegram chats: in order, each message once, however often it breaks."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.channels.telegram import rendering
from bot.channels.telegram.account import Account
from bot.channels.telegram.chats import Chat, Chats, Note
from bot.channels.telegram.client import Gone, Late, TooFast, Trouble
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.rendering import Part
from bot.channels.telegram.sending import Paced, Piece, Sender
from bot.conversation.contract import Conversations, UnknownConversation, Words
from bot.conversation.messages import Message
from knowledge.store import Store, StoreError

AT_ONCE = 25
READ_AT_ONCE = 200
FIRST_RETRY, LAST_RETRY = 0.25, 60.0
# Shorter waits need not survive a restart.
WORTH_KEEPING = 10.0
STOP_SECONDS = 5.0
FINISH_SECONDS = 5.0
log = logging.getLogger(__name__)


class Deliveries:
    """One task for each chat that has something to be delivered, at most ``AT_ONCE`` of them sending."""

    def __init__(self, conversations: Conversations, words: Words, store: Store, chats: Chats, ledger: Ledger) -> None:
        self._conversations = conversations
        self._words = words
        self._chats = chats
        self._ledger = ledger
        self._sender = Sender(conversations, words, store, ledger)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._stopping = False

    def wake(self, chat: Chat) -> None:
        """Have a chat looked after: there may be something to deliver."""
        chat.used_at = time.monotonic()
        chat.news = True
        if chat.task is None and not self._stopping:
            chat.task = asyncio.create_task(self._deliver(chat))

    def retry(self, account: Account) -> None:
        """Have all chats of a bot tried at once: Telegram can be reached again."""
        for chat in self._chats:
            if chat.account is account and chat.failures:
                chat.failures, chat.not_before = 0, 0.0
                self.wake(chat)

    def say(self, chat: Chat, note: Note) -> None:
        """Have something said in a chat besides its conversation, once, as well as it goes."""
        chat.notes.append(note)
        self.wake(chat)

    def note_down(self, chat: Chat) -> None:
        """Have a chat's row written, and the chat looked after."""
        self._ledger.later(chat.row)
        self.wake(chat)

    async def finish(self, chat: Chat) -> None:
        """Return when the last words of a conversation that is gone have arrived, or after some seconds; forget the chat."""
        chat.may_end = True
        self.wake(chat)
        with suppress(TimeoutError):
            await asyncio.wait_for(chat.forgotten.wait(), FINISH_SECONDS)
        self._chats.forget(chat)

    async def stop(self) -> None:
        """Let what is being sent arrive, and begin nothing more."""
        self._stopping = True
        tasks = [chat.task for chat in self._chats if chat.task]
        for chat in self._chats:
            for waiting in (chat.timer, chat.typing):
                if waiting:
                    waiting.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, chat: Chat) -> None:
        try:
            while chat.news and not self._stopping:
                chat.news = False
                wait = chat.held()
                if wait <= 0:
                    async with self._at_once:
                        wait = await self._round(chat)
                if wait > 0:
                    self._wake_later(chat, wait)
                    return
        finally:
            chat.task = None

    def _wake_later(self, chat: Chat, seconds: float) -> None:
        if chat.timer:
            chat.timer.cancel()

        def due() -> None:
            chat.timer = None
            self.wake(chat)

        chat.timer = asyncio.get_running_loop().call_later(seconds, due)

    async def _round(self, chat: Chat) -> float:
        """Deliver all there is; return after how many seconds to try again, 0 when all is done."""
        try:
            await self._sender.settle(chat)
            while chat.notes and not chat.row.blocked:
                await self._sender.say(chat, chat.notes[0])
                chat.notes.popleft()
            await self._say_all(chat)
            await self._tell_arrival(chat)
            await self._sender.take_keyboards(chat)
            await self._end(chat)
        except Paced as paced:
            return paced.seconds
        except TooFast as error:
            chat.hold(error.seconds)
            return error.seconds
        except Gone:
            return await self._stop_writing(chat)
        except UnknownConversation:
            self._chats.forget(chat)
            return 0
        except (Trouble, StoreError) as error:
            return self._back_off(chat, error)
        except Exception as error:
            # Only its name is told: the text of an unforeseen error may hold what people wrote.
            log.error("telegram: delivery failed", extra={"reason": type(error).__name__})
            return self._back_off(chat, error)
        chat.failures = 0
        return 0

    def _back_off(self, chat: Chat, error: Exception) -> float:
        chat.failures += 1
        seconds = min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(chat.failures - 1, 10)) * random.uniform(0.8, 1.2)
        if isinstance(error, Late):
            # Looked for too early, a part that is still on its way would be sent twice.
            seconds = max(seconds, chat.account.client.request_seconds)
        chat.not_before = time.monotonic() + seconds
        if seconds > WORTH_KEEPING:
            chat.row.next_try_at = datetime.now(UTC) + timedelta(seconds=seconds)
            self._ledger.later(chat.row)
        log.info("telegram: not delivered, trying again", extra={"reason": type(error).__name__, "try": chat.failures})
        return seconds

    async def _stop_writing(self, chat: Chat) -> float:
        chat.row.blocked = True
        chat.row.in_flight = None
        chat.account.numbers.end(chat.row.chat_id)
        chat.notes.clear()
        self._ledger.later(chat.row)
        # Whoever asked to be forgotten and left needs no last words.
        with suppress(StoreError, UnknownConversation):
            if (await self._conversations.state(chat.row.conversation_id)).erase_due:
                await self._erase(chat)
        return 0

    async def _say_all(self, chat: Chat) -> None:
        after, asked = chat.row.delivered, ""
        while not chat.row.blocked:
            found = await self._conversations.messages(chat.row.conversation_id, after=after, limit=READ_AT_ONCE)
            for message in found:
                after = message.id
                if message.sender == "newcomer":
                    asked = message.client_id or ""
                    continue
                await self._say(chat, message, asked)
                asked = ""
                if self._stopping:
                    return
            if len(found) < READ_AT_ONCE:
                return

    async def _tell_arrival(self, chat: Chat) -> None:
        """Let the desk know what of its words has arrived; Telegram tells nobody what was read."""
        arrived, chat.arrived = chat.arrived, 0
        if arrived:
            # What was sent stands: it is not tried again for the sake of a mark.
            with suppress(StoreError):
                await self._conversations.reached(chat.row.conversation_id, arrived)

    async def _say(self, chat: Chat, message: Message, asked: str) -> None:
        parts = rendering.parts(message, self._words)
        edit = self._place(chat, message, asked, parts)
        for index in range(chat.row.part, len(parts)):
            if self._stopping:
                return
            await self._sender.put(chat, Piece(message, parts[index], index, len(parts), edit))
        if not parts:
            self._sender.skip(chat, message)

    def _place(self, chat: Chat, message: Message, asked: str, parts: list[Part]) -> int | None:
        """Return the menu that an answer takes the place of, None when it is to be a new message.

        A menu is replaced by the answer to one of its own buttons, so that menus do not pile up; services that somebody
        was given are never written over.
        """
        redo, chat.redo = chat.redo, None
        if redo and len(parts) == 1:
            return redo
        press = chat.press
        if press is None or not press.edits or press.client_id != asked:
            return None
        live = chat.row.keyboards[-1] if chat.row.keyboards else None
        fits = len(parts) == 1 and not message.cards and chat.row.part == 0
        return press.message if fits and live and live["menu"] and live["id"] == press.message else None

    async def _end(self, chat: Chat) -> None:
        """Erase a conversation that was asked to be forgotten, now that its last words have arrived."""
        if not chat.may_end or self._stopping:
            return
        state = await self._conversations.state(chat.row.conversation_id)
        if not state.erase_due:
            chat.may_end = False
        elif state.last_message <= chat.row.delivered:
            await self._sender.take_keyboards(chat, leave=0)
            await self._erase(chat)

    async def _erase(self, chat: Chat) -> None:
        self._ledger.forget(chat.row)
        await self._conversations.erase([chat.row.conversation_id])
        self._chats.forget(chat)
