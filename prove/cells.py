"""The cells of the curated tables, and another value for each."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun.data import tables

WORDS = {"source", "locator", "note", "published", "url", "title", "label", "licence", "publisher", "statement"}
"""Columns of words: what a row is cited by, and what was printed, which tests hold to the numbers beside it."""

LONGEST = 60
"""Characters from which a cell is a text and no category."""


@dataclass
class Change:
    """One changed cell, and what came of it."""

    table: str
    column: str
    line: int
    old: str
    new: str
    outcome: str = "survived"
    by: str = ""

    def __str__(self) -> str:
        return f"{self.table}.csv, line {self.line}, {self.column}: {self.old!r} to {self.new!r}"


def read(path: Path) -> list[list[str]]:
    """Return the cells of a CSV file, its header first."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def cells(folder: Path) -> dict[tuple[str, str], list[Change]]:
    """Return a change for every numeric and categorical cell, by table and column."""
    found: dict[tuple[str, str], list[Change]] = {}
    for table, resource in tables.tables(folder).items():
        rows = read(folder / resource["path"])
        for position, described in enumerate(resource["schema"]["fields"]):
            name = described["name"]
            values = sorted({row[position] for row in rows[1:] if row[position]})
            kind = described["type"]
            if kind not in ("number", "integer", "boolean") and not _is_category(name, described, values):
                continue
            known = [str(one) for one in described.get("constraints", {}).get("enum", values)]
            if kind == "boolean":
                known = ["true", "false"]
            changes = [
                Change(table, name, line, row[position], _other(kind, row[position], known))
                for line, row in enumerate(rows[1:], start=2)
                if row[position]
            ]
            if changes:
                random.Random(f"{table}.{name}").shuffle(changes)
                found[table, name] = changes
    return found


def _is_category(name: str, described: dict[str, Any], values: list[str]) -> bool:
    if described["type"] != "string" or name in WORDS or not values:
        return False
    return "enum" in described.get("constraints", {}) or max(map(len, values)) <= LONGEST


def _other(kind: str, old: str, known: list[str]) -> str:
    if kind == "integer":
        whole = int(old)
        return str(whole + 1 if abs(whole) <= 100 or 1900 <= whole <= 2100 else whole + abs(whole) // 4)
    if kind == "number" and math.isinf(float(old)):
        return "1"  # a bound that is none becomes one; times 1.25 it would stay as it is
    if kind == "number":
        return f"{float(old) * 1.25 or 1:.10g}"
    after = known[(known.index(old) + 1) % len(known)] if old in known else known[0]
    return after if after != old else f"{old} changed"


def in_order(found: dict[tuple[str, str], list[Change]]) -> Iterator[Change]:
    """Yield one cell of each column, then a second of each, and so on."""
    columns = [found[place] for place in sorted(found)]
    random.Random("columns").shuffle(columns)  # so that a short look sees something of every table
    for depth in range(max(map(len, columns), default=0)):
        for column in columns:
            if depth < len(column):
                yield column[depth]
