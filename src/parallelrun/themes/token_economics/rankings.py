"""The weekly rankings: who is ahead, what the unlisted part could change, and whom the press counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import named as tables_of
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.printed import COUNTRIES, first_week

PRESS_PLACES = 9
"""Places of the ranking that the press sums up (said by one report, found for the others by `compare_with_press`)."""


def named_later(rows: pd.DataFrame, disclosures: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of ``disclosures`` by the rows' slugs, missing where a slug is not there; it may have no rows."""
    return disclosures.set_index("slug")[column].reindex(rows["slug"]).set_axis(rows.index)


@traced
def named(rankings: pd.DataFrame, disclosures: pd.DataFrame, unnamed_models: str) -> pd.DataFrame:
    """Return the ranking with a country for the models that had a cover name.

    Parameters
    ----------
    rankings, disclosures : pandas.DataFrame
        The tables ``weekly_rankings`` and ``disclosures``.
    unnamed_models : {"disclosed", "other", "CN", "US"}
        That of the vendor that was named later, none, or one.
    """
    later = named_later(rankings, disclosures, "country")
    given = {"disclosed": later, "other": rankings["country"]}.get(unnamed_models, unnamed_models)
    return rankings.assign(country=rankings["country"].fillna(given))


@traced
def attributed(rankings: pd.DataFrame, ranking_length: int) -> pd.DataFrame:
    """Return the ranked models up to a place, those without a country as ``other``."""
    models = rankings[rankings["rank"] <= ranking_length].copy()
    models["country"] = models["country"].fillna("other")
    return models.reset_index(drop=True)


def row_of(frame: pd.DataFrame, key: Any) -> dict[str, Any]:
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
    """Return the stretches of successive weeks with one country ahead among the listed models.

    Returns
    -------
    pandas.DataFrame
        Columns ``leader``, ``first`` and ``last`` (last days of the weeks), ``weeks``; in order of time.
    """
    leader = pd.Series(np.where(weeks["ratio"] > 1, "CN", "US"), index=weeks.index, name="leader")
    stretch = ((leader != leader.shift()) | (weeks["week_end"].diff() != pd.Timedelta(days=7))).cumsum()
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
    week = row_of(weeks.set_index("week_end"), first_week(volumes))
    return Estimate(float(week["ratio"]), float(week["ratio_low"]), float(week["ratio_high"]))


@traced
def growth(rankings: pd.DataFrame, volumes: pd.DataFrame, country: str, places: int) -> Estimate:
    """Return the growth of a country's tokens among the first places over the week before, in per cent.

    Parameters
    ----------
    rankings, volumes : pandas.DataFrame
        The tables ``weekly_rankings`` and ``weekly_volumes``, whose week is taken.
    country : str
        CN or US.
    places : int
        Last place that counts.
    """
    rows, end = rankings[(rankings["country"] == country) & (rankings["rank"] <= places)], first_week(volumes)
    before, now = (float(rows.loc[rows["week_end"] == day, "value"].sum()) for day in (end - pd.Timedelta(days=7), end))
    return Estimate(100 * (now / before - 1), unit="%") if before else Estimate(None, -100.0, np.inf, "%")


@traced
def week_share(weeks: pd.DataFrame, volumes: pd.DataFrame) -> Estimate:
    """Return China's part of all tokens in a week in per cent: bounds with the unlisted to the US, and to China."""
    week = row_of(weeks.set_index("week_end"), first_week(volumes))
    return Estimate(None, float(week["share_low"]), float(week["share_high"]), "%")


@traced
def chinese_places(rankings: pd.DataFrame, counts: pd.DataFrame) -> Estimate:
    """Return how many of a ranking's first places are of Chinese vendors (a count, hence exact).

    Week and number of places are those of the table ``top_model_counts``.

    Raises
    ------
    DataError
        If that table has no row.
    """
    if counts.empty:
        raise DataError(f"{tables_of(counts)}: no row; expected the article's count of models of country CN: add it")
    end, places = counts["week_end"].iloc[0], int(counts["ranking_size"].iloc[0])
    week = rankings[(rankings["week_end"] == end) & (rankings["rank"] <= places)]
    count = float(week["country"].eq("CN").sum())
    return Estimate(count, count, count, "models")


@traced
def printed_models(top: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """Return the models that the article lists with what the ranking has for their ranks.

    The table ``top_models`` with ``free_in_article``, ``free_in_ranking`` and ``recorded`` (trillion tokens).

    Raises
    ------
    DataError
        If the ranking of that week has no model of a country.
    """
    end = first_week(top)
    week = rankings[rankings["week_end"] == end].set_index("rank")
    need_both(week, f"ranked models of the week that ends on {end:%Y-%m-%d}")
    columns = ["claim", "rank", "model", "vendor", "country", "free", "value", "low", "high", "unit", "source"]
    data = top[columns].rename(columns={"free": "free_in_article", "source": "printed_by"})
    data["free_in_ranking"] = data["rank"].map(week["tier"].eq("free")).fillna(False).astype(bool)
    data["recorded"] = data["rank"].map(week["value"])
    return data


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
def compare_with_press(rankings: pd.DataFrame, press: pd.DataFrame, disclosures: pd.DataFrame) -> pd.DataFrame:
    """Return the sums that the press printed beside sums of the ranking's first nine and ten places.

    Models with a cover name count as no country's, and once more as what they were known to be when the week ended.

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``country``, ``printed``, ``places`` (9 or 10), ``disclosed`` (whether models whose
        vendor was named by the week's end count as its), ``recorded`` (trillion tokens), ``difference`` (per cent
        of the printed), ``source``.

    Raises
    ------
    DataError
        If no sum of either country was printed.
    """
    printed = press[press["country"].isin(COUNTRIES)]
    if printed.empty:
        raise DataError(f"{tables_of(press)}: column 'country' has none of {' and '.join(COUNTRIES)}: add rows of one")
    parts = []
    when = named_later(rankings, disclosures, "disclosed")
    known = named(rankings, disclosures, "disclosed")
    then = rankings.assign(country=known["country"].where(rankings["country"].notna() | (when <= rankings["week_end"])))
    for places, table, disclosed in (
        (PRESS_PLACES, rankings, False),
        (10, rankings, False),
        (PRESS_PLACES, then, True),
    ):
        models = attributed(table, places)
        recorded = models.groupby(["week_end", "country"])["value"].sum().rename("recorded").reset_index()
        part = printed.merge(recorded, on=["week_end", "country"]).assign(places=places, disclosed=disclosed)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True).rename(columns={"value": "printed"})
    table["difference"] = 100 * (table["recorded"] / table["printed"] - 1)
    columns = ["week_end", "country", "printed", "places", "disclosed", "recorded", "difference", "source"]
    return table[columns]


@traced
def sound(table: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons of `compare_with_press` whose source is not noted as weak in the table ``sources``."""
    weak = sources.loc[sources["note"].str.contains("weak", case=False, na=False), "source"]
    return table[~table["source"].isin(weak)].reset_index(drop=True)


@traced
def largest_difference(table: pd.DataFrame, places: int) -> Estimate:
    """Return the largest difference between recorded and printed sums for a number of places, in per cent of printed.

    The smallest and largest of the signed differences are its interval; models with a cover name are no country's.
    """
    rows = table.loc[(table["places"] == places) & ~table["disclosed"], "difference"]
    return Estimate(float(rows.iloc[int(rows.abs().to_numpy().argmax())]), float(rows.min()), float(rows.max()), "%")


@traced
def exact_matches(table: pd.DataFrame, places: int, tolerance: float = 0.5) -> tuple[Estimate, Estimate]:
    """Return how many printed sums the ranking's first places give within a tolerance (per cent), and of how many.

    Returns
    -------
    tuple of Estimate
        Matches with models of cover names as what they were known to be at the week's end (value and high), where
        that was compared, and as no country's (low). Then the number of sums.
    """
    rows = table[table["places"] == places]
    counts = (rows["difference"].abs() <= tolerance).groupby(rows["disclosed"]).sum().sort_index()
    plain, known = float(counts.iloc[0]), float(counts.iloc[-1])
    of = len(rows[["week_end", "country"]].drop_duplicates())
    return Estimate(known, min(plain, known), max(plain, known), "sums"), Estimate(float(of), unit="sums")
