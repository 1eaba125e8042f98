"""What the tokens are made of and what they come to at list price.

Prices are in USD a million tokens and tokens in trillions, so that their product is in million USD.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.printed import COUNTRIES, first_week
from parallelrun.themes.token_economics.rankings import PRESS_PLACES, attributed, row_of


@traced
def token_mix(models: pd.DataFrame) -> pd.DataFrame:
    """Return what each country's recorded tokens consist of, week by week.

    Only rows with a recorded split count; for the cached part only those that record cached tokens.

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``country``, ``completion`` (per cent of all tokens), ``cached`` (per cent of the
        prompt tokens), ``recorded`` (per cent of the country's listed tokens with a split).
    """
    known = models[models["country"].isin(COUNTRIES)].copy()
    known["split"] = known["prompt_tokens"] + known["completion_tokens"]
    known["with_split"] = known["value"].where(known["split"].notna())
    known["cacheable"] = known["prompt_tokens"].where(known["cached_tokens"].notna())
    columns = ["value", "split", "completion_tokens", "cached_tokens", "cacheable", "with_split"]
    sums = known.groupby(["week_end", "country"])[columns].sum()
    out = pd.DataFrame(
        {
            "completion": 100 * sums["completion_tokens"] / sums["split"],
            "cached": 100 * sums["cached_tokens"] / sums["cacheable"],
            "recorded": 100 * sums["with_split"] / sums["value"],
        }
    )
    return out.dropna().reset_index()


def _mixes(models: pd.DataFrame) -> pd.DataFrame:
    """Return each row's completion share of tokens and cached share of prompts, filled from the nearest kin.

    Where a row records no split it takes the mean of its model, else of its vendor, else of its country, else of
    all, weighted by tokens. Columns ``completion``, ``cached`` and whether each is known.
    """
    split = models["prompt_tokens"] + models["completion_tokens"]
    completion, cached = models["completion_tokens"] / split, models["cached_tokens"] / models["prompt_tokens"]
    out = pd.DataFrame({"completion_known": completion.notna(), "cached_known": cached.notna()})
    for name, share in (("completion", completion), ("cached", cached)):
        weight = models["value"].where(share.notna())
        filled = share.copy()
        for by in ("model", "vendor", "country", "platform"):
            means = (share * weight).groupby(models[by]).transform("sum") / weight.groupby(models[by]).transform("sum")
            filled = filled.fillna(means)
        out[name] = filled.fillna(0.0)
    return out


def price_of_tokens(
    completion: np.ndarray | pd.Series,
    cached: np.ndarray | pd.Series,
    prompt_price: np.ndarray | pd.Series,
    completion_price: np.ndarray | pd.Series,
    cache_price: np.ndarray | pd.Series,
) -> pd.Series:
    r"""Return the price of a token at a mix of use: (1 - c) ((1 - k) p + k q) + c o, in the prices' unit.

    Cached tokens are a part of the prompt and are charged once, at the cache price q, instead of the prompt price p.

    Parameters
    ----------
    completion : array, shape (n,)
        c, completion tokens as a part of all.
    cached : array, shape (n,)
        k, cached tokens as a part of the prompt tokens.
    prompt_price, completion_price, cache_price : array, shape (n,)
        p, o and q.
    """
    return pd.Series(
        (1 - completion) * ((1 - cached) * prompt_price + cached * cache_price) + completion * completion_price
    )


@traced
def revenue(models: pd.DataFrame, cached_without_price: float) -> pd.DataFrame:
    """Return the models with what their tokens come to at list price, in million USD; free variants come to nothing.

    What is not recorded is bounded. No split: completion from none to the highest share of any paid row, cached
    from all of the prompt to none. No cached tokens: from all of the prompt to none. No cache price: from nothing
    to the full prompt price. Charges for writing to a cache, for long prompts and for batches, discounts, and
    the prices of the hosts that were really used are not in the ranking.

    Parameters
    ----------
    models : pandas.DataFrame
        From `attributed`.
    cached_without_price : float
        Central price of a cached token where none is listed, as a part of the prompt price.

    Returns
    -------
    pandas.DataFrame
        The models with ``revenue``, ``revenue_low``, ``revenue_high`` and ``revenue_undiscounted`` (all prompt
        tokens at the full price).
    """
    mix = _mixes(models)
    paid = models["tier"].eq("paid")
    p, o, q = models["prompt_price"], models["completion_price"], models["cache_price"]
    most = mix.loc[mix["completion_known"] & paid, "completion"].max()
    c, k = mix["completion"], mix["cached"]
    c_low, c_high = c.where(mix["completion_known"], 0.0), c.where(mix["completion_known"], most)
    k_low, k_high = k.where(mix["cached_known"], 0.0), k.where(mix["cached_known"], 1.0)
    value = price_of_tokens(c, k, p, o, q.fillna(cached_without_price * p))
    low = price_of_tokens(c_low, k_high, p, o, q.fillna(0.0))
    high = price_of_tokens(c_high, k_low, p, o, q.fillna(p))
    full = price_of_tokens(c, 0 * k, p, o, p)
    charged = paid.astype(float)
    return models.assign(
        revenue=charged * models["value"] * value,
        revenue_low=charged * models["low"] * np.minimum(low, value),
        revenue_high=charged * models["high"] * np.maximum(high, value),
        revenue_undiscounted=charged * models["value"] * full,
    )


@traced
def priced_as_paid(models: pd.DataFrame) -> pd.DataFrame:
    """Return the models with the free variants at the first price listed for the model from that week on.

    Without one of its own, a model takes the first later price of its vendor; without that it stays free. This is
    what the volumes would come to at list price, not what they would bring: a price would cut the volume.
    """
    priced = models.sort_values("week_end", kind="stable").copy()
    charged = priced["prompt_price"].gt(0)
    for name in ("prompt_price", "completion_price", "cache_price"):
        price = priced[name].where(charged)
        free = priced["tier"].eq("free")
        for by in ("model", "vendor"):
            later = price.groupby(priced[by].fillna(priced["slug"])).bfill()
            price = price.fillna(later)
        priced[name] = price.where(free, priced[name])
    found = priced["prompt_price"].notna()
    priced["tier"] = priced["tier"].where(~found, "paid")
    prices = ["prompt_price", "completion_price"]
    priced[prices] = priced[prices].fillna(0.0)
    return priced.sort_index()


def _country_sums(priced: pd.DataFrame, column: str) -> pd.DataFrame:
    sums = priced.pivot_table(index="week_end", columns="country", values=column, aggfunc="sum", fill_value=0.0)
    return sums.reindex(columns=list(COUNTRIES), fill_value=0.0)


@traced
def revenue_shares(priced: pd.DataFrame) -> pd.DataFrame:
    """Return China's part of the two countries' listed tokens and list-price revenue, week by week (per cent).

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``tokens``, ``revenue``, ``revenue_low``, ``revenue_high``, ``CN``, ``US`` (million USD).
    """

    def part(cn: pd.Series, us: pd.Series) -> pd.Series:
        return 100 * cn / (cn + us)

    tokens, middle = _country_sums(priced, "value"), _country_sums(priced, "revenue")
    low, high = _country_sums(priced, "revenue_low"), _country_sums(priced, "revenue_high")
    return pd.DataFrame(
        {
            "tokens": part(tokens["CN"], tokens["US"]),
            "revenue": part(middle["CN"], middle["US"]),
            "revenue_low": part(low["CN"], high["US"]),
            "revenue_high": part(high["CN"], low["US"]),
            "CN": middle["CN"],
            "US": middle["US"],
        }
    ).reset_index()


@traced
def share_of_all_weeks(priced: pd.DataFrame, what: str) -> Estimate:
    """Return China's part of both countries' sum over all weeks: ``"value"`` (tokens) or ``"revenue"``, in per cent."""
    columns = ("revenue", "revenue_low", "revenue_high") if what == "revenue" else ("value", "low", "high")
    value, low, high = (_country_sums(priced, column).sum() for column in columns)
    return Estimate(
        float(100 * value["CN"] / (value["CN"] + value["US"])),
        float(100 * low["CN"] / (low["CN"] + high["US"])),
        float(100 * high["CN"] / (high["CN"] + low["US"])),
        "%",
    )


@traced
def revenue_ratio(
    rankings: pd.DataFrame,
    volumes: pd.DataFrame,
    unnamed_models: str,
    cached_without_price: float,
    length: int = 10,
) -> Estimate:
    """Return the list-price revenue of the listed Chinese models over that of the listed US models in a week.

    Parameters
    ----------
    rankings : pandas.DataFrame
        The table ``weekly_rankings``.
    volumes : pandas.DataFrame
        The table ``weekly_volumes``, whose week is taken.
    unnamed_models, cached_without_price
        See `attributed` and `revenue`.
    length : int
        Places that count for the value.

    Returns
    -------
    Estimate
        Value with cached tokens at their price. The interval spans the bounds of `revenue`, the first nine
        places instead of all, and a count that charges every prompt token in full.
    """
    outcomes, value = [], np.nan
    for places in {PRESS_PLACES, length}:
        priced = revenue(attributed(rankings, places, unnamed_models), cached_without_price)
        week = priced[priced["week_end"] == first_week(volumes)].groupby("country").sum(numeric_only=True)
        cn, us = row_of(week, "CN"), row_of(week, "US")
        outcomes += [
            cn["revenue_low"] / us["revenue_high"],
            cn["revenue_high"] / us["revenue_low"],
            cn["revenue_undiscounted"] / us["revenue_undiscounted"],
        ]
        if places == length:
            value = cn["revenue"] / us["revenue"]
    return Estimate(float(value), float(min(outcomes)), float(max(outcomes)))


@traced
def paid_price_ratio(priced: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return how many times the price of a Chinese token a US token comes to, paid tokens at the mix really used.

    Returns
    -------
    Estimate
        Revenue over paid tokens of each country, US over China; bounds as in `revenue`.
    """
    week = priced[(priced["week_end"] == first_week(volumes)) & priced["tier"].eq("paid")]
    sums = week.groupby("country")[["value", "revenue", "revenue_low", "revenue_high"]].sum()
    price = sums.div(sums["value"], axis=0)
    us, cn = row_of(price, "US"), row_of(price, "CN")
    return Estimate(
        float(us["revenue"] / cn["revenue"]),
        float(us["revenue_low"] / cn["revenue_high"]),
        float(us["revenue_high"] / cn["revenue_low"]),
    )


@traced
def countings(
    rankings: pd.DataFrame,
    volumes: pd.DataFrame,
    prices: pd.DataFrame,
    unnamed_models: str,
    cached_without_price: float,
    length: int = 10,
) -> pd.DataFrame:
    """Return China's part of the two countries' tokens and revenue in the printed week, by five ways of counting.

    Parameters
    ----------
    rankings, volumes, prices : pandas.DataFrame
        The tables ``weekly_rankings``, ``weekly_volumes`` and ``cost_structure/prices``.
    unnamed_models, cached_without_price
        See `attributed` and `revenue`.
    length : int
        Places of the ranking that count in the ways that use it.

    Returns
    -------
    pandas.DataFrame
        Columns ``counting``, ``value``, ``low``, ``high`` (per cent of the two countries' sum).
    """
    end = first_week(volumes)
    tokens = volumes[volumes["metric"] == "tokens"].set_index("country")
    price = prices[prices["claim"].isin(["A47", "A48"])].set_index("country")
    models = attributed(rankings, length, unnamed_models)
    models = models[models["country"].isin(COUNTRIES)]

    def part(cn: float, us: float) -> float:
        return 100 * cn / (cn + us)

    def of(name: str, cn: tuple[float, ...], us: tuple[float, ...]) -> tuple[str, float, float, float]:
        return name, part(cn[0], us[0]), part(cn[1], us[2]), part(cn[2], us[1])

    ends = ["value", "low", "high"]
    t_cn, t_us = tokens.loc["CN", ends].to_numpy(float), tokens.loc["US", ends].to_numpy(float)
    p_cn, p_us = price.loc["CN", ends].to_numpy(float), price.loc["US", ends].to_numpy(float)

    def week(frame: pd.DataFrame, columns: list[str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        sums = frame[frame["week_end"] == end].groupby("country")[columns].sum()
        return tuple(sums.loc["CN"].to_numpy(float)), tuple(sums.loc["US"].to_numpy(float))

    bounds = ["revenue", "revenue_low", "revenue_high"]
    priced = revenue(models, cached_without_price)
    paid = revenue(priced_as_paid(models), cached_without_price)
    rows = [
        of("tokens, as printed", tuple(t_cn), tuple(t_us)),
        of("all tokens at the article's prices", tuple(t_cn * p_cn), tuple(t_us * p_us)),
        of("list prices, all prompt tokens in full", *week(priced, ["revenue_undiscounted"] * 3)),
        of("list prices, cached tokens discounted", *week(priced, bounds)),
        of("the same, free tokens at later prices", *week(paid, bounds)),
    ]
    return pd.DataFrame(rows, columns=["counting", "value", "low", "high"])
