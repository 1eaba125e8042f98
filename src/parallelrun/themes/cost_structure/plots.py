"""The figures of this theme. Each function draws the frame it is given, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from parallelrun.study.figures import CHINA, COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, OTHER, US, canvas
from parallelrun.study.provenance import drawn

GREEN, PURPLE, AMBER = "#009E73", "#CC79A7", "#E69F00"
TEXT = "#333333"
LIGHT = "#e3e3e3"

KINDS = {"printed": (OTHER, "s"), "recomputed": (PURPLE, "^"), "list price": (GREEN, "o")}
PART_COLOURS = {
    "power": AMBER,
    "rest of the lease": OTHER,
    "cached input": "#9ad7c1",
    "other input": GREEN,
    "output": "#00664b",
}
READING_NAMES = {
    "articles": "articles",
    "national": "national averages",
    "BusinessEurope": "BusinessEurope",
    "Europe": "Europe over China",
    "subsidised": "subsidised west",
    "articles, as printed": "articles, as printed",
}
INPUT_NAMES = {
    "margin": "Margin",
    "utilisation": "Utilisation",
    "active_parameters": "Active parameters",
    "rent": "Accelerator rent",
    "overhead": "Overhead",
    "node_power": "Node power",
    "power_price": "Power price",
    "pue": "PUE",
    "energy_penalty": "Domestic-chip penalty",
}


def _each(frame: pd.DataFrame) -> Any:
    """Return the rows as named tuples, whose fields pandas cannot type."""
    return frame.itertuples()


def _plain(value: float, _position: Any = None) -> str:
    return f"{value:,.10g}"


def _log_axis(axes: Axes, which: str, ticks: list[float] | None = None) -> None:
    """Make an axis logarithmic with plain numbers, and ticks where wanted."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    if ticks is not None:
        axis.set_ticks(ticks)
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(_plain))
    axis.set_minor_formatter(NullFormatter())
    axes.grid(axis=which)  # type: ignore[arg-type]


def _whisker(axes: Axes, x: Any, low: Any, high: Any, y: Any, colour: str, marker: str, **style: Any) -> None:
    """Draw a point with its horizontal interval; missing ends draw none."""
    x, low, high = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (x, low, high))
    errors = np.nan_to_num(np.vstack([x - low, high - x]))
    axes.errorbar(x, np.atleast_1d(y), xerr=errors, fmt=marker, color=colour, lw=1.2, ms=5, ls="none", **style)


def _spread(values: npt.NDArray[np.float64], gap: float) -> npt.NDArray[np.float64]:
    """Return label positions at least a gap apart, near the values."""
    order = np.argsort(values, kind="stable")
    placed = values[order].astype(float)
    for _ in range(200):
        short = gap - np.diff(placed)
        if (short <= 1e-9).all():
            break
        for i in np.flatnonzero(short > 1e-9):
            placed[i] -= short[i] / 2
            placed[i + 1] += short[i] / 2
    result = np.empty_like(placed)
    result[order] = placed
    return result


@drawn
def plot_price_gap(gap: pd.DataFrame) -> Figure:
    """Draw the readings of the price gap (`prices.price_gap`)."""
    figure, axes = canvas("two-columns", 7.2)
    y = np.arange(len(gap))[::-1]
    for row, height in zip(_each(gap), y, strict=True):
        colour, marker = KINDS[row.kind]
        _whisker(axes, row.value, row.low, row.high, height, colour, marker)
        axes.annotate(
            f"{row.value:.3g}",
            (row.value, height),
            (0, 5),
            textcoords="offset points",
            ha="center",
            size=7.5,
            color=colour,
        )
    axes.set_yticks(y, gap["reading"])
    axes.set_ylim(-0.6, len(gap) - 0.3)
    _log_axis(axes, "x", [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
    axes.set_xlim(min(0.5, 0.9 * gap["low"].min()), 110)
    axes.axvline(1, color=TEXT, lw=0.8)
    axes.set_xlabel("Input price, United States over China (ratio, log scale)")
    return figure


@drawn
def plot_median_prices(history: pd.DataFrame) -> Figure:
    """Draw median prices by country, and their ratio, over time (`prices.median_history`)."""
    figure, (left, right) = canvas("two-columns", 8.2, 1, 2)
    for country in ("US", "CN"):
        rows = history[history["series"] == country]
        colour = COUNTRY_COLOURS[country]
        left.fill_between(rows["date"], rows["low"], rows["high"], color=colour, alpha=0.18, lw=0)
        left.plot(rows["date"], rows["value"], color=colour, marker=COUNTRY_MARKERS[country], ms=3)
        last = rows.iloc[len(rows) // 2]
        shift = 16 if country == "US" else -26
        left.annotate(
            COUNTRY_NAMES[country],
            (last["date"], last["value"]),
            (0, shift),
            textcoords="offset points",
            color=colour,
            weight=600,
        )
    _log_axis(left, "y", [0.1, 0.2, 0.5, 1, 2])
    medians = history[history["series"].isin(["US", "CN"])]
    left.set_ylim(0.5 * medians["low"].min(), 1.4 * medians["high"].max())
    left.set_ylabel("USD per million tokens (log scale)")
    left.set_title("Median input price")
    ratio = history[history["series"] == "ratio"]
    right.fill_between(ratio["date"], ratio["low"], ratio["high"], color=OTHER, alpha=0.2, lw=0)
    right.plot(ratio["date"], ratio["value"], color=TEXT, marker="o", ms=3)
    other = history[history["series"] == "ratio in summary"]
    right.plot(other["date"], other["value"], color=PURPLE, marker="x", ms=4, ls="none")
    printed = history[history["series"] == "printed"]
    right.plot(printed["date"], printed["value"], color=CHINA, ls="--", lw=1.2)
    right.annotate(
        "printed for one pair",
        (printed["date"].iloc[0], printed["value"].iloc[0]),
        (0, 4),
        textcoords="offset points",
        color=CHINA,
    )
    _log_axis(right, "y", [1, 2, 5, 10, 20])
    right.set_ylim(0.45, 27)
    right.set_title("Ratio of medians, US over China")
    middle = other.iloc[len(other) // 3]
    right.annotate(
        "× medians as first summarised",
        (middle["date"], 1),
        (0, -2),
        textcoords="offset points",
        color=PURPLE,
        va="top",
    )
    for axes in (left, right):
        axes.xaxis.set_major_locator(_years())
        axes.xaxis.set_major_formatter(_year_format())
    return figure


def _years() -> Any:
    from matplotlib.dates import YearLocator

    return YearLocator()


def _year_format() -> Any:
    from matplotlib.dates import DateFormatter

    return DateFormatter("%Y")


@drawn
def plot_price_distribution(shares: pd.DataFrame) -> Figure:
    """Draw the distributions of prices and of the ratios of all pairs (`prices.price_distribution`)."""
    figure, (left, right) = canvas("two-columns", 7.8, 1, 2, sharey=True)
    price = shares[shares["panel"] == "price"]
    for country in ("US", "CN"):
        rows = price[price["series"] == country]
        colour = COUNTRY_COLOURS[country]
        left.step(rows["x"], rows["share"], where="post", color=colour, ls="-" if country == "US" else "--")
        at = rows.iloc[(rows["share"] - (30 if country == "US" else 70)).abs().argmin()]
        side = 1 if country == "US" else -1
        left.annotate(
            COUNTRY_NAMES[country],
            (at["x"], at["share"]),
            (8 * side, -6),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            color=colour,
            weight=600,
        )
    marked = price[~price["series"].isin(["US", "CN"])]
    for row, country in zip(_each(marked), ("US", "CN"), strict=True):
        left.plot(row.x, row.share, COUNTRY_MARKERS[country], color=COUNTRY_COLOURS[country], ms=6, mec="white")
        left.annotate(
            row.series.split("/")[1],
            (row.x, row.share),
            (6, -11) if country == "US" else (-7, -3),
            textcoords="offset points",
            ha="left" if country == "US" else "right",
            size=7.5,
            color=COUNTRY_COLOURS[country],
        )
    _log_axis(left, "x", [0.01, 0.1, 1, 10, 100])
    left.set_xlabel("Input price, USD per million tokens (log scale)")
    left.set_ylabel("Share at most that high (%)")
    left.set_title("List prices")
    left.set_ylim(0, 103)
    pairs = shares[shares["series"] == "pairs"]
    right.plot(pairs["x"], pairs["share"], color=TEXT)
    article = shares[shares["series"] == "articles"].iloc[0]
    right.plot([article["x"]] * 2, [0, article["share"]], color=CHINA, ls="--", lw=1.2)
    right.plot(article["x"], article["share"], "D", color=CHINA)
    right.annotate(
        f"article: {article['x']:.3g}",
        (article["x"], article["share"] / 2),
        (5, 0),
        textcoords="offset points",
        color=CHINA,
    )
    right.axvline(1, color=TEXT, lw=0.8)
    _log_axis(right, "x", [0.01, 0.1, 1, 10, 100, 1000])
    right.set_xlabel("Ratio of a US to a Chinese model’s price (log scale)")
    right.set_title("All pairs of models")
    return figure


@drawn
def plot_price_performance(models: pd.DataFrame, front: pd.DataFrame) -> Figure:
    """Draw list price against Arena score, with the frontier (`prices.frontier_chances`, `prices.frontier`)."""
    figure, axes = canvas("two-columns", 10.5)
    steps = front.sort_values("input_price")
    axes.step(steps["input_price"], steps["score"], where="post", color=OTHER, lw=1, zorder=1)
    for country in ("US", "CN"):
        rows = models[models["country"] == country]
        axes.errorbar(
            rows["input_price"],
            rows["score"],
            yerr=[rows["score"] - rows["score_low"], rows["score_high"] - rows["score"]],
            fmt=COUNTRY_MARKERS[country],
            color=COUNTRY_COLOURS[country],
            ls="none",
            lw=0.8,
            capsize=0,
            ms=4.5,
            label=COUNTRY_NAMES[country],
        )
    bottom, top = models["score_low"].min() - 5, models["score_high"].max() + 5
    axes.set_ylim(bottom, top)
    heights = _spread(front["score"].to_numpy(dtype=float), 0.043 * (top - bottom))
    for row, height in zip(_each(front), heights, strict=True):
        axes.annotate(
            f"{row.model.split('/')[1]} ({row.chance:.0f} %)",
            (row.input_price, height),
            (-5, 3),
            textcoords="offset points",
            ha="right",
            size=7,
            path_effects=[withStroke(linewidth=2, foreground="white")],
            color=COUNTRY_COLOURS[row.country],
        )
    _log_axis(axes, "x", [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    axes.set_xlim(0.009, 22)
    axes.set_xlabel("Input list price, USD per million tokens (log scale)")
    axes.set_ylabel("Arena score (points)")
    axes.grid(axis="y")
    axes.legend(loc="upper left")
    return figure


@drawn
def plot_equal_score(ratios: pd.DataFrame) -> Figure:
    """Draw price ratios at equal score (`prices.equal_score_ratios`)."""
    styles = {
        "article, one pair": (OTHER, "s"),
        "all models, unmatched": (US, "o"),
        "regression on score": (GREEN, "^"),
        "matched pairs": (PURPLE, "D"),
    }
    figure, axes = canvas("two-columns", 8.6)
    ordered = ratios.assign(rank=ratios["price"].map({p: i for i, p in enumerate(dict.fromkeys(ratios["price"]))}))
    ordered = ordered.sort_values("rank", kind="stable", ignore_index=True)
    y = -(np.arange(len(ordered)) + 0.7 * ordered["rank"].to_numpy())
    for row, height in zip(_each(ordered), y, strict=True):
        colour, marker = styles[row.method]
        _whisker(axes, row.value, row.low, row.high, height, colour, marker)
        axes.annotate(
            f"{row.value:.3g}", (row.high, height), (4, -3), textcoords="offset points", size=7.5, color=colour
        )
    for name, rows in ordered.groupby("price", sort=False):
        axes.text(
            0.025,
            y[rows.index].max() + 0.42,
            f"{name} price".capitalize(),
            transform=axes.get_yaxis_transform(),
            size=8,
            weight=600,
            color=TEXT,
        )
    axes.set_yticks(y, ordered["method"])
    axes.axvline(1, color=TEXT, lw=0.8)
    _log_axis(axes, "x", [0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000])
    axes.set_xlim(min(0.95, 0.9 * ratios["low"].min()), max(27, 1.5 * ratios["high"].max()))
    axes.set_ylim(y.min() - 0.6, 1.1)
    axes.set_xlabel("Price ratio, United States over China (log scale)")
    return figure


@drawn
def plot_blended_price(blended: pd.DataFrame) -> Figure:
    """Draw blended list prices by mix (`prices.blended_prices`)."""
    figure, axes = canvas("two-columns", 9.6)
    mixes = list(dict.fromkeys(blended["mix"]))
    table = blended.pivot(index="model", columns="mix", values="price")[mixes]  # noqa: PD010
    country = dict(zip(blended["model"], blended["country"], strict=True))
    top, bottom = table.to_numpy().max() * 1.9, table.to_numpy().min() * 0.75
    labels = 10 ** _spread(np.log10(table[mixes[-1]].to_numpy()), 0.044 * np.log10(1.35 * top / bottom))
    for (model, row), label in zip(((str(m), r) for m, r in table.iterrows()), labels, strict=True):
        colour = COUNTRY_COLOURS[country[model]]
        axes.plot(range(len(mixes)), row, color=colour, marker=COUNTRY_MARKERS[country[model]], ms=4.5, lw=1)
        axes.text(len(mixes) - 0.93, label, model, size=7.5, color=colour, va="center")
    ratio = blended.drop_duplicates("mix").set_index("mix")["ratio"]
    for i, mix in enumerate(mixes):
        axes.text(i, top, f"ratio {ratio[mix]:.2g}", ha="center", weight=600, color=TEXT)
    axes.set_xticks(range(len(mixes)), [m.replace(", ", "\n") for m in mixes])
    _log_axis(axes, "y", [0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    axes.set_ylim(bottom, top * 1.35)
    axes.set_xlim(-0.3, len(mixes) + 0.1)
    axes.set_ylabel("USD per million tokens (log scale)")
    return figure


@drawn
def plot_power_prices(prices: pd.DataFrame, ratios: pd.DataFrame) -> Figure:
    """Draw power prices and their ratios under each reading (`power.power_prices`, `power.power_ratios`)."""
    figure, (left, right) = canvas("two-columns", 8.4, 1, 2)
    readings = list(dict.fromkeys(prices["reading"]))
    height = {name: -i for i, name in enumerate(readings)}
    for row in _each(prices):
        china = row.side == "china"
        colour, marker = (CHINA, "D") if china else (US, "o")
        y = height[row.reading] + (-0.17 if china else 0.17)
        _whisker(left, row.value, row.low, row.high, y, colour, marker)
    first = prices[prices["reading"] == readings[0]]
    for row in _each(first):
        china = row.side == "china"
        left.annotate(
            "China" if china else "US or Europe",
            (row.value, height[readings[0]] + (-0.17 if china else 0.17)),
            (0, -13 if china else 6),
            textcoords="offset points",
            ha="center",
            color=CHINA if china else US,
            weight=600,
        )
    left.set_yticks(list(height.values()), [READING_NAMES[name] for name in readings])
    left.set_ylim(-len(readings) + 0.4, 0.75)
    left.set_xlim(0, 0.24)
    left.grid(axis="x")
    left.set_xlabel("USD per kWh")
    left.set_title("Price of power")
    styles = {"printed": (OTHER, "s", 0.0), "per kWh": (GREEN, "o", 0.17), "per token": (PURPLE, "^", -0.17)}
    names = list(dict.fromkeys(ratios["reading"]))
    for row in _each(ratios):
        colour, marker, shift = styles[row.basis]
        _whisker(right, row.value, row.low, row.high, -names.index(row.reading) + shift, colour, marker)
    for basis, (colour, _, shift) in styles.items():
        row = ratios[ratios["basis"] == basis].iloc[0]
        right.annotate(
            "as printed" if basis == "printed" else basis,
            (row["value"], -names.index(row["reading"]) + shift),
            (0, -13 if shift < 0 else 6),
            textcoords="offset points",
            ha="center",
            color=colour,
        )
    right.set_yticks([-i for i in range(len(names))], [READING_NAMES[name] for name in names])
    right.set_ylim(-len(names) + 0.4, 0.75)
    right.axvline(1, color=TEXT, lw=0.8)
    right.set_xlim(0, 8)
    right.grid(axis="x")
    right.set_xlabel("Ratio, US or Europe over China")
    right.set_title("Ratio of prices")
    return figure


@drawn
def plot_power_bound(curve: pd.DataFrame) -> Figure:
    """Draw what power can explain at every energy share (`power.explained_curve`)."""
    figure, axes = canvas("two-columns", 10.0)
    gap = curve[curve["series"] == "price gap"]
    axes.fill_between(gap["share"], gap["low"], gap["high"], color=CHINA, alpha=0.15, lw=0)
    axes.plot(gap["share"], gap["value"], color=CHINA, lw=1.2)
    axes.text(50, gap["value"].iloc[0], "price gap to be explained", color=CHINA, va="bottom", ha="center", weight=600)
    share = curve.loc[curve["series"] == "power share", "share"]
    axes.axvspan(share.min(), share.max(), color=AMBER, alpha=0.3, lw=0)
    axes.annotate(
        f"share of the price that power\ncan be: up to {share.max():.2g} %",
        (share.max(), 8.2),
        (6, 0),
        textcoords="offset points",
        color="#8a5a00",
        va="center",
    )
    for name, colour, style, place in (
        ("articles", US, "-", (80, -4, 6)),
        ("subsidised", GREEN, "--", (99, 0, -22)),
    ):
        rows = curve[curve["series"] == name]
        axes.fill_between(rows["share"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        axes.plot(rows["share"], rows["value"], color=colour, ls=style)
        at = rows[rows["share"] == place[0]].iloc[0]
        axes.annotate(
            f"power prices: {READING_NAMES[name]}",
            (at["share"], at["value"]),
            place[1:],
            textcoords="offset points",
            ha="right",
            color=colour,
        )
    _log_axis(axes, "y", [1, 2, 5, 10, 20])
    axes.set_ylim(0.95, 27)
    axes.set_xlim(0, 100)
    axes.set_xlabel("Energy share of the US price (%)")
    axes.set_ylabel("Price ratio, US over China (log scale)")
    return figure


@drawn
def plot_energy(panels: pd.DataFrame) -> Figure:
    """Draw energies of a million tokens and the share of price they make (`power.energy_panels`)."""
    figure, (left, right) = canvas("two-columns", 11.6, 1, 2, sharey=True)
    energy = panels[panels["panel"] == "energy"].reset_index(drop=True)
    styles = {"input": (GREEN, "v"), "output": (PURPLE, "^"), "all": (TEXT, "s"), "query": (OTHER, "o")}
    y = np.arange(len(energy))
    for kind, (colour, marker) in styles.items():
        rows = energy[energy["tokens_kind"] == kind]
        if len(rows):
            _whisker(left, rows["value"], rows["low"], rows["high"], y[rows.index], colour, marker, label=kind)
    needed = panels[panels["panel"] == "needed"].iloc[0]
    left.axvspan(needed["low"], needed["high"], color=CHINA, alpha=0.18, lw=0)
    left.axvline(needed["value"], color=CHINA, lw=1.2)
    left.text(
        needed["low"] * 0.85, 0, "needed to explain\nthe price gap", color=CHINA, ha="right", va="center", weight=600
    )
    left.set_yticks(y, [item.replace("active accelerator", "accelerator") for item in energy["item"]])
    _log_axis(left, "x", [0.01, 0.1, 1, 10, 100])
    left.set_xlim(0.008, 100)
    left.set_xlabel("kWh per million tokens (log scale)")
    left.set_title("Energy of tokens")
    left.legend(loc="upper left", handletextpad=0.2, title="energy of", alignment="left")
    shares = panels[panels["panel"] == "share"]
    place = {item: i for i, item in enumerate(energy["item"])}
    for (model, rows), (colour, marker, shift) in zip(
        shares.groupby("model", sort=False), ((US, "o", 0.15), (CHINA, "D", -0.15)), strict=True
    ):
        heights = rows["item"].map(place).to_numpy() + shift
        _whisker(
            right, rows["value"], rows["low"], rows["high"], heights, colour, marker, label=str(model).split("/")[1]
        )
    _log_axis(right, "x", [0.01, 0.1, 1, 10, 100])
    right.set_xlim(0.005, 200)
    right.axvline(100, color=TEXT, lw=0.8)
    right.set_xlabel("Power as a share of list price (%, log scale)")
    right.set_title("Power in the list price")
    right.legend(loc="upper left", handletextpad=0.2)
    return figure


@drawn
def plot_unit_cost(parts: pd.DataFrame) -> Figure:
    """Draw the modelled parts of a price (`unit_cost.cost_parts`)."""
    figure, axes = canvas("two-columns", 9.4)
    names = list(dict.fromkeys(parts["part"]))
    for row in _each(parts):
        china = row.side == "CN"
        height = -names.index(row.part) + (-0.16 if china else 0.16)
        _whisker(axes, row.value, row.low, row.high, height, COUNTRY_COLOURS[row.side], COUNTRY_MARKERS[row.side])
        axes.annotate(
            f"{row.value:.2g}",
            (row.high, height),
            (4, -3),
            textcoords="offset points",
            size=7.5,
            color=COUNTRY_COLOURS[row.side],
        )
    for side, shift, va in (("US", 0.42, "bottom"), ("CN", -0.42, "top")):
        row = parts[(parts["side"] == side) & (parts["part"] == names[0])].iloc[0]
        axes.text(row["value"], shift, COUNTRY_NAMES[side], color=COUNTRY_COLOURS[side], weight=600, ha="center", va=va)
    axes.set_yticks([-i for i in range(len(names))], [n.capitalize() for n in names])
    axes.set_ylim(-len(names) + 0.5, 0.95)
    _log_axis(axes, "x", [0.001, 0.01, 0.1, 1, 10])
    axes.set_xlim(min(0.001, 0.7 * parts["low"].min()), max(20, 2 * parts["high"].max()))
    axes.set_xlabel("USD per million tokens (log scale)")
    return figure


@drawn
def plot_sensitivity(table: pd.DataFrame) -> Figure:
    """Draw one-at-a-time swings and Sobol indices (`unit_cost.sensitivities`)."""
    figure, (left, right) = canvas("two-columns", 10.4, 1, 2, sharey=True)
    y = -np.arange(len(table))
    power = table["name"].str.split(",").str[0].isin(["power_price", "pue", "node_power", "energy_penalty"])
    colours = np.where(power, AMBER, OTHER)
    left.hlines(y, table["at_low"], table["at_high"], colors=colours, lw=5)
    left.plot(table["at_low"], y, "<", color=TEXT, ms=4, ls="none", label="at low end")
    left.plot(table["at_high"], y, ">", color=TEXT, ms=4, ls="none", label="at high end")
    left.axvline(table["base"].iloc[0], color=TEXT, lw=0.8)
    _log_axis(left, "x", [1, 2, 5, 10, 20])
    left.set_xlim(1.2, 24)
    names = [f"{INPUT_NAMES[n.split(', ')[0]]}, {n.split(', ')[1].replace('CN', 'China')}" for n in table["name"]]
    left.set_yticks(y, names)
    left.set_xlabel("Modelled price ratio, US over China (log scale)")
    left.set_title("One input at a time")
    left.legend(loc="lower right", handletextpad=0.2)
    right.barh(y, table["total"], xerr=table["total_error"], color=colours, height=0.55, error_kw={"lw": 0.8})
    right.plot(table["first"], y, "|", color=TEXT, ms=8, ls="none", label="first-order index")
    right.set_xlabel("Total Sobol index (share of the variance)")
    right.set_title("All inputs together")
    right.grid(axis="x")
    for label, height, total, error, colour in zip(
        left.get_yticklabels(), y, table["total"], table["total_error"], colours, strict=True
    ):
        label.set_color("#8a5a00" if colour == AMBER else TEXT)
        if total >= 0.005:
            place = (total + error, height)
            right.annotate(f"{total:.2f}", place, (4, -3), textcoords="offset points", size=7, color=TEXT)
    right.set_xlim(0, 1.2 * (table["total"] + table["total_error"]).max())
    right.legend(loc="lower right", handletextpad=0.2)
    small = table.loc[power, "total"].max()
    right.text(0.04, 0.18, f"power: each at most {small:.5f}", transform=right.transAxes, color="#8a5a00")
    return figure


@drawn
def plot_serving_day(bars: pd.DataFrame) -> Figure:
    """Draw cost and theoretical income of the disclosed day (`unit_cost.day_bars`)."""
    figure, axes = canvas("two-columns", 8.2)
    names = list(dict.fromkeys(bars["bar"]))
    start = dict.fromkeys(names, 0.0)
    hatches = {"power": "////", "cached input": "....", "output": "\\\\\\\\"}
    for row in _each(bars):
        y = -names.index(row.bar)
        axes.barh(
            y,
            row.value,
            left=start[row.bar],
            color=PART_COLOURS[row.part],
            hatch=hatches.get(row.part),
            height=0.5,
            ec="white",
        )
        x, end = start[row.bar], start[row.bar] + row.value
        text = f"{row.part}\n{row.value:.3g}"
        place: dict[str, Any] = {"size": 7.5, "color": TEXT, "textcoords": "offset points"}
        if row.part == "power":
            axes.annotate(text, (x, y + 0.27), (0, 1), ha="left", va="bottom", **place)
        elif row.part == "rest of the lease":
            axes.annotate(text, (end, y), (4, 0), ha="left", va="center", **place)
        else:
            axes.annotate(text, ((x + end) / 2, y - 0.27), (0, -2), ha="center", va="top", **place)
        start[row.bar] += row.value
    axes.set_yticks([-i for i in range(len(names))], [n.capitalize() for n in names])
    axes.set_ylim(-len(names) + 0.25, 0.65)
    axes.set_xlim(0, max(start.values()) * 1.03)
    axes.set_xlabel("Thousand USD a day")
    axes.grid(axis="x")
    return figure
