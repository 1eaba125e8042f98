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
    GREY,
    INK,
    canvas,
)
from parallelrun.study.counts import form, so_many
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
from parallelrun.themes.token_economics.plots import HATCH, SHORT, by_week, day
from parallelrun.themes.token_economics.printed import COUNTRIES
from parallelrun.themes.token_economics.rankings import runs

WEEK = pd.Timedelta(days=7)

LABEL_WIDTH = 0.3
"""Part of a panel's weeks over which a short label lies, in a narrow panel too."""


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
    kinds = {
        "ten": ("s", 7, "10 places"),
        "nine": ("o", 5, "9 places (filled)"),
        "odd": ("x", 5, "9, with vendors named by then"),
    }
    data = table.assign(kind=np.select([table["disclosed"], table["places"] == 9], ["odd", "nine"], "ten"))
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
        title=f"{matched.value:.0f} of {so_many(of.value, 'sum')} that the press printed "
        f"{form(matched.value, 'is that', 'are those')} of the first nine models",
        alt="Two panels of differences between recorded and printed sums by week. "
        f"{matched.value:.0f} of {so_many(of.value, 'sum')} of nine places {form(matched.value, 'lies', 'lie')} at "
        f"zero; sums of ten lie up to {ten.max():.0f} % above.",
        caption="Filled: sum of the ranking's first nine places, open squares: of all ten, crosses: nine, "
        "with a model of a cover name counted as its vendor's once that was named. Printed sums include those that "
        "follow from printed growth.",
    )


@drawn
def weeks_ahead(ranked: pd.DataFrame, whole: pd.DataFrame, printed: pd.DataFrame, led: Estimate) -> Plot:
    """Draw the tokens of each country and week, and the bounds of China's part of all tokens.

    Parameters
    ----------
    ranked, whole : pandas.DataFrame
        From `rankings.weekly` and `platform.weekly`.
    printed : pandas.DataFrame
        The rows of ``weekly_volumes`` with tokens.
    led : Estimate
        `platform.weeks_led`.
    """
    figure, (top, bottom) = canvas(11.8, nrows=2, sharex=True)
    listed, every = by_week(ranked), by_week(whole)
    for run in records(runs(ranked)):
        if run.leader == "CN":
            top.axvspan(run.first - WEEK / 2, run.last + WEEK / 2, color=CHINA, alpha=0.09, linewidth=0)
    for country in COUNTRIES:
        look = {"color": COUNTRY_COLOURS[country], "marker": COUNTRY_MARKERS[country], "markersize": 3.5}
        top.plot(listed.index, listed[country], linewidth=1, **look)
        top.plot(every.index, every[country], markerfacecolor="white", linestyle=":", **look)
    top.plot(printed["week_end"], printed["value"], marker="x", markersize=7, color=DARK, linestyle="")
    last = whole.sort_values("week_end").tail(1)
    names, colours = [SHORT[c] for c in COUNTRIES], [COUNTRY_COLOURS[c] for c in COUNTRIES]
    for row in last.to_dict("records"):
        label_ends(top, days(row["week_end"]), [row[c] for c in COUNTRIES], names, colours)
    from_zero(top.yaxis)
    top.set_ylabel("trillion tokens a week")
    top.set_title("Ranked models (filled; shaded where China leads), all models (hollow), the article (×)")

    for rows, strength in ((ranked, 0.35), (whole, 1.0)):
        bottom.vlines(rows["week_end"], rows["share_low"], rows["share_high"], color=CHINA, alpha=strength, linewidth=3)
    zero_line(bottom, 50)
    bottom.set_ylim(0, 100)
    bottom.set_ylabel("China's part of all tokens, %")
    bottom.set_title("As far as it is known: by the ranking (pale), by the whole platform (strong)")
    time_axis(bottom.xaxis)
    parts = [ranked.assign(kind="ranking"), whole.assign(kind="platform")]
    marks = printed.pivot_table(index="week_end", columns="country", values="value").reset_index()
    worst, best = whole.nsmallest(1, "ratio").iloc[0], whole.nlargest(1, "ratio").iloc[0]
    return Plot(
        figure,
        pd.concat([*parts, marks.assign(kind="printed")], ignore_index=True).rename_axis(columns=None),
        title=f"Chinese models led in {led.value:.0f} of the {so_many(len(whole), 'week')} for which the whole "
        "platform is known",
        alt="Upper panel: tokens of both countries by week, of ranked models and of all. Lower panel: China's part "
        f"of all tokens, wide bounds by the ranking and narrow ones by the whole platform. Over all models the ratio "
        f"is lowest in the week to {day(worst['week_end'])} ({worst['ratio']:.2f}) and highest in that to "
        f"{day(best['week_end'])} ({best['ratio']:.2f}).",
        caption="Ranked models are the first nine or ten. Weeks of the whole platform: the article's, and those "
        "from the end of May. Bars: what is not listed, or below the fiftieth place, given to the US or to China.",
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
            beside = (rows["week_end"] - best.week_end).abs() <= LABEL_WIDTH / 2 * np.ptp(rows["week_end"])
            top = (rows["free"] + rows["paid"])[beside].max()
            if top > best.free + best.paid:
                axis.plot([best.week_end] * 2, [best.free + best.paid, top], color=colour, linewidth=0.6)
            axis.annotate(
                f"{best.free_share:.0f} % free", (best.week_end, top), (0, 3),
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
        f"free in {so_many(((volumes['free_share'] > 50) & (volumes['country'] == 'CN')).sum(), 'week')}; the week "
        f"with the most free tokens is that to {best['week_end'].date()}. Among these ranked models China led "
        f"{paid.value:.1f} to 1 on "
        "paid tokens in the article's week.",
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
    texts = [f"listed again after {so_many(back[m], 'week')}" if m in back.index else "" for m in after["model"]]
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
        title=f"A week after their free variant left the ranking, {so_many(len(after), 'model')} together had at most "
        f"{kept.high:.0f} % of their peaks",
        alt=f"Rows of {so_many(len(after), 'model')}: the free peak and what is possible in the week after. "
        f"{so_many(listed, 'of them was', 'of them were')} in the ranking in that week; "
        f"{so_many(len(back), 'is', 'are')} listed again later.",
        caption="Both variants of a model together; one that is not listed has at most the tokens of the last listed "
        "place. When an offer ended is not recorded. Anonymous models and variants in the last ranking are left out.",
    )
