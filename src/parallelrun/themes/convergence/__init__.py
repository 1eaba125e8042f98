"""Convergence: how far apart the best US and the best Chinese models are, and how well anyone can know it.

The modules are cut by concern: `ratings` (what points mean, Bradley-Terry fits, simulated battles), `boards`
(the gap on dated Arena boards), `forecasting` (state-space forecasts and their track record), `claims` (arithmetic
on what the articles print) and `plots`.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter
from parallelrun.themes.convergence.boards import (
    attach_percent,
    board_estimates,
    boards_with_china_ahead,
    distances,
    gaps,
    history_frame,
    ladder_gaps,
    largest_gap,
    lead_by_group,
    march_probability,
    move_after,
    paired,
    parity_margin,
    rank_of_printed_score,
    shelf_life,
    smallest_distance,
    stack,
    time_within,
    vendor_comparison,
)
from parallelrun.themes.convergence.claims import (
    closing_multiple,
    closing_slope,
    evidence,
    head_growth,
    implied_top_score,
    institutions_excess,
    investment_ratio,
    leads_matrix,
    notable_arithmetic,
    notable_counts,
    parity_years,
    portfolio_seen,
    printed_percents,
    readable,
    release_dates,
    segment_path,
)
from parallelrun.themes.convergence.forecasting import (
    backtest,
    coverage,
    coverage_at,
    coverage_by_model,
    forecast,
    forecast_at,
    parity_by_model,
    parity_probability,
    weekly,
)
from parallelrun.themes.convergence.plots import (
    plot_closing,
    plot_depth,
    plot_forecast,
    plot_history,
    plot_leads,
    plot_margin,
    plot_market,
    plot_meaning,
    plot_notable,
    plot_scores,
    plot_simulation,
    plot_tasks,
    plot_track_record,
)
from parallelrun.themes.convergence.ratings import (
    closing_frame,
    expected_estimate,
    fit_agreement,
    meaning_frame,
    naive_gap,
    percent_estimate,
    printed_half_widths,
    simulate_ratings,
    style_control,
    votes_estimate,
)

__all__ = [
    "Parameters",
    "attach_percent",
    "backtest",
    "board_estimates",
    "boards_with_china_ahead",
    "closing_frame",
    "closing_multiple",
    "closing_slope",
    "coverage",
    "coverage_at",
    "coverage_by_model",
    "distances",
    "evidence",
    "expected_estimate",
    "fit_agreement",
    "forecast",
    "forecast_at",
    "gaps",
    "head_growth",
    "history_frame",
    "implied_top_score",
    "institutions_excess",
    "investment_ratio",
    "ladder_gaps",
    "largest_gap",
    "lead_by_group",
    "leads_matrix",
    "march_probability",
    "meaning_frame",
    "move_after",
    "naive_gap",
    "notable_arithmetic",
    "notable_counts",
    "paired",
    "parity_by_model",
    "parity_margin",
    "parity_probability",
    "parity_years",
    "percent_estimate",
    "plot_closing",
    "plot_depth",
    "plot_forecast",
    "plot_history",
    "plot_leads",
    "plot_margin",
    "plot_market",
    "plot_meaning",
    "plot_notable",
    "plot_scores",
    "plot_simulation",
    "plot_tasks",
    "plot_track_record",
    "portfolio_seen",
    "printed_half_widths",
    "printed_percents",
    "rank_of_printed_score",
    "readable",
    "release_dates",
    "segment_path",
    "shelf_life",
    "simulate_ratings",
    "smallest_distance",
    "stack",
    "style_control",
    "time_within",
    "vendor_comparison",
    "votes_estimate",
    "weekly",
]


class Parameters(parameters.Parameters):
    """What a reader may change in the notebook."""

    board_date: str = parameter("2026-03-31", unit="ISO date", help="Day whose board of 2026 the headline is tested on")
    confidence: float = parameter(0.95, unit="", help="Level of intervals", ge=0.5, le=0.999)
    interval_inflation: float = parameter(
        1.0, unit="", help="Factor on the published intervals, which count votes only", ge=0.1, le=10
    )
    error_correlation: float = parameter(
        0.0, unit="", help="Correlation of the errors of two scores of one board", ge=-0.9, le=0.9
    )
    window_days: int = parameter(
        10, unit="days", help="Days before and after a month in which a board still speaks for it", ge=0, le=60
    )
    rating_origin: float = parameter(
        0.0, unit="points", help="Score taken as zero when a gap is put in percent", ge=-5_000, le=1_400
    )
    forecast_board: Literal["overall", "style_control", "online_elo"] = parameter(
        "overall", unit="", help="Board whose gap is forecast"
    )
    forecast_model: Literal["local level", "local linear trend", "mean-reverting"] = parameter(
        "mean-reverting", unit="", help="State-space model of the gap"
    )
    horizon_weeks: int = parameter(104, unit="weeks", help="How far ahead to forecast", ge=4, le=260)
    training_weeks: int = parameter(26, unit="weeks", help="Shortest history in the backtest", ge=12, le=60)
    draws: int = parameter(10_000, unit="", help="Simulated futures for each model", ge=100, le=10_000_000)
    points_per_decade: float = parameter(
        100.0, unit="points", help="Points gained by tenfold compute, an assumption", ge=1, le=1_000
    )
    power: float = parameter(0.8, unit="", help="Chance to detect a true gap with the votes counted", ge=0.5, le=0.999)
    simulated_votes: int = parameter(20_000, unit="votes", help="Simulated battles of the six", ge=600, le=10_000_000)
    bootstrap_samples: int = parameter(400, unit="", help="Bootstrap samples of them", ge=50, le=100_000)
    style_effect: float = parameter(
        60.0, unit="points", help="Simulated gain from the more elaborate answer", ge=0, le=400
    )
    style_lean: float = parameter(
        0.5, unit="", help="Share of battles in which the trailing model is the more elaborate", ge=0, le=1
    )
    seed: int = parameter(2026, unit="", help="Seed of every random draw", ge=0)
