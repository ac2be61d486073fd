"""Reads Telegram's updates into what they mean for a conversation. Pure; everything in them is untrusted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import Chat, ChatMember, ChatMemberUpdated, Message, PhotoSize, Update, User

from bot.conversation.messages import AttachmentKind

LONGEST_NAME = 120
_COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    """A file at Telegram's: ``size`` in bytes, None where Telegram does not say."""

    id: str
    size: int | None
    media_type: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What updates from a private chat share. ``language`` is the code that Telegram's app is set to: a hint only."""

    update: int
    chat: int
    message: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Said(Sent):
    """A message: text, or something else with or without text. ``album`` is the same for pictures sent together."""

    text: str = ""
    kind: AttachmentKind | None = None
    file: File | None = None
    place: tuple[float, float] | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Commanded(Sent):
    """A command without its slash, in lower case, and what stands behind it."""

    name: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Pressed(Sent):
    """A pressed button of message ``message``; ``query`` wants to be answered."""

    query: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Edited(Sent):
    """A changed message of the person's; ``live``: only a place that moves on by itself."""

    live: bool = False


@dataclass(frozen=True, slots=True)
class Blocked(Sent):
    """The person blocked the bot (``blocked``), or unblocked it. There is no message: its number is 0."""

    blocked: bool = True


@dataclass(frozen=True, slots=True)
class InGroup:
    """Something that reached the bot in a group."""

    update: int
    group: int
    language: str | None


Event = Said | Commanded | Pressed | Edited | Blocked | InGroup


def read(update: Update) -> Event | None:
    """Return what an update means, None when it means nothing here (channels, other bots, notices of Telegram's)."""
    number = update.update_id
    if update.my_chat_member:
        return _membership(number, update.my_chat_member)
    if update.callback_query:
        query = update.callback_query
        if query.message is None or query.message.chat.type != Chat.PRIVATE or query.data is None:
            return None
        shown = query.message
        return Pressed(number, shown.chat.id, shown.message_id, query.from_user.language_code, query.id, query.data)
    message = update.message or update.edited_message
    if message is None or (message.from_user and message.from_user.is_bot):
        return None
    if message.chat.type in (Chat.GROUP, Chat.SUPERGROUP):
        return InGroup(number, message.chat.id, _language(message.from_user))
    if message.chat.type != Chat.PRIVATE:
        return None
    sent = Sent(number, message.chat.id, message.message_id, _language(message.from_user))
    if update.edited_message:
        return Edited(*_of(sent), live=message.location is not None)
    return _command(sent, message) or _said(sent, message)


def _membership(number: int, change: ChatMemberUpdated) -> Event | None:
    status = change.new_chat_member.status
    language = change.from_user.language_code
    if change.chat.type == Chat.PRIVATE:
        return Blocked(number, change.chat.id, 0, language, blocked=status == ChatMember.BANNED)
    is_in = status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)
    if change.chat.type in (Chat.GROUP, Chat.SUPERGROUP) and is_in:
        return InGroup(number, change.chat.id, language)
    return None


def _command(sent: Sent, message: Message) -> Commanded | None:
    found = _COMMAND.fullmatch((message.text or "").strip())
    return Commanded(*_of(sent), found[1].lower(), (found[2] or "").strip()) if found else None


def _said(sent: Sent, message: Message) -> Said | None:
    text = message.text or message.caption or ""
    place = message.location
    if place:
        return Said(*_of(sent), text, "location", place=(place.latitude, place.longitude))
    kind, file = _attachment(message)
    if kind is None and not text:
        return None
    return Said(*_of(sent), text, kind, file, album=message.media_group_id)


def _of(sent: Sent) -> tuple[int, int, int, str | None]:
    return sent.update, sent.chat, sent.message, sent.language


def _attachment(message: Message) -> tuple[AttachmentKind | None, File | None]:
    if message.photo:
        return "photo", _photo(message.photo)
    if message.voice:
        return "voice", File(message.voice.file_id, message.voice.file_size, message.voice.mime_type or "audio/ogg")
    if message.audio:
        return "audio", File(message.audio.file_id, message.audio.file_size, message.audio.mime_type)
    if message.sticker:
        return "sticker", None
    if message.contact:
        return "contact", None
    for video in (message.video, message.animation):
        if video:
            return "video", File(video.file_id, video.file_size, video.mime_type or "video/mp4")
    if message.video_note:
        return "video", File(message.video_note.file_id, message.video_note.file_size, "video/mp4")
    if message.document:
        document = message.document
        name = (document.file_name or "")[:LONGEST_NAME] or None
        return "document", File(document.file_id, document.file_size, document.mime_type, name)
    return ("other", None) if message.effective_attachment else (None, None)


def _photo(sizes: tuple[PhotoSize, ...]) -> File:
    largest = max(sizes, key=lambda size: size.width * size.height)
    return File(largest.file_id, largest.file_size, "image/jpeg")


def _language(user: User | None) -> str | None:
    return user.language_code if user else None
