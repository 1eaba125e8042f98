"""Ratings from battles: Bradley-Terry fits and their errors, on simulated votes whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri
from scipy.stats import binom, norm

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.convergence.ratings import POINTS_PER_LOGIT, expected_score

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
    counts = multinomial(votes, outcomes / outcomes.sum(), samples, rng)
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
    return multinomial(int(total), (wins / total).ravel(), samples, rng).reshape(samples, *wins.shape)


def multinomial(trials: int, shares: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return multinomial counts, each cell by inversion of its binomial distribution given the cells before it.

    numpy's own draws of these are not the same in all its versions: until 2.5 its binomial rejection had a wrong sign
    in a Stirling term (numpy pull request 31238). Here one uniform number decides one cell, so that the counts do not
    depend on a library's choice of algorithm.

    Parameters
    ----------
    trials : int
        Sum of the counts of a sample.
    shares : numpy.ndarray, shape (C,)
        Probabilities of the cells, with the sum one.
    samples : int
        Independent samples.
    rng : numpy.random.Generator
        Source of the uniform numbers.

    Returns
    -------
    numpy.ndarray, shape (samples, C)
    """
    cells = np.flatnonzero(shares)
    after = np.cumsum(shares[cells][::-1])[::-1]
    uniforms = rng.random((len(cells) - 1, samples))
    left = np.full(samples, float(trials))
    counts = np.zeros((samples, len(shares)))
    for cell, rest, u in zip(cells[:-1], after[:-1], uniforms, strict=True):
        counts[:, cell] = _binomial(u, left, shares[cell] / rest)
        left = left - counts[:, cell]
    counts[:, cells[-1]] = left
    return counts


def _binomial(u: np.ndarray, trials: np.ndarray, p: float) -> np.ndarray:
    """Return the quantiles u of binomial distributions, as `scipy.stats.binom.ppf` does, in less than half its time.

    A guess by the expansion of Cornish and Fisher (1938) to the skewness is kept where the distribution function bears
    it out, which it does for nearly all.
    """
    z, q = ndtri(np.maximum(u, np.finfo(float).tiny)), 1 - p
    guess = np.clip(np.rint(trials * p + z * np.sqrt(trials * p * q) + (q - p) * (z**2 - 1) / 6), 0, trials)
    reached = binom.cdf(guess, trials, p)
    missed = (reached < u) | (reached - binom.pmf(guess, trials, p) >= u)
    guess[missed] = np.maximum(binom.ppf(u[missed], trials[missed], p), 0)
    return guess


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
    simulated = scores[["vendor", "country"]].assign(
        votes=wins.sum(0) + wins.sum(1),
        truth=truth,
        value=value,
        bootstrap_low=tails[0] + mean,
        bootstrap_high=tails[1] + mean,
        low=value - z * error,
        high=value + z * error,
        covered=covered,
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


@traced
def gap_coverage(scores: pd.DataFrame, votes: int, confidence: float, seed: int, datasets: int = 600) -> pd.DataFrame:
    """Simulate how often the interval of a gap contains the true gap, over the number of players.

    The articles' scores are joined by further players at equal steps between them, the votes are raised with the
    players, and the gap is that of the best player of each country. The interval either takes the two errors as
    uncorrelated, as one must who has only published margins, or has their covariance from the fit.

    Returns
    -------
    pandas.DataFrame
        players, interval (``uncorrelated`` or ``covariance``), share (of the data sets whose interval contains the true
        gap), correlation (mean, of the two errors). Simulated.
    """
    truth = scores["value"].to_numpy(dtype=float)
    us, cn = (int(np.argmax(np.where(scores["country"] == country, truth, -np.inf))) for country in ("US", "CN"))
    rng, z, rows = np.random.default_rng(seed), norm.ppf(0.5 + confidence / 2), []
    for times in (1, 2, 4):
        others = np.linspace(truth.min(), truth.max(), len(truth) * (times - 1))
        players = np.concatenate([truth, others])
        wins = simulate_wins(players, votes * times, datasets, rng)
        theta = bradley_terry(wins)
        errors = covariance(wins, theta)
        gap = POINTS_PER_LOGIT * (theta[:, us] - theta[:, cn])
        first, second, both = errors[:, us, us], errors[:, cn, cn], errors[:, us, cn]
        for name, shared in (("uncorrelated", 0.0), ("covariance", both)):
            half = z * POINTS_PER_LOGIT * np.sqrt(first + second - 2 * shared)
            share = float((np.abs(gap - (truth[us] - truth[cn])) <= half).mean())
            correlation = float((both / np.sqrt(first * second)).mean())
            rows.append({"players": len(players), "interval": name, "share": share, "correlation": correlation})
    return pd.DataFrame(rows).round(PLACES)


@traced
def mean_coverage(simulated: pd.DataFrame) -> Estimate:
    """Return how often the sandwich intervals held the truth, in percent; low and high over the players."""
    share = 100 * simulated["covered"]
    return Estimate(float(share.mean()), float(share.min()), float(share.max()), "%")
