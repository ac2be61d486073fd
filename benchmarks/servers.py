"""The two servers that benchmarks compare: ours as ``bot run`` starts it, and a plain ``rasa init`` assistant."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.environments import ASSISTANT, ROOT, home

START_SECONDS = 240


@dataclass(frozen=True)
class Server:
    """A running server: its address, its first process, seconds until it answered, and its folder."""

    url: str
    process: int
    started_in: float
    home: Path


@contextmanager
def ventanilla(folder: Path | None = None, before: Sequence[str] = (), **settings: str) -> Iterator[Server]:
    """Yield our own server with limits that a load can live with.

    Args:
        folder: where its data stand and stay; None for a fresh database that goes with the server;
        before: a command with its arguments that starts it, such as ``faketime``;
        settings: further settings by their names in lower case, without the prefix VENTANILLA_.
    """
    port = free_port()
    with _folder(folder) as own:
        for part in ("models", "gazetteer"):
            if (home() / part).is_dir():
                shutil.copytree(home() / part, own / part, dirs_exist_ok=True)
        environment = {
            **os.environ,
            "VENTANILLA_HOME": str(own),
            "VENTANILLA_ENVIRONMENTS": str(ASSISTANT.folder.parent),
            "VENTANILLA_INSIDE": "benchmark",
            "VENTANILLA_APP_PYTHON": sys.executable,
            "VENTANILLA_MESSAGES_PER_MINUTE": "1000000",
            "VENTANILLA_CONVERSATIONS_PER_HOUR": "1000000",
            "VENTANILLA_LOG_LEVEL": "warning",
            **{f"VENTANILLA_{name.upper()}": value for name, value in settings.items()},
        }
        command = [*before, sys.executable, "-m", "bot", "run", "--port", str(port)]
        with _running(command, ROOT, environment, f"http://127.0.0.1:{port}/health", b'"assistant":"ok"') as server:
            yield Server(f"http://127.0.0.1:{port}", server[0], server[1], own)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="ventanilla-bench-") as fresh:
        yield Path(fresh)


@contextmanager
def rasa_init() -> Iterator[Server]:
    """Yield a plain assistant as ``rasa init`` makes, trains and serves it, with its stock pipeline and policies."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rasa-init-") as folder:
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
        rasa = [str(ASSISTANT.python), "-W", "ignore", "-m", "rasa"]
        made = subprocess.run(
            [*rasa, "init", "--no-prompt"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise RuntimeError(made.stderr[-500:])
        command = [*rasa, "run", "--enable-api", "--port", str(port), "--interface", "127.0.0.1"]
        with _running(command, Path(folder), environment, f"http://127.0.0.1:{port}/status", b"model_file") as server:
            yield Server(f"http://127.0.0.1:{port}", server[0], server[1], Path(folder))


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[str], folder: Path, environment: dict[str, str], address: str, ready: bytes
) -> Iterator[tuple[int, float]]:
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            while not _answers(address, ready):
                if child.poll() is not None or time.monotonic() - started > START_SECONDS:
                    said.seek(0)
                    raise RuntimeError(f"{command} did not start: {said.read()[-800:].decode(errors='replace')}")
                time.sleep(0.1)
            yield child.pid, time.monotonic() - started
        finally:
            with suppress(ProcessLookupError):
                # The whole group: what starts it (faketime) may not hand the signal on.
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


def _answers(address: str, ready: bytes) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return re.sub(rb"\s", b"", ready) in re.sub(rb"\s", b"", reply.read())
    except (urllib.error.URLError, OSError):
        return False
