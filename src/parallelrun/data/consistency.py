"""What the cells of valid tables owe each other in any data package, and no schema, which sees one cell, can say.

An interval holds its value; all rows of a table give a quantity in one unit; a model, a slug and a chip have one maker
in all tables; values do not rise from place to place, in tables whose resource has ``ranks``: the column of the
``place``, and the columns ``within`` whose values a list of places is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from parallelrun.data.rows import Row, Tables

MAKERS = (("model", "vendor"), ("slug", "vendor"), ("chip", "vendor"))
"""Columns of which each value has one of another column, in whatever tables they stand together."""

QUANTITIES = ("metric", "measure", "quantity", "fact")
"""Columns that name what is measured."""


def faults(tables: Tables, names: Iterable[str] | None = None) -> Iterator[str]:
    """Yield a line for each fault of tables that their schema finds valid, with file, line and column.

    Parameters
    ----------
    tables : Tables
        A whole data package.
    names : iterable of str, optional
        Tables whose faults are wanted; by default all.
    """
    makers = [(one, other, _owners(tables, one, other)) for one, other in MAKERS]
    for name in tables.resources if names is None else names:
        rows = tables.rows(name)
        yield from _intervals(rows)
        yield from _units(rows)
        for one, other, known in makers:
            yield from _owned(rows, one, other, known)
        ranks = tables.resources[name].get("ranks")
        yield from _places(rows, ranks["place"], ranks["within"]) if ranks else ()


def _intervals(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        for lower, upper in (("low", "value"), ("value", "high"), ("low", "high")):
            less, more = _number(row.get(lower)), _number(row.get(upper))
            if less is not None and more is not None and less > more:
                yield f"{row.where(lower)}: found {row[lower]}, expected at most {upper}, {row[upper]}"


def _units(rows: list[Row]) -> Iterator[str]:
    for name in QUANTITIES:
        used: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.get("unit"):
                used[row.get(name)].add(row["unit"])
        for row in rows:
            if row.get(name) and row.get("unit") and len(used[row[name]]) > 1:
                units = ", ".join(sorted(used[row[name]]))
                yield f"{row.where('unit')}: found {row['unit']}, expected one unit for {row[name]}, not {units}"


def _owners(tables: Tables, one: str, other: str) -> dict[str, Counter[str]]:
    """Return how often each value of a column stands beside each of another, over all tables that have both."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name in tables.resources:
        for row in tables.rows(name):
            if row.get(one) and row.get(other):
                found[row[one]][row[other]] += 1
    return found


def _owned(rows: list[Row], one: str, other: str, known: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the rows that have another owner than most; all of them if none has most."""
    for row in rows:
        if row.get(one) and row.get(other) and len(owners := known[row[one]]) > 1:
            rest = Counter({name: count for name, count in owners.items() if name != row[other]})
            if owners[row[other]] <= max(rest.values()):
                others = ", ".join(f"{name} in {count}" for name, count in sorted(rest.items()))
                found = f"found {row[other]} for {row[one]}, expected one {other}"
                yield f"{row.where(other)}: {found}; other rows: {others}"


def _places(rows: list[Row], place: str, within: list[str]) -> Iterator[str]:
    lists: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row[place] and _number(row["value"]) is not None:
            lists[tuple(row[name] for name in within)].append(row)
    for ranked in lists.values():
        ranked.sort(key=lambda row: int(row[place]))
        for before, after in pairwise(ranked):
            tied = after[place] == before[place]
            less, more = float(after["value"]), float(before["value"])
            if less > more or (tied and less != more):
                found = f"found {after['value']} after {before['value']}, of line {before.line}"
                yield f"{after.where('value')}: {found}, expected {'as much' if tied else 'at most that'}"


def _number(text: str | None) -> float | None:
    """Return the number in a cell; None if it is empty or says that there is none."""
    try:
        return float(text or "")
    except ValueError:
        return None
