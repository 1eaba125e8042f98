"""Figures of electric power: its price, the energy of tokens, and what both can explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, GREEN, INK, OTHER, PINK, US
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import from_zero, log_axis, records, rows_axis, whiskers, zero_line
from parallelrun.study.provenance import drawn
from parallelrun.themes.cost_structure import Parameters

READING_NAMES = {
    "national": "national averages",
    "Europe": "Europe over China",
    "subsidised": "subsidised west",
    "green": "green power, lowest",
}
KINDS = {"input": (GREEN, "v"), "output": (PINK, "^"), "all": (INK, "s"), "query": (OTHER, "o")}
SIDES = {"west": ("US or Europe", US, "o", -0.17), "china": ("China", CHINA, "D", 0.17)}
BASES = {
    "printed": ("ratio as printed", OTHER, "s", 0.0),
    "per kWh": ("ratio per kWh", GREEN, "o", -0.17),
    "per token": ("ratio per token", PINK, "^", 0.17),
}


@drawn
def power_prices(
    bought: pd.DataFrame, ratios: pd.DataFrame, printed: Estimate, national: Estimate, p: Parameters
) -> Plot:
    """Draw power prices and their ratios under each reading (`power.power_prices`, `power.power_ratios`)."""
    panels = ((bought, "side", SIDES), (ratios, "basis", BASES))
    names = [list(dict.fromkeys(frame["reading"])) for frame, *_ in panels]
    figure, (left, right) = canvas(3.2 + 0.85 * max(map(len, names)), 1, 2)
    for axes, (frame, column, looks), readings in zip((left, right), panels, names, strict=True):
        for key, (label, colour, marker, shift) in looks.items():
            rows = frame[frame[column] == key]
            places = [readings.index(reading) + shift for reading in rows["reading"]]
            whiskers(axes, rows["value"], rows["low"], rows["high"], places, color=colour, marker=marker, label=label)
        rows_axis(axes, [READING_NAMES.get(name, name) for name in readings])
        axes.grid(axis="x")
    zero_line(right, 1, upright=True)
    for axes in (left, right):
        from_zero(axes.xaxis, 0.05)
    left.set_xlabel("USD per kWh")
    left.set_title("Price of power")
    right.set_xlabel("Ratio, US or Europe over China")
    right.set_title("Ratio of prices")
    figure.legend(loc="outside lower center", ncols=5)
    return Plot(
        figure,
        pd.concat([bought.assign(panel="price"), ratios.assign(panel="ratio")]),
        title=f"By the article’s ranges a kWh in the US or Europe costs {printed.low:.2g} to {printed.high:.2g} times "
        f"one in China; by national averages a US kWh costs {national.value:.2g} times a Chinese one",
        alt="Power prices on both sides and their ratios per kWh and per token, by reading: "
        + "; ".join(f"{r.reading} {r.value:.2g}" for r in records(ratios[ratios["basis"] != "per token"]))
        + ".",
        caption="Bars: printed ranges or rounding; the range of two months or of a year where given. Per token: "
        f"{p.domestic_share:.3g} % of Chinese load on domestic chips. Euro at {p.usd_per_eur:.3g} USD. Customers "
        "differ between sources (industry, data centre, unstated).",
    )


@drawn
def energy_per_token(panels: pd.DataFrame, needed: Estimate, p: Parameters) -> Plot:
    """Draw energies of a million tokens and the share of price they make (`power.energy_panels`)."""
    energy = panels[panels["panel"] == "energy"].reset_index(drop=True)
    figure, (left, right) = canvas(4.0 + 0.5 * len(energy), 1, 2, sharey=True)
    for kind, (colour, marker) in KINDS.items():
        rows = energy[energy["tokens_kind"] == kind]
        name = f"energy of {kind if kind == 'query' else kind + ' tokens'}".replace("of query", "of a query")
        whiskers(left, rows["value"], rows["low"], rows["high"], rows.index, color=colour, marker=marker, label=name)
    left.axvspan(*needed.ends, color=CHINA, alpha=0.18, lw=0, label="needed to explain the price gap")
    left.axvline(needed.value, color=CHINA, lw=1.2)
    rows_axis(left, list(energy["item"]), top_down=False)
    left.set_xlabel("kWh per million tokens (log scale)")
    left.set_title("Energy of tokens")
    shares = panels[panels["panel"] == "share"]
    place = {item: i for i, item in enumerate(energy["item"])}
    looks = ((p.us_flagship, US, "o", 0.15), (p.cn_flagship, CHINA, "D", -0.15))
    for (_, rows), (model, colour, marker, shift) in zip(shares.groupby("model", sort=False), looks, strict=False):
        rows = rows[rows["item"].isin(list(place))]
        y = [place[item] + shift for item in rows["item"]]
        name = f"share of {model.split('/')[-1]}’s price"
        whiskers(right, rows["value"], rows["low"], rows["high"], y, color=colour, marker=marker, label=name)
    right.axvline(100, color=INK, lw=0.8)
    right.set_xlabel("Power as a share of list price (%, log scale)")
    right.set_title("Power in the list price")
    for axes in (left, right):
        log_axis(axes.xaxis, 6)
    figure.legend(loc="outside lower center", ncols=3)
    return Plot(
        figure,
        panels,
        title=f"For the article’s power prices to explain its price gap, a million tokens would need "
        f"{needed.low:.2g} to {needed.high:.2g} kWh; the highest "
        f"of {so_many(len(energy), 'estimate')} is {energy['high'].max():.2g}",
        alt=f"{so_many(len(energy), 'energy estimate')} from {energy['low'].min():.2g} to {energy['high'].max():.2g} "
        "kWh per million tokens beside the band needed, and the share of list price that they make for two models.",
        caption="Intervals: rounding; a factor of two either way where a query’s tokens are undisclosed; ranges of "
        f"server power and PUE; size range assumed by EcoLogits. Right: energy times power price ({p.power_reading}) "
        "over the list price of the tokens concerned, whatever model the energy was estimated for; vertical line: the "
        "whole price.",
    )


@drawn
def power_bound(
    curve: pd.DataFrame, by_tokens: pd.DataFrame, gap: Estimate, bound: Estimate, explained: Estimate, p: Parameters
) -> Plot:
    """Draw what power can explain (`power.explained_curve`), and the share it can be (`energy.share_by_tokens`)."""
    figure, (axes, right) = canvas(9.6, 1, 2)
    price = curve[curve["series"] == "price gap"]
    axes.fill_between(price["share"], price["low"], price["high"], color=CHINA, alpha=0.15, lw=0)
    axes.plot(price["share"], price["value"], color=CHINA, lw=1.2, label="price gap to be explained")
    for name, colour, style in (("articles", US, "-"), ("subsidised", GREEN, "--")):
        rows = curve[curve["series"] == name]
        axes.fill_between(rows["share"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        label = f"explained by power prices: {READING_NAMES.get(name, name)}"
        axes.plot(rows["share"], rows["value"], color=colour, ls=style, label=label)
    log_axis(axes.yaxis)
    axes.set_xlim(0, 100)
    axes.set_xlabel("Energy share of the US price (%)")
    axes.set_ylabel("Price ratio, US over China (log scale)")
    axes.set_title("What power explains")
    band = by_tokens.groupby("tokens").agg(low=("low", "min"), high=("high", "max")).reset_index()
    right.fill_between(band["tokens"], band["low"], band["high"], color=AMBER, alpha=0.4, lw=0)
    right.plot(band["tokens"], band["high"], color=AMBER, label="share that power can be, highest and lowest estimate")
    right.axvline(p.tokens_per_query, color=INK, lw=0.8, ls=":", label=f"taken here: {p.tokens_per_query:.4g} tokens")
    for axis in (right.xaxis, right.yaxis):
        log_axis(axis, 6)
    right.set_xlabel("Tokens that a query is taken to have (log scale)")
    right.set_ylabel("Share of the US price (%, log scale)")
    right.set_title("How large its share can be")
    figure.legend(loc="outside lower center", ncols=2)
    return Plot(
        figure,
        pd.concat([curve.assign(panel="explained"), by_tokens.assign(panel="by tokens")], ignore_index=True),
        title=f"At the article’s power prices {bound.value:.2g} ({bound.ends[0]:.2g} to {bound.ends[1]:.2g}) of its "
        f"price ratio of {gap.value:.3g} would be left, even if power were the whole US price",
        alt=f"Left: explained price ratio against energy share, from 1 to {np.nanmax(curve['value']):.2g}. Right: "
        f"share that power can be, from {band['low'].min():.2g} to {band['high'].max():.2g} %, falling with the "
        "tokens of a query.",
        caption="Left: the identity at the article’s power ratio and at that of subsidised western China, bands from "
        "their intervals; orange: the price gap with its rounding. Right: disclosed energies of queries over the "
        f"tokens that they are taken to have, at the power price ({p.power_reading}), over the output price (lower "
        f"end) and the input price (upper end). At {p.tokens_per_query:.4g} tokens, or half or twice as many, power "
        f"explains a factor of {explained.value:.3g} ({explained.ends[0]:.3g} to {explained.ends[1]:.3g}).",
    )
