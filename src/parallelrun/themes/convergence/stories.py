"""Where a parameter changes the story of the gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parallelrun.study.stories import Compute, Series, Story
from parallelrun.themes.convergence import Parameters, boards, ratings


def _origin(load: Callable[[str], Any]) -> Compute:
    leaders = load("convergence/board_leaders")

    def at(p: Parameters) -> Series:
        gaps = boards.gaps(leaders, p.confidence, p.interval_inflation, p.error_correlation)
        board = boards.board_estimates(gaps, leaders, "default", p.board_date)
        return {
            "gap in percent of the score": ratings.percent_estimate(board["gap"], board["cn"], p.rating_origin),
            "expected score of the leader": ratings.expected_estimate(board["gap"]),
        }

    return at


STORIES = (
    Story(
        "convergence",
        "rating_origin",
        "What is a gap in percent, if the zero of the scale is a convention?",
        "The gap on the board of the chosen day in percent of the Chinese score, for every place of the scale's "
        "zero, and the expected score of the leader, which depends on the difference alone. Bands: the board's "
        "intervals.",
        {"rating_origin": tuple(float(zero) for zero in range(-3000, 1401, 100))},
        _origin,
        result="gap_percent_2026_03",
    ),
)
