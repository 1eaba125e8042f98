"""Read tables row by row with their places, quickly and without pandas: what the audit and the trace need."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import category

from parallelrun.data import tables
from parallelrun.errors import DataError, ExpressionError, Faults, UnknownTableError, near

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What spreadsheets put between the cells of a line in place of commas."""


def separated(header: str, names: Iterable[str]) -> str:
    """Return in words that the first line of a table looks separated by something else than commas; empty if not.

    Parameters
    ----------
    header : str
        The line.
    names : iterable of str
        The columns that the table has, or some of them: another separator has to show more of them than commas do.
    """
    shown = {
        sign: len({cell.strip(' "\r\n\ufeff') for cell in header.split(sign)} & set(names))
        for sign in (",", *SEPARATORS)
    }
    most = max(shown, key=lambda sign: shown[sign])
    return f"looks separated by {SEPARATORS[most]}; save it separated by commas" if most in SEPARATORS else ""


@dataclass(frozen=True)
class Row:
    """One row of a table: its cells as text, by column, and its place."""

    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """Return a cell's text; empty if there is no such column."""
        return self.cells.get(column, "")

    def where(self, column: str | None = None) -> str:
        """Return the place in words, as the messages give it."""
        place = f"{self.path}, line {self.line}"
        return place if column is None else f"{place}, column {list(self.cells).index(column) + 1} ({column})"


def fitting(rows: Iterable[Row], conditions: dict[str, str]) -> list[Row]:
    """Return the rows in which each named column holds the given text; numbers are compared as numbers."""
    found = list(rows)
    for column, wanted in conditions.items():
        number = _float(wanted)
        if number is None:
            found = [row for row in found if row.cells[column] == wanted]
        else:
            found = [row for row in found if row.cells[column] == wanted or _float(row.cells[column]) == number]
    return found


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def visible(text: str) -> str:
    """Return a text with control characters written as escapes, so that a message shows them and obeys none."""
    return "".join(ascii(char)[1:-1] if category(char)[0] == "C" else char for char in text)


def read(
    path: Path, required: tuple[str, ...] = (), on_misfit: Callable[[Row, DataError], Any] | None = None
) -> list[Row]:
    """Return the rows of a CSV file.

    Parameters
    ----------
    path : Path
        The file.
    required : tuple of str
        Columns that it must have.
    on_misfit : callable, optional
        Called with a row of another length, as far as its cells go, and with what is wrong; the row is then left out.
        By default it is raised.

    Raises
    ------
    DataError
        If it cannot be read, is not UTF-8, lacks a required column, has one twice, or has a row of another length.
    """
    return parsed(path, content_of(path), required, on_misfit)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file; raises as `read` does if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def parsed(
    path: Path, content: bytes, required: tuple[str, ...] = (), on_misfit: Callable[[Row, DataError], Any] | None = None
) -> list[Row]:
    """Return the rows that stand in the bytes of a CSV file; otherwise as `read`."""
    try:
        reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""), strict=True)
        header = next(reader, [])
        _check_header(path, header, required)
        rows, start = [], reader.line_num + 1
        for cells in reader:
            row = Row(path, start, dict(zip(header, cells, strict=False)))
            if cells and len(cells) != len(header):
                found = f"found {len(cells)} cells, expected {len(header)}; quote cells that hold commas"
                error = DataError(f"{path}, line {start}: {found}")
                if on_misfit is None:
                    raise error
                on_misfit(row, error)
            elif cells:
                rows.append(row)
            start = reader.line_num + 1
    except UnicodeDecodeError as error:
        line = _line_of_error(content)
        raise DataError(
            f"{path}, line {line}: found a byte that is not UTF-8 ({error.reason}); save it as UTF-8"
        ) from None
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from None
    return rows


def _check_header(path: Path, header: list[str], required: tuple[str, ...]) -> None:
    faults = Faults()
    if other := separated(",".join(header), required):
        faults.add(DataError(f"{path}, line 1: {other}"))
    elif missing := [name for name in required if name not in header]:
        named = f"column {missing[0]!r} is" if len(missing) == 1 else f"columns {', '.join(map(repr, missing))} are"
        message = (
            f"{path}, line 1: the {named} missing; found {visible(', '.join(header)) or 'nothing'}; the first line "
            f"names the columns: {', '.join(required)}"
        )
        faults.add(DataError(message))
    for name in sorted({name for name in header if header.count(name) > 1}):
        found = f"the column {visible(name)!r} stands there {header.count(name)} times; keep one of them"
        faults.add(DataError(f"{path}, line 1: {found}"))
    faults.tell()


def _line_of_error(content: bytes) -> int:
    """Return the first line that is not UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


@dataclass
class Tables:
    """The curated tables, read when first asked for.

    Attributes
    ----------
    folder : Path
        The folder with ``datapackage.json``.
    on_read : callable
        Called with a table's name when it is first read.
    """

    folder: Path
    on_read: Callable[[str], Any] = lambda name: None
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _found: dict[tuple[str, frozenset[tuple[str, str]]], list[Row]] = field(default_factory=dict)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The descriptors of all tables, by name."""
        return tables.tables(self.folder)

    @property
    def names_read(self) -> frozenset[str]:
        """The tables that were read so far."""
        return frozenset(self._rows)

    def known(self) -> list[Any]:
        """Return the descriptors, if they were read, and the digest of each table that was read so far, as it was."""
        return [self.__dict__.get("resources"), self._digests]

    def rows(self, table: str, conditions: dict[str, str] | None = None) -> list[Row]:
        """Return the rows of a table for which each named column holds the given text.

        Raises
        ------
        UnknownTableError
            If there is no such table; the message names the nearest.
        ExpressionError
            If there is no such column.
        """
        key = (table, frozenset((conditions or {}).items()))
        if key in self._found:
            return self._found[key]
        if table not in self.resources:
            raise UnknownTableError(f"no table {table!r}: {near(table, sorted(self.resources))}")
        for column in conditions or {}:
            self.field(table, column)
        if table not in self._rows:
            path = self.folder / self.resources[table]["path"]
            content = content_of(path)
            self._rows[table], self._digests[table] = parsed(path, content), hashlib.sha256(content).hexdigest()
            self.on_read(table)
        self._found[key] = fitting(self._rows[table], conditions or {})
        return self._found[key]

    def field(self, table: str, column: str) -> dict[str, Any]:
        """Return a column's description.

        Raises
        ------
        ExpressionError
            If there is no such column; the message names the nearest.
        """
        fields = {one["name"]: one for one in self.resources[table]["schema"]["fields"]}
        if column not in fields:
            raise ExpressionError(f"the table {table} has no column {column!r}: {near(column, fields)}")
        return fields[column]
