"""Nested HSDS 3.0 JSON as records."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from knowledge.hsds.exporting import _ADDRESS, _LOCATION, _SCHEDULE, _SERVICE, plain_service
from knowledge.hsds.shape import PREFIX, ROWS, digest
from knowledge.model import (
    Address,
    Base,
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceTag,
    Territory,
)
from knowledge.phones import BadNumber, to_e164
from knowledge.search_rows import refresh
from knowledge.seed.rows import ORDER

_DATES = {"valid_from", "valid_to", "dtstart", "until", "assured_date"}
_TIMES = {"opens_at", "closes_at"}


class BadService(ValueError):
    """Not a service as HSDS 3.0 has them. Remedy: check it against HSDS's own schema."""


def import_service(session: Session, territory: str, record: Mapping[str, Any]) -> str:
    """Writes a service, replacing the one of the same id, and returns its id here.

    A record that this program exported comes back as it was, unless somebody changed its HSDS fields: then those are
    taken, and the codes from `attributes`. Fields without a column here are kept and exported again.

    Args:
        territory: the new owner.
        record: one full service.

    Raises:
        BadService: `id` or `name` is missing.
        LookupError: there is no such territory.
    """
    owner = session.get(Territory, territory)
    if owner is None:
        raise LookupError(f"no territory {territory}")
    if not isinstance(record.get("id"), str) or not isinstance(record.get("name"), str):
        raise BadService("a service needs an id and a name")
    saved = _saved_rows(record)
    if saved is not None:
        service_id = str(saved["service"][0]["id"])
        _remove(session, service_id)
        _restore(session, territory, saved)
    else:
        service_id = str(record["id"])
        _remove(session, service_id)
        _Import(session, owner, service_id, record).run()
    refresh(session, [service_id])
    return service_id


def _saved_rows(record: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]] | None:
    for attribute in record.get("attributes") or ():
        if attribute.get("link_type") == ROWS:
            whole = json.loads(attribute["value"])
            plain = {key: value for key, value in record.items() if key != "attributes"}
            return whole["rows"] if whole["digest"] == digest(plain) else None
    return None


def _remove(session: Session, service_id: str) -> None:
    known = session.get(Service, service_id)
    if known is None:
        return
    places = [row.location_id for row in known.places]
    session.delete(known)
    session.flush()
    session.execute(delete(Location).where(Location.id.in_(places)))
    session.expire_all()


def _restore(session: Session, territory: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    tables: tuple[type[Base], ...] = (Organization, Service, *ORDER)
    for table in tables:
        for values in rows.get(table.__tablename__, ()):
            typed = {name: _typed(table, name, value) for name, value in values.items() if name in table.__table__.c}
            session.merge(table(**{**typed, "territory_id": territory}))
        session.flush()


def _typed(table: type[Base], name: str, value: Any) -> Any:
    kind = table.__table__.c[name].type.python_type
    if isinstance(value, str) and kind is datetime.datetime:
        return datetime.datetime.fromisoformat(value)
    return datetime.date.fromisoformat(value) if isinstance(value, str) and kind is datetime.date else value


class _Import:
    """Writes one service from elsewhere."""

    def __init__(self, session: Session, owner: Territory, service_id: str, record: Mapping[str, Any]) -> None:
        self.session, self.owner, self.id, self.record = session, owner, service_id, record

    def run(self) -> None:
        record = self.record
        values = _known(record, _SERVICE)
        service = Service(id=self.id, territory_id=self.owner.id, **values)
        service.confidence = "sourced"
        self.session.add(service)
        organization = record.get("organization")
        if isinstance(organization, Mapping) and organization.get("id"):
            names = ("name", "alternate_name", "description", "email", "website")
            known = {name: organization.get(name) for name in names if organization.get(name)}
            merged = Organization(id=organization["id"], territory_id=self.owner.id, extra={}, **known)
            self.session.merge(merged)
            service.organization_id = str(organization["id"])
        self.session.flush()
        for index, place in enumerate(record.get("service_at_locations") or ()):
            self._place(index, place)
        self._schedules("hours", record.get("schedules"), None)
        for index, phone in enumerate(record.get("phones") or ()):
            values = {"number": self._number(phone), "extension": _text(phone.get("extension"))}
            self._add(Phone, "phone", index, phone, ["type", "description"], **values)
        costs = ["valid_from", "valid_to", "option", "currency", "amount", "amount_description"]
        self._each(CostOption, "cost", "cost_options", costs)
        self._each(RequiredDocument, "document", "required_documents", ["document", "uri"])
        self._each(Language, "language", "languages", ["code", "name", "note"])
        areas = ["name", "description", "extent", "extent_type", "uri"]
        for index, area in enumerate(record.get("service_areas") or ()):
            self._add(ServiceArea, "area", index, area, areas)
        self._tags()
        self.session.flush()
        self.session.refresh(service)
        plain = plain_service(service)
        service.extra = {"hsds": dict(record), "baseline": {key: digest(value) for key, value in plain.items()}}
        self.session.flush()

    def _each(self, table: type[Base], kind: str, field: str, names: list[str]) -> None:
        for index, row in enumerate(self.record.get(field) or ()):
            self._add(table, kind, index, row, names)

    def _add(
        self, table: type[Base], kind: str, index: int, row: Mapping[str, Any], names: list[str], **more: Any
    ) -> str:
        key = f"{self.id}/{kind}-{index}"
        values = {**_known(row, names), **more}
        if "position" in table.__table__.c:
            values["position"] = index
        self.session.add(table(id=key, territory_id=self.owner.id, service_id=self.id, **values))
        return key

    def _place(self, index: int, place: Mapping[str, Any]) -> None:
        location = place.get("location") or {}
        key = f"{self.id}/place-{index}"
        self.session.add(Location(id=key, territory_id=self.owner.id, **_known(location, _LOCATION)))
        self.session.flush()
        for number, address in enumerate(location.get("addresses") or ()):
            values = _known(address, _ADDRESS)
            self.session.add(
                Address(id=f"{key}/address-{number}", territory_id=self.owner.id, location_id=key, **values)
            )
        self._add(ServiceAtLocation, "at", index, place, ["description"], location_id=key)
        rows = [*(place.get("schedules") or ()), *(location.get("schedules") or ())]
        self._schedules(f"place-{index}-hours", rows, key)

    def _schedules(self, kind: str, rows: Any, location: str | None) -> None:
        for index, row in enumerate(rows or ()):
            self._add(Schedule, kind, index, row, _SCHEDULE, location_id=location)

    def _tags(self) -> None:
        for attribute in self.record.get("attributes") or ():
            term = attribute.get("taxonomy_term") or {}
            taxonomy = str(term.get("taxonomy") or "")
            if taxonomy.startswith(PREFIX) and term.get("code"):
                vocabulary, position = taxonomy.removeprefix(PREFIX), int(attribute.get("value") or 0)
                values = {"vocabulary": vocabulary, "code": term["code"], "position": position}
                self._add(ServiceTag, vocabulary, position, {}, [], **values)

    def _number(self, phone: Mapping[str, Any]) -> str:
        number = str(phone.get("number") or "").strip('" ')
        try:
            return to_e164(number, self.owner.country)
        except BadNumber:
            return number


def _known(row: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        value = row.get(name)
        if value is None or value == "":
            continue
        if name in _DATES:
            value = _date(value)
        elif name in _TIMES:
            value = str(value)[:5]
        elif name == "last_modified":
            value = datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        found[name] = value
    return found


def _date(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
