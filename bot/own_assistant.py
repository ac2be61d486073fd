"""An assistant for tools at the terminal: starts one of its own on free loopback ports and stops it afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from bot.conversation.assistant import Assistant
from bot.environments import ASSISTANT, ROOT
from bot.loopback import LoopbackServer, bind
from bot.parts import Parts, make_parts
from bot.progress import Trouble
from bot.settings import Settings, new_secret

READY_SECONDS = 120.0


@asynccontextmanager
async def parts_running(settings: Settings) -> AsyncIterator[Parts]:
    """Yield wired parts whose assistant and callbacks are up, through the same code as the web chat.

    Raises:
        Trouble: the assistant did not start.
    """
    secret = new_secret()
    inner_socket, probe = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
    callback_port, assistant_port = inner_socket.getsockname()[1], probe.getsockname()[1]
    probe.close()
    own = settings.model_copy(
        update={
            "callback_secret": type(settings.callback_secret)(secret),
            "callback_port": callback_port,
            "assistant_url": f"http://127.0.0.1:{assistant_port}",
            "messages_per_minute": 1_000_000,
            "conversations_per_hour": 1_000_000,
        }
    )
    parts = make_parts(own)
    config = uvicorn.Config(parts.callbacks, log_config=None, access_log=False, lifespan="off")
    server = LoopbackServer(config)
    serving = asyncio.create_task(server.serve([inner_socket]))
    child = _start_assistant(own, secret, callback_port, assistant_port)
    try:
        await _wait_until_up(parts.assistant, child)
        yield parts
        await parts.conversations.settle()
    finally:
        child.send_signal(signal.SIGTERM)
        await asyncio.to_thread(child.wait, 15)
        server.should_exit = True
        await serving
        await parts.assistant.close()
        parts.store.close()


@asynccontextmanager
async def assistant_running(settings: Settings) -> AsyncIterator[Assistant]:
    """Yield the client of an assistant that is up.

    Raises:
        Trouble: the assistant did not start.
    """
    async with parts_running(settings) as parts:
        yield parts.assistant


def _start_assistant(settings: Settings, secret: str, callback_port: int, port: int) -> subprocess.Popen[bytes]:
    if not settings.model.exists():
        raise Trouble("there is no trained model yet: run 'python3 -m bot train' first.")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "VENTANILLA_HOME": str(settings.home),
        "VENTANILLA_ASSISTANT_PORT": str(port),
        "VENTANILLA_MODEL": str(settings.model),
        "VENTANILLA_CALLBACK_URL": f"http://127.0.0.1:{callback_port}",
        "VENTANILLA_CALLBACK_SECRET": secret,
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
        "MALLOC_ARENA_MAX": "2",
    }
    return subprocess.Popen(
        [str(ASSISTANT.python), "-m", "nlu.serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


async def _wait_until_up(assistant: Assistant, child: subprocess.Popen[bytes]) -> None:
    edge = asyncio.get_running_loop().time() + READY_SECONDS
    while not await assistant.is_up():
        if child.poll() is not None:
            raise Trouble(f"the assistant ended while starting (exit code {child.returncode}).")
        if asyncio.get_running_loop().time() > edge:
            raise Trouble(f"the assistant did not answer within {READY_SECONDS:.0f} s.")
        await asyncio.sleep(0.2)
