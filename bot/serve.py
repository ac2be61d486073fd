"""The app process: the public web server and the loopback callback server in one event loop."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bot import logs
from bot.app import create_app
from bot.parts import make_parts
from bot.progress import Trouble
from bot.settings import Settings, settings

SHUTDOWN_SECONDS = 5


class LoopbackServer(uvicorn.Server):
    """A server that leaves signals to the process: two run in one loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        Trouble: a port is in use.
    """
    parts = make_parts(settings)
    public = uvicorn.Config(
        create_app(parts),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=settings.trust_proxy,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    inner = uvicorn.Config(
        parts.callbacks,
        host="127.0.0.1",
        port=settings.callback_port,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    sockets = bind(settings.host, settings.port), bind("127.0.0.1", settings.callback_port)
    inner_server = LoopbackServer(inner)
    inner_task = asyncio.create_task(inner_server.serve([sockets[1]]))
    try:
        await uvicorn.Server(public).serve([sockets[0]])
    finally:
        # The callbacks stay until the last exchange is answered.
        inner_server.should_exit = True
        await inner_task


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        Trouble: the port is in use or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise Trouble(
            f"cannot listen on {host} port {port} ({error.strerror}): stop what uses it or set VENTANILLA_PORT to another."
        ) from error
    made.set_inheritable(True)
    return made


def main() -> int:
    """Run the app process; return its exit code."""
    try:
        chosen = settings()
        logs.configure(chosen.log_level)
        asyncio.run(serve(chosen))
    except Trouble as trouble:
        print(f"ventanilla: {trouble}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
