"""Blended prices: what a model costs at a mix of output, fresh and cached input tokens."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parallelrun.errors import ParameterError
from parallelrun.study.countries import need_both
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced
from parallelrun.themes.cost_structure.prices import day


@traced
def usage_mixes(rankings: pd.DataFrame, week_end: str, output_share: float = 25.0) -> pd.DataFrame:
    """Return the mixes of output, fresh input and cached input at which a price is blended.

    The observed mix is that of the paid models in a week's ranking whose split is known: sums of prompt,
    completion and cached tokens. The convention of one to one, and a mix with the given output share (per cent;
    25 is the convention of three to one), have no cached input.

    Returns
    -------
    pandas.DataFrame
        ``mix``, ``output``, ``fresh_input``, ``cached_input`` (shares of all tokens, adding up to one).

    Raises
    ------
    ParameterError
        If no ranked model of that week has a known split.
    """
    week = rankings[(rankings["week_end"] == day(week_end)) & (rankings["prompt_tokens"] > 0)]
    week = week[(week["tier"] == "paid") & (week["cached_tokens"] > 0)]
    if week.empty:
        raise ParameterError(f"no ranked model has a token split in the week that ends on {week_end}")
    prompt, completion, cached = week[["prompt_tokens", "completion_tokens", "cached_tokens"]].sum()
    total = prompt + completion
    out = output_share / 100
    name = "input only" if out == 0 else "output only" if out == 1 else f"{(1 - out) / out:.3g} in : 1 out"
    rows = [
        ("1 in : 1 out", 0.5, 0.5, 0.0),
        *([(name, out, 1 - out, 0.0)] if out != 0.5 else []),
        ("observed, no cache price", completion / total, prompt / total, 0.0),
        ("observed, cached input cheap", completion / total, (prompt - cached) / total, cached / total),
    ]
    return pd.DataFrame(rows, columns=["mix", "output", "fresh_input", "cached_input"])


@traced
def blended_prices(rankings: pd.DataFrame, mixes: pd.DataFrame, week_end: str) -> pd.DataFrame:
    """Return the blended list price of the paid models in a week's ranking, at each mix.

    Price per million tokens of a mix: output share times output price, plus fresh and cached input shares
    times their prices. All models get the same mix, so that only prices differ.

    Returns
    -------
    pandas.DataFrame
        ``mix``, ``model``, ``country``, ``price`` (USD per million tokens), ``ratio`` (US over Chinese
        geometric mean of that mix).

    Raises
    ------
    DataError
        If no model of a country has a known split and prices.
    """
    week = rankings[(rankings["week_end"] == day(week_end)) & (rankings["tier"] == "paid")]
    week = week[(week["cached_tokens"] > 0) & week["country"].isin(["US", "CN"])]
    week = week.dropna(subset=["prompt_price", "completion_price", "cache_price"])
    what = f"paid models with known split and prices in the week that ends on {week_end}"
    need_both(week, what, rankings, otherwise="take another usage_week_end")
    each = week[["model", "country", "prompt_price", "completion_price", "cache_price"]].merge(mixes, how="cross")
    each["price"] = (
        each["output"] * each["completion_price"]
        + each["fresh_input"] * each["prompt_price"]
        + each["cached_input"] * each["cache_price"]
    )
    mean = np.exp(np.log(each["price"]).groupby([each["mix"], each["country"]]).mean()).unstack()  # noqa: PD010
    each["ratio"] = each["mix"].map(mean["US"] / mean["CN"])
    return each[["mix", "model", "country", "price", "ratio"]]


@traced
def mix_ratio(blended: pd.DataFrame) -> Estimate:
    """Return the blended price ratio at the last mix; its ends are the lowest and highest ratio of all mixes."""
    ratios = blended.drop_duplicates("mix")["ratio"]
    return Estimate(float(ratios.iloc[-1]), float(ratios.min()), float(ratios.max()), "ratio")
