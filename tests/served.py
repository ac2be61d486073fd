"""An app served for real: uvicorn on a free port, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import uvicorn
from starlette.applications import Starlette


def listen(port: int = 0) -> socket.socket:
    """Return a loopback socket, bound to ``port`` or to a free one."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


class Served:
    """Answers from its making until ``stop``. ``settings``: further ones of uvicorn's."""

    def __init__(self, app: Starlette, listening: socket.socket, **settings: Any) -> None:
        config = uvicorn.Config(app, **{"log_level": "error", "timeout_graceful_shutdown": 1, **settings})
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > end:
                raise AssertionError("the server does not start")
            time.sleep(0.02)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that the app lives in."""
        loop: asyncio.AbstractEventLoop = self._server.servers[0].get_loop()
        return loop

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join(10)
