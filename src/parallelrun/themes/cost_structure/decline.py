"""How fast the price of a fixed score falls: the cheapest model at or above it, snapshot by snapshot."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.study.results import DIGITS
from parallelrun.themes.cost_structure.prices import snapshots

LAGS = 6
"""Snapshots, about a month apart, over which errors of the trend may hang together."""

LEAST = 8
"""Snapshots that a trend needs."""


@traced
def cheapest_over_time(
    list_prices: pd.DataFrame, scores: pd.DataFrame, fixed: float, output_share: float
) -> pd.DataFrame:
    """Return the cheapest price at a fixed score or better in both countries, at every snapshot that has one.

    The score is a model's on one board, so that the scale does not move with time; the price is of a mix of input and
    output. Free listings do not count.

    Parameters
    ----------
    list_prices : pandas.DataFrame
        Spells of constant price, as in `prices.listing`.
    scores : pandas.DataFrame
        ``model``, ``value`` (points), ``since`` (day from which the slug stood for that model; missing: always).
    fixed : float
        Score in points.
    output_share : float
        Output tokens among all tokens of the mix, in %.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``date``, ``model``, ``value`` (USD per million tokens of the mix), ``models`` (at or above the
        score), ``source`` (of price and score).
    """
    share = output_share / 100
    listed = listed_with_scores(list_prices, scores)
    listed["value"] = (1 - share) * listed["input_price"] + share * listed["output_price"]
    good = listed[(listed["score"] >= fixed) & (listed["value"] > 0)].sort_values(["country", "date", "value", "model"])
    good["models"] = good.groupby(["country", "date"])["model"].transform("size")
    columns = ["country", "date", "model", "value", "models", "source"]
    return good.drop_duplicates(["country", "date"])[columns].reset_index(drop=True)


@traced
def listed_with_scores(list_prices: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return what was listed at every snapshot, with the score of the model that each slug then stood for.

    Returns
    -------
    pandas.DataFrame
        ``date``, ``model``, ``country``, ``input_price``, ``output_price``, ``score``, ``source`` (of price and score).
    """
    known = scores[["model", "since", "value", "source"]].rename(columns={"value": "score", "source": "board"})
    spells = list_prices.merge(known, on="model")
    spells["source"] = spells["source"] + "; " + spells["board"]
    spells = spells.merge(pd.DataFrame({"date": snapshots(list_prices)}), how="cross")
    there = spells["date"].between(spells["first_seen"], spells["as_of"]) & ~(spells["since"] > spells["date"])
    now = spells[there].sort_values("since", na_position="first").drop_duplicates(["date", "model"], keep="last")
    return now[["date", "model", "country", "input_price", "output_price", "score", "source"]]


@traced
def trend(path: pd.DataFrame, country: str, confidence: float) -> pd.DataFrame:
    r"""Return the trend :math:`\ln P = a + b\,t` of a country's cheapest price, ``t`` in years.

    Errors of neighbouring snapshots hang together, since a price stands for months: the covariance is that of Newey
    and West (1987) with `LAGS` lags and the small-sample correction, the interval Student's.

    Returns
    -------
    pandas.DataFrame
        One row: ``country``, ``intercept``, ``slope``, ``low``, ``high`` (1/year), ``first``, ``last``, ``snapshots``;
        none if there are fewer than `LEAST` snapshots.
    """
    from statsmodels.regression.linear_model import OLS

    rows = path[path["country"] == country]
    columns = ["country", "intercept", "slope", "low", "high", "first", "last", "snapshots"]
    if len(rows) < LEAST:
        return pd.DataFrame(columns=columns)
    years = (rows["date"] - rows["date"].min()).dt.days.to_numpy(float) / 365.25
    robust = {"maxlags": LAGS, "use_correction": True}
    line = np.column_stack([np.ones_like(years), years])
    fit = OLS(np.log(rows["value"].to_numpy(float)), line).fit(cov_type="HAC", cov_kwds=robust, use_t=True)
    found = [*fit.params, *fit.conf_int(1 - confidence / 100)[1]]
    written = [float(f"{number:.{DIGITS}g}") for number in found]  # beyond, processors differ
    ends = (rows["date"].min(), rows["date"].max(), len(rows))
    return pd.DataFrame([(country, *written, *ends)], columns=columns)


@traced
def halving_time(found: pd.DataFrame) -> Estimate:
    r"""Return the months in which a price halves, :math:`-12\ln 2/b`; unbounded where the slope may be zero."""
    if found.empty:
        return Estimate(None, 0.0, np.inf, "months")

    def months(slope: float) -> float:
        return float(-12 * np.log(2) / slope) if slope < 0 else np.inf

    row = found.iloc[0]
    value = months(row["slope"])
    return Estimate(value if np.isfinite(value) else None, months(row["low"]), months(row["high"]), "months")


@traced
def common_days(path: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the days on which both countries have a model at the score."""
    return path[path.groupby("date")["country"].transform("nunique") == 2]


@traced
def follow(
    list_prices: pd.DataFrame, scores: pd.DataFrame, asked: tuple[float, ...], output_share: float, confidence: float
) -> tuple[dict[float, pd.DataFrame], dict[float, dict[str, pd.DataFrame]], dict[float, dict[str, Estimate]]]:
    """Return the cheapest prices by score asked for, and trends and halving times of both countries' common days."""
    paths = {score: cheapest_over_time(list_prices, scores, score, output_share) for score in asked}
    alike = {score: common_days(path) for score, path in paths.items()}
    trends = {score: {c: trend(path, c, confidence) for c in ("US", "CN")} for score, path in alike.items()}
    return paths, trends, {score: {c: halving_time(t) for c, t in both.items()} for score, both in trends.items()}
