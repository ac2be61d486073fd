"""What is kept of a database: how long, and from whom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Engine, MetaData, String, Table, event, insert, text, update
from sqlalchemy.orm import Session

from knowledge.migrations import upgrade
from knowledge.model import Service, Territory
from knowledge.seed import load
from knowledge.store import Store
from knowledge.territories import desk_service, emergency_numbers, first_steps, get_territory, list_territories

NOTE = Table("note", MetaData(), Column("words", String))


def pay_in(session: Session, currency: str) -> None:
    session.execute(update(Territory).where(Territory.id == "turin").values(currency=currency))


def currency(store: Store) -> str:
    with store.session() as session:
        return get_territory(session, "turin").currency


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def ask_everything(session: Session) -> None:
    list_territories(session)
    get_territory(session, "turin")
    emergency_numbers(session, "turin", "violence")
    first_steps(session, "turin")
    desk_service(session, "turin")


def test_what_was_just_read_is_not_read_again(filled: Store) -> None:
    with filled.connection() as connection:
        NOTE.create(connection)
    with filled.session() as session:
        ask_everything(session)
    with filled.write() as session:
        # Conversations are written all the time: that says nothing of the knowledge base.
        session.execute(insert(NOTE), {"words": "hello"})
    with statements(filled.engine) as seen, filled.session() as session:
        ask_everything(session)
    assert seen == []


def test_a_change_shows_at_once(filled: Store) -> None:
    assert currency(filled) == "EUR"
    with filled.write() as session:
        pay_in(session, "CHF")
    assert currency(filled) == "CHF"
    with filled.write() as session:
        territory = session.get(Territory, "turin")
        assert territory is not None
        territory.currency = "SEK"
    assert currency(filled) == "SEK"
    with filled.write() as session:
        session.execute(text("UPDATE territory SET currency = 'PLN'"))
    assert currency(filled) == "PLN"
    with filled.connection() as connection:
        connection.exec_driver_sql("UPDATE territory SET currency = 'BGN'")
    assert currency(filled) == "BGN"


def test_a_retired_desk_is_not_named_any_more(filled: Store) -> None:
    with filled.session() as session:
        assert desk_service(session, "turin") == "turin-desk"
    with filled.write() as session:
        session.execute(update(Service).where(Service.id == "turin-desk").values(status="inactive"))
    with filled.session() as session:
        assert desk_service(session, "turin") is None


def test_an_unfinished_change_is_seen_by_its_own_session_alone(filled: Store) -> None:
    with pytest.raises(RuntimeError), filled.write() as session:
        pay_in(session, "CHF")
        assert get_territory(session, "turin").currency == "CHF"
        assert currency(filled) == "EUR"
        raise RuntimeError("undone")
    assert currency(filled) == "EUR"


def test_a_session_that_began_before_a_change_leaves_nothing_old_behind(filled: Store) -> None:
    with filled.session() as early:
        early.get(Service, "turin-desk")
        with filled.write() as session:
            pay_in(session, "CHF")
        assert get_territory(early, "turin").currency == "EUR"
    assert currency(filled) == "CHF"


def test_another_process_s_change_shows_within_seconds(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.kept.SECONDS", 0.05)
    assert currency(filled) == "EUR"
    other = Store(f"sqlite:///{tmp_path / 'knowledge.db'}")
    with other.write() as session:
        pay_in(session, "CHF")
    other.close()
    time.sleep(0.06)
    assert currency(filled) == "CHF"


def test_databases_share_nothing(filled: Store, seeds: Path, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    load(other, seeds)
    with other.write() as session:
        pay_in(session, "CHF")
    assert (currency(other), currency(filled), currency(other)) == ("CHF", "EUR", "CHF")
    other.close()
