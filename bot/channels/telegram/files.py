"""What came along with a message, as the conversation takes it; content is fetched only when somebody reads it."""

from __future__ import annotations

import asyncio
import logging

from bot.channels.telegram.chats import Chat
from bot.channels.telegram.client import TooFast, Trouble
from bot.channels.telegram.parsing import Said
from bot.conversation.contract import Conversations
from bot.conversation.messages import Attachment

TRIES = 3
log = logging.getLogger(__name__)


async def attachment(event: Said, chat: Chat, conversations: Conversations, largest: int) -> Attachment | None:
    """Return what came along with a message, None when it is only text.

    Args:
        largest: bytes of a file that are fetched; of a larger one the content stays None.
    """
    if event.kind is None:
        return None
    if event.place:
        return Attachment(event.kind, latitude=event.place[0], longitude=event.place[1])
    if event.file is None:
        return Attachment(event.kind)
    content = None
    if (event.file.size or 0) <= largest and await conversations.takes_files(chat.row.conversation_id):
        content = await _fetch(chat, event.file.id, largest)
    return Attachment(event.kind, event.file.media_type, event.file.name, content)


async def _fetch(chat: Chat, file: str, largest: int) -> bytes | None:
    for attempt in range(1, TRIES + 1):
        try:
            content = await chat.account.client.download(file)
            return content if len(content) <= largest else None
        except TooFast as error:
            await asyncio.sleep(error.seconds)
        except Trouble as error:
            log.info("telegram: file not fetched", extra={"reason": type(error).__name__, "try": attempt})
            await asyncio.sleep(0.3 * attempt)
    return None
