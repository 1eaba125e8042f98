"""Where a parameter changes the story of prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parallelrun.study.stories import Compute, Series, Story
from parallelrun.themes.cost_structure import Parameters, energy, power, prices, scores

LENGTHS = (50, 70, 100, 140, 200, 300, 400, 500, 700, 1000, 1400, 2000, 3000, 4000, 5000, 7000, 10_000, 14_000, 20_000)
"""Tokens of a query: two or three to a doubling."""


def _tokens(load: Callable[[str], Any]) -> Compute:
    own = {
        name: load(f"cost_structure/{name}")
        for name in (
            *("energy_disclosures", "ecologits_coefficients", "ecologits_models", "serving_day", "cost_inputs"),
            *("power_prices", "electricity", "list_prices"),
        )
    }

    def at(p: Parameters) -> Series:
        now = prices.listing(own["list_prices"], p.snapshot, p.least_models)
        bought = power.power_prices(own["power_prices"], own["electricity"], p.usd_per_eur)
        routes = energy.energy_per_token(
            own["energy_disclosures"],
            own["ecologits_coefficients"],
            own["ecologits_models"],
            own["serving_day"],
            own["cost_inputs"],
            p.tokens_per_query,
        )
        sides = {"Chinese flagship": p.cn_flagship, "US flagship": p.us_flagship}
        return {
            f"power in the price of the {side}": energy.typical_share(
                energy.power_share(routes, bought, p.power_reading, now, model)
            )
            for side, model in sides.items()
        }

    return at


def _offered(load: Callable[[str], Any]) -> Compute:
    listed, matches = load("cost_structure/list_prices"), load("cost_structure/arena_matches")

    def at(p: Parameters) -> Series:
        models = scores.score_and_price(prices.listing(listed, p.snapshot, p.least_models), matches)
        weight = p.output_share / 100
        blend = models.assign(price=(1 - weight) * models["input_price"] + weight * models["output_price"])
        if p.offered == "cheapest":
            return {"US over China": scores.cheapest_ratio(scores.cheapest(blend, "price"))}
        some = scores.undominated(blend, "price") if p.offered == "undominated" else blend
        return {"US over China": scores.regression_ratio(some, "price", p.confidence, p.resampled)}

    return at


STORIES = (
    Story(
        "cost_structure",
        "tokens_per_query",
        "How much of a price can be power, if nobody says how long a query is?",
        "The share of each flagship's list price that power can be, by the tokens that a query is taken to have "
        "where none are disclosed: the middle of a list of unlike estimates. Bands run from the lowest to the "
        "highest of them.",
        {"tokens_per_query": tuple(float(tokens) for tokens in LENGTHS)},
        _tokens,
        result="power_share_of_price_chinese",
        log=True,
    ),
    Story(
        "cost_structure",
        "offered",
        "Which models count when prices are compared at equal score?",
        "The price of a US model over that of a Chinese one at equal Arena score, for a mix of input and output "
        "tokens: over all listed models or those that no model of their own vendor beats in score and price, by "
        "regression; or the cheapest at a score or better. Bands: the regressions' confidence intervals, or the "
        "range over all scores.",
        {
            "output_share": tuple(float(part) for part in range(0, 101, 5)),
            "offered": ("undominated", "all", "cheapest"),
        },
        _offered,
        result="price_ratio_equal_score_undominated",
        at={"output_share": 0.0},
        level=1.0,
    ),
)
