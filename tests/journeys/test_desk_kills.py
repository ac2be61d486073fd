"""Live handoffs on real servers: while processes are killed, and what the desk then knows of a conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from talker import Talker

from benchmarks.desk_kills import play
from benchmarks.desk_people import TERRITORY, hire
from benchmarks.servers import Server, ventanilla
from bot.records import handoffs
from knowledge.store import Store


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    # A busy machine must not turn into an answer from the records alone.
    with ventanilla(assistant_seconds="15") as running:
        yield running


@pytest.fixture
def store(own_server: Server) -> Iterator[Store]:
    made = Store(f"sqlite:///{own_server.home / 'ventanilla.db'}")
    yield made
    made.close()


def test_the_desk_learns_how_certain_the_assistant_was(own_server: Server, store: Store) -> None:
    with store.write() as session:
        hire(session, ["Amal"], 4)
    talk = Talker(own_server.url, TERRITORY, "en")
    talk.say("I need a doctor")
    talk.say(choice="person")
    talk.say(choice="handoff:yes")
    with store.session() as session:
        found = handoffs.active(session, talk.path.rpartition("/")[2])
        assert found is not None
        assert found.card["topics"] == ["healthcare"]
        assert 0.5 < found.card["sure"]["healthcare"] <= 1
        assert "torino-ambulatorio-gamba" in found.card["services"], "what was shown, not only the shop's contact"


@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_nobodys_when_processes_are_killed(own_server: Server) -> None:
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as apart:
        # Playwright keeps a loop running in the thread of the tests.
        wrong, asked, answered = apart.submit(asyncio.run, play(own_server, kills=3, talks=6, workers=2)).result()
    assert not any(wrong.values()), wrong
    assert asked >= 20 and answered >= 3, "people did talk meanwhile"
    assert time.monotonic() - begun < 300
