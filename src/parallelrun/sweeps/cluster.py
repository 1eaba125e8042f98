"""Sweeps on the workers of a dask scheduler, on this machine or others.

What the runs read (notebook, tables, others' results) is sent along once, so a worker needs only this package, in the
same version. A worker that dies costs the runs that it was on: dask gives them to another.
"""

from __future__ import annotations

import io
import multiprocessing
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parallelrun import digests
from parallelrun.engine.job import Job
from parallelrun.errors import InputError, ParallelRunError
from parallelrun.sweeps.store import Store
from parallelrun.sweeps.sweep import Sweep, keep

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10
DEATHS = 10
"""Workers that a run may see die before it is taken to kill them."""

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


def run(sweep: Sweep, left: list[int], store: Store, client: Client) -> Iterator[str | None]:
    """Run on a scheduler's workers; yield each run's error, or None. The client is closed at the end.

    Parameters
    ----------
    sweep : Sweep
        What to run.
    left : list of int
        The numbers of the runs.
    store : Store
        Where the workers write; a folder must be one that all of them share.
    client : distributed.Client
        The scheduler's, as `connect` gives it.

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
        packed = client.submit(bytes, pack(sweep), pure=False)
        futures = {
            client.submit(
                execute, packed, sweep.job(number, Path()), store, pure=False, retries=0, key=f"run-{number:06d}"
            ): number
            for number in left
        }
        for future in as_completed(futures):
            if future.status == "finished":
                yield future.result()
            else:
                job = sweep.job(futures[future], Path())
                with tempfile.TemporaryDirectory() as stage:
                    lost = _placed(job, Path(stage), Path(stage))
                    yield keep(lost, f"{sweep.notebook.name}: its worker failed ({future.exception()!r})", store)
            future.release()


def pack(sweep: Sweep) -> bytes:
    """Return all files that the runs read, as a zip archive that is the same for the same files."""
    files = {f"notebooks/{sweep.notebook.name}": sweep.notebook}
    files |= {f"data/{p.relative_to(sweep.data).as_posix()}": p for p in sweep.data.rglob("*.csv")}
    files["data/datapackage.json"] = sweep.data / "datapackage.json"
    files |= {f"results/{p.parent.name}/{p.name}": p for p in sweep.results.glob("*/results.json")}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return out.getvalue()


def execute(packed: bytes, job: Job, store: Store) -> str | None:
    """Run one job in a process forked on this worker, write its record, and return its error, or None."""
    from distributed import get_worker

    from parallelrun.engine import pool

    # dask's workers may be daemons, which Python forbids to have children; these end with their run
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    home = Path(get_worker().local_directory)
    source = _unpacked(packed, home)
    stage = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    try:
        (outcome,) = pool.run_all([_placed(job, stage, source)], 1)
        return keep(outcome.job, outcome.error, store)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _unpacked(packed: bytes, home: Path) -> Path:
    """Return the folder with the files that were sent, unpacked once a worker."""
    folder = home / f"inputs-{digests.of_json(packed.hex())[:16]}"
    with _LOCK:
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=home) as name, zipfile.ZipFile(io.BytesIO(packed)) as archive:
                archive.extractall(name)
                (Path(name) / "results").mkdir(exist_ok=True)
                (Path(name) / "memo").mkdir()
                shutil.copytree(name, folder)
    return folder


def _placed(job: Job, stage: Path, source: Path) -> Job:
    """Return the job with this machine's paths."""
    place = stage / job.out.parent.name
    paths: dict[str, Any] = {
        "notebook": source / "notebooks" / job.notebook.name,
        "data": source / "data",
        "results": source / "results",
        "out": place / "out",
        "memo": source / "memo",
        "executed": place / "notebook.ipynb" if job.executed else None,
    }
    return Job(**{**vars(job), **paths})
