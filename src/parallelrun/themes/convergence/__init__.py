"""Convergence: how far apart the best US and the best Chinese models are, and how well anyone can know it.

Modules by topic: `ratings` (what points mean), `boards` (the gap on dated Arena boards), `history` (how it moves),
`printed` (the articles' figures beside the boards), `forecasting`, `battles` (simulated votes), `closing` (cost and
votes), `ecosystem` (counts and market shares), `plots*` (figures) and `words` (sentences).
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter

RESULTS = {
    "gap_points_2026_03": "Best US less best Chinese score on the Arena’s default text board of {board_date}",
    "gap_points_latest": "Best US less best Chinese score on the Arena’s last default text board at hand",
    "gap_february_2025_previous_edition": "Gap of February 2025 that a reader of the previous edition of the report "
    "gives",
    "gap_february_2025_nearest": "Board gap nearest to the one that the article gives for February 2025",
    "max_gap_2025": "Largest gap of 2025 on any board",
    "boards_china_ahead": "Boards with the best Chinese model ahead; high: boards whose interval reaches zero",
    "distinct_pairs": "Distinct pairs of leading models on all boards, each kind of board by itself",
    "lead_exchanges": "Changes of the leading country from board to board, on points; high: a shared first rank as "
    "China’s",
    "lead_exchanges_2026_03": "Changes of the leading country, as lead_exchanges, on boards up to {board_date}",
    "gap_slope_overall": "Change of the gap on the overall board; interval from a bootstrap of pairs",
    "gap_slope_overall_pairs": "The same with each pair of models counted once, however many boards repeat it",
    "gap_slope_overall_blocks": "The same again; interval with four neighbouring pairs drawn together",
    "gap_slope_online_elo": "Change of the gap in online Elo; interval from a bootstrap of pairs",
    "gap_months_overall": "Months before the last overall board in which the US first had the best Chinese score of "
    "that board; ends: its interval, and the board before on which the US did not have it yet",
    "gap_months_default": "The same for the last default board; unbounded if the first board on record has it already",
    "gap_months_index": "Months from a US model of that value on Epoch’s index to the last Chinese record",
    "gap_percent_2026_03": "Gap of {board_date} in percent of the Chinese score, counted from the origin chosen",
    "expected_score_2026_03": "Expected score (wins and half the ties) of the best US against the best Chinese model "
    "at equal style, on the Arena’s default text board of {board_date}",
    "p_chinese_ahead_2026_03": "Probability that the best Chinese model is truly ahead, by the published margins; "
    "ends over a month; a millionth stands for at most that",
    "margins_to_parity_2026_03": "Factor by which the margins must grow to contain zero; low and high over the "
    "default boards of a month before and after",
    "style_control_shift": "Median change of the gap by style control over the days with both boards; ends: least "
    "and most",
    "forecast_gap_mid_2027": "Gap on the default board by mid-2027, forecast from its last day ({forecast_model})",
    "p_parity_by_end_2026": "Chance, from the last default board on, that the gap meets zero by the end of 2026; "
    "ends: parameters",
    "forecast_crps_ratio": "CRPS of past {forecast_model} forecasts over that of no change; interval from blocks of "
    "origins",
    "backtest_coverage": "Share of outcomes inside the 95 % intervals of past {forecast_model} forecasts, at all "
    "horizons",
    "gap_move_12_months": "Median change of the gap on the overall board in twelve months, with the 10 and 90 % "
    "quantiles",
    "days_within_25_points": "Share of recorded days with a gap of at most 25 points on the overall board",
    "ladder_gap_tenth_2026_03": "Gap between the tenth-best models of each country, default board up to {board_date}",
    "code_gap_2026_04": "Gap on the code arena at its last reading",
    "arenas_china_leads": "Arenas whose interval puts China ahead at their last reading",
    "chinese_models_top_twenty": "Chinese models among the first twenty of the last board; low and high over all "
    "boards",
    "institutions_excess": "Chinese and US institutions of the article less the twenty places that they share",
    "gap_open_weights": "Best US less best Chinese score among models with open weights, last board with licences",
    "gap_closed_weights": "Best US less best Chinese score among models with closed weights, last board with licences",
    "implied_top_chinese_score": "Best Chinese score that the article’s US lead and gap of March 2026 imply",
    "slope_for_ten_times": "Points per tenfold compute at which ten times closes the gap",
    "closing_multiple": "Times the compute that closes the gap at {points_per_decade:g} points per tenfold, an "
    "assumption",
    "slope_if_all_compute": "Points per tenfold compute if the US head grew by compute alone, and that as the "
    "world’s did",
    "votes_to_see_gap": "Direct battles without ties that tell the gap from zero at the chosen level and power",
    "margin_over_votes_alone": "Published half-width over that of votes without ties: median, 10 and 90 % quantiles",
    "simulated_coverage": "Simulated: share of sandwich intervals that contain the truth; low and high over the six",
    "implied_chinese_notable": "Chinese notable models of 2025 that Alibaba’s count and share imply",
    "notable_excess": "Models of the named US vendors and of China beyond the article’s world total",
    "alibaba_share_of_chinese_notable": "Alibaba’s count over China’s total as other readers have it",
    "years_to_parity_apis": "Years after 2024 until equal shares in generic LLM APIs by log odds, by the article’s "
    "shares",
    "years_to_parity_vertical": "Years after 2024 until equal shares in vertical AI by log odds, by the article’s "
    "shares",
    "years_to_parity_consumer": "Years after 2024 until equal shares in consumer apps by log odds, by the article’s "
    "shares",
    "investment_ratio_us_cn": "US over Chinese private AI investment in 2025, US by the article, China by another "
    "reader",
}
"""What each recorded result means; parameters in braces."""


class Parameters(parameters.Parameters):
    """What a reader may change in the notebook."""

    board_date: str = parameter("2026-03-31", unit="ISO date", help="Day whose default board the headline is tested on")
    confidence: float = parameter(0.95, unit="", help="Level of intervals", ge=0.5, le=0.999)
    interval_inflation: float = parameter(
        1.0, unit="", help="Factor on the published intervals, which count votes only", ge=0.1, le=10
    )
    error_correlation: float = parameter(
        0.0, unit="", help="Correlation of the errors of two scores of one board", ge=-0.9, le=0.9
    )
    window_days: int = parameter(
        10, unit="days", help="Days around a month in which a board still speaks for it", ge=0, le=60
    )
    rating_origin: float = parameter(
        0.0, unit="points", help="Score taken as zero when a gap is put in percent", ge=-5_000, le=1_400
    )
    forecast_board: Literal["overall", "style_control", "online_elo"] = parameter(
        "overall", unit="", help="Board whose gap is forecast"
    )
    forecast_model: Literal["releases", "local level", "local linear trend", "mean-reverting"] = parameter(
        "releases", unit="", help="Forecast by"
    )
    horizon_weeks: int = parameter(104, unit="weeks", help="How far ahead to forecast", ge=4, le=260)
    training_weeks: int = parameter(26, unit="weeks", help="Shortest history in the backtest", ge=12, le=60)
    draws: int = parameter(10_000, unit="", help="Simulated futures of the gap", ge=100, le=200_000)
    points_per_decade: float = parameter(
        100.0, unit="points", help="Points gained by tenfold compute, an assumption", ge=1, le=1_000
    )
    power: float = parameter(0.8, unit="", help="Chance to detect a true gap with the votes counted", ge=0.5, le=0.999)
    simulated_votes: int = parameter(20_000, unit="votes", help="Simulated battles of the six", ge=600, le=10_000_000)
    bootstrap_samples: int = parameter(400, unit="", help="Bootstrap samples of them", ge=50, le=100_000)
    seed: int = parameter(2026, unit="", help="Seed of every random draw", ge=0)
