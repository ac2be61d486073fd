"""The Telegram channel in this event loop: real conversations, real database, answers that a test sets, strict Telegram."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks import echo
from bot.channels.telegram import TelegramChannel, TelegramSettings, read_tokens
from bot.conversation.conversations import StoredConversations
from bot.conversation.exchange import Exchange
from bot.conversation.messages import Incoming
from bot.records.model import Conversation, StoredMessage
from bot.records.telegram import TelegramChat
from knowledge.store import Store
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.client import PrivateChat
from tests.fakes.telegram.fake import TOKEN


class WatchedConversations(StoredConversations):
    """The real ones, with a list of what was accepted; ``staffed``: as while a person has the conversation."""

    staffed = False

    def watch(self) -> None:
        self.accepted: list[Incoming] = []

    async def accept(self, conversation: str, incoming: Incoming, *, address: str, token: str | None = None) -> None:
        await super().accept(conversation, incoming, address=address, token=token)
        self.accepted.append(incoming)

    async def takes_files(self, conversation: str) -> bool:
        return self.staffed


@dataclass
class Running:
    """A running channel and what it stands on."""

    fake: FakeTelegram
    store: Store
    answering: echo.Echo
    talks: WatchedConversations
    telegram: TelegramChannel

    def stored(self, table: type[Any] = Conversation) -> list[Any]:
        """Return all rows of a table."""
        with self.store.session() as session:
            return list(session.query(table).all())

    @property
    def said(self) -> list[str]:
        """What newcomers said, as it is stored."""
        return [message.text for message in self.stored(StoredMessage) if message.sender == "newcomer"]

    @property
    def chats(self) -> list[TelegramChat]:
        """All rows of chats."""
        return self.stored(TelegramChat)

    async def write(self, conversation: str, text: str, sender: str = "bot") -> None:
        """Store a message as another process would: no bell rings here."""
        from bot.conversation.messages import Reply
        from bot.records import conversations as records

        await self.store.run(records.add_replies, conversation, [Reply(text, "en", "ltr")])


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        running.bot()
        yield running
        assert running.violations == [] and running.early == []


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and territories, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "ventanilla.db"
    store = Store(f"sqlite:///{path}")
    echo.prepare(store)
    store.close()
    return path


@pytest.fixture
def begin(fake: FakeTelegram, tmp_path: Path, prepared: Path) -> Callable[..., Any]:
    """Return a context manager that runs a channel; what it stored is there for the next one."""

    @asynccontextmanager
    async def begin(
        token: str = TOKEN,
        answer: echo.Answer = echo.echo,
        per_minute: int = 1000,
        **more: Any,
    ) -> AsyncIterator[Running]:
        path = tmp_path / "ventanilla.db"
        if not path.exists():
            shutil.copy(prepared, path)
        store = Store(f"sqlite:///{path}")
        answering = echo.Echo(answer)
        talks = echo.conversations(store, answering, per_minute=per_minute, kind=WatchedConversations)
        talks.watch()
        settings = TelegramSettings(read_tokens(token), api_url=fake.url, **{"look_seconds": 0.3, **more})
        telegram = echo.channel(talks, store, settings)
        await talks.resume()
        await telegram.start()
        try:
            yield Running(fake, store, answering, talks, telegram)
        finally:
            await asyncio.wait_for(talks.settle(), 10)
            await asyncio.wait_for(telegram.stop(), 15)
            store.close()

    return begin


@pytest.fixture
async def running(begin: Callable[..., Any]) -> AsyncIterator[Running]:
    async with begin() as made:
        yield made


@pytest.fixture
async def chat(running: Running) -> PrivateChat:
    """Somebody in Turin who has been welcomed."""
    person = running.fake.chat(1001, language_code="en")
    person.start("turin")
    await person.until(1)
    return person


async def until(condition: Callable[[], Any], seconds: float = 10) -> None:
    """Wait until something is true."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not come"
        await asyncio.sleep(0.02)


def reply_with(*replies: Any) -> echo.Answer:
    """Return an answer that always gives these replies."""

    def answer(exchange: Exchange) -> list[Any]:
        return list(replies)

    return answer
