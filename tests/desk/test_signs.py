"""Who writes and what was read, between a newcomer's phone and the desk: each sees the other's signs, nobody else does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from bot.records.model import Conversation
from tests.channels.web.test_accessible import findings
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_conversation import take
from tests.desk.test_desk_chromium import take as take_in_browser
from tests.desk.test_queue import number_of

At = Callable[[int], httpx.Client]
Guests = Callable[..., Newcomer]
Sit = Callable[..., Page]


def polled(guest: Newcomer) -> dict[str, Any]:
    found: dict[str, Any] = guest.client.get(f"{guest.path}/messages", headers=guest.headers).json()
    return found


def tell(guest: Newcomer, what: str, **body: str) -> None:
    sent = {"json": body} if body else {}
    assert guest.client.post(f"{guest.path}/{what}", headers=guest.headers, **sent).status_code == 204


class Stream:
    """Reads a desk page's events in the background."""

    def __init__(self, desk: httpx.Client, number: int) -> None:
        self.events: list[tuple[str, Any]] = []
        self._response = desk.stream("GET", f"/desk/events?handoff={number}", timeout=20)
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Stream:
        self._open = self._response.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._response.__exit__(None, None, None)
        self._thread.join(5)

    def _read(self) -> None:
        name = ""
        try:
            for line in self._open.iter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data":
                    self.events.append((name, json.loads(value)))
        except httpx.HTTPError:
            return


def test_the_newcomer_sees_by_name_who_writes_until_it_is_said(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    desk, guest, path = take(server, at(marta), newcomer("en"))
    assert polled(guest)["writing"] is None and polled(guest)["person"]
    assert desk.post(f"{path}/typing").status_code == 204
    assert polled(guest)["writing"] == "Marta"
    assert desk.post(f"{path}/say", data={"text": "Come to us on Monday."}).status_code == 303
    assert polled(guest)["writing"] is None


def test_only_who_has_the_conversation_can_be_seen_writing(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    guest = newcomer("en").ask()
    path = f"/desk/conversations/{number_of(server, guest)}/typing"
    desk = at(marta)
    assert desk.post(path).status_code == 204
    assert polled(guest)["writing"] is None, "nobody has it yet"
    assert desk.post(path.replace("/typing", "/claim")).status_code == 303
    other, abroad = server.add_staff("Ali"), server.add_staff("Uwe", territory="dortmund")
    assert at(other).post(path).status_code == 204
    assert at(abroad).post(path).status_code == 404
    assert desk.post(path, headers={"X-CSRF-Token": "another"}).status_code == 403
    assert polled(guest)["writing"] is None


def test_the_desk_sees_a_newcomer_write_and_stop(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    desk, guest, path = take(server, at(marta), newcomer("en"))
    with Stream(desk, int(path.rpartition("/")[2])) as stream:
        guest.wait(lambda: ("typing", {"typing": False}) in stream.events)
        stream.events.clear()
        tell(guest, "typing")
        guest.wait(lambda: stream.events == [("typing", {"typing": True})])
        guest.send("I have a question about my home")
        guest.wait(lambda: ("typing", {"typing": False}) in stream.events)


@pytest.mark.parametrize(
    ("channel", "shown", "other"), [("web", "Read", "Delivered"), ("telegram", "Delivered", "Read")]
)
def test_a_mark_says_no_more_than_is_known(
    server: DeskServer, marta: int, at: At, newcomer: Guests, channel: str, shown: str, other: str
) -> None:
    desk, guest, path = take(server, at(marta), newcomer("en"))
    with server.parts.store.write() as session:
        session.execute(update(Conversation).values(channel=channel))
    desk.post(f"{path}/say", data={"text": "Come to us on Monday."})
    last = guest.heard()[-1]["id"]
    assert f'<span class="read" hidden>{shown}</span>' in desk.get(path).text
    tell(guest, "read", message=last)
    page = desk.get(path).text
    assert f'<span class="read">{shown}</span>' in page and f">{other}</span>" not in page
    part = desk.get(f"{path}/messages", headers={"HX-Request": "true"}).text
    assert f'<span class="read">{shown}</span>' in part


def test_both_sides_in_their_browsers(server: DeskServer, marta: int, sit: Sit, newcomer: Guests) -> None:
    guest = newcomer("en").ask()
    page = sit(marta)
    take_in_browser(page, server, guest)
    phone = sit(marta, phone=True)
    phone.goto(f"{server.url}/chat/turin")
    key = {"conversation": guest.id, "token": guest.headers["Authorization"].removeprefix("Bearer ")}
    phone.evaluate("(key) => { localStorage['ventanilla.turin'] = JSON.stringify({ key }); }", key)
    phone.reload()
    expect(phone.locator(".clip")).to_be_visible()
    phone.get_by_role("textbox").press_sequentially("My landlord")
    expect(page.locator("#typing")).to_have_text("The newcomer is writing…")
    assert findings(page) == []
    phone.keyboard.press("Enter")
    expect(page.locator(".message.newcomer").last).to_contain_text("My landlord")
    expect(page.locator("#typing")).to_have_text("")
    box = page.get_by_label("Your answer")
    box.press_sequentially("I can help")
    expect(phone.locator(".writing")).to_contain_text("Marta")
    box.press("Control+Enter")
    expect(phone.locator(".message.caseworker .text")).to_have_text("I can help")
    expect(phone.locator(".writing")).to_be_hidden()
    expect(page.locator(".message.caseworker .read")).to_have_text("Read")
    expect(page.locator(".message.caseworker .read")).to_be_visible()
