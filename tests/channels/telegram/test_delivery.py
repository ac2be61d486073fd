"""Every answer stands in the chat once, whatever breaks: connections, Telegram, limits, this program."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from benchmarks import echo
from bot.channels.telegram import delivery, rendering
from bot.channels.telegram.rendering import Part
from bot.conversation.exchange import Exchange
from bot.conversation.messages import Choice, Reply
from bot.records import conversations, files
from bot.records import telegram as records
from bot.records.model import StoredMessage
from tests.channels.telegram.conftest import Running, reply_with, until
from tests.channels.telegram.test_rendering import CLINIC, changed
from tests.fakes.telegram import (
    FakeTelegram,
    Fault,
    Limits,
    cut_after,
    cut_before,
    server_error,
    slow,
    too_many_requests,
)
from tests.fakes.telegram.client import PrivateChat

AFTER_SECONDS = 0.3


def texts(chat: PrivateChat) -> list[str]:
    return [message.text for message in chat.answers][1:]


@pytest.mark.parametrize(
    "faults",
    [
        [cut_before()],
        [cut_after()],
        [cut_after(), cut_before(), cut_after()],
        [server_error(502)],
        [server_error(500, handled=True)],
        [too_many_requests(1)],
        [slow(0.6)],
        [too_many_requests(1), cut_after(), server_error(503)],
    ],
    ids=lambda faults: "+".join(f"{fault.kind}{'-handled' if fault.handled else ''}" for fault in faults),
)
async def test_an_answer_arrives_once_and_in_order(running: Running, chat: PrivateChat, faults: list[Fault]) -> None:
    running.fake.faults.next("sendMessage", *faults)
    chat.say("one")
    chat.say("two")
    await chat.until(3, 20)
    await asyncio.sleep(AFTER_SECONDS)
    assert texts(chat) == ["echo one", "echo two"]
    await until(lambda: running.chats[0].in_flight is None)


async def test_an_answer_that_arrives_after_we_stopped_waiting_is_not_sent_again(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with begin(request_seconds=1.0) as running:
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        fake.faults.next("sendMessage", slow(1.5))
        person.say("one")
        await until(lambda: len(running.fake.calls_of("sendMessage")) == 2 and running.chats[0].in_flight is None, 20)
        person.say("two")
        await person.until(3)
        assert texts(person) == ["echo one", "echo two"]


async def test_the_look_for_a_lost_answer_survives_faults_of_its_own(running: Running, chat: PrivateChat) -> None:
    running.fake.faults.next("sendMessage", cut_after())
    running.fake.faults.next(
        "editMessageText",
        cut_before(),
        server_error(500),
        too_many_requests(1),
        cut_after(),
        server_error(502, handled=True),
    )
    chat.say("one")
    await until(lambda: running.chats[0].in_flight is None and len(chat.answers) == 2, 20)
    chat.say("two")
    await chat.until(3)
    assert texts(chat) == ["echo one", "echo two"]


async def test_the_look_for_a_lost_answer_leaves_other_messages_alone(running: Running) -> None:
    first, second = running.fake.chat(1), running.fake.chat(2)
    for person in (first, second):
        person.start("turin")
        await person.until(1)
    running.fake.faults.next("sendMessage", cut_after(), cut_after())
    for person in (first, second):
        for text in ("a", "b", "c"):
            person.say(text)
    for person in (first, second):
        await person.until(4, 20)
    await asyncio.sleep(AFTER_SECONDS)
    for person in (first, second):
        assert texts(person) == ["echo a", "echo b", "echo c"]
        assert all(message.edits == 0 for message in person.answers)


async def test_a_replaced_menu_is_replaced_once(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    def answer(exchange: Exchange) -> list[Reply]:
        return [Reply(f"menu {exchange.choice}", "en", "ltr", choices=(Choice("Again", "topic:housing"),))]

    async with begin(answer=answer):
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        fake.faults.next("editMessageText", cut_after(), too_many_requests(1), cut_before())
        person.press(person.last, "menu:all")
        await person.until(lambda answers: answers[-1].text == "menu menu:all")
        await asyncio.sleep(2)
        assert len(person.answers) == 1


async def test_a_menu_that_the_person_deleted_is_answered_in_a_new_message(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with begin(answer=reply_with(Reply("menu", "en", "ltr"))) as running:
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        running.answering.seconds = 0.2
        person.press(person.last, "menu:all")
        await until(lambda: running.talks.accepted)
        person.delete(person.last)
        await person.until(lambda answers: [message.text for message in answers] == ["menu"])


@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "lost"])
async def test_a_restart_in_the_middle_of_sending(begin: Callable[..., Any], fake: FakeTelegram, arrived: bool) -> None:
    """The program ends after the answer was sent (or just before), and before it could write that down."""
    async with begin() as running:
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        fake.faults.next("sendMessage", cut_after() if arrived else cut_before())
        person.say("one")
        await until(lambda: (mark := running.chats[0].in_flight) and mark["after"] > 1)
        await running.telegram._deliveries.stop()
        for _ in range(3):
            running.fake.chat(6).say("others write meanwhile")
    async with begin() as running:
        await person.until(2)
        await until(lambda: running.chats and all(chat.in_flight is None for chat in running.chats))
        person.say("two")
        await person.until(3)
        assert texts(person) == ["echo one", "echo two"]


async def test_a_restart_after_many_others_wrote_in_between(
    begin: Callable[..., Any], fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer got its number long after the mark was made; whose the numbers between are must survive the restart."""

    def answer(exchange: Exchange) -> list[Reply]:
        return [] if exchange.text == "nothing" else echo.echo(exchange)

    fake.limits.on = False
    async with begin(answer=answer) as running:
        person, others = fake.chat(5), [fake.chat(number) for number in range(100, 125)]
        for one in (person, *others):
            one.start("turin")
        for one in (person, *others):
            await one.until(1, 30)
        await until(lambda: all(row.in_flight is None for row in running.chats))
        monkeypatch.setattr(delivery, "STOP_SECONDS", 0.2)
        fake.faults.next("sendMessage", slow(4))
        person.say("one")
        await until(lambda: any(row.in_flight for row in running.chats))
        for one in (*others, *others, *others):
            one.say("nothing")
        await until(lambda: running.said.count("nothing") == 75)
    assert len(person.answers) == 1, "not there before the end"
    await person.until(2)
    async with begin(answer=answer) as running:
        await until(lambda: all(row.in_flight is None for row in running.chats))
        person.say("two")
        await person.until(3)
        assert texts(person) == ["echo one", "echo two"]


async def test_messages_of_other_processes_are_found(running: Running, chat: PrivateChat) -> None:
    await running.write(running.stored()[0].id, "from the desk")
    await chat.until(2, 3)
    assert texts(chat) == ["from the desk"]


async def test_a_blocked_bot_is_silent_and_goes_on_when_unblocked(running: Running, chat: PrivateChat) -> None:
    chat.block()
    await until(lambda: running.chats[0].blocked)
    conversation = running.stored()[0].id
    await running.write(conversation, "while blocked")
    await asyncio.sleep(0.6)
    calls = len(running.fake.calls_of("sendMessage"))
    assert texts(chat) == []
    chat.unblock()
    await chat.until(2, 3)
    assert texts(chat) == ["while blocked"] and len(running.fake.calls_of("sendMessage")) == calls + 1


async def test_whoever_blocked_unnoticed_is_left_alone_after_one_try(running: Running, chat: PrivateChat) -> None:
    chat.deactivate()
    conversation = running.stored()[0].id
    for text in ("one", "two"):
        await running.write(conversation, text)
        await asyncio.sleep(0.4)
    await until(lambda: running.chats[0].blocked)
    assert len([call for call in running.fake.calls_of("sendMessage") if call.outcome != "ok"]) == 1


async def test_telegram_out_of_reach_loses_nothing(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    async with begin() as running:
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        fake.faults.sometimes(1.0, [cut_before()])
        person.say("one")
        await running.write(running.stored()[0].id, "zero")
        await until(lambda: running.telegram.state == "unreachable", 20)
        fake.faults.clear()
        await person.until(3, 20)
        assert sorted(texts(person)) == ["echo one", "zero"]
        await until(lambda: running.telegram.state == "ok")


async def test_a_wrong_token_is_told_and_does_not_stop_the_program(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with begin(token="99:unknown-token") as running:
        await until(lambda: running.telegram.state == "wrong token")


async def test_another_program_with_the_same_bot_is_told(
    running: Running, chat: PrivateChat, begin: Callable[..., Any]
) -> None:
    async with begin() as second:
        await until(lambda: "other program" in (running.telegram.state, second.telegram.state))


async def test_repeated_and_shuffled_updates_do_no_harm(running: Running) -> None:
    running.fake.faults.updates(repeated=1.0, reordered=1.0)
    people = [running.fake.chat(number) for number in range(1, 6)]
    for person in people:
        person.start("turin")
    for round_ in "abc":
        for person in people:
            person.say(round_)
    for person in people:
        await person.until(4)
    await asyncio.sleep(AFTER_SECONDS)
    for person in people:
        assert texts(person) == ["echo a", "echo b", "echo c"]
    assert len(running.stored()) == 5


async def test_flood_limits_are_kept(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    fake.world.limits.__dict__.update(Limits().__dict__)
    async with begin():
        people = [fake.chat(number) for number in range(1, 31)]
        for person in people:
            person.start("turin")
        for person in people:
            person.say("a")
        for person in people:
            await person.until(2, 20)
        assert [call for call in fake.calls if "Too Many" in call.outcome] == []


async def test_a_long_answer_comes_in_parts_also_over_faults(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    cards = tuple(changed(CLINIC, title=f"Service {number}", summary="word " * 500) for number in (1, 2, 3))
    async with begin(answer=reply_with(Reply("Three:", "en", "ltr", cards=cards))):
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
        fake.faults.next("sendMessage", slow(0), cut_after(), cut_before())
        person.say("services")
        await person.until(lambda answers: len(answers) == 4 and person.keyboards == [answers[3]], 20)
        await asyncio.sleep(AFTER_SECONDS)
        assert [text.split("\n")[0] for text in texts(person)] == ["Three:", "2. Service 2", "3. Service 3"]


@pytest.mark.parametrize("fault", [slow(0), cut_after(), cut_before()], ids=lambda fault: fault.kind)
async def test_files_of_caseworkers_arrive_once(running: Running, chat: PrivateChat, fault: Fault) -> None:
    conversation = running.stored()[0].id

    def write(session: Session) -> None:
        for kind, name in (("document", "form.pdf"), ("photo", "map.jpg")):
            reply = Reply("", "en", "ltr")
            conversations.add_replies(session, conversation, [reply], sender="caseworker", author="Ada")
            number = conversations.last_message(session, conversation)
            session.get_one(StoredMessage, number).attachment = {"kind": kind}
            files.add(
                session,
                conversation=conversation,
                message=number,
                kind=kind,
                name=name,
                media_type="x/y",
                content=b"abc",
            )

    running.fake.faults.next("sendDocument", fault)
    running.fake.faults.next("sendPhoto", fault)
    await running.store.run(write)
    await chat.until(3, 20)
    await asyncio.sleep(AFTER_SECONDS)
    assert [(message.kind, message.text) for message in chat.answers][1:] == [("document", "Ada"), ("photo", "Ada")]
    assert chat.answers[1].content["document"]["file_name"] == "form.pdf"


async def test_what_telegram_refuses_is_sent_without_markup(
    running: Running, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "parts", lambda message, words: [Part("<b>broken", "broken")])
    chat.say("one")
    await chat.until(2)
    assert texts(chat) == ["broken"]


async def test_the_database_of_a_chat_goes_with_its_conversation(running: Running, chat: PrivateChat) -> None:
    await running.talks.erase([running.stored()[0].id])
    assert running.chats == []
    with running.store.session() as session:
        assert records.find(session, 7000001, chat.id) is None


async def test_logs_tell_nothing_of_anybody(
    begin: Callable[..., Any], fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with begin():
        person = fake.chat(424242424, first_name="Ximena")
        person.start("turin")
        fake.faults.sometimes(0.3, [cut_before(), cut_after(), server_error(502), server_error(500, handled=True)])
        for number in range(4):
            person.say(f"my secret {number}")
        await person.until(5, 40)
        fake.faults.clear()
    said = "\n".join(
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith("bot")
    )
    assert said
    for private in ("secret", "424242424", "Ximena", "FakeToken"):
        assert private not in said
    everything = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    )
    assert "FakeToken" not in everything and "secret" not in everything
