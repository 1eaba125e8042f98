"""The arithmetic of electricity: power prices, energy per token, and how much of a price gap power can explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced

Array = npt.NDArray[np.float64]

READINGS = ["articles", "national", "BusinessEurope", "Europe", "subsidised"]
"""Comparisons of power prices, in the order in which they are shown."""


@traced
def power_prices(claims: pd.DataFrame, electricity: pd.DataFrame, usd_per_eur: float) -> pd.DataFrame:
    """Return the power prices of every reading in USD per kWh.

    Parameters
    ----------
    claims : pandas.DataFrame
        The article's prices (claims A51 and A52).
    electricity : pandas.DataFrame
        Independent prices, in USD or EUR per kWh.
    usd_per_eur : float
        Exchange rate.

    Returns
    -------
    pandas.DataFrame
        ``reading``, ``side`` (west: US or Europe; china), ``country``, ``region``, ``value``, ``low``, ``high``,
        ``claim``, ``source``. Several rows of one side (two months, say) are one row from the lowest to the highest.
    """
    article = claims.assign(
        reading="articles", country=np.where(claims["region"].str.contains("China"), "CN", "US"), rate=1.0
    )
    euro = electricity["unit"] == "EUR/kWh"
    other = electricity.assign(rate=np.where(euro, usd_per_eur, 1.0), claim="")
    rows = pd.concat([article, other], ignore_index=True)
    rows[["value", "low", "high"]] = rows[["value", "low", "high"]].mul(rows["rate"], axis=0)
    rows["side"] = np.where(rows["country"] == "CN", "china", "west")
    grouped = rows.groupby(["reading", "side"], sort=False).agg(
        country=("country", "first"),
        region=("region", "first"),
        value=("value", "mean"),
        low=("low", "min"),
        high=("high", "max"),
        claim=("claim", "first"),
        source=("source", "first"),
    )
    order = pd.MultiIndex.from_product([READINGS, ["west", "china"]], names=["reading", "side"])
    return grouped.reindex(order).reset_index()


@traced
def power_ratio(claims: pd.DataFrame) -> Estimate:
    """Return the article's US and European over western Chinese power price, from its two ranges (A52 over A51)."""
    return (pick(claims, claim="A52") / pick(claims, claim="A51")).to("ratio")


@traced
def power_ratios(
    prices: pd.DataFrame, printed: pd.DataFrame, inputs: pd.DataFrame, domestic_share: float
) -> pd.DataFrame:
    """Return the ratio of power prices under each reading, as bought and per token.

    Per token the advantage shrinks, since domestic chips take more power for the same token: the Chinese price
    is multiplied by 1 + d (k - 1), with d the share of load on domestic chips and k the energy penalty.

    Returns
    -------
    pandas.DataFrame
        ``reading``, ``basis`` (printed, per kWh, per token), ``value``, ``low``, ``high`` (ratio west over China),
        ``source``.
    """
    penalty = pick(inputs, quantity="energy_penalty", country="CN")
    factor = (penalty - 1.0) * (domestic_share / 100) + 1.0
    stated = pick(printed, claim="A53")
    rows = [("articles, as printed", "printed", stated.value, *stated.ends, "article-000")]
    for reading in READINGS:
        west, china = (_row(prices, reading, side) for side in ("west", "china"))
        ratio = west / china
        source = prices.loc[prices["reading"] == reading, "source"].iloc[0]
        rows.append((reading, "per kWh", ratio.value, *ratio.ends, source))
        adjusted = ratio / factor
        rows.append((reading, "per token", adjusted.value, *adjusted.ends, source))
    frame = pd.DataFrame(rows, columns=["reading", "basis", "value", "low", "high", "source"])
    return frame.astype({"value": float, "low": float, "high": float})


def _row(prices: pd.DataFrame, reading: str, side: str) -> Estimate:
    row = prices[(prices["reading"] == reading) & (prices["side"] == side)].iloc[0]
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "USD/kWh")


def explained_factor(share: float | Array, ratio: float | Array) -> float | Array:
    """Return the price ratio that a difference of power prices alone explains: 1 / (1 - s (1 - 1/r)).

    A US price of 1 with an energy share s becomes 1 - s + s/r if its power is bought at 1/r of the price and
    nothing else changes. It rises from 1 at s = 0 to r at s = 1, so that r is the bound.

    Parameters
    ----------
    share : float or array
        Energy share s of the dearer price, from 0 to 1.
    ratio : float or array
        Ratio r of the power prices, above 0.
    """
    return 1 / (1 - np.asarray(share) * (1 - 1 / np.asarray(ratio)))


@traced
def explained_ratio(share: Estimate, ratio: Estimate) -> Estimate:
    """Return `explained_factor` with its interval: over the corners of share (%) and ratio, being monotone in both."""
    assert share.value is not None
    assert ratio.value is not None
    corners = [float(explained_factor(s / 100, r)) for s in share.ends for r in ratio.ends]
    value = float(explained_factor(share.value / 100, ratio.value))
    return Estimate(value, min(corners), max(corners), "ratio")


@traced
def residual_ratio(gap: Estimate, share: Estimate, ratio: Estimate) -> Estimate:
    """Return what is left of a price ratio after power: the ratio divided by `explained_ratio`."""
    return (gap / explained_ratio(share, ratio)).to("ratio")


@traced
def explained_curve(ratios: pd.DataFrame, gap: Estimate, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the price ratio that power explains at every energy share, with what there is to explain.

    Returns
    -------
    pandas.DataFrame
        ``series`` (articles, subsidised: `explained_factor` of the power ratio per kWh under that reading; price gap;
        power share: lowest and highest end of all estimates), ``share`` (%), ``value``, ``low``, ``high`` (ratio),
        ``source`` (of the power prices, the gap, or the estimate at that end).
    """
    axis = np.linspace(0, 100, 101)
    rows = ratios[(ratios["basis"] == "per kWh") & ratios["reading"].isin(["articles", "subsidised"])]
    cheap = {"articles": "article-000", "subsidised": "ft-via-greenergydaily"}
    curves = [
        pd.DataFrame(
            {"series": row.reading, "share": axis, "source": cheap[str(row.reading)]}
            | {name: explained_factor(axis / 100, getattr(row, name)) for name in ("value", "low", "high")}
        )
        for row in rows.itertuples()
    ]
    flat: list[tuple[Any, ...]] = [("price gap", x, gap.value, *gap.ends, "article-000") for x in (0.0, 100.0)]
    for end, at in (("low", shares["low"].argmin()), ("high", shares["high"].argmax())):
        flat.append(("power share", shares[end].iloc[at], np.nan, np.nan, np.nan, shares["source"].iloc[at]))
    frame = pd.DataFrame(flat, columns=["series", "share", "value", "low", "high", "source"])
    return pd.concat([*curves, frame], ignore_index=True)[list(frame.columns)]


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
    times PUE; EcoLogits gives an answer of 400 tokens. Boundaries differ and are named: accelerator, server,
    facility. 1 Wh a token is 1000 kWh a million tokens.

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
        ("DeepSeek node: input", "input"): power / (day["prefill_throughput"] * 1e3),
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
        ``model``, ``item``, ``tokens_kind``, ``value``, ``low``, ``high`` (%), ``source``.
    """
    row = now.loc[now["model"] == model].iloc[0]
    price = _row(power, reading, "china" if row["country"] == "CN" else "west")
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
            "value": 100 * energy["value"] * price.value / np.sqrt(dear * cheap),
            "low": 100 * energy["low"] * low / dear,
            "high": 100 * energy["high"] * high / cheap,
            "source": energy["source"],
        }
    )


@traced
def typical_share(shares: pd.DataFrame) -> Estimate:
    """Return the median of the estimates of a model's power share (%), from the lowest to the highest end of any."""
    return Estimate(float(shares["value"].median()), float(shares["low"].min()), float(shares["high"].max()), "%")


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


@traced
def reading_ratio(ratios: pd.DataFrame, reading: str, basis: str) -> Estimate:
    """Return the power ratio of a reading, per kWh or per token, with its interval."""
    row = ratios[(ratios["reading"] == reading) & (ratios["basis"] == basis)].iloc[0]
    return Estimate(float(row["value"]), float(row["low"]), float(row["high"]), "ratio")
