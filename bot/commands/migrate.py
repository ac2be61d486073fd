"""``migrate``: create or upgrade the database and load the seed records."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.environments import ROOT
from bot.progress import Trouble, step
from bot.settings import Settings, settings
from knowledge import seed
from knowledge.migrations import upgrade
from knowledge.store import Store, StoreError

RECORDS_MIGRATIONS = ROOT / "bot" / "records" / "migrations"
PROBLEMS_SHOWN = 10


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot migrate", description=__doc__)
    parser.add_argument("--no-records", action="store_true", help="leave the seed records alone")
    chosen = parser.parse_args(arguments)
    migrate(settings(), records=not chosen.no_records)
    return 0


def migrate(settings: Settings, *, records: bool = True) -> None:
    """Bring the database up to date.

    Args:
        records: also load the seed records that changed; what a city edited stays as it is.

    Raises:
        Trouble: the database or a seed file cannot be used; the line says where and what to do.
    """
    _make_home(settings.home)
    store = Store(settings.database)
    try:
        with step("database") as current:
            upgraded = upgrade(store, [RECORDS_MIGRATIONS])
            current.note(", ".join(upgraded.steps) or "nothing to change")
        if records:
            with step("service records") as current:
                done = load(store, settings.territories)
                current.note(
                    f"{len(done.added)} added, {len(done.changed)} changed, {len(done.removed)} removed, "
                    f"{len(done.kept)} kept as edited, {done.unchanged} unchanged"
                )
    except StoreError as error:
        raise Trouble(str(error)) from error
    finally:
        store.close()


def load(store: Store, folder: Path) -> seed.Loaded:
    """Load the seed records below ``folder`` and return what was done.

    Raises:
        Trouble: records are wrong; the first problems are listed with file, line and field.
    """
    try:
        return seed.load(store, folder)
    except seed.SeedProblems as error:
        listed = "".join(f"\n    {problem}" for problem in error.problems[:PROBLEMS_SHOWN])
        raise Trouble(f"{len(error.problems)} mistakes in the seed records, nothing was loaded:{listed}") from error


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"{home} cannot be made ({error.strerror}): set VENTANILLA_HOME to a folder you may write to."
        ) from error
