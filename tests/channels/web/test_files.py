"""Files between a newcomer and a person, and how a person's words differ from the program's."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.conversation.attached import LARGEST
from bot.conversation.messages import Attachment, Incoming, Reply
from bot.records import conversations as records
from bot.records import files
from knowledge.store import Store
from tests.channels.web.chat_memory import Kept
from tests.channels.web.chat_server import ChatServer, wait_until
from tests.channels.web.test_accessible import findings
from tests.channels.web.test_chromium import SIDEWAYS, ask, open_chat
from tests.channels.web.test_web_api import Chat, fits

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HELLO = Reply("Good morning, I am here.", "en", "ltr")


@pytest.fixture
def filed(server: ChatServer, store: Store) -> tuple[str, str, str]:
    """A conversation of the database with a PDF in it, that the web chat knows too: its id, token and the file's id."""

    def write(session: Any) -> tuple[str, str, str]:
        made, token = records.create(session, territory="turin", channel="web", language="en", chosen=False)
        incoming = Incoming("a", attachment=Attachment("document", "application/pdf", "lease.pdf", PDF))
        message = records.accept(session, made, incoming, shown="", dir="ltr")
        assert message is not None
        kept = {"kind": "document", "name": "Договір <1>.pdf", "media_type": "application/pdf", "content": PDF}
        return made.id, token, files.add(session, conversation=made.id, message=message, **kept).id

    with store.write() as session:
        found = write(session)
    server.conversations.kept[found[0]] = Kept(found[1], "en", "turin")
    return found


def attach(chat: Chat, name: str, content: bytes, client_id: str = "a") -> httpx.Response:
    form = {"client_id": client_id}
    return chat.client.post(f"{chat.path}/files", data=form, files={"file": (name, content)}, headers=chat.headers)


def test_a_file_reaches_the_person_once(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    server.conversations.person = True
    assert {attach(chat, "lease.exe", PDF).status_code for _ in range(3)} == {202}
    (incoming,) = server.conversations.accepted
    assert incoming.attachment and incoming.attachment.content == PDF
    (message,) = [one for one in chat.messages() if one["from"] == "newcomer"]
    assert message["files"][0] | {"url": ""} == {
        "id": "file1", "kind": "document", "name": "lease.pdf", "media_type": "application/pdf", "size": len(PDF), "url": "",
    }  # fmt: skip
    assert fits(message, "Message")


REFUSED = [
    ("nobody reads it", False, "a.pdf", PDF, "a", 409, "no_reader"),
    ("too large", True, "a.pdf", PDF + b"0" * (LARGEST + 100_000), "a", 413, "too_large"),
    ("a little too large", True, "a.pdf", PDF + b"0" * LARGEST, "a", 413, "too_large"),
    ("a program", True, "a.pdf", b"MZ" + bytes(100), "a", 415, "wrong_file"),
    ("a page", True, "a.png", b"<!doctype html><script>alert(1)</script>", "a", 415, "wrong_file"),
    ("a drawing that can run", True, "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a", 415, "wrong_file"),
    ("empty", True, "a.pdf", b"", "a", 400, "empty"),
    ("no proper id", True, "a.pdf", PDF, "<>", 422, "bad_field"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "person", "name", "content", "client_id", "status", "code"), REFUSED)
def test_files_that_are_refused(
    client: httpx.Client, server: ChatServer, label: str, person: bool, name: str, content: bytes, client_id: str,
    status: int, code: str,
) -> None:  # fmt: skip
    chat = Chat(client)
    server.conversations.person = person
    found = attach(chat, name, content, client_id)
    assert (found.status_code, found.json()["error"]) == (status, code), label
    assert server.conversations.accepted == []


def test_forms_that_are_none(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    server.conversations.person = True
    for body, kind, status in (
        (b"{}", "application/json", 415),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 422),
        (b"", "multipart/form-data", 400),
    ):
        headers = {**chat.headers, "content-type": kind}
        assert client.post(f"{chat.path}/files", content=body, headers=headers).status_code == status, kind


def test_a_file_is_given_back_to_its_conversation_only(
    client: httpx.Client, server: ChatServer, filed: tuple[str, str, str]
) -> None:
    conversation, token, file = filed
    path = f"/chat/api/conversations/{conversation}/files/{file}"
    found = client.get(path, headers={"authorization": f"Bearer {token}"})
    assert (found.status_code, found.content, found.headers["content-type"]) == (200, PDF, "application/pdf")
    assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%94")
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"
    assert client.get(path).status_code == 401
    other = Chat(client)
    assert client.get(path, headers=other.headers).status_code == 401
    stolen = client.get(f"{other.path}/files/{file}", headers=other.headers)
    assert (stolen.status_code, stolen.json()["error"]) == (404, "not_found")


def test_a_form_without_javascript_sends_and_gives_back(
    browser: Browser, client: httpx.Client, server: ChatServer, filed: tuple[str, str, str], tmp_path: Path
) -> None:
    (tmp_path / "lease.pdf").write_bytes(PDF)
    conversation, token, file = filed
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "ventanilla", "value": f"{conversation}.{token}", "url": f"{server.url}/chat/turin"}])
    page = context.new_page()
    page.goto(f"{server.url}/chat/turin")
    expect(page.locator("input[type=file]")).to_be_hidden()
    server.conversations.person = True
    page.reload()
    page.get_by_label("Send a picture, a document or a voice message").set_input_files(tmp_path / "lease.pdf")
    page.get_by_role("button", name="Send file").click()
    expect(page.locator(".newcomer .files")).to_contain_text("lease.pdf")
    address = f"{server.url}/chat/turin/files/{file}"
    assert context.request.get(address).body() == PDF
    assert client.get(address).status_code == 401
    context.close()


def test_a_person_is_told_from_the_machine(page: Page, server: ChatServer) -> None:
    open_chat(page, server)
    ask(page, "a person please")
    expect(page.locator(".card")).to_have_count(1)
    server.call(server.conversations.say, "conversation1", HELLO, "Maria <b>")
    person = page.locator(".caseworker")
    expect(person.get_by_text("Maria <b> · Adviser")).to_be_visible()
    machine = page.locator(".bot .text").last
    ground = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    assert page.evaluate(ground.format(".caseworker .text")) != page.evaluate(ground.format(".bot .text"))
    expect(machine).to_be_visible()
    assert "Maria <b> · Adviser" in page.get_by_role("log").aria_snapshot()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert findings(page) == []


def test_pictures_are_shown_and_others_saved(page: Page, server: ChatServer) -> None:
    asked: list[str] = []

    def give(route: Any) -> None:
        asked.append(str(route.request.headers.get("authorization")))
        body, kind = (
            (PNG, "image/png") if route.request.url.endswith("/1") else (b"<script>alert(1)</script>", "text/html")
        )
        route.fulfill(body=body, content_type=kind)

    page.route("**/files/*", give)
    open_chat(page, server)
    ask(page, "hello")
    expect(page.locator(".card")).to_have_count(1)
    base = "/chat/api/conversations/conversation1/files"
    server.call(
        server.conversations.say, "conversation1", HELLO, "Maria",
        {"id": "1", "kind": "photo", "name": "map.png", "media_type": "image/png", "size": 12_345, "url": f"{base}/1"},
        {"id": "2", "kind": "document", "name": "form.pdf", "media_type": "application/pdf", "size": 250_000, "url": f"{base}/2"},
        {"id": "3", "kind": "document", "name": "x.pdf", "media_type": "application/pdf", "size": 1, "url": "https://evil.example/"},
        {"kind": "voice"},
        {"kind": "location", "latitude": 45.07, "longitude": 7.68},
    )  # fmt: skip
    picture = page.get_by_role("img", name="Picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.naturalWidth") == 1
    with page.expect_download() as saving:
        page.get_by_role("button", name="form.pdf 250 kB").click()
    assert saving.value.suggested_filename == "form.pdf"
    page.get_by_role("button", name="x.pdf").click()
    expect(page.get_by_role("status")).to_contain_text("does not work")
    expect(page.locator(".files").get_by_text("Voice message")).to_be_visible()
    place = page.get_by_role("link", name="Place on the map")
    expect(place).to_have_attribute("href", "https://www.openstreetmap.org/#map=17/45.07/7.68")
    assert asked == ["Bearer token-1", "Bearer token-1"]
    page.set_viewport_size({"width": 320, "height": 640})
    assert not page.evaluate(SIDEWAYS)
    assert findings(page) == []


def test_a_photo_is_sent_smaller_and_without_its_place(page: Page, server: ChatServer, tmp_path: Path) -> None:
    open_chat(page, server)
    clip = page.get_by_label("Send a picture, a document or a voice message")
    expect(clip).to_be_hidden()
    ask(page, "hello")
    expect(page.locator(".card")).to_have_count(1)
    server.call(server.conversations.hand_over, "conversation1")
    expect(clip).to_have_count(1)
    expect(page.locator(".clip")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    assert findings(page) == []
    large = page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 4000, height: 3000 });
          canvas.getContext("2d").fillRect(0, 0, 9, 9);
          const made = await new Promise((done) => canvas.toBlob(done, "image/png"));
          const reader = new FileReader();
          reader.readAsDataURL(made);
          await new Promise((done) => { reader.onload = done; });
          return reader.result.split(",")[1];
        }"""
    )
    # A chunk of text as cameras write it: who took the picture, and where.
    original = base64.b64decode(large)
    (tmp_path / "passport.png").write_bytes(
        original[:33] + b"\x00\x00\x00\x05eXIfPlace\x00\x00\x00\x00" + original[33:]
    )
    clip.set_input_files(tmp_path / "passport.png")
    expect(page.locator(".newcomer .files").last).to_contain_text("passport.jpg")
    wait_until(lambda: server.conversations.accepted[-1].attachment)
    attachment = server.conversations.accepted[-1].attachment
    assert attachment and attachment.content
    assert attachment.content.startswith(b"\xff\xd8") and b"Place" not in attachment.content
    expect(page.locator(".newcomer .fate")).to_have_count(0)
    expect(page.locator(".newcomer")).to_have_count(2)


def test_a_file_that_cannot_be_sent_says_so(page: Page, server: ChatServer, tmp_path: Path) -> None:
    (tmp_path / "tool.pdf").write_bytes(b"MZ" + bytes(100))
    open_chat(page, server)
    ask(page, "hello")
    expect(page.locator(".card")).to_have_count(1)
    server.call(server.conversations.hand_over, "conversation1")
    expect(page.locator(".clip")).to_be_visible()
    page.get_by_label("Send a picture, a document or a voice message").set_input_files(tmp_path / "tool.pdf")
    expect(page.get_by_role("status")).to_contain_text("This file cannot be sent")
    expect(page.locator(".newcomer").last).to_contain_text("Not sent")
