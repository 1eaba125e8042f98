"""Forecasts of the gap by releases and by state-space models, the chance of parity, and what such forecasts were worth.

Each forecaster takes boards and a day, reads only boards up to that day, and returns simulated futures (`futures`).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from parallelrun.study import scores
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.convergence import releases
from parallelrun.themes.convergence.releases import Floats

MODELS: dict[str, dict[str, Any]] = {
    "local level": {"level": "local level"},
    "local linear trend": {"level": "local linear trend"},
    "mean-reverting": {"level": "fixed intercept", "autoregressive": 1},
}
"""Arguments of statsmodels' UnobservedComponents (Harvey 1989; Durbin & Koopman 2012) for each model."""

NAMES = ("releases", *MODELS)

CHUNK = 20_000

WORLDS = 100
"""Draws of the parameters of the forecast by releases; the futures are shared out among them."""

PLACES = 6
"""Decimals kept of a forecast: the last bits of the filter's arithmetic differ from run to run and mean nothing."""

BINS = (4, 8, 13, 26)
"""Upper ends of the horizons, in weeks, that past forecasts are grouped by."""

BLOCK_WEEKS = 13
"""Origins within so many weeks are drawn together by the bootstrap of scores."""


@dataclass(frozen=True)
class _Fitted:
    """A fitted model and the state that it predicts for the next week."""

    model: Any
    result: Any
    parameters: dict[str, float]


@traced
def weekly(gaps: pd.DataFrame, board: str) -> pd.DataFrame:
    """Return the last gap of each week of a board; weeks without a board are missing, not filled.

    Returns
    -------
    pandas.DataFrame
        week (its Sunday), gap (points).
    """
    rows = gaps[gaps["board"] == board].set_index("as_of")["gap"].sort_index()
    series = rows.resample("W-SUN").last()
    return series.rename_axis("week").reset_index()


def fit(values: np.ndarray, model: str) -> _Fitted:
    """Fit a model to a weekly series by maximum likelihood.

    The likelihood is climbed until its slope is below 1e-7, and the estimates are rounded to three digits before they
    are used, so that the optimiser's last bits, which differ from processor to processor, do not show in any result.

    Parameters
    ----------
    values : numpy.ndarray, shape (weeks,)
        Gap in points; missing weeks are nan.
    model : str
        A key of `MODELS`.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build = UnobservedComponents(values, **MODELS[model])
        found = build.fit(method="bfgs", gtol=1e-7, disp=False, maxiter=500, return_params=True)
        rounded = np.array([float(f"{value:.3g}") if abs(value) > 1e-6 else 0.0 for value in found])
        result = build.filter(rounded, cov_type="none")
    return _Fitted(build, result, dict(zip(build.param_names, rounded.tolist(), strict=True)))


def state_paths(
    fitted: _Fitted, weeks: int, draws: int, rng: np.random.Generator, start: float | None = None
) -> Floats:
    """Simulate futures of the true gap from a model's own state equation; the noise of reading is left out.

    Parameters
    ----------
    fitted : _Fitted
        From `fit`.
    weeks, draws : int
        Horizon and number of futures.
    rng : numpy.random.Generator
        Source of the draws.
    start : float, optional
        Gap to start from in place of the predicted one, in points.

    Returns
    -------
    numpy.ndarray, shape (weeks, draws)
        Points.
    """
    ssm, result = fitted.model.ssm, fitted.result
    move = ssm["transition"].reshape(ssm["transition"].shape[:2])
    enter = ssm["selection"].reshape(ssm["selection"].shape[:2])
    see = ssm["design"].reshape(ssm["design"].shape[:2])[0]
    noise = enter @ _root(ssm["state_cov"].reshape(ssm["state_cov"].shape[:2]))
    mean = result.predicted_state[:, -1].copy()
    if start is not None:
        moving = int(np.flatnonzero(see)[-1])
        mean[moving] += start - see @ mean
    state = mean[:, None] + _root(result.predicted_state_cov[:, :, -1]) @ rng.standard_normal((len(mean), draws))
    found = np.empty((weeks, draws))
    for week in range(weeks):
        found[week] = see @ state
        state = move @ state + noise @ rng.standard_normal((noise.shape[1], draws))
    return found


def first_passage(fitted: _Fitted, weeks: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return the probability that the true gap has been at or below zero by each week, shape (weeks,).

    Drawn in blocks of `CHUNK`, so that memory does not grow with the draws; see `state_paths` for the parameters.
    """
    crossed = np.zeros(weeks)
    for first in range(0, draws, CHUNK):
        found = state_paths(fitted, weeks, min(CHUNK, draws - first), rng)
        crossed += np.logical_or.accumulate(found <= 0, axis=0).sum(axis=1)
    return crossed / draws


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return a square root of a positive semidefinite matrix that may be singular."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.clip(values, 0.0, None))


def futures(
    gaps: pd.DataFrame,
    board: str,
    model: str,
    day: pd.Timestamp,
    weeks: int,
    draws: int,
    seed: int,
    start: tuple[float, float] | None = None,
) -> tuple[Floats, float]:
    """Simulate the gap of a board in the weeks after a day, from boards up to that day alone.

    Parameters
    ----------
    gaps : pandas.DataFrame
        From `boards.gaps`.
    board : str
        Kind of board that the model learns from.
    model : str
        One of `NAMES`.
    day : pandas.Timestamp
        Boards after it are not read.
    weeks, draws : int
        Horizon and number of futures.
    seed : int
    start : tuple of float, optional
        Gap and standard error to start from, such as those of a later board of another kind.

    Returns
    -------
    (numpy.ndarray, float)
        Futures of the true gap, shape (weeks, worlds, draws / worlds), points, where all futures of a world have the
        same parameters (one world but for releases); and the standard deviation with which a board reads the true gap.
    """
    rows = gaps[(gaps["board"] == board) & (gaps["as_of"] <= day)].sort_values("as_of")
    rng = np.random.default_rng([seed, NAMES.index(model)])
    if model == "releases":
        seen, last = releases.learn(rows), rows.iloc[-1]
        error = 0.0 if np.isnan(last["se"]) else float(last["se"])
        gap, error = start or (float(last["gap"]), error)
        return releases.paths(seen, gap, error, weeks, WORLDS, max(draws // WORLDS, 1), rng), seen.noise
    fitted = fit(weekly(rows, board)["gap"].to_numpy(), model)
    found = state_paths(fitted, weeks, draws, rng, start[0] if start else None)
    return found[:, None, :], float(np.sqrt(fitted.parameters.get("sigma2.irregular", 0.0)))


@traced
def forecast(
    gaps: pd.DataFrame,
    board: str,
    model: str,
    weeks: int,
    draws: int,
    confidence: float,
    seed: int,
    start: str | None = None,
) -> pd.DataFrame:
    """Forecast the gap from a board's last day, or from the last day of another kind of board.

    Parameters
    ----------
    gaps, board, model, weeks, draws, seed
        As in `futures`.
    confidence : float
        Level of the outer interval, and of that of the chances.
    start : str, optional
        Kind of board from whose last gap the futures begin; what the model has learnt of ``board`` is then carried over
        to that other scale.

    Returns
    -------
    pandas.DataFrame
        week (days of the forecast), horizon (weeks ahead), median, low, high, inner_low, inner_high (half the
        probability; points, with the noise of reading), probability_by (that the true gap has been at or below zero
        until then), probability_low, probability_high (over the parameters; missing for models fitted once). Simulated.
    """
    last = gaps[gaps["board"] == (start or board)].sort_values("as_of").iloc[-1]
    origin = (float(last["gap"]), 0.0 if np.isnan(last["se"]) else float(last["se"])) if start else None
    found, noise = futures(gaps, board, model, last["as_of"], weeks, draws, seed, origin)
    read = found.reshape(weeks, -1)
    read = read + noise * np.random.default_rng(seed).standard_normal(read.shape)
    tail = (1 - confidence) / 2
    levels = [tail, 0.25, 0.5, 0.75, 1 - tail]
    frame = pd.DataFrame(
        np.round(np.quantile(read, levels, axis=1).T, PLACES),
        columns=["low", "inner_low", "median", "inner_high", "high"],
    )
    by = np.logical_or.accumulate(found <= 0, axis=0).mean(axis=2)
    ends = np.quantile(by, [tail, 1 - tail], axis=1) if by.shape[1] > 1 else np.full((2, weeks), np.nan)
    return frame.assign(
        week=last["as_of"] + pd.to_timedelta(7 * np.arange(1, weeks + 1), unit="D"),
        horizon=np.arange(1, weeks + 1),
        probability_by=by.mean(axis=1),
        probability_low=ends[0],
        probability_high=ends[1],
    )


def _at(frame: pd.DataFrame, day: str) -> pd.Series:
    rows = frame[frame["week"] >= pd.Timestamp(day)]
    return (rows if len(rows) else frame.tail(1)).iloc[0]


@traced
def forecast_at(frame: pd.DataFrame, day: str) -> Estimate:
    """Return the forecast for the first week that ends on or after a day, or for the last week."""
    row = _at(frame, day)
    return Estimate(float(row["median"]), float(row["low"]), float(row["high"]), "points")


@traced
def parity_at(frame: pd.DataFrame, day: str) -> Estimate:
    """Return the chance that the gap has met zero by a day, in percent, with the interval over the parameters."""
    row = _at(frame, day)
    low, high = (
        None if np.isnan(row[end]) else 100 * float(row[end]) for end in ("probability_low", "probability_high")
    )
    value = 100 * float(row["probability_by"])
    return Estimate(value, None if low is None else min(low, value), None if high is None else max(high, value), "%")


# --- past forecasts --------------------------------------------------------------------------------------------------


def no_change(values: Floats, weeks: Floats) -> Floats:
    """Return quantiles of the forecast that the last value stays, shape (weeks, `scores.COUNT`).

    The spread is the root mean square of the past changes over as many weeks, if these weeks fit twice into the record;
    else that of a random walk whose variance a week is the sum of the squared changes over the sum of the weeks.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Weekly gap in points; missing weeks are nan.
    weeks : numpy.ndarray of int
        Weeks ahead.
    """
    at = np.flatnonzero(np.isfinite(values))
    record = values[at[0] : at[-1] + 1]
    spread = np.sqrt((np.diff(values[at]) ** 2).sum() / np.diff(at).sum() * weeks)
    for number, ahead in enumerate(weeks.astype(int)):
        if len(record) >= 3 * ahead and np.isfinite(past := record[ahead:] - record[:-ahead]).any():
            spread[number] = np.sqrt(np.nanmean(past**2))
    return np.asarray(values[at[-1]] + np.outer(spread, norm.ppf(scores.LEVELS)))


@traced
def replay(
    gaps: pd.DataFrame, board: str, first: int, draws: int, seed: int, step: int = 3, horizon: int = 26
) -> pd.DataFrame:
    """Forecast from earlier weeks with what was known then, and score the forecasts by what came.

    Parameters
    ----------
    gaps, board, draws, seed
        As in `futures`.
    first, step, horizon : int
        Shortest history (less if the record is hardly longer), distance of the origins, and longest horizon, in weeks.

    Returns
    -------
    pandas.DataFrame
        method (`NAMES` and ``no change``), origin, week, horizon, median, low, high (central 95 %), gap (what came),
        inside, crps (points); only weeks with a board. Empty if the record is too short.
    """
    series = weekly(gaps, board)
    values, parts = series["gap"].to_numpy(), []
    for end in range(max(8, min(first, len(values) - 8)), len(values), step):
        known, came = values[:end], values[end : end + horizon]
        at = np.flatnonzero(np.isfinite(came))
        if not at.size or np.isfinite(known).sum() < 8:
            continue
        origin = series["week"].iloc[end - 1]
        found = {"no change": no_change(known, at + 1.0 + np.isnan(known[::-1]).argmin())}
        for name in NAMES:
            true, noise = futures(gaps, board, name, origin, int(at[-1]) + 1, draws, seed)
            read = true.reshape(len(true), -1)[at]
            read = read + noise * np.random.default_rng(seed).standard_normal(read.shape)
            found[name] = np.round(np.quantile(read, scores.LEVELS, axis=1).T, PLACES)
        for name, quantiles in found.items():
            low, high = quantiles[:, 0], quantiles[:, -1]
            rows = {"method": name, "origin": origin, "week": series["week"].to_numpy()[end + at], "horizon": at + 1}
            rows |= {"median": np.median(quantiles, axis=1), "low": low, "high": high, "gap": came[at]}
            rows |= {"inside": (came[at] >= low) & (came[at] <= high), "crps": scores.crps(quantiles, came[at])}
            parts.append(pd.DataFrame(rows))
    columns = ["method", "origin", "week", "horizon", "median", "low", "high", "gap", "inside", "crps"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


@traced
def record_of(tests: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return how past forecasts did, by method and horizon.

    Returns
    -------
    pandas.DataFrame
        method, horizon (weeks: upper end), forecasts, origins, apart (how many whose windows do not overlap), share
        (that the central 95 % covered), low, high (Jeffreys interval as if seen in ``apart`` cases), crps (mean).
    """
    rows = []
    bins = pd.cut(tests["horizon"], [0, *BINS], labels=BINS)
    for (method, horizon), part in tests.groupby(["method", bins], observed=True, sort=False):
        count, share = scores.apart(part["origin"], part["week"]), float(part["inside"].mean())
        low, high = scores.share_interval(share, count, confidence)
        row = {"method": method, "horizon": int(str(horizon)), "forecasts": len(part)}
        row |= {"origins": part["origin"].nunique()}
        rows.append(row | {"apart": count, "share": share, "low": low, "high": high, "crps": part["crps"].mean()})
    return pd.DataFrame(rows).sort_values("horizon", kind="stable").reset_index(drop=True)


@traced
def coverage_of(tests: pd.DataFrame, method: str, confidence: float) -> Estimate:
    """Return how often a method's central 95 % covered what came, at all horizons, in percent, with its interval."""
    part = tests[tests["method"] == method]
    share = float(part["inside"].mean())
    low, high = scores.share_interval(share, scores.apart(part["origin"], part["week"]), confidence)
    return Estimate(100 * share, 100 * low, 100 * high, "%")


def lean(tests: pd.DataFrame, method: str) -> tuple[float, float]:
    """Return what share of outcomes lay below a method's medians (%), and how far these were too high (points)."""
    part = tests[tests["method"] == method]
    return 100 * float((part["gap"] < part["median"]).mean()), float((part["median"] - part["gap"]).mean())


@traced
def crps_ratio(tests: pd.DataFrame, method: str, confidence: float, seed: int, draws: int = 4000) -> Estimate:
    """Return a method's CRPS over that of no change; the interval is from a bootstrap of blocks of origins."""
    sums = tests.pivot_table(index="origin", columns="method", values="crps", aggfunc="sum").sort_index()
    apart = (
        max(float(np.median(np.diff(sums.index).astype("timedelta64[D]").astype(float))), 7.0) if len(sums) > 1 else 7.0
    )
    block = int(np.ceil(7 * BLOCK_WEEKS / apart))
    ratio, low, high = scores.ratio_interval(sums[method], sums["no change"], block, confidence, draws, seed)
    return Estimate(ratio, None if np.isnan(low) else low, None if np.isnan(high) else high)


@traced
def parity_by_model(gaps: pd.DataFrame, board: str, weeks: int, draws: int, seed: int, day: str) -> pd.DataFrame:
    """Return the chance of having met zero by a day from the last default board, by each model.

    Returns
    -------
    pandas.DataFrame
        method, value (percent). Simulated.
    """
    found = {name: forecast(gaps, board, name, weeks, draws, 0.95, seed, "default") for name in NAMES}
    return pd.DataFrame([{"method": name, "value": parity_at(frame, day).value} for name, frame in found.items()])
