"""What tokens cost in the United States and in China, and how much of the difference power can explain.

`prices` compares list prices, `power` holds the arithmetic of electricity, `unit_cost` the Monte Carlo
model of a token's cost and its sensitivities, `verdicts` sets claims beside them, and `plots` draws.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter
from parallelrun.themes.cost_structure.plots import (
    plot_blended_price,
    plot_energy,
    plot_equal_score,
    plot_median_prices,
    plot_power_bound,
    plot_power_prices,
    plot_price_distribution,
    plot_price_gap,
    plot_price_performance,
    plot_sensitivity,
    plot_serving_day,
    plot_unit_cost,
)
from parallelrun.themes.cost_structure.power import (
    ecologits_check,
    energy_needed,
    energy_panels,
    energy_per_token,
    explained_curve,
    explained_ratio,
    power_prices,
    power_ratio,
    power_ratios,
    power_share,
    residual_ratio,
    typical_share,
)
from parallelrun.themes.cost_structure.prices import (
    blended_prices,
    cheaper_share,
    equal_score_ratios,
    frontier,
    frontier_chances,
    listing,
    median_history,
    median_ratio,
    pair_share,
    price_distribution,
    price_gap,
    price_ratio,
    score_and_price,
    usage_mixes,
)
from parallelrun.themes.cost_structure.unit_cost import (
    contributions,
    cost_parts,
    cost_summary,
    day_bars,
    sensitivities,
    serving_day,
    simulate,
    sobol_indices,
    tornado,
)
from parallelrun.themes.cost_structure.verdicts import (
    as_estimates,
    evidence,
    frontier_count,
    group_totals,
    mix_ratio,
    power_price_factor,
    reading_ratio,
)

__all__ = [
    "Parameters",
    "as_estimates",
    "blended_prices",
    "cheaper_share",
    "contributions",
    "cost_parts",
    "cost_summary",
    "day_bars",
    "ecologits_check",
    "energy_needed",
    "energy_panels",
    "energy_per_token",
    "equal_score_ratios",
    "evidence",
    "explained_curve",
    "explained_ratio",
    "frontier",
    "frontier_chances",
    "frontier_count",
    "group_totals",
    "listing",
    "median_history",
    "median_ratio",
    "mix_ratio",
    "pair_share",
    "plot_blended_price",
    "plot_energy",
    "plot_equal_score",
    "plot_median_prices",
    "plot_power_bound",
    "plot_power_prices",
    "plot_price_distribution",
    "plot_price_gap",
    "plot_price_performance",
    "plot_sensitivity",
    "plot_serving_day",
    "plot_unit_cost",
    "power_price_factor",
    "power_prices",
    "power_ratio",
    "power_ratios",
    "power_share",
    "price_distribution",
    "price_gap",
    "price_ratio",
    "reading_ratio",
    "residual_ratio",
    "score_and_price",
    "sensitivities",
    "serving_day",
    "simulate",
    "sobol_indices",
    "tornado",
    "typical_share",
    "usage_mixes",
]


class Parameters(parameters.Parameters):
    """Parameters of the notebook."""

    snapshot: str = parameter("2026-04-01", unit="ISO date", help="Snapshot of list prices that is looked at closely")
    us_flagship: str = parameter(
        "anthropic/claude-opus-4.6", unit="slug", help="US model whose price stands for the flagship"
    )
    cn_flagship: str = parameter(
        "deepseek/deepseek-v3.2", unit="slug", help="Chinese model whose price is set against it"
    )
    least_models: int = parameter(
        1, unit="models", help="Least number of listed models for a vendor to be counted", ge=1, le=10
    )
    confidence: float = parameter(95.0, unit="%", help="Confidence level of the intervals", ge=50.0, le=99.9)
    score_band: float = parameter(
        10.0, unit="points", help="Largest difference of Arena scores in a matched pair", ge=1.0, le=100.0
    )
    usage_week_end: str = parameter("2026-04-05", unit="ISO date", help="Last day of the week whose usage mix is taken")
    resampled: Literal["vendors", "models"] = parameter(
        "vendors", unit="", help="What is taken for independent in the intervals of price ratios"
    )
    power_reading: Literal["articles", "national", "BusinessEurope", "Europe", "subsidised"] = parameter(
        "articles", unit="", help="Power prices"
    )
    usd_per_eur: float = parameter(1.08, unit="USD/EUR", help="Exchange rate for prices in euro", ge=0.8, le=1.6)
    domestic_share: float = parameter(
        50.0, unit="%", help="Share of Chinese load on domestic chips, which take more power", ge=0.0, le=100.0
    )
    tokens_per_query: float = parameter(
        500.0, unit="tokens", help="Tokens of a query where none are disclosed", ge=10.0, le=100_000.0
    )
    output_share: float = parameter(
        25.0,
        unit="%",
        help="Output tokens among all tokens of the cost model and of the blended prices",
        ge=0.0,
        le=100.0,
    )
    power_in_rent: float = parameter(
        0.10, unit="USD/accelerator-hour", help="Power that is in the rent of an accelerator", ge=0.0, le=1.0
    )
    paid_share: float = parameter(
        100.0, unit="%", help="Share of the disclosed day's tokens that are paid for", ge=0.0, le=100.0
    )
    draws: int = parameter(20_000, unit="draws", help="Monte Carlo draws", ge=1_000, le=2_000_000)
    bootstrap_draws: int = parameter(2_000, unit="draws", help="Bootstrap draws", ge=200, le=200_000)
    sobol_exponent: int = parameter(9, unit="", help="Base-two logarithm of the Sobol sequence's length", ge=5, le=16)
    seed: int = parameter(20260417, unit="", help="Seed of every random draw", ge=0)
