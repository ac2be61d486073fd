"""What is read often and changes seldom, kept in memory: for seconds, and never past a change made by this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, TextClause, event
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from knowledge.model import Base

# How long a change made by another process may go unseen.
SECONDS = 3.0
_MEMORY = "ventanilla_memory"
_CHANGED = "ventanilla_knowledge_changed"
# Conversations are written all the time; what is kept here rests on the knowledge base alone.
_TABLES = frozenset(
    str(mapper.class_.__tablename__)
    for mapper in Base.registry.mappers
    if mapper.class_.__module__.startswith(f"{__package__}.")
)
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def kept(
    session: Session,
    read: Callable[Concatenate[Session, Parameters], Result],
    *arguments: Parameters.args,
    **named: Parameters.kwargs,
) -> Result:
    """Returns `read(session, *arguments)`, or what it returned a moment ago for the same arguments and database.

    Only sessions of `Store.session` take part. One that writes reads anew, for it has to see its own changes and nobody
    else may see them yet.

    Args:
        read: returns what nobody changes afterwards, read from the tables of the knowledge base.
        arguments: hashable, as are `named`.
    """
    memory: _Memory | None = session.info.get(_MEMORY)
    if memory is None:
        return read(session, *arguments, **named)
    key = (read, arguments, tuple(named.items()))
    found = memory.kept.get(key)
    if found is None:
        found = (read(session, *arguments, **named),)
        memory.kept.put(key, found, memory.changes)
    result: Result = found[0]
    return result


class Kept:
    """What was read from one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes = 0
        self._entries: dict[Hashable, tuple[float, tuple[Any]]] = {}

    def for_reading(self) -> dict[str, object]:
        """What a session that only reads carries in its `info`."""
        return {_MEMORY: _Memory(self, self._changes)}

    def get(self, key: Hashable) -> tuple[Any] | None:
        """What is kept under `key`, alone in a tuple; None if nothing is, or for too long."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and time.monotonic() < entry[0] else None

    def put(self, key: Hashable, value: tuple[Any], changes: int) -> None:
        """Keeps `value`, unless something has changed since the session that read it began (`changes`)."""
        with self._lock:
            if changes == self._changes:
                self._entries[key] = (time.monotonic() + SECONDS, value)

    def forget(self) -> None:
        """Drops everything. Sessions that began before keep nothing any more."""
        with self._lock:
            self._changes += 1
            self._entries = {}


class _Memory:
    """The part a session takes: `changes` is how many there had been when it began."""

    def __init__(self, kept: Kept, changes: int) -> None:
        self.kept, self.changes = kept, changes


def notice_changes(engine: Engine) -> None:
    """From now on connections of `engine` remember that they changed the knowledge base: see `took_change`."""
    event.listen(engine, "before_execute", _notice)


def took_change(connection: Connection) -> bool:
    """Whether the knowledge base was changed through `connection` since this was last asked."""
    return bool(connection.info.pop(_CHANGED, False))


def _notice(connection: Connection, statement: Any, *_: object) -> None:
    # What plain SQL does cannot be seen, so it counts as a change.
    if isinstance(statement, TextClause) or (isinstance(statement, UpdateBase) and _name(statement) in _TABLES):
        connection.info[_CHANGED] = True


def _name(statement: Any) -> str:
    return str(statement.table.name)
