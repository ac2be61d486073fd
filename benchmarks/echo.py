"""The Telegram channel with the real conversations and database, and answers that a function gives: no Rasa.

    python -m benchmarks.echo --home FOLDER --api URL --token TOKEN

runs it in a process of its own, so that it can be measured and killed. Every message is answered by an echo.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import uvloop

from bot.channels.telegram import TelegramChannel, TelegramSettings, create_telegram, read_tokens
from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.bells import Bells
from bot.conversation.composing import Composer
from bot.conversation.conversations import StoredConversations
from bot.conversation.exchange import Exchange
from bot.conversation.limits import Limits
from bot.conversation.messages import Choice, Reply
from bot.conversation.signs import Signs
from bot.conversation.wording import Wording
from bot.serve import collect_seldom
from knowledge.migrations import upgrade
from knowledge.model import Territory
from knowledge.store import Store

TERRITORIES = ("turin", "sofia", "madrid")
Answer = Callable[[Exchange], list[Reply]]
Talks = TypeVar("Talks", bound=StoredConversations)


def echo(exchange: Exchange) -> list[Reply]:
    """Return what was said; "buttons" gets an answer with a button too."""
    said = exchange.text or str(exchange.choice or (exchange.attachment or {}).get("kind"))
    choices = (Choice("Again", "topic:housing"),) if "buttons" in said else ()
    return [Reply(f"echo {said}", exchange.language, "ltr", choices=choices)]


class Echo:
    """Stands where the steps of an answer stand, and gives what ``answer`` returns."""

    def __init__(self, answer: Answer = echo) -> None:
        self.say = answer
        self.seconds = 0.0

    async def answer(self, exchange: Exchange) -> None:
        """Set the replies of an exchange, after ``seconds``."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        exchange.replies = self.say(exchange)


@lru_cache
def words() -> Wording:
    """Return the catalogs, read once."""
    return Wording()


def prepare(store: Store) -> None:
    """Make the tables and three territories."""
    upgrade(store, [RECORDS_MIGRATIONS])
    with store.write() as session:
        for name in TERRITORIES:
            session.merge(
                Territory(id=name, name=name.title(), kind="city", country="IT", timezone="Europe/Rome", currency="EUR")
            )


def conversations(
    store: Store,
    answering: Echo,
    *,
    per_minute: int = 1_000_000,
    kind: Callable[..., Talks] = StoredConversations,  # type: ignore[assignment]
) -> Talks:
    """Return the real conversations (or a ``kind`` of them), answered by ``answering``.

    Args:
        per_minute: messages that one conversation may send.
    """
    bells = Bells()
    return kind(
        store=store,
        bells=bells,
        signs=Signs(bells),
        answering=answering,
        composer=Composer(words(), store, retention_days=30),
        limits=Limits(messages_per_minute=per_minute, conversations_per_hour=1_000_000),
        default_language="en",
        longest_message=2000,
    )


def channel(talks: StoredConversations, store: Store, settings: TelegramSettings) -> TelegramChannel:
    """Return the channel as the app makes it."""
    return create_telegram(talks, words(), store, settings)


async def run(home: Path, api: str, token: str) -> None:
    """Serve until SIGTERM."""
    store = Store(f"sqlite:///{home / 'ventanilla.db'}")
    talks = conversations(store, Echo())
    telegram = channel(talks, store, TelegramSettings(read_tokens(token), api_url=api))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await talks.resume()
    await telegram.start()
    await stop.wait()
    await talks.settle()
    await telegram.stop()
    store.close()


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="folder of the database, which must be prepared")
    parser.add_argument("--api", required=True, help="address of the Bot API server")
    parser.add_argument("--token", required=True)
    chosen = parser.parse_args()
    collect_seldom()
    uvloop.run(run(chosen.home, chosen.api, chosen.token))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
