"""Checks and loads seed records: `python -m knowledge.seed check knowledge/territories [territory …]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from knowledge.migrations import current_revision, upgrade
from knowledge.seed.check import read_seed
from knowledge.seed.load import load
from knowledge.seed.problems import SeedProblems
from knowledge.store import Store, StoreError


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Returns 0, or 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.seed")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="names file, line and field of whatever is wrong")
    checking.add_argument("folder", type=Path)
    checking.add_argument("territories", nargs="*", help="show only the problems of these territories")
    loading = commands.add_parser("load", help="brings a database up to date with the records")
    loading.add_argument("folder", type=Path)
    loading.add_argument("--database", required=True, help="SQLAlchemy URL, such as sqlite:///var/ventanilla.db")
    chosen = parser.parse_args(arguments)
    if chosen.command == "load":
        return _load(chosen.folder, chosen.database)
    return _check(chosen.folder, set(chosen.territories))


def _check(folder: Path, only: set[str]) -> int:
    seed = read_seed(folder)
    shown = [problem for problem in seed.problems if not only or only & set(problem.file.parts)]
    for problem in shown:
        print(problem)
    count = sum(1 for file in seed.services.values() if not only or file.territory in only)
    print(f"{count} valid services, {len(shown)} problems")
    return 1 if shown else 0


def _load(folder: Path, url: str) -> int:
    try:
        store = Store(url)
        if current_revision(store) is None:
            # Other packages have revisions of their own, so a database in use is upgraded by the program, not here.
            upgrade(store)
        result = load(store, folder)
    except (SeedProblems, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{len(result.added)} added, {len(result.changed)} changed, {len(result.removed)} removed, "
        f"{len(result.kept)} kept as the city edited them, {result.unchanged} unchanged"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
