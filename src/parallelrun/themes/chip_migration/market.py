"""Orders and shares: what ordered chips amount to, China's accelerator market, and paths of the shares."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun import Estimate, pick
from parallelrun.errors import ParameterError
from parallelrun.study.countries import need_both
from parallelrun.study.drawing import records
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.ratings import ratio

Array = NDArray[np.float64]

HIGHLY_CONCENTRATED = 1800.0
"""HHI points above which a market counts as highly concentrated (Merger Guidelines of the US Department of Justice and
the Federal Trade Commission, December 2023, guideline 1)."""

UNNAMED = "Other Chinese vendors"


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
    orders: pd.DataFrame, article_specs: pd.DataFrame, specs: pd.DataFrame, china_market: pd.DataFrame, key: str
) -> pd.DataFrame:
    """Return what the ordered fleet amounts to.

    Returns
    -------
    pandas.DataFrame
        One row a measure and count of chips: ``counted`` (orders as printed, or shipments planned), ``measure``,
        ``value``, ``low``, ``high``, ``unit``, ``source`` (one of those that go into it: count, chip or H100).
        H100-equivalents divide by the H100's figure of the same measure.
    """
    planned = (china_market["product"] == "Ascend 950PR") & (china_market["measure"] == "shipments")
    counts = {
        "orders, in words": (fleet(orders), orders.loc[orders["claim"] == "A61", "source"].iloc[0]),
        "planned shipments": (pick(china_market[planned]), china_market.loc[planned, "source"].iloc[0]),
    }
    origins = specs.drop_duplicates(["chip", "metric"]).set_index(["chip", "metric"])["source"]
    metrics = {
        "BF16 compute": "bf16_compute",
        "FP8 compute": "fp8_compute",
        "memory bandwidth": "memory_bandwidth",
        "memory": "memory_capacity",
    }
    rows = []
    for name, (chips, origin) in counts.items():
        peak = (chips * pick(article_specs, claim="A56")).counted_in("PFLOPS")
        rows.append((name, "FP4 compute", peak.value, *peak.ends, peak.unit, origin))
        for label, metric in metrics.items():
            equal = (chips * ratio(specs, key, "h100", metric)).counted_in("H100-equivalents")
            chip = key if name.startswith("orders") else "h100"
            rows.append((name, label, equal.value, *equal.ends, equal.unit, origins[chip, metric]))
    return pd.DataFrame(rows, columns=["counted", "measure", "value", "low", "high", "unit", "source"])


@traced
def market_shares(china_market: pd.DataFrame, year: int = 2025) -> pd.DataFrame:
    """Return units and value shares of the Chinese market.

    Returns
    -------
    pandas.DataFrame
        ``vendor``, ``country``, ``by`` (units or value), ``value``, ``low``, ``high``, ``unit`` (%), ``source``.
        Chinese vendors that the source does not name are the difference, and so are the value shares of the others.
    """
    rows = china_market[(china_market["year"] == year) & (china_market["kind"] == "estimate")]
    units = rows[rows["measure"] == "shipments"]
    everyone = pick(units, vendor="All Chinese vendors")
    counts = {
        row.vendor: pick(units, vendor=row.vendor) for row in records(units) if row.vendor != "All Chinese vendors"
    }
    country = dict(zip(units["vendor"], units["country"], strict=True)) | {UNNAMED: "CN"}
    chinese = [vendor for vendor in counts if country[vendor] == "CN"]
    named = _total([counts[vendor] for vendor in chinese])
    counts[UNNAMED] = everyone - named
    result = []
    for vendor, count in counts.items():
        foreign = _total([counts[v] for v in counts if country[v] != "CN" and v != vendor])
        if vendor == UNNAMED:
            others = foreign + named
        else:
            others = foreign + (everyone - count if vendor in chinese else everyone)
        share = _share(count, others)
        result.append((vendor, country[vendor], "units", share.value, *share.ends, units["source"].iloc[0]))
    value = rows[rows["measure"] == "share of value"]
    shares = {row.vendor: (pick(value, vendor=row.vendor), row.country, row.source) for row in records(value)}
    left = Estimate(100.0, unit="%") - _total([share for share, _, _ in shares.values()])
    shares["All others"] = (left, "other", value["source"].iloc[0])
    result += [(vendor, where, "value", e.value, *e.ends, source) for vendor, (e, where, source) in shares.items()]
    frame = pd.DataFrame(result, columns=["vendor", "country", "by", "value", "low", "high", "source"])
    return frame.assign(unit="%")


def _total(parts: list[Estimate]) -> Estimate:
    return sum(parts[1:], parts[0]) if parts else Estimate(0.0, 0.0, 0.0, "chips")


def _share(part: Estimate, others: Estimate) -> Estimate:
    """Return ``100 a/(a+b)`` by its monotone ends, since interval arithmetic would count ``a`` twice."""

    def share(a: float, b: float) -> float:
        return 100 * a / (a + b)

    (a_low, a_high), (b_low, b_high) = part.ends, others.ends
    value = share(part.value or np.nan, others.value or 0.0)
    return Estimate(value, share(a_low, b_high), share(a_high, b_low), "%", part.inputs | others.inputs)


@traced
def hhi(shares: pd.DataFrame) -> Estimate:
    """Return the Herfindahl-Hirschman index of units (0 to 10,000) with the bounds that the unnamed vendors leave.

    Low: the unnamed are so many that they add nothing; high: they are one vendor. No value lies between for sure.
    """
    units = shares[shares["by"] == "units"]
    unnamed = units["vendor"] == UNNAMED
    low = float((units.loc[~unnamed, "value"] ** 2).sum())
    return Estimate(None, low, low + float((units.loc[unnamed, "value"] ** 2).sum()), "HHI points")


@traced
def unit_values(china_market: pd.DataFrame, chip_prices: pd.DataFrame, year: int = 2025) -> pd.DataFrame:
    """Return the average value of a chip that shares and shipments imply, beside reported prices of the H20.

    Returns
    -------
    pandas.DataFrame
        ``what`` (implied, or reported), ``vendor``, ``market`` (billion USD, the market value taken; missing for a
        reported price), ``year``, ``value``, ``low``, ``high`` (USD/chip), ``source``.
    """
    rows = china_market[china_market["year"] == year]
    totals = rows[rows["measure"] == "market value"]
    result = []
    for market, vendor in product(records(totals), ("NVIDIA", "Huawei")):
        total = pick(totals, source=market.source)
        share = pick(rows[rows["measure"] == "share of value"], vendor=vendor)
        count = pick(rows[rows["measure"] == "shipments"], vendor=vendor)
        one = (total * share / count).to("USD/chip")
        result.append(("implied", vendor, total.value, year, one.value, *one.ends, market.source))
    reported = chip_prices[(chip_prices["unit"] == "USD/chip") & (chip_prices["chip"] == "H20")]
    for r in records(reported.sort_values("as_of")):
        result.append(("reported", r.vendor, np.nan, r.as_of.year, r.value, r.low, r.high, r.source))
    return pd.DataFrame(result, columns=["what", "vendor", "market", "year", "value", "low", "high", "source"])


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
    ParameterError
        If a share is not between zero and the ceiling.
    """
    (t1, s1), (t2, s2) = ((t, np.asarray(s, float)) for t, s in (first, second))
    top = np.asarray(ceiling, float)
    if np.any(s1 <= 0) or np.any(s2 <= 0) or np.any(s1 >= top) or np.any(s2 >= top):
        raise ParameterError(
            f"shares of {s1:g} in {t1:g} and {s2:g} in {t2:g} with a ceiling of {top:g}: a logistic path needs shares "
            "above zero and below the ceiling; mend the shares, or raise the ceiling"
        )
    first_logit = np.log(s1 / (top - s1))
    rate = (np.log(s2 / (top - s2)) - first_logit) / (t2 - t1)
    return rate, t1 - first_logit / rate


def _path(first: tuple[int, Estimate], last: tuple[int, Estimate], ceiling: float, until: int) -> pd.DataFrame:
    """Return a logistic path by year, with the bounds of the roundings of its two points."""
    years = np.arange(first[0], until + 1, dtype=float)
    (y1, start), (y2, end) = first, last
    corners = product((start.value or np.nan, *start.ends), (end.value or np.nan, *end.ends))
    paths = np.array(
        [logistic(years, *logistic_through((y1, a), (y2, b), ceiling), ceiling) for a, b in corners]
    )  # the first is that of the values
    columns = {"year": years.astype(int), "value": paths[0], "low": paths.min(axis=0), "high": paths.max(axis=0)}
    return pd.DataFrame(columns)


def _ends(rows: pd.DataFrame) -> tuple[tuple[int, Estimate], tuple[int, Estimate]]:
    """Return the first and the last year of a country's rows with their shares."""
    first, last = rows["year"].min(), rows["year"].max()
    return (int(first), pick(rows, year=first)), (int(last), pick(rows, year=last))


@traced
def share_paths(segments: pd.DataFrame, ceiling: float, horizon: int) -> pd.DataFrame:
    """Return China's share by logistic paths through the articles' years, one for each ceiling, with bounds.

    Ceilings are the given one, 100 %, and one a fifth above the last share, as far as they lie above it. Bounds come
    from the printed rounding of both years: the steepest and the flattest path that it allows.

    Returns
    -------
    pandas.DataFrame
        ``ceiling`` (%), ``year``, ``value``, ``low``, ``high`` (%).

    Raises
    ------
    DataError
        If a country has no share.
    """
    need_both(segments, "shares of the segment")
    first, last = _ends(segments[segments["country"] == "CN"])
    top = last[1].ends[1]
    ceilings = sorted(c for c in {1.2 * (last[1].value or top), ceiling, 100.0} if top < c <= 100)
    frames = [_path(first, last, c, max(horizon, last[0])).assign(ceiling=c) for c in ceilings]
    return pd.concat(frames, ignore_index=True)[["ceiling", "year", "value", "low", "high"]]


LAWS: dict[str, Callable[[float, float], float]] = {
    "linear": lambda us, cn: us - cn,
    "logit": lambda us, cn: float(np.log(us / (100 - us)) - np.log(cn / (100 - cn))),
}
"""What of the two shares goes on changing as it did: their difference, or that of their logits."""


@traced
def parity_wait(segments: pd.DataFrame, law: str) -> Estimate:
    r"""Return the years after the last one until both countries' shares would be equal if the change went on.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``market_segments``.
    law : str
        One of `LAWS`.

    Returns
    -------
    Estimate
        The interval is that of all corners of the four roundings; both laws are monotone in each.
    """
    (y1, us1), (y2, us2) = _ends(segments[segments["country"] == "US"])
    (_, cn1), (_, cn2) = _ends(segments[segments["country"] == "CN"])
    gap = LAWS[law]

    def wait(a: float, b: float, c: float, d: float) -> float:
        before, after = gap(a, b), gap(c, d)
        return after * (y2 - y1) / (before - after)

    corners = [wait(*corner) for corner in product(us1.ends, cn1.ends, us2.ends, cn2.ends)]
    value = wait(*(e.value or np.nan for e in (us1, cn1, us2, cn2)))
    return Estimate(value, min(corners), max(corners), "years")


@traced
def domestic_path(china_market: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return Chinese vendors' share of China's market by value: the logistic between an analyst's two years.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``value``, ``low``, ``high`` (%), ``given`` (whether the analyst's), ``source``, from the first of the
        two years to two years after the second, or the horizon; ceiling 100 %.
    """
    rows = china_market[
        (china_market["vendor"] == "All Chinese vendors") & (china_market["measure"] == "share of value")
    ]
    first, last = _ends(rows)
    path = _path(first, last, 100.0, min(horizon, last[0] + 2))
    return path.assign(given=path["year"].isin([first[0], last[0]]), source=rows["source"].iloc[0])


@traced
def observed_domestic_share(china_market: pd.DataFrame, year: int = 2025) -> pd.DataFrame:
    """Return Chinese vendors' share of China's market in a year, by units and by value.

    Returns
    -------
    pandas.DataFrame
        ``by`` (units, value, shares of value), ``year``, ``value``, ``low``, ``high`` (%), ``source``. By the shares of
        value that a second page ascribes to the house, Chinese vendors have what the Chinese one named has, at least,
        and what the foreign ones named leave, at most; no value.
    """
    rows = china_market[china_market["year"] == year]
    units = rows[rows["measure"] == "shipments"]
    foreign = _total([pick(units, vendor=vendor) for vendor in units.loc[units["country"] != "CN", "vendor"]])
    by_units = _share(pick(units, vendor="All Chinese vendors"), foreign)
    revenue = rows[rows["measure"] == "revenue"]
    source = revenue["source"].iloc[0]
    total = pick(rows[rows["measure"] == "market value"], source=source)
    by_value = (pick(revenue, vendor="All Chinese vendors") / total).to("%")
    found = [("units", by_units, units["source"].iloc[0]), ("value", by_value, source)]
    named = rows[(rows["measure"] == "share of value") & rows["source"].ne(source)]
    if len(named):
        ours = named["country"] == "CN"
        bounds = Estimate(np.nan, named.loc[ours, "low"].sum(), 100 - named.loc[~ours, "low"].sum(), "%")
        found.append(("shares of value", bounds, named["source"].iloc[0]))
    rows_ = [(by, year, e.value, *e.ends, origin) for by, e, origin in found]
    return pd.DataFrame(rows_, columns=["by", "year", "value", "low", "high", "source"])


@traced
def good_dies(readings: pd.DataFrame) -> tuple[Estimate, Estimate]:
    """Return the good dies a year by the wafers and yields reported, and the least yield for the dies planned.

    Parameters
    ----------
    readings : pandas.DataFrame
        Table ``press_readings``.

    Returns
    -------
    tuple of Estimate
        Dies a year, over the least to the largest yield of any chip, with the wafers and dies on a wafer of one bank;
        and the yield (%) at which these would make all the dies planned, if none came from stock.
    """
    yields = readings[readings["quantity"] == "yield"]
    made = (pick(readings, unit="dies/wafer") * pick(readings, unit="wafers/month")).to("dies/year")
    spread = Estimate(None, float(yields["low"].min()), float(yields["high"].max()), "%")
    enough = (pick(readings, unit="dies") / made.counted_in("dies")).to("%")
    return (made * spread).to("dies/year"), enough


@traced
def world_market(china_market: pd.DataFrame, segments: pd.DataFrame, year: int = 2028) -> Estimate:
    """Return the world market that Chinese vendors' revenue and their printed world share imply, in billion USD.

    Chinese vendors are taken to sell in China only; what they sell elsewhere makes the world larger still.
    """
    revenue = pick(china_market, vendor="All Chinese vendors", measure="revenue", year=year)
    return (revenue / pick(segments, country="CN", year=year)).to("billion USD")
