"""The articles' own forecasts, referenced from the claims: when they fall due, and what could decide them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced


@traced
def standing(
    articles: pd.DataFrame,
    claims: pd.DataFrame,
    predictions: pd.DataFrame,
    segments: list[pd.DataFrame],
    observations: dict[str, pd.DataFrame],
    today: str,
) -> pd.DataFrame:
    """Return where each of the articles' forecasts stands on a day.

    Parameters
    ----------
    articles : pandas.DataFrame
        ``forecast_ledger/article_forecasts``: which claims are forecasts, and what is nearest to deciding them.
    claims : pandas.DataFrame
        The claims, for their words and days.
    predictions : pandas.DataFrame
        ``convergence/forecasts``: predictions in words with their deadlines.
    segments : list of pandas.DataFrame
        The tables ``market_segments``, for the shares of a market in a year to come.
    observations : dict of pandas.DataFrame
        From `series.observed`, by series.
    today : str
        ISO date.

    Returns
    -------
    pandas.DataFrame
        forecast, statement, made_on, due (missing if no deadline is printed), status (open, overdue, never due),
        value, unit (of a forecast share), yardstick, nearest (a series, or missing), now (its last value), on (of that
        day), source; first due first.
    """
    now = pd.Timestamp(today)
    shares = pd.concat(segments).assign(id=lambda f: f["claim"] + f["country"].map({"US": "_US"}).fillna(""))
    words = claims.set_index("id")[["statement", "as_of"]].rename(columns={"as_of": "due"})
    frame = articles.rename(columns={"as_of": "made_on"}).set_index("forecast").join(words)
    frame = frame.join(shares.set_index("id")[["value", "unit"]])
    dated = frame.index.isin(predictions["claim"])
    frame.loc[dated, "due"] = predictions.set_index("claim")["latest"].reindex(frame.index[dated])
    frame["status"] = "open"
    frame.loc[frame["due"] < now, "status"] = "overdue"
    frame.loc[frame["due"].isna(), "status"] = "never due"
    frame = frame.assign(now=np.nan, on=pd.Series(pd.NaT, frame.index, dtype="datetime64[s]"))
    for name in frame["nearest"].dropna().unique():
        seen = observations[str(name)]
        last = seen[seen["date"] <= now].tail(1)
        if last.empty:
            continue
        here = frame["nearest"] == name
        frame.loc[here, "on"] = last["date"].iloc[0]
        ours = last["value"].iloc[0]
        frame.loc[here, "now"] = [100 - ours if str(one).endswith("_US") else ours for one in frame.index[here]]
    columns = ["statement", "made_on", "due", "status", "value", "unit", "yardstick", "nearest", "now", "on", "source"]
    return frame.reindex(columns=columns).reset_index().sort_values(["due", "forecast"], ignore_index=True)


@traced
def counts(standing: pd.DataFrame) -> dict[str, Estimate]:
    """Return how many of the articles' forecasts are open, and how many never fall due, by the names of the results."""
    status, inputs = standing["status"], inputs_of(standing)
    names = {"articles_open": "open", "articles_never_due": "never due"}
    return {name: Estimate(int((status == one).sum()), unit="forecasts", inputs=inputs) for name, one in names.items()}
