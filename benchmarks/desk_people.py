"""Newcomers and caseworkers over HTTP, as the chat page and the desk's pages are: each with an open stream of events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.records import staff
from bot.records.staff import Staff

TERRITORY = "turin"
COOKIE = "ventanilla-desk"
LOST_SECONDS = 20.0


class Lost(Exception):
    """What was said did not arrive in time."""


def client(url: str) -> httpx.AsyncClient:
    """Return a client that many people can share."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    return httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(30, read=None), limits=limits)


@dataclass
class Heard:
    """What came by a stream: texts with their moments (``time.perf_counter``), and who waits for the next one."""

    at: dict[str, float] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, text: str) -> None:
        """Note a text, the first time that it comes."""
        async with self.news:
            self.at.setdefault(text, time.perf_counter())
            self.news.notify_all()

    async def moment(self, text: str) -> float:
        """Wait for a text; return when it came.

        Raises:
            Lost: it did not come within ``LOST_SECONDS``.
        """
        try:
            async with asyncio.timeout(LOST_SECONDS), self.news:
                await self.news.wait_for(lambda: text in self.at)
        except TimeoutError as error:
            raise Lost(text) from error
        return self.at[text]


class Newcomer:
    """One conversation of the web chat, its stream open from ``listen`` on."""

    def __init__(self, http: httpx.AsyncClient, opened: dict[str, Any]) -> None:
        self.id = str(opened["conversation"])
        self.path = f"/chat/api/conversations/{self.id}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.heard = Heard()
        self._opening: list[dict[str, Any]] = list(opened["messages"])
        self._http = http

    @classmethod
    async def begin(cls, http: httpx.AsyncClient, language: str = "en") -> Newcomer:
        """Open a conversation."""
        answer = await http.post("/chat/api/conversations", json={"territory": TERRITORY, "language": language})
        answer.raise_for_status()
        return cls(http, answer.json())

    async def send(self, client_id: str, text: str = "", choice: str = "") -> None:
        """Send a text or press a button; HTTPError where that is not taken."""
        body = {"client_id": client_id, **({"choice": choice} if choice else {"text": text})}
        answer = await self._http.post(f"{self.path}/messages", json=body, headers=self.headers)
        answer.raise_for_status()

    async def messages(self) -> list[dict[str, Any]]:
        """Return everything that was said, as the page would read it."""
        # Without a beginning only the newest ones would come.
        found = list(self._opening)
        while True:
            after = found[-1]["id"]
            answer = await self._http.get(f"{self.path}/messages", params={"after": after}, headers=self.headers)
            answer.raise_for_status()
            news = answer.json()["messages"]
            if not news:
                return found
            found += news

    async def listen(self) -> None:
        """Read the stream until cancelled; one that breaks off is taken up after the last message, as browsers do."""
        last = "0"
        while True:
            with suppress(httpx.HTTPError):
                headers = {**self.headers, "Last-Event-ID": last}
                async with self._http.stream("GET", f"{self.path}/events", headers=headers) as stream:
                    async for name, data in events(stream):
                        if name == "message":
                            message = json.loads(data)
                            last = str(message["id"])
                            await self.heard.add(str(message["text"]))
            await asyncio.sleep(1)


class Caseworker:
    """One signed-in browser of the desk."""

    def __init__(self, http: httpx.AsyncClient, one: int, token: str, csrf: str) -> None:
        self.id = one
        self._http = http
        self._headers = {"Cookie": f"{COOKIE}={token}", "X-CSRF-Token": csrf}
        self._aside: set[asyncio.Task[Any]] = set()

    async def get(self, path: str, *, part: bool = True) -> httpx.Response:
        """Look at a page, or with ``part`` at what its script asks for."""
        return await self._http.get(f"/desk{path}", headers=self._headers | ({"HX-Request": "true"} if part else {}))

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as the page's script does."""
        return await self._http.post(f"/desk{path}", data=fields, headers=self._headers | {"HX-Request": "true"})

    async def beat(self) -> None:
        """Say every few seconds that the page is open, until cancelled; while the server is away, in vain."""
        while True:
            with suppress(httpx.HTTPError):
                await self.post("/here")
            await asyncio.sleep(10)

    @asynccontextmanager
    async def page(self, handoff: int) -> AsyncIterator[Heard]:
        """Yield what the open page of a conversation shows, from its stream and the looks that the stream leads to."""
        heard, ready = Heard(), asyncio.Event()
        await self.get(f"/conversations/{handoff}", part=False)
        last = await self._look(handoff, 0, heard)
        reading = asyncio.create_task(self._read(handoff, last, heard, ready))
        try:
            await asyncio.wait_for(ready.wait(), LOST_SECONDS)
            yield heard
        finally:
            reading.cancel()
            await asyncio.gather(reading, *self._aside, return_exceptions=True)

    async def _read(self, handoff: int, last: int, heard: Heard, ready: asyncio.Event) -> None:
        async with self._http.stream("GET", f"/desk/events?handoff={handoff}", headers=self._headers) as stream:
            async for name, _ in events(stream):
                ready.set()
                if name == "talk":
                    self._beside(f"/conversations/{handoff}/state")
                    last = await self._look(handoff, last, heard)
                elif name == "desk":
                    self._beside("/waiting")

    async def _look(self, handoff: int, last: int, heard: Heard) -> int:
        html = (await self.get(f"/conversations/{handoff}/messages?after={last}")).text
        for part in html.split('<article class="message ')[1:]:
            last = max(last, int(part.partition('data-id="')[2].partition('"')[0]))
            text = part.partition('<p class="text"')[2].partition(">")[2].partition("</p>")[0]
            await heard.add(text)
        return last

    def _beside(self, path: str) -> None:
        task = asyncio.create_task(self.get(path))
        self._aside.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._aside.discard(task)
        if not task.cancelled():
            # A look that fails is made again at the next event; the page says nothing of it.
            task.exception()


async def events(stream: httpx.Response) -> AsyncIterator[tuple[str, str]]:
    """Yield name and data of server-sent events."""
    name, data = "", ""
    async for line in stream.aiter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data = line[5:].strip()
        elif not line and name:
            yield name, data
            name, data = "", ""


def hire(session: Session, names: list[str], at_once: int) -> list[tuple[int, str, str]]:
    """Store caseworkers who are at the desk; return id, session token and CSRF token of each one's browser."""
    found = []
    for name in names:
        row = staff.add(
            session,
            territory=TERRITORY,
            email=f"{name.lower()}@city.example",
            name=name,
            role="caseworker",
            languages=["en"],
            at_once=at_once,
        )
        found.append((row.id, *staff.sign_in(session, row)))
    now = datetime.now(UTC)
    ids = [one for one, *_ in found]
    session.execute(update(Staff).where(Staff.id.in_(ids)).values(presence="available", seen_at=now))
    return found
