"""The desk served for real behind its real doors; the assistant alone is not there."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.applications import Starlette

from bot.channels.web import WebSettings, create_routes, web_middleware
from bot.desk import DeskSettings, create_desk
from bot.desk.signing_in import DoorSettings, SigningIn
from bot.parts import make_parts
from bot.records import staff
from bot.records.audit import AuditEntry
from bot.records.staff import Staff, StaffSession
from bot.security.passwords import Passwords
from bot.settings import Settings
from tests.served import Served, listen

PASSWORD = "violet tram seven cups"
HASHED = Passwords().hashed(PASSWORD)


@dataclass
class DoorServer:
    """Starts on enter, ends on exit.

    Args:
        database: SQLAlchemy URL of an upgraded database with records.
    """

    database: str
    settings: DoorSettings = field(default_factory=DoorSettings)

    def __enter__(self) -> DoorServer:
        chosen = Settings(
            database_url=self.database,
            callback_secret=SecretStr("secret"),
            assistant_url="http://127.0.0.1:9",
            assistant_seconds=0.2,
            push_contact="desk@city.example",
        )
        self.parts = parts = make_parts(chosen)
        listening = listen()
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        doors = SigningIn(parts.store, parts.wording, self.settings)
        desk = create_desk(
            parts.store,
            parts.handoffs,
            parts.conversations,
            parts.composer,
            parts.wording,
            parts.bells,
            DeskSettings(),
            doors.guard,
            parts.pushing,
            signs=parts.signs,
        )
        chat = create_routes(parts.conversations, parts.wording, WebSettings(), parts.store.read)

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> Any:
            yield
            await parts.conversations.settle()
            await parts.assistant.close()

        app = Starlette(routes=[*doors.routes, *desk, *chat], middleware=web_middleware(), lifespan=lifespan)
        self._served = Served(app, listening)
        return self

    def __exit__(self, *_: Any) -> None:
        self._served.stop()
        self.parts.store.close()

    def add(self, name: str, **more: Any) -> int:
        """Store an account with ``PASSWORD`` and return its id."""
        row = {"territory": "turin", "role": "caseworker", "password_hash": HASHED, **more}
        with self.parts.store.write() as session:
            return staff.add(session, email=address(name), name=name, **row).id

    def change(self, one: int, **values: Any) -> None:
        """Change columns of an account, as somebody else would."""
        with self.parts.store.write() as session:
            session.execute(update(Staff).where(Staff.id == one).values(**values))

    def row(self, one: int) -> Staff:
        """Return an account as it is stored."""
        with self.parts.store.session() as session:
            return session.get_one(Staff, one)

    def sessions(self) -> list[StaffSession]:
        """Return the stored sessions."""
        with self.parts.store.session() as session:
            return list(session.scalars(select(StaffSession)))

    def age(self, *, unused: timedelta = timedelta(), old: timedelta = timedelta()) -> None:
        """Let time pass for all sessions."""
        with self.parts.store.write() as session:
            for one in session.scalars(select(StaffSession)):
                one.last_at -= unused
                one.created_at -= old

    def audit(self) -> list[tuple[str, str, str]]:
        """Return what was written down: territory, actor, action."""
        with self.parts.store.session() as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(row.territory_id, row.actor, row.action) for row in rows]

    def browser(self, language: str = "en") -> Browser:
        """Return a browser that knows nothing yet."""
        return Browser(self.url, language)


class Browser:
    """A browser without scripts: keeps cookies, fills in the forms it is shown."""

    def __init__(self, url: str, language: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"accept-language": language}, timeout=20)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data=fields)

    def sign_in(
        self, name: str, password: str = PASSWORD, start: str = "/desk/sign-in", **fields: str
    ) -> httpx.Response:
        """Fill in the form of the sign-in page and send it."""
        page = self.get(start, follow_redirects=True).text
        hidden = {**inputs(page), "email": address(name), "password": password, **fields}
        return self.post("/desk/sign-in", **hidden)

    def csrf(self, path: str = "/desk/password") -> str:
        """Return the token of the forms."""
        return inputs(self.get(path).text)["csrf"]

    @property
    def cookie(self) -> str:
        return self.client.cookies.get("ventanilla-desk") or ""

    def is_inside(self) -> bool:
        return self.get("/desk").status_code == 200


def address(name: str) -> str:
    return name if "@" in name else f"{name.lower()}@city.example"


def inputs(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}
