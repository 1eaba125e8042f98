"""Figures of serving: the roofline of two chips, and their speeds over batch and context."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.tri import Triangulation

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, DARK, GREY, US
from parallelrun.study.drawing import label_ends, label_points, log_axis, note, plain
from parallelrun.study.provenance import drawn
from parallelrun.themes.chip_migration import Parameters, words


@drawn
def roofline(table: pd.DataFrame, p: Parameters) -> Plot:
    """Draw roofs and working points of two chips, as `serving.roofline` gives them."""
    figure, axis = canvas(9.4)
    decode = table[table["kind"] == "decode"]
    ridges = {}
    floor = table["rate"].min()
    for i, (name, part) in enumerate(table.groupby("chip", sort=False)):
        country = str(part["country"].iloc[0])
        colour, marker = COUNTRY_COLOURS[country], COUNTRY_MARKERS[country]
        roof = part[part["kind"] == "roof"].sort_values("intensity")
        axis.plot(roof["intensity"], roof["rate"], color=colour, linestyle="-" if i else "--")
        if len(roof):
            end = roof.iloc[-1]
            short = [words.short(str(name))]
            label_ends(axis, end["intensity"], end["rate"], short, colour, weight=600)
            ridge = roof[roof["rate"] >= roof["rate"].max() * (1 - 1e-9)].iloc[0]
            ridges[str(name)] = float(ridge["intensity"])
            axis.plot([ridge["intensity"]] * 2, [floor, ridge["rate"]], ":", color=colour, linewidth=0.8)
        for kind, face, size in (("decode", colour, 5), ("prefill", "white", 7)):
            work = part[part["kind"] == kind]
            axis.plot(work["intensity"], work["rate"], marker, color=colour, markersize=size, markerfacecolor=face)
    texts = [f"ridge {ridge:,.0f}" for ridge in ridges.values()]
    label_ends(axis, list(ridges.values()), [floor] * len(ridges), texts, DARK, fontsize=6.8)
    colours = [COUNTRY_COLOURS[country] for country in decode["country"]]
    texts = [plain(batch) for batch in decode["batch"]]
    label_points(axis, decode["intensity"], decode["rate"], texts, colours, fontsize=6.8, clear_of_lines=True)
    handles = [
        Line2D([], [], linestyle="none", marker="s", color=GREY, markerfacecolor=face, label=label)
        for face, label in ((GREY, "decode, by sequences in the batch"), ("white", "prefill of one prompt"))
    ]
    axis.margins(0.03, 0.08)
    log_axis(axis.xaxis)
    log_axis(axis.yaxis)
    axis.grid()
    axis.set(xlabel="Arithmetic intensity (FLOP/byte)", ylabel="Attainable rate (TFLOPS)")
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    order = sorted(ridges, key=lambda name: ridges[name])
    title = f"Rooflines with {p.weight_precision} weights"
    if len(order) > 1:
        last, first = (words.short(order[i]) for i in (-1, 0))
        many = ridges[order[-1]] / ridges[order[0]]
        title = f"The {last} needs {many:.1f} times the {first}'s work per byte before its compute counts"
    return Plot(
        figure,
        table,
        title=title,
        alt=f"Rooflines; decode points of {', '.join(dict.fromkeys(texts))} sequences lie on the slopes, prefill on "
        "the flat "
        "roofs. Ridges: " + ", ".join(f"{words.short(name)} {ridges[name]:,.0f} FLOP per byte" for name in order) + ".",
        caption=f"Peak rates and bandwidths without utilisation; a dense model of {p.model_parameters:g} billion "
        f"parameters with {p.weight_precision} weights, {p.context:,.0f} tokens of context, a prompt of "
        f"{p.prompt:,.0f}. Numbers at marks: sequences in the batch, up to what both memories hold.",
    )


LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 20.0)
"""Ends of the bands of the map of speed ratios; those that hold no value are not drawn."""


@drawn
def serving_speed(
    speeds: pd.DataFrame, grid: pd.DataFrame, decode: Estimate, prefill: Estimate, name: str, p: Parameters
) -> Plot:
    """Draw decode speed by batch, and the ratio of the two chips' speeds over batch and context.

    Parameters
    ----------
    speeds, grid : pandas.DataFrame
        As `serving.throughput` and `serving.speed_map` give them.
    decode, prefill : Estimate
        Speeds over the H20's at the chosen load.
    name : str
        The chip's name.
    p : Parameters
        The notebook's parameters.
    """
    figure, (left, right) = canvas(8.8, 1, 2)
    for chip, part in speeds.groupby("chip", sort=False):
        country = str(part["country"].iloc[0])
        colour = COUNTRY_COLOURS[country]
        left.plot(part["batch"], part["tokens_per_second"], color=colour, linestyle="--" if country == "US" else "-")
        last = part.iloc[-1]
        left.plot(last["batch"], last["tokens_per_second"], COUNTRY_MARKERS[country], color=colour)
        middle = part.iloc[len(part) // 2]
        below = last["tokens_per_second"] < speeds["tokens_per_second"].max()
        look: Any = {
            "color": colour,
            "fontsize": 7.5,
            "weight": 600,
            "ha": "left" if below else "right",
            "va": "center",
        }
        at = (middle["batch"], middle["tokens_per_second"])
        note(left, words.short(str(chip)), at, (7, -5) if below else (-7, 5), **look)
    if speeds.empty:
        left.text(0.5, 0.5, "no sequence fits in memory", transform=left.transAxes, ha="center", fontsize=7.5)
    else:
        log_axis(left.xaxis, 6)
        log_axis(left.yaxis, 6)
        left.grid()
    left.set(xlabel="Sequences in the batch", ylabel="Decode speed (tokens/s per chip)")
    left.set_title(f"Speed at {p.context:,.0f} tokens of context")

    x, y, z = (grid[column].to_numpy(float) for column in ("context", "batch", "ratio"))
    mesh = Triangulation(x, y, Triangulation(np.log(x), np.log(y)).triangles)
    inside = [level for level in LEVELS if z.min() < level < z.max()]
    levels = [z.min() * 0.999, *inside, z.max() * 1.001]
    reach = max(abs(np.log(levels[0])), abs(np.log(levels[-1])), 0.5)
    shades = LinearSegmentedColormap.from_list("", [US, "white", CHINA])
    middles = np.sqrt(np.array(levels[1:]) * np.array(levels[:-1]))
    colours = shades(0.5 + 0.5 * np.log(middles) / reach)
    bands = right.tricontourf(mesh, z, levels=levels, colors=colours)
    if z.min() < 1 < z.max():
        right.tricontour(mesh, z, levels=[1.0], colors=DARK, linewidths=1.2)
    room = grid.drop_duplicates("context").sort_values("context")
    if room["capacity"].min() < y.max():
        top = np.clip(room["capacity"], y.min(), y.max())
        right.fill_between(room["context"], top, y.max(), color="white", alpha=0.65, linewidth=0)
        right.plot(room["context"], top, "--", color=GREY, linewidth=0.8)
        right.text(0.97, 0.95, "does not fit in memory", transform=right.transAxes, ha="right", va="top", fontsize=7.5)
    right.plot(p.context, p.batch, "X", color=DARK, markersize=6)
    bar = figure.colorbar(bands, ax=right, ticks=inside or [z.min()], spacing="uniform", format=plain)
    bar.ax.tick_params(labelsize=7)
    right.margins(0)
    log_axis(right.xaxis, 5)
    log_axis(right.yaxis, 6)
    right.grid(visible=False)
    right.set(xlabel="Tokens of context", ylabel="Sequences in the batch")
    right.set_title("Decode speed over the H20's")
    fits = grid[grid["fits"].astype(bool)]["ratio"]
    span = f"where both fit in memory it runs from {fits.min():.2f} to {fits.max():.2f}" if len(fits) else "none fits"
    return Plot(
        figure,
        pd.concat([speeds.assign(panel="speed"), grid.assign(panel="ratio")], ignore_index=True),
        title=f"At {p.batch:g} sequences the {words.short(name)} decodes at {decode.value:.2f} of the H20's speed; "
        f"prefill is {prefill.value:.2f} times as fast",
        alt="Left: decode speed rises with the batch. Right: map of the ratio of speeds over context and batch; "
        f"{span}.",
        caption=f"Modelled, not measured: {p.model_parameters:g} billion dense parameters in {p.weight_precision}, "
        f"cache in FP8, {p.compute_utilisation:g} of peak compute and {p.bandwidth_utilisation:g} of peak bandwidth on "
        "both chips. End marks: the largest batch that memory holds. Black line: equal speed; cross: the chosen load.",
    )
