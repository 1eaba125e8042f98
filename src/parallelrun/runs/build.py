"""Build the collection: validate the data, run what is out of date, publish each notebook's figures whole.

A notebook is up to date if its cells, the package, the lock, the results that it reads and every file of the data that
its last run read are what they were: with these the same, it would read the same files again and give the same.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parallelrun import digests, folders, ipynb, project
from parallelrun.data import tables
from parallelrun.errors import NotebookError
from parallelrun.project import Surroundings
from parallelrun.study import catalogue, results

if TYPE_CHECKING:
    from parallelrun.engine.job import Job
    from parallelrun.engine.pool import Outcome


@dataclass(frozen=True)
class Built:
    """A notebook's share of a build; ``seconds`` is None if it was up to date, ``error`` says how it failed."""

    stem: str
    seconds: float | None
    figures: int
    results: int
    error: str | None = None


@dataclass(frozen=True)
class Layout:
    """Where a build writes: the figures, and its working folder with executed notebooks, staging and stamps."""

    figures: Path
    work: Path

    @classmethod
    def default(cls) -> Layout:
        """Return the collection's own ``figures/`` and ``build/``."""
        return cls(project.root() / "figures", project.root() / "build")

    def executed(self, stem: str) -> Path:
        """Return where a notebook's executed form goes."""
        return self.work / "notebooks" / f"{stem}.ipynb"


def build(layout: Layout, only: list[str] | None = None, force: bool = False) -> list[Built]:
    """Run every notebook that is out of date, and publish what succeeds.

    A notebook that reads the others' results runs after them; beside them if these results are there and nothing is
    known to have changed them, and then once more if they did change.

    Parameters
    ----------
    layout : Layout
        Where to write.
    only : list of str, optional
        Stems to build; all of them by default.
    force : bool
        Run also what is up to date.

    Returns
    -------
    list of Built
        One for each stem asked for. A notebook that failed keeps its old figures.

    Raises
    ------
    ParallelRunError
        If the data are not valid or a stem has no notebook.
    """
    known = project.stems()
    wanted = only or known
    if missing := [stem for stem in wanted if stem not in known]:
        raise NotebookError(f"no notebook {', '.join(missing)}: there are {', '.join(known)}")
    from parallelrun.data import validate
    from parallelrun.engine import pool

    late = {stem for stem in known if ipynb.reads_results(ipynb.read(project.notebook_path(stem)))}
    fresh: dict[str, Outcome] = {}
    with _locked(layout.work):
        pending = [stem for stem in wanted if force or not _is_current(layout, stem)]
        first = [stem for stem in pending if stem not in late]
        beside = [stem for stem in pending if stem in late] if _foreseen(layout, first) else []
        if pending:
            pool.warm_up({*pending, *(stem for stem in wanted if stem in late)})
        with validate.once(project.data_dir()):
            fresh |= _run(layout, first, beside) if first else {}
            rest = [s for s in wanted if s in late - fresh.keys() and (force or not _is_current(layout, s))]
            fresh |= _run(layout, rest) if rest else {}
        _publish_catalogue(layout, known)
    entries = catalogue.read(layout.figures)
    built = []
    for stem in wanted:
        figures = entries.get(stem, {}).get("figures", [])
        recorded = results.of_run(layout.figures / stem)["results"]
        ended = fresh.get(stem)
        seconds, error = (ended.seconds, ended.error) if ended else (None, None)
        built.append(Built(stem, seconds, len(figures), len(recorded), error))
    return built


def _foreseen(layout: Layout, pending: list[str]) -> bool:
    """Whether what these notebooks will record is there, and no last run of theirs had other inputs."""
    return not any(_read_stamp(layout, stem) for stem in pending) and set(pending) <= _results(layout).keys()


def _results(layout: Layout) -> dict[str, Path]:
    """Return the files with the results that are there before a build, by stem."""
    return {path.parent.name: path for path in _around(layout).results.glob(f"*/{results.FILE}")}


def _run(layout: Layout, pending: list[str], beside: Collection[str] = ()) -> dict[str, Outcome]:
    """Run notebooks and publish what succeeds; what ran beside them only if it read the results that there are now.

    Returns
    -------
    dict
        Outcomes by stem, without those of notebooks that must run again.
    """
    from parallelrun.engine import progress
    from parallelrun.engine.job import Job

    ended: dict[str, Outcome] = {}
    with folders.staging(layout.work) as stage:
        for stem, path in _results(layout).items():  # as they are now, whatever is published meanwhile
            folders.write(stage / "results" / stem / results.FILE, path.read_bytes())
        around = replace(_around(layout), results=stage / "results", out=stage / "figures")
        before = {stem: _key(layout, stem, read_from=around.results) for stem in (*pending, *beside)}
        jobs = [Job(project.notebook_path(s), around, executed=stage / "notebooks" / f"{s}.ipynb") for s in before]
        for outcome in progress.run_shown(_in_order(jobs), beside):
            stem = outcome.job.stem
            if outcome.error is None and stem not in beside:
                outcome = replace(outcome, error=_publish(layout, stem, before[stem], outcome.reads, stage))
            ended[stem] = outcome
        for stem in beside:
            outcome = ended.pop(stem)
            if outcome.error is None and _key(layout, stem) == before[stem]:
                ended[stem] = replace(outcome, error=_publish(layout, stem, before[stem], outcome.reads, stage))
                print(f"  {stem}: done, the others recorded what it read", file=sys.stderr)
            else:
                print(f"  {stem}: runs again, on what the others recorded now", file=sys.stderr)
    return ended


def _in_order(jobs: list[Job]) -> list[Job]:
    """Return jobs with few figures first, then by figures: in the end, free processors can help with figures alone."""
    figures = {job.stem: ipynb.figures_shown(ipynb.read(job.notebook)) for job in jobs}
    return sorted(jobs, key=lambda job: (2 * figures[job.stem] >= max(figures.values()), -figures[job.stem]))


def _publish(layout: Layout, stem: str, before: str, reads: frozenset[str] | None, stage: Path) -> str | None:
    """Put what a run wrote in its place; if what it read was changed meanwhile, leave the old and return the error."""
    executed, folder = stage / "notebooks" / f"{stem}.ipynb", stage / "figures" / stem
    folder.mkdir(parents=True, exist_ok=True)
    entry = catalogue.describe(stem, executed, folder)
    if _key(layout, stem) != before or any(tables.digest(t) != then for t, then in entry["tables"].items()):
        return f"{stem}: a file that it reads was changed while it ran; its figures are the old ones, build again"
    folders.replace(folder, layout.figures / stem)
    folders.replace(executed, layout.executed(stem))
    named = None if reads is None else sorted(reads)
    stamp = {"key": _key(layout, stem, named), "reads": named, "files": _digests(layout, stem), "entry": entry}
    folders.write(_stamp(layout, stem), json.dumps(stamp))
    return None


def _around(layout: Layout) -> Surroundings:
    """Return what a build's runs read: the data in use, and the results next to which they go, if there are any."""
    here = project.surroundings()
    return replace(here, results=layout.figures) if any(layout.figures.glob("*/results.json")) else here


def _publish_catalogue(layout: Layout, known: list[str]) -> None:
    """Write manifest and index from the stamps, or the old entries, unless they do already; drop what is gone."""
    there = catalogue.read(layout.figures)
    entries = {stem: entry for stem, entry in there.items() if stem in known}
    for stem in known:
        stamp = _read_stamp(layout, stem)
        if stamp and stamp["entry"] != entries.get(stem) and stamp["files"] == _digests(layout, stem):
            entries[stem] = stamp["entry"]
    if entries == there and (layout.figures / "index.md").is_file():
        return
    for folder in layout.figures.iterdir() if layout.figures.is_dir() else []:
        if folder.is_dir() and folder.name not in entries:
            shutil.rmtree(folder)
    catalogue.write(layout.figures, entries)


@contextmanager
def _locked(work: Path) -> Iterator[None]:
    """Hold the working folder: a second build waits for the first."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another build is running here; waiting for it", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _key(layout: Layout, stem: str, reads: list[str] | None = None, read_from: Path | None = None) -> str:
    """Return a digest of all that a notebook's output follows from; of the data all, or what a run read of them."""
    around = replace(project.surroundings(), results=read_from or _around(layout).results)
    return digests.of_json(digests.digests(project.notebook_path(stem), around, reads))


def _digests(layout: Layout, stem: str) -> dict[str, str]:
    return {p.name: digests.of_path(p) for p in sorted((layout.figures / stem).glob("*")) if p.is_file()}


def _stamp(layout: Layout, stem: str) -> Path:
    return layout.work / "stamps" / f"{stem}.json"


def _read_stamp(layout: Layout, stem: str) -> dict | None:
    try:
        return json.loads(_stamp(layout, stem).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _is_current(layout: Layout, stem: str) -> bool:
    """Whether the last run had the same inputs and its files are still there, unchanged."""
    stamp = _read_stamp(layout, stem)
    return (
        stamp is not None
        and stamp["key"] == _key(layout, stem, stamp.get("reads"))
        and layout.executed(stem).is_file()
        and stem in catalogue.read(layout.figures)
        and stamp["files"] == _digests(layout, stem)
    )


def report(built: list[Built], layout: Layout) -> str:
    """Return the table that ends a build: notebook, seconds, figures, results, and where they are."""
    wide = max(8, *(len(one.stem) for one in built))
    lines = [f"{'notebook':{wide}}  seconds  figures  results  where"]
    for one in built:
        seconds = "failed" if one.error else "-" if one.seconds is None else f"{one.seconds:.1f}"
        where = f"{os.path.relpath(layout.figures / one.stem)}/"
        lines.append(f"{one.stem:{wide}}  {seconds:>7}  {one.figures:7}  {one.results:7}  {where}")
    return "\n".join(lines)
