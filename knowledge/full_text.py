"""The full-text index on `service_words`: FTS5 on SQLite, GIN on PostgreSQL. How it is made and how it is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from knowledge.kept import kept

# One or two letters begin far too many words; a single sign of a script without spaces is a word of its own.
SHORTEST_BEGINNING = 3
# On SQLite a word stands in the index with a code of its territory before it, as in "001ahousing". Were the territory a
# word of its own, a search would walk through all services of the territory for each word that is looked for.
_CODE_LETTERS = 4
# Words are folded already, and to SQLite one letter beyond ASCII is like another. Nobody asks where in a text a word is.
_OPTIONS = (
    "content='', detail=none, tokenize='ascii', "
    f"prefix='{_CODE_LETTERS + SHORTEST_BEGINNING} {_CODE_LETTERS + SHORTEST_BEGINNING + 1}'"
)


def _columns(row: str) -> tuple[str, str]:
    """What stands in the index of all words and in that of names, for a row of `service_words`, as SQL."""
    code = f"""(SELECT printf('%0{_CODE_LETTERS}x', number) FROM service_words_territory
        WHERE territory_id = {row}.territory_id)"""
    everything, title = f"{row}.title || ' ' || {row}.body", f"{row}.title"
    return (
        f"{code} || replace({everything}, ' ', ' ' || {code})",
        f"{code} || replace({title}, ' ', ' ' || {code})",
    )


# Names have an index of their own: one over all columns has to walk through every text that holds a word to find that no
# name does. Triggers keep both in step, whoever writes the table; they repeat no text, so a removal has to say what it was.
_ADD = f"""INSERT OR IGNORE INTO service_words_territory(territory_id) VALUES (new.territory_id);
    INSERT INTO service_words_index(rowid, words) VALUES (new.number, {_columns("new")[0]});
    INSERT INTO service_titles_index(rowid, words) VALUES (new.number, {_columns("new")[1]});"""
_REMOVE = f"""INSERT INTO service_words_index(service_words_index, rowid, words)
        VALUES ('delete', old.number, {_columns("old")[0]});
    INSERT INTO service_titles_index(service_titles_index, rowid, words)
        VALUES ('delete', old.number, {_columns("old")[1]});"""
SQLITE = (
    "CREATE TABLE service_words_territory(number INTEGER PRIMARY KEY, territory_id VARCHAR NOT NULL UNIQUE)",
    f"CREATE VIRTUAL TABLE service_words_index USING fts5(words, {_OPTIONS})",
    f"CREATE VIRTUAL TABLE service_titles_index USING fts5(words, {_OPTIONS})",
    f"CREATE TRIGGER service_words_added AFTER INSERT ON service_words BEGIN {_ADD} END",
    f"CREATE TRIGGER service_words_removed AFTER DELETE ON service_words BEGIN {_REMOVE} END",
    f"CREATE TRIGGER service_words_changed AFTER UPDATE ON service_words BEGIN {_REMOVE} {_ADD} END",
)
SQLITE_FILL = (
    "INSERT INTO service_words_territory(territory_id) SELECT DISTINCT territory_id FROM service_words",
    f"INSERT INTO service_words_index(rowid, words) SELECT number, {_columns('service_words')[0]} FROM service_words",
    f"INSERT INTO service_titles_index(rowid, words) SELECT number, {_columns('service_words')[1]} FROM service_words",
)
SQLITE_GONE = (
    "DROP TRIGGER IF EXISTS service_words_added",
    "DROP TRIGGER IF EXISTS service_words_removed",
    "DROP TRIGGER IF EXISTS service_words_changed",
    "DROP TABLE IF EXISTS service_words_index",
    "DROP TABLE IF EXISTS service_titles_index",
    "DROP TABLE IF EXISTS service_words_territory",
)
# On PostgreSQL the words stand beside the texts: to find them anew takes a third of a millisecond for each service.
POSTGRESQL = (
    """ALTER TABLE service_words
        ADD title_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED,
        ADD any_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED""",
    "CREATE INDEX service_words_title ON service_words USING gin (title_vector)",
    "CREATE INDEX service_words_all ON service_words USING gin (any_vector)",
)
POSTGRESQL_GONE = (
    "DROP INDEX IF EXISTS service_words_title",
    "DROP INDEX IF EXISTS service_words_all",
    "ALTER TABLE service_words DROP COLUMN IF EXISTS title_vector, DROP COLUMN IF EXISTS any_vector",
)

_CODES = text(
    f"SELECT printf('%0{_CODE_LETTERS}x', number) FROM service_words_territory WHERE territory_id IN :chain"
).bindparams(bindparam("chain", expanding=True))
# One statement answers many questions: what SQLite does for each of them takes less time than a statement by itself.
_SQLITE = text(
    """SELECT CASE json_extract(asked.value, '$[0]')
        WHEN 'title' THEN (SELECT json_group_array(rowid) FROM (SELECT rowid FROM service_titles_index
            WHERE service_titles_index MATCH json_extract(asked.value, '$[1]') LIMIT :most))
        ELSE (SELECT json_group_array(rowid) FROM (SELECT rowid FROM service_words_index
            WHERE service_words_index MATCH json_extract(asked.value, '$[1]') LIMIT :most)) END
    FROM json_each(:asked) AS asked ORDER BY asked.key"""
)
_POSTGRESQL = {
    where: text(
        f"SELECT number FROM service_words WHERE {where}_vector @@ to_tsquery('simple', :match) "
        "AND territory_id IN :chain LIMIT :most"
    ).bindparams(bindparam("chain", expanding=True))
    for where in ("title", "any")
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to the index: which services have all `words` in their `title`, or in `any` text.

    `words`: folded (`knowledge.words.fold`). `begins`: words that begin like these count too.
    """

    where: Literal["title", "any"]
    words: tuple[str, ...]
    begins: bool = False


def holding(session: Session, chain: tuple[str, ...], wanted: Sequence[Wanted], most: int) -> list[list[int]]:
    """The answers to several questions, in their order.

    Args:
        chain: ids of the territories whose services are looked through.
        most: of the services that fit, no more than this many are told.

    Returns:
        for each of `wanted`, numbers of services (`service_words.number`).
    """
    if session.get_bind().dialect.name == "sqlite":
        return _ask_sqlite(session, chain, wanted, most)
    return [
        list(session.scalars(_POSTGRESQL[each.where], {"match": _tsquery(each), "most": most, "chain": chain}).all())
        for each in wanted
    ]


def _ask_sqlite(session: Session, chain: tuple[str, ...], wanted: Sequence[Wanted], most: int) -> list[list[int]]:
    codes = kept(session, _codes, chain)
    if not codes:
        return [[] for _ in wanted]
    asked = json.dumps([(each.where, _match(each, codes)) for each in wanted], ensure_ascii=False)
    return [json.loads(found) for found in session.scalars(_SQLITE, {"asked": asked, "most": most}).all()]


def _codes(session: Session, chain: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(session.scalars(_CODES, {"chain": chain}))


def _match(wanted: Wanted, codes: Sequence[str]) -> str:
    signs = [(word, " *" if wanted.begins and len(word) >= SHORTEST_BEGINNING else "") for word in wanted.words]
    return " AND ".join("(" + " OR ".join(f'"{code}{word}"{sign}' for code in codes) + ")" for word, sign in signs)


def _tsquery(wanted: Wanted) -> str:
    signs = [(word, ":*" if wanted.begins and len(word) >= SHORTEST_BEGINNING else "") for word in wanted.words]
    return " & ".join(f"'{word}'{sign}" for word, sign in signs)
