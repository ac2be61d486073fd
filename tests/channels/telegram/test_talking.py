"""Telegram as people know it: links, commands, buttons, pictures, places; whatever they send gets an answer once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.conversation.exchange import Exchange
from bot.conversation.messages import Choice, Reply
from bot.records.telegram import TelegramBot
from tests.channels.telegram.conftest import Running, reply_with, until
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.client import PrivateChat
from tests.fakes.telegram.fake import TOKEN


async def test_a_link_on_a_poster_sets_city_counter_and_language(running: Running) -> None:
    person = running.fake.chat(5, language_code="fr")
    person.start("turin-desk2-ar")
    await person.until(1)
    (conversation,) = running.stored()
    assert (conversation.territory_id, conversation.desk, conversation.language) == ("turin", "desk2", "ar")
    assert conversation.language_chosen and "تورينو" in person.last.text


async def test_without_a_city_it_is_asked_for_in_the_language_of_the_phone(running: Running) -> None:
    person = running.fake.chat(5, language_code="uk")
    person.start()
    await person.until(1)
    assert person.last.labels == ["Мадрид", "Софія", "Турин"]
    assert not running.stored()[0].language_chosen


async def test_a_link_pressed_later_changes_city_and_language_of_the_same_conversation(
    running: Running, chat: PrivateChat
) -> None:
    chat.start("sofia-uk")
    await chat.until(lambda answers: len(running.said) == 1 and len(answers) == 2)
    (conversation,) = running.stored()
    assert (conversation.territory_id, conversation.language) == ("sofia", "uk")


async def test_a_first_message_without_start_is_answered(running: Running) -> None:
    person = running.fake.chat(5, language_code="de")
    person.say("Ich brauche einen Arzt")
    await person.until(lambda answers: answers and answers[-1].text == "echo Ich brauche einen Arzt")
    assert len(person.answers) == 2 and running.talks.accepted[0].hint == "de"


async def test_a_bot_of_one_city_asks_for_none_and_stays_there(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    async with begin(token=f"sofia={TOKEN}") as running:
        person = fake.chat(5)
        person.start("turin-desk2-uk")
        await person.until(1)
        (conversation,) = running.stored()
        assert (conversation.territory_id, conversation.desk, conversation.language) == ("sofia", None, "uk")
        assert "city" not in [one["command"] for one in _commands(fake, "")]


@pytest.mark.parametrize(
    ("command", "choice"),
    [
        ("/language", "language"),
        ("/city", "territory"),
        ("/topics", "menu:all"),
        ("/person", "person"),
        ("/privacy", "privacy"),
        ("/forget", "forget"),
        ("/help", "start"),
        ("/start", "start"),
        ("/START", "start"),
        ("/topics@ventanilla_bot", "menu:all"),
        ("/whatever 7", "start"),
    ],
)
async def test_commands_are_choices(running: Running, chat: PrivateChat, command: str, choice: str) -> None:
    chat.say(command)
    await until(lambda: running.talks.accepted)
    assert [incoming.choice for incoming in running.talks.accepted] == [choice]


async def test_help_as_the_first_message_welcomes_once(running: Running) -> None:
    person = running.fake.chat(5)
    person.say("/help")
    await person.until(1)
    await asyncio.sleep(0.3)
    assert len(person.answers) == 1 and running.talks.accepted == []


async def test_commands_are_published_in_every_language_and_only_when_they_change(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with begin() as running:
        await until(lambda: any(bot.commands for bot in running.stored(TelegramBot)))
    assert len(fake.calls_of("setMyCommands")) == len(fake.calls_of("setMyDescription")) == 7
    assert _commands(fake, "de")[0]["description"] == "Sprache ändern"
    assert _commands(fake, "")[0] == {"command": "language", "description": "Change the language"}
    async with begin() as running:
        person = running.fake.chat(5)
        person.start("turin")
        await person.until(1)
        await asyncio.sleep(0.3)
        assert len(fake.calls_of("setMyCommands")) == 7


def _commands(fake: FakeTelegram, language: str) -> list[dict[str, str]]:
    bot = next(iter(fake.world.bots.values()))
    return bot.commands['{"type": "all_private_chats"}', language]


def menu(exchange: Exchange) -> list[Reply]:
    """Answer buttons with menus and text with a service."""
    from tests.channels.telegram.test_rendering import CLINIC

    if exchange.choice:
        return [
            Reply(
                f"menu {exchange.choice}",
                "en",
                "ltr",
                choices=(Choice("Housing", "topic:housing"), Choice("All", "menu:all")),
            )
        ]
    return [Reply("services", "en", "ltr", cards=(CLINIC,), choices=(Choice("All", "menu:all"),))]


async def test_menus_are_replaced_in_place(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    async with begin(answer=menu):
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        query = person.press(person.last, "menu:all")
        await person.until(lambda answers: answers[-1].text == "menu menu:all")
        person.press(person.last, "Housing")
        await person.until(lambda answers: answers[-1].text == "menu topic:housing")
        assert len(person.answers) == 1 and len(person.keyboards) == 1
        assert person.was_answered(query)


async def test_services_are_never_written_over_and_one_keyboard_is_alive(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with begin(answer=menu):
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        person.say("a doctor")
        await person.until(lambda answers: len(answers) == 2 and len(person.keyboards) == 1)
        person.press(person.last, "All")
        await person.until(lambda answers: len(answers) == 3 and len(person.keyboards) == 1)
        assert [message.text.partition("\n")[0] for message in person.answers][1:] == ["services", "menu menu:all"]
        assert person.keyboards == [person.last]


async def test_an_answer_that_was_under_way_does_not_take_a_menus_place(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    def answer(exchange: Exchange) -> list[Reply]:
        return [Reply(f"to {exchange.choice or exchange.text}", "en", "ltr")]

    async with begin(answer=answer) as running:
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        welcome = person.last.text
        running.answering.seconds = 0.3
        person.say("first")
        await until(lambda: len(running.talks.accepted) == 1)
        person.press(person.answers[0], "menu:all")
        await person.until(3)
        assert [message.text for message in person.answers] == [welcome, "to first", "to menu:all"]


async def test_a_double_press_is_one(running: Running, chat: PrivateChat) -> None:
    running.answering.seconds = 0.2
    queries = [chat.press(chat.last, "menu:all") for _ in range(3)]
    await until(lambda: all(chat.was_answered(query) for query in queries))
    await until(lambda: running.talks.accepted)
    await asyncio.sleep(0.3)
    assert len(running.talks.accepted) == 1


async def test_presses_are_answered_at_once_also_old_ones(running: Running, chat: PrivateChat) -> None:
    running.answering.seconds = 2
    chat.say("slow")
    await until(lambda: running.talks.accepted)
    query = chat.press_stale(chat.last, "topic:housing")
    await until(lambda: chat.was_answered(query), 1)
    running.answering.seconds = 0
    old = chat.press_stale(999, "no such thing")
    await until(lambda: chat.was_answered(old), 1)
    await chat.until(lambda answers: any("too old" in message.text for message in answers))


async def test_a_changed_message_is_not_a_new_one_and_that_is_said_once(running: Running, chat: PrivateChat) -> None:
    said = chat.say("a docter")
    await chat.until(2)
    chat.edit(said.id, "a doctor")
    await chat.until(lambda answers: any("changes" in message.text for message in answers))
    chat.edit(said.id, "a dentist")
    chat.say("ready")
    await chat.until(lambda answers: answers[-1].text == "echo ready")
    assert running.said == ["a docter", "ready"]
    assert sum("changes" in message.text for message in chat.answers) == 1


@pytest.mark.parametrize(
    ("send", "kind"),
    [
        (lambda chat: chat.send_photo(), "photo"),
        (lambda chat: chat.send_voice(), "voice"),
        (lambda chat: chat.send_audio(), "audio"),
        (lambda chat: chat.send_video(), "video"),
        (lambda chat: chat.send_document(), "document"),
        (lambda chat: chat.send_sticker(), "sticker"),
        (lambda chat: chat.send_contact("+39", "Ada"), "contact"),
    ],
)
async def test_what_is_not_text_reaches_the_conversation_without_its_content(
    running: Running, chat: PrivateChat, send: Callable[[PrivateChat], Any], kind: str
) -> None:
    send(chat)
    await chat.until(2)
    (incoming,) = running.talks.accepted
    assert incoming.attachment is not None
    assert (incoming.attachment.kind, incoming.attachment.content) == (kind, None)
    assert running.fake.calls_of("getFile") == [], "nobody would read it"


async def test_files_are_fetched_while_a_person_has_the_conversation(running: Running, chat: PrivateChat) -> None:
    running.talks.staffed = True
    chat.send_document(b"%PDF-1.7 the letter", caption="what is this?")
    await chat.until(2)
    chat.send_photo(b"x" * (10 * 1024 * 1024 + 1))
    await until(lambda: len(running.talks.accepted) == 2)
    await chat.until(lambda answers: any("at most 10 MB" in message.text for message in answers))
    letter, photo = running.talks.accepted
    assert letter.attachment is not None and photo.attachment is not None
    assert (letter.text, letter.attachment.content) == ("what is this?", b"%PDF-1.7 the letter")
    assert (letter.attachment.name, letter.attachment.media_type) == ("letter.pdf", "application/pdf")
    assert photo.attachment.content is None, "over 10 MB"


async def test_a_file_that_nobody_opens_is_declined_and_the_words_with_it_are_kept(
    running: Running, chat: PrivateChat
) -> None:
    running.talks.staffed = True
    chat.send_document(b"MZ program", name="letter.exe", caption="please read")
    await chat.until(lambda answers: any("picture or a PDF" in message.text for message in answers))
    await until(lambda: running.said == ["please read"])


async def test_a_place_reaches_the_conversation(running: Running, chat: PrivateChat) -> None:
    chat.send_location(45.07, 7.68)
    await chat.until(2)
    (incoming,) = running.talks.accepted
    assert incoming.attachment is not None
    assert (incoming.attachment.latitude, incoming.attachment.longitude) == (45.07, 7.68)


async def test_too_long_and_too_many_are_told_once(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    async with begin(per_minute=3) as running:
        person = fake.chat(5)
        person.start("turin")
        for text in ("x" * 2001, "y" * 2001, *"abcdef"):
            person.say(text)
        await person.until(lambda answers: any("a lot at once" in message.text for message in answers))
        await asyncio.sleep(0.3)
        texts = [message.text for message in person.answers]
        assert sum("2000 characters" in text for text in texts) == 1
        assert sum("a lot at once" in text for text in texts) == 1
        assert running.said == ["a", "b", "c"]


async def test_in_a_group_it_says_where_to_talk_and_leaves_and_stores_nothing(running: Running) -> None:
    group = running.fake.group(by=running.fake.person(77, language_code="de"))
    await until(lambda: running.fake.calls_of("leaveChat"))
    (said,) = group.answers
    assert (
        said.text == "Ich spreche immer nur mit einer Person. Bitte schreiben Sie mir hier: https://t.me/ventanilla_bot"
    )
    assert running.stored() == [] and running.chats == []


async def test_a_contact_card_can_be_saved(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    from tests.channels.telegram.test_rendering import CLINIC, changed

    full = changed(CLINIC, choices=())
    async with begin(answer=reply_with(Reply("All:", "en", "ltr", cards=(full,)))):
        person = fake.chat(5)
        person.start("turin")
        person.say("details")
        await person.until(2)
        person.press(person.last, "Save the phone number")
        person.press(person.last, "Save the phone number")
        await person.until(3)
        await asyncio.sleep(0.3)
        (card,) = [message.content["contact"] for message in person.answers if message.kind == "contact"]
        assert (card["phone_number"], card["first_name"]) == ("+39 011 709 5111", "Ambulatorio ISI")


async def test_typing_is_shown_only_when_it_takes_long(running: Running, chat: PrivateChat) -> None:
    chat.say("quick")
    await chat.until(2)
    await asyncio.sleep(0.5)
    assert chat.typing == []
    running.answering.seconds = 0.8
    chat.say("slow")
    await chat.until(3)
    assert len(chat.typing) == 1


async def test_last_words_arrive_then_everything_is_erased_and_the_next_message_begins_anew(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    def answer(exchange: Exchange) -> list[Reply]:
        if exchange.text == "forget":
            exchange.effects["erase"] = True
        return [Reply(f"echo {exchange.text}", "en", "ltr")]

    async with begin(answer=answer) as running:
        person = fake.chat(5)
        person.start("turin")
        person.say("secret")
        await person.until(2)
        person.say("forget")
        person.say("again")
        await person.until(lambda answers: answers[-1].text == "echo again")
        assert [message.text for message in person.answers if message.text.startswith("echo")] == [
            "echo secret",
            "echo forget",
            "echo again",
        ]
        assert len(running.stored()) == 1 and running.said == ["again"]


async def test_a_button_of_a_forgotten_conversation_begins_anew_and_its_keyboard_goes(running: Running) -> None:
    person = running.fake.chat(5)
    person.start("turin")
    await person.until(1)
    old = person.last
    await running.talks.erase([running.stored()[0].id])
    await asyncio.sleep(0.1)
    person.press(old, "topic:housing")
    await person.until(lambda answers: answers[-1].text == "echo Housing")
    await person.until(lambda answers: person.keyboards == [answers[1]])
    assert len(running.stored()) == 1


async def test_pictures_sent_together_get_one_answer(running: Running, chat: PrivateChat) -> None:
    person = {"id": chat.id, "is_bot": False, "first_name": "Sam"}
    photo = [{"file_id": "F", "file_unique_id": "F", "width": 9, "height": 9}]
    for number in (501, 502, 503):
        body = {"message_id": number, "date": 1, "chat": {"id": chat.id, "type": "private"}, "from": person}
        running.fake.raw_update("message", {**body, "photo": photo, "media_group_id": "album"})
    await chat.until(2)
    await asyncio.sleep(0.3)
    assert len(running.talks.accepted) == 1
