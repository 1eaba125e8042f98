"""The arithmetic of electricity: power prices, and how much of a price gap they can explain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.errors import DataError, ParameterError
from parallelrun.study.countries import need_both
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import named, traced

Array = npt.NDArray[np.float64]

READINGS = ["articles", "national", "BusinessEurope", "Europe", "subsidised", "green"]
"""Comparisons of power prices, in the order in which they are shown."""


@traced
def power_prices(claims: pd.DataFrame, electricity: pd.DataFrame, usd_per_eur: float) -> pd.DataFrame:
    """Return the power prices of every reading in USD per kWh.

    Parameters
    ----------
    claims : pandas.DataFrame
        The article's prices (claims A51 and A52).
    electricity : pandas.DataFrame
        Independent prices, in USD or EUR per kWh.
    usd_per_eur : float
        Exchange rate.

    Returns
    -------
    pandas.DataFrame
        ``reading``, ``side`` (west: US or Europe; china), ``country``, ``region``, ``value``, ``low``, ``high``,
        ``claim``, ``source``. Several rows of one side (two months, say) are one row from the lowest to the highest.

    Raises
    ------
    DataError
        If a country has no independent price.
    """
    need_both(electricity, "independent prices of power")
    article = claims.assign(
        reading="articles", country=np.where(claims["region"].str.contains("China"), "CN", "US"), rate=1.0
    )
    euro = electricity["unit"] == "EUR/kWh"
    other = electricity.assign(rate=np.where(euro, usd_per_eur, 1.0), claim="")
    rows = pd.concat([article, other], ignore_index=True)
    rows[["value", "low", "high"]] = rows[["value", "low", "high"]].mul(rows["rate"], axis=0)
    rows["side"] = np.where(rows["country"] == "CN", "china", "west")
    grouped = rows.groupby(["reading", "side"], sort=False).agg(
        country=("country", "first"),
        region=("region", "first"),
        value=("value", "mean"),
        low=("low", "min"),
        high=("high", "max"),
        claim=("claim", "first"),
        source=("source", "first"),
    )
    both = {reading for reading, rows in rows.groupby("reading") if rows["side"].nunique() == 2}
    known = [reading for reading in READINGS if reading in both]
    order = pd.MultiIndex.from_product([known, ["west", "china"]], names=["reading", "side"])
    return grouped.reindex(order).reset_index()


@traced
def power_ratio(claims: pd.DataFrame) -> Estimate:
    """Return the article's US and European over western Chinese power price, from its two ranges (A52 over A51)."""
    return (pick(claims, claim="A52") / pick(claims, claim="A51")).to("ratio")


@traced
def power_ratios(
    prices: pd.DataFrame, printed: pd.DataFrame, inputs: pd.DataFrame, domestic_share: float
) -> pd.DataFrame:
    """Return the ratio of power prices under each reading, as bought and per token.

    Per token the advantage shrinks, since domestic chips take more power for the same token: the Chinese price
    is multiplied by 1 + d (k - 1), with d the share of load on domestic chips and k the energy penalty.

    Returns
    -------
    pandas.DataFrame
        ``reading``, ``basis`` (printed, per kWh, per token), ``value``, ``low``, ``high`` (ratio west over China),
        ``source``.
    """
    penalty = pick(inputs, quantity="energy_penalty", country="CN")
    factor = (penalty - 1.0) * (domestic_share / 100) + 1.0
    stated = pick(printed, claim="A53")
    rows = [("articles, as printed", "printed", stated.value, *stated.ends, "article-000")]
    for reading in dict.fromkeys(prices["reading"]):
        west, china = (price_of(prices, reading, side) for side in ("west", "china"))
        ratio = west / china
        source = "; ".join(dict.fromkeys(prices.loc[prices["reading"] == reading, "source"]))
        rows.append((reading, "per kWh", ratio.value, *ratio.ends, source))
        adjusted = ratio / factor
        rows.append((reading, "per token", adjusted.value, *adjusted.ends, source))
    frame = pd.DataFrame(rows, columns=["reading", "basis", "value", "low", "high", "source"])
    return frame.astype({"value": float, "low": float, "high": float})


def price_of(prices: pd.DataFrame, reading: str, side: str) -> Estimate:
    """Return the power price of a side ("west" or "china") under a reading, in USD per kWh.

    Raises
    ------
    ParameterError
        If there is none.
    """
    rows = prices[(prices["reading"] == reading) & (prices["side"] == side)]
    if rows.empty:
        raise ParameterError(
            f"no power prices of the reading {reading!r}: take one of {sorted(set(prices['reading']))}"
        )
    row = rows.iloc[0]
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "USD/kWh")


def explained_factor(share: float | Array, ratio: float | Array) -> float | Array:
    """Return the price ratio that a difference of power prices alone explains: 1 / (1 - s (1 - 1/r)).

    A US price of 1 with an energy share s becomes 1 - s + s/r if its power is bought at 1/r of the price and
    nothing else changes. It rises from 1 at s = 0 to r at s = 1, so that r is the bound.

    Parameters
    ----------
    share : float or array
        Energy share s of the dearer price, from 0 to 1.
    ratio : float or array
        Ratio r of the power prices, above 0.
    """
    return 1 / (1 - np.asarray(share) * (1 - 1 / np.asarray(ratio)))


@traced
def explained_ratio(share: Estimate, ratio: Estimate) -> Estimate:
    """Return `explained_factor` with its interval: over the corners of share (%) and ratio, being monotone in both."""
    assert share.value is not None
    assert ratio.value is not None
    corners = [float(explained_factor(s / 100, r)) for s in share.ends for r in ratio.ends]
    value = float(explained_factor(share.value / 100, ratio.value))
    return Estimate(value, min(corners), max(corners), "ratio")


@traced
def residual_ratio(gap: Estimate, share: Estimate, ratio: Estimate) -> Estimate:
    """Return what is left of a price ratio after power: the ratio divided by `explained_ratio`."""
    return (gap / explained_ratio(share, ratio)).to("ratio")


@traced
def explained_curve(ratios: pd.DataFrame, gap: Estimate) -> pd.DataFrame:
    """Return the price ratio that power explains at every energy share, with what there is to explain.

    Returns
    -------
    pandas.DataFrame
        ``series`` (articles, subsidised: `explained_factor` of the power ratio per kWh under that reading; price gap),
        ``share`` (%), ``value``, ``low``, ``high`` (ratio), ``source`` (of the power prices, or the gap).
    """
    axis = np.linspace(0, 100, 101)
    rows = ratios[(ratios["basis"] == "per kWh") & ratios["reading"].isin(["articles", "subsidised"])]
    curves = [
        pd.DataFrame(
            {"series": row.reading, "share": axis, "source": row.source}
            | {name: explained_factor(axis / 100, getattr(row, name)) for name in ("value", "low", "high")}
        )
        for row in records(rows)
    ]
    flat = [("price gap", share, gap.value, *gap.ends, "article-000") for share in (0.0, 100.0)]
    frame = pd.DataFrame(flat, columns=["series", "share", "value", "low", "high", "source"])
    return pd.concat([*curves, frame], ignore_index=True)[list(frame.columns)]


@traced
def reading_ratio(ratios: pd.DataFrame, reading: str, basis: str) -> Estimate:
    """Return the power ratio of a reading, per kWh or per token, with its interval.

    Raises
    ------
    DataError
        If the reading has not a price of both sides.
    """
    rows = ratios[(ratios["reading"] == reading) & (ratios["basis"] == basis)]
    if rows.empty:
        raise DataError(
            f"{named(ratios)}: the reading {reading!r} has no price on one side, or on none; expected rows of country "
            "CN and of a country in the west: add rows"
        )
    row = rows.iloc[0]
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "ratio")
