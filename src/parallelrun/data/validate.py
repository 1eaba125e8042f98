"""Check a data package row by row; every fault names file, line and column, what was found and what was expected."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from parallelrun import digests, folders, project
from parallelrun.data import consistency, rows, tables
from parallelrun.errors import DataError, near

FORMULA_STARTS = "=+-@\t\r＝＋－＠"
"""Characters with which a text cell becomes a formula in a spreadsheet (OWASP, CSV injection)."""

SHOWN = 20
"""Faults listed before the rest is counted."""

LONGEST = 60
"""Characters of a pattern that is shown; in place of a longer one, of codes, stands the meaning of its column."""

KEPT = 20
"""Data packages of which it is kept that they are valid."""


def check(folder: Path) -> int:
    """Hold the files of a folder to the ``datapackage.json`` that lies in it, and to nothing outside it.

    Parameters
    ----------
    folder : Path
        A whole data package; tables without their descriptor are the business of `parallelrun.data.overlay`.

    Returns
    -------
    int
        Tables that the descriptor has.

    Raises
    ------
    DataError
        If a file differs from it: a line for each of the first `SHOWN` faults, by file, line and column.
    """
    found = list(faults(folder))
    if found:
        more = [f"... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise DataError("\n".join(found[:SHOWN] + more))
    return len(tables.package(folder)["resources"])


@contextmanager
def once(folder: Path) -> Iterator[None]:
    """Check a data package, unless the same bytes were found valid by a command that then went well.

    Raises
    ------
    DataError
        As `check`.
    """
    digest = digests.of_json([digests.of_data(folder), digests.package()])
    stamp = project.root() / "build" / "valid.json"
    try:
        valid = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        valid = []
    if digest in valid:
        yield
        return
    check(folder)
    yield
    with suppress(OSError):  # a collection that cannot be written is checked each time
        folders.write(stamp, json.dumps([*valid, digest][-KEPT:]))


def faults(folder: Path) -> Iterator[str]:
    """Yield a line for each fault of a data package, in the order of its tables.

    Tables that their schema finds valid are held to each other (`parallelrun.data.consistency`).
    """
    found = list(_schema_faults(folder))
    yield from found or consistency.faults(rows.Tables(folder))


def _schema_faults(folder: Path) -> Iterator[str]:
    from frictionless import Checklist, FrictionlessException, Package

    descriptor = tables.package(folder)
    yield from _undescribed(folder, descriptor)
    unreadable = [line for resource in descriptor.get("resources", []) for line in _unreadable(folder, resource)]
    if unreadable:
        yield from unreadable
        return
    try:
        package = Package.from_descriptor(descriptor, basepath=str(folder))
        report = package.validate(Checklist(checks=[_formula_check()]))
    except FrictionlessException as fault:
        for reason in fault.reasons or [fault.error]:
            yield f"{folder / 'datapackage.json'}: {reason.message}"
        return
    for error in report.errors:
        yield f"{folder / 'datapackage.json'}: {error.message}"
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    for task in report.tasks:
        yield from _task_faults(folder, resources[task.name], task.errors)


def _undescribed(folder: Path, descriptor: dict[str, Any]) -> Iterator[str]:
    described = {resource.get("path") for resource in descriptor.get("resources", [])}
    if not described:
        yield f"{folder / 'datapackage.json'}: found no resources, expected at least one table"
    for path in sorted(folder.rglob("*.csv")):
        name = path.relative_to(folder).as_posix()
        if name not in described:
            yield f"{path}: found a table that datapackage.json does not describe; add a resource with path {name!r}"


def _unreadable(folder: Path, resource: dict[str, Any]) -> Iterator[str]:
    path = folder / str(resource.get("path"))
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return
    names = _names(resource)
    content = path.read_bytes()
    try:
        header = content.decode("utf-8").partition("\n")[0]
        if "dialect" not in resource and (other := rows.separated(header, names)):
            yield f"{path}, line 1: {other}"
    except UnicodeDecodeError as error:
        lines = re.split("\r\n?|\n", content[: error.start].decode("utf-8"))
        line = len(lines)
        cells = next(csv.reader(lines[-1:]), [""])
        column = max(len(cells), 1)
        name = names[column - 1] if column <= len(names) else "?"
        yield (
            f"{path}, line {line}, column {column} ({name}): found the byte 0x{content[error.start]:02x}, "
            "expected UTF-8 text; save the file with the encoding UTF-8"
        )


def _names(resource: dict[str, Any]) -> list[str]:
    """Return the columns that a resource describes here; none if its schema lies elsewhere."""
    schema = resource.get("schema")
    return [str(field.get("name")) for field in schema.get("fields", [])] if isinstance(schema, dict) else []


def _formula_check() -> Any:
    from frictionless import Check, errors

    class FormulaCheck(Check):
        """Refuse text cells that a spreadsheet would run."""

        type = "formula-cell"
        Errors: ClassVar = [errors.ConstraintError]

        def validate_row(self, row: Any) -> Any:
            for field in row.fields:
                cell = row[field.name]
                if field.type == "string" and isinstance(cell, str) and cell.startswith(tuple(FORMULA_STARTS)):
                    note = f'constraint "formula" is "{cell[0]}"'
                    yield errors.ConstraintError.from_row(row, note=note, field_name=field.name)

    return FormulaCheck()


def _task_faults(folder: Path, resource: dict[str, Any], errors: list[Any]) -> Iterator[str]:
    path = folder / resource["path"]
    labels = [error for error in errors if "#header" in error.tags]
    if labels:
        yield from _header_faults(path, resource, labels[0].labels)
        return
    lines = _line_numbers(path) if path.is_file() else []
    for error in errors:
        if not hasattr(error, "row_number"):
            yield f"{path}: {error.note}"
            continue
        line = lines[error.row_number - 1] if error.row_number <= len(lines) else error.row_number
        yield f"{path}, line {line}{_column(resource, error)}: {_found_and_expected(folder, resource, error, lines)}"


def _header_faults(path: Path, resource: dict[str, Any], labels: list[str]) -> Iterator[str]:
    names = [field["name"] for field in resource["schema"]["fields"]]
    header = f"{path}, line 1"
    for position, name in enumerate(names, start=1):
        if name not in labels:
            yield f"{header}, column {position}: the column {name!r} is missing; found {', '.join(labels)}"
    for position, label in enumerate(labels, start=1):
        if label not in names:
            hint = near(label, names)
            yield f"{header}, column {position}: found the column {label!r}, which the schema does not have; {hint}"
        elif labels.count(label) > 1 and labels.index(label) == position - 1:
            yield f"{header}, column {position}: the column {label!r} stands there {labels.count(label)} times"
    if set(labels) == set(names) and len(labels) == len(names):
        yield f"{header}: found the columns in the order {', '.join(labels)}, expected {', '.join(names)}"


def _line_numbers(path: Path) -> list[int]:
    """Return the file's line on which each row begins (a quoted cell may span lines)."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        starts, last = [], 0
        for _ in reader:
            starts.append(last + 1)
            last = reader.line_num
    return starts


def _column(resource: dict[str, Any], error: Any) -> str:
    names = [field["name"] for field in resource["schema"]["fields"]]
    if error.type == "primary-key":
        named = resource["schema"]["primaryKey"]
    elif error.type == "foreign-key":
        named = error.field_names
    elif getattr(error, "field_number", None):
        return f", column {error.field_number}" + (f" ({error.field_name})" if error.field_name else "")
    else:
        return ""
    columns = [f"{names.index(name) + 1} ({name})" for name in named]
    return f", column{'s' if len(columns) > 1 else ''} {', '.join(columns)}"


def _found_and_expected(folder: Path, resource: dict[str, Any], error: Any, lines: list[int]) -> str:
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    match error.type:
        case "type-error":
            field = fields[error.field_name]
            return f"found {error.cell!r}, expected {_type_in_words(field)}"
        case "constraint-error":
            return _constraint(fields[error.field_name], error)
        case "primary-key":
            key = resource["schema"]["primaryKey"]
            cells = [dict(zip(fields, error.cells, strict=False)).get(name) for name in key]
            first = "".join(c for c in error.note if c.isdigit())
            where = f" as on line {lines[int(first) - 1]}" if first and int(first) <= len(lines) else ""
            return f"found the key {', '.join(map(repr, cells))} again{where}, expected each key once"
        case "foreign-key":
            target = error.reference_name
            known = _keys(folder, target, error.reference_field_names[0])
            cell = str(error.field_cells[0])
            what = "a source" if target == "sources" else "a key"
            hint = near(cell, known, f"add a row to {target}.csv")
            return f"found {cell!r}, expected {what} that {target}.csv has; {hint}"
        case "missing-cell":
            return f"the row ends before this column, expected {len(fields)} cells"
        case "extra-cell":
            return f"found {error.cell!r} after the last of {len(fields)} columns; quote cells that hold commas"
        case "blank-row":
            return "found an empty line, expected a row; delete it"
        case _:
            return str(error.message)


def _type_in_words(field: dict[str, Any]) -> str:
    words = {
        "number": "a number such as 12.96",
        "integer": "a whole number",
        "date": "a date such as 2026-04-16",
        "boolean": "true or false",
    }
    return words.get(field["type"], f"a {field['type']}")


def _constraint(field: dict[str, Any], error: Any) -> str:
    kind = error.note.split('"')[1]
    limit = field.get("constraints", {}).get(kind)
    match kind:
        case "formula":
            return (
                f"found {error.cell!r}, expected a text that does not begin with {error.cell[0]!r}, "
                "which a spreadsheet would run as a formula"
            )
        case "required":
            return "found nothing, expected a value"
        case "minimum":
            return f"found {error.cell}, expected at least {limit}"
        case "maximum":
            return f"found {error.cell}, expected at most {limit}"
        case "enum":
            return f"found {error.cell!r}, expected one of {', '.join(map(str, limit))}"
        case "pattern":
            form = f"a text of the form {limit}" if len(limit) <= LONGEST else f"a code: {field['description']}"
            return f"found {error.cell!r}, expected {form}"
        case _:
            return f"found {error.cell!r}, expected {kind} {json.dumps(limit)}"


def _keys(folder: Path, resource_name: str, field: str) -> list[str]:
    path = folder / next(r["path"] for r in tables.package(folder)["resources"] if r["name"] == resource_name)
    return [row[field] for row in rows.read(path, (field,)) if row[field]]
