"""Run several notebooks at once, each in a fresh process forked from one that has the libraries loaded."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from typing import Any

from parallelrun.engine.job import Job, Ran, run
from parallelrun.study import beside

SINGLE_THREADED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread a process: as many notebooks run as there are processors, and sums keep their order."""

LATE = (
    "evalica",
    "SALib.analyze.sobol",
    "SALib.sample.sobol",
    "statsmodels.regression.linear_model",
    "statsmodels.tsa.statespace.structural",
)
"""What single notebooks import where they use it; sweeps load it once."""


PRELOADED_STEMS = "PARALLELRUN_PRELOAD"
"""Environment variable by which `parallelrun.engine.preload` is told for which notebooks to load."""

GRACE_SECONDS = 5.0
"""How long a run that is to end may go on before it is killed."""


@dataclass(frozen=True)
class Outcome:
    """How a job ended: seconds of wall time, the error that ended it, if any, notes and reads (see `job.Ran`)."""

    job: Job
    seconds: float
    error: str | None = None
    notes: tuple[str, ...] = ()
    reads: frozenset[str] | None = None


def workers() -> int:
    """Return how many processes may run at once: the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def warm_up(stems: Iterable[str], many: bool = False) -> None:
    """Start the process that loads the libraries, which takes some seconds, while this one does other work.

    If it runs already, nothing is done.

    Parameters
    ----------
    stems : iterable of str
        Of the notebooks that will run: their themes are loaded too.
    many : bool
        Whether there are many runs, so that it pays to load also what only some notebooks use.
    """
    os.environ.update(SINGLE_THREADED)
    late = LATE if many else ()
    multiprocessing.get_context("forkserver").set_forkserver_preload(["parallelrun.engine.preload", *late])
    os.environ[PRELOADED_STEMS] = " ".join(sorted(set(stems)))
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[PRELOADED_STEMS]


def run_all(
    jobs: Iterable[Job],
    at_once: int,
    on_cell: Callable[[Job, int], None] = lambda job, index: None,
    many: bool = False,
) -> Iterator[Outcome]:
    """Run jobs in forked processes, and yield each outcome as it comes.

    Parameters
    ----------
    jobs : iterable of Job
        What to run; a job that fails does not stop the others.
    at_once : int
        How many processes run at once.
    on_cell : callable
        Called with a job and the index of the cell that it begins.
    many : bool
        As in `warm_up`.

    Yields
    ------
    Outcome
        In the order in which jobs end.
    """
    jobs = list(jobs)
    warm_up((job.stem for job in jobs), many)
    context = multiprocessing.get_context("forkserver")
    waiting, running = iter(jobs), dict[Connection, tuple[Job, Any, float]]()
    free, released = context.Semaphore(0), 0
    try:
        while True:
            while len(running) < at_once and (job := next(waiting, None)) is not None:
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(job, theirs, free), name=job.stem)
                process.start()
                theirs.close()
                running[ours] = (job, process, time.monotonic())
            if not running:
                return
            for _ in range(at_once - len(running) - released):
                free.release()
                released += 1
            for connection in wait(list(running)):
                assert isinstance(connection, Connection)
                job, process, start = running[connection]
                try:
                    message = connection.recv()
                except EOFError:
                    process.join()
                    message = f"{job.notebook.name}: its process ended with code {process.exitcode}"
                if isinstance(message, int):
                    on_cell(job, message)
                    continue
                process.join()
                connection.close()
                del running[connection]
                seconds = time.monotonic() - start
                yield (
                    Outcome(job, seconds, message)
                    if isinstance(message, str)
                    else Outcome(job, seconds, notes=message.notes, reads=message.reads)
                )
    finally:
        for _, process, _ in running.values():
            process.terminate()
        for _, process, _ in running.values():
            process.join(GRACE_SECONDS)
            if process.is_alive():  # a cell may catch or ignore the signal
                process.kill()
            process.join()


def _end_with(parent: Any) -> None:
    """Wait for the process that asked for a run to end, by a kill too, and end this one, whatever its cell does."""
    parent.join()
    os._exit(1)


def _child(job: Job, connection: Connection, free: Any) -> None:
    """Run a job; send the index of each cell, then what is known of it or its error. End if who asked is gone.

    While a processor is free, which the semaphore counts, figures are written beside the cells.
    """
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    beside.allow(free)
    with contextlib.suppress(BrokenPipeError):  # whoever asked for the run is gone
        try:
            ended: Ran | str = run(job, connection.send)
        except BrokenPipeError:
            raise
        except Exception as error:
            ended = str(error) or repr(error)
        connection.send(ended)
