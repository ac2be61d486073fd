"""The database: engine, sessions and errors that say what to do."""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from knowledge.kept import Kept, notice_changes, took_change
from knowledge.model import Base

__all__ = ["Base", "DatabaseLocked", "DiskFull", "NewerDatabase", "Store", "StoreError", "UnreadableDatabase"]

KEPT_CONNECTIONS = 32
BUSY_SECONDS = 5.0
_WRITING = "ventanilla_writing"
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class StoreError(Exception):
    """The database cannot be used. The message is one line and ends with a remedy."""


class DatabaseLocked(StoreError):
    """Another process has been writing for longer than we wait. Remedy: try again, or find that process."""


class DiskFull(StoreError):
    """There is no room left. Remedy: free disk space; nothing half-written was kept."""


class UnreadableDatabase(StoreError):
    """The file or server cannot be opened, or holds no database. Remedy: path, rights or a backup."""


class NewerDatabase(StoreError):
    """A newer version of the program wrote this database. Remedy: install that version."""


class Store:
    """One database. Nothing connects before the first session.

    Args:
        url: an SQLAlchemy URL: `sqlite:///path/to/file.db`, `sqlite://` (in memory), or
            `postgresql+psycopg://user:password@host/name`. A `postgresql://` URL is read as psycopg 3's.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.name = parsed.render_as_string(hide_password=True)
        self.engine = _sqlite_engine(parsed.database) if self.is_sqlite else _server_engine(parsed)
        self._writing_engine = self.engine.execution_options(**{_WRITING: True})
        self._kept = Kept()
        # SQLite lets one write at a time. Whoever finds it busy sleeps and tries again, up to a tenth of a second each time:
        # writers of one process wait in a queue instead, and keep no thread from those who read.
        self._writers = ThreadPoolExecutor(1, "writer") if self.is_sqlite else None
        notice_changes(self._writing_engine)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for reading. What it changed is not kept; many can read at once, also while one writes.

        Raises:
            StoreError: the database cannot be used.
        """
        info: dict[Any, Any] = self._kept.for_reading()
        with self._explained(), Session(self.engine, expire_on_commit=False, info=info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session for reading and writing: committed at the end, undone as a whole when something is raised.

        On SQLite one can write at a time; others wait up to five seconds.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._explained(), Session(self._writing_engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
                session.flush()
                changed = took_change(session.connection())
            if changed:
                self._kept.forget()

    async def run(
        self,
        function: Callable[Concatenate[Session, Parameters], Result],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Result:
        """Calls `function(session, *arguments)` in a worker thread, within one `write` session.

        Raises:
            StoreError: the database cannot be used.
        """
        return await _in_thread(self._writers, self.write, function, *arguments, **named)

    async def read(
        self,
        function: Callable[Concatenate[Session, Parameters], Result],
        *arguments: Parameters.args,
        **named: Parameters.kwargs,
    ) -> Result:
        """Calls `function(session, *arguments)` in a worker thread, within one `session` for reading.

        Raises:
            StoreError: the database cannot be used.
        """
        return await _in_thread(None, self.session, function, *arguments, **named)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a writing transaction, for migrations and bulk work."""
        with self._explained():
            with self._writing_engine.begin() as connection:
                yield connection
            self._kept.forget()

    def close(self) -> None:
        """Closes every connection. The store can be used again afterwards."""
        self._kept.forget()
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            explained = _explanation(error, self.name)
            if explained is None:
                raise
            raise explained from error


async def _in_thread(
    pool: ThreadPoolExecutor | None,
    opened: Callable[[], AbstractContextManager[Session]],
    function: Callable[Concatenate[Session, Parameters], Result],
    *arguments: Parameters.args,
    **named: Parameters.kwargs,
) -> Result:
    def work() -> Result:
        with opened() as session:
            return function(session, *arguments, **named)

    run = contextvars.copy_context().run
    return await asyncio.get_running_loop().run_in_executor(pool, run, work)


def _sqlite_engine(path: str | None) -> Engine:
    in_memory = not path or path == ":memory:"
    if path and not in_memory:
        folder = Path(path).resolve().parent
        if not folder.is_dir():
            raise UnreadableDatabase(f"{folder} does not exist: create the folder or change the database's path")
    # A database in memory lives in one connection, so every session has to share it.
    # Worker threads would otherwise open and close connections all the time, each with its own cache to fill.
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": KEPT_CONNECTIONS}
    engine = create_engine(
        f"sqlite:///{path}" if path and not in_memory else "sqlite://",
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        **options,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server_engine(url: Any) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, pool_timeout=BUSY_SECONDS)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's sqlite3 would begin transactions by itself, late and never for DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.execute("PRAGMA mmap_size = 268435456")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail at once if another wrote in between: take the lock first.
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _explanation(error: DatabaseError, name: str) -> StoreError | None:
    text = str(error.orig).lower()
    if "database is locked" in text or "database table is locked" in text:
        return DatabaseLocked(f"{name} is in use by another process: try again, or stop the process that writes to it")
    if "disk is full" in text or "no space left" in text or "disk full" in text:
        return DiskFull(f"no room left for {name}: free disk space and try again")
    if "unable to open" in text or "readonly database" in text or "permission denied" in text:
        return UnreadableDatabase(f"{name} cannot be opened for writing: check its path and who may write there")
    if "not a database" in text or "malformed" in text:
        return UnreadableDatabase(f"{name} is damaged or no database: restore it from a backup")
    if "connection failed" in text or "could not connect" in text or "connection refused" in text:
        return UnreadableDatabase(f"{name} does not answer: check that the server runs and its address and password")
    if "disk i/o error" in text:
        return UnreadableDatabase(f"{name} cannot be read: check the disk, then restore it from a backup")
    return None
