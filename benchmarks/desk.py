"""The desk under load: how soon both sides see what the other wrote, and how fast the queue comes.

    python -m benchmarks.desk [--talks 200] [--workers 20] [--seconds 60] [--stored 5000] [--waiting 200] [--only live|queue]

On real servers as ``bot run`` starts them, with SQLite. "Live": every conversation is with a caseworker; each newcomer's
chat and each caseworker's page of one conversation have their stream open, and both sides of every conversation write
once in ``EVERY_SECONDS``. To the desk: from the newcomer's request until the page has fetched the message that its stream
told of; back: from the caseworker's request until the message is in the newcomer's stream. The clients run on the same
machine and take their share of it. "Queue": the whole page, with conversations stored and waiting, as one caseworker
sees it.

Not compared: Chatwoot, whose own stack (Ruby, PostgreSQL, Redis, Sidekiq) is not run here.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import insert

from benchmarks.desk_people import TERRITORY, Caseworker, Lost, Newcomer, client, hire
from benchmarks.machine import describe, percentile
from benchmarks.servers import Server, ventanilla
from bot.records import handoffs
from bot.records.handoffs import Handoff
from bot.records.model import Conversation, StoredMessage
from knowledge.store import Store

# Ten conversations each, an answer every six seconds: faster than anybody reads and types.
EVERY_SECONDS = 60.0
LIVE_MILLISECONDS = 250
QUEUE_MILLISECONDS = 100
AT_ONCE = 16
LOOKS = 40
Made = TypeVar("Made")


async def live(server: Server, talks: int, workers: int, seconds: float) -> tuple[list[float], list[float], int]:
    """Return milliseconds to the desk, milliseconds back, and how many messages were lost."""
    store = _store(server.home)
    with store.write() as session:
        hired = hire(session, [f"Worker{number}" for number in range(workers)], -(-talks // workers))
    async with AsyncExitStack() as stack:
        http, desk_http = [await stack.enter_async_context(client(server.url)) for _ in range(2)]
        people = [Caseworker(desk_http, *one) for one in hired]
        newcomers = await _few_at_once([_arrive(http) for _ in range(talks)])
        numbers = {one.id: await _handoff(store, one.id) for one in newcomers}
        shares = [newcomers[number::workers] for number in range(workers)]
        await _few_at_once([_claim(person, numbers, share) for person, share in zip(people, shares, strict=True)])
        beside = [asyncio.create_task(one.listen()) for one in newcomers]
        beside += [asyncio.create_task(person.beat()) for person in people]
        await asyncio.sleep(3)
        to_desk: list[float] = []
        back: list[float] = []
        end = time.monotonic() + seconds
        pause = EVERY_SECONDS / (talks / workers)
        working = [
            _talk(person, share, numbers, end, pause, to_desk, back)
            for person, share in zip(people, shares, strict=True)
        ]
        lost = sum(await asyncio.gather(*working))
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    store.close()
    return to_desk, back, lost


async def queue(server: Server, stored: int, waiting: int) -> list[float]:
    """Return the milliseconds of looks at the queue page."""
    store = _store(server.home)
    fill(store, stored, waiting)
    with store.write() as session:
        ((one, token, csrf),) = hire(session, ["Looker"], 4)
    store.close()
    async with client(server.url) as http:
        person = Caseworker(http, one, token, csrf)
        times: list[float] = []
        for _ in range(LOOKS):
            begun = time.perf_counter()
            page = await person.get("", part=False)
            times.append((time.perf_counter() - begun) * 1000)
            if page.status_code != httpx.codes.OK or page.text.count('id="row-') == 0:
                raise RuntimeError(f"no queue page: {page.status_code}")
    return times[5:]


def fill(store: Store, stored: int, waiting: int) -> None:
    """Store ``stored`` conversations with six messages each; the last ``waiting`` of them wait for a person."""
    now = datetime.now(UTC)
    languages, topics = ("ar", "uk", "en", "fr", "es"), ("housing", "healthcare", "employment", None)
    talks: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number in range(stored):
        at = now - timedelta(minutes=stored - number)
        one, language, done = f"stored{number:08}", languages[number % 5], number < stored - waiting
        talks.append({"id": one, "token_hash": "", "territory_id": TERRITORY, "channel": "web", "language": language})
        talks[-1] |= {"language_chosen": False, "turns": 3, "slots": {}, "created_at": at, "last_at": at}
        for turn in range(6):
            sender = "bot" if turn % 2 else "newcomer"
            shape = {"conversation_id": one, "sender": sender, "text": f"words {turn}", "language": language}
            messages.append(shape | {"dir": "ltr", "cards": [], "choices": [], "at": at, "answered": True})
        row: dict[str, Any] = {
            "conversation_id": one,
            "territory_id": TERRITORY,
            "state": "closed" if done else "waiting",
        }
        row |= {"reason": "asked", "language": language, "topic": topics[number % 4], "card": {}, "labels": []}
        rows.append(row | {"requested_at": at, "closed_at": at + timedelta(minutes=20) if done else None})
    with store.write() as session:
        for table, values in ((Conversation, talks), (StoredMessage, messages), (Handoff, rows)):
            session.execute(insert(table), values)


async def _arrive(http: httpx.AsyncClient) -> Newcomer:
    made = await Newcomer.begin(http)
    await made.send("ask", choice="handoff:yes")
    return made


async def _claim(person: Caseworker, numbers: dict[str, int], share: list[Newcomer]) -> None:
    for one in share:
        answer = await person.post(f"/conversations/{numbers[one.id]}/claim")
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"not taken over: {answer.status_code}")


async def _talk(
    person: Caseworker,
    share: list[Newcomer],
    numbers: dict[str, int],
    end: float,
    pause: float,
    to_desk: list[float],
    back: list[float],
) -> int:
    """Go from one conversation to the next, one message each way; return how many messages were lost."""
    lost = turn = 0
    chance = random.Random(person.id)
    await asyncio.sleep(chance.random() * pause)
    while time.monotonic() < end:
        begun = time.monotonic()
        one = share[turn % len(share)]
        turn += 1
        async with person.page(numbers[one.id]) as shown:
            await asyncio.sleep(chance.random() * pause / 4)
            for text, times, write, heard in (
                (f"question {person.id} {turn}", to_desk, _ask, shown),
                (f"answer {person.id} {turn}", back, _answer, one.heard),
            ):
                sent = time.perf_counter()
                await write(person, one, numbers[one.id], text)
                try:
                    times.append((await heard.moment(text) - sent) * 1000)
                except Lost:
                    lost += 1
        await asyncio.sleep(max(0.0, begun + pause - time.monotonic()))
    return lost


async def _ask(_: Caseworker, one: Newcomer, __: int, text: str) -> None:
    await one.send(text.replace(" ", "-"), text)


async def _answer(person: Caseworker, _: Newcomer, number: int, text: str) -> None:
    answer = await person.post(f"/conversations/{number}/say", text=text)
    answer.raise_for_status()


async def _handoff(store: Store, conversation: str) -> int:
    for _ in range(400):
        found = await store.read(handoffs.active, conversation)
        if found is not None:
            return found.id
        await asyncio.sleep(0.05)
    raise RuntimeError("nobody asked for a person")


async def _few_at_once(works: Sequence[Coroutine[Any, Any, Made]]) -> list[Made]:
    free = asyncio.Semaphore(AT_ONCE)

    async def one(work: Coroutine[Any, Any, Made]) -> Made:
        async with free:
            return await work

    return list(await asyncio.gather(*map(one, works)))


def _store(home: Path) -> Store:
    return Store(f"sqlite:///{home / 'ventanilla.db'}")


def main() -> int:
    """Measure and print; return 1 where a goal is missed or a message was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talks", type=int, default=200)
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--stored", type=int, default=5000)
    parser.add_argument("--waiting", type=int, default=200, help="of those stored")
    parser.add_argument("--only", choices=("live", "queue"))
    chosen = parser.parse_args()
    print(f"machine: {describe()}, load {os.getloadavg()[0]:.1f} at the beginning")
    missed = False
    with ventanilla() as server:
        if chosen.only in (None, "live"):
            to_desk, back, lost = asyncio.run(live(server, chosen.talks, chosen.workers, chosen.seconds))
            print(
                f"{chosen.talks} live conversations, {chosen.workers} caseworkers, {chosen.seconds:.0f} s: {lost} lost"
            )
            for name, times in (("newcomer to desk", to_desk), ("desk to newcomer", back)):
                late = percentile(times, 95)
                missed = missed or late > LIVE_MILLISECONDS
                print(
                    f"  {name}: {len(times)} messages, median {statistics.median(times):.0f} ms, p95 {late:.0f} ms"
                    f"   goal p95 {LIVE_MILLISECONDS} ms{_verdict(late <= LIVE_MILLISECONDS)}"
                )
            missed = missed or lost > 0
        if chosen.only in (None, "queue"):
            times = asyncio.run(queue(server, chosen.stored, chosen.waiting))
            middle = statistics.median(times)
            missed = missed or middle > QUEUE_MILLISECONDS
            print(
                f"queue page, {chosen.stored} stored, {chosen.waiting} waiting: median {middle:.0f} ms, "
                f"p95 {percentile(times, 95):.0f} ms   goal median {QUEUE_MILLISECONDS} ms"
                f"{_verdict(middle <= QUEUE_MILLISECONDS)}"
            )
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return int(missed)


def _verdict(reached: bool) -> str:
    return "" if reached else ": MISSED"


if __name__ == "__main__":
    raise SystemExit(main())
