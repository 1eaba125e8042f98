"""Accelerators compared: rates at each number format, ratios to the H20, the roofline and the speed of serving."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.provenance import traced

Array = NDArray[np.float64]

FORMATS = ("FP4", "FP8", "BF16")
"""Number formats of matrix arithmetic, narrowest first."""

BYTES = {"FP4": 0.5, "FP8": 1.0, "BF16": 2.0}
"""Bytes of one element; the shared scales of 4-bit blocks (about 6 % more) are left out."""

TILE = 16
"""Edge of the cube of multiply-adds that a Da Vinci core does each cycle at 16 bits (Liao et al. 2021, HPCA)."""

SPARSITY = 2.0
"""Gain of 2:4 structured sparsity over the dense rate of NVIDIA's matrix units (Mishra et al. 2021)."""

METRICS = {
    "fp4_compute": "FP4 compute",
    "fp8_compute": "FP8 compute",
    "bf16_compute": "BF16 compute",
    "memory_capacity": "Memory",
    "memory_bandwidth": "Bandwidth",
    "power": "Power",
}
"""Metrics of the specification table and what they are called in figures."""


def each(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a frame as named tuples, the index first."""
    return list(frame.itertuples())


@traced
def spec(specs: pd.DataFrame, chip: str, metric: str, engine: str = "matrix") -> Estimate:
    """Return one specification of one chip.

    Parameters
    ----------
    specs : pandas.DataFrame
        Table ``accelerator_specs``.
    chip, metric : str
        Keys of the table.
    engine : {"matrix", "matrix and vector"}
        Units whose rate is counted; matters for compute only.

    Raises
    ------
    ResultError
        If the table has no such row, for example FP4 on a chip without it.
    """
    where = {"chip": chip, "metric": metric}
    return pick(specs, **where, engine=engine) if metric.endswith("compute") else pick(specs, **where)


@traced
def ratio(specs: pd.DataFrame, chip: str, baseline: str, metric: str, engine: str = "matrix") -> Estimate:
    """Return a chip's specification over the baseline's (whose matrix rate is taken), by interval arithmetic."""
    return (spec(specs, chip, metric, engine) / spec(specs, baseline, metric)).to("ratio")


@traced
def implied_baseline(article_specs: pd.DataFrame, comparisons: pd.DataFrame) -> Estimate:
    r"""Return the H20 rate that the article's two numbers imply: :math:`R_{950}/m`, in TFLOPS.

    Parameters
    ----------
    article_specs, comparisons : pandas.DataFrame
        Tables ``chip_specs`` and ``comparisons``.
    """
    return (pick(article_specs, claim="A56") / pick(comparisons, claim="A57")).counted_in("TFLOPS", 1000)


def cube_peak(cores: ArrayLike, clock: ArrayLike) -> Array:
    r"""Return the dense 16-bit peak of Da Vinci cube cores, in TFLOPS.

    :math:`P = n f \cdot 2 \cdot 16^3`: each core does a 16 by 16 by 16 cube of multiply-adds a cycle.

    Parameters
    ----------
    cores : array_like
        Number of cube cores.
    clock : array_like
        Clock in GHz.
    """
    return np.asarray(cores, float) * np.asarray(clock, float) * 2 * TILE**3 / 1000


@traced
def bin_check(specs: pd.DataFrame) -> pd.DataFrame:
    """Compare the printed rates of both 950PR bins with those that cores and clock give.

    Returns
    -------
    pandas.DataFrame
        One row a bin and format: ``chip``, ``format``, ``printed`` and ``computed`` (TFLOPS), ``gap`` (%).
    """
    clock = spec(specs, "950pr-server", "clock").value
    rows = []
    for chip_, (format_, gain) in product(("950pr-server", "950pr-card"), (("BF16", 1), ("FP8", 2), ("FP4", 4))):
        printed = spec(specs, chip_, f"{format_.lower()}_compute").value
        computed = gain * float(cube_peak(spec(specs, chip_, "cube_cores").value or np.nan, clock or np.nan))
        rows.append((chip_, format_, printed, computed, 100 * (computed / (printed or np.nan) - 1)))
    return pd.DataFrame(rows, columns=["chip", "format", "printed", "computed", "gap"])


@traced
def pairings(specs: pd.DataFrame, article_specs: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Divide each published rate of the 950PR by each rate of the H20 that it could have been compared with.

    Returns
    -------
    pandas.DataFrame
        One row a pairing: ``bin``, ``numerator`` and ``denominator`` (formats), ``engine``, ``sparse`` (whether
        the H20's rate is the doubled one of structured sparsity), ``value``, ``low``, ``high``, ``holds`` (whether
        the interval meets that of the claim), ``off`` (%, how far the value is from the claim's), ``source`` of the
        950PR's rate.
    """
    claim = pick(comparisons, claim="A57")
    article = pick(article_specs, claim="A56").counted_in("TFLOPS", 1000)
    tops = [("printed in the article", "FP4", "as printed", article, "article-000")]
    for bin_ in ("950pr-card", "950pr-server", "950pr-roadmap"):
        rows = specs[(specs["chip"] == bin_) & specs["metric"].str.endswith("_compute")]
        tops += [
            (bin_, row.metric.split("_")[0].upper(), row.engine, spec(specs, bin_, row.metric, row.engine), row.source)
            for row in each(rows)
        ]
    result = []
    for (bin_, top, engine, rate, source), base, sparse in product(tops, ("FP8", "BF16"), (False, True)):
        if FORMATS.index(top) > FORMATS.index(base):
            continue
        quotient = rate / (spec(specs, "h20", f"{base.lower()}_compute") * (SPARSITY if sparse else 1.0))
        low, high = quotient.ends
        holds = low <= claim.ends[1] and high >= claim.ends[0]
        off = 100 * ((quotient.value or np.nan) / (claim.value or np.nan) - 1)
        result.append((bin_, top, base, engine, sparse, quotient.value, low, high, holds, off, source))
    columns = ["bin", "numerator", "denominator", "engine", "sparse", "value", "low", "high", "holds", "off", "source"]
    return pd.DataFrame(result, columns=columns)


def chance_of_match(table: pd.DataFrame, claim: Estimate) -> float:
    r"""Return the probability that at least one pairing meets the claim by accident.

    Each of the pairings is taken as log-uniform over the range that all of them span, so that one meets the claim
    with probability :math:`p_i = \ln(w_i)/\ln(r_{max}/r_{min})`, where :math:`w_i` is the ratio of the ends of claim
    and pairing together; then :math:`1 - \prod (1 - p_i)`. A rough guard against trying until something fits.

    Parameters
    ----------
    table : pandas.DataFrame
        As `pairings` gives it.
    claim : Estimate
        The claimed multiple.
    """
    width = np.log(claim.ends[1] / claim.ends[0]) + np.log(table["high"].to_numpy() / table["low"].to_numpy())
    span = np.log(table["value"].max() / table["value"].min())
    return float(1 - np.prod(1 - np.minimum(width / span, 1.0)))


@traced
def spec_table(specs: pd.DataFrame, accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return the specifications of single chips (matrix units, dense), with name, country and status of each."""
    rows = specs[specs["metric"].isin(list(METRICS)) & (specs["engine"].isna() | (specs["engine"] == "matrix"))]
    about = accelerators.loc[accelerators["devices"] == 1, ["chip", "name", "vendor", "country", "status"]]
    columns = ["chip", "name", "vendor", "country", "status", "metric", "value", "low", "high", "unit", "source"]
    return rows.merge(about, on="chip", validate="m:1")[columns].reset_index(drop=True)


@traced
def ratio_table(specs: pd.DataFrame, accelerators: pd.DataFrame, chips: tuple[str, ...]) -> pd.DataFrame:
    """Return each chip's specifications over the H20's, with intervals.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``name``, ``metric`` (with ``bf16_per_watt`` and ``bf16_per_byte`` after those of the table),
        ``value``, ``low``, ``high``, ``source`` (of the chip's figure; none for a quotient of two). A metric that one
        of the two chips lacks is left out; the H20's own rows are 1.
    """
    names = accelerators.set_index("chip")["name"]
    origins = specs[specs["engine"].isna() | (specs["engine"] == "matrix")].set_index(["chip", "metric"])["source"]
    metrics = [m for m in METRICS if m != "fp4_compute"]
    rows = []
    for key in chips:
        have = set(specs.loc[specs["chip"] == key, "metric"])
        found = {m: ratio(specs, key, "h20", m) for m in metrics if m in have}
        if {"bf16_compute", "power"} <= set(found):
            found["bf16_per_watt"] = found["bf16_compute"] / found["power"]
        if {"bf16_compute", "memory_bandwidth"} <= set(found):
            found["bandwidth_per_flop"] = found["memory_bandwidth"] / found["bf16_compute"]
        rows += [(key, names[key], m, e.value, *e.ends, origins.get((key, m))) for m, e in found.items()]
    rows += [("h20", names["h20"], m, 1.0, 1.0, 1.0, origins[("h20", m)]) for m in metrics]
    return pd.DataFrame(rows, columns=["chip", "name", "metric", "value", "low", "high", "source"])


@traced
def efficiency(specs: pd.DataFrame, accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return dense BF16 compute per kilowatt of every chip and system that has both figures, in TFLOPS/kW."""
    wide = specs[specs["engine"].isna() | (specs["engine"] == "matrix")]
    have = wide.groupby("chip")["metric"].agg(set)
    keys = [key for key in accelerators["chip"] if {"bf16_compute", "power"} <= have.get(key, set())]
    origins = specs[specs["metric"] == "power"].set_index("chip")["source"]
    rows = []
    for key in keys:
        e = (spec(specs, key, "bf16_compute") / spec(specs, key, "power")).counted_in("TFLOPS/kW", 1000)
        rows.append((key, e.value, *e.ends, origins[key]))
    frame = pd.DataFrame(rows, columns=["chip", "value", "low", "high", "source"])
    return frame.merge(accelerators[["chip", "name", "country", "devices"]], on="chip")


@traced
def launch_check(launch_claims: pd.DataFrame, specs: pd.DataFrame) -> pd.DataFrame:
    """Set what was said at the launch beside what the specifications give.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``said`` and its ``said_low``, ``said_high`` (ratio), ``found``, ``found_low``, ``found_high``
        (ratio; missing where no specification can tell), ``source``.
    """
    metrics = {"memory capacity": "memory_capacity", "power": "power"}
    rows = []
    for row in each(launch_claims):
        said = [1 + x / 100 if row.form == "increase" else x for x in (row.value, row.low, row.high)]
        found: tuple[Any, ...] = (np.nan, np.nan, np.nan)
        if row.quantity in metrics:
            e = ratio(specs, str(row.chip), str(row.baseline), metrics[str(row.quantity)])
            found = (e.value, *e.ends)
        rows.append((row.quantity, *said, *found, row.source))
    columns = ["quantity", "said", "said_low", "said_high", "found", "found_low", "found_high", "source"]
    return pd.DataFrame(rows, columns=columns)


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
    rates = tuple(float(numbers.get(f"{name.lower()}_compute", np.nan)) * 1e12 for name in FORMATS)
    return Chip(
        key,
        str(about["name"]),
        str(about["country"]),
        rates,
        float(numbers["memory_bandwidth"]) * 1e12,
        float(numbers["memory_capacity"]) * 1e9,
        float(numbers.get("power", np.nan)),
        {str(metric): str(source) for metric, source in rows["source"].items()},
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


def rated_power(chip: Chip, needed: bool = True) -> float:
    """Return a chip's rated power in W.

    Raises
    ------
    ValueError
        If it is needed and not published.
    """
    if needed and np.isnan(chip.power):
        raise ValueError(
            f"the rated power of {chip.name} is not published: "
            "set energy_basis to 'reported' or ascend_bin to '950pr-card'"
        )
    return chip.power


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
    frames = []
    for one in chips:
        ridge = one.rate(serving.precision) / one.bandwidth
        points = [("roof", np.nan, x) for x in (0.6, ridge, 1e4)]
        points += [
            ("decode", b, float(serving.decode_flops(b, context) / serving.decode_bytes(b, context))) for b in batches
        ]
        points += [("prefill", np.nan, float(serving.prefill_flops(prompt) / serving.prefill_bytes(prompt)))]
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
def speed_map(chip: Chip, baseline: Chip, serving: Serving, batches: Array, contexts: Array) -> pd.DataFrame:
    """Return the ratio of decode speeds over a grid of batches and contexts.

    Returns
    -------
    pandas.DataFrame
        ``context``, ``batch``, ``ratio``, ``capacity`` (the batch that both memories hold), ``fits``.
    """
    context, batch = np.meshgrid(contexts, batches, indexing="ij")
    value = decode_seconds(baseline, serving, batch, context) / decode_seconds(chip, serving, batch, context)
    bytes_left = min(chip.memory, baseline.memory) * (1 - serving.reserve) - serving.weight_bytes
    room = np.maximum(bytes_left / (context * serving.cache_bytes), 0.0)
    columns = {"context": context, "batch": batch, "ratio": value, "capacity": room, "fits": batch <= room}
    return pd.DataFrame({name: grid.ravel() for name, grid in columns.items()})
