"""What the fake Telegram holds: bots, people, chats, messages, updates, files. Kept while bots come and go."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.faults import Faults
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.markup import Entity

# What a bot gets when it names no kinds of updates: all but these.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str = "Sam"
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deactivated: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the ``User`` object that bots get."""
        said = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        more = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        return said | {name: value for name, value in more.items() if value}


@dataclass
class Message:
    """One message as it is now.

    ``text`` is what is shown (or the caption); ``kind`` is text, photo, voice, location …, and ``content`` holds that
    part of the Bot API's object. ``keyboard`` is the inline keyboard, rows of button objects.
    """

    id: int
    chat: Chat = field(repr=False)
    sender: Person | None = field(repr=False)
    kind: str = "text"
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    reply_keyboard: dict[str, Any] | None = None
    reply_to: int | None = None
    link_preview: dict[str, Any] | None = None
    date: int = field(default_factory=lambda: int(time.time()))
    edit_date: int | None = None
    edits: int = 0

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender is None

    @property
    def edited(self) -> bool:
        """Whether people see that it was edited (a changed keyboard alone is not shown)."""
        return self.edit_date is not None

    @property
    def labels(self) -> list[str]:
        """The texts on its buttons, row after row."""
        return [button["text"] for row in self.keyboard for button in row]

    def marked(self, kind: str) -> list[str]:
        """Return the pieces of text that an entity of this kind (bold, text_link …) lies over."""
        units = self.text.encode("utf-16-le", "surrogatepass")
        cut = [(entity["offset"] * 2, entity["length"] * 2) for entity in self.entities if entity["type"] == kind]
        return [units[start : start + length].decode("utf-16-le", "surrogatepass") for start, length in cut]

    def button(self, wanted: str) -> dict[str, Any]:
        """Return the button with this label or callback data.

        Raises:
            LookupError: there is none on the message now.
        """
        for row in self.keyboard:
            for button in row:
                if wanted in (button["text"], button.get("callback_data")):
                    return button
        raise LookupError(f"message {self.id} has no button {wanted!r}, only {self.labels}")


@dataclass
class Chat:
    """A private chat of one person with one bot, or a group with the bot in it."""

    id: int
    type: str
    bot: Bot = field(repr=False)
    person: Person | None = field(default=None, repr=False)
    title: str = ""
    open: bool = False
    blocked: bool = False
    member: bool = True
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    actions: list[tuple[float, str]] = field(default_factory=list, repr=False)
    ids: Iterator[int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the ``Chat`` object that bots get."""
        if not self.person:
            return {"id": self.id, "type": self.type, "title": self.title}
        said = {"id": self.id, "type": self.type, "first_name": self.person.first_name}
        return said | ({"username": self.person.username} if self.person.username else {})


@dataclass
class Webhook:
    """Where a bot wants its updates posted."""

    url: str
    secret: str = ""
    most: int = 40
    last_error: tuple[int, str] | None = None


@dataclass
class Bot:
    """A bot's account. Everything here outlives the program that runs it."""

    token: str
    id: int
    username: str
    name: str
    numbers: Iterator[int] = field(repr=False, default_factory=lambda: itertools.count(1))
    update_numbers: Iterator[int] = field(repr=False, default_factory=lambda: itertools.count(871_500_001))
    chats: dict[int, Chat] = field(repr=False, default_factory=dict)
    pending: deque[dict[str, Any]] = field(repr=False, default_factory=deque)
    confirmed: deque[dict[str, Any]] = field(repr=False, default_factory=lambda: deque(maxlen=100))
    allowed: list[str] | None = None
    polls: int = 0
    webhook: Webhook | None = None
    queries: dict[str, tuple[float, bool]] = field(repr=False, default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(repr=False, default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(repr=False, default_factory=dict)
    logged_out: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the ``User`` object of the bot itself."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def takes(self, kind: str) -> bool:
        """Tell whether the bot asked for updates of this kind."""
        return kind in self.allowed if self.allowed else kind not in UNASKED


@dataclass(frozen=True)
class Call:
    """One call of a method: what was sent, how it ended ("ok" or what went wrong), and when it ``came`` and was done (``at``).

    Both are readings of ``time.monotonic``.
    """

    bot: str
    method: str
    parameters: dict[str, Any]
    came: float
    at: float
    outcome: str


@dataclass(frozen=True)
class File:
    """A file that somebody sent."""

    id: str
    path: str
    content: bytes
    media_type: str


@dataclass
class World:
    """Everything, behind one lock. Whoever changes something calls ``tell``."""

    changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    bots: dict[str, Bot] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def tell(self) -> None:
        """Wake whoever waits for something new. Hold ``changed`` while calling."""
        self.changed.notify_all()
        for listener in self.listeners:
            listener()

    def update(self, bot: Bot, kind: str, body: dict[str, Any], chat: Chat) -> int | None:
        """Queue an update for a bot; return its number, or None when the bot does not want such ones."""
        if not bot.takes(kind):
            return None
        number = next(bot.update_numbers)
        bot.pending.append({"update_id": number, kind: body, "_chat": chat.id})
        self.tell()
        return number

    def add(self, chat: Chat, sender: Person | None, **parts: Any) -> Message:
        """Put a message into a chat under the account's next number."""
        message = Message(next(chat.ids or chat.bot.numbers), chat, sender, **parts)
        chat.messages[message.id] = message
        self.tell()
        return message

    def keep_file(self, content: bytes, media_type: str, folder: str, name: str) -> File:
        """Store a file; bots fetch it with ``getFile``."""
        number = next(self.numbers)
        file = File(f"FILE{number:06d}{folder}", f"{folder}/file_{number}.{name}", content, media_type)
        self.files[file.id] = file
        return file
