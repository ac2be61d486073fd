"""Queries on conversations and their messages. Every function works in the caller's session and commits nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from bot.conversation.messages import Attachment, Incoming, Message, Reply
from bot.records import files
from bot.records.files import StoredFile
from bot.records.model import Conversation, StoredMessage


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
    return session.get(Conversation, conversation)


def get_one(session: Session, conversation: str) -> Conversation:
    """Return a conversation that must be there, locked against who else would change it until the session ends."""
    return session.get_one(Conversation, conversation, with_for_update=True)


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
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    stored = session.execute(
        insert(StoredMessage)
        .values(
            conversation_id=conversation.id,
            sender="newcomer",
            client_id=incoming.client_id,
            text=shown,
            choice=incoming.choice,
            attachment=_attachment(incoming.attachment),
            language=conversation.language,
            dir=dir,
            cards=[],
            choices=[],
            at=datetime.now(UTC),
            answered=False,
        )
        .on_conflict_do_nothing(index_elements=["conversation_id", "client_id"])
        .returning(StoredMessage.id)
    ).scalar()
    if stored is not None:
        conversation.last_at = datetime.now(UTC)
    return stored


def touch(session: Session, conversation: str) -> None:
    """Note that something was said in a conversation just now."""
    session.execute(update(Conversation).where(Conversation.id == conversation).values(last_at=datetime.now(UTC)))


def add_replies(
    session: Session, conversation: str, replies: Iterable[Reply], *, sender: str = "bot", author: str | None = None
) -> None:
    """Store what the assistant says, or a caseworker under the name ``author``."""
    for reply in replies:
        shape = reply.as_dict()
        session.add(
            StoredMessage(
                conversation_id=conversation,
                sender=sender,
                author=author,
                text=reply.text,
                language=reply.language,
                dir=reply.dir,
                cards=list(shape["cards"]),
                choices=list(shape["choices"]),
                at=datetime.now(UTC),
            )
        )
    session.flush()


def unanswered(session: Session, conversation: str, *, limit: int) -> Sequence[StoredMessage]:
    """Return the oldest messages of a conversation that have no answer yet, at most ``limit``."""
    return session.scalars(
        select(StoredMessage)
        .where(StoredMessage.conversation_id == conversation, StoredMessage.answered.is_(False))
        .order_by(StoredMessage.id)
        .limit(limit)
    ).all()


def with_unanswered(session: Session) -> Sequence[str]:
    """Return the ids of conversations that wait for an answer: after a restart they are taken up again."""
    return session.scalars(
        select(StoredMessage.conversation_id).where(StoredMessage.answered.is_(False)).distinct()
    ).all()


def close_turn(
    session: Session, message: int, conversation: str, slots: dict[str, Any], *, for_person: bool = False
) -> None:
    """Mark a newcomer's message as answered, count the turn, and keep what the dialogue remembers.

    ``for_person``: somebody at the desk will read it.
    """
    this = StoredMessage.id == message
    attachment = session.scalar(
        update(StoredMessage).where(this).values(answered=True).returning(StoredMessage.attachment)
    )
    if attachment and not for_person:
        # Where somebody stands is nobody's business once the question is answered.
        session.execute(update(StoredMessage).where(this).values(attachment={"kind": attachment["kind"]}))
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation)
        .values(turns=Conversation.turns + 1, slots=slots, last_at=datetime.now(UTC))
    )


def messages(session: Session, conversation: str, *, after: int, limit: int) -> list[Message]:
    """Return messages with an id above ``after``, oldest first, at most ``limit``.

    With ``after`` 0 the newest ``limit`` are returned: the end of a long conversation is what a reload shows.
    """
    query = select(StoredMessage).where(StoredMessage.conversation_id == conversation, StoredMessage.id > after)
    order = StoredMessage.id if after else StoredMessage.id.desc()
    rows = session.scalars(query.order_by(order).limit(limit)).all()
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
