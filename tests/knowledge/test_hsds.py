"""HSDS 3.0: what goes out is valid, and nothing is lost on the way out and in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select

from knowledge.hsds import (
    assemble,
    export_service,
    export_services,
    flatten,
    import_service,
    read_package,
    write_package,
)
from knowledge.hsds.exporting import rows_of
from knowledge.model import Service
from knowledge.store import Store

HSDS = Path(os.environ.get("VENTANILLA_HSDS") or Path(__file__).parents[3] / "shared" / "hsds")
needs_hsds = pytest.mark.skipif(
    not (HSDS / "schema").is_dir(), reason="HSDS's schemas are not here: set VENTANILLA_HSDS to their folder"
)


def exported(store: Store) -> list[dict[str, Any]]:
    with store.session() as session:
        return [each for territory in ("it", "turin") for each in export_services(session, territory)]


@needs_hsds
def test_exports_are_valid_hsds(filled: Store) -> None:
    schema = json.loads((HSDS / "schema" / "compiled" / "service.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    for service in exported(filled):
        assert [error.message for error in validator.iter_errors(service)] == [], service["name"]


def test_own_records_come_back_row_by_row(filled: Store) -> None:
    with filled.write() as session:
        ids = session.scalars(select(Service.id)).all()
        before = {each: rows_of(session, session.get_one(Service, each)) for each in ids}
        owners = {each: session.get_one(Service, each).territory_id for each in ids}
        out = json.loads(json.dumps({each: export_service(session, each) for each in ids}))
        for each in ids:
            session.delete(session.get_one(Service, each))
        session.flush()
        session.expire_all()
        for each in ids:
            assert import_service(session, owners[each], out[each]) == each
        session.expire_all()
        for each in ids:
            assert rows_of(session, session.get_one(Service, each)) == before[each]


def test_a_field_changed_elsewhere_is_taken(filled: Store) -> None:
    with filled.write() as session:
        record = export_service(session, "turin-homes") | {"name": "Changed elsewhere"}
        session.delete(session.get_one(Service, "turin-homes"))
        session.flush()
        session.expire_all()
        service = session.get_one(Service, import_service(session, "turin", record))
        assert service.name == "Changed elsewhere"
        assert [tag.code for tag in service.tags if tag.vocabulary == "topics"] == ["housing"]


@needs_hsds
def test_the_specification_s_example_comes_out_as_it_went_in(filled: Store) -> None:
    example = json.loads((HSDS / "examples" / "service_full.json").read_text())
    with filled.write() as session:
        service_id = import_service(session, "turin", example)
        session.expire_all()
        assert export_service(session, service_id) == example
        session.get_one(Service, service_id).name = "New name"
        session.flush()
        assert export_service(session, service_id) == {**example, "name": "New name"}


@needs_hsds
def test_the_example_tables_come_out_as_they_went_in(tmp_path: Path) -> None:
    tables = read_package(HSDS / "examples" / "csv")
    back = flatten(assemble(tables))
    write_package(tmp_path, back)
    again = read_package(tmp_path)
    assert assemble(again) == assemble(tables)
    for name in ("services", "organizations", "locations", "addresses", "phones", "schedules", "cost_options"):
        facts = {key: value for key, value in tables[name][0].items() if not key.endswith("_id")}
        assert facts.items() <= again[name][0].items(), name


def test_tables_hold_all_that_the_nested_form_holds(filled: Store, tmp_path: Path) -> None:
    services = exported(filled)
    write_package(tmp_path, flatten(services))
    assert json.loads((tmp_path / "datapackage.json").read_text())["resources"]
    # Empty texts, which HSDS requires where something is not known, are empty cells: the same thing in a table.
    assert assemble(read_package(tmp_path)) == [_without_empty(service) for service in services]


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(each) for key, each in value.items() if each not in ("", None)}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
