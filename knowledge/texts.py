"""Texts of records: set in one language, chosen for a reader, marked outdated when the original changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.model import CostOption, Location, Phone, Service, Territory, TerritoryNumber, Translation

# The column that repeats the main text of each field that can be translated.
COLUMNS: Mapping[str, Mapping[str, str | None]] = {
    "service": {
        "name": "name",
        "description": "description",
        "conditions": "eligibility_description",
        "how_to_apply": "application_process",
        "alert": "alert",
        "hours_note": "hours_note",
    },
    "location": {"name": "name", "note": "description"},
    "phone": {"note": "description"},
    "cost_option": {"note": "amount_description"},
    "territory": {"name": "name"},
    "territory_number": {"note": None},
}
_Record = Service | Location | Phone | CostOption | Territory | TerritoryNumber
_CLASSES: Mapping[str, type[_Record]] = {
    "service": Service,
    "location": Location,
    "phone": Phone,
    "cost_option": CostOption,
    "territory": Territory,
    "territory_number": TerritoryNumber,
}


@dataclass(frozen=True, slots=True)
class Prose:
    """A text and the language (BCP 47) that it is in."""

    text: str
    language: str


def text_hash(text: str) -> str:
    """What `Translation.source_hash` holds for a text that was translated."""
    return hashlib.sha256(text.encode()).hexdigest()


def main_language(languages: Sequence[str], official: Sequence[str]) -> str:
    """Which of `languages` a record's main text is in: an official one, else English, else the first."""
    for wanted in (*official, "en"):
        if wanted in languages:
            return wanted
    return languages[0]


def choose(texts: Mapping[str, str], wanted: str, official: Sequence[str] = ()) -> Prose | None:
    """The text for a reader: in `wanted` (or its base language), else English, else an official one, else any."""
    for language in (wanted, wanted.split("-")[0], "en", *official):
        if texts.get(language):
            return Prose(texts[language], language)
    for language, text in texts.items():
        if language.split("-")[0] == wanted.split("-")[0]:
            return Prose(text, language)
    return next((Prose(text, language) for language, text in texts.items() if text), None)


def set_text(
    session: Session,
    record_type: str,
    record_id: str,
    field: str,
    language: str,
    text: str,
    *,
    state: str = "draft",
    reviewed_by: str | None = None,
) -> None:
    """Writes one text of a record. An empty text removes it.

    The main text (`main_language`) is repeated in the record's own column. When it changes, the translations made from
    it become `outdated`. Call `knowledge.search_rows.refresh` for the service afterwards.

    Raises:
        KeyError: `record_type` has no such `field`.
        LookupError: no such record.
    """
    column = COLUMNS[record_type][field]
    found = session.get(_CLASSES[record_type], record_id)
    record = cast(_Record | None, found)
    if record is None:
        raise LookupError(f"no {record_type} {record_id}")
    rows = list(
        session.scalars(
            select(Translation).where(
                Translation.record_type == record_type,
                Translation.record_id == record_id,
                Translation.field == field,
            )
        )
    )
    by_language = {row.language: row for row in rows}
    row = by_language.get(language)
    if not text.strip():
        if row is not None:
            session.delete(by_language.pop(language))
    elif row is None:
        territory_id = record.id if isinstance(record, Territory) else record.territory_id
        service_id = record.id if isinstance(record, Service) else _service_of(record_type, record_id, session)
        row = Translation(
            territory_id=territory_id,
            record_type=record_type,
            record_id=record_id,
            service_id=service_id,
            field=field,
            language=language,
            text=text,
        )
        session.add(row)
        by_language[language] = row
    else:
        row.text = text
    official = _official_languages(session, record)
    main = main_language(list(by_language), official) if by_language else None
    main_text = by_language[main].text if main else None
    if row is not None and text.strip():
        row.state = "source" if language == main else state
        row.reviewed_by = reviewed_by
        row.source_hash = text_hash(main_text) if main_text and language != main else None
    for other in by_language.values():
        if other.language != main and other.source_hash and main_text and other.source_hash != text_hash(main_text):
            other.state = "outdated"
    if column is not None:
        setattr(record, column, main_text if main_text or column != "name" else "")
    session.flush()


def _official_languages(session: Session, record: object) -> list[str]:
    if isinstance(record, Territory):
        return record.official_languages
    owner = session.get(Territory, getattr(record, "territory_id"))  # noqa: B009
    return owner.official_languages if owner else []


def _service_of(record_type: str, record_id: str, session: Session) -> str | None:
    from knowledge.model import ServiceAtLocation

    if record_type == "location":
        return session.scalar(
            select(ServiceAtLocation.service_id).where(ServiceAtLocation.location_id == record_id).limit(1)
        )
    record = session.get(_CLASSES[record_type], record_id)
    found = getattr(record, "service_id", None)
    return found if isinstance(found, str) else None
