"""Scores of forecasts that are given as quantiles, and intervals of scores that respect overlapping horizons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

Floats = npt.NDArray[np.float64]

COUNT = 20

LEVELS: Floats = (np.arange(COUNT) + 0.5) / COUNT
"""Levels of the quantiles that stand for a forecast, 0.025 to 0.975: the best `COUNT` points for the CRPS (Bröcker
2012, doi:10.1002/qj.1891); the outer two bound the central 95 %."""


LEAST_ORIGINS = 8
"""Days of forecasts without which a bootstrap over them means nothing."""


def crps(quantiles: npt.ArrayLike, outcome: npt.ArrayLike) -> Floats:
    """Return the continuous ranked probability score, in the outcome's unit; smaller is better.

    Twice the mean pinball loss over `LEVELS`, which is exact for the distribution that puts equal weight on the
    quantiles (Gneiting & Raftery 2007, doi:10.1198/016214506000001437; Bracher et al. 2021,
    doi:10.1371/journal.pcbi.1008618).

    Parameters
    ----------
    quantiles : array, shape (..., COUNT)
        At `LEVELS`.
    outcome : array, shape (...)

    Returns
    -------
    numpy.ndarray, shape (...)
    """
    short = np.asarray(outcome, float)[..., None] - np.asarray(quantiles, float)
    return np.asarray(2 * np.where(short >= 0, LEVELS * short, (LEVELS - 1) * short).mean(axis=-1))


def position(quantiles: npt.ArrayLike, outcome: npt.ArrayLike) -> Floats:
    """Return the share of each forecast's probability that lies below its outcome, in steps of 1 / COUNT.

    Uniform from 0 to 1 if the forecasts are right (probability integral transform; Dawid 1984, doi:10.2307/2981683).
    """
    below = np.asarray(quantiles, float) < np.asarray(outcome, float)[..., None]
    return np.asarray(below.mean(axis=-1))


def apart(starts: npt.ArrayLike, ends: npt.ArrayLike) -> int:
    """Return how many of the windows can be chosen so that no two overlap; what the windows are worth at most.

    The window that ends first is taken, and then always the next that begins when the last has ended.
    """
    count, free = 0, None
    for end, start in sorted(zip(np.asarray(ends), np.asarray(starts), strict=True)):
        if free is None or start >= free:
            count, free = count + 1, end
    return count


def share_intervals(shares: npt.ArrayLike, independent: npt.ArrayLike, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of the Jeffreys intervals of shares, each counted as if seen in so many independent cases.

    Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286; an end that was seen always or never is 1 or 0.

    Parameters
    ----------
    shares, independent : array, shape (n,)
    confidence : float

    Returns
    -------
    tuple of numpy.ndarray, shape (n,)
    """
    share, cases, tail = np.asarray(shares, float), np.asarray(independent, float), (1 - confidence) / 2
    hits, misses = share * cases + 0.5, (1 - share) * cases + 0.5
    low = np.where(share == 0, 0.0, beta.ppf(tail, hits, misses))
    return low, np.where(share == 1, 1.0, beta.ppf(1 - tail, hits, misses))


def share_interval(share: float, independent: float, confidence: float) -> tuple[float, float]:
    """Return the ends of one of `share_intervals`."""
    low, high = share_intervals([share], [independent], confidence)
    return float(low[0]), float(high[0])


def resampled_ratio(ours: npt.ArrayLike, theirs: npt.ArrayLike, block: int, draws: int, seed: int) -> Floats:
    """Return the ratio of two sums of scores over origins in samples of a circular block bootstrap.

    Whole blocks of neighbouring origins are drawn, since forecasts from them overlap (Politis & Romano 1992).

    Parameters
    ----------
    ours, theirs : array, shape (origins,)
        Sums of scores by origin, in order of time.
    block : int
        Origins in a block: as many as one horizon contains.
    draws, seed : int

    Returns
    -------
    numpy.ndarray, shape (draws,)
        A single one, missing (nan), with less than two blocks or `LEAST_ORIGINS`.
    """
    one, two = np.asarray(ours, float), np.asarray(theirs, float)
    count = len(one)
    if count < max(2 * block, LEAST_ORIGINS):
        return np.array([np.nan])
    starts = np.random.default_rng(seed).integers(0, count, (draws, -(-count // block)))
    chosen = ((starts[..., None] + np.arange(block)) % count).reshape(draws, -1)[:, :count]
    return np.asarray(one[chosen].sum(axis=1) / two[chosen].sum(axis=1))


def central(samples: Floats, confidence: float) -> tuple[float, float]:
    """Return the ends of the central interval of samples, shape (draws,)."""
    low, high = np.quantile(samples, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def ratio_interval(
    ours: npt.ArrayLike, theirs: npt.ArrayLike, block: int, confidence: float, draws: int, seed: int
) -> tuple[float, float, float]:
    """Return the ratio of two sums of scores over origins, with its interval from a circular block bootstrap.

    Parameters
    ----------
    ours, theirs, block, draws, seed
        As for `resampled_ratio`.
    confidence : float

    Returns
    -------
    tuple of float
        Ratio, low, high; the ends are missing (nan) where the samples are. With a few blocks the interval is too
        narrow.
    """
    samples = resampled_ratio(ours, theirs, block, draws, seed)
    return float(np.sum(np.asarray(ours)) / np.sum(np.asarray(theirs))), *central(samples, confidence)
