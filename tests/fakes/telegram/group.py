"""Groups, and the bot's coming and going in chats."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.telegram.objects import message_json
from tests.fakes.telegram.state import Chat, Message, Person
from tests.fakes.telegram.view import View


class Group(View):
    """A group that the bot was added to. As on Telegram, it sees commands, mentions and replies only."""

    def join(self, by: Person) -> None:
        """Add the bot."""
        with self._world.changed:
            self.chat.member = self.chat.open = True
            self._world.update(self.chat.bot, "my_chat_member", membership(self.chat, by, "left", "member"), self.chat)

    def remove(self, by: Person) -> None:
        """Throw the bot out."""
        with self._world.changed:
            self.chat.member = False
            self._world.update(
                self.chat.bot, "my_chat_member", membership(self.chat, by, "member", "kicked"), self.chat
            )

    def say(self, person: Person, text: str, reply_to: int | None = None) -> Message:
        """Write a message into the group."""
        with self._world.changed:
            message = self._say(person, text, reply_to)
            replied = self.chat.messages.get(reply_to or 0)
            meant = text.startswith("/") or f"@{self.chat.bot.username}" in text or (replied and replied.from_bot)
            if self.chat.member and meant:
                self._world.update(self.chat.bot, "message", message_json(message), self.chat)
            return message


def membership(chat: Chat, by: Person, old: str, new: str) -> dict[str, Any]:
    """Return the ``ChatMemberUpdated`` object of the bot's own standing in a chat."""

    def member(status: str) -> dict[str, Any]:
        said = {"user": chat.bot.as_json(), "status": status}
        return said | ({"until_date": 0} if status == "kicked" else {})

    return {
        "chat": chat.as_json(),
        "from": by.as_json(),
        "date": int(time.time()),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
