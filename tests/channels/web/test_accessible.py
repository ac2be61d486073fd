"""The chat for everybody: axe-core finds nothing in any state, all goes by keyboard, nothing runs off sideways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from bot.conversation.messages import Choice, Reply
from tests.channels.web.chat_memory import DOCTOR
from tests.channels.web.chat_server import ChatServer
from tests.channels.web.test_answers import give_voices
from tests.channels.web.test_chromium import READY, SIDEWAYS, ask, open_chat
from tests.channels.web.test_installed import wait_for_offline_page

AXE = (Path(__file__).parents[2] / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
# Everything that axe-core calls a rule, best practices too.
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 150)).join(" | ")}`);
}"""
NUMBER = replace(DOCTOR, id="number:emergency:112", kind="emergency", title="Emergency number", title_language="en")
STEPS = tuple(replace(DOCTOR, id=f"turin-{number}", kind="step", title=f"Step {number}") for number in (1, 2))
CLOSED = tuple(
    replace(fact, state=state)
    for fact, state in zip(DOCTOR.facts, ("closed", None, "appointment", "unknown"), strict=True)
)
LONG = [
    Reply("Call now.", "en", "ltr", (NUMBER,)),
    Reply("Do these first.", "en", "ltr", STEPS, (Choice("More", "more"),)),
    Reply(
        "Here.",
        "en",
        "ltr",
        (DOCTOR, replace(DOCTOR, id="turin-b", alert="Closed in August", facts=CLOSED, freshness="stale")),
    ),
]


def findings(page: Page | Frame) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def long_chat(page: Page, server: ChatServer, query: str = "") -> None:
    server.conversations.answer = lambda incoming: [*LONG]
    open_chat(page, server, query)
    ask(page, "What shall I do?")
    expect(page.locator(".card")).to_have_count(5)
    # What opens is looked at open.
    page.evaluate("document.querySelectorAll('.card details').forEach((one) => { one.open = true; })")
    page.locator(".feedback button").first.click()
    page.wait_for_timeout(1300)


def test_axe_would_find_something(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    page.evaluate("document.querySelector('.send').replaceChildren()")
    assert [finding.split(":")[0] for finding in findings(page)] == ["button-name"]


STATES: list[tuple[str, dict[str, Any], str]] = [
    ("light", {"color_scheme": "light"}, "?language=en"),
    ("dark", {"color_scheme": "dark"}, "?language=en"),
    ("forced colours", {"forced_colors": "active"}, "?language=en"),
    ("right to left", {}, "?language=ar"),
    ("right to left, dark", {"color_scheme": "dark"}, "?language=ar"),
]


@pytest.mark.parametrize(("label", "media", "query"), STATES, ids=[state[0] for state in STATES])
def test_axe_finds_nothing_in_a_long_chat(
    page: Page, server: ChatServer, label: str, media: dict[str, Any], query: str
) -> None:
    give_voices(page, "en-GB", "ar-SA", "it-IT")
    page.emulate_media(**media)
    open_chat(page, server, query)
    assert findings(page) == [], "empty"
    long_chat(page, server, query)
    assert page.locator(".speak:visible").count() > 4
    assert findings(page) == [], label
    page.locator(".languages summary").click()
    page.wait_for_timeout(100)
    assert findings(page) == [], "language menu"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New conversation").click()
    assert findings(page) == [], "dialog"


def test_axe_finds_nothing_when_things_go_wrong(page: Page, context: BrowserContext, server: ChatServer) -> None:
    open_chat(page, server)
    page.evaluate("document.querySelector('textarea').removeAttribute('maxlength')")
    ask(page, "a" * 3000)
    expect(page.get_by_text("Not sent")).to_be_visible()
    assert findings(page) == [], "refused"
    page.get_by_role("textbox").fill("")
    wait_for_offline_page(page)
    context.set_offline(True)
    ask(page, "doctor")
    expect(page.get_by_text("Will be sent")).to_be_visible()
    assert findings(page) == [], "offline"
    page.reload()
    expect(page.get_by_role("heading", name="No internet")).to_be_visible()
    assert findings(page) == [], "offline page"
    context.set_offline(False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_around(page: Page, server: ChatServer, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in ("/chat?language=ar", "/chat?language=en", "/chat/atlantis", "/chat/turin/offline?language=ar"):
        page.goto(server.url + path)
        assert findings(page) == [], path


def test_axe_finds_nothing_without_javascript(browser: Browser, server: ChatServer) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 360, "height": 740})
    page = context.new_page()
    server.conversations.answer = lambda incoming: [*LONG]
    page.goto(f"{server.url}/chat/turin")
    page.get_by_role("textbox").fill("doctor")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".card")).to_have_count(5)
    drawn = page.content()
    context.close()
    # axe needs a script of its own: the page as it was drawn, its module left out, is looked at once more.
    looking = browser.new_page(viewport={"width": 360, "height": 740})
    looking.route("**/*.js", lambda route: route.abort())
    looking.route("**/chat/turin", lambda route: route.fulfill(body=drawn, content_type="text/html; charset=utf-8"))
    looking.goto(f"{server.url}/chat/turin")
    expect(looking.locator(READY)).to_have_count(0)
    assert findings(looking) == []
    looking.close()


def test_axe_finds_nothing_embedded(page: Page, server: ChatServer) -> None:
    for width in (360, 1200):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{server.url}/chat/demo?territory=turin&language=en")
        assert findings(page) == [], "button"
        page.get_by_role("button", name="Help for newcomers").click()
        expect(page.frame_locator("iframe").locator(READY)).to_be_visible()
        assert findings(page) == [], "panel"
        assert findings(page.frames[1]) == [], "chat in the panel"


# 200 % of a 360-pixel phone, letters twice as large on it, and what WCAG 1.4.10 asks for.
SIZES = [(180, 370, 16), (360, 740, 32), (320, 256, 16), (320, 640, 16)]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "height", "letters"), SIZES)
def test_enlarged_it_neither_runs_off_nor_breaks(
    page: Page, server: ChatServer, width: int, height: int, letters: int, language: str
) -> None:
    give_voices(page, "en-GB", "ar-SA")
    page.set_viewport_size({"width": width, "height": height})
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
    long_chat(page, server, f"?language={language}")
    assert not page.evaluate(SIDEWAYS)
    assert not page.evaluate("(log => log.scrollWidth > log.clientWidth)(document.querySelector('.log'))")
    cut = page.evaluate(
        """[...document.querySelectorAll("header *, .log *, .bottom *")].filter((one) => {
          const box = one.getBoundingClientRect();
          return one.checkVisibility() && !one.closest(".hidden, .skip, svg, h1") && box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
        }).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    page.get_by_role("textbox").scroll_into_view_if_needed()
    expect(page.get_by_role("textbox")).to_be_in_viewport()
    assert findings(page) == []


def press_until(page: Page, key: str, name: str, most: int = 60) -> None:
    """Press a key until the element of this accessible name has focus."""
    for _ in range(most):
        page.keyboard.press(key)
        found = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
        )
        if " ".join(str(found).split()) == name:
            return
    raise AssertionError(f"{name} cannot be reached by {key}")


def test_a_whole_journey_by_keyboard_alone(page: Page, server: ChatServer) -> None:
    give_voices(page, "en-GB")
    page.add_init_script("window.print = () => { window.printing = document.querySelectorAll('.printed').length; }")
    server.conversations.answer = lambda incoming: (
        [*LONG[1:2]]
        if incoming.text
        else [Reply("Thank you!", incoming.choice.partition("language:")[2] or "en", "ltr")]  # type: ignore[union-attr]
    )
    open_chat(page, server)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("I have just arrived")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(2)
    # Backwards from the text field: the last answer comes first.
    press_until(page, "Shift+Tab", "Print or save this plan")
    page.keyboard.press("Enter")
    assert page.evaluate("window.printing") == 1
    press_until(page, "Shift+Tab", "No")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "It is closed")
    page.keyboard.press("Enter")
    expect(page.locator(".feedback [aria-pressed=true]")).to_be_focused()
    expect(page.locator(".bot").last).to_contain_text("Thank you!")
    press_until(page, "Shift+Tab", "Save or share")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "Add to contacts")
    press_until(page, "Shift+Tab", "Read aloud")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop reading")).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, "Shift+Tab", "Language English")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "Українська")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator(".languages summary")).to_be_focused()
    press_until(page, "Tab", "New conversation [uk]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep this one [uk]")).to_be_visible()
    press_until(page, "Tab", "Begin anew [uk]", 4)
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_be_focused()


def test_only_news_is_said_aloud(page: Page, server: ChatServer) -> None:
    busy = "document.querySelector('.log').getAttribute('aria-busy')"
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    assert page.evaluate(busy) is None, "an answer is news"
    page.reload()
    expect(page.locator(".card")).to_have_count(1)
    assert page.evaluate(busy) == "true", "a history is not"
    expect(page.locator(".log:not([aria-busy])")).to_have_count(1)
    page.locator(".languages summary").click()
    page.get_by_role("link", name="Українська").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    assert page.evaluate(busy) == "true", "nor are the same words in another language"


def test_focus_can_be_seen_everywhere(page: Page, server: ChatServer) -> None:
    give_voices(page, "en-GB")
    long_chat(page, server)
    page.get_by_role("textbox").focus()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        seen = page.evaluate(
            """(() => {
              const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
              return one === document.body || (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none" && box.bottom > 0 && box.top < innerHeight);
            })() || document.activeElement.outerHTML.slice(0, 100)"""
        )
        assert seen is True
