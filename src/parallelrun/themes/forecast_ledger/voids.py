"""What void forecasts leave open: how many there are, and how far they could move what the resolved ones show.

A forecast is void if its series ended or paused when it was due: something came, and nobody read it. Scores are of the
rest, and boards may pause just when something changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.study import scores
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced
from parallelrun.themes.forecast_ledger.ledger import QUANTILES
from parallelrun.themes.forecast_ledger.scoring import KEYS

PLACES = 61
"""Outcomes tried for each void forecast."""

STEPS = 30
"""Turns of the search for an extreme ratio, which ends after a few."""


@dataclass(frozen=True)
class Lost:
    """What void forecasts leave open.

    Attributes
    ----------
    share : Estimate
        Part of all forecasts whose day has come that is void, in percent.
    own, of : int
        Void ones of one series and model, and how many of theirs had their day.
    coverage, ratio : Estimate
        Bounds of their coverage (%) and of their CRPS over that of no change: `coverage_bounds`, `ratio_bounds`.
    """

    share: Estimate
    own: int
    of: int
    coverage: Estimate
    ratio: Estimate


def lost(book: pd.DataFrame, series: str, model: str, longest_weeks: int) -> Lost:
    """Return what void forecasts of a series by a model leave open; ``book``: from `ledger.resolved`."""
    status, which = decided(book, series, model, longest_weeks)["status"], (series, model, longest_weeks)
    return Lost(
        void_share(book),
        int((status == "void").sum()),
        len(status),
        coverage_bounds(book, *which),
        ratio_bounds(book, series, model, "no change", longest_weeks),
    )


def decided(book: pd.DataFrame, series: str, model: str, longest_weeks: int) -> pd.DataFrame:
    """Return the quantities of a series that a model forecast so far ahead at most and whose day has come."""
    rows = book[(book["series"] == series) & (book["model"] == model) & book["probability"].isna()]
    return rows[(rows["weeks"] <= longest_weeks) & rows["status"].isin(["resolved", "void"])]


@traced
def void_share(book: pd.DataFrame) -> Estimate:
    """Return what part of the forecasts whose day has come is void, in percent; ``book``: from `ledger.resolved`."""
    status = book.loc[book["status"] != "open", "status"]
    return Estimate(100 * float((status == "void").mean()), unit="%", inputs=inputs_of(book))


@traced
def coverage_bounds(book: pd.DataFrame, series: str, model: str, longest_weeks: int) -> Estimate:
    """Return the share inside the 95 % intervals had all void outcomes lain outside (low), or inside (high), in %."""
    rows = decided(book, series, model, longest_weeks)
    inside = int(((rows["outcome"] >= rows[QUANTILES[0]]) & (rows["outcome"] <= rows[QUANTILES[-1]])).sum())
    void = int((rows["status"] == "void").sum())
    return Estimate(None, 100 * inside / len(rows), 100 * (inside + void) / len(rows), "%", inputs_of(book))


@traced
def ratio_bounds(book: pd.DataFrame, series: str, model: str, other: str, longest_weeks: int) -> Estimate:
    """Return the least and the largest ratio of a model's CRPS to another's that void outcomes leave possible.

    Each void outcome is put where it suits the one or the other best, within the 95 % intervals of the two together.
    The ratio of the sums is brought to its extreme by turns with the outcomes (Dinkelbach 1967,
    doi:10.1287/mnsc.13.7.492).
    """
    own, rival = (decided(book, series, one, longest_weeks).set_index(KEYS) for one in (model, other))
    both = own.index.intersection(rival.index)
    own, rival = own.loc[both], rival.loc[both]
    void = (own["status"] == "void").to_numpy()
    known = [
        scores.crps(one[QUANTILES].to_numpy()[~void], one["outcome"].to_numpy()[~void]).sum() for one in (own, rival)
    ]
    ends = np.concatenate([one[[QUANTILES[0], QUANTILES[-1]]].to_numpy()[void] for one in (own, rival)], axis=1)
    tried = np.linspace(ends.min(axis=1), ends.max(axis=1), PLACES) if void.any() else np.empty((1, 0))
    mine, theirs = (
        np.array([scores.crps(one[QUANTILES].to_numpy()[void], outcomes) for outcomes in tried]) for one in (own, rival)
    )
    found = [extreme(mine, theirs, known, sign) for sign in (1.0, -1.0)]
    return Estimate(None, min(found), max(found), "", inputs_of(book))


def ratio_of(mine: np.ndarray, theirs: np.ndarray, known: list[float], rows: npt.ArrayLike) -> float:
    """Return the ratio of two sums: what is known, and of each column the row that is chosen."""
    at = (np.asarray(rows, int), np.arange(mine.shape[1]))
    return float((known[0] + mine[at].sum()) / (known[1] + theirs[at].sum()))


def extreme(mine: np.ndarray, theirs: np.ndarray, known: list[float], sign: float) -> float:
    """Return the least (``sign`` 1) or the largest (-1) `ratio_of` over the choice of rows."""
    ratio = known[0] / known[1]
    for _ in range(STEPS):
        ratio = ratio_of(mine, theirs, known, (sign * (mine - ratio * theirs)).argmin(axis=0))
    return ratio
