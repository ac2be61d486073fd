"""The desk in a real browser, a newcomer at the other end: live, on a phone, by keyboard, without a script, for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.desk.phrasebook import Phrasebook
from bot.records import handoffs
from tests.channels.web.test_accessible import findings
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_queue import fill, number_of

Sit = Callable[..., Page]
Guests = Callable[..., Newcomer]
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def name_of(guest: Newcomer) -> str:
    return f"Guest {handoffs.pseudonym(guest.id)}"


def take(page: Page, server: DeskServer, guest: Newcomer) -> None:
    """Open the queue, take a newcomer over, and wait for the conversation's page."""
    page.goto(f"{server.url}/desk")
    page.get_by_role("button", name=f"Take over {name_of(guest)}").click()
    expect(page.get_by_role("heading", name=name_of(guest))).to_be_visible()


def test_a_whole_talk_between_a_phone_and_the_desk(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    page = sit(marta)
    page.goto(f"{server.url}/desk")
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    page.get_by_role("button", name="Sound").click()
    guest = newcomer("en").ask()
    # Nobody touches the page: it learns by itself, says so in its title, and rings.
    expect(page.get_by_role("link", name=name_of(guest))).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("body")).to_have_attribute("data-rung", "2")
    page.get_by_role("button", name=f"Take over {name_of(guest)}").click()
    guest.send("My landlord wants me to leave.")
    expect(page.locator(".message.newcomer").last).to_contain_text("My landlord wants me to leave.")
    box = page.get_by_label("Your answer")
    box.fill("I can help you with this.")
    box.press("Control+Enter")
    guest.wait(lambda: guest.texts("caseworker") == ["I can help you with this."])
    expect(page.locator(".message.caseworker")).to_have_count(1)
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_label("Solved").check()
    page.get_by_label("What was agreed").fill("Come on Monday with the contract.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="The conversation is closed.")).to_be_visible()
    guest.wait(lambda: any("Come on Monday" in text for text in guest.texts("bot")))


def test_a_draft_outlives_a_reload_and_a_question_back(
    server: DeskServer, marta: int, sit: Sit, newcomer: Guests
) -> None:
    guest = newcomer("ar").ask()
    page = sit(marta)
    take(page, server, guest)
    page.get_by_label("Your answer").fill("Please come to us today")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("Please come to us today")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The newcomer uses: Arabic")
    expect(page.get_by_label("Your answer")).to_have_value("Please come to us today")
    assert guest.texts("caseworker") == []
    page.get_by_role("button", name="Send anyway").click()
    guest.wait(lambda: guest.texts("caseworker") == ["Please come to us today"])
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("")


def test_two_who_click_at_once(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer().ask()
    ali = server.add_staff("Ali", presence="available")
    first, second = sit(marta), sit(ali)
    for page in (first, second):
        page.goto(f"{server.url}/desk")
        expect(page.get_by_role("link", name=name_of(guest))).to_be_visible()
    # The second one's page does not learn of it in time.
    second.route("**/desk?*", lambda route: route.abort())
    first.get_by_role("button", name="Take over").click()
    expect(first.get_by_label("Your answer")).to_be_visible()
    second.get_by_role("button", name="Take over").click()
    expect(second.get_by_role("alert")).to_contain_text("Marta was first")


def test_what_a_colleague_took_away_shows_at_once(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer().ask()
    page = sit(marta)
    take(page, server, guest)
    lena = sit(server.add_staff("Lena", role="lead", presence="available"))
    lena.goto(page.url)
    lena.get_by_text("Hand on").first.click()
    lena.get_by_label("To a colleague").select_option(label="Marta (available)")
    lena.get_by_label("To the queue under another topic").select_option("housing")
    lena.locator("form", has=lena.get_by_label("To the queue under another topic")).get_by_role("button").click()
    expect(page.get_by_text("Take the conversation over to answer.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_count(0)


def test_a_phrase_is_filled_in_seen_and_sent(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer("de").ask()
    page = sit(marta, phone=True)
    take(page, server, guest)
    page.locator("#tool-phrases summary").first.click()
    page.get_by_text("Appointment", exact=True).click()
    page.get_by_role("link", name="Your appointment: [date], [time]").click()
    page.get_by_label("Date").fill("2026-11-23")
    page.get_by_label("Time").fill("09:30")
    # What the newcomer will read stands there while the place is still open.
    expect(page.locator("#preview-text")).to_contain_text("Montag, 23. November 2026")
    expect(page.locator("#preview")).to_contain_text("Monday, 23 November 2026")
    page.get_by_label("Place").fill("Via Po 1")
    expect(page.locator("#preview-text")).to_contain_text("Via Po 1")
    page.get_by_role("button", name="Put into my answer").click()
    expect(page.get_by_label("Your answer")).to_have_value(re.compile("Montag, 23. November 2026"))
    page.locator("#phrase").get_by_role("button", name="Send").click()
    guest.wait(lambda: any("Via Po 1" in text for text in guest.texts("caseworker")))


def test_a_phrase_with_a_service_is_found_by_words(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer("en").ask()
    page = sit(marta)
    take(page, server, guest)
    phrase = next(one for group in Phrasebook().groups for one in group.phrases if one.gaps == ("service",))
    page.goto(f"{page.url}/phrases/{phrase.id}")
    page.get_by_label("Words to look for").fill("clinic")
    page.get_by_label("Service", exact=True).select_option("turin-isi")
    expect(page.locator("#preview-text")).to_contain_text("ISI clinic")
    page.get_by_role("button", name="Send", exact=True).click()
    guest.wait(lambda: any("ISI clinic" in text for text in guest.texts("caseworker")))


@pytest.mark.parametrize(
    ("phone", "language", "scheme"),
    [(True, "en", "light"), (True, "ar", "dark"), (False, "en", "dark"), (False, "ar", "light")],
    ids=["phone-en-light", "phone-ar-dark", "wide-en-dark", "wide-ar-light"],
)
def test_axe_finds_nothing_and_nothing_runs_off_sideways(
    server: DeskServer, sit: Sit, newcomer: Guests, phone: bool, language: str, scheme: Any
) -> None:
    worker = server.add_staff("Lena", role="lead", presence="available", language=language)
    server.add_staff("Uwe", territory="dortmund")
    guest = newcomer("ar").ask("handoff:woman")
    number = number_of(server, guest)
    fill(server, closed=30, waiting=60)
    page = sit(worker, phone=phone)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/desk")
    page.locator(".row").first.wait_for()
    looked_at(page, "queue")
    page.goto(f"{server.url}/desk/conversations/{number}")
    page.locator("form.bar button").click()
    page.locator("#box").wait_for()
    page.locator("#note").evaluate("(one) => { one.value = 'A note for colleagues'; one.form.requestSubmit(); }")
    page.locator(".notes li").wait_for()
    page.evaluate(
        "document.querySelectorAll('aside details').forEach((one) => { one.removeAttribute('name'); one.open = true; })"
    )
    page.locator("#service-words").fill("clinic")
    page.locator(".services form button").first.click()
    page.locator(".message.caseworker .card summary").click()
    page.evaluate(
        "document.querySelectorAll('aside details').forEach((one) => { one.removeAttribute('name'); one.open = true; })"
    )
    page.wait_for_timeout(700)
    looked_at(page, "conversation")
    page.locator(".phrases a.button:visible").first.click()
    page.locator("#preview").wait_for()
    looked_at(page, "phrase")
    page.locator("#text").fill("An answer in another language")
    page.locator("#box button[type=submit]").last.click()
    page.get_by_role("alert").wait_for()
    looked_at(page, "asked back")
    for path in ("search?q=talk", "lead?days=30", "conversations/99999"):
        page.goto(f"{server.url}/desk/{path}")
        looked_at(page, path)


def looked_at(page: Page, what: str) -> None:
    page.wait_for_timeout(200)
    assert findings(page) == [], what
    assert not page.evaluate(SIDEWAYS), what


def test_everything_goes_without_a_script(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer("en").ask()
    page = sit(marta, phone=True, scripts=False)
    take(page, server, guest)
    page.get_by_label("Your answer").fill("Good day, how can I help?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message.caseworker")).to_contain_text("how can I help?")
    page.locator("#tool-services summary").click()
    page.get_by_label("Words to look for").fill("clinic")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Send the card").click()
    expect(page.locator(".message.caseworker .card")).to_have_count(1)
    page.locator("#tool-close summary").click()
    page.get_by_label("Question answered").check()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("The conversation is closed.")).to_be_visible()
    assert guest.texts("caseworker")[0] == "Good day, how can I help?"


def test_by_keyboard_alone(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer("en").ask()
    page = sit(marta)
    page.goto(f"{server.url}/desk")
    page.locator(".row").wait_for()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=name_of(guest))).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your answer")).to_be_visible()
    page.keyboard.press("w")
    page.keyboard.type("Hello! What do you need?")
    page.keyboard.press("Control+Enter")
    guest.wait(lambda: guest.texts("caseworker") == ["Hello! What do you need?"])
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.keyboard.type("clinic")
    expect(page.get_by_role("button", name="Send the card")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", name=re.compile("Mine"))).to_be_visible()


def test_the_focus_stays_when_the_queue_changes_under_it(
    server: DeskServer, marta: int, sit: Sit, newcomer: Guests
) -> None:
    first = newcomer().ask()
    page = sit(marta)
    page.goto(f"{server.url}/desk")
    page.get_by_role("button", name=f"Take over {name_of(first)}").focus()
    second = newcomer().ask()
    expect(page.get_by_role("link", name=name_of(second))).to_be_visible()
    expect(page.get_by_role("button", name=f"Take over {name_of(first)}")).to_be_focused()


def test_vendored_scripts_carry_their_licence() -> None:
    folder = Path(__file__).parents[2] / "bot" / "desk" / "static"
    assert "Permission to use" in (folder / "htmx.LICENSE.txt").read_text(encoding="utf-8")
