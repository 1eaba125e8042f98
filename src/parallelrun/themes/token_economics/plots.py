"""Figures of the article's own figures: volumes and shares, the models that it lists, what is unlisted, users."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from parallelrun.errors import FigureError
from parallelrun.study.canvas import (
    CHINA,
    COUNTRY_COLOURS,
    COUNTRY_MARKERS,
    DARK,
    GREEN,
    GREY,
    INK,
    PALE,
    canvas,
)
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    from_zero,
    label_ends,
    label_points,
    log_axis,
    plain,
    records,
    rows_axis,
    whiskers,
)
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.token_economics.printed import COUNTRIES, central

HATCH = "/////"


def day(date: pd.Timestamp) -> str:
    """Return a day as ``5 Apr 2026``."""
    return f"{date.day} {date:%b %Y}"


def by_week(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of weeks by their last day, with empty rows for those that are missing, where lines break."""
    ends = pd.DatetimeIndex(frame["week_end"])
    every = pd.date_range(ends.min(), ends.max(), freq="7D").union(ends)
    return frame.drop_duplicates("week_end").set_index("week_end").reindex(every)


@drawn
def weekly_volumes(two_weeks: pd.DataFrame, shares: pd.DataFrame, totals: dict[str, Estimate]) -> Plot:
    """Draw the printed volumes with the week before, the printed shares, and the platform totals that they imply.

    Parameters
    ----------
    two_weeks : pandas.DataFrame
        From `printed.previous_week`.
    shares : pandas.DataFrame
        From `printed.shares`.
    totals : dict of Estimate
        `printed.implied_total` by country.
    """
    figure, (left, middle, right) = canvas(7.6, ncols=3, width_ratios=[1.15, 1, 1.25])
    weeks = sorted(two_weeks["week_end"].unique())
    for country in two_weeks["country"].unique():
        rows, colour = two_weeks[two_weeks["country"] == country], COUNTRY_COLOURS[country]
        x = rows["week_end"].map(weeks.index)
        left.plot(x, rows["value"], color=colour, marker=COUNTRY_MARKERS[country])
    ends = two_weeks.groupby("country").tail(1)
    texts = [f"{row.value:.2f}\n{SHORT[row.country]}" for row in records(ends)]
    colours = [COUNTRY_COLOURS[country] for country in ends["country"]]
    label_ends(left, ends["week_end"].map(weeks.index), ends["value"], texts, colours)
    left.set_xticks(range(len(weeks)), [f"to {end.day} {end:%b}" for end in weeks])
    left.margins(x=0.25)
    from_zero(left.yaxis)
    left.set_ylabel("trillion tokens a week")
    left.set_title("Volumes, the earlier by growth")

    bottom = 0.0
    for row in records(shares):
        own = row.country in COUNTRY_COLOURS
        colour = COUNTRY_COLOURS.get(row.country, GREY)
        face, hatch = (colour, None) if own else ("white", HATCH)
        middle.bar(0, row.value, bottom=bottom, width=0.5, color=face, edgecolor=colour, hatch=hatch)
        label = f"{row.value:.0f} % {SHORT.get(row.country, row.country)}"
        middle.annotate(
            label, (0.25, bottom + row.value / 2), (4, 0), textcoords="offset points", va="center", color=colour
        )
        bottom += row.value
    middle.set_xlim(-0.3, 1.1)
    middle.set_ylim(0, max(100.0, bottom))
    middle.set_xticks([])
    middle.set_ylabel("% of the platform's tokens")
    middle.set_title("Shares, ±0.5 each")

    for place, (country, total) in enumerate(totals.items()):
        marker, colour = COUNTRY_MARKERS[country], COUNTRY_COLOURS[country]
        whiskers(right, central(total), *total.ends, place, upright=True, marker=marker, color=colour)
        label_ends(right, [place], [central(total)], [f"{central(total):.1f}"], COUNTRY_COLOURS[country])
    right.set_xticks(range(len(totals)), [f"from the\n{ADJECTIVES[country]} share" for country in totals])
    right.margins(x=0.4, y=0.1)
    right.set_ylabel("trillion tokens a week")
    right.set_title("Implied total of the platform")

    data = pd.concat(
        [
            two_weeks.assign(quantity="volume", unit="trillion tokens"),
            shares.assign(quantity="share", unit="%"),
            pd.DataFrame(
                [(c, "implied total", central(t), *t.ends, t.unit) for c, t in totals.items()],
                columns=["country", "quantity", "value", "low", "high", "unit"],
            ),
        ],
        ignore_index=True,
    )
    unlisted = shares.loc[shares["country"] == "unlisted", "value"].sum()
    return Plot(
        figure,
        data[["quantity", "country", "week_end", "value", "low", "high", "unit"]],
        title=f"The article's two shares leave {unlisted:.0f} % of the platform's tokens unlisted",
        alt="Three panels: tokens of Chinese and US models in the article's week and the week before; a bar of the "
        f"platform's tokens with {unlisted:.0f} % in neither printed share; two implied totals that overlap.",
        caption="Left: printed volumes and the week before, by the printed growth. Middle: printed shares; hatched, "
        "what neither share covers. Right: platform total, volume over share; whiskers: rounding of both.",
    )


SHORT = {"CN": "China", "US": "US"}
ADJECTIVES = {"CN": "Chinese", "US": "US"}


@drawn
def top_models(models: pd.DataFrame, free: Estimate) -> Plot:
    """Draw the models that the article lists, by rank, the free ones hatched.

    Parameters
    ----------
    models : pandas.DataFrame
        From `rankings.printed_models`.
    free : Estimate
        `free.free_share`.
    """
    if models.empty:
        raise FigureError("top_models: the article lists no model; add rows to token_economics/top_models")
    figure, axes = canvas(3.6 + 0.65 * len(models))
    for y, row in enumerate(records(models)):
        is_free, colour = bool(row.free_in_ranking), COUNTRY_COLOURS[row.country]
        face, hatch = ("white", HATCH) if is_free else (colour, None)
        axes.barh(y, row.value, height=0.66, color=face, edgecolor=colour, hatch=hatch)
    place = np.arange(len(models))
    whiskers(axes, models["value"], models["low"], models["high"], place, marker="", color=DARK, capsize=2)
    tiers = [
        "paid" if not row.free_in_ranking else f"free{'' if row.free_in_article else ', by the ranking only'}"
        for row in records(models)
    ]
    texts = [f"{row.value:,.3g}  {tier}" for row, tier in zip(records(models), tiers, strict=True)]
    label_ends(axes, models["high"], place, texts, INK)
    rows_axis(axes, [f"{row.model} ({row.vendor})  {row.rank}" for row in records(models)])
    axes.tick_params(axis="y", length=0)
    from_zero(axes.xaxis, head=0.25)
    axes.set_xlabel("trillion tokens in the week, as printed")
    return Plot(
        figure,
        models,
        title=f"{free.value:.0f} % of the tokens of the Chinese models that the article lists were free",
        alt=f"Bars of {so_many(len(models), 'model')}, all of Chinese vendors, from {models['value'].max():.3g} down "
        f"to {models['value'].min():.3g} trillion tokens; "
        f"{so_many(models['free_in_ranking'].sum(), 'is a free variant', 'are free variants')}.",
        caption="Tokens as printed, by rank; whiskers: rounding. Hatched: offered at no charge by the ranking's own "
        "name of the variant; the label says where only the ranking, and not the article, marks it so.",
    )


@drawn
def ratio_by_split(
    curve: pd.DataFrame,
    surface: pd.DataFrame,
    parity: Estimate,
    listed: Estimate,
    chosen: Estimate,
    at: float,
    tokenizers: Estimate,
    found: Estimate,
) -> Plot:
    """Draw the ratio of all tokens for every split of the unlisted ones, and of text with tokenizers that differ.

    Parameters
    ----------
    curve, surface : pandas.DataFrame
        From `printed.ratio_by_split` and `printed.ratio_surface`.
    parity, listed, chosen : Estimate
        The split at parity, the printed ratio, and the ratio at the chosen split.
    at : float
        The chosen split in per cent.
    tokenizers : Estimate
        The chosen tokenizer ratio.
    found : Estimate
        The US part of the tokens beyond the nine models, from the data of the whole platform (per cent).
    """
    figure, (left, right) = canvas(8.4, ncols=2)
    x = curve["unclassified_us_share"]
    left.fill_between(x, curve["low"], curve["high"], color=CHINA, alpha=0.25, linewidth=0)
    left.plot(x, curve["value"], color=CHINA)
    left.axvspan(*found.ends, color=GREEN, alpha=0.2, linewidth=0)
    left.axhline(1, color=GREY, linewidth=0.8)
    left.axhline(central(listed), color=PALE, linewidth=0.8, linestyle="--")
    left.text(
        0.98, central(listed), f"printed {central(listed):.1f}", transform=left.get_yaxis_transform(), ha="right",
        va="bottom", color=GREY,
    )  # fmt: skip
    left.plot([at], [central(chosen)], marker="D", color=CHINA)
    points = [(at, central(chosen), f"{central(chosen):.2f} at {at:g} %", CHINA)]
    if 0 <= central(parity) <= 100:
        left.plot([central(parity)], [1], marker="o", color=GREY)
        points.append((central(parity), 1.0, f"level at {central(parity):.0f} %", GREY))
    _label_beside(left, points, x, curve["value"])
    log_axis(left.yaxis)
    left.margins(y=0.1)
    left.set_xlim(0, 100)
    left.set_xlabel("unlisted tokens that are of US models, %")
    left.set_ylabel("tokens, China over US")
    left.set_title("One token, one unit")

    grid = surface.pivot_table(index="tokenizer_ratio", columns="unclassified_us_share", values="value")
    least, most = surface["value"].min(), surface["value"].max()
    levels = [2.0**k for k in range(-10, 11) if 1.2 * least < 2.0**k < most / 1.2]
    if levels and min(grid.shape) > 1:
        heavy = [level == 1 for level in levels]
        lines = right.contour(
            grid.columns, grid.index, grid.to_numpy(), levels=levels, colors=[DARK if h else GREY for h in heavy],
            linewidths=[1.8 if h else 0.8 for h in heavy],
        )  # fmt: skip
        right.clabel(lines, fmt=FuncFormatter(plain), fontsize=7.5, inline_spacing=3)
    log_axis(right.yaxis)
    right.grid(False)
    whiskers(right, central(tokenizers), *tokenizers.ends, at, upright=True, marker="D", color=CHINA)
    right.set_xlabel("unlisted tokens that are of US models, %")
    right.set_ylabel("tokens of a Chinese model for one\nof a US model, same text")
    right.set_title("Text, China over US, if tokenizers differ")
    data = pd.concat(
        [curve.assign(panel="split", tokenizer_ratio=1.0), surface.assign(panel="tokenizers")], ignore_index=True
    )
    all_us = curve["value"].iloc[-1]
    return Plot(
        figure,
        data[["panel", "unclassified_us_share", "tokenizer_ratio", "value", "low", "high"]],
        title=f"Of the tokens that the article's shares leave out {found.ends[0]:.0f} to {found.ends[1]:.0f} % were US "
        "models'",
        alt=f"Left: the ratio falls from {curve['value'].iloc[0]:.2g} to {all_us:.2g} as more of the unlisted tokens "
        f"are of US models, and is one at {central(parity):.0f} %. Right: contours of the ratio of text.",
        caption="Left: ratio of all tokens by the split of the unlisted ones; band: rounding of both shares. Right: "
        "the same over the tokenizer ratio; heavy line: level. Diamond and whisker: the notebook's parameters. "
        "Green: what the data of the whole platform leave open.",
    )


def _label_beside(axes: Axes, points: list[tuple[float, float, str, str]], x: pd.Series, y: pd.Series) -> None:
    """Label points where the label does not lie on the curve."""
    every = slice(None, None, max(len(x) // 40, 1))
    xs = [point[0] for point in points] + x[every].to_list()
    ys = [point[1] for point in points] + y[every].to_list()
    blank = len(xs) - len(points)
    texts, colours = [p[2] for p in points] + [""] * blank, [p[3] for p in points] + [INK] * blank
    label_points(axes, xs, ys, texts, colours, fontsize=7.5)


@drawn
def users_and_tokens(parts: pd.DataFrame, curve: pd.DataFrame, intensity: float, level: Estimate) -> Plot:
    """Draw the shares of users beside the shares of tokens, and how much users in China can account for.

    Parameters
    ----------
    parts, curve : pandas.DataFrame
        From `printed.users_and_tokens` and `printed.own_use_curve`.
    intensity : float
        The chosen tokens of a user in China for each one of a user elsewhere, to be marked.
    level : Estimate
        The intensity to be marked as the level, and the part that it stands for is read from the curve.
    """
    figure, (left, right) = canvas(7.2, ncols=2, width_ratios=[1, 1.15])
    for place, country in enumerate(COUNTRIES):
        rows, colour = parts[parts["country"] == country], COUNTRY_COLOURS[country]
        left.plot(rows["value"], [place] * len(rows), color=colour, linewidth=1)
        for row in records(rows):
            users = row.quantity == "users"
            face, marker = ("white", "o") if users else (colour, "D")
            whiskers(left, row.value, row.low, row.high, place, color=colour, marker=marker, markerfacecolor=face)
            left.annotate(
                f"{row.value:.3g} % of\n{row.quantity}", (row.value, place), (0, 7), textcoords="offset points",
                ha="center", va="bottom", color=colour,
            )  # fmt: skip
    rows_axis(left, ["China", "United\nStates"])
    left.margins(x=0.15)
    left.set_ylim(1.4, -0.75)
    left.set_xlabel("% of the platform")
    left.set_title("Users of a country, tokens of its models")

    right.fill_between(curve["intensity"], curve["low"], curve["high"], color=CHINA, alpha=0.25, linewidth=0)
    right.plot(curve["intensity"], curve["value"], color=CHINA)
    now, at_level = (float(np.interp(k, curve["intensity"], curve["value"])) for k in (intensity, central(level)))
    right.plot([intensity], [now], marker="D", color=CHINA)
    right.plot([central(level)], [at_level], marker="o", color=GREY)
    points = [
        (intensity, now, f"at most {now:.3g} %", CHINA),
        (central(level), at_level, f"{at_level:.0f} % at {central(level):.3g} times", GREY),
    ]
    _label_beside(right, points, curve["intensity"], curve["value"])
    log_axis(right.xaxis)
    right.grid(False)
    from_zero(right.yaxis)
    right.set_xlabel("tokens of a user in China for one of a user elsewhere")
    right.set_ylabel("% of Chinese models' tokens")
    right.set_title("What users in China can account for")
    data = pd.concat([parts, curve.assign(quantity="own use", country="CN")], ignore_index=True)
    return Plot(
        figure,
        data[["quantity", "country", "intensity", "value", "low", "high"]],
        title=f"At {intensity:g} × others' use, users in China ask for at most {now:.3g} % of Chinese models' tokens",
        alt="Left: China has few of the users and many of the tokens, the US the reverse. Right: the part of Chinese "
        f"models' tokens that users in China can account for rises to {at_level:.0f} % at {central(level):.3g} times "
        "the use of others.",
        caption="Left: printed shares of users by country and of tokens by the models' country; whiskers: rounding. "
        "Right: upper bound of own use by the tokens of a user in China for each one of a user elsewhere; diamond: as "
        "set in the parameters; band: rounding.",
    )
