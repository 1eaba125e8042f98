"""The whole platform, week by week: the fifty largest models by country of their vendors, and what is below them.

The daily data set has one row, ``other``, for all models below the fiftieth place; their countries are unknown. Tokens
are in trillions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import named, traced
from parallelrun.themes.token_economics.printed import COUNTRIES
from parallelrun.themes.token_economics.rankings import PRESS_PLACES, named_later, row_of

KINDS = (*COUNTRIES, "elsewhere", "unknown")


@traced
def classified(
    weeks: pd.DataFrame, vendors: pd.DataFrame, disclosures: pd.DataFrame, unnamed_models: str
) -> pd.DataFrame:
    """Return each model's tokens of a week with its vendor, country and tier.

    Parameters
    ----------
    weeks, vendors, disclosures : pandas.DataFrame
        The tables ``platform_weeks``, ``vendors`` and ``disclosures``.
    unnamed_models : {"disclosed", "other", "CN", "US"}
        Country for models that had a cover name: that of the vendor that was named later, none, or one.

    Returns
    -------
    pandas.DataFrame
        The rows with ``vendor`` (missing if unknown), ``country`` (CN, US, elsewhere or unknown) and ``free``
        (whether the variant is named so).
    """
    by_prefix = vendors.set_index("prefix")
    prefix = weeks["slug"].str.split("/").str[0]
    vendor, country = prefix.map(by_prefix["vendor"]), prefix.map(by_prefix["country"])
    covered = country.isna() & weeks["slug"].ne("other")
    if unnamed_models == "disclosed":
        vendor = vendor.fillna(named_later(weeks, disclosures, "vendor"))
        country = country.fillna(named_later(weeks, disclosures, "country"))
    elif unnamed_models in COUNTRIES:
        country = country.mask(covered, unnamed_models)
    known = country.where(country.isin(COUNTRIES) | country.isna(), "elsewhere").fillna("unknown")
    return weeks.assign(vendor=vendor, country=known, free=weeks["slug"].str.endswith(":free"))


@traced
def weekly(models: pd.DataFrame) -> pd.DataFrame:
    """Return each week's tokens by country, and what they can be once those of unknown country are given away.

    With all of the unknown U to the US, China C over US A is C / (A + U); with all of it to China, (C + U) / A.

    Returns
    -------
    pandas.DataFrame
        A row a week: ``week_end``, ``CN``, ``US``, ``elsewhere``, ``unknown``, ``total``, ``ratio``, ``ratio_low``,
        ``ratio_high``, ``share`` (China's part of what is classified, per cent), ``share_low``, ``share_high`` (of
        all tokens), and ``share_us`` with its bounds.

    Raises
    ------
    DataError
        If no model is of a country.
    """
    need_both(models, "models of all weeks")
    table = models.pivot_table(index="week_end", columns="country", values="value", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=list(KINDS), fill_value=0.0).rename_axis(columns=None)
    unknown, total = table["unknown"], table.sum(axis=1)
    table["total"] = total
    table["ratio"] = table["CN"] / table["US"]
    table["ratio_low"] = table["CN"] / (table["US"] + unknown)
    table["ratio_high"] = (table["CN"] + unknown) / table["US"]
    for name, country in (("share", "CN"), ("share_us", "US")):
        table[name] = 100 * table[country] / (total - unknown)
        table[f"{name}_low"] = 100 * table[country] / total
        table[f"{name}_high"] = 100 * (table[country] + unknown) / total
    return table.reset_index()


@traced
def of_week(weeks: pd.DataFrame, week: pd.Timestamp) -> dict[str, Estimate]:
    """Return a week's ``ratio``, ``tokens``, ``unknown``, ``share`` of China and ``share_us`` (per cent), bounded."""
    row = row_of(weeks.set_index("week_end"), week)
    return {
        "ratio": Estimate(row["ratio"], row["ratio_low"], row["ratio_high"]),
        "tokens": Estimate(row["total"], unit="trillion tokens"),
        "unknown": Estimate(100 * row["unknown"] / row["total"], unit="%"),
        "share": Estimate(row["share"], row["share_low"], row["share_high"], "%"),
        "share_us": Estimate(row["share_us"], row["share_us_low"], row["share_us_high"], "%"),
    }


@traced
def weeks_led(weeks: pd.DataFrame) -> Estimate:
    """Return in how many weeks China was ahead: by the classified, with the unknown to the US, and to China."""
    value, low, high = (float((weeks[column] > 1).sum()) for column in ("ratio", "ratio_low", "ratio_high"))
    return Estimate(value, low, high, "weeks")


@traced
def paid_ratio(models: pd.DataFrame, week: pd.Timestamp) -> Estimate:
    """Return China over US of a week's tokens of variants that are not named free; bounds by the unknown.

    Whether what is below the fiftieth place was free is unknown too: none to all of it is paid.

    Raises
    ------
    DataError
        If no tokens of US models are among them.
    """
    rows = models[(models["week_end"] == week) & ~models["free"]]
    sums = rows.groupby("country")["value"].sum().reindex(list(KINDS), fill_value=0.0)
    cn, us, unknown = float(sums["CN"]), float(sums["US"]), float(sums["unknown"])
    if us <= 0:
        raise DataError(
            f"token_economics/platform_weeks: no tokens of US models that are not named free in the week that ends on "
            f"{week:%Y-%m-%d}, so that there is no ratio; expected at least one row above zero"
        )
    return Estimate(cn / us, cn / (us + unknown), (cn + unknown) / us)


@traced
def chart(models: pd.DataFrame, week: pd.Timestamp) -> pd.DataFrame:
    """Return a week's tokens by country: of the nine largest models, which the press counts, and beyond them.

    Columns ``country``, ``listed``, ``beyond`` (trillion tokens) and ``models`` (identifiers beyond the nine).

    Raises
    ------
    DataError
        If no model of that week is of a country.
    """
    rows = models[models["week_end"] == week]
    need_both(rows, f"models of the week that ends on {week:%Y-%m-%d}", models)
    first = rows[rows["slug"] != "other"].nlargest(PRESS_PLACES, "value").index
    listed = rows.index.isin(first)
    table = pd.DataFrame(
        {
            "listed": rows[listed].groupby("country")["value"].sum(),
            "beyond": rows[~listed].groupby("country")["value"].sum(),
            "models": rows[~listed & rows["slug"].ne("other")].groupby("country")["slug"].nunique(),
        }
    )
    return table.reindex(list(KINDS)).fillna(0.0).rename_axis("country").reset_index()


@traced
def us_part_beyond(chart: pd.DataFrame) -> Estimate:
    """Return the US part of the tokens beyond the nine largest models, in per cent.

    Value of what is classified; low and high with the unknown to China, and to the US.
    """
    beyond = chart.set_index("country")["beyond"]
    us, unknown, rest = float(beyond["US"]), float(beyond["unknown"]), float(beyond.sum())
    return Estimate(100 * us / (rest - unknown), 100 * us / rest, 100 * (us + unknown) / rest, "%")


@traced
def vendor_shares(models: pd.DataFrame, week: pd.Timestamp) -> pd.DataFrame:
    """Return the vendors' parts of all tokens in a week, the largest first.

    Columns ``vendor`` (missing: unknown), ``country``, ``value`` (trillion tokens), ``share`` (per cent).
    """
    rows = models[models["week_end"] == week]
    table = rows.groupby(["vendor", "country"], dropna=False)["value"].sum().reset_index()
    table["share"] = 100 * table["value"] / table["value"].sum()
    return table.sort_values("value", ascending=False, ignore_index=True)


@traced
def vendor_index(shares: pd.DataFrame) -> Estimate:
    """Return the Herfindahl-Hirschman index of the vendors of all tokens: the sum of squared percentage shares.

    Hirschman 1964, *The paternity of an index*. The unknown tokens add nothing if they are of ever so many small
    vendors, and most if all are of the largest.

    Parameters
    ----------
    shares : pandas.DataFrame
        From `vendor_shares`.
    """
    known = shares.loc[shares["vendor"].notna(), "share"]
    unknown, low = float(shares["share"].sum() - known.sum()), float((known**2).sum())
    return Estimate(None, low, low + 2 * float(known.max()) * unknown + unknown**2, "HHI points")


@traced
def open_months(months: pd.DataFrame) -> pd.DataFrame:
    """Return the part of all tokens that models with open weights had, month by month.

    Low counts as open only what is classified so; high counts the unknown and what is below the fiftieth place too.
    Columns ``period_end``, ``total`` (trillion tokens), ``low``, ``high`` (per cent).

    Raises
    ------
    DataError
        If no month has a row of open, or none of closed weights: that is no share of 0 or of 100 %.
    """
    if gone := sorted({"open", "closed"} - set(months["weights"])):
        raise DataError(f"{named(months)}: column 'weights' has none of {' and '.join(gone)}: add rows of it")
    table = months.pivot_table(index="period_end", columns="weights", values="value", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=["open", "closed", "unknown", "other"], fill_value=0.0)
    total = table.sum(axis=1)
    low, high = 100 * table["open"] / total, 100 * (total - table["closed"]) / total
    return pd.DataFrame({"total": total, "low": low, "high": high}).reset_index()


@traced
def chinese_weights(models: pd.DataFrame, open_weights: pd.DataFrame) -> pd.DataFrame:
    """Return Chinese models' tokens by week with open weights, with closed ones, and with ones nobody listed.

    Columns ``week_end``, ``open``, ``closed``, ``unlisted`` (trillion tokens) and ``share`` (open, of all; per cent).
    """
    rows = models[models["country"] == "CN"]
    state = (
        rows["slug"]
        .str.split(":")
        .str[0]
        .map(open_weights.set_index("slug")["open"].map({True: "open", False: "closed"}))
    )
    sums = rows.assign(state=state.fillna("unlisted")).pivot_table(
        index="week_end", columns="state", values="value", aggfunc="sum", fill_value=0.0
    )
    table = sums.reindex(columns=["open", "closed", "unlisted"], fill_value=0.0).rename_axis(columns=None)
    table["share"] = 100 * table["open"] / table.sum(axis=1)
    return table.reset_index()


@traced
def coverage_by_month(ranked: pd.DataFrame, months: pd.DataFrame) -> Estimate:
    """Return the part of the platform in the weekly ranking, month by month, in per cent: mean, least and most.

    A week's listed tokens are spread evenly over its days. Only months that the ranking covers whole count;
    without one nothing is known.

    Parameters
    ----------
    ranked, months : pandas.DataFrame
        From `rankings.weekly` and the table ``platform_months``.
    """
    days = [pd.date_range(end=end, periods=7) for end in ranked["week_end"]]
    daily = pd.concat([pd.Series(v / 7, index) for v, index in zip(ranked["listed"], days, strict=True)])
    parts = []
    for row in months.groupby(["period_start", "period_end"], as_index=False)["value"].sum().itertuples():
        of_month = daily[(daily.index >= row.period_start) & (daily.index <= row.period_end)]
        if len(of_month) == (row.period_end - row.period_start).days + 1:
            parts.append(100 * float(of_month.sum() / row.value))
    return Estimate(float(np.mean(parts)), min(parts), max(parts), "%") if parts else Estimate(None, 0.0, 100.0, "%")


@traced
def open_share(chinese: pd.DataFrame, week: pd.Timestamp) -> Estimate:
    """Return the open-weights part of Chinese models' tokens in a week, in per cent; high with the unlisted as open."""
    row = row_of(chinese.set_index("week_end"), week)
    whole = row["open"] + row["closed"] + row["unlisted"]
    return Estimate(row["share"], row["share"], 100 * (row["open"] + row["unlisted"]) / whole, "%")
