"""The full-text index on `service_words`: FTS5 on SQLite, a GIN index on PostgreSQL. Created by the first migration."""

from __future__ import annotations

# Triggers keep the index in step by itself, whoever writes the table; FTS5 repeats no text ("external content").
_TOKENS = "tokenize='unicode61 remove_diacritics 2', prefix='2 3 4'"
_ADD = """INSERT INTO service_words_index(rowid, territory_id, title, body)
        VALUES (new.number, 'territory' || hex(new.territory_id), new.title, new.body);
        INSERT INTO service_titles_index(rowid, territory_id, title)
        VALUES (new.number, 'territory' || hex(new.territory_id), new.title);"""
_REMOVE = """INSERT INTO service_words_index(service_words_index, rowid, territory_id, title, body)
        VALUES ('delete', old.number, 'territory' || hex(old.territory_id), old.title, old.body);
        INSERT INTO service_titles_index(service_titles_index, rowid, territory_id, title)
        VALUES ('delete', old.number, 'territory' || hex(old.territory_id), old.title);"""
# Names have an index of their own: one over all columns has to walk through every text that holds a word to find that no
# name does. Triggers keep both in step, whoever writes the table; FTS5 repeats no text ("external content").
SQLITE = (
    f"""CREATE VIRTUAL TABLE service_words_index USING fts5(
        territory_id, title, body, content='service_words', content_rowid='number', {_TOKENS})""",
    f"""CREATE VIRTUAL TABLE service_titles_index USING fts5(
        territory_id, title, content='service_words', content_rowid='number', {_TOKENS})""",
    f"CREATE TRIGGER service_words_added AFTER INSERT ON service_words BEGIN {_ADD} END",
    f"CREATE TRIGGER service_words_removed AFTER DELETE ON service_words BEGIN {_REMOVE} END",
    f"CREATE TRIGGER service_words_changed AFTER UPDATE ON service_words BEGIN {_REMOVE} {_ADD} END",
)
SQLITE_GONE = ("DROP TABLE service_words_index", "DROP TABLE service_titles_index")
POSTGRESQL = (
    "CREATE INDEX service_words_title ON service_words USING gin (to_tsvector('simple', title))",
    "CREATE INDEX service_words_all ON service_words USING gin (to_tsvector('simple', title || ' ' || body))",
)


def territory_token(territory_id: str) -> str:
    """The single word that stands for a territory in SQLite's index."""
    return f"territory{territory_id.encode().hex()}"
