"""The weekly rankings: who is ahead, what the unlisted part could change, free and paid, revenue, concentration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.model import first_week, herfindahl

COUNTRIES = ("CN", "US")
PRESS_PLACES = 9
"""Places of the ranking that the press sums up (said by one report, found for the others by `compare_with_press`)."""


@traced
def attributed(rankings: pd.DataFrame, ranking_length: int, unnamed_models: str) -> pd.DataFrame:
    """Return the ranked models up to a place, each with a country.

    Parameters
    ----------
    rankings : pandas.DataFrame
        The table ``weekly_rankings``.
    ranking_length : int
        Last place that counts.
    unnamed_models : {"other", "CN", "US"}
        Country for the models whose vendor was anonymous.
    """
    models = rankings[rankings["rank"] <= ranking_length].copy()
    models["country"] = models["country"].fillna(unnamed_models)
    return models.reset_index(drop=True)


def _row(frame: pd.DataFrame, key: Any) -> dict[str, Any]:
    """Return the row with a key of the index as a dictionary; zeros if there is none."""
    return {str(k): v for k, v in frame.loc[key].items()} if key in frame.index else dict.fromkeys(frame.columns, 0.0)


@traced
def weekly(models: pd.DataFrame, press: pd.DataFrame, list_coverage: float) -> pd.DataFrame:
    """Return each week's volumes by country, and what they can be once the unlisted part is given away.

    What the ranking does not list, and what it lists without a country, is U. All of U to the US gives the
    least that China can have against it, C / (A + U); all of U to China the most, (C + U) / A.

    Parameters
    ----------
    models : pandas.DataFrame
        From `attributed`.
    press : pandas.DataFrame
        The table ``press_volumes``, for the platform's total where one was printed.
    list_coverage : float
        Part of the platform that the ranking holds in the other weeks, in per cent.

    Returns
    -------
    pandas.DataFrame
        A row a week: ``week_end``, ``CN``, ``US``, ``other``, ``listed``, ``last`` (tokens of the last listed
        place), ``total``, ``total_printed``, ``coverage`` (per cent), ``ratio``, ``ratio_low``, ``ratio_high``,
        ``share``, ``share_low``, ``share_high`` (China's part of the platform, per cent; share is of the two
        countries' listed tokens).
    """
    sums = models.pivot_table(index="week_end", columns="country", values="value", aggfunc="sum", fill_value=0.0)
    table = sums.reindex(columns=["CN", "US", "other"], fill_value=0.0).rename_axis(columns=None)
    table["listed"] = table[["CN", "US", "other"]].sum(axis=1)
    table["last"] = models.groupby("week_end")["value"].min()
    printed = press[press["country"] == "all"].set_index("week_end")["value"].reindex(table.index)
    table["total_printed"] = printed.notna()
    table["total"] = printed.fillna(100 * table["listed"] / list_coverage)
    table["coverage"] = 100 * table["listed"] / table["total"]
    rest = table["total"] - table["CN"] - table["US"]
    table["ratio"] = table["CN"] / table["US"]
    table["ratio_low"] = table["CN"] / (table["US"] + rest)
    table["ratio_high"] = (table["CN"] + rest) / table["US"]
    table["share"] = 100 * table["CN"] / (table["CN"] + table["US"])
    table["share_low"] = 100 * table["CN"] / table["total"]
    table["share_high"] = 100 * (table["CN"] + rest) / table["total"]
    return table.reset_index()


@traced
def runs(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches of weeks with one country ahead among the listed models.

    Returns
    -------
    pandas.DataFrame
        Columns ``leader``, ``first`` and ``last`` (last days of the weeks), ``weeks``; in order of time.
    """
    leader = pd.Series(np.where(weeks["ratio"] > 1, "CN", "US"), index=weeks.index, name="leader")
    stretch = (leader != leader.shift()).cumsum()
    return (
        weeks.assign(leader=leader)
        .groupby(stretch)
        .agg(
            leader=("leader", "first"),
            first=("week_end", "first"),
            last=("week_end", "last"),
            weeks=("leader", "size"),
        )
        .reset_index(drop=True)
    )


def _ending_at(ahead: pd.Series) -> int:
    """Return how many trues a series ends with."""
    behind = np.flatnonzero(~ahead.to_numpy(bool))
    return len(ahead) - 1 - int(behind[-1]) if len(behind) else len(ahead)


@traced
def weeks_ahead(weeks: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return how many weeks in a row, up to a week, China was ahead.

    Parameters
    ----------
    weeks : pandas.DataFrame
        From `weekly`.
    volumes : pandas.DataFrame
        The table ``weekly_volumes``, whose week is the last to count.

    Returns
    -------
    Estimate
        Value by the listed models; low if all that is unlisted were of US models, high if it were Chinese.
    """
    past = weeks[weeks["week_end"] <= first_week(volumes)]
    return Estimate(
        _ending_at(past["ratio"] > 1), _ending_at(past["ratio_low"] > 1), _ending_at(past["ratio_high"] > 1), "weeks"
    )


@traced
def week_ratio(weeks: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return China over US in a week: the listed tokens, and the bounds that the unlisted ones leave open."""
    week = _row(weeks.set_index("week_end"), first_week(volumes))
    return Estimate(float(week["ratio"]), float(week["ratio_low"]), float(week["ratio_high"]))


@traced
def paid_ratio(models: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return China over US in a week, of the listed paid tokens only."""
    week = models[(models["week_end"] == first_week(volumes)) & models["tier"].eq("paid")]
    sums = week.groupby("country")[["value", "low", "high"]].sum()
    cn, us = _row(sums, "CN"), _row(sums, "US")
    return Estimate(float(cn["value"] / us["value"]), float(cn["low"] / us["high"]), float(cn["high"] / us["low"]))


@traced
def growth(weeks: pd.DataFrame, volumes: pd.DataFrame, country: str) -> Estimate:
    """Return the growth of a country's listed tokens over the week before, in per cent."""
    series, end = weeks.set_index("week_end")[country], first_week(volumes)
    return Estimate(float(100 * (series[end] / series[end - pd.Timedelta(days=7)] - 1)), unit="%")


@traced
def week_share(weeks: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return China's part of all tokens in a week in per cent: bounds with the unlisted to the US, and to China."""
    week = _row(weeks.set_index("week_end"), first_week(volumes))
    return Estimate(None, float(week["share_low"]), float(week["share_high"]), "%")


@traced
def chinese_places(rankings: pd.DataFrame, counts: pd.DataFrame) -> Estimate:
    """Return how many of a ranking's first places are of Chinese vendors (a count, hence exact).

    Week and number of places are those of the table ``top_model_counts``.
    """
    end, places = counts["week_end"].iloc[0], int(counts["ranking_size"].iloc[0])
    week = rankings[(rankings["week_end"] == end) & (rankings["rank"] <= places)]
    count = float(week["country"].eq("CN").sum())
    return Estimate(count, count, count, "models")


@traced
def longest_run(weeks: pd.DataFrame, country: str) -> Estimate:
    """Return the most weeks in a row that a country was ahead among the listed models."""
    table = runs(weeks)
    return Estimate(float(table.loc[table["leader"] == country, "weeks"].max()), unit="weeks")


@traced
def coverage(weeks: pd.DataFrame) -> Estimate:
    """Return the part of the platform in the ranking where the total was printed: mean, least, most (per cent)."""
    known = weeks.loc[weeks["total_printed"], "coverage"]
    return Estimate(float(known.mean()), float(known.min()), float(known.max()), "%")


@traced
def compare_with_press(rankings: pd.DataFrame, press: pd.DataFrame) -> pd.DataFrame:
    """Return the sums that the press printed beside sums of the ranking's first nine and ten places.

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``country``, ``printed``, ``places`` (9 or 10), ``anonymous`` (whether the models
        without a vendor are counted as Chinese), ``recorded`` (trillion tokens), ``difference`` (per cent of the
        printed), ``source``.
    """
    printed = press[press["country"].isin(COUNTRIES)]
    parts = []
    for places, country in ((PRESS_PLACES, "other"), (10, "other"), (PRESS_PLACES, "CN")):
        models = attributed(rankings, places, country)
        recorded = models.groupby(["week_end", "country"])["value"].sum().rename("recorded").reset_index()
        part = printed.merge(recorded, on=["week_end", "country"]).assign(places=places, anonymous=country == "CN")
        parts.append(part)
    table = pd.concat(parts, ignore_index=True).rename(columns={"value": "printed"})
    table["difference"] = 100 * (table["recorded"] / table["printed"] - 1)
    columns = ["week_end", "country", "printed", "places", "anonymous", "recorded", "difference", "source"]
    return table[columns]


@traced
def largest_difference(table: pd.DataFrame, places: int) -> Estimate:
    """Return the largest difference between recorded and printed sums for a number of places, in per cent of printed.

    The smallest and largest of the signed differences are its interval; anonymous models count as no country's.
    """
    rows = table.loc[(table["places"] == places) & ~table["anonymous"], "difference"]
    return Estimate(float(rows.iloc[int(rows.abs().to_numpy().argmax())]), float(rows.min()), float(rows.max()), "%")


@traced
def exact_matches(table: pd.DataFrame, places: int, tolerance: float = 0.5) -> tuple[Estimate, Estimate]:
    """Return how many printed sums the ranking's first places give within a tolerance (per cent), and of how many.

    Returns
    -------
    tuple of Estimate
        Matches with the anonymous models left out (value and low), and with those counted as Chinese in whichever
        weeks that fits better (high): a choice made after the fact, hence not the value. Then the number of sums.
    """
    rows = table[table["places"] == places]
    keys = ["week_end", "country"]
    strict = float((rows.loc[~rows["anonymous"], "difference"].abs() <= tolerance).sum())
    best = rows.groupby(keys)["difference"].agg(lambda d: d.abs().min())
    most = float((best <= tolerance).sum())
    return Estimate(strict, strict, most, "sums"), Estimate(float(len(best)), unit="sums")


@traced
def free_volumes(models: pd.DataFrame) -> pd.DataFrame:
    """Return the tokens of each week, country and tier.

    Columns ``week_end``, ``country``, ``free``, ``paid`` (trillion tokens) and ``free_share`` (per cent, missing
    where the country has nothing in the ranking).
    """
    sums = models.pivot_table(index=["week_end", "country"], columns="tier", values="value", aggfunc="sum")
    full = pd.MultiIndex.from_product(
        [models["week_end"].drop_duplicates().sort_values(), list(COUNTRIES)], names=["week_end", "country"]
    )
    table = sums.reindex(index=full, columns=["free", "paid"]).fillna(0.0).rename_axis(columns=None)
    table["free_share"] = (100 * table["free"] / (table["free"] + table["paid"])).where(table.sum(axis=1) > 0)
    return table.reset_index()


@traced
def free_share(rankings: pd.DataFrame, top: pd.DataFrame) -> Estimate:
    """Return the free part of the tokens of the models that the article lists, in per cent.

    Parameters
    ----------
    rankings : pandas.DataFrame
        The table ``weekly_rankings``, which says of each variant whether it was free.
    top : pandas.DataFrame
        The table ``top_models``, which says which ones the article marks as free.

    Returns
    -------
    Estimate
        Value with the tiers of the ranking. The interval runs from the lowest to the highest share that either
        the ranking's or the article's marks give within the rounding of the volumes.
    """
    week = rankings[(rankings["week_end"] == first_week(top)) & rankings["rank"].isin(top["rank"])]
    tiers = week.set_index("rank")["tier"].eq("free")
    by_record, by_article = top["rank"].map(tiers).fillna(False).astype(bool), top["free"].astype(bool)

    def shares(free: pd.Series) -> tuple[float, float, float]:
        low_f, high_f = top.loc[free, "low"].sum(), top.loc[free, "high"].sum()
        low_p, high_p = top.loc[~free, "low"].sum(), top.loc[~free, "high"].sum()
        value = top.loc[free, "value"].sum() / top["value"].sum()
        return 100 * value, 100 * low_f / (low_f + high_p), 100 * high_f / (high_f + low_p)

    record, article = shares(by_record), shares(by_article)
    return Estimate(record[0], min(record[1], article[1]), max(record[2], article[2]), "%")


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
        cn, us = _row(week, "CN"), _row(week, "US")
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
    us, cn = _row(price, "US"), _row(price, "CN")
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


@traced
def concentration(rankings: pd.DataFrame, press: pd.DataFrame, list_coverage: float) -> pd.DataFrame:
    """Return the Herfindahl-Hirschman index of each week, of what is listed and bounded for the whole platform.

    The first nine places are used in every week, since early rankings have no tenth. For the platform, the
    unlisted tokens add nothing if they are of ever so many small models, and most if they are of as few as can
    be: none may be larger than the last listed one.

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``models``, ``vendors`` (of the listed tokens), ``low``, ``high`` (models, of the
        platform's tokens).
    """
    models = attributed(rankings, PRESS_PLACES, "other")
    models["owner"] = models["vendor"].fillna(models["slug"])
    weeks = weekly(models, press, list_coverage).set_index("week_end")
    rows = []
    for end, week in models.groupby("week_end"):
        total, last = (_row(weeks, end)[name] for name in ("total", "last"))
        rest = total - week["value"].sum()
        full = np.floor(rest / last)
        listed = ((100 * week["value"] / total) ** 2).sum()
        packed = full * (100 * last / total) ** 2 + (100 * (rest - full * last) / total) ** 2
        owners = week.groupby("owner")["value"].sum().to_numpy(float)
        rows.append((end, herfindahl(week["value"].to_numpy(float)), herfindahl(owners), listed, listed + packed))
    return pd.DataFrame(rows, columns=["week_end", "models", "vendors", "low", "high"])


@traced
def free_exits(rankings: pd.DataFrame, weeks_after_free: int) -> pd.DataFrame:
    """Return what became of each model whose free variant left the ranking.

    The ranking does not date offers: a variant leaves it because its offer ended, or because others overtook it.
    Anonymous models and variants in the last ranking are left out. In a week without the model in the
    ranking each of its variants has between no tokens and those of the last listed place.

    Returns
    -------
    pandas.DataFrame
        A row a model and week: ``model``, ``vendor``, ``country``, ``week_end``, ``week`` (0 is the last one
        with the free variant), ``free``, ``paid`` (trillion tokens), ``listed``, ``bound`` (tokens of the last
        listed place), ``peak`` (the free variant's highest week).
    """
    last_place = rankings.groupby("week_end")["value"].min()
    ends = last_place.index
    named = rankings[rankings["vendor"].notna()]
    table = named.pivot_table(index=["model", "week_end"], columns="tier", values="value", aggfunc="sum")
    table = table.reindex(columns=["free", "paid"])
    owners = named.drop_duplicates("model").set_index("model")[["vendor", "country"]]
    parts = []
    for model, rows in table.groupby(level="model"):
        free = rows["free"].dropna().droplevel("model")
        if free.empty or free.index.max() == ends.max():
            continue
        out = rows.droplevel("model").reindex(ends)
        out["week"] = np.arange(len(ends)) - int(ends.searchsorted(free.index.max()))
        out["listed"] = out[["free", "paid"]].notna().any(axis=1)
        owner = _row(owners, model)
        out = out.assign(model=str(model), vendor=owner["vendor"], country=owner["country"])
        out = out.assign(bound=last_place, peak=free.max())
        parts.append(out[out["week"].between(-weeks_after_free, weeks_after_free)].reset_index())
    columns = ["model", "vendor", "country", "week_end", "week", "free", "paid", "listed", "bound", "peak"]
    found = pd.concat(parts, ignore_index=True)[columns]
    found[["free", "paid"]] = found[["free", "paid"]].fillna(0.0)
    return found.rename_axis(columns=None)


@traced
def retained(exits: pd.DataFrame) -> Estimate:
    """Return the part of the free variants' peak that their models have left in the week after, together (per cent).

    Returns
    -------
    Estimate
        Without a value. Low counts nothing for a variant that is not listed; high counts the last listed place's
        tokens for each of a model's two variants that is not listed (the free one never is).
    """
    after = exits[exits["week"] == 1]
    tokens = after["paid"].sum()
    most = (after["bound"] + np.where(after["listed"], after["paid"], after["bound"])).sum()
    peak = after["peak"].sum()
    return Estimate(None, 100 * tokens / peak, 100 * most / peak, "%")
