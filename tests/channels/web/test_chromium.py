"""The chat as newcomers use it: real Chromium, phone size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.conversation.messages import Choice, Link, Reply
from tests.channels.web.chat_memory import DOCTOR, LANGUAGES, TERRITORIES
from tests.channels.web.chat_server import ChatServer, wait_until

EVIL = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"
# The page works before, as a plain form; but Enter makes a new line until the script has taken over.
READY = "[data-ready]"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def open_chat(page: Page, server: ChatServer, query: str = "") -> None:
    page.goto(f"{server.url}/chat/turin{query}")
    expect(page.locator(READY)).to_be_visible()
    expect(page.locator(".message.bot")).to_have_count(1)


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def test_a_doctor_is_found_and_the_log_tells_screen_readers(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    ask(page, "I need a doctor")
    expect(log.get_by_role("heading", name="Ambulatorio ISI")).to_be_visible()
    expect(log.get_by_text("Open until 17:00")).to_be_visible()
    expect(log.get_by_role("link", name="Call +39 011 7095 1111")).to_have_attribute("href", "tel:+3901170951111")
    expect(log.get_by_role("link", name="Map")).to_have_attribute("rel", "noopener noreferrer")
    expect(log.get_by_text("Not yet confirmed by the city")).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_focused()
    assert len(server.conversations.kept) == 1


def test_a_choice_is_said_by_its_label(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    page.get_by_role("button", name="Health").click()
    expect(page.locator(".newcomer .text")).to_have_text("Health")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("button", name="Health")).to_be_focused()
    assert [message.choice for message in server.conversations.accepted] == ["topic:healthcare"]


def test_the_counter_of_a_poster_belongs_to_each_conversation_begun_there(page: Page, server: ChatServer) -> None:
    open_chat(page, server, "?language=en&desk=desk2")
    page.locator(".languages summary").click()
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    ask(page, "I need a doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.reload()
    page.locator(READY).wait_for()
    page.locator(".new button").click()
    page.locator("dialog button[value=yes]").click()
    expect(page.locator(".card")).to_have_count(0)
    ask(page, "I need a doctor")
    expect(page.locator(".card")).to_have_count(1)
    assert [kept.desk for kept in server.conversations.kept.values()] == ["desk2", "desk2"]


def test_reload_keeps_the_conversation(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "I need a doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("textbox").fill("half a sen")
    page.reload()
    expect(page.locator(".message")).to_have_count(3)
    expect(page.get_by_role("textbox")).to_have_value("half a sen")
    assert len(server.conversations.kept) == 1


def test_what_is_written_offline_is_sent_once_when_back(
    page: Page, context: BrowserContext, server: ChatServer
) -> None:
    open_chat(page, server)
    context.set_offline(True)
    ask(page, "first")
    ask(page, "second")
    expect(page.locator(".pending")).to_have_count(2)
    expect(page.get_by_text("Will be sent")).to_have_count(2)
    expect(page.get_by_role("status")).to_contain_text("No internet")
    assert server.conversations.accepted == []
    context.set_offline(False)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".card")).to_have_count(2)
    expect(page.locator(".newcomer")).to_have_count(2)
    assert [message.text for message in server.conversations.accepted] == ["first", "second"]


def test_a_message_whose_receipt_is_lost_is_not_doubled(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    losses = []

    def lose(route):  # type: ignore[no-untyped-def]
        if route.request.method == "POST" and len(losses) < 2:
            losses.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/messages*", lose)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    wait_until(lambda: page.evaluate("JSON.parse(localStorage['ventanilla.turin']).outbox.length") == 0, 8)
    expect(page.locator(".newcomer")).to_have_count(1)
    expect(page.locator(".newcomer.pending")).to_have_count(0)
    assert len(losses) == 2
    assert len(server.conversations.accepted) == 1


def test_written_before_anything_answered(page: Page, server: ChatServer) -> None:
    server.conversations.flood = 1
    page.goto(f"{server.url}/chat/turin")
    expect(page.locator(READY)).to_be_visible()
    ask(page, "doctor")
    expect(page.get_by_text("Will be sent")).to_be_visible()
    server.conversations.flood = None
    expect(page.locator(".card")).to_have_count(1)
    assert len(server.conversations.kept) == 1


def test_without_event_streams_answers_come_by_polling(page: Page, server: ChatServer) -> None:
    page.route("**/events", lambda route: route.abort())
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".working")).to_be_hidden()


def test_an_ended_conversation_begins_anew_and_keeps_what_was_not_sent(
    page: Page, context: BrowserContext, server: ChatServer
) -> None:
    open_chat(page, server)
    ask(page, "flat")
    expect(page.locator(".card")).to_have_count(1)
    context.set_offline(True)
    ask(page, "doctor")
    expect(page.locator(".pending")).to_have_count(1)
    server.call(server.conversations.kept.pop, "conversation1")
    wait_until(lambda: "conversation1" not in server.conversations.kept)
    context.set_offline(False)
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("has ended")
    expect(page.locator(".message")).to_have_count(3)
    expect(page.locator(".newcomer .text")).to_have_text("doctor")
    assert [message.text for message in server.conversations.accepted] == ["flat", "doctor"]


def test_a_refused_message_comes_back_into_the_field(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    page.evaluate("document.querySelector('textarea').removeAttribute('maxlength')")
    ask(page, "a" * 3000)
    expect(page.get_by_role("status")).to_contain_text("no more than 2000 characters")
    expect(page.get_by_text("Not sent")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("a" * 3000)


def test_markup_is_shown_as_text(page: Page, server: ChatServer) -> None:
    trap = Link("web", "Website", "javascript:document.title='broken'")
    server.conversations.answer = lambda incoming: [
        Reply(EVIL, "en", "ltr", (replace(DOCTOR, title=EVIL, links=(trap,), sources=(trap.href,)),))
    ]
    open_chat(page, server)
    ask(page, EVIL)
    expect(page.locator(".bot .text").last).to_have_text(EVIL)
    expect(page.locator(".newcomer .text")).to_have_text(EVIL)
    expect(page.locator(".card h2")).to_have_text(EVIL)
    expect(page.locator(".card a:not([href^='/chat/turin/services/'])")).to_have_count(0)
    assert page.locator(".log img, .log b").count() == 0
    assert page.title() != "broken"


def test_the_language_switch_turns_the_page_around(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.get_by_role("textbox", name="[ar]")).to_be_visible()
    expect(page.locator(".languages summary")).to_be_focused()
    expect(page.locator(".newcomer")).to_have_count(2)
    wait_until(lambda: server.conversations.accepted[-1].choice == "language:ar")
    left = page.locator("button.send").bounding_box()
    assert left and left["x"] < 180, "the send button is on the left"


def test_the_page_follows_the_language_of_the_answer(page: Page, server: ChatServer) -> None:
    server.conversations.answer = lambda incoming: [Reply("Вітаю", "uk", "ltr")]
    open_chat(page, server)
    ask(page, "лікар")
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator(".languages summary")).to_contain_text("Українська")


def test_a_first_choice_of_language_greets_in_it(page: Page, server: ChatServer) -> None:
    server.conversations.greeting = lambda language: Reply(f"Welcome in {language}", language, "ltr")
    open_chat(page, server)
    page.locator(".languages summary").click()
    page.get_by_role("link", name="Українська").click()
    expect(page.locator(".bot .text")).to_have_text("Welcome in uk")


def test_by_keyboard_alone(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go to the text field")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    assert server.conversations.accepted[0].text == "one\ntwo"
    reached = set()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        reached.add(page.evaluate("document.activeElement.innerText.trim()"))
    assert {"Leave quickly", "New conversation", "Health", "Details", "More"} <= reached
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(2)


def test_enter_that_ends_a_composition_does_not_send(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    page.get_by_role("textbox").fill("にほん")
    page.evaluate(
        "document.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(page.get_by_role("textbox")).to_have_value("にほん")
    expect(page.locator(".newcomer")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "Escape twice"])
def test_quick_exit_leaves_no_trace(page: Page, server: ChatServer, way: str) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    if way == "button":
        page.get_by_role("link", name="Leave quickly").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url("**/chat?harmless")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.go_back()
    assert "/chat/turin" not in page.url


def test_leaving_before_the_script_is_there_leaves_no_trace_either(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.route("**/static/*.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("link", name="Leave quickly").click()
    page.wait_for_url("**/chat?harmless")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_was_begun_without_the_script_goes_on_with_it(page: Page, server: ChatServer) -> None:
    page.route("**/static/*.js", lambda route: route.abort())
    page.goto(f"{server.url}/chat/turin")
    page.get_by_role("textbox").fill("doctor")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".card")).to_have_count(1)
    page.unroute("**/static/*.js")
    page.reload()
    expect(page.locator(READY)).to_be_visible()
    ask(page, "flat")
    expect(page.locator(".card")).to_have_count(2)
    assert len(server.conversations.kept) == 1
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator(".card")).to_have_count(0)
    page.reload()
    expect(page.locator(READY)).to_be_visible()
    expect(page.locator(".card")).to_have_count(0)


def test_another_tab_leaves_too(page: Page, context: BrowserContext, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    other = context.new_page()
    other.goto(f"{server.url}/chat/turin")
    expect(other.locator(".card")).to_have_count(1)
    page.get_by_role("link", name="Leave quickly").click()
    other.wait_for_url("**/chat?harmless")


def test_a_new_conversation_is_asked_about_first(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Keep this one").click()
    expect(page.locator(".message")).to_have_count(3)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator(".message")).to_have_count(1)
    ask(page, "flat")
    expect(page.locator(".card")).to_have_count(1)
    assert len(server.conversations.kept) == 2


def test_two_needs_seen_in_two_tabs(page: Page, context: BrowserContext, server: ChatServer) -> None:
    open_chat(page, server)
    other = context.new_page()
    open_chat(other, server)
    ask(other, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".newcomer")).to_have_count(1)
    assert len(server.conversations.kept) == 1


def test_blocked_storage_does_not_matter(page: Page, server: ChatServer) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})")
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)


SIZES = [
    ("small phone", 320, 568, "en"),
    ("Arabic", 360, 740, "ar"),
    ("200 % of a laptop", 640, 360, "en"),
    ("400 %", 320, 256, "en"),
]


@pytest.mark.parametrize(("label", "width", "height", "language"), SIZES)
def test_nothing_runs_off_sideways(
    page: Page, server: ChatServer, label: str, width: int, height: int, language: str
) -> None:
    long = DOCTOR.title + " " + "Donaudampfschifffahrtsgesellschaftskapitän" * 2
    server.conversations.answer = lambda incoming: [
        Reply(long, "en", "ltr", (DOCTOR,), tuple(Choice(long, f"topic:{number}") for number in range(3)))
    ]
    page.set_viewport_size({"width": width, "height": height})
    open_chat(page, server, f"?language={language}")
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    assert not page.evaluate(SIDEWAYS)
    assert not page.evaluate("(log => log.scrollWidth > log.clientWidth)(document.querySelector('.log'))")
    expect(page.get_by_role("textbox")).to_be_visible()
    small = page.evaluate(
        "[...document.querySelectorAll('button, .button, .links a, summary, .danger a')].filter(e => e.checkVisibility() &&"
        " e.getBoundingClientRect().height < 43.5).map(e => e.innerText)"
    )
    assert small == []


def test_without_javascript(browser: Browser, server: ChatServer) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{server.url}/chat/turin")
    expect(page.get_by_text("I am a machine")).to_be_visible()
    page.get_by_role("textbox").fill("I need a doctor")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Ambulatorio ISI")).to_be_visible()
    page.get_by_role("button", name="More").click()
    expect(page.locator(".card")).to_have_count(2)
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".card")).to_have_count(2)
    assert next(iter(server.conversations.kept.values())).language == "ar"
    page.get_by_role("link", name="Leave quickly").click()
    page.goto(f"{server.url}/chat/turin")
    expect(page.locator(".card")).to_have_count(0)
    context.close()


def test_cities_and_languages_to_choose_from(page: Page, server: ChatServer) -> None:
    page.goto(f"{server.url}/chat?language=en")
    assert page.locator(".languages li").count() == len(LANGUAGES)
    assert page.locator(".territories li").count() == len(TERRITORIES)
    page.get_by_role("link", name="Turin").click()
    expect(page.locator(".message.bot")).to_have_count(1)
