"""The gap between the best US and the best Chinese model on dated Arena boards.

Boards are scales of their own: nothing here subtracts a score of one board from a score of another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from parallelrun.errors import ParameterError
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import inputs_of, traced
from parallelrun.themes.convergence.ratings import percent_of

PUBLISHED_LEVEL = 0.95
"""Level of the intervals that the boards publish."""

BOARD_NAMES = {
    "online_elo": "online Elo",
    "first_bt": "first Bradley-Terry",
    "overall": "overall",
    "style_control": "style control",
    "default": "default, 2026",
}

LONGEST_HOLD = 45
"""Days for which a board is taken to hold if none follows; a longer silence is a gap in the record."""

DAYS_PER_MONTH = 30.4375


def each(frame: pd.DataFrame) -> Any:
    """Return a frame's rows as named tuples, to go through one by one."""
    return frame.itertuples()


def paired(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row for each key with the US and the Chinese row of it side by side.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long table with a column ``country``; rows of other countries are left out.
    keys : list of str
        Columns that identify a pair.

    Returns
    -------
    pandas.DataFrame
        Keys, then the other columns with the suffixes ``_us`` and ``_cn``.
    """
    us, cn = (frame[frame["country"] == country].drop(columns="country") for country in ("US", "CN"))
    return us.merge(cn, on=keys, suffixes=("_us", "_cn"), validate="one_to_one")


def mover(
    frame: pd.DataFrame, confidence: float, inflation: float = 1.0, correlation: float = 0.0
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the ends of the interval of a difference of two scores, and its standard error.

    The method of variance estimates recovery (Zou & Donner 2008) takes the published ends as they are, unequal
    sides and all: ``low = d - sqrt(a^2 + b^2 - 2 r a b)`` with a the lower side of the first score and b the upper
    side of the second, and the other way round for the upper end.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns value, low, high with the suffixes ``_us`` and ``_cn``, in points.
    confidence : float
        Level wanted; the published sides are scaled from 0.95 by the normal quantiles.
    inflation : float
        Factor on the published sides.
    correlation : float
        Correlation r of the two errors.

    Returns
    -------
    tuple of pandas.Series
        Low, high and standard error, in points; missing where no interval is published.
    """
    factor = inflation * norm.ppf(0.5 + confidence / 2) / norm.ppf(0.5 + PUBLISHED_LEVEL / 2)
    down_us, up_us = frame["value_us"] - frame["low_us"], frame["high_us"] - frame["value_us"]
    down_cn, up_cn = frame["value_cn"] - frame["low_cn"], frame["high_cn"] - frame["value_cn"]
    gap = frame["value_us"] - frame["value_cn"]
    below = factor * np.sqrt(down_us**2 + up_cn**2 - 2 * correlation * down_us * up_cn)
    above = factor * np.sqrt(up_us**2 + down_cn**2 - 2 * correlation * up_us * down_cn)
    z = norm.ppf(0.5 + confidence / 2)
    return gap - below, gap + above, (below + above) / (2 * z)


@traced
def gaps(
    leaders: pd.DataFrame, confidence: float = 0.95, inflation: float = 1.0, correlation: float = 0.0
) -> pd.DataFrame:
    """Return the gap on every board.

    Parameters
    ----------
    leaders : pandas.DataFrame
        Best model of each country on each board (``convergence/board_leaders``).
    confidence, inflation, correlation : float
        See `mover`.

    Returns
    -------
    pandas.DataFrame
        board, as_of, last_seen, us_vendor, us_model, us, cn_vendor, cn_model, cn, gap, low, high, se (points),
        percent (of the Chinese score), p_china_ahead (normal errors), ratio (gap over half-width), source; sorted.
    """
    pair = paired(leaders, ["board", "as_of"])
    low, high, se = mover(pair, confidence, inflation, correlation)
    gap = pair["value_us"] - pair["value_cn"]
    frame = pd.DataFrame(
        {
            "board": pair["board"],
            "as_of": pair["as_of"],
            "last_seen": pair["last_seen_us"],
            "us_vendor": pair["vendor_us"],
            "us_model": pair["model_us"],
            "us": pair["value_us"],
            "cn_vendor": pair["vendor_cn"],
            "cn_model": pair["model_cn"],
            "cn": pair["value_cn"],
            "gap": gap,
            "low": low,
            "high": high,
            "se": se,
            "percent": percent_of(gap, pair["value_cn"]),
            "p_china_ahead": norm.cdf(-gap / se),
            "ratio": gap / ((high - low) / 2),
            "source": pair["source_us"],
        }
    )
    order = {name: i for i, name in enumerate(BOARD_NAMES)}
    return frame.sort_values(["board", "as_of"], key=lambda c: c.map(order) if c.name == "board" else c).reset_index(
        drop=True
    )


def board_at(gaps: pd.DataFrame, board: str, day: str) -> pd.Series:
    """Return the row of a board that held on a day.

    Raises
    ------
    ParameterError
        If the day is no ISO date, or lies outside the board's record.
    """
    try:
        when = pd.Timestamp(day)
    except ValueError:
        raise ParameterError(f"parameter 'board_date': expected an ISO date such as 2026-03-31, got {day!r}") from None
    rows = gaps[(gaps["board"] == board) & (gaps["as_of"] <= when) & (gaps["last_seen"] >= when)]
    if rows.empty:
        days = gaps.loc[gaps["board"] == board, "as_of"]
        raise ParameterError(
            f"parameter 'board_date': no {board} board on {day}; "
            f"there are boards from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
        )
    return rows.iloc[-1]


@traced
def board_estimates(gaps: pd.DataFrame, leaders: pd.DataFrame, board: str, day: str) -> dict[str, Estimate]:
    """Return what a board says on a day.

    Returns
    -------
    dict of Estimate
        ``gap`` (points, with its interval), ``us`` and ``cn`` (scores with their published intervals).
    """
    row = board_at(gaps, board, day)
    inputs = inputs_of(gaps, leaders)
    ends = leaders[(leaders["board"] == board) & (leaders["as_of"] == row["as_of"])]
    found = {
        country.lower(): pick(ends[ends["country"] == country].drop(columns="country"), board=board)
        for country in ("US", "CN")
    }
    gap = Estimate(float(row["gap"]), float(row["low"]), float(row["high"]), "points", inputs)
    return {"gap": gap, **found}


@traced
def march_probability(gaps: pd.DataFrame, board: str, day: str) -> Estimate:
    """Return the probability that the best Chinese model is truly ahead on a board of a day.

    With normal errors it is ``Phi(-gap / se)``. Low and high are the smallest and the largest probability over all
    boards of the same month; they say how much the board's day matters, not how sure the probability is.
    """
    row = board_at(gaps, board, day)
    month = pd.Timestamp(day).to_period("M")
    rows = gaps[(gaps["board"] == board) & (gaps["as_of"].dt.to_period("M") == month)]
    every = [*rows["p_china_ahead"].tolist(), row["p_china_ahead"]]
    return Estimate(float(row["p_china_ahead"]), float(min(every)), float(max(every)), "", inputs_of(gaps))


@traced
def parity_margin(gaps: pd.DataFrame, board: str, day: str) -> Estimate:
    """Return by what factor the board's margins must grow before they hold a gap of zero; with all boards' range."""
    row = board_at(gaps, board, day)
    same = gaps.loc[gaps["board"] == board, "ratio"]
    return Estimate(float(row["ratio"]), float(same.min()), float(same.max()), "", inputs_of(gaps))


@traced
def boards_with_china_ahead(gaps: pd.DataFrame) -> Estimate:
    """Return on how many boards the best Chinese model had the higher score; low and high by the intervals.

    Low counts boards whose whole interval is below zero, high those whose interval reaches zero.
    """
    return Estimate(
        float((gaps["gap"] < 0).sum()), float((gaps["high"] < 0).sum()), float((gaps["low"] <= 0).sum()), "boards"
    )


@traced
def largest_gap(gaps: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the row of the largest gap of each board in a year, the largest first."""
    rows = gaps[gaps["as_of"].dt.year == year]
    return rows.loc[rows.groupby("board")["gap"].idxmax()].sort_values("gap", ascending=False).reset_index(drop=True)


# --- what the articles print, against the boards ---------------------------------------------------------------------


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
    printed = timeline[(timeline["metric"] == "gap_points") & (timeline["leader"] == "US")]
    printed = printed.rename(columns={"low": "printed_low", "high": "printed_high", "value": "printed"})
    printed = printed[["claim", "period", "as_of", "printed", "printed_low", "printed_high"]].rename(
        columns={"as_of": "month"}
    )
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
def history_frame(gaps: pd.DataFrame, timeline: pd.DataFrame, distances: pd.DataFrame) -> pd.DataFrame:
    """Return all boards, the printed gaps and their distances in one table for drawing.

    Returns
    -------
    pandas.DataFrame
        kind (``board``, ``printed`` or ``distance``), board, claim, period, published, as_of, gap, low, high, distance,
        source.
    """
    printed = timeline[(timeline["metric"] == "gap_points") & (timeline["leader"] == "US")]
    printed = printed.rename(columns={"value": "gap"}).assign(kind="printed")
    columns = ["kind", "board", "claim", "period", "published", "as_of", "gap", "low", "high", "distance", "source"]
    parts = [gaps.assign(kind="board"), printed, distances.assign(kind="distance")]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)


@traced
def stack(**panels: pd.DataFrame) -> pd.DataFrame:
    """Return the frames of a figure's panels in one table with a column ``panel``.

    The column ``source`` is kept only if every panel has it, so that a source line never names a part for the whole.
    """
    whole = all("source" in frame for frame in panels.values())
    parts = [
        (frame if whole else frame.drop(columns="source", errors="ignore")).assign(panel=name)
        for name, frame in panels.items()
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[["panel", *stacked.columns.drop("panel")]]


@traced
def smallest_distance(distances: pd.DataFrame, claim: str) -> pd.Series:
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
    for row in each(printed):
        span = 180 if row.published == "double digits" and row.claim != "A21" else 366 if row.claim == "A21" else 31
        near = gaps[(gaps["as_of"] <= row.as_of) & (gaps["as_of"] > row.as_of - pd.Timedelta(days=span))]["percent"]
        rows.append(
            {
                "claim": row.claim,
                "period": row.period,
                "published": row.published,
                "as_of": row.as_of,
                "boards": len(near),
                "lowest": near.min(),
                "median": near.median(),
                "highest": near.max(),
                "double": float((near >= 10).mean()) if len(near) else np.nan,
            }
        )
    return pd.DataFrame(rows)


@traced
def vendor_comparison(scores: pd.DataFrame, vendors: pd.DataFrame) -> pd.DataFrame:
    """Set the printed scores beside the best model of each vendor on every board of March and April 2026.

    Returns
    -------
    pandas.DataFrame
        as_of, country, vendor, model, claim, printed, value, low, high, difference (printed less board), rms (root mean
        square of the differences on that day over printed vendors); vendors that were not printed stay.
    """
    board = vendors[vendors["country"].isin(["US", "CN"])]
    printed = scores[["claim", "vendor", "value"]].rename(columns={"value": "printed"})
    frame = board.merge(printed, on="vendor", how="left")
    frame["difference"] = frame["printed"] - frame["value"]
    frame["rms"] = frame.groupby("as_of")["difference"].transform(lambda d: float(np.sqrt((d**2).mean())))
    columns = ["as_of", "country", "vendor", "model", "claim", "printed", "value", "low", "high", "difference", "rms"]
    return frame[columns]


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
    boards = pd.DataFrame(
        {
            "who": rows["vendor"] + " " + rows["model"],
            "score": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "day": rows["as_of"],
            "basis": "board",
        }
    )
    named = pd.DataFrame(
        {
            "who": (readings["vendor"] + " " + readings["model"].fillna("")).str.strip(),
            "score": readings["value"],
            "day": readings["as_of"],
            "basis": "said by " + readings["source"],
        }
    )
    both = pd.concat([boards, named], ignore_index=True)
    both["distance"] = float(implied.value or 0.0) - both["score"]
    return both.sort_values("distance", key=lambda d: d.abs(), kind="stable").reset_index(drop=True)


# --- time ------------------------------------------------------------------------------------------------------------


def daily(gaps: pd.DataFrame, board: str) -> pd.Series:
    """Return the gap of a board day by day, held until the next board but no longer than `LONGEST_HOLD` days."""
    rows = gaps[gaps["board"] == board].drop_duplicates("as_of", keep="last").set_index("as_of")
    end = rows["last_seen"].max()
    days = pd.date_range(rows.index.min(), end, freq="D")
    return rows["gap"].reindex(days).ffill(limit=LONGEST_HOLD)


def _spans(gaps: pd.DataFrame, least: int) -> list[str]:
    counts = gaps.groupby("board")["as_of"].nunique()
    return [board for board in BOARD_NAMES if counts.get(board, 0) >= least]


@traced
def time_within(gaps: pd.DataFrame, thresholds: tuple[float, ...] = (10.0, 25.0, 50.0)) -> pd.DataFrame:
    """Return the share of days that each board's gap was within each threshold.

    Returns
    -------
    pandas.DataFrame
        board, threshold (points), days (in the record), share.
    """
    rows = []
    for board in _spans(gaps, 8):
        series = daily(gaps, board).dropna()
        rows += [
            {"board": board, "threshold": t, "days": len(series), "share": float((series.abs() <= t).mean())}
            for t in thresholds
        ]
    return pd.DataFrame(rows)


@traced
def shelf_life(gaps: pd.DataFrame, months: int = 12) -> pd.DataFrame:
    """Return how far the gap has moved after so many months: quantiles of the absolute change over all days.

    Pairs of days overlap, so that they are far fewer independent observations than days.

    Returns
    -------
    pandas.DataFrame
        board, months, days (pairs), median, low, high (10 % and 90 % quantiles), points.
    """
    rows = []
    for board in _spans(gaps, 20):
        series = daily(gaps, board)
        for k in range(1, months + 1):
            move = (series.shift(-round(k * DAYS_PER_MONTH)) - series).abs().dropna()
            if len(move) >= 30:
                low, median, high = move.quantile([0.1, 0.5, 0.9])
                rows.append(
                    {"board": board, "months": k, "days": len(move), "median": median, "low": low, "high": high}
                )
    return pd.DataFrame(rows)


@traced
def move_after(shelf: pd.DataFrame, board: str, months: int) -> Estimate:
    """Return the median move of a board's gap after so many months, with the 10 % and 90 % quantiles."""
    row = shelf[(shelf["board"] == board) & (shelf["months"] == months)].iloc[0]
    return Estimate(float(row["median"]), float(row["low"]), float(row["high"]), "points", inputs_of(shelf))


# --- depth and breadth -----------------------------------------------------------------------------------------------


@traced
def ladder_gaps(ladder: pd.DataFrame) -> pd.DataFrame:
    """Return the gap between the n-th best models of each country.

    Returns
    -------
    pandas.DataFrame
        board, as_of, place, us, cn, gap (points), source; only places that both countries fill.
    """
    pair = paired(ladder, ["board", "as_of", "place"])
    return pd.DataFrame(
        {
            "board": pair["board"],
            "as_of": pair["as_of"],
            "place": pair["place"].astype(int),
            "us": pair["value_us"],
            "cn": pair["value_cn"],
            "gap": pair["value_us"] - pair["value_cn"],
            "source": pair["source_us"],
        }
    )


@traced
def lead_by_group(leaders: pd.DataFrame, group: list[str], confidence: float, inflation: float) -> pd.DataFrame:
    """Return the gap in each category or arena with its interval.

    Parameters
    ----------
    leaders : pandas.DataFrame
        Best model of each country by group (``task_leaders`` or ``modality_leaders``).
    group : list of str
        Columns that name the group.
    confidence, inflation : float
        See `mover`.

    Returns
    -------
    pandas.DataFrame
        Group columns, as_of, us_model, cn_model, gap, low, high, leader (``US``, ``CN``, or ``open`` if the interval
        holds zero), source.
    """
    pair = paired(leaders, [*group, "as_of"])
    low, high, _ = mover(pair, confidence, inflation)
    gap = pair["value_us"] - pair["value_cn"]
    leader = np.select([low > 0, high < 0], ["US", "CN"], "open")
    frame = pair[[*group, "as_of"]].assign(
        us_model=pair["model_us"], cn_model=pair["model_cn"], gap=gap, low=low, high=high, leader=leader
    )
    return frame.assign(source=pair["source_us"])
