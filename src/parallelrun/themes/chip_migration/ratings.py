"""Accelerators compared by what is printed of them: rates at each number format, memory, power, ratios to the H20."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from parallelrun import Estimate, pick
from parallelrun.study.drawing import records
from parallelrun.study.provenance import traced

Array = NDArray[np.float64]

FORMATS = ("FP4", "FP8", "BF16")
"""Number formats of matrix arithmetic, narrowest first."""

TILE = 16
"""Edge of the cube of multiply-adds that a Da Vinci core does each cycle at 16 bits (Liao et al. 2021, HPCA)."""

SPARSITY = 2.0
"""Gain of 2:4 structured sparsity over the dense rate of NVIDIA's matrix units (Mishra et al. 2021)."""

NO_FP4 = ("h20", "h100")
"""Chips without FP4 units: NVIDIA's Hopper generation."""

METRICS = {
    "fp4_compute": "FP4 compute",
    "fp8_compute": "FP8 compute",
    "bf16_compute": "BF16 compute",
    "memory_capacity": "Memory",
    "memory_bandwidth": "Bandwidth",
    "power": "Power",
}
"""Metrics of the specification table and what they are called in figures."""


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
    return (pick(article_specs, claim="A56") / pick(comparisons, claim="A57")).to("TFLOPS")


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
    article = pick(article_specs, claim="A56").to("TFLOPS")
    tops = [("printed in the article", "FP4", "as printed", article, "article-000")]
    for bin_ in ("950pr-card", "950pr-server", "950pr-roadmap"):
        rows = specs[(specs["chip"] == bin_) & specs["metric"].str.endswith("_compute")]
        tops += [
            (bin_, row.metric.split("_")[0].upper(), row.engine, spec(specs, bin_, row.metric, row.engine), row.source)
            for row in records(rows)
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


COMPARED = ("950pr-card", "950pr-server", "ascend-910c", "950dt")
"""Chips that are set against the H20; the first is the one on sale."""


@traced
def ratio_table(specs: pd.DataFrame, accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return the specifications of `COMPARED` chips over the H20's, with intervals.

    Returns
    -------
    pandas.DataFrame
        ``chip``, ``name``, ``metric`` (with ``bf16_per_watt`` and ``bf16_per_byte`` after those of the table),
        ``value``, ``low``, ``high``, ``source`` (of the chip's figure; none for a quotient of two). A metric that one
        of the two chips lacks is left out; the H20's own rows are 1.
    """
    names = accelerators.set_index("chip")["name"]
    origins = specs[specs["engine"].isna() | (specs["engine"] == "matrix")].set_index(["chip", "metric"])["source"]
    metrics = [m for m in METRICS if ((specs["chip"] == "h20") & (specs["metric"] == m)).any()]
    rows = []
    for key in (key for key in COMPARED if key in names.index):
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
        e = (spec(specs, key, "bf16_compute") / spec(specs, key, "power")).to("TFLOPS/kW")
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
    for row in records(launch_claims):
        said = [1 + x / 100 if row.form == "increase" else x for x in (row.value, row.low, row.high)]
        found: tuple[Any, ...] = (np.nan, np.nan, np.nan)
        if row.quantity in metrics:
            e = ratio(specs, str(row.chip), str(row.baseline), metrics[str(row.quantity)])
            found = (e.value, *e.ends)
        rows.append((row.quantity, *said, *found, row.source))
    columns = ["quantity", "said", "said_low", "said_high", "found", "found_low", "found_high", "source"]
    return pd.DataFrame(rows, columns=columns)
