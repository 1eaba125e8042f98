"""What the articles print of the gap, set against the boards of its time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.countries import need_both
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.convergence.ratings import percent_of


def printed_points(timeline: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps in points by which the articles put the US ahead of China, as column ``gap``."""
    rows = timeline[(timeline["metric"] == "gap_points") & (timeline["leader"] == "US")]
    return rows.rename(columns={"value": "gap"})


def printed_percents(scores: pd.DataFrame, timeline: pd.DataFrame) -> tuple[float, float]:
    """Return the printed gap of March 2026 in percent of the Chinese score that it implies, and of the US score."""
    us, gap = pick(scores, claim="A07").value or 0.0, pick(timeline, claim="A19").value or 0.0
    return float(percent_of(gap, us - gap)), float(percent_of(gap, us))


@traced
def distances(timeline: pd.DataFrame, gaps: pd.DataFrame, window_days: int) -> pd.DataFrame:
    """Set each gap that the articles print for a month beside all boards of that month.

    Parameters
    ----------
    timeline : pandas.DataFrame
        ``convergence/gap_timeline``: rows of metric gap_points with leader US.
    gaps : pandas.DataFrame
        From `gaps`.
    window_days : int
        Days by which the month is widened at both ends.

    Returns
    -------
    pandas.DataFrame
        claim, period, month, printed, printed_low, printed_high, board, as_of, model, gap, low, high, distance (printed
        less board, points), inside (whether the printed interval meets the board's), source.
    """
    names = {"low": "printed_low", "high": "printed_high", "gap": "printed", "as_of": "month"}
    printed = printed_points(timeline).rename(columns=names)
    printed = printed[["claim", "period", "month", "printed", "printed_low", "printed_high"]]
    rows = printed.merge(gaps, how="cross")
    margin = pd.Timedelta(days=window_days)
    first = rows["month"].dt.to_period("M").dt.start_time
    rows = rows[(rows["last_seen"] >= first - margin) & (rows["as_of"] <= rows["month"] + margin)].copy()
    rows["distance"] = rows["printed"] - rows["gap"]
    low, high = rows["low"].fillna(rows["gap"]), rows["high"].fillna(rows["gap"])
    rows["inside"] = (rows["printed_high"] >= low) & (rows["printed_low"] <= high)
    keep = [*printed.columns, "board", "as_of", "cn_model", "gap", "low", "high", "distance", "inside", "source"]
    return rows[keep].reset_index(drop=True)


@traced
def nearest(distances: pd.DataFrame, claim: str) -> pd.Series:
    """Return the board that comes nearest to a printed gap."""
    rows = distances[distances["claim"] == claim]
    return rows.sort_values("distance", key=lambda d: d.abs(), kind="stable").iloc[0]


@traced
def attach_percent(timeline: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return, for each printed percentage of the US lead, the range of boards before its date.

    Words for a whole year (2023) take the boards of that year, words for a day those of half a year before it, and a
    percentage of a month the boards of that month.

    Returns
    -------
    pandas.DataFrame
        claim, period, published, as_of, boards (number), lowest, median, highest (percent of the Chinese score), double
        (share of boards at ten percent or more).
    """
    printed = timeline[(timeline["metric"] == "gap_percent") & (timeline["leader"] != "Anthropic")]
    rows = []
    for row in records(printed):
        span = 180 if row.published == "double digits" and row.claim != "A21" else 366 if row.claim == "A21" else 31
        near = gaps[(gaps["as_of"] <= row.as_of) & (gaps["as_of"] > row.as_of - pd.Timedelta(days=span))]["percent"]
        found = {"lowest": near.min(), "median": near.median(), "highest": near.max(), "boards": len(near)}
        found["double"] = float((near >= 10).mean()) if len(near) else np.nan
        rows.append({"claim": row.claim, "period": row.period, "published": row.published, "as_of": row.as_of} | found)
    return pd.DataFrame(rows)


@traced
def vendor_comparison(scores: pd.DataFrame, vendors: pd.DataFrame) -> pd.DataFrame:
    """Set the printed scores beside the best model of each vendor on every board of March and April 2026.

    Returns
    -------
    pandas.DataFrame
        as_of, country, vendor, model, claim, printed, value, low, high, difference (printed less board), rms (root mean
        square of the differences on that day over printed vendors); vendors that were not printed stay.

    Raises
    ------
    DataError
        If no vendor of a country is on any board.
    """
    need_both(vendors, "vendors' best models")
    board = vendors[vendors["country"].isin(["US", "CN"])]
    printed = scores[["claim", "vendor", "value"]].rename(columns={"value": "printed"})
    frame = board.merge(printed, on="vendor", how="left")
    frame["difference"] = frame["printed"] - frame["value"]
    frame["rms"] = frame.groupby("as_of")["difference"].transform(lambda d: float(np.sqrt((d**2).mean())))
    columns = ["as_of", "country", "vendor", "model", "claim", "printed", "value", "low", "high", "difference", "rms"]
    return frame[columns]


@traced
def best_day(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison on the day whose board fits best; printed vendors that it lacks have no ``value``."""
    best = compared[compared["as_of"] == compared.sort_values("rms", kind="stable")["as_of"].iloc[0]]
    printed = compared[compared["printed"].notna()].drop_duplicates("vendor")
    missing = printed[~printed["vendor"].isin(best["vendor"])].drop(columns=["model", "value", "low", "high"])
    return pd.concat([best, missing.assign(as_of=best["as_of"].iloc[0], difference=np.nan, rms=best["rms"].iloc[0])])


@traced
def best_of_day(vendors: pd.DataFrame, day: str, most: int = 2) -> pd.DataFrame:
    """Return the best vendors of each country on the last board up to a day, with a column ``first``."""
    before = vendors[vendors["as_of"] <= day]
    rows = vendors[vendors["as_of"] == (before if len(before) else vendors)["as_of"].max()]
    rows = rows[rows["country"].isin(["US", "CN"])].sort_values("value", ascending=False)
    heads = rows.groupby("country", sort=False).head(most)
    return heads.assign(first=~heads["country"].duplicated())


@traced
def implied_top_score(scores: pd.DataFrame, timeline: pd.DataFrame) -> Estimate:
    """Return the best Chinese score that the printed lead and the printed gap of March 2026 imply, in points."""
    return pick(scores, claim="A07") - pick(timeline, claim="A19")


@traced
def rank_of_printed_score(implied: Estimate, leaders: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return who could be the best Chinese model that the articles' figures imply.

    Parameters
    ----------
    implied : Estimate
        Score of the best Chinese model that the printed lead and the printed gap give, in points.
    leaders : pandas.DataFrame
        ``convergence/board_leaders``.
    readings : pandas.DataFrame
        ``convergence/top_chinese_readings``: whom other readers name.

    Returns
    -------
    pandas.DataFrame
        who, score, low, high, day, distance (implied less score), basis; nearest first, readings without score last.
    """
    rows = leaders[(leaders["board"] == "default") & (leaders["country"] == "CN")]
    rows = rows.sort_values("as_of").drop_duplicates(["model", "value"])
    names = rows["vendor"] + " " + rows["model"]
    boards = rows.rename(columns={"value": "score", "as_of": "day"}).assign(who=names, basis="board")
    names = (readings["vendor"] + " " + readings["model"].fillna("")).str.strip()
    named = readings.rename(columns={"value": "score", "as_of": "day"})
    named = named.assign(who=names, basis="said by " + readings["source"])[["who", "score", "day", "basis"]]
    boards = boards[["who", "score", "low", "high", "day", "basis"]]
    both = pd.concat([boards, named], ignore_index=True)
    both["distance"] = float(implied.value or 0.0) - both["score"]
    return both.sort_values("distance", key=lambda d: d.abs(), kind="stable").reset_index(drop=True)


@traced
def institutions_excess(institutions: pd.DataFrame) -> Estimate:
    """Return by how many the printed institutions of both countries exceed the places they share."""
    places = int(institutions["ranking_size"].iloc[0])
    return pick(institutions, country="CN") + pick(institutions, country="US") - places


@traced
def release_dates(dates: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return the printed days of release, articles first, with the days between each and the latest."""
    rows = pd.concat(
        [dates[dates["event"] == "release"][["source", "published", "earliest"]], readings], ignore_index=True
    )
    rows["days_before_latest"] = (rows["earliest"].max() - rows["earliest"]).dt.days
    return rows[["source", "published", "days_before_latest"]]
