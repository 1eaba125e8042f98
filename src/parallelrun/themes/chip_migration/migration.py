"""The move from the H20 to the Ascend 950PR: porting effort, cost per replaced H20, and when it pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration.hardware import each

if TYPE_CHECKING:
    from parallelrun.themes.chip_migration import Parameters

Array = NDArray[np.float64]

COCOMO_A, COCOMO_E = 2.94, 1.0997
"""Calibrated constant and nominal exponent of COCOMO II.2000 (Boehm et al. 2000): 0.91 + 0.01 x 18.97."""

DESIGN_MODIFIED = 50.0
"""Design modified, in % of the code that does not compile; assumed, and of little weight."""

HOURS = 8760.0
CHUNK = 250_000
"""Draws held in memory at once."""


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


def annuity(rate: ArrayLike, years: ArrayLike) -> Array:
    r"""Return the present value of 1 a year, :math:`(1-(1+r)^{-T})/r`; the rate in %."""
    r = np.asarray(rate, float) / 100
    t = np.asarray(years, float)
    safe = np.where(r == 0, 1.0, r)
    return np.where(r == 0, t, -np.expm1(-t * np.log1p(r)) / safe)


def chips_per_slot(prefill_ratio: ArrayLike, decode_ratio: ArrayLike, share: ArrayLike, software: ArrayLike) -> Array:
    r"""Return how many chips do the work of one H20: :math:`(f/r_p + (1-f)/r_d)/\eta`.

    Parameters
    ----------
    prefill_ratio, decode_ratio : array_like
        Speed over the H20's in the two phases.
    share : array_like
        Share f of the H20's busy time that is prefill.
    software : array_like
        What ported software gets from the chip, relative to CUDA on the H20.
    """
    f = np.asarray(share, float)
    return (f / np.asarray(prefill_ratio) + (1 - f) / np.asarray(decode_ratio)) / np.asarray(software)


@traced
def input_ranges(
    p: Parameters,
    speeds: Mapping[str, Estimate],
    comparisons: pd.DataFrame,
    compatibility: pd.DataFrame,
    chip_prices: pd.DataFrame,
    electricity: pd.DataFrame,
    cost_inputs: pd.DataFrame,
    speeds_source: tuple[str, str] = ("cann-ops-cv-997", "morningoverview-950pr"),
) -> pd.DataFrame:
    """Return the range of every input of the cost model.

    Parameters
    ----------
    p : Parameters
        The notebook's parameters; those without a published range vary by `spread` about the given value.
    speeds : mapping of Estimate
        ``prefill`` and ``decode``: speed over the H20's.
    comparisons, compatibility, chip_prices : pandas.DataFrame
        This theme's tables.
    electricity, cost_inputs : pandas.DataFrame
        Tables of the same names of ``cost_structure``.
    speeds_source : tuple of str
        Sources of the rate and of the bandwidth from which the speeds were computed.

    Returns
    -------
    pandas.DataFrame
        ``input``, ``label``, ``low``, ``value``, ``high``, ``unit``, ``basis`` (published or assumed), ``source``.
    """
    dollars = chip_prices[(chip_prices["chip"] == "H20") & (chip_prices["unit"] == "USD/chip")]
    latest = dollars.sort_values("as_of").iloc[-1]
    penalty = pick(cost_inputs, quantity="energy_penalty", country="CN")
    facility = pick(cost_inputs, quantity="pue", country="CN")
    cheap = pick(electricity, source="ft-via-greenergydaily")
    normal = pick(electricity, source="china-briefing", country="CN")
    rise, compatible = pick(comparisons, claim="A62"), pick(compatibility, claim="A60")
    published = [
        ("prefill_ratio", "Prefill speed over H20", speeds["prefill"], "ratio"),
        ("decode_ratio", "Decode speed over H20", speeds["decode"], "ratio"),
        (
            "h20_price",
            "Price of an H20",
            Estimate(latest["value"], dollars["low"].min(), dollars["high"].max()),
            "USD/chip",
        ),
        ("price_rise", "Reported price rise", rise, "%"),
        ("compatibility", "Compatible code", Estimate(compatible.value, *compatible.ends), "%"),
        ("energy_penalty", "Energy per token over H20", penalty, "ratio"),
        ("h20_power_price", "Power price, foreign chips", normal, "USD/kWh"),
        ("power_price", "Power price, domestic chips", cheap, "USD/kWh"),
        ("pue", "PUE", facility, "ratio"),
    ]
    origins = {
        "h20_price": latest["source"],
        "price_rise": "article-000",
        "compatibility": "article-000",
        "energy_penalty": "ft-via-greenergydaily",
        "h20_power_price": "china-briefing",
        "power_price": "ft-via-greenergydaily",
        "pue": "china-green-data-centres",
        "prefill_ratio": speeds_source[0],
        "decode_ratio": speeds_source[1],
    }
    rows = [(name, label, *e.ends, e.value, unit, "published", origins[name]) for name, label, e, unit in published]
    assumed = [
        ("prefill_share", "Prefill share of busy time", p.prefill_share, "ratio", 1.0),
        ("software_efficiency", "Software efficiency", p.software_efficiency, "ratio", 2.0),
        ("price_multiple", "950PR price over H20", p.price_multiple, "ratio", np.inf),
        ("code_size", "Code to port", p.code_size, "thousand lines", np.inf),
        ("design_modified", "Design modified", DESIGN_MODIFIED, "%", 100.0),
        ("integration_redone", "Integration redone", p.integration_redone, "%", 100.0),
        ("engineer_cost", "Cost of an engineer", p.engineer_cost, "USD/person-month", np.inf),
        ("load", "Load", p.load, "ratio", 1.0),
        ("lifetime", "Lifetime", p.lifetime, "years", np.inf),
        ("discount_rate", "Discount rate", p.discount_rate, "%/year", np.inf),
    ]
    for name, label, value, unit, top in assumed:
        low, high = value * (1 - p.spread), min(value * (1 + p.spread), top)
        rows.append((name, label, low, high, value, unit, "assumed", None))
    frame = pd.DataFrame(rows, columns=["input", "label", "low", "high", "value", "unit", "basis", "source"])
    return frame[["input", "label", "low", "value", "high", "unit", "basis", "source"]]


@traced
def central(ranges: pd.DataFrame) -> dict[str, float]:
    """Return the central value of every input."""
    return {str(k): float(v) for k, v in zip(ranges["input"], ranges["value"], strict=True)}


def slot_costs(
    x: Mapping[str, ArrayLike], basis: str, h20_watts: float, ascend_watts: float, fleet_size: float
) -> dict[str, Array]:
    """Return present costs of one H20 and of what replaces it, in USD.

    Parameters
    ----------
    x : mapping of array_like
        The inputs of `input_ranges`, scalars or arrays of one shape.
    basis : {"reported", "rated"}
        Energy of the replacement: the reported penalty on the H20's, or chips times rated power.
    h20_watts, ascend_watts : float
        Rated power of one chip, in W.
    fleet_size : float
        H20s replaced, over which porting is spread.

    Returns
    -------
    dict of ndarray
        ``chips`` (per H20), ``h20_hardware``, ``h20_energy``, ``hardware``, ``energy``, ``porting`` (for the whole
        fleet), ``h20`` and ``ascend`` (totals per replaced H20), ``relative`` (their ratio).
    """
    a = {name: np.asarray(value, float) for name, value in x.items()}
    chips = chips_per_slot(a["prefill_ratio"], a["decode_ratio"], a["prefill_share"], a["software_efficiency"])
    hours = HOURS * a["load"] * a["pue"] * annuity(a["discount_rate"], a["lifetime"])
    h20_kwh = h20_watts / 1000 * hours
    kwh = h20_kwh * a["energy_penalty"] if basis == "reported" else chips * ascend_watts / 1000 * hours
    each = a["h20_price"] * a["price_multiple"] * (1 + a["price_rise"] / 100)
    effort = porting_effort(a["compatibility"], a["code_size"], a["design_modified"], a["integration_redone"])
    out = {
        "chips": chips,
        "h20_hardware": a["h20_price"] + 0 * chips,
        "h20_energy": h20_kwh * a["h20_power_price"],
        "hardware": chips * each,
        "energy": kwh * a["power_price"],
        "porting": effort * a["engineer_cost"],
    }
    out["h20"] = out["h20_hardware"] + out["h20_energy"]
    out["ascend"] = out["hardware"] + out["energy"] + out["porting"] / fleet_size
    out["relative"] = out["ascend"] / out["h20"]
    return out


def break_even_fleet(costs: Mapping[str, Array]) -> Array:
    """Return the number of replaced H20s from which porting is paid back; infinite where each slot costs more."""
    saving = costs["h20"] - costs["hardware"] - costs["energy"]
    return np.divide(costs["porting"], saving, out=np.full_like(saving, np.inf), where=saving > 0)


def break_even_price(costs: Mapping[str, Array], x: Mapping[str, ArrayLike], fleet_size: ArrayLike) -> Array:
    """Return the price of a 950PR over an H20's at which the move costs nothing more; negative: never.

    The price is the one before the reported rise, as the parameter `price_multiple` is.
    """
    room = costs["h20"] - costs["energy"] - costs["porting"] / np.asarray(fleet_size, float)
    return room / costs["hardware"] * np.asarray(x["price_multiple"], float)


def break_even_share(
    x: Mapping[str, ArrayLike], basis: str, h20_watts: float, ascend_watts: float, fleet_size: float
) -> Array:
    r"""Return the prefill share of busy time at which both cost the same, closed form.

    The cost of the replacement is linear in the share, so :math:`f^* = (C_{H20} - C_0)/(C_1 - C_0)` with its costs
    without prefill and with prefill alone; 1 where even prefill alone does not pay, 0 where any work does.
    """
    none, only = (
        slot_costs({**x, "prefill_share": share}, basis, h20_watts, ascend_watts, fleet_size) for share in (0.0, 1.0)
    )
    saving, slope = none["h20"] - none["ascend"], only["ascend"] - none["ascend"]
    flat = np.where(saving >= 0, 0.0, 1.0)
    return np.clip(np.divide(saving, slope, out=flat, where=slope < 0), 0.0, 1.0)


@traced
def draw(
    ranges: pd.DataFrame,
    basis: str,
    watts: tuple[float, float],
    fleets: Array,
    fleet_size: float,
    draws: int,
    seed: int,
) -> dict[str, NDArray[np.float32]]:
    """Draw the cost model's inputs and return what comes of them.

    Each input is triangular between low and high with its mode at the value, independent of the others; the two speed
    ratios come from roundings of the same chips, so independence makes the result a little narrower than it is. Drawn
    in chunks of `CHUNK`, so memory stays bounded; float32 results.

    Parameters
    ----------
    ranges : pandas.DataFrame
        As `input_ranges` gives it.
    basis : str
        See `slot_costs`.
    watts : tuple of float
        Rated power of the H20 and of the replacement, W.
    fleets : ndarray
        Fleet sizes at which break-even prices are wanted, shape (k,).
    fleet_size : float
        Fleet size of ``relative``.
    draws, seed : int
        Number of draws, and seed of ``numpy.random.default_rng``.

    Returns
    -------
    dict of ndarray
        ``relative`` (draws,), ``share`` (draws,) break-even prefill shares, ``price`` (k, draws) break-even prices.
    """
    generator = np.random.default_rng(seed)
    relative, share = np.empty(draws, np.float32), np.empty(draws, np.float32)
    price = np.empty((len(fleets), draws), np.float32)
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        x = {
            str(r.input): _triangular(generator, float(r.low), float(r.value), float(r.high), size)
            for r in each(ranges)
        }
        costs = slot_costs(x, basis, *watts, fleet_size)
        part = slice(start, start + size)
        relative[part] = costs["relative"]
        share[part] = break_even_share(x, basis, *watts, fleet_size)
        for i, n in enumerate(fleets):
            price[i, part] = break_even_price(costs, x, n)
    return {"relative": relative, "share": share, "price": price}


def _triangular(generator: np.random.Generator, low: float, mode: float, high: float, size: int) -> Array:
    return generator.triangular(low, mode, high, size) if high > low else np.full(size, mode)


@traced
def summary(ranges: pd.DataFrame, sample: NDArray[np.float32], value: float, unit: str) -> Estimate:
    """Return a central value with the 5 % and 95 % quantiles of its draws."""
    low, high = np.quantile(sample, [0.05, 0.95])
    return Estimate(value, min(float(low), value), max(float(high), value), unit)


@traced
def price_quantiles(ranges: pd.DataFrame, fleets: Array, price: NDArray[np.float32], value: Array) -> pd.DataFrame:
    """Return break-even prices by fleet size: ``fleet``, ``value`` (central inputs), ``low``, ``high`` (5 and 95 %)."""
    low, high = np.quantile(price, [0.05, 0.95], axis=1)
    return pd.DataFrame({"fleet": fleets, "value": value, "low": low, "high": high})


@traced
def cost_bars(
    ranges: pd.DataFrame, shares: Mapping[str, float], basis: str, watts: tuple[float, float], fleet_size: float
) -> pd.DataFrame:
    """Return the parts of the cost of one H20 and of its replacement under several workloads.

    Returns
    -------
    pandas.DataFrame
        ``option``, ``part`` (hardware, energy, porting), ``cost`` (USD per replaced H20, present value),
        ``source`` (of the price that the part hangs on).
    """
    x = central(ranges)
    rows: list[tuple[str, str, float]] = []
    for i, (name, share) in enumerate(shares.items()):
        c = slot_costs({**x, "prefill_share": share}, basis, *watts, fleet_size)
        if i == 0:
            rows += [
                ("H20", "hardware", float(c["h20_hardware"])),
                ("H20", "energy", float(c["h20_energy"])),
                ("H20", "porting", 0.0),
            ]
        rows += [
            (name, "hardware", float(c["hardware"])),
            (name, "energy", float(c["energy"])),
            (name, "porting", float(c["porting"]) / fleet_size),
        ]
    origin = ranges.set_index("input")["source"]
    sources = {"hardware": origin["h20_price"], "energy": origin["power_price"], "porting": origin["compatibility"]}
    frame = pd.DataFrame(rows, columns=["option", "part", "cost"])
    return frame.assign(source=frame["part"].map(sources))


@traced
def tornado(ranges: pd.DataFrame, basis: str, watts: tuple[float, float], fleet_size: float) -> pd.DataFrame:
    """Return the relative cost with each input at its low and at its high end, the others central, widest first.

    Returns
    -------
    pandas.DataFrame
        ``input``, ``label``, ``basis``, ``low`` and ``high`` (of the input), ``unit``, ``at_low``, ``at_high`` and
        ``central`` (cost over the H20's).
    """
    x = central(ranges)
    middle = float(slot_costs(x, basis, *watts, fleet_size)["relative"])
    rows = [
        [
            float(slot_costs({**x, str(r.input): float(end)}, basis, *watts, fleet_size)["relative"])
            for end in (r.low, r.high)
        ]
        for r in each(ranges)
    ]
    frame = ranges[["input", "label", "basis", "low", "high", "unit", "source"]].copy()
    frame[["at_low", "at_high"]] = rows
    frame["central"] = middle
    width = (frame["at_high"] - frame["at_low"]).abs()
    return frame.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


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
