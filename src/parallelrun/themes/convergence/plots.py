"""The figures of the convergence notebook: each takes exactly the frame that it draws."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.dates import DateFormatter, MonthLocator, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullLocator

from parallelrun.study.figures import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, OTHER, US, canvas
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence.boards import BOARD_NAMES, each

BOARD_COLOURS = {
    "online_elo": "#666666",
    "first_bt": "#E69F00",
    "overall": "#0072B2",
    "style_control": "#009E73",
    "default": "#CC79A7",
}
BOARD_MARKERS = {"online_elo": "x", "first_bt": "P", "overall": "o", "style_control": "s", "default": "^"}
MODEL_LOOK = {
    "local level": ("#E69F00", "--", "s"),
    "local linear trend": ("#CC79A7", ":", "^"),
    "mean-reverting": ("#0072B2", "-", "o"),
}
INK = "#333333"
PALE = "#8a8a8a"


def _zero(axes: Any, vertical: bool = False) -> None:
    draw = axes.axvline if vertical else axes.axhline
    draw(0, color=PALE, lw=0.7, zorder=0)


def _dates(values: Any) -> np.ndarray:
    return np.asarray(date2num(pd.to_datetime(values)))


def _sides(value: Any, low: Any, high: Any) -> np.ndarray:
    return np.vstack([np.asarray(value) - np.asarray(low), np.asarray(high) - np.asarray(value)])


@drawn
def plot_scores(frame: pd.DataFrame) -> Figure:
    """Draw printed scores beside those of a board: one row a vendor (from `vendor_comparison`, one day)."""
    rows = frame.sort_values(["value"], ascending=True).reset_index(drop=True)
    figure, axes = canvas("two-columns", 9.5)
    for country, part in rows.groupby("country"):
        axes.errorbar(
            part["value"],
            part.index,
            xerr=_sides(part["value"], part["low"], part["high"]),
            fmt=COUNTRY_MARKERS[str(country)],
            color=COUNTRY_COLOURS[str(country)],
            mfc="white",
            ms=5,
            lw=1,
        )
    for y, row in enumerate(each(rows)):
        colour = COUNTRY_COLOURS[row.country]
        if not np.isnan(row.printed):
            axes.plot(row.printed, y + 0.26, marker="v", color=colour, ms=6, ls="none")
            left = row.printed < row.value
            axes.annotate(
                f"{row.printed:.0f}",
                (row.printed, y + 0.26),
                xytext=(-6 if left else 6, 2.5),
                textcoords="offset points",
                ha="right" if left else "left",
                va="center",
                fontsize=7,
                color=colour,
            )
    axes.set_yticks(range(len(rows)), [f"{r.vendor} ({r.country})" for r in each(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.1)
    axes.set_xlabel("Arena score, points")
    axes.set_xlim(1412, 1518)
    for i, (marker, face, label) in enumerate((("v", INK, "printed in the article"), ("o", "white", "board, 95 %"))):
        axes.plot([1414], [len(rows) - 1.0 - 0.75 * i], marker=marker, color=INK, mfc=face, ls="none", ms=6)
        axes.text(1416, len(rows) - 1.0 - 0.75 * i, label, va="center", fontsize=7.5)
    axes.text(1513, 0.0, "US: circle\nChina: diamond", fontsize=7, va="center", ha="right", color=INK)
    return figure


@drawn
def plot_history(frame: pd.DataFrame) -> Figure:
    """Draw the gap on every board with the printed gaps, and these less the boards (from `history_frame`)."""
    gaps, printed, distances = (frame[frame["kind"] == kind] for kind in ("board", "printed", "distance"))
    figure, (top, bottom) = canvas("two-columns", 12.8, 2, 1, gridspec_kw={"height_ratios": [2.4, 1]})
    for board in BOARD_NAMES:
        rows = gaps[gaps["board"] == board]
        x = _dates(rows["as_of"])
        colour = BOARD_COLOURS[board]
        known = rows["low"].notna().to_numpy()
        if known.any():
            top.vlines(x[known], rows["low"][known], rows["high"][known], color=colour, lw=0.7, alpha=0.45)
        breaks = np.flatnonzero(np.diff(x) > 100)
        for piece_x, piece_y in zip(np.split(x, breaks + 1), np.split(rows["gap"].to_numpy(), breaks + 1), strict=True):
            top.plot(piece_x, piece_y, color=colour, lw=0.8, marker=BOARD_MARKERS[board], ms=2.6)
    for row in each(printed):
        x = _dates([row.as_of])[0]
        top.errorbar(
            x,
            row.gap,
            yerr=[[row.gap - row.low], [row.high - row.gap]],
            fmt="*",
            color="black",
            ms=9,
            lw=1,
            zorder=5,
        )
    labels = {
        "online_elo": ("2024-01-20", 205, "online Elo, until June 2024"),
        "first_bt": ("2023-05-12", 100, "first Bradley-Terry"),
        "overall": ("2024-08-15", 125, "overall (Bradley-Terry)"),
        "style_control": ("2025-07-10", 108, "style control"),
        "default": ("2026-01-15", 92, "default, 2026"),
    }
    for board, (day, y, text) in labels.items():
        top.text(_dates([day])[0], y, text, color=BOARD_COLOURS[board], fontsize=7.5, ha="left", va="center")
    for row, (dx, dy) in zip(each(printed), ((12, 14), (-4, -13), (-6, -11)), strict=True):
        top.annotate(
            f"{row.period}: {row.published}",
            (_dates([row.as_of])[0], row.gap),
            xytext=(dx, dy),
            textcoords="offset points",
            fontsize=7.5,
            ha="left" if dx > 0 else "center",
        )
    _zero(top)
    top.set_ylim(-42, 385)
    top.set_ylabel("best US less best Chinese,\npoints of each board")
    top.set_title("Five scales, none joined to another; stars: as printed in the article")
    _years(top)
    months = {claim: i for i, claim in enumerate(dict.fromkeys(distances["claim"]))}
    periods = distances.drop_duplicates("claim").set_index("claim")["period"]
    for board, name in BOARD_NAMES.items():
        rows = distances[distances["board"] == board]
        if rows.empty:
            continue
        bottom.plot(
            rows["distance"],
            [months[c] for c in rows["claim"]],
            ls="none",
            marker=BOARD_MARKERS[board],
            color=BOARD_COLOURS[board],
            ms=5,
            mfc="none",
            label=name,
        )
    _zero(bottom, vertical=True)
    bottom.set_yticks(list(months.values()), [periods[c] for c in months])
    bottom.set_ylim(len(months) - 0.5, -0.5)
    bottom.set_xlabel("printed gap less the gap on a board near that month, points")
    bottom.set_title("How far each printed gap is from the boards")
    bottom.legend(loc="lower center", bbox_to_anchor=(0.68, 0.0), borderpad=0)
    return figure


def _years(axes: Any) -> None:
    first, last = axes.get_xlim()
    if last - first < 400:
        axes.xaxis.set_major_locator(MonthLocator(interval=max(1, round((last - first) / 100))))
        axes.xaxis.set_major_formatter(DateFormatter("%b %Y"))
        return
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_minor_locator(MonthLocator((4, 7, 10)))
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))


@drawn
def plot_meaning(frame: pd.DataFrame) -> Figure:
    """Draw gaps as expected scores, and the gap in percent over the origin of the scale (from `meaning_frame`)."""
    figure, (left, right) = canvas("two-columns", 8.2, 1, 2)
    part = frame[frame["panel"] == "expected"]
    curve = part[part["label"] == ""]
    left.plot(curve["x"], curve["y"], color=INK, lw=1.3)
    for row in each(part[part["label"] != ""]):
        board = row.label == "board"
        left.errorbar(
            row.x,
            row.y,
            yerr=[[row.y - row.low], [row.high - row.y]],
            fmt="^" if board else "*",
            color=BOARD_COLOURS["default"] if board else "black",
            ms=6 if board else 9,
            lw=1,
        )
        if not board:
            text = f"{row.label}: {row.y:.1f} %"
            left.annotate(text, (row.x, row.y), xytext=(10, -6), textcoords="offset points", fontsize=7.5, va="center")
    left.axhline(50, color=PALE, lw=0.7)
    left.set_xlim(-8, 470)
    left.set_ylim(47, 90)
    left.set_xticks([0, 100, 200, 300, 400])
    left.set_xlabel("gap, points")
    left.set_ylabel("battles won by the leader, %")
    left.set_title("A gap as expected score")
    part = frame[frame["panel"] == "percent"]
    curve = part[part["label"] == ""]
    right.fill_between(curve["x"], curve["low"], curve["high"], color=BOARD_COLOURS["default"], alpha=0.2, lw=0)
    right.plot(curve["x"], curve["y"], color=BOARD_COLOURS["default"])
    points = part[part["label"] == "origin"]
    for marker, row in zip("oDs", each(points), strict=False):
        right.plot(row.x, row.y, marker, color=INK, ms=5, ls="none", label=f"zero at {row.x:.0f}: {row.y:.1f} %")
    right.legend(loc="upper left")
    right.set_ylim(0, max(25.0, 1.2 * points["y"].max()))
    right.set_xlabel("score that is taken as zero, points")
    right.set_ylabel("the same gap, %")
    right.set_title("A gap in percent, by the origin")
    return figure


@drawn
def plot_margin(gaps: pd.DataFrame, vendors: pd.DataFrame) -> Figure:
    """Draw the scores of one day as densities, and the gap over its margin on every board with intervals."""
    figure, (left, right) = canvas("two-columns", 8.6, 1, 2, gridspec_kw={"width_ratios": [1, 1.25]})
    x = np.linspace(1430, 1525, 400)
    heads = vendors.sort_values("value", ascending=False).groupby("country", sort=False).head(2)
    tops = []
    for row in each(heads):
        sd = (row.high - row.low) / 2 / 1.959964
        y = np.exp(-0.5 * ((x - row.value) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
        tops.append(y.max())
        left.plot(
            x,
            y,
            color=COUNTRY_COLOURS[row.country],
            lw=1.6 if row.Index in heads.drop_duplicates("country").index else 0.8,
            ls="-" if row.country == "US" else "--",
            label=f"{row.vendor} {row.value:.0f} ({row.country})",
        )
    left.legend(loc="upper left")
    left.set_ylim(0, 1.75 * max(tops))
    left.set_yticks([])
    left.set_xlabel("score, points")
    left.set_title("What the published margins say")
    for board in ("overall", "style_control", "default"):
        rows = gaps[(gaps["board"] == board) & gaps["ratio"].notna()]
        right.plot(
            _dates(rows["as_of"]),
            rows["ratio"],
            ls="none",
            marker=BOARD_MARKERS[board],
            color=BOARD_COLOURS[board],
            ms=3.5,
            mfc="none",
            label=BOARD_NAMES[board],
        )
    right.axhspan(0, 1, color="#e3e3e3", zorder=0)
    right.text(_dates(["2024-07-01"])[0], 0.5, "inside the margin", fontsize=7.5, va="center", color=INK)
    right.set_yscale("log")
    right.set_ylim(0.4, 40)
    right.set_yticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    right.yaxis.set_minor_locator(NullLocator())
    right.set_ylabel("gap over its half-width")
    right.set_title("Gap in units of its margin")
    _years(right)
    right.legend(loc="upper right", ncols=1)
    return figure


@drawn
def plot_forecast(series: pd.DataFrame, ahead: pd.DataFrame, parity: pd.DataFrame, later: pd.DataFrame) -> Figure:
    """Draw the forecast with its intervals and the later board that it did not see, and the chance of parity."""
    figure, (left, right) = canvas("two-columns", 8.8, 1, 2, gridspec_kw={"width_ratios": [1.35, 1]})
    colour = BOARD_COLOURS["overall"]
    seen = series.dropna()
    left.plot(_dates(seen["week"]), seen["gap"], "o", ms=2.6, color=colour)
    x = _dates(ahead["week"])
    left.fill_between(x, ahead["low"], ahead["high"], color=colour, alpha=0.14, lw=0)
    left.fill_between(x, ahead["inner_low"], ahead["inner_high"], color=colour, alpha=0.25, lw=0)
    left.plot(x, ahead["mean"], color=colour, lw=1.2)
    left.plot(
        _dates(later["as_of"]),
        later["gap"],
        ls="none",
        marker=BOARD_MARKERS["default"],
        mfc="white",
        color=BOARD_COLOURS["default"],
        ms=4,
        label="default board of 2026: another scale, not used",
    )
    left.legend(loc="upper right", bbox_to_anchor=(1.0, 1.04), handletextpad=0.2, borderpad=0)
    _zero(left)
    left.set_ylabel("gap, points")
    left.set_title("Forecast of the gap, with its two bands")
    _years(left)
    for model, rows in parity.groupby("model", sort=False):
        colour, style, _ = MODEL_LOOK[str(model)]
        right.plot(_dates(rows["week"]), 100 * rows["by"], color=colour, ls=style)
        right.plot(_dates(rows["week"]), 100 * rows["at"], color=colour, ls=style, lw=0.7)
    ends = parity.groupby("model", sort=False).tail(1)
    for model, y in zip(ends["model"], _spread((100 * ends["by"]).tolist(), 5.5), strict=True):
        right.annotate(
            model,
            (_dates(ends["week"])[0], y),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=7.5,
            color=MODEL_LOOK[model][0],
            va="center",
            annotation_clip=False,
        )
    right.set_ylim(0, 100)
    first, last = _dates(parity["week"]).min(), _dates(parity["week"]).max()
    right.set_xlim(first - 0.02 * (last - first), last + 0.48 * (last - first))
    right.set_ylabel("probability, %")
    right.set_title("Parity until then (thick), just then (thin)")
    _years(right)
    return figure


def _spread(values: list[float], least: float) -> list[float]:
    """Return values moved apart, in order, so that neighbours differ by at least the given step."""
    order = np.argsort(values)
    moved = np.array(values, dtype=float)
    for lower, upper in itertools.pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + least)
    return (moved - max(0.0, moved.max() - 97.0)).tolist()


@drawn
def plot_track_record(table: pd.DataFrame, shelf: pd.DataFrame, within: pd.DataFrame) -> Figure:
    """Draw errors and coverage of past forecasts, how far the gap moves, and how long it was near."""
    figure, axes = canvas("two-columns", 12.4, 2, 2)
    (errors, cover), (moves, near) = axes
    names = [str(h) for h in sorted(table["horizon"].unique())]
    place = {int(name): i for i, name in enumerate(names)}
    for i, (model, rows) in enumerate(table.groupby("model", sort=False)):
        colour, style, marker = MODEL_LOOK[str(model)]
        x = np.array([place[h] for h in rows["horizon"]]) + 0.16 * (i - 1)
        errors.plot(x, rows["error"], marker=marker, color=colour, ls=style, label=model)
        cover.errorbar(
            x,
            100 * rows["share"],
            yerr=100 * _sides(rows["share"], rows["low"], rows["high"]),
            fmt=marker,
            color=colour,
            lw=0.9,
            ms=4.5,
        )
    base = table.drop_duplicates("horizon")
    errors.plot([place[h] for h in base["horizon"]], base["naive"], marker="x", color=INK, lw=1, label="no change")
    errors.set_ylabel("mean absolute error, points")
    errors.set_title("Past forecasts: error by horizon")
    errors.legend(loc="upper left")
    cover.axhline(95, color=PALE, lw=0.8, ls="--")
    cover.set_ylim(50, 104)
    cover.set_ylabel("held what came, %")
    cover.set_title("Past forecasts: coverage of the intervals")
    labels = ["1 to 4", *[f"{int(a) + 1} to {b}" for a, b in itertools.pairwise(names)]]
    for ax in (errors, cover):
        ax.set_xticks(range(len(names)), labels)
        ax.set_xlabel("weeks ahead")
    for board, rows in shelf.groupby("board", sort=False):
        colour = BOARD_COLOURS[str(board)]
        moves.fill_between(rows["months"], rows["low"], rows["high"], color=colour, alpha=0.16, lw=0)
        moves.plot(rows["months"], rows["median"], marker=BOARD_MARKERS[str(board)], color=colour, ms=4)
        end = rows.iloc[-1]
        moves.annotate(
            BOARD_NAMES[str(board)],
            (end["months"], end["median"]),
            xytext=(5, 0),
            textcoords="offset points",
            fontsize=7.5,
            va="center",
            color=colour,
        )
    moves.set_xlim(0.5, 16.5)
    moves.set_xticks([1, 3, 6, 9, 12])
    moves.set_xlabel("months later")
    moves.set_ylabel("change of the gap, points")
    moves.set_title("Shelf life: median and 10 to 90 %")
    boards = list(dict.fromkeys(within["board"]))
    hatches = ["", "///", "..."]
    colours = ["#0072B2", "#56B4E9", "#d0e4f2"]
    for i, (threshold, rows) in enumerate(within.groupby("threshold")):
        y = np.arange(len(boards)) + 0.3 * (i - 1)
        near.barh(
            y,
            100 * rows["share"],
            0.28,
            color=colours[i],
            hatch=hatches[i],
            edgecolor="white",
            label=f"within {threshold:.0f}",
        )
        for yi, share in zip(y, rows["share"], strict=True):
            if share >= 0.005:
                near.text(100 * share + 1.5, yi, f"{100 * share:.0f}", va="center", fontsize=5.5)
    near.set_yticks(range(len(boards)), [BOARD_NAMES[b] for b in boards])
    near.invert_yaxis()
    near.set_xlim(0, 112)
    near.set_xlabel("share of recorded days, %")
    near.set_title("How long the gap was small, points")
    near.legend(loc="upper right", bbox_to_anchor=(1.0, 0.8))
    return figure


@drawn
def plot_depth(ladder: pd.DataFrame, twenty: pd.DataFrame, institutions: pd.DataFrame) -> Figure:
    """Draw the gap between n-th best models, and the first twenty places by country over time."""
    figure, (left, right) = canvas("two-columns", 8.8, 1, 2)
    chosen = {"2024-06-19": "#56a0d3", "2025-02-04": "#4292c6", "2025-08-01": "#08519c", "2026-03-27": "#CC79A7"}
    for (_, day), rows in ladder.groupby(["board", "as_of"], sort=True):
        text = f"{day:%Y-%m-%d}"
        rows = rows[rows["gap"] <= 200]
        if text in chosen:
            board = rows["board"].iloc[0]
            left.plot(
                rows["place"], rows["gap"], marker=BOARD_MARKERS[board], color=chosen[text], lw=1.5, ms=4, zorder=3
            )
            end = rows.iloc[-1]
            left.annotate(
                f"{day:%b %Y}",
                (end["place"], end["gap"]),
                xytext=(5, 0),
                textcoords="offset points",
                fontsize=7.5,
                va="center",
                color=chosen[text],
            )
        else:
            left.plot(rows["place"], rows["gap"], color="#d5d5d5", lw=0.7, zorder=1)
    left.set_xscale("log")
    left.set_xticks([1, 3, 5, 10, 20, 40], ["1st", "3rd", "5th", "10th", "20th", "40th"])
    left.xaxis.set_minor_locator(NullLocator())
    left.set_xlim(0.9, 95)
    left.set_ylim(0, 205)
    left.set_xlabel("place in the country’s own ranking")
    left.set_ylabel("US less China, points")
    left.set_title("The gap down the ladder")
    china = twenty[twenty["country"] == "CN"]
    for column, style, name in (("models", "-", "models"), ("vendors", "--", "vendors")):
        for board, rows in china.groupby("board", sort=False):
            right.plot(
                _dates(rows["as_of"]),
                rows[column],
                ls=style,
                color=CHINA,
                marker=BOARD_MARKERS[str(board)],
                ms=4,
                mfc=CHINA if column == "models" else "white",
            )
        last = china[china["board"] == "overall"].iloc[-1]
        right.annotate(
            f"Chinese {name}",
            (_dates([last["as_of"]])[0], last[column]),
            xytext=(6, 5 if column == "models" else -5),
            textcoords="offset points",
            fontsize=7.5,
            color=CHINA,
            va="center",
        )
    row = institutions[institutions["country"] == "CN"].iloc[0]
    right.plot(_dates([row["as_of"]]), [row["value"]], "*", color="black", ms=9)
    right.annotate(
        f"article: {row['value']:.0f} of the\ntop {row['ranking_size']} institutions",
        (_dates([row["as_of"]])[0], row["value"]),
        xytext=(-8, 0),
        textcoords="offset points",
        fontsize=7.5,
        ha="right",
        va="center",
    )
    right.axhline(10, color=PALE, lw=0.7, ls=":")
    right.set_ylim(-0.4, 12.4)
    right.set_ylabel("among the first twenty places")
    right.set_title("The first twenty of the text boards")
    _years(right)
    return figure


@drawn
def plot_tasks(tasks: pd.DataFrame, arenas: pd.DataFrame) -> Figure:
    """Draw the gap by task and language, with and without style control, and by kind of work at two dates."""
    figure, (left, right) = canvas("two-columns", 14.2, 1, 2, gridspec_kw={"width_ratios": [1.15, 1]})
    base = tasks[tasks["board"] == "style_control"].sort_values("gap")
    place = {category: i for i, category in enumerate(base["category"])}
    for board, shift in (("overall", 0.17), ("style_control", -0.17)):
        rows = tasks[tasks["board"] == board]
        y = np.array([place[c] for c in rows["category"]]) + shift
        left.errorbar(
            rows["gap"],
            y,
            xerr=_sides(rows["gap"], rows["low"], rows["high"]),
            fmt=BOARD_MARKERS[board],
            color=BOARD_COLOURS[board],
            mfc=BOARD_COLOURS[board] if board == "style_control" else "white",
            ms=3.4,
            lw=0.8,
            capsize=0,
            label="no control" if board == "overall" else "style control",
        )
    _zero(left, vertical=True)
    left.set_yticks(range(len(place)), [f"{r.label}" for r in each(base)], fontsize=7)
    left.set_ylim(-0.7, len(place) - 0.3)
    left.set_xlabel("US less China, points")
    left.set_title("Text, December 2025")
    left.legend(loc="lower right", handletextpad=0.3, borderpad=0)
    last = arenas["as_of"].max()
    order = arenas.sort_values("as_of").groupby("arena").tail(1).sort_values("gap", ascending=False)
    place = {arena: i for i, arena in enumerate(order["arena"])}
    first = arenas.sort_values("as_of").groupby("arena").head(1)
    for rows, shift, face, name in ((first, -0.15, "white", "first seen"), (order, 0.15, None, f"{last:%d %B %Y}")):
        part = rows[rows["as_of"] != last] if name == "first seen" else rows
        for leader, group in part.groupby("leader"):
            colour = {"US": US, "CN": CHINA, "open": OTHER}[str(leader)]
            right.errorbar(
                group["gap"],
                np.array([place[arena] for arena in group["arena"]]) + shift,
                xerr=_sides(group["gap"], group["low"], group["high"]),
                fmt={"US": "o", "CN": "D", "open": "s"}[str(leader)],
                color=colour,
                mfc=face or colour,
                ms=4.5,
                lw=0.9,
                capsize=0,
            )
    _zero(right, vertical=True)
    right.set_yticks(range(len(place)), list(place))
    right.set_ylim(-0.7, len(place) + 0.9)
    right.set_xlabel("US less China, points of each arena")
    right.set_title("Other arenas, 2026 (hollow: March)")
    looks = ((CHINA, "D", "China ahead"), (US, "o", "US ahead"), (OTHER, "s", "open"))
    handles = [Line2D([], [], color=c, marker=m, ls="none", ms=4.5, label=text) for c, m, text in looks]
    right.legend(handles=handles, loc="upper center", ncols=3, handletextpad=0.1, columnspacing=0.9)
    return figure


@drawn
def plot_notable(frame: pd.DataFrame) -> Figure:
    """Draw notable models by vendor as printed, and by country as other readers have them (from `notable_counts`)."""
    figure, (left, right) = canvas("two-columns", 7.6, 1, 2, gridspec_kw={"width_ratios": [1, 1.2]})
    rows = frame[frame["panel"] == "vendors"].iloc[::-1]
    for y, row in enumerate(each(rows)):
        left.barh(
            y,
            row.value,
            0.6,
            color=COUNTRY_COLOURS[row.country],
            hatch="///" if row.country == "CN" else "",
            edgecolor="white",
        )
        left.text(row.value + 0.4, y, f"{row.value:.0f}", va="center", fontsize=8)
    left.set_yticks(range(len(rows)), rows["label"])
    left.set_xlim(0, 23)
    left.set_xlabel("notable models of 2025")
    left.set_title("As printed")
    rows = frame[frame["panel"] == "countries"].iloc[::-1].reset_index(drop=True)
    for y, row in enumerate(each(rows)):
        reader = row.basis == "other readers"
        right.barh(
            y,
            row.value,
            0.6,
            color=COUNTRY_COLOURS[row.country] if reader else "white",
            hatch="///" if row.country == "CN" else "",
            edgecolor="white" if reader else COUNTRY_COLOURS[row.country],
            lw=1,
        )
        if not np.isnan(row.low):
            right.plot([row.low, row.high], [y, y], color="black", lw=1.4)
        right.text(max(row.value, np.nan_to_num(row.high)) + 1.5, y, f"{row.value:.3g}", va="center", fontsize=8)
    right.set_yticks(range(len(rows)), [f"{r.label}: {r.basis}" for r in each(rows)])
    right.set_xlim(0, 108)
    right.set_xlabel("notable models of 2025")
    right.set_title("What the articles imply, and other readers")
    return figure


@drawn
def plot_market(frame: pd.DataFrame) -> Figure:
    """Draw printed shares of 2024 and 2028 as slopes, and the year of parity by both rules (from `segment_path`)."""
    shares, parity = frame[frame["kind"] == "share"], frame[frame["kind"] == "parity"]
    segments = list(dict.fromkeys(parity["segment"]))
    figure, axes = canvas("two-columns", 8.6, 1, 4, gridspec_kw={"width_ratios": [1, 1, 1, 1.5]})
    for ax, segment in zip(axes[:3], segments, strict=True):
        part = shares[shares["segment"] == segment]
        for country in ("US", "CN"):
            rows = part[(part["country"] == country) & (part["claim"] != "D14")].sort_values("year")
            ax.errorbar(
                rows["year"],
                rows["value"],
                yerr=_sides(rows["value"], rows["low"], rows["high"]),
                color=COUNTRY_COLOURS[country],
                marker=COUNTRY_MARKERS[country],
                ls="-" if country == "US" else "--",
                capsize=0,
            )
            for row, side in zip(each(rows), (-1, 1), strict=True):
                ax.annotate(
                    f"{row.value:.0f}",
                    (row.year, row.value),
                    xytext=(7 * side, 0),
                    textcoords="offset points",
                    ha="right" if side < 0 else "left",
                    va="center",
                    fontsize=7.5,
                    color=COUNTRY_COLOURS[country],
                )
        words = part[part["claim"] == "D14"]
        for row in each(words):
            ax.plot([row.year - 0.35] * 2, [row.low, row.high], color="black", lw=1.4)
            ax.annotate(
                "in words:\nnearly half",
                (row.year - 0.35, row.high),
                xytext=(-4, 38),
                textcoords="offset points",
                fontsize=6.5,
                ha="center",
                va="bottom",
                arrowprops={"arrowstyle": "-", "lw": 0.6, "color": PALE},
            )
        ax.set_xlim(2021.9, 2030.1)
        ax.set_xticks([2024, 2028])
        ax.set_ylim(10, 82)
        ax.tick_params(labelleft=ax is axes[0])
        ax.set_title(segment)
    axes[0].set_ylabel("share of the market, %")
    axes[0].text(2026, 72, "US", color=US, ha="center", fontsize=8)
    axes[0].text(2026, 20, "China", color=CHINA, ha="center", fontsize=8)
    last = axes[3]
    for i, segment in enumerate(segments):
        for method, shift, marker, colour in (("linear", -0.13, "o", INK), ("logit", 0.13, "s", "#009E73")):
            row = parity[(parity["segment"] == segment) & (parity["method"] == method)].iloc[0]
            last.errorbar(
                row["value"],
                i + shift,
                xerr=[[row["value"] - row["low"]], [row["high"] - row["value"]]],
                fmt=marker,
                color=colour,
                ms=5,
                lw=1,
                mfc=colour if method == "linear" else "white",
                label=method if i == 0 else None,
            )
            last.annotate(
                f"{row['value']:.1f}",
                (row["high"] if method == "linear" else row["low"], i + shift),
                xytext=(5 if method == "linear" else -5, 0),
                textcoords="offset points",
                fontsize=7,
                ha="left" if method == "linear" else "right",
                va="center",
                color=colour,
            )
    last.set_yticks(range(len(segments)), [s.replace(" ", "\n", 1) for s in segments])
    last.set_ylim(len(segments) - 0.5, -0.6)
    last.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
    low, high = parity["low"].min(), parity["high"].max()
    last.set_xlim(low - 0.42 * (high - low), high + 0.42 * (high - low))
    last.set_title("Year of equal shares")
    last.legend(loc="upper left", bbox_to_anchor=(0.0, 1.02))
    return figure


@drawn
def plot_leads(frame: pd.DataFrame) -> Figure:
    """Draw who is said to lead what, as a matrix of measures by country (from `leads_matrix`)."""
    measures = list(dict.fromkeys(zip(frame["dimension"], frame["measure"], strict=True)))
    countries = {"CN": "China", "US": "United States", "KR": "South Korea"}
    figure, axes = canvas("two-columns", 9.6)
    for y in range(len(measures)):
        axes.axhline(y, color="#eeeeee", lw=0.8, zorder=0)
    for row in each(frame):
        y = measures.index((row.dimension, row.measure))
        x = list(countries).index(row.country)
        colour = COUNTRY_COLOURS.get(row.country, OTHER)
        axes.plot(
            x - 0.22,
            y,
            marker=COUNTRY_MARKERS.get(row.country, "s"),
            color=colour,
            mfc=colour if row.lead else "white",
            ms=8,
            ls="none",
        )
        axes.text(x - 0.12, y, row.text, va="center", fontsize=7.5)
    axes.set_yticks(range(len(measures)), [f"{d}: {m}" if d not in m else m for d, m in measures])
    axes.set_xticks([i + 0.0 for i in range(len(countries))], list(countries.values()))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, 2.5)
    axes.set_ylim(len(measures) - 0.5, -0.5)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure


@drawn
def plot_closing(frame: pd.DataFrame, widths: pd.DataFrame, slopes: dict[str, float]) -> Figure:
    """Draw the compute that closes the gap over slopes, and published half-widths over votes.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `closing_frame`.
    widths : pandas.DataFrame
        From `printed_half_widths`.
    slopes : dict of float
        Label and slope, in points per tenfold compute, of what is marked on the curve.
    """
    figure, (left, middle, right) = canvas("two-columns", 8.4, 1, 3)
    rows = frame[(frame["panel"] == "compute") & ~frame["mark"].astype(bool)]
    left.fill_between(rows["x"], rows["low"], rows["high"], color=BOARD_COLOURS["default"], alpha=0.2, lw=0)
    left.plot(rows["x"], rows["y"], color=BOARD_COLOURS["default"])
    for marker, (label, slope) in zip("osD", slopes.items(), strict=True):
        y = float(np.interp(slope, rows["x"], rows["y"]))
        left.plot(slope, y, marker, color=INK, ms=4.5, label=label, clip_on=False, zorder=4)
    left.legend(loc="upper right", handletextpad=0.1, borderpad=0)
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_xticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    left.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    left.xaxis.set_minor_locator(NullLocator())
    left.yaxis.set_minor_locator(NullLocator())
    left.set_ylim(0.8, 3000)
    left.set_xlabel("points per tenfold compute")
    left.set_ylabel("times the compute")
    left.set_title("To close the gap")
    rows = frame[frame["panel"] == "votes"]
    curve, mark = rows[~rows["mark"].astype(bool)], rows[rows["mark"].astype(bool)].iloc[0]
    middle.plot(curve["x"], curve["y"], color=INK)
    words = f"{mark['x']:.0f} points:\n{mark['y']:,.0f} battles"
    middle.plot(mark["x"], mark["y"], "^", color=BOARD_COLOURS["default"], ms=6, label=words)
    middle.legend(loc="upper right", handletextpad=0.1, borderpad=0)
    middle.set_xscale("log")
    middle.set_yscale("log")
    middle.set_xticks([3, 10, 30, 100, 300], ["3", "10", "30", "100", "300"])
    middle.set_yticks([10, 100, 1e3, 1e4, 1e5], ["10", "100", "1,000", "10,000", "100,000"])
    middle.xaxis.set_minor_locator(NullLocator())
    middle.yaxis.set_minor_locator(NullLocator())
    middle.set_xlabel("true gap, points")
    middle.set_ylabel("direct battles needed")
    middle.set_title("To see a gap")
    votes = np.geomspace(widths["votes"].min() * 0.9, widths["votes"].max() * 1.1, 50)
    scale = float((widths["from_votes"] * np.sqrt(widths["votes"])).iloc[0])
    right.plot(votes, scale / np.sqrt(votes), color=INK)
    for country, rows in widths.groupby("country", sort=False):
        right.plot(
            rows["votes"],
            rows["published"],
            ls="none",
            marker=COUNTRY_MARKERS[str(country)],
            color=COUNTRY_COLOURS[str(country)],
            ms=3.6,
            mfc="none",
        )
    right.set_xscale("log")
    right.set_xticks([3000, 10000, 30000], ["3,000", "10,000", "30,000"])
    right.xaxis.set_minor_locator(NullLocator())
    right.set_ylim(0, 14.5)
    right.set_xlabel("votes of the model")
    right.set_ylabel("half-width, points")
    right.set_title("What sets a margin")
    right.annotate(
        "votes alone",
        (5200, scale / np.sqrt(5200)),
        xytext=(10, 12),
        textcoords="offset points",
        fontsize=7.5,
        color=INK,
    )
    return figure


@drawn
def plot_simulation(ratings: pd.DataFrame, style: pd.DataFrame) -> Figure:
    """Draw simulated ratings with two kinds of intervals, and a gap with and without style control."""
    figure, (left, right) = canvas("two-columns", 8.2, 1, 2)
    rows = ratings.iloc[::-1].reset_index(drop=True)
    left.vlines(rows["truth"], rows.index - 0.34, rows.index + 0.34, color="black", lw=1.3)
    for country, part in rows.groupby("country"):
        colour = COUNTRY_COLOURS[str(country)]
        for shift, marker, face, low, high in (
            (0.14, "o", colour, "low", "high"),
            (-0.14, "s", "white", "bootstrap_low", "bootstrap_high"),
        ):
            left.errorbar(
                part["value"],
                part.index + shift,
                xerr=_sides(part["value"], part[low], part[high]),
                fmt=marker,
                color=colour,
                mfc=face,
                ms=4,
                lw=1.2,
            )
    left.set_yticks(range(len(ratings)), ratings["vendor"].iloc[::-1])
    left.set_xlabel("rating, points (bar: truth)")
    left.set_title("Sandwich (dot), bootstrap (square)")
    for control, colour, marker, line in (("without", "#0072B2", "o", "-"), ("with", "#009E73", "s", "--")):
        rows = style[style["control"] == control]
        right.plot(rows["effect"], rows["limit"], color=colour, ls=line, lw=1)
        right.errorbar(
            rows["effect"],
            rows["value"],
            yerr=_sides(rows["value"], rows["low"], rows["high"]),
            fmt=marker,
            color=colour,
            ms=4,
            lw=1,
            mfc="white" if control == "with" else colour,
            label=f"{control} control",
        )
    _zero(right)
    right.legend(loc="lower left")
    right.set_xlabel("points that elaborate style gains")
    right.set_ylabel("estimated gap, points")
    right.set_title("What style control takes out")
    return figure
