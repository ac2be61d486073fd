"""Telegram: how fast an answer leaves, and whether anything is lost, doubled or out of order, whatever breaks.

    python -m benchmarks.telegram [--chats 200] [--each 10] [--kills 20] [--only speed|load|kills]

The channel runs in a process of its own with the real conversations and a SQLite file, and echoes instead of Rasa, so
that the time is the channel's. Telegram is the strict fake of the tests, with its limits of 30 messages a second and
about one a second in a chat.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import echo
from benchmarks.machine import describe, percentile
from bot.environments import ROOT
from knowledge.store import Store
from tests.fakes.telegram import (
    FakeTelegram,
    Fault,
    Limits,
    cut_after,
    cut_before,
    server_error,
    slow,
    too_many_requests,
)
from tests.fakes.telegram.client import PrivateChat

TOKEN = "7000001:FakeTokenOfTheFirstBot_abcdefghijk"
FAULTS: tuple[Fault, ...] = (
    too_many_requests(1),
    server_error(502),
    server_error(500, handled=True),
    slow(0.5),
    cut_before(),
    cut_after(),
)
FAULTY_SHARE = 0.10


@dataclass
class Program:
    """The echoing bot as a process that can be killed and started again."""

    home: Path
    api: str
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "benchmarks.echo", "--home", str(self.home), "--api", self.api]
        self.process = subprocess.Popen([*command, "--token", TOKEN], cwd=ROOT, stderr=(self.home / "log").open("ab"))

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.kills += 1

    def stop(self) -> None:
        """End it in order."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def running(limits: Limits | None = None) -> Iterator[tuple[FakeTelegram, Program]]:
    """Yield a fake Telegram and a running bot."""
    with tempfile.TemporaryDirectory(prefix="ventanilla-telegram-") as folder, FakeTelegram(limits=limits) as fake:
        home = Path(folder)
        store = Store(f"sqlite:///{home / 'ventanilla.db'}")
        echo.prepare(store)
        store.close()
        fake.bot(TOKEN)
        program = Program(home, fake.url)
        program.start()
        try:
            yield fake, program
        finally:
            program.stop()


@dataclass
class Load:
    """Many people who each start the bot and write numbered messages, at random moments."""

    fake: FakeTelegram
    chats: int
    each: int
    seconds: float
    seed: int = 1
    people: list[PrivateChat] = field(default_factory=list)

    def send(self) -> None:
        """Write everything, spread over ``seconds``."""
        self.people = [self.fake.chat(1000 + number) for number in range(self.chats)]
        chance = random.Random(self.seed)
        moments = sorted(
            (chance.random() * self.seconds, person) for person in range(self.chats) for _ in range(self.each)
        )
        begun = time.monotonic()
        for person in self.people:
            person.start("turin")
        sent: Counter[int] = Counter()
        for moment, person in moments:
            time.sleep(max(0.0, begun + moment - time.monotonic()))
            self.people[person].say(f"{person}-{sent[person]}")
            sent[person] += 1

    def wanted(self, person: int) -> list[str]:
        """Return the echoes that this person has to get, in order."""
        return [f"echo {person}-{number}" for number in range(self.each)]

    def echoes(self, person: int) -> list[str]:
        """Return the echoes that stand in this person's chat."""
        return [message.text for message in self.people[person].answers if message.text.startswith("echo ")]

    def wait(self, seconds: float) -> float:
        """Wait until everybody has every answer, and a little longer for doubles; return the seconds it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if all(len(self.echoes(person)) >= self.each for person in range(self.chats)):
                break
            time.sleep(0.2)
        took = time.monotonic() - begun
        time.sleep(3)
        return took

    def verdict(self) -> Counter[str]:
        """Count what is lost, doubled or out of order, over all chats, and welcomes that are not exactly one."""
        found: Counter[str] = Counter(lost=0, doubled=0, out_of_order=0, welcomes=0)
        for person in range(self.chats):
            wanted, got = self.wanted(person), self.echoes(person)
            found["lost"] += len(set(wanted) - set(got))
            found["doubled"] += len(got) - len(set(got))
            found["out_of_order"] += got != sorted(got, key=lambda text: int(text.rpartition("-")[2]))
            found["welcomes"] += len(self.people[person].answers) - len(got) != 1
        return found


def speed(turns: int) -> list[float]:
    """Return how long answers take with one person writing at a time, in ms: update handed out to sendMessage arriving."""
    times: list[float] = []
    with running() as (fake, _):
        people = [fake.chat(1000 + number) for number in range(20)]
        for person in people:
            person.start("turin")
            person.wait_for(1, 60)
        for turn in range(turns):
            person = people[turn % len(people)]
            before = len(person.answers)
            person.say(f"hello {turn}")
            person.wait_for(before + 1)
            time.sleep(0.05)
            calls = fake.calls
            sent = next(call for call in reversed(calls) if call.method == "sendMessage")
            handed = next(call for call in reversed(calls) if call.method == "getUpdates" and call.at < sent.came)
            times.append((sent.came - handed.at) * 1000)
    return times


def load(chats: int, each: int, seconds: float, wait: float, *, kills: int = 0) -> tuple[Counter[str], float, int]:
    """Let many people write while a tenth of all calls goes wrong; return what went wrong for them, the seconds, faults.

    Args:
        seconds: over which they write; wait: longest time for the last answers; kills: how often the bot is killed,
            at random moments while they write and while the last answers are due.
    """
    with running() as (fake, program):
        fake.faults.sometimes(FAULTY_SHARE, FAULTS, seed=7)
        fake.faults.updates(repeated=0.1, reordered=0.1)
        people = Load(fake, chats, each, seconds)
        writing = threading.Thread(target=people.send)
        begun = time.monotonic()
        writing.start()
        chance = random.Random(11)
        for _ in range(kills):
            time.sleep(0.8 + chance.random() * 3)
            program.kill()
            program.start()
        writing.join()
        people.wait(wait)
        took = time.monotonic() - begun - 3
        found = people.verdict()
        found["violations"] = len(fake.violations)
        # A bot that was killed cannot know that it was told to wait.
        found["too_early"] = 0 if kills else len(fake.early)
        return found, took, len(fake.faults.done)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--each", type=int, default=10, help="messages that each person writes")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--turns", type=int, default=200, help="for the speed of one answer")
    parser.add_argument("--only", choices=("speed", "load", "kills"))
    chosen = parser.parse_args()
    print(f"machine: {describe()}, load {os.getloadavg()[0]:.1f} at the beginning")
    failed = False
    if chosen.only in (None, "speed"):
        times = speed(chosen.turns)
        print(f"update handed out to answer sent: median {statistics.median(times):.1f} ms, p95 {_p95(times):.1f} ms")
    for name, kills in (("load", 0), ("kills", chosen.kills)):
        if chosen.only in (None, name):
            found, took, faults = load(chosen.chats, chosen.each, 60, 420, kills=kills)
            failed = failed or any(found.values())
            listed = ", ".join(f"{what} {count}" for what, count in found.items())
            print(
                f"{chosen.chats} chats, {chosen.chats * (chosen.each + 1)} updates, {faults} faults, {kills} kills: "
                f"{listed}; all answered after {took:.0f} s"
            )
    return int(failed)


def _p95(times: Sequence[float]) -> float:
    return percentile(list(times), 95)


if __name__ == "__main__":
    raise SystemExit(main())
