"""Letters to the desk, through a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from benchmarks.servers import free_port
from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.wording import Wording
from bot.letters import BadMailServer, Letters
from bot.records import conversations as records
from bot.records import handoffs, staff
from knowledge.migrations import upgrade
from knowledge.store import Store


class Box:
    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append((envelope.rcpt_tos[0], envelope.content.decode("utf-8", "replace")))
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    box = Box()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    upgrade(made, [RECORDS_MIGRATIONS])
    return made


def waits(store: Store, *, minutes: int) -> None:
    with store.write() as session:
        talk, _ = records.create(session, territory="turin", channel="web", language="ar", chosen=False)
        row = handoffs.request(session, talk, reason="asked", card={})
        row.requested_at -= timedelta(minutes=minutes)


def works(store: Store, name: str, presence: str = "away", territory: str = "turin") -> None:
    with store.write() as session:
        email = f"{name}@{territory}.example"
        made = staff.add(session, territory=territory, email=email, name=name, role="caseworker", language="de")
        staff.set_presence(session, made.id, presence)


async def test_who_works_at_the_desk_gets_one_letter_that_quotes_nobody(store: Store, box: tuple[Box, int]) -> None:
    found, port = box
    works(store, "amal")
    works(store, "zoe", territory="madrid")
    waits(store, minutes=3)
    letters = Letters(
        store,
        Wording(),
        server=f"smtp://127.0.0.1:{port}",
        sender="desk@city.example",
        desk_url="https://c.example/desk",
    )
    assert await letters.tell() == 1
    assert await letters.tell() == 0, "once for each newcomer"
    ((reader, text),) = found.letters
    assert reader == "amal@turin.example"
    assert "https://c.example/desk" in text and "wartet" in text


async def test_nobody_is_written_to_while_somebody_watches_or_hardly_anyone_waited(
    store: Store, box: tuple[Box, int]
) -> None:
    found, port = box
    works(store, "amal")
    waits(store, minutes=0)
    letters = Letters(store, Wording(), server=f"smtp://127.0.0.1:{port}", sender="d@c.example", desk_url="/desk")
    assert await letters.tell() == 0
    works(store, "bea", presence="available")
    waits(store, minutes=30)
    assert await letters.tell() == 0
    assert found.letters == []


async def test_a_mail_server_that_is_gone_harms_nobody(store: Store) -> None:
    works(store, "amal")
    waits(store, minutes=3)
    letters = Letters(store, Wording(), server="smtp://127.0.0.1:9", sender="d@c.example", desk_url="/desk")
    assert await letters.tell() == 0


def test_a_wrong_address_is_said_at_the_start(store: Store) -> None:
    with pytest.raises(BadMailServer, match="smtp://"):
        Letters(store, Wording(), server="mail.example", sender="", desk_url="")
