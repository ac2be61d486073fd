"""Signs in Telegram: a caseworker's typing, what has arrived; and the conversation as a file."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.channels.telegram import talking, working
from bot.conversation.messages import Reply
from bot.records import conversations as records
from bot.records import handoffs
from tests.channels.telegram.conftest import Running, until
from tests.fakes.telegram import cut_before, server_error, too_many_requests
from tests.fakes.telegram.client import PrivateChat


async def hand_over(running: Running) -> str:
    """Let a person have the only conversation; return its id."""
    (conversation,) = running.stored()

    def write(session):  # type: ignore[no-untyped-def]
        row = handoffs.request(session, records.get_one(session, conversation.id), reason="asked", card={})
        handoffs.move(session, row, "claim", "caseworker", "staff:1")

    await running.store.run(write)
    return str(conversation.id)


async def say(running: Running, conversation: str, text: str) -> int:
    """Let a caseworker say something; return the message's id."""

    def write(session) -> int:  # type: ignore[no-untyped-def]
        records.add_replies(session, conversation, [Reply(text, "en", "ltr")], sender="caseworker", author="Amal")
        return records.last_message(session, conversation)

    number = await running.store.run(write)
    running.talks._bells.ring(conversation)
    return number


async def arrived(running: Running, conversation: str) -> int:
    found = await running.store.read(handoffs.latest, conversation)
    assert found is not None
    return found.read_by_newcomer


def write(running: Running, conversation: str) -> None:
    """Let a caseworker press a key."""
    running.talks._signs.end("caseworker", conversation)
    running.talks._signs.write("caseworker", conversation, "Amal")


async def test_a_caseworker_who_writes_is_shown_and_not_too_often(running: Running, chat: PrivateChat) -> None:
    conversation = await hand_over(running)
    assert chat.typing == []
    for _ in range(10):
        write(running, conversation)
        await asyncio.sleep(0.02)
    await until(lambda: len(chat.typing) == 1)
    await asyncio.sleep(0.3)
    assert len(chat.typing) == 1
    running.talks._signs.end("caseworker", conversation)


async def test_it_is_shown_again_while_they_go_on(
    running: Running, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "SHOWN_SECONDS", 0.2)
    conversation = await hand_over(running)
    for _ in range(8):
        write(running, conversation)
        await asyncio.sleep(0.1)
    assert 2 <= len(chat.typing) <= 5
    assert all(later - earlier > 0.15 for earlier, later in zip(chat.typing, chat.typing[1:], strict=False))
    running.talks._signs.end("caseworker", conversation)


async def test_a_typing_sign_that_telegram_refuses_disturbs_nothing(running: Running, chat: PrivateChat) -> None:
    conversation = await hand_over(running)
    running.fake.faults.next("sendChatAction", cut_before(), server_error(500))
    write(running, conversation)
    await asyncio.sleep(0.2)
    await say(running, conversation, "Good morning")
    await chat.until(lambda answers: "Good morning" in answers[-1].text)
    running.talks._signs.end("caseworker", conversation)


async def test_the_desk_learns_what_has_arrived_and_not_before(running: Running, chat: PrivateChat) -> None:
    conversation = await hand_over(running)
    running.fake.faults.next("sendMessage", too_many_requests(1))
    first = await say(running, conversation, "Good morning")
    await asyncio.sleep(0.4)
    assert await arrived(running, conversation) < first
    await chat.until(lambda answers: "Good morning" in answers[-1].text)
    for _ in range(100):
        if await arrived(running, conversation) == first:
            break
        await asyncio.sleep(0.02)
    assert await arrived(running, conversation) == first
    chat.block()
    await until(lambda: running.chats[0].blocked)
    second = await say(running, conversation, "Are you there?")
    await asyncio.sleep(0.3)
    assert await arrived(running, conversation) < second


async def test_the_conversation_comes_as_a_file(
    running: Running, chat: PrivateChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talking, "EXPORT_SECONDS", 0.5)
    chat.say("I need a doctor")
    await chat.until(2)
    chat.say("/export")
    await chat.until(lambda answers: answers[-1].kind == "document")
    document = chat.last.content["document"]
    assert document["file_name"] == "conversation.json"
    assert chat.last.text.startswith("Here is our conversation as a file")
    shape = json.loads(running.fake.world.files[document["file_id"]].content)
    assert "I need a doctor" in [message["text"] for message in shape["messages"]]
    assert shape["telegram_chat"] == chat.id
    assert running.said == ["I need a doctor"], "the command itself is nothing that was said"
    chat.say("/export")
    await chat.until(lambda answers: answers[-1].text.startswith("That was a lot at once"))
    await asyncio.sleep(0.5)
    chat.say("/export@ventanilla_bot")
    await chat.until(lambda answers: answers[-1].kind == "document")


async def test_export_as_the_first_word_welcomes(running: Running) -> None:
    person = running.fake.chat(5, language_code="de")
    person.say("/export")
    await person.until(1)
    assert person.last.kind == "text"


async def test_export_is_listed_in_every_language(running: Running) -> None:
    bot = next(iter(running.fake.world.bots.values()))
    await until(lambda: len(bot.commands) == 7)
    for listed in bot.commands.values():
        assert "export" in [one["command"] for one in listed]
