"""Numbers that a notebook stands for: a value with its interval, unit and meaning, recorded to results.json."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from parallelrun.errors import ResultError

DIGITS = 10
"""Significant digits kept in files, so that the last bits of a processor's arithmetic do not show."""


def rounded(number: float | None) -> float | int | None:
    """Return a number rounded to `DIGITS` significant digits, whole numbers as int; None stays None."""
    if number is None:
        return None
    number = float(f"{float(number):.{DIGITS}g}")
    return int(number) if math.isfinite(number) and number == int(number) and abs(number) < 1e15 else number


@dataclass(frozen=True)
class Estimate:
    """A quantity with its interval.

    Attributes
    ----------
    value : float or None
        Central value; None if only an interval is known.
    low, high : float or None
        Ends of the interval; None where there is none (an exact count, say).
    unit : str
        Unit of all three; empty for a pure number.
    inputs : frozenset of str
        Names of the curated tables that it was computed from.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    inputs: frozenset[str] = field(default=frozenset(), compare=False)

    def __neg__(self) -> Estimate:
        return _combine(lambda x: -x, self.unit, self)

    def __add__(self, other: Estimate | float) -> Estimate:
        return _combine(lambda x, y: x + y, self.unit, self, other)

    def __sub__(self, other: Estimate | float) -> Estimate:
        return _combine(lambda x, y: x - y, self.unit, self, other)

    def __mul__(self, other: Estimate | float) -> Estimate:
        return _combine(lambda x, y: x * y, self.unit, self, other)

    def __truediv__(self, other: Estimate | float) -> Estimate:
        """Divide; the unit is dropped if both have the same.

        Raises
        ------
        ResultError
            If the divisor's interval contains zero.
        """
        divisor = other if isinstance(other, Estimate) else Estimate(other)
        if divisor.ends[0] <= 0 <= divisor.ends[1]:
            raise ResultError(f"cannot divide by {divisor}: the interval contains zero")
        return _combine(lambda x, y: x / y, "" if self.unit == divisor.unit else self.unit, self, divisor)

    @property
    def ends(self) -> tuple[float, float]:
        """The interval, or the value twice where there is none."""
        ends = (self.value if self.low is None else self.low, self.value if self.high is None else self.high)
        if ends[0] is None or ends[1] is None:
            raise ResultError("an estimate without a value needs a low and a high")
        return ends[0], ends[1]

    def to(self, unit: str, factor: float = 1.0) -> Estimate:
        """Return the same quantity in another unit: every number times the factor."""
        return replace(self * factor, unit=unit)

    def __format__(self, spec: str) -> str:
        """Format as ``39 points (38.5 to 39.5)``; the specification applies to each number, four digits by default."""
        unit = f" {self.unit}" if self.unit else ""
        ends = ""
        if self.low is not None and self.high is not None:
            ends = f"{_number(self.low, spec)} to {_number(self.high, spec)}"
        if self.value is None:
            return f"{ends}{unit}"
        return f"{_number(self.value, spec)}{unit}" + (f" ({ends})" if ends else "")

    def __str__(self) -> str:
        return format(self, "")


def _number(number: float, spec: str) -> str:
    """Format a number; without a specification with four digits, large ones in full with separators."""
    if spec:
        return f"{number:{spec}}"
    return f"{number:,.4g}" if abs(number) < 1e4 or math.isinf(number) else f"{float(f'{number:.4g}'):,.0f}"


def _combine(formula: Callable[..., Any], unit: str, *operands: Estimate | float) -> Estimate:
    """Apply a formula to the values, and, by interval arithmetic, to the intervals.

    Operands are taken to vary independently; a formula that repeats one gives too wide an interval.
    """
    from mpmath import iv

    estimates = [one if isinstance(one, Estimate) else Estimate(float(one)) for one in operands]
    values = [one.value for one in estimates]
    ends = formula(*(iv.mpf(list(one.ends)) for one in estimates))
    exact = all(one.low is None and one.high is None for one in estimates)
    return Estimate(
        None if None in values else formula(*values),
        None if exact else float(ends.a),
        None if exact else float(ends.b),
        unit,
        frozenset().union(*(one.inputs for one in estimates)),
    )


def pick(frame: pd.DataFrame, **where: Any) -> Estimate:
    """Return the one row of a curated table for which each named column has the given value.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table with columns ``value``, ``low``, ``high`` and ``unit``, as `parallelrun.data.load` gives it.
    **where
        Column names and the value that each must have, for example ``claim="A07"``.

    Raises
    ------
    ResultError
        If no row or more than one fits.
    """
    rows = frame
    for column, value in where.items():
        rows = rows[rows[column] == value]
    if len(rows) != 1:
        raise ResultError(f"expected one row with {where}, found {len(rows)} of {len(frame)}")
    row = rows.iloc[0]
    value, low, high = (None if math.isnan(row[name]) else float(row[name]) for name in ("value", "low", "high"))
    return Estimate(value, low, high, row["unit"], frame.attrs.get("inputs", frozenset()))


@dataclass(frozen=True)
class Result:
    """One recorded result: a name, an `Estimate` and what it means."""

    name: str
    estimate: Estimate
    meaning: str

    def as_dict(self) -> dict[str, Any]:
        """Return the result as it stands in ``results.json``."""
        return {
            "name": self.name,
            "value": rounded(self.estimate.value),
            "low": rounded(self.estimate.low),
            "high": rounded(self.estimate.high),
            "unit": self.estimate.unit,
            "meaning": self.meaning,
            "inputs": sorted(self.estimate.inputs),
        }


class Results:
    """The results of one notebook, in the order in which they were recorded."""

    def __init__(self) -> None:
        self._by_name: dict[str, Result] = {}

    def add(self, name: str, estimate: Estimate, meaning: str) -> Result:
        """Record a result.

        Raises
        ------
        ResultError
            If the name is taken or no identifier, the meaning is empty, a number is not finite, or the value
            lies outside its interval.
        """
        where = f"result {name!r}"
        if not name.isidentifier():
            raise ResultError(f"{where}: the name must be an identifier such as gap_points_2026_03")
        if name in self._by_name:
            raise ResultError(f"{where}: recorded twice; give each result a name of its own")
        if not meaning.strip():
            raise ResultError(f"{where}: say what it means in `meaning`")
        _check_numbers(where, estimate)
        self._by_name[name] = Result(name, estimate, meaning)
        return self._by_name[name]

    def __iter__(self) -> Iterator[Result]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def write(self, path: Path, stem: str, parameters: dict[str, Any]) -> None:
        """Write ``results.json``: the notebook's stem, its parameters, and every result."""
        content = {"notebook": stem, "parameters": parameters, "results": [r.as_dict() for r in self]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: Path) -> pd.DataFrame:
    """Return the results of every notebook in a folder of figures.

    Parameters
    ----------
    folder : Path
        A folder with ``<stem>/results.json`` files, such as ``figures/``.

    Returns
    -------
    pandas.DataFrame
        One row a result: notebook, name, value, low, high, unit, meaning, and inputs (a tuple of table names).
        The frame is marked with all of those tables.
    """
    rows = []
    for path in sorted(folder.glob("*/results.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        rows += [{"notebook": path.parent.name, **r, "inputs": tuple(r["inputs"])} for r in content["results"]]
    columns = ["notebook", "name", "value", "low", "high", "unit", "meaning", "inputs"]
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float, "low": float, "high": float})
    frame.attrs["inputs"] = frozenset(table for row in rows for table in row["inputs"])
    return frame


def _check_numbers(where: str, estimate: Estimate) -> None:
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None and (low is None or high is None):
        raise ResultError(f"{where}: needs a value, or a low and a high")
    if value is not None and not math.isfinite(value):
        raise ResultError(f"{where}: value is {value}, expected a finite number")
    for end in (low, high):
        if end is not None and math.isnan(end):
            raise ResultError(f"{where}: an end of the interval is not a number")
    slack = 1e-9 * max(abs(x) for x in (value, low, high, 1.0) if x is not None and math.isfinite(x))
    if low is not None and high is not None and low > high + slack:
        raise ResultError(f"{where}: low {low} is above high {high}")
    if value is not None and ((low is not None and value < low - slack) or (high is not None and value > high + slack)):
        raise ResultError(f"{where}: value {value} lies outside its interval {low} to {high}")
