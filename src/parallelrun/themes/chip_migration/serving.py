"""The speed of serving a model: roofline, time of decode and prefill, and what memory holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.chip_migration import Parameters
from parallelrun.themes.chip_migration.ratings import FORMATS

Array = NDArray[np.float64]

BYTES = {"FP4": 0.5, "FP8": 1.0, "BF16": 2.0}
"""Bytes of one element; the shared scales of 4-bit blocks (about 6 % more) are left out."""


@dataclass(frozen=True)
class Chip:
    """What of a chip limits serving.

    Attributes
    ----------
    key, name : str
        Key in the table, and name as shown.
    country : str
        Seat of the maker.
    rates : tuple of float
        Dense peak rate of the matrix units in FLOP/s at `FORMATS`; NaN where the chip lacks the format.
    bandwidth : float
        Memory bandwidth in bytes/s.
    memory : float
        Memory in bytes.
    power : float
        Rated power in W; NaN if unknown.
    interconnect : float
        Bytes/s that it sends to chips outside its server; NaN if unknown.
    sources : dict
        Source of each specification, by the name of its metric.
    """

    key: str
    name: str
    country: str
    rates: tuple[float, ...]
    bandwidth: float
    memory: float
    power: float
    interconnect: float = np.nan
    sources: dict[str, str] = field(default_factory=dict, compare=False)
    inputs: frozenset[str] = field(default=frozenset(), compare=False)

    def native(self, precision: str) -> str:
        """Return the format in which the chip computes: the wanted one, or the next wider that it has."""
        return next(f for f in FORMATS[FORMATS.index(precision) :] if not np.isnan(self.rates[FORMATS.index(f)]))

    def rate(self, precision: str) -> float:
        """Return the rate at a format, or at the next wider one that the chip has, in FLOP/s."""
        return self.rates[FORMATS.index(self.native(precision))]

    def limits(self, precision: str, computing: NDArray[np.bool_]) -> list[str | None]:
        """Return the source of what limits the chip, for each element: its rate where computing does, else memory."""
        rate = self.sources.get(f"{self.native(precision).lower()}_compute")
        return [rate if c else self.sources.get("memory_bandwidth") for c in computing]


@traced
def chip(specs: pd.DataFrame, accelerators: pd.DataFrame, key: str, end: str = "value") -> Chip:
    """Return a chip from the tables.

    Where no rate at 8 bits is printed, it is taken as twice that at 16, and where none at 16 is, as half of that at 8,
    as on every chip here that has both.

    Parameters
    ----------
    specs, accelerators : pandas.DataFrame
        Tables ``accelerator_specs`` and ``accelerators``.
    key : str
        Key of the chip.
    end : {"value", "low", "high"}
        Which end of each specification's interval is taken; a round target has its value only.
    """
    rows = specs[(specs["chip"] == key) & (specs["engine"].isna() | (specs["engine"] == "matrix"))].set_index("metric")
    numbers = rows[end].fillna(rows["value"])
    about = accelerators.set_index("chip").loc[key]
    rates = [float(numbers.get(f"{name.lower()}_compute", np.nan)) * 1e12 for name in FORMATS]
    sources = {str(metric): str(source) for metric, source in rows["source"].items()}
    for wanted, printed, factor in (("FP8", "BF16", 2), ("BF16", "FP8", 0.5)):
        if np.isnan(rates[FORMATS.index(wanted)]):
            rates[FORMATS.index(wanted)] = factor * rates[FORMATS.index(printed)]
            sources[f"{wanted.lower()}_compute"] = sources.get(f"{printed.lower()}_compute", "")
    return Chip(
        key,
        str(about["name"]),
        str(about["country"]),
        tuple(rates),
        float(numbers["memory_bandwidth"]) * 1e12,
        float(numbers["memory_capacity"]) * 1e9,
        float(numbers.get("power", np.nan)),
        float(numbers.get("interconnect", np.nan)) * 1e9,
        sources,
    )


@dataclass(frozen=True)
class Serving:
    """A dense transformer that is served, and how well a chip is used.

    Attributes
    ----------
    parameters : float
        Weights.
    precision, cache_precision : str
        Number formats of weights and of the key-value cache.
    cache_elements : float
        Keys and values kept per token over all layers.
    query_group : float
        Query heads that share one cached head.
    mfu, mbu : float
        Utilisation of peak compute and of peak bandwidth.
    reserve : float
        Share of memory kept free of weights and cache.
    """

    parameters: float
    precision: str
    cache_elements: float
    mfu: float
    mbu: float
    cache_precision: str = "FP8"
    query_group: float = 5.0
    reserve: float = 0.1

    @classmethod
    def of(cls, p: Parameters) -> Serving:
        """Return the served model and its load from the notebook's parameters."""
        return cls(
            parameters=p.model_parameters * 1e9,
            precision=p.weight_precision,
            cache_elements=p.cache_elements,
            mfu=p.compute_utilisation,
            mbu=p.bandwidth_utilisation,
        )

    @property
    def weight_bytes(self) -> float:
        """Bytes of all weights."""
        return self.parameters * BYTES[self.precision]

    @property
    def cache_bytes(self) -> float:
        """Bytes of cache per token of context."""
        return self.cache_elements * BYTES[self.cache_precision]

    @property
    def attention_flops(self) -> float:
        """FLOP that a new token spends on each token of its context: a multiply-add for each cached element."""
        return 2 * self.cache_elements * self.query_group

    def decode_flops(self, batch: ArrayLike, context: ArrayLike) -> Array:
        """Return the FLOP of one decode step: two a weight and token, and attention."""
        return np.asarray(batch, float) * (2 * self.parameters + self.attention_flops * np.asarray(context, float))

    def decode_bytes(self, batch: ArrayLike, context: ArrayLike) -> Array:
        """Return the bytes read in one decode step: all weights once, and every sequence's cache."""
        return self.weight_bytes + np.asarray(batch, float) * np.asarray(context, float) * self.cache_bytes

    def prefill_flops(self, prompt: ArrayLike) -> Array:
        """Return the FLOP of prefill of one prompt; causal attention sees half of the prompt on average."""
        tokens = np.asarray(prompt, float)
        return tokens * (2 * self.parameters + self.attention_flops * tokens / 2)

    def prefill_bytes(self, prompt: ArrayLike) -> Array:
        """Return the bytes moved in prefill of one prompt: all weights once, and the cache written."""
        return self.weight_bytes + np.asarray(prompt, float) * self.cache_bytes


def attainable(chip: Chip, precision: str, intensity: ArrayLike) -> Array:
    r"""Return the roofline :math:`\min(P, I B)` in FLOP/s (Williams, Waterman & Patterson 2009).

    Parameters
    ----------
    chip : Chip
        The chip.
    precision : str
        Number format of the arithmetic.
    intensity : array_like
        Arithmetic intensity in FLOP/byte.
    """
    return np.minimum(chip.rate(precision), np.asarray(intensity, float) * chip.bandwidth)


def decode_seconds(chip: Chip, serving: Serving, batch: ArrayLike, context: ArrayLike) -> Array:
    """Return the time of one decode step in s: the longer of compute and memory, which overlap."""
    compute = serving.decode_flops(batch, context) / (chip.rate(serving.precision) * serving.mfu)
    memory = serving.decode_bytes(batch, context) / (chip.bandwidth * serving.mbu)
    return np.maximum(compute, memory)


def prefill_seconds(chip: Chip, serving: Serving, prompt: ArrayLike) -> Array:
    """Return the time of prefill of one prompt in s: the longer of compute and memory, which overlap."""
    compute = serving.prefill_flops(prompt) / (chip.rate(serving.precision) * serving.mfu)
    memory = serving.prefill_bytes(prompt) / (chip.bandwidth * serving.mbu)
    return np.maximum(compute, memory)


def largest_batch(chip: Chip, serving: Serving, context: ArrayLike) -> Array:
    """Return how many sequences of a context length fit beside the weights (0 if the weights do not)."""
    room = chip.memory * (1 - serving.reserve) - serving.weight_bytes
    return np.maximum(np.floor(room / (np.asarray(context, float) * serving.cache_bytes)), 0.0)


@traced
def speed_ratio(
    specs: pd.DataFrame,
    accelerators: pd.DataFrame,
    key: str,
    serving: Serving,
    *,
    batch: float = 0.0,
    context: float = 0.0,
    prompt: float = 0.0,
) -> Estimate:
    """Return how many times as fast a chip is as the H20, with the interval that the specifications' rounding allows.

    A `prompt` asks for prefill, `batch` and `context` for decode. The same utilisation holds for both chips.
    """

    def seconds(chip_key: str, end: str) -> float:
        one = chip(specs, accelerators, chip_key, end)
        return float(prefill_seconds(one, serving, prompt) if prompt else decode_seconds(one, serving, batch, context))

    value, low, high = (
        seconds("h20", theirs) / seconds(key, ours)
        for theirs, ours in (("value", "value"), ("high", "low"), ("low", "high"))
    )
    return Estimate(value, low, high, "ratio")


DECODERS = ("ascend-910c", "950dt")
"""Chips beside the 950PR on which decode could run."""


@traced
def decoders(specs: pd.DataFrame, accelerators: pd.DataFrame, key: str) -> list[Chip]:
    """Return the chips on which decode could run, the chosen one first."""
    keys = [key, *(other for other in DECODERS if (accelerators["chip"] == other).any())]
    return [chip(specs, accelerators, one) for one in keys]


def decode_ratio(baseline: Chip, other: Chip, serving: Serving, batch: float, context: float) -> float:
    """Return how many times as fast as a baseline a chip decodes a dense model at a load."""
    first, second = (float(decode_seconds(one, serving, batch, context)) for one in (baseline, other))
    return first / second


@traced
def roofline(
    chips: list[Chip], serving: Serving, batches: tuple[float, ...], context: float, prompt: float
) -> pd.DataFrame:
    """Return roofs and working points of chips, for plotting.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``country``, ``kind`` (roof, decode, prefill), ``batch``, ``intensity`` (FLOP/byte),
        ``rate`` (TFLOPS), ``source`` (of the limit that holds there).
    """
    work = [("decode", b, float(serving.decode_flops(b, context) / serving.decode_bytes(b, context))) for b in batches]
    work += [("prefill", np.nan, float(serving.prefill_flops(prompt) / serving.prefill_bytes(prompt)))]
    ridges = [one.rate(serving.precision) / one.bandwidth for one in chips]
    reach = [*ridges, *(intensity for _, _, intensity in work)]
    frames = []
    for one, ridge in zip(chips, ridges, strict=True):
        points = [("roof", np.nan, x) for x in (min(reach) / 3, ridge, max(reach) * 3)] + work
        frame = pd.DataFrame(points, columns=["kind", "batch", "intensity"])
        frame["rate"] = attainable(one, serving.precision, frame["intensity"]) / 1e12
        frame["source"] = one.limits(serving.precision, frame["intensity"].to_numpy() >= ridge)
        frames.append(frame.assign(chip=one.name, country=one.country))
    return pd.concat(frames, ignore_index=True)[["chip", "country", "kind", "batch", "intensity", "rate", "source"]]


@traced
def throughput(chips: list[Chip], serving: Serving, context: float, points: int = 60) -> pd.DataFrame:
    """Return decode speed by batch up to what fits in memory.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``country``, ``batch``, ``tokens_per_second``, ``source`` (of the limit that holds there; the last
        batch is what memory holds); empty if the weights fit on none.
    """
    frames = []
    for one in chips:
        top = float(largest_batch(one, serving, context))
        if top < 1:
            continue
        batch = np.unique(np.append(np.geomspace(1, top, points).round(2), top))
        speed = batch / decode_seconds(one, serving, batch, context)
        seconds = decode_seconds(one, serving, batch, context)
        computing = serving.decode_flops(batch, context) / (one.rate(serving.precision) * serving.mfu) >= seconds
        frame = pd.DataFrame({"chip": one.name, "country": one.country, "batch": batch, "tokens_per_second": speed})
        frame["source"] = one.limits(serving.precision, computing)
        frame.loc[frame.index[-1], "source"] = one.sources["memory_capacity"]
        frames.append(frame)
    if not frames:
        return pd.DataFrame(columns=["chip", "country", "batch", "tokens_per_second", "source"])
    return pd.concat(frames, ignore_index=True)


@traced
def speed_map(chip: Chip, baseline: Chip, serving: Serving, batch: float, context: float) -> pd.DataFrame:
    """Return the ratio of decode speeds over a grid of batches and contexts around the chosen ones.

    Returns
    -------
    pandas.DataFrame
        ``context``, ``batch``, ``ratio``, ``capacity`` (the batch that both memories hold), ``fits``.
    """
    contexts = np.geomspace(min(256.0, context / 2), max(65536.0, 2 * context), 41)
    batches = np.geomspace(1.0, max(1024.0, 2 * batch), 41)
    c, b = (grid.ravel() for grid in np.meshgrid(contexts, batches, indexing="ij"))
    value = decode_seconds(baseline, serving, b, c) / decode_seconds(chip, serving, b, c)
    bytes_left = min(chip.memory, baseline.memory) * (1 - serving.reserve) - serving.weight_bytes
    room = np.maximum(bytes_left / (c * serving.cache_bytes), 0.0)
    return pd.DataFrame({"context": c, "batch": b, "ratio": value, "capacity": room, "fits": b <= room})


def common_batches(chips: list[Chip], serving: Serving, context: float) -> tuple[float, ...]:
    """Return batches to show: 1, 8 and 32 where well below the largest that all memories hold, and that."""
    top = max(min(1024.0, *(float(largest_batch(one, serving, context)) for one in chips)), 1.0)
    return (*(batch for batch in (1.0, 8.0, 32.0) if batch < top / 2), top)
