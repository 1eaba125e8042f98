"""What `parallelrun sweep` asks for: a notebook, a design, and who runs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from parallelrun import project
from parallelrun.data import overlay
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import ParallelRunError
from parallelrun.runs import single
from parallelrun.sweeps import cluster, designs, store, sweep


def run(
    notebook: str,
    grid: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    out: str | None = None,
    data: Path | None = None,
    figures: bool = False,
    keep: bool = False,
    resume: bool = False,
    force: bool = False,
    shown: tuple[str, ...] = (),
) -> tuple[str, str | None]:
    """Run a notebook with every parameter set of a design.

    Parameters
    ----------
    notebook : str
        Its stem or path.
    grid : Path
        The design (see `parallelrun.sweeps.designs`).
    workers : int, optional
        Runs at once on this machine, by default as many as processors.
    scheduler : str, optional
        Address of a dask scheduler, whose workers run it instead.
    out : str, optional
        Folder or URL to write to.
    data : Path, optional
        Tables in place of the collection's.
    figures, keep : bool
        Whether each run's figures and executed notebook are kept.
    resume, force : bool
        Whether to complete an interrupted sweep, or to begin anew.
    shown : tuple of str
        Results for the picture.

    Returns
    -------
    (str, str or None)
        What was done and where it is; and how many runs failed, if any did: the others are in the table.

    Raises
    ------
    InputError, DataError
        If any of this is not right; nothing was run then.
    ParallelRunError
        If what the runs read was changed while they ran.
    """
    path = single.find_notebook(notebook)
    design = designs.load(grid, single.model_of(path))
    place = store.at(out) if out else None
    with overlay.in_use(data) as folder:
        around = replace(project.surroundings(), data=folder, formats=project.FORMATS if figures else ())
        wanted = sweep.Sweep(path, around, design, keep)
        place = place or store.at(str(sweep.folder_of(wanted, grid)))
        if scheduler:
            run_all = partial(cluster.run_all, client=cluster.connect(scheduler))
        else:
            run_all = partial(_run_here, wanted, workers or pool.workers())
        mark = sweep.perform(wanted, place, run_all, resume=resume, force=force, shown=shown)
    told = f"{mark['runs']} runs, {mark['failures']} failed, {mark['fresh']} made now: {place.shown()}"
    failed = f"{mark['failures']} of {mark['runs']} runs failed: see failures.csv"
    return told, failed if mark["failures"] else None


def _run_here(wanted: sweep.Sweep, at_once: int, jobs: Iterable[Job]) -> Iterator[pool.Outcome]:
    """Run jobs on this machine; what draws the sweep's picture loads while what runs its notebook does.

    Raises
    ------
    ParallelRunError
        If what they read, which a scheduler's workers have a copy of, was changed meanwhile.
    """
    waiting, before = list(jobs), wanted.digests()
    pool.warm_up((job.stem for job in waiting), many=True)
    import_module("parallelrun.sweeps.table")
    yield from pool.run_all(waiting, at_once, many=True)
    after = wanted.digests()
    if changed := [name for name in after if after[name] != before.get(name)]:
        raise ParallelRunError(
            f"the sweep's {changed[0]} was changed while it ran: its runs do not go together; use --force"
        )
