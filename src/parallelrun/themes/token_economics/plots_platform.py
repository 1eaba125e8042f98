"""Figures of the whole platform: the article's week by country, open weights, concentration."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Patch

from parallelrun.errors import FigureError
from parallelrun.study.canvas import CHINA, COUNTRY_COLOURS, DARK, GREY, INK, PALE, canvas
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import (
    from_zero,
    label_ends,
    log_axis,
    records,
    rows_axis,
    time_axis,
    whiskers,
    zero_line,
)
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.token_economics.plots import HATCH
from parallelrun.themes.token_economics.printed import central

NAMES = {"CN": "China", "US": "United States", "elsewhere": "elsewhere", "unknown": "unknown"}


@drawn
def platform_week(chart: pd.DataFrame, ratios: dict[str, Estimate]) -> Plot:
    """Draw the article's week by country, the nine models that the press counts and all others, and the ratios.

    Parameters
    ----------
    chart : pandas.DataFrame
        From `platform.chart`.
    ratios : dict of Estimate
        China over US by what is counted; the first is the article's, the second that of all tokens.
    """
    figure, (left, right) = canvas(6.8, ncols=2, width_ratios=[1.2, 1])
    for y, row in enumerate(records(chart)):
        colour = COUNTRY_COLOURS.get(row.country, GREY)
        left.barh(y, row.listed, height=0.6, color=colour, edgecolor=colour)
        left.barh(y, row.beyond, left=row.listed, height=0.6, color="white", edgecolor=colour, hatch=HATCH)
        left.annotate(
            f"{row.listed + row.beyond:.1f}", (row.listed + row.beyond, y), (4, 0), textcoords="offset points",
            va="center", color=colour,
        )  # fmt: skip
    rows_axis(left, [NAMES[country] for country in chart["country"]])
    from_zero(left.xaxis, head=0.15)
    left.set_xlabel("trillion tokens in the week")
    left.set_title("All tokens by the vendor's country")
    shades = [Patch(facecolor=PALE, edgecolor=PALE), Patch(facecolor="white", edgecolor=PALE, hatch=HATCH)]
    left.legend(shades, ["the nine models of the chart", "all others"], loc="lower right")

    for y, ratio in enumerate(ratios.values()):
        whiskers(right, central(ratio), *ratio.ends, y, marker="D", color=CHINA)
        right.annotate(
            f"{central(ratio):.2g}", (central(ratio), y), (0, 5), textcoords="offset points", ha="center",
            va="bottom", color=CHINA,
        )  # fmt: skip
    rows_axis(right, list(ratios))
    zero_line(right, 1, upright=True)
    log_axis(right.xaxis)
    right.margins(x=0.12)
    right.set_xlabel("China over US (line: level)")
    right.set_title("The ratio, by what is counted")
    (first, article), (_, whole) = list(ratios.items())[:2]
    kinds = pd.DataFrame(
        [(name, central(r), *r.ends) for name, r in ratios.items()], columns=["counted", "value", "low", "high"]
    )
    data = pd.concat([chart.assign(panel="tokens"), kinds.assign(panel="ratio")], ignore_index=True)
    return Plot(
        figure,
        data[["panel", "country", "listed", "beyond", "counted", "value", "low", "high"]],
        title=f"Over all tokens of the week Chinese models had {central(whole):.1f} times what US ones had, "
        f"not {central(article):.1f} times",
        alt="Left: bars of tokens by country, of the nine largest models and of all others. Right: the ratio China "
        f"over US is {central(article):.2g} for {first}, {central(whole):.2g} for all tokens.",
        caption="Left: a week's tokens of the whole platform; unknown: models below the fiftieth place of their day. "
        "Right: diamonds without the unknown; whiskers: all of it given to the US, or to China (the first: rounding).",
    )


@drawn
def open_weights(months: pd.DataFrame, chinese: pd.DataFrame) -> Plot:
    """Draw the part of all tokens that open weights had by month, and Chinese models' tokens by weights and week.

    Parameters
    ----------
    months, chinese : pandas.DataFrame
        From `platform.open_months` and `platform.chinese_weights`.
    """
    if months.empty or chinese.empty:
        raise FigureError("open_weights: no months or no Chinese models; add rows to platform_months or platform_weeks")
    figure, (left, right) = canvas(7.4, ncols=2)
    left.fill_between(months["period_end"], months["low"], months["high"], color=DARK, alpha=0.25, linewidth=0)
    left.plot(months["period_end"], months["low"], color=DARK, marker=".", markersize=4)
    from_zero(left.yaxis)
    left.set_ylabel("% of the platform's tokens")
    left.set_title("Open weights of any country, by month")
    time_axis(left.xaxis)
    looks = {"open": {"color": CHINA}, "closed": {"color": "white", "hatch": HATCH}, "unlisted": {"color": "white"}}
    bottom, names = 0 * chinese["open"], {"open": "open weights"}
    for state, look in looks.items():
        right.bar(
            chinese["week_end"],
            chinese[state],
            bottom=bottom,
            width=5.4,
            edgecolor=CHINA,
            label=names.get(state, state),
            **look,
        )
        bottom = bottom + chinese[state]
    from_zero(right.yaxis, head=0.2)
    right.legend(loc="upper left", ncols=3, handlelength=1.2)
    right.set_ylabel("trillion tokens a week")
    right.set_title("Chinese models, by their weights")
    time_axis(right.xaxis)
    first = chinese.sort_values("week_end").iloc[0]
    best = chinese.nlargest(1, "share").iloc[0]
    data = pd.concat([months.assign(panel="months"), chinese.assign(panel="weeks")], ignore_index=True)
    return Plot(
        figure,
        data,
        title=f"{first['share']:.0f} % of Chinese models' tokens in the article's week were of open weights, later "
        f"up to {best['share']:.0f} %",
        alt=f"Left: the part of open weights in all tokens, {months['low'].iloc[0]:.0f} to "
        f"{months['high'].iloc[0]:.0f} % in the first month and {months['low'].iloc[-1]:.0f} to "
        f"{months['high'].iloc[-1]:.0f} % in the last. Right: weekly bars of Chinese models' tokens by whether their "
        f"weights are open.",
        caption="Left: line: what is classified as open; band: all that is not classified counts as open too. Right: "
        "weeks with data on the whole platform; unlisted: models too new for the list of open weights. Who hosts an "
        "open model, and where, is not in the data.",
    )


@drawn
def concentration(shares: pd.DataFrame, index: Estimate) -> Plot:
    """Draw the vendors' parts of all tokens in a week.

    Parameters
    ----------
    shares : pandas.DataFrame
        From `platform.vendor_shares`.
    index : Estimate
        `platform.vendor_index`.
    """
    figure, axes = canvas(3.0 + 0.42 * max(len(shares), 2))
    for y, row in enumerate(records(shares)):
        known = row.country in COUNTRY_COLOURS
        colour = COUNTRY_COLOURS.get(row.country, GREY)
        hatch = None if known or row.country == "elsewhere" else HATCH
        axes.barh(y, row.share, height=0.66, color="white" if hatch else colour, edgecolor=colour, hatch=hatch)
    label_ends(axes, shares["share"], range(len(shares)), [f"{share:.1f} %" for share in shares["share"]], INK)
    rows_axis(axes, [str(name) for name in shares["vendor"].fillna("unknown")])
    axes.tick_params(axis="y", length=0)
    from_zero(axes.xaxis)
    axes.set_xlabel("% of the platform's tokens in the week")
    largest = shares[shares["vendor"].notna()].head(1)
    first = " and ".join(
        f"{row.vendor}, the largest vendor, had {row.share:.0f} % of all tokens of the article's week"
        for row in records(largest)
    )
    return Plot(
        figure,
        shares,
        title=first,
        alt=f"Bars of the part of each of {so_many(len(shares), 'vendor')} in all tokens of the article's week, "
        f"coloured by country. {first}.",
        caption="Colour: country of the vendor's seat; grey: elsewhere; hatched: below the fiftieth place of the day. "
        f"Herfindahl-Hirschman index of vendors: {index.ends[0]:,.0f} if the unknown is of many small ones, "
        f"{index.ends[1]:,.0f} if all of it is of the largest.",
    )
