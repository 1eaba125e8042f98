"""The chain of a number: down to the rows and sources that it comes from, up to all that is made from it.

Everything is derived: which tables a figure or a result was made of is what its notebook really read (recorded in
``figures/manifest.json`` and ``results.json``); which rows a figure draws is in its plotted data; which claims, results
and rows a check uses is what its evaluation read.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.audit.claims import reference
from parallelrun.audit.verdicts import Judged
from parallelrun.data.rows import Row, Tables, read
from parallelrun.errors import InputError, near
from parallelrun.study import catalogue, results, units


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
    """Follow a claim, figure, result, table or rows of one down and up.

    Parameters
    ----------
    what : str
        ``A30``; ``convergence/gap_history`` (a figure, or else a table); ``convergence.gap_points_2026_03``;
        ``convergence/arena_scores.csv``; ``convergence/arena_scores#A07``, the rows of a claim, or
        ``convergence/market_segments?country=US``, those with the named cells, or both together.

    Raises
    ------
    TraceError
        If nothing has that name.
    """
    return Collection().trace(what)


class Collection:
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
        self.results = {
            f"{stem}.{result['name']}": result
            for stem, recorded in results.read(self.folder).items()
            for result in recorded["results"]
        }
        self.sources = {row["source"]: row for row in self.tables.rows("sources")}

    def names(self) -> list[str]:
        """Return the name of every claim, figure, result and table."""
        return [*self.audit.judged, *self.figures, *self.results, *self.tables.resources]

    def trace(self, what: str) -> Chain:
        """Return the chain of one thing (see `trace`)."""
        if what in self.audit.judged:
            return self._claim(what)
        if what in self.figures:
            return self._figure(what)
        if what in self.results:
            return self._result(what)
        place = what.removeprefix("data/")
        table, where = reference(place) or (place.removesuffix(".csv"), {})
        if table in self.tables.resources or (table and where):
            return self._table(what, table, where)
        hint = near(what, self.names(), "`parallelrun trace --help` shows what can be asked for")
        raise TraceError(f"nothing is called {what!r}: {hint}")

    # the kinds

    def _claim(self, what: str) -> Chain:
        one = self.audit.judged[what]
        figure = one.figure
        says = f"{one.claim.statement}: {figure.text or 'no figure'}; {one.verdict}, {one.reason}"
        chain = Chain(what, "claim", says)
        chain.sources = self._cited({one.claim.row["source"]})
        chain.checks = self._checks({what}, {(figure.table, row.line) for row in figure.rows})
        if figure.table:
            chain.rows, chain.tables = _described(figure.table, figure.rows), [figure.table]
            _, where = reference(one.claim.row["published"]) or ("", {})
            chain.figures = self._figures_of(figure.table, {what, where.get("claim", what)})
            chain.results = self._results_of(figure.table)
        return chain

    def _figure(self, what: str) -> Chain:
        figure, drawn = self.figures[what], self._drawn(what)
        tables = sorted(figure["provenance"]["inputs"])
        chain = Chain(what, "figure", f"{figure['title']} ({figure['heading']}, cell {figure['cell']})", tables=tables)
        chain.claims = self._verdicts({c for c in self.audit.judged if {c, c.partition("_")[0]} & drawn})
        for table in tables:
            if "claim" in {field["name"] for field in self.tables.resources[table]["schema"]["fields"]}:
                rows = [row for row in self.tables.rows(table) if row["claim"] in drawn and "source" in row.cells]
                chain.rows += _described(table, rows)
        chain.sources = self._sources_of(tables)
        return chain

    def _result(self, what: str) -> Chain:
        result = self.results[what]
        ends = "" if result["low"] is None else f" ({result['low']} to {result['high']})"
        says = f"{result['meaning']}: {result['value']}{ends}{units.behind(result['unit'])}"
        tables = list(result["inputs"])
        chain = Chain(what, "result", says, tables=tables, sources=self._sources_of(tables))
        chain.checks = self._checks(results={what})
        return chain

    def _table(self, what: str, table: str, where: dict[str, str]) -> Chain:
        """Return the chain of a table, or of those of its rows that fit the conditions."""
        rows = self.tables.rows(table, where)
        if not rows:
            raise TraceError(f"{what!r}: the table {table} has no such row")
        lines = {row.line for row in rows}
        if where:
            says = f"{len(rows)} of the rows of {table}" if len(rows) > 1 else rows[0].where()
            chain = Chain(what, "cell", says.replace(f"{project.root()}/", ""), _described(table, rows), [table])
            chain.sources = self._cited({row.get("source") for row in rows})
        else:
            resource = self.tables.resources[table]
            says = f"{resource['title']}: {len(rows)} rows in data/{resource['path']}"
            chain = Chain(what, "table", says, tables=[table], sources=self._sources_of([table]))
        judged = self.audit.judged
        holders = {c for c in judged if judged[c].figure.table == table and not lines.isdisjoint(_lines(judged[c]))}
        chain.claims = self._verdicts(holders)
        chain.figures = self._figures_of(table, {row.get("claim") for row in rows} - {""} if where else set())
        chain.results = self._results_of(table)
        chain.checks = self._checks(holders if where else set(), {(table, line) for line in lines})
        return chain

    # down

    def _cited(self, keys: set[str]) -> list[dict[str, str]]:
        kept = ("source", "label", "evidence")
        return [{name: self.sources[key][name] for name in kept} for key in sorted(keys & set(self.sources))]

    def _sources_of(self, tables: list[str]) -> list[dict[str, str]]:
        return self._cited({row.get("source") for table in tables for row in self.tables.rows(table)})

    # up

    def _figures_of(self, table: str, claims: set[str]) -> list[str]:
        """Return the figures made of a table; those that draw one of the claims say so."""
        found = []
        for name, figure in self.figures.items():
            if table in figure["provenance"]["inputs"]:
                drawn = sorted(self._drawn(name) & claims)
                found.append(name + (f" (draws {', '.join(drawn)})" if drawn else ""))
        return found

    def _results_of(self, table: str) -> list[str]:
        return [name for name, result in self.results.items() if table in result["inputs"]]

    def _drawn(self, figure: str) -> set[str]:
        """Return the claims that a figure's plotted data name."""
        path = self.folder / f"{figure}.csv"
        rows = read(path) if path.is_file() else []
        return {row.get(column) for row in rows for column in ("claim", "id")} - {""}

    def _checks(
        self,
        claims: AbstractSet[str] = frozenset(),
        rows: AbstractSet[tuple[str, int]] = frozenset(),
        results: AbstractSet[str] = frozenset(),
    ) -> list[str]:
        """Return the checks of the claims, and all that read one of the claims, rows or results."""
        return [
            f"{name}, {finding.check.kind}: {finding.check.expression} ({finding.outcome})"
            for name, one in self.audit.judged.items()
            for finding in one.findings
            if name in claims
            or finding.reads.claims & claims
            or finding.reads.rows & rows
            or finding.reads.results & results
        ]

    def _verdicts(self, claims: set[str]) -> list[str]:
        judged = self.audit.judged
        return [f"{c}: {judged[c].verdict} ({judged[c].reason})" for c in judged if c in claims]


def _lines(judged: Judged) -> list[int]:
    return [row.line for row in judged.figure.rows]


def _described(table: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    shown = []
    for row in rows:
        figure = row.get("published") or row.get("value") or row.get("statement")
        figure = figure if "%" in figure else f"{figure}{units.behind(row.get('unit'))}"
        kept = {name: row.get(name) for name in ("source", "locator", "as_of", "note")}
        shown.append({"table": table, "line": row.line, "figure": figure, **kept})
    return shown


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
