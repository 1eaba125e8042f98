"""Figures of the chips themselves: each takes what a model function returns and draws just that."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from parallelrun.study import figures
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.drawing import (
    AMBER,
    DARK,
    GREEN,
    GREY,
    log_ticks,
    log_ticks_within,
    plain,
    whiskers,
)
from parallelrun.themes.chip_migration.hardware import METRICS, SPARSITY, each


@traced
def plot_pairings(
    table: pd.DataFrame, claim: Estimate, implied: Estimate, specs: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw every published rate of the 950PR over every rate of the H20, and the claimed multiple."""
    fig, axis = figures.canvas("two-columns", 10.2)
    axis.axvspan(*claim.ends, color=figures.CHINA, alpha=0.4, linewidth=0)
    groups = list(dict.fromkeys(zip(table["bin"], table["numerator"], table["engine"], strict=True)))
    bins = {
        "printed in the article": "article",
        "950pr-card": "card",
        "950pr-server": "server",
        "950pr-roadmap": "plan",
    }
    engines = {"matrix": "", "as printed": "", "matrix and vector": ", all units"}
    styles = {
        ("FP8", False): ("o", 6.0),
        ("FP8", True): ("o", 6.0),
        ("BF16", False): ("s", 5.5),
        ("BF16", True): ("s", 7.5),
    }
    places = pd.Series(
        [groups.index(key) for key in zip(table["bin"], table["numerator"], table["engine"], strict=True)]
    )
    for group, part in table.groupby(["denominator", "sparse", "holds"]):
        base, sparse, holds = (str(group[0]), bool(group[1]), bool(group[2]))
        marker, size = styles[base, sparse]
        colour = figures.CHINA if holds else GREY
        face = "white" if sparse else colour
        style = {"color": colour, "marker": marker, "markersize": size, "markerfacecolor": face}
        whiskers(axis, part, places[part.index], zorder=2 if sparse else 3, **style)
    for row in each(table[table["holds"].astype(bool)]):
        axis.annotate(
            f"{row.value:.2f}",
            (row.value, places[row.Index]),
            (0, 9),
            textcoords="offset points",
            color=figures.CHINA,
            ha="center",
            va="center",
            fontsize=8,
            weight=600,
        )
    axis.set_yticks(range(len(groups)), [f"{top}{engines[engine]} ({bins[bin_]})" for bin_, top, engine in groups])
    axis.set(
        xscale="log", ylim=(len(groups) - 0.4, -1.1), xlabel="Rate of the 950PR over that of the H20 (logarithmic)"
    )
    log_ticks(axis.xaxis, [1.2, 1.5, 2, 3, 4, 6, 8, 10, 14])
    axis.set_xlim(1.15, 15)
    axis.grid(axis="x")
    axis.text(
        claim.ends[1] * 1.02,
        -0.75,
        f"claimed: {claim.value:g}, so the H20 at {implied.value:,.0f} TFLOPS",
        color=figures.CHINA,
        fontsize=7.5,
        weight=600,
        va="center",
    )
    h20 = specs[(specs["chip"] == "h20") & specs["metric"].str.endswith("_compute")]
    labels = {}
    for row, sparse in product(each(h20), (False, True)):
        base = row.metric.split("_")[0].upper()
        rate = row.value * (SPARSITY if sparse else 1)
        labels[base, sparse] = f"over {base} {'sparse' if sparse else 'dense'} ({rate:,.0f})"
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=styles[key][0],
            markersize=styles[key][1],
            color=GREY,
            markerfacecolor="none" if key[1] else GREY,
            label=label,
        )
        for key, label in labels.items()
    ]
    axis.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.44, -0.13), ncols=4, columnspacing=1.4, handletextpad=0.3
    )
    rates = h20[["chip", "metric", "value", "low", "high", "unit", "source"]]
    return fig, pd.concat([table.assign(unit="ratio"), rates], ignore_index=True)


@traced
def plot_chips(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw the specifications of all chips side by side, one panel a metric."""
    order = [
        "h20",
        "h100",
        "gb200",
        "ascend-910c",
        "950pr-card",
        "950pr-server",
        "950pr-roadmap",
        "950dt",
        "ascend-960",
        "ascend-970",
    ]
    shown = table[table["chip"].isin(order)].copy()
    names = shown.drop_duplicates("chip").set_index("chip")["name"]
    fig, axes = figures.canvas("two-columns", 12.5, 2, 3, sharey=True)
    for axis, (metric, label) in zip(axes.flat, METRICS.items(), strict=True):
        part = shown[shown["metric"] == metric].set_index("chip")
        axis.set_title(f"{label} ({part['unit'].iloc[0]})")
        bars = part.loc[[key for key in order if key in part.index]]
        colours = bars["country"].map(figures.COUNTRY_COLOURS).tolist()
        planned = (bars["status"] == "planned").tolist()
        places = [order.index(str(key)) for key in bars.index]
        axis.barh(
            places,
            bars["value"],
            color=["white" if plan else colour for plan, colour in zip(planned, colours, strict=True)],
            edgecolor=colours,
            height=0.62,
            hatch=["////" if plan else "" for plan in planned],
        )
        for y, value in zip(places, bars["value"], strict=True):
            axis.text(value, y, f" {plain(value)}", va="center", fontsize=6.8)
        for y, key in enumerate(order):
            if key not in bars.index:
                words = "none" if key in ("h20", "h100") and metric == "fp4_compute" else "not stated"
                place = axis.get_yaxis_transform()
                axis.text(0.02, y, words, transform=place, va="center", fontsize=6.3, color=GREY)
        axis.set_xlim(0, part["value"].max() * 1.28)
        axis.xaxis.set_visible(False)
        axis.spines["bottom"].set_visible(False)
        axis.tick_params(axis="y", length=0)
        axis.axhline(2.5, color="#bbbbbb", linewidth=0.6)
    axes[0, 0].set_yticks(range(len(order)), [names[key] for key in order])
    axes[0, 0].set_ylim(len(order) - 0.4, -0.6)
    return fig, shown


@traced
def plot_ratios(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw each Chinese chip's figures over the H20's, one row a metric."""
    labels = {m: METRICS[m] for m in ("bf16_compute", "fp8_compute", "memory_capacity", "memory_bandwidth", "power")}
    labels |= {"bf16_per_watt": "BF16 per watt", "bandwidth_per_flop": "Bandwidth per BF16 FLOP"}
    markers = {
        "950pr-card": ("D", figures.CHINA),
        "950pr-server": ("^", "#8c3d00"),
        "ascend-910c": ("s", AMBER),
        "950dt": ("v", GREEN),
    }
    fig, axis = figures.canvas("two-columns", 9.2)
    rows = list(labels)
    count = table["chip"].nunique() - 1
    chips = table[table["chip"] != "h20"]
    for j, (key, part) in enumerate(chips.groupby("chip", sort=False)):
        marker, colour = markers[str(key)]
        face = "white" if key == "950dt" else colour
        places = part["metric"].map(rows.index) + (j - (count - 1) / 2) * 0.17
        style = {"color": colour, "marker": marker, "markersize": 5, "markerfacecolor": face}
        whiskers(axis, part, places, label=part["name"].iloc[0], **style)
        if key != "950pr-card":
            continue
        for row in each(part):
            axis.text(
                row.low / 1.05,
                places[row.Index] - 0.02,
                f"{row.value:.2f}",
                color=colour,
                ha="right",
                va="center",
                fontsize=7.5,
                weight=600,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
    axis.axvline(1, color=figures.US, linewidth=1)
    axis.text(1.0, -0.62, "H20 = 1", color=figures.US, ha="center", va="bottom", fontsize=7.5, weight=600)
    axis.set_yticks(range(len(rows)), list(labels.values()))
    axis.set(xscale="log", ylim=(len(rows) - 0.5, -0.6), xlabel="Multiple of the H20's figure (logarithmic)")
    log_ticks(axis.xaxis, [0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5])
    axis.set_xlim(0.1, 8)
    axis.grid(axis="x")
    axis.legend(loc="lower right")
    return fig, table


@traced
def plot_balance(table: pd.DataFrame, power: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw bandwidth against FP8 or BF16 compute of each chip, and compute per kilowatt of chips and systems."""
    wide = table.pivot_table(
        index=["chip", "name", "country", "status"], columns="metric", values="value"
    ).reset_index()
    wide = wide.dropna(subset=["fp8_compute", "memory_bandwidth"])
    fig, (left, right) = figures.canvas("two-columns", 8.6, 1, 2, width_ratios=[1.25, 1])
    grid = np.array([100.0, 10_000.0])
    for balance in (50, 100, 200, 400, 800):
        left.plot(grid, grid / balance, color="#d5d5d5", linewidth=0.7, zorder=0)
        x = min(7500.0, 24.0 * balance)
        left.text(x, x / balance * 1.06, f"{balance}", color=GREY, fontsize=6.5, ha="right", va="bottom")
    offsets = {"950pr-roadmap": (6, 5), "950pr-card": (-5, -9), "950pr-server": (6, -9), "h20": (-5, 7), "h100": (6, 4)}
    for row in each(wide):
        colour = figures.COUNTRY_COLOURS[str(row.country)]
        left.plot(
            row.fp8_compute,
            row.memory_bandwidth,
            figures.COUNTRY_MARKERS[str(row.country)],
            color=colour,
            markerfacecolor="white" if row.status == "planned" else colour,
        )
        dx, dy = offsets.get(str(row.chip), (-6, 4))
        left.annotate(
            str(row.name).replace(" (Atlas 350)", ""),
            (row.fp8_compute, row.memory_bandwidth),
            (dx, dy),
            textcoords="offset points",
            fontsize=6.8,
            ha="left" if dx > 0 else "right",
            va="center",
            color=colour,
        )
    left.set(
        xscale="log",
        yscale="log",
        xlim=(110, 8000),
        ylim=(0.8, 30),
        xlabel="FP8 compute, dense (TFLOPS)",
        ylabel="Memory bandwidth (TB/s)",
    )
    log_ticks(left.xaxis, [200, 500, 1000, 2000, 5000])
    log_ticks(left.yaxis, [1, 2, 5, 10, 20])
    left.set_title("Balance: lines of equal FLOP per byte")
    bars = power.sort_values("value", kind="stable").reset_index(drop=True)
    for y, row in enumerate(each(bars)):
        colour = figures.COUNTRY_COLOURS[str(row.country)]
        right.barh(
            y,
            row.value,
            xerr=[[row.value - row.low], [row.high - row.value]],
            color=colour,
            hatch="////" if row.devices > 1 else "",
            edgecolor="white",
            height=0.6,
            error_kw={"elinewidth": 0.8},
        )
        right.text(row.high, y, f"  {row.value:,.0f}", va="center", fontsize=7)
    right.set_yticks(range(len(bars)), [n.replace(" (Atlas 350)", "") for n in bars["name"]])
    right.set(xlim=(0, bars["high"].max() * 1.18), xlabel="Dense BF16 per rated kilowatt (TFLOPS)")
    right.set_title("Compute per kilowatt (hatched: systems)")
    data = pd.concat(
        [
            table[table["metric"].isin(["fp8_compute", "memory_bandwidth"]) & table["chip"].isin(wide["chip"])].assign(
                panel="balance"
            ),
            bars.assign(panel="efficiency"),
        ],
        ignore_index=True,
    )
    return fig, data


@traced
def plot_roofline(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw roofs and working points of two chips."""
    fig, axis = figures.canvas("two-columns", 9)
    highest = table[table["kind"] == "decode"].groupby("batch")["rate"].max()
    for i, (name, part) in enumerate(table.groupby("chip", sort=False)):
        country = str(part["country"].iloc[0])
        colour, marker = figures.COUNTRY_COLOURS[country], figures.COUNTRY_MARKERS[country]
        roof = part[part["kind"] == "roof"]
        axis.plot(roof["intensity"], roof["rate"], color=colour, linestyle="-" if i else "--")
        ridge, end = roof.iloc[1], roof.iloc[-1]
        axis.annotate(
            str(name).replace(" (Atlas 350)", ""),
            (end["intensity"], end["rate"]),
            (4, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=7.5,
            weight=600,
            annotation_clip=False,
        )
        axis.plot([ridge["intensity"]] * 2, [0.7, ridge["rate"]], ":", color=colour, linewidth=0.8)
        axis.text(ridge["intensity"] * 1.07, 0.85, f"ridge {ridge['intensity']:,.0f}", color=colour, fontsize=6.8)
        work = part[part["kind"] != "roof"]
        decode = work[work["kind"] == "decode"]
        axis.plot(decode["intensity"], decode["rate"], marker, color=colour, markersize=5)
        pre = work[work["kind"] == "prefill"]
        axis.plot(pre["intensity"], pre["rate"], marker, color=colour, markersize=7, markerfacecolor="white")
        for row in each(decode):
            below = row.rate < highest[row.batch]
            axis.annotate(
                f"{row.batch:g}",
                (row.intensity, row.rate),
                (0, -8 if below else 8),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=6.8,
                color=colour,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
            )
    handles = [
        Line2D([], [], linestyle="none", marker="s", color=GREY, label="decode, by sequences in the batch"),
        Line2D(
            [], [], linestyle="none", marker="s", color=GREY, markerfacecolor="white", label="prefill of one prompt"
        ),
    ]
    axis.legend(handles=handles, loc="upper left")
    axis.set(
        xscale="log",
        yscale="log",
        xlim=(0.6, 1e4),
        xlabel="Arithmetic intensity (FLOP/byte)",
        ylabel="Attainable rate (TFLOPS)",
    )
    log_ticks(axis.xaxis, [1, 10, 100, 1000, 10000])
    log_ticks(axis.yaxis, [1, 3, 10, 30, 100, 300, 1000])
    axis.set_ylim(0.7, 3000)
    axis.grid()
    return fig, table


@traced
def plot_serving(speeds: pd.DataFrame, grid: pd.DataFrame, batch: float, context: float) -> tuple[Figure, pd.DataFrame]:
    """Draw decode speed by batch, and the ratio of the two chips' speeds over batch and context."""
    fig, (left, right) = figures.canvas("two-columns", 8.6, 1, 2)
    for name, part in speeds.groupby("chip", sort=False):
        country = str(part["country"].iloc[0])
        colour = figures.COUNTRY_COLOURS[country]
        left.plot(part["batch"], part["tokens_per_second"], color=colour, linestyle="--" if country == "US" else "-")
        last = part.iloc[-1]
        left.plot(last["batch"], last["tokens_per_second"], figures.COUNTRY_MARKERS[country], color=colour)
        at = part.iloc[len(part) * 2 // 5]
        ahead = country == "US"
        left.annotate(
            str(name).replace(" (Atlas 350)", ""),
            (at["batch"], at["tokens_per_second"]),
            (-6, 5) if ahead else (7, -6),
            textcoords="offset points",
            color=colour,
            ha="right" if ahead else "left",
            va="center",
            fontsize=7.5,
            weight=600,
        )
    left.set(xscale="log", yscale="log", xlabel="Sequences in the batch", ylabel="Decode speed (tokens/s per chip)")
    left.set_title(f"Speed at {context:,.0f} tokens of context")
    limits = (0.9, 100.0, 1.0, 1000.0)
    if speeds.empty:
        left.text(0.5, 0.5, "no sequence fits in memory", transform=left.transAxes, ha="center", fontsize=7.5)
    else:
        span = speeds["tokens_per_second"]
        limits = (0.9, max(speeds["batch"].max() * 1.3, 12.0), span.min() * 0.7, max(span.max() * 1.8, span.min() * 12))
    left.set_xlim(*limits[:2])
    left.set_ylim(*limits[2:])
    log_ticks_within(left.xaxis, *limits[:2])
    log_ticks_within(left.yaxis, *limits[2:])
    left.grid()

    wide = grid.pivot_table(index="batch", columns="context", values="ratio")
    x, y, z = wide.columns.to_numpy(float), wide.index.to_numpy(float), wide.to_numpy()
    levels = [0.0, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0]
    colours = ["#3182bd", "#6aaed6", "#a9cde6", "#d6e6f4", "#f8e0c4", "#f0bd80", "#d98a3d", "#b35806"]
    right.contourf(x, y, z, levels=levels, colors=colours)
    if z.min() < 1 < z.max():
        right.contour(x, y, z, levels=[1.0], colors=DARK, linewidths=1.2)
    room = grid.drop_duplicates("context")
    if room["capacity"].min() < y.max():
        top = np.clip(room["capacity"], y.min(), y.max())
        right.fill_between(room["context"], top, y.max(), color="white", alpha=0.65, linewidth=0)
        right.plot(room["context"], top, "--", color=GREY, linewidth=0.8)
        right.text(0.97, 0.95, "does not fit in memory", transform=right.transAxes, ha="right", va="top", fontsize=7.5)
    right.plot(context, batch, "X", color=DARK, markersize=6)
    names = [f"{low:g} to {high:g}" if low else f"below {high:g}" for low, high in pairwise(levels)]
    handles = [Patch(facecolor=colour, label=name) for colour, name in zip(colours, names, strict=True)]
    right.legend(handles=handles[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.02), handlelength=1.2)
    right.set(xscale="log", yscale="log", xlabel="Tokens of context", ylabel="Sequences in the batch")
    right.set_title("Decode speed over the H20’s")
    log_ticks(right.xaxis, [256, 4096, 65536])
    log_ticks(right.yaxis, [1, 4, 16, 64, 256, 1024])
    data = pd.concat([speeds.assign(panel="speed"), grid.assign(panel="ratio")], ignore_index=True)
    return fig, data
