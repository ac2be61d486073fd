"""Shows that an answer is being written, when that takes longer than a moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.channels.telegram.chats import Chat
from bot.channels.telegram.client import TooFast, Trouble
from bot.channels.telegram.settings import TelegramSettings
from bot.conversation.contract import Conversations

# A caseworker's answer may take hours; nobody types that long.
LONGEST_SECONDS = 60.0


def show(chat: Chat, conversations: Conversations, settings: TelegramSettings) -> None:
    """Show it in a chat until the answer is there."""
    if chat.typing is None or chat.typing.done():
        chat.typing = asyncio.create_task(_show(chat, conversations, settings))


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
