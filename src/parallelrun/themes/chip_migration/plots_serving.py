"""Figures of serving: the roofline of two chips, and their speeds over batch and context."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.tri import Triangulation

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, DARK, GREEN, GREY, PINK, US
from parallelrun.study.drawing import from_zero, label_ends, label_points, log_axis, note, plain, records, rows_axis
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


@drawn
def mixture_of_experts(
    table: pd.DataFrame, used: pd.DataFrame, ratio: Estimate, serial: Estimate, p: Parameters
) -> Plot:
    """Draw bounds of decode speed by the spread of the experts, and what was measured as a part of the rated peak.

    Parameters
    ----------
    table, used : pandas.DataFrame
        As `experts.spread_table` and `experts.utilisation` give them.
    ratio : Estimate
        The chosen chip's bound over the H20's, at the chosen spread, if reading hides behind computing.
    serial : Estimate
        The same if it does not.
    p : Parameters
        The notebook's parameters.
    """
    names = list(dict.fromkeys(used["name"]))
    figure, (left, right) = canvas(max(8.8, 4.4 + 0.9 * len(names)), 1, 2, width_ratios=[1.35, 1])
    lines = ("--", "-", "-.", ":")
    shades = dict(zip(dict.fromkeys(table["chip"]), (US, CHINA, AMBER, GREEN, PINK), strict=False))
    ends = []
    for i, (chip, part) in enumerate(table.groupby("chip", sort=False)):
        shade = shades[str(chip)]
        shown = part.dropna(subset=["tokens_per_second"])
        left.plot(shown["spread"], shown["tokens_per_second"], lines[i % 4], color=shade)
        ends += [(words.short(row.name), row.spread, row.tokens_per_second, shade) for row in records(shown.tail(1))]
    label_ends(left, [e[1] for e in ends], [e[2] for e in ends], [e[0] for e in ends], [e[3] for e in ends], fontsize=7)
    met = used[(used["phase"] == "decode") & used["chip"].isin(list(shades)) & (used["latency"] <= p.token_latency)]
    met = met.sort_values("speed").drop_duplicates("chip", keep="last")
    colours = [shades[chip] for chip in met["chip"]]
    left.scatter(met["spread"], met["speed"], c=colours, marker="X", s=36, zorder=3)
    texts = [f"measured {speed:,.0f}" for speed in met["speed"]]
    label_points(left, met["spread"], met["speed"], texts, colours, clear_of_lines=True)
    left.margins(0.04, 0.1)
    if table["tokens_per_second"].notna().any():
        log_axis(left.xaxis)
        log_axis(left.yaxis)
    left.grid()
    left.set(xlabel="Chips over which the experts are spread", ylabel="Written tokens/s per chip")
    left.set_title("Bounds of decode speed, and measured")
    for phase, face in (("prefill", "white"), ("decode", GREY)):
        part = used[used["phase"] == phase]
        style: Any = {"color": GREY, "markerfacecolor": face, "linestyle": "none", "label": phase}
        right.plot(part["value"], [names.index(name) for name in part["name"]], "o", **style)
    rows_axis(right, [words.short(name) for name in names])
    from_zero(right.xaxis)
    right.grid(axis="x")
    right.set_xlabel("Reached, of the 8-bit peak (%)")
    right.set_title("Use of the rated peak")
    figure.legend(loc="outside lower center", ncols=2)
    pairs = table[table["spread"] == p.expert_spread].dropna(subset=["tokens_per_second"])
    bounds = "; ".join(f"{row.name} {row.tokens_per_second:,.0f}, bound by {row.binds}" for row in records(pairs))
    spans = [
        f"{words.short(str(name))} {part.min():.0f} to {part.max():.0f} %"
        for name, part in used.groupby("name")["value"]
    ]
    return Plot(
        figure,
        pd.concat([table.assign(panel="bound"), used.assign(panel="measured")], ignore_index=True),
        title=f"With experts spread over {p.expert_spread} chips, a 950PR's bound of decode is up to {ratio.value:.2f} "
        f"times the H20's, {serial.value:.2f} times if reading does not hide behind computing",
        alt=f"Left: bounds of decode speed by the spread of the experts; at {p.expert_spread} chips: "
        f"{bounds or 'none'}. Right: measured use of the rated peak: {'; '.join(spans)}.",
        caption=f"DeepSeek-R1 at 8 bits, {p.context:,.0f} tokens of context, at most {p.token_latency:g} ms a token, "
        f"{p.compute_utilisation:g} of peak compute and {p.bandwidth_utilisation:g} of peak bandwidth on all chips, "
        f"network at its rate, all hidden behind the longest: bounds. Crosses: measured by those who ran the service, "
        f"within the same latency. "
        f"Right: all that was measured, at 15 to 100 ms a token; makers' and partners' own figures. Links of the 950 "
        f"series are announced, and so is the 950DT.",
    )
