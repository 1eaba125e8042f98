"""Figures of the appendix: counts of models, market segments, votes and margins, simulated ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, GREEN, INK, US, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import from_zero, label_points, log_axis, records, rows_axis, whiskers, zero_line
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import stack
from parallelrun.themes.convergence.ratings import half_width, votes_needed


def year(value: float, position: int = 0) -> str:
    """Return a year without decimals; a tick formatter."""
    return f"{value:.0f}"


@drawn
def notable_models(counted: pd.DataFrame) -> Plot:
    """Draw notable models by vendor as the article has them, and by country as other readers have them.

    ``counted``: from `ecosystem.notable_counts`.
    """
    names = ("vendors", "countries")
    panels = [counted[counted["panel"] == name].reset_index(drop=True) for name in names]
    figure, axes = canvas(3.0 + 0.75 * max(len(rows) for rows in panels), 1, 2, width_ratios=[1, 1.2])
    for ax, rows in zip(axes, panels, strict=True):
        for y, row in enumerate(records(rows)):
            colour, reader = COUNTRY_COLOURS[row.country], row.basis == "other readers"
            face = colour if reader else "white"
            hatch = "///" if row.country == "CN" else ""
            ax.barh(y, row.value, 0.6, color=face, hatch=hatch, edgecolor="white" if reader else colour, lw=1)
            end = row.value if np.isnan(row.high) else row.high
            ax.plot([row.value, end], [y, y], color="black", lw=1.4)
            style: Any = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
            ax.annotate(f"{row.value:.3g}", (end, y), **style)
        from_zero(ax.xaxis, 0.15)
        ax.set_xlabel("notable models of 2025")
    rows_axis(axes[0], list(panels[0]["label"]))
    rows_axis(axes[1], [f"{row.label}: {row.basis}" for row in records(panels[1])])
    axes[0].set_title("As the article has them")
    axes[1].set_title("Totals, and what the article implies")
    total, world = (panels[1].loc[panels[1]["label"] == name, "value"].sum() for name in ("all vendors", "world"))
    return Plot(
        figure,
        counted,
        title=f"The article’s {total:.0f} notable models “worldwide” are {world:.0f} for other readers",
        alt=f"Left: notable models of {so_many(len(panels[0]), 'vendor')}. Right: "
        + "; ".join(f"{row.label} ({row.basis}) {row.value:.3g}" for row in records(panels[1]))
        + ".",
        caption="Hollow: the article’s or implied by it, black bar: what the share it gives allows. Filled: as other "
        "readers of the report have it, at second hand. Hatched: China.",
    )


@drawn
def market_segments(path: pd.DataFrame) -> Plot:
    """Draw shares of the market as slopes, and the year of equal shares by two rules.

    ``path``: from `ecosystem.segment_path`.
    """
    shares, parity = path[path["kind"] == "share"], path[path["kind"] == "parity"]
    segments = list(dict.fromkeys(parity["segment"]))
    figure, axes = canvas(8.8, 1, len(segments) + 1, width_ratios=[1] * len(segments) + [1.6])
    for ax, segment in zip(axes, segments, strict=False):
        for country, rows in shares[(shares["segment"] == segment) & (shares["claim"] != "D14")].groupby("country"):
            rows, colour = rows.sort_values("year"), COUNTRY_COLOURS[str(country)]
            look: Any = {
                "color": colour,
                "marker": COUNTRY_MARKERS[str(country)],
                "linestyle": "-" if country == "US" else "--",
            }
            whiskers(ax, rows["value"], rows["low"], rows["high"], rows["year"], upright=True, **look)
            for row, side in ((rows.iloc[0], -1), (rows.iloc[-1], 1)):
                style: Any = {"xytext": (7 * side, 0), "textcoords": "offset points", "va": "center", "fontsize": 7.5}
                style |= {"ha": "right" if side < 0 else "left", "color": colour}
                ax.annotate(f"{row['value']:.0f}", (row["year"], row["value"]), **style)
        for row in records(shares[(shares["segment"] == segment) & (shares["claim"] == "D14")]):
            ax.plot([row.year, row.year], [row.low, row.high], color="black", lw=4, alpha=0.3, solid_capstyle="butt")
        ax.margins(x=0.45, y=0.1)
        ax.xaxis.set_major_locator(MaxNLocator(2, integer=True))
        ax.xaxis.set_major_formatter(FuncFormatter(year))
        ax.set_title(segment)
    for ax in axes[:-1]:
        ax.sharey(axes[0])
    axes[0].set_ylabel("share of the market, %")
    last = axes[-1]
    for method, shift, marker, colour in (("linear", -0.13, "o", INK), ("logit", 0.13, "s", GREEN)):
        rows = parity[parity["method"] == method]
        y = np.array([segments.index(segment) for segment in rows["segment"]]) + shift
        look = {"color": colour, "marker": marker, "label": "straight lines" if method == "linear" else "log odds"}
        whiskers(last, rows["value"], rows["low"], rows["high"], y, **look)
        style = {"xytext": (0, 5 if shift < 0 else -5), "textcoords": "offset points", "ha": "center", "fontsize": 7}
        for row, at in zip(records(rows), y, strict=True):
            va = "bottom" if shift < 0 else "top"
            last.annotate(f"{row.value:.1f}", (row.value, at), va=va, color=colour, **style)
    rows_axis(last, [segment.replace(" ", "\n", 1) for segment in segments])
    last.margins(x=0.15)
    last.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    last.xaxis.set_major_formatter(FuncFormatter(year))
    last.set_title("Year of equal shares")
    looks = ((US, "o", "-", "US"), (CHINA, "D", "--", "China"))
    handles = [Line2D([], [], color=c, marker=m, ls=ls, label=text) for c, m, ls, text in looks]
    figure.legend(handles=handles, loc="outside lower left", ncols=2)
    figure.legend(*last.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    soonest, latest = (parity.sort_values("value").iloc[i] for i in (0, -1))
    return Plot(
        figure,
        path,
        title=f"If the article’s movement goes on, shares are equal between {soonest['value']:.0f} and "
        f"{latest['value']:.0f}",
        alt=f"Slopes of US and Chinese shares in {so_many(len(segments), 'segment')}. Years of equal shares by two "
        f"rules run from {soonest['value']:.1f} ({soonest['segment']}) to {latest['value']:.1f} ({latest['segment']}).",
        caption="Shares of article 003, of unstated origin, the later ones projected; bars: rounding. Grey bar: the "
        "same article’s words for the last year (nearly half).",
    )


@drawn
def votes_and_margins(gap: Estimate, widths: pd.DataFrame, p: Parameters) -> Plot:
    """Draw the battles that show a gap, and published half-widths over votes.

    ``gap``: the board's gap in points; ``widths``: from `ratings.printed_half_widths`.
    """
    figure, (left, right) = canvas(8.2, 1, 2)
    size = abs(gap.value or 0.0)
    x = np.geomspace(size / 20, size * 8, 100)
    left.plot(x, votes_needed(x, p.confidence, p.power), color=INK)
    votes = float(votes_needed(size, p.confidence, p.power))
    left.plot(size, votes, "^", color=CHINA, ms=6)
    label_points(left, [size], [votes], [f"{size:.0f} points: {votes:,.0f} battles"], CHINA, gap=8)
    for axis in (left.xaxis, left.yaxis):
        log_axis(axis)
    log_axis(right.xaxis, 4)
    left.set_xlabel("true gap, points")
    left.set_ylabel("direct battles needed")
    left.set_title("To see a gap")
    x = np.geomspace(widths["votes"].min() * 0.9, widths["votes"].max() * 1.1, 50)
    right.plot(x, half_width(x, p.confidence), color=INK, label="two of equal strength, no ties")
    for country, rows in widths.groupby("country", sort=False):
        look: Any = {
            "color": COUNTRY_COLOURS[str(country)],
            "marker": COUNTRY_MARKERS[str(country)],
            "mfc": "none",
            "ms": 3.6,
        }
        right.plot(rows["votes"], rows["published"], ls="none", label=COUNTRY_NAMES[str(country)], **look)
    from_zero(right.yaxis)
    right.set_xlabel("votes of the model")
    right.set_ylabel("half-width, points")
    right.set_title("What sets a margin")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=4)
    below = (widths["ratio"] < 1).mean()
    return Plot(
        figure,
        widths,
        title=f"{votes:,.0f} direct battles without ties show a gap of {size:.0f} points {100 * p.power:.0f} times in "
        f"100",
        alt=f"Left: battles needed fall with the square of the gap, {votes:,.0f} at {size:.0f} points. Right: "
        f"published margins fall with the root of the votes; {100 * below:.0f} % are below the line of votes without "
        "ties.",
        caption=f"Left: level {p.confidence:g}, power {p.power:g}, no ties. Right: published half-widths of "
        f"{widths['as_of'].min():%B} to {widths['as_of'].max():%B %Y}; line: near equals without ties, the least "
        "margin that so many votes can give.",
    )


@drawn
def simulated_ratings(simulated: pd.DataFrame, covered: pd.DataFrame, p: Parameters) -> Plot:
    """Draw simulated ratings with two kinds of intervals, and how often the interval of a gap contains the true gap.

    ``simulated, covered``: from `battles.simulate_ratings` and `battles.gap_coverage`.
    """
    rows = simulated.reset_index(drop=True)
    figure, (left, right) = canvas(max(3.4 + 0.8 * len(rows), 7.0), 1, 2)
    left.vlines(rows["truth"], rows.index - 0.34, rows.index + 0.34, color="black", lw=1.3)
    for country, part in rows.groupby("country"):
        colour = COUNTRY_COLOURS[str(country)]
        whiskers(left, part["value"], part["low"], part["high"], part.index - 0.14, color=colour, markersize=4)
        look: Any = {"marker": "s", "color": colour, "mfc": "white", "markersize": 4}
        whiskers(left, part["value"], part["bootstrap_low"], part["bootstrap_high"], part.index + 0.14, **look)
    rows_axis(left, list(rows["vendor"]))
    left.set_xlabel("rating, points (bar: truth)")
    left.set_title("Ratings: sandwich (dot), bootstrap (square)")
    for (name, part), (colour, marker, line) in zip(
        covered.groupby("interval", sort=False), ((US, "o", "-"), (GREEN, "s", "--")), strict=False
    ):
        right.plot(part["players"], 100 * part["share"], color=colour, marker=marker, ls=line, label=f"errors: {name}")
    zero_line(right, 100 * p.confidence)
    log_axis(right.xaxis)
    right.set_xlabel("players on the board")
    right.set_ylabel("intervals that contain the gap, %")
    right.set_title("Intervals of a gap")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    share, first = 100 * simulated["covered"].mean(), covered.iloc[0]
    return Plot(
        figure,
        stack(ratings=simulated, gaps=covered),
        title=f"Simulated: {100 * p.confidence:.0f} % intervals contain the true rating {share:.0f} times in 100",
        alt=f"Left: {so_many(len(rows), 'simulated rating')} with sandwich and bootstrap intervals of nearly equal "
        f"length around the true scores. Right: the interval of a gap contains the truth {100 * first['share']:.0f} "
        f"times in 100 with {so_many(first['players'], 'player')} if errors count as uncorrelated, "
        f"{100 * covered['share'].iloc[-2]:.0f} with {covered['players'].iloc[-1]:.0f}.",
        caption=f"Left: {p.simulated_votes:,} battles, {p.bootstrap_samples} bootstrap samples; coverage from 400 "
        "further data sets. Right: each point from 600 data sets, so good to about two in 100; votes raised with the "
        "players.",
        simulated=True,
    )
