"""A forecast driven by releases: the gap rises when a new US model takes the head, and falls when a Chinese one does.

Between releases the same votes are counted again and the gap hardly moves. Releases of each country come at random at
a constant rate (a Poisson process). A US release adds to the gap what such releases added; a Chinese one brings it down
to what such releases left, if it was above. Rates, rises and remainders are those seen so far, with their uncertainty:
the rate's is a gamma distribution (Jeffreys), that of the others a Bayesian bootstrap (Rubin 1981,
doi:10.1214/aos/1176345338), the remainders smoothed by a normal kernel of Silverman's width, so that what was never
seen, a lead of China, has a chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.themes.convergence.history import LONGEST_HOLD

Floats = npt.NDArray[np.float64]

LEAST_RISE = 1.0
"""Points that a new leader must gain for its first lead to count as a release and not as another name."""

DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Releases:
    """What a record shows of releases.

    Attributes
    ----------
    rises : array of n
        Points that the US head gained at each of its releases.
    left : array of m
        Gap that each Chinese release left, points.
    weeks : float
        Weeks observed, silences left out.
    noise : float
        Standard deviation of the gap's other steps, points.
    """

    rises: Floats
    left: Floats
    weeks: float
    noise: float


def steps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from one board to the next of the same kind.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of `boards.gaps` of one board.

    Returns
    -------
    pandas.DataFrame
        as_of, days, before (gap, points), change, rise_us, rise_cn (points of the heads), release_us, release_cn
        (whether a name leads for the first time and its head rose by at least `LEAST_RISE`).
    """
    rows = rows.sort_values("as_of")
    frame = pd.DataFrame({"as_of": rows["as_of"], "days": rows["as_of"].diff().dt.days, "before": rows["gap"].shift()})
    frame["change"] = rows["gap"].diff()
    for side in ("us", "cn"):
        names = rows[f"{side}_model"].str.lower()
        frame[f"rise_{side}"] = rows[side].diff()
        frame[f"release_{side}"] = ~names.duplicated() & (frame[f"rise_{side}"] >= LEAST_RISE)
    return frame.iloc[1:].reset_index(drop=True)


def learn(rows: pd.DataFrame) -> Releases:
    """Return what the boards of one kind show of releases; steps over a silence are left out."""
    seen = steps(rows)
    seen = seen[seen["days"] <= LONGEST_HOLD]
    quiet = seen[~seen["release_us"] & ~seen["release_cn"]]["change"]
    cn = seen[seen["release_cn"]]
    return Releases(
        rises=seen.loc[seen["release_us"], "rise_us"].to_numpy(),
        left=(cn["before"] + cn["change"]).to_numpy(),
        weeks=max(float(seen["days"].sum()) / DAYS_PER_WEEK, 1.0),
        noise=float(quiet.std(ddof=0)) if len(quiet) else 0.0,
    )


def paths(
    seen: Releases, start: float, error: float, weeks: int, worlds: int, draws: int, rng: np.random.Generator
) -> Floats:
    """Simulate futures of the true gap.

    Parameters
    ----------
    seen : Releases
        From `learn`.
    start, error : float
        Gap on the last board and its standard error, points.
    weeks : int
        Horizon.
    worlds, draws : int
        Draws of the parameters, and futures for each.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray, shape (weeks, worlds, draws)
        Points.
    """
    shape = (worlds, draws)
    gap = start + error * rng.standard_normal(shape)
    rise, left = (_Sizes(values, seen.weeks, worlds, rng) for values in (seen.rises, seen.left))
    width = 1.06 * seen.left.std() * len(seen.left) ** -0.2 if len(seen.left) else 0.0
    futures = np.empty((weeks, *shape))
    for week in range(weeks):
        for came in rise.weekly(shape):
            gap[came] += rise.draw(came)
        for came in left.weekly(shape):
            sizes, spread = left.draw(came), rng.standard_normal(shape)[came]
            gap[came] = np.minimum(gap[came], sizes + width * spread)
        futures[week] = gap
    return futures


class _Sizes:
    """Releases of one country in many worlds: how often they come, and draws of their sizes."""

    def __init__(self, values: Floats, weeks: float, worlds: int, rng: np.random.Generator) -> None:
        self.values, self.rng = values, rng
        self.rate = rng.gamma(len(values) + 0.5, 1 / weeks, (worlds, 1)) if len(values) else np.zeros((worlds, 1))
        self.steps = np.cumsum(rng.dirichlet(np.ones(max(len(values), 1)), worlds), axis=1)

    def weekly(self, shape: tuple[int, int]) -> Iterator[npt.NDArray[np.bool_]]:
        """Yield, for the first, second ... release of a week, which futures have one."""
        count = self.rng.poisson(self.rate, shape)
        yield from (count > turn for turn in range(int(count.max())))

    def draw(self, came: npt.NDArray[np.bool_]) -> Floats:
        """Return a size for each future that has a release, by the weights of its world."""
        uniform = self.rng.random(came.shape)[came]
        chosen = (self.steps[np.nonzero(came)[0]] < uniform[:, None]).sum(axis=1)
        return np.asarray(self.values[np.minimum(chosen, len(self.values) - 1)])
