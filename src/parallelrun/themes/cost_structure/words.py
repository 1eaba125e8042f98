"""The sentences of the notebook: each function returns Markdown whose numbers are those it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from parallelrun.study.estimates import Estimate
from parallelrun.themes.cost_structure import Parameters

Frame: TypeAlias = Any
"""A data frame, whose cells pandas' stubs cannot type."""


def span(estimate: Estimate, spec: str = ".2g") -> str:
    """Return an interval as ``1.7 to 15``."""
    low, high = estimate.ends
    return f"{low:{spec}} to {high:{spec}}"


def short(model: str) -> str:
    """Return a model's name without its vendor's."""
    return model.split("/")[-1]


def gap(readings: Frame, printed: Estimate, medians: Estimate, by_model: Estimate, p: Parameters) -> str:
    """Say what the printed prices allow and what lists give."""
    value = readings.set_index("reading")["value"]
    return (
        f"The printed 1:{value['Article: table, ratio']:.3g} lies inside what the printed prices allow "
        f"({span(printed, '.3g')}), with more digits than they support. Listed, {short(p.us_flagship)} costs "
        f"{value['Listed: flagship pair']:.3g} times {short(p.cn_flagship)}; the median US model costs "
        f"{medians.value:.3g} times the median Chinese one ({span(medians)} over {p.resampled}; {span(by_model)} if "
        "all models were independent). The headline speaks of two models, not of two countries."
    )


def spread(above: Estimate, cheaper: Estimate) -> str:
    """Say where the printed pair lies among all pairs."""
    return (
        f"The article’s pair is real but not typical: {above:.3g} of all pairs are at least as far apart, and in "
        f"{cheaper.value:.3g} % the US model is the cheaper one."
    )


def frontier(models: Frame, front: Frame) -> str:
    """Say who sells the best Chinese model's score for less, and how sure the frontier is."""
    best = models[models["country"] == "CN"].iloc[0]
    rival = models[(models["country"] == "US") & (models["score"] >= best["score"])].sort_values("input_price").iloc[0]
    off = models[~models["model"].isin(front["model"])].nlargest(1, "chance").iloc[0]
    return (
        f"Above {best['score']:.0f} points there is no Chinese model to compare prices with. The best Chinese model, "
        f"{best['model']}, costs {best['input_price']:.2g} USD; the cheapest US model that scores as much, "
        f"{rival['model']}, costs {rival['input_price']:.2g} USD. Within the scores’ bounds the frontier holds "
        f"{best['chinese_low']:.0f} to {best['chinese_high']:.0f} Chinese models; the likeliest of those now off it is "
        f"{off['model']} ({off['chance']:.0f} %)."
    )


def equal_score(ratio: Estimate) -> str:
    """Say what the price ratio at equal score means for claims B05 and D05."""
    return (
        "Claim B05 (a large gap in cost per token, with China behind by its context) and claim D05 (China ahead in "
        "tokens per dollar) cannot both hold of list prices. "
        f"At equal score Chinese tokens are cheaper by a factor of {ratio.value:.2g} ({span(ratio)}), which "
        f"{'speaks for D05' if ratio.ends[0] > 1 else 'leaves the direction open'}; list prices are not costs, "
        "however, and B05 speaks of cost, which nobody discloses for both sides."
    )


def mixes(blended: Frame, shares: Frame) -> str:
    """Say what the observed mix makes of the price ratio."""
    ratio = blended.drop_duplicates("mix")["ratio"]
    return (
        f"The observed mix is {100 * (1 - shares['output'].iloc[-1]):.3g} % input. China’s advantage is largest in "
        f"output tokens, of which few are used, and smaller in cached input: the ratio goes from {ratio.iloc[0]:.2g} "
        f"to {ratio.iloc[-1]:.2g}. A conventional blend overstates what the users of this platform save."
    )


def power_prices(bought: Frame, ratios: Frame, free: Estimate) -> str:
    """Set the article's power prices beside the other readings."""
    ratio = ratios.set_index(["reading", "basis"])
    west = bought[bought["side"] == "west"].set_index("reading")
    printed = ratio.loc[("articles, as printed", "printed")]
    return (
        f"The printed ratio ({printed['low']:.2g} to {printed['high']:.2g}) is narrower than its own prices allow "
        f"({span(free)}). No independent source confirms the article’s Chinese price: the subsidised price in the west "
        f"gives {ratio.loc[('subsidised', 'per kWh'), 'value']:.2g} per kWh and "
        f"{ratio.loc[('subsidised', 'per token'), 'value']:.2g} per token, and on national averages US industry pays "
        f"{ratio.loc[('national', 'per kWh'), 'value']:.2g} times the Chinese price. The article’s upper price is "
        f"{west.loc['articles', 'high']:.2g} USD; European industry pays {west.loc['Europe', 'value']:.2g}, US "
        f"industry {west.loc['national', 'value']:.2g}."
    )


def energy(estimates: Frame, check: Frame, share: Estimate, share_cn: Estimate) -> str:
    """Say what share of a list price power can be, and how far the formula of EcoLogits can be trusted."""
    node = estimates.set_index("item").loc["DeepSeek node: output", "value"]
    answer = check.set_index("model")
    opus = answer.loc["claude-opus-4-6"]
    return (
        f"Power is about {share.value:.2g} % of the US flagship’s list price ({share.low:.1g} to {share.high:.2g} %) "
        f"and {share_cn.value:.2g} % of the Chinese one’s ({share_cn.low:.1g} to {share_cn.high:.2g} %). The formula "
        f"reproduces the package ({opus['low']:.3g} to {opus['high']:.3g} Wh for an answer of 400 tokens, package "
        f"{opus['published_low']:.3g} to {opus['published_high']:.3g}), but for the model whose operator disclosed its "
        f"throughput it gives at least {answer.loc['deepseek-v3.2', 'low'] * 2.5 / node:.0f} times what the servers "
        "take: there it is an upper end."
    )


def bound(explained: Estimate, free: Estimate, left: Estimate) -> str:
    """Say what power explains at the estimated share, and at most."""
    return (
        f"At the physical share power explains a ratio of {explained.value:.3g} (at most {explained.high:.3g}). Were "
        f"energy the whole cost, it would explain {free.value:.2g}, and {left.value:.2g} ({span(left)}) would still be "
        "left: no energy share makes cheap power the cause of the printed gap."
    )


def unit_cost(cost: Mapping[str, Estimate], modelled: Estimate, parts: Frame, share: Estimate, reading: str) -> str:
    """Set the modelled cost beside the list price."""
    listed = parts.set_index(["side", "part"]).loc[("US", "list price"), "value"]
    return (
        f"The model gives costs of {cost['US']:.2g} and {cost['CN']:.2g}. Power is {share:.2g} of the US cost, at the "
        f"power prices of the reading “{reading}”. The US list price is {listed / modelled.value:.2g} times the "
        "modelled one: a larger model, a lower load or a higher margin than assumed would account for the difference; "
        "the data cannot tell which."
    )


def sensitivity(table: Frame, made_of: Frame, inputs: Frame) -> str:
    """Say what makes the modelled ratio uncertain, and what makes it large."""
    basis = dict(zip(inputs["quantity"] + ", " + inputs["country"], inputs["basis"], strict=True))
    names = [f"{name} ({basis.get(name, 'reported')})" for name in table["name"].head(2)]
    sizes = [f"{row.quantity.replace('_', ' ')} (a factor of {row.factor:.2g})" for row in made_of.head(2).itertuples()]
    power = made_of.set_index("quantity").loc["power_price", "factor"]
    return (
        f"The uncertainty lies in margins, utilisation, size and rent. The size of the ratio comes from "
        f"{' and '.join(sizes)}; the price of power adds a factor of {power:.3g}. The two inputs that matter most for "
        f"the uncertainty are {' and '.join(names)}: whoever knows them can replace two rows of the table of inputs "
        "and learn more than from any power price."
    )


def serving_day(day: Mapping[str, Estimate]) -> str:
    """Say whether the disclosed day agrees with itself."""
    return (
        f"The disclosure agrees with itself: {day['nodes_recomputed']:.4g} from throughputs, cost "
        f"{day['cost_recomputed'].value:,.0f} against {day['cost'].value:,.0f} USD, income "
        f"{day['income_recomputed'].value:,.0f} against {day['income'].value:,.0f} USD, cost-profit ratio "
        f"{day['cost_profit'].value:.0f} %. Cost was {day['cost_per_million'].value:.2g} USD per million tokens, "
        f"income {day['income_per_million'].value:.2g}."
    )


def history(series: Frame, by_model: Estimate, medians: Estimate, output: Estimate, p: Parameters) -> str:
    """Compare the interval methods, and count the snapshots that exclude the printed ratio."""
    ratio = series[series["series"] == "ratio"]
    printed = series.loc[series["series"] == "printed", "value"].max()
    wide = ratio[ratio["date"] == p.snapshot].iloc[0] if (ratio["date"] == p.snapshot).any() else ratio.iloc[-1]
    return (
        f"On {p.snapshot}, taking models for independent, the two interval methods give {span(by_model)} (bootstrap) "
        f"and {wide['low']:.2g} to {wide['high']:.2g} (order statistics); the bootstrap over {p.resampled} gives "
        f"{span(medians)}. For output tokens the ratio of medians is {output.value:.2g} ({span(output)}). The printed "
        f"ratio lies above the order-statistic interval at {(ratio['high'] < printed).sum()} of {len(ratio)} snapshots."
    )


def found(
    gap: Estimate,
    medians: Estimate,
    equal: Estimate,
    share: Estimate,
    bound: Estimate,
    free: Estimate,
    national: Estimate,
) -> str:
    """Answer the question of the theme in three sentences."""
    return (
        f"Chinese tokens are cheaper, but the printed factor of {gap.value:.3g} ({span(gap, '.3g')}) is that of one "
        f"pair of models: medians of all listed models differ {medians.value:.2g} times ({span(medians)}), models of "
        f"equal score {equal.value:.2g} times ({span(equal)}). Power cannot be the reason: it is {share.value:.2g} % "
        f"of the US flagship’s price ({span(share)} %), and even if it were the whole price, {bound.value:.2g} "
        f"({span(bound)}) would be left of the gap. Nor is the article’s power ratio of {free.value:.2g} "
        f"({span(free)}) confirmed by anyone: national averages give {national.value:.2g}, and what is left is the "
        "size of models, margins, load and rent, which US vendors do not publish."
    )
