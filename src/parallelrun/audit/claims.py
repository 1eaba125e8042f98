"""Claims and checks as data: read two CSV files, and find what their expressions name.

``claims.csv`` has the columns of `CLAIM_COLUMNS`, one row a claim. `published` is the figure as printed, in one of the
forms of `parallelrun.audit.printed` (with unit ``date``, a date); or a reference to the curated cell that holds it,
``convergence/arena_scores#A07``, with further conditions as in ``…#D06?country=US&year=2024``; or a reference to
another claim of the same file that prints the same figure, ``#A20``; or empty for a claim without a figure.

``checks.csv`` has the columns of `CHECK_COLUMNS`, any number of rows a claim.
"""

from __future__ import annotations

import copy
import difflib
import json
import keyword
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from parallelrun import ipynb, project
from parallelrun.audit.printed import Published, dates, stands_for
from parallelrun.data.rows import Row, Tables, read
from parallelrun.errors import DataError, ExpressionError
from parallelrun.study.quantities import DATE, Quantity

CLAIM_COLUMNS = ("id", "source", "locator", "theme", "statement", "published", "unit", "as_of", "note")
CHECK_COLUMNS = ("claim", "kind", "expression", "note")
KINDS = ("arithmetic", "cross", "independent", "scope")
"""Kinds of check: within an article, between articles, against other data, and whether the number measures what it
is said to."""

REFERENCE = re.compile(r"(?P<table>[\w/]*)#(?P<claim>\w+)(?:\?(?P<query>.+))?")


@dataclass(frozen=True)
class Check:
    """One row of the checks file."""

    claim: str
    kind: str
    expression: str
    note: str
    row: Row


@dataclass(frozen=True)
class Claim:
    """One row of the claims file."""

    id: str
    row: Row
    as_of: date | None

    @property
    def statement(self) -> str:
        """What is claimed, in a few words."""
        return self.row["statement"]


@dataclass(frozen=True)
class Figure:
    """What a claim's published cell stands for.

    Attributes
    ----------
    text : str
        The printed form.
    quantity : Quantity or None
        Its value and interval; None if the claim has no figure.
    form : str
        Form of the figure (see `intervals.Published`), or ``"date"``.
    rows : tuple of Row
        The rows of curated tables that hold it; none for a literal.
    table : str
        Their table.
    root : str
        What holds the figure: the cited row, else the claim, which is another one if this repeats it.
    last_day : datetime.date or None
        The last day that a printed date allows.
    """

    text: str
    quantity: Quantity | None
    form: str
    rows: tuple[Row, ...] = ()
    table: str = ""
    root: str = ""
    last_day: date | None = None


def read_claims(path: Path) -> dict[str, Claim]:
    """Return the claims of a file by id.

    Raises
    ------
    DataError
        If the file is not as the module says; the message names line and column.
    """
    claims: dict[str, Claim] = {}
    for row in read(path, CLAIM_COLUMNS):
        name = row["id"]
        if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
            raise DataError(
                f"{row.where('id')}: found {name!r}, expected letters, digits and underscores, so that it can stand "
                "in an expression, such as A07"
            )
        if name in claims:
            raise DataError(f"{row.where('id')}: found {name!r} again, as on line {claims[name].row.line}")
        claims[name] = Claim(name, row, _as_of(row))
    return claims


def _as_of(row: Row) -> date | None:
    try:
        return date.fromisoformat(row["as_of"]) if row["as_of"] else None
    except ValueError:
        raise DataError(f"{row.where('as_of')}: found {row['as_of']!r}, expected a date such as 2026-04-16") from None


def read_checks(path: Path, claims: dict[str, Claim]) -> dict[str, list[Check]]:
    """Return the checks of a file by claim, in an order that does not depend on that of the rows.

    Raises
    ------
    DataError
        If the file is not as the module says; the message names line and column.
    """
    checks: dict[str, list[Check]] = {name: [] for name in claims}
    for row in read(path, CHECK_COLUMNS):
        if row["claim"] not in claims:
            raise DataError(f"{row.where('claim')}: no claim {row['claim']!r}{_near(row['claim'], claims)}")
        if row["kind"] not in KINDS:
            raise DataError(
                f"{row.where('kind')}, claim {row['claim']}: found {row['kind']!r}, expected one of {', '.join(KINDS)}"
            )
        check = Check(row["claim"], row["kind"], row["expression"].strip(), row["note"], row)
        for other in checks[check.claim]:
            if (other.kind, other.expression) == (check.kind, check.expression):
                raise DataError(
                    f"{row.where('expression')}, claim {check.claim}: the same check as on line {other.row.line}"
                )
        checks[check.claim].append(check)
    for listed in checks.values():
        listed.sort(key=lambda check: (KINDS.index(check.kind), check.expression))
    return checks


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


@dataclass(frozen=True)
class Reads:
    """What one expression read."""

    claims: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    rows: set[tuple[str, int]] = field(default_factory=set)


class Names:
    """Finds what expressions name: claims of one file, results of the notebooks, cells of the curated tables.

    Parameters
    ----------
    claims : dict
        The claims, by id.
    tables : Tables
        The curated tables.
    results : Path
        Folder with ``<stem>/results.json`` files.
    """

    def __init__(self, claims: dict[str, Claim], tables: Tables, results: Path) -> None:
        self.claims = claims
        self.tables = tables
        self.widen = 1.0
        self._folder = results
        self._results: dict[str, dict[str, Any]] = {}
        self._printed: dict[str, Figure] = {}
        self._figures: dict[str, Figure] = {}
        self._cells: dict[tuple[str, int, str], Quantity | str] = {}
        self._reads: list[Reads] = []

    def widened(self, factor: float) -> Names:
        """Return the same names with the interval of every published figure widened by a factor about its centre.

        A count, which has no width, is widened as if it had half a unit either way. What was read is shared.
        """
        other = copy.copy(self)
        other.widen, other._figures, other._reads = factor, {}, []
        return other

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Collect what is read inside the block."""
        reads = Reads()
        self._reads.append(reads)
        try:
            yield reads
        finally:
            self._reads.pop()

    def claim(self, name: str) -> Quantity:
        """Return the figure of a claim."""
        if name not in self.claims:
            raise ExpressionError(f"there is no claim {name!r}{_near(name, self.claims)}")
        for reads in self._reads:
            reads.claims.add(name)
        figure = self.figure(name)
        if figure.quantity is None:
            raise ExpressionError(f"the claim {name} has no figure to compute with")
        return figure.quantity

    def result(self, stem: str, name: str) -> Quantity:
        """Return a recorded result."""
        found = self._result(stem, name)
        for reads in self._reads:
            reads.results.add(f"{stem}.{name}")
        return Quantity.of(found["value"], found["low"], found["high"], found["unit"])

    def inputs(self, result: str) -> list[str]:
        """Return the tables that a result, named ``stem.name``, was computed from."""
        stem, _, name = result.partition(".")
        return self._result(stem, name)["inputs"]

    def _result(self, stem: str, name: str) -> dict[str, Any]:
        if stem not in self._results:
            notebook = project.notebook_path(stem)
            if notebook.is_file() and ipynb.reads_results(ipynb.read(notebook)):
                raise ExpressionError(f"{stem}.{name} is a cycle: the notebook {stem} is itself made from verdicts")
            path = self._folder / stem / "results.json"
            known = sorted(one.parent.name for one in self._folder.glob("*/results.json"))
            if not path.is_file():
                raise ExpressionError(
                    f"there are no results of a notebook {stem!r}{_near(stem, known)}; "
                    f"there are those of {', '.join(known) or 'none: run `make`'}"
                )
            content = json.loads(path.read_text(encoding="utf-8"))
            self._results[stem] = {result["name"]: result for result in content["results"]}
        if name not in self._results[stem]:
            raise ExpressionError(f"the notebook {stem} records no result {name!r}{_near(name, self._results[stem])}")
        return self._results[stem][name]

    def cells(self, table: str, column: str, where: dict[str, str]) -> list[Quantity | str]:
        """Return the figures, or a named column, of the rows that fit."""
        rows = self.tables.rows(table, where)
        if column:
            self.tables.field(table, column)
        for reads in self._reads:
            reads.rows.update((table, row.line) for row in rows)
        for row in rows:
            if (table, row.line, column) not in self._cells:
                self._cells[table, row.line, column] = self._cell(table, row, column)
        return [self._cells[table, row.line, column] for row in rows]

    def _cell(self, table: str, row: Row, column: str) -> Quantity | str:
        if not column and row.get("earliest") and row.get("latest"):
            return Quantity.days(date.fromisoformat(row["earliest"]), date.fromisoformat(row["latest"]))
        if not column:
            value, low, high = (_number(row.get(name)) for name in ("value", "low", "high"))
            if value is None and (low is None or high is None):
                raise ExpressionError(f"{row.where()}: the row has no figure; name the column that you mean")
            return Quantity.of(value, low, high, row.get("unit"))
        kind = self.tables.field(table, column)
        if not row[column] and kind["type"] != "string":
            raise ExpressionError(f"{row.where(column)}: the cell is empty")
        if kind["type"] == "date":
            return Quantity.days(date.fromisoformat(row[column]), date.fromisoformat(row[column]))
        if kind["type"] in ("number", "integer"):
            unit = kind.get("unit", "")
            return Quantity.of(_number(row[column]), None, None, row["unit"] if unit.startswith("as the") else unit)
        return row[column]

    def figure(self, name: str) -> Figure:
        """Return what a claim's published cell stands for.

        Raises
        ------
        DataError
            If it cannot be read; the message names line, column and claim.
        """
        if name not in self._figures:
            row = self.claims[name].row
            try:
                if name not in self._printed:
                    self._printed[name] = self._figure(name, ())
            except DataError as error:
                raise type(error)(f"{row.where('published')}, claim {name}: {error}") from None
            self._figures[name] = self._widened(self._printed[name])
        return self._figures[name]

    def _figure(self, name: str, seen: tuple[str, ...]) -> Figure:
        if name in seen:
            raise DataError(f"a cycle: {' repeats '.join([*seen, name])}")
        claim = self.claims[name]
        text = claim.row["published"].strip()
        unit = claim.row["unit"]
        reference = REFERENCE.fullmatch(text)
        if reference and reference["table"]:
            return self._cited(claim, reference)
        if reference:
            if reference["claim"] not in self.claims:
                raise DataError(f"no claim {reference['claim']!r}{_near(reference['claim'], self.claims)}")
            figure = self._figure(reference["claim"], (*seen, name))
            held = figure.quantity.unit.text if figure.quantity else unit
            if unit and unit != held:
                raise DataError(
                    f"the unit is {unit!r}, but the claim {reference['claim']} that it repeats has {held!r}"
                )
            return figure
        if not text:
            return Figure("", None, "none", root=name)
        return _stated(text, unit, claim.as_of, name)

    def _cited(self, claim: Claim, reference: re.Match[str]) -> Figure:
        table = reference["table"]
        where = {"claim": reference["claim"], **dict(parse_qsl(reference["query"] or "", strict_parsing=False))}
        rows = self.tables.rows(table, where)
        if not rows:
            raise DataError(f"{table} has no row with {_said(where)}")
        first, unit = rows[0], claim.row["unit"]
        if not first.get("published"):
            return Figure("", None, "none", tuple(rows), table, claim.id)
        if len(rows) > 1:
            raise DataError(f"{table} has {len(rows)} rows with {_said(where)}; add a column, as in ?country=US")
        held = DATE if "earliest" in first.cells else first.get("unit")
        if unit != held:
            raise DataError(f"the unit is {unit!r}, but the cited row {table} line {first.line} has {held!r}")
        figure = _stated(first["published"], held, _as_of(first), claim.id)
        return replace(figure, rows=(first,), table=table, root=f"{table}:{first.line}")

    def _widened(self, figure: Figure) -> Figure:
        quantity = figure.quantity
        if self.widen == 1.0 or quantity is None or not math.isfinite(quantity.high - quantity.low):
            return figure
        more = ((quantity.high - quantity.low) / 2 or 0.5) * (self.widen - 1)
        ends = quantity.ends + Quantity.of(0.0, -more, more).ends
        return replace(figure, quantity=Quantity(quantity.value, ends, quantity.unit))


def _stated(text: str, unit: str, printed_on: date | None, root: str) -> Figure:
    if unit == DATE:
        span = dates(text, printed_on)
        return Figure(text, Quantity.days(span.earliest, span.latest), "date", root=root, last_day=span.latest)
    printed: Published = stands_for(text, unit)
    return Figure(text, Quantity.of(printed.value, printed.low, printed.high, unit), printed.form, root=root)


def _number(text: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        raise ExpressionError(f"found {text!r} where a number is needed") from None
    if number is not None and math.isinf(number) and text[-1].isdigit():
        raise ExpressionError(f"a number of {len(text)} characters is too large to compute with")
    return number


def _said(where: dict[str, str]) -> str:
    return " and ".join(f"{column} {value!r}" for column, value in where.items())


def open_tables(on_read: Callable[[str], Any] = lambda name: None) -> Tables:
    """Return the curated tables of the collection in use."""
    return Tables(project.data_dir(), on_read)
