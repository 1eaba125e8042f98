"""Figures of the weekly rankings: whom the press counted, who is ahead, free and paid, concentration."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from parallelrun.study.canvas import (
    CHINA,
    COUNTRY_COLOURS,
    COUNTRY_MARKERS,
    COUNTRY_NAMES,
    DARK,
    GREEN,
    GREY,
    INK,
    canvas,
)
from parallelrun.study.drawing import (
    days,
    from_zero,
    label_ends,
    records,
    rows_axis,
    time_axis,
    zero_line,
)
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import drawn
from parallelrun.themes.token_economics.plots import HATCH, SHORT, day
from parallelrun.themes.token_economics.printed import COUNTRIES
from parallelrun.themes.token_economics.rankings import runs

WEEK = pd.Timedelta(days=7)


@drawn
def first_nine(table: pd.DataFrame, matched: Estimate, of: Estimate) -> Plot:
    """Draw how far the ranking's sums of nine and of ten places lie from what the press printed.

    Parameters
    ----------
    table : pandas.DataFrame
        From `rankings.compare_with_press`.
    matched, of : Estimate
        From `rankings.exact_matches`.
    """
    kinds = {"ten": ("s", 7, "10 places"), "nine": ("o", 5, "9 places (filled)"), "odd": ("x", 5, "9, one as Chinese")}
    data = table.assign(kind=np.select([table["anonymous"], table["places"] == 9], ["odd", "nine"], "ten"))
    known = data[data["kind"] == "nine"].set_index(["week_end", "country"])["recorded"]
    same = known.reindex(pd.MultiIndex.from_frame(data[["week_end", "country"]])).to_numpy() == data["recorded"]
    data = data[(data["kind"] != "odd") | ~same].sort_values(["country", "week_end", "places"])
    weeks = sorted(table["week_end"].unique())
    figure, axes = canvas(3.4 + 0.5 * max(len(weeks), 2), ncols=2, sharey=True, sharex=True)
    for axis, country in zip(axes, COUNTRIES, strict=True):
        zero_line(axis, upright=True)
        for kind, (marker, size, _) in kinds.items():
            rows = data[(data["country"] == country) & (data["kind"] == kind)]
            colour = DARK if kind == "odd" else COUNTRY_COLOURS[country]
            shape = COUNTRY_MARKERS[country] if kind == "nine" else marker
            axis.plot(
                rows["difference"], rows["week_end"].map(weeks.index), marker=shape, linestyle="", color=colour,
                markerfacecolor="white" if kind == "ten" else colour, markersize=size,
            )  # fmt: skip
        axis.set_title(COUNTRY_NAMES[country])
        axis.set_xlabel("recorded sum against printed, %")
    rows_axis(axes[0], [f"to {day(pd.Timestamp(week))}" for week in weeks])
    handles = [
        Line2D(
            [], [], marker=m, linestyle="", color=DARK, markerfacecolor="white" if k == "ten" else DARK, markersize=s
        )
        for k, (m, s, _) in kinds.items()
    ]
    figure.legend(handles, [name for _, _, name in kinds.values()], loc="outside lower center", ncols=3)
    ten = data.loc[data["kind"] == "ten", "difference"]
    return Plot(
        figure,
        data.drop(columns="kind").rename(columns={"source": "printed_by"}).reset_index(drop=True),
        title=f"{matched.value:.0f} of {of.value:.0f} sums that the press printed are those of the first nine models",
        alt="Two panels of differences between recorded and printed sums by week. "
        f"{matched.value:.0f} of {of.value:.0f} sums of nine places lie at zero; sums of ten lie up to "
        f"{ten.max():.0f} % above.",
        caption="Filled: sum of the ranking's first nine places, open squares: of all ten, crosses: nine with the "
        "anonymous model counted as Chinese. Printed sums include those that follow from printed growth.",
    )


@drawn
def weeks_ahead(weeks: pd.DataFrame, printed: pd.DataFrame, ahead: Estimate) -> Plot:
    """Draw the listed tokens of each country and week, and the bounds of China's part of all tokens.

    Parameters
    ----------
    weeks : pandas.DataFrame
        From `rankings.weekly`.
    printed : pandas.DataFrame
        The rows of ``weekly_volumes`` with tokens.
    ahead : Estimate
        `rankings.weeks_ahead`.
    """
    figure, (top, bottom) = canvas(11.4, nrows=2, sharex=True)
    span = weeks["week_end"].max() - weeks["week_end"].min() + WEEK
    for run in records(runs(weeks)):
        if run.leader == "CN":
            for axis in (top, bottom):
                axis.axvspan(run.first - WEEK / 2, run.last + WEEK / 2, color=CHINA, alpha=0.09, linewidth=0)
            if run.weeks * WEEK / span > 0.03:
                middle = run.first + (run.last - run.first) / 2
                top.text(
                    middle,
                    0.98,
                    f"{run.weeks}",
                    transform=top.get_xaxis_transform(),
                    ha="center",
                    va="top",
                    color=CHINA,
                )
    for country in COUNTRIES:
        look = {"color": COUNTRY_COLOURS[country], "marker": COUNTRY_MARKERS[country], "markersize": 3.5}
        top.plot(weeks["week_end"], weeks[country], **look)
    top.plot(printed["week_end"], printed["value"], marker="x", markersize=8, color=DARK, linestyle="")
    last = weeks.iloc[-1]
    names, colours = [SHORT[c] for c in COUNTRIES], [COUNTRY_COLOURS[c] for c in COUNTRIES]
    label_ends(top, days(last["week_end"]), [last[c] for c in COUNTRIES], names, colours)
    from_zero(top.yaxis, head=0.15)
    top.set_ylabel("listed, trillion tokens a week")
    top.set_title("Ranked models (×: the article; figures above: weeks in a row with China ahead)")

    known = weeks["total_printed"].to_numpy(bool)
    for rows, strength in ((weeks[~known], 0.4), (weeks[known], 1.0)):
        bottom.vlines(rows["week_end"], rows["share_low"], rows["share_high"], color=CHINA, alpha=strength, linewidth=3)
    zero_line(bottom, 50)
    bottom.set_ylim(0, 100)
    bottom.set_ylabel("China's part of all tokens, %")
    bottom.set_title("What the unlisted tokens leave open (strong: the platform's total was printed)")
    time_axis(bottom.xaxis)
    peak = weeks.nlargest(1, "CN").iloc[0]
    marks = printed.pivot_table(index="week_end", columns="country", values="value").reset_index()
    parts = [weeks.assign(kind="ranking"), marks.assign(kind="printed")]
    return Plot(
        figure,
        pd.concat(parts, ignore_index=True).rename_axis(columns=None),
        title=f"Among listed models China led {ahead.value:.0f} weeks in a row up to the article's",
        alt=f"Upper panel: listed tokens of both countries by week; China's highest is {peak['CN']:.1f} trillion in "
        f"the week to {day(peak['week_end'])}. Lower panel: wide bounds of its share.",
        caption="Upper: tokens of ranked models; crosses: the article. Shaded: China ahead. Lower: China's part of all "
        "tokens with the unlisted given to the US or to China.",
    )


@drawn
def free_and_paid(volumes: pd.DataFrame, paid: Estimate) -> Plot:
    """Draw each country's listed tokens, free and paid, over the weeks.

    Parameters
    ----------
    volumes : pandas.DataFrame
        From `free.free_volumes`.
    paid : Estimate
        `free.paid_ratio`.
    """
    figure, axes = canvas(7.4, ncols=2, sharey=True)
    for axis, country in zip(axes, COUNTRIES, strict=True):
        rows, colour = volumes[volumes["country"] == country], COUNTRY_COLOURS[country]
        axis.bar(rows["week_end"], rows["paid"], width=5.4, color=colour, linewidth=0)
        axis.bar(
            rows["week_end"], rows["free"], bottom=rows["paid"], width=5.4, color="white", edgecolor=colour, hatch=HATCH
        )
        for best in records(rows.nlargest(1, "free")):
            axis.annotate(
                f"{best.free_share:.0f} % free", (best.week_end, best.free + best.paid), (0, 3),
                textcoords="offset points", ha="center", va="bottom", color=colour,
            )  # fmt: skip
        axis.set_title(f"{COUNTRY_NAMES[country]}: paid (full), free (hatched)")
        axis.margins(x=0.12)
        time_axis(axis.xaxis)
    from_zero(axes[0].yaxis, head=0.15)
    axes[0].set_ylabel("listed, trillion tokens a week")
    best = volumes.nlargest(1, "free").iloc[0]
    return Plot(
        figure,
        volumes,
        title=f"{SHORT[best['country']]}'s week with the most free tokens was {best['free_share']:.0f} % free",
        alt="Bars of listed tokens by week, paid and free, for China and the United States. Most of the Chinese bar is "
        f"free in {((volumes['free_share'] > 50) & (volumes['country'] == 'CN')).sum()} weeks; the week with the most "
        f"free tokens is that to {best['week_end'].date()}. On paid tokens China led {paid.value:.1f} to 1 in the "
        "article's week.",
        caption="Tokens of ranked models. Full: paid variants. Hatched: variants offered at no charge. Label: free "
        "part of the week with the most free tokens.",
    )


@drawn
def free_exits(exits: pd.DataFrame, kept: Estimate) -> Plot:
    """Draw the tokens of each model at its free peak and in the week after its free variant left the ranking.

    Parameters
    ----------
    exits : pandas.DataFrame
        From `free.free_exits`.
    kept : Estimate
        `free.retained`.
    """
    after = exits[exits["week"] == 1].sort_values("peak", ascending=False)
    figure, axes = canvas(3.6 + 0.62 * max(len(after), 1))
    for y, row in enumerate(records(after)):
        colour = COUNTRY_COLOURS.get(row.country, GREY)
        least, most = row.paid, row.bound + (row.paid if row.listed else row.bound)
        axes.plot([row.peak, most], [y, y], color=colour, linewidth=0.8, zorder=1)
        axes.barh(y, most - least, left=least, height=0.4, color="white", edgecolor=colour, hatch=HATCH)
        axes.plot([row.peak], [y], marker="o", color=colour, markerfacecolor="white", markersize=6)
    back = exits[(exits["week"] > 1) & exits["listed"]].groupby("model")["week"].min()
    texts = [f"listed again after {back[m]} weeks" if m in back.index else "" for m in after["model"]]
    named = [place for place, text in enumerate(texts) if text]
    label_ends(axes, after["peak"].iloc[named], named, [texts[place] for place in named], INK)
    rows_axis(axes, [f"{row.model} ({row.vendor})" for row in records(after)])
    axes.tick_params(axis="y", length=0)
    from_zero(axes.xaxis)
    axes.set_xlabel("trillion tokens a week (circle: free peak; hatched: the week after, bounds)")
    listed = int(after["listed"].sum())
    return Plot(
        figure,
        exits[exits["listed"] | (exits["week"] > 0)],
        title=f"A week after their free variant left the ranking, models had at most {kept.high:.0f} % of their peaks",
        alt=f"Rows of {len(after)} models: the free peak and what is possible in the week after. {listed} of them were "
        f"in the ranking in that week; {len(back)} are listed again later.",
        caption="Both variants of a model together; one that is not listed has at most the tokens of the last listed "
        "place. When an offer ended is not recorded. Anonymous models and variants in the last ranking are left out.",
    )


@drawn
def concentration(weeks: pd.DataFrame) -> Plot:
    """Draw the Herfindahl-Hirschman index by week.

    Parameters
    ----------
    weeks : pandas.DataFrame
        From `concentration.by_week`.
    """
    figure, axes = canvas(7.4)
    axes.fill_between(weeks["week_end"], weeks["low"], weeks["high"], color=GREY, alpha=0.3, linewidth=0)
    axes.plot(weeks["week_end"], weeks["models"], color=DARK, marker="o", markersize=3)
    axes.plot(weeks["week_end"], weeks["vendors"], color=GREEN, marker="^", markersize=3)
    last = weeks.iloc[-1]
    label_ends(
        axes, days(last["week_end"]), [last["vendors"], last["models"], last["high"]],
        ["vendors,\nlisted", "models,\nlisted", "models, all\n(bounds)"], [GREEN, DARK, GREY],
    )  # fmt: skip
    from_zero(axes.yaxis)
    axes.set_ylabel("Herfindahl-Hirschman index")
    time_axis(axes.xaxis)
    return Plot(
        figure,
        weeks,
        title=f"No week's index of all models was above {weeks['high'].max():,.0f}",
        alt=f"By week: the index of listed vendors lies between {weeks['vendors'].min():,.0f} and "
        f"{weeks['vendors'].max():,.0f}, of listed models between {weeks['models'].min():,.0f} and "
        f"{weeks['models'].max():,.0f}, of all models at most {weeks['high'].max():,.0f}.",
        caption="Index of the first nine places by model and vendor, and bounds for the platform's models (unlisted "
        "ever so small, or each as large as the last listed).",
    )
