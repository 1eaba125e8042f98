"""Chip migration: what the comparison with the H20 rests on, what serving speed it buys, and what moving costs.

`hardware` compares specifications and serving speed, `market` follows shares, fleets and dependence, `migration`
prices the move, and the `plots_` modules draw; all of them are re-exported here.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter
from parallelrun.themes.chip_migration.evidence import evidence_table, pairing_words, times
from parallelrun.themes.chip_migration.hardware import (
    SPARSITY,
    TILE,
    Chip,
    Serving,
    attainable,
    bin_check,
    chance_of_match,
    chip,
    cube_peak,
    decode_seconds,
    efficiency,
    implied_baseline,
    largest_batch,
    launch_check,
    pairings,
    prefill_seconds,
    rated_power,
    ratio,
    ratio_table,
    roofline,
    spec,
    spec_table,
    speed_map,
    speed_ratio,
    throughput,
)
from parallelrun.themes.chip_migration.market import (
    HIGHLY_CONCENTRATED,
    dependence,
    domestic_path,
    fleet,
    fleet_compute,
    hhi,
    logistic,
    logistic_through,
    market_shares,
    non_nvidia_intensity,
    observed_domestic_share,
    parity_year,
    share_paths,
    unit_values,
    world_market,
)
from parallelrun.themes.chip_migration.migration import (
    DESIGN_MODIFIED,
    adaptation_factor,
    annuity,
    break_even_fleet,
    break_even_price,
    break_even_share,
    central,
    chips_per_slot,
    cocomo_effort,
    cost_bars,
    draw,
    effort_curve,
    input_ranges,
    porting_effort,
    price_quantiles,
    slot_costs,
    summary,
    tornado,
    untouched_curve,
    untouched_probability,
)
from parallelrun.themes.chip_migration.plots_hardware import (
    plot_balance,
    plot_chips,
    plot_pairings,
    plot_ratios,
    plot_roofline,
    plot_serving,
)
from parallelrun.themes.chip_migration.plots_market import (
    plot_dependence,
    plot_fleet,
    plot_market,
    plot_paths,
)
from parallelrun.themes.chip_migration.plots_migration import (
    plot_migration,
    plot_porting,
    plot_tornado,
)

__all__ = [
    "DESIGN_MODIFIED",
    "HIGHLY_CONCENTRATED",
    "SPARSITY",
    "TILE",
    "Chip",
    "Parameters",
    "Serving",
    "adaptation_factor",
    "annuity",
    "attainable",
    "bin_check",
    "break_even_fleet",
    "break_even_price",
    "break_even_share",
    "central",
    "chance_of_match",
    "chip",
    "chips_per_slot",
    "cocomo_effort",
    "cost_bars",
    "cube_peak",
    "decode_seconds",
    "dependence",
    "domestic_path",
    "draw",
    "efficiency",
    "effort_curve",
    "evidence_table",
    "fleet",
    "fleet_compute",
    "hhi",
    "implied_baseline",
    "input_ranges",
    "largest_batch",
    "launch_check",
    "logistic",
    "logistic_through",
    "market_shares",
    "non_nvidia_intensity",
    "observed_domestic_share",
    "pairing_words",
    "pairings",
    "parity_year",
    "plot_balance",
    "plot_chips",
    "plot_dependence",
    "plot_fleet",
    "plot_market",
    "plot_migration",
    "plot_pairings",
    "plot_paths",
    "plot_porting",
    "plot_ratios",
    "plot_roofline",
    "plot_serving",
    "plot_tornado",
    "porting_effort",
    "prefill_seconds",
    "price_quantiles",
    "rated_power",
    "ratio",
    "ratio_table",
    "roofline",
    "serving",
    "share_paths",
    "slot_costs",
    "spec",
    "spec_table",
    "speed_map",
    "speed_ratio",
    "summary",
    "throughput",
    "times",
    "tornado",
    "unit_values",
    "untouched_curve",
    "untouched_probability",
    "world_market",
]


class Parameters(parameters.Parameters):
    """What a reader may change in the notebook."""

    ascend_bin: Literal["950pr-card", "950pr-server"] = parameter(
        "950pr-card", unit="", help="Bin of the Ascend 950PR that is compared"
    )
    model_parameters: float = parameter(
        32.0, unit="billion parameters", help="Size of the dense model that is served", ge=0.1, le=40.0
    )
    weight_precision: Literal["FP4", "FP8", "BF16"] = parameter(
        "FP8", unit="", help="Number format of the weights and of the arithmetic, where the chip has it"
    )
    cache_elements: float = parameter(
        131072.0, unit="elements/token", help="Keys and values kept per token, all layers", ge=1.0, le=1e7
    )
    batch: float = parameter(32.0, unit="sequences", help="Sequences decoded together", ge=1.0, le=4096.0)
    context: float = parameter(4096.0, unit="tokens", help="Tokens in the cache of each sequence", ge=1.0, le=1e6)
    prompt: float = parameter(2048.0, unit="tokens", help="Tokens of the prompt in one prefill pass", ge=1.0, le=1e6)
    compute_utilisation: float = parameter(
        0.5, unit="ratio", help="Model FLOPs utilisation (MFU) where compute binds, both chips", ge=0.01, le=1.0
    )
    bandwidth_utilisation: float = parameter(
        0.7, unit="ratio", help="Memory bandwidth utilisation (MBU) where memory binds, both chips", ge=0.01, le=1.0
    )
    software_efficiency: float = parameter(
        0.8, unit="ratio", help="What ported software gets from the chip, relative to CUDA on the H20", ge=0.05, le=2.0
    )
    code_size: float = parameter(
        300.0, unit="thousand lines", help="Code written for CUDA in the stack that is moved", ge=1.0, le=1e5
    )
    integration_redone: float = parameter(
        30.0, unit="%", help="Integration and test redone for the whole code (COCOMO II, IM)", ge=0.0, le=100.0
    )
    engineer_cost: float = parameter(
        10000.0, unit="USD/person-month", help="Full cost of a systems engineer", ge=100.0, le=1e5
    )
    fleet_size: float = parameter(5000.0, unit="chips", help="H20s that the moved fleet replaces", ge=1.0, le=1e7)
    prefill_share: float = parameter(
        0.3, unit="ratio", help="Share of the H20s' busy time that is prefill", ge=0.0, le=1.0
    )
    price_multiple: float = parameter(
        1.0, unit="ratio", help="Price of a 950PR before the reported rise, over that of an H20", ge=0.01, le=10.0
    )
    energy_basis: Literal["reported", "rated"] = parameter(
        "reported", unit="", help="Energy per token: the reported penalty of domestic chips, or rated power"
    )
    load: float = parameter(0.6, unit="ratio", help="Share of the year that chips are busy", ge=0.01, le=1.0)
    lifetime: float = parameter(
        4.0, unit="years", help="Years of service over which costs are discounted", ge=0.5, le=15
    )
    discount_rate: float = parameter(8.0, unit="%/year", help="Discount rate", ge=0.0, le=50.0)
    spread: float = parameter(
        0.25, unit="ratio", help="Half-width of each assumed input, relative to its central value", ge=0.0, le=0.9
    )
    draws: int = parameter(20000, unit="draws", help="Monte Carlo draws", ge=100, le=2_000_000)
    seed: int = parameter(20260417, unit="", help="Seed of the random generator", ge=0, le=2**32 - 1)
    market_ceiling: float = parameter(
        50.0, unit="%", help="Ceiling of China's share in the middle diffusion scenario", ge=26.0, le=100.0
    )
    horizon_year: int = parameter(2040, unit="year", help="Last year of the scenarios", ge=2029, le=2100)


def serving(p: Parameters) -> Serving:
    """Return the served model and its load from the notebook's parameters."""
    return Serving(
        parameters=p.model_parameters * 1e9,
        precision=p.weight_precision,
        cache_elements=p.cache_elements,
        mfu=p.compute_utilisation,
        mbu=p.bandwidth_utilisation,
    )
