"""Colours, ticks and whiskers that the theme's figures share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
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


def log_ticks_within(axis: Any, low: float, high: float) -> None:
    """Put labels at 1 and 3 of each decade between two limits, or at 1 only where that would be many."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    fine = [float(f"{m}e{k}") for k in decades for m in (1, 3) if low <= float(f"{m}e{k}") <= high]
    whole = [x for x in fine if f"{x:e}".startswith("1")]
    log_ticks(axis, fine if len(fine) <= 6 else whole[:: 1 + len(whole) // 5])


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Return the values moved as little as it takes, upwards in their order, to stand at least a gap apart."""
    order = np.argsort(values, kind="stable")
    places = list(map(float, values))
    for before, after in pairwise(order):
        places[after] = max(places[after], places[before] + gap)
    return places
