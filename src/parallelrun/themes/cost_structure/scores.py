"""Prices beside Arena scores: the price-performance frontier, and the price ratio at equal score."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from parallelrun.errors import DataError
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.cost_structure.prices import Array, chunks, clusters, weights


@traced
def score_and_price(now: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Return the models that have both a list price and an Arena score.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``vendor``, ``model``, ``arena_model``, ``input_price``, ``output_price`` (USD per million
        tokens), ``score``, ``score_low``, ``score_high`` (points, 95 % bounds), ``votes``.

    Raises
    ------
    DataError
        If fewer than three matched models of either country are listed at the snapshot.
    """
    scores = matches.rename(columns={"value": "score", "low": "score_low", "high": "score_high"})
    both = now[["country", "vendor", "model", "input_price", "output_price"]].merge(
        scores[["model", "arena_model", "score", "score_low", "score_high", "votes"]], on="model"
    )
    if both.groupby("country").size().reindex(["US", "CN"], fill_value=0).min() < 3:
        raise DataError("fewer than three models of a country have both price and score: take another snapshot")
    return both.sort_values(["score", "model"], ascending=[False, True], ignore_index=True)


@traced
def frontier(models: pd.DataFrame, column: str = "input_price") -> pd.DataFrame:
    """Return the models on the price-performance frontier: none other is at least as good and no dearer.

    Rows are ordered from the best score down; a model stays if it is cheaper than all better ones.
    """
    ordered = models.sort_values(["score", column, "model"], ascending=[False, True, True])
    cheaper = ordered[column] < ordered[column].astype(float).cummin().shift(fill_value=math.inf)
    return ordered[cheaper].reset_index(drop=True)


@traced
def frontier_chances(models: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Return how often each model is on the frontier when scores are drawn from their published bounds.

    Scores are normal about the published one with a standard deviation of the width of the 95 % bounds over 2 x
    1.96, independent between models of the board; two listings of one board model share the draw. Prices are exact.

    Parameters
    ----------
    models : pandas.DataFrame
        From `score_and_price`.
    draws, seed : int
        Draws and seed.

    Returns
    -------
    pandas.DataFrame
        The models with ``chance`` (% of the draws) and ``chinese_low``, ``chinese_high``: the 2.5 % and 97.5 %
        quantiles of the number of Chinese models on the frontier, the same in every row.
    """
    rng = np.random.default_rng(seed)
    board, which = np.unique(models["arena_model"].to_numpy(str), return_inverse=True)
    first = models.drop_duplicates("arena_model").set_index("arena_model").loc[board]
    spread = (first["score_high"] - first["score_low"]).to_numpy(float) / (2 * stats.norm.ppf(0.975))
    price, names = models["input_price"].to_numpy(float), models["model"].to_numpy(str)
    chinese = (models["country"] == "CN").to_numpy()
    hits, counts = np.zeros(len(models)), []
    for size in chunks(draws):
        scores = (first["score"].to_numpy(float) + spread * rng.standard_normal((size, len(board))))[:, which]
        on = np.empty(scores.shape, dtype=bool)
        for i in range(len(models)):
            rivals = (price <= price[i]) & (np.arange(len(models)) != i)
            same = (price == price[i]) & (which == which[i]) & (names > names[i])  # of exact twins the first counts
            best = scores[:, rivals & ~same].max(axis=1, initial=-math.inf)
            on[:, i] = scores[:, i] > best
        hits += on.sum(axis=0)
        counts.append(on[:, chinese].sum(axis=1))
    low, high = np.percentile(np.concatenate(counts), [2.5, 97.5])
    return models.assign(chance=100 * hits / draws, chinese_low=float(low), chinese_high=float(high))


@traced
def frontier_count(models: pd.DataFrame, front: pd.DataFrame) -> Estimate:
    """Return the number of Chinese models on the frontier, with its interval from `frontier_chances`."""
    low, high = (float(models[f"chinese_{end}"].iloc[0]) for end in ("low", "high"))
    return Estimate(float((front["country"] == "CN").sum()), low, high, "models")


@traced
def equal_score_ratios(
    models: pd.DataFrame,
    ratios: pd.DataFrame,
    band: float,
    confidence: float,
    draws: int,
    seed: int,
    output_share: float,
    resampled: str = "vendors",
) -> pd.DataFrame:
    """Return the price ratio US over China at equal Arena score, by two methods and for three prices.

    *Regression*: ln(price) = a + b score + c US + error by least squares; exp(c) is the ratio. Assumes one common
    slope; the board's own error in the scores (about 5 points) biases b, hardly c.

    *Matched pairs*: geometric mean of the ratio over all pairs of a US and a Chinese model whose scores
    differ by no more than ``band``; percentile bootstrap. Makes no assumption on the slope, but uses only where
    both countries have models.

    The unmatched ratio of geometric means (the regression without the score) and the printed ratio (claim A49)
    stand beside them.

    With ``resampled="vendors"`` errors may be correlated within a vendor: the regressions' covariance is
    cluster-robust (CR1; Liang & Zeger 1986) with Student's t of one degree of freedom less than there are vendors,
    and the bootstrap draws whole vendors. Few vendors make even these intervals rough (Cameron & Miller 2015). With
    ``"models"`` models are independent: HC3 (MacKinnon & White 1985), and a bootstrap over models.

    Returns
    -------
    pandas.DataFrame
        ``method``, ``price``, ``value``, ``low``, ``high`` (ratio), ``observations`` (models or pairs).
    """
    share = output_share / 100
    prices = {
        "input": models["input_price"],
        "output": models["output_price"],
        f"blend, {output_share:.3g} % output": (1 - share) * models["input_price"] + share * models["output_price"],
    }
    stated = pick(ratios, claim="A49")
    rows = [("article, one pair", "input", stated.value, *stated.ends, 1)]
    for name, price in prices.items():
        log_price = np.log(price.to_numpy())
        rows.append(
            ("all models, unmatched", name, *_regression(models, log_price, confidence, resampled, False), len(models))
        )
        rows.append(("regression on score", name, *_regression(models, log_price, confidence, resampled), len(models)))
        rows.append(("matched pairs", name, *_matched(models, log_price, band, confidence, draws, seed, resampled)))
    return pd.DataFrame(rows, columns=["method", "price", "value", "low", "high", "observations"])


def _regression(
    models: pd.DataFrame, log_price: Array, confidence: float, resampled: str, on_score: bool = True
) -> tuple[float, float, float]:
    """Return exp of the US coefficient of log price on country, and on the score if wanted, with its interval."""
    from statsmodels.regression.linear_model import OLS

    score = models["score"].to_numpy(dtype=float)
    us = (models["country"] == "US").to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(us)), us, score - score.mean()][: 3 if on_score else 2])
    errors: dict[str, Any] = {"cov_type": "HC3"}
    if resampled == "vendors":
        errors = {"cov_type": "cluster", "cov_kwds": {"groups": clusters(models, resampled)}}
    fit = OLS(log_price, design).fit(use_t=True, **errors)
    low, high = fit.conf_int(1 - confidence / 100)[1]
    return math.exp(fit.params[1]), math.exp(low), math.exp(high)


def _matched(
    models: pd.DataFrame, log_price: Array, band: float, confidence: float, draws: int, seed: int, resampled: str
) -> tuple[float, float, float, int]:
    us = (models["country"] == "US").to_numpy()
    score = models["score"].to_numpy(dtype=float)
    near = (np.abs(score[us][:, None] - score[~us][None, :]) <= band).astype(float)
    if not near.any():
        raise DataError(f"no US and Chinese model lie within {band} points: widen score_band")
    difference = near * (log_price[us][:, None] - log_price[~us][None, :])
    rng = np.random.default_rng(seed)
    of_us, of_cn = (clusters(models[side], resampled) for side in (us, ~us))
    estimates = []
    for size in chunks(draws):
        w, v = (weights(clusters, size, rng).astype(float) for clusters in (of_us, of_cn))
        weight = ((w @ near) * v).sum(axis=1)
        total = ((w @ difference) * v).sum(axis=1)
        estimates.append(total[weight > 0] / weight[weight > 0])
    tail = (100 - confidence) / 2
    low, high = np.exp(np.percentile(np.concatenate(estimates), [tail, 100 - tail]))
    return math.exp(difference.sum() / near.sum()), float(low), float(high), int(near.sum())


@traced
def named(ratios: pd.DataFrame) -> dict[str, Estimate]:
    """Return the rows of `equal_score_ratios` by name, such as ``"matched pairs, input"``."""
    return {
        f"{row.method}, {row.price}": Estimate(float(row.value), float(row.low), float(row.high), "ratio")
        for row in records(ratios)
    }
