"""The same stories on every channel: in a phone's browser and on Telegram."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser
from tellers import InBrowser, OnTelegram, Teller, plain

from benchmarks.servers import Server, ventanilla
from tests.fakes.telegram import FakeTelegram

TOKEN = "7000001:journeys-journeys-journeys-journeys"
PHONE = {"width": 360, "height": 740}
USERS = count(5001)
Begin = Callable[[str], Teller]


@pytest.fixture(scope="module")
def both(telegram: FakeTelegram) -> Iterator[Server]:
    with ventanilla(telegram_token=TOKEN, telegram_api_url=telegram.url) as running:
        yield running


@pytest.fixture(params=["web", "telegram"])
def begin(request: pytest.FixtureRequest, both: Server, telegram: FakeTelegram, browser: Browser) -> Iterator[Begin]:
    contexts = []

    def on_web(language: str) -> Teller:
        context = browser.new_context(viewport=PHONE, has_touch=True, locale=language)  # type: ignore[arg-type]
        contexts.append(context)
        return InBrowser(context.new_page(), both.url, language)

    def on_telegram(language: str) -> Teller:
        return OnTelegram(telegram, next(USERS), language)

    yield on_web if request.param == "web" else on_telegram
    for context in contexts:
        context.close()


NEEDS = [
    ("en", "I need a doctor, I have no papers", "Roberto Gamba", "Turin"),
    ("ar", "أحتاج طبيب وليس عندي أوراق إقامة", "Gamba", "تورينو"),
    ("uk", "Мені потрібен лікар, у мене немає документів", "Gamba", "Турин"),
]


@pytest.mark.parametrize(("language", "text", "found", "said"), NEEDS, ids=[need[0] for need in NEEDS])
def test_a_doctor_without_papers_is_found(begin: Begin, language: str, text: str, found: str, said: str) -> None:
    answer = plain(begin(language).write(text))
    assert found in answer and said in answer


def test_the_details_of_what_was_shown_can_be_asked_for_and_rated(begin: Begin) -> None:
    talk = begin("en")
    talk.write("I need a lawyer")
    full = plain(talk.choose("details:"))
    assert "This is all I know" in full and "confirmed" in full


def test_the_menu_leads_to_every_topic(begin: Begin) -> None:
    talk = begin("en")
    answer = plain(talk.choose("topic:housing"))
    assert "Housing" in answer and "Turin" in answer


def test_a_cry_for_help_leads_with_the_number(begin: Begin) -> None:
    assert "112" in plain(begin("en").write("my husband beats me and I am afraid he will kill me"))


def test_the_language_changes_when_asked(begin: Begin) -> None:
    talk = begin("en")
    assert "español" in plain(talk.write("español por favor")).casefold()
    assert "ayuda legal" in plain(talk.write("necesito un abogado")).casefold()


def test_a_person_can_be_asked_for(begin: Begin) -> None:
    assert "foreigners" in plain(begin("en").write("I want to talk to a real person"))


def test_forgetting_is_confirmed_and_ends_the_talk(begin: Begin) -> None:
    talk = begin("en")
    talk.write("I need a doctor")
    assert "erase" in plain(talk.write("please delete everything about me"))
    assert "erased" in plain(talk.choose("forget:yes"))
