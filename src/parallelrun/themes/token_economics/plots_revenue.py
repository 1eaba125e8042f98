"""Figures of what the tokens are made of and of what they come to at list price."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, GREEN, PALE, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import days, from_zero, label_ends, records, rows_axis, time_axis, whiskers, zero_line
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.token_economics.plots import HATCH, SHORT, by_week
from parallelrun.themes.token_economics.printed import COUNTRIES


@drawn
def token_mix(mix: pd.DataFrame, week: pd.Timestamp) -> Plot:
    """Draw what the prompts of the article's week are made of, and the cached part of prompts by week.

    Parameters
    ----------
    mix : pandas.DataFrame
        From `revenue.token_mix`.
    week : pandas.Timestamp
        Last day of the article's week.
    """
    figure, (left, right) = canvas(7.8, ncols=2, width_ratios=[1, 1.15])
    now = mix[mix["week_end"] == week].reset_index(drop=True)
    places, bottom = np.arange(len(now)), np.zeros(len(now))
    colours = [COUNTRY_COLOURS[country] for country in now["country"]]
    for part, hatch, alpha in (("read", "", 1), ("fresh", "", 0.35), ("zero", ".....", 1), ("unknown", HATCH, 1)):
        face = ["white"] * len(now) if hatch else colours
        left.barh(
            places, now[part], left=bottom, height=0.55, color=face, edgecolor=colours, hatch=hatch or None, alpha=alpha
        )
        bottom = bottom + now[part]
    rows_axis(left, [SHORT[country] for country in now["country"]])
    from_zero(left.xaxis)
    left.set_xlabel("prompt tokens in the week, trillions")
    left.set_title("The article's week")
    patches = [
        Patch(facecolor=face, edgecolor=PALE, hatch=hatch)
        for face, hatch in ((PALE, None), ("#d9d9d9", None), ("white", "....."), ("white", HATCH))
    ]
    words = ["read from a cache", "not", "recorded as 0", "no record"]
    figure.legend(patches, words, loc="outside lower center", ncols=4)
    for country, shift in zip(COUNTRIES, (-1.2, 1.2), strict=True):
        rows, colour = mix[mix["country"] == country], COUNTRY_COLOURS[country]
        at = rows["week_end"] + pd.Timedelta(days=shift)
        right.vlines(at, rows["low"], rows["high"], color=colour, linewidth=2, alpha=0.5)
        right.plot(at, rows["cached"], color=colour, marker=COUNTRY_MARKERS[country], markersize=3, linestyle="")
    from_zero(right.yaxis, head=0.05)
    right.set_ylabel("% of the prompts")
    right.set_title("Cached part by week: as recorded, with bounds")
    time_axis(right.xaxis)
    spans = " and ".join(
        f"{row.low:.0f} %" + (f" to {row.high:.0f} %" if row.high - row.low > 0.5 else "") + f" ({SHORT[row.country]})"
        for row in records(now)
    )
    return Plot(
        figure,
        mix,
        title=f"In the article's week {spans} of prompt tokens came from a cache",
        alt=f"Left: bars of prompts by country, parted by what is recorded of the cache. Right: by week, bounds of the "
        f"cached part; in the article's week {spans}.",
        caption="Ranked models. Points: cached part of the prompts with a record, a zero counted as it stands. Bars: "
        "zeros and prompts without a record as not cached, or as cached in full.",
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
    left.set_title(f"The article's week, {so_many(len(ways), 'way')}")

    weeks = by_week(shares)
    right.fill_between(weeks.index, weeks["revenue_low"], weeks["revenue_high"], color=GREEN, alpha=0.25, linewidth=0)
    right.plot(weeks.index, weeks["tokens"], color=CHINA, marker="D", markersize=3)
    right.plot(weeks.index, weeks["revenue"], color=GREEN, marker="^", markersize=3)
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
    later = "".join(f", {value:.0f} % of their list price" for value in cached["value"])
    return Plot(
        figure,
        data[["panel", "week_end", "counting", "value", "low", "high"]],
        title=f"China has {first['value']:.0f} % of both countries' ranked tokens in the article's week{later}",
        alt=f"Left: China's part of the article's week is {first['value']:.0f} % of tokens and between "
        f"{ways['value'].iloc[1:].min():.0f} and {ways['value'].iloc[1:].max():.0f} % of revenue. Right: both by week.",
        caption="China's part of the sum of both countries. Left: ways of counting the article's week; "
        "whiskers: what is not recorded, for the fourth the least and the most, for the last rounding. Right: ranked "
        "models; band: what is not recorded, wide where a week has no split.",
    )
