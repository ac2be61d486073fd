"""What can be seen of a chat from outside, and waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.fakes.telegram.commands import command_entities
from tests.fakes.telegram.state import Chat, Message, Person, World

# What a wait may be for: so many messages of the bot, or anything about them.
Wanted = int | Callable[[list[Message]], object]
POLL = 0.02


class View:
    """What can be seen of a chat, and waited for. Base of ``PrivateChat`` and ``Group``."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world, self.chat = world, chat

    @property
    def id(self) -> int:
        """Telegram's number of the chat."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """All that stands in the chat now, oldest first: the person's and the bot's."""
        with self._world.changed:
            return list(self.chat.messages.values())

    @property
    def answers(self) -> list[Message]:
        """The bot's messages that stand in the chat now, oldest first."""
        return [message for message in self.messages if message.from_bot]

    @property
    def last(self) -> Message:
        """The bot's newest message.

        Raises:
            LookupError: the bot wrote nothing.
        """
        answers = self.answers
        if not answers:
            raise LookupError("the bot wrote nothing here")
        return answers[-1]

    @property
    def keyboards(self) -> list[Message]:
        """The bot's messages that have buttons now."""
        return [message for message in self.answers if message.keyboard]

    @property
    def typing(self) -> list[float]:
        """When (``time.monotonic``) the bot showed that it is typing."""
        with self._world.changed:
            return [at for at, action in self.chat.actions if action == "typing"]

    def wait_for(self, wanted: Wanted, timeout: float = 10) -> list[Message]:
        """Block until the bot has so many messages here, or until ``wanted(answers)`` is true; return its messages.

        For tests whose bot runs elsewhere: in another process or thread. Inside one event loop use ``until``.

        Raises:
            TimeoutError: it did not come; the message says what is there instead.
        """
        end = time.monotonic() + timeout
        with self._world.changed:
            while not self._holds(wanted):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(self._missing(wanted, timeout))
                self._world.changed.wait(left)
            return self.answers

    async def until(self, wanted: Wanted, timeout: float = 10) -> list[Message]:  # noqa: ASYNC109
        """As ``wait_for``, without blocking the event loop."""
        end = time.monotonic() + timeout
        while not self._holds(wanted):
            if time.monotonic() > end:
                raise TimeoutError(self._missing(wanted, timeout))
            await asyncio.sleep(POLL)
        return self.answers

    def _holds(self, wanted: Wanted) -> bool:
        answers = self.answers
        return bool(wanted(answers)) if callable(wanted) else len(answers) >= wanted

    def _missing(self, wanted: Wanted, timeout: float) -> str:
        shown = [(message.id, message.text or message.kind, message.labels) for message in self.answers]
        return f"after {timeout} s: wanted {wanted}, the bot shows {shown}"

    def _say(self, person: Person, text: str, reply_to: int | None = None) -> Message:
        entities = command_entities(text)
        return self._world.add(self.chat, person, text=text, entities=entities, reply_to=reply_to)
