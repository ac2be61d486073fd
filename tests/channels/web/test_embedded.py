"""The chat on a city's own site: another origin, a strict policy, and styles that want to reach everything."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.channels.web.chat_server import ChatServer
from tests.channels.web.test_chromium import READY

HOSTILE = """
  * { color: red !important; font: 40px fantasy !important; letter-spacing: 1em !important; text-transform: uppercase !important; direction: rtl; }
  button, dialog, iframe, div, span, svg { display: none !important; }
  body > *:not(a) { position: static !important; opacity: .1 !important; visibility: hidden !important; zoom: 3 !important; }
"""
ADDRESS = "Help for newcomers [uk]"


class Site:
    """A city's site; ``policy`` is its Content-Security-Policy, ``{chat}`` standing for the chat's address."""

    def __init__(self, server: ChatServer, policy: str) -> None:
        html = f"""<!doctype html><html lang="uk-UA"><title>City</title><meta name="viewport" content="width=device-width">
            <style nonce="n">{HOSTILE}</style><h1>City</h1><a href="#x">A link of the city</a>
            <script src="{server.url}/chat/embed.js" data-territory="turin" defer></script>""".encode()
        head = policy.format(chat=server.url)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", head)
                self.end_headers()
                self.wfile.write(html)

            def log_message(self, format: str, *_: object) -> None:
                pass

        self._site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._site.server_address[1]}/"
        threading.Thread(target=self._site.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._site.shutdown()
        self._site.server_close()


STRICT = (
    "default-src 'none'; style-src 'nonce-n'; script-src {chat}; frame-src {chat};"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.fixture
def city(server: ChatServer) -> Iterator[str]:
    site = Site(server, STRICT)
    yield site.url
    site.close()


@pytest.mark.parametrize(("width", "whole_screen"), [(360, True), (1200, False)])
def test_on_a_citys_own_site(page: Page, server: ChatServer, city: str, width: int, whole_screen: bool) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(city)
    button = page.get_by_role("button", name=ADDRESS)
    for name, value in (
        ("font-size", "16px"),
        ("color", "rgb(255, 255, 255)"),
        ("letter-spacing", "normal"),
        ("opacity", "1"),
    ):
        expect(button).to_have_css(name, value)
    place = button.bounding_box()
    assert place and place["x"] + place["width"] == width - 16 and place["height"] < 100
    button.click()
    chat = page.frame_locator("iframe")
    expect(chat.locator("html")).to_have_attribute("lang", "uk")
    expect(chat.locator(READY)).to_be_visible()
    chat.get_by_role("textbox").fill("doctor")
    chat.get_by_role("textbox").press("Enter")
    expect(chat.locator(".card")).to_have_count(1)
    box = page.get_by_role("dialog").bounding_box()
    assert box and (box["width"] == width) == whole_screen
    # The city's page can be read on beside the panel, and is out of reach under a whole screen.
    assert (
        page.evaluate(
            "document.querySelector('a').matches(':focus') || (document.querySelector('a').focus(), document.activeElement.matches('a'))"
        )
        != whole_screen
    )
    page.get_by_role("button", name="Close the chat [uk]").click()
    expect(button).to_be_focused()
    button.click()
    expect(chat.locator(".card")).to_have_count(1)
    chat.get_by_role("link", name="Leave quickly").click()
    page.wait_for_url("**/chat?harmless")


def test_nothing_of_ours_reaches_the_city(page: Page, city: str) -> None:
    page.goto(city)
    page.get_by_role("button", name=ADDRESS).click()
    expect(page.locator("h1")).to_have_css("color", "rgb(255, 0, 0)")
    assert page.evaluate("document.adoptedStyleSheets.length") == 0
    assert page.evaluate("document.querySelectorAll('body > *:not(script)').length") == 3
    assert page.evaluate("Object.keys(window).filter((name) => /ventanilla/i.test(name))") == []


def test_by_keyboard_in_and_out(page: Page, city: str) -> None:
    page.set_viewport_size({"width": 1200, "height": 740})
    page.goto(city)
    button = page.get_by_role("button", name=ADDRESS)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close the chat [uk]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    expect(chat.locator(READY)).to_be_visible()
    chat.get_by_role("textbox").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    page.wait_for_timeout(1600)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


@pytest.mark.parametrize("inside", [True, False])
def test_escape_twice_leaves_from_within_and_without(page: Page, server: ChatServer, city: str, inside: bool) -> None:
    page.goto(city)
    page.get_by_role("button", name=ADDRESS).click()
    chat = page.frame_locator("iframe")
    expect(chat.locator(READY)).to_be_visible()
    chat.get_by_role("textbox").fill("doctor")
    chat.get_by_role("textbox").press("Enter")
    expect(chat.locator(".card")).to_have_count(1)
    if not inside:
        page.get_by_role("button", name="Close the chat [uk]").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/chat?harmless")


def test_a_city_that_forbids_the_frame_gets_a_link(context: BrowserContext, server: ChatServer) -> None:
    page = context.new_page()
    site = Site(server, "default-src 'none'; style-src 'nonce-n'; script-src {chat}")
    foreign: list[str] = []
    page.on("console", lambda said: foreign.append(said.text))
    page.goto(site.url)
    page.get_by_role("button", name=ADDRESS).click()
    link = page.get_by_role("link", name="Open the chat on its own page [uk]")
    expect(link).to_have_attribute("href", f"{server.url}/chat/turin?language=uk")
    assert any("frame-src" in line or "default-src" in line for line in foreign)
    site.close()


def test_an_old_browser_gets_a_link(page: Page, server: ChatServer, city: str) -> None:
    page.add_init_script("delete Document.prototype.adoptedStyleSheets")
    page.goto(city)
    link = page.locator("ventanilla-embed a")
    expect(link).to_have_text("Open the chat on its own page [uk]")
    expect(link).to_have_attribute("href", f"{server.url}/chat/turin?language=uk")
