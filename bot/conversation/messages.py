"""What is said in a conversation: the one shape that every channel receives and sends."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Sender = Literal["bot", "newcomer", "caseworker"]
Direction = Literal["ltr", "rtl"]
AttachmentKind = Literal["photo", "voice", "audio", "video", "document", "sticker", "location", "contact", "other"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. ``value`` goes back as ``choice`` and is at most 64 bytes of UTF-8 (Telegram's limit)."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line of a card, e.g. kind ``cost``, label ``Cost``, value ``Free``.

    ``kind`` is one of: offers, audience, cost, documents, how_to_come, languages, hours, address, conditions,
    apply, note. ``state`` is set for hours: open, closed, appointment, unknown. ``language`` is the BCP 47 code of
    ``value`` where it differs from the card's (prose and addresses in the official language).
    """

    kind: str
    label: str
    value: str
    state: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Something to press on a card. ``kind``: call, map, web, mail, book. ``href``: tel:, https:, mailto: only."""

    kind: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Card:
    """One service (or one emergency number, or one first step) as shown to a newcomer.

    ``freshness`` is one of confirmed, unconfirmed, stale; ``freshness_text`` says it in words.
    ``language`` is the BCP 47 code of the labels; ``title_language`` that of the title.
    """

    id: str
    title: str
    title_language: str
    language: str
    kind: Literal["service", "emergency", "step"] = "service"
    subtitle: str | None = None
    summary: str | None = None
    summary_language: str | None = None
    alert: str | None = None
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = ()
    freshness: str | None = None
    freshness_text: str | None = None
    sources: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the assistant says, before it is stored: text, cards and choices in one language."""

    text: str
    language: str
    dir: Direction
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the reply as plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message of a conversation, in the shape of the HTTP interface (docs/api.md).

    ``id`` grows within the database and orders messages; ``at`` is aware UTC. ``author`` is the name under which a
    caseworker writes; ``files`` are what came along: {"id", "kind", "name", "media_type", "size", "url"}.
    """

    id: int
    sender: Sender
    language: str
    dir: Direction
    text: str
    at: datetime
    cards: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    client_id: str | None = None
    author: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return ``{"id","from","language","dir","text","cards","choices","at","client_id"?,"author"?,"files"?}``."""
        shape: dict[str, Any] = {
            "id": str(self.id),
            "from": self.sender,
            "language": self.language,
            "dir": self.dir,
            "text": self.text,
            "cards": self.cards,
            "choices": self.choices,
            "at": self.at.isoformat().replace("+00:00", "Z"),
        }
        if self.client_id is not None:
            shape["client_id"] = self.client_id
        if self.author is not None:
            shape["author"] = self.author
        if self.files:
            shape["files"] = self.files
        return shape


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something other than text that a newcomer sent.

    ``content`` is None where nobody would read it (the assistant) or it is too large; ``latitude`` and ``longitude`` in
    degrees belong to a location.
    """

    kind: AttachmentKind
    media_type: str | None = None
    name: str | None = None
    content: bytes | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a newcomer sent through a channel: free text, the value of a choice, or an attachment (with or without text).

    ``client_id`` is the channel's own id of the message; the same id twice is one message.
    ``hint`` is the channel's idea of the language (browser, Telegram), a hint only.
    """

    client_id: str
    text: str = ""
    choice: str | None = None
    hint: str | None = None
    attachment: Attachment | None = None
