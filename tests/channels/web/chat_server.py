"""The web chat served for real: uvicorn on a free port in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.channels.web import WebSettings, create_routes, web_middleware
from knowledge.store import Store
from tests.channels.web.chat_memory import MemoryConversations
from tests.channels.web.chat_words import EnglishWords


@dataclass
class ChatServer:
    """Starts on enter, ends on exit; ``conversations`` may be looked into and set up by tests."""

    settings: WebSettings = field(default_factory=lambda: WebSettings(answer_seconds=2.0))
    port: int = 0
    store: Store | None = None

    def __enter__(self) -> ChatServer:
        self.conversations = MemoryConversations()
        self.words = EnglishWords()
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self.settings = replace(self.settings, quick_exit_url=f"{self.url}/chat?harmless")
        read = self.store.read if self.store else None
        routes = create_routes(self.conversations, self.words, self.settings, read)
        app = Starlette(routes=routes, middleware=web_middleware())
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=0.1)  # type: ignore[arg-type]
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started)
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run a function in the server's own thread, where its events live."""
        loop = self._server.servers[0].get_loop()
        loop.call_soon_threadsafe(function, *arguments)


def wait_until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until ``true()`` is; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)
