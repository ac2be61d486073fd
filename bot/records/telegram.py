"""Where each Telegram chat stands: which conversation it is, what of it was delivered, what is unsure. Model and queries.

Functions work in the caller's session and commit nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Executable,
    Exists,
    ForeignKey,
    String,
    Table,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.records import files
from bot.records.model import Conversation, StoredMessage, UtcDateTime
from knowledge.model.base import Base


class TelegramBot(Base):
    """A bot's place in Telegram's queue of updates.

    ``commands``: fingerprint of the commands that were last published; ``known``: message ids that are known, as pairs of
    first and last, above the oldest part that may or may not have arrived.
    """

    __tablename__ = "telegram_bot"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    next_update: Mapped[int | None] = mapped_column(BigInteger)
    next_update_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    commands: Mapped[str | None] = mapped_column(String(64))
    known: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class TelegramChat(Base):
    """One private chat; the columns are explained at ``ChatRow``. It goes with its conversation."""

    __tablename__ = "telegram_chat"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), unique=True)
    opened_by: Mapped[int | None] = mapped_column(BigInteger)
    delivered: Mapped[int] = mapped_column(BigInteger, default=0)
    part: Mapped[int] = mapped_column(default=0)
    in_flight: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    keyboards: Mapped[list[Any]] = mapped_column(JSON, default=list)
    last_id: Mapped[int] = mapped_column(BigInteger, default=0)
    blocked: Mapped[bool] = mapped_column(default=False)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(slots=True)
class ChatRow:
    """A row of ``telegram_chat`` as plain data.

    ``opened_by``: the update that began the conversation. ``delivered``: id of the conversation's last message that is in
    the chat; ``part``: how many parts of the next one are. ``in_flight``: the part whose sending was begun and whose
    arrival is not known: {"message", "part", "after", "edit", "plain"}, "after" being the highest Telegram message id
    known before. ``keyboards``: messages with buttons, {"id", "menu"}, the live one last. ``last_id``: highest Telegram
    message id known in this chat. ``next_try_at``: not to be tried before.
    """

    bot_id: int
    chat_id: int
    conversation_id: str
    opened_by: int | None = None
    delivered: int = 0
    part: int = 0
    in_flight: dict[str, Any] | None = None
    keyboards: list[dict[str, Any]] = field(default_factory=list)
    last_id: int = 0
    blocked: bool = False
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BotRow:
    """A row of ``telegram_bot`` as plain data."""

    next_update: int | None = None
    next_update_at: datetime | None = None
    commands: str | None = None
    known: tuple[tuple[int, int], ...] = ()


# What changes in a row of a chat after it was made.
_CHANGING = ("delivered", "part", "in_flight", "keyboards", "last_id", "blocked", "next_try_at")
_CHATS, _BOTS = cast(Table, TelegramChat.__table__), cast(Table, TelegramBot.__table__)
_SAVE = (
    update(_CHATS)
    .where(
        _CHATS.c.bot_id == bindparam("of_bot"),
        _CHATS.c.chat_id == bindparam("of_chat"),
        _CHATS.c.conversation_id == bindparam("of_conversation"),
    )
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


_OF_BOT = update(_BOTS).where(_BOTS.c.bot_id == bindparam("of_bot")).returning(_BOTS.c.bot_id)
_PLACE = _OF_BOT.values(next_update=bindparam("new_place"), next_update_at=bindparam("now"))
_KNOWN = _OF_BOT.values(known=bindparam("new_known"))


def find(session: Session, bot: int, chat: int) -> ChatRow | None:
    """Return a chat, None when it has no conversation (any more)."""
    row = session.get(TelegramChat, (bot, chat))
    return None if row is None else _plain(row)


def of_conversation(session: Session, conversation: str) -> ChatRow | None:
    """Return the chat of a conversation, None when it is none of Telegram's."""
    row = session.scalar(select(TelegramChat).where(TelegramChat.conversation_id == conversation))
    return None if row is None else _plain(row)


def add(session: Session, row: ChatRow) -> None:
    """Store a new chat; one that had a conversation before gets the new one."""
    session.merge(TelegramChat(**{name: getattr(row, name) for name in ChatRow.__dataclass_fields__}))


def save(
    session: Session, rows: Sequence[ChatRow], places: Mapping[int, int], known: Mapping[int, Sequence[tuple[int, int]]]
) -> None:
    """Store where chats stand now, bots' places in their queues, and which message ids are known.

    Args:
        rows: chats whose conversation has gone meanwhile are passed over; places: by bot, the next update to be asked for;
        known: by bot, see ``TelegramBot``.
    """
    if rows:
        session.execute(_SAVE, [_values(row) for row in rows])
    for bot, place in places.items():
        _set(session, _PLACE, bot, {"new_place": place, "now": datetime.now(UTC)})
    for bot, ranges in known.items():
        _set(session, _KNOWN, bot, {"new_known": [list(one) for one in ranges] or None})


def bot(session: Session, number: int) -> BotRow:
    """Return what is known of a bot."""
    row = session.get(TelegramBot, number)
    if row is None:
        return BotRow()
    known = tuple((int(first), int(last)) for first, last in row.known or ())
    return BotRow(row.next_update, row.next_update_at, row.commands, known)


def keep_commands(session: Session, number: int, fingerprint: str) -> None:
    """Remember which commands were published."""
    _bot(session, number).commands = fingerprint


def newest_message(session: Session) -> int:
    """Return the highest id of any conversation's messages, 0 when there is none."""
    return session.scalar(select(func.max(StoredMessage.id))) or 0


def with_news(session: Session, after: int) -> list[ChatRow]:
    """Return chats that messages with an id above ``after`` still have to be delivered to."""
    news = select(StoredMessage.conversation_id).where(StoredMessage.id > after, StoredMessage.sender != "newcomer")
    query = select(TelegramChat).where(
        TelegramChat.conversation_id.in_(news), TelegramChat.blocked.is_(False), _waiting()
    )
    return [_plain(row) for row in session.scalars(query)]


def unfinished(session: Session) -> list[ChatRow]:
    """Return every chat with something to do: messages to deliver, an unsure one, a conversation that is to be erased."""
    ending = exists().where(Conversation.id == TelegramChat.conversation_id, Conversation.erase_at.is_not(None))
    query = select(TelegramChat).where(
        TelegramChat.blocked.is_(False), or_(_waiting(), ending, TelegramChat.in_flight.is_not(None))
    )
    return [_plain(row) for row in session.scalars(query)]


def highest_id(session: Session, bot: int) -> int:
    """Return the highest Telegram message id known of a bot's chats, 0 when none is."""
    return session.scalar(select(func.max(TelegramChat.last_id)).where(TelegramChat.bot_id == bot)) or 0


def ids_after(session: Session, bot: int, after: int) -> list[int]:
    """Return the highest Telegram message id known of each chat, where it is above ``after``."""
    query = select(TelegramChat.last_id).where(TelegramChat.bot_id == bot, TelegramChat.last_id > after)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that somebody at the desk sent."""

    name: str
    kind: str
    content: bytes


def file(session: Session, conversation: str, number: str) -> SentFile | None:
    """Return a file of a conversation, None when it is gone."""
    found = files.get(session, conversation, number)
    return SentFile(found.name, found.kind, found.content) if found else None


def oldest_mark(rows: Iterable[ChatRow]) -> int | None:
    """Return the lowest "after" of the chats with something in flight."""
    return min((int(row.in_flight["after"]) for row in rows if row.in_flight), default=None)


def _waiting() -> Exists:
    return exists().where(
        StoredMessage.conversation_id == TelegramChat.conversation_id,
        StoredMessage.id > TelegramChat.delivered,
        StoredMessage.sender != "newcomer",
    )


def _set(session: Session, change: Executable, number: int, values: Mapping[str, Any]) -> None:
    values = {"of_bot": number, **values}
    if session.scalar(change, values) is None:
        session.add(TelegramBot(bot_id=number))
        session.flush()
        session.execute(change, values)


def _bot(session: Session, number: int) -> TelegramBot:
    row = session.get(TelegramBot, number)
    if row is None:
        row = TelegramBot(bot_id=number)
        session.add(row)
    return row


def _plain(row: TelegramChat) -> ChatRow:
    values = {name: getattr(row, name) for name in ChatRow.__dataclass_fields__}
    return ChatRow(**{**values, "keyboards": list(row.keyboards or ())})


def _values(row: ChatRow) -> dict[str, Any]:
    key = {"of_bot": row.bot_id, "of_chat": row.chat_id, "of_conversation": row.conversation_id}
    return {**key, **{f"new_{name}": getattr(row, name) for name in _CHANGING}}
