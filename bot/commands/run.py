"""``run``: set everything up, then serve the chat until Ctrl-C. Standard library only: this process just watches."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from secrets import token_urlsafe

from bot.commands.setup import app_python, prepare
from bot.environments import ASSISTANT, ROOT, home
from bot.processes import Process, Supervisor
from bot.progress import Trouble, step

READY_SECONDS = 180


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot run", description=__doc__)
    parser.add_argument("--port", type=int, help="port of the chat page (default: VENTANILLA_PORT or 8080)")
    parser.add_argument("--host", help="address to listen on (default: VENTANILLA_HOST or 127.0.0.1)")
    chosen = parser.parse_args(arguments)
    host = chosen.host or os.environ.get("VENTANILLA_HOST") or "127.0.0.1"
    port = chosen.port or _port(os.environ.get("VENTANILLA_PORT") or "8080")
    _require_free(host, port)
    prepare()
    return serve(host, port)


def serve(host: str, port: int) -> int:
    """Start assistant and app, say when both answer, and watch them until SIGINT or SIGTERM."""
    supervisor = Supervisor(processes(host, port))
    supervisor.start()
    try:
        with step("assistant and app"):
            _wait_until_ready(supervisor, host, port)
        if not supervisor.stopping:
            print(_ready_line(host, port), flush=True)
    except BaseException:
        supervisor.stop()
        raise
    supervisor.watch()
    print("stopped", flush=True)
    return 0


def processes(host: str, port: int) -> list[Process]:
    """Return both processes, with free loopback ports between them and a fresh secret that both know."""
    assistant_port = int(os.environ.get("VENTANILLA_ASSISTANT_PORT") or _free_port())
    callback_port = int(os.environ.get("VENTANILLA_CALLBACK_PORT") or _free_port())
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "VENTANILLA_HOME": str(home()),
        "VENTANILLA_HOST": host,
        "VENTANILLA_PORT": str(port),
        "VENTANILLA_CALLBACK_SECRET": os.environ.get("VENTANILLA_CALLBACK_SECRET") or token_urlsafe(32),
        "VENTANILLA_CALLBACK_PORT": str(callback_port),
        "VENTANILLA_CALLBACK_URL": f"http://127.0.0.1:{callback_port}",
        "VENTANILLA_ASSISTANT_PORT": str(assistant_port),
        "VENTANILLA_ASSISTANT_URL": f"http://127.0.0.1:{assistant_port}",
        "VENTANILLA_MODEL": str(home() / "models" / "ventanilla.tar.gz"),
        # Each parse is small: more threads only fight over the cores.
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    os.chdir(ROOT)
    logs = home() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    for log in logs.glob("*.log"):
        # One earlier run is kept: enough to see why the last one ended, and nothing grows for ever.
        log.replace(log.with_suffix(".log.1"))
    return [
        # Rasa 3.6 warns of its own age at every start.
        Process(
            "assistant", [str(ASSISTANT.python), "-W", "ignore", "-m", "nlu.serve"], environment, logs / "assistant.log"
        ),
        Process("app", [str(app_python()), "-m", "bot.serve"], environment, logs / "app.log"),
    ]


def _wait_until_ready(supervisor: Supervisor, host: str, port: int) -> None:
    edge = time.monotonic() + READY_SECONDS
    while not supervisor.stopping:
        supervisor.require_alive()
        if _health(host, port).get("assistant") == "ok":
            return
        if time.monotonic() > edge:
            raise Trouble(
                f"assistant and app did not answer within {READY_SECONDS} s; see the files in {home() / 'logs'}."
            )
        time.sleep(0.2)


def _health(host: str, port: int) -> dict[str, str]:
    reach = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host
    try:
        with urllib.request.urlopen(f"http://{reach}:{port}/health", timeout=3) as reply:
            return dict(json.load(reply))
    except (urllib.error.URLError, OSError, ValueError):
        return {}


def _ready_line(host: str, port: int) -> str:
    address = os.environ.get("VENTANILLA_PUBLIC_URL") or f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    token = os.environ.get("VENTANILLA_TELEGRAM_TOKEN") or os.environ.get("VENTANILLA_TELEGRAM_TOKEN_FILE")
    telegram = _health(host, port).get("telegram", "") if token else "off, no token set"
    return f"Ventanilla is ready: {address}/chat (web chat: on; Telegram: {telegram}). Ctrl-C stops it."


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise Trouble(
                f"cannot listen on {host} port {port} ({why}): stop what uses it, or choose another with --port."
            ) from error


def _port(value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise Trouble(f"VENTANILLA_PORT is '{value}': a number from 1 to 65535 is expected.") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
