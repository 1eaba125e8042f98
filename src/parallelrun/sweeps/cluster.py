"""Run a sweep's jobs on the workers of a dask scheduler, on this machine or others.

What the runs read (notebook, tables, others' results) is sent along once, and what each leaves is sent back, so a
worker needs only this package, in the same version. A worker that dies costs the runs that it was on: dask gives them
to another.
"""

from __future__ import annotations

import io
import multiprocessing
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from parallelrun import digests
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.engine.pool import Outcome
from parallelrun.errors import InputError, ParallelRunError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10

_LOCK = threading.Lock()


def connect(scheduler: str) -> Client:
    """Return a client of the scheduler at an address.

    Raises
    ------
    InputError
        If dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--scheduler needs dask: pip install 'parallel-run[cluster]'") from None
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError(f"--scheduler {scheduler}: no scheduler answers there ({error})") from None


def run_all(jobs: Iterable[Job], client: Client) -> Iterator[Outcome]:
    """Run jobs on a scheduler's workers, and yield each outcome as it comes, with the job's files in their place here.

    Parameters
    ----------
    jobs : iterable of Job
        What to run, all of one notebook that reads the same.
    client : distributed.Client
        The scheduler's, as `connect` gives it; it is closed at the end.

    Raises
    ------
    ParallelRunError
        If a worker has another version of this package.
    """
    from distributed import as_completed

    with client:
        versions = client.run(digests.package)
        if others := [worker for worker, version in versions.items() if version != digests.package()]:
            raise ParallelRunError(f"{others[0]}: this worker has another version of parallel-run; install the same")
        waiting = list(jobs)
        packed = client.submit(bytes, _inputs(waiting[0]), pure=False)
        futures = {
            client.submit(execute, packed, job, pure=False, retries=0, key=f"run-{number:06d}"): job
            for number, job in enumerate(waiting)
        }
        for future in as_completed(futures):
            job = futures[future]
            if future.status == "finished":
                outcome, left = future.result()
                _unpack(left, _place(job))
                yield replace(outcome, job=job)
            else:
                yield Outcome(job, 0.0, f"{job.notebook.name}: its worker failed ({future.exception()!r})")
            future.release()


def execute(packed: bytes, job: Job) -> tuple[Outcome, bytes]:
    """Run one job in a process forked on this worker; return its outcome, and all files that it left."""
    from distributed import get_worker

    # dask's workers may be daemons, which Python forbids to have children; these end with their run
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    home = Path(get_worker().local_directory)
    source = home / f"inputs-{digests.of_json(packed.hex())[:16]}"
    with _LOCK:
        if not source.is_dir():
            with tempfile.TemporaryDirectory(dir=home) as name:
                _unpack(packed, Path(name))
                (Path(name) / "results").mkdir(exist_ok=True)
                (Path(name) / "memo").mkdir()
                shutil.copytree(name, source)
    with tempfile.TemporaryDirectory(prefix="run-", dir=home) as name:
        stage = Path(name)
        around = replace(
            job.around,
            data=source / "data",
            results=source / "results",
            out=stage / "out",
            memo=source / "memo" if job.around.memo else None,
        )
        executed = stage / job.executed.name if job.executed else None
        (outcome,) = pool.run_all([Job(source / "notebooks" / job.notebook.name, around, job.parameters, executed)], 1)
        return outcome, _pack({path.relative_to(stage).as_posix(): path for path in stage.rglob("*") if path.is_file()})


def _place(job: Job) -> Path:
    """Return the folder in which a job works."""
    assert job.around.out is not None
    return job.around.out.parent


def _inputs(job: Job) -> bytes:
    """Return all files that a job reads, packed."""
    data, results = job.around.data, job.around.results
    files = {f"notebooks/{job.notebook.name}": job.notebook, "data/datapackage.json": data / "datapackage.json"}
    files |= {f"data/{path.relative_to(data).as_posix()}": path for path in data.rglob("*.csv")}
    files |= {f"results/{path.parent.name}/{path.name}": path for path in results.glob("*/results.json")}
    return _pack(files)


def _pack(files: dict[str, Path]) -> bytes:
    """Return files as a zip archive that is the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return out.getvalue()


def _unpack(packed: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
