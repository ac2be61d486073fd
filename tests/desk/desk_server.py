"""The desk and the web chat served for real, from the real parts; the assistant alone is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.web import WebSettings, create_routes, web_middleware
from bot.conversation.handoffs import Worker
from bot.desk import DeskSettings, create_desk
from bot.parts import Parts, make_parts
from bot.records import staff
from bot.records.staff import AT_THE_DESK, Staff
from bot.settings import Settings
from tests.served import Served, listen

CSRF = "a-token-of-this-session"
Endpoint = Callable[[Request], Awaitable[Response]]


class CookieGuard:
    """Stands in for the sign-in: a cookie says who it is. Roles and CSRF are checked like the real one does."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store

    def __call__(self, endpoint: Endpoint, *, roles: Sequence[str] = AT_THE_DESK) -> Endpoint:
        async def guarded(request: Request) -> Response:
            who = request.cookies.get("who", "")
            row: Staff | None = await self._store.read(lambda session: session.get(Staff, int(who or 0)))
            if row is None or row.disabled:
                return RedirectResponse("/desk/sign-in", 303)
            request.state.worker, request.state.language, request.state.csrf = Worker.of(row), row.language, CSRF
            if row.role not in roles:
                return PlainTextResponse("forbidden", 403)
            if request.method == "POST":
                sent = request.headers.get("x-csrf-token") or (await request.form()).get("csrf")
                if sent != CSRF:
                    return PlainTextResponse("csrf", 403)
            return await endpoint(request)

        return guarded


@dataclass
class DeskServer:
    """Starts on enter, ends on exit.

    Args:
        database: SQLAlchemy URL of an upgraded database with records.
    """

    database: str
    settings: DeskSettings = field(default_factory=DeskSettings)
    port: int = 0

    def __enter__(self) -> DeskServer:
        self.parts = make_parts(
            Settings(
                database_url=self.database,
                callback_secret=SecretStr("secret"),
                assistant_url="http://127.0.0.1:9",
                assistant_seconds=0.2,
                messages_per_minute=1000,
                conversations_per_hour=10_000,
                push_contact="desk@city.example",
            )
        )
        listening = listen(self.port)
        self.port = listening.getsockname()[1]

        parts = self.parts
        desk = create_desk(
            parts.store,
            parts.handoffs,
            parts.conversations,
            parts.composer,
            parts.wording,
            parts.bells,
            self.settings,
            CookieGuard(parts),
            parts.pushing,
            signs=parts.signs,
        )
        chat = create_routes(parts.conversations, parts.wording, WebSettings(), parts.store.read)

        async def sign_in(request: Request) -> Response:
            return PlainTextResponse("sign in")

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> Any:
            yield
            await parts.conversations.settle()
            await parts.assistant.close()

        app = Starlette(
            routes=[Route("/desk/sign-in", sign_in), *desk, *chat], middleware=web_middleware(), lifespan=lifespan
        )
        self._served = Served(app, listening)
        return self

    def __exit__(self, *_: Any) -> None:
        self._served.stop()
        self.parts.store.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_staff(self, name: str, **more: Any) -> int:
        """Store an account and return its id."""
        row = {"territory": "turin", "role": "caseworker", "languages": ["it", "en"], **more}
        with self.parts.store.write() as session:
            email = f"{name.lower()}@{row['territory']}.example"
            made = staff.add(session, email=email, name=name, **row)
            return made.id
