"""Figures of the gap over time: whether it narrowed on one scale, in points and in months, and what style is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from parallelrun.study.canvas import CHINA, GREEN, INK, canvas
from parallelrun.study.drawing import (
    days,
    from_zero,
    label_ends,
    plain,
    records,
    rows_axis,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, stack
from parallelrun.themes.convergence.plots import BOARD_LOOK

SCALES = BOARD_NAMES | {"index": "Epoch index"}
SCALE_LOOK = BOARD_LOOK | {"index": {"color": CHINA, "marker": "D"}}


@drawn
def narrowing(slopes: pd.DataFrame, lags: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the slope of the gap on each scale with its interval, and how many months China's best was behind.

    ``slopes``: from `history.slopes`; ``lags``: from `history.lags` and `history.index_lags`, one below the other.
    """
    figure, (left, right) = canvas(max(6.0 + 0.8 * len(slopes), 8.4), 1, 2, width_ratios=[1, 1.2])
    for y, row in enumerate(records(slopes)):
        whiskers(left, row.slope, row.low, row.high, y, **BOARD_LOOK[row.board])
        left.annotate(
            plain(round(row.slope)), (row.slope, y), (0, 7), textcoords="offset points", ha="center", size=7.5
        )
    labels = [f"{BOARD_NAMES[r.board]}\n{r.first:%b %Y} to {r.last:%b %Y},\n{r.pairs} pairs" for r in records(slopes)]
    rows_axis(left, labels)
    zero_line(left, upright=True)
    left.set_xlabel("change of the gap, points a year")
    left.set_title("Slope on each scale")
    known = lags[lags["months"].notna()]
    ends = []
    for scale, rows in known.groupby("scale", sort=False):
        look: Any = {"ms": 3.4, "mfc": "none", "lw": 0.8, "ls": "none" if scale != "index" else ":"}
        right.plot(days(rows["as_of"]), rows["months"], **look, **SCALE_LOOK[str(scale)])
        ends.append(rows.sort_values("as_of").iloc[-1])
    now = [row["months"] for row in ends]
    colours = [SCALE_LOOK[row["scale"]]["color"] for row in ends]
    label_ends(right, days([row["as_of"] for row in ends]), now, [SCALES[row["scale"]] for row in ends], colours)
    from_zero(right.yaxis)
    right.margins(x=0.12)
    right.set_ylabel("months since the US had that score")
    right.set_title("How long China’s best was behind")
    time_axis(right.xaxis, 6)
    told = [f"{row.slope:.0f} ({row.low:.0f} to {row.high:.0f}) on {BOARD_NAMES[row.board]}" for row in records(slopes)]
    falls = [BOARD_NAMES[row.board] for row in records(slopes) if row.high < 0]
    narrowed = f"The gap narrowed {'on ' + ' and '.join(falls) + ' only' if falls else 'on no one scale beyond doubt'}"
    last = {row["scale"]: row for row in ends}
    told_now = "; ".join(f"{SCALES[scale]} {row['months']:.1f} in {row['as_of']:%B %Y}" for scale, row in last.items())
    return Plot(
        figure,
        stack(slopes=slopes, months=lags),
        title=narrowed,
        alt=f"Left: slopes in points a year: {'; '.join(told)}. Right: months since the US first had the score of the "
        f"best Chinese model: {told_now}.",
        caption=f"Left: least squares over a scale’s boards; bars: {100 * p.confidence:.0f} % intervals from a "
        "bootstrap of pairs of models. Right: days from the first board on which the US head had that score; on "
        "Epoch’s index from release to release. Where the US was above from the start of the record, nothing is "
        "drawn.",
    )


@drawn
def style_control(pairs: pd.DataFrame) -> Plot:
    """Draw the gap without and with style control on each day that has both boards.

    ``pairs``: from `history.style_pairs`.
    """
    figure, axes = canvas(3.4 + 0.55 * len(pairs))
    for board, colour, shift, face in (("plain", INK, -0.14, "white"), ("control", GREEN, 0.14, GREEN)):
        value, low, high = (pairs[f"{part}_{board}"] for part in ("gap", "low", "high"))
        look: Any = {"color": colour, "mfc": face, "marker": "o" if board == "plain" else "s", "elinewidth": 0.9}
        whiskers(axes, value, low, high, np.arange(len(pairs)) + shift, **look)
    texts = [f"{row.as_of:%d %b %Y}: {plain(round(row.shift, 1))}" for row in records(pairs)]
    rows_axis(axes, [f"{text}{'' if row.same else ' *'}" for text, row in zip(texts, records(pairs), strict=True)])
    zero_line(axes, upright=True)
    axes.set_xlabel("best US less best Chinese, points")
    handles = [
        Line2D([], [], ls="none", marker=m, color=c, mfc=f, label=name)
        for m, c, f, name in (("o", INK, "white", "without style control"), ("s", GREEN, GREEN, "with style control"))
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    less, same = int((pairs["shift"] < 0).sum()), pairs[pairs["same"]]
    return Plot(
        figure,
        pairs,
        title=f"Style control made the gap smaller on {less} of {len(pairs)} days",
        alt=f"Gaps without and with style control on {len(pairs)} days. Control changed the gap by "
        f"{pairs['shift'].min():.1f} to {pairs['shift'].max():.1f} points, with the same two models on both boards "
        f"({len(same)} days) by {same['shift'].min():.1f} to {same['shift'].max():.1f}.",
        caption="Beside the day: gap with control minus gap without. *: the two boards have different models at the "
        "head, so that the change is not of control alone. Bars: 95 % intervals.",
    )
