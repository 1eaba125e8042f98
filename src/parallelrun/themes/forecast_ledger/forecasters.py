"""Forecasters: a series of weeks goes in, the quantiles of the value in later weeks come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import norm, t

from parallelrun.study.scores import LEVELS, Floats
from parallelrun.themes.convergence import forecasting

TREND_WEEKS = 26
"""Length of the window through which the trend's line is laid."""

DRAWS = 4_000
"""Simulated futures for the chance of having met zero."""


@dataclass(frozen=True)
class Ahead:
    """What a forecaster says of some later weeks.

    Attributes
    ----------
    quantiles : array, shape (weeks, COUNT)
        At `LEVELS`.
    met_zero : array, shape (weeks,), or None
        Probability that the value has been at or below zero in any week until then; None if the model has no paths.
    """

    quantiles: Floats
    met_zero: Floats | None = None


Forecaster = Callable[[Floats, list[int], int], Ahead]
"""From weekly values (nan where there is none, the last one known), weeks ahead, and a seed."""


def no_change(values: Floats, weeks: list[int], seed: int) -> Ahead:
    """Forecast that the last value stays, with errors as large as such forecasts had before.

    The spread is the root mean square of the past changes over as many weeks, if these weeks fit twice into the record;
    else that of a random walk whose variance a week is the sum of the squared changes over the sum of the weeks between
    them. A walk meets zero with twice the chance of ending there (reflection principle).
    """
    at = np.flatnonzero(np.isfinite(values))
    last, record = values[at[-1]], values[at[0] : at[-1] + 1]
    week = np.sqrt((np.diff(values[at]) ** 2).sum() / np.diff(at).sum())
    spread = np.full(len(weeks), week) * np.sqrt(weeks)
    for number, ahead in enumerate(weeks):
        if len(record) >= 3 * ahead and np.isfinite(past := record[ahead:] - record[:-ahead]).any():
            spread[number] = np.sqrt(np.nanmean(past**2))
    met = np.ones(len(weeks)) if last <= 0 else 2 * norm.cdf(-last / np.maximum(spread, 1e-12))
    return Ahead(last + np.outer(spread, norm.ppf(LEVELS)), met)


def trend(values: Floats, weeks: list[int], seed: int) -> Ahead:
    """Forecast the straight line through the last `TREND_WEEKS`, with the prediction interval of least squares.

    If the window has less than five values the last five are taken.
    """
    at = np.flatnonzero(np.isfinite(values))
    at = at[min(np.searchsorted(at, len(values) - TREND_WEEKS), len(at) - 5) :]
    y, x, new = values[at], at.astype(float), len(values) - 1 + np.asarray(weeks, float)
    slope, level = np.polyfit(x, y, 1)
    free = len(at) - 2
    noise = np.sqrt(((y - level - slope * x) ** 2).sum() / free)
    error = noise * np.sqrt(1 + 1 / len(at) + (new - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    return Ahead((level + slope * new)[:, None] + np.outer(error, t.ppf(LEVELS, free)))


def state_space(model: str, values: Floats, weeks: list[int], seed: int) -> Ahead:
    """Forecast with a state-space model of the convergence notebook (see `forecasting.MODELS`)."""
    fitted = forecasting.fit(values, model)
    found = fitted.result.get_forecast(max(weeks))
    at = np.asarray(weeks) - 1
    mean, error = (np.asarray(part)[at] for part in (found.predicted_mean, found.se_mean))
    met = forecasting.first_passage(fitted, max(weeks), DRAWS, np.random.default_rng(seed))[at]
    return Ahead(mean[:, None] + np.outer(error, norm.ppf(LEVELS)), met)


BASELINES: dict[str, Forecaster] = {"no change": no_change, "trend": trend}

FORECASTERS: dict[str, Forecaster] = BASELINES | {
    model: partial(state_space, model) for model in ("local level", "mean-reverting")
}
"""All forecasters by the name that the ledger uses, the two to beat first."""
