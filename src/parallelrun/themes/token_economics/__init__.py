"""Token economics: whose models handle a platform's tokens, what the printed shares imply, what the tokens earn.

`model` holds the arithmetic of the printed figures, `rankings` that of the weekly rankings, `plots` the figures.
Tokens are in trillions, prices in USD a million tokens, so that their product is in million USD.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter
from parallelrun.themes.token_economics.model import (
    equal_text_ratio,
    first_week,
    hhi,
    implied_total,
    listed_ratio,
    lorenz,
    own_use,
    own_use_curve,
    parity_intensity,
    parity_split,
    previous_week,
    printed,
    printed_free_share,
    ratio_by_split,
    ratio_surface,
    split_ratio,
    tokenizer_range,
    top_sum,
    unclassified,
)
from parallelrun.themes.token_economics.plots import (
    plot_concentration,
    plot_first_nine,
    plot_free,
    plot_free_exits,
    plot_mix,
    plot_ratio,
    plot_revenue,
    plot_top_models,
    plot_users,
    plot_volumes,
    plot_weeks,
)
from parallelrun.themes.token_economics.rankings import (
    attributed,
    chinese_places,
    compare_with_press,
    concentration,
    countings,
    coverage,
    exact_matches,
    free_exits,
    free_share,
    free_volumes,
    growth,
    largest_difference,
    longest_run,
    paid_price_ratio,
    paid_ratio,
    price_of_tokens,
    priced_as_paid,
    retained,
    revenue,
    revenue_ratio,
    revenue_shares,
    runs,
    share_of_all_weeks,
    token_mix,
    week_ratio,
    week_share,
    weekly,
    weeks_ahead,
)

__all__ = [
    "Parameters",
    "attributed",
    "chinese_places",
    "compare_with_press",
    "concentration",
    "countings",
    "coverage",
    "equal_text_ratio",
    "exact_matches",
    "first_week",
    "free_exits",
    "free_share",
    "free_volumes",
    "growth",
    "hhi",
    "implied_total",
    "largest_difference",
    "listed_ratio",
    "longest_run",
    "lorenz",
    "own_use",
    "own_use_curve",
    "paid_price_ratio",
    "paid_ratio",
    "parity_intensity",
    "parity_split",
    "plot_concentration",
    "plot_first_nine",
    "plot_free",
    "plot_free_exits",
    "plot_mix",
    "plot_ratio",
    "plot_revenue",
    "plot_top_models",
    "plot_users",
    "plot_volumes",
    "plot_weeks",
    "previous_week",
    "price_of_tokens",
    "priced_as_paid",
    "printed",
    "printed_free_share",
    "ratio_by_split",
    "ratio_surface",
    "retained",
    "revenue",
    "revenue_ratio",
    "revenue_shares",
    "runs",
    "share_of_all_weeks",
    "split_ratio",
    "token_mix",
    "tokenizer_range",
    "top_sum",
    "unclassified",
    "week_ratio",
    "week_share",
    "weekly",
    "weeks_ahead",
]


class Parameters(parameters.Parameters):
    """Parameters of the token economics notebook."""

    unclassified_us_share: float = parameter(
        50.0, unit="%", help="part of the tokens that nobody classified taken to be of US models", ge=0, le=100
    )
    tokenizer_ratio: float = parameter(
        1.0,
        unit="",
        help="tokens that a Chinese model's tokenizer makes of a text for each one of a US model's",
        ge=0.5,
        le=2,
    )
    tokenizer_spread: float = parameter(
        30.0, unit="%", help="how far the tokenizer ratio may lie above or below", ge=0, le=90
    )
    user_intensity: float = parameter(
        1.0, unit="", help="tokens of a user in China for each one of a user elsewhere", ge=0.01, le=100
    )
    ranking_length: int = parameter(10, unit="places", help="places of each weekly ranking that count", ge=7, le=10)
    unnamed_models: Literal["other", "CN", "US"] = parameter(
        "other", unit="", help="country to which anonymous models in the ranking are put"
    )
    list_coverage: float = parameter(
        55.0,
        unit="%",
        help="part of the platform's tokens in the ranking, in weeks without a printed total",
        ge=20,
        le=100,
    )
    cached_without_price: float = parameter(
        0.5, unit="", help="price of a cached token where none is listed, as a part of the prompt price", ge=0, le=1
    )
    weeks_after_free: int = parameter(
        4, unit="weeks", help="weeks for which a model is followed after its free offer", ge=1, le=8
    )
