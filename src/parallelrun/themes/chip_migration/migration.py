"""The move from the H20 to the Ascend 950PR: chips for the same work, their cost, and the price at which it pays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun import Estimate, pick
from parallelrun.study.drawing import records
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration import Parameters
from parallelrun.themes.chip_migration.porting import DESIGN_MODIFIED, porting_effort
from parallelrun.themes.chip_migration.serving import Chip

Array = NDArray[np.float64]

HOURS = 8760.0
CHUNK = 250_000
"""Draws held in memory at once."""

CHIPS = ("prefill_chips", "decode_chips")


def annuity(rate: ArrayLike, years: ArrayLike) -> Array:
    r"""Return the present value of 1 a year, :math:`(1-(1+r)^{-T})/r`; the rate in %."""
    r = np.asarray(rate, float) / 100
    t = np.asarray(years, float)
    safe = np.where(r == 0, 1.0, r)
    return np.where(r == 0, t, -np.expm1(-t * np.log1p(r)) / safe)


def assumptions(p: Parameters) -> dict[str, float]:
    """Return the parameters for which no range is published, by the name of the input."""
    names = ("prefill_share", "software_efficiency", "price_multiple", "code_size", "integration_redone")
    return {name: getattr(p, name) for name in (*names, "engineer_cost", "load", "lifetime", "discount_rate")}


@traced
def input_ranges(
    assumed: Mapping[str, float],
    spread: float,
    precision: str,
    speeds: Mapping[str, Estimate],
    new: Chip,
    comparisons: pd.DataFrame,
    compatibility: pd.DataFrame,
    chip_prices: pd.DataFrame,
    electricity: pd.DataFrame,
    cost_inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Return the range of every input of the cost model.

    Parameters
    ----------
    assumed : mapping of float
        As `assumptions` gives it.
    spread : float
        Half-width of each assumed input, relative to its value.
    precision : str
        Number format of weights and arithmetic.
    speeds : mapping of Estimate
        ``prefill`` and ``decode``: speed over the H20's, as modelled from ratings.
    new : Chip
        The chip with these speeds, which names their sources.
    comparisons, compatibility, chip_prices : pandas.DataFrame
        This theme's tables.
    electricity, cost_inputs : pandas.DataFrame
        Tables of the same names of ``cost_structure``.

    Returns
    -------
    pandas.DataFrame
        ``input``, ``label``, ``low``, ``value``, ``high``, ``unit``, ``basis`` (published, modelled or assumed),
        ``source``.
    """
    dollars = chip_prices[(chip_prices["chip"] == "H20") & (chip_prices["unit"] == "USD/chip")]
    latest = dollars.sort_values("as_of").iloc[-1]
    h20_price = Estimate(latest["value"], dollars["low"].min(), dollars["high"].max(), "USD/chip")

    def printed(frame: pd.DataFrame, **where: str) -> tuple[Estimate, str]:
        rows = frame[np.logical_and.reduce([frame[column] == value for column, value in where.items()])]
        return pick(rows), str(rows["source"].iloc[0])

    rate = new.sources[f"{new.native(precision).lower()}_compute"]
    ft = "ft-via-greenergydaily"
    known = [
        ("prefill_ratio", "Prefill speed over H20", "modelled", (speeds["prefill"], rate)),
        ("decode_ratio", "Decode speed over H20", "modelled", (speeds["decode"], new.sources["memory_bandwidth"])),
        ("h20_price", "Price of an H20", "published", (h20_price, str(latest["source"]))),
        ("price_rise", "Reported price rise", "published", printed(comparisons, claim="A62")),
        ("compatibility", "Compatible code", "published", printed(compatibility, claim="A60")),
        ("energy_penalty", "Energy per token over H20", "published", printed(cost_inputs, quantity="energy_penalty")),
        (
            "h20_power_price",
            "Power price, foreign chips",
            "published",
            printed(electricity, source="china-briefing", country="CN"),
        ),
        ("power_price", "Power price, domestic chips", "published", printed(electricity, source=ft)),
        ("pue", "PUE", "published", printed(cost_inputs, quantity="pue", country="CN")),
    ]
    rows = [(name, label, *e.ends, e.value, e.unit, basis, source) for name, label, basis, (e, source) in known]
    named = [
        ("prefill_share", "Prefill share of busy time", "ratio", 1.0),
        ("software_efficiency", "Software efficiency", "ratio", 2.0),
        ("price_multiple", "950PR price over H20", "ratio", np.inf),
        ("code_size", "Code to port", "thousand lines", np.inf),
        ("design_modified", "Design modified", "%", 100.0),
        ("integration_redone", "Integration redone", "%", 100.0),
        ("engineer_cost", "Cost of an engineer", "USD/person-month", np.inf),
        ("load", "Load", "ratio", 1.0),
        ("lifetime", "Lifetime", "years", np.inf),
        ("discount_rate", "Discount rate", "%/year", np.inf),
    ]
    values = {**assumed, "design_modified": DESIGN_MODIFIED}
    for name, label, unit, top in named:
        value = values[name]
        rows.append((name, label, value * (1 - spread), min(value * (1 + spread), top), value, unit, "assumed", ""))
    frame = pd.DataFrame(rows, columns=["input", "label", "low", "high", "value", "unit", "basis", "source"])
    frame["source"] = frame["source"].replace("", None)
    return frame[["input", "label", "low", "value", "high", "unit", "basis", "source"]]


@traced
def central(ranges: pd.DataFrame) -> dict[str, float]:
    """Return the central value of every input."""
    return {str(k): float(v) for k, v in zip(ranges["input"], ranges["value"], strict=True)}


def slot_costs(
    x: Mapping[str, ArrayLike],
    basis: str,
    watts: tuple[float, float, float],
    fleet_size: float,
    *,
    keeps_h20: bool = False,
) -> dict[str, Array]:
    r"""Return the chips that do one H20's work and present costs of both, in USD.

    With the share f of the H20's busy time that is prefill, prefill takes :math:`f/(r_p\eta)` chips and decode
    :math:`(1-f)/(r_d\eta)`, of the same kind or of another with its own :math:`r_d` at the same price; or decode stays
    on H20s, :math:`1-f` of them. What moving the cache between two pools takes is left out.

    Parameters
    ----------
    x : mapping of array_like
        The inputs of `input_ranges`, scalars or arrays of one shape.
    basis : {"reported", "rated"}
        Energy of the replacement: the reported penalty on the H20's, or chips times rated power; where the rated power
        of a chip is not known, the reported penalty all the same.
    watts : tuple of float
        Rated power of an H20, of a chip for prefill and of one for decode, in W; NaN if unknown.
    fleet_size : float
        H20s replaced, over which porting is spread.
    keeps_h20 : bool
        Whether decode stays on H20s.

    Returns
    -------
    dict of ndarray
        ``prefill_chips`` and ``decode_chips`` (per H20; H20s that stay among the latter), ``h20`` (cost of one),
        ``moved`` (the part of it that is replaced), ``hardware``, ``energy``, ``porting`` (for the whole fleet),
        ``replacement`` (total per replaced H20), ``relative`` (over ``h20``).
    """
    a = {name: np.asarray(value, float) for name, value in x.items()}
    f, software = a["prefill_share"], a["software_efficiency"]
    stays = 1 - f if keeps_h20 else 0.0 * f
    prefill = f / a["prefill_ratio"] / software
    with np.errstate(divide="ignore", invalid="ignore"):
        decode = np.where(f + stays < 1, (1 - f - stays) / a["decode_ratio"], 0.0) / software
    hours = HOURS * a["load"] * a["pue"] * annuity(a["discount_rate"], a["lifetime"])
    h20_kwh = watts[0] / 1000 * hours
    kwh = 0.0 * f
    for chips, part, power in ((prefill, f, watts[1]), (decode, 1 - f - stays, watts[2])):
        rated = basis == "rated" and not np.isnan(power)
        kwh = kwh + (chips * power / 1000 * hours if rated else part * h20_kwh * a["energy_penalty"])
    each = a["h20_price"] * a["price_multiple"] * (1 + a["price_rise"] / 100)
    effort = porting_effort(a["compatibility"], a["code_size"], a["design_modified"], a["integration_redone"])
    h20 = a["h20_price"] + h20_kwh * a["h20_power_price"]
    hardware, energy, porting = (prefill + decode) * each, kwh * a["power_price"], effort * a["engineer_cost"]
    replacement = stays * h20 + hardware + energy + porting / fleet_size
    return {
        "prefill_chips": prefill,
        "decode_chips": decode + stays,
        "h20": h20,
        "moved": (1 - stays) * h20,
        "hardware": hardware,
        "energy": energy,
        "porting": porting,
        "replacement": replacement,
        "relative": replacement / h20,
    }


def break_even_fleet(costs: Mapping[str, Array]) -> Array:
    """Return the number of replaced H20s from which porting is paid back; infinite where each slot costs more."""
    saving = costs["moved"] - costs["hardware"] - costs["energy"]
    return np.divide(costs["porting"], saving, out=np.full_like(saving, np.inf), where=saving > 0)


def break_even_price(costs: Mapping[str, Array], x: Mapping[str, ArrayLike], fleet_size: ArrayLike) -> Array:
    """Return the price of a new chip over an H20's at which the move costs nothing more; not above zero: never.

    Zero if the chip cannot do the work at all. The price is the one before the reported rise, as the parameter
    `price_multiple` is.
    """
    room = costs["moved"] - costs["energy"] - costs["porting"] / np.asarray(fleet_size, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = room / costs["hardware"] * np.asarray(x["price_multiple"], float)
    return np.where(np.isfinite(costs["hardware"]), price, 0.0)


def break_even_share(
    x: Mapping[str, ArrayLike], basis: str, watts: tuple[float, float, float], fleet_size: float
) -> Array:
    r"""Return the prefill share of busy time at which both cost the same, closed form.

    The cost of the replacement is linear in the share, so :math:`f^* = (C_{H20} - C_0)/(C_1 - C_0)` with its costs
    without prefill and with prefill alone; 1 where even prefill alone does not pay, 0 where any work does.
    """
    none, only = (slot_costs({**x, "prefill_share": share}, basis, watts, fleet_size) for share in (0.0, 1.0))
    saving, slope = none["h20"] - none["replacement"], only["replacement"] - none["replacement"]
    flat = np.where(saving >= 0, 0.0, 1.0)
    return np.clip(np.divide(saving, slope, out=flat, where=(slope < 0) & np.isfinite(slope)), 0.0, 1.0)


@traced
def draw(
    ranges: pd.DataFrame, basis: str, watts: tuple[float, float, float], fleet_size: float, draws: int, seed: int
) -> dict[str, NDArray[np.float32]]:
    """Draw the cost model's inputs and return what comes of them, for a fleet of the one new chip.

    Each input is triangular between low and high with its mode at the value, independent of the others; the two speed
    ratios come from roundings of the same chips, so independence makes the result a little narrower than it is. Drawn
    in chunks of `CHUNK`, so memory stays bounded; float32 results.

    Parameters
    ----------
    ranges : pandas.DataFrame
        As `input_ranges` gives it.
    basis, watts, fleet_size
        See `slot_costs`.
    draws, seed : int
        Number of draws, and seed of ``numpy.random.default_rng``.

    Returns
    -------
    dict of ndarray
        ``work`` (of an H20, that a chip does), ``relative``, ``share`` (break-even prefill shares), ``price``
        (break-even prices), each (draws,).
    """
    generator = np.random.default_rng(seed)
    out = {name: np.empty(draws, np.float32) for name in ("work", "relative", "share", "price")}
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        x = {r.input: _triangular(generator, r.low, r.value, r.high, size) for r in records(ranges)}
        costs = slot_costs(x, basis, watts, fleet_size)
        part = slice(start, start + size)
        out["work"][part] = 1 / (costs["prefill_chips"] + costs["decode_chips"])
        out["relative"][part] = costs["relative"]
        out["share"][part] = break_even_share(x, basis, watts, fleet_size)
        out["price"][part] = break_even_price(costs, x, fleet_size)
    return out


def _triangular(generator: np.random.Generator, low: float, mode: float, high: float, size: int) -> Array:
    return generator.triangular(low, mode, high, size) if high > low else np.full(size, mode)


@traced
def summary(ranges: pd.DataFrame, sample: NDArray[np.float32], value: ArrayLike, unit: str) -> Estimate:
    """Return a central value with the 5 % and 95 % quantiles of its draws."""
    low, high = np.quantile(sample, [0.05, 0.95])
    middle = float(np.asarray(value))
    return Estimate(middle, min(float(low), middle), max(float(high), middle), unit)


@traced
def with_input(ranges: pd.DataFrame, name: str, estimate: Estimate) -> pd.DataFrame:
    """Return the ranges with another value and interval of one input."""
    changed = ranges.copy()
    low, high = estimate.ends
    changed.loc[changed["input"] == name, ["low", "value", "high"]] = [low, estimate.value, high]
    return changed


@traced
def both(
    ranges: pd.DataFrame,
    kinds: Mapping[str, Estimate],
    basis: str,
    watts: tuple[float, float, float],
    fleet_size: float,
    draws: int,
    seed: int,
) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    """Return the work of an H20 that a chip does and break-even prices, with 5 to 95 % of draws, by kind of model.

    Parameters
    ----------
    ranges : pandas.DataFrame
        As `input_ranges` gives it.
    kinds : mapping of Estimate
        Kind of model to the new chip's speed of decode over the H20's.
    basis, watts, fleet_size
        See `slot_costs`.
    draws, seed : int
        See `draw`.
    """
    work, prices = {}, {}
    for kind, ratio in kinds.items():
        changed = with_input(ranges, "decode_ratio", ratio)
        sample = draw(changed, basis, watts, fleet_size, draws, seed)
        x = central(changed)
        costs = slot_costs(x, basis, watts, fleet_size)
        done = 1 / (costs["prefill_chips"] + costs["decode_chips"])
        work[kind] = summary(changed, sample["work"], done, "H20s/chip")
        prices[kind] = summary(changed, sample["price"], break_even_price(costs, x, fleet_size), "ratio")
    return work, prices


@traced
def fleets(
    ranges: pd.DataFrame,
    chips: list[Chip],
    ratios: Mapping[str, list[float]],
    basis: str,
    watts: tuple[float, float],
    fleet_size: float,
) -> pd.DataFrame:
    """Return what fleets need that prefill on the new chip and decode on one of several, by share of prefill.

    Parameters
    ----------
    ranges : pandas.DataFrame
        As `input_ranges` gives it.
    chips : list of Chip
        Chips that could decode, the new one first; H20s that are kept are added.
    ratios : mapping
        Kind of model to the speeds of decode of these chips over the H20's.
    basis : str
        See `slot_costs`.
    watts : tuple of float
        Rated power of the H20 and of the new chip, in W.
    fleet_size : float
        H20s replaced.

    Returns
    -------
    pandas.DataFrame
        ``kind``, ``fleet``, ``share`` (%), ``prefill_chips``, ``decode_chips`` (for one H20's work), ``price`` (of a
        new chip over an H20's at which the move costs nothing more; missing if none does), ``chosen`` (at the chosen
        share), ``source`` (of the decoding chip's bandwidth, or of the H20's price).
    """
    x = central(ranges)
    shares = np.unique(np.append(np.linspace(0.0, 1.0, 41), x["prefill_share"]))
    origin = ranges.set_index("input")["source"]["h20_price"]
    names = [f"{chips[0].name.split(' ')[0]} alone", *(f"decode on {one.name}" for one in chips[1:])]
    decoding = [(names[i], one.power, one.sources["memory_bandwidth"]) for i, one in enumerate(chips)]
    frames = []
    for kind, speeds in ratios.items():
        kept = ("decode on H20s kept", watts[0], origin)
        for (name, power, source), ratio in zip([*decoding, kept], [*speeds, 1.0], strict=True):
            at: dict[str, ArrayLike] = {**x, "prefill_share": shares, "decode_ratio": ratio}
            costs = slot_costs(at, basis, (*watts, power), fleet_size, keeps_h20=name == kept[0])
            price = break_even_price(costs, at, fleet_size)
            frame = pd.DataFrame({"kind": kind, "fleet": name, "share": 100 * shares} | {k: costs[k] for k in CHIPS})
            frame["price"] = np.where(np.isfinite(price) & (price > 0), price, np.nan)
            frames.append(frame.assign(chosen=shares == x["prefill_share"], source=source))
    return pd.concat(frames, ignore_index=True)


@traced
def tornado(ranges: pd.DataFrame, basis: str, watts: tuple[float, float, float], fleet_size: float) -> pd.DataFrame:
    """Return the relative cost with each input at its low and at its high end, the others central, widest first.

    Returns
    -------
    pandas.DataFrame
        ``input``, ``label``, ``basis``, ``low`` and ``high`` (of the input), ``unit``, ``at_low``, ``at_high`` and
        ``central`` (cost over the H20's).
    """
    x = central(ranges)
    middle = float(slot_costs(x, basis, watts, fleet_size)["relative"])
    rows = [
        [float(slot_costs({**x, r.input: end}, basis, watts, fleet_size)["relative"]) for end in (r.low, r.high)]
        for r in records(ranges)
    ]
    frame = ranges[["input", "label", "basis", "low", "high", "unit", "source"]].copy()
    frame[["at_low", "at_high"]] = rows
    frame["central"] = middle
    width = (frame["at_high"] - frame["at_low"]).abs()
    return frame.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
