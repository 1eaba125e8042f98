"""The gap between the best US and the best Chinese model on dated Arena boards.

Boards are scales of their own: nothing here subtracts a score of one board from a score of another.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from parallelrun.errors import DataError, ParameterError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import named, traced
from parallelrun.themes.convergence.ratings import percent_of

PUBLISHED_LEVEL = 0.95
"""Level of the intervals that the boards publish."""

NEAR = pd.Timedelta(days=31)
"""Boards this far from another one's day are of its season."""

LEAST_CHANCE = 1e-6
"""Smallest probability that normal errors are trusted for."""

BOARD_NAMES = {
    "online_elo": "online Elo",
    "first_bt": "first Bradley-Terry",
    "overall": "overall",
    "style_control": "style control",
    "default": "default",
}


def paired(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row for each key with the US and the Chinese row of it side by side.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long table with a column ``country``; rows of other countries are left out. One without rows has no pairs: as
        on a day before the first board.
    keys : list of str
        Columns that identify a pair.

    Returns
    -------
    pandas.DataFrame
        Keys, then the other columns with the suffixes ``_us`` and ``_cn``.

    Raises
    ------
    DataError
        If a country has no row, or no key has both.
    """
    if len(frame):
        need_both(frame, "rows to compare")
    us, cn = (frame[frame["country"] == country].drop(columns="country") for country in ("US", "CN"))
    pairs = us.merge(cn, on=keys, suffixes=("_us", "_cn"), validate="one_to_one")
    if pairs.empty and len(frame):
        raise DataError(
            f"{named(frame)}: no row of US and row of CN have the same {' and '.join(keys)}, so that nothing can be "
            "compared: add the rows of the other country"
        )
    return pairs


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
    names = {"last_seen_us": "last_seen", "source_us": "source"} | {
        f"{part}_{side}": f"{side}_{part}" if part != "value" else side
        for side in ("us", "cn")
        for part in ("vendor", "model", "value", "low", "high")
    }
    frame = pair.rename(columns=names)[["board", "as_of", *names.values()]].assign(
        gap=gap,
        low=low,
        high=high,
        se=se,
        percent=percent_of(gap, pair["value_cn"]),
        p_china_ahead=norm.cdf(-gap / se),
        ratio=gap / ((high - low) / 2),
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
    DataError
        If there is no board of that kind.
    """
    try:
        when = pd.Timestamp(day)
    except ValueError:
        raise ParameterError(f"parameter 'board_date': expected an ISO date such as 2026-03-31, got {day!r}") from None
    rows = gaps[(gaps["board"] == board) & (gaps["as_of"] <= when) & (gaps["last_seen"] >= when)]
    if rows.empty:
        days = gaps.loc[gaps["board"] == board, "as_of"]
        if days.empty:
            raise DataError(
                f"{named(gaps)}: column 'board' has none of {board}, with US and CN on a day: add rows of it"
            )
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
    ends = leaders[(leaders["board"] == board) & (leaders["as_of"] == row["as_of"])]
    found = {
        country.lower(): pick(ends[ends["country"] == country].drop(columns="country"), board=board)
        for country in ("US", "CN")
    }
    return {"gap": as_estimate(row), **found}


@traced
def march_probability(gaps: pd.DataFrame, board: str, day: str) -> Estimate:
    """Return the probability that the best Chinese model is truly ahead on a board of a day.

    With normal errors it is ``Phi(-gap / se)``. Low and high are the smallest and the largest probability over all
    boards of the same month; they say how much the board's day matters, not how sure the probability is. So far out a
    normal curve means nothing: what is less than `LEAST_CHANCE` is given as that.
    """
    row = board_at(gaps, board, day)
    month = pd.Timestamp(day).to_period("M")
    rows = gaps[(gaps["board"] == board) & (gaps["as_of"].dt.to_period("M") == month)]
    every = [max(chance, LEAST_CHANCE) for chance in [row["p_china_ahead"], *rows["p_china_ahead"]]]
    return Estimate(float(every[0]), float(min(every)), float(max(every)))


@traced
def parity_margin(gaps: pd.DataFrame, board: str, day: str) -> Estimate:
    """Return by what factor a board's margins must grow before they contain a gap of zero.

    Low and high are the range over the boards of `NEAR` before and after: one of another season tells nothing of it.
    """
    row = board_at(gaps, board, day)
    near = (gaps["as_of"] - row["as_of"]).abs() <= NEAR
    same = gaps.loc[(gaps["board"] == board) & near, "ratio"]
    return Estimate(float(row["ratio"]), float(same.min()), float(same.max()))


@traced
def boards_with_china_ahead(gaps: pd.DataFrame) -> Estimate:
    """Return on how many boards the best Chinese model had the higher score; low and high by the intervals.

    Low counts boards whose whole interval is below zero, high those whose interval reaches zero.
    """
    return Estimate(
        float((gaps["gap"] < 0).sum()), float((gaps["high"] < 0).sum()), float((gaps["low"] <= 0).sum()), "boards"
    )


@traced
def largest_gap(gaps: pd.DataFrame, year: int) -> pd.Series:
    """Return the row of the largest gap of any board in a year."""
    return gaps.loc[gaps[gaps["as_of"].dt.year == year]["gap"].idxmax()]


@traced
def as_estimate(row: pd.Series) -> Estimate:
    """Return the gap of a board or group with its interval, in points; without one where none was published."""
    low, high = (None if np.isnan(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["gap"]), low, high, "points")


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
def ladder_gaps(ladder: pd.DataFrame) -> pd.DataFrame:
    """Return the gap between the n-th best models of each country.

    Returns
    -------
    pandas.DataFrame
        board, as_of, place, us, cn, gap (points), source; only places that both countries fill.
    """
    pair = paired(ladder, ["board", "as_of", "place"]).astype({"place": int})
    pair = pair.rename(columns={"value_us": "us", "value_cn": "cn", "source_us": "source"})
    return pair.assign(gap=pair["us"] - pair["cn"])[["board", "as_of", "place", "us", "cn", "gap", "source"]]


@traced
def deepest(ladder: pd.DataFrame, place: int = 10) -> pd.DataFrame:
    """Return the last ladder on which both countries fill a place; if none does, the last of those that go deepest.

    Of several boards of that day it is that of the kind which became the site's default last.
    """
    filled = ladder.loc[ladder["place"] == place, "as_of"]
    if filled.empty:
        filled = ladder.loc[ladder["place"] == ladder["place"].max(), "as_of"]
    last = ladder[ladder["as_of"] == filled.max()]
    return last[last["board"] == max(last["board"], key=list(BOARD_NAMES).index)]


@traced
def ladder_gap(ladder: pd.DataFrame, place: int) -> Estimate:
    """Return the gap between the n-th best models on one ladder, in points; without a value if it has no such place."""
    gap = ladder.set_index("place")["gap"].get(place)
    return Estimate(None if gap is None else float(gap), unit="points")


@traced
def chinese_in_twenty(twenty: pd.DataFrame) -> Estimate:
    """Return the Chinese models among the first twenty of the last board; low and high over all boards.

    Raises
    ------
    DataError
        If no board counts a country's models; none among the twenty is a row of 0.
    """
    need_both(twenty, "counts of models in the first twenty")
    models = twenty.loc[twenty["country"] == "CN"].sort_values("as_of")["models"]
    return Estimate(float(models.iloc[-1]), float(models.min()), float(models.max()), "models")


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
        Group columns, as_of, us_model, cn_model, us, cn, gap, low, high (points), leader (``US``, ``CN``, or ``open``
        if the interval contains zero), source.
    """
    pair = paired(leaders, [*group, "as_of"])
    low, high, _ = mover(pair, confidence, inflation)
    names = {"model_us": "us_model", "model_cn": "cn_model", "value_us": "us", "value_cn": "cn", "source_us": "source"}
    frame = pair.rename(columns=names)[[*group, "as_of", *names.values()]]
    leader = np.select([low > 0, high < 0], ["US", "CN"], "open")
    return frame.assign(gap=pair["value_us"] - pair["value_cn"], low=low, high=high, leader=leader)


@traced
def groups_led(groups: pd.DataFrame, country: str) -> Estimate:
    """Return in how many arenas the interval of the last reading puts a country ahead."""
    return Estimate(float((last_by(groups, "arena")["leader"] == country).sum()), unit="arenas")


@traced
def newest(gaps: pd.DataFrame, board: str = "default") -> Estimate:
    """Return the gap on the last board of a kind, in points."""
    return as_estimate(gaps[gaps["board"] == board].sort_values("as_of").iloc[-1])


@traced
def last_by(groups: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the last row of each group, told by a column."""
    return groups.sort_values("as_of", kind="stable").drop_duplicates(name, keep="last")


@traced
def closed_and_open(by: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the rows of closed and of open weights.

    Raises
    ------
    DataError
        If one of them is missing.
    """
    if gone := sorted({"closed", "open"} - set(by["weights"])):
        raise DataError(f"{named(by)}: column 'weights' has none of {' and '.join(gone)}: add rows of it")
    return by[by["weights"] == "closed"].iloc[-1], by[by["weights"] == "open"].iloc[-1]


@traced
def last_of(arenas: pd.DataFrame, arena: str) -> pd.Series:
    """Return the last row of an arena.

    Raises
    ------
    DataError
        If it has none.
    """
    rows = arenas[arenas["arena"] == arena].sort_values("as_of")
    if rows.empty:
        raise DataError(f"{named(arenas)}: column 'arena' has none of {arena}, with US and CN on a day: add rows of it")
    return rows.iloc[-1]
