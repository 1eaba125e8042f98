"""Figures of the gap over time: whether it narrowed on one scale, in points and in months, and what style is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from parallelrun.study.canvas import CHINA, GREEN, INK, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    days,
    from_zero,
    plain,
    records,
    rows_axis,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, stack
from parallelrun.themes.convergence.history import StyleDays
from parallelrun.themes.convergence.plots import BOARD_LOOK

SCALES = BOARD_NAMES | {"index": "Epoch index"}
AT_LEAST = [(0, 20), (-12, 4), (-3, 4), (-3, -20), (3, -20), (3, 4), (12, 4), (0, 20)]
"""Outline of an arrow upwards, the mark of a lower bound."""
SCALE_LOOK = BOARD_LOOK | {"index": {"color": CHINA, "marker": "D"}}


@drawn
def narrowing(slopes: pd.DataFrame, alone: Estimate, blocks: Estimate, lags: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the slope of the gap on each scale with its interval, and how many months China's best was behind.

    ``slopes``: from `history.slopes`; ``alone, blocks``: the overall board's, with each pair of models counted once and
    with neighbouring pairs drawn together, from `history.pair_slope`; ``lags``: from `history.months_behind`.
    """
    rows = weighed(slopes, alone, blocks)
    figure, (left, right) = canvas(max(5.4 + 1.15 * len(rows), 8.4), 1, 2, width_ratios=[1, 1.2])
    for y, row in enumerate(records(rows)):
        face = BOARD_LOOK[row.board]["color"] if row.each == "board" else "white"
        whiskers(left, row.slope, row.low, row.high, y, mfc=face, **BOARD_LOOK[row.board])
        left.annotate(
            plain(round(row.slope)), (row.slope, y), (0, 7), textcoords="offset points", ha="center", size=7.5
        )
    rows_axis(left, [_slope_label(row) for row in records(rows)])
    zero_line(left, upright=True)
    left.set_xlabel("change of the gap, points a year")
    left.set_title("Slope on each scale")
    ends, handles = [], []
    for scale, part in lags.groupby("scale", sort=False):
        look: Any = SCALE_LOOK[str(scale)] | {"ms": 3.4, "mfc": "none", "lw": 0.8}
        known, least = part[~part["open"]], part[part["open"]]
        line = ":" if scale == "index" else "none"
        right.plot(days(known["as_of"]), known["months"], ls=line, **look)
        right.plot(days(least["as_of"]), least["months"], ls="none", **look | {"marker": AT_LEAST, "ms": 5})
        handles.append(Line2D([], [], ls=line, label=SCALES[str(scale)], **look))
        ends.append(part.sort_values("as_of").iloc[-1])
    handles.append(Line2D([], [], ls="none", marker=AT_LEAST, color=INK, ms=5, label="at least"))
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles))
    from_zero(right.yaxis)
    right.margins(x=0.12)
    right.set_ylabel("months since the US had that score")
    right.set_title("How long China’s best was behind")
    time_axis(right.xaxis, 6)
    told = [f"{row.slope:.0f} ({row.low:.0f} to {row.high:.0f}) on {_slope_label(row)}" for row in records(rows)]
    told_now = "; ".join(
        f"{SCALES[row['scale']]} {'at least ' if row['open'] else ''}{row['months']:.1f} in {row['as_of']:%B %Y}"
        for row in ends
    )
    return Plot(
        figure,
        stack(slopes=rows, months=lags),
        title=_fell(rows),
        alt=f"Left: slopes in points a year: {'; '.join(told)}. Right: months since the US first had the score of the "
        f"best Chinese model: {told_now}.".replace("\n", ", "),
        caption=f"Left: least squares over a scale’s boards; bars: {100 * p.confidence:.0f} % intervals from a "
        "bootstrap of pairs of models, rough where pairs are few; hollow: each pair counted once, alone or drawn with "
        "its neighbours. Right: since the first board on which the US head had that score, on Epoch’s index from "
        f"release to release, without that index’s errors. Arrows ({int(lags['open'].sum())} of {len(lags)}): the "
        f"first board or model on record "
        "has it already, so that it may be any time longer.",
    )


def weighed(slopes: pd.DataFrame, alone: Estimate, blocks: Estimate) -> pd.DataFrame:
    """Return the slopes with those of the overall board's pairs below it; ``each``: what counts once."""
    others = slopes[slopes["board"] == "overall"]
    found = {"pair": alone, "pair, in fours": blocks}
    extra = [
        others.assign(each=each, slope=one.value, low=one.ends[0], high=one.ends[1]) for each, one in found.items()
    ]
    rows = pd.concat([slopes.assign(each="board"), *extra], ignore_index=True)
    order = {board: i for i, board in enumerate(slopes["board"])}
    return rows.sort_values("board", key=lambda boards: boards.map(order), kind="stable").reset_index(drop=True)


def _slope_label(row: Any) -> str:
    if row.each != "board":
        return f"{BOARD_NAMES[row.board]},\neach {row.each}"
    return f"{BOARD_NAMES[row.board]}\n{row.first:%b %Y} to {row.last:%b %Y},\n{so_many(row.pairs, 'pair')}"


def _fell(rows: pd.DataFrame) -> str:
    """Say on which scales the gap fell however it is weighed, and on which that hangs on the weights."""
    fell = (rows["high"] < 0).groupby(rows["board"], sort=False).agg(["all", "any"])
    sure = [BOARD_NAMES[str(board)] for board in fell.index[fell["all"]]]
    open_ = [BOARD_NAMES[str(board)] for board in fell.index[fell["any"] & ~fell["all"]]]
    said = f"The gap fell on {' and '.join(sure)}" if sure else "The gap fell on no scale beyond doubt"
    return said + (f"; on {' and '.join(open_)} it hangs on how boards are weighed" if open_ else "")


@drawn
def style_control(styled: StyleDays) -> Plot:
    """Draw the gap without and with style control on each day that has both boards.

    ``styled``: from `history.style_pairs`.
    """
    pairs = styled.pairs
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
        title=f"With style control the gap was smaller on {less} of {so_many(len(pairs), 'day')}",
        alt=f"Gaps without and with style control on {so_many(len(pairs), 'day')}. With control it differed by "
        f"{pairs['shift'].min():.1f} to {pairs['shift'].max():.1f} points, with the same two models on both boards "
        f"({so_many(len(same), 'day')}) by {same['shift'].min():.1f} to {same['shift'].max():.1f}.",
        caption="Beside the day: gap with control minus gap without. *: the two boards have different models at the "
        "head, so that the change is not of control alone. Bars: 95 % intervals. Days with one of the boards only are "
        f"left out: {len(styled.alone)}.",
    )
