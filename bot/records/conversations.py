"""Queries on conversations and their messages. Every function works in the caller's session and commits nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Executable, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from bot.conversation.messages import Attachment, Incoming, Message, Reply
from bot.records import files
from bot.records.files import StoredFile
from bot.records.model import Conversation, StoredMessage

# Every message goes through these statements several times: put together once, they cost half.
_TALKS, _MESSAGES = cast(Table, Conversation.__table__), cast(Table, StoredMessage.__table__)
_TALK = select(Conversation).where(Conversation.id == bindparam("of_talk"))
_LOCKED_TALK = _TALK.with_for_update().execution_options(populate_existing=True)
_OF_TALK = select(StoredMessage).where(StoredMessage.conversation_id == bindparam("of_talk"))
_NEWEST = _OF_TALK.order_by(StoredMessage.id.desc()).limit(bindparam("at_most"))
_AFTER = _OF_TALK.where(StoredMessage.id > bindparam("after")).order_by(StoredMessage.id).limit(bindparam("at_most"))
_UNANSWERED = _OF_TALK.where(StoredMessage.answered.is_(False)).order_by(StoredMessage.id).limit(bindparam("at_most"))
_ADD = insert(_MESSAGES)
_ADD_ONCE: dict[str, Executable] = {
    name: dialect(_MESSAGES)
    .on_conflict_do_nothing(index_elements=["conversation_id", "client_id"])
    .returning(_MESSAGES.c.id)
    for name, dialect in (("postgresql", postgresql_insert), ("sqlite", sqlite_insert))
}
_SET_TALK = update(_TALKS).where(_TALKS.c.id == bindparam("of_talk"))
_TOUCH = _SET_TALK.values(last_at=bindparam("now"))
_COUNT_TURN = _SET_TALK.values(
    turns=_TALKS.c.turns + 1, slots=bindparam("new_slots"), last_at=bindparam("now")
).returning(_TALKS.c.channel)
_ANSWERED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("of_message"), _MESSAGES.c.answered.is_(False))
    .values(answered=True)
    .returning(_MESSAGES.c.id)
)


class AnsweredMeanwhile(Exception):
    """A message was answered by somebody else since it was read."""


def create(
    session: Session, *, territory: str, channel: str, language: str, chosen: bool, desk: str | None = None
) -> tuple[Conversation, str]:
    """Store a new conversation.

    Args:
        territory: id of the territory, "" while it is not known; language: BCP 47;
        chosen: whether the newcomer picked the language; desk: the counter whose poster led here.

    Returns:
        the conversation and the token that alone opens it; only the token's hash is stored.
    """
    token = secrets.token_urlsafe(24)
    now = datetime.now(UTC)
    conversation = Conversation(
        id=secrets.token_urlsafe(12),
        token_hash=_hash(token),
        territory_id=territory,
        channel=channel,
        language=language,
        language_chosen=chosen,
        desk=desk,
        turns=0,
        created_at=now,
        last_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def get(session: Session, conversation: str) -> Conversation | None:
    """Return a conversation, or None when there is none of that id (any more)."""
    return session.scalars(_TALK, {"of_talk": conversation}).one_or_none()


def get_one(session: Session, conversation: str) -> Conversation:
    """Return a conversation that must be there, locked against who else would change it until the session ends."""
    return session.scalars(_LOCKED_TALK, {"of_talk": conversation}).one()


def is_allowed(conversation: Conversation, token: str) -> bool:
    """Tell whether ``token`` opens the conversation; takes the same time whatever differs."""
    return hmac.compare_digest(conversation.token_hash, _hash(token))


def accept(session: Session, conversation: Conversation, incoming: Incoming, *, shown: str, dir: str) -> int | None:
    """Store a newcomer's message as not yet answered.

    Args:
        shown: the text that the message history shows (a choice shows its label); dir: its script direction.

    Returns:
        the message's id; None when the same ``client_id`` was stored before: nothing changes then.
    """
    values = {
        "conversation_id": conversation.id,
        "sender": "newcomer",
        "client_id": incoming.client_id,
        "text": shown,
        "choice": incoming.choice,
        "attachment": _attachment(incoming.attachment),
        "language": conversation.language,
        "dir": dir,
        "at": datetime.now(UTC),
        "answered": False,
    }
    stored: int | None = session.scalar(_ADD_ONCE[session.get_bind().dialect.name], values)
    if stored is not None:
        touch(session, conversation.id)
    return stored


def touch(session: Session, conversation: str) -> None:
    """Note that something was said in a conversation just now."""
    session.execute(_TOUCH, {"of_talk": conversation, "now": datetime.now(UTC)})


def add_replies(
    session: Session, conversation: str, replies: Iterable[Reply], *, sender: str = "bot", author: str | None = None
) -> None:
    """Store what the assistant says, or a caseworker under the name ``author``."""
    session.flush()
    for reply in replies:
        shape = reply.as_dict()
        values = {
            "conversation_id": conversation,
            "sender": sender,
            "author": author,
            "text": reply.text,
            "language": reply.language,
            "dir": reply.dir,
            "cards": list(shape["cards"]),
            "choices": list(shape["choices"]),
            "at": datetime.now(UTC),
        }
        session.execute(_ADD, values)


def unanswered(session: Session, conversation: str, *, limit: int) -> Sequence[StoredMessage]:
    """Return the oldest messages of a conversation that have no answer yet, at most ``limit``."""
    return session.scalars(_UNANSWERED, {"of_talk": conversation, "at_most": limit}).all()


def with_unanswered(session: Session) -> Sequence[str]:
    """Return the ids of conversations that wait for an answer: after a restart they are taken up again."""
    return session.scalars(
        select(StoredMessage.conversation_id).where(StoredMessage.answered.is_(False)).distinct()
    ).all()


def close_turn(session: Session, message: int, conversation: str, slots: dict[str, Any]) -> str:
    """Mark a newcomer's message as answered, count the turn, and keep what the dialogue remembers; return the channel.

    The conversation is locked against who else would change it until the session ends.

    Raises:
        LookupError: the conversation is gone; AnsweredMeanwhile: the message was answered before.
    """
    turn = {"of_talk": conversation, "new_slots": slots, "now": datetime.now(UTC)}
    channel = session.scalar(_COUNT_TURN, turn)
    if channel is None:
        raise LookupError(conversation)
    if session.scalar(_ANSWERED, {"of_message": message}) is None:
        raise AnsweredMeanwhile(message)
    return str(channel)


def keep_only_kind(session: Session, message: int, kind: str) -> None:
    """Blank what came along with a message but for its kind, so also where somebody stood."""
    session.execute(update(StoredMessage).where(StoredMessage.id == message).values(attachment={"kind": kind}))


def messages(session: Session, conversation: str, *, after: int, limit: int) -> list[Message]:
    """Return messages with an id above ``after``, oldest first, at most ``limit``.

    With ``after`` 0 the newest ``limit`` are returned: the end of a long conversation is what a reload shows.
    """
    bounds = {"of_talk": conversation, "at_most": limit} | ({"after": after} if after else {})
    rows = session.scalars(_AFTER if after else _NEWEST, bounds).all()
    attached = files.of_messages(session, conversation, [row.id for row in rows if row.attachment])
    return [_message(row, attached.get(row.id, ())) for row in (rows if after else reversed(rows))]


def label_of_choice(session: Session, conversation: str, value: str) -> str | None:
    """Return the label under which a choice was last offered in a conversation, or None when it never was."""
    rows = session.execute(
        select(StoredMessage.choices, StoredMessage.cards)
        .where(StoredMessage.conversation_id == conversation, StoredMessage.sender == "bot")
        .order_by(StoredMessage.id.desc())
        .limit(30)
    )
    for choices, cards in rows:
        for choice in [*choices, *(choice for card in cards for choice in card.get("choices", []))]:
            if choice["value"] == value:
                return str(choice["label"])
    return None


def last_message(session: Session, conversation: str) -> int:
    """Return the id of a conversation's newest message, 0 when there is none."""
    return session.scalar(select(func.max(StoredMessage.id)).where(StoredMessage.conversation_id == conversation)) or 0


def _message(row: StoredMessage, attached: Sequence[StoredFile]) -> Message:
    return Message(
        id=row.id,
        sender=row.sender,  # type: ignore[arg-type]
        language=row.language,
        dir=row.dir,  # type: ignore[arg-type]
        text=row.text,
        at=row.at,
        cards=row.cards,
        choices=row.choices,
        client_id=row.client_id,
        author=row.author,
        files=[_file(row, file) for file in attached] or _place(row),
    )


def _file(row: StoredMessage, file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "kind": file.kind,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "url": f"/chat/api/conversations/{row.conversation_id}/files/{file.id}",
    }


def _place(row: StoredMessage) -> list[dict[str, Any]]:
    if row.attachment and "latitude" in row.attachment:
        return [{"kind": "location", **{name: row.attachment[name] for name in ("latitude", "longitude")}}]
    return [{"kind": row.attachment["kind"]}] if row.attachment else []


def _attachment(attachment: Attachment | None) -> dict[str, Any] | None:
    if attachment is None:
        return None
    shape = {
        "kind": attachment.kind,
        "media_type": attachment.media_type,
        "name": attachment.name,
        "latitude": attachment.latitude,
        "longitude": attachment.longitude,
    }
    return {name: value for name, value in shape.items() if value is not None}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
