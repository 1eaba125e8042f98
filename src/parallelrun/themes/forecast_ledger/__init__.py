"""Forecast ledger: every forecast frozen with what it saw, and set beside what came.

Modules by topic: `series` (what is forecast), `forecasters` (how), `ledger` (freezing, replay, resolution), `scoring`
(what resolved forecasts are worth), `voids` (what those that nothing resolved leave open), `articles` (the articles'
own forecasts), `plots` and `words`.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter

RESULTS = {
    "forecasts_resolved": "Frozen forecasts that data had resolved by {today}",
    "forecasts_open": "Frozen forecasts that were still open on {today}",
    "forecasts_void": "Frozen forecasts whose series ended or paused when they were due",
    "forecasts_in_advance": "Frozen forecasts that were written down before their due day",
    "replay_difference": "Largest difference between the forecasts of {replay_day} as frozen and as made again, in "
    "their units; 0 but for rounding",
    "crps_ratio_no_change": "CRPS of {model} over that of no change on {series}, up to {longest_weeks} weeks ahead",
    "crps_ratio_trend": "CRPS of {model} over that of the trend on {series}, up to {longest_weeks} weeks ahead",
    "coverage_95": "Outcomes inside the 95 % intervals of {model} on {series}; interval as if only windows apart count",
    "void_share": "Part of the forecasts whose day has come that nothing resolved",
    "coverage_95_with_void": "The same coverage had all void outcomes lain outside, or inside, the intervals",
    "crps_ratio_with_void": "CRPS of {model} over that of no change on {series}, had void outcomes come where it suits "
    "the one or the other best, within the 95 % intervals of the two",
    "newest_forecast": "Forecast by {model} of {newest_series} for the day resolved last, at least "
    "{newest_weeks} weeks ahead",
    "newest_outcome": "What {newest_series} was on that day",
    "newest_position": "Share of that forecast's probability below what came",
    "parity_brier": "Mean squared error of the probabilities of parity by {model} on all boards; a coin has 0.25",
    "parity_chance": "Probability, given last, that {newest_series} meets zero within a year; low and high over the "
    "models",
    "articles_open": "Forecasts of the articles that are not due",
    "articles_never_due": "Forecasts of the articles without a deadline",
}
"""What each recorded result means."""


class Parameters(parameters.Parameters):
    """What a reader may change in the notebook."""

    today: str = parameter("2026-11-25", unit="ISO date", help="Day of the reckoning: what lies after it is not known")
    series: Literal["online_elo", "overall", "style_controlled", "open_share", "price_ratio"] = parameter(
        "overall", unit="", help="Series judged"
    )
    model: Literal["releases", "local level", "mean-reverting"] = parameter(
        "releases", unit="", help="Forecaster judged"
    )
    newest_series: Literal["overall", "style_controlled"] = parameter(
        "style_controlled", unit="", help="Board of the newest resolution"
    )
    newest_weeks: int = parameter(26, unit="weeks", help="Shortest horizon of that forecast", ge=4, le=52)
    longest_weeks: int = parameter(26, unit="weeks", help="Longest horizon that is scored", ge=4, le=52)
    replay_day: str = parameter("2026-04-20", unit="ISO date", help="Day whose forecasts are made again")
    confidence: float = parameter(0.95, unit="", help="Level of the intervals of scores", ge=0.5, le=0.999)
    draws: int = parameter(4_000, unit="", help="Bootstrap samples", ge=100, le=1_000_000)
    seed: int = parameter(2026, unit="", help="Seed of the bootstrap", ge=0)
