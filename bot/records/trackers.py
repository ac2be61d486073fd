"""Rasa's tracker store, as far as it must be emptied: Rasa itself never deletes a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import Engine, bindparam, create_engine, delete, inspect, make_url
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

_EVENTS = sql_table("events", sql_column("sender_id"))
BUSY_SECONDS = 5


class Trackers:
    """The table ``events`` of Rasa's SQL tracker store (rasa.core.tracker_store.SQLTrackerStore)."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet; ``url`` is an SQLAlchemy URL of SQLite or PostgreSQL."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        arguments = {"timeout": BUSY_SECONDS} if parsed.get_backend_name() == "sqlite" else {}
        self._engine: Engine = create_engine(parsed, connect_args=arguments)

    async def erase(self, conversations: Sequence[str]) -> None:
        """Remove all that the assistant remembers of these conversations."""
        if conversations:
            await asyncio.to_thread(self._erase, list(conversations))

    def _erase(self, conversations: list[str]) -> None:
        if not inspect(self._engine).has_table("events"):
            return
        statement = delete(_EVENTS).where(_EVENTS.c.sender_id == bindparam("sender"))
        with self._engine.begin() as connection:
            connection.execute(statement, [{"sender": conversation} for conversation in conversations])
