"""Sends one part of a message so that it stands in the chat once, whatever breaks meanwhile.

Before each part a mark is written down; when it is still there later, nobody knows whether the part has arrived, and
that is found out first. ``docs/decisions/0007-telegram-exactly-once.md`` says why.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.channels.telegram import probing, rendering
from bot.channels.telegram.chats import Chat, Note
from bot.channels.telegram.client import Gone, NotSent, Refused, TooFast, Unsure, WrongToken
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.rendering import Part
from bot.conversation.contract import Conversations, Words
from bot.conversation.export import FILE_NAME
from bot.conversation.messages import Message
from bot.records import telegram as records
from knowledge.store import Store

log = logging.getLogger(__name__)


class Paced(Exception):
    """The chat had its share for now; ``seconds`` until the next."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a stored message on its way: the ``index``-th of ``of``; ``edit``: the message that it replaces."""

    message: Message
    part: Part
    index: int
    of: int
    edit: int | None = None


class Sender:
    """Sends parts and keeps the chats' rows true. Methods may raise ``Paced``, ``Trouble`` and ``StoreError``."""

    def __init__(self, conversations: Conversations, words: Words, store: Store, ledger: Ledger) -> None:
        self._conversations = conversations
        self._store = store
        self._words = words
        self._ledger = ledger

    async def settle(self, chat: Chat) -> None:
        """Find out what became of a part whose sending was cut off."""
        mark = chat.row.in_flight
        if mark is None or chat.row.blocked:
            return
        found = await self._conversations.messages(chat.row.conversation_id, after=mark["message"] - 1, limit=1)
        message = found[0] if found and found[0].id == mark["message"] else None
        parts = rendering.parts(message, self._words) if message else []
        if message is None or mark["part"] >= len(parts):
            self._not_in_flight(chat)
            return
        if mark.get("edit"):
            # Editing once more does no harm, so it is simply done again.
            chat.redo = mark["edit"]
            return
        piece = Piece(message, parts[mark["part"]], mark["part"], len(parts))
        number = await probing.find(chat, piece.part, mark["after"], plain=bool(mark.get("plain")))
        if number is None:
            log.info("telegram: had not arrived, sent again")
            self._not_in_flight(chat)
            chat.ruled_out.clear()
        else:
            self._arrived(chat, piece, number)

    async def put(self, chat: Chat, piece: Piece, *, plain: bool = False) -> None:
        """Send a part, or put it in the place of ``piece.edit``; ``plain``: without markup and links."""
        await self.turn(chat)
        row, client = chat.row, chat.account.client
        file = None
        if piece.part.file:
            file = await self._store.read(records.file, row.conversation_id, piece.part.file)
            if file is None:
                self._count(chat, piece)
                return
        chat.ruled_out.clear()
        row.in_flight = {
            "message": piece.message.id,
            "part": piece.index,
            "after": chat.account.numbers.highest,
            "edit": piece.edit,
            "plain": plain,
        }
        chat.account.numbers.begin(row.chat_id, row.in_flight["after"])
        await self._ledger.keep(row)
        try:
            if piece.edit:
                await client.edit(row.chat_id, piece.edit, piece.part, plain=plain)
                number = piece.edit
            elif file:
                picture = file.kind == "photo"
                number = await client.send_file(
                    row.chat_id, piece.part, file.name, file.content, picture=picture, plain=plain
                )
            else:
                number = await client.send(row.chat_id, piece.part, plain=plain)
        except (TooFast, NotSent, WrongToken):
            # An edit may have been done at an earlier try, so it stays the way to go.
            if not piece.edit:
                self._not_in_flight(chat)
            raise
        except Gone:
            self._not_in_flight(chat)
            raise
        except Refused:
            self._not_in_flight(chat)
            await self._put_otherwise(chat, piece, plain)
            return
        self._arrived(chat, piece, number)

    async def say(self, chat: Chat, note: Note) -> None:
        """Say something besides the conversation, once, as well as it goes."""
        await self.turn(chat)
        try:
            if note.export:
                content = (await self._conversations.export(chat.row.conversation_id)).encode()
                number = await chat.account.client.send_file(
                    chat.row.chat_id, Part(note.text, note.text), FILE_NAME, content, picture=False, plain=True
                )
            elif note.number:
                number = await chat.account.client.send_contact(chat.row.chat_id, note.number, note.text)
            else:
                number = await chat.account.client.send_text(chat.row.chat_id, note.text)
        except (Unsure, Refused) as error:
            # Said twice would be worse than not at all.
            log.warning("telegram: note not said", extra={"reason": type(error).__name__})
            return
        chat.account.numbers.note(number)
        chat.row.last_id = max(chat.row.last_id, number)

    def skip(self, chat: Chat, message: Message) -> None:
        """Count a message as delivered that has nothing to show."""
        chat.row.delivered, chat.row.part = message.id, 0
        self._ledger.later(chat.row)

    async def take_keyboards(self, chat: Chat, *, leave: int = 1) -> None:
        """Take the buttons of older messages away, so that what can be pressed stands in one place."""
        while len(chat.row.keyboards) > leave and not chat.row.blocked:
            await self.turn(chat)
            # The ledger first: once changed, the message could not be recognised by its content any more.
            await self._ledger.keep(chat.row)
            await chat.account.client.take_keyboard(chat.row.chat_id, chat.row.keyboards[0]["id"])
            chat.row.keyboards = chat.row.keyboards[1:]
            self._ledger.later(chat.row)

    async def turn(self, chat: Chat) -> None:
        """Wait for the bot's turn to send. Raises Paced when the chat had its share: others may go first then."""
        wait = max(chat.bucket.wait(), chat.held())
        if wait > 0:
            raise Paced(wait)
        chat.bucket.take()
        await chat.account.pace.turn()

    async def _put_otherwise(self, chat: Chat, piece: Piece, plain: bool) -> None:
        """Send what Telegram refused in a plainer way: a lost answer would be worse than one without bold words."""
        if piece.edit:
            await self.put(chat, Piece(piece.message, piece.part, piece.index, piece.of))
        elif not plain:
            log.error("telegram: refused, sent as plain text", extra={"message_id": piece.message.id})
            await self.put(chat, piece, plain=True)
        else:
            log.error("telegram: refused, given up", extra={"message_id": piece.message.id})
            self._count(chat, piece)

    def _not_in_flight(self, chat: Chat) -> None:
        chat.row.in_flight = None
        chat.account.numbers.end(chat.row.chat_id)
        self._ledger.later(chat.row)

    def _arrived(self, chat: Chat, piece: Piece, number: int) -> None:
        row = chat.row
        row.last_id = max(row.last_id, number)
        chat.account.numbers.note(number)
        row.keyboards = [one for one in row.keyboards if one["id"] != number]
        if piece.part.rows:
            row.keyboards = [*row.keyboards, {"id": number, "menu": not piece.message.cards}]
        self._count(chat, piece)

    def _count(self, chat: Chat, piece: Piece) -> None:
        row = chat.row
        row.in_flight, row.next_try_at = None, None
        chat.account.numbers.end(row.chat_id)
        chat.may_end = True
        if piece.index + 1 < piece.of:
            row.part = piece.index + 1
        else:
            row.delivered, row.part = piece.message.id, 0
            if piece.message.sender == "caseworker":
                chat.arrived = piece.message.id
        self._ledger.later(row)
