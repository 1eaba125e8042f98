"""Colours, ticks and whiskers that the theme's figures share."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

GREY, DARK, GREEN, AMBER = "#666666", "#222222", "#009E73", "#E69F00"


def plain(value: float, position: Any = None) -> str:
    """Return a number with thousands separators and no needless zeros; a tick formatter."""
    return f"{value:,.10g}"


def log_ticks(axis: Any, ticks: list[float]) -> None:
    """Put plain labels at just these places of a logarithmic axis."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(plain))
    axis.set_minor_formatter(NullFormatter())


def whiskers(axes: Axes, rows: pd.DataFrame, places: Any, **style: Any) -> None:
    """Draw the ``value`` of each row with a horizontal whisker from ``low`` to ``high``."""
    below, above = rows["value"] - rows["low"], rows["high"] - rows["value"]
    axes.errorbar(
        rows["value"],
        places,
        xerr=[below.clip(lower=0), above.clip(lower=0)],
        linestyle="none",
        elinewidth=1,
        capsize=0,
        **style,
    )
