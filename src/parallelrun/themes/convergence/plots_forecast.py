"""Figures of where the gap goes: the forecast, and what such forecasts and the gap itself did before."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from parallelrun.study.canvas import AMBER, GREEN, INK, PALE, PINK, SKY, US, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import days, from_zero, label_ends, rows_axis, time_axis, whiskers, zero_line
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, stack
from parallelrun.themes.convergence.forecasting import forecast_at, lean, parity_at
from parallelrun.themes.convergence.history import LONGEST_HOLD, move_after
from parallelrun.themes.convergence.plots import BOARD_LOOK, by_board

METHOD_LOOK: dict[str, dict[str, Any]] = {
    "no change": {"color": INK, "ls": "-", "marker": "x"},
    "releases": {"color": GREEN, "ls": "-", "marker": "D"},
    "local level": {"color": AMBER, "ls": "--", "marker": "s"},
    "local linear trend": {"color": PINK, "ls": ":", "marker": "^"},
    "mean-reverting": {"color": US, "ls": "-", "marker": "o"},
}


@drawn
def forecast(
    gaps: pd.DataFrame, earlier: pd.DataFrame, ahead: pd.DataFrame, tests: pd.DataFrame, p: Parameters
) -> Plot:
    """Draw the forecast from the forecast board's last day, one from the last default board, and the chance of parity.

    ``gaps``: rows of `boards.gaps` of the forecast board and of the default board; ``earlier, ahead``: from
    `forecasting.forecast`, from the forecast board's last day and from the last default board; ``tests``: past
    forecasts with what came, from `forecasting.replay`.
    """
    figure, (left, right) = canvas(9.4, 1, 2, width_ratios=[1.5, 1])
    looks = (BOARD_LOOK[p.forecast_board]["color"], BOARD_LOOK["default"]["color"])
    for frame, colour, hatch in zip((earlier, ahead), looks, ("", "////"), strict=True):
        x = days(frame["week"])
        left.fill_between(x, frame["low"], frame["high"], color=colour, alpha=0.13, lw=0)
        left.fill_between(x, frame["inner_low"], frame["inner_high"], color=colour, alpha=0.25, lw=0, hatch=hatch)
        left.plot(x, frame["median"], color=colour, lw=1.2)
    by_board(left, gaps, "gap")
    zero_line(left)
    left.set_ylabel("gap, points")
    left.set_title(f"Gap, and two forecasts ({p.forecast_model})")
    chance, x = 100 * ahead[["probability_by", "probability_low", "probability_high"]], days(ahead["week"])
    right.fill_between(x, chance["probability_low"], chance["probability_high"], color=looks[1], alpha=0.2, lw=0)
    right.plot(x, chance["probability_by"], color=looks[1])
    from_zero(right.yaxis)
    right.set_ylabel("probability, %")
    right.set_title("The model’s chance of having met zero")
    for axes in (left, right):
        time_axis(axes.xaxis, 6)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    start = {
        name: f"{frame['week'].iloc[0] - pd.Timedelta(weeks=1):%d %B %Y}"
        for name, frame in (("earlier", earlier), ("ahead", ahead))
    }
    later = gaps[(gaps["board"] == "default") & (gaps["as_of"] >= earlier["week"].iloc[0])]
    end = f"{ahead['week'].iloc[-1]:%B %Y}"
    year = ahead["week"].iloc[min(51, len(ahead) - 1)]
    then, (under, off) = forecast_at(ahead, f"{year:%Y-%m-%d}"), lean(tests, p.forecast_model)
    leant = f"{abs(off):.0f} points too {'high' if off > 0 else 'low'}"
    parity = parity_at(ahead, f"{year:%Y-%m-%d}")
    far = forecast_at(ahead, f"{ahead['week'].iloc[-1]:%Y-%m-%d}")
    return Plot(
        figure,
        stack(boards=gaps, earlier=earlier, ahead=ahead),
        title=f"By a model that erred {leant}, the gap of {year:%B %Y} is {then.low:.0f} to {then.high:.0f} points "
        f"({100 * p.confidence:.0f} %)",
        alt=f"Left: gaps to {start['earlier']}, a forecast from then on, {so_many(len(later), 'later board')} on "
        f"another scale, and a forecast from {start['ahead']}, which reaches from {far.low:.0f} to {far.high:.0f} "
        f"points by {end}. Right: the model’s chance of a gap of zero, {parity.value:.0f} % by {year:%B %Y} and "
        f"{ahead['probability_by'].iloc[-1] * 100:.0f} % by {end}.",
        caption=f"Model: {p.forecast_model}, learnt from the {BOARD_NAMES[p.forecast_board]} board. Bands contain 50 "
        f"and {100 * p.confidence:.0f} %; right: {100 * p.confidence:.0f} % interval over the model’s parameters. "
        f"{p.draws:,} simulated futures. The hatched forecast starts from the last default board, which is another "
        f"scale. Of what came in the past, {under:.0f} % lay below this model’s medians, {leant} on average: the "
        f"chance drawn may be too {'low' if off > 0 else 'high'}.",
        simulated=True,
    )


@drawn
def track_record(
    record: pd.DataFrame, ratios: Mapping[str, Estimate], shelf: pd.DataFrame, within: pd.DataFrame, p: Parameters
) -> Plot:
    """Draw scores and coverage of past forecasts, how far the gap moves, and how long it was near.

    ``record``: from `forecasting.record_of`; ``ratios``: scores over that of no change, by `forecasting.crps_ratio`;
    ``shelf, within``: from `history.shelf_life` and `history.time_within`.
    """
    figure, ((errors, cover), (moves, near)) = canvas(13.0, 2, 2)
    horizons = sorted(record["horizon"].unique())
    place = {horizon: i for i, horizon in enumerate(horizons)}
    methods = [method for method in METHOD_LOOK if method in set(record["method"])]
    for method, shift in zip(methods, np.linspace(-0.24, 0.24, len(methods)), strict=True):
        rows, look = record[record["method"] == method], METHOD_LOOK[method]
        x = np.array([place[h] for h in rows["horizon"]])
        errors.plot(x, rows["crps"], label=method, ms=4.5, **look)
        mark: Any = {key: look[key] for key in ("color", "marker")} | {"upright": True, "markersize": 4}
        whiskers(cover, 100 * rows["share"], 100 * rows["low"], 100 * rows["high"], x + shift, **mark)
    errors.set_ylabel("mean CRPS, points")
    errors.set_title("Past forecasts: score (less is better)")
    from_zero(errors.yaxis)
    zero_line(cover, 95)
    cover.set_ylabel("inside the 95 % interval, %")
    cover.set_title("Past forecasts: coverage")
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
    zero_line(moves)
    moves.set_xlabel("months later")
    moves.set_ylabel("change of the gap, points")
    moves.set_title("Moves of the gap: median and 10 to 90 %")
    boards = list(dict.fromkeys(within["board"]))
    thresholds = sorted(within["threshold"].unique())
    for i, (threshold, colour, hatch) in enumerate(zip(thresholds, (US, SKY, PALE), ("", "///", "..."), strict=True)):
        rows = within[within["threshold"] == threshold]
        y = np.array([boards.index(board) for board in rows["board"]]) + 0.3 * (i - 1)
        bar: Any = {"color": colour, "hatch": hatch, "edgecolor": "white", "label": f"within {threshold:g} points"}
        near.barh(y, 100 * rows["share"], 0.28, **bar)
    rows_axis(near, [BOARD_NAMES[board] for board in boards])
    near.set_xlim(0, 100)
    near.set_xlabel("share of recorded days, %")
    near.set_title("How long the gap was small")
    figure.legend(*errors.get_legend_handles_labels(), loc="outside lower left", ncols=3)
    figure.legend(*near.get_legend_handles_labels(), loc="outside lower right", ncols=1)
    overall = shelf[shelf["board"] == "overall"]
    moved, months = move_after(shelf, "overall", int(overall["months"].max())), overall["months"].max()
    means = record.assign(total=record["crps"] * record["forecasts"]).groupby("method")[["total", "forecasts"]].sum()
    mean = (means["total"] / means["forecasts"]).sort_values()
    told = ", ".join(f"{method} {value:.0f}" for method, value in mean.items())
    best = ratios.get(str(mean.index[0]))
    doubt = ", but not beyond doubt" if best is not None and best.ends[1] >= 1 else ""
    return Plot(
        figure,
        stack(backtest=record, moves=shelf, time_within=within),
        title=f"Of past forecasts {mean.index[0]} erred least, {mean.iloc[0]:.0f} points against "
        f"{mean['no change']:.0f} of “no change”{doubt}",
        alt=f"Four panels. Mean score (CRPS) of past forecasts in points: {told}. Coverage of their 95 % intervals by "
        f"horizon. Change of the gap after 1 to {months} months, {moved.value:.0f} points after {months} on the "
        f"overall board. Share of days within {thresholds[0]:g} to {thresholds[-1]:g} points.",
        caption=f"Each model refitted at {int(record['origins'].max())} weeks of the {BOARD_NAMES[p.forecast_board]} "
        "board to what was known; bars: Jeffreys intervals, counting only forecasts whose windows do not overlap. "
        f"Moves: all pairs of days, which overlap. A board holds until the next one, at most {LONGEST_HOLD} days.",
    )
