"""Live handoffs while the app or the assistant is killed: is anything lost, doubled, out of order, or nobody's?

    python -m benchmarks.desk_kills [--kills 20] [--talks 12] [--workers 4]

On real servers as ``bot run`` starts and watches them. Newcomers write all the time, ask for a person when they have
none, and send again what was not taken, as the chat page does. Caseworkers take over, answer, give back and close; when
a request broke off they look whether it arrived before they write it again, as a person does. Meanwhile one process after
the other gets SIGKILL at random moments. In the end every conversation is asked one last question, which somebody has to
hear: the caseworker who has it, or else the assistant.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.desk_people import Caseworker, Newcomer, hire
from benchmarks.machine import describe
from benchmarks.servers import Server, ventanilla
from bot.records import conversations as records
from bot.records import handoffs
from bot.records.handoffs import Handoff
from bot.records.model import StoredMessage
from bot.records.staff import Staff
from knowledge.store import Store

APP, ASSISTANT = "bot.serve", "nlu.serve"
UP_SECONDS = 150.0
CALM_SECONDS = 90.0
Got = TypeVar("Got")


@dataclass
class Play:
    """Everybody on the stage, and what they said."""

    server: Server
    store: Store
    http: httpx.AsyncClient
    newcomers: list[Newcomer] = field(default_factory=list)
    workers: list[Caseworker] = field(default_factory=list)
    sent: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    said: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    async def begin(self, talks: int, workers: int) -> None:
        """Let everybody come."""
        self.newcomers = [await Newcomer.begin(self.http) for _ in range(talks)]
        with self.store.write() as session:
            hired = hire(session, [f"Worker{number}" for number in range(workers)], talks)
        self.workers = [Caseworker(self.http, *one) for one in hired]

    async def write(self, one: Newcomer) -> None:
        """Be a newcomer until the end."""
        while not self.ended.is_set():
            shape = await self._until_taken(partial(self._look, one))
            client_id = f"m{len(self.sent[one.id])}"
            # Files are taken as long as a person was asked for.
            said = {"text": f"words {client_id}"} if shape["takes_files"] else {"choice": "handoff:yes"}
            await self._until_taken(partial(one.send, client_id, **said))
            self.sent[one.id].append(client_id)
            await asyncio.sleep(0.2 + self.chance.random())

    async def work(self, me: Caseworker) -> None:
        """Be a caseworker until the end."""
        turn = 0
        while not self.ended.is_set():
            await asyncio.sleep(0.1 + self.chance.random() * 0.5)
            try:
                page = (await me.get("", part=False)).text
                mine, waiting = re.findall(r'id="mine-(\d+)"', page), re.findall(r'id="claim-(\d+)"', page)
                if waiting and len(mine) <= len(self.newcomers) // len(self.workers):
                    await me.post(f"/conversations/{self.chance.choice(waiting)}/claim")
                    continue
                if not mine:
                    continue
                number, dice = self.chance.choice(mine), self.chance.random()
                if dice < 0.06:
                    await me.post(f"/conversations/{number}/release")
                elif dice < 0.12:
                    await me.post(f"/conversations/{number}/close", outcome="solved")
                else:
                    turn += 1
                    await self._say(me, int(number), f"answer {turn} of {me.id}")
            except httpx.HTTPError:
                continue

    async def _say(self, me: Caseworker, number: int, text: str) -> None:
        conversation = await self.store.read(lambda session: session.get_one(Handoff, number).conversation_id)
        one = next((one for one in self.newcomers if one.id == conversation), None)
        if one is None:
            # Somebody who waited at this desk before the play.
            return
        while True:
            try:
                answer = await me.post(f"/conversations/{number}/say", text=text)
            except httpx.HTTPError:
                await asyncio.sleep(0.3)
                if not any(message["text"] == text for message in await self._until_taken(one.messages)):
                    continue
            else:
                if answer.headers.get("hx-trigger") != "sent":
                    return
            self.said[conversation].append((me.id, text))
            return

    async def _look(self, one: Newcomer) -> dict[str, bool]:
        answer = await self.http.get(f"{one.path}/messages?after=999999999", headers=one.headers)
        answer.raise_for_status()
        return dict(answer.json())

    async def _until_taken(self, attempt: Callable[[], Awaitable[Got]]) -> Got:
        while True:
            try:
                return await attempt()
            except httpx.HTTPStatusError as error:
                if error.response.is_client_error:
                    raise
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)

    async def kill(self, times: int) -> None:
        """Kill a process at each of ``times`` random moments."""
        for _ in range(times):
            await asyncio.sleep(0.5 + self.chance.random() * 3)
            victim = APP if self.chance.random() < 0.6 else ASSISTANT
            await self._there(victim)
            os.kill(child(self.server, victim), signal.SIGKILL)
            if victim == APP:
                await self._up(assistant=False)
        await self._up(assistant=True)

    async def calm(self) -> None:
        """Wait until every stored message is answered."""
        end = time.monotonic() + CALM_SECONDS
        while time.monotonic() < end:
            if not await self.store.read(records.with_unanswered):
                return
            await asyncio.sleep(0.3)

    async def probe(self) -> int:
        """Ask every conversation one last question; return how many of them nobody heard."""
        unheard = 0
        for one in self.newcomers:
            owner = await self.store.read(_owner, one.id)
            before = (await one.messages())[-1]["id"]
            await one.send("last", "Where is a doctor?")
            self.sent[one.id].append("last")
            unheard += not await self._heard(one, owner, before)
        return unheard

    async def _heard(self, one: Newcomer, owner: tuple[int, int] | None, before: str) -> bool:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if owner is None:
                if any(
                    message["from"] == "bot" and int(message["id"]) > int(before) for message in await one.messages()
                ):
                    return True
            else:
                has_it = next((worker for worker in self.workers if worker.id == owner[1]), None)
                page = (await has_it.get(f"/conversations/{owner[0]}/messages?after={before}")).text if has_it else ""
                if "Where is a doctor?" in page:
                    return True
            await asyncio.sleep(0.1)
        return False

    async def verdict(self) -> Counter[str]:
        """Count what went wrong, for either side."""
        found = Counter(lost=0, doubled=0, out_of_order=0, nobodys=0, unanswered=0)
        found["unanswered"] = len(await self.store.read(records.with_unanswered))
        for one in self.newcomers:
            rows, active = await self.store.read(_stored, one.id)
            ids = [row.client_id for row in rows if row.sender == "newcomer"]
            _compare(found, self.sent[one.id], [one for one in ids if one is not None])
            for worker in self.workers:
                own = f" of {worker.id}"
                told = [row.text for row in rows if row.sender == "caseworker" and row.text.endswith(own)]
                _compare(found, [text for by, text in self.said[one.id] if by == worker.id], told)
            found["nobodys"] += not active
            shown = [message["id"] for message in await one.messages()]
            found["doubled"] += len(shown) - len(set(shown))
            found["lost"] += len({str(row.id) for row in rows} - set(shown))
        return found

    async def _there(self, module: str) -> None:
        end = time.monotonic() + UP_SECONDS
        while time.monotonic() < end:
            try:
                child(self.server, module)
                return
            except ProcessLookupError:
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{module} does not come back")

    async def _up(self, *, assistant: bool) -> None:
        end = time.monotonic() + UP_SECONDS
        while time.monotonic() < end:
            try:
                state = (await self.http.get("/health")).json()
                if not assistant or state.get("assistant") == "ok":
                    return
            except (httpx.HTTPError, ValueError):
                pass
            await asyncio.sleep(0.2)
        raise RuntimeError("not up again")


def child(server: Server, module: str) -> int:
    """Return the id of the process that runs a module below a server's first process.

    Raises:
        ProcessLookupError: there is none right now.
    """
    for task in Path(f"/proc/{server.process}/task").glob("*/children"):
        for number in task.read_text().split():
            try:
                said = Path(f"/proc/{number}/cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if module in said:
                return int(number)
    raise ProcessLookupError(module)


async def play(server: Server, *, kills: int, talks: int, workers: int) -> tuple[Counter[str], int, int]:
    """Return what went wrong, and how many messages newcomers and caseworkers wrote."""
    store = Store(f"sqlite:///{server.home / 'ventanilla.db'}")
    async with httpx.AsyncClient(base_url=server.url, timeout=15) as http:
        stage = Play(server, store, http)
        await stage.begin(talks, workers)
        acting = [asyncio.create_task(stage.write(one)) for one in stage.newcomers]
        acting += [asyncio.create_task(stage.work(one)) for one in stage.workers]
        beating = [asyncio.create_task(one.beat()) for one in stage.workers]
        await asyncio.sleep(3)
        await stage.kill(kills)
        await asyncio.sleep(1)
        stage.ended.set()
        await asyncio.gather(*acting)
        await stage.calm()
        unheard = await stage.probe()
        for task in beating:
            task.cancel()
        await asyncio.gather(*beating, return_exceptions=True)
        await stage.calm()
        found = await stage.verdict()
        found["unheard"] = unheard
    store.close()
    return found, sum(map(len, stage.sent.values())), sum(map(len, stage.said.values()))


def _owner(session: Session, conversation: str) -> tuple[int, int] | None:
    """Return number and caseworker of a conversation that is with a person, None where the assistant answers."""
    found = handoffs.active(session, conversation)
    return (found.id, found.staff_id) if found is not None and found.staff_id is not None else None


def _stored(session: Session, conversation: str) -> tuple[list[StoredMessage], bool]:
    """Return a conversation's messages in order, and whether it is somebody's: assistant's, queue's or caseworker's."""
    query = select(StoredMessage).where(StoredMessage.conversation_id == conversation).order_by(StoredMessage.id)
    rows = list(session.scalars(query))
    found = handoffs.active(session, conversation)
    session.expunge_all()
    if found is None or found.state == "waiting":
        return rows, found is None or found.staff_id is None
    owner = session.get(Staff, found.staff_id) if found.staff_id else None
    return rows, owner is not None and not owner.disabled


def _compare(found: Counter[str], wanted: list[str], got: list[str]) -> None:
    found["lost"] += sum((Counter(wanted) - Counter(got)).values())
    found["doubled"] += sum((Counter(got) - Counter(wanted)).values())
    found["out_of_order"] += [one for one in wanted if one in got] != [one for one in got if one in wanted]


def main() -> int:
    """Kill, count and print; return 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--talks", type=int, default=12)
    parser.add_argument("--workers", type=int, default=4)
    chosen = parser.parse_args()
    print(f"machine: {describe()}, load {os.getloadavg()[0]:.1f} at the beginning")
    with ventanilla() as server:
        begun = time.monotonic()
        found, asked, answered = asyncio.run(
            play(server, kills=chosen.kills, talks=chosen.talks, workers=chosen.workers)
        )
        listed = ", ".join(f"{what} {count}" for what, count in found.items())
        print(
            f"{chosen.kills} kills in {time.monotonic() - begun:.0f} s, {chosen.talks} conversations, {asked} messages of "
            f"newcomers, {answered} of caseworkers: {listed}"
        )
    return int(any(found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
