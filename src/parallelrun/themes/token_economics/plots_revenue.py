"""Figures of what the tokens are made of and of what they come to at list price."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, GREEN, canvas
from parallelrun.study.drawing import days, from_zero, label_ends, rows_axis, time_axis, whiskers, zero_line
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.token_economics.plots import SHORT


@drawn
def token_mix(mix: pd.DataFrame, week: pd.Timestamp) -> Plot:
    """Draw what the recorded tokens consist of: cached part of the prompts, completions.

    Parameters
    ----------
    mix : pandas.DataFrame
        From `revenue.token_mix`.
    week : pandas.Timestamp
        Last day of the article's week.
    """
    figure, axes = canvas(7.0, ncols=2)
    names = {"cached": "Prompt tokens that were read from a cache", "completion": "Tokens that are completions"}
    weeks = pd.date_range(mix["week_end"].min(), mix["week_end"].max(), freq="7D").union(
        pd.DatetimeIndex(mix["week_end"])
    )
    for axis, (column, title) in zip(axes, names.items(), strict=True):
        for country in mix["country"].unique():
            line = mix[mix["country"] == country].groupby("week_end")[column].last().reindex(weeks.unique())
            colour = COUNTRY_COLOURS[country]
            axis.plot(line.index, line, color=colour, marker=COUNTRY_MARKERS[country], markersize=3.5)
        ends = mix.dropna(subset=[column]).groupby("country").tail(1)
        colours = [COUNTRY_COLOURS[country] for country in ends["country"]]
        label_ends(axis, days(ends["week_end"]), ends[column], [SHORT[c] for c in ends["country"]], colours)
        axis.set_title(title)
        axis.set_ylabel("%")
        from_zero(axis.yaxis)
        time_axis(axis.xaxis)
    now = mix[mix["week_end"] == week].set_index("country")["cached"]
    words = " and ".join(f"{now[c]:.0f} % ({SHORT[c]})" for c in now.index)
    return Plot(
        figure,
        mix,
        title=f"In the article's week {words} of the recorded prompt tokens were cached",
        alt=f"Two panels by week. In the article's week the cached part of recorded prompts is {words}.",
        caption="Ranked models with a recorded split, weighted by tokens. Weeks without a Chinese row with a split are "
        "left open: their points join only neighbours.",
    )


@drawn
def tokens_and_revenue(ways: pd.DataFrame, shares: pd.DataFrame) -> Plot:
    """Draw China's part of tokens and of list-price revenue: one week by ways of counting, and all weeks.

    Parameters
    ----------
    ways, shares : pandas.DataFrame
        From `revenue.countings` and `revenue.revenue_shares`.
    """
    figure, (left, right) = canvas(4.2 + 0.8 * len(ways), ncols=2, width_ratios=[1.25, 1])
    place = np.arange(len(ways))
    zero_line(left, 50, upright=True)
    whiskers(left, ways["value"], ways["low"], ways["high"], place, marker="D", color=CHINA)
    for y, value in enumerate(ways["value"]):
        left.annotate(
            f"{value:.0f} %", (value, y), (0, 5), textcoords="offset points", ha="center", va="bottom", color=CHINA
        )
    rows_axis(left, [textwrap.fill(name, 28) for name in ways["counting"]])
    from_zero(left.xaxis)
    left.set_xlabel("China's part of both countries, %")
    left.set_title(f"The article's week, {len(ways)} ways")

    right.fill_between(
        shares["week_end"], shares["revenue_low"], shares["revenue_high"], color=GREEN, alpha=0.25, linewidth=0
    )
    right.plot(shares["week_end"], shares["tokens"], color=CHINA, marker="D", markersize=3)
    right.plot(shares["week_end"], shares["revenue"], color=GREEN, marker="^", markersize=3)
    last = shares.iloc[-1]
    label_ends(
        right, days(last["week_end"]), [last["tokens"], last["revenue"]], ["of tokens", "of revenue"], [CHINA, GREEN]
    )
    zero_line(right, 50)
    from_zero(right.yaxis)
    right.set_ylabel("China's part of both countries, %")
    right.set_title("Ranked models by week")
    time_axis(right.xaxis)
    long = shares.melt(id_vars="week_end", value_vars=["tokens", "revenue"], var_name="counting")
    bounds, revenue = shares.groupby("week_end").last(), long["counting"].eq("revenue")
    long["low"] = long["week_end"].map(bounds["revenue_low"]).where(revenue)
    long["high"] = long["week_end"].map(bounds["revenue_high"]).where(revenue)
    data = pd.concat([ways.assign(panel="one week"), long.assign(panel="all weeks")], ignore_index=True)
    first, cached = ways.iloc[0], ways[ways["counting"].str.contains("discounted")].head(1)
    later = "".join(f" and {value:.0f} % of their list-price revenue" for value in cached["value"])
    return Plot(
        figure,
        data[["panel", "week_end", "counting", "value", "low", "high"]],
        title=f"In the article's week China has {first['value']:.0f} % of the two countries' tokens{later}",
        alt=f"Left: China's part of the article's week is {first['value']:.0f} % of tokens and between "
        f"{ways['value'].iloc[1:].min():.0f} and {ways['value'].iloc[1:].max():.0f} % of revenue. Right: both by week.",
        caption="China's part of the sum of both countries. Left: ways of counting the article's week, two from "
        "printed volumes, the others from ranked models; whiskers: rounding and what is not recorded. Right: ranked "
        "models; band: what is not recorded, wide where a week has no split.",
    )
