"""One papermill run of a notebook, in the process that calls it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parallelrun import notebooks, project
from parallelrun.errors import NotebookError


@dataclass(frozen=True)
class Job:
    """What to run and where its output goes.

    Attributes
    ----------
    stem : str
        The notebook's stem.
    notebook : Path
        The notebook to run.
    executed : Path
        Where the executed notebook goes.
    out : Path
        Folder in which ``<stem>/`` is made, for figures and results.
    results : Path
        Folder in which the other notebooks' results stand.
    parameters : dict
        Checked parameters that replace the tagged cell's; empty for the defaults.
    """

    stem: str
    notebook: Path
    executed: Path
    out: Path
    results: Path
    parameters: dict[str, Any] = field(default_factory=dict)


def run(job: Job, on_cell: Callable[[int], None] = lambda index: None) -> None:
    """Run a notebook with papermill. Changes this process's state: give each run a process of its own.

    Raises
    ------
    NotebookError
        If a cell fails; the message names notebook, heading, cell and line.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from parallelrun import engine

    os.environ[project.OUT_VARIABLE] = str(job.out.resolve())
    os.environ[project.RESULTS_VARIABLE] = str(job.results.resolve())
    job.executed.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        papermill.execute_notebook(
            notebooks.checked(job.notebook),
            _literal(job.executed),
            parameters=job.parameters or None,
            engine_name=engine.NAME,
            request_save_on_cell_execute=False,
            progress_bar=False,
            cwd=job.notebook.resolve().parent,
            on_cell=on_cell,
        )
    except PapermillExecutionError as error:
        raise NotebookError(_explain(job, error.cell_index, error.ename, error.evalue)) from None


def _literal(path: Path) -> str:
    """Return an absolute path for papermill, which reads braces in it as a template."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def _explain(job: Job, index: int, name: str, value: str) -> str:
    executed = notebooks.read(job.executed)
    # papermill puts a warning above the failed cell and another at the top
    index = next(
        i
        for i, cell in enumerate(executed["cells"])
        if any(output["output_type"] == "error" for output in cell.get("outputs", []))
    )
    cell = executed["cells"][index]
    traceback = "\n".join(next(o["traceback"] for o in cell["outputs"] if o["output_type"] == "error"))
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", traceback)
    marks = sum("papermill-error-cell-tag" in c["metadata"].get("tags", []) for c in executed["cells"][:index])
    place = f"cell {index - marks + 1}" + (f", line {lines[-1]}" if lines else "")
    heading = notebooks.headings(executed)[index]
    return f"{job.notebook.name}, under “{heading}”, {place}: {name}: {value}"
