"""What porting takes: effort left at a compatibility (COCOMO II), and the chance that a program needs no change."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun import Estimate, pick
from parallelrun.study.provenance import traced

Array = NDArray[np.float64]

COCOMO_A, COCOMO_E = 2.94, 1.0997
"""Calibrated constant and nominal exponent of COCOMO II.2000 (Boehm et al. 2000): 0.91 + 0.01 x 18.97."""

DESIGN_MODIFIED = 50.0
"""Design modified, in % of the code that does not compile; assumed, and of little weight."""


def cocomo_effort(size: ArrayLike, exponent: float = COCOMO_E) -> Array:
    r"""Return the effort of writing software, :math:`2.94\,S^{E}` person-months (COCOMO II.2000, nominal drivers).

    Parameters
    ----------
    size : array_like
        Size in thousand lines of source code.
    exponent : float
        Diseconomy of scale.
    """
    return COCOMO_A * np.asarray(size, float) ** exponent


def adaptation_factor(compatibility: ArrayLike, design: ArrayLike, integration: ArrayLike) -> Array:
    r"""Return the share of new-code effort that adapted code takes, :math:`(0.4\,DM + 0.3\,CM + 0.3\,IM)/100`.

    The adaptation adjustment of COCOMO II. Code that does not compile is modified, CM = 100 % - compatibility; of its
    design the share `design` is; integration and test are redone for the given share of all code, compatible or not.

    Parameters
    ----------
    compatibility, design, integration : array_like
        In %.
    """
    modified = 100 - np.asarray(compatibility, float)
    return (0.4 * modified * np.asarray(design) / 100 + 0.3 * modified + 0.3 * np.asarray(integration)) / 100


def porting_effort(compatibility: ArrayLike, size: ArrayLike, design: ArrayLike, integration: ArrayLike) -> Array:
    """Return the effort of porting in person-months: COCOMO II of the equivalent size.

    Parameters
    ----------
    compatibility : array_like
        Share of the code that compiles as it is, %.
    size : array_like
        Code in thousand lines.
    design, integration : array_like
        As in `adaptation_factor`, %.
    """
    return cocomo_effort(np.asarray(size, float) * adaptation_factor(compatibility, design, integration))


def untouched_probability(compatibility: ArrayLike, units: ArrayLike) -> Array:
    """Return the probability that a program of independent units needs no change at all: ``c**n``, c in %."""
    return (np.asarray(compatibility, float) / 100) ** np.asarray(units, float)


def untouched_curve(compatibilities: tuple[float, ...]) -> pd.DataFrame:
    """Return `untouched_probability` for 1 to 1,000 units: ``compatibility`` (%), ``units``, ``probability``."""
    units = np.unique(np.geomspace(1, 1000, 61).round())
    frames = [
        pd.DataFrame({"compatibility": c, "units": units, "probability": untouched_probability(c, units)})
        for c in compatibilities
    ]
    return pd.concat(frames, ignore_index=True)


@traced
def effort_curve(
    compatibility: pd.DataFrame, sizes: tuple[float, ...], design: float, integration: float
) -> pd.DataFrame:
    """Return porting effort by compatibility, and what the claimed range leaves.

    Returns
    -------
    pandas.DataFrame
        ``size`` (thousand lines), ``compatibility`` (%), ``effort`` (person-months), ``claimed`` (inside the range),
        ``source`` (of the range).
    """
    low, high = pick(compatibility, claim="A60").ends
    source = compatibility.loc[compatibility["claim"] == "A60", "source"].iloc[0]
    grid = np.linspace(60, 100, 81)
    frames = [
        pd.DataFrame(
            {
                "size": size,
                "compatibility": grid,
                "effort": porting_effort(grid, size, design, integration),
                "claimed": (grid >= low) & (grid <= high),
                "source": np.where((grid >= low) & (grid <= high), source, None),
            }
        )
        for size in sizes
    ]
    return pd.concat(frames, ignore_index=True)


@traced
def effort_left(compatibility: pd.DataFrame, size: float, integration: float) -> tuple[Estimate, Estimate]:
    """Return the effort at the claimed compatibility in person-months, and its share of that of new code in %.

    The value is that of the low end of the claim, which is the most that is left; the low end that of the high end.
    """
    share = pick(compatibility, claim="A60")
    most, least = porting_effort(share.ends, size, DESIGN_MODIFIED, integration)
    new = float(porting_effort(0.0, size, 100.0, 100.0))
    effort = Estimate(float(most), float(least), float(most), "person-months")
    return effort, (effort / Estimate(new, unit="person-months")).to("%")
