"""Figures of fleets, shares and dependence."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from parallelrun.study import figures
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.drawing import AMBER, DARK, GREEN, apart, log_ticks, plain
from parallelrun.themes.chip_migration.hardware import each


@traced
def plot_fleet(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw what the ordered fleet amounts to: compute in exaflops, and H100-equivalents by measure."""
    fig, (left, right) = figures.canvas("two-columns", 7.4, 1, 2, width_ratios=[1, 1.35])
    styles = {"orders, in words": ("D", figures.CHINA), "planned shipments": ("P", AMBER)}
    compute = table[table["unit"] == "PFLOPS"]
    for y, row in enumerate(each(compute)):
        marker, colour = styles[str(row.counted)]
        left.plot([row.low / 1e3, row.high / 1e3], [y, y], color=colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
        left.plot(row.value / 1e3, y, marker, color=colour, markersize=7)
        text = (
            f"{row.low / 1e3:,.0f} to {row.high / 1e3:,.0f}" if row.high / row.low > 1.1 else f"{row.value / 1e3:,.0f}"
        )
        left.text(row.value / 1e3, y - 0.2, text, ha="center", va="bottom", fontsize=7.5, weight=600, color=colour)
    left.set_yticks(range(len(compute)), [c.replace(", ", ",\n") for c in compute["counted"]])
    left.set(
        ylim=(len(compute) - 0.5, -0.7),
        xlim=(0, compute["high"].max() / 1e3 * 1.06),
        xlabel="Peak FP4 compute (exaflops)",
    )
    left.grid(axis="x")
    left.xaxis.set_major_formatter(FuncFormatter(plain))
    left.set_title("Peak compute of the fleet")
    equal = table[table["unit"] == "H100-equivalents"]
    measures = list(dict.fromkeys(equal["measure"]))
    for row in each(equal):
        marker, colour = styles[str(row.counted)]
        place = measures.index(str(row.measure)) + (0.17 if row.counted == "planned shipments" else -0.12)
        right.plot(
            [row.low / 1e3, row.high / 1e3],
            [place, place],
            color=colour,
            linewidth=4,
            alpha=0.35,
            solid_capstyle="butt",
        )
        right.plot(
            row.value / 1e3,
            place,
            marker,
            color=colour,
            markersize=6,
            label=row.counted if row.measure == measures[0] else None,
        )
    right.set_yticks(range(len(measures)), [f"by {m}" for m in measures])
    right.set(xscale="log", ylim=(len(measures) + 0.5, -0.6), xlabel="Thousand H100-equivalents (logarithmic)")
    log_ticks(right.xaxis, [50, 100, 200, 500, 1000, 2000])
    right.set_xlim(50, 2000)
    right.grid(axis="x")
    right.legend(loc="lower left")
    right.set_title("In units of an H100: which measure decides")
    return fig, table


@traced
def plot_market(shares: pd.DataFrame, values: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw shares of units and of value, and the value of a chip that follows from them."""
    fig, (left, right) = figures.canvas("two-columns", 8.4, 1, 2, width_ratios=[1.1, 1])
    order = list(dict.fromkeys(shares.sort_values("value", ascending=False, kind="stable")["vendor"]))
    order = [v for v in order if v != "All others"] + ["All others"]
    for row in each(shares):
        y = order.index(str(row.vendor)) + (-0.19 if row.by == "units" else 0.19)
        colour = figures.COUNTRY_COLOURS[str(row.country)]
        left.barh(
            y,
            row.value,
            height=0.34,
            color=colour if row.by == "units" else "white",
            edgecolor=colour,
            hatch="" if row.by == "units" else "////",
            xerr=[[row.value - row.low], [row.high - row.value]],
            error_kw={"elinewidth": 0.8},
        )
        left.text(
            row.high + 0.8,
            y,
            f"{row.value:.0f} %" if row.value >= 10 else f"{row.value:.1f} %",
            va="center",
            fontsize=6.8,
        )
    left.set_yticks(range(len(order)), order)
    left.set(ylim=(len(order) - 0.4, -0.6), xlim=(0, 66), xlabel="Share of the Chinese market in 2025 (%)")
    left.set_title("Units (filled), value (hatched)")
    rows = values.reset_index(drop=True)
    labels = [
        f"{r.vendor}, if {r.market:g} B USD"
        if r.what == "implied"
        else f"H20 price, {'2024' if i == len(rows) - 2 else '2025'}"
        for i, r in enumerate(each(rows))
    ]
    for y, row in enumerate(each(rows)):
        country = "CN" if row.vendor == "Huawei" else "US"
        implied = row.what == "implied"
        right.plot(
            [row.low / 1e3, row.high / 1e3],
            [y, y],
            color=figures.COUNTRY_COLOURS[country],
            linewidth=4,
            alpha=0.4,
            solid_capstyle="butt",
        )
        right.plot(
            row.value / 1e3,
            y,
            figures.COUNTRY_MARKERS[country],
            color=figures.COUNTRY_COLOURS[country],
            markerfacecolor=figures.COUNTRY_COLOURS[country] if implied else "white",
        )
        right.text(row.value / 1e3, y - 0.22, f"{row.value / 1e3:.1f}", ha="center", va="bottom", fontsize=7)
    right.set_yticks(range(len(rows)), labels)
    right.set(
        ylim=(len(rows) - 0.5, -0.8),
        xlim=(0, rows["high"].max() / 1e3 * 1.08),
        xlabel="Thousand USD a chip (hollow: reported)",
    )
    right.grid(axis="x")
    right.set_title("Value of a chip")
    data = pd.concat(
        [shares.assign(panel="shares"), values.assign(panel="value of a chip")],
        ignore_index=True,
    )
    return fig, data


@traced
def plot_dependence(table: pd.DataFrame, intensity: Estimate) -> tuple[Figure, pd.DataFrame]:
    """Draw shares of CUDA and NVIDIA, world and China, with what the two world shares imply."""
    fig, axis = figures.canvas("two-columns", 5.6)
    for y, row in enumerate(each(table)):
        colour = figures.US if row.year == 2023 else GREEN
        axis.plot([row.low, row.high], [y, y], color=colour, linewidth=7, alpha=0.35, solid_capstyle="butt")
        axis.plot(row.value, y, "o" if row.year == 2023 else "s", color=colour)
        span = f"{row.low:.0f} to {row.high:.0f} %" if row.high - row.low > 5 else f"{row.value:.0f} %"
        axis.text(row.high + 1.2, y, span, va="center", fontsize=7.5, color=colour, weight=600)
    axis.set_yticks(range(len(table)), [f"{r.what}, {r.year}" for r in each(table)])
    axis.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 112), xlabel="Share (%)")
    axis.set_xticks(range(0, 101, 20))
    axis.grid(axis="x")
    low, high = intensity.ends
    axis.text(
        3,
        0.5,
        f"together: training per chip off CUDA is\n{low:.2f} to {high:.2f} of NVIDIA's",
        fontsize=7.5,
        va="center",
        color=DARK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )
    return fig, table


@traced
def plot_paths(
    paths: pd.DataFrame, segments: pd.DataFrame, domestic: pd.DataFrame, observed: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """Draw diffusion paths of China's share of the world market, and of Chinese vendors' share at home."""
    fig, (left, right) = figures.canvas("two-columns", 8.6, 1, 2)
    styles = dict(zip(sorted(paths["ceiling"].unique()), ["--", "-", ":", "-."], strict=False))
    for ceiling, part in paths.groupby("ceiling", sort=True):
        left.fill_between(part["year"], part["low"], part["high"], color=figures.CHINA, alpha=0.13, linewidth=0)
        left.plot(part["year"], part["value"], styles[float(str(ceiling))], color=figures.CHINA)
    ends = paths[paths["year"] == paths["year"].max()].sort_values("value")
    for row, place in zip(each(ends), apart(ends["value"].tolist(), 6.5), strict=True):
        left.annotate(
            f"ceiling {row.ceiling:g} %",
            (row.year, place),
            (4, 0),
            textcoords="offset points",
            fontsize=7,
            color=figures.CHINA,
            va="center",
            annotation_clip=False,
        )
    for country, part in segments.groupby("country"):
        colour, marker = figures.COUNTRY_COLOURS[str(country)], figures.COUNTRY_MARKERS[str(country)]
        left.plot(
            part["year"], part["value"], linestyle="-" if country == "US" else "none", color=colour, marker=marker
        )
        for row in each(part):
            left.annotate(
                f"{row.value:g} %",
                (row.year, row.value),
                (0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=7,
                color=colour,
            )
    left.text(
        segments["year"].max() + 0.6,
        float(segments.loc[segments["country"] == "US", "value"].min()),
        "United States",
        color=figures.US,
        fontsize=7.5,
        weight=600,
        va="center",
    )
    left.set(
        ylim=(0, 100),
        xlim=(paths["year"].min() - 1.2, paths["year"].max() + 0.3),
        ylabel="Share of the world market (%)",
    )
    left.grid(axis="y")
    left.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    left.set_title("World: paths through two years")
    right.fill_between(
        domestic["year"], domestic["low"], domestic["high"], color=figures.CHINA, alpha=0.13, linewidth=0
    )
    right.plot(domestic["year"], domestic["value"], color=figures.CHINA)
    ends = domestic[domestic["year"].isin([domestic["year"].min(), 2028])]
    right.plot(ends["year"], ends["value"], "D", color=figures.CHINA)
    for row in each(ends):
        right.annotate(
            f"{row.value:.0f} %",
            (row.year, row.value),
            (6, -9),
            textcoords="offset points",
            fontsize=7,
            color=figures.CHINA,
        )
    for row, marker, dx in zip(each(observed), ("s", "^"), (-0.07, 0.07), strict=True):
        right.errorbar(
            2025 + dx,
            row.value,
            yerr=[[row.value - row.low], [row.high - row.value]],
            color=DARK,
            marker=marker,
            linestyle="none",
            elinewidth=1,
        )
        right.annotate(
            f"by {row.by}: {row.value:.0f} %",
            (2025 + dx, row.value),
            (7, -3 if row.by == "value" else -12),
            textcoords="offset points",
            fontsize=7,
            color=DARK,
        )
    right.set(ylim=(0, 100), ylabel="Chinese vendors' share of China's market (%)")
    right.set_xticks(domestic["year"].tolist()[::2])
    right.grid(axis="y")
    right.set_title("China: an analyst's path, and 2025")
    parts = {"world path": paths, "world": segments, "China path": domestic, "China": observed}
    data = pd.concat([part.assign(panel=name) for name, part in parts.items()], ignore_index=True)
    return fig, data
