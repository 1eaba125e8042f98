"""List prices by country: medians and their ratio, the printed pair, and all pairs of models."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from parallelrun.errors import ParameterError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced

Array = npt.NDArray[np.float64]

CHUNK = 20_000
"""Bootstrap draws held in memory at once."""


@traced
def listing(list_prices: pd.DataFrame, snapshot: str, least_models: int = 1) -> pd.DataFrame:
    """Return the list prices that hold at a snapshot.

    Parameters
    ----------
    list_prices : pandas.DataFrame
        Spells of constant price: ``country``, ``model``, ``input_price``, ``output_price`` (USD per million
        tokens), ``first_seen``, ``as_of``.
    snapshot : str
        ISO date of the snapshot.
    least_models : int
        Vendors with fewer listed models are left out.

    Returns
    -------
    pandas.DataFrame
        One row a model, with its ``vendor``.

    Raises
    ------
    ParameterError
        If there is no snapshot of that date; the message names the nearest.
    """
    known = snapshots(list_prices)
    date = day(snapshot)
    if date not in known:
        near = known[int(np.argmin(np.abs(known - date)))]
        raise ParameterError(f"no price snapshot of {snapshot!r}: the nearest is {near.date().isoformat()}")
    now = list_prices[(list_prices["first_seen"] <= date) & (list_prices["as_of"] >= date)].copy()
    now["vendor"] = now["model"].str.split("/").str[0]
    enough = now.groupby("vendor")["model"].transform("size") >= least_models
    return now[enough].sort_values("model", ignore_index=True)


def snapshots(list_prices: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the dates at which prices were read: every snapshot begins or ends some spell."""
    return pd.DatetimeIndex(np.unique(np.concatenate([list_prices["first_seen"], list_prices["as_of"]])))


def day(text: str) -> pd.Timestamp:
    """Return a date, or raise `ParameterError`."""
    try:
        return pd.Timestamp(text)
    except ValueError:
        raise ParameterError(f"{text!r} is not a date: write it as 2026-04-01") from None


def order_statistic_ranks(n: int, confidence: float) -> tuple[int, int]:
    """Return the ranks (from 1) of the order statistics that bound a median.

    The number of observations below the median is binomial with probability one half, whatever the
    distribution, so the interval from rank l to rank n + 1 - l covers the median with probability
    1 - 2 F(l - 1; n, 1/2) (David & Nagaraja 2003, section 7.1).

    Parameters
    ----------
    n : int
        Observations.
    confidence : float
        Level in percent. If n is too small for it, the whole range is returned, which covers less.
    """
    tail = (1 - confidence / 100) / 2
    low = max(int(stats.binom.ppf(tail, n, 0.5)), 1)
    if stats.binom.cdf(low - 1, n, 0.5) > tail:
        low = max(low - 1, 1)
    return low, n + 1 - low


def median_interval(values: Array, confidence: float) -> tuple[float, float, float]:
    """Return a sample's median and its order-statistic interval, in the values' unit."""
    ordered = np.sort(values)
    low, high = order_statistic_ranks(len(ordered), confidence)
    return float(np.median(ordered)), float(ordered[low - 1]), float(ordered[high - 1])


@traced
def median_history(
    list_prices: pd.DataFrame, summary: pd.DataFrame, ratios: pd.DataFrame, confidence: float, least_models: int = 1
) -> pd.DataFrame:
    """Return the median input price by country, and the ratio of both, at every snapshot with enough models.

    The ratio's interval divides the ends of two order-statistic intervals, each at the square root of the
    level, so that for independent samples it covers the ratio at least at the level asked for: it is wide
    rather than narrow. Models of one vendor are priced together, so that they are not independent: the
    interval is of the list as a sample, not of the vendors.

    Returns
    -------
    pandas.DataFrame
        ``series`` (US, CN: USD per million tokens; ratio; ratio in summary: of medians summarised before this
        project counted for itself; printed: claim A49), ``date``, ``value``, ``low``, ``high``, ``models``.

    Raises
    ------
    DataError
        If the summary has no median of a country.
    """
    need_both(summary, "medians")
    each = 100 * math.sqrt(confidence / 100)
    rows = []
    for date in snapshots(list_prices):
        now = listing(list_prices, date.date().isoformat(), least_models)
        groups = {c: now.loc[now["country"] == c, "input_price"].to_numpy() for c in ("US", "CN")}
        if min(len(v) for v in groups.values()) < 6:
            continue
        bounds = {}
        for country, values in groups.items():
            rows.append((country, date, *median_interval(values, confidence), len(values)))
            bounds[country] = median_interval(values, each)
        (us, us_low, us_high), (cn, cn_low, cn_high) = bounds["US"], bounds["CN"]
        rows.append(("ratio", date, us / cn, us_low / cn_high, us_high / cn_low, len(now)))
    history = pd.DataFrame(rows, columns=["series", "date", "value", "low", "high", "models"])
    wide = summary.set_index(["as_of", "country"])[["input_median", "models"]].unstack()  # noqa: PD010
    wide = wide[wide.index.isin(history["date"])].dropna()
    other = pd.DataFrame(
        {
            "series": "ratio in summary",
            "date": wide.index,
            "value": (wide["input_median"]["US"] / wide["input_median"]["CN"]).to_numpy(),
            "models": (wide["models"]["US"] + wide["models"]["CN"]).astype(int).to_numpy(),
        }
    )
    stated = pick(ratios, claim="A49")
    printed = pd.DataFrame(
        [("printed", date, stated.value, *stated.ends) for date in history["date"].agg(["min", "max"])],
        columns=["series", "date", "value", "low", "high"],
    )
    return pd.concat([history, other, printed], ignore_index=True)


@traced
def medians(now: pd.DataFrame, confidence: float) -> dict[str, Estimate]:
    """Return the median input price of both countries with its order-statistic interval (USD per million tokens).

    Raises
    ------
    DataError
        If no model of a country is listed.
    """
    need_both(now, "models listed at the snapshot", otherwise="take another snapshot or lower least_models")
    return {
        country: Estimate(
            *median_interval(now.loc[now["country"] == country, "input_price"].to_numpy(float), confidence),
            "USD/million tokens",
        )
        for country in ("US", "CN")
    }


@traced
def median_ratio(
    now: pd.DataFrame, column: str, confidence: float, draws: int, seed: int, resampled: str = "vendors"
) -> Estimate:
    """Return the ratio of the US to the Chinese median price, with a percentile bootstrap interval.

    Whole vendors, or models, are resampled with replacement within each country (Efron & Tibshirani 1993; for
    clusters Davison & Hinkley 1997, section 3.8). Resampling models takes the models of one vendor for independent
    draws, which they are not: one price list sets them all.

    Parameters
    ----------
    now : pandas.DataFrame
        Prices at one snapshot (see `listing`).
    column : str
        ``"input_price"`` or ``"output_price"``.
    confidence : float
        Level in percent.
    draws, seed : int
        Bootstrap draws and seed.
    resampled : {"vendors", "models"}
        What is drawn with replacement.
    """
    rng = np.random.default_rng(seed)
    samples = [now[now["country"] == c].sort_values(column, kind="stable") for c in ("US", "CN")]
    medians = [
        np.concatenate(
            [_median_draws(s[column].to_numpy(float), clusters(s, resampled), k, rng) for k in chunks(draws)]
        )
        for s in samples
    ]
    tail = (100 - confidence) / 2
    low, high = np.percentile(medians[0] / medians[1], [tail, 100 - tail])
    us, cn = (float(np.median(s[column])) for s in samples)
    return Estimate(us / cn, float(low), float(high), "ratio")


def clusters(models: pd.DataFrame, resampled: str) -> npt.NDArray[np.intp]:
    """Return the number of the cluster that each model is drawn with: its vendor's, or its own."""
    if resampled == "models":
        return np.arange(len(models))
    return np.asarray(pd.factorize(models["vendor"])[0])


def weights(clusters: npt.NDArray[np.intp], draws: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return how often each model is in each resample of as many clusters as there are: shape (draws, models)."""
    k = int(clusters.max()) + 1
    return rng.multinomial(k, np.full(k, 1 / k), draws)[:, clusters]


def _median_draws(ordered: Array, clusters: npt.NDArray[np.intp], draws: int, rng: np.random.Generator) -> Array:
    """Return the medians of resamples of sorted values, from how often each value is drawn."""
    count = np.cumsum(weights(clusters, draws, rng), axis=1)
    size = count[:, -1:]
    low, high = ((count > middle).argmax(axis=1) for middle in ((size - 1) // 2, size // 2))
    return (ordered[low] + ordered[high]) / 2


def chunks(draws: int) -> list[int]:
    """Return the sizes of the parts in which draws are made."""
    return [min(CHUNK, draws - done) for done in range(0, draws, CHUNK)]


@traced
def price_ratio(prices: pd.DataFrame) -> Estimate:
    """Return the US over the Chinese input price that the article prints (claims A48 and A47)."""
    return (pick(prices, claim="A48") / pick(prices, claim="A47")).to("ratio")


@traced
def price_gap(
    prices: pd.DataFrame, ratios: pd.DataFrame, now: pd.DataFrame, us_flagship: str, cn_flagship: str, medians: Estimate
) -> pd.DataFrame:
    """Return the ways to read the price gap, each with its interval.

    Returns
    -------
    pandas.DataFrame
        ``reading``, ``kind`` (printed, recomputed, list price), ``value``, ``low``, ``high`` (ratio US over
        Chinese input price), ``claim``, ``source``.

    Raises
    ------
    ParameterError
        If a flagship is not listed at the snapshot.
    """
    us = now.loc[now["model"] == us_flagship, "input_price"]
    cn = now.loc[now["model"] == cn_flagship, "input_price"]
    for slug, found in ((us_flagship, us), (cn_flagship, cn)):
        if found.empty:
            raise ParameterError(
                f"model {slug!r} is not listed at that snapshot: take another slug or snapshot, or lower least_models"
            )
    chinese = us.iloc[0] / now.loc[now["country"] == "CN", "input_price"]
    recomputed = price_ratio(prices)
    heading, table = pick(ratios, claim="A50"), pick(ratios, claim="A49")
    rows = [
        ("Article: heading", "printed", heading.value, *heading.ends, "A50", "article-000"),
        ("Article: table, ratio", "printed", table.value, *table.ends, "A49", "article-000"),
        (
            "Article: recomputed from its prices",
            "recomputed",
            recomputed.value,
            *recomputed.ends,
            "A47 A48",
            "article-000",
        ),
        ("Listed: flagship pair", "list price", us.iloc[0] / cn.iloc[0], None, None, "", "model-price-radar"),
        (
            "Listed: US flagship over Chinese models",
            "list price",
            chinese.median(),
            chinese.quantile(0.1),
            chinese.quantile(0.9),
            "",
            "model-price-radar",
        ),
        ("Listed: median over median", "list price", medians.value, *medians.ends, "", "model-price-radar"),
    ]
    frame = pd.DataFrame(rows, columns=["reading", "kind", "value", "low", "high", "claim", "source"])
    return frame.astype({"value": float, "low": float, "high": float})


@traced
def price_distribution(now: pd.DataFrame, ratio: Estimate, us_flagship: str, cn_flagship: str) -> pd.DataFrame:
    """Return the cumulative distributions of input prices by country and of the price ratio of all pairs.

    Returns
    -------
    pandas.DataFrame
        ``panel`` (price, ratio), ``series`` (US, CN, pairs, or what is marked), ``x`` (USD per million tokens, or
        ratio), ``share`` (% of models or pairs at most that high). Pairs are given at every half percent.
    """
    frames = []
    prices = {}
    for country, flagship in (("US", us_flagship), ("CN", cn_flagship)):
        group = now[now["country"] == country]
        prices[country] = np.sort(group["input_price"].to_numpy())
        share = 100 * np.arange(1, len(group) + 1) / len(group)
        frames.append(pd.DataFrame({"panel": "price", "series": country, "x": prices[country], "share": share}))
        own = group.loc[group["model"] == flagship, "input_price"].to_numpy()
        at = 100 * np.searchsorted(prices[country], own, side="right") / len(group)
        frames.append(pd.DataFrame({"panel": "price", "series": flagship, "x": own, "share": at}))
    pairs = np.sort((prices["US"][:, None] / prices["CN"][None, :]).ravel())
    share = np.linspace(0.5, 99.5, 199)
    frames.append(pd.DataFrame({"panel": "ratio", "series": "pairs", "x": np.percentile(pairs, share), "share": share}))
    assert ratio.value is not None
    below = 100 * np.searchsorted(pairs, ratio.value) / len(pairs)
    frames.append(pd.DataFrame({"panel": "ratio", "series": "articles", "x": [ratio.value], "share": [below]}))
    return pd.concat(frames, ignore_index=True)


@traced
def pair_share(now: pd.DataFrame, ratio: Estimate) -> Estimate:
    """Return the share (%) of all pairs of a US and a Chinese model whose input prices differ at least by a ratio.

    Parameters
    ----------
    now : pandas.DataFrame
        Prices at one snapshot.
    ratio : Estimate
        Ratio US over Chinese; its ends give the interval of the share.
    """
    us, cn = (now.loc[now["country"] == c, "input_price"].to_numpy() for c in ("US", "CN"))
    pairs = np.sort((us[:, None] / cn[None, :]).ravel())
    low, high = ratio.ends

    def above(limit: float) -> float:
        return 100 * (1 - np.searchsorted(pairs, limit * (1 - 1e-12), side="left") / len(pairs))

    assert ratio.value is not None
    return Estimate(above(ratio.value), above(high), above(low), "%")


@traced
def cheaper_share(now: pd.DataFrame) -> Estimate:
    """Return the share (%) of all pairs in which the US model's input price is below the Chinese model's."""
    us, cn = (now.loc[now["country"] == c, "input_price"].to_numpy() for c in ("US", "CN"))
    below = float(100 * (us[:, None] < cn[None, :]).mean())
    return Estimate(below, below, below, "%")
