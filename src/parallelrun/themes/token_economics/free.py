"""Free and paid tokens, and what became of models whose free variant left the ranking."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import named as tables_of
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.printed import COUNTRIES, first_week
from parallelrun.themes.token_economics.rankings import row_of


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


@traced
def paid_ratio(models: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return China over US in a week, of the listed paid tokens only."""
    week = models[(models["week_end"] == first_week(volumes)) & models["tier"].eq("paid")]
    sums = week.groupby("country")[["value", "low", "high"]].sum()
    cn, us = row_of(sums, "CN"), row_of(sums, "US")
    return Estimate(float(cn["value"] / us["value"]), float(cn["low"] / us["high"]), float(cn["high"] / us["low"]))


@traced
def bridge(top: pd.DataFrame, volumes: pd.DataFrame, models: pd.DataFrame, classified: pd.DataFrame) -> pd.DataFrame:
    """Return each free share of the article's week beside the ratio of paid tokens that it makes.

    With $R$ of all tokens and free shares $f$ of both countries, the ratio of what is left is
    $R (1 - f_{CN}) / (1 - f_{US})$: each row closes by itself, and rows differ in which models they count.

    Parameters
    ----------
    top, volumes : pandas.DataFrame
        The tables ``top_models`` and ``weekly_volumes``: the article's six models and both volumes.
    models, classified : pandas.DataFrame
        From `rankings.attributed` and `platform.classified`.

    Returns
    -------
    pandas.DataFrame
        counted, free by, cn and us (trillion tokens), free_cn and free_us (per cent), all (China over US), paid (the
        same of what is not free).
    """
    week = first_week(volumes)
    listed = models[models["week_end"] == week]
    whole = classified[classified["week_end"] == week]
    us = float(volumes.loc[volumes["metric"].eq("tokens") & volumes["country"].eq("US"), "value"].iloc[0])
    six = listed[listed["rank"].isin(top["rank"])]
    sums = {
        ("six models of the article", "its marks"): _sums(top["country"], top["value"], top["free"], us),
        ("the same six", "marks of the ranking"): _sums(six["country"], six["value"], six["tier"].eq("free"), us),
        ("ranked models", "marks of the ranking"): _sums(listed["country"], listed["value"], listed["tier"].eq("free")),
        ("whole platform", "name of the variant"): _sums(whole["country"], whole["value"], whole["free"]),
    }
    rows = pd.DataFrame(sums.values(), index=pd.MultiIndex.from_tuples(list(sums), names=["counted", "free by"]))
    paid = rows["cn"] * (1 - rows["free_cn"] / 100) / (rows["us"] * (1 - rows["free_us"] / 100))
    return rows.assign(all=rows["cn"] / rows["us"], paid=paid).reset_index()


def _sums(country: pd.Series, value: pd.Series, free: pd.Series, us: float | None = None) -> dict[str, float]:
    """Return both countries' tokens and free shares (%); ``us``: tokens of the US if the models are China's only."""
    totals = {one: float(value[country.eq(one)].sum()) for one in COUNTRIES}
    given = {one: float(value[country.eq(one) & free.astype(bool)].sum()) for one in COUNTRIES}
    totals["US"] = totals["US"] if us is None else us
    shares = {f"free_{one.lower()}": 100 * given[one] / totals[one] for one in COUNTRIES}
    return {"cn": totals["CN"], "us": totals["US"]} | shares


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

    Raises
    ------
    DataError
        If no free variant left the ranking.
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
        owner = row_of(owners, model)
        out = out.assign(model=str(model), vendor=owner["vendor"], country=owner["country"])
        out = out.assign(bound=last_place, peak=free.max())
        parts.append(out[out["week"].between(-weeks_after_free, weeks_after_free)].reset_index())
    columns = ["model", "vendor", "country", "week_end", "week", "free", "paid", "listed", "bound", "peak"]
    if not parts:
        raise DataError(
            f"{tables_of(rankings)}: column 'tier' has no free variant that left the ranking before its last week, so "
            "that nothing can follow; expected one at least: add rows of tier free"
        )
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
