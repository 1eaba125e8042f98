"""Figures of the ledger, each with its words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from parallelrun import Plot, canvas
from parallelrun.study.canvas import AMBER, CHINA, DARK, GREEN, GREY, INK, PALE, PINK, SKY, US
from parallelrun.study.counts import form, so_many
from parallelrun.study.drawing import days, log_axis, records, rows_axis, time_axis, whiskers, zero_line
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import drawn
from parallelrun.themes.forecast_ledger.series import SERIES
from parallelrun.themes.forecast_ledger.voids import Lost

LOOK: dict[str, tuple[str, str, str]] = {
    "no change": (GREY, "x", ":"),
    "trend": (AMBER, "^", "--"),
    "releases": (PINK, "D", "-"),
    "local level": (SKY, "s", "-."),
    "mean-reverting": (GREEN, "o", "-"),
}
"""Colour, marker and line of each forecaster."""

OTHER = (INK, "v", "-")


def _names(series: Any) -> list[str]:
    """Return the series of a column, in the order of `SERIES`."""
    return [name for name in SERIES if name in set(series)]


def _models(models: Any) -> list[str]:
    """Return the forecasters of a column, those that the ledger knows first."""
    return sorted(set(models), key=lambda model: (list(LOOK).index(model) if model in LOOK else len(LOOK), model))


def _handles(models: list[str]) -> list[Line2D]:
    styles = [LOOK.get(model, OTHER) for model in models]
    return [
        Line2D([], [], color=colour, marker=marker, ls=line, markersize=5, label=model)
        for model, (colour, marker, line) in zip(models, styles, strict=True)
    ]


def _unread(void: Estimate) -> str:
    return f"{void.value:.0f} % of the forecasts whose day has come are void, since no value was read, and not drawn."


@drawn
def fans(history: pd.DataFrame, fans: pd.DataFrame, model: str) -> Plot:
    """Draw what was observed with the frozen forecasts over it.

    Parameters
    ----------
    history : pandas.DataFrame
        series, date, value.
    fans : pandas.DataFrame
        From `scoring.fans`.
    model : str
        The forecaster.
    """
    names = _names([*history["series"], *fans["series"]])
    figure, axes = canvas(1.5 + 6.2 * len(names), len(names), 1, squeeze=False)
    for axis, name in zip(axes[:, 0], names, strict=True):
        seen = history[history["series"] == name]
        for _, fan in fans[fans["series"] == name].groupby("as_of"):
            x = days(fan["due"])
            axis.fill_between(x, fan["low"], fan["high"], color=SKY, alpha=0.25, lw=0)
            axis.fill_between(x, fan["inner_low"], fan["inner_high"], color=SKY, alpha=0.45, lw=0)
            axis.plot(x, fan["median"], "-", color=US, lw=1.2)
            axis.plot(x[:1], fan["median"].iloc[:1], "|", color=US, ms=9)
        axis.plot(days(seen["date"]), seen["value"], "o", color=DARK, ms=2.4)
        met = fans[(fans["series"] == name) & fans["outcome"].notna()]
        axis.plot(days(met["resolved_on"]), met["outcome"], "D", mfc="none", color=CHINA, ms=6, mew=1.3)
        zero_line(axis)
        axis.set_ylabel("points")
        axis.set_title(SERIES[name].label)
        time_axis(axis.xaxis)
    handles = [
        Line2D([], [], color=DARK, marker="o", ls="none", ms=3, label="board"),
        Line2D([], [], color=US, lw=1.2, label="median of a forecast (bands: 50 and 95 %)"),
        Line2D([], [], color=CHINA, marker="D", mfc="none", ls="none", ms=6, label="board that resolved it"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    met = fans.dropna(subset="outcome")
    inside = int(((met["outcome"] >= met["low"]) & (met["outcome"] <= met["high"])).sum())
    width = (fans["high"] - fans["low"]).max()
    return Plot(
        figure,
        pd.concat([history, fans.rename(columns={"median": "value"})], ignore_index=True),
        title=f"{inside} of {so_many(len(met), 'outcome')} {form(inside, 'lies', 'lie')} inside forecasts that are up "
        f"to {width:.0f} points wide",
        alt=f"The gap on {so_many(len(names), 'board')} over time with fans of past forecasts; "
        f"{so_many(len(met), 'outcome is', 'outcomes are')} marked, {inside} of them inside the 95 % band.",
        caption=f"Forecasts by {model}, each from what is dated before its first day; those shown do not overlap. "
        "Marked: the first board on or after a due day. Past forecasts are replays.",
    )


@drawn
def skill_by_horizon(skill: pd.DataFrame, other: str, void: Estimate) -> Plot:
    """Draw each model's CRPS over another's, by series and horizon.

    Parameters
    ----------
    skill : pandas.DataFrame
        From `scoring.skill`.
    other : str
        The model compared with.
    void : Estimate
        Part of the forecasts whose day has come that was not resolved, from `voids.void_share`.
    """
    horizons = sorted(skill["weeks"].unique())
    kinds = skill[["series", "model"]].drop_duplicates()
    order = [(name, model) for name in _names(kinds["series"]) for model in _models(kinds["model"])]
    order = [pair for pair in order if ((kinds["series"] == pair[0]) & (kinds["model"] == pair[1])).any()]
    rows = {pair: number for number, pair in enumerate(order)}
    figure, axes = canvas(3.4 + 0.62 * len(order), 1, len(horizons), sharey=True, sharex=True, squeeze=False)
    for axis, weeks in zip(axes[0], horizons, strict=True):
        for row in records(skill[skill["weeks"] == weeks]):
            colour, marker, _ = LOOK.get(row.model, OTHER)
            known = np.isfinite(row.low)
            look: Any = {"color": colour, "marker": marker, "mfc": colour if known else "white"}
            whiskers(axis, row.ratio, row.low, row.high, rows[row.series, row.model], **look)
        axis.axvline(1, color=PALE, lw=0.8, zorder=0)
        log_axis(axis.xaxis, 4)
        axis.set_title(so_many(weeks, "week") if weeks else "all")
        for number in range(1, len(order)):
            if order[number][0] != order[number - 1][0]:
                axis.axhline(number - 0.5, color=PALE, lw=0.5)
    rows_axis(axes[0][0], [f"{SERIES[name].label}: {model}" for name, model in order])
    axes[0][len(horizons) // 2].set_xlabel(f"CRPS over that of {other}")
    pooled = skill[skill["weeks"] == 0]
    sure = pooled[(pooled["high"] < 1) | (pooled["low"] > 1)]
    better, known = int((sure["high"] < 1).sum()), int(pooled["low"].notna().sum())
    blocks = pooled.loc[pooled["low"].notna(), "blocks"]
    return Plot(
        figure,
        skill,
        title=f"Of {so_many(known, 'comparison')} with {other} that {form(known, 'has', 'have')} an interval, "
        f"forecasters win {better} and lose {len(sure) - better}; {so_many(len(pooled) - known, 'has', 'have')} too "
        "few days",
        alt="Points with intervals of CRPS ratios, all horizons together: "
        + "; ".join(f"{row.series}, {row.model} {row.ratio:.2f}" for row in records(pooled))
        + ".",
        caption=f"{_unread(void)} Left of 1: better. Bars: intervals by a block bootstrap over the days of the "
        f"forecasts, with "
        f"{blocks.min():.1f} to {blocks.max():.1f} blocks of up to a quarter of a year, so the "
        "bars are too short; hollow marks: too few days for an interval. Of as many comparisons without a difference "
        f"one in twenty would seem to have one.",
    )


@drawn
def calibration(coverage: pd.DataFrame, model: str, lost: Lost) -> Plot:
    """Draw how often central intervals contained what came, against their level.

    Parameters
    ----------
    coverage : pandas.DataFrame
        From `scoring.coverage`.
    model : str
        The forecaster whose uncertainty is drawn.
    lost : Lost
        What void forecasts leave open.
    """
    names = _names(coverage["series"])
    figure, axes = canvas(9.6, 1, len(names), sharey=True, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        own = coverage[coverage["series"] == name]
        axis.plot([0, 100], [0, 100], color=PALE, lw=0.8)
        for other, rows in own.groupby("model", sort=False):
            colour, _, line = LOOK.get(str(other), OTHER)
            rows = rows.sort_values("level")
            axis.plot(rows["level"], rows["share"], color=colour, ls=line, lw=1.6 if other == model else 1.1)
            if other == model:
                axis.fill_between(rows["level"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        counts = f"{so_many(own['forecasts'].max(), 'forecast')}, {own['windows'].max()} apart"
        axis.set_title(f"{SERIES[name].label}\n{counts}")
        axis.set_xlim(0, 100)
        axis.set_ylim(0, 100)
    axes[0][0].set_ylabel("inside it, %")
    axes[0][len(names) // 2].set_xlabel("level of the interval, %")
    models = _models(coverage["model"])
    figure.legend(handles=_handles(models), loc="outside lower center", ncols=min(len(models), 3))
    shown = coverage[coverage["model"] == model]
    shown = coverage if shown.empty else shown
    widest = shown[shown["level"] == shown["level"].max()]
    first = widest.iloc[0]
    own = shown[(shown["series"] == first["series"]) & (shown["model"] == first["model"])]
    middle = own.loc[(own["level"] - 50).abs().idxmin()]
    few = "only " if middle["share"] < middle["level"] else ""
    return Plot(
        figure,
        coverage,
        title=f"{first['level']:.0f} % intervals of {first['model']} contained {first['share']:.0f} % of what was "
        f"read, "
        f"{middle['level']:.0f} % intervals {few}{middle['share']:.0f} % ({SERIES[first['series']].label})",
        alt="Curves of the share of outcomes inside intervals by their level: "
        + "; ".join(
            f"{row.series} {row.share:.0f} % of {row.forecasts} at the widest, by {row.model}"
            for row in records(widest)
        )
        + ".",
        caption=f"{_unread(lost.share)} With the void ones, the 95 % intervals of the series judged would contain "
        f"{lost.coverage.ends[0]:.0f} to {lost.coverage.ends[1]:.0f} %. Above the diagonal: intervals too wide; below: "
        f"too narrow. Shaded: 95 % interval of {model}'s share, "
        "counted as if only the windows that do not overlap were cases.",
    )


@drawn
def articles_due(standing: pd.DataFrame, today: str) -> Plot:
    """Draw when the articles' forecasts were made and fall due.

    Parameters
    ----------
    standing : pandas.DataFrame
        From `articles.standing`.
    today : str
        ISO date.
    """
    colours = {"open": SKY, "overdue": CHINA, "never due": PALE}
    figure, axis = canvas(2.6 + 0.62 * len(standing))
    now = days([today])[0]
    ends = days(standing["due"])
    far = max(np.nanmax(ends, initial=now), now)
    for number, row in enumerate(records(standing)):
        made, due = days([row.made_on])[0], ends[number]
        colour = colours[row.status]
        if np.isfinite(due):
            axis.plot([made, due], [number, number], "-", color=colour, lw=4, solid_capstyle="butt")
            axis.plot(due, number, "D", color=INK, ms=4)
        else:
            axis.plot([made, far], [number, number], ":", color=colour, lw=2)
    axis.axvline(now, color=INK, lw=0.8)
    labels = [
        f"{row.statement} [{row.value:g} {row.unit}]" if np.isfinite(row.value) else row.statement
        for row in records(standing)
    ]
    rows_axis(axis, [f"{text}  {one}" for text, one in zip(labels, standing["forecast"], strict=True)], fontsize=7)
    time_axis(axis.xaxis)
    tally = standing["status"].value_counts()
    named = int(standing["nearest"].notna().sum())
    first = standing["due"].min()
    return Plot(
        figure,
        standing,
        title=f"None of the articles' {so_many(len(standing), 'forecast')} is due before {first:%B %Y}"
        if first > pd.Timestamp(today)
        else f"Of the articles' {so_many(len(standing), 'forecast')}, overdue: {tally.get('overdue', 0)}",
        alt="Bars from the day of each forecast to its deadline: "
        + "; ".join(f"{word} {tally.get(word, 0)}" for word in colours)
        + ".",
        caption=f"Vertical line: {today}. Dotted: no deadline printed. For {named} of {len(standing)} the collection "
        "has a series that is near what would decide them.",
    )
