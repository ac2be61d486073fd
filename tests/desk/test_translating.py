"""Machine translation: off unless a city sets it up, marked as such, and no trouble when the service is down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from bot.desk import DeskSettings
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_conversation import take

At = Callable[[int], httpx.Client]


class Service(BaseHTTPRequestHandler):
    """Speaks LibreTranslate's interface, and nothing beside it."""

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        right = self.path == "/translate" and asked.get("api_key") == "key" and asked.get("format") == "text"
        status, shape = (
            (200, {"translatedText": f"[{asked['target']}] {asked['q']}"}) if right else (403, {"error": "no"})
        )
        body = json.dumps(shape).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def last_id(guest: Newcomer) -> str:
    return str([message["id"] for message in guest.heard() if message["from"] == "newcomer"][-1])


def test_it_is_off_by_default(server: DeskServer, marta: int, at: At, newcomer: Callable[..., Newcomer]) -> None:
    desk, guest, path = take(server, at(marta), newcomer("uk"))
    assert "Translate by machine" not in desk.get(path).text
    assert desk.post(f"{path}/translation?message={last_id(guest)}").status_code == 404


@pytest.mark.parametrize(("key", "shown"), [("key", "[en] Мені"), ("wrong", "does not answer")])
def test_a_translation_stands_beside_the_original(database: str, service: str, key: str, shown: str) -> None:
    with DeskServer(database, DeskSettings(translation_url=service, translation_key=key)) as server:
        marta = server.add_staff("Marta", presence="available")
        headers = {"X-CSRF-Token": "a-token-of-this-session"}
        with httpx.Client(base_url=server.url, cookies={"who": str(marta)}, headers=headers) as client:
            desk, guest, path = take(server, client, Newcomer(server.url, "uk"))
            guest.send("Мені <b>потрібна</b> допомога")
            guest.wait(lambda: "допомога" in desk.get(path).text)
            answer = desk.post(f"{path}/translation?message={last_id(guest)}")
            assert answer.status_code == 200
            assert shown in answer.text and "<b>" not in answer.text
            if key == "key":
                assert "Machine translation" in answer.text
            assert desk.post(f"{path}/translation?message=999999").status_code == 404
