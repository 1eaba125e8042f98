"""The economics of one day of serving that a provider disclosed, checked by arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced


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
        ``margin`` (% of the income at the paid share), ``break_even`` (% of the tokens paid for), ``power_of_cost``
        (%), ``cost_per_million`` and ``income_per_million`` (USD per million tokens, in and out).
    """
    q = {name: pick(serving, quantity=name) for name in serving["quantity"]}
    day_nodes = q["nodes_mean"] * 24.0
    cost = (day_nodes * q["accelerators_per_node"] * q["lease_price"]).counted_in("USD/day")
    fresh = q["input_tokens"] - q["cached_input_tokens"]
    parts = {
        "income_cached": (q["cached_input_tokens"] * q["price_cached_input"]).to("USD").counted_in("USD/day"),
        "income_input": (fresh * q["price_input"]).to("USD").counted_in("USD/day"),
        "income_output": (q["output_tokens"] * q["price_output"]).to("USD").counted_in("USD/day"),
    }
    row = power[(power["reading"] == "national") & (power["side"] == "china")].iloc[0]
    price = Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "USD/kWh")
    kilowatts = pick(inputs, quantity="node_power", country="CN") * pick(inputs, quantity="pue", country="CN")
    electricity = (day_nodes * kilowatts * price).counted_in("USD/day")
    served = (("input_tokens", "prefill_throughput"), ("output_tokens", "decode_throughput"))
    prefill, decode = (q[tokens].to("thousand tokens") / q[rate] for tokens, rate in served)
    node_seconds = prefill + decode
    tokens = (q["input_tokens"] + q["output_tokens"]).counted_in("billion tokens/day")
    income, stated = q["income"], q["cost"]
    earned = income * (paid_share / 100)
    return parts | {
        "cost": stated,
        "cost_recomputed": cost,
        "income": income,
        "income_recomputed": parts["income_cached"] + parts["income_input"] + parts["income_output"],
        "power": electricity,
        "nodes_recomputed": node_seconds.counted_in("nodes", 1 / 86_400),
        "cost_profit": ((income - stated) / stated).to("%"),
        "margin": _margin(earned, stated),
        "break_even": (stated / income).to("%"),
        "power_of_cost": (electricity / stated).to("%"),
        "cost_per_million": (stated / tokens).to("USD/million tokens"),
        "income_per_million": (income / tokens).to("USD/million tokens"),
    }


def _margin(income: Estimate, cost: Estimate) -> Estimate:
    """Return (income - cost) / income in percent; minus 100 % where nothing is earned, as a floor to show."""
    if income.value is None or income.value <= 0:
        return Estimate(-100.0, unit="%")
    return (-(cost / income) + 1.0).to("%")


@traced
def day_bars(day: dict[str, Estimate], inputs: pd.DataFrame) -> pd.DataFrame:
    """Return the bars of the disclosed day: ``bar``, ``part``, ``value``, ``low``, ``high`` (thousand USD), ``source``.

    The power's sources are those of its price, of the power of a node and of PUE.
    """
    power, cost = day["power"], day["cost"]
    inputs = inputs[inputs["quantity"].isin(["node_power", "pue"]) & (inputs["country"] == "CN")]
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
    power_sources = "; ".join(("china-briefing", *dict.fromkeys(inputs["source"])))
    frame["source"] = np.where(frame["part"] == "power", power_sources, "deepseek-serving-disclosure")
    return frame
