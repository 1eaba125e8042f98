"""Figures of where the gap goes: the forecast, and what such forecasts and the gap itself did before."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from parallelrun.study.canvas import AMBER, INK, PALE, PINK, SKY, US, canvas
from parallelrun.study.drawing import days, from_zero, label_ends, rows_axis, time_axis, whiskers, zero_line
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, stack
from parallelrun.themes.convergence.forecasting import forecast_at, parity_probability
from parallelrun.themes.convergence.history import LONGEST_HOLD, move_after
from parallelrun.themes.convergence.plots import BOARD_LOOK

MODEL_LOOK: dict[str, dict[str, Any]] = {
    "local level": {"color": AMBER, "ls": "--", "marker": "s"},
    "local linear trend": {"color": PINK, "ls": ":", "marker": "^"},
    "mean-reverting": {"color": US, "ls": "-", "marker": "o"},
}


@drawn
def forecast(
    series: pd.DataFrame, ahead: pd.DataFrame, parity: pd.DataFrame, later: pd.DataFrame, p: Parameters
) -> Plot:
    """Draw the forecast with its intervals and the later boards that it did not see, and the chance of parity.

    Parameters
    ----------
    series, ahead, parity : pandas.DataFrame
        From `forecasting.weekly`, `forecasting.forecast` and `forecasting.parity_by_model`.
    later : pandas.DataFrame
        Rows of `boards.gaps` on another scale.
    p : Parameters
    """
    figure, (left, right) = canvas(9.0, 1, 2, width_ratios=[1.35, 1])
    colour = BOARD_LOOK["overall"]["color"]
    seen, x = series.dropna(), days(ahead["week"])
    left.plot(days(seen["week"]), seen["gap"], "o", ms=2.6, color=colour, label=f"{p.forecast_board} board")
    left.fill_between(x, ahead["low"], ahead["high"], color=colour, alpha=0.14, lw=0)
    left.fill_between(x, ahead["inner_low"], ahead["inner_high"], color=colour, alpha=0.25, lw=0, label="half")
    left.plot(x, ahead["mean"], color=colour, lw=1.2)
    left.plot(days(later["as_of"]), later["gap"], ls="none", mfc="white", ms=4, label="unseen", **BOARD_LOOK["default"])
    zero_line(left)
    left.set_ylabel("gap, points")
    left.set_title("Forecast of the gap")
    ends = parity.groupby("method", sort=False).tail(1)
    for model, rows in parity.groupby("method", sort=False):
        look: Any = {key: MODEL_LOOK[str(model)][key] for key in ("color", "ls")}
        right.plot(days(rows["week"]), 100 * rows["probability_by"], **look)
        right.plot(days(rows["week"]), 100 * rows["probability_at"], lw=0.7, **look)
    colours = [MODEL_LOOK[model]["color"] for model in ends["method"]]
    label_ends(right, days(ends["week"]), 100 * ends["probability_by"], list(ends["method"]), colours)
    right.set_ylim(0, 100)
    right.set_ylabel("probability, %")
    right.set_title("Zero by then (thick), in that week (thin)")
    for axes in (left, right):
        time_axis(axes.xaxis, 6)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=3)
    last, end = series["week"].iloc[-1], f"{ahead['week'].iloc[-1]:%Y-%m-%d}"
    final, chance = forecast_at(ahead, end), parity_probability(parity, p.forecast_model, end)
    return Plot(
        figure,
        stack(weeks=series, forecast=ahead, parity=parity, unseen=later),
        title=f"Seen from {last:%B %Y}, a gap of zero by {end} had a chance of {chance.low:.0f} to {chance.high:.0f} "
        "%, by "
        "the choice of the model",
        alt=f"Left: weekly gap to {last:%B %Y} and a forecast of {final.value:.0f} points with an interval from "
        f"{final.low:.0f} to {final.high:.0f} at {end}. Right: probability of parity under {len(ends)} models.",
        caption=f"Model drawn: {p.forecast_model}, fitted to the {BOARD_NAMES[p.forecast_board]} board to "
        f"{last:%d %B %Y}; "
        f"bands contain 50 and {100 * p.confidence:.0f} %. Right: {p.draws:,} simulated futures a model; thick: "
        "touched "
        "zero in any week until then, thin: at or below zero in that week.",
        simulated=True,
    )


@drawn
def track_record(record: pd.DataFrame, shelf: pd.DataFrame, within: pd.DataFrame, p: Parameters) -> Plot:
    """Draw errors and coverage of past forecasts, how far the gap moves, and how long it was near.

    Parameters
    ----------
    record : pandas.DataFrame
        From `forecasting.coverage_by_model`.
    shelf, within : pandas.DataFrame
        From `history.shelf_life` and `history.time_within`.
    p : Parameters
    """
    figure, ((errors, cover), (moves, near)) = canvas(12.4, 2, 2)
    horizons = sorted(record["horizon"].unique())
    place = {horizon: i for i, horizon in enumerate(horizons)}
    models = record["method"].unique()
    for model, shift in zip(models, np.linspace(-0.16, 0.16, len(models)), strict=True):
        rows, look = record[record["method"] == model], MODEL_LOOK[str(model)]
        x = np.array([place[h] for h in rows["horizon"]])
        errors.plot(x, rows["error"], label=model, ms=4.5, **look)
        mark = {key: look[key] for key in ("color", "marker")} | {"upright": True, "markersize": 4.5}
        whiskers(cover, 100 * rows["share"], 100 * rows["low"], 100 * rows["high"], x + shift, **mark)
    base = record.drop_duplicates("horizon")
    errors.plot([place[h] for h in base["horizon"]], base["naive"], marker="x", color=INK, lw=1, label="no change")
    errors.set_ylabel("mean absolute error, points")
    errors.set_title("Past forecasts: error")
    from_zero(errors.yaxis)
    zero_line(cover, 100 * p.confidence)
    cover.set_ylabel("within the interval, %")
    cover.set_title("Past forecasts: what came and was covered")
    labels = [f"{low + 1} to {high}" for low, high in itertools.pairwise([0, *horizons])]
    for axes in (errors, cover):
        axes.set_xticks(range(len(horizons)), labels)
        axes.set_xlabel("weeks ahead")
    for board, rows in shelf.groupby("board", sort=False):
        look = BOARD_LOOK[str(board)]
        moves.fill_between(rows["months"], rows["low"], rows["high"], color=look["color"], alpha=0.16, lw=0)
        moves.plot(rows["months"], rows["median"], ms=4, **look)
    ends = shelf.groupby("board", sort=False).tail(1)
    colours = [BOARD_LOOK[board]["color"] for board in ends["board"]]
    label_ends(moves, ends["months"], ends["median"], [BOARD_NAMES[board] for board in ends["board"]], colours)
    from_zero(moves.yaxis)
    moves.set_xlabel("months later")
    moves.set_ylabel("change of the gap, points")
    moves.set_title("Moves of the gap: median and 10 to 90 %")
    boards = list(dict.fromkeys(within["board"]))
    thresholds = sorted(within["threshold"].unique())
    for i, (threshold, colour, hatch) in enumerate(zip(thresholds, (US, SKY, PALE), ("", "///", "..."), strict=True)):
        rows = within[within["threshold"] == threshold]
        y = np.array([boards.index(board) for board in rows["board"]]) + 0.3 * (i - 1)
        look = {"color": colour, "hatch": hatch, "edgecolor": "white", "label": f"within {threshold:g} points"}
        near.barh(y, 100 * rows["share"], 0.28, **look)
    rows_axis(near, [BOARD_NAMES[board] for board in boards])
    near.set_xlim(0, 100)
    near.set_xlabel("share of recorded days, %")
    near.set_title("How long the gap was small")
    figure.legend(*errors.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    figure.legend(*near.get_legend_handles_labels(), loc="outside lower right", ncols=1)
    moved = move_after(shelf, "overall", int(shelf.loc[shelf["board"] == "overall", "months"].max()))
    months, longest = shelf.loc[shelf["board"] == "overall", "months"].max(), record["horizon"].max()
    worst = record[record["horizon"] == longest].sort_values("error").iloc[-1]
    return Plot(
        figure,
        stack(backtest=record, shelf_life=shelf, time_within=within),
        title=f"In {months} months the gap on the overall board moved by {moved.value:.0f} points in the median",
        alt=f"Four panels: forecast errors by horizon for {len(models)} models and no change, the largest "
        f"{worst['error']:.0f}"
        f" points for the {worst['method']} model; coverage of intervals; change of the gap after 1 to {months} "
        "months; share "
        f"of days within {thresholds[0]:g} to {thresholds[-1]:g} points.",
        caption=f"Backtest on the {BOARD_NAMES[p.forecast_board]} board, {int(record['origins'].max())} origins; bars: "
        "Jeffreys intervals as if forecasts did not overlap. Moves: all pairs of days, which overlap as well. A board "
        "holds "
        f"until the next one, at most {LONGEST_HOLD} days.",
    )
