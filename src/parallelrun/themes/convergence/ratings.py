"""What rating points mean: expected scores, percentages, and the votes behind an interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced

SCALE = 400.0
"""Points for which the odds of winning are ten to one (Elo 1978)."""

POINTS_PER_LOGIT = SCALE / np.log(10.0)
"""Points per unit of log odds: 173.7."""


def expected_score(gap: Any) -> Any:
    """Return the expected share of wins (ties halved) of a model that leads by a gap.

    Parameters
    ----------
    gap : array_like
        Rating difference in points, any shape.

    Returns
    -------
    numpy.ndarray or float
        ``1 / (1 + 10 ** (-gap / 400))``, same shape (Elo 1978).
    """
    return expit(np.asarray(gap, dtype=float) / POINTS_PER_LOGIT)


def gap_for_score(score: Any) -> Any:
    """Return the gap in points that gives an expected score: the inverse of `expected_score`.

    Parameters
    ----------
    score : array_like
        Expected share of wins, above 0 and below 1.
    """
    share = np.asarray(score, dtype=float)
    return POINTS_PER_LOGIT * np.log(share / (1.0 - share))


def percent_of(gap: Any, base: Any, origin: Any = 0.0) -> Any:
    """Return a gap as a percentage of a score counted from an origin.

    Parameters
    ----------
    gap, base : array_like
        Gap and the score it is a percentage of, in points.
    origin : array_like
        Score taken as zero; ratings have no zero of their own, so any is as good.
    """
    return 100.0 * np.asarray(gap, dtype=float) / (np.asarray(base, dtype=float) - np.asarray(origin, dtype=float))


def half_width(votes: Any, confidence: float = 0.95) -> Any:
    """Return the half-width of a score's interval that the number of votes alone would give.

    A battle of two models near each other tells ``1/4`` of a unit of information on the log odds, so that a model
    with n votes against well-known opponents has a standard error of ``2 / sqrt(n)`` log odds.

    Parameters
    ----------
    votes : array_like
        Votes of the model.
    confidence : float
        Level of the interval.

    Returns
    -------
    numpy.ndarray or float
        Points, same shape.
    """
    return norm.ppf(0.5 + confidence / 2) * POINTS_PER_LOGIT * 2.0 / np.sqrt(np.asarray(votes, dtype=float))


def votes_needed(gap: Any, confidence: float = 0.95, power: float = 0.8) -> Any:
    """Return how many direct battles two models need for a gap to be told from zero.

    The two-sided test of the log odds at level ``1 - confidence`` with the given power needs
    ``n = ((z_a + z_b) * 173.7 / gap) ** 2 / (p (1 - p))`` battles, p being the expected score.

    Parameters
    ----------
    gap : array_like
        True gap in points, not zero.
    confidence, power : float
        Level of the test's interval, and the chance to detect the gap.

    Returns
    -------
    numpy.ndarray or float
        Battles, not rounded, same shape.
    """
    p = expected_score(gap)
    z = norm.ppf(0.5 + confidence / 2) + norm.ppf(power)
    return (z * POINTS_PER_LOGIT / np.asarray(gap, dtype=float)) ** 2 / (p * (1.0 - p))


@traced
def expected_estimate(gap: Estimate) -> Estimate:
    """Return the expected score of the leader, in percent, for a gap with its interval (the curve is monotone)."""
    low, high = gap.ends
    value = None if gap.value is None else 100 * float(expected_score(gap.value))
    return Estimate(value, 100 * float(expected_score(low)), 100 * float(expected_score(high)), "%", gap.inputs)


@traced
def percent_estimate(gap: Estimate, base: Estimate, origin: float = 0.0) -> Estimate:
    """Return a gap in percent of a score counted from an origin; the ends by the corners of both intervals."""
    (low, high), (small, large) = gap.ends, base.ends
    corners = percent_of([low, low, high, high], [small, large, small, large], origin)
    centre = base.value if base.value is not None else (small + large) / 2
    value = None if gap.value is None else float(percent_of(gap.value, centre, origin))
    return Estimate(value, float(corners.min()), float(corners.max()), "%", gap.inputs | base.inputs)


@traced
def votes_estimate(gap: Estimate, confidence: float, power: float) -> Estimate:
    """Return `votes_needed` for a gap; a wide gap needs few votes, so the ends change places.

    Votes depend on the size of the gap, not on who leads; no number of them is enough if the interval holds zero.
    """
    low, high = gap.ends
    widest = max(abs(low), abs(high))
    narrowest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return Estimate(
        float(votes_needed(gap.value, confidence, power)) if gap.value else np.inf,
        float(votes_needed(widest, confidence, power)),
        float(votes_needed(narrowest, confidence, power)) if narrowest else np.inf,
        "votes",
        gap.inputs,
    )


@traced
def meaning_frame(timeline: pd.DataFrame, gap: Estimate, base: Estimate, origin: float) -> pd.DataFrame:
    """Return what the printed gaps and the board's gap mean, for drawing.

    Parameters
    ----------
    timeline : pandas.DataFrame
        The articles' gaps (``convergence/gap_timeline``).
    gap, base : Estimate
        The board's gap and its best Chinese score, in points.
    origin : float
        Score taken as zero.

    Returns
    -------
    pandas.DataFrame
        panel (``expected`` or ``percent``), label, claim, x, y, low, high: expected score in percent over the gap in
        points, and percent over the origin in points; empty label for the points of a curve.
    """
    printed = timeline[(timeline["metric"] == "gap_points") & (timeline["leader"] == "US")]
    marks = pd.DataFrame({"label": printed["period"], "claim": printed["claim"], "x": printed["value"]})
    for name, ends in (("y", "value"), ("low", "low"), ("high", "high")):
        marks[name] = 100 * expected_score(printed[ends])
    value, (low, high) = float(gap.value or 0.0), gap.ends
    shares = 100 * expected_score([value, low, high])
    board = {"label": "board", "x": value, "y": shares[0], "low": shares[1], "high": shares[2]}
    marks = pd.concat([marks, pd.DataFrame([board])], ignore_index=True)
    x = np.linspace(min(0.0, marks["x"].min()), 1.2 * max(marks["x"].max(), 0.0), 80)
    curve = pd.DataFrame({"label": "", "x": x, "y": 100 * expected_score(x)})
    centre = float(base.value or 0.0)
    zeros = centre - np.geomspace(2.5, 0.1, 80) * abs(centre)
    lines = {name: percent_of(points, centre, zeros) for name, points in (("y", value), ("low", low), ("high", high))}
    at = sorted({0.0, 1000.0, float(origin)} - {zero for zero in (1000.0,) if zero > 0.9 * centre})
    points = pd.DataFrame({"label": "origin", "x": at, "y": percent_of(value, centre, at)})
    percent = pd.concat([pd.DataFrame({"label": "", "x": zeros} | lines), points])
    return pd.concat([pd.concat([curve, marks]).assign(panel="expected"), percent.assign(panel="percent")])


@traced
def printed_half_widths(vendors: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return each published half-width beside that from votes alone.

    Returns
    -------
    pandas.DataFrame
        country, vendor, model, as_of, votes, published, from_votes (points), ratio (published over from_votes), source.
    """
    frame = vendors[["country", "vendor", "model", "as_of", "votes", "source"]].copy()
    frame["votes"] = frame["votes"].astype(float)
    frame["published"] = (vendors["high"] - vendors["low"]) / 2
    frame["from_votes"] = half_width(frame["votes"], confidence)
    frame["ratio"] = frame["published"] / frame["from_votes"]
    return frame


@traced
def margin_ratio(widths: pd.DataFrame) -> Estimate:
    """Return the published half-width over that of votes alone: the median, with the 10 and 90 % quantiles."""
    low, median, high = widths["ratio"].quantile([0.1, 0.5, 0.9])
    return Estimate(float(median), float(low), float(high))
