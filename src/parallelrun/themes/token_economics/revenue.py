"""What the tokens are made of and what they come to at list price.

Prices are in USD a million tokens and tokens in trillions, so that their product is in million USD.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.printed import COUNTRIES, first_week
from parallelrun.themes.token_economics.rankings import PRESS_PLACES, attributed, row_of


@traced
def token_mix(models: pd.DataFrame) -> pd.DataFrame:
    """Return what each country's prompts are made of, week by week.

    A zero of the record may mean that nothing was cached or that nothing was counted: it counts as it stands in the
    value, and as unknown in the bounds. Where no split is recorded, the prompts are the tokens less the completions at
    the rate of the nearest kin (see `_mixes`).

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``country``, ``read`` (prompt tokens read from a cache), ``fresh``, ``zero`` (of models
        whose cache is recorded as zero), ``unknown`` (no record; all in trillions), ``cached`` (per cent of the
        recorded prompts), ``low``, ``high`` (of all prompts), ``completion`` and ``recorded`` (per cent of tokens).
    """
    known = models[models["country"].isin(COUNTRIES)].copy()
    split, cached = known["prompt_tokens"] + known["completion_tokens"], known["cached_tokens"]
    prompts = known["prompt_tokens"].fillna(known["value"] * (1 - _mixes(models)["completion"]))
    known["read"] = cached.fillna(0.0)
    known["zero"] = prompts.where(cached == 0, 0.0)
    known["unknown"] = prompts.where(cached.isna(), 0.0)
    known["fresh"] = prompts - known["read"] - known["zero"] - known["unknown"]
    known["split"], known["with_split"] = split, known["value"].where(split.notna())
    parts = ["read", "fresh", "zero", "unknown"]
    sums = known.groupby(["week_end", "country"])[[*parts, "split", "completion_tokens", "with_split", "value"]].sum()
    whole = sums[parts].sum(axis=1)
    out = sums[parts].assign(
        cached=100 * sums["read"] / (whole - sums["unknown"]).where(lambda recorded: recorded > 0),
        low=100 * sums["read"] / whole,
        high=100 * (sums["read"] + sums["zero"] + sums["unknown"]) / whole,
        completion=100 * sums["completion_tokens"] / sums["split"].where(sums["split"] > 0),
        recorded=100 * sums["with_split"] / sums["value"],
    )
    return out.reset_index()


@traced
def cached_share(mix: pd.DataFrame, week: pd.Timestamp, country: str) -> Estimate:
    """Return the cached part of a country's prompts in a week as recorded, with the bounds of `token_mix`."""
    return pick(mix.assign(value=mix["cached"], unit="%"), week_end=week, country=country)


def _mixes(models: pd.DataFrame) -> pd.DataFrame:
    """Return each row's completion share of tokens and cached share of prompts, filled from the nearest kin.

    Where a row records no split, or a cache of zero, it takes the mean of its model, else of its vendor, else of its
    country, else of all, weighted by tokens. Columns ``completion``, ``cached`` and whether each is known.
    """
    split = models["prompt_tokens"] + models["completion_tokens"]
    completion = models["completion_tokens"] / split
    cached = (models["cached_tokens"] / models["prompt_tokens"]).where(models["cached_tokens"] > 0)
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
def revenue(models: pd.DataFrame, writes: pd.DataFrame, cached_without_price: float) -> pd.DataFrame:
    """Return the models with what their tokens come to at list price, in million USD.

    Free variants come to nothing. What was not recorded is bounded: a missing cache price by nothing and the prompt
    price, a missing split by no and the highest recorded completion share and by no and full caching, a cache recorded
    as zero by no and full caching. Where a vendor charges for writing to its cache, the high end takes every prompt
    token that was not read from it to have been written to it. Discounts and the prices of the hosts that were really
    used are not in the ranking.

    Parameters
    ----------
    models : pandas.DataFrame
        From `attributed`.
    writes : pandas.DataFrame
        The table ``cache_writes``.
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
    written = models["vendor"].map(writes.set_index("vendor")["multiple"]).fillna(1.0)
    c, k = mix["completion"], mix["cached"]
    c_low, c_high = c.where(mix["completion_known"], 0.0), c.where(mix["completion_known"], most)
    k_low, k_high = k.where(mix["cached_known"], 0.0), k.where(mix["cached_known"], 1.0)
    value = price_of_tokens(c, k, p, o, q.fillna(cached_without_price * p))
    low = price_of_tokens(c_low, k_high, p, o, q.fillna(0.0))
    high = price_of_tokens(c_high, k_low, p * written, o, q.fillna(p))
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
    rankings: pd.DataFrame, writes: pd.DataFrame, week: pd.Timestamp, cached_without_price: float, length: int
) -> Estimate:
    """Return the list-price revenue of the listed Chinese models over that of the listed US models in a week.

    Parameters
    ----------
    rankings, writes : pandas.DataFrame
        The ranking from `rankings.named`, and the table ``cache_writes``.
    week : pandas.Timestamp
        Last day of the week.
    cached_without_price : float
        See `revenue`.
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
        priced = revenue(attributed(rankings, places), writes, cached_without_price)
        sums = priced[priced["week_end"] == week].groupby("country").sum(numeric_only=True)
        cn, us = row_of(sums, "CN"), row_of(sums, "US")
        outcomes += [
            cn["revenue_low"] / us["revenue_high"],
            cn["revenue_high"] / us["revenue_low"],
            cn["revenue_undiscounted"] / us["revenue_undiscounted"],
        ]
        if places == length:
            value = cn["revenue"] / us["revenue"]
    return Estimate(float(value), float(min(outcomes)), float(max(outcomes)))


@traced
def without_one(priced: pd.DataFrame, week: pd.Timestamp) -> pd.DataFrame:
    """Return the week's ratio of list-price revenue, China over US, with each paid model left out in turn.

    A country's only one is not left out. Columns ``model``, ``country``, ``part`` (of its country's revenue, per cent),
    ``value``.
    """
    rows = priced[(priced["week_end"] == week) & priced["country"].isin(COUNTRIES) & priced["revenue"].gt(0)]
    sums = rows.groupby("country")["revenue"].sum()
    rest = {c: sums[c] - rows["revenue"].where(rows["country"] == c, 0.0) for c in COUNTRIES}
    part = 100 * rows["revenue"] / rows["country"].map(sums)
    table = rows[["model", "country"]].assign(part=part, value=rest["CN"] / rest["US"])
    return table[part < 100].reset_index(drop=True)


@traced
def range_without_one(alone: pd.DataFrame, earned: Estimate) -> Estimate:
    """Return a ratio of revenue with the least and the most that `without_one` makes of it."""
    values = [earned.value or 0.0, *alone["value"]]
    return Estimate(earned.value, min(values), max(values))


@traced
def paid_price_ratio(priced: pd.DataFrame, week: pd.Timestamp) -> Estimate:
    """Return how many times the price of a Chinese token a US token comes to, paid tokens at the mix really used.

    Returns
    -------
    Estimate
        Revenue over paid tokens of each country, US over China; bounds as in `revenue`.
    """
    rows = priced[(priced["week_end"] == week) & priced["tier"].eq("paid")]
    sums = rows.groupby("country")[["value", "revenue", "revenue_low", "revenue_high"]].sum()
    price = sums.div(sums["value"], axis=0)
    us, cn = row_of(price, "US"), row_of(price, "CN")
    return Estimate(
        float(us["revenue"] / cn["revenue"]),
        float(us["revenue_low"] / cn["revenue_high"]),
        float(us["revenue_high"] / cn["revenue_low"]),
    )


@traced
def countings(
    models: pd.DataFrame,
    volumes: pd.DataFrame,
    prices: pd.DataFrame,
    writes: pd.DataFrame,
    cached_without_price: float,
) -> pd.DataFrame:
    """Return China's part of the two countries' tokens and revenue in the article's week, by six ways of counting.

    Parameters
    ----------
    models : pandas.DataFrame
        From `attributed`.
    volumes, prices, writes : pandas.DataFrame
        The tables ``weekly_volumes``, ``cost_structure/prices`` and ``cache_writes``.
    cached_without_price : float
        See `revenue`.

    Returns
    -------
    pandas.DataFrame
        Columns ``counting``, ``value``, ``low``, ``high`` (per cent of the two countries' sum).
    """
    week, ends = first_week(volumes), ["value", "low", "high"]
    tokens = volumes[volumes["metric"] == "tokens"].set_index("country")[ends]
    price = prices[prices["claim"].isin(["A47", "A48"])].set_index("country")[ends]
    bounds = ["revenue", "revenue_low", "revenue_high"]
    priced = revenue(models, writes, cached_without_price)
    later = revenue(priced_as_paid(models), writes, cached_without_price)

    def of(name: str, sums: pd.DataFrame) -> tuple[str, float, float, float]:
        cn, us = (sums.loc[country].to_numpy(float) for country in COUNTRIES)
        return name, *(100 * cn[[0, 1, 2]] / (cn[[0, 1, 2]] + us[[0, 2, 1]]))

    def in_week(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
        return frame[frame["week_end"] == week].groupby("country")[columns].sum()

    alone = in_week(priced, ["revenue"])["revenue"]
    span = range_without_one(without_one(priced, week), Estimate(float(alone["CN"] / alone["US"])))
    rows = [
        of("tokens of ranked models", in_week(priced, ends)),
        of("their list price, all prompt tokens in full", in_week(priced, ["revenue_undiscounted"] * 3)),
        of("their list price, cached tokens discounted", in_week(priced, bounds)),
        ("the same with any one model left out", *(100 * r / (1 + r) for r in (span.value or 0.0, *span.ends))),
        of("the same with free tokens at later prices", in_week(later, bounds)),
        of("the article's tokens at the article's prices", tokens.loc[list(COUNTRIES)] * price),
    ]
    return pd.DataFrame(rows, columns=["counting", *ends])
