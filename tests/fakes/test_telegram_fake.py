"""The fake Telegram refuses what the real one refuses, in the same words, and goes wrong only when told to."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.fakes.telegram import (
    FakeTelegram,
    Limits,
    cut_after,
    cut_before,
    server_error,
    slow,
    too_many_requests,
)
from tests.fakes.telegram.client import PrivateChat
from tests.fakes.webhook_receiver import WebhookReceiver

PERSON = 1001


@pytest.fixture(autouse=True)
def durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let python-telegram-bot give durations as such; it warns otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def chat(fake: FakeTelegram) -> PrivateChat:
    fake.bot()
    chat = fake.chat(PERSON, "ar")
    chat.start()
    return chat


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    async with connect(fake) as made:
        yield made


def connect(fake: FakeTelegram, token: str = "") -> Bot:
    plain = {"verify": False}  # Loading certificates that nobody needs here takes longer than a test.
    request = HTTPXRequest(connection_pool_size=50, read_timeout=10, httpx_kwargs=plain)
    return Bot(
        token or fake.bot().token,
        base_url=fake.base_url,
        base_file_url=fake.base_file_url,
        request=request,
        get_updates_request=HTTPXRequest(connection_pool_size=4, read_timeout=10, httpx_kwargs=plain),
    )


def call(fake: FakeTelegram, method: str, **parameters: Any) -> dict[str, Any]:
    """Call a method with a JSON body, as nothing but ``httpx`` sends it."""
    return dict(httpx.post(f"{fake.url}/bot{fake.bot().token}/{method}", json=parameters, timeout=10).json())


def buttons(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def data_button(data: Any = "x", **more: Any) -> dict[str, Any]:
    return {"text": "Press", "callback_data": data} | more


def url_button(url: str) -> dict[str, Any]:
    return {"text": "Open", "url": url}


def html(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML"}


UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
LONG_DATA = "é" * 33
# (what is wrong, method, parameters besides chat_id, Telegram's words behind "Bad Request: ")
REFUSALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("no text", "sendMessage", {}, "message text is empty"),
    ("empty text", "sendMessage", {"text": ""}, "message text is empty"),
    ("blank text", "sendMessage", {"text": " \n "}, "text must be non-empty"),
    ("invisible text", "sendMessage", {"text": "\u200f\u2068\u2069"}, "text must be non-empty"),
    ("4097 letters", "sendMessage", {"text": "x" * 4097}, "message is too long"),
    ("2049 letters of two units", "sendMessage", {"text": "🏠" * 2049}, "message is too long"),
    ("no chat", "sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
    ("unknown chat", "sendMessage", {"text": "x", "chat_id": 77}, "chat not found"),
    ("chat that is no number", "sendMessage", {"text": "x", "chat_id": "@nobody"}, "chat not found"),
    ("unknown parse mode", "sendMessage", {"text": "x", "parse_mode": "XML"}, "unsupported parse_mode"),
    ("unknown tag", "sendMessage", html("é <p>x</p>"), 'can\'t parse entities: Unsupported start tag "p" at byte offset 3'),
    ("line break tag", "sendMessage", html("a<br>b"), 'can\'t parse entities: Unsupported start tag "br" at byte offset 1'),
    ("bare <", "sendMessage", html("1 < 2 <b>x</b>"), 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
    ("bare < at the end", "sendMessage", html("1 <2"), "can't parse entities: Unclosed start tag at byte offset 2"),
    ("unclosed tag", "sendMessage", html("<b>x"), "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ("tags crossed", "sendMessage", html("<b><i>x</b></i>"), 'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("end without start", "sendMessage", html("x</b>"), "can't parse entities: Unexpected end tag at byte offset 1"),
    ("end tag unclosed", "sendMessage", html("<b>x</b"), "can't parse entities: Unclosed end tag at byte offset 4"),
    ("attribute without =", "sendMessage", html('<a href "x">x</a>'), "can't parse entities: Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0"),
    ("span that is no spoiler", "sendMessage", html("<span>x</span>"), 'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("unescaped dot in MarkdownV2", "sendMessage", {"text": "a.", "parse_mode": "MarkdownV2"}, "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("entity beyond the text", "sendMessage", {"text": "hello", "entities": [{"type": "bold", "offset": 0, "length": 100}]}, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"),
    ("unknown entity", "sendMessage", {"text": "hello", "entities": [{"type": "huge", "offset": 0, "length": 1}]}, "can't parse MessageEntity: Unsupported type specified"),
    ("reply to nothing", "sendMessage", {"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ("reply to nobody knows what", "sendMessage", {"text": "x", "reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
    ("topic in a private chat", "sendMessage", {"text": "x", "message_thread_id": 5}, "message thread not found"),
    ("markup that is no JSON", "sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ("markup that is a list", "sendMessage", {"text": "x", "reply_markup": [1]}, "object expected as reply markup"),
    ("rows that are no rows", "sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": "x"}}, 'field "inline_keyboard" must be of type Array'),
    ("65 bytes of data", "sendMessage", {"text": "x", "reply_markup": buttons([data_button(LONG_DATA)])}, "BUTTON_DATA_INVALID"),
    ("empty data", "sendMessage", {"text": "x", "reply_markup": buttons([data_button("")])}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ("button that does nothing", "sendMessage", {"text": "x", "reply_markup": buttons([{"text": "Press"}])}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ("button that does two things", "sendMessage", {"text": "x", "reply_markup": buttons([data_button(url="https://a.example")])}, "can't parse inline keyboard button: exactly one action is allowed, found callback_data, url"),
    ("button without text", "sendMessage", {"text": "x", "reply_markup": buttons([{"callback_data": "x"}])}, "can't parse inline keyboard button: Can't find field \"text\""),
    ("button with blank text", "sendMessage", {"text": "x", "reply_markup": buttons([data_button() | {"text": " "}])}, "inline keyboard button text must be non-empty"),
    ("telephone button", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("tel:+390111234567")])}, "inline keyboard button URL 'tel:+390111234567' is invalid: Wrong port number specified in the URL"),
    ("e-mail button", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("mailto:a@b.example")])}, "inline keyboard button URL 'mailto:a@b.example' is invalid: Unsupported URL protocol"),
    ("map button", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("geo:45.07,7.68")])}, "inline keyboard button URL 'geo:45.07,7.68' is invalid: Wrong port number specified in the URL"),
    ("file transfer", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("ftp://a.example/x")])}, "inline keyboard button URL 'ftp://a.example/x' is invalid: Unsupported URL protocol"),
    ("link to this machine", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("http://localhost:8080/chat")])}, "inline keyboard button URL 'http://localhost:8080/chat' is invalid: Wrong HTTP URL"),
    ("link that is none", "sendMessage", {"text": "x", "reply_markup": buttons([url_button("not-a-url")])}, "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
    ("nine buttons in a row", "sendMessage", {"text": "x", "reply_markup": buttons([data_button()] * 9)}, "reply markup is too long"),
    ("101 buttons", "sendMessage", {"text": "x", "reply_markup": buttons(*[[data_button()]] * 101)}, "reply markup is too long"),
    ("edit of nothing", "editMessageText", {"message_id": 999, "text": "x"}, "message to edit not found"),
    ("edit without a number", "editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("edit of the person's message", "editMessageText", {"message_id": "said", "text": "x"}, "message can't be edited"),
    ("edit to nothing", "editMessageText", {"message_id": "sent", "text": ""}, "message text is empty"),
    ("edit to the same", "editMessageText", {"message_id": "sent", "text": "Hello", "reply_markup": buttons([data_button()])}, UNCHANGED),
    ("edit to the same keyboard", "editMessageReplyMarkup", {"message_id": "sent", "reply_markup": buttons([data_button()])}, UNCHANGED),
    ("edit to another kind of keyboard", "editMessageReplyMarkup", {"message_id": "sent", "reply_markup": {"keyboard": [[{"text": "x"}]]}}, "inline keyboard expected"),
    ("text edit of a place", "editMessageText", {"message_id": "place", "text": "x"}, "there is no text in the message to edit"),
    ("deleting nothing", "deleteMessage", {"message_id": 999}, "message to delete not found"),
    ("unknown action", "sendChatAction", {"action": "thinking"}, "wrong parameter action in request"),
    ("press that never was", "answerCallbackQuery", {"callback_query_id": "7"}, "query is too old and response timeout expired or query ID is invalid"),
    ("place off the earth", "sendLocation", {"latitude": 95, "longitude": 7}, "wrong latitude or longitude specified"),
    ("place without a name", "sendVenue", {"latitude": 45, "longitude": 7, "address": "x"}, "venue title must be non-empty"),
    ("contact without a number", "sendContact", {"first_name": "x"}, "contact phone number must be non-empty"),
    ("file that is none", "sendDocument", {"document": "nonsense"}, "wrong file identifier/HTTP URL specified"),
    ("1025 letters under a file", "sendDocument", {"document": "x", "caption": "x" * 1025}, "message caption is too long"),
    ("unknown file", "getFile", {"file_id": "nonsense"}, "invalid file_id"),
    ("leaving a private chat", "leaveChat", {}, "chat member status can't be changed in private chats"),
    ("command in capitals", "setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("command without description", "setMyCommands", {"commands": [{"command": "help", "description": ""}]}, "command description must be non-empty"),
    ("description of 257", "setMyCommands", {"commands": [{"command": "help", "description": "x" * 257}]}, "command description length must not exceed 256"),
    ("command of 33", "setMyCommands", {"commands": [{"command": "h" * 33, "description": "x"}]}, "command length must not exceed 32"),
    ("101 commands", "setMyCommands", {"commands": [{"command": "h", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ("language of three letters", "setMyCommands", {"commands": [], "language_code": "prs"}, "invalid language code specified"),
    ("unknown scope", "setMyCommands", {"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
    ("description of 513", "setMyDescription", {"description": "x" * 513}, "description is too long"),
    ("short description of 121", "setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
    ("webhook without TLS", "setWebhook", {"url": "http://a.example/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("webhook on a strange port", "setWebhook", {"url": "https://a.example:9000/hook"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    ("secret with a blank", "setWebhook", {"url": "https://a.example/hook", "secret_token": "a b"}, "secret token contains unallowed characters"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeTelegram]:
    """One server for the whole table; each row has a person of its own."""
    with FakeTelegram(limits=Limits(on=False)) as running:
        yield running


@pytest.mark.parametrize(("label", "method", "parameters", "words"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refuses_in_telegrams_words(
    shared: FakeTelegram, label: str, method: str, parameters: dict[str, Any], words: str
) -> None:
    row = [known for known, *_ in REFUSALS].index(label)
    chat = shared.chat(10_000 + row)
    chat.start()
    sent = call(shared, "sendMessage", chat_id=chat.id, text="Hello", reply_markup=buttons([data_button()]))
    place = call(shared, "sendLocation", chat_id=chat.id, latitude=45.07, longitude=7.68)
    numbers = {
        "said": chat.messages[0].id,
        "sent": sent["result"]["message_id"],
        "place": place["result"]["message_id"],
    }
    given = ({"chat_id": chat.id} if takes_chat(method) else {}) | parameters
    if given.get("message_id") in numbers:
        given["message_id"] = numbers[given["message_id"]]
    assert call(shared, method, **given) == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {words}",
    }
    assert [message.text for message in chat.answers] == ["Hello", ""]
    assert shared.violations == []


def takes_chat(method: str) -> bool:
    return not method.startswith("set") and method not in ("getFile", "answerCallbackQuery", "getUpdates")


# (label, HTML, what is shown, entities as (type, piece of text))
HTML_SHOWN: list[tuple[str, str, str, list[tuple[str, str]]]] = [
    ("bold and italic", "<b>Casa</b> <em>x</em>", "Casa x", [("bold", "Casa"), ("italic", "x")]),
    ("nested", "<b>a <i>b</i></b>", "a b", [("bold", "a b"), ("italic", "b")]),
    ("escaped", "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#x27;", "a <b> & \"c\" 'd'", []),
    ("capitals", "<B>x</B>", "x", [("bold", "x")]),
    ("short end tag", "<b>x</>", "x", [("bold", "x")]),
    ("link", '<a href="https://a.example/?b=1&amp;c=2">x</a>', "x", [("text_link", "x")]),
    ("spoiler", '<span class="tg-spoiler">x</span>', "x", [("spoiler", "x")]),
    ("folded quote", "<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", "x")]),
    ("behind astral letters", "🏠🏠 <b>Дім</b>", "🏠🏠 Дім", [("bold", "Дім")]),
    ("right to left with isolates", "<b>\u2068Via Roma 1\u2069</b> هنا", "\u2068Via Roma 1\u2069 هنا", [("bold", "\u2068Via Roma 1\u2069")]),
    ("blanks at the ends go", " \n<b> x </b>\n", "x", [("bold", "x")]),
    ("old direction marks go", "<b>\u202bx\u202c</b>", "x", [("bold", "x")]),
    ("nothing in a tag", "x<b></b>", "x", []),
]  # fmt: skip


@pytest.mark.parametrize(("label", "source", "shown", "entities"), HTML_SHOWN, ids=[row[0] for row in HTML_SHOWN])
async def test_html_is_shown_as_on_a_phone(
    bot: Bot, chat: PrivateChat, label: str, source: str, shown: str, entities: list[tuple[str, str]]
) -> None:
    sent = await bot.send_message(PERSON, source, parse_mode="HTML")
    assert sent.text == chat.last.text == shown
    assert [(entity.type, sent.parse_entity(entity)) for entity in sent.entities] == entities
    for kind, piece in entities:
        assert piece in chat.last.marked(kind)


# What Telegram lets pass without a word and a careful bot does not do.
VIOLATIONS: list[tuple[str, str, dict[str, Any], str]] = [
    ("bare &", "sendMessage", html("you & me"), "an & is not escaped at byte offset 4"),
    ("telephone link", "sendMessage", html('<a href="tel:+39011">x</a>'), "a link to 'tel:+39011' is dropped"),
    ("unknown parameter", "sendMessage", {"text": "x", "disable_web_page_preview": True}, "there is no parameter disable_web_page_preview"),
    ("unknown kind of update", "getUpdates", {"allowed_updates": ["messages"]}, "no kind of update is called messages"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "method", "parameters", "words"), VIOLATIONS, ids=[row[0] for row in VIOLATIONS])
def test_what_telegram_swallows_is_written_down(
    fake: FakeTelegram, chat: PrivateChat, label: str, method: str, parameters: dict[str, Any], words: str
) -> None:
    answer = call(fake, method, **({"chat_id": PERSON} if takes_chat(method) else {}) | parameters)
    assert answer["ok"]
    assert len(fake.violations) == 1
    assert words in fake.violations[0]


async def test_a_conversation_by_long_polling(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    assert bot.username == "ventanilla_bot"
    (started,) = await bot.get_updates(timeout=5)
    assert started.message and started.message.text == "/start"
    assert started.message.from_user and started.message.from_user.language_code == "ar"
    assert [entity.type for entity in started.message.entities] == ["bot_command"]
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")], []])
    sent = await bot.send_message(PERSON, "Sure?", reply_markup=keyboard, link_preview_options=LinkPreviewOptions(True))
    pressed = chat.press(chat.last, "Yes")
    (query,) = await bot.get_updates(offset=started.update_id + 1, timeout=5)
    assert query.callback_query and query.callback_query.data == "yes"
    assert not chat.was_answered(pressed)
    await query.callback_query.answer()
    await query.callback_query.edit_message_text("Done")
    assert chat.was_answered(pressed)
    assert [(message.id, message.text, message.labels, message.edited) for message in chat.answers] == [
        (sent.message_id, "Done", [], True)
    ]
    with pytest.raises(LookupError, match="has no button"):
        chat.press(sent.message_id, "Yes")
    assert fake.violations == []
    assert {call.method for call in fake.calls} == {
        "getMe", "getUpdates", "sendMessage", "answerCallbackQuery", "editMessageText",
    }  # fmt: skip


async def test_polling_waits_for_news_and_forgets_what_was_confirmed(
    fake: FakeTelegram, bot: Bot, chat: PrivateChat
) -> None:
    first = await bot.get_updates()
    assert await bot.get_updates() == first
    waiting = asyncio.create_task(bot.get_updates(offset=first[0].update_id + 1, timeout=8))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    began = time.monotonic()
    chat.say("a")
    (news,) = await waiting
    assert news.message and news.message.text == "a"
    assert time.monotonic() - began < 1
    for text in "bcd":
        chat.say(text)
    assert [update.message.text for update in await bot.get_updates(limit=2)] == ["a", "b"]  # type: ignore[union-attr]
    assert [update.message.text for update in await bot.get_updates(offset=-1)] == ["d"]  # type: ignore[union-attr]
    assert [update.message.text for update in await bot.get_updates()] == ["d"]  # type: ignore[union-attr]


async def test_polling_brings_asked_kinds_only(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    (start,) = await bot.get_updates(allowed_updates=[Update.CALLBACK_QUERY])
    chat.say("not asked for")
    assert await bot.get_updates(offset=start.update_id + 1) == ()


async def test_a_second_poller_throws_the_first_out(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    (start,) = await bot.get_updates()
    first = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=8))
    await asyncio.sleep(0.1)
    async with connect(fake) as other:
        second = asyncio.create_task(other.get_updates(offset=start.update_id + 1, timeout=8))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        chat.say("still there")
        assert len(await second) == 1


async def test_who_is_not_let_in(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    with pytest.raises(InvalidToken):
        await connect(fake, "7000001:anotherTokenThatNobodyKnows_xyz").initialize()
    with pytest.raises(InvalidToken):
        await bot._post("getMoon")
    assert fake.violations == ["getMoon: the fake knows no such method"]
    chat.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(PERSON, "x")
    with pytest.raises(LookupError):
        chat.say("x")
    chat.unblock()
    chat.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(PERSON, "x")
    statuses = [update.my_chat_member.new_chat_member.status for update in (await bot.get_updates())[1:]]  # type: ignore[union-attr]
    assert statuses == ["kicked", "member"]


async def test_nobody_is_written_to_first(bot: Bot, fake: FakeTelegram) -> None:
    silent = fake.chat(2002)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(2002, "x")
    silent.start()
    await bot.send_message(2002, "x")
    assert [message.text for message in silent.answers] == ["x"]


async def test_numbers_grow_over_all_private_chats(bot: Bot, fake: FakeTelegram, chat: PrivateChat) -> None:
    other = fake.chat(2002)
    numbers = [chat.say("a").id, other.say("b").id, (await bot.send_message(2002, "c")).message_id, chat.say("d").id]
    assert numbers == [2, 3, 4, 5]


async def test_files_both_ways(bot: Bot, chat: PrivateChat) -> None:
    chat.send_voice(b"voice of a person")
    chat.send_document(b"%PDF", name="brief.pdf", caption="my letter")
    _, voice, letter = [update.message for update in await bot.get_updates()]
    assert voice and voice.voice and letter and letter.document
    assert bytes(await (await voice.voice.get_file()).download_as_bytearray()) == b"voice of a person"
    assert (letter.document.file_name, letter.caption) == ("brief.pdf", "my letter")
    sent = await bot.send_document(PERSON, b"from the bot", filename="list.txt", caption="<b>x</b>", parse_mode="HTML")
    assert sent.document and sent.document.file_name == "list.txt"
    assert (chat.last.kind, chat.last.text) == ("document", "x")
    again = await bot.send_document(PERSON, sent.document.file_id)
    assert again.document and again.document.file_id == sent.document.file_id


async def test_things_that_people_send(bot: Bot, chat: PrivateChat) -> None:
    chat.send_location(45.07, 7.68)
    chat.send_contact("+390111234567", "Ana")
    chat.send_photo(caption="look")
    chat.send_sticker()
    chat.send_video()
    chat.send_audio()
    said = chat.say("helo")
    chat.edit(said.id, "hello")
    _, place, contact, photo, sticker, video, audio, text, edited = await bot.get_updates()
    assert place.message and place.message.location and place.message.location.latitude == 45.07
    assert contact.message and contact.message.contact and contact.message.contact.first_name == "Ana"
    assert photo.message and photo.message.photo[-1].width == 1280 and photo.message.caption == "look"
    assert sticker.message and sticker.message.sticker and video.message and video.message.video
    assert audio.message and audio.message.audio and text.message and text.message.text == "helo"
    assert edited.edited_message and edited.edited_message.text == "hello"
    assert edited.edited_message.message_id == said.id


async def test_things_that_bots_send(bot: Bot, chat: PrivateChat, fake: FakeTelegram) -> None:
    await bot.send_chat_action(PERSON, "typing")
    await bot.send_venue(PERSON, 45.07, 7.68, "Desk", "Via Roma 1")
    await bot.send_contact(PERSON, "+390111234567", "Desk")
    await bot.send_photo(PERSON, b"\xff\xd8 photo", caption="x")
    await bot.send_voice(PERSON, b"OggS")
    first = await bot.send_message(PERSON, "x", reply_parameters=ReplyParameters(1))
    assert first.reply_to_message and first.reply_to_message.message_id == 1
    assert [message.kind for message in chat.answers] == ["venue", "contact", "photo", "voice", "text"]
    assert len(chat.typing) == 1
    assert await bot.delete_message(PERSON, first.message_id)
    assert len(chat.answers) == 4
    assert (await bot.get_chat(PERSON)).first_name == "Sam"
    assert fake.violations == []


async def test_commands_and_descriptions_are_kept_by_language(bot: Bot) -> None:
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("help", "Hilfe")], scope=private, language_code="de")
    await bot.set_my_description("Auskunft", language_code="de")
    await bot.set_my_short_description("kurz", language_code="de")
    (known,) = await bot.get_my_commands(scope=private, language_code="de")
    assert (known.command, known.description) == ("help", "Hilfe")
    assert await bot.get_my_commands(language_code="de") == ()
    assert (await bot.get_my_description("de")).description == "Auskunft"
    await bot.delete_my_commands(scope=private, language_code="de")
    assert await bot.get_my_commands(scope=private, language_code="de") == ()


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(bot: Bot, fake: FakeTelegram) -> None:
    group = fake.group("Neighbours")
    ana = fake.person(5, first_name="Ana")
    group.say(ana, "between us")
    group.say(ana, "@ventanilla_bot where is the school?")
    joined, meant = await bot.get_updates()
    assert joined.my_chat_member and joined.my_chat_member.new_chat_member.status == "member"
    assert meant.message and meant.message.chat.type == "supergroup"
    sent = await bot.send_message(group.id, "In private only")
    group.say(ana, "why?", reply_to=sent.message_id)
    assert len(await bot.get_updates(offset=meant.update_id + 1)) == 1
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot was kicked"):
        await bot.send_message(group.id, "x")


async def test_a_press_of_a_button_that_is_gone_still_reaches_the_bot(bot: Bot, chat: PrivateChat) -> None:
    sent = await bot.send_message(PERSON, "x")
    chat.press_stale(sent.message_id, "old")
    chat.delete(sent.message_id)
    chat.press_stale(sent.message_id, "older")
    _, shown, gone = [update.callback_query for update in await bot.get_updates()]
    assert shown and shown.message and shown.message.is_accessible
    assert gone and gone.message and not gone.message.is_accessible


async def test_flood_limits_are_those_of_telegram(bot: Bot, chat: PrivateChat, fake: FakeTelegram) -> None:
    for number in range(20):
        await bot.send_message(PERSON, f"{number}")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(PERSON, "too much")
    assert refused.value.retry_after == timedelta(seconds=1)
    assert len(chat.answers) == 20
    await asyncio.sleep(1.05)
    await bot.send_message(PERSON, "later")
    assert chat.last.text == "later"
    assert fake.early == []


async def test_limit_over_all_chats(fake: FakeTelegram, bot: Bot) -> None:
    assert fake.limits.per_second == 30
    fake.limits.per_second = 5
    people = [fake.chat(number) for number in range(1, 31)]
    for person in people:
        person.start()
    results = await asyncio.gather(*[bot.send_message(person.id, "x") for person in people], return_exceptions=True)
    refused = sum(isinstance(result, RetryAfter) for result in results)
    assert refused >= 10
    assert sum(len(person.answers) for person in people) == 30 - refused >= 5
    fake.limits.on = False
    await asyncio.sleep(1.05)
    await asyncio.gather(*[bot.send_message(person.id, "y") for person in people])
    assert all(person.last.text == "y" for person in people)


async def test_a_bot_that_does_not_wait_is_found_out(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    fake.faults.next("sendMessage", too_many_requests(2))
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(PERSON, "x")
        await asyncio.sleep(0.4)
    assert chat.answers == []
    assert len(fake.early) == 1
    assert fake.early[0].startswith("sendMessage came 1.")


# (fault, what python-telegram-bot makes of it, how many messages stand there afterwards)
FAULTS = [
    (cut_before(), NetworkError, 0),
    (cut_after(), NetworkError, 1),
    (server_error(500), NetworkError, 0),
    (server_error(502, handled=True), NetworkError, 1),
    (too_many_requests(1), RetryAfter, 0),
]


@pytest.mark.parametrize(("fault", "error", "shown"), FAULTS, ids=[f"{row[0].kind} {row[2]}" for row in FAULTS])
async def test_faults_happen_once_and_leave_what_they_should(
    fake: FakeTelegram, bot: Bot, chat: PrivateChat, fault: Any, error: type[Exception], shown: int
) -> None:
    fake.faults.next("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(PERSON, "x")
    assert len(chat.answers) == shown
    await asyncio.sleep(1.05 if error is RetryAfter else 0)
    await bot.send_message(PERSON, "y")
    assert chat.last.text == "y"


async def test_slow_answers(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    fake.faults.next("*", slow(0.6))
    with pytest.raises(TimedOut):
        await bot.send_message(PERSON, "x", read_timeout=0.2)
    await chat.until(1)
    assert fake.calls_of("sendMessage")[0].outcome == "ok"


async def test_faults_by_chance_repeat_with_their_seed(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    def outcomes() -> list[str]:
        return [call.outcome for call in fake.calls_of("sendMessage")]

    fake.limits.on = False
    for _ in range(2):
        fake.faults.clear()
        fake.faults.sometimes(0.3, [cut_before(), cut_after()], ["sendMessage"], seed=5)
        for number in range(30):
            try:
                await bot.send_message(PERSON, f"{number}")
            except NetworkError:
                continue
    assert outcomes()[:30] == outcomes()[30:]
    assert len(set(outcomes())) == 3
    assert len(chat.answers) == sum(outcome.startswith("ok") for outcome in outcomes())


async def test_updates_come_again_and_out_of_order_when_told(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    for number in range(8):
        chat.say(f"{number}")
    confirmed = (await bot.get_updates(limit=3))[-1].update_id
    fake.faults.updates(repeated=1, reordered=1, seed=3)
    numbers = [update.update_id for update in await bot.get_updates(offset=confirmed + 1)]
    fake.faults.clear()
    right = [update.update_id for update in await bot.get_updates()]
    assert set(right) <= set(numbers)
    assert len(numbers) > len(right)
    assert numbers != sorted(numbers)


async def test_lost_polls_bring_the_same_updates_again(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    fake.faults.next("getUpdates", cut_after(), server_error(502))
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_the_bots_program_may_die_and_come_back(fake: FakeTelegram, chat: PrivateChat) -> None:
    async with connect(fake) as first:
        waiting = asyncio.create_task(first.get_updates(offset=10**12, timeout=30))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    chat.say("are you there?")
    async with connect(fake) as second:
        (update,) = await second.get_updates(timeout=1)
        assert update.message and update.message.text == "are you there?"
        await second.send_message(PERSON, "again")
    assert chat.last.text == "again"


def test_forms_and_queries_are_read_like_json(fake: FakeTelegram, chat: PrivateChat) -> None:
    address = f"{fake.url}/bot{fake.bot().token}/sendMessage"
    markup = json.dumps(buttons([data_button()]))
    given = {"chat_id": str(PERSON), "text": "x", "reply_markup": markup}
    for answer in (httpx.post(address, data=given), httpx.get(address, params=given), httpx.post(address, json=given)):
        assert answer.json()["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "x"
    assert len(chat.answers) == 3


def test_waiting_tells_what_is_there_instead(chat: PrivateChat, fake: FakeTelegram) -> None:
    call(fake, "sendMessage", chat_id=PERSON, text="this")
    assert chat.wait_for(lambda answers: answers[-1].text == "this")
    with pytest.raises(TimeoutError, match="this"):
        chat.wait_for(2, timeout=0.05)


async def test_webhook_posts_until_taken(fake: FakeTelegram, bot: Bot, chat: PrivateChat) -> None:
    with WebhookReceiver(refuse_first=2) as receiver:
        await bot.set_webhook(receiver.url, secret_token="s3cret")
        chat.say("one")
        chat.say("two")
        await receiver.until(3)
        assert [update["message"]["text"] for update in receiver.taken] == ["/start", "one", "two"]
        assert set(receiver.secrets) == {"s3cret"}
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.last_error_message) == (0, "Wrong response from the webhook: 503")
        await bot.delete_webhook()
        chat.say("three")
        (update,) = await bot.get_updates()
        assert update.message and update.message.text == "three"


async def test_holds_200_chats_and_2000_updates(fake: FakeTelegram, bot: Bot) -> None:
    fake.limits.on = False
    people = [fake.chat(number) for number in range(1, 201)]
    chance = random.Random(1)
    began = time.monotonic()
    said = [chance.choice(people).say(f"{number}").text for number in range(2000)]
    got: list[str] = []
    offset = 0
    while len(got) < 2000:
        updates = await bot.get_updates(offset=offset, timeout=2)
        offset = updates[-1].update_id + 1
        got += [update.message.text for update in updates if update.message and update.message.text]
    assert got == said
    assert time.monotonic() - began < 8
