"""A newcomer over the HTTP interface, who asks for a person."""

from __future__ import annotations

import time
from typing import Any

import httpx


class Newcomer:
    """One conversation; whatever is sent is answered before the next call returns."""

    def __init__(self, url: str, language: str = "en", territory: str = "turin") -> None:
        self.client = httpx.Client(base_url=url, timeout=20)
        opened = self.client.post("/chat/api/conversations", json={"territory": territory, "language": language}).json()
        self.id = opened["conversation"]
        self.path = f"/chat/api/conversations/{self.id}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.count = 0

    def send(self, text: str = "", choice: str | None = None) -> None:
        """Send a text, or press a button."""
        self.count += 1
        body: dict[str, Any] = {"client_id": f"m{self.count}"}
        body |= {"choice": choice} if choice else {"text": text}
        answer = self.client.post(f"{self.path}/messages", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text

    def ask(self, choice: str = "handoff:yes") -> Newcomer:
        """Ask for a person and wait until that is stored."""
        before = len(self.texts("bot"))
        self.send(choice=choice)
        self.wait(lambda: len(self.texts("bot")) > before)
        return self

    def heard(self) -> list[dict[str, Any]]:
        """Return everything that was said, oldest first."""
        return list(self.client.get(f"{self.path}/messages", headers=self.headers).json()["messages"])

    def texts(self, sender: str) -> list[str]:
        """Return the texts of one side."""
        return [message["text"] for message in self.heard() if message["from"] == sender]

    def wait(self, true: Any, seconds: float = 8.0) -> None:
        """Wait until ``true()`` is."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError("waited in vain")
            time.sleep(0.02)
