"""The methods that put a new message into a chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.telegram import rules
from tests.fakes.telegram.objects import message_json
from tests.fakes.telegram.parameters import Upload
from tests.fakes.telegram.refusals import bad, forbidden
from tests.fakes.telegram.state import Bot, Chat, World

Parameters = dict[str, Any]


def chat_of(world: World, bot: Bot, given: Parameters, *, sending: bool = True) -> Chat:
    """Return the chat that a call is about.

    Raises:
        Refusal: no such chat for this bot, or (``sending``) nobody there who may be written to.
    """
    name = given.get("chat_id")
    if name in (None, ""):
        raise bad("chat_id is empty")
    try:
        chat = bot.chats.get(int(name))
    except (TypeError, ValueError):
        chat = None
    if not chat or not chat.open:
        raise bad("chat not found")
    if sending:
        _check_reachable(chat)
    return chat


def _check_reachable(chat: Chat) -> None:
    if chat.person and chat.person.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.member:
        raise forbidden(f"bot was kicked from the {chat.type} chat")


def counted(world: World, bot: Bot, chat: Chat) -> None:
    """Count a message against the flood limits.

    Raises:
        Refusal: 429.
    """
    world.limits.spend(bot.id, chat.id)


def message(world: World, bot: Bot, given: Parameters) -> Any:
    """sendMessage."""
    text, entities, doubts = rules.text(given)
    world.violations += [f"sendMessage: {doubt}" for doubt in doubts]
    return _put(world, bot, given, "text", text=text, entities=entities, link_preview=given.get("link_preview_options"))


def location(world: World, bot: Bot, given: Parameters) -> Any:
    """sendLocation."""
    return _put(world, bot, given, "location", content={"location": _point(given)})


def venue(world: World, bot: Bot, given: Parameters) -> Any:
    """sendVenue: needs a title and an address."""
    point = _point(given)
    for name in ("title", "address"):
        if not given.get(name):
            raise bad(f"venue {name} must be non-empty")
    shown = {"location": point, "title": given["title"], "address": given["address"]}
    return _put(world, bot, given, "venue", content={"venue": shown, "location": point})


def contact(world: World, bot: Bot, given: Parameters) -> Any:
    """sendContact: needs a number and a first name."""
    for name, called in (("phone_number", "phone number"), ("first_name", "first name")):
        if not given.get(name):
            raise bad(f"contact {called} must be non-empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    shown = {name: given[name] for name in names if given.get(name)}
    return _put(world, bot, given, "contact", content={"contact": shown})


def _file_sender(kind: str, ending: str) -> Callable[[World, Bot, Parameters], Any]:
    def send(world: World, bot: Bot, given: Parameters) -> Any:
        text, entities, doubts = rules.caption(given)
        world.violations += [f"send{kind.title()}: {doubt}" for doubt in doubts]
        shown = _file(world, given, kind, ending)
        content = {kind: [shown | {"width": 90, "height": 90}] if kind == "photo" else shown}
        return _put(world, bot, given, kind, text=text, entities=entities, content=content)

    return send


def _file(world: World, given: Parameters, kind: str, ending: str) -> dict[str, Any]:
    file = given.get(kind)
    if isinstance(file, Upload):
        if not file.content:
            raise bad("file must be non-empty")
        kept = world.keep_file(file.content, file.media_type, f"{kind}s", ending)
        named = {"file_name": file.name} if kind == "document" else {}
    elif not file:
        raise bad(f"there is no {kind} in the request")
    elif file in world.files:
        kept, named = world.files[file], {}
    else:
        raise bad("wrong file identifier/HTTP URL specified")
    extra = {"duration": int(given.get("duration", 0))} if kind == "voice" else {}
    shown = {"file_id": kept.id, "file_unique_id": kept.id[4:], "file_size": len(kept.content)}
    return shown | named | extra


def _point(given: Parameters) -> dict[str, float]:
    latitude, longitude = given.get("latitude"), given.get("longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("wrong latitude or longitude specified")
    return {"latitude": latitude, "longitude": longitude}


def _put(world: World, bot: Bot, given: Parameters, kind: str, **parts: Any) -> Any:
    chat = chat_of(world, bot, given)
    rows, other = rules.keyboard(given.get("reply_markup"))
    if given.get("message_thread_id"):
        raise bad("message thread not found")
    if given.get("allow_paid_broadcast"):
        raise bad("FLOODSKIP_NOT_ALLOWED")
    reply_to = _reply_to(chat, given)
    counted(world, bot, chat)
    sent = world.add(chat, None, kind=kind, keyboard=rows, reply_keyboard=other, reply_to=reply_to, **parts)
    return message_json(sent)


def _reply_to(chat: Chat, given: Parameters) -> int | None:
    wanted = given.get("reply_parameters")
    if not wanted:
        return None
    if "message_id" not in wanted:
        raise bad('can\'t find field "message_id"')
    if wanted["message_id"] in chat.messages:
        return int(wanted["message_id"])
    if wanted.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


METHODS: dict[str, Callable[[World, Bot, Parameters], Any]] = {
    "sendMessage": message,
    "sendLocation": location,
    "sendVenue": venue,
    "sendContact": contact,
    "sendPhoto": _file_sender("photo", "jpg"),
    "sendDocument": _file_sender("document", "bin"),
    "sendVoice": _file_sender("voice", "oga"),
}
