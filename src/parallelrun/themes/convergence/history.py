"""The gap over time: whether it narrowed on one scale, how many months it is, how it moves, and who led.

Successive boards count the same votes again. Where a number of cases matters, boards are taken together that have the
same two models at the head: a pair.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import named, traced
from parallelrun.themes.convergence.boards import BOARD_NAMES

LONGEST_HOLD = 45
"""Days for which a board is taken to hold if none follows; a longer silence is a gap in the record."""

DAYS_PER_MONTH = 30.4375

DAYS_PER_YEAR = 365.25

PAIR_DRAWS = 4000
"""Bootstrap samples of pairs of models."""


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
            move = (series.shift(-round(k * DAYS_PER_MONTH)) - series).dropna()
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
    return Estimate(float(row["median"]), float(row["low"]), float(row["high"]), "points")


@traced
def days_within(within: pd.DataFrame, board: str, threshold: float) -> Estimate:
    """Return the share of recorded days with a gap of at most a threshold, in percent."""
    row = within[(within["board"] == board) & (within["threshold"] == threshold)].iloc[0]
    return Estimate(100 * float(row["share"]), unit="%")


# --- pairs, ties and exchanges ---------------------------------------------------------------------------------------


def pair_of(gaps: pd.DataFrame) -> pd.Series:
    """Return the pair of each row as text: the kind of board and the two models, however their names are written."""
    return gaps["board"] + " " + gaps["us_model"].str.lower() + " " + gaps["cn_model"].str.lower()


@traced
def distinct_pairs(gaps: pd.DataFrame) -> Estimate:
    """Return the number of distinct pairs of leading models, board by board."""
    return Estimate(float(pair_of(gaps).nunique()), unit="pairs")


@traced
def tied_by_rank(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the boards on which both leaders would share the first rank by the Arena's own rule.

    A model's rank is one more than the number of models whose interval lies wholly above its own, so that the best
    Chinese model ties if its upper end reaches the lower end of the best US model.
    """
    return gaps[gaps["cn_high"] >= gaps["us_low"]]


@traced
def lead_exchanges(gaps: pd.DataFrame) -> Estimate:
    """Return how often the leading country changed from one board to the next of the same kind, on points.

    High: if a board on which both share the first rank counts as China's.
    """
    tied = gaps["cn_high"] >= gaps["us_low"]
    counts = [
        sum(int(ahead[rows.index].astype(int).diff().abs().sum()) for _, rows in gaps.groupby("board"))
        for ahead in (gaps["gap"] < 0, (gaps["gap"] < 0) | tied)
    ]
    return Estimate(float(counts[0]), float(min(counts)), float(max(counts)), "exchanges")


# --- has it narrowed? ------------------------------------------------------------------------------------------------


@traced
def slopes(gaps: pd.DataFrame, confidence: float, seed: int, draws: int = 4000, least: int = 8) -> pd.DataFrame:
    """Return the least-squares slope of each board's gap over time, with an interval from a bootstrap of pairs.

    Whole pairs of models are drawn with replacement (cluster bootstrap, Cameron, Gelbach & Miller 2008), since the
    boards of a pair repeat each other. Boards with fewer than ``least`` distinct days are left out.

    Returns
    -------
    pandas.DataFrame
        board, first, last (days), boards, pairs, slope, low, high (points a year).
    """
    rows = []
    rng = np.random.default_rng(seed)
    for board in _spans(gaps, least):
        part = gaps[gaps["board"] == board]
        x = ((part["as_of"] - part["as_of"].min()).dt.days / DAYS_PER_YEAR).to_numpy()
        y = part["gap"].to_numpy()
        group = pd.factorize(pair_of(part))[0]
        sums = np.array([np.bincount(group, weight) for weight in (np.ones_like(x), x, y, x * x, x * y)])
        chosen = rng.integers(0, sums.shape[1], (draws, sums.shape[1]))
        n, sx, sy, sxx, sxy = np.column_stack([sums.sum(axis=1), sums[:, chosen].sum(axis=2)])
        spread = n * sxx - sx**2
        found = np.divide(n * sxy - sx * sy, spread, out=np.full_like(spread, np.nan), where=spread > 1e-9)
        low, high = np.nanquantile(found[1:], [0.5 - confidence / 2, 0.5 + confidence / 2])
        days = {"first": part["as_of"].min(), "last": part["as_of"].max()}
        counts = {"boards": len(part), "pairs": sums.shape[1]}
        rows.append({"board": board} | days | counts | {"slope": found[0], "low": low, "high": high})
    return pd.DataFrame(rows)


@traced
def slope_of(slopes: pd.DataFrame, board: str) -> Estimate:
    """Return the slope of a board's gap, in points a year.

    Raises
    ------
    DataError
        If the board has too few days for one.
    """
    rows = slopes[slopes["board"] == board]
    if rows.empty:
        raise DataError(f"{named(slopes)}: column 'board' has too few days of {board} for a slope: add rows of it")
    row = rows.iloc[0]
    return Estimate(float(row["slope"]), float(row["low"]), float(row["high"]), "points/year")


@traced
def pair_slope(gaps: pd.DataFrame, board: str, confidence: float, seed: int, block: int = 1) -> Estimate:
    """Return the slope of a board's gap with each pair of models counted once, in points a year.

    A pair counts by the mean of its days and of its gaps, however many boards repeat it. Its interval is from a
    bootstrap of ``block`` pairs that follow each other (moving blocks, Künsch 1989, doi:10.1214/aos/1176347265): one
    pair if pairs are independent, several if neighbours, which share a model, resemble each other.
    """
    part = gaps[gaps["board"] == board]
    years = (part["as_of"] - part["as_of"].min()).dt.days / DAYS_PER_YEAR
    means = part.assign(years=years, pair=pair_of(part)).groupby("pair")[["years", "gap"]].mean().sort_values("years")
    x, y = means.to_numpy().T
    starts = np.random.default_rng(seed).integers(0, len(x) - block + 1, (PAIR_DRAWS, -(-len(x) // block)))
    drawn = (starts[:, :, None] + np.arange(block)).reshape(PAIR_DRAWS, -1)[:, : len(x)]
    apart = x[drawn] - x[drawn].mean(axis=1, keepdims=True)
    spread = (apart**2).sum(axis=1)
    found = (apart * y[drawn]).sum(axis=1)[spread > 1e-9] / spread[spread > 1e-9]
    low, high = np.quantile(found, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Estimate(float(np.polyfit(x, y, 1)[0]), float(low), float(high), "points/year")


@traced
def lags(gaps: pd.DataFrame, boards: tuple[str, ...] = ("overall", "style_control", "default")) -> pd.DataFrame:
    """Return how many months before each board the US head first had the score of the best Chinese model.

    A board shows that the score was reached, and the board before it that it was not yet: in between nobody looked.
    Where the first board on record already has it, the months are a lower bound and have no upper end (censored on the
    left). Scores of different days are separate fits of one board, which drift a little.

    Returns
    -------
    pandas.DataFrame
        scale, as_of, cn_model, cn (score), source, months (since the first board with that score), low (the same for
        the upper end of the Chinese interval), high (since the last board before without it, for the lower end;
        infinite where there is none), open (whether the first board on record already has the score).

    Raises
    ------
    DataError
        If there is no board of a kind.
    """
    if gone := [board for board in boards if board not in set(gaps["board"])]:
        raise DataError(f"{named(gaps)}: column 'board' has none of {' and '.join(gone)}: add rows of it")
    parts = []
    for board in boards:
        rows = gaps[gaps["board"] == board].sort_values("as_of")
        ends = {end: rows[f"cn_{end}"].fillna(rows["cn"]) for end in ("low", "high")}
        least, most = _months_since(rows, rows["cn"], rows["as_of"])
        sooner, later = (_months_since(rows, ends[end], rows["as_of"]) for end in ("high", "low"))
        months = {"months": least, "low": sooner[0], "high": later[1], "open": np.isinf(most)}
        parts.append(rows[["as_of", "cn_model", "cn", "source"]].assign(scale=board, **months))
    return pd.concat(parts, ignore_index=True)


def _months_since(rows: pd.DataFrame, scores: pd.Series, when: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the months from the first row whose ``us`` has each score, and from the row before it, to each day.

    Both are 0 where no row has it; the second is infinite where the first row has it.
    """
    us, on = rows["us"].to_numpy(), rows["as_of"].to_numpy()
    reached = us[None, :] >= scores.to_numpy()[:, None]
    first, known = reached.argmax(axis=1), reached.any(axis=1)
    since = [(when.to_numpy() - on[at]) / np.timedelta64(1, "D") / DAYS_PER_MONTH for at in (first, first - 1)]
    least, most = (np.where(known, np.maximum(months, 0.0), 0.0) for months in since)
    return least, np.where(known & (first == 0), np.inf, most)


@traced
def index_lags(records: pd.DataFrame) -> pd.DataFrame:
    """Return how many months before each Chinese record on an index a US model first had its value.

    Parameters
    ----------
    records : pandas.DataFrame
        Records of each country by day of release (``convergence/capability_records``).

    Returns
    -------
    pandas.DataFrame
        scale (``index``), as_of, cn_model, cn, source, months, open (whether the first US model on record already had
        the value, so that the months are a lower bound).

    Raises
    ------
    DataError
        If a country has no record.
    """
    need_both(records, "records")
    us = records[records["country"] == "US"].sort_values("as_of").rename(columns={"value": "us"})
    cn = records[records["country"] == "CN"].sort_values("as_of")
    months, before = _months_since(us, cn["value"], cn["as_of"])
    frame = cn.rename(columns={"model": "cn_model", "value": "cn"})[["as_of", "cn_model", "cn", "source"]]
    return frame.assign(scale="index", months=months, open=np.isinf(before))


@traced
def months_behind(gaps: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return `lags` and `index_lags` one below the other."""
    return pd.concat([lags(gaps), index_lags(records)], ignore_index=True)


@traced
def last_lag(lags: pd.DataFrame, scale: str) -> Estimate:
    """Return the months on the last day of a scale, with the ends that scores and boards allow; infinite if open."""
    row = lags[lags["scale"] == scale].sort_values("as_of").iloc[-1]
    low, high = (None if np.isnan(row.get(end, np.nan)) else float(row[end]) for end in ("low", "high"))
    if row["open"]:
        low, high = float(row["months"]) if low is None else low, np.inf
    return Estimate(float(row["months"]), low, high, "months")


# --- style control ---------------------------------------------------------------------------------------------------


CONTROLLED = ("style_control", "default")
"""Boards with style control: since 2026 it is on by default, and the board is called so."""


class StyleDays(NamedTuple):
    """Days by what boards they have.

    Attributes
    ----------
    pairs : pandas.DataFrame
        Days that have a board without and one with style control, side by side: as_of, models, gap, low and high of
        both with the suffixes ``_plain`` and ``_control``, shift (control minus plain), same (whether both boards have
        the same two models at the head).
    alone : pandas.Series
        Which of them, ``plain`` or ``control``, by day, for the days that have one only.
    """

    pairs: pd.DataFrame
    alone: pd.Series


@traced
def style_pairs(gaps: pd.DataFrame) -> StyleDays:
    """Return the days that have a board without and one with style control, and those that have one of them only."""
    keep = ["as_of", "us_model", "cn_model", "gap", "low", "high"]
    kinds = {"plain": gaps[gaps["board"] == "overall"], "control": gaps[gaps["board"].isin(CONTROLLED)]}
    plain, control = (rows.drop_duplicates("as_of", keep="last")[keep] for rows in kinds.values())
    both = plain.merge(control, on="as_of", suffixes=("_plain", "_control")).sort_values("as_of")
    same = [
        both[f"{side}_model_plain"].str.lower() == both[f"{side}_model_control"].str.lower() for side in ("us", "cn")
    ]
    pairs = both.assign(shift=both["gap_control"] - both["gap_plain"], same=same[0] & same[1]).reset_index(drop=True)
    kind = pd.concat([pd.Series(name, rows["as_of"]) for name, rows in (("plain", plain), ("control", control))])
    alone = kind[~kind.index.isin(both["as_of"])].sort_index()
    return StyleDays(pairs, alone)


@traced
def style_shift(days: StyleDays) -> Estimate:
    """Return the median change of the gap by style control over days; low and high: the smallest and the largest."""
    shift = days.pairs["shift"]
    return Estimate(float(shift.median()), float(shift.min()), float(shift.max()), "points")
