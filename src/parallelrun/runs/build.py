"""Build the collection: validate the data, run what is out of date, publish each notebook's figures whole."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parallelrun import digests, folders, ipynb, project
from parallelrun.errors import NotebookError, ParallelRunError


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
    late = {stem for stem in known if ipynb.reads_results(ipynb.read(project.notebook_path(stem)))}
    fresh: dict[str, tuple[float, str | None]] = {}
    with _locked(layout.work):
        for wave in ([s for s in wanted if s not in late], [s for s in wanted if s in late]):
            keys = {stem: _key(layout, stem) for stem in wave}
            pending = [stem for stem in wave if force or not _is_current(layout, stem, keys[stem])]
            if pending:
                fresh |= _run(layout, pending, keys)
        if fresh or set(_entries(layout)) - set(known):
            _publish_catalogue(layout, known)
    entries = _entries(layout)
    built = []
    for stem in wanted:
        seconds, error = fresh.get(stem, (None, None))
        built.append(Built(stem, seconds, len(entries.get(stem, {}).get("figures", [])), _results(layout, stem), error))
    return built


def _entries(layout: Layout) -> dict:
    from parallelrun.study import catalogue

    return catalogue.read(layout.figures)


def _results(layout: Layout, stem: str) -> int:
    path = layout.figures / stem / "results.json"
    return len(json.loads(path.read_text(encoding="utf-8"))["results"]) if path.is_file() else 0


def _run(layout: Layout, pending: list[str], keys: dict[str, str]) -> dict[str, tuple[float, str | None]]:
    from parallelrun.data import validate
    from parallelrun.engine import pool
    from parallelrun.engine.job import Job
    from parallelrun.engine.progress import Progress
    from parallelrun.study import catalogue

    pool.warm_up()
    validate.check(project.data_dir())
    results = layout.figures if any(layout.figures.glob("*/results.json")) else project.results_dir()
    staging = layout.work / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    executed = {stem: staging / "notebooks" / f"{stem}.ipynb" for stem in pending}
    jobs = [
        Job(stem, project.notebook_path(stem), executed[stem], staging / "figures", results=results) for stem in pending
    ]
    cells = {job.stem: len(ipynb.read(job.notebook)["cells"]) for job in jobs}
    ended: dict[str, tuple[float, str | None]] = {}
    with Progress(cells) as progress:
        for outcome in pool.run_all(jobs, pool.workers(), progress.cell):
            job, error = outcome.job, outcome.error
            if error is None:
                folder = job.out / job.stem
                folder.mkdir(parents=True, exist_ok=True)
                entry = catalogue.describe(job.stem, executed[job.stem], folder)
                folders.replace(folder, layout.figures / job.stem)
                folders.replace(executed[job.stem], layout.executed(job.stem))
                stamp = {"key": keys[job.stem], "files": _digests(layout, job.stem), "entry": entry}
                _write_stamp(layout, job.stem, stamp)
            ended[job.stem] = (outcome.seconds, error)
            progress.done(job, outcome.seconds, error)
    shutil.rmtree(staging, ignore_errors=True)
    return ended


def _publish_catalogue(layout: Layout, known: list[str]) -> None:
    """Write manifest and index from the stamps, or the old entries; drop notebooks that are gone."""
    from parallelrun.study import catalogue

    entries = {stem: entry for stem, entry in catalogue.read(layout.figures).items() if stem in known}
    for stem in known:
        if stamp := _read_stamp(layout, stem):
            entries[stem] = stamp["entry"]
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


def _key(layout: Layout, stem: str) -> str:
    """Return a digest of all that a notebook's output follows from: code, package, data, lock, others' results."""
    return digests.of_json(digests.digests(project.notebook_path(stem), project.data_dir(), layout.figures, stem))


def _digests(layout: Layout, stem: str) -> dict[str, str]:
    from parallelrun.study.catalogue import sha256

    return {p.name: sha256(p) for p in sorted((layout.figures / stem).glob("*")) if p.is_file()}


def _stamp(layout: Layout, stem: str) -> Path:
    return layout.work / "stamps" / f"{stem}.json"


def _write_stamp(layout: Layout, stem: str, stamp: dict) -> None:
    path = _stamp(layout, stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stamp), encoding="utf-8")


def _read_stamp(layout: Layout, stem: str) -> dict | None:
    try:
        return json.loads(_stamp(layout, stem).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _is_current(layout: Layout, stem: str, key: str) -> bool:
    """Whether the last run had the same inputs and its files are still there, unchanged."""
    stamp = _read_stamp(layout, stem)
    return (
        stamp is not None
        and stamp["key"] == key
        and layout.executed(stem).is_file()
        and stem in _entries(layout)
        and stamp["files"] == _digests(layout, stem)
    )


def report(built: list[Built], layout: Layout) -> str:
    """Return the table that ends a build: notebook, seconds, figures, results, and where they are."""
    rows = [("notebook", "seconds", "figures", "results", "where")]
    for one in built:
        seconds = "failed" if one.error else "-" if one.seconds is None else f"{one.seconds:.1f}"
        where = f"{os.path.relpath(layout.figures / one.stem)}/"
        rows.append((one.stem, seconds, str(one.figures), str(one.results), where))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(w) if i in (0, 4) else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def raise_failures(built: list[Built]) -> None:
    """Raise one error that names every notebook that failed.

    Raises
    ------
    ParallelRunError
        If any did.
    """
    if failed := [one for one in built if one.error]:
        raise ParallelRunError("\n".join(str(one.error) for one in failed))
