"""Starts, watches, restarts and stops the long-running processes. Standard library only."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from bot.progress import Trouble

FIRST_PAUSE = 0.5
# Longer would leave newcomers alone for the sake of a processor that has nothing better to do.
LONGEST_PAUSE = 10.0
CALM_SECONDS = 60.0
STOP_SECONDS = 12.0
LAST_LINES = 6


@dataclass
class Process:
    """One child: ``command`` and ``environment`` as for subprocess; what it says goes to the file ``log``.

    ``pause`` is in seconds and doubles with each quick death.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    start_again_at: float | None = field(default=None)

    def start(self) -> None:
        """Start the child."""
        # Its own session: Ctrl-C reaches the supervisor alone, which then stops the children in order.
        with self.log.open("ab") as said:
            self.child = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.started = time.monotonic()
        self.start_again_at = None

    def is_alive(self) -> bool:
        """Tell whether the child runs."""
        return self.child is not None and self.child.poll() is None

    def last_words(self) -> str:
        """Return the end of what the child said."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "".join(f"\n    {line}" for line in lines[-LAST_LINES:])

    def stop(self) -> None:
        """Ask the child to end, and end it by force after STOP_SECONDS."""
        if not self.is_alive():
            return
        assert self.child is not None
        self.child.terminate()
        try:
            self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Supervisor:
    """Keeps processes running until it is told to stop; one that dies is restarted, the others stay up."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start all, and stop all on SIGINT or SIGTERM."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        for process in self.processes:
            process.start()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    def watch_once(self) -> None:
        """Look at each process once: plan a restart for a dead one, start one whose pause is over."""
        now = time.monotonic()
        for process in self.processes:
            if process.is_alive():
                if now - process.started > CALM_SECONDS:
                    process.pause = FIRST_PAUSE
                continue
            if process.start_again_at is None:
                process.start_again_at = now + process.pause
                code = process.child.returncode if process.child else None
                print(
                    f"! {process.name} ended ({_why(code)}); starting it again in {process.pause:g} s; see {process.log}",
                    flush=True,
                )
                process.pause = min(process.pause * 2, LONGEST_PAUSE)
            elif now >= process.start_again_at:
                process.start()

    def watch(self) -> None:
        """Watch until the end is asked for, then stop all."""
        try:
            while not self._stopping.wait(0.25):
                self.watch_once()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop all processes, the last started first."""
        for process in reversed(self.processes):
            process.stop()

    def require_alive(self) -> None:
        """Raise Trouble when a process died before everything was ready."""
        for process in self.processes:
            if not process.is_alive():
                raise Trouble(f"the {process.name} ended while starting; its last words:{process.last_words()}")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()


def _why(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
