"""Signs between newcomer and caseworker: who writes is known for seconds, what was read for as long as somebody is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from benchmarks import echo
from bot.conversation import signs
from bot.conversation.bells import Bells
from bot.conversation.conversations import StoredConversations
from bot.conversation.messages import Incoming, Reply
from bot.conversation.signs import Signs, bell_of
from bot.records import conversations as records
from bot.records import handoffs
from knowledge.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'signs.db'}")
    echo.prepare(made)
    yield made
    made.close()


@pytest.fixture
async def talks(store: Store) -> AsyncIterator[StoredConversations]:
    made = echo.conversations(store, echo.Echo())
    yield made
    await made.settle()


@pytest.fixture
async def talk(talks: StoredConversations) -> str:
    opened = await talks.open(territory="turin", channel="web", language="en", hint=None, address="test")
    return opened.conversation


async def ask_for_a_person(store: Store, talk: str, *, taken: bool = True) -> None:
    def write(session):  # type: ignore[no-untyped-def]
        row = handoffs.request(session, records.get_one(session, talk), reason="asked", card={})
        if taken:
            handoffs.move(session, row, "claim", "caseworker", "staff:1")

    await store.run(write)


async def say(store: Store, talk: str) -> int:
    """Store a caseworker's message and return its id."""

    def write(session) -> int:  # type: ignore[no-untyped-def]
        records.add_replies(session, talk, [Reply("Good morning", "en", "ltr")], sender="caseworker", author="Amal")
        return records.last_message(session, talk)

    return await store.run(write)


async def read_up_to(store: Store, talk: str) -> int:
    found = await store.read(handoffs.latest, talk)
    assert found is not None
    return found.read_by_newcomer


async def test_a_sign_is_gone_after_seconds_and_rings_when_it_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "LASTS_SECONDS", 0.1)
    bells = Bells()
    made = Signs(bells)
    async with bells.listen(bell_of("caseworker", "one")) as bell:
        made.write("caseworker", "one", "Amal")
        await asyncio.wait_for(bell.wait(), 1)
        assert made.writing("caseworker", "one") == "Amal"
        assert made.writing("newcomer", "one") is None and made.writing("caseworker", "two") is None
        await asyncio.wait_for(bell.wait(), 1)
        assert made.writing("caseworker", "one") is None


async def test_a_sign_goes_on_as_long_as_it_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "LASTS_SECONDS", 0.3)
    monkeypatch.setattr(signs, "EVERY_SECONDS", 0.0)
    made = Signs(Bells())
    for _ in range(5):
        made.write("newcomer", "one")
        await asyncio.sleep(0.1)
        assert made.writing("newcomer", "one") == ""
    await asyncio.sleep(0.35)
    assert made.writing("newcomer", "one") is None


async def test_a_flood_of_signs_rings_once() -> None:
    bells = Bells()
    made = Signs(bells)
    async with bells.everything("newcomer") as rung:
        for _ in range(1000):
            made.write("newcomer", "one")
        assert await anext(rung) == "one"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rung), 0.1)
    made.end("newcomer", "one")


async def test_what_is_said_ends_the_sign_at_once(store: Store, talks: StoredConversations, talk: str) -> None:
    await ask_for_a_person(store, talk)
    await talks.typed(talk)
    assert talks._signs.writing("newcomer", talk) == ""
    await talks.accept(talk, Incoming("a", "Good morning"), address="test")
    assert talks._signs.writing("newcomer", talk) is None


async def test_nobody_sees_a_newcomer_write_before_a_person_has_the_conversation(
    store: Store, talks: StoredConversations, talk: str
) -> None:
    await talks.typed(talk)
    assert talks._signs.writing("newcomer", talk) is None and not await talks.with_person(talk)
    await ask_for_a_person(store, talk, taken=False)
    await talks.typed(talk)
    assert talks._signs.writing("newcomer", talk) is None and not await talks.with_person(talk)


async def test_signs_are_no_news_for_messengers(talks: StoredConversations, talk: str) -> None:
    async with talks.news() as news, talks.signs() as told, talks.listen(talk) as bell:
        talks._signs.write("caseworker", talk, "Amal")
        assert await asyncio.wait_for(anext(told), 1) == talk
        await asyncio.wait_for(bell.wait(), 1)
        assert talks.writing(talk) == "Amal"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(news), 0.1)
    talks._signs.end("caseworker", talk)


async def test_what_was_read_is_kept_only_while_a_person_is_asked_for(
    store: Store, talks: StoredConversations, talk: str
) -> None:
    first = await say(store, talk)
    await talks.reached(talk, first)
    await ask_for_a_person(store, talk)
    assert await read_up_to(store, talk) == 0, "before, nothing was kept"
    await talks.reached(talk, first)
    assert await read_up_to(store, talk) == first

    def close(session):  # type: ignore[no-untyped-def]
        handoffs.move(session, handoffs.active(session, talk), "leave", "newcomer", "newcomer")

    await store.run(close)
    await talks.reached(talk, await say(store, talk))
    assert await read_up_to(store, talk) == first, "and after it nothing more"


async def test_reading_goes_forward_only_and_not_past_what_was_said(
    store: Store, talks: StoredConversations, talk: str
) -> None:
    await ask_for_a_person(store, talk)
    first, second = await say(store, talk), await say(store, talk)
    other = await talks.open(territory="turin", channel="web", language="en", hint=None, address="test")
    elsewhere = other.messages[-1].id
    assert elsewhere > second
    for told, kept in ((second, second), (first, second), (elsewhere, second), (2**63 - 1, second)):
        await talks.reached(talk, told)
        assert await read_up_to(store, talk) == kept
