"""The methods that the fake knows, and their parameters, as the Bot API 10.0 documents them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.refusals import bad

_ROUTE = "business_connection_id:text chat_id:chat message_thread_id:int direct_messages_topic_id:int"
_FORMAT = "parse_mode:text entities:json link_preview_options:json"
_CAPTION = "caption:text parse_mode:text caption_entities:json"
_SEND = (
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:text"
    " suggested_post_parameters:json reply_parameters:json reply_markup:json"
)
_EDIT = "business_connection_id:text chat_id:chat message_id:int inline_message_id:text"
_POINT = "latitude:float longitude:float"
_LANGUAGE = "language_code:text"

METHODS: dict[str, str] = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:json",
    "setWebhook": (
        "url:text certificate:file ip_address:text max_connections:int allowed_updates:json"
        " drop_pending_updates:bool secret_token:text"
    ),
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "setMyCommands": f"commands:json scope:json {_LANGUAGE}",
    "getMyCommands": f"scope:json {_LANGUAGE}",
    "deleteMyCommands": f"scope:json {_LANGUAGE}",
    "setMyDescription": f"description:text {_LANGUAGE}",
    "getMyDescription": _LANGUAGE,
    "setMyShortDescription": f"short_description:text {_LANGUAGE}",
    "getMyShortDescription": _LANGUAGE,
    "sendMessage": f"{_ROUTE} text:text {_FORMAT} {_SEND}",
    "sendLocation": (
        f"{_ROUTE} {_POINT} horizontal_accuracy:float live_period:int heading:int proximity_alert_radius:int {_SEND}"
    ),
    "sendVenue": (
        f"{_ROUTE} {_POINT} title:text address:text foursquare_id:text foursquare_type:text google_place_id:text"
        f" google_place_type:text {_SEND}"
    ),
    "sendContact": f"{_ROUTE} phone_number:text first_name:text last_name:text vcard:text {_SEND}",
    "sendPhoto": f"{_ROUTE} photo:file {_CAPTION} show_caption_above_media:bool has_spoiler:bool {_SEND}",
    "sendDocument": f"{_ROUTE} document:file thumbnail:file {_CAPTION} disable_content_type_detection:bool {_SEND}",
    "sendVoice": f"{_ROUTE} voice:file {_CAPTION} duration:int {_SEND}",
    "editMessageText": f"{_EDIT} text:text {_FORMAT} reply_markup:json",
    "editMessageReplyMarkup": f"{_EDIT} reply_markup:json",
    "deleteMessage": "chat_id:chat message_id:int",
    "sendChatAction": "business_connection_id:text chat_id:chat message_thread_id:int action:text",
    "answerCallbackQuery": "callback_query_id:text text:text show_alert:bool url:text cache_time:int",
    "getFile": "file_id:text",
    "getChat": "chat_id:chat",
    "leaveChat": "chat_id:chat",
}
NAMES = {name.lower(): name for name in METHODS}
_KINDS = {name: dict(pair.split(":") for pair in known.split()) for name, known in METHODS.items()}
_TYPES = {"int": "Integer", "float": "Number", "bool": "Boolean"}

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A file inside a call."""

    name: str
    content: bytes
    media_type: str


def read(method: str, given: Parameters) -> tuple[Parameters, list[str]]:
    """Turn what was sent into values.

    Args:
        method: a name in ``METHODS``.
        given: strings (form), JSON values (JSON body) or uploaded files.

    Returns:
        the known parameters, typed; and the names that the method does not have.

    Raises:
        Refusal: a value cannot be read.
    """
    kinds = _KINDS[method]
    unknown = [name for name in given if name not in kinds and not _is_attachment(name, given)]
    values = {name: _value(name, kinds[name], value) for name, value in given.items() if name in kinds}
    for name, value in values.items():
        if kinds[name] == "file" and isinstance(value, str) and value.startswith("attach://"):
            values[name] = given.get(value.removeprefix("attach://"), value)
    return values, unknown


def _is_attachment(name: str, given: Parameters) -> bool:
    return any(value == f"attach://{name}" for value in given.values())


def _value(name: str, kind: str, value: Any) -> Any:
    if kind == "json":
        return _json(name, value)
    if kind in ("file", "chat"):
        return value
    if kind == "text":
        return value if isinstance(value, str) else json.dumps(value)
    try:
        if kind == "bool":
            return str(value).lower() in ("true", "1", "yes", "t")
        return int(value) if kind == "int" else float(value)
    except (TypeError, ValueError):
        raise bad(f'invalid {name} specified: "{value}" is no {_TYPES[kind]}') from None


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value == "":
        return None
    try:
        return json.loads(value)
    except ValueError:
        what = "reply keyboard markup" if name == "reply_markup" else name.replace("_", " ")
        raise bad(f"can't parse {what} JSON object") from None
