"""The series that are forecast: each is read through a view that holds back what came later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from parallelrun.data.asof import AsOf
from parallelrun.study.provenance import mark

_BOARDS, _RANKS, _PRICES = "convergence/board_leaders", "token_economics/weekly_rankings", "cost_structure/list_prices"


@dataclass(frozen=True)
class Series:
    """A quantity observed on dates.

    Attributes
    ----------
    label : str
        What it is, for figures and tables.
    target : str
        Kind of quantity: gap, share or price ratio.
    unit : str
    table : str
        Curated table that it is read from.
    read : callable
        Takes a view and returns a frame with the columns date and value.
    forward, back : callable
        To the scale on which it is forecast and back: a share by its logit, a ratio by its logarithm.
    """

    label: str
    target: str
    unit: str
    table: str
    read: Callable[[AsOf], pd.DataFrame]
    forward: Callable[[np.ndarray], np.ndarray] = np.asarray
    back: Callable[[np.ndarray], np.ndarray] = np.asarray


def _gap(*boards: str) -> Callable[[AsOf], pd.DataFrame]:
    """Return a reader of the gap in points on boards that follow one another."""

    def read(view: AsOf) -> pd.DataFrame:
        rows = view.load(_BOARDS, ["country", "as_of", "value"], board=boards)
        wide = rows.pivot_table(index="as_of", columns="country", values="value", aggfunc="last")
        gap = wide.reindex(columns=["US", "CN"])
        return pd.DataFrame({"date": gap.index, "value": (gap["US"] - gap["CN"]).to_numpy()}).dropna()

    return read


def _head_share(view: AsOf) -> pd.DataFrame:
    """Return China's share of the tokens of the first nine models of a week's ranking, US and China taken together."""
    rows = view.load(_RANKS, ["week_end", "rank", "country", "value"])
    sums = rows[rows["rank"] <= 9].pivot_table(index="week_end", columns="country", values="value", aggfunc="sum")
    both = sums.reindex(columns=["US", "CN"]).fillna(0.0)
    share = 100 * both["CN"] / (both["US"] + both["CN"])
    return pd.DataFrame({"date": share.index, "value": share.to_numpy()}).query("0 < value < 100")


def _price_ratio(view: AsOf) -> pd.DataFrame:
    """Return the median output price of the US models over that of the Chinese ones, at each snapshot."""
    rows = view.load(_PRICES, ["country", "first_seen", "as_of", "output_price"])
    days = sorted({*rows["first_seen"].dropna(), *rows["as_of"].dropna()})
    medians = [
        rows[(rows["first_seen"] <= day) & ~(rows["as_of"] < day)].groupby("country")["output_price"].median()
        for day in days
    ]
    wide = pd.DataFrame(medians, columns=["US", "CN"])
    return pd.DataFrame({"date": days, "value": (wide["US"] / wide["CN"]).to_numpy()}).dropna()


def _logit(share: np.ndarray) -> np.ndarray:
    return np.log(share / (100 - share))


def _percent(logit: np.ndarray) -> np.ndarray:
    return 100 / (1 + np.exp(-logit))


SERIES: dict[str, Series] = {
    "online_elo": Series("gap, online Elo", "gap", "points", _BOARDS, _gap("online_elo")),
    "overall": Series("gap, overall board", "gap", "points", _BOARDS, _gap("overall")),
    "style_controlled": Series(
        "gap, style-controlled board", "gap", "points", _BOARDS, _gap("style_control", "default")
    ),
    "head_share": Series("China's share of the top nine", "share", "%", _RANKS, _head_share, _logit, _percent),
    "price_ratio": Series("median price, US over China", "price ratio", "", _PRICES, _price_ratio, np.log, np.exp),
}
"""By the name that the ledger uses. The style-controlled board is the site's default since 2025: its rows before and
after the change of name are one series, and a series of its own beside the plain board's."""


def observed(name: str, view: AsOf) -> pd.DataFrame:
    """Return what was observed of a series before the view's cutoff.

    Returns
    -------
    pandas.DataFrame
        date, value; sorted by date, one row a date.
    """
    frame = SERIES[name].read(view).sort_values("date").reset_index(drop=True)
    return mark(frame, [SERIES[name].table])


def weekly(observations: pd.DataFrame) -> pd.Series:
    """Return the last value of each week, by its Sunday; a week without one is missing, not filled."""
    return observations.set_index("date")["value"].resample("W-SUN").last()
