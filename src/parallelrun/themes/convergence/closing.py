"""What closing a gap would cost in compute, and how many votes it takes to see one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import inputs_of, traced


@traced
def closing_multiple(gap: Estimate, slope: float) -> Estimate:
    """Return the factor of compute that closes a gap at so many points per tenfold: ``10 ** (gap / slope)``."""
    value, (low, high) = float(gap.value or 0.0), gap.ends
    return Estimate(10 ** (value / slope), 10 ** (low / slope), 10 ** (high / slope), "ratio", gap.inputs)


@traced
def closing_slope(gap: Estimate, cost: pd.DataFrame) -> Estimate:
    """Return the slope, in points per tenfold compute, at which the printed multiple closes the gap."""
    multiple = pick(cost, claim="C06")
    (low, high), (small, large) = gap.ends, multiple.ends
    ends = [end / np.log10(factor) for end in (low, high) for factor in (small, large)]
    value = float(gap.value or 0.0) / float(np.log10(multiple.value or 10.0))
    return Estimate(value, float(min(ends)), float(max(ends)), "points", gap.inputs | multiple.inputs)


@traced
def head_growth(leaders: pd.DataFrame, readings: pd.DataFrame, board: str = "overall") -> dict[str, Estimate]:
    """Return how fast the best US score of a board grew, and what slope in compute that would be.

    The slope divides the growth by the decades of AI compute that the world added in the same time, as if the compute
    behind the leading models had grown alike and nothing else had helped. It bounds nothing: either may be wrong.

    Returns
    -------
    dict of Estimate
        ``growth`` (points a year; Theil-Sen slope with its 95 % interval, Sen 1968), ``slope`` (points per tenfold
        compute).
    """
    from scipy.stats import theilslopes

    rows = leaders[(leaders["board"] == board) & (leaders["country"] == "US")]
    years = (rows["as_of"] - rows["as_of"].min()).dt.days / 365.25
    slope, _, low, high = theilslopes(rows["value"], years)
    growth = Estimate(float(slope), float(low), float(high), "points/year", inputs_of(leaders))
    compute = pick(readings, fact="growth of AI compute", country="world", year=2025)
    decades = Estimate(
        float(np.log10(compute.value or 1.0)),
        float(np.log10(compute.ends[0])),
        float(np.log10(compute.ends[1])),
        "",
        compute.inputs,
    )
    found = growth / decades
    return {"growth": growth, "slope": Estimate(found.value, found.low, found.high, "points", found.inputs)}
