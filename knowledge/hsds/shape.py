"""How HSDS 3.0 nests its tables, and what our own fields are called in `attributes`."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

PREFIX = "ventanilla:"
ROWS = f"{PREFIX}rows"
_NAMESPACE = uuid.UUID("a1a3f4b2-95c8-5f0e-8f57-60c2f1f4f0d1")


@dataclass(frozen=True)
class Nested:
    """A field that holds rows of another table. `up`: that table's column for its parent; `down`: the parent's for it."""

    table: str
    many: bool = True
    up: str | None = None
    down: str | None = None


def _lists(up: str, **fields: str) -> dict[str, Nested]:
    return {field: Nested(table, up=up) for field, table in fields.items()}


_ANY = {"attributes": Nested("attributes", up="link_id"), "metadata": Nested("metadata", up="resource_id")}
# Table by table (the names of the tabular form), the fields that nest others.
SHAPE: dict[str, dict[str, Nested]] = {
    "services": {
        **_lists(
            "service_id",
            phones="phones",
            schedules="schedules",
            service_areas="service_areas",
            service_at_locations="service_at_location",
            languages="languages",
            funding="funding",
            cost_options="cost_options",
            required_documents="required_documents",
            contacts="contacts",
        ),
        "organization": Nested("organizations", many=False, down="organization_id"),
        "program": Nested("programs", many=False, down="program_id"),
    },
    "organizations": _lists(
        "organization_id",
        funding="funding",
        contacts="contacts",
        phones="phones",
        locations="locations",
        programs="programs",
        organization_identifiers="organization_identifiers",
    ),
    "service_at_location": {
        **_lists("service_at_location_id", contacts="contacts", phones="phones", schedules="schedules"),
        **_lists("service_at_location_id", service_areas="service_areas"),
        "location": Nested("locations", many=False, down="location_id"),
    },
    "locations": _lists(
        "location_id",
        languages="languages",
        addresses="addresses",
        contacts="contacts",
        accessibility="accessibility",
        phones="phones",
        schedules="schedules",
    ),
    "contacts": _lists("contact_id", phones="phones"),
    "phones": _lists("phone_id", languages="languages"),
    "attributes": {"taxonomy_term": Nested("taxonomy_terms", many=False, down="taxonomy_term_id")},
    "taxonomy_terms": {"taxonomy_detail": Nested("taxonomies", many=False, down="taxonomy_id")},
}
for _table in [
    "schedules",
    "service_areas",
    "languages",
    "funding",
    "cost_options",
    "required_documents",
    "programs",
    "addresses",
    "accessibility",
    "organization_identifiers",
    "taxonomies",
]:
    SHAPE[_table] = {}
for _table, _fields in SHAPE.items():
    if _table not in ("attributes", "metadata"):
        _fields |= _ANY
SHAPE["attributes"]["metadata"] = _ANY["metadata"]
SHAPE["metadata"] = {}


def hsds_id(identifier: str) -> str:
    """An identifier as HSDS wants it: the same if it is a UUID, else a UUID made from it."""
    try:
        return str(uuid.UUID(identifier))
    except ValueError:
        return str(uuid.uuid5(_NAMESPACE, identifier))


def digest(value: Any) -> str:
    """What a piece of JSON hashes to, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
