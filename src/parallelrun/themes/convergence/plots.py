"""Figures of the gap itself: on every board, as an expected score, beside its margin, and in the printed scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.stats import norm

from parallelrun.study.canvas import AMBER, COUNTRY_COLOURS, COUNTRY_MARKERS, GREEN, GREY, INK, PALE, PINK, US, canvas
from parallelrun.study.counts import form, so_many
from parallelrun.study.drawing import (
    days,
    from_zero,
    label_points,
    records,
    room_for_texts,
    rows_axis,
    sides,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, PUBLISHED_LEVEL, boards_with_china_ahead, stack
from parallelrun.themes.convergence.history import LONGEST_HOLD, distinct_pairs
from parallelrun.themes.convergence.printed import printed_points
from parallelrun.themes.convergence.ratings import expected_estimate, meaning_frame, percent_estimate

BOARD_LOOK: dict[str, dict[str, Any]] = {
    "online_elo": {"color": GREY, "marker": "x"},
    "first_bt": {"color": AMBER, "marker": "P"},
    "overall": {"color": US, "marker": "o"},
    "style_control": {"color": GREEN, "marker": "s"},
    "default": {"color": PINK, "marker": "^"},
}


def by_board(axes: Axes, frame: pd.DataFrame, y: str) -> None:
    """Draw a column over days as hollow marks, a series a board, with labels for a legend."""
    for board, rows in frame.groupby("board", sort=False):
        look, name = BOARD_LOOK[str(board)], BOARD_NAMES[str(board)]
        axes.plot(days(rows["as_of"]), rows[y], ls="none", ms=3.5, mfc="none", label=name, **look)


def runs(axes: Axes, x: np.ndarray, y: np.ndarray, **look: Any) -> None:
    """Draw a line over days that is broken where the record is silent for more than `LONGEST_HOLD` days."""
    for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(x) > LONGEST_HOLD) + 1):
        axes.plot(x[run], y[run], **look)


@drawn
def gap_history(gaps: pd.DataFrame, timeline: pd.DataFrame, apart: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the gap on every board with the printed gaps, and these less the boards of their months.

    ``gaps``: from `boards.gaps`; ``timeline``: the articles' gaps (``convergence/gap_timeline``); ``apart``: from
    `printed.distances`.
    """
    stars = printed_points(timeline)
    figure, (top, bottom) = canvas(13.5, 2, 1, height_ratios=[2.6, 1])
    for board, rows in gaps.groupby("board", sort=False):
        look: Any = BOARD_LOOK[str(board)]
        x, y = days(rows["as_of"]), rows["gap"].to_numpy()
        known = rows["low"].notna().to_numpy()
        top.vlines(x[known], rows["low"][known], rows["high"][known], color=look["color"], lw=0.7, alpha=0.45)
        runs(top, x, y, lw=0.8, ms=2.6, **look)
    look = {"fmt": "none", "ecolor": "black", "elinewidth": 1}
    top.errorbar(days(stars["as_of"]), stars["gap"], sides(stars["gap"], stars["low"], stars["high"]), **look)
    top.plot(days(stars["as_of"]), stars["gap"], "*", color="black", ms=9, zorder=5)
    zero_line(top)
    top.set_ylabel("best US less best Chinese,\npoints of each board")
    top.set_title("Each scale is a series of its own; stars: as the article says")
    time_axis(top.xaxis)
    said = {row.claim: f"{row.period}: {row.published}" for row in records(stars)}
    periods = {claim: said.get(claim, claim) for claim in dict.fromkeys(apart["claim"])}
    place = {claim: i for i, claim in enumerate(periods)}
    for board, rows in apart.groupby("board", sort=False):
        bottom.plot(
            rows["distance"],
            [place[claim] for claim in rows["claim"]],
            ls="none",
            ms=5,
            mfc="none",
            **BOARD_LOOK[str(board)],
        )
    zero_line(bottom, upright=True)
    rows_axis(bottom, list(periods.values()))
    bottom.set_xlabel("gap in the article less the gap on a board near that month, points")
    names = {board: name for board, name in BOARD_NAMES.items() if board in set(gaps["board"])}
    handles = [Line2D([], [], ls="none", ms=5, label=name, **BOARD_LOOK[board]) for board, name in names.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    ahead, span = boards_with_china_ahead(gaps), f"{gaps['as_of'].min():%B %Y} to {gaps['as_of'].max():%B %Y}"
    pairs = f"{so_many(distinct_pairs(gaps).value, 'pair')} of models"
    led = f"China leads on {ahead.value:.0f} of {so_many(len(gaps), 'board')}"
    lead = led if ahead.value else f"the US leads on points in all {pairs}"
    range_ = f"{gaps['gap'].min():.0f} to {gaps['gap'].max():.0f} points"
    return Plot(
        figure,
        stack(board=gaps, printed=stars, distance=apart),
        title=f"From {span} {lead}, with gaps from {range_}",
        alt=f"Time series of the gap on {so_many(len(names), 'board')}, {span}: {lead}, gaps from {range_}, the last "
        f"{gaps.sort_values('as_of')['gap'].iloc[-1]:.0f}. Below, the articles’ gaps less the boards of their months.",
        caption=f"Best US less best Chinese score on each distinct board; bars: {100 * p.confidence:.0f} % intervals "
        f"where margins were published. The {so_many(len(gaps), 'board repeats', 'boards repeat')} {pairs}, which "
        f"share models; lines are broken where no board is on "
        f"record for {LONGEST_HOLD} days. Below: boards in the month or up to {p.window_days} days from it.",
    )


@drawn
def meaning_of_a_gap(timeline: pd.DataFrame, gap: Estimate, base: Estimate, p: Parameters) -> Plot:
    """Draw gaps as expected scores, and a board's gap in percent over the origin of the scale.

    ``timeline``: the articles' gaps (``convergence/gap_timeline``); ``gap, base``: the board's gap and its best
    Chinese score, in points.
    """
    frame = meaning_frame(timeline, gap, base, p.rating_origin)
    colour = BOARD_LOOK["default"]["color"]
    figure, (left, right) = canvas(8.2, 1, 2)
    part = frame[frame["panel"] == "expected"]
    curve, marks = part[part["label"] == ""], part[part["label"] != ""]
    left.plot(curve["x"], curve["y"], color=INK, lw=1.3)
    for row in records(marks):
        look: Any = (
            {"marker": "^", "color": colour}
            if row.label == "board"
            else {"marker": "*", "color": "black", "markersize": 9}
        )
        whiskers(left, row.y, row.low, row.high, row.x, upright=True, elinewidth=1, **look)
    said = marks[marks["label"] != "board"]
    zero_line(left, 50)
    texts = [f"{row.label}: {row.y:.1f} %" for row in records(said)]
    label_points(left, said["x"], said["y"], texts, "black", gap=8, clear_of_lines=True)
    left.margins(x=0.12)
    left.set_xlabel("gap, points")
    left.set_ylabel("expected score of the leader, %")
    left.set_title("A gap as expected score")
    part = frame[frame["panel"] == "percent"]
    curve, points = part[part["label"] == ""], part[part["label"] == "origin"]
    right.fill_between(curve["x"], curve["low"], curve["high"], color=colour, alpha=0.2, lw=0)
    right.plot(curve["x"], curve["y"], color=colour)
    right.plot(points["x"], points["y"], "o", color=INK)
    texts = [f"zero at {row.x:,.0f}: {row.y:.1f} %" for row in records(points)]
    label_points(right, points["x"], points["y"], texts, INK, gap=6, clear_of_lines=True)
    right.set_xlabel("score that is taken as zero, points")
    right.set_ylabel("the same gap, %")
    right.set_title("A gap in percent, by the origin")
    expected, percent = expected_estimate(gap), percent_estimate(gap, base, p.rating_origin)
    return Plot(
        figure,
        frame,
        title=f"A gap of {gap.value:.0f} points is an expected score of {expected.value:.1f} %, wherever zero is put",
        alt="Left: expected score rises from 50 % at no gap to "
        f"{frame.loc[frame['panel'] == 'expected', 'y'].max():.0f} % at "
        f"{frame.loc[frame['panel'] == 'expected', 'x'].max():.0f} points; the gap of {p.board_date} gives "
        f"{expected.value:.1f} %. Right: the same gap is {percent.value:.1f} % with zero at {p.rating_origin:g} and "
        "grows without bound as the origin nears the scores.",
        caption=f"Stars: gaps as the article gives them. Triangle and band: default board of {p.board_date} with its "
        f"{100 * p.confidence:.0f} % interval. Percent of the Chinese score, counted from the origin.",
    )


@drawn
def margin_of_error(gaps: pd.DataFrame, heads: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the best scores of one day as densities, and the gap over its margin on every board with intervals.

    ``gaps``: from `boards.gaps`, the rows with an interval; ``heads``: the best vendors of each country on one day
    (``convergence/vendor_leaders``).
    """
    figure, (left, right) = canvas(8.8, 1, 2, width_ratios=[1, 1.25])
    errors = ((heads["high"] - heads["low"]) / 2 / norm.ppf(0.5 + PUBLISHED_LEVEL / 2)).to_numpy()
    x = np.linspace((heads["value"] - 4 * errors).min(), (heads["value"] + 4 * errors).max(), 400)
    for row, error in zip(records(heads), errors, strict=True):
        left.plot(x, norm.pdf(x, row.value, error), color=COUNTRY_COLOURS[row.country], ls="-" if row.first else "--")
    colours = [COUNTRY_COLOURS[country] for country in heads["country"]]
    texts = [f"{row.vendor} {row.value:.0f}" for row in records(heads)]
    label_points(left, heads["value"], norm.pdf(0) / errors, texts, colours, gap=4)
    from_zero(left.yaxis, 0.35)
    left.margins(x=0.22)
    left.set_yticks([])
    left.set_xlabel("score, points")
    left.set_title(f"Scores and margins, {heads['as_of'].iloc[0]:%d %B %Y}")
    by_board(right, gaps, "ratio")
    right.axhspan(-1, 1, color=PALE, alpha=0.25, lw=0, zorder=0)
    right.set_ylabel("gap over its half-width")
    right.set_title("Gap in units of its margin (grey: inside it)")
    time_axis(right.xaxis)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    last = gaps.sort_values("as_of").iloc[-1]
    inside, now = gaps[gaps["ratio"].abs() < 1], f"{last['as_of']:%d %B %Y}"
    rare = f"{distinct_pairs(inside).value:.0f} of {so_many(distinct_pairs(gaps).value, 'pair')} of models"
    return Plot(
        figure,
        stack(boards=gaps, scores=heads),
        title=f"For {rare} the gap was inside its margin of error",
        alt="Left: densities of the two best scores of each country. Right: gap over half-width since "
        f"{gaps['as_of'].min():%B %Y}, nine in ten from {gaps['ratio'].quantile(0.05):.0f} to "
        f"{gaps['ratio'].quantile(0.95):.0f}, {last['ratio']:.1f} on {now}; below one for {rare}.",
        caption="Left: normal densities from the published margins; blue US, vermilion China, solid the best of "
        f"each. Right: gap over the half-width of its {100 * p.confidence:.0f} % interval, margins times "
        f"{p.interval_inflation:g}. The margins count votes only.",
    )


@drawn
def six_scores(shown: pd.DataFrame) -> Plot:
    """Draw the articles' scores beside those of a board: one row a vendor.

    ``shown``: from `printed.vendor_comparison`, the rows of one day.
    """
    rows = shown.assign(at=shown["value"].fillna(shown["printed"])).sort_values(
        "at", ascending=False, ignore_index=True
    )
    figure, axes = canvas(2.6 + 0.6 * len(rows))
    for country, part in rows.groupby("country"):
        look: Any = {"color": COUNTRY_COLOURS[str(country)], "marker": COUNTRY_MARKERS[str(country)], "mfc": "white"}
        part = part.dropna(subset="value")
        whiskers(axes, part["value"], part["low"], part["high"], part.index, **look)
    said = rows[rows["printed"].notna()]
    colours = [COUNTRY_COLOURS[country] for country in said["country"]]
    axes.scatter(said["printed"], said.index - 0.28, marker="v", c=colours, s=36, zorder=3)
    for row, colour in zip(records(said.assign(at=said.index - 0.28)), colours, strict=True):
        side = -1 if row.printed < row.value else 1
        style: Any = {"xytext": (6 * side, 1), "textcoords": "offset points", "color": colour, "fontsize": 7}
        style |= {"va": "center", "ha": "left" if side > 0 else "right"}
        axes.annotate(f"{row.printed:.0f}", (row.printed, row.at), **style)
    rows_axis(axes, list(rows["vendor"].where(rows["value"].notna(), rows["vendor"] + "\n(not on that board)")))
    axes.margins(x=0.08)
    room_for_texts(axes)
    axes.set_xlabel("Arena score, points")
    looks = (("v", INK, "in the article"), ("o", "white", "US, board"), ("D", "white", "China, board"))
    handles = [Line2D([], [], ls="none", marker=m, color=INK, mfc=face, label=text) for m, face, text in looks]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    worst, day = said["difference"].abs().max(), f"{rows['as_of'].iloc[0]:%d %B %Y}"
    there = said.dropna(subset="value").sort_values("difference", key=abs)
    off, lost = there.iloc[-1], ", ".join(said.loc[said["value"].isna(), "vendor"])
    absent = f"; {lost} is not on it" if lost else ""
    return Plot(
        figure,
        shown,
        title=f"{len(there)} of the article’s {so_many(len(said), 'score')} {form(len(there), 'stands', 'stand')} "
        f"within {worst:.0f} points of the board of {day}{absent}",
        alt=f"Scores of {so_many(len(rows), 'vendor')}. The article and the board of {day} agree within {worst:.0f} "
        f"points where both have one{absent}; the most off is {off['vendor']}, {off['printed']:.0f} in the article and "
        f"{off['value']:.0f} on the board.",
        caption="Triangles: the article. Circles (US) and diamonds (China): best model of each vendor on the default "
        f"text board of {day}, the one that fits best of those at hand, with the published "
        f"{100 * PUBLISHED_LEVEL:.0f} % intervals.",
    )
