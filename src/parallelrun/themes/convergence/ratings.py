"""What rating points mean: expected scores, votes and intervals, Bradley-Terry fits on simulated battles."""

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

PLACES = 6
"""Decimal places of simulated ratings, in points: what processors compute differently comes after them."""

CHUNK = 200_000


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
    x = np.arange(0.0, 361.0, 5.0)
    parts = [pd.DataFrame({"panel": "expected", "label": "", "x": x, "y": 100 * expected_score(x)})]
    printed = timeline[(timeline["metric"] == "gap_points") & (timeline["leader"] == "US")]
    marks = pd.DataFrame(
        {
            "panel": "expected",
            "label": printed["period"],
            "claim": printed["claim"],
            "x": printed["value"],
            "y": 100 * expected_score(printed["value"]),
            "low": 100 * expected_score(printed["low"]),
            "high": 100 * expected_score(printed["high"]),
        }
    )
    value, (low, high) = float(gap.value or 0.0), gap.ends
    ends = [100 * float(expected_score(end)) for end in (value, low, high)]
    board = {"panel": "expected", "label": "board", "x": value, "y": ends[0], "low": ends[1], "high": ends[2]}
    centre = float(base.value or 0.0)
    origins = np.arange(-1000.0, 1301.0, 20.0)
    curve = pd.DataFrame(
        {
            "panel": "percent",
            "label": "",
            "x": origins,
            "y": percent_of(value, centre, origins),
            "low": percent_of(low, centre, origins),
            "high": percent_of(high, centre, origins),
        }
    )
    at = sorted({0.0, 1000.0, float(origin)})
    points = pd.DataFrame({"panel": "percent", "label": "origin", "x": at, "y": percent_of(value, centre, at)})
    return pd.concat([*parts, marks, pd.DataFrame([board]), curve, points], ignore_index=True)


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


# --- Bradley-Terry ---------------------------------------------------------------------------------------------------


def bradley_terry(wins: np.ndarray, steps: int = 30) -> np.ndarray:
    """Return the maximum-likelihood log strengths of the Bradley-Terry model (Bradley & Terry 1952), by Newton steps.

    Parameters
    ----------
    wins : numpy.ndarray, shape (..., K, K)
        ``wins[..., i, j]`` battles that i won against j (ties as half a win each); every model must have won and lost.
    steps : int
        Most Newton steps.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Log odds, summing to zero.
    """
    played = wins + np.swapaxes(wins, -1, -2)
    theta = np.zeros(wins.shape[:-1])
    for _ in range(steps):
        p = expit(theta[..., :, None] - theta[..., None, :])
        gradient = (wins - played * p).sum(-1)
        step = np.linalg.solve(_information(played, p) + 1.0 / wins.shape[-1], gradient[..., None])[..., 0]
        theta = theta + step
        if np.abs(step).max() < 1e-12:
            break
    return theta


def covariance(wins: np.ndarray, theta: np.ndarray, *, sandwich: bool = True) -> np.ndarray:
    """Return the covariance of Bradley-Terry log strengths.

    Parameters
    ----------
    wins : numpy.ndarray, shape (..., K, K)
        Wins as in `bradley_terry`.
    theta : numpy.ndarray, shape (..., K)
        The fitted log strengths.
    sandwich : bool
        Whether to return the sandwich ``A^-1 B A^-1`` (White 1982), which holds also if the model is wrong, and not
        ``A^-1``; A is the information and B the sum over battles of the squared scores.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        In squared log odds, for strengths that sum to zero.
    """
    played = wins + np.swapaxes(wins, -1, -2)
    p = expit(theta[..., :, None] - theta[..., None, :])
    inverse = np.linalg.pinv(_information(played, p))
    if not sandwich:
        return inverse
    squares = wins * (1 - p) ** 2
    squares = squares + np.swapaxes(squares, -1, -2)
    return inverse @ _laplacian(squares) @ inverse


def _information(played: np.ndarray, p: np.ndarray) -> np.ndarray:
    return _laplacian(played * p * (1 - p))


def _laplacian(weights: np.ndarray) -> np.ndarray:
    size = weights.shape[-1]
    weights = weights * (1 - np.eye(size))
    return np.eye(size) * weights.sum(-1)[..., None] - weights


def simulate_wins(ratings: np.ndarray, votes: int, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return counts of wins in battles drawn between all pairs alike.

    Parameters
    ----------
    ratings : numpy.ndarray, shape (K,)
        True ratings in points.
    votes : int
        Battles in each sample.
    samples : int
        Independent samples.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray, shape (samples, K, K)
        ``[s, i, j]`` battles that i won against j.
    """
    size = len(ratings)
    first, second = np.triu_indices(size, 1)
    p = expected_score(ratings[first] - ratings[second])
    outcomes = np.concatenate([p, 1 - p]) / len(p)
    counts = rng.multinomial(votes, outcomes / outcomes.sum(), size=samples)
    wins = np.zeros((samples, size, size))
    wins[:, first, second], wins[:, second, first] = counts[:, : len(p)], counts[:, len(p) :]
    return wins


def resample(wins: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return bootstrap samples of a table of wins: battles drawn with replacement.

    Parameters
    ----------
    wins : numpy.ndarray, shape (K, K)
        Counts of wins.
    samples : int
        Bootstrap samples.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray, shape (samples, K, K)
    """
    total = wins.sum()
    return rng.multinomial(int(total), (wins / total).ravel(), size=samples).reshape(samples, *wins.shape).astype(float)


@traced
def simulate_ratings(
    scores: pd.DataFrame, votes: int, samples: int, confidence: float, seed: int, datasets: int = 400
) -> pd.DataFrame:
    """Simulate battles among the six printed vendors at their printed scores, and rate them again.

    Parameters
    ----------
    scores : pandas.DataFrame
        The articles' scores, taken as the truth (``convergence/arena_scores``).
    votes : int
        Simulated battles among the six.
    samples : int
        Bootstrap samples.
    confidence : float
        Level of the intervals.
    seed : int
        Seed of the draws.
    datasets : int
        Further data sets on which it is counted how often the sandwich interval holds the truth.

    Returns
    -------
    pandas.DataFrame
        vendor, country, votes, truth, value, bootstrap_low, bootstrap_high, low, high (sandwich), covered (share of
        the data sets whose interval holds the truth); points, with the printed mean as the mean. Simulated.
    """
    rng = np.random.default_rng(seed)
    truth = scores["value"].to_numpy(dtype=float)
    mean = truth.mean()
    wins = simulate_wins(truth, votes, 1, rng)[0]
    theta = bradley_terry(wins)
    z = norm.ppf(0.5 + confidence / 2)
    error = POINTS_PER_LOGIT * np.sqrt(np.diagonal(covariance(wins, theta)))
    block = max(1, CHUNK // max(1, wins.size))
    sizes = np.diff(np.append(np.arange(0, samples, block), samples))
    boots = np.concatenate([bradley_terry(resample(wins, int(size), rng)) for size in sizes]) * POINTS_PER_LOGIT
    tails = np.quantile(boots, [0.5 - confidence / 2, 0.5 + confidence / 2], axis=0)
    many = simulate_wins(truth, votes, datasets, rng)
    fitted = bradley_terry(many)
    errors = POINTS_PER_LOGIT * np.sqrt(np.diagonal(covariance(many, fitted), axis1=-2, axis2=-1))
    covered = (np.abs(POINTS_PER_LOGIT * fitted + mean - truth) <= z * errors).mean(axis=0)
    value = POINTS_PER_LOGIT * theta + mean
    simulated = pd.DataFrame(
        {
            "vendor": scores["vendor"].to_numpy(),
            "country": scores["country"].to_numpy(),
            "votes": wins.sum(0) + wins.sum(1),
            "truth": truth,
            "value": value,
            "bootstrap_low": tails[0] + mean,
            "bootstrap_high": tails[1] + mean,
            "low": value - z * error,
            "high": value + z * error,
            "covered": covered,
        }
    )
    return simulated.round(PLACES)


@traced
def fit_agreement(scores: pd.DataFrame, votes: int, seed: int) -> Estimate:
    """Return the largest difference, in points, between `bradley_terry` and the evalica library on the same battles.

    Anything below a millionth of a point is the noise of arithmetic and is given as a millionth.
    """
    import evalica

    truth = scores["value"].to_numpy(dtype=float)
    wins = simulate_wins(truth, votes, 1, np.random.default_rng(seed))[0]
    first, second = np.nonzero(wins)
    fitted = evalica.bradley_terry(
        first.tolist(),
        second.tolist(),
        [evalica.Winner.X] * len(first),
        weights=wins[first, second].tolist(),
        tolerance=1e-12,
        limit=10_000,
    )
    theirs = np.log(fitted.scores.sort_index().to_numpy())
    difference = bradley_terry(wins) - (theirs - theirs.mean())
    return Estimate(max(1e-6, float(f"{POINTS_PER_LOGIT * np.abs(difference).max():.1g}")), unit="points")


def naive_gap(gap: Any, style: Any, lean: float) -> Any:
    """Return the gap that a fit without style control converges to.

    Parameters
    ----------
    gap : array_like
        True gap between leader and trailing model at equal style, in points.
    style : array_like
        Points that the more elaborate answer gains.
    lean : float
        Share of battles in which the trailing model is the more elaborate; in the others both are alike.

    Returns
    -------
    numpy.ndarray or float
        Points: the gap whose expected score is the mixture of both kinds of battles.
    """
    gap, style = np.asarray(gap, dtype=float), np.asarray(style, dtype=float)
    return gap_for_score(lean * expected_score(gap - style) + (1 - lean) * expected_score(gap))


@traced
def style_control(gap: Estimate, style: float, lean: float, votes: int, confidence: float, seed: int) -> pd.DataFrame:
    """Simulate battles of two models of which the trailing one is often the more elaborate, and rate with and without.

    The battles are counted by style difference d (0 or 1) and outcome. Without control all are pooled; with control
    a logistic regression has d as a covariate (the arena's style control is this with several features). For these
    two columns its maximum-likelihood solution is closed: the log odds at d = 0.

    Parameters
    ----------
    gap : Estimate
        True gap in points.
    style : float
        Largest gain of the more elaborate answer that is drawn twice over, in points.
    lean : float
        Share of battles in which the trailing model is the more elaborate.
    votes : int
        Battles at each effect.
    confidence : float
        Level of the intervals.
    seed : int
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        effect (points), control (``with`` or ``without``), value, low, high, limit (points; what endless votes give).
        Simulated.
    """
    rng = np.random.default_rng(seed)
    truth = float(gap.value or 0.0)
    effects = np.linspace(0.0, 2 * style, 7) if style > 0 else np.zeros(1)
    z = norm.ppf(0.5 + confidence / 2)
    elaborate = rng.binomial(votes, lean, size=len(effects))
    plain = votes - elaborate
    won_plain = rng.binomial(plain, expected_score(truth))
    won_elaborate = rng.binomial(elaborate, expected_score(truth - effects))
    parts = []
    for control, won, played, limit in (
        ("without", won_plain + won_elaborate, plain + elaborate, naive_gap(truth, effects, lean)),
        ("with", won_plain, plain, np.full(len(effects), truth)),
    ):
        share = (won + 0.5) / (played + 1.0)
        value = gap_for_score(share)
        error = z * POINTS_PER_LOGIT / np.sqrt((played + 1.0) * share * (1 - share))
        parts.append(
            pd.DataFrame(
                {
                    "effect": effects,
                    "control": control,
                    "value": value,
                    "low": value - error,
                    "high": value + error,
                    "limit": limit,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@traced
def closing_frame(gap: Estimate, slope: float, confidence: float, power: float) -> pd.DataFrame:
    """Return the price of closing a gap in compute, over slopes, and the votes to see a gap, over gaps.

    Returns
    -------
    pandas.DataFrame
        panel (``compute`` or ``votes``), x (points per tenfold compute, or gap in points), y (factor of compute, or
        votes), low, high, mark (True for the chosen slope and the gap itself).
    """
    low, high = gap.ends
    value = float(gap.value or 0.0)
    slopes = np.append(np.geomspace(10.0, 500.0, 60), slope)
    compute = pd.DataFrame(
        {
            "panel": "compute",
            "x": slopes,
            "y": 10 ** (value / slopes),
            "low": 10 ** (low / slopes),
            "high": 10 ** (high / slopes),
            "mark": np.arange(len(slopes)) == len(slopes) - 1,
        }
    )
    x = np.append(np.geomspace(2.0, 320.0, 60), value)
    votes = pd.DataFrame(
        {
            "panel": "votes",
            "x": x,
            "y": votes_needed(x, confidence, power),
            "mark": np.arange(len(x)) == len(x) - 1,
        }
    )
    return pd.concat([compute, votes], ignore_index=True)
