"""How concentrated the tokens are: Herfindahl-Hirschman indices, of what is listed and bounded for the platform."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.token_economics.printed import corners
from parallelrun.themes.token_economics.rankings import PRESS_PLACES, attributed, row_of, weekly


def herfindahl(values: np.ndarray) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared percentage shares.

    Hirschman 1964, *The paternity of an index*.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Quantities, at least one above zero.

    Returns
    -------
    float
        From 10,000 / n for n equal parts up to 10,000 for a single one.
    """
    shares = 100 * values / values.sum()
    return float((shares**2).sum())


@traced
def hhi(top: pd.DataFrame, by: str = "model") -> Estimate:
    """Return the Herfindahl-Hirschman index of the printed models, or of their vendors.

    Parameters
    ----------
    top : pandas.DataFrame
        The table ``top_models``.
    by : {"model", "vendor"}
        Whose shares are squared.

    Returns
    -------
    Estimate
        In HHI points; the interval is the range over the corners of the rounding intervals.
    """
    sums = top.groupby(by, sort=False)[["value", "low", "high"]].sum()
    parts = [Estimate(*row) for row in sums.itertuples(index=False, name=None)]
    return corners(lambda *v: herfindahl(np.array(v)), *parts, unit="HHI points")


@traced
def by_week(rankings: pd.DataFrame, press: pd.DataFrame, list_coverage: float) -> pd.DataFrame:
    """Return the Herfindahl-Hirschman index of each week, of what is listed and bounded for the whole platform.

    The first nine places are used in every week, since early rankings have no tenth. For the platform, the
    unlisted tokens add nothing if they are of ever so many small models, and most if they are of as few as can
    be: none may be larger than the last listed one.

    Returns
    -------
    pandas.DataFrame
        Columns ``week_end``, ``models``, ``vendors`` (of the listed tokens), ``low``, ``high`` (models, of the
        platform's tokens).
    """
    models = attributed(rankings, PRESS_PLACES, "other")
    models["owner"] = models["vendor"].fillna(models["slug"])
    weeks = weekly(models, press, list_coverage).set_index("week_end")
    rows = []
    for end, week in models.groupby("week_end"):
        total, last = (row_of(weeks, end)[name] for name in ("total", "last"))
        rest = total - week["value"].sum()
        full = np.floor(rest / last)
        listed = ((100 * week["value"] / total) ** 2).sum()
        packed = full * (100 * last / total) ** 2 + (100 * (rest - full * last) / total) ** 2
        owners = week.groupby("owner")["value"].sum().to_numpy(float)
        rows.append((end, herfindahl(week["value"].to_numpy(float)), herfindahl(owners), listed, listed + packed))
    return pd.DataFrame(rows, columns=["week_end", "models", "vendors", "low", "high"])
