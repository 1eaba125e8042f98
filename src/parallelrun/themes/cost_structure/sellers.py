"""Two tests that hold the model fixed, or the work: one model sold in both countries, and the same exercises solved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import named, traced


@traced
def same_model(hosts: pd.DataFrame, output_share: float) -> pd.DataFrame:
    """Return what US hosts charge for a Chinese model over what its own vendor charges, at a mix of tokens.

    A vendor whose price changes with the hour counts with the mean over the day; the ends are at its dearest and
    cheapest hours.

    Parameters
    ----------
    hosts : pandas.DataFrame
        ``country`` (of the host), ``host``, ``model``, ``hours``, ``input_price``, ``output_price``.
    output_share : float
        Output tokens among all tokens, percent.

    Returns
    -------
    pandas.DataFrame
        ``model``, ``host``, ``value``, ``low``, ``high`` (ratio US host over vendor), ``source``; one row a US host.

    Raises
    ------
    DataError
        If a country has no host, or no model is sold on both sides.
    """
    need_both(hosts, "hosts")
    out = output_share / 100
    priced = hosts.assign(price=(1 - out) * hosts["input_price"] + out * hosts["output_price"])
    own = priced[priced["country"] == "CN"].assign(paid=lambda f: f["price"] * f["hours"]).groupby("model")
    vendor = pd.DataFrame({"mean": own["paid"].sum() / own["hours"].sum()})
    vendor = vendor.assign(least=own["price"].min(), most=own["price"].max()).reset_index()
    both = priced[priced["country"] == "US"].merge(vendor, on="model")
    if both.empty:
        raise DataError(
            f"{named(hosts)}: no model is sold both by its Chinese vendor and by a "
            "US host; expected one model with rows of country CN and of country US: add rows"
        )
    both = both.assign(
        value=both["price"] / both["mean"], low=both["price"] / both["most"], high=both["price"] / both["least"]
    )
    return both[["model", "host", "value", "low", "high", "source"]].sort_values(["model", "host"], ignore_index=True)


@traced
def same_model_ratio(ratios: pd.DataFrame) -> Estimate:
    """Return the median of `same_model` over all pairs of a host and a model; ends: the middle 90 %."""
    low, middle, high = np.percentile(ratios["value"], [5, 50, 95])
    return Estimate(float(middle), float(low), float(high), "ratio")


@traced
def exercises(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs with what a solved exercise took.

    Returns
    -------
    pandas.DataFrame
        The runs with ``score`` (% of the exercises solved), ``cost_per_solved`` (USD) and ``output_per_exercise``
        (thousand output tokens), best first.

    Raises
    ------
    DataError
        If a country has no run.
    """
    need_both(runs, "runs")
    return runs.assign(
        score=100 * runs["solved"] / runs["exercises"],
        cost_per_solved=runs["cost"] / runs["solved"],
        output_per_exercise=runs["completion_tokens"] / runs["exercises"] / 1000,
    ).sort_values(["score", "model"], ascending=[False, True], ignore_index=True)
