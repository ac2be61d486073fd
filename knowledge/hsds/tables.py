"""Nested services as the flat tables of HSDS's tabular form, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.hsds.shape import SHAPE

Row = dict[str, Any]
Tables = dict[str, list[Row]]
_LINKS = frozenset(
    column
    for fields in SHAPE.values()
    for nested in fields.values()
    for column in (nested.up, nested.down)
    if column is not None
)


def flatten(services: Iterable[Mapping[str, Any]]) -> Tables:
    """Services as rows by table. What is nested in several places becomes one row with all its parents, where it can."""
    tables: Tables = defaultdict(list)
    for service in services:
        _flatten("services", service, {}, tables)
    return dict(tables)


def assemble(tables: Mapping[str, list[Row]]) -> list[dict[str, Any]]:
    """The nested services of flat tables."""
    return [_assemble("services", row, tables, ()) for row in tables.get("services", ())]


def _flatten(table: str, record: Mapping[str, Any], links: Row, tables: Tables) -> None:
    shape = SHAPE[table]
    row = {key: value for key, value in record.items() if key not in shape}
    inside: list[tuple[str, Mapping[str, Any], Row]] = []
    for field, nested in shape.items():
        value = record.get(field)
        if not value:
            continue
        if nested.many:
            inside += [(nested.table, each, {str(nested.up): record["id"]}) for each in value]
        else:
            row[str(nested.down)] = value["id"]
            inside.append((nested.table, value, {}))
    _merge(tables[table], {**row, **{key: value for key, value in links.items() if key not in row}})
    for name, each, up in inside:
        _flatten(name, each, up, tables)


def _merge(rows: list[Row], row: Row) -> None:
    for known in rows:
        if known["id"] != row["id"]:
            continue
        shared = known.keys() & row.keys()
        own, other = _facts(known), _facts(row)
        if own == other and all(known[key] == row[key] for key in shared):
            known.update(row)
            return
    rows.append(row)


def _facts(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in _LINKS}


def _assemble(table: str, row: Row, tables: Mapping[str, list[Row]], above: tuple[str, ...]) -> dict[str, Any]:
    shape = SHAPE[table]
    hidden = _LINKS & row.keys()
    record = {key: value for key, value in row.items() if key not in hidden}
    if len(above) > 12:
        return record
    for field, nested in shape.items():
        rows = tables.get(nested.table, [])
        if nested.many:
            found = [each for each in rows if each.get(str(nested.up)) == row["id"]]
            if found:
                record[field] = [_assemble(nested.table, each, tables, (*above, table)) for each in found]
        elif row.get(str(nested.down)):
            wanted = next((each for each in rows if each["id"] == row[str(nested.down)]), None)
            if wanted is not None and nested.table not in above:
                record[field] = _assemble(nested.table, wanted, tables, (*above, table))
    return record
