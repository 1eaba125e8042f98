"""One run of a sweep as it is kept: a record with its results or its error, and what else is asked for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from typing import Any

from parallelrun.engine.pool import Outcome
from parallelrun.errors import InputError
from parallelrun.study import results
from parallelrun.sweeps.store import Store

FOLDER = "records"

Record = dict[str, Any]


def name(number: int) -> str:
    """Return the name of a run's folder and record."""
    return f"{number:06d}"


def read(store: Store, number: int) -> Record | None:
    """Return a run's record; None if there is none, or a torn one."""
    try:
        return json.loads(store.read(f"{FOLDER}/{name(number)}.json") or b"")
    except ValueError:
        return None


def keep(outcome: Outcome, store: Store) -> None:
    """Write a run's record and what is kept of it, and remove the folder in which it worked."""
    job = outcome.job
    assert job.around.out is not None
    written = list(job.around.out.glob("*/*"))
    recorded = [result for path in job.around.out.glob("*") for result in results.of_run(path)["results"]]
    own = job.around.out.parent
    kept = [path for path in written if path.name != results.FILE]
    if job.executed and job.executed.is_file():
        kept.append(job.executed)
    for path in kept:
        store.write(f"runs/{own.name}/{path.name}", path.read_bytes())
    record = {"run": int(own.name), "error": outcome.error, "results": [] if outcome.error else recorded}
    store.write(f"{FOLDER}/{own.name}.json", json.dumps(record, ensure_ascii=False).encode())
    shutil.rmtree(own, ignore_errors=True)


def check_shown(shown: Iterable[str], recorded: Iterable[str]) -> None:
    """Refuse to show results that are not recorded.

    Raises
    ------
    InputError
        If there are any; the message names what there is.
    """
    if unknown := [one for one in shown if one not in recorded]:
        raise InputError(f"--result {unknown[0]!r}: no such result; there are {', '.join(recorded)}")
