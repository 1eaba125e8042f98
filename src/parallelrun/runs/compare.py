"""Compare runs: which parameters, results, figures and inputs differ, and by how much."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun import project
from parallelrun.errors import InputError
from parallelrun.runs import single
from parallelrun.study import catalogue, results
from parallelrun.study.units import behind

BASELINE = "baseline"
"""What stands in ``figures/``, by this name."""

EQUAL = 1e-9
"""Relative difference up to which two results count as equal: ten digits are written."""


@dataclass(frozen=True)
class Side:
    """One of the runs that are compared.

    Attributes
    ----------
    label : str
        Its name in the report.
    stem : str
        The notebook's stem.
    folder : Path
        Where its figures and results are.
    parameters : dict
        Its parameters.
    inputs : dict
        Digests of what went into it: tables by name, and notebook, package and lock where they are recorded.
    drawn : bool
        Whether it has figures; a run for results only has none to compare.
    """

    label: str
    stem: str
    folder: Path
    parameters: dict[str, Any]
    inputs: dict[str, str]
    drawn: bool = True

    def results(self) -> dict[str, dict[str, Any]]:
        """Return its results by name."""
        return {result["name"]: result for result in results.of_run(self.folder)["results"]}

    def plotted(self) -> dict[str, bytes]:
        """Return the plotted data of its figures by name."""
        return {path.stem: path.read_bytes() for path in sorted(self.folder.glob("*.csv"))}


def sides(names: list[str]) -> list[Side]:
    """Return the runs of the given names, each a folder, a hash, or ``baseline``.

    Raises
    ------
    InputError
        If a name stands for no run or several, or the runs are of different notebooks.
    """
    named = [None if name == BASELINE else _run(name) for name in names]
    stems = {side.stem for side in named if side}
    if len(stems) != 1:
        found = " and ".join(sorted(stems)) or "none"
        raise InputError(f"runs to compare must be of one notebook, found {found}; see `parallelrun runs`")
    return [side or _baseline(next(iter(stems))) for side in named]


def _run(name: str) -> Side:
    folder = single.find(name)
    record = single.load(folder)
    inputs = {name: digest for name, digest in record["inputs"].items() if name not in ("data", "results")}
    inputs |= record["tables"]
    label, drawn = folder.resolve().name, bool(record["formats"])
    return Side(label, record["notebook"], folder, record["parameters"], inputs, drawn)


def _baseline(stem: str) -> Side:
    folder = project.root() / "figures" / stem
    entry = catalogue.read(project.root() / "figures").get(stem)
    if entry is None or not (folder / results.FILE).is_file():
        raise InputError(f"figures/{stem}: there is no baseline; `parallelrun build {stem}` makes it")
    return Side(BASELINE, stem, folder, results.of_run(folder)["parameters"], entry["tables"])


def compare(first: Side, other: Side) -> dict[str, Any]:
    """Return what differs between two runs.

    Returns
    -------
    dict
        ``parameters``, ``results``, ``figures`` and ``inputs``, each a list with one entry for what differs. A result
        has both values with their intervals, ``absolute`` and ``relative`` difference (of the other against the
        first), and ``outside``: whether each value lies outside the other's interval, None where there is none.
    """
    return {
        "first": {"run": first.label, "folder": str(first.folder)},
        "other": {"run": other.label, "folder": str(other.folder)},
        "parameters": [
            {"name": name, "first": first.parameters.get(name), "other": other.parameters.get(name)}
            for name in _names(first.parameters, other.parameters)
            if first.parameters.get(name) != other.parameters.get(name)
        ],
        "results": _results(first.results(), other.results()),
        "figures": _figures(first, other),
        "inputs": [
            {"name": name, "first": first.inputs.get(name), "other": other.inputs.get(name)}
            for name in _names(first.inputs, other.inputs)
            if first.inputs.get(name) != other.inputs.get(name)
            and ("/" in name or (name in first.inputs and name in other.inputs))
        ],
    }


def _names(first: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*first, *other]))


def _results(first: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for name in _names(first, other):
        a, b = first.get(name), other.get(name)
        if a and b and a["unit"] == b["unit"] and all(_same(a[part], b[part]) for part in ("value", "low", "high")):
            continue
        row: dict[str, Any] = {"name": name, "unit": (b or a or {})["unit"], "absolute": None, "relative": None}
        for label, one in (("first", a), ("other", b)):
            row[label] = {part: one[part] for part in ("value", "low", "high")} if one else None
        row["outside"] = None
        if a and b:
            if a["value"] is not None and b["value"] is not None:
                row["absolute"] = b["value"] - a["value"]
                row["relative"] = row["absolute"] / abs(a["value"]) if a["value"] else None
            row["outside"] = _outside(a, b)
        rows.append(row)
    return rows


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) <= EQUAL * max(abs(a), abs(b))


def _outside(a: dict[str, Any], b: dict[str, Any]) -> bool | None:
    """Whether each one's value lies outside the other's interval, as far as they have them."""
    judged = [
        not held["low"] <= one["value"] <= held["high"]
        for one, held in ((b, a), (a, b))
        if held["low"] is not None and held["high"] is not None and one["value"] is not None
    ]
    return all(judged) if judged else None


def _figures(first: Side, other: Side) -> list[dict[str, Any]]:
    a, b = first.plotted(), other.plotted()
    if not first.drawn or not other.drawn:
        return []
    rows: list[dict[str, Any]] = []
    for name in _names(a, b):
        if name not in a or name not in b:
            rows.append({"name": name, "only_in": "first" if name in a else "other", "rows": None, "of": None})
        elif a[name] != b[name]:
            old, new = (list(csv.reader(io.StringIO(content.decode()))) for content in (a[name], b[name]))
            differ = sum(x != y for x, y in zip(old, new, strict=False)) + abs(len(old) - len(new))
            rows.append({"name": name, "only_in": None, "rows": differ, "of": max(len(old), len(new)) - 1})
    return rows


def report(found: dict[str, Any]) -> str:
    """Return a comparison in lines to read."""
    head = f"{found['first']['run']}  against  {found['other']['run']}"
    return "\n".join([head, *(lines(found) or ["no difference"])])


def lines(found: dict[str, Any]) -> list[str]:
    """Return a line for all that differs."""
    said = [f"parameter  {row['name']}: {row['first']} -> {row['other']}" for row in found["parameters"]]
    for row in found["inputs"]:
        reader = "first" if row["first"] else "other"
        state = "differs" if row["first"] and row["other"] else f"is read by the {reader} only"
        said.append(f"input      {row['name']}: {state}")
    for row in found["results"]:
        said.append(
            f"result     {row['name']}: {_say(row['first'])} -> {_say(row['other'])}{behind(row['unit'])}{_by(row)}"
        )
    for row in found["figures"]:
        only = f"only in the {row['only_in']}"
        differ = f"data differ in {row['rows']} of {row['of']} rows"
        said.append(f"figure     {row['name']}: {only if row['only_in'] else differ}")
    return said


def _say(one: dict[str, Any] | None) -> str:
    if one is None:
        return "none"
    ends = "" if one["low"] is None or one["high"] is None else f"({one['low']:.5g} to {one['high']:.5g})"
    return f"{'' if one['value'] is None else format(one['value'], '.5g')} {ends}".strip()


def _by(row: dict[str, Any]) -> str:
    if row["absolute"] is None:
        return ""
    relative = "" if row["relative"] is None else f", {row['relative']:+.2%}"
    outside = {True: ", outside each other's interval", False: ", within", None: ""}[row["outside"]]
    return f" [{row['absolute']:+.4g}{relative}{outside}]"
