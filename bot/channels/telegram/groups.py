"""Groups: the bot says once that it talks with one person at a time, and leaves. Nothing of a group is stored."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

from bot.channels.telegram.account import Account
from bot.channels.telegram.client import TooFast, Trouble
from bot.channels.telegram.parsing import InGroup
from bot.conversation.contract import Words
from bot.conversation.languages import best_match

TRIES = 4
MOST_REMEMBERED = 1000
log = logging.getLogger(__name__)


class Groups:
    """Takes leave of groups, in the background."""

    def __init__(self, words: Words, languages: list[str], default_language: str) -> None:
        self._words = words
        self._languages = languages
        self._default = default_language
        self._left: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def leave(self, account: Account, event: InGroup) -> None:
        """Say where to talk to the bot, and leave; once for each group."""
        key = (account.id, event.group)
        if key in self._left:
            return
        self._left[key] = None
        if len(self._left) > MOST_REMEMBERED:
            self._left.popitem(last=False)
        language = best_match(event.language, self._languages) or self._default
        task = asyncio.create_task(self._leave(account, event.group, language))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up what is not done yet."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _leave(self, account: Account, group: int, language: str) -> None:
        said = False
        for attempt in range(1, TRIES + 1):
            try:
                if not said:
                    link = f"https://t.me/{account.username}"
                    await account.client.send_text(
                        group, self._words.text("telegram.private_only", language, link=link)
                    )
                    said = True
                await account.client.leave(group)
                return
            except TooFast as error:
                await asyncio.sleep(error.seconds)
            except Trouble as error:
                log.info("telegram: group not left", extra={"reason": type(error).__name__, "try": attempt})
                await asyncio.sleep(0.3 * attempt)
