"""Shows that an answer is being written: by the assistant, when that takes longer than a moment, or by a caseworker."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from bot.channels.telegram.chats import Chat, Chats
from bot.channels.telegram.client import TooFast, Trouble
from bot.channels.telegram.settings import TelegramSettings
from bot.conversation.contract import Conversations

# A caseworker's answer may take hours; nobody types that long.
LONGEST_SECONDS = 60.0
# So long Telegram shows it by itself.
SHOWN_SECONDS = 5.0
log = logging.getLogger(__name__)


def show(chat: Chat, conversations: Conversations, settings: TelegramSettings) -> None:
    """Show it in a chat until the answer is there."""
    if chat.typing is None or chat.typing.done():
        chat.typing = asyncio.create_task(_show(chat, conversations, settings))


async def watch(chats: Chats, conversations: Conversations) -> None:
    """Show in chats that a caseworker is writing, as long as this runs."""
    async with conversations.signs() as signs:
        async for conversation in signs:
            if conversations.writing(conversation) is None:
                continue
            try:
                chat = await chats.of_conversation(conversation)
            except Exception as error:
                log.error("telegram: sign not heard", extra={"reason": type(error).__name__})
                continue
            if chat is not None:
                _show_caseworker(chat)


def _show_caseworker(chat: Chat) -> None:
    now = time.monotonic()
    if now - chat.typed_at < SHOWN_SECONDS or chat.row.blocked or max(chat.held(), chat.account.pace.held()) > 0:
        return
    if chat.typing is None or chat.typing.done():
        chat.typed_at = now
        chat.typing = asyncio.create_task(_show_once(chat))


async def _show_once(chat: Chat) -> None:
    with suppress(Trouble):
        await _type(chat)


async def _show(chat: Chat, conversations: Conversations, settings: TelegramSettings) -> None:
    await asyncio.sleep(settings.typing_after)
    end = asyncio.get_running_loop().time() + LONGEST_SECONDS
    with suppress(Trouble):
        while await conversations.working(chat.row.conversation_id) and not chat.row.blocked:
            if max(chat.held(), chat.account.pace.held()) <= 0:
                await _type(chat)
            if asyncio.get_running_loop().time() > end:
                return
            await asyncio.sleep(settings.typing_every)


async def _type(chat: Chat) -> None:
    try:
        await chat.account.client.type(chat.row.chat_id)
    except TooFast as error:
        chat.hold(error.seconds)
        raise
