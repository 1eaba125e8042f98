"""The gap over time: how fast it moves, how long it stays true, and how much of the time it was small."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.convergence.boards import BOARD_NAMES

LONGEST_HOLD = 45
"""Days for which a board is taken to hold if none follows; a longer silence is a gap in the record."""

DAYS_PER_MONTH = 30.4375


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
    return Estimate(float(row["median"]), float(row["low"]), float(row["high"]), "points")


@traced
def days_within(within: pd.DataFrame, board: str, threshold: float) -> Estimate:
    """Return the share of recorded days with a gap of at most a threshold, in percent."""
    row = within[(within["board"] == board) & (within["threshold"] == threshold)].iloc[0]
    return Estimate(100 * float(row["share"]), unit="%")
