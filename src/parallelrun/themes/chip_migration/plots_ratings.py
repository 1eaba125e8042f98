"""Figures of what is printed of the chips: pairings of rates, specifications side by side, ratios, balance, power."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, GREEN, GREY, PALE, PINK, SKY, US
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    from_zero,
    label_points,
    log_axis,
    note,
    plain,
    records,
    room_for_texts,
    rows_axis,
    whiskers,
)
from parallelrun.study.provenance import drawn
from parallelrun.themes.chip_migration import words
from parallelrun.themes.chip_migration.ratings import METRICS, NO_FP4, SPARSITY

ENGINES = {"matrix and vector": ", all units"}
DENOMINATORS = {
    ("BF16", False): ("s", 5.5),
    ("BF16", True): ("s", 7.5),
    ("FP8", False): ("o", 6.0),
    ("FP8", True): ("o", 6.0),
}
"""Marks of the H20's rates by format and sparsity; where the two formats' rates coincide, both marks show."""


@drawn
def precision_pairings(table: pd.DataFrame, claim: Estimate, implied: Estimate, specs: pd.DataFrame) -> Plot:
    """Draw every published rate of the 950PR over every rate of the H20, and the claimed multiple.

    Parameters
    ----------
    table : pandas.DataFrame
        As `ratings.pairings` gives it.
    claim, implied : Estimate
        The claimed multiple, and the H20's rate that follows from it.
    specs : pandas.DataFrame
        Table ``accelerator_specs``, for the rates of the H20.
    """
    keys = list(zip(table["bin"], table["numerator"], table["engine"], strict=True))
    groups = list(dict.fromkeys(keys))
    places = pd.Series([groups.index(key) for key in keys], index=table.index)
    figure, axis = canvas(4.0 + 0.56 * len(groups))
    axis.axvspan(*claim.ends, color=CHINA, alpha=0.4, linewidth=0)
    for (base, sparse, holds), part in table.groupby(["denominator", "sparse", "holds"]):
        marker, size = DENOMINATORS[str(base), bool(sparse)]
        colour = CHINA if holds else GREY
        style: Any = {"color": colour, "marker": marker, "markersize": size, "zorder": 2 if sparse else 3}
        face = "white" if sparse else colour
        whiskers(axis, part["value"], part["low"], part["high"], places[part.index], markerfacecolor=face, **style)
    held = table[table["holds"].astype(bool)]
    for at, value in zip(places[held.index], held["value"], strict=True):
        look: Any = {"color": CHINA, "ha": "center", "fontsize": 8, "weight": 600}
        note(axis, f"{value:.2f}", (value, at), (0, 6), va="bottom", **look)
    labels = [f"{top}{ENGINES.get(engine, '')} ({words.BINS[bin_]})" for bin_, top, engine in groups]
    rows_axis(axis, labels)
    log_axis(axis.xaxis, 10)
    axis.set_xlabel("Rate of the 950PR over that of the H20 (logarithmic)")
    left = np.log(claim.ends[1]) < np.mean(np.log(axis.get_xlim()))
    note(
        axis,
        f"claimed: {claim.value:g}, so the H20 at {implied.value:,.0f} TFLOPS",
        (claim.ends[1] if left else claim.ends[0], 1),
        (4 if left else -4, 3),
        xycoords=("data", "axes fraction"),
        **{"color": CHINA, "fontsize": 7.5, "weight": 600, "ha": "left" if left else "right", "va": "bottom"},
    )
    h20 = specs[(specs["chip"] == "h20") & specs["metric"].str.endswith("_compute")]
    handles = []
    for row, sparse in product(records(h20.sort_values("value")), (False, True)):
        base, rate = row.metric.split("_")[0].upper(), row.value * (SPARSITY if sparse else 1)
        label = f"over {base} {'sparse' if sparse else 'dense'} ({rate:,.0f})"
        marker, size = DENOMINATORS[base, sparse]
        face = "none" if sparse else GREY
        style = {"marker": marker, "markersize": size, "color": GREY, "markerfacecolor": face, "linestyle": "none"}
        handles.append(Line2D([], [], label=label, **style))
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=4, columnspacing=1.4, handletextpad=0.3)
    rates = h20[["chip", "metric", "value", "low", "high", "unit", "source"]]
    mixed = table[(table["numerator"] == "FP4") & (table["denominator"] == "FP8") & ~table["sparse"].astype(bool)]
    beyond = f" FP4 over the H20's FP8 lies at {mixed['value'].iloc[0]:.2f}, outside the band." if len(mixed) else ""
    fp4 = (held["numerator"] == "FP4").any()
    return Plot(
        figure,
        pd.concat([table.assign(unit="ratio"), rates], ignore_index=True),
        title=f"The claimed {claim.value:g}× is met by {len(held)} of {so_many(len(table), 'pairing')}, "
        f"{'some of them' if fp4 else 'none of them'} at FP4",
        alt=f"Ratios of rates of the 950PR to rates of the H20 on a logarithmic axis, with a band at {claim:g}. "
        f"Pairings that meet the band: {words.pairings(table)}.{beyond}",
        caption="Rows: published dense rates of the 950PR by format and version; marks: over each dense rate of the "
        "H20 and over twice that rate (structured sparsity). All units: matrix and vector units counted together. "
        "Whiskers: rounding of both printed numbers, mostly smaller than the marks. The H20 has no FP4 rate to divide "
        "by.",
    )


@drawn
def chips_side_by_side(table: pd.DataFrame) -> Plot:
    """Draw the specifications of all chips side by side, one panel a metric; as `ratings.spec_table` gives them."""
    about = table.drop_duplicates("chip").set_index("chip")
    about = about.assign(abroad=about["country"] != "US", planned=about["status"] == "planned")
    about = about.sort_values(["abroad", "planned"], kind="stable")
    order = list(about.index)
    metrics = [metric for metric in METRICS if (table["metric"] == metric).any()]
    rows = -(-len(metrics) // 3)
    figure, axes = canvas(1.8 + rows * (1.2 + 0.42 * len(order)), rows, 3, sharey=True, squeeze=False)
    for axis in axes.flat[len(metrics) :]:
        axis.set_visible(False)
    for axis, metric in zip(axes.flat, metrics, strict=False):
        bars = table[table["metric"] == metric].drop_duplicates("chip").set_index("chip")
        axis.set_title(f"{METRICS[metric]} ({bars['unit'].iloc[0]})")
        for y, key in enumerate(order):
            if key not in bars.index:
                none = metric == "fp4_compute" and key in NO_FP4
                look: Any = {"transform": axis.get_yaxis_transform(), "va": "center", "fontsize": 6.3, "color": GREY}
                axis.text(0.02, y, "none" if none else "not stated", **look)
                continue
            colour, planned = COUNTRY_COLOURS[str(bars.loc[key, "country"])], bool(about.loc[key, "planned"])
            value, hatch = float(bars["value"][key]), "////" if planned else ""
            axis.barh(y, value, color="white" if planned else colour, edgecolor=colour, height=0.62, hatch=hatch)
            note(axis, plain(value), (value, y), (3, 0), va="center", fontsize=6.8)
        from_zero(axis.xaxis, 0.28)
        axis.xaxis.set_visible(False)
        axis.spines["bottom"].set_visible(False)
        axis.tick_params(axis="y", length=0)
        if 0 < about["abroad"].sum() < len(about):
            axis.axhline((~about["abroad"]).sum() - 0.5, color=PALE, linewidth=0.6)
    rows_axis(axes[0, 0], about["name"].tolist())
    fp8 = table[table["metric"] == "fp8_compute"].set_index("chip")["value"]
    title = f"{so_many(len(order), 'accelerator')} by what is printed of them"
    if {"950pr-roadmap", "950pr-server", "950pr-card"} <= set(fp8.index):
        server, card = (100 * fp8[key] / fp8["950pr-roadmap"] for key in ("950pr-server", "950pr-card"))
        title = (
            f"The full 950PR is rated at {server:.1f} % of the FP8 rate announced, the cut-down card at {card:.1f} %"
        )
    rates = table[table["metric"] == "bf16_compute"].sort_values("value")
    ends = f"from {rates['name'].iloc[0]} to {rates['name'].iloc[-1]}" if len(rates) else "not at all"
    return Plot(
        figure,
        table,
        title=title,
        alt=f"{so_many(len(metrics), 'panel')} of bars for {so_many(len(order), 'chip')}: "
        f"{', '.join(METRICS[m] for m in metrics)}. By dense BF16 rate they run {ends}.",
        caption="Dense peak rates of matrix units; the full chip in servers, the card with fewer cores and the "
        "announcement of the 950PR are three rows. Hatched and hollow: announced, not yet sold when the source was "
        "written. Not stated: no figure in the sources read.",
    )


WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
RATIOS = {m: METRICS[m] for m in ("bf16_compute", "fp8_compute", "memory_capacity", "memory_bandwidth", "power")} | {
    "bf16_per_watt": "BF16 per watt",
    "bandwidth_per_flop": "Bandwidth per BF16 FLOP",
}


@drawn
def ratios_to_h20(table: pd.DataFrame) -> Plot:
    """Draw each Chinese chip's figures over the H20's, one row a metric; as `ratings.ratio_table` gives them."""
    rows = [metric for metric in RATIOS if (table["metric"] == metric).any()]
    figure, axis = canvas(3.0 + 0.85 * len(rows))
    chips = list(table.loc[table["chip"] != "h20", "chip"].unique())
    styles = [("D", CHINA), ("^", PINK), ("s", AMBER), ("v", GREEN), ("o", SKY)]
    for j, key in enumerate(chips):
        part = table[(table["chip"] == key) & table["metric"].isin(rows)]
        marker, colour = styles[j % len(styles)]
        places = part["metric"].map(rows.index) + (j - (len(chips) - 1) / 2) * 0.68 / len(chips)
        style: Any = {"color": colour, "marker": marker, "label": part["name"].iloc[0]}
        whiskers(axis, part["value"], part["low"], part["high"], places, **style)
        if j == 0:
            look: Any = {"color": colour, "fontsize": 7.5, "weight": 600, "ha": "right", "va": "center", "bbox": WHITE}
            for row, y in zip(records(part), places, strict=True):
                note(axis, f"{row.value:.2f}", (row.low, y), (-6, 0), **look)
    axis.axvline(1, color=US, linewidth=1)
    look = {"color": US, "ha": "center", "va": "bottom", "fontsize": 7.5, "weight": 600}
    note(axis, "H20 = 1", (1, 1), (0, 2), xycoords=("data", "axes fraction"), **look)
    rows_axis(axis, [RATIOS[metric] for metric in rows])
    log_axis(axis.xaxis, 8)
    axis.margins(x=0.08)
    room_for_texts(axis)
    axis.set_xlabel("Multiple of the H20's figure (logarithmic)")
    if chips:
        figure.legend(loc="outside lower center", ncols=4, columnspacing=1.4)
    first = table[table["chip"] == chips[0]].set_index("metric") if chips else table.iloc[:0].set_index("metric")
    said = [
        f"{first['value'][metric]:.2f} {what}"
        for metric, what in (
            ("fp8_compute", "times the H20's FP8 compute"),
            ("memory_bandwidth", "of its memory bandwidth"),
        )
        if metric in first.index
    ]
    name = first["name"].iloc[0] if len(first) else "No chip"
    return Plot(
        figure,
        table,
        title=f"The {words.short(name)} is rated at {' and '.join(said)}" if said else "Ascend chips beside the H20",
        alt=f"Multiples of the H20 on a logarithmic axis for {so_many(len(chips), 'Ascend chip')}. {name}: "
        + "; ".join(f"{RATIOS[m]} {first['value'][m]:.2f}" for m in rows if m in first.index)
        + ".",
        caption="Quotients of dense BF16 and FP8 rates (matrix units), memory, bandwidth and rated power, and two "
        "quotients of quotients. Whiskers: rounding of the printed numbers. The 950DT is announced, not sold.",
    )


@drawn
def balance_and_power(table: pd.DataFrame, power: pd.DataFrame) -> Plot:
    """Draw bandwidth against FP8 compute of each chip, and BF16 compute per kilowatt of chips and systems.

    Parameters
    ----------
    table, power : pandas.DataFrame
        As `ratings.spec_table` and `ratings.efficiency` give them.
    """
    wide = table.pivot_table(index=["chip", "name", "country", "status"], columns="metric", values="value")
    wide = wide.reindex(columns=["fp8_compute", "memory_bandwidth"]).dropna().reset_index()
    bars = power.sort_values("value", kind="stable").reset_index(drop=True)
    figure, (left, right) = canvas(max(8.8, 3.6 + 0.7 * len(bars)), 1, 2, width_ratios=[1.25, 1])
    for row in records(wide):
        colour = COUNTRY_COLOURS[row.country]
        face = "white" if row.status == "planned" else colour
        style: Any = {"color": colour, "markerfacecolor": face}
        left.plot(row.fp8_compute, row.memory_bandwidth, COUNTRY_MARKERS[row.country], **style)
    left.margins(0.16)
    log_axis(left.xaxis)
    log_axis(left.yaxis)
    left.grid(visible=False)
    _equal_balance(left)
    names = [words.short(name) for name in wide["name"]]
    colours = [COUNTRY_COLOURS[country] for country in wide["country"]]
    label_points(left, wide["fp8_compute"], wide["memory_bandwidth"], names, colours, fontsize=6.8)
    left.set(xlabel="FP8 compute, dense (TFLOPS)", ylabel="Memory bandwidth (TB/s)")
    left.set_title("Balance: lines of equal FLOP per byte", pad=14)
    for y, row in enumerate(records(bars)):
        hatch = "////" if row.devices > 1 else ""
        style = {"color": COUNTRY_COLOURS[row.country], "hatch": hatch, "edgecolor": "white", "height": 0.6}
        right.barh(
            y, row.value, xerr=[[row.value - row.low], [row.high - row.value]], error_kw={"elinewidth": 0.8}, **style
        )
        note(right, f"{row.value:,.0f}", (row.high, y), (5, 0), va="center", fontsize=7)
    rows_axis(right, [words.short(name) for name in bars["name"]], top_down=False)
    from_zero(right.xaxis, 0.18)
    right.set_xlabel("Dense BF16 per rated kilowatt (TFLOPS)")
    right.set_title("Compute per kilowatt (hatched: systems)", pad=14)
    balance = (wide.set_index("chip")["fp8_compute"] / wide.set_index("chip")["memory_bandwidth"]).sort_values()
    systems = bars[bars["devices"] > 1]
    said = []
    if {"950pr-card", "h20"} <= set(balance.index):
        said.append(
            f"By ratings the 950PR card has {balance['950pr-card'] / balance['h20']:.1f} times the H20's FLOP per byte"
        )
    if len(systems) > 1:
        best, worst = systems.iloc[-1], systems.iloc[0]
        said.append(f"per kilowatt {best['name']} gives {best['value'] / worst['value']:.1f} times {worst['name']}")
    shown = table[table["metric"].isin(["fp8_compute", "memory_bandwidth"]) & table["chip"].isin(wide["chip"])]
    ends = f"{names[0]} and others" if len(balance) < 2 else f"from {balance.index[0]} to {balance.index[-1]}"
    return Plot(
        figure,
        pd.concat([shown.assign(panel="balance"), bars.assign(panel="efficiency")], ignore_index=True),
        title="; ".join(said) or "Compute, bandwidth and power of accelerators",
        alt=f"Left: bandwidth against FP8 compute with lines of equal balance, {ends} by FLOP per byte. Right: BF16 "
        "compute "
        "per kilowatt: " + ", ".join(f"{row.name} {row.value:,.0f}" for row in records(bars)) + " TFLOPS.",
        caption="Left: diagonals are FLOP per byte; hollow marks are plans. Right: dense BF16 over rated power; a "
        "system's power includes its servers and network, a chip's does not, so hatched bars compare with hatched ones "
        "only. Whiskers: rounding.",
    )


def _equal_balance(axis: Axes) -> None:
    """Draw the diagonals of equal compute per byte that cross a panel, named outside it, without moving its limits."""
    (x0, x1), (y0, y1) = axis.get_xlim(), axis.get_ylim()
    first = int(np.ceil(np.log2(x0 / y1 / 25)))
    for balance in 25.0 * 2.0 ** np.arange(first, first + 12):
        ends = np.array([max(x0, y0 * balance), min(x1, y1 * balance)])
        if np.log(ends[1] / ends[0]) < 0.2 * np.log(x1 / x0):
            continue
        axis.plot(ends, ends / balance, color=PALE, linewidth=0.5, alpha=0.6, zorder=0)
        top = ends[1] < x1
        look: Any = {
            "ha": "center" if top else "left",
            "va": "bottom" if top else "center",
            "fontsize": 6.5,
            "color": GREY,
        }
        note(axis, plain(balance), (ends[1], ends[1] / balance), (0, 2) if top else (3, 0), **look)
    axis.set(xlim=(x0, x1), ylim=(y0, y1))
