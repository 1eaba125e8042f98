"""Where a parameter changes the story of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parallelrun.study.stories import Compute, Story
from parallelrun.themes.token_economics import printed


def _split(load: Callable[[str], Any]) -> Compute:
    volumes = load("token_economics/weekly_volumes")
    return lambda p: {"China over US": printed.split_ratio(volumes, p.unclassified_us_share)}


STORIES = (
    Story(
        "token_economics",
        "unclassified_tokens",
        "Whose are the tokens that no list assigns to a country?",
        "The ratio of all tokens of the week, China over US, if a part of the unlisted tokens is taken to be of "
        "US models and the rest of Chinese ones. The band is what the rounding of both printed shares allows; at "
        "the line both are equal.",
        {"unclassified_us_share": tuple(float(part) for part in range(0, 101, 2))},
        _split,
        result="ratio_at_chosen_split",
        level=1.0,
    ),
)
