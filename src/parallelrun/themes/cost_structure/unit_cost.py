"""A unit-cost model of tokens (energy, hardware, overhead, margin), its sensitivities, and a disclosed day.

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

from parallelrun.study.estimates import Estimate, pick
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


def _price_ratio(x: Mapping[str, Any], node: Server, domestic_share: float, power_in_rent: float) -> Any:
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
    node, table = server(serving, inputs, output_share), ranges(inputs, power, reading)
    rng = np.random.default_rng(seed)
    kept: dict[str, npt.NDArray[np.float32]] = {}
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        x = {name: triangular(rng.random(size), r.low, r.value, r.high) for name, r in _rows(table)}
        for side in SIDES:
            for part, value in unit_cost(x, side, node, domestic_share, power_in_rent).items():
                column = kept.setdefault(f"{side} {part}", np.empty(draws, dtype=np.float32))
                column[start : start + size] = value
    return pd.DataFrame(kept)


def _rows(table: pd.DataFrame) -> list[tuple[str, Any]]:
    return list(zip(table.index, table.itertuples(index=False), strict=True))


@traced
def cost_summary(draws: pd.DataFrame, column: str, over: str = "", unit: str = "", factor: float = 1.0) -> Estimate:
    """Return median, 5 % and 95 % quantile of an output of `simulate`, or of its ratio to another, times a factor."""
    values = draws[column].to_numpy(dtype=float)
    if over:
        values = values / draws[over].to_numpy(dtype=float)
    low, middle, high = np.percentile(values * factor, [5, 50, 95])
    return Estimate(float(middle), float(low), float(high), unit)


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


@traced
def sensitivities(swings: pd.DataFrame, indices: pd.DataFrame) -> pd.DataFrame:
    """Return `tornado` and `sobol_indices` side by side, in falling order of the total index."""
    return indices.merge(swings, on="name").sort_values(["total", "name"], ascending=[False, True], ignore_index=True)


@traced
def day_bars(day: dict[str, Estimate]) -> pd.DataFrame:
    """Return the bars of the disclosed day: ``bar``, ``part``, ``value``, ``low``, ``high`` (thousand USD), ``source``.

    The power's source is that of its price.
    """
    power, cost = day["power"], day["cost"]
    rest = cost - power
    parts = [
        ("cost", "power", power),
        ("cost", "rest of the lease", rest),
        ("theoretical income", "cached input", day["income_cached"]),
        ("theoretical income", "other input", day["income_input"]),
        ("theoretical income", "output", day["income_output"]),
    ]
    rows = [(bar, part, e.value, *e.ends) for bar, part, e in parts]
    frame = pd.DataFrame(rows, columns=["bar", "part", "value", "low", "high"])
    frame[["value", "low", "high"]] /= 1000
    frame["source"] = np.where(frame["part"] == "power", "china-briefing", "deepseek-serving-disclosure")
    return frame


@traced
def tornado(
    inputs: pd.DataFrame,
    power: pd.DataFrame,
    serving: pd.DataFrame,
    reading: str,
    output_share: float,
    domestic_share: float,
    power_in_rent: float,
) -> pd.DataFrame:
    """Return the modelled price ratio US over China when one input at a time goes from its low to its high end.

    The others stay at their modes. Inputs that do not vary are left out.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``at_low``, ``at_high``, ``base`` (ratio), ordered by the width of the swing.
    """
    node, table = server(serving, inputs, output_share), ranges(inputs, power, reading)
    table = table.assign(**{end: table[end].astype(float) for end in ("low", "value", "high")})
    modes = dict(zip(table.index, table["value"], strict=True))
    moving = table[table["high"] > table["low"]]

    def ratio(**change: float) -> float:
        return _price_ratio(modes | change, node, domestic_share, power_in_rent)

    rows = [(name, ratio(**{name: r.low}), ratio(**{name: r.high}), ratio()) for name, r in _rows(moving)]
    frame = pd.DataFrame(rows, columns=["name", "at_low", "at_high", "base"])
    frame["swing"] = np.abs(np.log(frame["at_high"] / frame["at_low"]))
    return frame.sort_values(["swing", "name"], ascending=[False, True], ignore_index=True)


@traced
def contributions(
    inputs: pd.DataFrame,
    power: pd.DataFrame,
    serving: pd.DataFrame,
    reading: str,
    output_share: float,
    domestic_share: float,
    power_in_rent: float,
) -> pd.DataFrame:
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
    node, table = server(serving, inputs, output_share), ranges(inputs, power, reading)
    modes = {str(name): float(value) for name, value in table["value"].items()}

    base, rows = _price_ratio(modes, node, domestic_share, power_in_rent), []
    for quantity in dict.fromkeys(table.loc[table["country"] == "US", "quantity"]):
        us, cn = f"{quantity}, US", f"{quantity}, CN"
        swapped = _price_ratio(modes | {us: modes[cn]}, node, domestic_share, power_in_rent)
        rows.append((quantity, modes[us], modes[cn], swapped, base / swapped))
    frame = pd.DataFrame(rows, columns=["quantity", "us", "cn", "ratio", "factor"])
    return frame.sort_values(["factor", "quantity"], ascending=[False, True], ignore_index=True)


@traced
def sobol_indices(
    inputs: pd.DataFrame,
    power: pd.DataFrame,
    serving: pd.DataFrame,
    reading: str,
    output_share: float,
    domestic_share: float,
    power_in_rent: float,
    exponent: int,
    seed: int,
) -> pd.DataFrame:
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
    from SALib.sample import sobol as sampling

    node, table = server(serving, inputs, output_share), ranges(inputs, power, reading)
    moving = table[table["high"] > table["low"]]
    problem = {"num_vars": len(moving), "names": list(moving.index), "bounds": [[0.0, 1.0]] * len(moving)}
    unit = sampling.sample(problem, 2**exponent, calc_second_order=False, seed=seed)
    x: dict[str, Any] = dict(zip(table.index, table["value"], strict=True))
    for i, (name, r) in enumerate(_rows(moving)):
        x[name] = triangular(unit[:, i], r.low, r.value, r.high)
    ratios = _price_ratio(x, node, domestic_share, power_in_rent)
    result = analysis.analyze(problem, np.log(ratios), calc_second_order=False, num_resamples=100, seed=seed)
    frame = pd.DataFrame(
        {
            "name": moving.index,
            "first": result["S1"],
            "first_error": result["S1_conf"],
            "total": result["ST"],
            "total_error": result["ST_conf"],
        }
    )
    return frame.sort_values(["total", "name"], ascending=[False, True], ignore_index=True)


@traced
def serving_day(
    serving: pd.DataFrame, inputs: pd.DataFrame, power: pd.DataFrame, paid_share: float
) -> dict[str, Estimate]:
    """Return the economics of the disclosed day.

    Checks: mean nodes x accelerators x 24 h x lease price gives the cost; tokens x prices give the income; tokens
    over throughputs give the nodes. Power is the node's (kW) times PUE times 24 h times the national average price.

    Returns
    -------
    dict of str to Estimate
        ``cost``, ``cost_recomputed``, ``income``, ``income_recomputed`` and its parts ``income_cached``,
        ``income_input``, ``income_output``, ``power`` (USD per day), ``nodes_recomputed``, ``cost_profit`` (%),
        ``margin`` (% of the income at the paid share), ``break_even`` (% of the tokens paid for), ``power_of_cost``,
        ``power_of_income`` (%), ``cost_per_million`` and ``income_per_million`` (USD per million tokens, in and out).
    """
    q = {name: pick(serving, quantity=name) for name in serving["quantity"]}
    day_nodes = q["nodes_mean"] * 24.0
    cost = (day_nodes * q["accelerators_per_node"] * q["lease_price"]).to("USD/day")
    fresh = q["input_tokens"] - q["cached_input_tokens"]
    parts = {
        "income_cached": (q["cached_input_tokens"] * q["price_cached_input"] * 1e3).to("USD/day"),
        "income_input": (fresh * q["price_input"] * 1e3).to("USD/day"),
        "income_output": (q["output_tokens"] * q["price_output"] * 1e3).to("USD/day"),
    }
    row = power[(power["reading"] == "national") & (power["side"] == "china")].iloc[0]
    price = Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "USD/kWh")
    kilowatts = pick(inputs, quantity="node_power", country="CN") * pick(inputs, quantity="pue", country="CN")
    electricity = (day_nodes * kilowatts * price).to("USD/day")
    node_seconds = q["input_tokens"] * 1e6 / q["prefill_throughput"] + q["output_tokens"] * 1e6 / q["decode_throughput"]
    tokens = (q["input_tokens"] + q["output_tokens"]) * 1e3
    income, stated = q["income"], q["cost"]
    earned = income * (paid_share / 100)
    return parts | {
        "cost": stated,
        "cost_recomputed": cost,
        "income": income,
        "income_recomputed": (parts["income_cached"] + parts["income_input"] + parts["income_output"]).to("USD/day"),
        "power": electricity,
        "nodes_recomputed": (node_seconds / 86_400.0).to("nodes"),
        "cost_profit": ((income - stated) / stated).to("%"),
        "margin": _margin(earned, stated),
        "break_even": (stated / income).to("%"),
        "power_of_cost": (electricity / stated).to("%"),
        "power_of_income": (electricity / income).to("%"),
        "cost_per_million": (stated / tokens).to("USD/million tokens"),
        "income_per_million": (income / tokens).to("USD/million tokens"),
    }


def _margin(income: Estimate, cost: Estimate) -> Estimate:
    """Return (income - cost) / income in percent; minus 100 % where nothing is earned, as a floor to show."""
    if income.value is None or income.value <= 0:
        return Estimate(-100.0, unit="%")
    return (-(cost / income) + 1.0).to("%")
