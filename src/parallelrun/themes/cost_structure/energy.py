"""The energy of tokens by every independent route, and the share of a list price that it makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced
from parallelrun.themes.cost_structure.power import price_of
from parallelrun.themes.cost_structure.unit_cost import fresh_share

Array = npt.NDArray[np.float64]


def ecologits_energy(
    coefficients: pd.DataFrame,
    total: float | Array,
    active: float | Array,
    tokens: float,
    tokens_per_second: float | Array = np.nan,
    first_token_seconds: float | Array = np.nan,
    pue: float | Array = 1.0,
) -> Array:
    """Return the energy of an answer in Wh by the EcoLogits method (package version 0.11.3, impacts/llm.py).

    Energy of one GPU: (alpha exp(beta B) P_active + gamma) / 1000 kWh a token. GPUs needed: 1.2 P_total
    bits / 8 bytes over the memory of one, rounded up to a power of two. To their energy comes the rest of the
    server: its power over the time of the answer, shared by the requests of a batch. All times PUE.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``name`` and ``value`` of the method's constants.
    total, active : float or array
        Parameters in billions.
    tokens : float
        Output tokens of the answer.
    tokens_per_second, first_token_seconds : float or array
        Speed of a request; where missing, time per token follows the method's regression on size and batch.
    pue : float or array
        Power usage effectiveness.
    """
    c = dict(zip(coefficients["name"], coefficients["value"], strict=True))
    active, total = np.asarray(active, dtype=float), np.asarray(total, dtype=float)
    token_energy = c["gpu_energy_alpha"] * np.exp(c["gpu_energy_beta"] * c["batch_size"]) * active
    one_gpu = tokens * (token_energy + c["gpu_energy_gamma"]) / 1000
    memory = c["memory_overhead"] * total * c["quantization_bits"] / 8
    gpus = 2 ** np.ceil(np.log2(np.ceil(memory / c["gpu_memory"])))
    regression = c["latency_alpha"] * active + c["latency_beta"] * c["batch_size"] + c["latency_gamma"]
    speed = np.asarray(tokens_per_second, dtype=float)
    first = np.nan_to_num(np.asarray(first_token_seconds, dtype=float))
    seconds = tokens * np.where(np.isnan(speed), regression, 1 / speed) + first
    server = seconds / 3600 * c["server_power"] * gpus / c["server_gpus"] / c["batch_size"]
    return 1000 * np.asarray(pue) * (server + gpus * one_gpu)


@traced
def ecologits_check(coefficients: pd.DataFrame, models: pd.DataFrame, tokens: float = 400.0) -> pd.DataFrame:
    """Return the energy of an answer by `ecologits_energy` beside what the package itself gives, in Wh.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``model``, ``listed_as``, ``low``, ``high``, ``published_low``, ``published_high``, ``source``.
    """
    frame = models[["country", "model", "listed_as", "published_low", "published_high", "source"]].copy()
    for end in ("low", "high"):
        frame[end] = ecologits_energy(
            coefficients,
            models["total_parameters"].to_numpy(dtype=float),
            models[f"active_{end}"].to_numpy(dtype=float),
            tokens,
            models["tokens_per_second"].to_numpy(dtype=float),
            models["first_token_seconds"].to_numpy(dtype=float),
            models[f"pue_{end}"].to_numpy(dtype=float),
        )
    return frame


@traced
def energy_per_token(
    disclosures: pd.DataFrame,
    coefficients: pd.DataFrame,
    models: pd.DataFrame,
    serving: pd.DataFrame,
    inputs: pd.DataFrame,
    tokens_per_query: float,
) -> pd.DataFrame:
    """Return the energy of a million tokens by every independent route, in kWh.

    Queries are divided by their tokens (by ``tokens_per_query``, and by half and by twice as many for the
    interval, where none are disclosed); throughput goes with the power of a node, kW / (tokens/s) x 10^6 / 3600,
    times PUE (of input: the rate of what did not come from a cache, since list prices are of fresh input); EcoLogits
    gives an answer of 400 tokens. Boundaries differ and are named: accelerator, facility. 1 Wh a token is 1000 kWh a
    million tokens.

    Returns
    -------
    pandas.DataFrame
        ``item``, ``tokens_kind`` (input, output, all, query), ``boundary``, ``value``, ``low``, ``high``, ``source``.
    """
    known = disclosures["tokens"].fillna(tokens_per_query)
    spread = np.where(disclosures["tokens"].isna(), 2.0, 1.0)
    scale = 1000.0
    boundary = np.where(
        disclosures["item"].str.contains("accelerator") | (disclosures["operator"] == "Serial Alice"),
        "accelerator",
        "facility",
    )
    queries = pd.DataFrame(
        {
            "item": disclosures["operator"] + ": " + disclosures["item"],
            "tokens_kind": disclosures["tokens_kind"],
            "boundary": boundary,
            "value": disclosures["value"] / known * scale,
            "low": disclosures["low"] / (known * spread) * scale,
            "high": disclosures["high"] / (known / spread) * scale,
            "source": disclosures["source"],
        }
    )
    checked = ecologits_check(coefficients, models)
    modelled = pd.DataFrame(
        {
            "item": "EcoLogits: " + checked["model"],
            "tokens_kind": "output",
            "boundary": "facility",
            "value": np.sqrt(checked["low"] * checked["high"]) / 400 * scale,
            "low": checked["low"] / 400 * scale,
            "high": checked["high"] / 400 * scale,
            "source": checked["source"],
        }
    )
    power = pick(inputs, quantity="node_power", country="CN") * pick(inputs, quantity="pue", country="CN")
    day = {name: pick(serving, quantity=name) for name in serving["quantity"]}
    fleet = day["nodes_mean"] * 86_400.0 / ((day["input_tokens"] + day["output_tokens"]) * 1e9)
    routes = {
        ("DeepSeek node: fresh input", "input"): power / (day["prefill_throughput"] * (1e3 * fresh_share(serving))),
        ("DeepSeek node: output", "output"): power / (day["decode_throughput"] * 1e3),
        ("DeepSeek fleet over a day", "all"): power * fleet,
    }
    nodes = pd.DataFrame(
        [
            (item, kind, "facility", e.value, *e.ends, "deepseek-serving-disclosure")
            for (item, kind), seconds in routes.items()
            for e in [seconds * (1e6 / 3600)]
        ],
        columns=queries.columns,
    )
    return pd.concat([queries, modelled, nodes], ignore_index=True).sort_values("value", ignore_index=True)


@traced
def energy_needed(prices: pd.DataFrame, claims: pd.DataFrame) -> Estimate:
    """Return the energy of a million input tokens at which the power prices of the article explain its price gap.

    (US price - Chinese price) / (US power price - Chinese power price), in kWh per million tokens: what would
    have to be true.
    """
    gap = pick(prices, claim="A48") - pick(prices, claim="A47")
    power = pick(claims, claim="A52") - pick(claims, claim="A51")
    return (gap / power).to("kWh/million tokens")


@traced
def power_share(energy: pd.DataFrame, power: pd.DataFrame, reading: str, now: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the share of a model's list price that power can be, for every energy estimate.

    Energy (kWh per million tokens) times the power price of the model's side (USD per kWh) over the list price of
    the tokens that the energy is of; energies of whole queries and of all tokens are set against the output price,
    which is the dearer, and against the input price for the upper end.

    Returns
    -------
    pandas.DataFrame
        ``model``, ``item``, ``tokens_kind``, ``boundary``, ``value``, ``low``, ``high`` (%), ``source``.
    """
    row = now.loc[now["model"] == model].iloc[0]
    price = price_of(power, reading, "china" if row["country"] == "CN" else "west")
    low, high = price.ends
    assert price.value is not None
    by_kind = {
        "input": ("input_price", "input_price"),
        "output": ("output_price", "output_price"),
        "query": ("output_price", "input_price"),
        "all": ("output_price", "input_price"),
    }
    dear = energy["tokens_kind"].map(lambda kind: row[by_kind[kind][0]]).astype(float)
    cheap = energy["tokens_kind"].map(lambda kind: row[by_kind[kind][1]]).astype(float)
    return pd.DataFrame(
        {
            "model": model,
            "item": energy["item"],
            "tokens_kind": energy["tokens_kind"],
            "boundary": energy["boundary"],
            "value": 100 * energy["value"] * price.value / np.sqrt(dear * cheap),
            "low": 100 * energy["low"] * low / dear,
            "high": 100 * energy["high"] * high / cheap,
            "source": energy["source"],
        }
    )


@traced
def typical_share(shares: pd.DataFrame) -> Estimate:
    """Return the median of the estimates of a model's power share (%), from the lowest to the highest end of any.

    Only estimates at the boundary of the facility, whose power somebody pays for. They are of unlike models, so that
    the median is the middle of a list and estimates no population.
    """
    paid = shares[shares["boundary"] == "facility"]
    return Estimate(float(paid["value"].median()), float(paid["low"].min()), float(paid["high"].max()), "%")


@traced
def share_by_tokens(
    disclosures: pd.DataFrame, power: pd.DataFrame, reading: str, now: pd.DataFrame, model: str
) -> pd.DataFrame:
    """Return the share of a model's list price that power can be, by the tokens that a query is taken to have.

    For queries whose tokens nobody disclosed: energy over tokens times the power price, over the output price at the
    lower end and over the input price at the upper.

    Returns
    -------
    pandas.DataFrame
        ``item``, ``tokens``, ``low``, ``high`` (%), ``source``.
    """
    row = now.loc[now["model"] == model].iloc[0]
    low, high = price_of(power, reading, "china" if row["country"] == "CN" else "west").ends
    each = disclosures[disclosures["tokens"].isna()].drop(columns="tokens")
    each = each.merge(pd.DataFrame({"tokens": np.geomspace(50, 5000, 41)}), how="cross")
    return pd.DataFrame(
        {
            "item": each["operator"] + ": " + each["item"],
            "tokens": each["tokens"],
            "low": 1e5 * each["low"] / each["tokens"] * low / row["output_price"],
            "high": 1e5 * each["high"] / each["tokens"] * high / row["input_price"],
            "source": each["source"],
        }
    )


@traced
def energy_panels(energy: pd.DataFrame, needed: Estimate, shares: list[pd.DataFrame]) -> pd.DataFrame:
    """Return energies, the energy that the price gap would need, and shares of price, as one frame.

    Returns
    -------
    pandas.DataFrame
        ``panel`` (energy, needed, share), ``item``, ``tokens_kind``, ``model``, ``value``, ``low``, ``high``,
        ``source``.
    """
    wanted = pd.DataFrame(
        [("needed", "to explain the gap", "input", needed.value, *needed.ends, "article-000")],
        columns=["panel", "item", "tokens_kind", "value", "low", "high", "source"],
    )
    parts = [energy.assign(panel="energy"), wanted, *(s.assign(panel="share") for s in shares)]
    columns = ["panel", "item", "tokens_kind", "model", "value", "low", "high", "source"]
    return pd.concat(parts, ignore_index=True)[columns]
