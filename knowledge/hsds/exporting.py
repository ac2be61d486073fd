"""Services as nested HSDS 3.0 JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from knowledge.hsds.shape import PREFIX, ROWS, digest, hsds_id
from knowledge.model import Address, Base, Location, Organization, Schedule, Service, ServiceAtLocation
from knowledge.seed.rows import ORDER

_SERVICE = [
    "name",
    "alternate_name",
    "description",
    "url",
    "email",
    "status",
    "interpretation_services",
    "application_process",
    "fees_description",
    "eligibility_description",
    "minimum_age",
    "maximum_age",
    "assured_date",
    "assurer_email",
    "alert",
    "last_modified",
]
_SCHEDULE = [
    "valid_from",
    "valid_to",
    "dtstart",
    "until",
    "wkst",
    "freq",
    "interval",
    "byday",
    "bymonthday",
    "description",
    "opens_at",
    "closes_at",
    "schedule_link",
    "attending_type",
    "notes",
]
_LOCATION = [
    "location_type",
    "url",
    "name",
    "alternate_name",
    "description",
    "transportation",
    "latitude",
    "longitude",
    "external_identifier",
    "external_identifier_type",
]
_ADDRESS = [
    "attention",
    "address_1",
    "address_2",
    "city",
    "region",
    "state_province",
    "postal_code",
    "country",
    "address_type",
]


def export_services(session: Session, territory: str) -> Iterator[dict[str, Any]]:
    """Every service that a territory owns, in the order of their ids."""
    for each in session.scalars(select(Service.id).where(Service.territory_id == territory).order_by(Service.id)).all():
        yield export_service(session, each)


def export_service(session: Session, service_id: str) -> dict[str, Any]:
    """One service with all that belongs to it.

    A record that was imported comes out as it came in, but for what was edited since. Of others, fields that HSDS does not
    have stand in `attributes`: codes as terms of the taxonomies `ventanilla:topics` and so on, and all rows as they
    are in one attribute of the link type `ventanilla:rows`.

    Raises:
        LookupError: there is no such service.
    """
    service = session.get(Service, service_id)
    if service is None:
        raise LookupError(f"no service {service_id}")
    plain = plain_service(service)
    original = service.extra.get("hsds")
    if original is None:
        return {**plain, "attributes": _attributes(session, service, plain)}
    baseline: dict[str, str] = service.extra.get("baseline", {})
    result = dict(original)
    for key in {*plain, *baseline}:
        if key not in plain:
            result.pop(key, None)
        elif digest(plain[key]) != baseline.get(key):
            result[key] = plain[key]
    return result


def plain_service(service: Service) -> dict[str, Any]:
    """A service in HSDS fields alone."""
    by_place: dict[str | None, list[Schedule]] = {}
    for row in service.schedules:
        by_place.setdefault(row.location_id, []).append(row)
    found = {"id": hsds_id(service.id), **_fields(service, _SERVICE)}
    if service.organization is not None:
        found["organization"] = _organization(service.organization)
    lists: dict[str, list[dict[str, Any]]] = {
        "phones": [_phone(row) for row in service.phones],
        "schedules": [_row(row, _SCHEDULE) for row in by_place.get(None, [])],
        "service_at_locations": [_at(row, by_place.get(row.location_id, [])) for row in service.places],
        "languages": [_row(row, ["code", "name", "note"]) for row in service.languages],
        "cost_options": [_cost(row) for row in service.cost_options],
        "required_documents": [_row(row, ["document", "uri"]) for row in service.required_documents],
        "service_areas": [
            _row(row, ["name", "description", "extent", "extent_type", "uri"]) for row in service.service_areas
        ],
    }
    return found | {name: rows for name, rows in lists.items() if rows}


def rows_of(session: Session, service: Service) -> dict[str, list[dict[str, Any]]]:
    """Every row of a service, by table, with dates as ISO 8601 texts."""
    found: dict[str, list[dict[str, Any]]] = {"service": [_columns(service)]}
    if service.organization is not None:
        found["organization"] = [_columns(service.organization)]
    places = [row.location_id for row in service.places]
    for table in ORDER:
        columns = table.__table__.columns
        condition: ColumnElement[bool]
        if table is Location:
            condition = columns["id"].in_(places)
        elif table is Address:
            condition = columns["location_id"].in_(places)
        else:
            condition = columns["service_id"] == service.id
        rows = session.scalars(select(table).where(condition).order_by(columns["id"])).all()
        if rows:
            found[table.__tablename__] = [_columns(row) for row in rows]
    return found


def _attributes(session: Session, service: Service, plain: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for tag in service.tags:
        taxonomy = f"{PREFIX}{tag.vocabulary}"
        term = {"id": hsds_id(f"{taxonomy}/{tag.code}"), "code": tag.code, "name": tag.code, "taxonomy": taxonomy}
        term["description"] = tag.code.replace("_", " ")
        entry = {"id": hsds_id(tag.id), "link_type": taxonomy, "link_entity": "service", "value": str(tag.position)}
        found.append({**entry, "taxonomy_term": term})
    whole = {"digest": digest(plain), "rows": rows_of(session, service)}
    value = json.dumps(whole, ensure_ascii=False, sort_keys=True)
    entry = {"id": hsds_id(f"{service.id}/rows"), "link_type": ROWS, "link_entity": "service", "value": value}
    return [*found, entry]


def _organization(row: Organization) -> dict[str, Any]:
    found = _row(row, ["name", "alternate_name", "description", "email", "website"])
    # HSDS asks every organization for a description.
    return {"description": row.name, **found}


def _phone(row: Any) -> dict[str, Any]:
    found = _row(row, ["number", "type", "description"])
    if row.extension and row.extension.isdigit():
        found["extension"] = int(row.extension)
    return found


def _cost(row: Any) -> dict[str, Any]:
    return _row(row, ["valid_from", "valid_to", "option", "currency", "amount", "amount_description"])


def _at(row: ServiceAtLocation, schedules: Sequence[Schedule]) -> dict[str, Any]:
    location = {"id": hsds_id(row.location.id), **_fields(row.location, _LOCATION)}
    if row.location.addresses:
        location["addresses"] = [_address(address) for address in row.location.addresses]
    found = _row(row, ["description"]) | {"location": location}
    if schedules:
        found["schedules"] = [_row(schedule, _SCHEDULE) for schedule in schedules]
    return found


def _address(row: Address) -> dict[str, Any]:
    # HSDS requires these four; an empty text says that they are not known.
    empty = {"address_1": "", "city": "", "state_province": "", "postal_code": "", "country": ""}
    return empty | _row(row, _ADDRESS)


def _row(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {"id": hsds_id(row.id), **_fields(row, names)}


def _fields(row: Any, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: _json(value) for name, value in values.items() if value is not None}


def _columns(row: Base) -> dict[str, Any]:
    return {column.name: _json(getattr(row, column.name)) for column in row.__table__.columns}


def _json(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=datetime.UTC)
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value
