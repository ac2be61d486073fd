"""How long a turn takes, how it grows with the conversation, what 16 users at once get, and what it weighs in memory.

    python -m benchmarks.turns [--turns 300] [--without-peer]

Ours is measured through the web interface, from the request that sends a message to the event that brings the answer. The
peer is a plain ``rasa init`` assistant (stock pipeline, in-memory trackers) through its REST channel, in the same run.
The same light client asks both: it runs on the same cores as what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp

from benchmarks.machine import describe, percentile, resident_megabytes
from benchmarks.servers import Server, rasa_init, ventanilla

MESSAGES = (
    "I need a doctor, I have no papers",
    "is it open now?",
    "what should I bring?",
    "show me more",
    "necesito un curso de español",
    "anything for women?",
    "Ich suche eine Wohnung",
    "thank you",
)
PEER_MESSAGES = ("hello", "I am great", "are you a bot?", "I am sad", "yes", "goodbye")
USERS = 16
TURNS_OF_A_USER = 40
WINDOW = 5
Turn = Callable[[str], Awaitable[None]]


class Newcomer:
    """One conversation of ours over HTTP: sends, and waits for the event with the answer."""

    def __init__(self, client: aiohttp.ClientSession, territory: str) -> None:
        self._client = client
        self._territory = territory
        self._count = 0
        self._answered = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._path = ""
        self._headers: dict[str, str] = {}
        self._waiting = False

    async def begin(self) -> None:
        """Open a conversation and listen."""
        opening = {"territory": self._territory, "language": "en"}
        async with self._client.post("/chat/api/conversations", json=opening) as reply:
            shape = await reply.json()
        self._path = f"/chat/api/conversations/{shape['conversation']}"
        self._headers = {"Authorization": f"Bearer {shape['token']}"}
        after = shape["messages"][-1]["id"]
        self._reader = asyncio.create_task(self._listen(after))

    async def turn(self, text: str) -> None:
        """Send a message and wait for its first reply."""
        self._count += 1
        self._answered.clear()
        message = {"client_id": f"m{self._count}", "text": text}
        async with self._client.post(f"{self._path}/messages", json=message, headers=self._headers):
            pass
        async with asyncio.timeout(30):
            await self._answered.wait()

    async def end(self) -> None:
        """Stop listening."""
        if self._reader:
            self._reader.cancel()

    async def _listen(self, after: str) -> None:
        headers = {**self._headers, "Last-Event-ID": after}
        with suppress(aiohttp.ClientError):
            await self._read(headers)

    async def _read(self, headers: dict[str, str]) -> None:
        endless = aiohttp.ClientTimeout(total=None)
        async with self._client.get(f"{self._path}/events", headers=headers, timeout=endless) as stream:
            async for line in stream.content:
                if line.startswith(b"data:") and b'"from"' in line and json.loads(line[5:])["from"] == "bot":
                    self._answered.set()


async def growth(turn: Turn, messages: tuple[str, ...], turns: int) -> dict[int, float]:
    """Return the median time in ms around turns 10, 100, 200 and 300 of one conversation."""
    times = []
    for number in range(turns):
        started = time.perf_counter()
        await turn(messages[number % len(messages)])
        times.append((time.perf_counter() - started) * 1000)
    marks = [mark for mark in (10, 100, 200, 300) if mark <= turns]
    found = {mark: statistics.median(times[max(0, mark - WINDOW) : mark + WINDOW]) for mark in marks}
    print(f"    median of all {statistics.median(times):.1f} ms, p95 {percentile(times, 95):.1f} ms")
    return found


async def throughput(begin: Callable[[int], Awaitable[Turn]], messages: tuple[str, ...]) -> float:
    """Return turns a second of 16 users at once, 40 turns each."""
    turns = [await begin(number) for number in range(USERS)]

    async def talk(turn: Turn) -> None:
        for number in range(TURNS_OF_A_USER):
            await turn(messages[number % len(messages)])

    started = time.perf_counter()
    await asyncio.gather(*(talk(turn) for turn in turns))
    return USERS * TURNS_OF_A_USER / (time.perf_counter() - started)


async def measure_ours(server: Server, turns: int) -> tuple[dict[int, float], float, float]:
    """Return growth, turns a second, and MB of both processes after the load."""
    async with _client(server) as client:
        one = Newcomer(client, "turin")
        await one.begin()
        for text in MESSAGES:
            await one.turn(text)
        await one.end()
        one = Newcomer(client, "turin")
        await one.begin()
        grown = await growth(one.turn, MESSAGES, turns)
        await one.end()
        many: list[Newcomer] = []

        async def begin(_number: int) -> Turn:
            newcomer = Newcomer(client, "turin")
            await newcomer.begin()
            many.append(newcomer)
            return newcomer.turn

        rate = await throughput(begin, MESSAGES)
        for newcomer in many:
            await newcomer.end()
    return grown, rate, resident_megabytes(server.process)


async def measure_peer(server: Server, turns: int) -> tuple[dict[int, float], float, float]:
    """Return the same of the plain assistant."""
    async with _client(server) as client:

        def talker(sender: str) -> Turn:
            async def turn(text: str) -> None:
                async with client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text}) as reply:
                    await reply.read()

            return turn

        await growth(talker("warm"), PEER_MESSAGES, 10)
        grown = await growth(talker("one"), PEER_MESSAGES, turns)

        async def begin(number: int) -> Turn:
            return talker(f"user-{number}")

        rate = await throughput(begin, PEER_MESSAGES)
    return grown, rate, resident_megabytes(server.process)


def _client(server: Server) -> aiohttp.ClientSession:
    # Events come in lines of any length: a whole answer with its cards is one.
    return aiohttp.ClientSession(
        server.url, raise_for_status=True, timeout=aiohttp.ClientTimeout(total=60), read_bufsize=2**20
    )


def report(name: str, grown: dict[int, float], rate: float, memory: float, started_in: float) -> None:
    """Print one side's figures."""
    shown = ", ".join(f"turn {mark}: {value:.1f} ms" for mark, value in grown.items())
    last = max(grown)
    print(f"{name}")
    print(f"    {shown}; turn {last} / turn 10: {grown[last] / grown[10]:.2f}")
    print(f"    {USERS} users, {TURNS_OF_A_USER} turns each: {rate:.1f} turns/s")
    print(f"    resident after that: {memory:.0f} MB; ready after {started_in:.1f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--without-peer", action="store_true")
    chosen = parser.parse_args()
    print(describe())
    with ventanilla() as server:
        ours = asyncio.run(measure_ours(server, chosen.turns))
        report("Ventanilla (web interface)", *ours, server.started_in)
    if chosen.without_peer:
        return
    with rasa_init() as server:
        peer = asyncio.run(measure_peer(server, min(chosen.turns, 200)))
        report("plain rasa init 3.6.21 (REST)", *peer, server.started_in)
    print(f"throughput: {ours[1] / peer[1]:.1f} times the peer's")


if __name__ == "__main__":
    main()
