"""HSDS's tabular form on disk: one CSV file a table and a datapackage.json that describes them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.hsds.tables import Row

_WHOLE = {"minimum_age", "maximum_age", "extension", "count", "interval", "year_incorporated", "timezone"}
_NUMBERS = _WHOLE | {"latitude", "longitude", "amount"}


def write_package(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Writes tables as CSV files (UTF-8) with their datapackage.json into `folder`, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    resources: list[dict[str, Any]] = []
    for name, rows in sorted(tables.items()):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        fields = [{"name": column, "type": "number" if column in _NUMBERS else "string"} for column in columns]
        resource = {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "encoding": "utf-8"}
        resources.append({**resource, "schema": {"fields": fields, "primaryKey": "id"}})
    package = {"name": "hsds-3-0", "profile": "tabular-data-package", "resources": resources}
    text = json.dumps(package, indent=2, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def read_package(folder: Path) -> dict[str, list[Row]]:
    """The tables of every CSV file in `folder`. Empty cells are left out; numbers become numbers.

    Raises:
        ValueError: a cell that has to be a number is none; the message names file, line and column.
    """
    tables: dict[str, list[Row]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            tables[path.stem] = [_row(row, f"{path.name}:{reader.line_num}") for row in reader]
    return tables


def _row(cells: Mapping[str, str | None], where: str) -> Row:
    return {name: _value(name, cell, where) for name, cell in cells.items() if name and cell not in (None, "")}


def _value(name: str, cell: str | None, where: str) -> Any:
    if name not in _NUMBERS or cell is None:
        return cell
    try:
        number = float(cell)
    except ValueError as error:
        raise ValueError(f"{where}: {name}: a number, not {cell!r}") from error
    return int(number) if number.is_integer() else number
