"""Figures drawn anew by the notebooks that make them, at a width, in a style and in a language of someone's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parallelrun import project
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import InputError, ParallelRunError, near
from parallelrun.project import Look
from parallelrun.study import catalogue, looks

KINDS = (*project.FORMATS, "eps")

NARROWEST, WIDEST = 60.0, 500.0
"""Widths in millimetres that can be asked for; below, a panel has no room beside its labels."""

SLIDE_MM = 254.0
"""Width of a slide's figure where none is asked for."""


@dataclass(frozen=True)
class Drawn:
    """A figure that was drawn: its notebook's stem, its entry as in a manifest, and what did not fit, if anything."""

    stem: str
    entry: dict[str, Any]
    folder: Path

    def file(self, *kinds: str) -> Path:
        """Return the file of the first of some formats that was written."""
        return next(p for kind in kinds if (p := self.folder / f"{self.entry['name']}.{kind}").is_file())


def look_of(width: float | None, style: str, lang: str) -> Look:
    """Return a look that was asked for; a width has a default for each style.

    Raises
    ------
    InputError
        If the width is out of range.
    """
    width = width or (SLIDE_MM if style == "slide" else looks.HOUSE_MM)
    if not NARROWEST <= width <= WIDEST:
        raise InputError(f"--width: found {width:g} mm, expected {NARROWEST:g} to {WIDEST:g}, such as 85mm")
    return Look(width, style, lang)  # type: ignore[arg-type]


def known() -> dict[str, tuple[str, str]]:
    """Return stem and name of every figure, under its full name and, where it is the only one, its short one."""
    entries = catalogue.read(project.root() / "figures")
    pairs = [(stem, figure["name"]) for stem, entry in entries.items() for figure in entry["figures"]]
    short = [name for _, name in pairs]
    found = {name: (stem, name) for stem, name in pairs if short.count(name) == 1}
    return found | {f"{stem}/{name}": (stem, name) for stem, name in pairs}


def chosen(names: Sequence[str]) -> dict[str, set[str]]:
    """Return, by stem, the figures of some names; of all if there is none.

    Raises
    ------
    InputError
        If a figure is not there; the message names the nearest.
    """
    there = known()
    wanted: dict[str, set[str]] = {}
    for name in names or [name for name in there if "/" in name]:
        if name not in there:
            raise InputError(f"no figure {name[:60]!r}: {near(name, there, 'figures/index.md lists all')}")
        stem, figure = there[name]
        wanted.setdefault(stem, set()).add(figure)
    return wanted


def redraw(
    wanted: dict[str, set[str]], look: Look, kinds: tuple[str, ...], stage: Path
) -> tuple[list[Drawn], list[str]]:
    """Draw figures into a folder by running their notebooks with the default parameters.

    Parameters
    ----------
    wanted : dict
        Names of figures by stem.
    look : Look
        How they are drawn.
    kinds : tuple of {"svg", "pdf", "png", "eps"}
        Formats.
    stage : Path
        Folder that gets ``<stem>/`` with the figures.

    Returns
    -------
    (list of Drawn, list of str)
        The figures, and what does not fit.

    Raises
    ------
    ParallelRunError
        If a notebook fails; the message has notebook, heading and cell.
    """
    around = replace(project.surroundings(), out=stage, formats=kinds, look=look)
    jobs = [
        Job(project.notebook_path(stem), replace(around, only=frozenset(names)), executed=stage / f"{stem}.ipynb")
        for stem, names in wanted.items()
    ]
    drawn: list[Drawn] = []
    notes: list[str] = []
    for outcome in pool.run_all(jobs, pool.workers()):
        if outcome.error:
            raise ParallelRunError(outcome.error)
        stem, folder = outcome.job.stem, stage / outcome.job.stem
        assert outcome.job.executed is not None
        entry = catalogue.describe(stem, outcome.job.executed, folder)
        drawn += [Drawn(stem, figure, folder) for figure in entry["figures"]]
        notes += outcome.notes
    return sorted(drawn, key=lambda one: (one.stem, one.entry["cell"])), notes
