"""The same knowledge base and conversations on PostgreSQL: a real server, started for these tests alone."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from glob import glob
from pathlib import Path

import pytest

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.messages import Incoming
from bot.environments import ROOT
from bot.records import conversations as records
from bot.records import erasing
from knowledge import seed
from knowledge.detail import load_views
from knowledge.finding import Query, find
from knowledge.migrations import upgrade
from knowledge.store import Store

PROGRAMS = sorted(glob("/usr/lib/postgresql/*/bin"))


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    if not PROGRAMS:
        pytest.skip("no PostgreSQL server: install Debian's package 'postgresql'")
    programs = Path(PROGRAMS[-1])
    folder = Path(tempfile.mkdtemp(prefix="ventanilla-pg-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = str(folder / "data")
    quiet = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run(
        as_postgres([str(programs / "initdb"), "-D", data, "-U", "ventanilla", "-A", "trust", "-E", "UTF8"]), **quiet
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", data]
    subprocess.run(as_postgres([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"]), **quiet)
    made = Store(f"postgresql://ventanilla@127.0.0.1:{port}/postgres")
    try:
        upgrade(made, [RECORDS_MIGRATIONS])
        seed.load(made, ROOT / "knowledge" / "territories")
        yield made
    finally:
        made.close()
        subprocess.run(as_postgres([*control, "-m", "immediate", "stop"]), **quiet)
        shutil.rmtree(folder, ignore_errors=True)


def test_services_are_found_and_shown(store: Store) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    with store.session() as session:
        query = Query(territory="turin", topics=("healthcare",), circumstances=frozenset({"no_papers"}), at=now)
        found = [one.service_id for one in find(session, query).results]
        assert found and "no_papers" not in find(session, query).relaxed
        assert [view.id for view in load_views(session, found, "uk", now)] == found


def test_free_words_are_found(store: Store) -> None:
    with store.session() as session:
        query = Query(territory="turin", words="Frantz Fanon", at=datetime.now(UTC))
        assert find(session, query).results[0].service_id == "torino-fanon"


def test_the_same_message_twice_is_one(store: Store) -> None:
    with store.write() as session:
        talk, token = records.create(session, territory="turin", channel="web", language="en", chosen=False)
        incoming = Incoming("m1", "doctor")
        assert records.accept(session, talk, incoming, shown="doctor", dir="ltr")
        assert not records.accept(session, talk, incoming, shown="doctor", dir="ltr")
        assert records.is_allowed(talk, token) and not records.is_allowed(talk, token + "x")
    with store.write() as session:
        erasing.erase(session, talk.id)
    with store.session() as session:
        assert records.messages(session, talk.id, after=0, limit=10) == []


def test_a_second_load_changes_nothing(store: Store) -> None:
    done = seed.load(store, ROOT / "knowledge" / "territories")
    assert (done.added, done.changed, done.removed) == ([], [], [])
