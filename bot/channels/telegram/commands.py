"""The bot's commands: what each means, and how Telegram shows them in every language."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from bot.channels.telegram.account import Account
from bot.conversation.contract import Words
from bot.records import telegram as records
from knowledge.store import Store

START = "start"
# command: the choice that it stands for. Any other command is answered like /help.
MEANING = {
    "language": "language",
    "city": "territory",
    "topics": "menu:all",
    "person": "person",
    "privacy": "privacy",
    "forget": "forget",
    "help": START,
}
# Sends the conversation as a file: nothing is asked of the assistant for that.
EXPORT = "export"
LISTED = ("language", "city", "topics", "person", "privacy", EXPORT, "forget", "help")
# Telegram takes descriptions for languages of two letters only; people of others see the default ones.
_TWO_LETTERS = re.compile(r"[a-z]{2}")

Published = tuple[str, dict[str, str], str, str]


def choice(command: str) -> str:
    """Return the choice that a command stands for."""
    return MEANING.get(command, START)


def texts(words: Words, languages: Iterable[str], default: str, *, only_one_territory: bool) -> list[Published]:
    """Return, for each language and "" for all others: its code, commands with descriptions, about, description."""
    shown = [name for name in LISTED if not (only_one_territory and name == "city")]
    codes = ["", *(code for code in languages if _TWO_LETTERS.fullmatch(code))]
    return [
        (
            code,
            {name: words.text(f"telegram.command.{name}", code or default) for name in shown},
            words.text("telegram.about", code or default),
            words.text("telegram.description", code or default),
        )
        for code in codes
    ]


class Publishing:
    """Tells Telegram one bot's commands; what was told is not told again when it breaks half-way."""

    def __init__(self, account: Account, published: list[Published], store: Store) -> None:
        self._account = account
        self._store = store
        self._fingerprint = hashlib.sha256(json.dumps(published, sort_keys=True).encode()).hexdigest()
        self._left = list(published)

    async def run(self) -> None:
        """Tell what is left, unless it was all told at an earlier start.

        Raises:
            Trouble: Telegram did not take it; StoreError.
        """
        if (await self._store.read(records.bot, self._account.id)).commands == self._fingerprint:
            return
        while self._left:
            code, commands, about, description = self._left[0]
            await self._account.client.publish(commands, about, description, code)
            del self._left[0]
        await self._store.run(records.keep_commands, self._account.id, self._fingerprint)
