"""The series that are forecast: each is read through a view that holds back what came later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from parallelrun.data.asof import AsOf
from parallelrun.study.provenance import mark
from parallelrun.themes.convergence import boards

_BOARDS, _PRICES = "convergence/board_leaders", "cost_structure/list_prices"
_RANKS, _WEEKS, _MONTHS, _VENDORS = (
    f"token_economics/{name}" for name in ("weekly_rankings", "platform_weeks", "platform_months", "vendors")
)


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
    read : callable
        Takes a view and returns a frame with the columns date and value, for a gap also those of `boards.gaps`.
    forward, back : callable
        To the scale on which it is forecast and back: a share by its logit, a ratio by its logarithm.
    teacher : str
        Series with a longer record from which a forecaster may learn how this one moves; empty if there is none.
    """

    label: str
    target: str
    unit: str
    read: Callable[[AsOf], pd.DataFrame]
    forward: Callable[[np.ndarray], np.ndarray] = np.asarray
    back: Callable[[np.ndarray], np.ndarray] = np.asarray
    teacher: str = ""


def _gap(*kinds: str) -> Callable[[AsOf], pd.DataFrame]:
    """Return a reader of the gap in points on kinds of boards that follow one another."""

    def read(view: AsOf) -> pd.DataFrame:
        rows = view.load(_BOARDS, ["board", "country", "as_of", "model", "value", "low", "high"], board=kinds)
        rows = rows.assign(board=kinds[0], vendor="", last_seen="", source="")
        found = boards.gaps(rows.drop_duplicates(["country", "as_of"], keep="last"))
        return found.assign(date=found["as_of"], value=found["gap"])

    return read


def _share(sums: pd.DataFrame, ours: str, theirs: str) -> pd.DataFrame:
    """Return one column's share of two, in percent; none where one of them is nil, since its logit is infinite."""
    both = sums.reindex(columns=[ours, theirs])
    share = 100 * both[ours] / (both[ours] + both[theirs])
    return pd.DataFrame({"date": share.index, "value": share.to_numpy()}).query("0 < value < 100")


def _head_share(view: AsOf) -> pd.DataFrame:
    """Return China's share of the tokens of the first nine models of a week's ranking, US and China taken together."""
    rows = view.load(_RANKS, ["week_end", "rank", "country", "value"])
    head = rows[rows["rank"] <= 9]
    return _share(head.pivot_table(index="week_end", columns="country", values="value", aggfunc="sum"), "CN", "US")


def _platform_share(view: AsOf) -> pd.DataFrame:
    """Return China's share of a week's tokens of all models whose vendor is known, US and China taken together."""
    rows = view.load(_WEEKS, ["week_end", "slug", "value"])
    countries = view.load(_VENDORS, ["prefix", "country"]).set_index("prefix")["country"]
    rows["country"] = rows["slug"].str.split("/").str[0].map(countries)
    return _share(rows.pivot_table(index="week_end", columns="country", values="value", aggfunc="sum"), "CN", "US")


def _open_share(view: AsOf) -> pd.DataFrame:
    """Return the share of open weights in a month's tokens, open and closed taken together."""
    rows = view.load(_MONTHS, ["period_end", "weights", "value"])
    sums = rows.pivot_table(index="period_end", columns="weights", values="value", aggfunc="sum")
    return _share(sums, "open", "closed")


def _price_ratio(view: AsOf) -> pd.DataFrame:
    """Return the median output price of the US models over that of the Chinese ones, at each snapshot."""
    rows = view.load(_PRICES, ["country", "first_seen", "as_of", "output_price"])
    days = sorted({*rows["first_seen"].dropna(), *rows["as_of"].dropna()})
    us, cn = (
        _medians(rows[rows["country"] == country].dropna(subset="output_price"), days) for country in ("US", "CN")
    )
    return pd.DataFrame({"date": days, "value": (us / cn).to_numpy()}).dropna()


def _medians(rows: pd.DataFrame, days: list[pd.Timestamp]) -> pd.Series:
    """Return the median output price of the rows that held on each day; missing where there is none."""
    first, last, price = (rows[name].to_numpy() for name in ("first_seen", "as_of", "output_price"))
    held = [price[(first <= day) & ~(last < day)] for day in map(np.datetime64, days)]
    return pd.Series([np.median(prices) if len(prices) else np.nan for prices in held], dtype=float)


def _logit(share: np.ndarray) -> np.ndarray:
    return np.log(share / (100 - share))


def _percent(logit: np.ndarray) -> np.ndarray:
    return 100 / (1 + np.exp(-logit))


SERIES: dict[str, Series] = {
    "online_elo": Series("gap, online Elo", "gap", "points", _gap("online_elo")),
    "overall": Series("gap, overall board", "gap", "points", _gap("overall")),
    "style_controlled": Series(
        "gap, style-controlled board", "gap", "points", _gap("style_control", "default"), teacher="overall"
    ),
    "head_share": Series("China's share of the first nine", "share", "%", _head_share, _logit, _percent),
    "platform_share": Series("China's share of all tokens", "share", "%", _platform_share, _logit, _percent),
    "open_share": Series("open weights' share of tokens", "share", "%", _open_share, _logit, _percent),
    "price_ratio": Series("median price, US over China", "price ratio", "", _price_ratio, np.log, np.exp),
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
    return mark(frame, [reading.table for reading in view.readings])


def weekly(observations: pd.DataFrame) -> pd.Series:
    """Return the last value of each week, by its Sunday; a week without one is missing, not filled."""
    return observations.set_index("date")["value"].resample("W-SUN").last()
