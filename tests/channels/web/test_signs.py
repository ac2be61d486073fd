"""Signs of the other side, and one's conversation as a file: over HTTP and in Chromium."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.conversation.messages import Reply
from tests.channels.web.chat_server import ChatServer, wait_until
from tests.channels.web.test_accessible import findings
from tests.channels.web.test_chromium import SIDEWAYS, ask, open_chat
from tests.channels.web.test_web_api import JSON, Chat, fits

ANSWER = Reply("Good morning", "en", "ltr")
LONG = Reply("Good morning. " * 400, "en", "ltr")


def test_who_has_the_conversation_and_who_writes_is_told_as_it_happens(
    client: httpx.Client, server: ChatServer
) -> None:
    chat = Chat(client)
    name = chat.opened["conversation"]
    told = chat.events(10**6, 3, then=lambda: server.call(server.conversations.hand_over, name))
    assert told[1:] == [("files", None, {"takes_files": True}), ("person", None, {"person": True})]
    told = chat.events(10**6, 4, then=lambda: server.call(server.conversations.write, name, "Marta"))
    assert told[-1] == ("writing", None, {"writing": "Marta"})
    polled = client.get(f"{chat.path}/messages", headers=chat.headers).json()
    assert fits(polled, "Messages") and (polled["person"], polled["writing"]) == (True, "Marta")
    told = chat.events(10**6, 5, then=lambda: server.call(server.conversations.write, name, None))
    assert told[-1] == ("writing", None, {"writing": None})


def test_reading_and_typing_are_taken_with_the_token_alone(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    last = chat.opened["messages"][-1]["id"]
    assert client.post(f"{chat.path}/read", json={"message": last}, headers=chat.headers).status_code == 204
    assert client.post(f"{chat.path}/typing", headers=chat.headers).status_code == 204
    wrong = {"authorization": "Bearer nonsense"}
    for path in ("read", "typing"):
        assert client.post(f"{chat.path}/{path}", json={"message": last}, headers=wrong).status_code == 401
    assert (server.conversations.reads, server.conversations.typings) == ([int(last)], 1)


@pytest.mark.parametrize("message", [None, 7, "", "-1", "x", "9" * 19, "9" * 40, "١", ["1"]])
def test_a_message_that_cannot_have_been_read(client: httpx.Client, server: ChatServer, message: Any) -> None:
    chat = Chat(client)
    body = json.dumps({"message": message}).encode()
    found = client.post(f"{chat.path}/read", content=body, headers={**chat.headers, **JSON})
    assert (found.status_code, found.json()["error"], found.json()["field"]) == (422, "bad_field", "message")
    assert server.conversations.reads == []


def test_a_conversation_is_taken_away_as_a_file(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    chat.send(client_id="a", text="I need a doctor")
    found = client.get(f"{chat.path}/export", headers=chat.headers)
    assert found.headers["content-type"] == "application/json"
    assert found.headers["content-disposition"] == 'attachment; filename="conversation.json"'
    assert found.headers["cache-control"] == "no-store"
    assert "I need a doctor" in [message["text"] for message in found.json()]
    assert client.get(f"{chat.path}/export").status_code == 401


def test_what_is_read_is_told_when_it_is_in_view_and_a_person_was_asked_for(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert server.conversations.reads == [], "while only the machine answers, nothing is told"
    server.call(server.conversations.hand_over, "conversation1")
    wait_until(lambda: server.conversations.reads, 8)
    before = len(server.conversations.reads)
    for _ in range(3):
        server.call(server.conversations.say, "conversation1", ANSWER, "Marta")
    expect(page.locator(".message.caseworker")).to_have_count(3)
    page.get_by_role("button", name="New message").click()
    newest = server.conversations.kept["conversation1"].messages[-1].id
    wait_until(lambda: server.conversations.reads[-1] == newest, 8)
    assert len(server.conversations.reads) - before < 3, "several at once"


def test_what_is_out_of_sight_is_not_read(page: Page, server: ChatServer) -> None:
    server.conversations.greeting = lambda language: LONG
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    server.call(server.conversations.hand_over, "conversation1")
    wait_until(lambda: server.conversations.reads, 8)
    # A page that has just moved to an answer would follow the next one too.
    page.wait_for_timeout(1300)
    page.locator(".log").evaluate("(log) => { log.scrollTop = 0; }")
    server.call(server.conversations.say, "conversation1", ANSWER, "Marta")
    expect(page.get_by_role("button", name="New message")).to_be_visible()
    page.wait_for_timeout(1500)
    newest = server.conversations.kept["conversation1"].messages[-1].id
    assert newest not in server.conversations.reads
    page.get_by_role("button", name="New message").click()
    wait_until(lambda: server.conversations.reads[-1] == newest, 8)


def test_typing_is_told_to_a_person_only_and_not_with_each_letter(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    box = page.get_by_role("textbox")
    box.press_sequentially("hello")
    page.wait_for_timeout(300)
    assert server.conversations.typings == 0
    server.call(server.conversations.hand_over, "conversation1")
    expect(page.locator(".clip")).to_be_visible()
    box.press_sequentially(" how are you today, I am here", delay=30)
    page.wait_for_timeout(300)
    assert server.conversations.typings == 1
    box.press("Enter")
    box.press_sequentially("and")
    wait_until(lambda: server.conversations.typings == 2)


def test_a_caseworker_who_writes_is_shown_and_read_aloud_once(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(1)
    aside = page.locator(".aside")
    server.call(server.conversations.write, "conversation1", "Marta")
    expect(page.locator(".writing")).to_be_visible()
    expect(page.locator(".writing")).to_have_text("\u2068Marta\u2069 is writing…")
    expect(aside).to_have_text("\u2068Marta\u2069 is writing…")
    expect(aside).to_have_attribute("aria-live", "polite")
    assert not page.evaluate(SIDEWAYS)
    assert findings(page) == []
    expect(aside).to_have_text("", timeout=8000)
    server.call(server.conversations.write, "conversation1", None)
    expect(page.locator(".writing")).to_be_hidden()
    server.call(server.conversations.write, "conversation1", "Marta")
    expect(page.locator(".writing")).to_be_visible()
    expect(aside).to_have_text("")
    server.call(server.conversations.say, "conversation1", ANSWER, "Marta")
    expect(page.locator(".writing")).to_be_hidden()


def test_my_conversation_as_a_file(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    save = page.get_by_role("banner").get_by_role("link", name="Save my conversation")
    expect(save).to_be_hidden()
    ask(page, "I need a doctor")
    expect(page.locator(".card")).to_have_count(1)
    expect(save).to_be_visible()
    assert not page.evaluate(SIDEWAYS)
    with page.expect_download() as coming:
        save.click()
    assert coming.value.suggested_filename == "conversation.json"
    assert "I need a doctor" in [message["text"] for message in json.loads(coming.value.path().read_text("utf-8"))]
    page.reload()
    expect(save).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    with page.expect_download():
        page.get_by_role("dialog").get_by_role("link", name="Save my conversation").click()
    page.get_by_role("button", name="Begin anew").click()
    expect(save).to_be_hidden()


def test_my_conversation_as_a_file_without_a_script(browser: Browser, server: ChatServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{server.url}/chat/turin")
    save = page.get_by_role("banner").get_by_role("link", name="Save my conversation")
    expect(save).to_be_hidden()
    page.get_by_role("textbox").fill("I need a doctor")
    page.get_by_role("button", name="Send").click()
    with page.expect_download() as coming:
        save.click()
    assert "I need a doctor" in coming.value.path().read_text("utf-8")
    context.close()


def test_another_browser_gets_no_file(client: httpx.Client, server: ChatServer) -> None:
    assert client.get("/chat/turin/export").status_code == 401
