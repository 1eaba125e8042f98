"""Figures of the gap's breadth: down the ladder of models, and by task, language and kind of work."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, OTHER, PALE, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    days,
    from_zero,
    label_ends,
    label_points,
    log_axis,
    rows_axis,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, deepest, stack
from parallelrun.themes.convergence.plots import BOARD_LOOK, runs


@drawn
def depth(ladder: pd.DataFrame, chinese: pd.DataFrame) -> Plot:
    """Draw the gap between n-th best models, and the Chinese models and vendors among the first twenty places.

    ``ladder``: from `boards.ladder_gaps`; ``chinese``: rows of China in ``convergence/top_twenty``.
    """
    figure, (left, right) = canvas(9.0, 1, 2)
    marked = {deepest(rows)["as_of"].iloc[0] for _, rows in ladder.groupby("board")} | {ladder["as_of"].min()}
    ends = []
    for (day, board), rows in ladder.groupby(["as_of", "board"]):
        look: Any = BOARD_LOOK[str(board)]
        if day in marked:
            left.plot(rows["place"], rows["gap"], lw=1.5, ms=4, zorder=3, **look)
            ends.append((rows.iloc[-1], look["color"]))
        else:
            left.plot(rows["place"], rows["gap"], color=PALE, alpha=0.4, lw=0.7, zorder=1)
    log_axis(left.xaxis)
    left.grid(visible=False)
    zero_line(left)
    deep = ladder["place"].max()
    beside, within = ([end for end in ends if (end[0]["place"] == deep) == outer] for outer in (True, False))
    label_ends(left, *_marks(beside))
    label_points(left, *_marks(within), gap=6, clear_of_lines=True, fontsize=7.5)
    left.set_xlabel("place in the country’s own ranking")
    left.set_ylabel("US less China, points")
    left.set_title("The gap down the ladder")
    for column, fill in (("models", CHINA), ("vendors", "white")):
        for board, rows in chinese.groupby("board", sort=False):
            look = {"marker": BOARD_LOOK[str(board)]["marker"], "color": CHINA, "mfc": fill, "ms": 4.5}
            runs(right, days(rows["as_of"]), rows[column].to_numpy(), ls="-" if fill == CHINA else ":", lw=0.8, **look)
    from_zero(right.yaxis)
    right.set_ylabel("among the first twenty places")
    right.set_title("Chinese models and their vendors")
    time_axis(right.xaxis, 5)
    handles = [
        Line2D([], [], color=CHINA, marker="o", mfc=fill, ms=4.5, ls=ls, label=text)
        for fill, ls, text in ((CHINA, "-", "Chinese models"), ("white", ":", "their vendors"))
    ]
    figure.legend(handles=handles, loc="outside lower right", ncols=2)
    last = deepest(ladder)
    head, foot = last.iloc[0], last.iloc[-1]
    low, high = chinese["models"].min(), chinese["models"].max()
    return Plot(
        figure,
        stack(ladder=ladder, first_twenty=chinese),
        title=f"On {head['as_of']:%d %B %Y} the gap is {head['gap']:.0f} points at the head and {foot['gap']:.0f} at "
        f"place {foot['place']}",
        alt=f"Left: gap by place for each board; on {head['as_of']:%d %B %Y} from {head['gap']:.0f} points at the "
        f"first to {foot['gap']:.0f} at place {foot['place']}; over all boards from {ladder['gap'].min():.0f} to "
        f"{ladder['gap'].max():.0f}. Right: {low} to {so_many(high, 'Chinese model')} among the first twenty.",
        caption="Left: gap between the n-th best of each country; coloured: the first board and the last long one of "
        f"each kind. Circles: {BOARD_NAMES['overall']} board; triangles: default boards. Some sources list the "
        "settings of a model apart and others in one row, which makes their ladders shorter.",
    )


def _marks(ends: list[tuple[pd.Series, str]]) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    """Return places and gaps of the ends of ladders, their months, and their colours."""
    x, y = (np.array([row[column] for row, _ in ends], float) for column in ("place", "gap"))
    return x, y, [f"{row['as_of']:%b %Y}" for row, _ in ends], [colour for _, colour in ends]


@drawn
def tasks_and_arenas(tasks: pd.DataFrame, arenas: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the gap by task and language, with and without style control, and by kind of work at two dates.

    ``tasks, arenas``: from `boards.lead_by_group`. Earlier days of a board are pale.
    """
    past = tasks["as_of"] < tasks.groupby("board")["as_of"].transform("max")
    boards = list(dict.fromkeys(tasks.sort_values("as_of")["board"]))
    base = tasks.sort_values("as_of", kind="stable").drop_duplicates("category", keep="last")
    base = base.sort_values("gap", ascending=False)
    place = {category: i for i, category in enumerate(base["category"])}
    figure, (left, right) = canvas(max(3.4 + 0.4 * len(place), 9.0), 1, 2, width_ratios=[1.15, 1])
    for i, (board, shift) in enumerate(zip(boards, np.linspace(0.2, -0.2, len(boards)), strict=True)):
        own, colour = tasks["board"] == board, BOARD_LOOK[board]["color"]
        before, rows = tasks[own & past], tasks[own & ~past]
        y, earlier = (np.array([place[c] for c in part["category"]]) + shift for part in (rows, before))
        look: Any = {"color": colour, "mfc": colour if i + 1 == len(boards) else "white", "elinewidth": 0.8}
        look |= {"marker": BOARD_LOOK[board]["marker"], "markersize": 3.4}
        look["label"] = f"{BOARD_NAMES[board]}, {rows['as_of'].max():%b %Y}"
        whiskers(left, rows["gap"], rows["low"], rows["high"], y, **look)
        if len(before):
            pale = look | {"mfc": "white", "alpha": 0.45, "label": "the same, earlier"}
            whiskers(left, before["gap"], before["low"], before["high"], earlier, **pale)
    rows_axis(left, list(base["label"]), fontsize=7)
    left.set_title("Text, by category of prompts")
    left.set_xlabel("US less China, points")
    order = arenas.sort_values("as_of").drop_duplicates("arena", keep="last").sort_values("gap")
    place = {arena: i for i, arena in enumerate(order["arena"])}
    first = arenas.sort_values("as_of").drop_duplicates("arena")
    colours = COUNTRY_COLOURS | {"open": OTHER}
    marks = COUNTRY_MARKERS | {"open": "s"}
    for rows, shift, hollow in ((first[~first.index.isin(order.index)], 0.17, True), (order, -0.17, False)):
        for leader, part in rows.groupby("leader"):
            colour = colours[str(leader)]
            look = {
                "color": colour,
                "marker": marks[str(leader)],
                "mfc": "white" if hollow else colour,
                "elinewidth": 0.9,
            }
            y = np.array([place[arena] for arena in part["arena"]]) + shift
            whiskers(right, part["gap"], part["low"], part["high"], y, markersize=4.5, **look)
    rows_axis(right, list(place))
    right.set_xlabel("US less China, points of each arena")
    right.set_title("Other arenas (hollow: first, filled: last reading)")
    for axes in (left, right):
        zero_line(axes, upright=True)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    names = (("CN", "China ahead"), ("US", "US ahead"), ("open", "open"))
    handles = [Line2D([], [], ls="none", color=colours[k], marker=marks[k], ms=4.5, label=text) for k, text in names]
    figure.legend(handles=handles, loc="outside lower right", ncols=3)
    newest = tasks[tasks["as_of"] == tasks["as_of"].max()]
    us, chinas = int((newest["leader"] == "US").sum()), order[order["leader"] == "CN"]["arena"]
    return Plot(
        figure,
        stack(tasks=tasks, arenas=arenas),
        title=f"In {newest['as_of'].max():%B %Y} the US leads in {us} of "
        f"{so_many(len(newest), 'text category', 'text categories')}",
        alt=f"Left: gaps in {so_many(tasks['category'].nunique(), 'category', 'categories')} with intervals, from "
        f"{newest['gap'].min():.0f} to {newest['gap'].max():.0f} points on the newest board. Right: gaps in "
        f"{so_many(len(order), 'arena')}; China is ahead in {', '.join(chinas) or 'none'}; open: "
        f"{', '.join(order['arena'][order['leader'] == 'open']) or 'none'}.",
        caption=f"Best US less best Chinese model with {100 * p.confidence:.0f} % intervals (variance recovery), one "
        "category at a time. Right: default boards, first and last reading at hand; open: the interval contains "
        "zero.",
    )
