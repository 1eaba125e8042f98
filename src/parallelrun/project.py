"""Where the collection lives, and what surrounds a run: the folders that it reads and writes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from parallelrun.errors import ParallelRunError

FORMATS = ("svg", "pdf", "png")

Style = Literal["article", "slide", "dark"]
Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Look:
    """How the figures of a run are drawn.

    Attributes
    ----------
    width : float, optional
        Width in millimetres; by default that of the house (see `parallelrun.study.canvas`), laid out as it is there.
    style : {"article", "slide", "dark"}
        Print, a slide (larger type and lines), or light on dark.
    lang : {"en", "zh"}
        Language of the words in the figures.
    """

    width: float | None = None
    style: Style = "article"
    lang: Language = "en"


@dataclass(frozen=True)
class Surroundings:
    """What a run of a notebook reads and writes besides the notebook.

    Attributes
    ----------
    data : Path
        The data package.
    results : Path
        Folder with the other notebooks' results, as ``<stem>/results.json``.
    out : Path, optional
        Folder in which ``<stem>/`` is made, for figures and results; by default ``build/interactive/``.
    formats : tuple of {"svg", "pdf", "png", "eps"}
        Figure formats to write; none for results only.
    look : Look
        How figures are drawn.
    only : frozenset of str, optional
        Names of the figures that are drawn; by default all.
    memo : Path, optional
        Folder in which runs share what they compute (see `parallelrun.study.memo`); by default nothing is shared.
    notebook : Path, optional
        The notebook, once it runs as a job; unknown in an interactive kernel.
    """

    data: Path
    results: Path
    out: Path | None = None
    formats: tuple[str, ...] = FORMATS
    look: Look = Look()
    only: frozenset[str] | None = None
    memo: Path | None = None
    notebook: Path | None = None

    def draws(self, figure: str) -> bool:
        """Whether a figure of this name is drawn."""
        return bool(self.formats) and (self.only is None or figure in self.only)


_entered: list[Surroundings] = []


def enter(around: Surroundings) -> None:
    """Make these the surroundings of this process, its folders as absolute paths."""
    paths: dict[str, Any] = {name: p.absolute() for name, p in vars(around).items() if isinstance(p, Path)}
    _entered[:] = [replace(around, **paths)]


@contextmanager
def within(around: Surroundings) -> Iterator[None]:
    """Make these the surroundings of this process for a while."""
    before = list(_entered)
    enter(around)
    try:
        yield
    finally:
        _entered[:] = before


def surroundings() -> Surroundings:
    """Return what surrounds this process's run; outside of one, as in JupyterLab, the collection's own folders.

    There, and only there, three environment variables count: ``PARALLELRUN_DATA`` (a data package in place of
    ``data/``), ``PARALLELRUN_OUT`` (in place of ``build/interactive/``) and ``PARALLELRUN_FORMATS`` (such as
    ``svg,png``; empty for results only).
    """
    if _entered:
        return _entered[0]
    data, out = os.environ.get("PARALLELRUN_DATA"), os.environ.get("PARALLELRUN_OUT")
    formats = os.environ.get("PARALLELRUN_FORMATS", ",".join(FORMATS))
    return Surroundings(
        data=Path(data).absolute() if data else root() / "data",
        results=root() / "figures",
        out=Path(out).absolute() if out else None,
        formats=tuple(filter(None, formats.split(","))),
    )


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
    return surroundings().data


def results_dir() -> Path:
    """Return the folder in which the notebooks' results stand, as ``<stem>/results.json``."""
    return surroundings().results


def out_dir(stem: str) -> Path:
    """Return the folder for a notebook's figures and results; never ``figures/`` unless a build says so.

    Raises
    ------
    ParallelRunError
        If the stem is not a plain name, and so could lead out of the folder.
    """
    if not re.fullmatch(r"\w[\w-]*", stem):
        raise ParallelRunError(f"the notebook's name {stem!r}: expected letters, digits, _ and - only")
    return (surroundings().out or root() / "build" / "interactive") / stem
