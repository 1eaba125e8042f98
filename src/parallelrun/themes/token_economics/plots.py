"""The figures of the theme. Each function returns the figure and exactly the data that it draws."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from parallelrun.study import figures
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.model import central, first_week, records

Plot = tuple[Figure, pd.DataFrame]
COUNTRIES = ("CN", "US")
SHORT_NAMES = {"CN": "China", "US": "US", "other": "neither"}
QUIET, GUIDE = "#666666", "#aaaaaa"
HATCH = "/////"


def _months(axis: Axes) -> None:
    """Tick the months, with the year below the first one of it."""
    axis.xaxis.set_major_locator(mdates.MonthLocator())

    def label(number: float, place: int | None = None) -> str:
        day = mdates.num2date(number)
        return f"{day:%b}\n{day:%Y}" if place == 0 or day.month == 1 else f"{day:%b}"

    axis.xaxis.set_major_formatter(FuncFormatter(label))


def _plain_log(axis: Any, ticks: list[float]) -> None:
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))


def _whiskers(low: Any, value: Any, high: Any) -> np.ndarray:
    return np.abs(np.vstack([np.subtract(value, low), np.subtract(high, value)]))


@traced
def plot_volumes(volumes: pd.DataFrame, two_weeks: pd.DataFrame, totals: dict[str, Estimate], rest: Estimate) -> Plot:
    """Draw the printed volumes with the week before, the printed shares, and the platform totals that they imply.

    Parameters
    ----------
    volumes : pandas.DataFrame
        The table ``weekly_volumes``.
    two_weeks : pandas.DataFrame
        From `model.previous_week`.
    totals : dict of Estimate
        `model.implied_total` by country.
    rest : Estimate
        `model.unclassified`.
    """
    figure, (left, middle, right) = figures.canvas(height_cm=7.6, ncols=3, width_ratios=[1.15, 1, 1.25])
    growth = volumes[volumes["metric"] == "growth"].set_index("country")["published"]
    for country in COUNTRIES:
        rows = two_weeks[two_weeks["country"] == country]
        colour, marker = COUNTRY_COLOURS[country], COUNTRY_MARKERS[country]
        left.plot([0, 1], rows["value"], color=colour, marker=marker)
        start, end = rows["value"]
        left.text(-0.08, start, f"{start:.2f}", ha="right", va="center", color=colour)
        left.text(1.08, end, f"{end:.2f}", ha="left", va="center", color=colour, weight=600)
        text = f"{COUNTRY_NAMES[country]}, +{growth[country]}"
        if end > 1.1 * start:
            left.text(0.5, (start + end) / 2 - 0.6, text, ha="left", va="top", color=colour)
        else:
            left.text(0.5, max(start, end) + 0.5, text, ha="center", va="bottom", color=colour)
    left.set_xlim(-0.5, 1.5)
    left.set_ylim(0, 1.15 * two_weeks["high"].max())
    left.set_xticks([0, 1], [f"to {day.day} {day:%b}" for day in sorted(two_weeks["week_end"].unique())])
    left.set_ylabel("trillion tokens a week")
    left.set_title("Volumes, the earlier from growth")

    share = volumes[volumes["metric"] == "share"].set_index("country")
    parts = [("CN", *share.loc["CN", ["value", "low", "high"]]), ("other", rest.value, *rest.ends)]
    parts.append(("US", *share.loc["US", ["value", "low", "high"]]))
    bottom = 0.0
    for name, value, _, _ in parts:
        hatch = HATCH if name == "other" else None
        face = "white" if name == "other" else COUNTRY_COLOURS[name]
        middle.bar(
            0, value, bottom=bottom, width=0.5, color=face, edgecolor=QUIET if name == "other" else face, hatch=hatch
        )
        label = f"{value:.0f} % {SHORT_NAMES[name]}"
        middle.text(0.32, bottom + value / 2, label, va="center", color=COUNTRY_COLOURS[name])
        bottom += value
    middle.set_xlim(-0.3, 1.1)
    middle.set_ylim(0, 100)
    middle.set_xticks([])
    middle.set_ylabel("% of the platform's tokens")
    middle.set_title("Shares, ±0.5 each")

    for place, country in enumerate(COUNTRIES):
        one = totals[country]
        right.errorbar(
            place,
            central(one),
            yerr=_whiskers([one.ends[0]], [central(one)], [one.ends[1]]),
            fmt=COUNTRY_MARKERS[country],
            color=COUNTRY_COLOURS[country],
        )
        right.text(place + 0.12, central(one), f"{central(one):.1f}", va="center", color=COUNTRY_COLOURS[country])
    right.set_xlim(-0.5, 1.6)
    right.set_xticks([0, 1], ["from the\nChinese share", "from the\nUS share"])
    right.set_ylabel("trillion tokens a week")
    right.set_title("Implied total of the platform")

    columns = ["quantity", "country", "week_end", "value", "low", "high", "unit"]
    end = first_week(volumes)
    data = [("volume", r.country, r.week_end, r.value, r.low, r.high, "trillion tokens") for r in records(two_weeks)]
    data += [("share", name, end, value, low, high, "%") for name, value, low, high in parts]
    data += [("implied total", c, end, central(totals[c]), *totals[c].ends, "trillion tokens") for c in COUNTRIES]
    return figure, pd.DataFrame(data, columns=columns)


@traced
def plot_top_models(top: pd.DataFrame, rankings: pd.DataFrame) -> Plot:
    """Draw the printed models by rank, with the free ones hatched, and which of them the ranking itself calls free."""
    week = rankings[rankings["week_end"] == top["week_end"].iloc[0]].set_index("rank")
    columns = ["claim", "rank", "model", "vendor", "country", "free", "value", "low", "high", "unit", "source"]
    data = top[columns].rename(columns={"free": "free_in_article", "source": "printed_by"})
    data["free_in_ranking"] = data["rank"].map(week["tier"].eq("free"))
    data["recorded"] = data["rank"].map(week["value"])
    figure, axis = figures.canvas(height_cm=7.4)
    place = data["rank"].to_numpy(float)
    for row, y in zip(records(data), place, strict=True):
        free = bool(row.free_in_ranking)
        colour = COUNTRY_COLOURS[row.country]
        axis.barh(
            y,
            row.value,
            height=0.66,
            color="white" if free else colour,
            edgecolor=colour,
            hatch=HATCH if free else None,
        )
        marked = "free in both" if row.free_in_article else "free in the ranking only"
        tier = marked if free else "paid"
        axis.text(row.high + 0.06, y, f"{row.value:g}  {row.vendor}, {tier}", va="center", color="#333333")
    axis.errorbar(
        data["value"], place, xerr=_whiskers(data["low"], data["value"], data["high"]), fmt="none", ecolor="#222222"
    )
    axis.set_yticks(place, [f"{r.rank}  {r.model}" for r in records(data)])
    axis.invert_yaxis()
    axis.set_xlim(0, 1.28 * data["high"].max())
    axis.set_xlabel("trillion tokens in the week, as printed")
    axis.tick_params(axis="y", length=0)
    return figure, data


@traced
def plot_ratio(
    curve: pd.DataFrame,
    surface: pd.DataFrame,
    parity: Estimate,
    listed: Estimate,
    chosen: Estimate,
    at: float,
    tokenizers: Estimate,
) -> Plot:
    """Draw the ratio of all tokens for every split of the unclassified, and with tokenizers that differ.

    Parameters
    ----------
    curve, surface : pandas.DataFrame
        From `model.ratio_by_split` and `model.ratio_surface`.
    parity, listed, chosen : Estimate
        The split at parity, the printed ratio, and the ratio at the chosen split.
    at : float
        The chosen split in per cent.
    tokenizers : Estimate
        The chosen tokenizer ratio.
    """
    figure, (left, right) = figures.canvas(height_cm=8.4, ncols=2)
    x = curve["unclassified_us_share"]
    left.fill_between(x, curve["low"], curve["high"], color=COUNTRY_COLOURS["CN"], alpha=0.25, linewidth=0)
    left.plot(x, curve["value"], color=COUNTRY_COLOURS["CN"])
    left.axhline(1, color=QUIET, linewidth=0.8)
    left.axhline(central(listed), color=GUIDE, linewidth=0.8, linestyle="--")
    left.text(99, central(listed), f"printed {central(listed):.1f}", ha="right", va="bottom", color=QUIET)
    left.plot([at], [central(chosen)], marker="D", color=COUNTRY_COLOURS["CN"])
    side, away = ("left", 3) if at <= 60 else ("right", -3)
    label = f"{central(chosen):.2f} at {at:g} %"
    left.text(at + away, central(chosen) * 1.05, label, ha=side, va="bottom", color=COUNTRY_COLOURS["CN"])
    left.plot([central(parity)], [1], marker="o", color=QUIET)
    left.text(central(parity) - 3, 0.96, f"level at {central(parity):.0f} %", ha="right", va="top", color=QUIET)
    left.set_yscale("log")
    left.set_ylim(0.7, 10)
    _plain_log(left.yaxis, [0.7, 1, 2, 4, 8])
    left.set_xlim(0, 100)
    left.set_xlabel("unclassified tokens that are of US models, %")
    left.set_ylabel("tokens, China over US")
    left.set_title("One token, one unit")

    grid = surface.pivot_table(index="tokenizer_ratio", columns="unclassified_us_share", values="value")
    levels = [1, 2, 4, 8]
    lines = right.contour(
        grid.columns, grid.index, grid.to_numpy(), levels=levels, colors=["#222222", QUIET, QUIET, QUIET],
        linewidths=[1.8, 0.8, 0.8, 0.8],
    )  # fmt: skip
    right.set_yscale("log")
    _plain_log(right.yaxis, [0.5, 0.7, 1, 1.4, 2])
    right.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=7.5, inline_spacing=3)
    low, high = tokenizers.ends
    right.errorbar(
        at, central(tokenizers), yerr=_whiskers([low], [central(tokenizers)], [high]), fmt="D",
        color=COUNTRY_COLOURS["CN"],
    )  # fmt: skip
    right.set_ylim(surface["tokenizer_ratio"].min(), surface["tokenizer_ratio"].max())
    right.set_xlabel("unclassified tokens that are of US models, %")
    right.set_ylabel("tokens of a Chinese model for one\nof a US model, same text")
    right.set_title("Text, China over US, if tokenizers differ")
    data = pd.concat(
        [
            curve.assign(panel="split", tokenizer_ratio=1.0),
            surface.assign(panel="tokenizers"),
        ],
        ignore_index=True,
    )
    return figure, data[["panel", "unclassified_us_share", "tokenizer_ratio", "value", "low", "high"]]


@traced
def plot_users(
    users: pd.DataFrame, volumes: pd.DataFrame, curve: pd.DataFrame, intensity: float, level: Estimate
) -> Plot:
    """Draw the shares of users beside the shares of tokens, and how much Chinese users can account for.

    Parameters
    ----------
    users, volumes : pandas.DataFrame
        The tables ``users`` and ``weekly_volumes``.
    curve : pandas.DataFrame
        From `model.own_use_curve`.
    intensity : float
        The chosen intensity, to be marked.
    level : Estimate
        `model.parity_intensity`.
    """
    figure, (left, right) = figures.canvas(height_cm=7.2, ncols=2, width_ratios=[1, 1.15])
    rows = []
    for place, country in enumerate(COUNTRIES):
        colour = COUNTRY_COLOURS[country]
        user = users[(users["metric"] == "user_share") & (users["country"] == country)].iloc[0]
        token = volumes[(volumes["metric"] == "share") & (volumes["country"] == country)].iloc[0]
        left.plot([user["value"], token["value"]], [place, place], color=colour, linewidth=1)
        for row, marker, kind in ((user, "o", "users"), (token, "D", "tokens")):
            face = "white" if kind == "users" else colour
            left.errorbar(
                row["value"], place, xerr=_whiskers([row["low"]], [row["value"]], [row["high"]]), fmt=marker,
                color=colour, markerfacecolor=face, markersize=6,
            )  # fmt: skip
            left.text(
                row["value"], place - 0.16, f"{row['value']:g} % of\n{kind}", ha="center", va="bottom", color=colour
            )
            rows.append((f"share of {kind}", country, np.nan, row["value"], row["low"], row["high"]))
    left.set_yticks([0, 1], ["China", "United\nStates"])
    left.set_ylim(1.4, -0.75)
    left.set_xlim(0, 60)
    left.set_xlabel("% of the platform")
    left.set_title("Users of a country, tokens of its models")

    colour = COUNTRY_COLOURS["CN"]
    right.fill_between(curve["intensity"], curve["low"], curve["high"], color=colour, alpha=0.25, linewidth=0)
    right.plot(curve["intensity"], curve["value"], color=colour)
    now = float(np.interp(intensity, curve["intensity"], curve["value"]))
    right.plot([intensity], [now], marker="D", color=colour)
    right.text(intensity * 1.15, now - 2, f"at most {now:.3g} %", va="top", color=colour)
    right.plot([central(level)], [100], marker="o", color=QUIET)
    right.text(central(level) * 0.88, 99, f"all at {central(level):.0f} times", ha="right", va="center", color=QUIET)
    right.set_xscale("log")
    _plain_log(right.xaxis, [0.5, 1, 2, 5, 10, 20])
    right.set_xlim(curve["intensity"].min(), curve["intensity"].max())
    right.set_ylim(0, 108)
    right.set_xlabel("tokens of a user in China for one of a user elsewhere")
    right.set_ylabel("% of Chinese models' tokens")
    right.set_title("What users in China can account for")
    rows += [("own use", "CN", r.intensity, r.value, r.low, r.high) for r in records(curve)]
    return figure, pd.DataFrame(rows, columns=["quantity", "country", "intensity", "value", "low", "high"])


@traced
def plot_first_nine(table: pd.DataFrame) -> Plot:
    """Draw how far the ranking's sums of nine and of ten places lie from what the press printed."""
    data = table[~table["anonymous"] | (table["country"] == "CN")].copy()
    plain = table[~table["anonymous"]].set_index(["week_end", "country", "places"])["recorded"]
    keys = pd.MultiIndex.from_frame(data[["week_end", "country", "places"]])
    data = data[~data["anonymous"] | (data["recorded"].to_numpy() != plain.reindex(keys).to_numpy())]
    figure, axes = figures.canvas(height_cm=7.4, ncols=2, sharey=True)
    weeks = sorted(table["week_end"].unique())
    place = {week: i for i, week in enumerate(weeks)}
    for axis, country in zip(axes, COUNTRIES, strict=True):
        rows = data[data["country"] == country]
        colour = COUNTRY_COLOURS[country]
        axis.axvline(0, color=GUIDE, linewidth=0.8)
        for places, marker, face in ((10, "s", "white"), (9, COUNTRY_MARKERS[country], colour)):
            some = rows[(rows["places"] == places) & ~rows["anonymous"]]
            axis.plot(
                some["difference"], some["week_end"].map(place), marker=marker, linestyle="", color=colour,
                markerfacecolor=face, markersize=7 if places == 10 else 5,
            )  # fmt: skip
        odd = rows[rows["anonymous"]]
        axis.plot(
            odd["difference"], odd["week_end"].map(place), marker="x", linestyle="", color="#222222",
        )  # fmt: skip
        axis.set_title(COUNTRY_NAMES[country])
        axis.set_xlim(-22, 24)
        axis.set_xlabel("recorded sum against printed, %")
    neutral = [
        Line2D([], [], marker="s", linestyle="", color="#222222", markerfacecolor="white", markersize=7),
        Line2D([], [], marker="o", linestyle="", color="#222222", markersize=5),
        Line2D([], [], marker="x", linestyle="", color="#222222"),
    ]
    names = ["10 places", "9 places (filled)", "9 places, the\nanonymous one\nas Chinese"]
    axes[1].legend(neutral, names, loc="upper left", handlelength=0.8, borderaxespad=0)
    axes[0].set_yticks(range(len(weeks)), [f"to {pd.Timestamp(w).day} {pd.Timestamp(w):%b %Y}" for w in weeks])
    axes[0].set_ylim(len(weeks) - 0.4, -0.8)
    ordered = data.sort_values(["country", "week_end", "places"]).reset_index(drop=True)
    return figure, ordered.rename(columns={"source": "printed_by"})


@traced
def plot_weeks(weeks: pd.DataFrame, stretches: pd.DataFrame, volumes: pd.DataFrame, history: pd.DataFrame) -> Plot:
    """Draw the listed tokens of each country and week, and the bounds of China's part of all tokens.

    Parameters
    ----------
    weeks, stretches : pandas.DataFrame
        From `rankings.weekly` and `rankings.runs`.
    volumes, history : pandas.DataFrame
        The tables ``weekly_volumes`` (printed points) and ``platform_history`` (the share of 2025).
    """
    figure, (top, bottom) = figures.canvas(height_cm=12.4, nrows=2, sharex=True)
    half = pd.Timedelta(days=3.5)
    for run in records(stretches[stretches["leader"] == "CN"]):
        for axis in (top, bottom):
            axis.axvspan(run.first - half, run.last + half, color=COUNTRY_COLOURS["CN"], alpha=0.09, linewidth=0)
        top.text(
            run.first + (run.last - run.first) / 2,
            15.2,
            f"{run.weeks}",
            ha="center",
            va="top",
            color=COUNTRY_COLOURS["CN"],
        )
    top.text(
        stretches["first"].iloc[0], 15.2, "weeks in a row with China ahead:", va="top", color=COUNTRY_COLOURS["CN"]
    )
    for country in COUNTRIES:
        colour, marker = COUNTRY_COLOURS[country], COUNTRY_MARKERS[country]
        top.plot(weeks["week_end"], weeks[country], color=colour, marker=marker, markersize=3.5)
        printed = volumes[(volumes["metric"] == "tokens") & (volumes["country"] == country)]
        top.plot(printed["week_end"], printed["value"], marker="x", markersize=8, color="#222222", linestyle="")
    peak = weeks.nlargest(1, "CN").iloc[0]
    printed_cn = volumes[(volumes["metric"] == "tokens") & (volumes["country"] == "CN")].iloc[0]
    top.text(
        printed_cn["week_end"] - pd.Timedelta(days=6),
        printed_cn["value"],
        "× printed in the article",
        ha="right",
        va="center",
    )
    top.text(
        peak["week_end"] + pd.Timedelta(days=5), peak["CN"] - 0.3, "China", va="center", color=COUNTRY_COLOURS["CN"]
    )
    first = weeks.iloc[3]
    top.text(first["week_end"], first["US"] + 0.7, "United States", va="bottom", color=COUNTRY_COLOURS["US"])
    top.set_ylim(0, 15.6)
    top.set_ylabel("listed, trillion tokens a week")

    known = weeks["total_printed"].to_numpy(bool)
    for rows, width, colour in ((weeks[~known], 3.0, "#e0b8a0"), (weeks[known], 3.0, COUNTRY_COLOURS["CN"])):
        bottom.vlines(rows["week_end"], rows["share_low"], rows["share_high"], color=colour, linewidth=width)
    bottom.plot(weeks["week_end"], weeks["share"], marker="D", markersize=3.5, color="#222222", linestyle="")
    bottom.axhline(50, color=QUIET, linewidth=0.8)
    mean = history[history["period"].str.contains("mean")].iloc[0]
    past = weeks["week_end"].iloc[0] - pd.Timedelta(days=21)
    bottom.errorbar(
        past, mean["value"], yerr=_whiskers([mean["low"]], [mean["value"]], [mean["high"]]), fmt="s", color=QUIET
    )
    bottom.text(past, mean["value"] + 4, "mean of\n2025, open\nmodels only", ha="center", va="bottom", color=QUIET)
    words = (
        "Bars: what the unlisted tokens leave open\n(full colour: total of the platform printed).\n"
        "Diamonds: listed tokens only."
    )
    bottom.text(weeks["week_end"].iloc[0], 80, words, va="center", bbox={"color": "white", "alpha": 0.8, "pad": 1})
    bottom.set_xlim(left=past - pd.Timedelta(days=17))
    bottom.set_ylim(0, 100)
    bottom.set_ylabel("China's part, %")
    _months(bottom)
    marks = volumes[volumes["metric"] == "tokens"].pivot_table(index="week_end", columns="country", values="value")
    year = pd.DataFrame({"kind": ["mean of 2025, open models"], "week_end": [past], "share": [mean["value"]]})
    parts = [weeks.assign(kind="ranking"), marks.reset_index().assign(kind="printed"), year]
    return figure, pd.concat(parts, ignore_index=True).rename_axis(columns=None)


@traced
def plot_free(volumes: pd.DataFrame) -> Plot:
    """Draw each country's listed tokens, free and paid, over the weeks (from `rankings.free_volumes`)."""
    figure, axes = figures.canvas(height_cm=7.2, ncols=2, sharey=True)
    for axis, country in zip(axes, COUNTRIES, strict=True):
        rows = volumes[volumes["country"] == country]
        colour = COUNTRY_COLOURS[country]
        axis.bar(rows["week_end"], rows["paid"], width=5.4, color=colour, linewidth=0)
        axis.bar(
            rows["week_end"], rows["free"], bottom=rows["paid"], width=5.4, color="white", edgecolor=colour, hatch=HATCH
        )
        best = rows.nlargest(1, "free").iloc[0]
        height = best["free"] + best["paid"]
        axis.text(
            best["week_end"], height + 0.3, f"{best['free_share']:.0f} % free", ha="center", va="bottom", color=colour
        )
        axis.set_title(f"{COUNTRY_NAMES[country]}: paid (full), free (hatched)")
        axis.set_ylim(0, 15.5)
        _months(axis)
    axes[0].set_ylabel("listed, trillion tokens a week")
    return figure, volumes


@traced
def plot_free_exits(exits: pd.DataFrame) -> Plot:
    """Draw the tokens of each model before and after its free variant left (from `rankings.free_exits`)."""
    order = exits[exits["week"] == 0].sort_values("week_end")
    figure, grid = figures.canvas(height_cm=9.6, nrows=2, ncols=(len(order) + 2) // 2, sharex=True)
    axes = list(np.ravel(grid))
    for axis, start in zip(axes, records(order), strict=False):
        rows = exits[exits["model"] == start.model]
        colour = COUNTRY_COLOURS[start.country]
        axis.bar(rows["week"], rows["paid"], width=0.8, color=colour, linewidth=0)
        axis.bar(
            rows["week"], rows["free"], bottom=rows["paid"], width=0.8, color="white", edgecolor=colour, hatch=HATCH
        )
        gone = rows[~rows["listed"] & (rows["week"] > 0)]
        axis.errorbar(
            gone["week"], gone["bound"], yerr=np.vstack([gone["bound"], 0 * gone["bound"]]), fmt="none",
            ecolor=GUIDE, elinewidth=0.8, capsize=1.5,
        )  # fmt: skip
        axis.axvline(0.5, color=QUIET, linewidth=0.8, linestyle="--")
        name = start.model.replace("-120b-a12b", "").replace("-large-preview", "")
        axis.set_title(f"{name}\n{start.vendor}", fontsize=7.5)
        axis.set_ylim(0, 1.25 * max(rows["peak"].max(), gone["bound"].max()))
    span = int(exits["week"].max())
    for axis in axes[: len(order)]:
        axis.set_xticks([k for k in range(-span, span + 1) if k % (4 if span > 5 else 2 if span > 2 else 1) == 0])
        axis.tick_params(labelbottom=True)
    spare = axes[len(order) :]
    for axis in spare:
        axis.set_axis_off()
    spare[0].text(
        0, 0.95,
        "hatched: free, full: paid\n\nwhisker: not listed,\nat most the last\nplace's tokens\n\n"
        "dashed: free variant\nleaves the ranking",
        va="top", transform=spare[0].transAxes,
    )  # fmt: skip
    grid[-1][1].set_xlabel("weeks after the last one with the free variant", loc="left")
    for row in grid:
        row[0].set_ylabel("trillion tokens")
    return figure, exits[exits["listed"] | (exits["week"] > 0)]


@traced
def plot_mix(mix: pd.DataFrame) -> Plot:
    """Draw what the recorded tokens consist of: cached part of the prompts, completions (from `rankings.token_mix`)."""
    figure, axes = figures.canvas(height_cm=7.0, ncols=2)
    names = {"cached": "Prompt tokens that were read from a cache", "completion": "Tokens that are completions"}
    weeks = pd.date_range(mix["week_end"].min(), mix["week_end"].max(), freq="7D")
    for axis, (column, title) in zip(axes, names.items(), strict=True):
        ends: dict[str, pd.Series] = {}
        for country in COUNTRIES:
            rows = mix[mix["country"] == country].set_index("week_end")[column].reindex(weeks)
            colour = COUNTRY_COLOURS[country]
            axis.plot(weeks, rows, color=colour, marker=COUNTRY_MARKERS[country], markersize=3.5, clip_on=False)
            ends[country] = rows.dropna().tail(1)
        level = {country: float(end.iloc[0]) for country, end in ends.items() if len(end)}
        gap, order = 0.09 * 1.1 * mix[column].max(), sorted(level, key=lambda country: level[country])
        if len(order) == 2 and level[order[1]] - level[order[0]] < gap:
            middle = (level[order[0]] + level[order[1]]) / 2
            level = {order[0]: middle - gap / 2, order[1]: middle + gap / 2}
        for country, height in level.items():
            place = ends[country].index[0] + pd.Timedelta(days=6)
            axis.text(place, height, SHORT_NAMES[country], va="center", color=COUNTRY_COLOURS[country])
        axis.set_title(title)
        axis.set_ylabel("%")
        axis.set_xlim(right=mix["week_end"].max() + pd.Timedelta(days=27))
        axis.set_ylim(0, 1.1 * mix[column].max())
        _months(axis)
    return figure, mix


@traced
def plot_revenue(table: pd.DataFrame, shares: pd.DataFrame) -> Plot:
    """Draw China's part of tokens and of list-price revenue: one week by ways of counting, and all weeks.

    Parameters
    ----------
    table, shares : pandas.DataFrame
        From `rankings.countings` and `rankings.revenue_shares`.
    """
    figure, (left, right) = figures.canvas(height_cm=8.2, ncols=2, width_ratios=[1.25, 1])
    place = np.arange(len(table))
    left.axvline(50, color=GUIDE, linewidth=0.8)
    left.errorbar(
        table["value"], place, xerr=_whiskers(table["low"], table["value"], table["high"]), fmt="D",
        color=COUNTRY_COLOURS["CN"],
    )  # fmt: skip
    for row, y in zip(records(table), place, strict=True):
        left.text(row.value, y - 0.18, f"{row.value:.0f} %", ha="center", va="bottom", color=COUNTRY_COLOURS["CN"])
    left.set_yticks(place, [name.replace(", ", ",\n").replace(" at the", "\nat the") for name in table["counting"]])
    left.set_ylim(len(table) - 0.5, -0.6)
    left.set_xlim(0, 100)
    left.set_xlabel("China's part of both countries, %")
    left.set_title("The printed week, five ways")

    right.fill_between(
        shares["week_end"], shares["revenue_low"], shares["revenue_high"], color="#009E73", alpha=0.25, linewidth=0
    )
    right.plot(shares["week_end"], shares["tokens"], color=COUNTRY_COLOURS["CN"], marker="D", markersize=3)
    right.plot(shares["week_end"], shares["revenue"], color="#009E73", marker="^", markersize=3)
    most, late = shares.nlargest(1, "tokens").iloc[0], shares["week_end"].iloc[-9]
    right.text(most["week_end"], most["tokens"] + 3, "of tokens", ha="center", va="bottom", color=COUNTRY_COLOURS["CN"])
    right.text(late, 3, "of revenue", ha="center", va="bottom", color="#007a59")
    right.axhline(50, color=GUIDE, linewidth=0.8)
    right.set_ylim(0, 100)
    right.set_ylabel("China's part of both countries, %")
    right.set_title("Listed tokens and list-price revenue")
    _months(right)
    long = shares.melt(id_vars="week_end", value_vars=["tokens", "revenue"], var_name="counting")
    bounds = shares.set_index("week_end")
    revenue = long["counting"].eq("revenue")
    long["low"] = long["week_end"].map(bounds["revenue_low"]).where(revenue)
    long["high"] = long["week_end"].map(bounds["revenue_high"]).where(revenue)
    data = pd.concat([table.assign(panel="one week"), long.assign(panel="all weeks")], ignore_index=True)
    return figure, data[["panel", "week_end", "counting", "value", "low", "high"]]


@traced
def plot_concentration(printed: pd.DataFrame, recorded: pd.DataFrame, weeks: pd.DataFrame) -> Plot:
    """Draw the Lorenz curves of the printed and the recorded models, and the Herfindahl-Hirschman index by week.

    Parameters
    ----------
    printed, recorded : pandas.DataFrame
        From `model.lorenz`: the six printed models, and all of that week's ranking.
    weeks : pandas.DataFrame
        From `rankings.concentration`.
    """
    figure, (left, right) = figures.canvas(height_cm=7.8, ncols=2, width_ratios=[1, 1.45])
    left.plot([0, 1], [0, 1], color=GUIDE, linewidth=0.8)
    left.text(0.42, 0.47, "all alike", rotation=45, ha="center", va="center", color=QUIET)
    for curve, name, marker, colour in (
        (printed, "printed", "D", COUNTRY_COLOURS["CN"]),
        (recorded, "ranking", "o", "#222222"),
    ):
        left.plot(
            curve["models"],
            curve["tokens"],
            color=colour,
            marker=marker,
            markersize=4,
            clip_on=False,
            label=f"{len(curve) - 1} models, {name}",
        )
    left.legend(loc="upper left", handlelength=1.4)
    left.set_xlim(0, 1)
    left.set_ylim(0, 1)
    left.set_xlabel("part of the models, smallest first")
    left.set_ylabel("part of their tokens")
    left.set_title("Lorenz curves of the printed week")

    right.fill_between(weeks["week_end"], weeks["low"], weeks["high"], color=QUIET, alpha=0.3, linewidth=0)
    right.plot(weeks["week_end"], weeks["models"], color="#222222", marker="o", markersize=3)
    right.plot(weeks["week_end"], weeks["vendors"], color="#009E73", marker="^", markersize=3)
    place = weeks.iloc[3]
    right.text(place["week_end"], place["vendors"] + 120, "vendors, listed", va="bottom", color="#007a59")
    right.text(place["week_end"], place["models"] + 120, "models, listed", va="bottom", color="#222222")
    right.text(place["week_end"], 20, "models, whole platform (bounds)", va="bottom", color=QUIET)
    right.set_ylim(0, 1.08 * weeks["vendors"].max())
    right.set_ylabel("Herfindahl-Hirschman index")
    right.set_title("Concentration of the first nine places")
    _months(right)
    data = pd.concat(
        [
            printed.assign(panel="Lorenz, printed models"),
            recorded.assign(panel="Lorenz, ranking"),
            weeks.rename(columns={"models": "hhi_models", "vendors": "hhi_vendors"}).assign(panel="HHI by week"),
        ],
        ignore_index=True,
    )
    return figure, data[["panel", "models", "tokens", "week_end", "hhi_models", "hhi_vendors", "low", "high"]]
