"""Change the curated tables cell by cell, and see whether anything that is computed from them notices.

Each numeric and each categorical cell is changed in a copy of the tables. If the change breaks what the tables owe each
other (`prove.consistency`) or their schema it is refused, as a build would. Else the notebooks that read its table run
again, with their figures' plotted data and words, and the audit judges anew. A change is noticed (a result, a sentence,
a table, plotted data or a verdict differs), stops a notebook, or survives. ``prove/survivors.csv`` says of each column
why a change of it may survive; a survivor of any other column breaks the promise. Cells are tried in a fixed order: one
of each column, then a second of each, until the time is up.

Run it with ``make prove-data``, or ``python -m prove.data --minutes 30``.
"""

from __future__ import annotations

import csv
import io
import itertools
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import click
from statsmodels.stats.proportion import proportion_confint
from tests.collection import some_tables

from parallelrun import ipynb, project
from parallelrun.audit import audit
from parallelrun.data import rows, tables, validate
from parallelrun.data.rows import Tables
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import ParallelRunError
from parallelrun.project import Surroundings
from prove import consistency, report
from prove.cells import Change, cells, in_order, read

BATCH = 32
"""Changes that are tried together."""

SURVIVORS = Path(__file__).parent / "survivors.csv"
"""Why a changed cell of a column may survive: table, column, why."""


@dataclass
class Bench:
    """Where changes are tried: a stable copy of the tables, a folder of runs, and what undisturbed runs give."""

    folder: Path
    stable: Path
    results: Path
    stems: list[str]
    base: dict[str, str] = field(default_factory=dict)
    reads: dict[str, frozenset[str] | None] = field(default_factory=dict)
    verdicts: str = ""

    def around(self, data: Path, place: Path) -> Surroundings:
        """Return what surrounds a run on changed tables."""
        return Surroundings(data=data, results=self.results, out=place, formats=("svg",), memo=self.folder / "memo")

    def readers(self, table: str) -> list[str]:
        """Return the notebooks that read a table when undisturbed: that of its theme first, the audit last."""
        found = [stem for stem in self.stems if (seen := self.reads[stem]) is None or f"{table}.csv" in seen]
        return sorted(found, key=lambda stem: (stem != table.split("/")[0], stem == "claims_audit", stem))

    def changed(self, change: Change, place: Path) -> Path:
        """Return a data package with one cell changed; the other files are links."""
        data = place / "data"
        for path in self.stable.rglob("*"):
            if path.is_file():
                target = data / path.relative_to(self.stable)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, target)
        written(change, self.stable, data)
        return data


def written(change: Change, stable: Path, data: Path) -> None:
    """Write the table with the changed cell into another folder, in place of what is there."""
    target = data / f"{change.table}.csv"
    lines = read(stable / f"{change.table}.csv")
    lines[change.line - 1][lines[0].index(change.column)] = change.new
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.write_text(out.getvalue(), encoding="utf-8")


def refusal(stable: Path, change: Change) -> str:
    """Return the first rule of the tables or of their schema that a change breaks; empty if none."""
    ours = Tables(stable)
    next(row for row in ours.rows(change.table) if row.line == change.line).cells[change.column] = change.new
    found = consistency.faults(ours, change.table) or schema_faults(stable, change)
    return found[0] if found else ""


def schema_faults(stable: Path, change: Change) -> list[str]:
    """Return what the schema says of a changed table, of those that it refers to, and of those that refer to it."""
    described = tables.tables(stable)
    named = {resource["name"]: table for table, resource in described.items()}
    links = {
        (table, named[key["reference"]["resource"]])
        for table, resource in described.items()
        for key in resource["schema"].get("foreignKeys", [])
    }
    near = {change.table, *(other for pair in links if change.table in pair for other in pair)}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        some_tables(stable, data, *near)
        written(change, stable, data)
        return [fault.replace(f"{data}/", "") for fault in validate.faults(data)]


def told(executed: Path, out: Path) -> str:
    """Return a digest of all that a run says: its outputs without pictures, and its results."""
    texts: list[str] = []
    for cell in ipynb.read(executed)["cells"]:
        for output in cell.get("outputs", []):
            texts.append(str(output.get("text", "")))
            texts += [str(text) for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    texts += [path.read_text(encoding="utf-8") for path in sorted(out.rglob("results.json"))]
    return sha256("\0".join(texts).encode()).hexdigest()


@dataclass(frozen=True)
class Said:
    """What came of a run: a digest of all that it says or its error, and what it read."""

    digest: str
    error: str | None
    reads: frozenset[str] | None


def run(bench: Bench, wanted: list[tuple[Path, str]]) -> list[Said]:
    """Run notebooks on data packages; return what came of each, in their order."""
    jobs, done = [], {}
    for number, (data, stem) in enumerate(wanted):
        place = bench.folder / "runs" / str(number)
        jobs.append(
            Job(project.notebook_path(stem), bench.around(data, place / "out"), executed=place / "executed.ipynb")
        )
    for outcome in pool.run_all(jobs, pool.workers(), many=True):
        assert outcome.job.executed is not None
        place = outcome.job.executed.parent
        digest = "" if outcome.error else told(outcome.job.executed, place / "out")
        done[int(place.name)] = Said(digest, outcome.error, outcome.reads)
        shutil.rmtree(place, ignore_errors=True)
    return [done[number] for number in range(len(wanted))]


def judged(bench: Bench, data: Path) -> str:
    """Return the verdicts of the audit on a data package, as text; its error if it cannot judge."""
    project.enter(bench.around(data, bench.folder / "audit"))
    try:
        return str(audit.as_json(audit.prepare(tables=Tables(data)).judge()))
    except ParallelRunError as error:
        return f"stopped: {error}"


def tried(bench: Bench, changes: list[Change]) -> None:
    """Try changes, and note in each what came of it: the cheapest look first, the next only if that saw nothing."""
    with (
        multiprocessing.get_context("fork").Pool(pool.workers(), maxtasksperchild=1) as processes,
        tempfile.TemporaryDirectory(dir=bench.folder) as name,
    ):
        for one, fault in zip(changes, processes.map(partial(refusal, bench.stable), changes, 4), strict=True):
            if fault:
                one.outcome, one.by = "refused", fault.replace(f"{bench.stable}/", "")[:200]
        left = [one for one in changes if one.outcome == "survived"]
        data = {id(one): bench.changed(one, Path(name) / str(number)) for number, one in enumerate(left)}
        for depth in range(len(bench.stems)):
            asked = [(one, found[depth]) for one in left if len(found := bench.readers(one.table)) > depth]
            runs = run(bench, [(data[id(one)], stem) for one, stem in asked])
            for (one, stem), said in zip(asked, runs, strict=True):
                if said.error:
                    one.outcome, one.by = "stopped", f"{stem}: {said.error.splitlines()[0][:200]}"
                elif said.digest != bench.base[stem]:
                    one.outcome, one.by = "noticed", stem
            left = [one for one in left if one.outcome == "survived"]
            if depth == 0:
                verdicts = processes.map(partial(judged, bench), [data[id(one)] for one in left], 1)
                for one, said_by_audit in zip(left, verdicts, strict=True):
                    if said_by_audit != bench.verdicts:
                        one.outcome, one.by = "noticed", "the audit"
                left = [one for one in left if one.outcome == "survived"]


def prepared(folder: Path, stems: Iterable[str]) -> Bench:
    """Return a bench with the collection's tables, and what notebooks give on them undisturbed."""
    pool.LATE = (*pool.LATE, "prove.plotted")
    stable = folder / "stable"
    shutil.copytree(project.root() / "data", stable)
    shutil.copytree(project.root() / "figures", folder / "figures")
    (folder / "memo").mkdir()
    bench = Bench(folder, stable, folder / "figures", list(stems))
    for stem, said in zip(bench.stems, run(bench, [(stable, stem) for stem in bench.stems]), strict=True):
        if said.error:
            sys.exit(f"{stem} fails on the collection's own tables: {said.error}")
        bench.base[stem], bench.reads[stem] = said.digest, said.reads
    bench.verdicts = judged(bench, stable)
    return bench


def explained() -> dict[tuple[str, str], str]:
    """Return why a change may survive, by table and column."""
    return {(row["table"], row["column"]): row["why"] for row in rows.read(SURVIVORS, ("table", "column", "why"))}


def survivors(changes: Iterable[Change], why: dict[tuple[str, str], str]) -> str:
    """Return the survivors column by column, with the reason of each, as a table in Markdown."""
    columns: dict[tuple[str, str], list[Change]] = defaultdict(list)
    count: Counter[tuple[str, str]] = Counter()
    for one in changes:
        count[one.table, one.column] += 1
        if one.outcome == "survived":
            columns[one.table, one.column].append(one)
    lines = ["| Table | Column | Survived | of | Example | Why |", "| --- | --- | ---: | ---: | --- | --- |"]
    for (table, column), left in sorted(columns.items()):
        shown = f"line {left[0].line}: {left[0].old} to {left[0].new}"
        reason = why.get((table, column), "**not explained**")
        lines.append(f"| {table} | {column} | {len(left)} | {count[table, column]} | {shown} | {reason} |")
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


def found(part: report.Part, changes: list[Change], columns: int, every: int) -> None:
    """Note in a part of the report what came of the changes, of so many columns and cells that there are."""
    why = explained()
    counts = Counter(one.outcome for one in changes)
    blind = [one for one in changes if one.outcome == "survived" and (one.table, one.column) not in why]
    seen = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("noticed", "stopped", "refused", "survived"))
    part.add(
        "a changed number or category is noticed, stops a notebook, is refused, or its column says why it need not be",
        None if not changes else not blind,
        len(changes),
        f"{seen}, {len(blind)} of them not explained; {len({(one.table, one.column) for one in changes})} of {columns} "
        f"columns, {len(changes):,} of {every:,} cells",
    )
    part.text = f"{survivors(changes, why)}\n\n{shares(changes)}"


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="Stop to begin new changes after this time.")
@click.option("--most", default=0, help="Try at most so many cells; 0 for as many as the time allows.")
@click.option("--only", default="", help="Only tables whose names begin like this.")
def main(minutes: float, most: int, only: str) -> None:
    """Change cells, and say which changes nothing notices."""
    with report.part("data", "Changed cells") as part, tempfile.TemporaryDirectory(dir=report.home()) as name:
        bench = prepared(Path(name), project.stems())
        wanted = {place: column for place, column in cells(bench.stable).items() if place[0].startswith(only)}
        waiting, done = in_order(wanted), list[Change]()
        began = time.monotonic()
        while time.monotonic() - began < 60 * minutes and (not most or len(done) < most):
            batch = list(itertools.islice(waiting, min(BATCH, most - len(done)) if most else BATCH))
            if not batch:
                break
            tried(bench, batch)
            done += batch
            (report.home() / "changes.csv").write_text(_listed(done), encoding="utf-8")
            counts = Counter(one.outcome for one in done)
            print(f"  {len(done)} cells: {dict(counts)}", file=sys.stderr, flush=True)
        found(part, done, len(wanted), sum(map(len, wanted.values())))


def _listed(changes: list[Change]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "line", "column", "old", "new", "outcome", "by"])
    for c in changes:
        writer.writerow([c.table, c.line, c.column, c.old, c.new, c.outcome, c.by])
    return out.getvalue()


if __name__ == "__main__":
    main()
