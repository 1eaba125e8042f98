"""One papermill run of a notebook, in the process that calls it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parallelrun import ipynb, project
from parallelrun.errors import NotebookError
from parallelrun.study import memo


@dataclass(frozen=True)
class Job:
    """What to run and where its output goes.

    Attributes
    ----------
    stem : str
        The notebook's stem.
    notebook : Path
        The notebook to run.
    executed : Path or None
        Where the executed notebook goes; None to keep none.
    out : Path
        Folder in which ``<stem>/`` is made, for figures and results.
    results : Path
        Folder in which the other notebooks' results stand.
    parameters : dict
        Checked parameters that replace the tagged cell's; empty for the defaults.
    formats : tuple of {"svg", "pdf", "png"}, optional
        Figure formats to write, none for results only; by default those of the environment.
    data : Path, optional
        The data package to read; by default that of the environment or the collection.
    memo : Path, optional
        Folder in which runs that draw nothing share what they compute (see `parallelrun.study.memo`).
    """

    stem: str
    notebook: Path
    executed: Path | None
    out: Path
    results: Path
    parameters: dict[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] | None = None
    data: Path | None = None
    memo: Path | None = None


def run(job: Job, on_cell: Callable[[int], None] = lambda index: None) -> None:
    """Run a notebook with papermill. Changes this process's state: give each run a process of its own.

    Raises
    ------
    NotebookError
        If a cell fails; the message names notebook, heading, cell and line.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from parallelrun.engine import kernel

    os.environ[project.OUT_VARIABLE] = str(job.out.resolve())
    os.environ[project.RESULTS_VARIABLE] = str(job.results.resolve())
    os.environ[project.NOTEBOOK_VARIABLE] = str(job.notebook.resolve())
    if job.formats is not None:
        os.environ[project.FORMATS_VARIABLE] = ",".join(job.formats)
    if job.data is not None:
        os.environ[project.DATA_VARIABLE] = str(job.data.resolve())
    if job.memo is not None and job.formats == ():
        os.environ[memo.VARIABLE] = str(job.memo.resolve())
    if job.executed is not None:
        job.executed.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = ipynb.checked(job.notebook)
    try:
        papermill.execute_notebook(
            notebook,
            None if job.executed is None else _literal(job.executed),
            parameters=job.parameters or None,
            engine_name=kernel.NAME,
            request_save_on_cell_execute=False,
            progress_bar=False,
            cwd=job.notebook.resolve().parent,
            on_cell=on_cell,
        )
    except PapermillExecutionError as error:
        raise NotebookError(_explain(job, notebook, error)) from None


def _literal(path: Path) -> str:
    """Return an absolute path for papermill, which reads braces in it as a template."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def _explain(job: Job, notebook: Any, error: Any) -> str:
    """Return notebook, heading, cell and line of a failure, as the notebook stands in its file."""
    index = error.cell_index
    if job.parameters:  # papermill puts a cell with them below the tagged one, or at the top if there is none
        tagged = next((i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])), -1)
        index -= index > tagged
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", "\n".join(error.traceback))
    place = f"cell {index + 1}" + (f", line {lines[-1]}" if lines else "")
    heading = ipynb.headings(notebook)[index]
    under = f", under “{heading}”" if heading else ""
    return f"{job.notebook.name}{under}, {place}: {error.ename}: {error.evalue}"
