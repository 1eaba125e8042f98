"""Prices beside Arena scores: the price-performance frontier, and the price ratio at equal score."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from parallelrun.errors import DataError
from parallelrun.study.countries import need_both
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.cost_structure.prices import Array, chunks, clusters, weights

Ratio = tuple[str, str, float | None, float | None, float | None, int]
"""What was offered, the method, the ratio US over China with its ends, and of how many models or pairs."""


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
    what, other = "models with both a list price at the snapshot and a score", "take another snapshot"
    need_both(both, what, now, matches, least=3, otherwise=other)
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
def undominated(models: pd.DataFrame, column: str = "input_price") -> pd.DataFrame:
    """Return the models for which their own vendor sells none that is as good and cheaper, or better and no dearer.

    A price list keeps what has been superseded; nobody who looks at score and price would choose it.
    """
    score, price = models["score"].to_numpy(float), models[column].to_numpy(float)
    vendor = models["vendor"].to_numpy(str)
    better = (score >= score[:, None]) & (price <= price[:, None]) & (vendor == vendor[:, None])
    strictly = (score > score[:, None]) | (price < price[:, None])
    return models[~(better & strictly).any(axis=1)].reset_index(drop=True)


@traced
def cheapest(models: pd.DataFrame, column: str = "input_price") -> pd.DataFrame:
    """Return the cheapest price at a score or better in both countries, wherever both have a model.

    Returns
    -------
    pandas.DataFrame
        ``score`` (each model's, rising, up to the lower of both countries' best: what is asked for), ``US``, ``CN``
        (the cheapest price of a model with at least that score), ``ratio`` (US over China).
    """
    groups = [models[models["country"] == country] for country in ("US", "CN")]
    top = min(group["score"].max() for group in groups)
    score = np.unique(models.loc[models["score"] <= top, "score"].to_numpy(float))
    us, cn = (_least_at(group["score"], group[column], score) for group in groups)
    return pd.DataFrame({"score": score, "US": us, "CN": cn}).assign(ratio=lambda f: f["US"] / f["CN"])


def _least_at(scores: pd.Series, prices: pd.Series, asked: Array) -> Array:
    """Return the least price at each asked score or better; each must be reached."""
    falling = np.argsort(-scores.to_numpy(float), kind="stable")
    least = np.fmin.accumulate(prices.to_numpy(float)[falling])
    reached = np.searchsorted(-scores.to_numpy(float)[falling], -asked, side="right")
    return np.asarray(least[reached - 1])


@traced
def cheapest_ratio(steps: pd.DataFrame) -> Estimate:
    """Return the ratio of cheapest prices, its median over the range of scores; ends: its least and greatest value.

    The range is walked evenly: a ratio that holds over ten points counts twice as much as one over five.
    """
    edges = steps["score"].to_numpy(float)
    if len(edges) < 2:
        return Estimate(float(steps["ratio"].iloc[0]), unit="ratio")
    ratio = np.repeat(steps["ratio"].to_numpy(float)[1:], np.round(100 * np.diff(edges)).astype(int))
    return Estimate(float(np.median(ratio)), float(steps["ratio"].min()), float(steps["ratio"].max()), "ratio")


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
    """Return the price ratio US over China at equal Arena score: for three offers, three prices, and by two methods.

    Offers: *all* listed models; those *undominated* by a model of their own vendor (see `undominated`); the *cheapest*
    at a score or better (see `cheapest_ratio`), which needs no method.

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
        ``offered``, ``method``, ``price``, ``value``, ``low``, ``high`` (ratio), ``observations`` (models or pairs).
    """
    stated = pick(ratios, claim="A49")
    rows: list[tuple[Any, ...]] = [("article", "one pair", "input", stated.value, *stated.ends, 1)]
    for name, weight in (("input", 0.0), ("output", 1.0), (f"blend, {output_share:.3g} % output", output_share / 100)):
        priced = models.assign(price=(1 - weight) * models["input_price"] + weight * models["output_price"])
        found = ratios_of_price(priced, band, confidence, draws, seed, resampled)
        rows.extend((offered, method, name, *numbers) for offered, method, *numbers in found)
    return pd.DataFrame(rows, columns=["offered", "method", "price", "value", "low", "high", "observations"])


@traced
def ratios_of_price(
    priced: pd.DataFrame, band: float, confidence: float, draws: int, seed: int, resampled: str
) -> list[Ratio]:
    """Return the ratios of `equal_score_ratios` for one price, the column ``price``."""
    rows: list[Ratio] = []
    for offered, some in (("all", priced), ("undominated", undominated(priced, "price"))):
        logs = np.log(some["price"].to_numpy(float))
        if some["country"].nunique() < 2:
            raise DataError("the models of one country only are not superseded: take another snapshot")
        for method, on_score in (("unmatched", False), ("regression", True)):
            fit = _regression(some, logs, confidence, resampled, on_score)
            rows.append((offered, method, *fit, len(some)))
        if offered == "all" or _near(some, band).any():
            matched = _matched(some, logs, band, confidence, draws, seed, resampled)
            rows.append((offered, "matched pairs", *matched))
    least = cheapest_ratio(cheapest(priced, "price"))
    rows.append(("cheapest", "at a score", least.value, *least.ends, len(priced)))
    return rows


@traced
def without_each_vendor(models: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the regression's input price ratio with one vendor at a time left out: ``vendor``, ``value``, ends."""
    rows = []
    for vendor in sorted(set(models["vendor"])):
        rest = models[models["vendor"] != vendor]
        if rest["country"].nunique() == 2 and rest["vendor"].nunique() > 2:
            rows.append(
                (vendor, *_regression(rest, np.log(rest["input_price"].to_numpy(float)), confidence, "vendors"))
            )
    return pd.DataFrame(rows, columns=["vendor", "value", "low", "high"])


def regression_ratio(models: pd.DataFrame, column: str, confidence: float, resampled: str) -> Estimate:
    """Return the price ratio US over China at equal score by regression alone (see `equal_score_ratios`)."""
    logs = np.log(models[column].to_numpy(float))
    return Estimate(*_regression(models, logs, confidence, resampled), "ratio")


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


@traced
def slope_difference(models: pd.DataFrame) -> float:
    """Return Student's t of the difference of both countries' slopes of log price on score, clustered by vendor."""
    from statsmodels.regression.linear_model import OLS

    score = models["score"].to_numpy(float) - models["score"].mean()
    us = (models["country"] == "US").to_numpy(float)
    design = np.column_stack([np.ones(len(us)), us, score, us * score])
    groups = {"groups": clusters(models, "vendors")}
    fit = OLS(np.log(models["input_price"].to_numpy(float)), design).fit(
        cov_type="cluster", cov_kwds=groups, use_t=True
    )
    return float(fit.tvalues[3])


def _near(models: pd.DataFrame, band: float) -> npt.NDArray[np.bool_]:
    """Return which US (rows) and Chinese models (columns) have scores within a band."""
    us, cn = (models.loc[models["country"] == country, "score"].to_numpy(float) for country in ("US", "CN"))
    return np.abs(us[:, None] - cn[None, :]) <= band


def _matched(
    models: pd.DataFrame, log_price: Array, band: float, confidence: float, draws: int, seed: int, resampled: str
) -> tuple[float, float, float, int]:
    us = (models["country"] == "US").to_numpy()
    near = _near(models, band).astype(float)
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
    """Return the input price's rows of `equal_score_ratios` by offer and method, such as ``"all, matched pairs"``."""
    return {
        f"{row.offered}, {row.method}": Estimate(float(row.value), float(row.low), float(row.high), "ratio")
        for row in records(ratios[ratios["price"] == "input"])
    }
