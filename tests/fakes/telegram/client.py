"""A person's side: write, press, send things."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.telegram.commands import command_entities
from tests.fakes.telegram.group import membership
from tests.fakes.telegram.objects import message_json
from tests.fakes.telegram.state import Chat, Message, Person, World
from tests.fakes.telegram.view import View


class PrivateChat(View):
    """One person's private chat with one bot, seen from the person's phone."""

    def __init__(self, world: World, chat: Chat, person: Person) -> None:
        super().__init__(world, chat)
        self.person = person

    def start(self, payload: str = "") -> Message:
        """Press "Start", as behind a link ``t.me/<bot>?start=<payload>``."""
        return self.say(f"/start {payload}".strip())

    def say(self, text: str) -> Message:
        """Write a message."""
        with self._world.changed:
            self._open()
            return self._arrived(self._say(self.person, text))

    def edit(self, message_id: int, text: str) -> None:
        """Change a message of one's own."""
        with self._world.changed:
            message = self.chat.messages[message_id]
            if message.sender is not self.person:
                raise LookupError("people edit their own messages only")
            message.text, message.entities = text, command_entities(text)
            message.edit_date = int(time.time())
            self._world.update(self.chat.bot, "edited_message", message_json(message), self.chat)

    def press(self, message: Message | int, wanted: str) -> str:
        """Press the button with this label or callback data, which must be there now; return the query's id.

        Raises:
            LookupError: no such button, or one that opens a link.
        """
        with self._world.changed:
            number = message if isinstance(message, int) else message.id
            if number not in self.chat.messages:
                raise LookupError(f"message {number} is gone")
            shown = self.chat.messages[number]
            button = shown.button(wanted)
            if "callback_data" not in button:
                raise LookupError(f"the button {wanted!r} opens {button.get('url')}, no press reaches the bot")
            return self._query(shown, button["callback_data"])

    def press_stale(self, message: Message | int, data: str) -> str:
        """Send a press of a button that is no longer there, as a slow phone does; return the query's id."""
        with self._world.changed:
            number = message if isinstance(message, int) else message.id
            shown = self.chat.messages.get(number)
            return self._query(shown, data, number)

    def send_location(self, latitude: float, longitude: float) -> Message:
        """Share a place."""
        return self._send("location", {"location": {"latitude": latitude, "longitude": longitude}})

    def send_contact(self, phone_number: str, first_name: str) -> Message:
        """Share a contact card."""
        return self._send("contact", {"contact": {"phone_number": phone_number, "first_name": first_name}})

    def send_photo(self, content: bytes = b"\xff\xd8\xff photo", caption: str = "") -> Message:
        """Send a photo: the bot gets two sizes, the larger last."""
        small = self._file(content[:16], "image/jpeg", "photos", "jpg") | {"width": 90, "height": 60}
        large = self._file(content, "image/jpeg", "photos", "jpg") | {"width": 1280, "height": 853}
        return self._send("photo", {"photo": [small, large]}, caption)

    def send_voice(self, content: bytes = b"OggS voice", duration: int = 3) -> Message:
        """Send a voice message."""
        file = self._file(content, "audio/ogg", "voice", "oga")
        return self._send("voice", {"voice": file | {"duration": duration, "mime_type": "audio/ogg"}})

    def send_audio(self, content: bytes = b"ID3 audio", duration: int = 3) -> Message:
        """Send a piece of music."""
        file = self._file(content, "audio/mpeg", "music", "mp3")
        return self._send("audio", {"audio": file | {"duration": duration, "mime_type": "audio/mpeg"}})

    def send_video(self, content: bytes = b"video", caption: str = "") -> Message:
        """Send a video."""
        file = self._file(content, "video/mp4", "videos", "mp4")
        shown = file | {"width": 640, "height": 360, "duration": 2, "mime_type": "video/mp4"}
        return self._send("video", {"video": shown}, caption)

    def send_document(
        self,
        content: bytes = b"%PDF-1.7",
        name: str = "letter.pdf",
        media_type: str = "application/pdf",
        caption: str = "",
    ) -> Message:
        """Send a file."""
        file = self._file(content, media_type, "documents", name.rpartition(".")[2])
        return self._send("document", {"document": file | {"file_name": name, "mime_type": media_type}}, caption)

    def send_sticker(self, emoji: str = "👍") -> Message:
        """Send a sticker."""
        file = self._file(b"RIFF sticker", "image/webp", "stickers", "webp")
        shown = file | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send("sticker", {"sticker": shown | {"emoji": emoji}})

    def delete(self, message: Message | int) -> None:
        """Take a message away, for both sides; bots are not told."""
        with self._world.changed:
            del self.chat.messages[message if isinstance(message, int) else message.id]
            self._world.tell()

    def block(self) -> None:
        """Block the bot."""
        self._set_blocked(True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._set_blocked(False)

    def deactivate(self) -> None:
        """Give up the Telegram account."""
        with self._world.changed:
            self.person.deactivated = True

    def was_answered(self, query_id: str) -> bool:
        """Tell whether the bot answered this press (else the phone shows a turning wheel)."""
        with self._world.changed:
            _, answered = self.chat.bot.queries[query_id]
            return answered

    def _set_blocked(self, blocked: bool) -> None:
        with self._world.changed:
            if self.chat.blocked == blocked:
                return
            self.chat.blocked = blocked
            states = ("member", "kicked") if blocked else ("kicked", "member")
            self._world.update(self.chat.bot, "my_chat_member", membership(self.chat, self.person, *states), self.chat)

    def _open(self) -> None:
        if self.chat.blocked:
            raise LookupError("whoever blocked the bot must unblock it before writing")
        self.chat.open = True

    def _send(self, kind: str, content: dict[str, Any], caption: str = "") -> Message:
        with self._world.changed:
            self._open()
            return self._arrived(self._world.add(self.chat, self.person, kind=kind, content=content, text=caption))

    def _arrived(self, message: Message) -> Message:
        self._world.update(self.chat.bot, "message", message_json(message), self.chat)
        return message

    def _file(self, content: bytes, media_type: str, folder: str, ending: str) -> dict[str, Any]:
        with self._world.changed:
            file = self._world.keep_file(content, media_type, folder, ending)
        return {"file_id": file.id, "file_unique_id": file.id[4:], "file_size": len(content)}

    def _query(self, shown: Message | None, data: str, number: int = 0) -> str:
        bot = self.chat.bot
        query_id = str(4_200_000_000_000 + next(self._world.numbers))
        bot.queries[query_id] = (time.monotonic(), False)
        gone = {"chat": self.chat.as_json(), "message_id": number, "date": 0}
        body = {
            "id": query_id,
            "from": self.person.as_json(),
            "chat_instance": str(-self.chat.id * 7919),
            "message": message_json(shown) if shown else gone,
            "data": data,
        }
        self._world.update(bot, "callback_query", body, self.chat)
        return query_id
