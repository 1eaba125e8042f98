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
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, project
from parallelrun.engine.job import Job
from parallelrun.errors import FigureError, InputError
from parallelrun.runs import single
from parallelrun.sweeps.designs import Design
from parallelrun.sweeps.store import Store

MARK = "sweep.json"
OWN = {
    *(MARK, "begun.json", "records", "runs", "table.csv", "table.parquet", "failures.csv"),
    *(f"picture.{kind}" for kind in (*project.FORMATS, "csv")),
}
"""What a sweep leaves in its folder."""


@dataclass(frozen=True)
class Sweep:
    """What is swept, and what is kept of each run.

    Attributes
    ----------
    stem : str
        The notebook's stem.
    notebook, data, results : Path
        The notebook, the data package, and the folder with the other notebooks' results.
    design : Design
        The parameter sets.
    formats : tuple of str
        Figure formats to keep of each run; none for results only.
    keep : bool
        Whether the executed notebooks are kept.
    """

    stem: str
    notebook: Path
    data: Path
    results: Path
    design: Design
    formats: tuple[str, ...]
    keep: bool

    def digests(self) -> dict[str, str]:
        """Return the digests of all inputs but the parameters."""
        return digests.digests(self.notebook, self.data, self.results, self.stem)

    def key(self) -> str:
        """Return the sweep's hash."""
        content = [self.digests(), self.stem, self.design.points, self.formats, self.keep]
        return digests.of_json(content)[: single.HASH_LENGTH]

    def job(self, number: int, stage: Path) -> Job:
        """Return the job of one run, that works in a folder of its own."""
        place = stage / name(number)
        executed = place / "notebook.ipynb" if self.keep else None
        point = self.design.points[number]
        return Job(
            self.stem,
            self.notebook,
            executed,
            place / "out",
            self.results,
            point,
            self.formats,
            self.data,
            stage / "memo",
        )


def name(number: int) -> str:
    """Return the name of a run's folder and record."""
    return f"{number:06d}"


def folder_of(sweep: Sweep, grid: Path) -> Path:
    """Return the folder that a sweep has if none is named."""
    parent = folders.inside(single.home() / sweep.stem, single.home())
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in grid.stem)[:40].strip("-") or "grid"
    return folders.inside(parent / f"sweep-{plain}-{sweep.key()}", single.home())


def perform(
    sweep: Sweep,
    store: Store,
    *,
    workers: int,
    scheduler: str | None = None,
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
    workers : int
        How many runs at once on this machine.
    scheduler : str, optional
        Address of a dask scheduler, whose workers run it instead.
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
        If the place has other content, or a sweep that was begun, and neither ``resume`` nor ``force`` is given, if a
        result to show is none of the notebook's, or if no scheduler answers. Nothing was written then.
    """
    key = sweep.key()
    _check_shown(sweep, shown)
    with _alone(store):
        done = _begun(store, key, len(sweep.design.points), resume, force)
        if done is not None and not (resume and done["failures"]):
            return done | {"fresh": 0}
        left = [n for n in range(len(sweep.design.points)) if _record(store, n) is None]
        if left:
            if scheduler:
                from parallelrun.sweeps import cluster

                ended = cluster.run(sweep, left, store, cluster.connect(scheduler))
            else:
                ended = _run_here(sweep, left, store, workers)
            store.write("begun.json", json.dumps({"hash": key}).encode())
            _follow(ended, len(left))
        return _finish(sweep, store, key, shown) | {"fresh": len(left)}


def _check_shown(sweep: Sweep, shown: tuple[str, ...]) -> None:
    """Refuse results that the notebook does not record, as far as its last build tells."""
    last = sweep.results / sweep.stem / "results.json"
    if not shown or not last.is_file():
        return
    recorded = [one["name"] for one in json.loads(last.read_text(encoding="utf-8"))["results"]]
    if unknown := [one for one in shown if one not in recorded]:
        raise InputError(f"--result {unknown[0]!r}: no such result; there are {', '.join(recorded)}")


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold a local folder: a second sweep into it is refused."""
    if store.local is None:
        yield
        return
    store.local.mkdir(parents=True, exist_ok=True)
    handle = os.open(store.local, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(f"{store.url}: another sweep is running into it; wait for it, or name another --out") from None
    finally:
        os.close(handle)
        if not any(store.local.iterdir()):
            store.local.rmdir()


def _begun(store: Store, key: str, count: int, resume: bool, force: bool) -> dict[str, Any] | None:
    """Return the record of a sweep that is complete, None if there is something to run."""
    there = store.names()
    if not there:
        return None
    mark = store.read(MARK) or store.read("begun.json")
    try:
        old = json.loads(mark or b"")
        other = old["hash"] != key
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{store.url}: has other content; name a folder that is new or empty with --out") from None
    if force:
        if others := [one for one in there if one not in OWN]:
            raise InputError(f"{store.url}: has {others[0]!r}, which no sweep wrote; move it, or name another --out")
        store.remove()
        return None
    if other:
        raise InputError(
            f"{store.url}: has another sweep, {old['hash']}; name another --out, or replace it with --force"
        )
    if store.read(MARK):
        return old
    if not resume:
        raise InputError(
            f"{store.url}: was begun, {len(store.names('records'))} of {count} runs are done; "
            "complete it with --resume, or begin anew with --force"
        )
    return None


def _record(store: Store, number: int) -> dict[str, Any] | None:
    """Return a run's record if it went well; a torn or failed one counts as none."""
    content = store.read(f"records/{name(number)}.json")
    try:
        record = json.loads(content or b"")
    except ValueError:
        return None
    return record if record["error"] is None else None


def _run_here(sweep: Sweep, left: list[int], store: Store, workers: int) -> Iterator[str | None]:
    """Run in processes forked on this machine; yield each run's error, or None."""
    from parallelrun.engine import pool

    pool.warm_up(many=True)
    with folders.staging(single.home()) as stage:
        (stage / "memo").mkdir()
        for outcome in pool.run_all((sweep.job(number, stage) for number in left), workers):
            yield keep(outcome.job, outcome.error, store)


def keep(job: Job, error: str | None, store: Store) -> str | None:
    """Write a run's record and what is kept of it, remove its folder, and return its error, or None."""
    place = job.out.parent
    number = int(place.name)
    written = [path for path in job.out.glob("*/*") if path.name != "results.json"]
    found = next(iter(job.out.glob("*/results.json")), None)
    results = json.loads(found.read_text(encoding="utf-8"))["results"] if found and error is None else []
    kept = [*written, *([job.executed] if job.executed and job.executed.is_file() else [])]
    for path in kept:
        store.write(f"runs/{name(number)}/{path.name}", path.read_bytes())
    record = {"run": number, "error": error, "results": results}
    store.write(f"records/{name(number)}.json", json.dumps(record, ensure_ascii=False).encode())
    shutil.rmtree(place, ignore_errors=True)
    return error


def _follow(ended: Iterable[str | None], count: int) -> None:
    """Show how far the sweep is, its rate, and the time left."""
    from tqdm import tqdm

    start, said, failed = time.monotonic(), time.monotonic(), 0
    live = sys.stderr.isatty()
    bar = tqdm(total=count, unit="run", disable=not live, dynamic_ncols=True)
    with bar:
        for number, error in enumerate(ended, start=1):
            bar.update()
            if error:
                failed += 1
                bar.write(f"  FAILED: {error}", file=sys.stderr) if live else print(
                    f"  FAILED: {error}", file=sys.stderr
                )
            now = time.monotonic()
            if not live and (now - said > 5 or number == count):
                said = now
                rate = number / (now - start)
                rest = f"{(count - number) / rate:.0f} s left" if number < count else f"{now - start:.1f} s"
                print(f"  {number} of {count} runs, {rate:.1f}/s, {rest}", file=sys.stderr, flush=True)


def _finish(sweep: Sweep, store: Store, key: str, shown: tuple[str, ...]) -> dict[str, Any]:
    """Write table, failures, picture and the mark of completion from the records."""
    from parallelrun.sweeps import table

    records = [json.loads(store.read(f"records/{name(n)}.json") or b"") for n in range(len(sweep.design.points))]
    frame = table.frame(sweep.design, records)
    store.write("table.csv", table.as_csv(frame))
    store.write("table.parquet", table.as_parquet(frame))
    failures = [record for record in records if record["error"] is not None]
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
        "formats": list(sweep.formats),
        "inputs": sweep.digests(),
        "code": {"version": project.package_version()},
    }
    store.write(MARK, (json.dumps(mark, indent=1, ensure_ascii=False) + "\n").encode())
    store.remove("begun.json")
    if not failures:
        store.remove("records")
    return mark


def _failures(design: Design, failures: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", *design.swept, "error"])
    for record in failures:
        point = design.points[record["run"]]
        writer.writerow([record["run"], *(point[one] for one in design.swept), record["error"]])
    return out.getvalue().encode()
