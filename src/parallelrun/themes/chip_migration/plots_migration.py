"""Figures of porting and of the cost of the move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, DARK, GREEN, GREY, PINK, US
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import from_zero, label_points, log_axis, note, plain, records, rows_axis, whiskers
from parallelrun.study.provenance import drawn
from parallelrun.themes.chip_migration import Parameters
from parallelrun.themes.chip_migration.porting import DESIGN_MODIFIED


@drawn
def migration_cost(table: pd.DataFrame, prices: dict[str, Estimate], p: Parameters) -> Plot:
    """Draw the price of a new chip at which the move breaks even, by share of prefill, fleet and kind of model.

    Parameters
    ----------
    table : pandas.DataFrame
        As `migration.fleets` gives it.
    prices : dict of Estimate
        Kind of model to the break-even price of the fleet of one chip alone, at the chosen share; kinds that are not
        in the table are named in the title.
    p : Parameters
        The notebook's parameters.
    """
    kinds = list(dict.fromkeys(table["kind"]))
    names = list(dict.fromkeys(table["fleet"]))
    figure, axes = canvas(9.4, 1, len(kinds), squeeze=False, sharey=True)
    styles = dict(zip(names, [(CHINA, "-"), (AMBER, "--"), (GREEN, "-."), (US, ":"), (PINK, "-")], strict=False))
    for axis, kind in zip(axes.flat, kinds, strict=True):
        rows = table[table["kind"] == kind]
        for name in names:
            part = rows[rows["fleet"] == name]
            colour, line = styles[name]
            label = name if kind == kinds[0] else None
            axis.plot(part["share"], part["price"], line, color=colour, label=label)
        if (alone := prices[kind]).value:
            style: Any = {"color": CHINA, "marker": "D", "markersize": 5, "zorder": 3}
            whiskers(axis, alone.value, *alone.ends, 100 * p.prefill_share, upright=True, **style)
        at = rows[rows["chosen"].astype(bool) & rows["price"].notna()]
        colours = [styles[name][0] for name in at["fleet"]]
        axis.scatter(at["share"], at["price"], c=colours, marker="D", s=22, zorder=3)
        texts = [f"{price:.2f}" for price in at["price"]]
        label_points(axis, at["share"], at["price"], texts, colours, fontsize=7.5, clear_of_lines=True)
        axis.axhline(p.price_multiple, color=DARK, linewidth=0.9, linestyle="--")
        axis.set_xlabel("Share of the H20s' busy time that is prefill (%)")
        axis.set_title(kind[0].upper() + kind[1:])
        axis.grid(axis="y")
    note(axes.flat[-1], "assumed", (1, p.price_multiple), (3, 0), xycoords=("axes fraction", "data"), va="center")
    from_zero(axes.flat[0].yaxis)
    axes.flat[0].set_ylabel("Price of a new chip over an H20's")
    figure.legend(loc="outside lower center", ncols=4, columnspacing=1.4)
    at = table[table["chosen"].astype(bool)]
    said = "; ".join(f"{row.kind}, {row.fleet}: {row.price:.2f}" for row in records(at))
    alone_at = [f"{price.value:.2f} with a {kind}" for kind, price in prices.items()]
    return Plot(
        figure,
        table,
        title=f"At {100 * p.prefill_share:.0f} % prefill a 950PR pays, before the rise of its price, below these parts "
        f"of an H20's: {', '.join(alone_at)}",
        alt=f"{so_many(len(kinds), 'panel')} over the share of prefill, one line a fleet. Break-even price at "
        f"{100 * p.prefill_share:.0f} %: {said}.",
        caption=f"950PR for prefill, and for decode the chip named; same price for all Ascend chips. Speeds are "
        f"bounds from ratings, software gets {p.software_efficiency:g} of them. Present value over {p.lifetime:g} "
        f"years at {p.discount_rate:g} % a year for {p.fleet_size:,.0f} H20s; energy by the {p.energy_basis} figure. "
        f"Whiskers: 5 to 95 % of {p.draws:,} draws. Prices before the reported rise; reading hides behind computing; "
        f"dashed: the price assumed "
        f"elsewhere. The 950DT is announced, not sold.",
        simulated=True,
    )


@drawn
def cost_tornado(table: pd.DataFrame, shown: int = 12) -> Plot:
    """Draw what `migration.tornado` gives: how far each input moves the cost of the replacement over the H20's."""
    must = table["input"].isin(["compatibility", "energy_penalty"])
    part = table[must | ((~must).cumsum() <= shown - must.sum())].reset_index(drop=True)
    figure, axis = canvas(3.4 + 0.46 * len(part))
    middle = float(part["central"].iloc[0])
    for y, row in enumerate(records(part)):
        ends = ((row.at_low, row.low, AMBER, "", 0), (row.at_high, row.high, GREEN, "////", 1))
        for value, given, colour, hatch, end in ends:
            axis.barh(y, value - middle, left=middle, color=colour, hatch=hatch, edgecolor="white", height=0.62)
            left = (end == 0) == (row.at_low <= row.at_high)
            look: Any = {"ha": "right" if left else "left", "va": "center", "fontsize": 6.8}
            text = plain(float(f"{given:.3g}"))
            note(axis, text, (value, y), (-3 if left else 3, 0), **look)
    axis.axvline(middle, color=DARK, linewidth=0.8)
    axis.axvline(1, color=GREY, linewidth=0.9, linestyle="--")
    top: Any = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom"}
    note(axis, f"central {middle:.2f}", (middle, 1), (0, 2), **top, fontsize=7.5, weight=600)
    rows_axis(axis, [f"{row.label} ({row.basis})" for row in records(part)])
    axis.margins(x=0.1)
    axis.set_xlabel("Cost of the replacement over that of the H20 (dashed: equal; numbers: the input)")
    axis.grid(axis="x")
    handles = [
        Patch(facecolor=AMBER, label="low end of the input"),
        Patch(facecolor=GREEN, hatch="////", edgecolor="white", label="high end"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    width = (part["at_high"] - part["at_low"]).abs().to_numpy()
    first, second = part["label"].iloc[0], part["label"].iloc[min(1, len(part) - 1)]
    second = second if second[1].isupper() or second[0].isdigit() else second[0].lower() + second[1:]
    kept = part["input"] == "compatibility"
    small = ", compatibility does not" if kept.any() and width[kept.to_numpy()][0] < 0.1 * width[0] else ""
    return Plot(
        figure,
        part,
        title=f"{first} and {second} move the dense model’s modelled cost most{small}",
        alt=f"Tornado of the cost ratio about its central value {middle:.2f}: "
        + "; ".join(f"{row.label} {row.at_low:.2f} to {row.at_high:.2f}" for row in records(part))
        + ".",
        caption="A fleet of one chip alone, dense model; each input at its low and its high end with all others "
        "central; numbers at the bars are the input's values. Published: the range is a source's; modelled: it "
        "follows from the rounding of ratings; assumed: the chosen spread. One at a time, so interactions are not "
        "shown.",
    )


@drawn
def porting_effort(curve: pd.DataFrame, chances: pd.DataFrame, claimed: Estimate, p: Parameters) -> Plot:
    """Draw porting effort by compatibility for several code sizes, and the chance that a program needs no change.

    Parameters
    ----------
    curve, chances : pandas.DataFrame
        As `porting.effort_curve` and `porting.untouched_curve` give them.
    claimed : Estimate
        The claimed compatibility, %.
    p : Parameters
        The notebook's parameters.
    """
    figure, (left, right) = canvas(8.2, 1, 2)
    lines = ("--", "-", ":")
    for i, (size, part) in enumerate(curve.groupby("size", sort=True)):
        left.plot(part["compatibility"], part["effort"], lines[i % 3], color=CHINA)
        at = (part["compatibility"].iloc[0], part["effort"].iloc[0])
        note(left, f"{float(str(size)):,g} thousand lines", at, (5, 3), color=CHINA, va="bottom")
    low, high = claimed.ends
    left.axvspan(low, high, color=GREY, alpha=0.18, linewidth=0)
    place: Any = {"xycoords": ("data", "axes fraction"), "fontsize": 7.5, "color": GREY}
    note(left, "claimed", (low, 1), (-3, -4), ha="right", va="top", **place)
    left.margins(0.02, 0.15)
    left.set(xlabel="Code that compiles unchanged (%)", ylabel="Porting effort (person-months)")
    log_axis(left.yaxis)
    left.set_title("Effort left at each compatibility")
    half: dict[float, Any] = {}
    for i, (share, part) in enumerate(chances.groupby("compatibility", sort=True)):
        right.plot(part["units"], 100 * part["probability"], lines[i % 3], color=CHINA)
        half[float(str(share))] = part.iloc[int(np.argmin(np.abs(part["probability"] - 0.5)))]
    units, probability = ([row[column] for row in half.values()] for column in ("units", "probability"))
    label_points(right, units, 100 * np.array(probability), [f"{share:g} %" for share in half], CHINA)
    from_zero(right.yaxis, 0.03)
    log_axis(right.xaxis)
    right.grid(axis="y")
    right.set(xlabel="Independent units of code (functions, kernels)", ylabel="Program needs no change (%)")
    right.set_title("If the claim holds for each unit")
    claimed_rows = curve[curve["claimed"].astype(bool) & np.isclose(curve["size"], p.code_size)]["effort"]
    title = "Effort of porting falls with compatibility, but not to zero"
    if len(claimed_rows):
        title = (
            f"At {low:g} to {high:g} % compatible, porting {plain(p.code_size)} thousand lines still takes "
            f"{claimed_rows.max():,.0f} to {claimed_rows.min():,.0f} person-months"
        )
    return Plot(
        figure,
        pd.concat([curve.assign(panel="effort"), chances.assign(panel="untouched")], ignore_index=True),
        title=title,
        alt="Left: porting effort falls with compatibility, but not to zero. Right: the chance that a program needs no "
        "change falls fast with its number of functions: it is one half at about "
        + ", ".join(f"{n:,.0f} for {share:g} %" for share, n in zip(half, units, strict=True))
        + ".",
        caption=f"COCOMO II with nominal drivers; design modified in {DESIGN_MODIFIED:g} % of what does not compile, "
        f"integration and test redone for {p.integration_redone:g} % of all code. Grey band: the claimed range. "
        "Modelled, not observed.",
    )
