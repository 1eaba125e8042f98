"""A figure of the collection as if it had been drawn for an export, without a run."""

from pathlib import Path

from parallelrun import project
from parallelrun.export.redraw import Drawn
from parallelrun.study import catalogue


def example(name: str = "gap_history", stem: str = "convergence") -> Drawn:
    figures: Path = project.root() / "figures"
    (entry,) = [one for one in catalogue.read(figures)[stem]["figures"] if one["name"] == name]
    return Drawn(stem, entry, figures / stem)
