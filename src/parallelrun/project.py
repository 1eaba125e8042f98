"""Where the collection lives: the folder that holds notebooks/, data/ and figures/."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

from parallelrun.errors import ParallelRunError

OUT_VARIABLE = "PARALLELRUN_OUT"
"""Environment variable: folder into which a notebook's figures and results go."""

DATA_VARIABLE = "PARALLELRUN_DATA"
"""Environment variable: folder with a ``datapackage.json`` to read in place of ``data/``."""

RESULTS_VARIABLE = "PARALLELRUN_RESULTS"
"""Environment variable: folder with the other notebooks' results, by default ``figures/``."""

FORMATS_VARIABLE = "PARALLELRUN_FORMATS"
"""Environment variable: comma-separated figure formats to write, by default svg,pdf,png; empty for results only."""

NOTEBOOK_VARIABLE = "PARALLELRUN_NOTEBOOK"
"""Environment variable: path of the notebook that is run, if it is not one of ``notebooks/``."""

FORMATS = ("svg", "pdf", "png")


@cache
def root() -> Path:
    """Return the collection's folder: the nearest at or above the working directory, else the one above this package.

    Raises
    ------
    ParallelRunError
        If neither has a ``notebooks`` folder and a ``data/datapackage.json``.
    """
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]):
        if (folder / "notebooks").is_dir() and (folder / "data" / "datapackage.json").is_file():
            return folder
    raise ParallelRunError(
        "no collection found: expected notebooks/ and data/datapackage.json in this folder or one above it; "
        "run the command inside a clone of parallel-run"
    )


def package_version() -> str:
    """Return the version of the installed package."""
    return version("parallel-run")


def notebook_path(stem: str) -> Path:
    """Return the path of a theme's notebook."""
    return root() / "notebooks" / f"{stem}.ipynb"


def stems() -> list[str]:
    """Return the stems of all notebooks, sorted: the only list of themes there is."""
    return sorted(path.stem for path in (root() / "notebooks").glob("*.ipynb"))


def data_dir() -> Path:
    """Return the folder of the data package in use."""
    override = os.environ.get(DATA_VARIABLE)
    return Path(override) if override else root() / "data"


def out_dir(stem: str) -> Path:
    """Return the folder for a notebook's figures and results; never ``figures/`` unless a build says so.

    Raises
    ------
    ParallelRunError
        If the stem is not a plain name, and so could lead out of the folder.
    """
    if not re.fullmatch(r"\w[\w-]*", stem):
        raise ParallelRunError(f"the notebook's name {stem!r}: expected letters, digits, _ and - only")
    override = os.environ.get(OUT_VARIABLE)
    return Path(override) / stem if override else root() / "build" / "interactive" / stem


def results_dir() -> Path:
    """Return the folder in which the notebooks' results stand, as ``<stem>/results.json``."""
    override = os.environ.get(RESULTS_VARIABLE)
    return Path(override) if override else root() / "figures"


def formats() -> tuple[str, ...]:
    """Return the figure formats to write; none if only results are wanted."""
    return tuple(filter(None, os.environ.get(FORMATS_VARIABLE, ",".join(FORMATS)).split(",")))


def running_notebook() -> Path | None:
    """Return the path of the notebook that is run, if it is not one of ``notebooks/``."""
    path = os.environ.get(NOTEBOOK_VARIABLE)
    return Path(path) if path else None
