"""Sentences of the notebook whose numbers are computed."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.counts import form, so_many
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.themes.forecast_ledger import Parameters
from parallelrun.themes.forecast_ledger.series import SERIES
from parallelrun.themes.forecast_ledger.voids import Lost


def against(ratio: Estimate, other: str) -> str:
    """Return a comparison of scores in words that say no more than its interval."""
    if ratio.value is None:
        return f"could not be compared with {other}"
    size = f"{100 * abs(1 - ratio.value):.0f} % {'lower' if ratio.value < 1 else 'higher'} than that of {other}"
    if ratio.low is None or ratio.high is None:
        return f"{size}, in too few cases for an interval"
    told = f"ratio {ratio.value:.2f}, from {ratio.low:.2f} to {ratio.high:.2f}"
    if ratio.low <= 1 <= ratio.high:
        return f"{size} ({told}), which cannot be told from no difference"
    return f"{size} ({told})"


def bounds(lost: Lost) -> str:
    """Return what the scores could be if the void forecasts had been resolved."""
    if not lost.own:
        return "None of these forecasts is void."
    return (
        f"Had all {so_many(lost.own, 'void outcome')} lain outside the intervals, or all inside, the share would be "
        f"{lost.coverage.ends[0]:.0f} or {lost.coverage.ends[1]:.0f} %; had they come where it suits the one or the "
        f"other best, within what the two held likely at 95 %, the ratio to no change would be "
        f"{lost.ratio.ends[0]:.2f} or {lost.ratio.ends[1]:.2f}."
    )


def headline(
    no_change: Estimate, trend: Estimate, coverage: Estimate, table: pd.DataFrame, lost: Lost, p: Parameters
) -> str:
    """Return what the forecasts of the chosen series were worth; ``table`` is that of `scoring.skill`."""
    rivals = table[(table["series"] == p.series) & (table["weeks"] == 0)].sort_values("ratio")
    row, best = rivals[rivals["model"] == p.model].iloc[0], rivals.iloc[0]
    return (
        f"**{lost.share.value:.0f} % of all forecasts whose day has come are void**: no value was read then. What "
        "follows holds for the others, and boards may pause just when something changes. On the series "
        f"*{SERIES[p.series].label}*, {lost.own} of {so_many(lost.of, 'forecast')} by *{p.model}* "
        f"{form(lost.own, 'is', 'are')} void and {row['forecasts']} resolved; only {row['windows']} of these do not "
        f"overlap. Their CRPS was {against(no_change, 'no change')}, and {against(trend, 'the trend')}. Their 95 % "
        f"intervals contained {coverage.value:.0f} % of what came ({coverage.low:.0f} to {coverage.high:.0f} %). "
        f"{bounds(lost)} Of {so_many(len(rivals), 'forecaster')} *{best['model']}* did best in hindsight, with "
        f"{best['ratio']:.2f} times the CRPS of no change. The models were chosen with these boards in view, and the "
        f"intervals of the scores are drawn from {row['blocks']:.1f} blocks shorter than the longest horizon: they are "
        "too narrow."
    )


def newest(table: pd.DataFrame, p: Parameters) -> str:
    """Return where the outcome that came last fell in the model's forecast; ``table`` is that of `scoring.newest`."""
    row = table[table["model"] == p.model].iloc[0]
    written, kind = ("before that day", "forecast") if bool(row["in_advance"]) else ("after that day", "replay")
    return (
        f"The board of {row['resolved_on']:%d %B %Y} has a gap of {row['outcome']:.1f} points. Seen from "
        f"{row['as_of']:%d %B %Y}, *{p.model}* said {row['median']:.0f} points, with 95 % from {row['low']:.0f} to "
        f"{row['high']:.0f}: an interval {row['high'] - row['low']:.0f} points wide. {100 * row['position']:.0f} % of "
        f"its probability lay below what came. The row was written {written}, so it counts as a {kind}. One outcome "
        "can show that a forecast was badly wrong; it cannot show that one is right."
    )


def parity(table: pd.DataFrame, p: Parameters) -> str:
    """Return how the forecasts of parity did; ``table`` is that of `scoring.parity`."""
    own = table[table["model"] == p.model]
    done, met = int(own["resolved"].sum()), int(own["met"].sum())
    mean = (own["mean"] * own["resolved"]).sum() / done
    void = f" ({so_many(own['void'].sum(), 'more is', 'more are')} void)"
    told = f"Of {so_many(done, 'resolved forecast')} of parity by *{p.model}*{void} {met} came true; "
    told += f"their mean is {100 * mean:.0f} %."
    never = " A gap that never met zero cannot tell how good such probabilities are when it does."
    return told + ("" if met else never)


def articles(standing: pd.DataFrame, claims: pd.DataFrame, dated: pd.DataFrame, today: str) -> str:
    """Return where the articles' forecasts stand, and what the audit counts otherwise (from its claims)."""
    of_words = dated.set_index("claim")["latest"]
    due = claims.set_index("id")["as_of"]
    due = pd.concat([due[~due.index.isin(of_words.index)], of_words])
    audited, here = set(due.index[due > pd.Timestamp(today)]), set(standing["forecast"])
    others = "; ".join(
        f"{', '.join(sorted(part))} only {where}"
        for part, where in (
            (audited - here, "there, where a figure that is said again in words counts once more"),
            (here - audited, "here, as without a deadline the audit has it as unverifiable"),
        )
        if part
    )
    tally = standing["status"].value_counts()
    first = standing["due"].min()
    near = standing.dropna(subset="now")
    told = "; ".join(
        f"{one.forecast} says {one.value:g} {one.unit}, and "
        + ("the rest beside " if one.forecast.endswith("_US") else "")
        + f"*{SERIES[one.nearest].label}* is {one.now:.0f} % on {one.on:%d %B %Y}"
        for one in records(near)
    )
    beside = f" For {len(near)} a series here comes near: {told}. That is another measure, so it resolves nothing."
    return (
        f"Of {so_many(len(standing), 'forecast')} {so_many(tally.get('open', 0), 'is', 'are')} open, "
        f"{so_many(tally.get('overdue', 0), 'is', 'are')} due, and {so_many(tally.get('never due', 0), 'has', 'have')} "
        f"no deadline; the first falls due on {first:%d %B %Y}. None names the measure by which it is to be "
        f"judged.{beside if told else ''} The audit counts "
        f"{so_many(len(audited), 'claim as a forecast', 'claims as forecasts')}"
        f"{': ' + others if others else ', the same'}."
    )


def _first_due(standing: pd.DataFrame) -> str:
    """Return the first day on which a forecast falls due, in words."""
    first = standing["due"].min()
    return f"the end of {first:%Y}" if (first.month, first.day) == (12, 31) else f"{first:%d %B %Y}"


def answer(
    ratio: Estimate,
    coverage: Estimate,
    newest: dict[str, Estimate],
    scored: pd.DataFrame,
    standing: pd.DataFrame,
    lost: Lost,
    p: Parameters,
) -> str:
    """Return three sentences: how good our forecasts were, what the newest outcome says, and what the articles say."""
    own = scored[(scored["series"] == p.series) & (scored["model"] == p.model) & (scored["weeks"] <= p.longest_weeks)]
    under = int((own["outcome"] < own["median"]).sum())
    off = float((own["median"] - own["outcome"]).mean())
    forecast, outcome = newest["newest_forecast"], newest["newest_outcome"]
    inside = "inside" if forecast.ends[0] <= (outcome.value or 0.0) <= forecast.ends[1] else "outside"
    unit = str(own["unit"].iloc[0])
    sides = ", on either side of no change" if lost.ratio.ends[0] < 1 < lost.ratio.ends[1] else ""
    lean = "too low" if off > 0 else "too high"
    of_parity = f"; their chances of parity may be {lean}" if unit == "points" else ""
    return (
        f"{lost.share.value:.0f} % of all forecasts whose day has come are void; of the rest our forecasts by "
        f"*{p.model}* of *{SERIES[p.series].label}* had a CRPS that was {against(ratio, 'no change')}, "
        f"and their 95 % intervals contained {coverage.value:.0f} % of what came, while {under} of "
        f"{so_many(len(own), 'outcome')} lay below their medians, which lay {abs(off):.3g} {unit} "
        f"{'above' if off > 0 else 'below'} what came on average{of_parity}, and the void ones leave room for "
        f"{lost.coverage.ends[0]:.0f} to {lost.coverage.ends[1]:.0f} % and for a ratio of {lost.ratio.ends[0]:.2f} to "
        f"{lost.ratio.ends[1]:.2f}{sides}. The newest board, at "
        f"{outcome.value:.0f} points, "
        f"lies {inside} an interval from {forecast.ends[0]:.0f} to {forecast.ends[1]:.0f} points, so wide that little "
        f"could have refuted it. Of the articles' {so_many(len(standing), 'forecast')} "
        f"{so_many((standing['status'] == 'open').sum(), 'is', 'are')} not due before {_first_due(standing)}, and not "
        "one says by what measure it is to be judged."
    )
