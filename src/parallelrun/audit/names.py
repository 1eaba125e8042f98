"""What an expression can name: claims of one file, results of the notebooks, cells of the curated tables."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from parallelrun import ipynb, project
from parallelrun.audit.claims import Claim, as_of, reference
from parallelrun.audit.days import dates
from parallelrun.audit.printed import Published, stands_for
from parallelrun.data.rows import Row, Tables
from parallelrun.errors import DataError, ExpressionError, Faults, ParallelRunError, ToldError, UnitError, near
from parallelrun.study import results
from parallelrun.study.quantities import DATE, Quantity, Truth, Unit

FIGURE_COLUMNS = ("", "published", "value", "low", "high", "earliest", "latest")
"""Columns of a curated row that hold its printed figure; the empty name stands for all of them."""


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
        Form of the figure (see `parallelrun.audit.printed.Published`), or ``"date"``.
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


@dataclass(frozen=True)
class Reads:
    """What one expression read."""

    claims: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    rows: set[tuple[str, int]] = field(default_factory=set)
    figures: set[tuple[str, int]] = field(default_factory=set)
    """Those of the rows of which the printed figure itself was read, and not another column."""

    def add(self, other: Reads) -> None:
        """Add what another expression read."""
        for own, read in zip(vars(self).values(), vars(other).values(), strict=True):
            own.update(read)


class _CycleError(DataError):
    """A claim repeats itself by way of others."""


class Names:
    """Finds what expressions name.

    Parameters
    ----------
    claims : dict
        The claims, by id.
    tables : Tables
        The curated tables.
    folder : Path
        Folder with the notebooks' results, such as ``figures/``.
    complete : bool
        Whether all claims of the file are known; if not, a name that is unknown is no fault of its own.
    """

    def __init__(self, claims: dict[str, Claim], tables: Tables, folder: Path, complete: bool = True) -> None:
        self.claims = claims
        self.complete = complete
        self.tables = tables
        self.widen = 1.0
        self._folder = folder
        self._printed: dict[str, Figure] = {}
        self._figures: dict[str, Figure] = {}
        self._cells: dict[tuple[str, int, str], Quantity | str] = {}
        self._reads: list[Reads] = []
        self._late: dict[str, bool] = {}
        self._recorded: list[dict[str, dict[str, Any]]] = []
        self._found: dict[str, tuple[Quantity | Truth, Reads]] = {}

    def widened(self, factor: float) -> Names:
        """Return the same names with the interval of every published figure widened by a factor about its centre.

        A count, which has no width, is widened as if it had half a unit either way. What was read is shared.
        """
        other = copy.copy(self)
        other.widen, other._figures, other._reads = factor, {}, []
        return other

    def with_printed(self, claim: str, published: str, unit: str) -> Names:
        """Return the same names with another figure printed by a claim, and by those that repeat it."""
        other, row = copy.copy(self), self.claims[claim].row
        changed = replace(row, cells=row.cells | {"published": published, "unit": unit})
        other.claims = {**self.claims, claim: replace(self.claims[claim], row=changed)}
        root = self.figure(claim).root
        other._printed, other._figures = (
            {name: figure for name, figure in known.items() if figure.root != root}
            for known in (self._printed, self._figures)
        )
        other._reads = []
        return other

    def known(self) -> list[Any]:
        """Return what all that these names stand for follows from, if nothing more is read for it."""
        return [self.claims, self.complete, self.widen, self.tables.known(), self._recorded, self._late]

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Collect what is read inside the block."""
        reads = Reads()
        self._reads.append(reads)
        try:
            yield reads
        finally:
            self._reads.pop()

    def evaluated(self, expression: str, evaluate: Callable[[str], Quantity | Truth]) -> Quantity | Truth:
        """Return what an expression over these names comes to.

        One that reads no claim is evaluated once: only claims differ in what `widened` and `with_printed` give.
        """
        if expression in self._found:
            value, read = self._found[expression]
            for reads in self._reads:
                reads.add(read)
            return value
        with self.reading() as read:
            value = evaluate(expression)
        if not read.claims:
            self._found[expression] = value, read
        return value

    def claim(self, name: str) -> Quantity:
        """Return the figure of a claim.

        Raises
        ------
        ExpressionError
            If there is no such claim, or it has no figure.
        ToldError
            If its figure cannot be read, which `figure` tells.
        """
        if name not in self.claims:
            if not self.complete:
                raise ToldError(f"the claim {name} is not known, since the claims cannot be read")
            raise ExpressionError(f"there is no claim {name!r}; {near(name, self.claims)}")
        for reads in self._reads:
            reads.claims.add(name)
        try:
            figure = self.figure(name)
        except DataError as error:
            raise ToldError(f"the figure of the claim {name} cannot be read ({error})") from None
        if figure.quantity is None:
            raise ExpressionError(
                f"the claim {name} has no figure to compute with; print one in its row, or leave it out here"
            )
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

    def inputs_of(self, reads: Reads) -> frozenset[str]:
        """Return the claims on which something rests that read this: those named, and those whose rows were read.

        A row's other columns, such as the day that it speaks of, are not what its claim says, unless it says no figure.
        """
        read = set(reads.claims)
        for place in reads.rows:
            read |= {n for n in self._holders.get(place, ()) if place in reads.figures or not self.figure(n).quantity}
        return frozenset(read)

    @cached_property
    def _holders(self) -> dict[tuple[str, int], list[str]]:
        """The claims whose figure a curated row holds, by table and line."""
        holders: dict[tuple[str, int], list[str]] = {}
        for name in self.claims:
            with suppress(DataError):  # told where the figures are read
                figure = self.figure(name)
                for row in figure.rows:
                    holders.setdefault((figure.table, row.line), []).append(name)
        return holders

    @property
    def _results(self) -> dict[str, dict[str, Any]]:
        if not self._recorded:
            recorded = results.read(self._folder)
            named = {stem: {result["name"]: result for result in one["results"]} for stem, one in recorded.items()}
            self._recorded.append(named)
        return self._recorded[0]

    def _result(self, stem: str, name: str) -> dict[str, Any]:
        if stem not in self._late:
            notebook = project.notebook_path(stem)
            self._late[stem] = notebook.is_file() and ipynb.reads_results(ipynb.read(notebook))
        if self._late[stem]:
            raise ExpressionError(f"{stem}.{name} is a cycle: the notebook {stem} is itself made from verdicts")
        if stem not in self._results:
            raise ExpressionError(f"there are no results of a notebook {stem!r}: {near(stem, self._results)}")
        if name not in self._results[stem]:
            raise ExpressionError(f"the notebook {stem} records no result {name!r}; {near(name, self._results[stem])}")
        return self._results[stem][name]

    def cells(self, table: str, column: str, where: dict[str, str]) -> list[Quantity | str]:
        """Return the figures, or a named column, of the rows that fit."""
        rows = self.tables.rows(table, where)
        if column:
            self.tables.field(table, column)
        for reads in self._reads:
            reads.rows.update((table, row.line) for row in rows)
            if column in FIGURE_COLUMNS:
                reads.figures.update((table, row.line) for row in rows)
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
            if low is not None and high is not None and low > high:
                raise ExpressionError(f"{row.where()}: low, {low:g}, is above high, {high:g}")
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
            If it cannot be read; the message names line, column and claim, each part one fault.
        ToldError
            If that is the fault of its whole row, or of the claim that it repeats.
        """
        if name not in self._figures:
            claim, faults = self.claims[name], Faults()
            if not claim.whole:
                raise ToldError(f"the claim {name} cannot be read, since its row has too many or too few cells")
            with faults.part():
                if name not in self._printed:
                    self._printed[name] = self._figure(name, ())
            placed = Faults(error if isinstance(error, ToldError) else _placed(claim, error) for error in faults.errors)
            placed.tell()
            self._figures[name] = self._widened(self._printed[name])
        return self._figures[name]

    def _figure(self, name: str, seen: tuple[str, ...]) -> Figure:
        claim = self.claims[name]
        text, unit = claim.row["published"].strip(), claim.row["unit"]
        table, where = reference(text) or ("", {})
        if table:
            return self._cited(claim, table, where)
        if where:
            return self._repeated(where["claim"], unit, (*seen, name))
        return _stated(text, unit, claim.as_of, name) if text else Figure("", None, "none", root=name)

    def _repeated(self, other: str, unit: str, seen: tuple[str, ...]) -> Figure:
        if other in seen:
            raise _CycleError(f"a cycle: {' repeats '.join([*seen, other])}; print the figure in one of them")
        if other not in self.claims:
            raise DataError(f"no claim {other!r}; {near(other, self.claims)}")
        try:
            figure = self._figure(other, seen)
        except _CycleError:
            raise
        except DataError as error:
            raise ToldError(f"the figure of the claim {other} cannot be read ({error})") from None
        held = figure.quantity.unit.text if figure.quantity else unit
        if unit and unit != held:
            raise DataError(f"the unit is {unit!r}, but the claim {other} that it repeats has {held!r}")
        return figure

    def _cited(self, claim: Claim, table: str, where: dict[str, str]) -> Figure:
        rows, said = self.tables.rows(table, where), " and ".join(f"{name} {value!r}" for name, value in where.items())
        if not rows:
            raise DataError(f"{table} has no row with {said}")
        first, unit = rows[0], claim.row["unit"]
        if not first.get("published"):
            return Figure("", None, "none", tuple(rows), table, claim.id)
        if len(rows) > 1:
            raise DataError(f"{table} has {len(rows)} rows with {said}; add a column, as in ?country=US")
        held = DATE if "earliest" in first.cells else first.get("unit")
        if unit != held:
            raise DataError(f"the unit is {unit!r}, but the cited row {table} line {first.line} has {held!r}")
        figure = _stated(first["published"], held, as_of(first), claim.id)
        return replace(figure, rows=(first,), table=table, root=f"{table}:{first.line}")

    def _widened(self, figure: Figure) -> Figure:
        quantity = figure.quantity
        if self.widen == 1.0 or quantity is None or not math.isfinite(quantity.high - quantity.low):
            return figure
        more = ((quantity.high - quantity.low) / 2 or 0.5) * (self.widen - 1)
        ends = quantity.ends + Quantity.of(0.0, -more, more).ends
        return replace(figure, quantity=Quantity(quantity.value, ends, quantity.unit))


def _placed(claim: Claim, error: ParallelRunError) -> ParallelRunError:
    """Return an error with the place of the claim that it is about."""
    column = "unit" if isinstance(error, UnitError) else "published"
    return type(error)(f"{claim.row.where(column)}, claim {claim.id}: {error}")


def _stated(text: str, unit: str, printed_on: date | None, root: str) -> Figure:
    if unit == DATE:
        span = dates(text, printed_on)
        return Figure(text, Quantity.days(span.earliest, span.latest), "date", root=root, last_day=span.latest)
    faults = Faults()
    with faults.part():
        Unit.of(unit)
    with faults.part():
        printed: Published = stands_for(text, unit)
    faults.tell()
    return Figure(text, Quantity.of(printed.value, printed.low, printed.high, unit), printed.form, root=root)


def _number(text: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        raise ExpressionError(f"found {text!r} where a number is needed") from None
    if number is not None and math.isinf(number) and text[-1].isdigit():
        raise ExpressionError(f"a number of {len(text)} characters is too large to compute with")
    return number
