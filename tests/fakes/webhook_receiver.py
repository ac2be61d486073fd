"""A web server that takes a webhook's posts, after refusing some."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class WebhookReceiver:
    """Listens on 127.0.0.1; answers 503 to the first ``refuse_first`` posts."""

    def __init__(self, refuse_first: int = 0) -> None:
        self.taken: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self._left = refuse_first
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(receiver.take(body, self.headers["X-Telegram-Bot-Api-Secret-Token"]))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def take(self, update: dict[str, Any], secret: str) -> int:
        """Keep a post; return the status to answer."""
        if self._left > 0:
            self._left -= 1
            return 503
        self.taken.append(update)
        self.secrets.append(secret)
        return 200

    async def until(self, count: int, seconds: float = 10) -> None:
        """Wait until so many posts were taken."""
        end = time.monotonic() + seconds
        while len(self.taken) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.taken)} posts instead of {count}")
            await asyncio.sleep(0.02)

    def __enter__(self) -> WebhookReceiver:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
