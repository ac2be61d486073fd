"""Checks a folder of seed records as a whole: each file by itself, then what they say about one another."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import holidays as public_holidays

from knowledge.codes import VOCABULARY_FOLDER, MissingVocabulary, load_vocabulary
from knowledge.phones import BadNumber, is_short, to_e164
from knowledge.seed.files import SeedFile, read_service, read_territory, service_paths, territory_paths
from knowledge.seed.problems import Problem
from knowledge.seed.records import ServiceRecord
from knowledge.seed.territory_records import TerritoryRecord


@dataclass
class Seed:
    """All valid seed records of a folder, and the problems of the others."""

    territories: dict[str, SeedFile[TerritoryRecord]] = field(default_factory=dict)
    services: dict[str, SeedFile[ServiceRecord]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # Ids of files that are there but broken: what points at them is not wrong for that.
    broken: set[str] = field(default_factory=set)

    def chain(self, territory: str) -> list[str]:
        """A territory and its parents, nearest first. Stops at a parent that is unknown or comes round again."""
        found: list[str] = []
        current: str | None = territory
        while current is not None and current in self.territories and current not in found:
            found.append(current)
            current = self.territories[current].record.parent
        return found


def check(folder: Path, vocabulary_folder: Path = VOCABULARY_FOLDER) -> list[Problem]:
    """Everything that is wrong with the seed records under `folder`, in order of file and line.

    Args:
        folder: holds one folder per territory.
        vocabulary_folder: holds the vocabularies that codes are looked up in.
    """
    return read_seed(folder, vocabulary_folder).problems


def read_seed(folder: Path, vocabulary_folder: Path = VOCABULARY_FOLDER) -> Seed:
    """Reads and checks all seed records under `folder`."""
    seed = Seed()
    if not folder.is_dir():
        seed.problems.append(Problem(folder, 1, folder.name, "", "a folder with one folder per territory"))
        return seed
    try:
        vocabulary = load_vocabulary(vocabulary_folder)
    except MissingVocabulary as error:
        seed.problems.append(Problem(vocabulary_folder, 1, "vocabulary", "", str(error)))
        return seed
    for path in territory_paths(folder):
        territory, problems = read_territory(path, vocabulary)
        seed.problems += problems
        if territory is None:
            seed.broken.add(path.parent.name)
        else:
            _add(seed, seed.territories, territory)
        for service_path in service_paths(path.parent):
            service, problems = read_service(service_path, vocabulary)
            seed.problems += problems
            if service is None:
                seed.broken.add(service_path.stem)
            else:
                _add(seed, seed.services, service)
    for territory in seed.territories.values():
        seed.problems += _territory_problems(territory, seed)
    for service in seed.services.values():
        seed.problems += _service_problems(service, seed)
    seed.problems.sort()
    return seed


def _add(seed: Seed, known: dict[str, SeedFile], file: SeedFile) -> None:  # type: ignore[type-arg]
    identifier = file.record.id
    is_service = isinstance(file.record, ServiceRecord)
    expected = file.path.stem if is_service else file.territory
    if identifier != expected:
        what = "the name of the file" if is_service else "the name of the folder"
        seed.problems.append(file.problem(("id",), f"{expected}, {what}"))
        seed.broken.add(expected)
    if identifier in known:
        other = known[identifier].path
        seed.problems.append(file.problem(("id",), f"an id of its own: {other} has the same"))
        return
    known[identifier] = file


def _territory_problems(file: SeedFile[TerritoryRecord], seed: Seed) -> Iterator[Problem]:
    record = file.record
    if record.timezone not in zoneinfo.available_timezones():
        yield file.problem(("timezone",), "a time zone of the tz database, such as Europe/Rome")
    if record.parent is not None:
        if record.parent not in seed.territories and record.parent not in seed.broken:
            yield file.problem(("parent",), f"the id of a territory, not {record.parent!r}")
        elif _comes_round(record.id, seed):
            yield file.problem(("parent",), "a parent that does not lead back to this territory")
    supported = public_holidays.list_supported_countries()
    if record.country not in supported:
        yield file.problem(("country",), "a country that the holidays package knows")
    elif record.subdivision and record.subdivision not in supported[record.country]:
        known = ", ".join(supported[record.country]) or "none"
        yield file.problem(("subdivision",), f"one of those that the holidays package has ({known}), or left out")
    for index, entry in enumerate(record.emergency):
        if not is_short(entry.number) and not _is_number(entry.number, record.country):
            yield file.problem(("emergency", index, "number"), f"a short number or a number of {record.country}")
        if entry.text and not _can_be_written_to(entry.text, record.country):
            yield file.problem(("emergency", index, "text"), "a telephone number or a web address to write to")
    if record.desk:
        yield from _reference(file, ("desk",), record.desk, seed)
    for index, step in enumerate(record.first_steps):
        for place, service in enumerate(step.services):
            yield from _reference(file, ("first_steps", index, "services", place), service, seed)


def _reference(
    file: SeedFile[TerritoryRecord], place: tuple[str | int, ...], service: str, seed: Seed
) -> Iterator[Problem]:
    if service in seed.broken:
        return
    target = seed.services.get(service)
    if target is None:
        yield file.problem(place, f"the id of a service, not {service!r}")
        return
    if target.territory not in seed.chain(file.record.id):
        yield file.problem(place, f"a service of this territory or its parents: {service} is one of {target.territory}")
        return
    if target.territory != file.record.id and not _is_shared(target, seed):
        yield file.problem(place, f"a service that is shown here: {service} does not say shared: true")


def _is_shared(service: SeedFile[ServiceRecord], seed: Seed) -> bool:
    if service.record.shared is not None:
        return service.record.shared
    owner = seed.territories.get(service.territory)
    return owner is not None and owner.record.kind == "country"


def _comes_round(territory: str, seed: Seed) -> bool:
    chain = seed.chain(territory)
    last = seed.territories[chain[-1]].record.parent
    return last in chain


def _service_problems(file: SeedFile[ServiceRecord], seed: Seed) -> Iterator[Problem]:
    record = file.record
    owner = seed.territories.get(file.territory)
    if owner is None:
        if file.territory not in seed.broken:
            yield file.problem((), f"a territory.yml in {file.territory}")
    else:
        yield from _phone_problems(file, owner.record.country)
    if record.confidence == "sourced" and not record.sources:
        yield file.problem(("confidence",), "at least one source, or confidence: recalled")
    for index, doubt in enumerate(record.doubts):
        if not _is_field(doubt.field):
            yield file.problem(("doubts", index, "field"), f"the name of a field of this record, not {doubt.field!r}")
    if "nothing" in record.bring and len(record.bring) > 1:
        yield file.problem(("bring",), "either nothing or documents")


def _phone_problems(file: SeedFile[ServiceRecord], country: str) -> Iterator[Problem]:
    for index, phone in enumerate(file.record.phones):
        place = ("phones", index, "number")
        if phone.short:
            if not is_short(phone.number):
                yield file.problem(place, "a short number of at most 8 digits (or leave out short: true)")
        elif not _is_number(phone.number, country):
            yield file.problem(place, f"a telephone number of {country} (short: true for numbers like 112)")


def _can_be_written_to(text: str, country: str) -> bool:
    return text.startswith(("http://", "https://")) or is_short(text) or _is_number(text, country)


def _is_number(number: str, country: str) -> bool:
    try:
        to_e164(number, country)
    except BadNumber:
        return False
    return True


def _is_field(name: str) -> bool:
    first = name.split(".")[0].split("[")[0]
    return any(first in (key, info.alias) for key, info in ServiceRecord.model_fields.items())
