"""What channels may ask of the conversations and of the words: the contract between ``bot.channels`` and the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.conversation.messages import Direction, Incoming, Message

# Bells ring within one process; with several, who listens looks after this many seconds for news from another.
LOOK_SECONDS = 15.0


class ConversationError(Exception):
    """Something a channel has to tell the newcomer about."""


class UnknownTerritory(ConversationError):
    """There is no such territory, or none that newcomers can choose."""


class UnknownConversation(ConversationError):
    """There is no conversation of that id (any more)."""


class NotAllowed(ConversationError):
    """The token is missing, wrong or another conversation's."""


class Empty(ConversationError):
    """There is neither text nor a choice."""


class TooLong(ConversationError):
    """The text is longer than ``limit`` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class BadFile(ConversationError):
    """A file that is not taken; ``why`` is ``too_large`` or ``kind``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooMany(ConversationError):
    """Too much at once; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation, the token that alone opens it, and its opening messages."""

    conversation: str
    token: str
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConversationState:
    """Where a conversation stands.

    ``territory`` is "" as long as the newcomer has not said where they are; ``erase_due``: it was asked to be forgotten
    and goes as soon as its last message has reached the newcomer, whose id is ``last_message``.
    """

    territory: str
    language: str
    erase_due: bool
    working: bool
    last_message: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a page needs to know of a conversation, all read at one moment.

    ``working``: an answer is being made; ``takes_files``: somebody would read a file; ``person``: a caseworker has the
    conversation; ``writing``: the name of the caseworker who is writing right now.
    """

    messages: list[Message]
    working: bool
    takes_files: bool
    person: bool
    writing: str | None


@dataclass(frozen=True, slots=True)
class TerritoryChoice:
    """A territory that newcomers can choose; ``names`` by language, ``languages`` the official ones."""

    id: str
    names: dict[str, str]
    languages: list[str]


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that can be chosen; ``name`` is its own name for itself."""

    code: str
    name: str
    dir: Direction


class Listening(Protocol):
    """Rings when something new is stored; clears itself when heard."""

    async def wait(self) -> None:
        """Wait until it rings."""
        ...


class Conversations(Protocol):
    """Conversations as channels use them."""

    async def open(
        self,
        *,
        territory: str | None,
        channel: str,
        language: str | None,
        hint: str | None,
        address: str,
        desk: str | None = None,
    ) -> Opened:
        """Begin a conversation; without a territory the newcomer is asked for it. Raises UnknownTerritory, TooMany."""
        ...

    async def authorise(self, conversation: str, token: str) -> None:
        """Return when the token opens the conversation. Raises UnknownConversation, NotAllowed."""
        ...

    async def accept(self, conversation: str, incoming: Incoming, *, address: str, token: str | None = None) -> None:
        """Store a message; it is answered in the background. ``token``: must open the conversation, where one is given.

        Raises UnknownConversation, NotAllowed, Empty, TooLong, TooMany.
        """
        ...

    async def look(self, conversation: str, token: str, *, after: int = 0, limit: int = 200) -> Look:
        """Return messages with an id above ``after``, and where the talk stands. Raises UnknownConversation, NotAllowed."""
        ...

    async def welcome(self, *, territory: str, language: str) -> dict[str, Any]:
        """Return the first message of a conversation, in the shape of the HTTP interface, without beginning one."""
        ...

    async def messages(self, conversation: str, *, after: int = 0, limit: int = 200) -> list[Message]:
        """Return messages with an id above ``after``, oldest first."""
        ...

    def listen(self, conversation: str) -> AbstractAsyncContextManager[Listening]:
        """Return a context with a bell that rings when something new is stored, and when ``writing`` changes."""
        ...

    async def working(self, conversation: str) -> bool:
        """Tell whether an answer is being made."""
        ...

    async def state(self, conversation: str) -> ConversationState:
        """Return where a conversation stands. Raises UnknownConversation."""
        ...

    async def takes_files(self, conversation: str) -> bool:
        """Tell whether somebody would read a file: only while a person has the conversation."""
        ...

    async def reached(self, conversation: str, message: int) -> None:
        """Note that the newcomer has read up to a message; a channel that cannot know that tells when one has arrived.

        Kept only while a person is asked for. Which channels know more than the arrival: ``signs.KNOWS_READING``.
        """
        ...

    async def typed(self, conversation: str) -> None:
        """Note that the newcomer is writing; more often than every two seconds is passed over."""
        ...

    def writing(self, conversation: str) -> str | None:
        """Return the name of the caseworker who is writing right now, None when nobody is."""
        ...

    def signs(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Return a context with the ids of conversations in which ``writing`` changes or goes on, as it happens."""
        ...

    def news(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Return a context with the ids of conversations in which something new was stored, as it happens."""
        ...

    async def export(self, conversation: str) -> str:
        """Return everything stored of a conversation as JSON text. Raises UnknownConversation."""
        ...

    async def erase(self, conversations: Sequence[str]) -> None:
        """Erase conversations and everything that hangs on them."""
        ...

    async def set_language(self, conversation: str, language: str) -> None:
        """Change the language on the newcomer's word."""
        ...

    async def set_territory(self, conversation: str, territory: str, desk: str | None = None) -> None:
        """Change the territory on the newcomer's word. Raises UnknownTerritory."""
        ...

    async def territories(self) -> list[TerritoryChoice]:
        """Return the territories that newcomers can choose."""
        ...

    def languages(self) -> list[LanguageChoice]:
        """Return the languages that can be chosen."""
        ...


class Words(Protocol):
    """The catalogs as channels use them."""

    def text(self, msgid: str, language: str, /, **values: object) -> str:
        """Return the text of a message id."""
        ...

    def plural(self, msgid: str, n: int, language: str, /, **values: object) -> str:
        """Return the plural form of a message id for ``n``."""
        ...
