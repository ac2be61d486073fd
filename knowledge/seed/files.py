"""Finds seed files and reads them into records, noting what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.codes import Vocabulary
from knowledge.seed.nodes import BrokenYaml, Document, Place, read
from knowledge.seed.problems import Problem
from knowledge.seed.records import ServiceRecord
from knowledge.seed.territory_records import TerritoryRecord

Record = TypeVar("Record", bound=BaseModel)
_PLAIN = {
    "extra_forbidden": "no such field: see docs/records.md",
    "missing": "this field is required",
    "string_type": "a text (put quotes around numbers)",
    "list_type": "a list",
    "dict_type": "texts by language, such as {en: …}",
    "model_type": "fields with values",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "too_short": "at least one",
}


@dataclass(frozen=True)
class SeedFile(Generic[Record]):
    """A file that holds a valid record. `territory` is the folder it stands in."""

    path: Path
    territory: str
    document: Document
    record: Record

    def problem(self, place: Place, expected: str) -> Problem:
        """A mistake at `place` of this file."""
        record = str(getattr(self.record, "id", self.path.stem))
        return Problem(self.path, self.document.line(place), record, dotted(place), expected)


def dotted(place: Place) -> str:
    """A path within a record as its writer would say it: places[0].hours[1].from."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).lstrip(".")


def territory_paths(folder: Path) -> list[Path]:
    """The territory.yml of every territory under `folder`, present or not, in alphabetical order."""
    return [path / "territory.yml" for path in sorted(folder.iterdir()) if path.is_dir() and path.name[0] not in "._"]


def service_paths(territory_folder: Path) -> list[Path]:
    """The service files of one territory, in alphabetical order."""
    return sorted((territory_folder / "services").glob("*.yml"))


def read_service(path: Path, vocabulary: Vocabulary) -> tuple[SeedFile[ServiceRecord] | None, list[Problem]]:
    """A service file as a record, or the reasons why it is none."""
    return _read(path, path.parent.parent.name, ServiceRecord, vocabulary)


def read_territory(path: Path, vocabulary: Vocabulary) -> tuple[SeedFile[TerritoryRecord] | None, list[Problem]]:
    """A territory file as a record, or the reasons why it is none."""
    return _read(path, path.parent.name, TerritoryRecord, vocabulary)


def _read(
    path: Path, territory: str, model: type[Record], vocabulary: Vocabulary
) -> tuple[SeedFile[Record] | None, list[Problem]]:
    name = path.stem if path.parent.name == "services" else territory
    try:
        document = read(path.read_text(encoding="utf-8-sig"))
    except BrokenYaml as error:
        return None, [Problem(path, error.line, name, "", f"valid YAML: {error}")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(path, 1, name, "", f"a readable file in UTF-8: {error}")]
    if not isinstance(document.value, dict):
        return None, [Problem(path, 1, name, "", "fields with values: see docs/records.md")]
    try:
        record = model.model_validate(document.value, context={"vocabulary": vocabulary})
    except ValidationError as error:
        return None, [
            Problem(path, document.line(place), str(document.value.get("id") or name), dotted(place), expected)
            for place, expected in _complaints(error, document)
        ]
    return SeedFile(path, territory, document, record), []


def _complaints(error: ValidationError, document: Document) -> list[tuple[Place, str]]:
    found: dict[Place, str] = {}
    for entry in error.errors():
        place = _written_place(tuple(entry["loc"]), document)
        text = _PLAIN.get(entry["type"]) or entry["msg"].removeprefix("Value error, ")
        found.setdefault(place, text)
    return sorted(found.items(), key=lambda pair: (document.line(pair[0]), dotted(pair[0])))


def _written_place(place: Place, document: Document) -> Place:
    # Unions and key checks add names of their own to the path: keep what the file holds, and the last word if missing.
    kept: Place = ()
    for index, part in enumerate(place):
        if (*kept, part) in document.lines or (index == len(place) - 1 and not _is_inner_name(part)):
            kept = (*kept, part)
    return kept


def _is_inner_name(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part in ("str", "list", "date"))
