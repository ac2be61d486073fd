"""Signing a device up for web push from the desk's page: through the real doors, and gone with the session."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.records import push
from tests.security.door_server import Browser, DoorServer

ENDPOINT = "https://push.example.com/send/abc"


def fields(endpoint: str = ENDPOINT) -> dict[str, str]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "endpoint": endpoint,
        "p256dh": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
        "auth": base64.urlsafe_b64encode(b"a" * 16).rstrip(b"=").decode(),
    }


def devices(server: DoorServer) -> list[str]:
    with server.parts.store.session() as session:
        return [one.endpoint for one in push.at_desk(session, "turin")]


def test_a_device_is_signed_up_and_goes_with_signing_out(server: DoorServer, browser: Browser) -> None:
    page = browser.get("/desk").text
    key = re.search(r'data-key="([\w-]+)"', page)
    assert key and len(base64.urlsafe_b64decode(key[1] + "=")) == 65
    assert "PRIVATE" not in page
    csrf = browser.csrf()
    for _ in range(2):
        assert browser.post("/desk/push", csrf=csrf, **fields()).status_code == 204
    assert devices(server) == [ENDPOINT]
    assert browser.post("/desk/sign-out", csrf=csrf).status_code == 303
    assert devices(server) == []


def test_a_device_is_signed_off_by_the_button(server: DoorServer, browser: Browser) -> None:
    csrf = browser.csrf()
    browser.post("/desk/push", csrf=csrf, **fields())
    assert browser.post("/desk/push/off", csrf=csrf, endpoint=ENDPOINT).status_code == 204
    assert devices(server) == []


@pytest.mark.parametrize("endpoint", ["http://push.example.com/x", "https://127.0.0.1/x", "https://10.0.0.1:6379/"])
def test_an_address_inside_is_refused_in_words(server: DoorServer, browser: Browser, endpoint: str) -> None:
    answer = browser.post("/desk/push", csrf=browser.csrf(), **fields(endpoint))
    assert answer.status_code == 422 and "<h1>" in answer.text
    assert devices(server) == []


def test_nobody_signs_up_without_the_page_or_the_door(server: DoorServer, browser: Browser) -> None:
    assert browser.post("/desk/push", csrf="wrong", **fields()).status_code == 403
    assert server.browser().post("/desk/push", **fields()).headers["location"] == "/desk/sign-in"
    server.add("Edi", role="editor")
    editor = server.browser()
    editor.sign_in("Edi")
    assert editor.post("/desk/push", csrf=editor.csrf(), **fields()).status_code == 403
    assert devices(server) == []


def test_the_service_worker_may_serve_the_desk_and_is_looked_for_anew(server: DoorServer) -> None:
    answer = server.browser().get("/desk/push-worker.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/desk"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The desk is for caseworkers"), ("de", "Der Schalter ist für"), ("ar", "مكتب الاستقبال مخصص")],
)
def test_an_editor_reads_kindly_whom_the_desk_is_for(server: DoorServer, language: str, said: str) -> None:
    server.add("Edi", role="editor", language=language)
    editor = server.browser()
    editor.sign_in("Edi")
    for path in ("/desk", "/desk/search", "/desk/conversations/1"):
        page = editor.get(path)
        assert page.status_code == 403
        assert said in page.text and f'lang="{language}"' in page.text
        assert 'href="/desk"' not in page.text, "no button that leads back here"
        assert 'action="/desk/sign-out"' in page.text


def test_a_caseworker_at_a_leads_page_reads_another_word(browser: Browser) -> None:
    page = browser.get("/desk/lead")
    assert page.status_code == 403
    assert "may not do this" in page.text and 'href="/desk"' in page.text
