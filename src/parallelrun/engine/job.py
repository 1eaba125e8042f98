"""One papermill run of a notebook, in the process that calls it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parallelrun import ipynb, project
from parallelrun.errors import NotebookError
from parallelrun.project import Surroundings


@dataclass(frozen=True)
class Job:
    """What to run, and what surrounds it.

    Attributes
    ----------
    notebook : Path
        The notebook to run.
    around : Surroundings
        What it reads, and where its figures and results go.
    parameters : dict
        Checked parameters that replace the tagged cell's; empty for the defaults.
    executed : Path, optional
        Where the executed notebook goes; by default none is kept.
    """

    notebook: Path
    around: Surroundings
    parameters: dict[str, Any] = field(default_factory=dict)
    executed: Path | None = None

    @property
    def stem(self) -> str:
        """The notebook's stem, as the name of a folder."""
        return ipynb.stem_of(self.notebook)


@dataclass(frozen=True)
class Ran:
    """What is known of a run that went well.

    Attributes
    ----------
    notes : tuple of str
        What its user should know: what was assumed, which figures do not fit.
    reads : frozenset of str, optional
        What it read in the folder of the data (see `reads.watch`); None if that is not known.
    """

    notes: tuple[str, ...]
    reads: frozenset[str] | None


def run(job: Job, on_cell: Callable[[int], None] = lambda index: None) -> Ran:
    """Run a notebook with papermill.

    Changes this process's state: give each run a process of its own.

    Raises
    ------
    NotebookError
        If a cell fails; the message names notebook, heading, cell and line.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from parallelrun.engine import kernel, reads

    path = job.notebook.resolve()
    project.enter(replace(job.around, notebook=path))
    if job.executed is not None:
        job.executed.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = ipynb.runnable(path)
    notes = ipynb.assumed(ipynb.read(path), path)
    seen = reads.watch(job.around.data)
    try:
        executed = papermill.execute_notebook(
            notebook,
            None if job.executed is None else _literal(job.executed),
            parameters=job.parameters or None,
            engine_name=kernel.NAME,
            request_save_on_cell_execute=False,
            progress_bar=False,
            cwd=path.parent,
            on_cell=on_cell,
        )
    except PapermillExecutionError as error:
        raise NotebookError(_explain(job, notebook, error)) from None
    return Ran((*notes, *ipynb.fit_warnings(executed)), seen())


def _literal(path: Path) -> str:
    """Return an absolute path for papermill, which reads braces in it as a template."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def _explain(job: Job, notebook: Any, error: Any) -> str:
    """Return notebook, heading, cell and line of a failure, as the notebook stands in its file."""
    index = error.cell_index
    if job.parameters:  # papermill puts a cell with them below the tagged one, or at the top if there is none
        tagged = next((i for i, cell in enumerate(notebook.cells) if "parameters" in ipynb.tags(cell)), -1)
        index -= index > tagged
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", "\n".join(error.traceback))
    place = f"cell {index + 1}" + (f", line {lines[-1]}" if lines else "")
    heading = ipynb.headings(notebook)[index]
    under = f", under “{heading}”" if heading else ""
    what, why = error.ename, error.evalue
    if not error.traceback:  # a magic command's wrong use is printed, not recorded as an error
        what, why = type(sys.last_value).__name__, str(sys.last_value)
    return f"{job.notebook.name}{under}, {place}: {what}: {why}".removesuffix(": ")
