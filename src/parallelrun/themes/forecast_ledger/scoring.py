"""What the resolved forecasts are worth: CRPS against no change and trend, interval coverage, Brier scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study import scores
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced
from parallelrun.themes.forecast_ledger.ledger import QUANTILES
from parallelrun.themes.forecast_ledger.series import SERIES

KEYS = ["series", "as_of", "weeks"]
"""What two forecasts of the same thing have in common."""

DAYS_PER_WEEK = 7


@traced
def scored(resolved: pd.DataFrame) -> pd.DataFrame:
    """Return the resolved forecasts of quantities with their scores.

    Parameters
    ----------
    resolved : pandas.DataFrame
        From `ledger.resolved`.

    Returns
    -------
    pandas.DataFrame
        Its rows with crps and error (of the median), both in the series' unit, position (share of the forecast below
        the outcome), median, low and high (central 95 %), inside.
    """
    rows = resolved[(resolved["status"] == "resolved") & resolved["probability"].isna()].reset_index(drop=True)
    quantiles, outcome = rows[QUANTILES].to_numpy(), rows["outcome"].to_numpy()
    median = np.median(quantiles, axis=1)
    low, high = quantiles[:, 0], quantiles[:, -1]
    return rows.assign(
        crps=scores.crps(quantiles, outcome),
        error=np.abs(outcome - median),
        position=scores.position(quantiles, outcome),
        median=median,
        low=low,
        high=high,
        inside=(outcome >= low) & (outcome <= high),
    )


def paired(scored: pd.DataFrame, model: str, other: str) -> pd.DataFrame:
    """Return the scores of two models' forecasts of the same things: `KEYS`, due, crps and other (the other's crps)."""
    two = scored[scored["model"] == other].set_index(KEYS)["crps"].rename("other")
    return scored[scored["model"] == model].join(two, on=KEYS, how="inner")[[*KEYS, "due", "crps", "other"]]


def _ratio(pairs: pd.DataFrame, confidence: float, draws: int, seed: int) -> tuple[float, float, float]:
    """Return the ratio of the summed scores; blocks of the bootstrap are as long as the longest horizon of the rows."""
    sums = pairs.groupby("as_of")[["crps", "other"]].sum().sort_index()
    apart = np.diff(sums.index).astype("timedelta64[D]").astype(float)
    step = np.median(apart) if len(apart) else np.inf
    block = max(int(np.ceil(pairs["weeks"].max() * DAYS_PER_WEEK / step)), 1)
    return scores.ratio_interval(sums["crps"], sums["other"], block, confidence, draws, seed)


@traced
def skill(
    scored: pd.DataFrame, other: str, longest_weeks: int, confidence: float, draws: int, seed: int
) -> pd.DataFrame:
    """Return how each model's CRPS compares with another's, by series and horizon.

    Parameters
    ----------
    scored : pandas.DataFrame
        From `scored`.
    other : str
        The model to compare with, such as no change.
    longest_weeks : int
        Horizons up to this count.
    confidence, draws, seed
        Of the block bootstrap over the days of the forecasts.

    Returns
    -------
    pandas.DataFrame
        series, model, weeks (0: all horizons together), forecasts, windows (that do not overlap), crps, other (means),
        ratio, low, high (missing where there are less than two blocks), best first.
    """
    rows = []
    kept = scored[scored["weeks"] <= longest_weeks]
    for (series, model), own in kept[kept["model"] != other].groupby(["series", "model"], sort=False):
        for weeks in (0, *sorted(own["weeks"].unique())):
            part = own if weeks == 0 else own[own["weeks"] == weeks]
            pairs = paired(pd.concat([part, kept[kept["model"] == other]]), str(model), other)
            if pairs.empty:
                continue
            ratio, low, high = _ratio(pairs, confidence, draws, seed)
            rows.append(
                {
                    "series": series,
                    "model": model,
                    "weeks": int(weeks),
                    "forecasts": len(pairs),
                    "windows": scores.apart(pairs["as_of"], pairs["due"]),
                    "crps": pairs["crps"].mean(),
                    "other": pairs["other"].mean(),
                    "ratio": ratio,
                    "low": low,
                    "high": high,
                }
            )
    columns = ["series", "model", "weeks", "forecasts", "windows", "crps", "other", "ratio", "low", "high"]
    order = list(SERIES)
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(
        ["series", "weeks", "ratio"], key=lambda c: c.map(order.index) if c.name == "series" else c
    ).reset_index(drop=True)


@traced
def crps_ratio(skill: pd.DataFrame, series: str, model: str) -> Estimate:
    """Return a model's CRPS over the other's on a series, all horizons together; below 1 is better."""
    row = skill[(skill["series"] == series) & (skill["model"] == model) & (skill["weeks"] == 0)].iloc[0]
    ends = [None if np.isnan(row[end]) else float(row[end]) for end in ("low", "high")]
    return Estimate(float(row["ratio"]), *ends, "", inputs_of(skill))


@traced
def coverage(scored: pd.DataFrame, longest_weeks: int, confidence: float) -> pd.DataFrame:
    """Return how often the central intervals contained what came, by series, model and level.

    Returns
    -------
    pandas.DataFrame
        series, model, level (of the interval), forecasts, windows (that do not overlap, at all horizons together),
        share, low, high (Jeffreys interval with the windows as cases).
    """
    rows = []
    kept = scored[scored["weeks"] <= longest_weeks]
    for (series, model), own in kept.groupby(["series", "model"], sort=False):
        windows = scores.apart(own["as_of"], own["due"])
        for number, level in enumerate(1 - 2 * scores.LEVELS[: len(QUANTILES) // 2]):
            ends = own[[QUANTILES[number], QUANTILES[-1 - number]]].to_numpy()
            share = float(((own["outcome"] >= ends[:, 0]) & (own["outcome"] <= ends[:, 1])).mean())
            low, high = scores.share_interval(share, windows, confidence)
            rows.append(
                {
                    "series": series, "model": model, "level": round(float(level), 3), "forecasts": len(own),
                    "windows": windows, "share": share, "low": low, "high": high,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@traced
def coverage_of(table: pd.DataFrame, series: str, model: str) -> Estimate:
    """Return the coverage of a model's 95 % intervals on a series, in percent."""
    own = table[(table["series"] == series) & (table["model"] == model)]
    row = own.loc[own["level"].idxmax()]
    return Estimate(100 * row["share"], 100 * row["low"], 100 * row["high"], "%", inputs_of(table))


@traced
def parity(resolved: pd.DataFrame) -> pd.DataFrame:
    """Return what the forecasts of parity were worth.

    Returns
    -------
    pandas.DataFrame
        series, model, resolved, met (how many came true), mean (mean probability that was given), brier (mean squared
        error; 0.25 is what a coin would get), open.
    """
    rows = resolved[resolved["target"] == "parity"]
    table = []
    for (series, model), own in rows.groupby(["series", "model"], sort=False):
        done = own[own["status"] == "resolved"]
        table.append(
            {
                "series": series,
                "model": model,
                "resolved": len(done),
                "met": int(done["outcome"].sum()),
                "mean": done["probability"].mean(),
                "brier": ((done["probability"] - done["outcome"]) ** 2).mean(),
                "open": int((own["status"] == "open").sum()),
            }
        )
    return pd.DataFrame(table)


@traced
def newest(scored: pd.DataFrame, series: str, weeks: int) -> pd.DataFrame:
    """Return every model's forecast, of a series and at least so many weeks ahead, for the day resolved last.

    Of several forecasts of a model for that day the one is taken that was made last.
    """
    rows = scored[(scored["series"] == series) & (scored["weeks"] >= weeks)]
    rows = rows[rows["resolved_on"] == rows["resolved_on"].max()]
    return rows[rows["as_of"] == rows["as_of"].max()].reset_index(drop=True)


@traced
def of_newest(newest: pd.DataFrame, model: str) -> dict[str, Estimate]:
    """Return a model's ``forecast`` (median, 95 % interval), the ``outcome``, and its ``position`` in the forecast."""
    row, inputs = newest[newest["model"] == model].iloc[0], inputs_of(newest)
    return {
        "forecast": Estimate(float(row["median"]), float(row["low"]), float(row["high"]), str(row["unit"]), inputs),
        "outcome": Estimate(float(row["outcome"]), unit=str(row["unit"]), inputs=inputs),
        "position": Estimate(100 * float(row["position"]), unit="%", inputs=inputs),
    }
