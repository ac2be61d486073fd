"""Turns a territory's seed record into rows of the knowledge base."""

from __future__ import annotations

from typing import Any

from knowledge.model import FirstStep, TerritoryNumber, Translation
from knowledge.phones import BadNumber, short_form, to_e164
from knowledge.seed.rows import Rows, translation_rows
from knowledge.seed.territory_records import TerritoryRecord
from knowledge.texts import main_language


def territory_row(record: TerritoryRecord, digest: str) -> dict[str, Any]:
    """The row of the territory itself, but for its parent and desk, which may not exist yet."""
    return {
        "id": record.id,
        "name": record.name[main_language(list(record.name), record.official_languages)],
        "kind": record.kind,
        "country": record.country,
        "subdivision": record.subdivision,
        "holidays": record.holidays,
        "timezone": record.timezone,
        "official_languages": record.official_languages,
        "currency": record.currency,
        "chat": record.chat,
        "parent_id": record.parent,
        "desk_id": record.desk,
        "seed_digest": digest,
        "edited_by_city": False,
    }


def territory_children(record: TerritoryRecord) -> Rows:
    """The rows of its names, emergency numbers and first steps."""
    names, _main = translation_rows("territory", record.id, "name", record.name, record)
    numbers: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for index, entry in enumerate(record.emergency):
        key = f"{record.id}/number-{index}"
        rows = entry.hours if isinstance(entry.hours, list) else []
        numbers.append(
            {
                "id": key,
                "territory_id": record.id,
                "position": index,
                "kinds": entry.kinds,
                "service": entry.service,
                "number": dialled(entry.number, record.country),
                "free": entry.free,
                "always": entry.hours == "always",
                "hours": [row.model_dump(mode="json", by_alias=True, exclude_defaults=True) for row in rows],
                "text": entry.text,
                "languages": entry.languages,
                "source": entry.source,
            }
        )
        if entry.note:
            notes += translation_rows("territory_number", key, "note", entry.note, record)[0]
    steps = [
        {
            "id": f"{record.id}/step-{index}",
            "territory_id": record.id,
            "position": index,
            "step": entry.step,
            "service_ids": entry.services,
        }
        for index, entry in enumerate(record.first_steps)
    ]
    return {Translation: names + notes, TerritoryNumber: numbers, FirstStep: steps}


def dialled(number: str, country: str) -> str:
    """A number as a phone dials it: short as it is, else E.164."""
    try:
        return to_e164(number, country)
    except BadNumber:
        return short_form(number)
