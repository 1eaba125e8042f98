"""Ratings from battles: Bradley-Terry fits and their errors, on simulated votes whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.convergence.ratings import POINTS_PER_LOGIT, expected_score, gap_for_score

PLACES = 6
"""Decimal places of simulated ratings, in points: what processors compute differently comes after them."""

CHUNK = 200_000


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
def mean_coverage(simulated: pd.DataFrame) -> Estimate:
    """Return how often the sandwich intervals held the truth, in percent; low and high over the players."""
    share = 100 * simulated["covered"]
    return Estimate(float(share.mean()), float(share.min()), float(share.max()), "%")
