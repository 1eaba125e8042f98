"""Serving a mixture of experts that is spread over many chips: bounds of decode speed, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from parallelrun import Estimate, pick
from parallelrun.study.drawing import records
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration import Parameters
from parallelrun.themes.chip_migration.ratings import spec
from parallelrun.themes.chip_migration.serving import Chip, chip

SERVER = 8
"""Chips in a server, between which traffic is not counted."""

RESERVE = 0.1
"""Share of memory kept free of weights and cache."""

SYSTEMS = {"nvl72": "gb200", "cloudmatrix-384": "ascend-910c"}
"""Systems whose power is printed, and the chip of each."""


@dataclass(frozen=True)
class Mixture:
    """A mixture of experts at 8 bits a weight and cached element.

    Attributes
    ----------
    total, active, routed : float
        Weights: of all, those that one token uses, and those of all routed experts.
    cache : float
        Elements cached per token over all layers.
    decode_attention, prefill_attention : float
        FLOP that a token spends on each token before it: on the compressed cache, and on keys and values in full.
    traffic : float
        Bytes that a token sends to its experts, at 8 bits there and 16 bits back.
    """

    total: float
    active: float
    routed: float
    cache: float
    decode_attention: float
    prefill_attention: float
    traffic: float
    inputs: frozenset[str] = field(default=frozenset(), compare=False)

    def resident(self, spread: float) -> float:
        """Return the weights that one of ``spread`` chips holds: its share of the experts, and all else."""
        return self.total - self.routed + self.routed / spread

    def flops(self, phase: str, tokens: float) -> float:
        """Return the FLOP of one token with that many before it (decode), or of a prompt that long (prefill)."""
        seen = self.decode_attention * tokens if phase == "decode" else self.prefill_attention * tokens / 2
        return 2 * self.active + seen


@dataclass(frozen=True)
class Load:
    """What a step of decode has to do, and how much of a chip it can use: plain values, so that runs share results.

    Attributes
    ----------
    context : float
        Tokens before the one that is written.
    latency : float
        Longest time of a step, in ms.
    mfu, mbu : float
        Utilisation of peak compute and of peak bandwidth.
    overlap : bool
        Whether reading memory hides behind computing, or both follow one another. Sending hides behind them.
    """

    context: float
    latency: float
    mfu: float
    mbu: float
    overlap: bool = True

    @classmethod
    def of(cls, p: Parameters, *, overlap: bool = True) -> Load:
        """Return the load from the notebook's parameters."""
        return cls(p.context, p.token_latency, p.compute_utilisation, p.bandwidth_utilisation, overlap)


@traced
def mixture(served_models: pd.DataFrame, model: str) -> Mixture:
    """Return a mixture of experts from the table ``served_models``."""
    size = {
        quantity: pick(served_models, model=model, quantity=quantity).value or 0.0
        for quantity in served_models["quantity"]
    }
    sparse = size["layers"] - size["dense_layers"]
    latent, position, heads = size["cached_latent"], size["cached_position"], size["heads"]
    return Mixture(
        total=size["total_parameters"] * 1e9,
        active=size["active_parameters"] * 1e9,
        routed=sparse * size["routed_experts"] * 3 * size["hidden_width"] * size["expert_width"],
        cache=size["layers"] * (latent + position),
        decode_attention=2 * size["layers"] * heads * (2 * latent + position),
        prefill_attention=2 * size["layers"] * heads * (2 * size["head_width"] + position),
        traffic=sparse * size["active_experts"] * size["hidden_width"] * 3,
    )


def decode_bound(chip: Chip, model: Mixture, spread: float, load: Load) -> tuple[float, float, str]:
    r"""Return the largest batch of one chip, its tokens a second, and what binds.

    Each token takes :math:`\alpha = (2N + ac)/(Pu)` of computing, :math:`\gamma = ck/(Bv)` of reading its cache and
    :math:`\delta = m(1-8/n)/L` of sending to experts on other servers; reading the weights takes
    :math:`\beta = w(n)/(Bv)` a step. A step of batch b takes the longest of :math:`\alpha b, \beta+\gamma b, \delta b`
    if they overlap, as they do at best; without overlap computing and reading take
    :math:`\beta+(\alpha+\gamma) b`.
    b is the largest that keeps the step within the latency and that memory holds. Every resident expert is read each
    step, as it is at such batches.
    """
    compute = model.flops("decode", load.context) / (chip.rate("FP8") * load.mfu)
    weights, cache = model.resident(spread), load.context * model.cache
    read, read_cache = (part / (chip.bandwidth * load.mbu) for part in (weights, cache))
    outside = model.traffic * max(0.0, 1 - SERVER / spread)
    send = 0.0 if np.isnan(chip.interconnect) else outside / chip.interconnect
    limit = load.latency / 1000
    work = {"compute": limit / compute, "memory bandwidth": (limit - read) / read_cache}
    if not load.overlap:
        work = {"compute and memory bandwidth": (limit - read) / (compute + read_cache)}
    held = (chip.memory * (1 - RESERVE) - weights) / cache
    largest = work | {"network": limit / send if send else np.inf, "memory": held}
    binds = min(largest, key=lambda name: largest[name])
    batch = float(np.floor(largest[binds]))
    if batch < 1:
        return 0.0, 0.0, binds
    steps = (batch * compute, read + batch * read_cache)
    return batch, batch / max(max(steps) if load.overlap else sum(steps), batch * send), binds


@traced
def spread_table(chips: list[Chip], model: Mixture, chosen: float, load: Load) -> pd.DataFrame:
    """Return bounds of decode speed by the number of chips over which the experts are spread.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``name``, ``country``, ``spread``, ``batch``, ``tokens_per_second`` (a chip; missing where no
        sequence fits or none keeps to the latency), ``binds``, ``source`` (of the rate, the bandwidth or the memory
        that binds).
    """
    sources = {"compute": "fp8_compute", "memory": "memory_capacity", "network": "interconnect"}
    rows = []
    for one, spread in product(chips, sorted({*(2.0**k for k in range(3, 10)), float(chosen)})):
        batch, speed, binds = decode_bound(one, model, spread, load)
        source = one.sources.get(sources.get(binds, "memory_bandwidth"))
        rows.append((one.key, one.name, one.country, spread, batch, speed or np.nan, binds, source))
    columns = ["chip", "name", "country", "spread", "batch", "tokens_per_second", "binds", "source"]
    return pd.DataFrame(rows, columns=columns)


@traced
def speed_ratio(
    specs: pd.DataFrame, accelerators: pd.DataFrame, key: str, model: Mixture, spread: float, load: Load
) -> Estimate:
    """Return a chip's bound of decode speed over the H20's at a spread, as the ratings' rounding allows.

    Zero where the chip serves none within the latency.
    """
    ends = [
        [decode_bound(chip(specs, accelerators, one, end), model, spread, load)[1] for one in (key, "h20")]
        for end in ("value", "low", "high")
    ]
    (value, base), (low, base_low), (high, base_high) = ends
    if not base_low:
        return Estimate(0.0, 0.0, 0.0, "ratio")
    return Estimate(value / base, min(low / base_high, value / base), max(high / base_low, value / base), "ratio")


@traced
def utilisation(
    measurements: pd.DataFrame, specs: pd.DataFrame, accelerators: pd.DataFrame, model: Mixture
) -> pd.DataFrame:
    """Return what was measured, a chip, and the part of the rated dense 8-bit peak that it is.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``name``, ``country``, ``phase``, ``speed`` (tokens/s a chip), ``value``, ``low``, ``high`` (% of the
        peak), ``spread``, ``prompt``, ``latency`` (ms), ``published``, ``source``.
    """
    rows = []
    for row in records(measurements):
        one = chip(specs, accelerators, row.chip)
        part = 100 * model.flops(row.phase, row.prompt) / one.rate("FP8") / row.devices
        shares = (part * row.value, part * row.low, part * row.high)
        about = (row.spread, row.prompt, row.latency, row.published, row.source)
        rows.append((row.chip, one.name, one.country, row.phase, row.value / row.devices, *shares, *about))
    columns = ["chip", "name", "country", "phase", "speed", "value", "low", "high", "spread", "prompt", "latency"]
    return pd.DataFrame(rows, columns=[*columns, "published", "source"])


@traced
def measured_efficiency(used: pd.DataFrame, latency: float, key: str = "ascend-910c") -> Estimate:
    """Return a chip's use of its rated peak over the H20's: the median over what was measured alike, and the range.

    Alike are prefill with the same prompt, and decode within a latency (ms) at the greatest speed of each.
    """
    ratios: list[float] = []
    for phase, part in used.groupby("phase"):
        fits = part[(part["latency"] <= latency) | (phase == "prefill")]
        ours, theirs = (fits[fits["chip"] == one].sort_values("speed", ascending=False) for one in (key, "h20"))
        if phase == "decode":
            ours, theirs = ours.head(1), theirs.head(1)
        ratios += [a / b for a, b in product(ours["value"], theirs["value"])]
    if not ratios:
        return Estimate(None, 0.0, 1.0, "ratio")
    return Estimate(float(np.median(ratios)), min(ratios), max(ratios), "ratio")


@traced
def system_energy(specs: pd.DataFrame, accelerators: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Return a system's rated energy for a million written tokens, at the fastest decode measured on its chip.

    Returns
    -------
    pandas.DataFrame
        ``system``, ``chip``, ``speed`` (tokens/s a chip), ``value``, ``low``, ``high`` (kWh/million tokens),
        ``source``.
    """
    about = {row.chip: row for row in records(accelerators)}
    rows = []
    for system, key in ((s, k) for s, k in SYSTEMS.items() if s in about):
        fastest = used[(used["chip"] == key) & (used["phase"] == "decode")].nlargest(1, "speed")
        for row in records(fastest):
            power = spec(specs, system, "power") / about[system].devices
            energy = (power / Estimate(row.speed, unit="tokens/s")).counted_in("kWh/million tokens", 1 / 3.6)
            rows.append((about[system].name, key, row.speed, energy.value, *energy.ends, row.source))
    return pd.DataFrame(rows, columns=["system", "chip", "speed", "value", "low", "high", "source"])


@traced
def energy_ratio(energy: pd.DataFrame) -> Estimate:
    """Return the energy of the last system over that of the first; unbounded if there are not two."""
    if len(energy) < 2:
        return Estimate(None, 0.0, np.inf, "ratio")
    ends = records(energy.iloc[[0, -1]])
    first, last = (Estimate(row.value, row.low, row.high, "kWh/million tokens") for row in ends)
    return (last / first).to("ratio")
