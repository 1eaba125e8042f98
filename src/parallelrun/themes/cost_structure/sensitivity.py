"""Which inputs of the unit-cost model matter: one at a time, all together, and what makes the ratio large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.cost_structure.unit_cost import Array, Model, modelled_ratio, triangular

POWER_INPUTS = ("power_price", "pue", "node_power", "energy_penalty")
"""Inputs of the unit-cost model that have to do with power."""


def _moving(model: Model) -> pd.DataFrame:
    """Return the inputs that have a range."""
    return model.table[model.table["high"] > model.table["low"]]


@traced
def tornado(model: Model) -> pd.DataFrame:
    """Return the modelled price ratio US over China when one input at a time goes from its low to its high end.

    The others stay at their modes. Inputs that do not vary are left out.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``at_low``, ``at_high``, ``base`` (ratio), ``source``, ordered by the width of the swing.
    """
    base = modelled_ratio(model.modes, model)
    rows = [
        (
            r.name,
            *(modelled_ratio(model.modes | {r.name: float(end)}, model) for end in (r.low, r.high)),
            base,
            r.source,
        )
        for r in records(_moving(model))
    ]
    frame = pd.DataFrame(rows, columns=["name", "at_low", "at_high", "base", "source"])
    frame["swing"] = np.abs(np.log(frame["at_high"] / frame["at_low"]))
    return frame.sort_values(["swing", "name"], ascending=[False, True], ignore_index=True)


@traced
def contributions(model: Model) -> pd.DataFrame:
    """Return what each difference between the sides adds to the modelled price ratio, all inputs being at their modes.

    One quantity at a time the US side is given the Chinese mode, and the ratio of the ratios is its factor. Factors
    of quantities that multiply the whole price combine exactly; the others depend a little on each other. A Sobol
    index says what makes the ratio uncertain, this says what makes it large.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``us``, ``cn`` (modes, in the unit of the table of inputs), ``ratio`` (US over China with the
        US side at the Chinese mode), ``factor`` (ratio as modelled over that), in falling order of the factor.
    """
    modes = model.modes
    base, rows = modelled_ratio(modes, model), []
    for quantity in dict.fromkeys(model.table.loc[model.table["country"] == "US", "quantity"]):
        us, cn = f"{quantity}, US", f"{quantity}, CN"
        swapped = modelled_ratio(modes | {us: modes[cn]}, model)
        rows.append((quantity, modes[us], modes[cn], swapped, base / swapped))
    frame = pd.DataFrame(rows, columns=["quantity", "us", "cn", "ratio", "factor"])
    return frame.sort_values(["factor", "quantity"], ascending=[False, True], ignore_index=True)


@traced
def power_price_factor(contributions: pd.DataFrame) -> Estimate:
    """Return the factor that power prices add to the modelled ratio at the modes (`contributions`)."""
    factor = contributions.set_index("quantity")["factor"]["power_price"]
    return Estimate(float(factor), unit="ratio")


@traced
def sobol_indices(model: Model, exponent: int, seed: int) -> pd.DataFrame:
    """Return the Sobol indices of the logarithm of the modelled price ratio US over China.

    First-order index: share of the variance that goes if the input were known. Total index: share that stays if all
    others were (Sobol 2001; estimators of Saltelli et al. 2010 and Jansen 1999 as in SALib). Inputs are independent.

    Parameters
    ----------
    exponent : int
        The scrambled Sobol sequence has 2 ** exponent points; the model is evaluated (D + 2) times as often.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``first``, ``first_error``, ``total``, ``total_error`` (half widths of 95 % intervals), in falling
        order of the total index.
    """
    from SALib.analyze import sobol as analysis

    moving = _moving(model)
    problem = {"num_vars": len(moving), "names": list(moving["name"]), "bounds": [[0.0, 1.0]] * len(moving)}
    unit = sobol_points(problem, exponent, seed)
    x: dict[str, Any] = model.modes
    for i, r in enumerate(records(moving)):
        x[r.name] = triangular(unit[:, i], r.low, r.value, r.high)
    logs = np.log(modelled_ratio(x, model))
    # a list of one seed gives its own random numbers; a plain 0 is no seed to SALib
    result = analysis.analyze(problem, logs, calc_second_order=False, num_resamples=100, seed=[seed])
    names = {"S1": "first", "S1_conf": "first_error", "ST": "total", "ST_conf": "total_error"}
    frame = pd.DataFrame({"name": problem["names"]} | {name: result[key] for key, name in names.items()})
    return frame.sort_values(["total", "name"], ascending=[False, True], ignore_index=True)


@traced
def sobol_points(problem: dict[str, Any], exponent: int, seed: int) -> Array:
    """Return where `sobol_indices` evaluates a model of D inputs: shape ((D + 2) 2 ** exponent, D)."""
    from SALib.sample import sobol as sampling

    return np.asarray(sampling.sample(dict(problem), 2**exponent, calc_second_order=False, seed=seed))


@traced
def sensitivities(swings: pd.DataFrame, indices: pd.DataFrame) -> pd.DataFrame:
    """Return `tornado` and `sobol_indices` side by side, in falling order of the total index."""
    return indices.merge(swings, on="name").sort_values(["total", "name"], ascending=[False, True], ignore_index=True)


@traced
def group_totals(table: pd.DataFrame) -> dict[str, Estimate]:
    """Return the sums of the total Sobol indices of all power inputs and of both margins, with added errors.

    A sum of total indices counts interactions within the group more than once: it is an upper bound of the group's
    total index.
    """
    quantity = table["name"].str.split(", ").str[0]
    groups = {"power": quantity.isin(POWER_INPUTS), "margin": quantity == "margin"}
    found = {}
    for name, members in groups.items():
        total, error = table.loc[members, "total"].sum(), table.loc[members, "total_error"].sum()
        found[name] = Estimate(float(total), float(max(total - error, 0.0)), float(total + error), "share of variance")
    return found
