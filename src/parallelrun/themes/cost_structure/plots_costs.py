"""Figures of the unit-cost model, of its sensitivities, and of the disclosed day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import AMBER, COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, GREEN, INK, OTHER, SKY
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import from_zero, label_ends, log_axis, records, rows_axis, whiskers, zero_line
from parallelrun.study.provenance import drawn
from parallelrun.themes.cost_structure import Parameters
from parallelrun.themes.cost_structure.sensitivity import POWER_INPUTS

PARTS = {
    "power": (AMBER, "////"),
    "rest of the lease": (OTHER, None),
    "cached input": (SKY, "...."),
    "other input": (GREEN, None),
    "output": (GREEN, "\\\\\\\\"),
}
INPUT_NAMES = {"rent": "Accelerator rent", "pue": "PUE", "energy_penalty": "Domestic-chip penalty"}


@drawn
def unit_cost(parts: pd.DataFrame, ratio: Estimate, listed: Estimate, reached: Estimate, p: Parameters) -> Plot:
    """Draw the modelled parts of a price (`unit_cost.cost_parts`)."""
    names = list(dict.fromkeys(parts["part"]))
    figure, axes = canvas(2.8 + 1.05 * len(names))
    for side in dict.fromkeys(parts["side"]):
        rows = parts[parts["side"] == side]
        heights = [names.index(part) + (0.17 if side == "CN" else -0.17) for part in rows["part"]]
        look: Any = {"color": COUNTRY_COLOURS[side], "marker": COUNTRY_MARKERS[side], "label": COUNTRY_NAMES[side]}
        whiskers(axes, rows["value"], rows["low"], rows["high"], heights, **look)
        label_ends(axes, rows["high"], heights, [f"{v:.2g}" for v in rows["value"]], COUNTRY_COLOURS[side])
    rows_axis(axes, [name.capitalize() for name in names])
    log_axis(axes.xaxis)
    axes.set_xlabel("USD per million tokens (log scale)")
    figure.legend(loc="outside lower center", ncols=2)
    return Plot(
        figure,
        parts,
        title=f"The flagships’ list prices differ {listed.value:.2g} times, the modelled ones {ratio.low:.2g} to "
        f"{ratio.high:.2g} times: {reached.value:.2g} % of the model’s draws reach the listed ratio",
        alt="Parts of the modelled price on both sides with 90 % intervals: "
        + "; ".join(f"{r.side} {r.part} {r.value:.2g} USD" for r in records(parts))
        + ".",
        caption=f"Monte Carlo, {p.draws:,} draws, medians and 90 % intervals; {p.output_share:.3g} % output, the "
        f"rest fresh input; power prices: {p.power_reading}. Model and margins of the US side are assumed, not known.",
        simulated=True,
    )


@drawn
def sensitivity(table: pd.DataFrame, weights: Mapping[str, Estimate], power: Estimate, p: Parameters) -> Plot:
    """Draw one-at-a-time swings and Sobol indices (`sensitivity.sensitivities`)."""
    figure, (left, right) = canvas(3.4 + 0.44 * len(table), 1, 2, sharey=True)
    y = np.arange(len(table))
    parts = [name.split(", ") for name in table["name"]]
    colours = [AMBER if quantity in POWER_INPUTS else OTHER for quantity, _ in parts]
    left.hlines(y, table["at_low"], table["at_high"], colors=colours, lw=5)
    left.plot(table["at_low"], y, "<", color=INK, ms=4, ls="none", label="input at its low end")
    left.plot(table["at_high"], y, ">", color=INK, ms=4, ls="none", label="input at its high end")
    left.axvline(table["base"].iloc[0], color=INK, lw=0.8)
    names = [INPUT_NAMES.get(q, q.replace("_", " ").capitalize()) for q, _ in parts]
    rows_axis(left, [f"{name}, {side.replace('CN', 'China')}" for name, (_, side) in zip(names, parts, strict=True)])
    log_axis(left.xaxis, 6)
    left.set_xlabel("Modelled price ratio, US over China (log scale)")
    left.set_title("One input at a time")
    right.barh(y, table["total"], xerr=table["total_error"], color=colours, height=0.55, error_kw={"lw": 0.8})
    right.plot(table["first"], y, "|", color=INK, ms=8, ls="none", label="first-order index")
    ends = table["total"] + table["total_error"]
    texts = [f"{total:.2f}" if total >= 0.005 else "" for total in table["total"]]
    label_ends(right, ends, y, texts, INK)
    right.set_xlabel("Total Sobol index (share of the variance)")
    right.set_title("All inputs together")
    right.grid(axis="x")
    from_zero(right.xaxis)
    figure.legend(loc="outside lower center", ncols=3)
    return Plot(
        figure,
        table,
        title=f"Over ranges that are mostly guesses, the margins carry {100 * weights['margin'].ends[0]:.0f} to "
        f"{100 * weights['margin'].ends[1]:.0f} % of the modelled ratio’s uncertainty; power prices add a factor of "
        f"{power.value:.3g}",
        alt=f"Swings and Sobol indices of {so_many(len(table), 'input')} in falling order of their index, from "
        f"{table['name'].iloc[0]} to {table['name'].iloc[-1]}.",
        caption="Left: others at their modes. Right: total (bars) and first-order (ticks) Sobol indices, "
        f"2^{p.sobol_exponent} base points. Amber: inputs that have to do with power.",
        simulated=True,
    )


@drawn
def serving_day(bars: pd.DataFrame, day: Mapping[str, Estimate]) -> Plot:
    """Draw cost and theoretical income of the disclosed day (`disclosed.day_bars`)."""
    names = list(dict.fromkeys(bars["bar"]))
    figure, axes = canvas(3.6 + 1.5 * len(names))
    start = dict.fromkeys(names, 0.0)
    for row in records(bars):
        colour, hatch = PARTS[row.part]
        axes.barh(
            names.index(row.bar),
            row.value,
            left=start[row.bar],
            color=colour,
            hatch=hatch,
            height=0.5,
            ec="white",
            label=f"{row.part}: {row.value:.3g}",
        )
        start[row.bar] += row.value
    rows_axis(axes, [name.capitalize() for name in names])
    from_zero(axes.xaxis, 0.03)
    zero_line(axes, 0, upright=True)
    axes.set_xlabel("Thousand USD a day")
    axes.grid(axis="x")
    figure.legend(loc="outside lower center", ncols=5)
    return Plot(
        figure,
        bars,
        title=f"Power was {day['power_of_cost'].value:.2g} % of the disclosed day’s cost; "
        f"{day['break_even'].value:.3g} % of its tokens had to be paid to cover it",
        alt="Bars of a day in thousand USD: " + "; ".join(f"{r.bar}, {r.part} {r.value:.3g}" for r in records(bars)),
        caption="Cost and income as disclosed; income split by tokens and prices; power: mean nodes times server power "
        "(Supercluster), PUE (Xinhua) and China’s average industrial price; it is part of the lease.",
    )
