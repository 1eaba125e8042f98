"""Figures of prices: the gap, its history and spread, prices beside scores, and blended prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, GREEN, INK, OTHER, PINK
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    BEFORE,
    label_ends,
    label_points,
    log_axis,
    records,
    room_for_texts,
    rows_axis,
    sides,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.provenance import drawn
from parallelrun.themes.cost_structure import Parameters

KINDS = {"printed": (OTHER, "s"), "recomputed": (PINK, "^"), "list price": (GREEN, "o")}
METHODS = {"one pair": "s", "unmatched": "o", "regression": "^", "matched pairs": "D", "at a score": "P"}
OFFERS = {
    "article": ("as printed", OTHER),
    "all": ("all listed", PINK),
    "undominated": ("not undercut by own vendor", GREEN),
    "cheapest": ("cheapest", INK),
}


@drawn
def price_gap(readings: pd.DataFrame, gap: Estimate, medians: Estimate, p: Parameters) -> Plot:
    """Draw the readings of the price gap (`prices.price_gap`)."""
    figure, axes = canvas(2.4 + 0.75 * len(readings))
    for y, row in enumerate(records(readings)):
        colour, marker = KINDS[row.kind]
        whiskers(axes, row.value, row.low, row.high, y, color=colour, marker=marker)
    label_ends(
        axes,
        readings["high"].fillna(readings["value"]),
        np.arange(len(readings)),
        [f"{value:.3g}" for value in readings["value"]],
        [KINDS[kind][0] for kind in readings["kind"]],
    )
    rows_axis(axes, list(readings["reading"]))
    zero_line(axes, 1, upright=True)
    log_axis(axes.xaxis, 9)
    axes.set_xlabel("Input price, United States over China (ratio, log scale)")
    return Plot(
        figure,
        readings,
        title=f"The article’s own prices differ {gap.ends[0]:.3g} to {gap.ends[1]:.3g} times, the medians of all "
        f"listed models {medians.value:.2g} times ({medians.low:.2g} to {medians.high:.2g})",
        alt="Intervals of the price ratio on a log scale: "
        + "; ".join(f"{row.reading} {row.value:.3g}" for row in records(readings))
        + ".",
        caption="Ratio of US to Chinese input prices. Intervals: of printed figures what rounding allows; of the US "
        "flagship over all Chinese models the 10 % and 90 % quantiles; of the medians a bootstrap interval over "
        f"{p.resampled} ({p.confidence:.3g} %). List prices as of {p.snapshot}.",
    )


@drawn
def median_prices(history: pd.DataFrame, p: Parameters) -> Plot:
    """Draw median prices by country, and their ratio, over time (`prices.median_history`)."""
    figure, (left, right) = canvas(8.6, 1, 2)
    series = {name: rows.sort_values("date") for name, rows in history.groupby("series", sort=False)}
    for country in [c for c in ("US", "CN") if c in series]:
        rows, colour = series[country], COUNTRY_COLOURS[country]
        left.fill_between(rows["date"], rows["low"], rows["high"], color=colour, alpha=0.18, lw=0)
        left.plot(
            rows["date"],
            rows["value"],
            color=colour,
            marker=COUNTRY_MARKERS[country],
            ms=3,
            label=COUNTRY_NAMES[country],
        )
    left.set_ylabel("USD per million tokens (log scale)")
    left.set_title("Median input price")
    looks = {
        "ratio": {"color": INK, "marker": "o", "ms": 3, "label": "ratio of medians"},
        "ratio in summary": {
            "color": PINK,
            "marker": "x",
            "ms": 4,
            "ls": "none",
            "label": "the same, as first summarised",
        },
        "printed": {"color": CHINA, "ls": "--", "lw": 1.2, "label": "printed for one pair"},
    }
    for name, look in looks.items():
        if name in series:
            right.plot(series[name]["date"], series[name]["value"], **look)
    ratio = history[history["series"] == "ratio"].sort_values("date")
    right.fill_between(ratio["date"], ratio["low"], ratio["high"], color=OTHER, alpha=0.2, lw=0)
    right.set_title("Ratio of medians, US over China")
    for axes in (left, right):
        log_axis(axes.yaxis)
        time_axis(axes.xaxis, 6)
    figure.legend(loc="outside lower center", ncols=5)
    year = ratio[ratio["date"] > ratio["date"].max() - pd.DateOffset(years=1)]["value"]
    ends = dict.fromkeys(f"{end:.2g}" for end in (year.min(), year.max()))
    return Plot(
        figure,
        history,
        title=f"In the last year on record the median US price was {' to '.join(ends)} times the "
        f"Chinese one; printed for one pair is {history.loc[history['series'] == 'printed', 'value'].max():.3g}",
        alt=f"Two panels over {so_many(len(ratio), 'snapshot')}: median input prices by country with intervals, and "
        f"their ratio, between {ratio['value'].min():.2g} and {ratio['value'].max():.2g}, with the printed ratio as a "
        "line.",
        caption=f"Medians of list prices above zero; order-statistic intervals ({p.confidence:.3g} %), for the ratio "
        "the quotient of two. Crosses: medians as first summarised from the same archive, with another count of two "
        "small vendors and of aliases.",
    )


@drawn
def price_distribution(shares: pd.DataFrame, above: Estimate, cheaper: Estimate, p: Parameters) -> Plot:
    """Draw the distributions of prices and of the ratios of all pairs (`prices.price_distribution`)."""
    figure, (left, right) = canvas(8.4, 1, 2, sharey=True)
    price = shares[shares["panel"] == "price"]
    for country in ("US", "CN"):
        rows = price[price["series"] == country]
        style = "-" if country == "US" else "--"
        name = f"{COUNTRY_NAMES[country]}, {so_many(len(rows), 'model')}"
        left.step(rows["x"], rows["share"], where="post", color=COUNTRY_COLOURS[country], ls=style, label=name)
    flagships = {p.us_flagship: "US", p.cn_flagship: "CN"}
    marked = price[price["series"].isin(list(flagships))]
    countries = [flagships[name] for name in marked["series"]]
    for row, country in zip(records(marked), countries, strict=True):
        look = {"color": COUNTRY_COLOURS[country], "ms": 6, "mec": "white", "ls": "none"}
        left.plot(row.x, row.share, COUNTRY_MARKERS[country], label=row.series.split("/")[-1], **look)
    left.set_xlabel("Input price, USD per million tokens (log scale)")
    left.set_ylabel("Share at most that high (%)")
    left.set_title("List prices")
    left.set_ylim(0, 103)
    pairs, article = (shares[shares["series"] == name] for name in ("pairs", "articles"))
    right.plot(pairs["x"], pairs["share"], color=INK)
    right.vlines(article["x"], 0, article["share"], color=CHINA, ls="--", lw=1.2)
    right.plot(article["x"], article["share"], "D", color=CHINA, ls="none")
    label_points(right, article["x"], article["share"], [f"article: {x:.3g}" for x in article["x"]], CHINA, fontsize=8)
    zero_line(right, 1, upright=True)
    right.set_xlabel("Ratio of a US to a Chinese model’s price (log scale)")
    right.set_title("All pairs of models")
    for axes in (left, right):
        log_axis(axes.xaxis, 6)
    figure.legend(loc="outside lower center", ncols=4)
    return Plot(
        figure,
        shares,
        title=f"The US model is dearer by as much as printed or more in {above.value:.0f} % of all pairs, and cheaper "
        f"in {cheaper.value:.0f} %",
        alt="Cumulative distributions of list prices in both countries, and of the ratios of all pairs, in which "
        f"{above.value:.0f} % lie at or beyond the printed pair’s.",
        caption=f"Input list prices on {p.snapshot}; free models left out. Left: the flagship pair is marked. Right: "
        "all pairs of a US and a Chinese model; line at equal price.",
    )


@drawn
def price_performance(models: pd.DataFrame, front: pd.DataFrame, p: Parameters) -> Plot:
    """Draw list price against Arena score, with the frontier (`scores.frontier_chances`, `scores.frontier`)."""
    figure, axes = canvas(11.0)
    steps = front.sort_values("input_price")
    axes.step(steps["input_price"], steps["score"], where="post", color=OTHER, lw=1, zorder=1)
    for country in dict.fromkeys(models["country"]):
        rows = models[models["country"] == country]
        axes.errorbar(
            rows["input_price"],
            rows["score"],
            yerr=sides(rows["score"], rows["score_low"], rows["score_high"]),
            fmt=COUNTRY_MARKERS[country],
            color=COUNTRY_COLOURS[country],
            ls="none",
            lw=0.8,
            capsize=0,
            ms=4.5,
            label=COUNTRY_NAMES[country],
        )
    log_axis(axes.xaxis, 10)
    names = [f"{row.model.split('/')[-1]} ({row.chance:.0f} %)" for row in records(front)]
    label_front(axes, front["input_price"], front["score"], names, front["country"])
    axes.set_xlabel("Input list price, USD per million tokens (log scale)")
    axes.set_ylabel("Arena score (points)")
    axes.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=3)
    count = front["country"].value_counts()
    cheap, dear = (front.sort_values("input_price").iloc[end] for end in (0, -1))
    return Plot(
        figure,
        models.assign(on_frontier=models["model"].isin(front["model"])),
        title=f"The frontier holds {count.get('US', 0)} US and {so_many(count.get('CN', 0), 'Chinese model')}, from "
        f"{cheap['input_price']:.2g} to {dear['input_price']:.2g} USD per million tokens",
        alt=f"Scatter of {so_many(len(models), 'model')}, list price against Arena score; the frontier rises from "
        f"{cheap['model']} at {cheap['input_price']:.2g} USD to {dear['model']} at {dear['input_price']:.2g} USD. "
        f"Members are on it in {front['chance'].min():.0f} to {front['chance'].max():.0f} % of draws.",
        caption=f"Input list prices on {p.snapshot}, Arena text scores up to 5 April 2026 with 95 % bounds; names "
        "matched by hand. Step line: best score at a price or less. Per cent: how often the model is on it "
        f"when scores are drawn within their bounds ({p.bootstrap_draws:,} draws).",
    )


def label_front(axes: Axes, x: pd.Series, y: pd.Series, names: list[str], countries: pd.Series) -> None:
    """Write names before the points of a frontier, where no other point is both better and cheaper."""
    room_for_texts(axes, before=9)
    label_points(
        axes,
        x,
        y,
        names,
        [COUNTRY_COLOURS[country] for country in countries],
        clear_of_lines=True,
        places=BEFORE,
        path_effects=[withStroke(linewidth=2, foreground="white")],
    )


@drawn
def equal_score(ratios: pd.DataFrame, models: pd.DataFrame, kept: pd.DataFrame, p: Parameters) -> Plot:
    """Draw price ratios at equal score (`scores.equal_score_ratios`), one panel for each kind of price."""
    kinds = list(dict.fromkeys(ratios["price"]))
    ways = list(dict.fromkeys(zip(ratios["offered"], ratios["method"], strict=True)))
    figure, panels = canvas(2.8 + 0.62 * len(ways), 1, len(kinds), sharey=True, sharex=True, squeeze=False)
    for axes, kind in zip(panels[0], kinds, strict=True):
        rows = ratios[ratios["price"] == kind]
        heights = [ways.index(way) for way in zip(rows["offered"], rows["method"], strict=True)]
        colours = [OFFERS[offered][1] for offered in rows["offered"]]
        for row, y, colour in zip(records(rows), heights, colours, strict=True):
            whiskers(axes, row.value, row.low, row.high, y, color=colour, marker=METHODS[row.method])
        texts = [f"{value:.2g}" if value < 10 else f"{value:.3g}" for value in rows["value"]]
        label_ends(axes, rows["high"].fillna(rows["value"]), heights, texts, colours)
        axes.set_title(f"{kind} price".capitalize())
        axes.axvline(1, color=INK, lw=0.8)
    rows_axis(panels[0][0], [f"{OFFERS[offered][0]}: {method}" for offered, method in ways])
    log_axis(panels[0][0].xaxis, 5)
    for axes in panels[0]:
        axes.grid(axis="x")
    panels[0][len(kinds) // 2].set_xlabel("Price ratio, United States over China (log scale)")
    said = {
        row.offered: f"{row.value:.2g} ({row.low:.2g} to {row.high:.2g})"
        for row in records(ratios[(ratios["method"] == "regression") & (ratios["price"] == "input")])
    }
    pairs = ratios[ratios["method"] == "matched pairs"].groupby("offered")["observations"].max()
    return Plot(
        figure,
        ratios,
        title=f"At equal Arena score the input price ratio is {said.get('all', 'unknown')} over all listings, and "
        f"{said.get('undominated', 'unknown')} without those that their own vendor undercuts",
        alt="Price ratios with intervals for input, output and blended prices, over all listed models, over those that "
        f"their own vendor does not undercut, and for the cheapest at a score: {ratios['low'].min():.2g} to "
        f"{ratios['high'].max():.3g}.",
        caption=f"{so_many(len(models), 'model')} of {so_many(models['vendor'].nunique(), 'vendor')}, {len(kept)} not "
        "undercut in input price: their vendor sells none as good and cheaper, or better and no dearer. Unmatched: "
        f"geometric means. Regression: least squares of log price. Matched: {' and '.join(f'{n:.0f}' for n in pairs)} "
        f"pairs within {p.score_band:.3g} points. Intervals of {p.confidence:.3g} %, {p.resampled} independent; of the "
        f"cheapest the range over scores. Blend: {p.output_share:.3g} % output tokens.",
    )


@drawn
def blended_price(blended: pd.DataFrame, mixes: pd.DataFrame, p: Parameters) -> Plot:
    """Draw blended list prices by mix (`mixes.blended_prices`)."""
    names = list(dict.fromkeys(blended["mix"]))
    table = blended.pivot(index="model", columns="mix", values="price")[names]  # noqa: PD010
    country = dict(zip(blended["model"], blended["country"], strict=True))
    colours = [COUNTRY_COLOURS[country[model]] for model in table.index]
    figure, axes = canvas(max(9.6, 2.5 + 0.4 * len(table)))
    for (model, row), colour in zip(table.iterrows(), colours, strict=True):
        axes.plot(range(len(names)), row, color=colour, marker=COUNTRY_MARKERS[country[str(model)]], ms=4.5, lw=1)
    log_axis(axes.yaxis, 9)
    last = table.ffill(axis=1).iloc[:, -1]
    label_ends(axes, len(names) - 1, last, [str(model) for model in table.index], colours)
    ratio = blended.drop_duplicates("mix").set_index("mix")["ratio"]
    axes.set_xticks(range(len(names)), ["\n".join([*mix.split(", "), f"ratio {ratio[mix]:.2g}"]) for mix in names])
    axes.set_xlim(-0.3, len(names) - 0.85)
    axes.set_ylabel("USD per million tokens (log scale)")
    seen = mixes.iloc[-1]
    return Plot(
        figure,
        blended,
        title=f"Ranked US models cost {ratio.iloc[0]:.2g} times the Chinese ones at one token out for one in, and "
        f"{ratio.iloc[-1]:.2g} times at the mix really used",
        alt=f"Blended prices of {so_many(len(table), 'paid model')} at {so_many(len(names), 'mix', 'mixes')}; the "
        f"ratio of geometric means goes from {ratio.iloc[0]:.2g} to {ratio.iloc[-1]:.2g}.",
        caption=f"Paid models of the top-ten list of the week to {p.usage_week_end} with a known token split. Observed "
        f"mix: {100 * seen['output']:.2g} % output, {100 * seen['cached_input']:.2g} % cached input. Ratio: US over "
        "Chinese geometric mean. Circles: US; diamonds: China. Models chosen by their own success: no sample of the "
        "market.",
    )
