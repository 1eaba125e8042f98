"""Token economics: whose models handle a platform's tokens, what the printed shares imply, what the tokens earn.

`platform` classifies the whole platform, `printed` is the arithmetic of the article's figures, `rankings` that of the
weekly rankings, `free` and `revenue` what follows from them; the `plots` modules draw, `words` says. Tokens are in
trillions, prices in USD a million tokens, so that their product is in million USD.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter

RESULTS = {
    "platform_ratio": "China over US in the article's week, of all tokens on OpenRouter; low and high with the "
    "unknown to the US, to China",
    "platform_tokens": "tokens of the whole platform in the article's week",
    "platform_unclassified_share": "part of the platform's tokens whose vendor is unknown: below the fiftieth place",
    "platform_share_cn": "Chinese part of the classified tokens in the article's week; bounds of all tokens",
    "platform_share_us": "US part of the classified tokens in the article's week; bounds of all tokens",
    "platform_paid_ratio": "China over US in the article's week, of all tokens of variants that are not named free",
    "platform_ratio_latest": "China over US in the last week with data on the whole platform",
    "platform_weeks_led": "weeks with data on the whole platform in which China was ahead",
    "us_part_beyond_chart": "US part of the tokens beyond the nine models of the chart, in the article's week",
    "open_share_cn": "part of Chinese models' tokens that was of open weights, in the article's week",
    "listed_ratio": "Chinese over US tokens of a week on OpenRouter as printed, with the rounding of both volumes",
    "unclassified_share": "tokens of the platform that the printed shares give to neither country",
    "total_from_chinese_share": "total of the platform implied by the Chinese volume and share",
    "total_from_us_share": "total of the platform implied by the US volume and share",
    "top_six_sum_tokens": "sum of the six printed models",
    "chinese_in_top_six": "Chinese models among the first six of the ranking in the printed week",
    "free_share_printed_marks": "free part of the six printed models by the article's own marks",
    "free_share_listed_chinese": "free part of the printed Chinese models by the ranking's marks; low by the article's",
    "ratio_all_unclassified_us": "China over US if every token outside the printed shares were of a US model",
    "us_part_of_unclassified_at_parity": "US part of the tokens outside the printed shares that makes both level",
    "ratio_at_chosen_split": "China over US with the US part of the unlisted set in the parameters",
    "ratio_of_text": "the same as a ratio of text, with the tokenizer ratio and spread of the parameters",
    "own_use_share": "most of Chinese models' tokens that users in China can account for, as parameterised",
    "own_use_intensity_for_half": "tokens of a user in China for one elsewhere, for own use to explain half",
    "own_use_intensity_for_all": "tokens of a user in China for one elsewhere, for own use to explain all",
    "difference_of_ten_places": "largest difference of the ten places' sums from the printed; with the range",
    "weeks_china_ahead": "weeks in a row up to the article's; low and high with the unlisted to the US, to China",
    "longest_run_china_ahead": "most weeks in a row with China ahead among the listed models",
    "ratio_listed_places": "China over US in the article's week by the listed places; bounds with the unlisted",
    "chinese_share_of_all_tokens": "Chinese part of all tokens in the article's week, by the listed places: bounds",
    "list_coverage_observed": "part of the platform that the ranking holds where a total was printed",
    "list_coverage_by_month": "part of the platform that the ranking holds, by month: mean, least and most",
    "ratio_of_paid_tokens": "China over US in the week, paid listed tokens",
    "retained_after_free": "tokens left in the week after the free variant left the ranking, both variants, of the "
    "free peaks together: bounds",
    "cached_share_cn": "part of Chinese prompt tokens read from a cache in the week, a zero as recorded; bounds",
    "cached_share_us": "part of US prompt tokens read from a cache in the week, a zero as recorded; bounds",
    "revenue_ratio_cn_us": "list-price revenue of OpenRouter's ranked models in the article's week, China over US; "
    "range over accountings",
    "revenue_ratio_without_one": "the same with any one model left out: least and most",
    "paid_price_ratio_us_cn": "price of a paid token at the mix really used, US over China, in the week",
    "chinese_share_of_tokens_all_weeks": "Chinese part of both countries' listed tokens, all weeks",
    "chinese_share_of_revenue_all_weeks": "Chinese part of both countries' list-price revenue, all weeks",
    "vendor_index": "Herfindahl-Hirschman index of the vendors of all tokens in the article's week: bounds",
}


class Parameters(parameters.Parameters):
    """Parameters of the token economics notebook."""

    unclassified_us_share: float = parameter(
        50.0, unit="%", help="part of the unlisted tokens taken to be of US models", ge=0, le=100
    )
    tokenizer_ratio: float = parameter(
        1.0, unit="", help="a Chinese model's tokens of a text for each one of a US model's", ge=0.5, le=2
    )
    tokenizer_spread: float = parameter(
        30.0, unit="%", help="how far the tokenizer ratio may lie above or below", ge=0, le=90
    )
    user_intensity: float = parameter(
        1.0, unit="", help="tokens of a user in China for each one of a user elsewhere", ge=0.01, le=100
    )
    ranking_length: int = parameter(10, unit="places", help="places of each weekly ranking that count", ge=7, le=10)
    unnamed_models: Literal["disclosed", "other", "CN", "US"] = parameter(
        "disclosed", unit="", help="country of models with a cover name"
    )
    list_coverage: float = parameter(
        55.0, unit="%", help="part of the platform in the ranking, where no total is printed", ge=20, le=100
    )
    cached_without_price: float = parameter(
        0.5, unit="", help="price of a cached token where none is listed, of the prompt price", ge=0, le=1
    )
    weeks_after_free: int = parameter(
        4, unit="weeks", help="weeks for which a model is followed after its free offer", ge=1, le=8
    )
