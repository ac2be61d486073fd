"""A newcomer and a caseworker of the desk: one asks, the other takes over, and exactly one side speaks.

The assistant is out of reach here, so that every word of the bot's comes from the steps under test and from records.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.contract import UnknownConversation
from bot.conversation.handoffs import Agreed, NotPossible, TakenMeanwhile, TooManyAtOnce, UnknownHandoff, Worker
from bot.conversation.messages import Attachment, Incoming, Message
from bot.parts import Parts, make_parts
from bot.records import files, handoffs, staff
from bot.settings import Settings
from knowledge import seed
from knowledge.migrations import upgrade
from knowledge.store import Store

TERRITORIES = Path(__file__).parents[2] / "knowledge" / "territories"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("handover") / "filled.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store, [RECORDS_MIGRATIONS])
    seed.load(store, TERRITORIES)
    store.close()
    return path.read_bytes()


@pytest.fixture
async def parts(filled: bytes, tmp_path: Path) -> AsyncIterator[Parts]:
    path = tmp_path / "desk.db"
    path.write_bytes(filled)
    made = make_parts(
        Settings(
            home=tmp_path,
            database_url=f"sqlite:///{path}",
            callback_secret=SecretStr("x"),
            assistant_url="http://127.0.0.1:9",
            messages_per_minute=1000,
        )
    )
    yield made
    await made.conversations.settle()
    await made.assistant.close()
    made.store.close()


@dataclass
class Newcomer:
    """Talks over the conversations' contract, as a channel does."""

    parts: Parts
    id: str = ""
    count: int = 0
    last: int = 0
    news: list[Message] = field(default_factory=list)

    @classmethod
    async def begin(cls, parts: Parts, territory: str = "turin", language: str = "en") -> Newcomer:
        opened = await parts.conversations.open(
            territory=territory, channel="web", language=language, hint=None, address="test"
        )
        return cls(parts, opened.conversation, 0, opened.messages[-1].id)

    async def say(self, text: str = "", **more: object) -> list[Message]:
        self.count += 1
        incoming = Incoming(f"m{self.count}", text, **more)  # type: ignore[arg-type]
        await self.parts.conversations.accept(self.id, incoming, address="test")
        await self.parts.conversations.settle()
        return await self.heard()

    async def heard(self) -> list[Message]:
        """Return what others said since the last look."""
        news = await self.parts.conversations.messages(self.id, after=self.last)
        self.last = max([self.last, *(message.id for message in news)])
        return [message for message in news if message.sender != "newcomer"]

    async def handoff(self) -> handoffs.Handoff:
        found = await self.parts.store.read(handoffs.latest, self.id)
        assert found is not None
        return found


async def worker(parts: Parts, name: str = "Amal", territory: str = "turin", **more: object) -> Worker:
    def write(session):  # type: ignore[no-untyped-def]
        email = f"{name.lower()}@{territory}.example"
        made = staff.add(session, territory=territory, email=email, name=name, role="caseworker", **more)
        staff.set_presence(session, made.id, "available")
        return Worker.of(made)

    return await parts.store.run(write)  # type: ignore[no-any-return]


def choices(messages: list[Message]) -> list[str]:
    return [choice["value"] for message in messages for choice in message.choices]


async def test_without_staff_the_one_stop_shop_is_shown_as_before(parts: Parts) -> None:
    heard = await (await Newcomer.begin(parts)).say(choice="person")
    assert [card["id"] for message in heard for card in message.cards] == ["torino-servizio-stranieri"]
    assert "handoff:yes" not in choices(heard)


async def test_asking_says_what_is_shared_and_how_long_it_takes_before_anything_happens(parts: Parts) -> None:
    await worker(parts)
    talk = await Newcomer.begin(parts)
    (offer,) = await talk.say(choice="person")
    assert "They will see" in offer.text and "A person can answer now." in offer.text
    assert {"handoff:yes", "handoff:no"} <= set(choices([offer]))
    assert await parts.store.read(handoffs.latest, talk.id) is None, "nothing is shared before a yes"
    await talk.say(choice="handoff:no")
    assert await parts.store.read(handoffs.latest, talk.id) is None


async def test_with_a_caseworker_the_bot_is_silent_and_afterwards_it_is_back(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    (waiting,) = await talk.say(choice="handoff:yes")
    assert "number 1" in waiting.text
    assert choices(await talk.say(choice="topic:housing")), "who waits may go on asking the assistant"
    handoff = (await talk.handoff()).id
    await parts.handoffs.claim(amal, handoff)
    (joined,) = await talk.heard()
    assert "Amal" in joined.text and joined.sender == "bot"
    assert await talk.say("Hello Amal, where do I go?") == [], "the assistant does not talk over a person"
    assert await talk.say(choice="topic:housing") == []
    await parts.handoffs.say(amal, handoff, "Come to us tomorrow.", language="en", cards=["torino-servizio-stranieri"])
    (answer,) = await talk.heard()
    assert (answer.sender, answer.author, answer.text) == ("caseworker", "Amal", "Come to us tomorrow.")
    assert [card["id"] for card in answer.cards] == ["torino-servizio-stranieri"]
    agreed = Agreed("Monday 9:00 at the desk", "torino-servizio-stranieri")
    await parts.handoffs.close(amal, handoff, "appointment", agreed)
    told = await talk.heard()
    assert "Monday 9:00" in told[0].text and choices(told)[0] == "rate:5"
    assert await talk.say(choice="rate:4")
    assert (await talk.handoff()).rating == 4
    opening = await talk.say(choice="hours:torino-servizio-stranieri")
    assert opening, "the assistant answers again"


async def test_a_second_handover_works_like_the_first(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    for _ in range(3):
        await talk.say(choice="person")
        await talk.say(choice="handoff:yes")
        handoff = (await talk.handoff()).id
        await parts.handoffs.claim(amal, handoff)
        await talk.heard()
        assert await talk.say("hello") == []
        await parts.handoffs.close(amal, handoff, "solved")
        assert choices(await talk.heard())[-5:] == ["rate:5", "rate:4", "rate:3", "rate:2", "rate:1"]
    assert (await talk.say(choice="topic:housing"))[-1].sender == "bot"


async def test_where_somebody_stood_is_kept_only_for_a_person_who_reads_it(parts: Parts) -> None:
    await worker(parts)
    here = Attachment("location", latitude=45.07, longitude=7.68)
    kept = []
    talk = await Newcomer.begin(parts)
    for _ in range(2):
        await talk.say(attachment=here)
        shown = (await parts.conversations.messages(talk.id))[-10:]
        (place,) = [one.files for one in shown if one.sender == "newcomer" and one.files][-1]
        kept.append(place)
        await talk.say(choice="person")
        await talk.say(choice="handoff:yes")
    assert kept == [{"kind": "location"}, {"kind": "location", "latitude": 45.07, "longitude": 7.68}]


async def test_of_two_who_claim_at_once_one_gets_it(parts: Parts) -> None:
    amal, bea = await worker(parts), await worker(parts, "Bea")
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    handoff = (await talk.handoff()).id
    done = await asyncio.gather(
        parts.handoffs.claim(amal, handoff), parts.handoffs.claim(bea, handoff), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) in (["NoneType", "NotPossible"], ["NoneType", "TakenMeanwhile"])
    assert len([one for one in await talk.heard() if "is here now" in one.text]) == 1
    with pytest.raises((NotPossible, TakenMeanwhile)):
        await parts.handoffs.say(
            bea if (await talk.handoff()).staff_id == amal.id else amal, handoff, "Hi", language="en"
        )


async def test_another_territory_sees_nothing(parts: Parts) -> None:
    await worker(parts)
    stranger = await worker(parts, "Zoe", "madrid")
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    with pytest.raises(UnknownHandoff):
        await parts.handoffs.claim(stranger, (await talk.handoff()).id)


async def test_the_limit_of_talks_at_once_holds(parts: Parts) -> None:
    amal = await worker(parts, at_once=1)
    for number in range(2):
        talk = await Newcomer.begin(parts)
        await talk.say(choice="person")
        await talk.say(choice="handoff:yes")
        if number == 0:
            await parts.handoffs.claim(amal, (await talk.handoff()).id)
    with pytest.raises(TooManyAtOnce):
        await parts.handoffs.claim(amal, (await talk.handoff()).id)


async def test_a_transfer_needs_no_new_story_and_tells_the_newcomer(parts: Parts) -> None:
    amal, bea = await worker(parts), await worker(parts, "Bea")
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    handoff = (await talk.handoff()).id
    await parts.handoffs.claim(amal, handoff)
    await parts.handoffs.transfer_to(amal, handoff, bea.id)
    assert "Bea" in (await talk.heard())[-1].text
    with pytest.raises(NotPossible):
        await parts.handoffs.say(amal, handoff, "still me", language="en")
    await parts.handoffs.say(bea, handoff, "Now me", language="en")
    assert (await talk.heard())[-1].author == "Bea"


async def test_to_another_citys_desk_only_with_consent(parts: Parts) -> None:
    amal = await worker(parts)
    maria = await worker(parts, "Maria", "madrid")
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    handoff = (await talk.handoff()).id
    await parts.handoffs.claim(amal, handoff)
    await parts.handoffs.propose_territory(amal, handoff, "madrid")
    (asked,) = (await talk.heard())[-1:]
    assert choices([asked]) == ["handoff:move", "handoff:stay"]
    with pytest.raises(UnknownHandoff):
        await parts.handoffs.claim(maria, handoff)
    await talk.say(choice="handoff:move")
    await parts.handoffs.claim(maria, handoff)
    assert "Maria" in (await talk.heard())[-1].text


async def test_when_a_caseworkers_page_falls_silent_the_talk_goes_back_into_the_queue(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    await parts.handoffs.claim(amal, (await talk.handoff()).id)

    def long_ago(session):  # type: ignore[no-untyped-def]
        session.get_one(staff.Staff, amal.id).seen_at -= staff.GONE_AFTER * 2

    await parts.store.run(long_ago)
    await talk.heard()
    assert await parts.handoffs.sweep() == 1
    assert (await talk.handoff()).state == "waiting"
    assert "another person" in (await talk.heard())[-1].text
    assert await parts.handoffs.sweep() == 0


async def test_a_cry_for_help_to_an_absent_caseworker_still_gets_the_numbers(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    await parts.handoffs.claim(amal, (await talk.handoff()).id)
    await talk.heard()
    assert await talk.say("my husband hits me") == [], "she reads it: nobody talks over her"
    assert (await talk.handoff()).urgency == handoffs.URGENT

    def away(session):  # type: ignore[no-untyped-def]
        staff.set_presence(session, amal.id, "away")

    await parts.store.run(away)
    (help_,) = await talk.say("he has a knife")
    assert help_.cards[0]["kind"] == "emergency"


async def test_with_nobody_there_a_message_can_be_left_and_the_answer_comes_later(parts: Parts) -> None:
    amal = await worker(parts)

    def away(session):  # type: ignore[no-untyped-def]
        staff.set_presence(session, amal.id, "away")

    await parts.store.run(away)
    talk = await Newcomer.begin(parts)
    (offer,) = await talk.say(choice="person")
    assert "handoff:message" in choices([offer]) and "handoff:yes" not in choices([offer])
    await talk.say(choice="handoff:message")
    (taken,) = await talk.say("I need help with a letter from the office")
    assert "has your message" in taken.text and not taken.cards
    await talk.say(choice="handoff:callback")
    await talk.say("+39 333 1234567")
    found = await talk.handoff()
    assert (found.message_left, found.callback) == (True, "+39 333 1234567")
    await parts.handoffs.claim(amal, found.id)
    await parts.handoffs.say(amal, found.id, "Bring the letter tomorrow.", language="en")
    assert (await talk.heard())[-1].text == "Bring the letter tomorrow."


async def test_leaving_the_queue_is_always_possible(parts: Parts) -> None:
    await worker(parts)
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    await talk.say(choice="handoff:leave")
    found = await talk.handoff()
    assert (found.state, found.outcome) == ("closed", "left")


async def test_files_reach_the_desk_only_once_a_person_was_asked_for(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    picture = Attachment("photo", "image/png", "letter.exe", PNG)
    (declined,) = await talk.say(attachment=picture)
    assert "cannot look at pictures" in declined.text
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    await parts.handoffs.claim(amal, (await talk.handoff()).id)
    await talk.heard()
    assert await talk.say(attachment=picture) == []
    messages = await parts.conversations.messages(talk.id)
    (shown,) = messages[-1].files
    assert (shown["kind"], shown["name"], shown["media_type"]) == ("photo", "letter.png", "image/png")
    stored = await parts.store.read(files.of_messages, talk.id, [message.id for message in messages])
    assert sum(map(len, stored.values())) == 1, "what nobody was going to read is not kept"


async def test_forgetting_erases_the_handoff_and_its_files_too(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts)
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    number = (await talk.handoff()).id
    await parts.handoffs.claim(amal, number)
    await talk.say(attachment=Attachment("photo", None, None, PNG))
    await parts.conversations.erase([talk.id])
    with pytest.raises(UnknownConversation):
        await talk.say("hello")
    with pytest.raises(UnknownHandoff):
        await parts.handoffs.say(amal, number, "hello?", language="en")

    def left(session):  # type: ignore[no-untyped-def]
        return [session.query(table).count() for table in (handoffs.Handoff, handoffs.HandoffEvent, files.StoredFile)]

    assert await parts.store.read(left) == [0, 0, 0]


async def test_the_export_holds_all_that_was_said_and_every_step(parts: Parts) -> None:
    amal = await worker(parts)
    talk = await Newcomer.begin(parts, language="ar")
    await talk.say("مرحبا")
    await talk.say(choice="person")
    await talk.say(choice="handoff:yes")
    await parts.handoffs.claim(amal, (await talk.handoff()).id)
    shape = json.loads(await parts.conversations.export(talk.id))
    assert "مرحبا" in [message["text"] for message in shape["messages"]]
    assert [step["action"] for step in shape["handoffs"][0]["steps"]] == ["request", "claim"]
    assert shape["handoffs"][0]["steps"][1]["by"] == "staff", "who it was is the desk's"
    asked = shape["handoffs"][0]
    assert (asked["topic"], asked["danger"], asked["labels"]) == (None, None, [])
    assert (asked["territory"], asked["language"], asked["urgency"]) == ("turin", "ar", handoffs.NORMAL)
    with pytest.raises(UnknownConversation):
        await parts.conversations.export("nobody")
