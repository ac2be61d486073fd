"""Runs Alembic's revisions from code, and says plainly when a database does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DatabaseError

from knowledge.store import NewerDatabase, Store, StoreError

FOLDER = Path(__file__).parent
VERSION_TABLE = "alembic_version"
_FIRST_TABLE = "territory"


class HalfMigrated(StoreError):
    """An earlier upgrade stopped half-way. Remedy: restore the backup made before it, then upgrade again."""


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade did: the revisions before and after (None: an empty database), and each step's description."""

    before: str | None
    after: str | None
    steps: tuple[str, ...]


def upgrade(store: Store, more_locations: Sequence[Path] = ()) -> Upgrade:
    """Brings the database to the newest revision, all steps or none.

    Args:
        store: the database.
        more_locations: folders with revisions of other packages, besides this package's own.

    Raises:
        NewerDatabase: it has a revision that this version of the program does not know.
        HalfMigrated: an earlier upgrade stopped half-way.
        StoreError: the database cannot be used.
    """
    config = _config(more_locations)
    script = ScriptDirectory.from_config(config)
    with store.connection() as connection:
        before = _checked_revision(connection, script, store.name)
        steps: list[str] = []
        config.attributes["connection"] = connection
        config.attributes["steps"] = steps
        try:
            command.upgrade(config, "heads")
        except DatabaseError as error:
            if "already exists" in str(error.orig) or "no such table" in str(error.orig):
                raise _half_migrated(store.name) from error
            raise
        after = _revision(connection)
    return Upgrade(before=before, after=after, steps=tuple(steps))


def current_revision(store: Store) -> str | None:
    """The revision of the database; None if it is empty."""
    with store.connection() as connection:
        return _revision(connection)


def _config(more_locations: Sequence[Path]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "newline")
    locations = [FOLDER / "versions", *more_locations]
    config.set_main_option("version_locations", "\n".join(str(location) for location in locations))
    return config


def _revision(connection: Connection) -> str | None:
    heads = MigrationContext.configure(connection).get_current_heads()
    return ",".join(sorted(heads)) or None


def _checked_revision(connection: Connection, script: ScriptDirectory, name: str) -> str | None:
    revision = _revision(connection)
    tables = set(inspect(connection).get_table_names())
    if (revision is None) == (_FIRST_TABLE in tables):
        raise _half_migrated(name)
    known = {entry.revision for entry in script.walk_revisions()}
    unknown = set(revision.split(",")) - known if revision else set()
    if unknown:
        what = ", ".join(sorted(unknown))
        raise NewerDatabase(f"{name} was written by a newer version (revision {what}): install that version")
    return revision


def _half_migrated(name: str) -> HalfMigrated:
    return HalfMigrated(f"{name} stopped half-way through an upgrade: restore the backup made before it, then upgrade")
