"""Forecasters: a series of weeks goes in, the quantiles of the value in later weeks come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from parallelrun.study.scores import LEVELS, Floats
from parallelrun.themes.convergence import forecasting

TREND_WEEKS = 26
"""Length of the window through which the trend's line is laid."""

DRAWS = 4_000
"""Simulated futures for the chance of having met zero."""

RELEASE_DRAWS = 5_000
"""Simulated futures of the forecast by releases, which has no formula for its quantiles."""


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


@dataclass(frozen=True)
class Known:
    """What a forecaster is given.

    Attributes
    ----------
    weekly : array, shape (weeks,)
        One value a week, nan where there is none; the last one is known.
    boards : pandas.DataFrame or None
        From `convergence.boards.gaps`, all of one kind, if the series is a gap.
    teacher : pandas.DataFrame or None
        Boards of another kind with a longer record, from which a forecaster may learn how a gap moves.
    """

    weekly: Floats
    boards: pd.DataFrame | None = None
    teacher: pd.DataFrame | None = None


Forecaster = Callable[[Known, list[int], int], Ahead | None]
"""From what is known, weeks ahead of the last value, and a seed; None if it cannot forecast such a series."""


def no_change(known: Known, weeks: list[int], seed: int) -> Ahead:
    """Forecast that the last value stays (see `forecasting.no_change`).

    A random walk meets zero with twice the chance of ending there (reflection principle).
    """
    found = forecasting.no_change(known.weekly, np.asarray(weeks, float))
    last, spread = known.weekly[-1], np.ptp(found, axis=1) / np.ptp(norm.ppf(LEVELS))
    return Ahead(found, np.ones(len(weeks)) if last <= 0 else 2 * norm.cdf(-last / np.maximum(spread, 1e-12)))


def trend(known: Known, weeks: list[int], seed: int) -> Ahead:
    """Forecast the straight line through the last `TREND_WEEKS`, with the prediction interval of least squares.

    If the window has less than five values the last five are taken.
    """
    values = known.weekly
    at = np.flatnonzero(np.isfinite(values))
    at = at[min(np.searchsorted(at, len(values) - TREND_WEEKS), len(at) - 5) :]
    y, x, new = values[at], at.astype(float), len(values) - 1 + np.asarray(weeks, float)
    slope, level = np.polyfit(x, y, 1)
    free = len(at) - 2
    noise = np.sqrt(((y - level - slope * x) ** 2).sum() / free)
    error = noise * np.sqrt(1 + 1 / len(at) + (new - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    return Ahead((level + slope * new)[:, None] + np.outer(error, t.ppf(LEVELS, free)))


def releases(known: Known, weeks: list[int], seed: int) -> Ahead | None:
    """Forecast a gap by the releases of both countries, learnt from its teacher's record if it has one.

    See `convergence.releases`.
    """
    if known.boards is None:
        return None
    boards, last = known.boards if known.teacher is None else known.teacher, known.boards.iloc[-1]
    start = (float(last["gap"]), 0.0 if np.isnan(last["se"]) else float(last["se"]))
    found, noise = forecasting.futures(
        boards, boards["board"].iloc[-1], "releases", last["as_of"], max(weeks), RELEASE_DRAWS, seed, start
    )
    true = found.reshape(max(weeks), -1)
    read = true + noise * np.random.default_rng(seed).standard_normal(true.shape)
    at = np.asarray(weeks) - 1
    met = np.logical_or.accumulate(true <= 0, axis=0).mean(axis=1)[at]
    return Ahead(np.quantile(read[at], LEVELS, axis=1).T, met)


def state_space(model: str, known: Known, weeks: list[int], seed: int) -> Ahead | None:
    """Forecast with a state-space model (see `forecasting.MODELS`); a mean-reverting one may find no mean."""
    fitted = forecasting.fit(known.weekly, model)
    found = fitted.result.get_forecast(max(weeks))
    at = np.asarray(weeks) - 1
    mean, error = (np.asarray(part)[at] for part in (found.predicted_mean, found.se_mean))
    if not np.isfinite(error).all():
        return None
    met = forecasting.first_passage(fitted, max(weeks), DRAWS, np.random.default_rng(seed))[at]
    return Ahead(mean[:, None] + np.outer(error, norm.ppf(LEVELS)), met)


BASELINES: dict[str, Forecaster] = {"no change": no_change, "trend": trend}

FORECASTERS: dict[str, Forecaster] = (
    BASELINES
    | {"releases": releases}
    | {model: partial(state_space, model) for model in ("local level", "mean-reverting")}
)
"""All forecasters by the name that the ledger uses, the two to beat first."""
