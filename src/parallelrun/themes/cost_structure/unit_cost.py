"""A unit-cost model of tokens: energy, hardware, overhead and margin.

A node of eight accelerators serves input tokens at one rate and output tokens at another. The node-seconds that a
million tokens of a mix take are

    t = 10^6 (f_in / theta_in + f_out / theta_out) (P / P_ref) / u

with shares f, throughputs theta of the provider that disclosed its own, active parameters P relative to that
provider's model, and utilisation u relative to its load. List prices are of fresh input; the disclosed rate counts
cached input, which takes next to no time, so that theta_in is that rate times the share that was fresh. Then, in USD
per million tokens,

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
from scipy.optimize import brentq

from parallelrun.study.countries import need_both
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced

Array = npt.NDArray[np.float64]

CHUNK = 50_000
"""Draws computed at a time, so that memory does not grow with their number beyond the outputs kept."""

PARTS = ("energy", "hardware", "overhead", "margin")

SIDES = ("US", "CN")

BOTH_SIDES = ("node_power", "pue", "rent", "active_parameters", "utilisation", "overhead", "margin")
"""Inputs of which each side has its own."""


class Model(NamedTuple):
    """The uncertain inputs of the model, and what it takes for certain.

    Attributes
    ----------
    table : pandas.DataFrame
        ``name`` such as ``"rent, US"``, ``quantity``, ``country``, ``low``, ``value`` (mode), ``high``, ``source``.
    seconds : float
        Time of the disclosed node for a million tokens of the mix, its input fresh.
    accelerators, reference_parameters : float
        Accelerators of the node, and the active parameters (billions) of its model.
    domestic_share : float
        Share of Chinese load on domestic chips, percent.
    power_in_rent : float
        Power in the rent, USD per accelerator-hour, taken out so that it is not counted twice.
    """

    table: pd.DataFrame
    seconds: float
    accelerators: float
    reference_parameters: float
    domestic_share: float
    power_in_rent: float

    @property
    def modes(self) -> dict[str, Any]:
        """The modes of the inputs by name."""
        return {str(name): float(mode) for name, mode in zip(self.table["name"], self.table["value"], strict=True)}


@traced
def model(
    inputs: pd.DataFrame,
    power: pd.DataFrame,
    serving: pd.DataFrame,
    reading: str,
    output_share: float,
    domestic_share: float,
    power_in_rent: float,
) -> Model:
    """Return the model at a mix (output share in percent), with power prices of a reading (`power.power_prices`).

    Raises
    ------
    DataError
        If an input of one side is missing.
    """
    for quantity in BOTH_SIDES:
        need_both(inputs[inputs["quantity"] == quantity], f"rows with quantity {quantity!r}")
    prices = power[power["reading"] == reading].assign(quantity="power_price")
    prices = prices.assign(country=np.where(prices["side"] == "china", "CN", "US"))
    columns = ["quantity", "country", "low", "value", "high", "source"]
    table = pd.concat([prices[columns], inputs[columns]], ignore_index=True)
    table.insert(0, "name", table["quantity"] + ", " + table["country"])
    size = table.loc[table["name"] == "active_parameters, CN", "value"].iloc[0]
    node = pick(serving, quantity="accelerators_per_node").ends[0]
    return Model(table, node_seconds(serving, output_share), node, size, domestic_share, power_in_rent)


def fresh_share(serving: pd.DataFrame) -> float:
    """Return the share of the disclosed day's input tokens that did not come from a cache."""
    value = serving.set_index("quantity")["value"]
    return float(1 - value["cached_input_tokens"] / value["input_tokens"])


def node_seconds(serving: pd.DataFrame, output_share: float, fresh: bool = True) -> float:
    """Return the time of the disclosed node for a million tokens, its input fresh or cached as it was."""
    value, out = serving.set_index("quantity")["value"], output_share / 100
    rate = value["prefill_throughput"] * (fresh_share(serving) if fresh else 1.0)
    return float(1e3 * ((1 - out) / rate + out / value["decode_throughput"]))


@traced
def as_served(cost: Estimate, serving: pd.DataFrame, output_share: float) -> Estimate:
    """Return a unit cost of fresh input with as much of the input cached as on the disclosed day."""
    return cost * (node_seconds(serving, output_share, fresh=False) / node_seconds(serving, output_share))


def triangular(u: Array, low: float, mode: float, high: float) -> Array:
    """Return the quantiles at probabilities u of a triangular distribution; a constant if the ends meet."""
    if high <= low:
        return np.full_like(u, mode)
    at = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < at, rising, falling)


def unit_cost(x: Mapping[str, Any], side: str, model: Model) -> dict[str, Any]:
    """Return the parts of the modelled price of a million tokens on one side.

    Parameters
    ----------
    x : mapping of str to float or array
        Inputs by name; arrays broadcast.
    side : {"US", "CN"}
        Side whose inputs are taken.
    model : Model
        What is certain.

    Returns
    -------
    dict
        ``energy_kwh`` (facility, kWh), and in USD ``energy``, ``hardware``, ``overhead``, ``margin``, ``cost``,
        ``price``.
    """
    size = x[f"active_parameters, {side}"] / model.reference_parameters
    hours = model.seconds / 3600 * size / x[f"utilisation, {side}"]
    penalty = 1 + model.domestic_share / 100 * (x["energy_penalty, CN"] - 1) if side == "CN" else 1.0
    kwh = hours * x[f"node_power, {side}"] * x[f"pue, {side}"] * penalty
    energy = kwh * x[f"power_price, {side}"]
    hardware = hours * model.accelerators * (x[f"rent, {side}"] - model.power_in_rent)
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


def modelled_ratio(x: Mapping[str, Any], model: Model) -> Any:
    """Return the modelled price ratio US over China, a number or an array as the inputs are."""
    us, cn = (unit_cost(x, side, model)["price"] for side in SIDES)
    return us / cn


@traced
def simulate(model: Model, draws: int, seed: int) -> pd.DataFrame:
    """Draw the inputs from their triangular distributions, independently, and return the modelled parts.

    Draws are made in chunks from one seeded generator; only the outputs are kept, in single precision.

    Returns
    -------
    pandas.DataFrame
        One row a draw; columns such as ``"US price"``, ``"CN energy"`` (USD per million tokens), ``"US energy_kwh"``
        (kWh per million tokens).
    """
    rng = np.random.default_rng(seed)
    kept: dict[str, npt.NDArray[np.float32]] = {}
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        x = {r.name: triangular(rng.random(size), r.low, r.value, r.high) for r in records(model.table)}
        for side in SIDES:
            for part, value in unit_cost(x, side, model).items():
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
def cost_parts(draws: pd.DataFrame, model: Model, listed: dict[str, Estimate]) -> pd.DataFrame:
    """Return the modelled parts of a price with their 90 % intervals, beside the flagships' list prices.

    Parameters
    ----------
    draws : pandas.DataFrame
        From `simulate`.
    model : Model
        For the sources.
    listed : dict of str to Estimate
        From `list_prices`.

    Returns
    -------
    pandas.DataFrame
        ``side``, ``part`` (power, hardware, overhead, margin, modelled price, list price), ``value``, ``low``,
        ``high`` (USD per million tokens at the mix), ``source`` (of the input that the part hangs on most).
    """
    names = {"energy": "power", "price": "modelled price"}
    hangs = {"energy": "power_price", "hardware": "rent", "overhead": "overhead", "margin": "margin"}
    sources, rows = dict(zip(model.table["name"], model.table["source"], strict=True)), []
    for side, price in listed.items():
        for part in (*PARTS, "price"):
            estimate = summary(draws, f"{side} {part}")
            source = sources.get(f"{hangs.get(part)}, {side}", "deepseek-serving-disclosure")
            rows.append((side, names.get(part, part), estimate.value, *estimate.ends, source))
        rows.append((side, "list price", price.value, *price.ends, "model-price-radar"))
    return pd.DataFrame(rows, columns=["side", "part", "value", "low", "high", "source"])


@traced
def list_prices(now: pd.DataFrame, us_flagship: str, cn_flagship: str, output_share: float) -> dict[str, Estimate]:
    """Return the flagships' list prices at the mix, by side (USD per million tokens)."""
    out = output_share / 100
    found = {}
    for side, slug in (("US", us_flagship), ("CN", cn_flagship)):
        row = now[now["model"] == slug].iloc[0]
        price = float((1 - out) * row["input_price"] + out * row["output_price"])
        found[side] = Estimate(price, price, price, "USD/million tokens")
    return found


@traced
def reaching(draws: pd.DataFrame, listed: dict[str, Estimate]) -> Estimate:
    """Return the share (%) of draws whose price ratio US over China is at least that of the list prices."""
    ratio = (listed["US"] / listed["CN"]).value
    assert ratio is not None
    return Estimate(float(100 * (draws["US price"] / draws["CN price"] >= ratio).mean()), unit="%")


@traced
def needed(model: Model, listed: dict[str, Estimate]) -> pd.DataFrame:
    """Return what one input of the US side at a time would have to be for the model to give its list price.

    The others are at their modes. Where no value of the input does it, ``needed`` is missing.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``low``, ``mode``, ``high`` (the range assumed), ``needed``, ``within`` (whether it lies inside).
    """
    modes, price, table = model.modes, listed["US"].ends[0], model.table.set_index("name")

    def short(value: float, name: str) -> float:
        return float(unit_cost(modes | {name: value}, "US", model)["price"]) - price

    rows = []
    for quantity, limit in (("margin", 1 - 1e-9), ("active_parameters", 1e6), ("utilisation", 1e3), ("rent", 1e6)):
        name = f"{quantity}, US"
        row: Any = table.loc[name]
        ends = (short(1e-9, name), short(limit, name))
        at = brentq(short, 1e-9, limit, args=(name,)) if ends[0] * ends[1] < 0 else np.nan
        rows.append((quantity, row["low"], row["value"], row["high"], at, bool(row["low"] <= at <= row["high"])))
    return pd.DataFrame(rows, columns=["quantity", "low", "mode", "high", "needed", "within"])
