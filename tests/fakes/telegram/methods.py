"""What each method does: checks, changes the world, returns the result. All run under the world's lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram import account, rules, sending
from tests.fakes.telegram.objects import message_json
from tests.fakes.telegram.refusals import Refusal, bad
from tests.fakes.telegram.sending import chat_of, counted
from tests.fakes.telegram.state import Bot, Message, World

QUERY_SECONDS = 900
BIGGEST_DOWNLOAD = 20 * 1024 * 1024
DOING = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}

Parameters = dict[str, Any]
Method = Callable[[World, Bot, Parameters], Any]


def edit_text(world: World, bot: Bot, given: Parameters) -> Any:
    """editMessageText; without ``reply_markup`` the keyboard goes."""
    text, entities, doubts = rules.text(given)
    message = _editable(world, bot, given)
    if message.kind != "text":
        raise bad("there is no text in the message to edit")
    rows = _inline(given)
    counted(world, bot, message.chat)
    if (message.text, message.entities, message.keyboard) == (text, entities, rows):
        raise _unchanged()
    world.violations += [f"editMessageText: {doubt}" for doubt in doubts]
    message.text, message.entities, message.keyboard = text, entities, rows
    message.edit_date = int(time.time())
    return _changed(world, message)


def edit_keyboard(world: World, bot: Bot, given: Parameters) -> Any:
    """editMessageReplyMarkup; without ``reply_markup`` the keyboard goes."""
    message = _editable(world, bot, given)
    rows = _inline(given)
    counted(world, bot, message.chat)
    if message.keyboard == rows:
        raise _unchanged()
    message.keyboard = rows
    return _changed(world, message)


def delete(world: World, bot: Bot, given: Parameters) -> Any:
    """deleteMessage: the bot's own ones, and in private chats the person's too, for 48 hours."""
    chat = chat_of(world, bot, given)
    message = chat.messages.get(_number(given))
    if not message:
        raise bad("message to delete not found")
    if (chat.type != "private" and not message.from_bot) or time.time() - message.date > 48 * 3600:
        raise bad("message can't be deleted for everyone")
    del chat.messages[message.id]
    world.tell()
    return True


def chat_action(world: World, bot: Bot, given: Parameters) -> Any:
    """sendChatAction."""
    if given.get("action") not in DOING:
        raise bad("wrong parameter action in request")
    chat = chat_of(world, bot, given)
    chat.actions.append((time.monotonic(), given["action"]))
    return True


def answer_query(world: World, bot: Bot, given: Parameters) -> Any:
    """answerCallbackQuery: once, and in time."""
    key = given.get("callback_query_id", "")
    asked, _ = bot.queries.get(key, (0.0, True))
    if key not in bot.queries or time.monotonic() - asked > QUERY_SECONDS:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(given.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    bot.queries[key] = (asked, True)
    world.tell()
    return True


def get_file(world: World, bot: Bot, given: Parameters) -> Any:
    """getFile: the path under which a file can be fetched."""
    file = world.files.get(given.get("file_id", ""))
    if not file:
        raise bad("invalid file_id")
    if len(file.content) > BIGGEST_DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.id[4:],
        "file_size": len(file.content),
        "file_path": file.path,
    }


def get_chat(world: World, bot: Bot, given: Parameters) -> Any:
    """getChat."""
    return chat_of(world, bot, given, sending=False).as_json() | {"accent_color_id": 1, "max_reaction_count": 11}


def leave_chat(world: World, bot: Bot, given: Parameters) -> Any:
    """leaveChat: groups only."""
    chat = chat_of(world, bot, given)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    chat.member = False
    world.tell()
    return True


def _editable(world: World, bot: Bot, given: Parameters) -> Message:
    chat = chat_of(world, bot, given)
    message = chat.messages.get(_number(given))
    if not message:
        raise bad("message to edit not found")
    if not message.from_bot or message.reply_keyboard:
        raise bad("message can't be edited")
    return message


def _number(given: Parameters) -> int:
    number = given.get("message_id", 0)
    if not number:
        raise bad("message identifier is not specified")
    return int(number)


def _inline(given: Parameters) -> rules.Rows:
    rows, other = rules.keyboard(given.get("reply_markup"))
    if other:
        raise bad("inline keyboard expected")
    return rows


def _unchanged() -> Refusal:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same as a current"
        " content and reply markup of the message"
    )


def _changed(world: World, message: Message) -> dict[str, Any]:
    message.edits += 1
    world.tell()
    return message_json(message)


METHODS: dict[str, Method] = {
    **account.METHODS,
    **sending.METHODS,
    "editMessageText": edit_text,
    "editMessageReplyMarkup": edit_keyboard,
    "deleteMessage": delete,
    "sendChatAction": chat_action,
    "answerCallbackQuery": answer_query,
    "getFile": get_file,
    "getChat": get_chat,
    "leaveChat": leave_chat,
}
