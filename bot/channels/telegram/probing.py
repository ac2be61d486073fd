"""Finds out whether a message whose sending was cut off stands in the chat: an edit that changes nothing tells.

``docs/decisions/0007-telegram-exactly-once.md`` says why.
"""

from __future__ import annotations

import asyncio

from bot.channels.telegram.chats import Chat
from bot.channels.telegram.client import NotSent, Refused, TooFast, Unsure
from bot.channels.telegram.rendering import Part

MOST_PROBES = 40
TRIES, TRY_SECONDS = 6, 0.2
CATCH_UP_SECONDS = 10.0


async def find(chat: Chat, part: Part, after: int, *, plain: bool) -> int | None:
    """Return the id under which ``part`` stands in the chat, None when it does not.

    Args:
        after: highest message id that was known when the sending was begun.

    Raises:
        Trouble: Telegram does not let us look; what was ruled out so far is kept for the next time.
    """
    await _catch_up(chat)
    number, probes = after, 0
    while probes < MOST_PROBES:
        number += 1
        if number in chat.ruled_out:
            probes += 1
        elif not chat.account.numbers.is_known(number):
            probes += 1
            if await _is_at(chat, number, part, plain):
                return number
            chat.ruled_out.add(number)
    return None


async def _catch_up(chat: Chat) -> None:
    """Wait until what people sent meanwhile is received: their messages take ids too, and need not be tried."""
    try:
        await asyncio.wait_for(chat.account.caught_up.wait(), CATCH_UP_SECONDS)
    except TimeoutError:
        return


async def _is_at(chat: Chat, number: int, part: Part, plain: bool) -> bool:
    for attempt in range(1, TRIES + 1):
        try:
            if part.file:
                # In this chat nothing else of ours can have come since: that it is there is enough.
                return await chat.account.client.has_no_buttons(chat.row.chat_id, number)
            await chat.account.client.edit(chat.row.chat_id, number, part, plain=plain)
        except Refused:
            return False
        except TooFast as error:
            # Beginning anew after every 429 would never come to an end.
            if attempt == TRIES:
                raise
            chat.hold(error.seconds)
            await asyncio.sleep(error.seconds)
        except (NotSent, Unsure):
            if attempt == TRIES:
                raise
            await asyncio.sleep(TRY_SECONDS * attempt)
        else:
            chat.account.pace.count()
            return True
    return False
