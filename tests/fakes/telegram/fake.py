"""``FakeTelegram``: the server and the people in one context manager."""

from __future__ import annotations

import itertools
from typing import Any

from tests.fakes.telegram.client import PrivateChat
from tests.fakes.telegram.faults import Faults
from tests.fakes.telegram.group import Group
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.server import Server
from tests.fakes.telegram.state import Bot, Call, Chat, Person, World

TOKEN = "7000001:FakeTokenOfTheFirstBot_abcdefghijk"


class FakeTelegram:
    """A Telegram of one's own. What it holds survives the bots that talk to it.

    Args:
        port: port on 127.0.0.1; 0 takes a free one.
        limits: Telegram's flood limits; ``Limits(on=False)`` for none.
    """

    def __init__(self, port: int = 0, limits: Limits | None = None) -> None:
        self.world = World(limits=limits or Limits())
        self._server = Server(self.world, port)

    def __enter__(self) -> FakeTelegram:
        self._server.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """The API's address, without a path: what stands before ``/bot<token>/<method>``."""
        return self._server.url

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as ``base_url``; it puts the token behind it."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot takes as ``base_file_url``."""
        return f"{self.url}/file/bot"

    @property
    def calls(self) -> list[Call]:
        """Every call so far, oldest first; unanswered ones (long polls under way) are not in it yet."""
        with self.world.changed:
            return list(self.world.calls)

    @property
    def violations(self) -> list[str]:
        """What Telegram would let pass but a careful bot does not do. Tests want this empty."""
        with self.world.changed:
            return list(self.world.violations)

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self.world.faults

    @property
    def limits(self) -> Limits:
        """The flood limits; ``limits.on`` switches them."""
        return self.world.limits

    @property
    def early(self) -> list[str]:
        """Calls that came before a ``retry_after`` was over (a bot that was killed meanwhile cannot know)."""
        with self.world.changed:
            return list(self.world.limits.early)

    def raw_update(self, kind: str, body: dict[str, Any], bot: Bot | None = None) -> int | None:
        """Queue an update that people here cannot cause, e.g. ``channel_post``; None when the bot did not ask for such."""
        with self.world.changed:
            to = bot or self._first_bot()
            return self.world.update(to, kind, body, Chat(0, "private", to))

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method."""
        return [call for call in self.calls if call.method == method]

    def bot(self, token: str = TOKEN, username: str = "ventanilla_bot") -> Bot:
        """Register a bot account; the same token gives the same account."""
        number = token.partition(":")[0]
        if not number.isdigit():
            raise ValueError("a token looks like 123456:letters")
        name = username.removesuffix("_bot").title()
        with self.world.changed:
            return self.world.bots.setdefault(token, Bot(token, int(number), username, name))

    def person(self, user_id: int, language_code: str = "", first_name: str = "Sam", username: str = "") -> Person:
        """Return a person, made at first sight."""
        with self.world.changed:
            made = Person(user_id, first_name, username=username, language_code=language_code)
            person = self.world.people.setdefault(user_id, made)
            person.language_code = language_code or person.language_code
            return person

    def chat(
        self, user_id: int, language_code: str = "", bot: Bot | None = None, first_name: str = "Sam"
    ) -> PrivateChat:
        """Return a person's private chat with a bot (the first one made, by default).

        As on Telegram the bot does not know the chat before the person writes in it.
        """
        person = self.person(user_id, language_code, first_name)
        with self.world.changed:
            with_bot = bot or self._first_bot()
            chat = with_bot.chats.setdefault(user_id, Chat(user_id, "private", with_bot, person))
        return PrivateChat(self.world, chat, person)

    def group(self, title: str = "Neighbours", bot: Bot | None = None, by: Person | None = None) -> Group:
        """Make a group and let somebody add the bot to it."""
        with self.world.changed:
            with_bot = bot or self._first_bot()
            number = -1_000_000_000_000 - next(self.world.numbers)
            chat = Chat(number, "supergroup", with_bot, title=title, ids=itertools.count(1))
            with_bot.chats[number] = chat
        group = Group(self.world, chat)
        group.join(by or self.person(1, first_name="Admin"))
        return group

    def _first_bot(self) -> Bot:
        return next(iter(self.world.bots.values()), None) or self.bot()
