"""Carbon of a million tokens: the energy estimates on the average grid of each country."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced


@traced
def per_million_tokens(energy: pd.DataFrame, grids: pd.DataFrame) -> dict[str, Estimate]:
    """Return grams of CO2 equivalent for a million tokens made on a country's average grid.

    The same energies are set on both grids: the middle of the estimates at the boundary of the facility times the
    median of the readings of the grid; ends are the lowest energy on the lowest reading and the highest on the
    highest. So the interval is one of unlike estimates, and almost all of it is energy.

    Parameters
    ----------
    energy : pandas.DataFrame
        As `energy.energy_per_token` gives it (kWh per million tokens).
    grids : pandas.DataFrame
        ``country``, ``reading``, ``value``, ``low``, ``high`` (g CO2e/kWh).

    Raises
    ------
    DataError
        If a country has no reading.
    """
    need_both(grids, "readings of grids")
    paid = energy[energy["boundary"] == "facility"]
    emitted = {}
    for country, rows in grids.groupby("country"):
        middle = float(paid["value"].median() * rows["value"].median())
        ends = (float(paid["low"].min() * rows["low"].min()), float(paid["high"].max() * rows["high"].max()))
        emitted[str(country)] = Estimate(middle, *ends, "g CO2e/million tokens")
    return emitted


@traced
def grid_ratio(grids: pd.DataFrame) -> Estimate:
    """Return the carbon of a Chinese over that of a US kilowatt-hour: median of the readings, lowest and highest."""
    cn, us = (grids[grids["country"] == c].set_index("reading")["value"] for c in ("CN", "US"))
    ratio = (cn / us).dropna()
    return Estimate(float(ratio.median()), float(ratio.min()), float(ratio.max()), "ratio")
