"""The index of words: kept in step with its table, and made anew in databases of an older program."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from knowledge.finding import Query, find
from knowledge.full_text import SQLITE_GONE
from knowledge.migrations import current_revision, upgrade
from knowledge.model import Service, ServiceWords
from knowledge.seed import load
from knowledge.store import Store
from tests.knowledge.conftest import MONDAY

# The index as the first version of this program made it, shortened.
OLDER = """
    CREATE VIRTUAL TABLE service_words_index USING fts5(territory_id, title, body, content='service_words',
        content_rowid='number');
    CREATE VIRTUAL TABLE service_titles_index USING fts5(territory_id, title, content='service_words',
        content_rowid='number');
    CREATE TRIGGER service_words_added AFTER INSERT ON service_words BEGIN
        INSERT INTO service_words_index(rowid, territory_id, title, body)
        VALUES (new.number, new.territory_id, new.title, new.body); END;
    UPDATE alembic_version SET version_num = '0001_knowledge';
"""


def search(store: Store, words: str, territory: str = "turin", at: datetime.datetime = MONDAY) -> list[str]:
    with store.session() as session:
        found = find(session, Query(territory=territory, words=words, at=at, limit=10))
    return [each.service_id for each in found.results]


def test_a_database_of_an_older_program_keeps_its_words(filled: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "knowledge.db") as connection:
        for statement in SQLITE_GONE:
            connection.execute(statement)
        connection.executescript(OLDER)
    connection.close()
    assert current_revision(filled) == "0001_knowledge"
    upgrade(filled)
    assert search(filled, "anagrafe") == ["turin-registry"]
    with filled.write() as session:
        session.execute(update(ServiceWords).where(ServiceWords.service_id == "turin-homes").values(title="girasole"))
    assert search(filled, "girasole") == ["turin-homes"]
    assert search(filled, "tutti") == []


def test_words_of_another_territory_are_not_found(filled: Store) -> None:
    assert search(filled, "national", "turin") == search(filled, "national", "it") == ["it-housing"]
    assert search(filled, "registry", "turin") == ["turin-registry"]
    assert search(filled, "registry", "it") == []


def test_words_go_with_their_service(filled: Store) -> None:
    with filled.write() as session:
        session.execute(delete(Service).where(Service.id == "turin-homes"))
    assert search(filled, "tutti") == []


@pytest.mark.parametrize(
    "words", ["0001", "0001anagrafe", "1anagrafe", "𞤀𞤣𞤤𞤢𞤥"], ids=["code", "coded", "part", "new script"]
)
def test_how_words_are_stored_cannot_be_asked_for(filled: Store, words: str) -> None:
    assert search(filled, words) == []


def test_a_loaded_record_in_a_young_script_is_found(filled: Store, seeds: Path) -> None:
    path = seeds / "turin" / "services" / "turin-homes.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("Casa per tutti", "𞤀𞤣𞤤𞤢𞤥 casa"), encoding="utf-8")
    load(filled, seeds)
    assert search(filled, "𞤀𞤣𞤤𞤢𞤥") == ["turin-homes"]
