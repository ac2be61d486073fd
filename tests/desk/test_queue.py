"""The queue: who waits in which order, who is first, who is walled out, and how fast the page comes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.conversation.handoffs import Worker
from bot.records import handoffs
from bot.records.handoffs import Handoff
from bot.records.model import Conversation
from bot.records.staff import Staff
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer

At = Callable[[int], httpx.Client]
Guests = Callable[..., Newcomer]


def number_of(server: DeskServer, talk: Newcomer) -> int:
    with server.parts.store.session() as session:
        found = handoffs.latest(session, talk.id)
        assert found is not None
        return found.id


def test_who_waits_stands_in_the_queue_and_is_taken_with_one_click(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    guest = newcomer("en").ask()
    number = number_of(server, guest)
    desk = at(marta)
    page = desk.get("/desk").text
    assert f"Guest {handoffs.pseudonym(guest.id)}" in page
    assert guest.id not in page
    taken = desk.post(f"/desk/conversations/{number}/claim")
    assert (taken.status_code, taken.headers["location"]) == (303, f"/desk/conversations/{number}")
    guest.wait(lambda: any("Marta" in text for text in guest.texts("bot")))
    assert f"/desk/conversations/{number}/claim" not in desk.get("/desk").text


def test_who_comes_second_learns_who_was_first(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    number = number_of(server, newcomer().ask())
    second = server.add_staff("Ali", presence="available")
    assert at(marta).post(f"/desk/conversations/{number}/claim").status_code == 303
    lost = at(second).post(f"/desk/conversations/{number}/claim")
    assert lost.status_code == 409
    assert "Marta was first" in lost.text


def test_clicking_twice_takes_it_once(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    guest = newcomer().ask()
    number = number_of(server, guest)
    for _ in range(2):
        assert at(marta).post(f"/desk/conversations/{number}/claim").status_code == 303
    assert len([text for text in guest.texts("bot") if "Marta" in text]) == 1


def test_danger_comes_first_then_who_waits_longest(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    guests = [newcomer().ask() for _ in range(3)]
    with server.parts.store.write() as session:
        late = handoffs.latest(session, guests[2].id)
        assert late is not None
        late.urgency, late.danger = handoffs.URGENT, "violence"
    page = at(marta).get("/desk").text
    order = [name for name in re.findall(r"Guest (\d{4})</a>", page)]
    assert order == [handoffs.pseudonym(guests[one].id) for one in (2, 0, 1)]
    assert "Urgent: violence" in page


def test_another_territory_sees_nothing(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    guest = newcomer().ask()
    number = number_of(server, guest)
    there = at(server.add_staff("Uwe", territory="dortmund", role="administrator"))
    assert handoffs.pseudonym(guest.id) not in there.get("/desk").text
    for path in ("", "/messages", "/state", "/services?q=doctor", "/interpreters", "/phrases"):
        assert there.get(f"/desk/conversations/{number}{path}").status_code == 404, path
    for path in ("claim", "say", "notes", "labels", "release", "transfer", "close", "reopen", "card"):
        sent = {"text": "x", "note": "x", "label": "x", "topic": "housing", "outcome": "solved", "service": "turin-isi"}
        assert there.post(f"/desk/conversations/{number}/{path}", data=sent).status_code == 404, path


@pytest.mark.parametrize("path", ["presence", "here", "conversations/1/claim", "conversations/1/say"])
def test_a_form_of_another_site_does_nothing(server: DeskServer, marta: int, path: str) -> None:
    with httpx.Client(base_url=server.url, cookies={"who": str(marta)}) as forged:
        assert forged.post(f"/desk/{path}", data={"presence": "away"}).status_code == 403


def test_only_leads_see_the_overview(server: DeskServer, marta: int, at: At) -> None:
    assert at(marta).get("/desk/lead").status_code == 403
    assert at(marta).get("/desk/lead.csv").status_code == 403
    assert at(server.add_staff("Lena", role="lead")).get("/desk/lead").status_code == 200


def test_presence_is_what_newcomers_are_promised(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    desk = at(marta)
    desk.post("/desk/presence", data={"presence": "available"})
    assert "answer now" in newcomer().ask().texts("bot")[-1]
    desk.post("/desk/presence", data={"presence": "away"})
    assert "Nobody is there" in newcomer().ask().texts("bot")[-1]


def test_filters_and_pages(server: DeskServer, marta: int, at: At) -> None:
    fill(server, closed=0, waiting=120)
    desk = at(marta)
    page = desk.get("/desk").text
    assert page.count("/claim") == 50
    assert "1 / 3" in page
    assert desk.get("/desk?page=3").text.count("/claim") == 20
    arabic = desk.get("/desk?language=ar&topic=housing").text
    rows = re.findall(r'class="about">([^<]*)<span class="chip tongue" title="(\w+)"', arabic)
    assert rows and {(topic.strip(), code) for topic, code in rows} == {("Housing", "ar")}


def test_the_queue_comes_within_100_ms(server: DeskServer, marta: int, at: At) -> None:
    fill(server, closed=4800, waiting=200)
    desk = at(marta)
    desk.get("/desk")
    times = []
    for _ in range(15):
        started = time.perf_counter()
        assert desk.get("/desk").status_code == 200
        times.append(time.perf_counter() - started)
    # The quicker third: what else the machine does is no subject here.
    assert sorted(times)[len(times) // 3] < 0.1


def test_disabled_accounts_and_gone_colleagues_are_not_shown(server: DeskServer, marta: int, at: At) -> None:
    here = server.add_staff("Here", presence="available", seen_at=datetime.now(UTC))
    server.add_staff("Gone", presence="available", seen_at=datetime.now(UTC) - timedelta(minutes=5))
    page = at(marta).get("/desk").text
    assert "Here" in page and "Gone" not in page
    with server.parts.store.session() as session:
        assert Worker.of(session.get_one(Staff, here)).name == "Here"


def fill(server: DeskServer, *, closed: int, waiting: int) -> None:
    """Store conversations of many languages and topics, some of them waiting."""
    now = datetime.now(UTC)
    topics = ("housing", "healthcare", "employment", None)
    languages = ("ar", "uk", "en", "fr", "es", "ti")
    with server.parts.store.write() as session:
        for number in range(closed + waiting):
            at = now - timedelta(minutes=number % 5000)
            language = languages[number % len(languages)]
            session.add(
                Conversation(
                    id=f"talk{number:06}",
                    token_hash="",
                    territory_id="turin",
                    channel="web",
                    language=language,
                    slots={},
                    created_at=at,
                    last_at=at,
                )
            )
        session.flush()
        for number in range(closed + waiting):
            at = now - timedelta(minutes=number % 5000)
            done = number < closed
            session.add(
                Handoff(
                    conversation_id=f"talk{number:06}",
                    territory_id="turin",
                    state="closed" if done else "waiting",
                    reason="asked",
                    language=languages[number % len(languages)],
                    topic=topics[number % len(topics)],
                    card={"topics": ["housing"], "services": ["turin-isi"], "circumstances": ["children"]},
                    labels=[],
                    requested_at=at,
                    claimed_at=at + timedelta(minutes=3) if done else None,
                    replied_at=at + timedelta(minutes=4) if done else None,
                    closed_at=at + timedelta(minutes=20) if done else None,
                    outcome="solved" if done else None,
                )
            )
