"""What each thing that a person does in a chat means for their conversation."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.channels.telegram import commands, files, links, presses, working
from bot.channels.telegram.account import Account
from bot.channels.telegram.chats import Chat, Chats, Note
from bot.channels.telegram.client import Trouble
from bot.channels.telegram.delivery import Deliveries
from bot.channels.telegram.keyboards import CONTACT, only_call
from bot.channels.telegram.parsing import Blocked, Commanded, Edited, Pressed, Said, Sent
from bot.channels.telegram.rendering import international
from bot.channels.telegram.settings import TelegramSettings
from bot.conversation.choices import UnknownChoice
from bot.conversation.contract import (
    BadFile,
    ConversationError,
    Conversations,
    Empty,
    TooLong,
    TooMany,
    UnknownConversation,
    UnknownTerritory,
    Words,
)
from bot.conversation.languages import best_match
from bot.conversation.messages import Attachment, Incoming
from bot.records.telegram import ChatRow

CHANNEL = "telegram"
# The same remark is not made again so soon.
REMARK_SECONDS, EDITED_SECONDS = 60.0, 3600.0
EXPORT_SECONDS = 10.0
LONGEST_CONTACT = 64
log = logging.getLogger(__name__)


class Talking:
    """Takes events of private chats into conversations. Methods may raise StoreError: nothing counts as taken then."""

    def __init__(
        self,
        conversations: Conversations,
        words: Words,
        chats: Chats,
        deliveries: Deliveries,
        settings: TelegramSettings,
    ) -> None:
        self._conversations = conversations
        self._words = words
        self._chats = chats
        self._deliveries = deliveries
        self._settings = settings
        self._languages = [language.code for language in conversations.languages()]
        self._told: dict[tuple[int, int], float] = {}

    async def take(self, account: Account, event: Sent) -> None:
        """Do what an event asks for."""
        chat = await self._chats.find(account, event.chat)
        if isinstance(event, Blocked):
            self._set_blocked(chat, event.blocked)
            return
        self._set_blocked(chat, False)
        if isinstance(event, Edited):
            if chat and not event.live:
                await self._remark(chat, "edited", EDITED_SECONDS)
            return
        if isinstance(event, Commanded) and event.name == commands.START:
            await self._start(account, chat, event)
            return
        if isinstance(event, Pressed) and event.data.startswith(f"{CONTACT}:"):
            if chat and not presses.is_double(chat, event):
                presses.remember(chat, event, "", edits=False)
                await self._give_contact(chat, event.data.partition(":")[2])
            return
        is_export = isinstance(event, Commanded) and event.name == commands.EXPORT
        if chat and is_export and await self._export(chat):
            return
        await self._accept(account, chat, event)

    def _set_blocked(self, chat: Chat | None, blocked: bool) -> None:
        if chat and chat.row.blocked != blocked:
            chat.row.blocked = blocked
            chat.failures, chat.not_before, chat.may_end = 0, 0.0, True
            self._deliveries.note_down(chat)

    async def _start(self, account: Account, chat: Chat | None, event: Commanded) -> None:
        start = await self._read_link(account, event.payload)
        if chat is None:
            await self._open(account, event, start)
            return
        if chat.row.opened_by == event.update:
            return
        if event.payload and start.territory:
            await self._conversations.set_territory(chat.row.conversation_id, start.territory, start.desk)
        if start.language:
            await self._conversations.set_language(chat.row.conversation_id, start.language)
        await self._accept(account, chat, event, start)

    async def _read_link(self, account: Account, payload: str) -> links.Start:
        if not payload:
            return links.Start(account.territory)
        territories = [territory.id for territory in await self._conversations.territories()]
        start = links.read(payload, territories, self._languages)
        if account.territory is None:
            return start if start.territory else links.Start(None, None, start.language)
        # A bot of one territory stays there, wherever a link came from.
        is_here = start.territory in (None, account.territory)
        return links.Start(account.territory, start.desk if is_here else None, start.language)

    async def _open(self, account: Account, event: Sent, start: links.Start) -> Chat | None:
        """Begin a conversation; None when this person began too many."""
        try:
            opened = await self._conversations.open(
                territory=start.territory,
                channel=CHANNEL,
                language=start.language,
                hint=event.language,
                address=_address(account, event),
                desk=start.desk,
            )
        except UnknownTerritory:
            log.error("telegram: no such territory", extra={"territory": start.territory})
            return await self._open(account, event, links.Start(None, None, start.language))
        except TooMany as error:
            language = best_match(event.language, self._languages) or self._settings.default_language
            await self._tell_outside(
                account, event.chat, self._words.text("telegram.too_many", language, seconds=error.retry_after)
            )
            return None
        row = ChatRow(account.id, event.chat, opened.conversation, event.update, last_id=event.message)
        if isinstance(event, Pressed):
            # A button of before the conversation was forgotten: it can be pressed, so it counts as the live one.
            row.keyboards = [{"id": event.message, "menu": False}]
        chat = await self._chats.add(row)
        self._deliveries.wake(chat)
        return chat

    async def _accept(self, account: Account, chat: Chat | None, event: Sent, start: links.Start | None = None) -> None:
        is_new = chat is None
        if chat is None:
            chat = await self._open(account, event, start or links.Start(account.territory))
        if chat is None or (isinstance(event, Pressed) and presses.is_double(chat, event)):
            return
        if is_new and isinstance(event, Commanded) and commands.choice(event.name) == commands.START:
            # The first words are the help.
            return
        incoming = await self._incoming(chat, event)
        if incoming is None:
            return
        chat.expect_own_bell()
        try:
            await self._conversations.accept(chat.row.conversation_id, incoming, address=_address(account, event))
        except UnknownConversation:
            if is_new:
                return
            await self._deliveries.finish(chat)
            await self._accept(account, None, event, start)
        except BadFile as error:
            await self._remark(chat, f"file_{error.why}")
            # That something was sent is said all the same, and what was written with it.
            await self._store_without_file(account, chat, event, incoming)
        except (ConversationError, UnknownChoice) as error:
            await self._decline(chat, error)
        else:
            working.show(chat, self._conversations, self._settings)

    async def _store_without_file(self, account: Account, chat: Chat, event: Sent, incoming: Incoming) -> None:
        assert incoming.attachment is not None
        bare = replace(incoming, attachment=replace(incoming.attachment, content=None))
        with suppress(ConversationError):
            await self._conversations.accept(chat.row.conversation_id, bare, address=_address(account, event))

    async def _incoming(self, chat: Chat, event: Sent) -> Incoming | None:
        client_id = f"tg-{event.update}"
        if isinstance(event, Commanded):
            return Incoming(client_id, choice=commands.choice(event.name), hint=event.language)
        if isinstance(event, Pressed):
            # An answer that is still being made belongs to something else: it must not take this message's place.
            busy = await self._conversations.working(chat.row.conversation_id)
            presses.remember(chat, event, client_id, edits=not busy)
            return Incoming(client_id, choice=event.data, hint=event.language)
        if not isinstance(event, Said) or await self._is_more_of_album(chat, event):
            return None
        came: Attachment | None = await files.attachment(event, chat, self._conversations, self._settings.largest_file)
        too_large = event.file is not None and (event.file.size or 0) > self._settings.largest_file
        if too_large and await self._conversations.takes_files(chat.row.conversation_id):
            await self._remark(chat, "file_too_large")
        return Incoming(client_id, event.text, hint=event.language, attachment=came)

    async def _is_more_of_album(self, chat: Chat, event: Said) -> bool:
        """Tell whether a picture is one of several sent at once: the machine's one answer to them is enough."""
        same, chat.album = event.album is not None and event.album == chat.album, event.album
        return same and not event.text and not await self._conversations.takes_files(chat.row.conversation_id)

    async def _decline(self, chat: Chat, error: Exception) -> None:
        match error:
            case TooLong():
                await self._remark(chat, "too_long", limit=error.limit)
            case TooMany():
                await self._remark(chat, "too_many", seconds=error.retry_after)
            case Empty():
                await self._remark(chat, "empty")
            case UnknownChoice():
                await self._remark(chat, "old_button")
            case _:
                log.error("telegram: declined", extra={"reason": type(error).__name__})

    async def _remark(self, chat: Chat, what: str, seconds: float = REMARK_SECONDS, **values: object) -> None:
        if chat.may_tell(what, seconds):
            try:
                language = (await self._conversations.state(chat.row.conversation_id)).language
            except UnknownConversation:
                return
            self._deliveries.say(chat, Note(self._words.text(f"telegram.{what}", language, **values)))

    async def _tell_outside(self, account: Account, chat: int, text: str) -> None:
        """Say something where there is no conversation, not more than once a minute, as well as it goes."""
        now = time.monotonic()
        self._told = {one: at for one, at in self._told.items() if now - at < REMARK_SECONDS}
        if (account.id, chat) not in self._told:
            self._told[account.id, chat] = now
            with suppress(Trouble):
                await account.client.send_text(chat, text)

    async def _export(self, chat: Chat) -> bool:
        """Send the conversation as a file; False when there is none (any more)."""
        try:
            language = (await self._conversations.state(chat.row.conversation_id)).language
        except UnknownConversation:
            return False
        if chat.may_tell(commands.EXPORT, EXPORT_SECONDS):
            self._deliveries.say(chat, Note(self._words.text("telegram.export", language), export=True))
        else:
            wait = self._words.text("telegram.too_many", language, seconds=round(EXPORT_SECONDS))
            self._deliveries.say(chat, Note(wait))
        return True

    async def _give_contact(self, chat: Chat, service: str) -> None:
        for message in reversed(await self._conversations.messages(chat.row.conversation_id)):
            for card in message.cards:
                number = only_call(card) if card.get("id") == service else None
                if number:
                    self._deliveries.say(chat, _contact(card, number))
                    return


def _contact(card: Mapping[str, object], number: str) -> Note:
    return Note(str(card["title"])[:LONGEST_CONTACT], international(number))


def _address(account: Account, event: Sent) -> str:
    # Used for limits in memory, and nowhere stored.
    return f"telegram:{account.id}:{event.chat}"
