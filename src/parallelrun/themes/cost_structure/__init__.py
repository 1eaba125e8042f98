"""What tokens cost in the United States and in China, and how much of the difference power can explain.

`prices` compares list prices, `scores` sets them beside Arena scores, `mixes` blends them, and `sellers` holds the
model fixed, or the work; `power` and `energy` hold the arithmetic of electricity, `unit_cost` the Monte Carlo model
of a token's cost, `sensitivity` what matters in it, and `disclosed` one provider's day. `plots_prices`, `plots_power`
and `plots_costs` draw, and `words` says what was found.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter

RESULTS = {
    "price_ratio_flagship": "US over Chinese input price from the article's two prices, with what their rounding "
    "allows",
    "price_ratio_median_input": "ratio of median input list prices, US over China, on {snapshot}, with bootstrap "
    "interval over {resampled}",
    "price_ratio_median_output": "ratio of median output list prices, US over China, on {snapshot}, with bootstrap "
    "interval over {resampled}",
    "pairs_beyond_printed": "share of all US-Chinese pairs of models whose input prices differ at least by the "
    "article's ratio",
    "pairs_us_cheaper": "share of all US-Chinese pairs of models in which the US model's input price is the lower one",
    "frontier_chinese_models": "Chinese models on the price-performance frontier; interval: 95 % of draws of the "
    "scores",
    "median_input_price_us": "median input list price of US models on {snapshot}, with its order-statistic interval",
    "median_input_price_cn": "median input list price of Chinese models on {snapshot}, with its order-statistic "
    "interval",
    "price_ratio_equal_score": "input price ratio US over China at equal Arena score, regression over all listed "
    "models, superseded ones too",
    "price_ratio_equal_score_undominated": "input price ratio US over China at equal Arena score, regression over "
    "models that their own vendor does not undercut",
    "price_ratio_cheapest_at_score": "cheapest US over cheapest Chinese input price at a score or better; median, "
    "lowest and highest over the scores that both reach",
    "price_ratio_matched": "input price ratio over pairs of all listed models within {score_band:.3g} Arena points",
    "same_model_price_ratio": "price of a Chinese model at a US host over its own vendor's; median and middle 90 % of "
    "the pairs",
    "task_cost_ratio": "cost of a solved exercise with the cheapest US over the cheapest Chinese model at a success "
    "or better; median, lowest and highest over the successes that both reach",
    "price_ratio_observed_mix": "blended list price ratio, US over Chinese ranked models, at the observed mix; ends: "
    "lowest and highest of all mixes, no sampling interval",
    "power_ratio": "US and European over western Chinese power price from the article's two ranges, varying freely",
    "power_ratio_national": "US over Chinese average industrial power price",
    "power_ratio_subsidised_per_token": "power cost ratio per token, US average over subsidised western China, after "
    "the chips' energy penalty",
    "price_halving_us": "months in which the cheapest US price at {fixed_score:.0f} points halves, on the days "
    "when both countries have such a model; interval of the trend",
    "price_halving_cn": "the same for the cheapest Chinese price",
    "carbon_us": "carbon of a million tokens on the average US grid: middle, lowest and highest of unlike estimates",
    "carbon_cn": "carbon of a million tokens on the average Chinese grid: middle, lowest and highest of unlike "
    "estimates",
    "carbon_ratio_per_kwh": "carbon of a Chinese over that of a US kilowatt-hour: median, lowest and highest of "
    "readings",
    "energy_needed": "energy of a million input tokens at which the article's power prices would explain its price gap",
    "power_share_of_price": "share of the list price of {us_flagship} that power can be: middle, lowest and highest "
    "of a list of unlike estimates, at {tokens_per_query:.4g} tokens a query where none are disclosed",
    "power_share_of_price_chinese": "share of the list price of {cn_flagship} that power can be: middle, lowest and "
    "highest of a list of unlike estimates, at {tokens_per_query:.4g} tokens a query where none are disclosed",
    "explained_ratio": "price ratio that the article's power ratio explains at the estimated power share",
    "residual_ratio_after_power": "price ratio left for everything else after power",
    "residual_ratio_bound": "price ratio left at the article's power ratio even if power were the whole cost",
    "unit_cost_us": "modelled US unit cost without margin, as much input cached as on the disclosed day; 90 % interval",
    "unit_cost_cn": "modelled Chinese unit cost without margin, as much input cached as on the disclosed day; 90 % "
    "interval",
    "unit_cost_us_fresh": "modelled US unit cost without margin, all input fresh; 90 % interval",
    "unit_cost_cn_fresh": "modelled Chinese unit cost without margin, all input fresh; 90 % interval",
    "list_ratio_reached": "share of the model's draws whose price ratio is at least that of the flagships' list prices",
    "list_price_ratio": "list price of {us_flagship} over that of {cn_flagship} at the model's mix",
    "unit_price_ratio": "modelled price ratio US over China, 90 % interval",
    "power_share_of_cost": "share of the modelled US cost that is power, 90 % interval",
    "sobol_power": "sum of total Sobol indices of power price, PUE, node power and energy penalty, both sides",
    "sobol_margin": "sum of total Sobol indices of the two margins",
    "power_price_factor": "factor of the modelled price ratio that goes if the US side pays the Chinese power price",
    "disclosed_margin": "margin of the disclosed day if {paid_share:.3g} % of the tokens are paid at list price",
    "disclosed_power_share": "share of the disclosed cost that is power, from server power, PUE and national price",
    "disclosed_break_even": "share of the day's tokens that must be paid at list price to cover the cost",
}
"""What each recorded result means; parameters stand in braces."""


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
    offered: Literal["undominated", "all", "cheapest"] = parameter(
        "undominated", unit="", help="Models that count at equal score"
    )
    fixed_score: float = parameter(
        1350.0, unit="points", help="Score of October 2026 at which prices are followed", ge=1000.0, le=1500.0
    )
    usage_week_end: str = parameter("2026-04-05", unit="ISO date", help="Last day of the week whose usage mix is taken")
    resampled: Literal["vendors", "models"] = parameter(
        "vendors", unit="", help="What is taken for independent in the intervals of price ratios"
    )
    power_reading: Literal["articles", "national", "BusinessEurope", "Europe", "subsidised", "green"] = parameter(
        "articles", unit="", help="Tariffs"
    )
    usd_per_eur: float = parameter(1.08, unit="USD/EUR", help="Exchange rate for prices in euro", ge=0.8, le=1.6)
    domestic_share: float = parameter(
        50.0, unit="%", help="Chinese load on domestic chips, which take more power", ge=0.0, le=100.0
    )
    tokens_per_query: float = parameter(
        500.0, unit="tokens", help="Tokens of a query where none are disclosed", ge=10.0, le=100_000.0
    )
    output_share: float = parameter(25.0, unit="%", help="Output tokens among all tokens of a mix", ge=0.0, le=100.0)
    power_in_rent: float = parameter(
        0.10, unit="USD/accelerator-hour", help="Power that is in the rent of an accelerator", ge=0.0, le=1.0
    )
    paid_share: float = parameter(
        100.0, unit="%", help="Tokens of the disclosed day that are paid for", ge=0.0, le=100.0
    )
    draws: int = parameter(20_000, unit="draws", help="Monte Carlo draws", ge=1_000, le=2_000_000)
    bootstrap_draws: int = parameter(2_000, unit="draws", help="Bootstrap draws", ge=200, le=200_000)
    sobol_exponent: int = parameter(9, unit="", help="Base-two logarithm of the Sobol sequence's length", ge=5, le=16)
    seed: int = parameter(20260417, unit="", help="Seed of every random draw", ge=0)
