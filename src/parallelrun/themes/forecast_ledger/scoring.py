"""What the resolved forecasts are worth: CRPS against no change and trend, interval coverage, Brier scores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from parallelrun.errors import ParameterError
from parallelrun.study import scores
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced
from parallelrun.themes.convergence.forecasting import BLOCK_WEEKS
from parallelrun.themes.forecast_ledger.ledger import QUANTILES
from parallelrun.themes.forecast_ledger.series import SERIES

KEYS = ["series", "as_of", "weeks"]
"""What two forecasts of the same thing have in common."""

DAYS_PER_WEEK = 7

LEAST_WINDOWS = 6
"""Windows apart that a coverage is counted from."""


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


def paired(scored: pd.DataFrame, other: str) -> pd.DataFrame:
    """Return all scores beside another model's of the same things: model, `KEYS`, due, crps, other (its crps)."""
    its = scored[scored["model"] == other].set_index(KEYS)["crps"].rename("other")
    return scored.join(its, on=KEYS, how="inner")[["model", *KEYS, "due", "crps", "other"]]


def _block(days: pd.Index, weeks: int) -> int:
    """Return how many days of forecasts a block has that is as long as the horizon, but at most `BLOCK_WEEKS`."""
    apart = np.diff(days).astype("timedelta64[D]").astype(float)
    step = np.median(apart) if len(apart) else np.inf
    return max(int(np.ceil(min(weeks, BLOCK_WEEKS) * DAYS_PER_WEEK / step)), 1)


class Compared(NamedTuple):
    """How each model's CRPS compares with another's, whatever the confidence.

    Attributes
    ----------
    table : pandas.DataFrame
        What `skill` returns, without the ends, in the order of the groups.
    samples : list of numpy.ndarray
        The ratio of each row in the samples of its bootstrap (see `scores.resampled_ratio`).
    """

    table: pd.DataFrame
    samples: list[scores.Floats]


@traced
def compared(scored: pd.DataFrame, other: str, longest_weeks: int, draws: int, seed: int) -> Compared:
    """Return each model's CRPS beside another's, by series and horizon; parameters as for `skill`."""
    rows, samples = [], []
    both = paired(scored[scored["weeks"] <= longest_weeks], other)
    for (series, model), own in both[both["model"] != other].groupby(["series", "model"], sort=False):
        for weeks in (0, *sorted(own["weeks"].unique())):
            pairs = own if weeks == 0 else own[own["weeks"] == weeks]
            sums = pairs.groupby("as_of")[["crps", "other"]].sum().sort_index()
            block = _block(sums.index, pairs["weeks"].max())
            samples.append(scores.resampled_ratio(sums["crps"], sums["other"], block, draws, seed))
            rows.append(
                {
                    "series": series,
                    "model": model,
                    "weeks": int(weeks),
                    "forecasts": len(pairs),
                    "windows": scores.apart(pairs["as_of"], pairs["due"]),
                    "crps": pairs["crps"].mean(),
                    "other": pairs["other"].mean(),
                    "ratio": sums["crps"].to_numpy().sum() / sums["other"].to_numpy().sum(),
                    "blocks": len(sums) / block,
                }
            )
    columns = ["series", "model", "weeks", "forecasts", "windows", "crps", "other", "ratio", "blocks"]
    return Compared(pd.DataFrame(rows, columns=columns), samples)


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
        Of the block bootstrap over the days of the forecasts. Blocks are as long as the longest horizon of the rows,
        but at most `forecasting.BLOCK_WEEKS`: the convergence notebook's.

    Returns
    -------
    pandas.DataFrame
        series, model, weeks (0: all horizons together), forecasts, windows (that do not overlap), crps, other (means),
        ratio, low, high (missing where there are too few), blocks (of the bootstrap), best first.
    """
    found = compared(scored, other, longest_weeks, draws, seed)
    ends = [scores.central(samples, confidence) for samples in found.samples]
    columns = ["series", "model", "weeks", "forecasts", "windows", "crps", "other", "ratio", "low", "high", "blocks"]
    order = list(SERIES)
    frame = found.table.assign(low=[low for low, _ in ends], high=[high for _, high in ends])[columns]
    return frame.sort_values(
        ["series", "weeks", "ratio"], key=lambda c: c.map(order.index) if c.name == "series" else c
    ).reset_index(drop=True)


def _first(rows: pd.DataFrame, series: str, model: str) -> pd.Series:
    """Return the first row.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if rows.empty:
        raise ParameterError(
            f"too few forecasts of {series} by {model} are resolved: take a later today, another series, or other weeks"
        )
    return rows.iloc[0]


@traced
def crps_ratio(skill: pd.DataFrame, series: str, model: str) -> Estimate:
    """Return a model's CRPS over the other's on a series, all horizons together; below 1 is better."""
    row = _first(skill[(skill["series"] == series) & (skill["model"] == model) & (skill["weeks"] == 0)], series, model)
    low, high = (None if np.isnan(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["ratio"]), low, high, "", inputs_of(skill))


@traced
def shares_inside(scored: pd.DataFrame, longest_weeks: int) -> pd.DataFrame:
    """Return how often the central intervals contained what came: as `coverage`, in parts of 1 and without ends."""
    rows = []
    kept = scored[scored["weeks"] <= longest_weeks]
    levels = [round(100 * float(level), 1) for level in 1 - 2 * scores.LEVELS[: len(QUANTILES) // 2]]
    for (series, model), own in kept.groupby(["series", "model"], sort=False):
        windows = scores.apart(own["as_of"], own["due"])
        if windows < LEAST_WINDOWS:
            continue
        outcome, quantiles = own["outcome"].to_numpy()[:, None], own[QUANTILES].to_numpy()
        inside = (outcome >= quantiles) & (outcome <= quantiles[:, ::-1])
        rows += [
            {
                "series": series, "model": model, "level": level, "forecasts": len(own), "windows": windows,
                "share": float(share), "unit": "%",
            }
            for level, share in zip(levels, inside.mean(axis=0)[: len(levels)], strict=True)
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=["series", "model", "level", "forecasts", "windows", "share", "unit"])


def coverage(scored: pd.DataFrame, longest_weeks: int, confidence: float) -> pd.DataFrame:
    """Return how often the central intervals contained what came, by series, model and level.

    Series whose forecasts have less than `LEAST_WINDOWS` apart are left out: nothing can be said of them.

    Returns
    -------
    pandas.DataFrame
        series, model, level (of the interval), forecasts, windows (that do not overlap, at all horizons together),
        share, low, high (Jeffreys interval with the windows as cases), in percent.
    """
    found = shares_inside(scored, longest_weeks)
    low, high = scores.share_intervals(found["share"], found["windows"], confidence)
    columns = ["series", "model", "level", "forecasts", "windows", "share", "low", "high", "unit"]
    return found.assign(share=100 * found["share"], low=100 * low, high=100 * high)[columns]


@traced
def coverage_of(table: pd.DataFrame, series: str, model: str) -> Estimate:
    """Return the coverage of a model's 95 % intervals on a series, in percent.

    Raises
    ------
    ParameterError
        If too few of its forecasts do not overlap; the message names the series and models that have enough.
    """
    own = table[(table["series"] == series) & (table["model"] == model)]
    if own.empty:
        pairs = table[["series", "model"]].drop_duplicates().itertuples(index=False)
        enough = ", ".join(f"{one.series} by {one.model}" for one in pairs) or "none"
        raise ParameterError(
            f"parameters 'series' and 'model': fewer than {LEAST_WINDOWS} resolved forecasts of {series} by {model} do "
            f"not overlap, too few for a coverage; enough have: {enough}"
        )
    row = own.sort_values("level", ascending=False).iloc[0]
    return Estimate(row["share"], row["low"], row["high"], "%", inputs_of(table))


@traced
def parity(resolved: pd.DataFrame) -> pd.DataFrame:
    """Return what the forecasts of parity were worth.

    Returns
    -------
    pandas.DataFrame
        series, model, resolved, met (how many came true), mean (mean probability that was given), brier (mean squared
        error; 0.25 is what a coin would get), open, void.
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
                "void": int((own["status"] == "void").sum()),
            }
        )
    return pd.DataFrame(table)


@traced
def newest(scored: pd.DataFrame, series: str, weeks: int) -> pd.DataFrame:
    """Return every model's forecast, of a series and at least so many weeks ahead, for the day resolved last.

    If none so long ahead is resolved, the longest are taken that are. Of several forecasts of a model for that day the
    one is taken that was made last.

    Returns
    -------
    pandas.DataFrame
        model, as_of, due, resolved_on, median, low, high (95 %), outcome (unit), unit, position, in_advance.
    """
    columns = ["model", "as_of", "due", "resolved_on", "median", "low", "high", "outcome", "unit", "position"]
    rows = scored[scored["series"] == series]
    rows = rows[rows["weeks"] >= min(weeks, rows["weeks"].max())]
    rows = rows[rows["resolved_on"] == rows["resolved_on"].max()]
    return rows.loc[rows["as_of"] == rows["as_of"].max(), [*columns, "in_advance"]].reset_index(drop=True)


@traced
def of_newest(newest: pd.DataFrame, model: str) -> dict[str, Estimate]:
    """Return a model's forecast (median, 95 % interval), the outcome, and its position in the forecast, by result."""
    row, inputs = _first(newest[newest["model"] == model], "the newest series", model), inputs_of(newest)
    return {
        "newest_forecast": Estimate(
            float(row["median"]), float(row["low"]), float(row["high"]), str(row["unit"]), inputs
        ),
        "newest_outcome": Estimate(float(row["outcome"]), unit=str(row["unit"]), inputs=inputs),
        "newest_position": Estimate(100 * float(row["position"]), unit="%", inputs=inputs),
    }


@traced
def fans(resolved: pd.DataFrame, model: str, names: list[str], longest_weeks: int) -> pd.DataFrame:
    """Return forecasts of a model as fans that do not overlap, and the one made last, from the value known at first.

    Parameters
    ----------
    resolved : pandas.DataFrame
        From `ledger.resolved`.
    model : str
    names : list of str
        Series.
    longest_weeks : int
        A fan's longest horizon, and the least distance of two fans.

    Returns
    -------
    pandas.DataFrame
        series, as_of, due (the day of the forecast for its first row), low and high (95 %), inner_low and inner_high
        (50 %), median, outcome (missing where not resolved), resolved_on.
    """
    rows = resolved[(resolved["model"] == model) & resolved["probability"].isna()]
    half = [np.abs(scores.LEVELS - end).argsort()[:2] for end in (0.25, 0.75)]
    parts = []
    for name in names:
        own = rows[(rows["series"] == name) & (rows["weeks"] <= longest_weeks)]
        if own.empty:
            continue
        judged = own.loc[own["outcome"].notna() & (own["weeks"] == own["weeks"].max()), "as_of"]
        free = pd.Timestamp.max
        for day in [own["as_of"].max(), *sorted(judged, reverse=True)]:
            if day + pd.Timedelta(weeks=longest_weeks) > free:
                continue
            free = day
            fan = own[own["as_of"] == day].sort_values("due")
            quantiles = fan[QUANTILES].to_numpy()
            ends = {
                "due": fan["due"],
                "low": quantiles[:, 0],
                "inner_low": quantiles[:, half[0]].mean(axis=1),
                "median": np.median(quantiles, axis=1),
                "inner_high": quantiles[:, half[1]].mean(axis=1),
                "high": quantiles[:, -1],
                "outcome": fan["outcome"],
                "resolved_on": fan["resolved_on"],
            }
            first = dict.fromkeys(("low", "inner_low", "median", "inner_high", "high"), fan["last"].iloc[0])
            start = pd.DataFrame([{"due": day, **first}])
            parts.append(pd.concat([start, pd.DataFrame(ends)]).assign(series=name, as_of=day))
    if not parts:
        raise ParameterError(f"no forecast of {' or '.join(names)} by {model} was made yet: take a later today")
    return pd.concat(parts, ignore_index=True)


@traced
def history(observations: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the series below each other, with a column ``series``."""
    return pd.concat(
        [frame[["date", "value"]].assign(series=name) for name, frame in observations.items()], ignore_index=True
    )


@traced
def brier(resolved: pd.DataFrame, model: str) -> Estimate:
    """Return the mean squared error of a model's probabilities of parity on all boards."""
    rows = resolved[(resolved["target"] == "parity") & (resolved["model"] == model)].dropna(subset="outcome")
    return Estimate(float(((rows["probability"] - rows["outcome"]) ** 2).mean()), inputs=inputs_of(resolved))


@traced
def chance(resolved: pd.DataFrame, series: str, model: str) -> Estimate:
    """Return the probability of parity within the longest horizon that was given last; low and high over models."""
    rows = resolved[(resolved["target"] == "parity") & (resolved["series"] == series)]
    rows = rows[(rows["as_of"] == rows["as_of"].max())].set_index("model")
    last = 100 * rows.loc[rows["weeks"] == rows["weeks"].max(), "probability"]
    return Estimate(float(last[model]), float(last.min()), float(last.max()), "%", inputs_of(resolved))


@traced
def outlook(resolved: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the open forecasts of a model that were made last of each series.

    Returns
    -------
    pandas.DataFrame
        series, made on, due, median, low, high (95 %), parity (probability), unit.
    """
    rows = resolved[(resolved["status"] == "open") & (resolved["model"] == model)]
    rows = rows[rows["as_of"] == rows.groupby("series")["as_of"].transform("max")]
    chances = rows[rows["target"] == "parity"].set_index(KEYS)["probability"].rename("parity")
    rows = rows[rows["target"] != "parity"].join(chances, on=KEYS).sort_values(["series", "due"])
    return pd.DataFrame(
        {
            "series": [SERIES[name].label for name in rows["series"]],
            "made on": rows["as_of"].to_numpy(),
            "due": rows["due"].to_numpy(),
            "median": np.median(rows[QUANTILES].to_numpy(), axis=1),
            "low": rows[QUANTILES[0]].to_numpy(),
            "high": rows[QUANTILES[-1]].to_numpy(),
            "unit": rows["unit"].to_numpy(),
            "parity": rows["parity"].to_numpy(),
        }
    )
