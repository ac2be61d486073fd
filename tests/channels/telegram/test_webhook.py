"""Updates that Telegram posts: with the secret only, and answered when they are stored."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from tests.channels.telegram.conftest import Running, until
from tests.fakes.telegram import FakeTelegram


@contextlib.asynccontextmanager
async def hooked(begin: Callable[..., Any]) -> AsyncIterator[tuple[Running, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with begin(webhook=True, public_url=url) as running:
        app = Starlette(routes=running.telegram.routes)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started and running.telegram.state == "ok")
        try:
            yield running, url
        finally:
            server.should_exit = True
            await serving


async def test_talking_over_a_webhook(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    fake.faults.updates(repeated=1.0)
    async with hooked(begin) as (running, _):
        person = fake.chat(5)
        person.start("turin")
        person.say("hello")
        await person.until(2)
        await asyncio.sleep(0.3)
        assert [message.text for message in person.answers][1:] == ["echo hello"]
        assert fake.calls_of("getUpdates") == [] and running.said == ["hello"]


async def test_posts_without_the_secret_are_turned_away(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    update = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"},
    }
    async with hooked(begin) as (running, url):
        async with httpx.AsyncClient(base_url=url) as client:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}, {"X-Telegram-Bot-Api-Secret-Token": "é"}):
                raw = {name: value.encode() for name, value in headers.items()}
                assert (await client.post("/telegram/7000001", json=update, headers=raw)).status_code == 404
            assert (await client.post("/telegram/12", json=update)).status_code == 404
        assert running.stored() == []


async def test_what_cannot_be_read_counts_as_taken_and_a_flood_does_not(
    begin: Callable[..., Any], fake: FakeTelegram
) -> None:
    async with hooked(begin) as (running, url):
        secret = next(iter(fake.world.bots.values())).webhook.secret  # type: ignore[union-attr]
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            for body in (b"no json", b"[]", b"7", b'{"update_id": 3, "message": {"chat": 7}}', b"[" * 5000):
                assert (await client.post("/telegram/7000001", content=body)).status_code == 200
            assert (await client.post("/telegram/7000001", content=b"x" * 1_100_000)).status_code == 413
        assert running.stored() == []


async def test_polling_comes_back_after_a_webhook(begin: Callable[..., Any], fake: FakeTelegram) -> None:
    async with hooked(begin):
        pass
    async with begin():
        person = fake.chat(5)
        person.start("turin")
        await person.until(1)
