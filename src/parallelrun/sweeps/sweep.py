"""Sweeps: a notebook run with many parameter sets, in a folder that can be completed after any interruption.

Each run writes one record, ``records/<number>.json``, when it ends; what has a record is not run again. When all have
one, ``table.csv`` and ``table.parquet`` (one row a run and result), ``failures.csv`` and a picture are written from the
records, and ``sweep.json`` last. They depend on the records alone, so an interrupted sweep ends as an undisturbed one.
"""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, ipynb, project
from parallelrun.engine import pool, progress
from parallelrun.engine.job import Job
from parallelrun.errors import FigureError, InputError
from parallelrun.project import Surroundings
from parallelrun.runs import single
from parallelrun.study import results
from parallelrun.sweeps import record
from parallelrun.sweeps.designs import Design
from parallelrun.sweeps.store import Store

MARK = "sweep.json"
BEGUN = "begun.json"
OWN = {
    *(MARK, BEGUN, record.FOLDER, "runs", "table.csv", "table.parquet", "failures.csv"),
    *(f"picture.{kind}" for kind in (*project.FORMATS, "csv")),
}
"""What a sweep leaves in its folder."""

RunAll = Callable[[Iterable[Job]], Iterable[pool.Outcome]]
"""What runs jobs: here (`pool.run_all`) or on the workers of a scheduler (`cluster.run_all`)."""


@dataclass(frozen=True)
class Sweep:
    """What is swept, and what is kept of each run.

    Attributes
    ----------
    notebook : Path
        The notebook.
    around : Surroundings
        What the runs read, and the figure formats to keep of each; none for results only.
    design : Design
        The parameter sets.
    keep : bool
        Whether the executed notebooks are kept.
    """

    notebook: Path
    around: Surroundings
    design: Design
    keep: bool = False

    @property
    def stem(self) -> str:
        """The notebook's stem, as the name of a folder."""
        return ipynb.stem_of(self.notebook)

    def digests(self) -> dict[str, str]:
        """Return the digests of all inputs but the parameters."""
        return digests.digests(self.notebook, self.around)

    def key(self) -> str:
        """Return the sweep's hash."""
        content = [self.digests(), self.stem, self.design.points, self.around.formats, self.keep]
        return digests.of_json(content)[: single.HASH_LENGTH]

    def job(self, number: int, stage: Path) -> Job:
        """Return the job of one run, that works in a folder of its own and shares what runs for results compute."""
        place = stage / record.name(number)
        around = replace(self.around, out=place / "out", memo=None if self.around.formats else stage / "memo")
        executed = place / "notebook.ipynb" if self.keep else None
        return Job(self.notebook, around, self.design.points[number], executed)


def folder_of(sweep: Sweep, grid: Path) -> Path:
    """Return the folder that a sweep has if none is named."""
    parent = folders.inside(single.home() / sweep.stem, single.home())
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in grid.stem)[:40].strip("-") or "grid"
    return folders.inside(parent / f"sweep-{plain}-{sweep.key()}", single.home())


def perform(
    sweep: Sweep,
    store: Store,
    run_all: RunAll,
    *,
    resume: bool = False,
    force: bool = False,
    shown: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Run what has no record yet, then write table, failures and picture.

    Parameters
    ----------
    sweep : Sweep
        What to run.
    store : Store
        Where to write.
    run_all : callable
        What runs the jobs.
    resume : bool
        Complete what was begun.
    force : bool
        Begin anew.
    shown : tuple of str
        Results that the picture shows; by default the first that vary.

    Returns
    -------
    dict
        What stands in ``sweep.json``, with ``fresh`` (runs made now).

    Raises
    ------
    InputError
        If the place has other content, or a sweep that was begun, and neither ``resume`` nor ``force`` is given, or if
        a result to show is none of the notebook's. Nothing was written then.
    """
    key, count = sweep.key(), len(sweep.design.points)
    recorded = [one["name"] for one in results.of_run(sweep.around.results / sweep.stem)["results"]]
    record.check_shown(shown, recorded or shown)
    with _alone(store):
        done = _begun(store, key, count, resume, force)
        if done is not None and not (resume and done["failures"]):
            return done | {"fresh": 0}
        left = [n for n in range(count) if (record.read(store, n) or {"error": "none"})["error"] is not None]
        if left:
            store.write(BEGUN, json.dumps({"hash": key}).encode())
            with folders.staging(store.local or single.home()) as stage:
                (stage / "memo").mkdir()
                jobs = (sweep.job(number, stage) for number in left)
                for outcome in progress.counted(run_all(jobs), len(left)):
                    record.keep(outcome, store)
        return _finish(sweep, store, key, shown) | {"fresh": len(left)}


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold a local folder: a second sweep into it is refused."""
    folder = store.local
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(f"{folder}: another sweep is running into it; wait for it, or name another --out") from None
    finally:
        os.close(handle)
        if not any(folder.iterdir()):
            folder.rmdir()


def _begun(store: Store, key: str, count: int, resume: bool, force: bool) -> dict[str, Any] | None:
    """Return the record of a sweep that is complete, None if there is something to run."""
    there = store.names()
    if not there:
        return None
    where = store.shown()
    mark = store.read(MARK) or store.read(BEGUN)
    try:
        old = json.loads(mark or b"")
        other = old["hash"] != key
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{where}: has other content; name a folder that is new or empty with --out") from None
    if force:
        if others := [one for one in there if one not in OWN]:
            raise InputError(f"{where}: has {others[0]!r}, which no sweep wrote; move it, or name another --out")
        store.remove()
        return None
    if other:
        raise InputError(f"{where}: has another sweep, {old['hash']}; name another --out, or replace it with --force")
    if store.read(MARK):
        return old
    if not resume:
        raise InputError(
            f"{where}: was begun, {len(store.names(record.FOLDER))} of {count} runs are done; "
            "complete it with --resume, or begin anew with --force"
        )
    return None


def _finish(sweep: Sweep, store: Store, key: str, shown: tuple[str, ...]) -> dict[str, Any]:
    """Write table, failures, picture and the mark of completion from the records."""
    from parallelrun.sweeps import table

    records = [record.read(store, number) or {} for number in range(len(sweep.design.points))]
    frame = table.frame(sweep.design, records)
    store.write("table.csv", table.as_csv(frame))
    store.write("table.parquet", table.as_parquet(frame))
    failures = [one for one in records if one["error"] is not None]
    if failures:
        store.write("failures.csv", _failures(sweep.design, failures))
    else:
        store.remove("failures.csv")
    try:
        for file, content in table.picture(sweep.stem, sweep.design, frame, shown).items():
            store.write(file, content)
    except FigureError as error:
        print(f"  no picture: {error}", file=sys.stderr)
    mark = {
        "notebook": sweep.stem,
        "hash": key,
        "runs": len(records),
        "failures": len(failures),
        "swept": list(sweep.design.swept),
        "fixed": {k: v for k, v in sweep.design.points[0].items() if k not in sweep.design.swept},
        "formats": list(sweep.around.formats),
        "inputs": sweep.digests(),
        "code": {"version": project.package_version()},
    }
    store.write(MARK, (json.dumps(mark, indent=1, ensure_ascii=False) + "\n").encode())
    store.remove(BEGUN)
    if not failures:
        store.remove(record.FOLDER)
    return mark


def _failures(design: Design, failures: list[dict[str, Any]]) -> bytes:
    from parallelrun.sweeps import table

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", *design.swept, "error"])
    for one in failures:
        point = design.points[one["run"]]
        cells = (*(point[name] for name in design.swept), one["error"])
        writer.writerow([one["run"], *map(table.harmless, cells)])
    return out.getvalue().encode()
