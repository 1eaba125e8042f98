"""Figures of porting and of the cost of the move."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from parallelrun.study import figures
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.drawing import AMBER, DARK, GREEN, GREY, log_ticks, plain
from parallelrun.themes.chip_migration.hardware import each


@traced
def plot_porting(curve: pd.DataFrame, chances: pd.DataFrame, claimed: Estimate) -> tuple[Figure, pd.DataFrame]:
    """Draw porting effort by compatibility for several code sizes, and the chance that a program needs no change."""
    fig, (left, right) = figures.canvas("two-columns", 7.8, 1, 2)
    low, high = claimed.ends
    styles = ["--", "-", ":"]
    for style, (size, part) in zip(styles, curve.groupby("size", sort=True), strict=True):
        left.plot(part["compatibility"], part["effort"], style, color=figures.CHINA)
        first = part.iloc[0]
        left.annotate(
            f"{size:,.0f} thousand lines",
            (first["compatibility"], first["effort"]),
            (5, 4),
            textcoords="offset points",
            fontsize=7,
            color=figures.CHINA,
            ha="left",
            va="bottom",
        )
    left.axvspan(low, high, color=GREY, alpha=0.18, linewidth=0)
    left.text(low - 0.4, curve["effort"].max() * 2.2, "claimed", fontsize=7.5, color=GREY, ha="right", va="center")
    left.set(
        yscale="log",
        xlim=(60, 100),
        ylim=(curve["effort"].min() * 0.6, curve["effort"].max() * 3.4),
        xlabel="Code that compiles unchanged (%)",
        ylabel="Porting effort (person-months)",
    )
    log_ticks(left.yaxis, [3, 10, 30, 100, 300, 1000, 3000, 10000, 30000])
    left.grid(axis="y")
    left.set_title("Effort left at each compatibility")
    for i, (share, part) in enumerate(chances.groupby("compatibility", sort=True)):
        right.plot(part["units"], 100 * part["probability"], ("-", "--", ":")[i % 3], color=figures.CHINA)
        at = part.iloc[int(np.argmin(np.abs(part["probability"] - 0.5)))]
        right.annotate(
            f"{share:g} %",
            (at["units"], 100 * at["probability"]),
            (5, 4) if i else (-5, -4),
            textcoords="offset points",
            fontsize=7,
            color=figures.CHINA,
            ha="left" if i else "right",
        )
    right.set(
        xscale="log",
        xlim=(1, 1000),
        ylim=(0, 102),
        xlabel="Independent units of code (functions, kernels)",
        ylabel="Program needs no change (%)",
    )
    log_ticks(right.xaxis, [1, 10, 100, 1000])
    right.grid(axis="y")
    right.set_title("If the claim holds for each unit")
    data = pd.concat([curve.assign(panel="effort"), chances.assign(panel="untouched")], ignore_index=True)
    return fig, data


@traced
def plot_migration(bars: pd.DataFrame, prices: pd.DataFrame, price: float, size: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the cost of one H20 and of what replaces it by workload, and the break-even price by fleet size."""
    fig, (left, right) = figures.canvas("two-columns", 8.6, 1, 2, width_ratios=[1, 1.05])
    options = list(dict.fromkeys(bars["option"]))
    fills = {"hardware": ("#8a8a8a", ""), "energy": (GREEN, "////"), "porting": (AMBER, "....")}
    base = np.zeros(len(options))
    for part, (colour, hatch) in fills.items():
        cost = bars[bars["part"] == part].set_index("option").loc[options, "cost"].to_numpy() / 1e3
        left.bar(
            range(len(options)), cost, bottom=base, color=colour, hatch=hatch, edgecolor="white", width=0.62, label=part
        )
        base += cost
    for x, total in enumerate(base):
        left.text(x, total, f"{total:,.1f}", ha="center", va="bottom", fontsize=7.5, weight=600)
    left.axhline(base[0], color=figures.US, linewidth=0.8, linestyle="--")
    left.set_xticks(range(len(options)), options)
    left.set(ylim=(0, base.max() * 1.25), ylabel="Thousand USD per replaced H20")
    left.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=3, columnspacing=1.2, handlelength=1.4)
    left.set_title("Present cost by workload")
    right.fill_between(
        prices["fleet"],
        prices["low"],
        prices["high"],
        color=figures.CHINA,
        alpha=0.18,
        linewidth=0,
        label="5 to 95 % of draws",
    )
    right.plot(prices["fleet"], prices["value"], color=figures.CHINA, label="break-even price")
    right.axhline(price, color=DARK, linewidth=0.9, linestyle="--", label="price assumed")
    right.plot(size, np.interp(np.log(size), np.log(prices["fleet"]), prices["value"]), "D", color=figures.CHINA)
    right.axhline(0, color=GREY, linewidth=0.6)
    top = max(float(prices["high"].max()), price) * 1.8
    right.set(
        xscale="log",
        ylim=(min(0.0, max(float(prices["low"].min()), -0.5)), top),
        xlabel="H20s replaced",
        ylabel="Price of a 950PR over an H20's",
    )
    log_ticks(right.xaxis, [100, 1000, 10_000, 100_000, 1_000_000])
    right.set_xlim(prices["fleet"].min(), prices["fleet"].max())
    right.legend(loc="upper right")
    right.set_title("Price at which the move breaks even")
    data = pd.concat([bars.assign(panel="cost"), prices.assign(panel="break-even price")], ignore_index=True)
    return fig, data


@traced
def plot_tornado(table: pd.DataFrame, shown: int = 12) -> tuple[Figure, pd.DataFrame]:
    """Draw how far each input moves the cost of the replacement over that of the H20."""
    must = table["input"].isin(["compatibility", "energy_penalty"])
    part = table[must | (table.index < shown - must.sum())].reset_index(drop=True)
    fig, axis = figures.canvas("two-columns", 8.8)
    middle = float(part["central"].iloc[0])
    for y, row in enumerate(each(part)):
        ends = ((row.at_low, row.low, AMBER, "", 0), (row.at_high, row.high, GREEN, "////", 1))
        for value, given, colour, hatch, end in ends:
            axis.barh(y, value - middle, left=middle, color=colour, hatch=hatch, edgecolor="white", height=0.62)
            left = (end == 0) == (row.at_low <= row.at_high)
            words = f" {plain(float(f'{given:.3g}'))} "
            axis.text(value, y, words, ha="right" if left else "left", va="center", fontsize=6.8)
    axis.axvline(middle, color=DARK, linewidth=0.8)
    axis.axvline(1, color=GREY, linewidth=0.9, linestyle="--")
    axis.text(middle, -0.72, f"central {middle:.2f}", ha="center", va="bottom", fontsize=7.5, weight=600)
    axis.set_yticks(range(len(part)), [f"{r.label} ({r.basis})" for r in each(part)])
    reach = part[["at_low", "at_high"]].to_numpy()
    pad = max(0.09 * (reach.max() - min(reach.min(), 1)), 0.02 * middle)
    axis.set(
        ylim=(len(part) - 0.4, -0.75),
        xlim=(min(reach.min(), 1) - pad, reach.max() + pad),
        xlabel="Cost of the replacement over that of the H20 (dashed: equal; numbers: the input)",
    )
    axis.grid(axis="x")
    handles = [
        Patch(facecolor=AMBER, label="low end of the input"),
        Patch(facecolor=GREEN, hatch="////", edgecolor="white", label="high end"),
    ]
    axis.legend(handles=handles, loc="lower right")
    return fig, part
