"""The desk's stream under many messages: the talk at once each time, the queue at once and then about once a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx

from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_queue import number_of

At = Callable[[int], httpx.Client]
Guests = Callable[..., Newcomer]


class Listening:
    """A page's stream, read beside; ``heard``: names of events with the seconds at which they came."""

    def __init__(self, desk: httpx.Client, number: int) -> None:
        self.heard: list[tuple[str, float]] = []
        self._desk = desk
        self._number = number
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._desk.stream("GET", f"/desk/events?handoff={self._number}", timeout=20) as stream:
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    self.heard.append((line[6:].strip(), time.monotonic()))
                if self._over.is_set():
                    return

    def since(self, moment: float, name: str) -> list[float]:
        """Return after how many seconds each event of a name came."""
        return [at - moment for one, at in list(self.heard) if one == name and at >= moment]

    def end(self, guest: Newcomer) -> None:
        """Stop reading, at the next word of the newcomer."""
        self._over.set()
        guest.send("the end")
        self._thread.join(10)


def test_many_messages_tell_of_the_talk_each_time_and_of_the_queue_once_a_second(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    guest = newcomer().ask()
    number = number_of(server, guest)
    desk = at(marta)
    desk.post(f"/desk/conversations/{number}/claim")
    listening = Listening(desk, number)
    guest.wait(lambda: len(listening.heard) >= 2)
    time.sleep(1.2)
    begun = time.monotonic()
    for turn in range(12):
        guest.send(f"words {turn}")
        time.sleep(0.15)
    last = time.monotonic() - begun
    guest.wait(lambda: any(one > last for one in listening.since(begun, "desk")), 4)
    talk, queue = listening.since(begun, "talk"), listening.since(begun, "desk")
    listening.end(guest)
    assert len(talk) >= 12 and talk[0] < 0.7
    assert queue[0] < 0.7, "the first one is told at once"
    assert len(queue) <= last + 3, "then about one a second"
    assert queue[-1] > last, "and what came last is not forgotten"
