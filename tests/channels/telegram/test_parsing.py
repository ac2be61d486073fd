"""What each kind of update means."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.parsing import (
    Blocked,
    Commanded,
    Edited,
    File,
    InGroup,
    Pressed,
    Said,
    read,
)

PERSON = {"id": 5, "is_bot": False, "first_name": "Sam", "language_code": "ar"}
BOT = {"id": 9, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Sam"}
GROUP = {"id": -7, "type": "group", "title": "Neighbours"}
SENT = (1, 5, 3, "ar")
FILE = {"file_id": "F", "file_unique_id": "U"}


def message(**parts: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1_700_000_000, "chat": PRIVATE, "from": PERSON, **parts}


def member(chat: dict[str, Any], status: str) -> dict[str, Any]:
    more = {"until_date": 0} if status == "kicked" else {}
    return {
        "chat": chat,
        "from": PERSON,
        "date": 1_700_000_000,
        "old_chat_member": {"user": BOT, "status": "left"},
        "new_chat_member": {"user": BOT, "status": status, **more},
    }


def press(shown: dict[str, Any]) -> dict[str, Any]:
    return {"id": "77", "from": PERSON, "chat_instance": "1", "message": shown, "data": "topic:housing"}


PHOTO = [
    {"file_id": "S", "file_unique_id": "S", "width": 90, "height": 60, "file_size": 5},
    {"file_id": "L", "file_unique_id": "L", "width": 1280, "height": 853, "file_size": 50},
]
DOCUMENT = {**FILE, "file_name": "x" * 300, "mime_type": "application/pdf", "file_size": 9}


@pytest.mark.parametrize(
    ("what", "update", "expected"),
    [
        ("text", {"message": message(text="hello")}, Said(*SENT, "hello")),
        ("command", {"message": message(text="/Topics")}, Commanded(*SENT, "topics")),
        (
            "command for this bot",
            {"message": message(text="/start@a_bot turin-ar")},
            Commanded(*SENT, "start", "turin-ar"),
        ),
        ("a path is no command", {"message": message(text="/a/b")}, Said(*SENT, "/a/b")),
        ("only a slash", {"message": message(text="/")}, Said(*SENT, "/")),
        (
            "the largest photo, with its caption",
            {"message": message(photo=PHOTO, caption="my letter", media_group_id="g")},
            Said(*SENT, "my letter", "photo", File("L", 50, "image/jpeg"), album="g"),
        ),
        (
            "a place",
            {"message": message(location={"latitude": 45.07, "longitude": 7.68})},
            Said(*SENT, "", "location", place=(45.07, 7.68)),
        ),
        (
            "voice",
            {"message": message(voice={**FILE, "duration": 3, "mime_type": "audio/ogg", "file_size": 7})},
            Said(*SENT, "", "voice", File("F", 7, "audio/ogg")),
        ),
        (
            "audio",
            {"message": message(audio={**FILE, "duration": 3, "mime_type": "audio/mpeg"})},
            Said(*SENT, "", "audio", File("F", None, "audio/mpeg")),
        ),
        (
            "round video",
            {"message": message(video_note={**FILE, "length": 100, "duration": 2})},
            Said(*SENT, "", "video", File("F", None, "video/mp4")),
        ),
        (
            "moving picture counts as video",
            {
                "message": message(
                    animation={**FILE, "width": 1, "height": 1, "duration": 1, "mime_type": "video/mp4"},
                    document=DOCUMENT,
                )
            },
            Said(*SENT, "", "video", File("F", None, "video/mp4")),
        ),
        (
            "a document's name is cut",
            {"message": message(document=DOCUMENT)},
            Said(*SENT, "", "document", File("F", 9, "application/pdf", "x" * 120)),
        ),
        (
            "sticker",
            {
                "message": message(
                    sticker={
                        **FILE,
                        "type": "regular",
                        "width": 1,
                        "height": 1,
                        "is_animated": False,
                        "is_video": False,
                    }
                )
            },
            Said(*SENT, "", "sticker"),
        ),
        (
            "contact",
            {"message": message(contact={"phone_number": "+39", "first_name": "Ada"})},
            Said(*SENT, "", "contact"),
        ),
        ("dice", {"message": message(dice={"emoji": "🎲", "value": 3})}, Said(*SENT, "", "other")),
        ("a notice of Telegram's", {"message": message(pinned_message=message(text="old"))}, None),
        ("an edited text", {"edited_message": message(text="new", edit_date=1_700_000_001)}, Edited(*SENT)),
        (
            "a place that moves",
            {"edited_message": message(location={"latitude": 1.0, "longitude": 2.0}, edit_date=1_700_000_001)},
            Edited(*SENT, live=True),
        ),
        ("press", {"callback_query": press(message(text="menu"))}, Pressed(*SENT, "77", "topic:housing")),
        (
            "press on a message that is gone",
            {"callback_query": press({"chat": PRIVATE, "message_id": 3, "date": 0})},
            Pressed(*SENT, "77", "topic:housing"),
        ),
        ("press in a group", {"callback_query": press(message(chat=GROUP))}, None),
        ("group", {"message": message(chat=GROUP, text="hello all")}, InGroup(1, -7, "ar")),
        ("added to a group", {"my_chat_member": member(GROUP, "member")}, InGroup(1, -7, "ar")),
        ("sent out of a group", {"my_chat_member": member(GROUP, "left")}, None),
        ("blocked", {"my_chat_member": member(PRIVATE, "kicked")}, Blocked(1, 5, 0, "ar", blocked=True)),
        ("unblocked", {"my_chat_member": member(PRIVATE, "member")}, Blocked(1, 5, 0, "ar", blocked=False)),
        ("channel post", {"channel_post": message(chat={"id": -8, "type": "channel", "title": "News"})}, None),
        ("made admin of a channel", {"my_chat_member": member({"id": -8, "type": "channel"}, "member")}, None),
        ("another bot", {"message": message(text="hello", **{"from": BOT})}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_updates(what: str, update: dict[str, Any], expected: object) -> None:
    given = Update.de_json({"update_id": 1, **update}, None)
    assert given is not None
    assert read(given) == expected
