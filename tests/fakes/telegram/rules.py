"""What Telegram accepts: texts, keyboards, links, commands."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.telegram.links import wrong_with
from tests.fakes.telegram.markup import PLAIN_TAGS, Entity, read, units
from tests.fakes.telegram.refusals import bad
from tests.fakes.telegram.texts import LONGEST_CAPTION, LONGEST_TEXT, cleaned, is_blank

# Exactly one of these says what a button does.
ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
LOOKS = ("text", "style", "icon_custom_emoji_id")
EMPTY_ALLOWED = {"switch_inline_query", "switch_inline_query_current_chat", "callback_game"}
OTHER_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")
MOST_BUTTONS, WIDEST_ROW, LONGEST_DATA = 100, 8, 64
ENTITIES = {
    *PLAIN_TAGS.values(),
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "expandable_blockquote",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
}

Rows = list[list[dict[str, Any]]]


def text(parameters: dict[str, Any]) -> tuple[str, list[Entity], list[str]]:
    """Return the text of a message as shown, its entities, and doubts.

    Raises:
        Refusal: empty, too long, or wrong markup.
    """
    source = parameters.get("text", "")
    if not source:
        raise bad("message text is empty")
    shown, entities, doubts = _formatted(source, parameters, "entities")
    if is_blank(shown):
        raise bad("text must be non-empty")
    if units(shown) > LONGEST_TEXT:
        raise bad("message is too long")
    return shown, entities, doubts


def caption(parameters: dict[str, Any]) -> tuple[str, list[Entity], list[str]]:
    """Return the caption of a file as shown, its entities, and doubts; it may be empty.

    Raises:
        Refusal: too long, or wrong markup.
    """
    shown, entities, doubts = _formatted(parameters.get("caption", ""), parameters, "caption_entities")
    if units(shown) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return shown, entities, doubts


def _formatted(source: str, parameters: dict[str, Any], given: str) -> tuple[str, list[Entity], list[str]]:
    reading = read(source, parameters.get("parse_mode", ""))
    entities = reading.entities or list(parameters.get(given) or [])
    if not reading.entities:
        _check_entities(entities, units(reading.text))
    shown, moved = cleaned(reading.text, entities)
    return shown, moved, reading.doubts


def _check_entities(entities: list[Entity], length: int) -> None:
    for entity in entities:
        if entity.get("type") not in ENTITIES:
            raise bad("can't parse MessageEntity: Unsupported type specified")
        if entity["type"] == "text_link" and wrong_with(entity.get("url", "")):
            url = entity.get("url", "")
            raise bad(f"entity URL '{url}' is invalid: {wrong_with(url)}")
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if begin < 0:
            raise bad(f"receive an entity with incorrect offset {begin}")
        if begin > length:
            raise bad(f"entity begins after the end of the text at UTF-16 offset {begin}")
        if end > length:
            raise bad(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
            )


def keyboard(markup: Any) -> tuple[Rows, dict[str, Any] | None]:
    """Check a ``reply_markup``; return the inline keyboard's rows and any other kind of keyboard.

    Raises:
        Refusal: Telegram would not take it.
    """
    if not markup:
        return [], None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if not any(name in markup for name in OTHER_KEYBOARDS):
            raise bad("can't parse reply keyboard markup JSON object")
        return [], markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be of type Array')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MOST_BUTTONS or any(len(row) > WIDEST_ROW for row in checked):
        raise bad("reply markup is too long")
    return checked, None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    label = button.get("text")
    if label is None:
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not isinstance(label, str):
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if is_blank(label):
        raise bad("inline keyboard button text must be non-empty")
    strange = [name for name in button if name not in ACTIONS and name not in LOOKS]
    actions = [name for name in ACTIONS if button.get(name) not in (None, "") or name in EMPTY_ALLOWED & set(button)]
    if not actions or strange:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(f"can't parse inline keyboard button: exactly one action is allowed, found {', '.join(actions)}")
    if "callback_data" in button:
        _check_data(button["callback_data"])
    if "url" in button:
        _check_url(button["url"])
    return dict(button)


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or len(data.encode()) > LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    wrong = wrong_with(url)
    if wrong:
        raise bad(f"inline keyboard button URL '{url}' is invalid: {wrong}")


def commands(given: Any) -> list[dict[str, str]]:
    """Check a list of bot commands.

    Raises:
        Refusal: a name or a description that Telegram does not take, or more than 100.
    """
    if not isinstance(given, list):
        raise bad("expected an Array of BotCommand")
    if len(given) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in given:
        name = str(command.get("command", "")).lstrip("/")
        described = units(str(command.get("description", "")).strip())
        if not name:
            raise bad("command must be non-empty")
        if len(name) > 32:
            raise bad("command length must not exceed 32")
        if not described:
            raise bad("command description must be non-empty")
        if described > 256:
            raise bad("command description length must not exceed 256")
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise bad("BOT_COMMAND_INVALID")
    return [{"command": one["command"].lstrip("/"), "description": one["description"].strip()} for one in given]


def language(code: str) -> str:
    """Check the language of a command list or description: two letters of ISO 639-1, or "" for all.

    Raises:
        Refusal: anything else.
    """
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code
