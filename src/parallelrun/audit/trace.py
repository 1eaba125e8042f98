"""The chain of a number: down to the rows and sources that it comes from, up to all that is made from it.

Everything is derived: which tables a figure or a result was made of is what its notebook really read (recorded in
``figures/manifest.json`` and ``results.json``); which rows a figure draws is in its plotted data; which claims, results
and rows a check uses is what its evaluation read.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.audit.claims import REFERENCE
from parallelrun.data.rows import Row, Tables
from parallelrun.errors import InputError
from parallelrun.study import catalogue


class TraceError(InputError):
    """Nothing has the name that was asked for; the message names the nearest."""


@dataclass
class Chain:
    """What was found of one thing.

    Attributes
    ----------
    what : str
        What was asked for.
    kind : str
        ``claim``, ``figure``, ``result``, ``table`` or ``cell``.
    says : str
        What it is, in a line.
    rows : list of dict
        The curated rows below it, where single rows are known: table, line, published or value, locator, as_of.
    tables : list of str
        The curated tables below it.
    sources : list of dict
        The sources of those rows, else of those tables: key, label, evidence.
    figures, results, checks : list of str
        What is above it: figures that draw it or its table, results computed from its table, checks that read it.
    claims : list of str
        Claims whose figure it holds, or that it draws, each with its verdict.
    """

    what: str
    kind: str
    says: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    sources: list[dict[str, str]] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the chain as plain data."""
        return dict(vars(self))


def trace(what: str) -> Chain:
    """Follow a claim, figure, result, table or cell down and up.

    Parameters
    ----------
    what : str
        ``A30``; ``convergence/gap_history`` (a figure, or else a table); ``convergence.gap_points_2026_03``;
        ``convergence/arena_scores.csv``; ``convergence/arena_scores#A07`` (with further conditions as in
        ``convergence/market_segments#D06?country=US``); ``convergence/arena_scores:2:value`` (row
        and column; the first row of data is 1).

    Raises
    ------
    TraceError
        If nothing has that name.
    """
    return _Collection().trace(what)


class _Collection:
    """All that can be traced."""

    def __init__(self) -> None:
        self.audit = audit.run()
        self.tables: Tables = self.audit.names.tables
        self.folder = project.results_dir()
        self.figures = {
            f"{stem}/{figure['name']}": figure
            for stem, entry in catalogue.read(self.folder).items()
            for figure in entry["figures"]
        }
        self.results: dict[str, dict[str, Any]] = {}
        for path in sorted(self.folder.glob("*/results.json")):
            for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
                self.results[f"{path.parent.name}.{result['name']}"] = result

    @cached_property
    def sources(self) -> dict[str, Row]:
        return {row["source"]: row for row in self.tables.rows("sources")}

    def trace(self, what: str) -> Chain:
        if what in self.audit.judged:
            return self._claim(what)
        if what in self.figures:
            return self._figure(what)
        if what in self.results:
            return self._result(what)
        place = what.removeprefix("data/")
        name = place.removesuffix(".csv")
        if name in self.tables.resources:
            return self._table(what, name)
        reference = REFERENCE.fullmatch(place)
        if reference and reference["table"]:
            where = {"claim": reference["claim"], **dict(parse_qsl(reference["query"] or ""))}
            return self._cells(what, reference["table"], self._rows(reference["table"], where, what))
        if cell := re.fullmatch(r"(?P<table>[\w/]+):(?P<row>\d+)(?::(?P<column>\w+))?", place):
            rows = self._rows(cell["table"], {}, what)
            number = int(cell["row"])
            if not 1 <= number <= len(rows):
                raise TraceError(f"{cell['table']} has rows 1 to {len(rows)}, not {number}")
            column = cell["column"] or ""
            if column:
                self.tables.field(cell["table"], column)
            return self._cells(what, cell["table"], [rows[number - 1]], column)
        known = [*self.audit.judged, *self.figures, *self.results, *self.tables.resources]
        near = difflib.get_close_matches(what, known, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "`parallelrun trace --help` shows what can be asked for"
        raise TraceError(f"nothing is called {what!r}: {hint}")

    def _rows(self, table: str, where: dict[str, str], what: str) -> list[Row]:
        rows = self.tables.rows(table, where)
        if not rows:
            raise TraceError(f"{what!r}: the table {table} has no such row")
        return rows

    # down

    def _described(self, table: str, rows: list[Row]) -> list[dict[str, Any]]:
        shown = []
        for row in rows:
            figure = row.get("published") or row.get("value") or row.get("statement")
            shown.append(
                {
                    "table": table,
                    "line": row.line,
                    "figure": f"{figure} {row.get('unit')}".strip() if "%" not in figure else figure,
                    "source": row.get("source"),
                    "locator": row.get("locator"),
                    "as_of": row.get("as_of"),
                    "note": row.get("note"),
                }
            )
        return shown

    def _cited(self, keys: set[str]) -> list[dict[str, str]]:
        return [
            {"source": key, "label": self.sources[key]["label"], "evidence": self.sources[key]["evidence"]}
            for key in sorted(keys & set(self.sources))
        ]

    def _sources_of(self, tables: list[str]) -> list[dict[str, str]]:
        return self._cited({row.get("source") for table in tables for row in self.tables.rows(table)})

    # up

    def _figures_with(self, table: str, claims: set[str]) -> list[str]:
        """Return the figures made of a table; those that draw one of the claims say so."""
        found = []
        for name, figure in self.figures.items():
            if table in figure["provenance"]["inputs"]:
                drawn = self._drawn(name) & claims
                found.append(name + (f" (draws {', '.join(sorted(drawn))})" if drawn else ""))
        return found

    def _results_with(self, table: str) -> list[str]:
        return [name for name, result in self.results.items() if table in result["inputs"]]

    def _drawn(self, figure: str) -> set[str]:
        """Return the claims that a figure's plotted data name."""
        path = self.folder / f"{figure}.csv"
        if not path.is_file():
            return set()
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = [column for column in ("claim", "id") if column in (reader.fieldnames or [])]
            return {row[column] for row in reader for column in columns if row[column]}

    def _checks_reading(self, claims: set[str], rows: set[tuple[str, int]]) -> list[str]:
        found = []
        for name, one in self.audit.judged.items():
            for finding in one.findings:
                if finding.reads.claims & claims or finding.reads.rows & rows or (name in claims):
                    check = finding.check
                    found.append(f"{name}, {check.kind}: {check.expression} ({finding.outcome})")
        return found

    def _verdict(self, claim: str) -> str:
        one = self.audit.judged[claim]
        return f"{claim}: {one.verdict} ({one.reason})"

    # the kinds

    def _claim(self, what: str) -> Chain:
        one = self.audit.judged[what]
        figure = one.figure
        says = f"{one.claim.statement}: {figure.text or 'no figure'}; {one.verdict}, {one.reason}"
        reference = REFERENCE.fullmatch(one.claim.row["published"])
        number = reference["claim"] if reference else what
        chain = Chain(what, "claim", says, rows=self._described(figure.table, list(figure.rows)))
        chain.tables = [figure.table] if figure.table else []
        chain.sources = self._cited({one.claim.row["source"]})
        if figure.table:
            chain.figures = self._figures_with(figure.table, {what, number})
            chain.results = self._results_with(figure.table)
        chain.checks = self._checks_reading({what}, {(figure.table, row.line) for row in figure.rows})
        return chain

    def _figure(self, what: str) -> Chain:
        figure = self.figures[what]
        tables = sorted(figure["provenance"]["inputs"])
        drawn = self._drawn(what)
        chain = Chain(what, "figure", f"{figure['title']} ({figure['heading']}, cell {figure['cell']})", tables=tables)
        known = {c for c in self.audit.judged if c in drawn or c.partition("_")[0] in drawn}
        chain.claims = [self._verdict(claim) for claim in self.audit.judged if claim in known]
        for table in tables:
            if "claim" in {field["name"] for field in self.tables.resources[table]["schema"]["fields"]}:
                rows = [row for row in self.tables.rows(table) if row["claim"] in drawn and "source" in row.cells]
                chain.rows += self._described(table, rows)
        chain.sources = self._sources_of(tables)
        return chain

    def _result(self, what: str) -> Chain:
        result = self.results[what]
        ends = "" if result["low"] is None else f" ({result['low']} to {result['high']})"
        says = f"{result['meaning']}: {result['value']}{ends} {result['unit']}".rstrip()
        tables = list(result["inputs"])
        chain = Chain(what, "result", says, tables=tables, sources=self._sources_of(tables))
        chain.checks = [
            f"{name}, {finding.check.kind}: {finding.check.expression} ({finding.outcome})"
            for name, one in self.audit.judged.items()
            for finding in one.findings
            if what in finding.reads.results
        ]
        return chain

    def _table(self, what: str, table: str) -> Chain:
        resource = self.tables.resources[table]
        rows = self.tables.rows(table)
        chain = Chain(
            what, "table", f"{resource['title']}: {len(rows)} rows in data/{resource['path']}", tables=[table]
        )
        chain.sources = self._sources_of([table])
        chain.figures = self._figures_with(table, set())
        chain.results = self._results_with(table)
        chain.claims = [self._verdict(name) for name, one in self.audit.judged.items() if one.figure.table == table]
        chain.checks = self._checks_reading(set(), {(table, row.line) for row in rows})
        return chain

    def _cells(self, what: str, table: str, rows: list[Row], column: str = "") -> Chain:
        places = {(table, row.line) for row in rows}
        says = f"{len(rows)} of the rows of {table}" if len(rows) > 1 else f"{rows[0].where(column or None)}"
        if column:
            says += f": {rows[0][column] or 'empty'}"
        chain = Chain(what, "cell", says.replace(f"{project.root()}/", ""), self._described(table, rows), [table])
        chain.sources = self._cited({row.get("source") for row in rows})
        holders = {
            name
            for name, one in self.audit.judged.items()
            if one.figure.table == table and {row.line for row in one.figure.rows} & {row.line for row in rows}
        }
        chain.claims = [self._verdict(name) for name in self.audit.judged if name in holders]
        chain.figures = self._figures_with(table, {row.get("claim") for row in rows} - {""})
        chain.results = self._results_with(table)
        chain.checks = self._checks_reading(holders, places)
        return chain


def report(chain: Chain) -> str:
    """Return a chain as text for a terminal."""
    lines = [f"{chain.what} ({chain.kind}): {chain.says}"]

    def part(title: str, items: list[str]) -> None:
        if items:
            lines.extend(["", title, *(f"  {item}" for item in items)])

    part("Rows", [_row(row) for row in chain.rows])
    part("Tables", [f"data/{table}.csv" for table in chain.tables])
    part("Sources", [f"{s['source']}: {s['label']} ({s['evidence']})" for s in chain.sources])
    part("Claims", chain.claims)
    part("Figures", chain.figures)
    part("Results", chain.results)
    part("Checks", chain.checks)
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    place = f"{row['source'] or 'no source'}: {row['locator'] or 'no locator'}; {row['as_of'] or 'undated'}"
    return f"data/{row['table']}.csv, line {row['line']}: {row['figure'] or 'words'} [{place}]"


def everything() -> list[str]:
    """Return the name of every claim, figure, result and table that can be traced."""
    collection = _Collection()
    return [*collection.audit.judged, *collection.figures, *collection.results, *collection.tables.resources]
