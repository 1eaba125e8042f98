"""Imported by the fork server of a proof: figures give their plotted data and words, and are not rendered."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from parallelrun.study import figures
from parallelrun.study.results import DIGITS


class Said:
    """What a figure says, in place of its picture."""

    def __init__(self, text: str) -> None:
        self.text = text

    def write(self, folder: Path) -> Said:
        """Write nothing."""
        return self

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/plain": self.text}, {}


def prepare(figure: Figure, description: figures.Description, data: pd.DataFrame, formats: tuple[str, ...]) -> Said:
    """Return a figure's words and the digest of its plotted data."""
    table = data.to_csv(index=False, float_format=f"%.{DIGITS}g")
    words = (description.name, description.title, description.alt, description.caption, description.source_line)
    plt.close(figure)
    return Said("\n".join([*words, hashlib.sha256(table.encode()).hexdigest()]))


figures.prepare = prepare  # type: ignore[assignment]
