"""The chat as an installed application: its manifest, the page without network, upgrades, and no traces."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.channels.web import assets
from tests.channels.web.chat_memory import DOCTOR
from tests.channels.web.chat_server import ChatServer, wait_until
from tests.channels.web.test_chromium import ask, open_chat

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  }
  return found;
}"""
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"


def wait_for_offline_page(page: Page) -> None:
    """Wait until the browser keeps the page for bad times."""
    wait_until(lambda: any(path.endswith("/offline") for path in page.evaluate(KEPT)), 10)


def test_a_phone_can_install_it(client: httpx.Client) -> None:
    page = client.get("/chat/turin?language=ar").text
    assert '<link rel="manifest" href="/chat/turin/manifest.webmanifest?language=ar">' in page
    found = client.get("/chat/turin/manifest.webmanifest?language=ar")
    assert found.headers["content-type"] == "application/manifest+json"
    manifest = found.json()
    assert (manifest["short_name"], manifest["lang"], manifest["dir"]) == ("تورينو", "ar", "rtl")
    assert (manifest["start_url"], manifest["display"]) == ("/chat/turin?language=ar", "standalone")
    purposes = set()
    for icon in manifest["icons"]:
        picture = client.get(icon["src"])
        assert picture.headers["content-type"] == icon["type"]
        purposes.add((icon["sizes"], icon.get("purpose")))
        if icon["type"] == "image/png":
            assert picture.content.startswith(b"\x89PNG")
            assert int.from_bytes(picture.content[16:20]) == int(icon["sizes"].split("x")[0])
    assert {("192x192", None), ("512x512", None), ("512x512", "maskable")} <= purposes


def test_inside_another_site_nothing_is_installed(client: httpx.Client) -> None:
    assert "manifest" not in client.get("/chat/turin?embedded=1").text


def test_the_offline_page_has_the_numbers_of_the_place(client: httpx.Client) -> None:
    found = client.get("/chat/turin/offline?language=en", headers={"cookie": "ventanilla=a.b"})
    for number in ('href="tel:112"', 'href="tel:1522"', 'href="tel:+390114429411"'):
        assert number in found.text
    assert "Helpline against violence" in found.text
    assert "set-cookie" not in found.headers and "token" not in found.text


def test_without_records_the_offline_page_has_one_number() -> None:
    with ChatServer() as server:
        found = httpx.get(f"{server.url}/chat/turin/offline")
    assert found.text.count('href="tel:') == 1 and 'href="tel:112"' in found.text


def test_without_network_numbers_and_last_answers_stay(page: Page, context: BrowserContext, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    wait_for_offline_page(page)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="No internet")).to_be_visible()
    expect(page.get_by_role("link", name="Helpline against violence 1522")).to_be_visible()
    expect(page.get_by_role("heading", name="Ambulatorio ISI")).to_be_visible()
    expect(page.get_by_role("link", name="Call +39 011 7095 1111")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(244, 246, 245)")
    context.set_offline(False)
    expect(page.get_by_role("textbox")).to_be_visible()
    expect(page.locator(".card")).to_have_count(1)


def test_nothing_of_the_conversation_is_kept_by_the_worker(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    wait_for_offline_page(page)
    page.reload()
    expect(page.locator(".card")).to_have_count(1)
    kept = page.evaluate(KEPT)
    assert all(path == "/chat/turin/offline" or path.startswith("/chat/static/") for path in kept)
    contents = page.evaluate(
        """async () => {
          const texts = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
          }
          return texts.join("");
        }"""
    )
    assert "token-1" not in contents and DOCTOR.title not in contents


@pytest.mark.parametrize("way", ["quick exit", "new conversation", "erased"])
def test_answers_go_with_the_conversation(page: Page, server: ChatServer, way: str) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    wait_for_offline_page(page)
    assert DOCTOR.title in page.evaluate("localStorage['ventanilla.turin.seen']")
    if way == "quick exit":
        page.get_by_role("link", name="Leave quickly").click()
        page.wait_for_url("**/chat?harmless")
        wait_until(lambda: page.evaluate(KEPT) == [] and page.evaluate(WORKERS) == 0)
    elif way == "new conversation":
        page.get_by_role("button", name="New conversation").click()
        page.get_by_role("button", name="Begin anew").click()
    else:
        server.call(server.conversations.forget, "conversation1")
        expect(page.get_by_role("status")).to_contain_text("has ended")
    expect(page.locator(".card")).to_have_count(0)
    assert page.evaluate("localStorage['ventanilla.turin.seen'] ?? null") is None


def test_an_upgrade_is_seen_at_once(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer() as server:
        open_chat(page, server)
        wait_for_offline_page(page)
        before = set(page.evaluate(KEPT))
        port = server.port
    folder = tmp_path / "static"
    copytree(assets.FOLDER, folder)
    (folder / "chat.css").write_text(".brand-new { color: red; }", encoding="utf-8")
    monkeypatch.setattr(assets.Assets.__init__, "__defaults__", (folder,))
    with ChatServer(port=port) as server:
        open_chat(page, server)
        styles = page.evaluate("[...document.styleSheets].map((sheet) => sheet.cssRules[0].selectorText)")
        assert styles == [".brand-new"]
        old = {path for path in before if path.endswith(".css")}
        wait_until(lambda: any(path.endswith(".css") for path in set(page.evaluate(KEPT)) - old), 10)
        wait_until(lambda: not old & set(page.evaluate(KEPT)))
    page.goto("about:blank")
