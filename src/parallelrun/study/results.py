"""Numbers that a notebook stands for: a value with its interval, unit and meaning, recorded to results.json."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parallelrun.data.tables import Inputs
from parallelrun.errors import ResultError
from parallelrun.study.estimates import Estimate

if TYPE_CHECKING:
    import pandas as pd

FILE = "results.json"

DIGITS = 10
"""Significant digits kept in files, so that the last bits of a processor's arithmetic do not show."""


def rounded(number: float | None) -> float | int | None:
    """Return a number rounded to `DIGITS` significant digits, whole numbers as int; None stays None."""
    if number is None:
        return None
    number = float(f"{float(number):.{DIGITS}g}")
    return int(number) if math.isfinite(number) and number == int(number) and abs(number) < 1e15 else number


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


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the notebooks of a folder recorded: by stem, the content of ``<stem>/results.json``."""
    return {path.parent.name: of_run(path.parent) for path in sorted(folder.glob(f"*/{FILE}"))}


def of_run(folder: Path) -> dict[str, Any]:
    """Return what one run recorded in its folder: ``parameters`` and ``results``, both empty if it recorded nothing."""
    path = folder / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"parameters": {}, "results": []}


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
    import pandas as pd

    recorded = read(folder)
    rows = [{"notebook": n, **r, "inputs": tuple(r["inputs"])} for n in recorded for r in recorded[n]["results"]]
    columns = ["notebook", "name", "value", "low", "high", "unit", "meaning", "inputs"]
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float, "low": float, "high": float})
    frame.attrs["inputs"] = Inputs(table for row in rows for table in row["inputs"])
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
