"""Servers and sockets on this machine: bound before anything else is done, so that a port in use is said at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bot.progress import Trouble


class LoopbackServer(uvicorn.Server):
    """A server that leaves signals to the process: two run in one loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        Trouble: the port is in use or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it, each answer waits up to 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
