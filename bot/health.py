"""GET /health: the state of app, assistant and database, for people and for monitors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import __version__
from bot.channels.telegram import TelegramChannel
from bot.conversation.assistant import Assistant
from knowledge.store import Store, StoreError


def endpoint(store: Store, assistant: Assistant, telegram: TelegramChannel) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint.

    It answers 200 while newcomers get answers from records (database there), with ``assistant`` telling whether Rasa
    answers too; 503 when the database is not there. It tells states only, nothing about the machine.
    """

    async def health(_request: Request) -> Response:
        database = await _database(store)
        up = await assistant.is_up()
        body = {
            "app": "ok",
            "assistant": "ok" if up else "down",
            "database": database,
            "telegram": telegram.state,
            "version": __version__,
        }
        return JSONResponse(body, 200 if database == "ok" else 503, headers={"Cache-Control": "no-store"})

    return health


async def _database(store: Store) -> str:
    try:
        await store.read(_ping)
    except StoreError:
        return "down"
    return "ok"


def _ping(session: Session) -> None:
    session.execute(text("SELECT id FROM territory LIMIT 1"))
