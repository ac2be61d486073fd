"""The handoff card: what the assistant heard, and how certain it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest

from bot.conversation.assistant import Understanding
from bot.conversation.exchange import Exchange
from bot.conversation.handover import card_of, remember_certainty
from bot.records import handoffs
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_queue import number_of

At = Callable[[int], httpx.Client]
Guests = Callable[..., Newcomer]


def needs(page: str) -> str:
    """Return what stands beside "Needs", as somebody reads it."""
    found = re.search(r'<dt>Needs</dt><dd class="chips">(.*?)</dd>', page, re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())


def shown(server: DeskServer, desk: httpx.Client, guest: Newcomer, card: Any) -> str:
    number = number_of(server, guest)
    with server.parts.store.write() as session:
        found = handoffs.latest(session, guest.id)
        assert found is not None
        found.card, found.topic = card, "healthcare"
    answer = desk.get(f"/desk/conversations/{number}")
    assert answer.status_code == 200
    return needs(answer.text)


def test_topics_stand_with_how_certain_the_assistant_was(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    card = {"topics": ["healthcare", "housing"], "sure": {"healthcare": 0.931}, "circumstances": [], "services": []}
    assert shown(server, at(marta), newcomer().ask(), card).startswith(
        "Health 93% (how certain the assistant was)Housing"
    )


@pytest.mark.parametrize(
    "card",
    [
        {"topics": ["healthcare"], "circumstances": [], "services": [], "why": {}},
        {"topics": ["healthcare"], "sure": None},
        {"topics": ["healthcare"], "sure": {"healthcare": "much"}},
        {},
    ],
)
def test_cards_that_do_not_tell_are_shown_without(
    server: DeskServer, marta: int, at: At, newcomer: Guests, card: Any
) -> None:
    assert shown(server, at(marta), newcomer().ask(), card) == "Health"


def exchange(**more: Any) -> Exchange:
    said: dict[str, Any] = {"text": "", "choice": None, "territory": "turin", "language": "en"}
    return Exchange("talk", **said, language_chosen=False, turns=1, **more)


def test_what_was_heard_first_is_still_known_when_a_person_is_asked_for_by_a_button() -> None:
    first = exchange(understanding=Understanding("en", topics=(("healthcare", 0.9312), ("housing", 0.5))))
    remember_certainty(first)
    second = exchange(slots=first.slots, understanding=Understanding("en", topics=(("housing", 0.71),)))
    remember_certainty(second)
    pressed = exchange(slots={**second.slots, "answer": {"topics": ["housing", "healthcare"]}})
    remember_certainty(pressed)
    assert card_of(pressed)["sure"] == {"healthcare": 0.931, "housing": 0.71}
