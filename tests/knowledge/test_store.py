"""The database: what is kept, what is undone, and what is said when it cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.migrations import HalfMigrated, upgrade
from knowledge.model import Base, Service, Territory
from knowledge.store import DatabaseLocked, NewerDatabase, Store, UnreadableDatabase


def add(session: Session, identifier: str) -> str:
    values = {"kind": "city", "country": "IT", "timezone": "Europe/Rome", "currency": "EUR"}
    session.add(Territory(id=identifier, name=identifier, **values))
    return identifier


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Territory)) or 0


def test_run_keeps_what_was_written_and_undoes_what_failed(store: Store) -> None:
    def fail(session: Session) -> None:
        add(session, "lost")
        raise RuntimeError("no")

    assert asyncio.run(store.run(add, "kept")) == "kept"
    with pytest.raises(RuntimeError):
        asyncio.run(store.run(fail))
    assert asyncio.run(store.read(count)) == 1


def test_a_writer_does_not_stop_readers(store: Store) -> None:
    with store.write() as writing:
        add(writing, "new")
        writing.flush()
        with store.session() as reading:
            assert count(reading) == 0


def test_a_locked_database_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.store.BUSY_SECONDS", 0.05)
    hurried = Store(f"sqlite:///{tmp_path / 'knowledge.db'}")
    with store.write() as writing:
        add(writing, "new")
        writing.flush()
        with pytest.raises(DatabaseLocked, match="try again"), hurried.write() as waiting:
            count(waiting)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("not a database " * 100)
    with pytest.raises(UnreadableDatabase, match="backup"):
        upgrade(Store(f"sqlite:///{path}"))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDatabase, match="create the folder"):
        Store(f"sqlite:///{tmp_path / 'none' / 'x.db'}")


def test_upgrading_reports_its_steps_once(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    first, second = upgrade(store), upgrade(store)
    assert first.before is None and first.steps
    assert (second.before, second.steps) == (first.after, ())


def test_a_newer_database_is_recognised(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "knowledge.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(NewerDatabase, match="9999_future"):
        upgrade(store)


def test_a_half_migrated_database_is_recognised(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "knowledge.db") as connection:
        connection.execute("DELETE FROM alembic_version")
    with pytest.raises(HalfMigrated, match="restore the backup"):
        upgrade(store)


def test_migrations_make_exactly_the_tables_of_the_model(store: Store) -> None:
    own = {table.name for table in Base.metadata.tables.values() if table.name in _knowledge_tables()}

    def mine(thing: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in own

    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": mine, "compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def _knowledge_tables() -> set[str]:
    return {mapper.local_table.name for mapper in Base.registry.mappers if "knowledge" in mapper.class_.__module__}


def test_rows_of_a_service_go_with_it(filled: Store) -> None:
    with filled.write() as session:
        service = session.get(Service, "turin-homes")
        assert service is not None
        session.delete(service)
    with filled.session() as session:
        for table in Base.metadata.tables.values():
            if "service_id" in table.columns and table.c.service_id.foreign_keys:
                left = session.scalar(select(func.count()).where(table.c.service_id == "turin-homes"))
                assert left == 0, table.name
