"""A newcomer on Telegram and caseworkers in browsers: taken over, answered, handed on, closed; and a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from desk_people import PASSWORD, Sit, add_staff, come, take_over, write
from playwright.sync_api import Browser, Page, expect
from tellers import OnTelegram, wait

from benchmarks.servers import Server, ventanilla
from tests.fakes.telegram import FakeTelegram

TOKEN = "7000002:handoff-handoff-handoff-handoff-xyz"
USERS = count(7001)


@pytest.fixture(scope="module")
def server(telegram: FakeTelegram) -> Iterator[Server]:
    with ventanilla(telegram_token=TOKEN, telegram_api_url=telegram.url) as running:
        add_staff(running, "Amal", "--languages", "ar,de,en")
        add_staff(running, "Bernd", "--languages", "de")
        yield running


def ask_for_a_person(talk: OnTelegram) -> None:
    talk.write("أريد أن أتحدث مع شخص")
    talk.choose("handoff:yes")


def send_a_phrase(page: Page, title: str) -> None:
    page.locator("#tool-phrases summary").first.click()
    page.get_by_role("link", name=title).click()
    page.locator("#phrase").get_by_role("button", name="Send").click()


def send_a_card(page: Page, words: str, title: str) -> None:
    page.locator("#tool-services summary").first.click()
    page.get_by_label("Words to look for").fill(words)
    page.get_by_role("button", name=f"Send the card {title}").click()


def hand_to(page: Page, name: str) -> None:
    page.locator("#tool-transfer summary").first.click()
    page.get_by_label("To a colleague").select_option(label=f"{name} (available)")
    page.locator("form", has=page.get_by_label("To a colleague")).get_by_role("button").click()


def close(page: Page, agreed: str) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_label("Solved").check()
    page.get_by_label("What was agreed").fill(agreed)
    page.get_by_role("button", name="Close", exact=True).click()


def test_taken_over_answered_handed_on_and_closed_twice(
    server: Server, telegram: FakeTelegram, sit: Callable[[str], Sit]
) -> None:
    at_desk = sit(server.url)
    amal, bernd = at_desk("Amal"), at_desk("Bernd", phone=True)
    come(amal)
    come(bernd)
    talk = OnTelegram(telegram, next(USERS), "ar", "dortmund")
    talk.write("أحتاج إلى شقة")
    ask_for_a_person(talk)

    take_over(amal)
    wait(lambda: "Amal" in talk.text(), "being told who is there")
    expect(amal.locator(".handoff-card")).to_contain_text("Housing")
    expect(amal.locator(".handoff-card")).to_contain_text("Arabic")
    silent = len(talk.seen())
    talk.chat.say("عندي طفلان")
    expect(amal.locator(".message.newcomer").last).to_contain_text("عندي طفلان")
    send_a_phrase(amal, "Thank you for waiting. I am here for you now.")
    wait(lambda: "شكر" in talk.seen()[-1].text and len(talk.seen()) == silent + 1, "the phrase, in Arabic")
    send_a_card(amal, "MigraDo", "MigraDo")
    wait(lambda: "MigraDo" in talk.text() and "Friedensplatz 7" in talk.text(), "the card of the service")

    hand_to(amal, "Bernd")
    wait(lambda: "Bernd" in talk.text(), "being told who answers now")
    bernd.goto(f"{server.url}/desk")
    bernd.locator(".mine .who").first.click()
    expect(bernd.get_by_text("عندي طفلان")).to_be_visible()
    write(bernd, "Ich rufe dort für Sie an.")
    bernd.get_by_role("button", name="Send anyway").click()
    wait(lambda: "Ich rufe dort für Sie an." in talk.text(), "the colleague's answer")
    assert len(talk.seen()) == silent + 4, "the assistant said nothing in between"

    close(bernd, "موعدك يوم الاثنين الساعة التاسعة")
    wait(lambda: talk.offers("rate:5"), "the question how it was")
    assert "موعدك يوم الاثنين" in talk.text(), "what was agreed stands in the chat"
    talk.choose("rate:5")
    talk.write("أحتاج إلى طبيب")

    ask_for_a_person(talk)
    take_over(amal)
    expect(amal.locator("#tool-earlier summary")).to_contain_text("(1)")
    before = len(talk.seen())
    write(amal, "أهلا بك من جديد")
    wait(lambda: "أهلا بك من جديد" in talk.text(), "the answer of the second time")
    talk.chat.say("شكرا")
    expect(amal.locator(".message.newcomer").last).to_contain_text("شكرا")
    assert len(talk.seen()) == before + 1, "the assistant is silent the second time too"
    close(amal, "")
    wait(lambda: talk.offers("rate:5"), "the question how it was, the second time")


def test_the_desk_is_closed_to_strangers(server: Server, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/desk/conversations/1")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    page.get_by_label("E-mail address").fill("amal@dortmund.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD + "x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()
