"""Shares, fleets and dependence: China's accelerator market, what orders amount to, and paths of the shares."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.hardware import each, ratio, spec

Array = NDArray[np.float64]

HIGHLY_CONCENTRATED = 1800.0
"""HHI points above which a market counts as highly concentrated (Merger Guidelines of the US Department of Justice and
the Federal Trade Commission, December 2023, guideline 1)."""


@traced
def fleet(orders: pd.DataFrame) -> Estimate:
    """Return the number of chips ordered: the printed range, with its geometric mean as the value.

    The article gives words, not a number. The geometric mean is the middle of the range on the scale on which words
    of magnitude are used; it is a convention, and the interval is what counts.
    """
    low, high = pick(orders, claim="A61").ends
    return Estimate(float(np.sqrt(low * high)), low, high, "chips")


@traced
def fleet_compute(
    orders: pd.DataFrame,
    article_specs: pd.DataFrame,
    specs: pd.DataFrame,
    china_market: pd.DataFrame,
    key: str,
) -> pd.DataFrame:
    """Return what the ordered fleet amounts to.

    Returns
    -------
    pandas.DataFrame
        One row a measure and count of chips: ``counted`` (orders as printed, or shipments planned), ``measure``,
        ``value``, ``low``, ``high``, ``unit``, ``source`` (one of those that go into it: count, chip or H100).
        H100-equivalents divide by the H100's figure of the same measure.
    """
    counts = {
        "orders, in words": fleet(orders),
        "planned shipments": pick(china_market, product="Ascend 950PR", measure="shipments"),
    }
    pflops = pick(article_specs, claim="A56")
    planned = (china_market["product"] == "Ascend 950PR") & (china_market["measure"] == "shipments")
    origins = specs[specs["chip"] == key].drop_duplicates("metric").set_index("metric")["source"]
    rows = []
    for name, chips in counts.items():
        origin = "article-000" if name.startswith("orders") else china_market.loc[planned, "source"].iloc[0]
        measures = {"FP4 compute": (chips * pflops).to("PFLOPS")}
        sources = {"FP4 compute": origin}
        for label, metric in (
            ("BF16 compute", "bf16_compute"),
            ("FP8 compute", "fp8_compute"),
            ("memory bandwidth", "memory_bandwidth"),
            ("memory", "memory_capacity"),
        ):
            measures[label] = (chips * ratio(specs, key, "h100", metric)).to("H100-equivalents")
            sources[label] = origins[metric] if name.startswith("orders") else "glennklockwood-h100"
        if key == "950pr-card":
            measures["rated power"] = (chips * spec(specs, key, "power")).counted_in("MW", 1e-6)
            sources["rated power"] = origins["power"]
        rows += [(name, label, e.value, *e.ends, e.unit, sources[label]) for label, e in measures.items()]
    return pd.DataFrame(rows, columns=["counted", "measure", "value", "low", "high", "unit", "source"])


@traced
def market_shares(china_market: pd.DataFrame, year: int = 2025) -> pd.DataFrame:
    """Return units and value shares of the Chinese market.

    Returns
    -------
    pandas.DataFrame
        ``vendor``, ``country``, ``by`` (units or value), ``value``, ``low``, ``high`` (%), ``source``.
        Chinese vendors that the source does not name are the difference, and so are the value shares of all but two.
    """
    rows = china_market[(china_market["year"] == year) & (china_market["kind"] == "estimate")]
    units = rows[rows["measure"] == "shipments"]
    chips = {vendor: pick(units, vendor=vendor) for vendor in units["vendor"]}
    named = [v for v in units.loc[units["country"] == "CN", "vendor"] if v != "All Chinese vendors"]
    foreign = chips["NVIDIA"] + chips["AMD"]
    chinese = chips["All Chinese vendors"]
    sold = sum((chips[v] for v in named[1:]), chips[named[0]])
    pairs = {v: (chips[v], foreign + (chinese - chips[v])) for v in named}
    pairs |= {
        "NVIDIA": (chips["NVIDIA"], chips["AMD"] + chinese),
        "AMD": (chips["AMD"], chips["NVIDIA"] + chinese),
        "Other Chinese vendors": (chinese - sold, foreign + sold),
    }
    country = units.set_index("vendor")["country"].to_dict() | {"Other Chinese vendors": "CN"}
    result = []
    for vendor, (count, others) in pairs.items():
        share = _share(count, others)
        result.append((vendor, country[vendor], "units", share.value, *share.ends, units["source"].iloc[0]))
    value = rows[rows["measure"] == "share of value"]
    shares = {vendor: pick(value, vendor=vendor) for vendor in value["vendor"]}
    for vendor, share in shares.items():
        result.append((vendor, country[vendor], "value", share.value, *share.ends, value["source"].iloc[0]))
    left = Estimate(100.0) - sum(list(shares.values())[1:], next(iter(shares.values())))
    result.append(("All others", "other", "value", left.value, *left.ends, value["source"].iloc[0]))
    return pd.DataFrame(result, columns=["vendor", "country", "by", "value", "low", "high", "source"])


def _share(part: Estimate, others: Estimate) -> Estimate:
    """Return ``100 a/(a+b)`` by its monotone ends, since interval arithmetic would count ``a`` twice."""

    def share(a: float, b: float) -> float:
        return 100 * a / (a + b)

    (a_low, a_high), (b_low, b_high) = part.ends, others.ends
    value = share(part.value or np.nan, others.value or np.nan)
    return Estimate(value, share(a_low, b_high), share(a_high, b_low), "%", part.inputs | others.inputs)


@traced
def hhi(shares: pd.DataFrame) -> Estimate:
    """Return the Herfindahl-Hirschman index of units (0 to 10,000) with the bounds that the unnamed vendors leave.

    Low: the unnamed are so many that they add nothing; high: they are one vendor. No value lies between for sure.
    """
    units = shares[shares["by"] == "units"]
    unnamed = units["vendor"] == "Other Chinese vendors"
    low = float((units.loc[~unnamed, "value"] ** 2).sum())
    return Estimate(None, low, low + float((units.loc[unnamed, "value"] ** 2).sum()), "HHI points")


@traced
def unit_values(china_market: pd.DataFrame, chip_prices: pd.DataFrame) -> pd.DataFrame:
    """Return the average value of a chip that shares and shipments imply, beside reported prices of the H20.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``vendor``, ``market`` (billion USD, the market value taken; missing for a reported price),
        ``value``, ``low``, ``high`` (USD/chip), ``source``.
    """
    rows = china_market[china_market["year"] == 2025]
    totals = rows[rows["measure"] == "market value"]
    result = []
    for market, vendor in product(each(totals), ("NVIDIA", "Huawei")):
        total = pick(totals, source=market.source)
        share = pick(rows[rows["measure"] == "share of value"], vendor=vendor)
        count = pick(rows[rows["measure"] == "shipments"], vendor=vendor)
        one = (total * share / count).counted_in("USD/chip", 1e7)
        result.append(("implied", vendor, total.value, one.value, *one.ends, market.source))
    reported = chip_prices[chip_prices["unit"] == "USD/chip"]
    result += [("reported, H20", "NVIDIA", np.nan, r.value, r.low, r.high, r.source) for r in each(reported)]
    return pd.DataFrame(result, columns=["what", "vendor", "market", "value", "low", "high", "source"])


@traced
def dependence(incumbents: pd.DataFrame, china_market: pd.DataFrame) -> pd.DataFrame:
    """Return NVIDIA's and CUDA's shares: the article's of 2023, and China's market of 2025 by units and by value."""
    shares = market_shares(china_market)
    china = shares[shares["vendor"] == "NVIDIA"]
    rows = [
        ("CUDA in AI training, world", 2023, "A63", *_three(pick(incumbents, claim="A63")), "article-000"),
        ("NVIDIA in AI accelerators", 2023, "A64", *_three(pick(incumbents, claim="A64")), "article-000"),
    ]
    rows += [
        (f"NVIDIA in China, {r.by}", 2025, "", float(r.value), float(r.low), float(r.high), r.source)
        for r in each(china)
    ]
    return pd.DataFrame(rows, columns=["what", "year", "claim", "value", "low", "high", "source"])


def _three(estimate: Estimate) -> tuple[float, float, float]:
    return (estimate.value or np.nan, *estimate.ends)


@traced
def non_nvidia_intensity(incumbents: pd.DataFrame) -> Estimate:
    r"""Return training tasks per accelerator off CUDA, relative to NVIDIA's.

    With :math:`u` the share of training on CUDA and :math:`s` NVIDIA's share of accelerators,
    :math:`\frac{1-u}{1-s} \big/ \frac{u}{s}`; 1 would mean that others' accelerators train as much as NVIDIA's. It
    takes CUDA to run on NVIDIA only. Falling in u and rising in s, so the interval is that of the ends.
    """
    cuda, share = (pick(incumbents, claim=claim) for claim in ("A63", "A64"))

    def relative(u: float, s: float) -> float:
        return (100 - u) / (100 - s) / (u / s)

    value = relative(cuda.value or np.nan, share.value or np.nan)
    return Estimate(value, relative(cuda.ends[1], share.ends[0]), relative(cuda.ends[0], share.ends[1]), "ratio")


def logistic(year: ArrayLike, rate: ArrayLike, middle: ArrayLike, ceiling: ArrayLike) -> Array:
    r"""Return :math:`K/(1+e^{-r(t-t_0)})` (Verhulst 1838), in the unit of the ceiling."""
    return np.asarray(ceiling) / (1 + np.exp(-np.asarray(rate) * (np.asarray(year, float) - np.asarray(middle))))


def logistic_through(
    first: tuple[float, ArrayLike], second: tuple[float, ArrayLike], ceiling: ArrayLike
) -> tuple[Array, Array]:
    r"""Return rate (1/year) and middle (year) of the logistic through two points, closed form.

    :math:`\ln\frac{s}{K-s}` is linear in time.

    Parameters
    ----------
    first, second : tuple
        Year, and share below the ceiling.
    ceiling : array_like
        Ceiling K, in the unit of the shares.

    Raises
    ------
    ValueError
        If a share is not between zero and the ceiling.
    """
    (t1, s1), (t2, s2) = ((t, np.asarray(s, float)) for t, s in (first, second))
    top = np.asarray(ceiling, float)
    if np.any(s1 <= 0) or np.any(s2 <= 0) or np.any(s1 >= top) or np.any(s2 >= top):
        raise ValueError("a logistic path needs shares above zero and below the ceiling; raise the ceiling")
    first_logit = np.log(s1 / (top - s1))
    rate = (np.log(s2 / (top - s2)) - first_logit) / (t2 - t1)
    return rate, t1 - first_logit / rate


@traced
def share_paths(segments: pd.DataFrame, ceilings: tuple[float, ...], horizon: int) -> pd.DataFrame:
    """Return China's share by logistic paths through the articles' two years, one for each ceiling, with bounds.

    Bounds come from the printed rounding of both years: the steepest and the flattest path that it allows.

    Returns
    -------
    pandas.DataFrame
        ``ceiling`` (%), ``year``, ``value``, ``low``, ``high`` (%).
    """
    (y1, first), (y2, second) = _two_years(segments, "CN")
    years = np.arange(y1, horizon + 1, dtype=float)
    frames = []
    for ceiling in ceilings:
        paths = [
            logistic(years, *logistic_through((y1, a), (y2, b), ceiling), ceiling)
            for a, b in product(_three(first), _three(second))
        ]
        spread = np.array(paths)
        frames.append(
            pd.DataFrame(
                {
                    "ceiling": ceiling,
                    "year": years.astype(int),
                    "value": paths[0],
                    "low": spread.min(axis=0),
                    "high": spread.max(axis=0),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _two_years(segments: pd.DataFrame, country: str) -> list[tuple[int, Estimate]]:
    rows = segments[segments["country"] == country].sort_values("year")
    return [(int(year), pick(rows, year=year)) for year in rows["year"]]


@traced
def parity_year(segments: pd.DataFrame, law: str) -> Estimate:
    r"""Return the year in which both countries' shares would be equal if the change from 2024 to 2028 went on.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``market_segments``.
    law : {"linear", "logit"}
        What goes on: the difference of the shares, or the difference of their logits.

    Returns
    -------
    Estimate
        The interval is that of all corners of the four roundings; both laws are monotone in each.

    Raises
    ------
    ValueError
        If the law has no such name.
    """
    laws = {"linear": lambda us, cn: us - cn, "logit": lambda us, cn: np.log(us / (100 - us)) - np.log(cn / (100 - cn))}
    if law not in laws:
        raise ValueError(f"no law {law!r}: expected one of {', '.join(laws)}")
    (y1, us1), (y2, us2) = _two_years(segments, "US")
    (_, cn1), (_, cn2) = _two_years(segments, "CN")
    gap = laws[law]

    def year(a: float, b: float, c: float, d: float) -> float:
        before, after = gap(a, b), gap(c, d)
        return y2 + after * (y2 - y1) / (before - after)

    corners = [year(*corner) for corner in product(us1.ends, cn1.ends, us2.ends, cn2.ends)]
    value = year(*(e.value or np.nan for e in (us1, cn1, us2, cn2)))
    return Estimate(value, min(corners), max(corners), "year")


@traced
def domestic_path(china_market: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return Chinese vendors' share of China's market by value: the logistic between an analyst's two years.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``value``, ``low``, ``high`` (%), ``source``, from the first of the two years to two years after the
        second, or the horizon; ceiling 100 %.
    """
    rows = china_market[
        (china_market["vendor"] == "All Chinese vendors") & (china_market["measure"] == "share of value")
    ]
    (y1, first), (y2, second) = ((int(y), pick(rows, year=y)) for y in sorted(rows["year"]))
    years = np.arange(y1, min(horizon, y2 + 2) + 1, dtype=float)
    paths = [
        logistic(years, *logistic_through((y1, a), (y2, b), 100.0), 100.0)
        for a, b in product(_three(first), _three(second))
    ]
    spread = np.array(paths)
    columns = {"year": years.astype(int), "value": paths[0], "low": spread.min(axis=0), "high": spread.max(axis=0)}
    return pd.DataFrame(columns).assign(source=rows["source"].iloc[0])


@traced
def observed_domestic_share(china_market: pd.DataFrame) -> pd.DataFrame:
    """Return Chinese vendors' share of China's market in 2025, by units and by value.

    Returns
    -------
    pandas.DataFrame
        ``by`` (units, value), ``value``, ``low``, ``high`` (%), ``source``.
    """
    rows = china_market[china_market["year"] == 2025]
    units = rows[rows["measure"] == "shipments"]
    chinese = pick(units, vendor="All Chinese vendors")
    by_units = _share(chinese, pick(units, vendor="NVIDIA") + pick(units, vendor="AMD"))
    revenue = rows[rows["measure"] == "revenue"]
    source = revenue["source"].iloc[0]
    made = pick(revenue, vendor="All Chinese vendors")
    by_value = (made / pick(rows[rows["measure"] == "market value"], source=source)).to("%")
    return pd.DataFrame(
        [
            ("units", by_units.value, *by_units.ends, units["source"].iloc[0]),
            ("value", by_value.value, *by_value.ends, source),
        ],
        columns=["by", "value", "low", "high", "source"],
    )


@traced
def world_market(china_market: pd.DataFrame, segments: pd.DataFrame, year: int = 2028) -> Estimate:
    """Return the world market that Chinese vendors' revenue and their printed world share imply, in billion USD.

    Chinese vendors are taken to sell in China only; what they sell elsewhere makes the world larger still.
    """
    revenue = pick(china_market, vendor="All Chinese vendors", measure="revenue", year=year)
    return (revenue / pick(segments, country="CN", year=year)).counted_in("billion USD", 100)
