"""State-space forecasts of the gap, the probability of parity, and how such forecasts did before."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced

MODELS: dict[str, dict[str, Any]] = {
    "local level": {"level": "local level"},
    "local linear trend": {"level": "local linear trend"},
    "mean-reverting": {"level": "fixed intercept", "autoregressive": 1},
}
"""Arguments of statsmodels' UnobservedComponents (Harvey 1989; Durbin & Koopman 2012) for each model."""

CHUNK = 20_000

PLACES = 6
"""Decimals kept of a forecast: the last bits of the filter's arithmetic differ from run to run and mean nothing."""


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


@traced
def forecast(series: pd.DataFrame, model: str, weeks: int, confidence: float) -> pd.DataFrame:
    """Forecast the gap.

    Parameters
    ----------
    series : pandas.DataFrame
        From `weekly`.
    model : str
        A key of `MODELS`.
    weeks : int
        Horizon.
    confidence : float
        Level of the intervals. They hold the noise of the level and of the reading, and in the trend model that of the
        trend; not that of the variances, nor of the choice of the model.

    Returns
    -------
    pandas.DataFrame
        week, horizon (weeks ahead), mean, low, high, inner_low, inner_high (half the probability), points.
    """
    found = fit(series["gap"].to_numpy(), model).result.get_forecast(weeks)
    mean, error = np.round(found.predicted_mean, PLACES), np.round(found.se_mean, PLACES)
    z, inner = norm.ppf(0.5 + confidence / 2), norm.ppf(0.75)
    last = series["week"].iloc[-1]
    return pd.DataFrame(
        {
            "week": last + pd.to_timedelta(7 * np.arange(1, weeks + 1), unit="D"),
            "horizon": np.arange(1, weeks + 1),
            "mean": mean,
            "low": mean - z * error,
            "high": mean + z * error,
            "inner_low": mean - inner * error,
            "inner_high": mean + inner * error,
        }
    )


@traced
def forecast_at(frame: pd.DataFrame, day: str) -> Estimate:
    """Return the forecast for the first week that ends on or after a day, or for the last week."""
    rows = frame[frame["week"] >= pd.Timestamp(day)]
    row = (rows if len(rows) else frame.tail(1)).iloc[0]
    return Estimate(float(row["mean"]), float(row["low"]), float(row["high"]), "points", inputs_of(frame))


def first_passage(fitted: _Fitted, weeks: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the probability that the true gap has been at or below zero by each week.

    Futures are drawn from the model's own state equation, from the predicted state on; the noise of reading is left
    out. Drawn in blocks of `CHUNK`, so that memory does not grow with the draws.

    Parameters
    ----------
    fitted : _Fitted
        From `fit`.
    weeks, draws : int
        Horizon and number of futures.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray, shape (weeks,)
    """
    ssm, result = fitted.model.ssm, fitted.result
    move = ssm["transition"].reshape(ssm["transition"].shape[:2])
    enter = ssm["selection"].reshape(ssm["selection"].shape[:2])
    see = ssm["design"].reshape(ssm["design"].shape[:2])[0]
    noise = enter @ _root(ssm["state_cov"].reshape(ssm["state_cov"].shape[:2]))
    start, spread = result.predicted_state[:, -1], _root(result.predicted_state_cov[:, :, -1])
    crossed = np.zeros(weeks)
    for first in range(0, draws, CHUNK):
        size = min(CHUNK, draws - first)
        state = start[:, None] + spread @ rng.standard_normal((len(start), size))
        below = np.zeros(size, dtype=bool)
        for week in range(weeks):
            below |= see @ state <= 0
            crossed[week] += below.sum()
            state = move @ state + noise @ rng.standard_normal((noise.shape[1], size))
    return crossed / draws


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return a square root of a positive semidefinite matrix that may be singular."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.clip(values, 0.0, None))


@traced
def parity_by_model(series: pd.DataFrame, weeks: int, draws: int, seed: int) -> pd.DataFrame:
    """Return the probability of parity by date under every model of `MODELS`.

    Returns
    -------
    pandas.DataFrame
        method, week, horizon, probability_at (that the gap is at or below zero in that week), probability_by (that it
        has been so in any week until then), aic, weekly_sd (standard deviation of the level's weekly noise, points),
        memory (autoregressive coefficient, missing for other models). Simulated.
    """
    values = series["gap"].to_numpy()
    last = series["week"].iloc[-1]
    parts = []
    for number, model in enumerate(MODELS):
        fitted = fit(values, model)
        ahead = fitted.result.get_forecast(weeks)
        signal = np.asarray(ahead.var_pred_mean) - fitted.parameters.get("sigma2.irregular", 0.0)
        error = np.sqrt(np.clip(signal, 1e-12, None))
        variance = fitted.parameters.get("sigma2.level", fitted.parameters.get("sigma2.ar", 0.0))
        parts.append(
            pd.DataFrame(
                {
                    "method": model,
                    "week": last + pd.to_timedelta(7 * np.arange(1, weeks + 1), unit="D"),
                    "horizon": np.arange(1, weeks + 1),
                    "probability_at": np.round(norm.cdf(-np.asarray(ahead.predicted_mean) / error), PLACES),
                    "probability_by": first_passage(fitted, weeks, draws, np.random.default_rng([seed, number])),
                    "aic": float(f"{fitted.result.aic:.5g}"),
                    "weekly_sd": np.sqrt(variance),
                    "memory": fitted.parameters.get("ar.L1", np.nan),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@traced
def parity_probability(parity: pd.DataFrame, model: str, day: str, column: str = "probability_by") -> Estimate:
    """Return the probability of parity by a day under a model; low and high over all models."""
    rows = parity[parity["week"] <= pd.Timestamp(day)]
    rows = rows if len(rows) else parity.groupby("method", sort=False).head(1)
    last = rows.groupby("method", sort=False)[column].last() * 100
    return Estimate(float(last[model]), float(last.min()), float(last.max()), "%", inputs_of(parity))


@traced
def backtest(
    series: pd.DataFrame, model: str, confidence: float, first: int = 26, step: int = 6, horizon: int = 26
) -> pd.DataFrame:
    """Forecast from earlier dates with what was known then, and set the forecasts beside what came.

    Parameters
    ----------
    series : pandas.DataFrame
        From `weekly`.
    model : str
        A key of `MODELS`.
    confidence : float
        Level of the intervals.
    first, step, horizon : int
        Shortest history (less if the series is hardly longer), distance of the origins, and longest horizon, in weeks.

    Returns
    -------
    pandas.DataFrame
        origin, week, horizon, mean, low, high, gap (what came), last (the gap known at the origin), inside; only weeks
        with a board. Empty if the series is too short.
    """
    parts = []
    values = series["gap"].to_numpy()
    for end in range(max(8, min(first, len(values) - 8)), len(values) - 1, step):
        weeks = min(horizon, len(values) - end)
        if np.isnan(values[end : end + weeks]).all() or np.isfinite(values[:end]).sum() < 8:
            continue
        table = forecast(series.iloc[:end], model, weeks, confidence)
        table["origin"] = series["week"].iloc[end - 1]
        table["gap"] = values[end : end + weeks]
        known = values[:end]
        table["last"] = known[np.isfinite(known)][-1]
        parts.append(table.dropna(subset="gap"))
    columns = ["origin", "week", "horizon", "mean", "low", "high", "gap", "last"]
    if not parts:
        return pd.DataFrame(columns=[*columns, "inside"])
    frame = pd.concat(parts, ignore_index=True)[columns]
    frame["inside"] = (frame["gap"] >= frame["low"]) & (frame["gap"] <= frame["high"])
    return frame


@traced
def coverage(tests: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return how often the intervals held what came, by horizon.

    Returns
    -------
    pandas.DataFrame
        horizon (weeks: upper end of each quarter of a year), forecasts, origins, share, low, high (Jeffreys interval as
        if the forecasts were independent; they overlap, so it is too narrow), error and naive (mean absolute error of
        the forecast and of "no change", points).
    """
    from scipy.stats import beta

    bins = [0, 4, 8, 13, 26]
    groups = pd.cut(tests["horizon"], bins, labels=bins[1:])
    rows = []
    for label, rows_in in tests.groupby(groups, observed=True):
        n, k = len(rows_in), int(rows_in["inside"].sum())
        tail = (1 - confidence) / 2
        rows.append(
            {
                "horizon": int(str(label)),
                "forecasts": n,
                "origins": rows_in["origin"].nunique(),
                "share": k / n,
                "low": float(beta.ppf(tail, k + 0.5, n - k + 0.5)) if k else 0.0,
                "high": float(beta.ppf(1 - tail, k + 0.5, n - k + 0.5)) if k < n else 1.0,
                "error": (rows_in["mean"] - rows_in["gap"]).abs().mean(),
                "naive": (rows_in["last"] - rows_in["gap"]).abs().mean(),
            }
        )
    return pd.DataFrame(rows)


@traced
def coverage_at(table: pd.DataFrame) -> Estimate:
    """Return the coverage at the longest horizon, in percent, with its interval."""
    row = table.sort_values("horizon").iloc[-1]
    return Estimate(100 * float(row["share"]), 100 * float(row["low"]), 100 * float(row["high"]), "%", inputs_of(table))


@traced
def coverage_by_model(tests: dict[str, pd.DataFrame], confidence: float) -> pd.DataFrame:
    """Return `coverage` of several models' backtests in one table with a column ``method``."""
    return pd.concat([coverage(frame, confidence).assign(method=model) for model, frame in tests.items()])
