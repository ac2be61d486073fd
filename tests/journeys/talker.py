"""A newcomer over the HTTP interface, as any other front end would do it."""

from __future__ import annotations

import time
from typing import Any

import httpx

ANSWER_SECONDS = 20.0


class Talker:
    """One conversation. ``say`` sends and returns the replies to it."""

    def __init__(self, url: str, territory: str, language: str | None = None) -> None:
        self.client = httpx.Client(base_url=url, timeout=20)
        body = {"territory": territory} | ({"language": language} if language else {})
        reply = self.client.post("/chat/api/conversations", json=body)
        assert reply.status_code == 201, reply.text
        shape = reply.json()
        self.opening: list[dict[str, Any]] = shape["messages"]
        self.path = f"/chat/api/conversations/{shape['conversation']}"
        self.headers = {"Authorization": f"Bearer {shape['token']}"}
        self.last = self.opening[-1]["id"]
        self.count = 0

    def send(self, text: str | None = None, choice: str | None = None, client_id: str | None = None) -> httpx.Response:
        """Send a message and return the server's answer to that."""
        self.count += 1
        body = {"client_id": client_id or f"m{self.count}"}
        body |= {"text": text} if choice is None else {"choice": choice}  # type: ignore[dict-item]
        return self.client.post(f"{self.path}/messages", json=body, headers=self.headers)

    def say(self, text: str | None = None, choice: str | None = None) -> list[dict[str, Any]]:
        """Send a message, wait until it is answered, and return what the assistant said."""
        before = self.last
        reply = self.send(text, choice)
        assert reply.status_code == 202, reply.text
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            news = self.after(before)
            spoken = [message for message in news if message["from"] == "bot"]
            if spoken and spoken == [message for message in self.after(before) if message["from"] == "bot"]:
                self.last = news[-1]["id"]
                return spoken
            time.sleep(0.02)
        raise AssertionError(f"no answer within {ANSWER_SECONDS} s")

    def after(self, message: str) -> list[dict[str, Any]]:
        """Return all messages after one."""
        reply = self.client.get(f"{self.path}/messages", params={"after": message}, headers=self.headers)
        assert reply.status_code == 200, reply.text
        return list(reply.json()["messages"])


def cards(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cards of replies."""
    return [card for reply in replies for card in reply["cards"]]


def facts(replies: list[dict[str, Any]], kind: str) -> list[str]:
    """Return the values of one kind of fact on all cards."""
    return [fact["value"] for card in cards(replies) for fact in card["facts"] if fact["kind"] == kind]
