"""A unit-cost model of tokens: energy, hardware, overhead and margin.

A node of eight accelerators serves input tokens at one rate and output tokens at another. The node-seconds that a
million tokens of a mix take are

    t = 10^6 (f_in / theta_in + f_out / theta_out) (P / P_ref) / u

with shares f, throughputs theta of the provider that disclosed its own, active parameters P relative to that
provider's model, and utilisation u relative to its load. Then, in USD per million tokens,

    energy   = t / 3600 x node power x PUE x power price x (1 + d (k - 1))
    hardware = t / 3600 x accelerators x (rent - power in rent)
    overhead = o x hardware
    price    = (energy + hardware + overhead) / (1 - margin)

d is the share of Chinese load on domestic chips and k their energy penalty; both are of the Chinese side only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced

Array = npt.NDArray[np.float64]

CHUNK = 50_000
"""Draws computed at a time, so that memory does not grow with their number beyond the outputs kept."""

PARTS = ("energy", "hardware", "overhead", "margin")

SIDES = ("US", "CN")


class Server(NamedTuple):
    """What a million tokens take of the disclosed node: seconds, accelerators, and the size of its model."""

    seconds: float
    accelerators: float
    reference_parameters: float


def server(serving: pd.DataFrame, inputs: pd.DataFrame, output_share: float) -> Server:
    """Return the node of the disclosed day at a mix (output share in percent)."""
    value = serving.set_index("quantity")["value"]
    out = output_share / 100
    seconds = 1e3 * ((1 - out) / value["prefill_throughput"] + out / value["decode_throughput"])
    size = inputs.loc[(inputs["quantity"] == "active_parameters") & (inputs["country"] == "CN"), "value"].iloc[0]
    return Server(seconds, value["accelerators_per_node"], size)


def ranges(inputs: pd.DataFrame, power: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Return all uncertain inputs with the ends and mode of their triangular distributions.

    Power prices come from a reading of `power.power_prices`; the rest from the table of inputs.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``name`` such as ``"rent, US"``; columns ``quantity``, ``country``, ``low``, ``value``, ``high``.
    """
    prices = power[power["reading"] == reading].assign(quantity="power_price")
    prices = prices.assign(country=np.where(prices["side"] == "china", "CN", "US"))
    columns = ["quantity", "country", "low", "value", "high"]
    both = pd.concat([prices[columns], inputs[columns]], ignore_index=True)
    return both.set_index(both["quantity"] + ", " + both["country"])


def triangular(u: Array, low: float, mode: float, high: float) -> Array:
    """Return the quantiles at probabilities u of a triangular distribution; a constant if the ends meet."""
    if high <= low:
        return np.full_like(u, mode)
    at = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < at, rising, falling)


def unit_cost(
    x: Mapping[str, Any], side: str, node: Server, domestic_share: float, power_in_rent: float
) -> dict[str, Any]:
    """Return the parts of the modelled price of a million tokens on one side.

    Parameters
    ----------
    x : mapping of str to float or array
        Inputs by name (see `ranges`); arrays broadcast.
    side : {"US", "CN"}
        Side whose inputs are taken.
    node : Server
        The disclosed node at a mix of tokens.
    domestic_share : float
        Share of Chinese load on domestic chips, percent.
    power_in_rent : float
        Power in the rent, USD per accelerator-hour, taken out so that it is not counted twice.

    Returns
    -------
    dict
        ``energy_kwh`` (facility, kWh), and in USD ``energy``, ``hardware``, ``overhead``, ``margin``, ``cost``,
        ``price``.
    """
    hours = (
        node.seconds * x[f"active_parameters, {side}"] / node.reference_parameters / x[f"utilisation, {side}"] / 3600
    )
    penalty = 1 + domestic_share / 100 * (x["energy_penalty, CN"] - 1) if side == "CN" else 1.0
    kwh = hours * x[f"node_power, {side}"] * x[f"pue, {side}"] * penalty
    energy = kwh * x[f"power_price, {side}"]
    hardware = hours * node.accelerators * (x[f"rent, {side}"] - power_in_rent)
    overhead = x[f"overhead, {side}"] * hardware
    cost = energy + hardware + overhead
    price = cost / (1 - x[f"margin, {side}"])
    return {
        "energy_kwh": kwh,
        "energy": energy,
        "hardware": hardware,
        "overhead": overhead,
        "margin": price - cost,
        "cost": cost,
        "price": price,
    }


def modelled_ratio(x: Mapping[str, Any], node: Server, domestic_share: float, power_in_rent: float) -> Any:
    """Return the modelled price ratio US over China, a number or an array as the inputs are."""
    us, cn = (unit_cost(x, side, node, domestic_share, power_in_rent)["price"] for side in SIDES)
    return us / cn


@traced
def simulate(
    inputs: pd.DataFrame,
    power: pd.DataFrame,
    serving: pd.DataFrame,
    reading: str,
    output_share: float,
    domestic_share: float,
    power_in_rent: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Draw the inputs from their triangular distributions, independently, and return the modelled parts.

    Draws are made in chunks from one seeded generator; only the outputs are kept, in single precision.

    Returns
    -------
    pandas.DataFrame
        One row a draw; columns such as ``"US price"``, ``"CN energy"`` (USD per million tokens), ``"US energy_kwh"``
        (kWh per million tokens).
    """
    node = server(serving, inputs, output_share)
    table = list(records(ranges(inputs, power, reading).reset_index(names="name")))
    rng = np.random.default_rng(seed)
    kept: dict[str, npt.NDArray[np.float32]] = {}
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        x = {r.name: triangular(rng.random(size), r.low, r.value, r.high) for r in table}
        for side in SIDES:
            for part, value in unit_cost(x, side, node, domestic_share, power_in_rent).items():
                column = kept.setdefault(f"{side} {part}", np.empty(draws, dtype=np.float32))
                column[start : start + size] = value
    return pd.DataFrame(kept)


@traced
def cost_summary(draws: pd.DataFrame, column: str, over: str = "", unit: str = "", factor: float = 1.0) -> Estimate:
    """Return median, 5 % and 95 % quantile of an output of `simulate`, or of its ratio to another, times a factor."""
    values = draws[column].to_numpy(dtype=float)
    if over:
        values = values / draws[over].to_numpy(dtype=float)
    low, middle, high = np.percentile(values * factor, [5, 50, 95])
    return Estimate(float(middle), float(low), float(high), unit)


def summary(draws: pd.DataFrame, column: str) -> Estimate:
    """Return `cost_summary` of one output in USD per million tokens."""
    return cost_summary(draws, column, unit="USD/million tokens")


@traced
def cost_parts(
    draws: pd.DataFrame, now: pd.DataFrame, us_flagship: str, cn_flagship: str, output_share: float
) -> pd.DataFrame:
    """Return the modelled parts of a price with their 90 % intervals, beside the flagships' list prices.

    Returns
    -------
    pandas.DataFrame
        ``side``, ``part`` (power, hardware, overhead, margin, modelled price, list price), ``value``, ``low``,
        ``high`` (USD per million tokens at the mix).
    """
    rows = []
    out = output_share / 100
    for side, slug in (("US", us_flagship), ("CN", cn_flagship)):
        for part, name in [("energy", "power"), *((p, p) for p in PARTS[1:]), ("price", "modelled price")]:
            estimate = cost_summary(draws, f"{side} {part}")
            rows.append((side, name, estimate.value, *estimate.ends))
        listed = now[now["model"] == slug].iloc[0]
        blend = (1 - out) * listed["input_price"] + out * listed["output_price"]
        rows.append((side, "list price", blend, blend, blend))
    return pd.DataFrame(rows, columns=["side", "part", "value", "low", "high"])
