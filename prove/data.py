"""Change the curated tables cell by cell, and see whether anything that is computed from them notices.

Each numeric and each categorical cell is changed in a copy of the tables. If the change breaks what the tables owe each
other (`prove.consistency`) it is refused at once. Else what reads its table is run again: the notebook of its theme,
the audit, the other notebooks that read the table, and then their figures' plotted data and words. A change is noticed
(a result, a sentence, a table, plotted data or a verdict differs), stops a notebook, is refused by those rules or by
the schema, or survives. Cells are tried in a fixed order: one of each column, then the others, until the time is up.

Run it with ``make prove-data``, or ``python -m prove.data --minutes 30``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import math
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from statsmodels.stats.proportion import proportion_confint

from parallelrun import ipynb, project
from parallelrun.audit import audit
from parallelrun.data import tables, validate
from parallelrun.data.rows import Tables
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import ParallelRunError
from parallelrun.project import Surroundings
from parallelrun.study import catalogue
from prove import consistency, report

WORDS = {"source", "locator", "note", "published", "url", "title", "label", "licence", "publisher", "statement"}
"""Columns of words: what a row is cited by, and what was printed, which tests hold to the numbers beside it."""

LONGEST = 60
"""Characters from which a cell is a text and no category."""

BATCH = 16
"""Changes that are tried together."""


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


@dataclass
class Bench:
    """Where changes are tried: a stable copy of the tables, a folder of runs, and what undisturbed runs give."""

    folder: Path
    stable: Path
    results: Path
    readers: dict[str, list[str]]
    paths: dict[str, str]
    base: dict[tuple[str, bool], str] = field(default_factory=dict)
    verdicts: str = ""

    def around(self, data: Path, place: Path, drawn: bool) -> Surroundings:
        """Return what surrounds a run on changed tables."""
        formats = ("svg",) if drawn else ()
        return Surroundings(data=data, results=self.results, out=place, formats=formats, memo=self.folder / "memo")

    def changed(self, change: Change, place: Path) -> Path:
        """Return a data package with one cell changed; the other files are links."""
        data = place / "data"
        for path in self.stable.rglob("*"):
            if path.is_file():
                target = data / path.relative_to(self.stable)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, target)
        target = data / self.paths[change.table]
        rows = read(target)
        rows[change.line - 1][rows[0].index(change.column)] = change.new
        target.unlink()
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        target.write_text(out.getvalue(), encoding="utf-8")
        return data


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


def told(executed: Path, out: Path) -> str:
    """Return a digest of all that a run says: its outputs without pictures, and its results."""
    texts: list[str] = []
    for cell in ipynb.read(executed)["cells"]:
        for output in cell.get("outputs", []):
            texts.append(str(output.get("text", "")))
            texts += [str(text) for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    texts += [path.read_text(encoding="utf-8") for path in sorted(out.rglob("results.json"))]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def run(bench: Bench, wanted: list[tuple[Path, str]], drawn: bool) -> list[tuple[str, str | None]]:
    """Run notebooks on data packages; return for each run what it told, and its error."""
    jobs, done = [], {}
    for number, (data, stem) in enumerate(wanted):
        place = bench.folder / "runs" / str(number)
        around = bench.around(data, place / "out", drawn)
        jobs.append(Job(project.notebook_path(stem), around, executed=place / "executed.ipynb"))
    for outcome in pool.run_all(jobs, pool.workers(), many=True):
        assert outcome.job.executed is not None
        place = outcome.job.executed.parent
        said = "" if outcome.error else told(outcome.job.executed, place / "out")
        done[int(place.name)] = (said, outcome.error)
        shutil.rmtree(place)
    return [done[number] for number in range(len(wanted))]


def judged(bench: Bench, data: Path) -> str:
    """Return the verdicts of the audit on a data package, as text; its error if it cannot judge."""
    project.enter(bench.around(data, bench.folder / "audit", False))
    try:
        return str(audit.as_json(audit.prepare(tables=Tables(data)).judge()))
    except ParallelRunError as error:
        return f"stopped: {error}"


def tried(bench: Bench, changes: list[Change]) -> None:
    """Try changes, and note in each what came of it: the cheapest look first, the next only if that saw nothing."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as name:
        data = {id(one): bench.changed(one, Path(name) / str(number)) for number, one in enumerate(changes)}
        for one in changes:
            if found := consistency.faults(Tables(data[id(one)]), one.table):
                one.outcome, one.by = "refused", found[0].replace(f"{data[id(one)]}/", "")[:200]
        left = [one for one in changes if one.outcome == "survived"]
        for drawn in (False, True):
            for depth in range(max((len(bench.readers[one.table]) for one in left), default=0)):
                asked = [one for one in left if len(bench.readers[one.table]) > depth]
                stems = [bench.readers[one.table][depth] for one in asked]
                runs = run(bench, [(data[id(one)], stem) for one, stem in zip(asked, stems, strict=True)], drawn)
                for one, stem, (said, error) in zip(asked, stems, runs, strict=True):
                    if error:
                        one.outcome, one.by = "stopped", f"{stem}: {error.splitlines()[0][:200]}"
                    elif said != bench.base[stem, drawn]:
                        one.outcome, one.by = "noticed", f"{stem}{' (figures)' if drawn else ''}"
                left = [one for one in left if one.outcome == "survived"]
                if not drawn and depth == 0:
                    for one in left:
                        if judged(bench, data[id(one)]) != bench.verdicts:
                            one.outcome, one.by = "noticed", "the audit"
                    left = [one for one in left if one.outcome == "survived"]
        for one in changes:
            if one.outcome in ("survived", "stopped") and (faults := list(validate.faults(data[id(one)]))):
                one.outcome, one.by = "refused", faults[0].replace(f"{data[id(one)]}/", "")[:200]


def prepared(folder: Path) -> Bench:
    """Return a bench with the collection's tables, and what they give undisturbed."""
    stable = folder / "stable"
    shutil.copytree(project.root() / "data", stable)
    shutil.copytree(project.root() / "figures", folder / "figures")
    (folder / "memo").mkdir()
    entries = catalogue.read(folder / "figures")
    paths = {table: resource["path"] for table, resource in tables.tables(stable).items()}
    readers: dict[str, list[str]] = defaultdict(list)
    for table in paths:
        stems = [s for s, entry in entries.items() if table in entry["tables"] or table == "sources"]
        readers[table] = sorted(stems, key=lambda s: (s != table.split("/")[0], s == "claims_audit", s))
        if "claims_audit" in entries and "claims_audit" not in stems:
            readers[table].append("claims_audit")
    bench = Bench(folder, stable, folder / "figures", readers, paths)
    for drawn in (False, True):
        for stem, (said, error) in zip(entries, run(bench, [(stable, s) for s in entries], drawn), strict=True):
            if error:
                sys.exit(f"{stem} fails on the collection's own tables: {error}")
            bench.base[stem, drawn] = said
    bench.verdicts = judged(bench, stable)
    return bench


def survivors(changes: Iterable[Change]) -> str:
    """Return the survivors column by column, as a table in Markdown."""
    columns: dict[tuple[str, str], list[Change]] = defaultdict(list)
    count: Counter[tuple[str, str]] = Counter()
    for one in changes:
        count[one.table, one.column] += 1
        if one.outcome == "survived":
            columns[one.table, one.column].append(one)
    lines = ["| Table | Column | Survived | of | Example |", "| --- | --- | ---: | ---: | --- |"]
    for (table, column), left in sorted(columns.items()):
        shown = f"line {left[0].line}: {left[0].old} to {left[0].new}"
        lines.append(f"| {table} | {column} | {len(left)} | {count[table, column]} | {shown} |")
    return "\n".join(lines)


def shares(changes: Iterable[Change]) -> str:
    """Return by table how many changes survived, and the upper end of the exact 95 % interval (Clopper-Pearson)."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for one in changes:
        seen[one.table][one.outcome] += 1
    lines = ["| Table | Survived | of | Share | At most (95 %) |", "| --- | ---: | ---: | ---: | ---: |"]
    for table, counts in sorted(seen.items()):
        left, tries = counts["survived"], counts.total()
        _, most = proportion_confint(left, tries, method="beta")
        lines.append(f"| {table} | {left} | {tries} | {100 * left / tries:.3g} % | {100 * most:.3g} % |")
    return "\n".join(lines)


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="Stop to begin new changes after this time.")
@click.option("--most", default=0, help="Try at most so many cells; 0 for as many as the time allows.")
@click.option("--only", default="", help="Only tables whose names begin like this.")
def main(minutes: float, most: int, only: str) -> None:
    """Change cells, and say which changes nothing notices."""
    pool.LATE = (*pool.LATE, "prove.plotted")
    with report.part("data", "Changed cells") as part, tempfile.TemporaryDirectory(dir=report.home()) as name:
        bench = prepared(Path(name))
        found = {place: column for place, column in cells(bench.stable).items() if place[0].startswith(only)}
        waiting, done = in_order(found), list[Change]()
        began = time.monotonic()
        while time.monotonic() - began < 60 * minutes and (not most or len(done) < most):
            batch = list(itertools.islice(waiting, min(BATCH, most - len(done)) if most else BATCH))
            if not batch:
                break
            tried(bench, batch)
            done += batch
            counts = Counter(one.outcome for one in done)
            print(f"  {len(done)} cells: {dict(counts)}", file=sys.stderr, flush=True)
        total = sum(map(len, found.values()))
        counts = Counter(one.outcome for one in done)
        columns = {(one.table, one.column) for one in done}
        seen = ", ".join(f"{counts[o]} {o}" for o in ("noticed", "stopped", "refused", "survived"))
        part.add(
            "a changed number or category is noticed, stops a notebook, or is refused",
            None if not done else not counts["survived"],
            len(done),
            f"{seen}; {len(columns)} of {len(found)} columns, {len(done)} of {total:,} cells",
        )
        part.text = f"{survivors(done)}\n\n{shares(done)}"
        (report.home() / "changes.csv").write_text(_listed(done), encoding="utf-8")


def _listed(changes: list[Change]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "line", "column", "old", "new", "outcome", "by"])
    for c in changes:
        writer.writerow([c.table, c.line, c.column, c.old, c.new, c.outcome, c.by])
    return out.getvalue()


if __name__ == "__main__":
    main()
