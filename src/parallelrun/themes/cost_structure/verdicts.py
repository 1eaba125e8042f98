"""What the evidence says of each claim on cost, and the estimates that the notebook quotes by name."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced

POWER_INPUTS = ("power_price", "pue", "node_power", "energy_penalty")
"""Inputs of the unit-cost model that have to do with power."""


PROMOTED = "deepseek/deepseek-v4-pro"
"""Listed model that the promotion of claim A55 is taken to mean."""


@traced
def as_estimates(ratios: pd.DataFrame) -> dict[str, Estimate]:
    """Return the rows of `prices.equal_score_ratios` by name, such as ``"matched pairs, input"``."""
    return {
        f"{row.method}, {row.price}": Estimate(float(row.value), float(row.low), float(row.high), "ratio")
        for row in _each(ratios)
    }


@traced
def mix_ratio(blended: pd.DataFrame) -> Estimate:
    """Return the blended price ratio at the last mix; its ends are the lowest and highest ratio of all mixes."""
    ratios = blended.drop_duplicates("mix")["ratio"]
    return Estimate(float(ratios.iloc[-1]), float(ratios.min()), float(ratios.max()), "ratio")


@traced
def reading_ratio(ratios: pd.DataFrame, reading: str, basis: str) -> Estimate:
    """Return the power ratio of a reading, per kWh or per token, with its interval."""
    row = ratios[(ratios["reading"] == reading) & (ratios["basis"] == basis)].iloc[0]
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "ratio")


@traced
def group_totals(table: pd.DataFrame) -> dict[str, Estimate]:
    """Return the sums of the total Sobol indices of all power inputs and of both margins, with added errors.

    A sum of total indices counts interactions within the group more than once: it is an upper bound of the group's
    total index.
    """
    quantity = table["name"].str.split(", ").str[0]
    groups = {"power": quantity.isin(POWER_INPUTS), "margin": quantity == "margin"}
    found = {}
    for name, members in groups.items():
        total, error = table.loc[members, "total"].sum(), table.loc[members, "total_error"].sum()
        found[name] = Estimate(float(total), float(max(total - error, 0.0)), float(total + error), "share of variance")
    return found


@traced
def frontier_count(models: pd.DataFrame, front: pd.DataFrame) -> Estimate:
    """Return the number of Chinese models on the frontier, with its interval from `prices.frontier_chances`."""
    low, high = (float(models[f"chinese_{end}"].iloc[0]) for end in ("low", "high"))
    return Estimate(float((front["country"] == "CN").sum()), low, high, "models")


@traced
def power_price_factor(contributions: pd.DataFrame) -> Estimate:
    """Return the factor that power prices add to the modelled ratio at the modes (`unit_cost.contributions`)."""
    factor = contributions.set_index("quantity")["factor"]["power_price"]
    return Estimate(float(factor), unit="ratio")


def _each(frame: pd.DataFrame) -> Any:
    """Return the rows as named tuples, whose fields pandas cannot type."""
    return frame.itertuples()


def _value(estimate: Estimate) -> float:
    """Return the central value, which every estimate here has."""
    assert estimate.value is not None
    return estimate.value


def _range(estimate: Estimate, spec: str = ".3g") -> str:
    low, high = estimate.ends
    return f"{estimate.value:{spec}} ({low:{spec}} to {high:{spec}})"


def around(list_prices: pd.DataFrame, model: str, date: pd.Timestamp) -> tuple[float, float]:
    """Return a model's input list price at the last snapshot up to a date and at the first one after it.

    Missing prices, where the model is not listed on that side of the date, are NaN.
    """
    spells = list_prices[list_prices["model"] == model].sort_values("first_seen")
    before = spells.loc[spells["first_seen"] <= date, "input_price"]
    after = spells.loc[spells["as_of"] > date, "input_price"]
    return (
        float(before.iloc[-1]) if len(before) else math.nan,
        float(after.iloc[0]) if len(after) else math.nan,
    )


@traced
def evidence(
    prices: pd.DataFrame,
    ratios: pd.DataFrame,
    claims: pd.DataFrame,
    statements: pd.DataFrame,
    promotions: pd.DataFrame,
    list_prices: pd.DataFrame,
    now: pd.DataFrame,
    bought: pd.DataFrame,
    power: pd.DataFrame,
    medians: Estimate,
    equal: dict[str, Estimate],
    residual: Estimate,
    sobol: dict[str, Estimate],
    us_flagship: str,
) -> pd.DataFrame:
    """Return the table of claims: what the article says, what the evidence says, how far apart, what is open.

    Returns
    -------
    pandas.DataFrame
        ``claim``, ``article says``, ``evidence says``, ``how far apart``, ``open``; one row a claim.
    """
    said = statements.set_index("claim")["statement"]
    chinese = now.loc[now["country"] == "CN", "input_price"].quantile([0.25, 0.5, 0.75])
    cn, us = pick(prices, claim="A47"), pick(prices, claim="A48")
    listed = float(now.loc[now["model"] == us_flagship, "input_price"].iloc[0])
    gap = us / cn
    article, western = (reading_ratio(power, r, "per kWh") for r in ("articles", "subsidised"))
    national = reading_ratio(power, "national", "per kWh")
    promotion = promotions.iloc[0]
    before, after = around(list_prices, PROMOTED, promotion["end_latest"])
    undiscounted = before / (1 - promotion["value"] / 100)
    regression = equal["regression on score, input"]
    heading = pick(ratios, claim="A50")
    range_cn, range_us = pick(claims, claim="A51"), pick(claims, claim="A52")
    middle_cn, middle_us = _value(range_cn), _value(range_us)
    by_side = {reading: rows.set_index("side")["value"] for reading, rows in bought.groupby("reading")}
    west, average, europe = (by_side[reading] for reading in ("subsidised", "national", "Europe"))
    rows = [
        (
            "A47",
            f"{_range(cn)} USD",
            f"median {chinese[0.5]:.2g} USD, middle half {chinese[0.25]:.2g} to {chinese[0.75]:.2g}",
            f"{_value(cn) / chinese[0.5]:.2g} times the median",
            "which models are meant",
        ),
        (
            "A48",
            f"{_range(us)} USD",
            f"list price {listed:.3g} USD",
            f"{_value(us) / listed:.3g} times the list price",
            "prices really paid",
        ),
        (
            "A49",
            f"1:{pick(ratios, claim='A49').value:.3g}",
            f"{_range(gap)} from its own prices; medians {_range(medians)}",
            f"{_value(gap) / _value(medians):.2g} times the ratio of medians",
            "prices really paid",
        ),
        (
            "A50",
            f"1/{_value(heading):.3g}",
            f"{_range(regression)} at equal score",
            f"{_value(heading) / _value(regression):.2g} times the ratio at equal score",
            "quality beyond one board",
        ),
        (
            "A51",
            f"{range_cn.ends[0]:.2g} to {range_cn.ends[1]:.2g} USD/kWh",
            f"subsidised {west['china']:.2g}, average {average['china']:.2g} USD/kWh; no source for the range",
            f"{west['china'] / middle_cn:.2g} and {average['china'] / middle_cn:.2g} times its middle",
            "a source for the price",
        ),
        (
            "A52",
            f"{range_us.ends[0]:.2g} to {range_us.ends[1]:.2g} USD/kWh",
            f"US industry {average['west']:.2g}, European industry {europe['west']:.2g} USD/kWh",
            f"{average['west'] / middle_us:.2g} and {europe['west'] / middle_us:.2g} times its middle",
            "which customer is meant",
        ),
        (
            "A53",
            f"1:{pick(ratios, claim='A53').ends[0]:.2g} to {pick(ratios, claim='A53').ends[1]:.2g}",
            f"{_range(article)} from its own ranges; national {_range(national)}; subsidised {_range(western)}",
            f"{pick(ratios, claim='A53').ends[0] / _value(national):.2g} times the national ratio, or more",
            "contracts of data centres",
        ),
        (
            "A54",
            said["A54"],
            f"power leaves {_range(residual)} of the gap; its inputs carry {100 * sobol['power'].ends[1]:.2g} % "
            "of the model's variance or less",
            "green power cannot be the cause; sparse models and margins can",
            "energy per token on domestic chips",
        ),
        (
            "A55",
            f"{promotion['published']} until {promotion['end_published']}",
            f"{PROMOTED} lists {before:.3g} USD before the end and {after:.3g} after it",
            f"the end of such a discount would give {undiscounted:.3g} USD",
            "whether the aggregator passed the discount on; base and kind of tokens",
        ),
        (
            "B05",
            said["B05"],
            f"list prices at equal score: China cheaper, {_range(regression)}",
            "opposite direction, if the context is read right" if regression.ends[0] > 1 else "interval contains 1",
            "cost is not price",
        ),
        (
            "D05",
            said["D05"],
            f"list prices at equal score: China cheaper, {_range(regression)}",
            "none in direction" if regression.ends[0] > 1 else "interval contains 1",
            "no Chinese model at the top scores to compare",
        ),
    ]
    return pd.DataFrame(rows, columns=["claim", "article says", "evidence says", "how far apart", "open"])
