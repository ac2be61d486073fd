"""The app process: the public web server and the loopback callback server in one event loop."""

from __future__ import annotations

import asyncio
import gc
import sys

import uvicorn
import uvloop

from bot import logs
from bot.app import create_app
from bot.loopback import LoopbackServer, bind
from bot.parts import make_parts
from bot.progress import Trouble
from bot.settings import Settings, settings

SHUTDOWN_SECONDS = 5
# New objects before the youngest are looked through, and how many such looks before the older ones are.
COLLECTING = (10_000, 20, 50)


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
    collect_seldom()
    sockets = bind(settings.host, settings.port), bind("127.0.0.1", settings.callback_port)
    inner_server = LoopbackServer(inner)
    inner_task = asyncio.create_task(inner_server.serve([sockets[1]]))
    try:
        await uvicorn.Server(public).serve([sockets[0]])
    finally:
        # The callbacks stay until the last exchange is answered.
        inner_server.should_exit = True
        await inner_task


def collect_seldom() -> None:
    """Have the garbage collector leave alone what is loaded by now, and look through the rest seldom.

    A collection that walks everything halts every conversation for a moment, and an answer makes thousands of objects
    that are nearly all without cycles.
    """
    gc.set_threshold(*COLLECTING)
    gc.collect()
    gc.freeze()


def main() -> int:
    """Run the app process; return its exit code."""
    try:
        chosen = settings()
        logs.configure(chosen.log_level)
        uvloop.run(serve(chosen))
    except Trouble as trouble:
        print(f"ventanilla: {trouble}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
