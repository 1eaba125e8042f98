"""Figures of orders and shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from parallelrun import Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, DARK, GREEN
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    from_zero,
    label_ends,
    label_points,
    log_axis,
    note,
    plain,
    records,
    rows_axis,
    sides,
)
from parallelrun.study.provenance import drawn


@drawn
def fleet_compute(table: pd.DataFrame) -> Plot:
    """Draw what `market.fleet_compute` gives: the ordered fleet in exaflops and in H100-equivalents."""
    compute = table[table["unit"] == "PFLOPS"]
    equal = table[table["unit"] == "H100-equivalents"]
    counted = list(dict.fromkeys(table["counted"]))
    measures = list(dict.fromkeys(equal["measure"]))
    figure, (left, right) = canvas(4.2 + 0.9 * max(len(measures), len(compute)), 1, 2, width_ratios=[1, 1.35])
    styles = {name: (("D", CHINA), ("P", AMBER), ("s", GREEN))[i % 3] for i, name in enumerate(counted)}
    bar: Any = {"linewidth": 5, "alpha": 0.35, "solid_capstyle": "butt"}
    for y, row in enumerate(records(compute)):
        marker, colour = styles[row.counted]
        low, value, high = row.low / 1e3, row.value / 1e3, row.high / 1e3
        left.plot([low, high], [y, y], color=colour, **bar)
        left.plot(value, y, marker, color=colour, markersize=7)
        text = f"{low:,.0f} to {high:,.0f}" if high / low > 1.1 else f"{value:,.0f}"
        look: Any = {"ha": "center", "va": "bottom", "fontsize": 7.5, "weight": 600, "color": colour}
        note(left, text, (value, y), (0, 7), **look)
    rows_axis(left, [name.replace(", ", ",\n") for name in compute["counted"]])
    from_zero(left.xaxis)
    left.set_xlabel("Peak FP4 compute (exaflops)")
    left.grid(axis="x")
    left.xaxis.set_major_formatter(FuncFormatter(plain))
    left.set_title("Peak compute of the fleet")
    for row in records(equal):
        marker, colour = styles[row.counted]
        place = measures.index(row.measure) + 0.3 * (counted.index(row.counted) - (len(counted) - 1) / 2)
        right.plot([row.low / 1e3, row.high / 1e3], [place, place], color=colour, **bar)
        label = row.counted if row.measure == measures[0] else None
        right.plot(row.value / 1e3, place, marker, color=colour, markersize=6, label=label)
    rows_axis(right, [f"by {measure}" for measure in measures])
    if measures:
        log_axis(right.xaxis, 5)
        figure.legend(loc="outside lower right", ncols=len(counted))
    right.set_xlabel("Thousand H100-equivalents (logarithmic)")
    right.set_title("In units of an H100, by measure")
    said = [f"{r.low / 1e3:,.0f} to {r.high / 1e3:,.0f} exaflops at FP4" for r in records(compute.head(1))]
    orders = equal[equal["counted"] == (counted[0] if counted else "")]
    said += [f"{r.low / 1e3:,.0f} to {r.high / 1e3:,.0f} thousand H100s by BF16" for r in records(orders.head(1))]
    means = orders.set_index("measure")["value"] / 1e3
    return Plot(
        figure,
        table,
        title=f"The orders stand for {', or '.join(said)}",
        alt="Left: peak FP4 compute of the ordered chips as a range, and of planned shipments as a point. Right: the "
        "same chips as thousand H100-equivalents: " + ", ".join(f"{v:,.0f} by {m}" for m, v in means.items()) + ".",
        caption="Bars: what the words of the order and the rounding of the rates allow; marks: geometric middle of the "
        "words, and the planned shipments of a second source. Dense rates of matrix units over the H100's.",
    )


def house(source: str) -> str:
    """Return the name of the analyst's house in a source's key, such as IDC in ``idc-via-open-techstack``."""
    name = source.split("-via-")[0]
    return name.upper() if len(name) == 3 else name.capitalize()


@drawn
def market_2025(shares: pd.DataFrame, values: pd.DataFrame) -> Plot:
    """Draw shares of units and of value, and the value of a chip that follows from them.

    Parameters
    ----------
    shares, values : pandas.DataFrame
        As `market.market_shares` and `market.unit_values` give them.
    """
    order = list(dict.fromkeys(shares.sort_values("value", ascending=False, kind="stable")["vendor"]))
    order.sort(key=lambda vendor: vendor == "All others")
    figure, (left, right) = canvas(2.8 + 0.7 * max(len(order), len(values)), 1, 2, width_ratios=[1.1, 1])
    for row in records(shares):
        y = order.index(row.vendor) + (-0.19 if row.by == "units" else 0.19)
        colour = COUNTRY_COLOURS[row.country]
        face, hatch = (colour, "") if row.by == "units" else ("white", "////")
        style: Any = {
            "height": 0.34,
            "color": face,
            "edgecolor": colour,
            "hatch": hatch,
            "error_kw": {"elinewidth": 0.8},
        }
        left.barh(y, row.value, xerr=sides(row.value, row.low, row.high), **style)
        text = f"{row.value:.0f} %" if row.value >= 10 else f"{row.value:.1f} %"
        note(left, text, (row.high, y), (4, 0), va="center", fontsize=6.8)
    rows_axis(left, order)
    from_zero(left.xaxis, 0.14)
    left.set_xlabel("Share of the Chinese market in 2025 (%)")
    houses = {str(by): house(part["source"].iloc[0]) for by, part in shares.groupby("by")}
    told = {"units": "units (filled)", "value": "value (hatched)"}
    left.set_title("\n".join(f"{told[by].capitalize()}: {name}" for by, name in houses.items()))
    labels = [
        f"{r.vendor}, if {r.market:g} B USD" if r.what == "implied" else f"H20 price, {r.year}" for r in records(values)
    ]
    for y, row in enumerate(records(values)):
        country = "CN" if row.vendor == "Huawei" else "US"
        colour, marker = COUNTRY_COLOURS[country], COUNTRY_MARKERS[country]
        bar: Any = {"color": colour, "linewidth": 4, "alpha": 0.4, "solid_capstyle": "butt"}
        right.plot([row.low / 1e3, row.high / 1e3], [y, y], **bar)
        face = colour if row.what == "implied" else "white"
        right.plot(row.value / 1e3, y, marker, color=colour, markerfacecolor=face)
        note(right, f"{row.value / 1e3:.1f}", (row.value / 1e3, y), (0, 5), ha="center", va="bottom")
    rows_axis(right, labels)
    from_zero(right.xaxis)
    right.set_xlabel("Thousand USD a chip (hollow: reported)")
    right.grid(axis="x")
    right.set_title("Value of a chip")
    wide = shares.pivot_table(index="vendor", columns="by", values="value").reindex(columns=["units", "value"]).dropna()
    first = list(wide.sort_values("units", ascending=False).head(2).itertuples())
    names = " and ".join(str(row.Index) for row in first)
    parts = [
        f"{' and '.join(f'{getattr(row, by):.0f} %' for row in first)} of {what} by {houses[by]}"
        for by, what in (("units", "cards"), ("value", "money"))
    ]
    said = f"{names} have {', '.join(parts)}" if first else "Shares of the Chinese market in 2025, as they are counted"
    implied = values[(values["what"] == "implied") & (values["vendor"] == "NVIDIA")]["value"]
    spans = f"Implied value of an NVIDIA card {implied.min():,.0f} to {implied.max():,.0f} USD." if len(implied) else ""
    return Plot(
        figure,
        pd.concat([shares.assign(panel="shares"), values.assign(panel="value of a chip")], ignore_index=True),
        title=said,
        alt=f"Left: shares of China's 2025 market by units and value. {said}. Right: what a card would have "
        f"brought under each market value, beside reported prices of the H20. {spans}",
        caption="Whiskers and bars: rounding of the printed numbers, or the printed range of prices. Implied value of "
        "a card: market value times value share over cards, under each of the market values that are ascribed to the "
        "same house. Cards and money are counted by two houses, with definitions that need not agree.",
    )


@drawn
def share_paths(paths: pd.DataFrame, segments: pd.DataFrame, domestic: pd.DataFrame, observed: pd.DataFrame) -> Plot:
    """Draw diffusion paths of China's share of the world market, and of Chinese vendors' share at home.

    Parameters
    ----------
    paths, domestic, observed : pandas.DataFrame
        As `market.share_paths`, `market.domestic_path` and `market.observed_domestic_share` give them.
    segments : pandas.DataFrame
        Table ``market_segments``.
    """
    figure, (left, right) = canvas(8.8, 1, 2)
    band: Any = {"color": CHINA, "alpha": 0.13, "linewidth": 0}
    for i, (_, part) in enumerate(paths.groupby("ceiling", sort=True)):
        left.fill_between(part["year"], part["low"], part["high"], **band)
        left.plot(part["year"], part["value"], ("--", "-", ":", "-.")[i % 4], color=CHINA)
    ends = paths.sort_values("year").groupby("ceiling").tail(1).sort_values("ceiling")
    label_ends(left, ends["year"], ends["value"], [f"ceiling {c:g} %" for c in ends["ceiling"]], CHINA, fontsize=7)
    for country, part in segments.groupby("country"):
        colour, marker = COUNTRY_COLOURS[str(country)], COUNTRY_MARKERS[str(country)]
        left.plot(part["year"], part["value"], marker, linestyle="-" if country == "US" else "none", color=colour)
    last = segments.sort_values("year").drop_duplicates("country", keep="last").index
    named = segments["country"].map(COUNTRY_NAMES).where(segments.index.isin(last), "")
    texts = [f"{value:g} % {name}".strip() for value, name in zip(segments["value"], named, strict=True)]
    colours = [COUNTRY_COLOURS[country] for country in segments["country"]]
    label_points(left, segments["year"], segments["value"], texts, colours, clear_of_lines=True)
    left.set_ylabel("Share of the world market (%)")
    left.set_title("World: paths through two years")
    right.fill_between(domestic["year"], domestic["low"], domestic["high"], **band)
    right.plot(domestic["year"], domestic["value"], color=CHINA)
    given = domestic[domestic["given"].astype(bool)]
    right.plot(given["year"], given["value"], "D", color=CHINA)
    texts = [f"{value:.0f} %" for value in given["value"]]
    label_points(right, given["year"], given["value"], texts, CHINA, clear_of_lines=True)
    markers = {"units": "s", "value": "^"}
    for row in records(observed):
        if np.isnan(row.value):
            right.vlines(row.year, row.low, row.high, color=DARK, lw=4, alpha=0.3)
            continue
        style: Any = {"color": DARK, "marker": markers[row.by], "linestyle": "none", "elinewidth": 1}
        right.errorbar(row.year, row.value, yerr=sides(row.value, row.low, row.high), **style)
    texts = [
        f"by {row.by}, " + (f"{row.low:.0f} to {row.high:.0f} %" if np.isnan(row.value) else f"{row.value:.0f} %")
        for row in records(observed)
    ]
    label_ends(right, observed["year"], observed["value"].fillna(observed["low"]), texts, DARK, fontsize=7)
    right.set_ylabel("Chinese vendors' share of China's market (%)")
    right.set_title("China: an analyst's path, and what was seen")
    for axis in (left, right):
        from_zero(axis.yaxis)
        axis.grid(axis="y")
        axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    until = int(ends["year"].max())
    on_path = domestic.set_index("year")["value"].reindex(observed["year"]).to_numpy()
    short = int((observed["value"].fillna(observed["high"]).to_numpy() < on_path).sum())
    fell = f"fell short of the path by {short} of {so_many(len(observed), 'count')}"
    parted = ", ".join(f"{row.value:.0f} % with a ceiling of {row.ceiling:g} %" for row in records(ends))
    parts = {"world path": paths, "world": segments, "China path": domestic, "China": observed}
    return Plot(
        figure,
        pd.concat([part.assign(panel=name) for name, part in parts.items()], ignore_index=True),
        title=f"The same two points lead to {ends['value'].min():.0f} to {ends['value'].max():.0f} % by {until}; in "
        f"China, {', '.join(map(str, sorted(set(observed['year']))))} {fell}",
        alt="Left: China's share of the world chip market by logistic paths that part after the last printed year: "
        f"{parted} in {until}. Right: an analyst's path of Chinese vendors' share at home, with observed shares beside "
        "it.",
        caption="Left: logistic through the article's two years, one path a ceiling; bands: rounding of the printed "
        "shares. Right: logistic through an analyst's two years; square and triangle: shares by units and by value; "
        "bar: bounds by shares of value that another page ascribes to the same house. "
        "Scenarios, not forecasts.",
    )
