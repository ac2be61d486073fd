"""Loads seed records into a database: what is new or changed, and nothing that a city has edited."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from knowledge.codes import VOCABULARY_FOLDER
from knowledge.model import (
    FirstStep,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Territory,
    TerritoryNumber,
    Translation,
)
from knowledge.search_rows import refresh
from knowledge.seed.check import Seed, read_seed
from knowledge.seed.files import SeedFile, service_paths, territory_paths
from knowledge.seed.problems import Problem, SeedProblems
from knowledge.seed.records import ServiceRecord
from knowledge.seed.rows import ORDER, RowMaker, Rows
from knowledge.seed.territory_records import TerritoryRecord
from knowledge.seed.territory_rows import territory_children, territory_row
from knowledge.store import Store

# Raise it when the same file has to become other rows: every record is then written anew once.
_ROWS_VERSION = 1
Item = TypeVar("Item")
Progress = Callable[[int, int], None]


@dataclass
class Loaded:
    """What a load did, as ids. `kept`: a city edited them, so the seed was not used."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Digests:
    """What the files of each territory and service hash to, by id (the name of folder or file)."""

    territories: dict[str, str]
    services: dict[str, str]


def load(store: Store, folder: Path, progress: Progress | None = None) -> Loaded:
    """Loads the seed records under `folder`: all of them or, if anything is wrong, none.

    Running it again changes nothing. A record that a city has edited stays as the city has it; one whose file has gone
    is removed, unless a city has edited it.

    Args:
        store: a database that has been upgraded.
        folder: holds one folder per territory.
        progress: called with (records done, records to do).

    Raises:
        SeedProblems: some record is not valid.
        knowledge.store.StoreError: the database cannot be used.
    """
    digests = _digests(folder)
    with store.session() as session:
        known = _known(session)
    if known == digests:
        return Loaded(unchanged=len(digests.services))
    seed = read_seed(folder)
    if not seed.problems and not seed.services:
        # A wrong path must not empty a city's database.
        seed.problems.append(Problem(folder, 1, folder.name, "", "at least one service"))
    if seed.problems:
        raise SeedProblems(seed.problems)
    with store.write() as session:
        return _Load(session, seed, digests, progress).run()


class _Load:
    """One load, within one transaction."""

    def __init__(self, session: Session, seed: Seed, digests: Digests, progress: Progress | None) -> None:
        self.session, self.seed, self.digests, self.progress = session, seed, digests, progress
        self.result = Loaded()

    def run(self) -> Loaded:
        self._territories()
        self._services()
        self._organizations()
        return self.result

    def _territories(self) -> None:
        known = {row.id: row for row in self.session.scalars(select(Territory))}
        files = sorted(self.seed.territories.values(), key=lambda file: len(self.seed.chain(file.record.id)))
        for file in files:
            row = known.get(file.record.id)
            digest = self.digests.territories[file.record.id]
            if row is not None and row.seed_digest == digest:
                continue
            if row is not None and row.edited_by_city:
                row.seed_digest = digest
                continue
            self._write_territory(file, digest, is_new=row is None)
        for row in known.values():
            if row.id not in self.seed.territories and row.seed_digest and not row.edited_by_city:
                # Conversations and staff may hang on it, so it stays; newcomers no longer see it.
                row.chat, row.seed_digest = False, None
        self.session.flush()

    def _write_territory(self, file: SeedFile[TerritoryRecord], digest: str, *, is_new: bool) -> None:
        values = territory_row(file.record, digest)
        if is_new:
            self.session.execute(insert(Territory).values(**values))
        else:
            self.session.execute(update(Territory).where(Territory.id == file.record.id).values(**values))
            for table in (TerritoryNumber, FirstStep):
                self.session.execute(delete(table).where(table.territory_id == file.record.id))
            self.session.execute(
                delete(Translation).where(
                    Translation.territory_id == file.record.id,
                    Translation.record_type.in_(("territory", "territory_number")),
                )
            )
        self._insert(territory_children(file.record), (Translation, TerritoryNumber, FirstStep))

    def _services(self) -> None:
        query = select(Service.id, Service.seed_digest, Service.edited_by_city)
        known = {row.id: row for row in self.session.execute(query)}
        to_write: list[SeedFile[ServiceRecord]] = []
        for file in self.seed.services.values():
            row = known.get(file.record.id)
            if row is None:
                self.result.added.append(file.record.id)
            elif row.seed_digest == self.digests.services[file.record.id]:
                self.result.unchanged += 1
                continue
            elif row.edited_by_city:
                self.result.kept.append(file.record.id)
                continue
            else:
                self.result.changed.append(file.record.id)
            to_write.append(file)
        gone = [
            row.id
            for row in known.values()
            if row.id not in self.seed.services and row.seed_digest and not row.edited_by_city
        ]
        self._remember_kept()
        orphans = [row.id for row in known.values() if row.id not in self.seed.services and row.edited_by_city]
        self.session.execute(update(Service).where(Service.id.in_(orphans)).values(seed_digest=None))
        self._remove(gone)
        self._clear(self.result.changed)
        self._write_services(to_write)
        self.result.removed = gone

    def _remember_kept(self) -> None:
        for service_id in self.result.kept:
            digest = self.digests.services[service_id]
            self.session.execute(update(Service).where(Service.id == service_id).values(seed_digest=digest))

    def _remove(self, ids: list[str]) -> None:
        self._clear(ids)
        for some in _batches(ids):
            self.session.execute(delete(Service).where(Service.id.in_(some)))

    def _clear(self, ids: list[str]) -> None:
        for some in _batches(ids):
            places = select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id.in_(some))
            elsewhere = select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id.not_in(some))
            self.session.execute(delete(Location).where(Location.id.in_(places), Location.id.not_in(elsewhere)))
            for table in ORDER:
                if "service_id" in table.__table__.columns:
                    self.session.execute(delete(table).where(table.__table__.c.service_id.in_(some)))

    def _write_services(self, files: list[SeedFile[ServiceRecord]]) -> None:
        done, total = 0, len(files)
        present = set(self.session.scalars(select(Organization.id)))
        changed = set(self.result.changed)
        for some in _batches(files, 100):
            rows: Rows = defaultdict(list)
            for file in some:
                owner = self.seed.territories[file.territory].record
                maker = RowMaker(file.record, owner, self.digests.services[file.record.id])
                organization = maker.organization()
                if organization["id"] not in present:
                    present.add(organization["id"])
                    rows[Organization].append(organization)
                service = maker.service()
                if file.record.id in changed:
                    self.session.execute(update(Service).where(Service.id == file.record.id).values(**service))
                else:
                    rows[Service].append(service)
                for table, made in maker.children().items():
                    rows[table] += made
            self._insert(rows, (Organization, Service, *ORDER))
            refresh(self.session, [file.record.id for file in some])
            self.session.expunge_all()
            done += len(some)
            if self.progress:
                self.progress(done, total)

    def _insert(self, rows: Rows, order: Iterable[type]) -> None:
        for table in order:
            if rows.get(table):
                self.session.execute(insert(table), rows[table])

    def _organizations(self) -> None:
        if not (self.result.changed or self.result.removed):
            return
        used = select(Service.organization_id).where(Service.organization_id.is_not(None))
        housed = select(Location.organization_id).where(Location.organization_id.is_not(None))
        mine = {
            RowMaker(file.record, self.seed.territories[file.territory].record, "").organization()["id"]
            for file in self.seed.services.values()
        }
        unused = self.session.scalars(
            select(Organization.id).where(Organization.id.not_in(used), Organization.id.not_in(housed))
        ).all()
        # Only what a seed made has an identifier derived from its name; others' organizations may wait for services.
        seeded = [each for each in unused if each not in mine and each[14:15] == "5"]
        for some in _batches(seeded):
            self.session.execute(delete(Organization).where(Organization.id.in_(some)))


def _batches(items: list[Item], size: int = 500) -> Iterable[list[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _known(session: Session) -> Digests:
    territories = session.execute(select(Territory.id, Territory.seed_digest).where(Territory.seed_digest.is_not(None)))
    services = session.execute(select(Service.id, Service.seed_digest).where(Service.seed_digest.is_not(None)))
    return Digests(
        {row.id: row.seed_digest or "" for row in territories},
        {row.id: row.seed_digest or "" for row in services},
    )


def _digests(folder: Path) -> Digests:
    # Vocabularies decide what is valid, so a changed one has every record looked at again.
    base = hashlib.sha256(str(_ROWS_VERSION).encode())
    for path in sorted(VOCABULARY_FOLDER.glob("*.yml")):
        base.update(path.read_bytes())
    territories: dict[str, str] = {}
    services: dict[str, str] = {}
    for path in territory_paths(folder) if folder.is_dir() else ():
        own = base.copy()
        own.update(_bytes(path))
        territories[path.parent.name] = own.hexdigest()
        for service in service_paths(path.parent):
            digest = own.copy()
            digest.update(_bytes(service))
            services[service.stem] = digest.hexdigest()
    return Digests(territories, services)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
