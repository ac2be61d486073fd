"""The web chat served for real: uvicorn on a free port in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette

from bot.channels.web import WebSettings, create_routes, web_middleware
from knowledge.store import Store
from tests.channels.web.chat_memory import MemoryConversations
from tests.channels.web.chat_words import EnglishWords
from tests.served import Served, listen


@dataclass
class ChatServer:
    """Starts on enter, ends on exit; ``conversations`` may be looked into and set up by tests."""

    settings: WebSettings = field(default_factory=lambda: WebSettings(answer_seconds=2.0))
    port: int = 0
    store: Store | None = None

    def __enter__(self) -> ChatServer:
        self.conversations = MemoryConversations()
        self.words = EnglishWords()
        listening = listen(self.port)
        self.port = listening.getsockname()[1]
        self.settings = replace(self.settings, quick_exit_url=f"{self.url}/chat?harmless")
        read = self.store.read if self.store else None
        routes = create_routes(self.conversations, self.words, self.settings, read)
        app = Starlette(routes=routes, middleware=web_middleware())
        self._served = Served(app, listening, lifespan="off", timeout_graceful_shutdown=0.1)
        return self

    def __exit__(self, *_: Any) -> None:
        self._served.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run a function in the server's own thread, where its events live."""
        self._served.loop.call_soon_threadsafe(function, *arguments)


def wait_until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until ``true()`` is; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)
