"""Bot API objects of what the fake holds."""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram.state import Message


def message_json(message: Message) -> dict[str, Any]:
    """Return the ``Message`` object that bots get."""
    chat = message.chat
    said: dict[str, Any] = {
        "message_id": message.id,
        "from": message.sender.as_json() if message.sender else chat.bot.as_json(),
        "chat": chat.as_json(),
        "date": message.date,
    }
    if message.edit_date is not None:
        said["edit_date"] = message.edit_date
    said |= message.content
    if message.kind == "text":
        said |= {"text": message.text} | ({"entities": message.entities} if message.entities else {})
    elif message.text:
        said |= {"caption": message.text} | ({"caption_entities": message.entities} if message.entities else {})
    if message.keyboard:
        said["reply_markup"] = {"inline_keyboard": message.keyboard}
    replied = chat.messages.get(message.reply_to or 0)
    if replied:
        said["reply_to_message"] = message_json(replied)
    return said
