"""The sentences of the notebook: each function returns Markdown whose numbers are those it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from parallelrun.study.counts import form, so_many
from parallelrun.study.estimates import Estimate
from parallelrun.themes.cost_structure import Parameters

Frame: TypeAlias = Any
"""A data frame, whose cells pandas' stubs cannot type."""


WAYS = {"all": "all, regression", "undominated": "undominated, regression", "cheapest": "cheapest, at a score"}
"""Row of `scores.named` for each choice of the parameter ``offered``."""


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
    stated = value["Article: table, ratio"]
    inside = printed.ends[0] <= stated <= printed.ends[1]
    return (
        f"The printed 1:{stated:.3g} lies {'inside' if inside else 'outside'} what the printed prices allow "
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
        f"Above {best['score']:.0f} points this board has no Chinese model to compare prices with. The best "
        "Chinese model, "
        f"{best['model']}, costs {best['input_price']:.2g} USD; the cheapest US model that scores as much, "
        f"{rival['model']}, costs {rival['input_price']:.2g} USD. Within the scores’ bounds the frontier holds "
        f"{best['chinese_low']:.0f} to {so_many(best['chinese_high'], 'Chinese model')}; the likeliest of those now "
        f"off it is {off['model']} ({off['chance']:.0f} %)."
    )


def equal_score(
    at: Mapping[str, Estimate], medians: Estimate, left_out: Frame, steps: Frame, slopes: float, p: Parameters
) -> str:
    """Say what the price ratio at equal score is for each offer, and what it means for claims B05 and D05."""
    every, kept, least = (at[name] for name in WAYS.values())
    low, high, tilt = steps["score"].min(), steps["score"].max(), f"{slopes:.1f}".replace("-", "−")
    return (
        f"Over all listings a US model of equal score lists at {every.value:.2g} times the Chinese price "
        f"({span(every)}). But a list keeps what its own vendors have superseded, which nobody would choose by score "
        f"and price alone: without "
        f"models that their vendor undercuts the ratio is {kept.value:.2g} ({span(kept)}), and "
        f"{left_out['value'].min():.2g} to {left_out['value'].max():.2g} with one vendor at a time left out. Who asks "
        f"for {low:.0f} to {high:.0f} points and takes the cheapest pays {least.ends[0]:.2g} to {least.ends[1]:.2g} "
        f"times as much in the US, {least.value:.2g} in the middle; {_pairs(steps)}. The regression takes one slope "
        f"for both countries; "
        f"over all listings theirs differ with t = {tilt}. List prices at equal score "
        f"{_direction(at[WAYS[p.offered]])} (offers: {p.offered}); medians, which ask for no score, differ by "
        f"{medians.value:.2g} times ({span(medians)}) and {_direction(medians)}. And list prices are not "
        "costs, of which B05 speaks and which nobody discloses for both sides."
    )


def _pairs(steps: Frame) -> str:
    """Say how many different pairs of cheapest prices the steps are made of."""
    count = len(steps[["US", "CN"]].drop_duplicates())
    asked = f"{so_many(len(steps), 'level')} asked for {form(len(steps), 'is', 'are')}"
    return f"the {asked} met by {so_many(count, 'different pair')} of prices only"


def _direction(ratio: Estimate) -> str:
    if ratio.ends[0] > 1:
        return "speak for D05 (China ahead in tokens per dollar)"
    if ratio.ends[1] < 1:
        return "speak against D05 (China ahead in tokens per dollar)"
    return "do not decide between claims B05 (China behind) and D05 (China ahead)"


def mixes(blended: Frame, shares: Frame) -> str:
    """Say what the observed mix makes of the price ratio."""
    ratio = blended.drop_duplicates("mix")["ratio"]
    return (
        f"The observed mix is {100 * (1 - shares['output'].iloc[-1]):.3g} % input. From one output token for each "
        f"input token to the observed mix with cached input at its own price the ratio goes from {ratio.iloc[0]:.2g} "
        f"to {ratio.iloc[-1]:.2g}. It compares {so_many(blended['model'].nunique(), 'model')} that users chose, not "
        "models of equal score."
    )


def power_prices(bought: Frame, ratios: Frame, free: Estimate) -> str:
    """Set the article's power prices beside the other readings."""
    per_kwh = ratios[ratios["basis"] == "per kWh"].set_index("reading")["value"]
    price = bought.set_index(["reading", "side"])
    printed = ratios[ratios["basis"] == "printed"].iloc[0]
    others = [
        f"{name}: {price.loc[(name, 'west'), 'value']:.2g} over {price.loc[(name, 'china'), 'value']:.2g} USD, "
        f"{ratio:.2g} times"
        for name, ratio in per_kwh.items()
        if name != "articles"
    ]
    return (
        f"The printed ratio ({printed['low']:.2g} to {printed['high']:.2g}) is that of lows and of highs; its own "
        f"prices allow {span(free)}, {price.loc[('articles', 'west'), 'value']:.2g} over "
        f"{price.loc[('articles', 'china'), 'value']:.2g} USD. Others give: {'; '.join(others)}. The ratio is one of "
        "places, not of countries. The two prices for western China are both weakly sourced: the lowest that renewable "
        "power in Gansu is said to cost, and a price after subsidies for domestic chips."
    )


def energy(estimates: Frame, check: Frame, share: Estimate, share_cn: Estimate, p: Parameters) -> str:
    """Say what share of a list price power can be, and how far the formula of EcoLogits can be trusted."""
    node = estimates.loc[estimates["item"] == "DeepSeek node: output", "value"].min()
    formula = check.loc[check["country"] == "CN", "low"].min() * 1000 / 400
    held = "Of the formula of EcoLogits cost_structure/ecologits_models has no Chinese model to hold it against a node."
    if np.isfinite(formula):
        held = (
            f"For DeepSeek’s model the formula of EcoLogits gives at least {formula / node:.0f} times what its own "
            "throughput gives: there it is an upper end."
        )
    return (
        f"The list’s middle is {share.value:.2g} % of the US flagship’s price, and {share_cn.value:.2g} % of the "
        f"Chinese one’s; the estimates go from {share.low:.1g} to {share.high:.2g} % and from {share_cn.low:.1g} to "
        f"{share_cn.high:.2g} %. The upper ends stand and fall with {p.tokens_per_query:.4g} tokens, or half as "
        f"many, for a query whose tokens nobody disclosed (next section). {held}"
    )


def bound(explained: Estimate, free: Estimate, left: Estimate, by_tokens: Frame, p: Parameters) -> str:
    """Say what power explains whatever its share is, and at the estimated share."""
    few = by_tokens.loc[(by_tokens["tokens"] - 100).abs().idxmin(), "tokens"]
    share = by_tokens.loc[by_tokens["tokens"] == few, "high"].max()
    factor = 1 / (1 - share / 100 * (1 - 1 / free.ends[1]))
    return (
        "At the article’s own power prices, were power the whole price, it would explain a ratio of "
        f"{free.value:.2g}, and {left.value:.2g} ({span(left)}) would still be left: no energy share makes cheap power "
        "the only cause of the printed gap. At "
        f"{p.tokens_per_query:.4g} tokens a query it explains {explained.value:.3g} ({span(explained, '.3g')}); with "
        f"as few as {few:.0f} tokens its share could be {share:.2g} % and the factor {factor:.3g}."
    )


def unit_cost(
    parts: Frame,
    fresh: Mapping[str, Estimate],
    served: Mapping[str, Estimate],
    ratio: Estimate,
    listed: Estimate,
    reached: Estimate,
    share: Estimate,
    p: Parameters,
) -> str:
    """Say what the model gives, and where its own datum lies."""
    price = parts.set_index(["part", "side"])["value"]
    us, cn = (f"{price['modelled price', s]:.2g} against {price['list price', s]:.2g} USD" for s in ("US", "CN"))
    outside = not ratio.ends[0] <= listed.ends[0] <= ratio.ends[1]
    verdict = (
        "**Under the ranges assumed the list prices of this pair are hardly reached**: they"
        if outside
        else "The list prices"
    )
    return (
        f"With all input fresh the model gives costs of {fresh['US'].value:.2g} and {fresh['CN'].value:.2g} USD a "
        f"million tokens, with as much of it cached as on the disclosed day {served['US'].value:.2g} and "
        f"{served['CN'].value:.2g}. Power is {share:.2g} of the US cost, at the power prices of the reading "
        f"“{p.power_reading}”. {verdict} differ {listed.value:.3g} times, its 90 % interval is {span(ratio)}, and "
        f"{reached.value:.2g} % of its draws reach them. It gives {us} listed in the US, and {cn} in China. The "
        "table says what one input of the US side would have to be."
    )


def needed(table: Frame) -> str:
    """Say which single input could reach the list price, and whether inside its range."""
    need = table.set_index("quantity")["needed"]
    inside = [name.replace("_", " ") for name in table.loc[table["within"], "quantity"]]
    verdict = f"Inside the range assumed: {', '.join(inside)}." if inside else "None of them lies in the range assumed."
    return (
        f"A margin of {100 * need['margin']:.0f} % alone would do it, or a model of {need['active_parameters']:.0f} "
        f"billion active parameters. {verdict} Which of them holds the price up the data cannot tell."
    )


def sensitivity(table: Frame, made_of: Frame, inputs: Frame) -> str:
    """Say what makes the modelled ratio uncertain, and what makes it large."""
    basis = dict(zip(inputs["quantity"] + ", " + inputs["country"], inputs["basis"], strict=True))
    names = [f"{name} ({basis.get(name, 'reported')})" for name in table["name"].head(2)]
    sizes = [f"{row.quantity.replace('_', ' ')} (a factor of {row.factor:.2g})" for row in made_of.head(2).itertuples()]
    power = made_of.set_index("quantity").loc["power_price", "factor"]
    return (
        f"The size of the ratio comes from {' and '.join(sizes)}; the price of power adds a factor of {power:.3g}. Its "
        f"uncertainty comes first from {' and '.join(names)}: whoever knows them can replace two rows of the table of "
        "inputs. What carries how much of the variance follows from the ranges fed in, and these leave out the listed "
        "ratio."
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
        f"ratio lies above the order-statistic interval at {(ratio['high'] < printed).sum()} of "
        f"{so_many(len(ratio), 'snapshot')}."
    )


def found(
    gap: Estimate,
    medians: Estimate,
    at: Mapping[str, Estimate],
    same: Estimate,
    task: Estimate,
    bound: Estimate,
) -> str:
    """Answer the question of the theme in three sentences."""
    every, kept, least = (at[name] for name in WAYS.values())
    return (
        f"The printed factor of {gap.value:.3g} ({span(gap, '.3g')}) is that of one pair of models, and wider "
        f"comparisons disagree: medians of all listed models differ {medians.value:.2g} times ({span(medians)}), "
        f"models of equal score {every.value:.2g} times ({span(every)}) over all listings, {kept.value:.2g} times "
        f"({span(kept)}) without those that their own vendor undercuts, and {least.value:.2g} times ({span(least)}) "
        f"from cheapest to cheapest, the cheapest for the same success on one benchmark of 2025 {span(task)} "
        "times, by the "
        f"success that is asked for, and the same Chinese model sells at US hosts for {same.value:.2f} times its "
        "vendor’s price "
        f"({span(same)}). Cheap power cannot be the only reason for the printed gap: at the article’s own power "
        "prices, and "
        f"even if power were the whole price, {bound.value:.2g} ({span(bound)}) would be left. What the flagships’ "
        "gap is made of, size, margin or load, no list price says, since US vendors publish none of the three."
    )


def same_model(ratios: Frame, ratio: Estimate) -> str:
    """Say what the same model costs at US hosts."""
    equal = 100 * (ratios["value"].sub(1).abs() < 0.005).mean()
    return (
        f"{so_many(ratios['model'].nunique(), 'Chinese model is', 'Chinese models are')} sold by "
        f"{so_many(ratios['host'].nunique(), 'US host')} at a median of {ratio.value:.2f} times the vendor’s price "
        f"(middle 90 %: {span(ratio)}), in {equal:.0f} % of the cases at the very same price. So US companies ask such "
        "low list prices too. Hosts may match the vendor’s price, or pay for it by contract, at a cost that nobody "
        "sees: equal prices are not equal costs."
    )


def cost_per_task(runs: Frame, ratio: Estimate, steps: Frame) -> str:
    """Say what a solved exercise cost on both sides, and how far tokens an exercise spread."""
    tokens = runs["output_per_exercise"]
    best = runs[runs["country"] == "CN"].iloc[0]
    return (
        f"Between {steps['score'].min():.0f} and {steps['score'].max():.0f} % solved, the cheapest US model cost "
        f"{span(ratio)} times as much for a solved exercise as the cheapest Chinese one ({ratio.value:.2g} at the "
        f"median success); {_pairs(steps)}. No Chinese model in the list solved more than {best['score']:.0f} %. "
        f"Output tokens an "
        f"exercise spread over a "
        f"factor of {tokens.max() / tokens.min():.0f}, so that a price per token does not order models by the cost "
        f"of work. It is one benchmark of {so_many(runs['model'].nunique(), 'run')}, {(runs['country'] == 'CN').sum()} "
        "of them Chinese, and it ends before the cheap US models of the frontier above were released."
    )


def decline(path: Frame, halving: Mapping[float, Mapping[str, Estimate]], board: Frame, p: Parameters) -> str:
    """Say how far the price at a fixed score has fallen in both countries, and how that hangs on score and days.

    ``board``: the table ``board_scores``; a country that it lacks has no model at any score, which says nothing of it.
    """
    parts = []
    for country, name in (("US", "US"), ("CN", "Chinese")):
        rows = path[path["country"] == country]
        if not board["country"].eq(country).any():
            return (
                f"The falls of both countries’ prices cannot be compared: cost_structure/board_scores has no {name} "
                f"model, at any score. Add rows of {country}."
            )
        if rows.empty:
            return f"No {name} model with a price reaches {p.fixed_score:.0f} points."
        first, last = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"the cheapest {name} model cost {first['value']:.2g} USD on {first['date'].day} {first['date']:%B %Y} "
            f"({short(first['model'])}) and {last['value']:.2g} USD on {last['date'].day} {last['date']:%B %Y} "
            f"({short(last['model'])})"
        )
    since = path.groupby("country")["date"].min().max()
    others = "; ".join(f"{_halves(pair)} at {score:.0f} points" for score, pair in halving.items())
    us = np.log(path.loc[path["country"] == "US", "value"].to_numpy(float))
    step = 100 * np.diff(us).min() / (us[-1] - us[0]) if len(us) > 1 and us[-1] < us[0] else np.nan
    alone = f" One step alone is {step:.0f} % of the US fall." if np.isfinite(step) else ""
    return (
        f"At {p.fixed_score:.0f} points or more {', '.join(parts)}.{alone} On the days when both have one, here from "
        f"{since:%B %Y}, the months in which the price halves are {others}. A price falls in steps, with a new model "
        "or host, and rises where the cheapest host leaves: the trend hangs on the days and the score, and is no law."
    )


def _halves(pair: Mapping[str, Estimate]) -> str:
    said = []
    for country, name in (("US", "in the US"), ("CN", "in China")):
        low, high = pair[country].ends
        end = f"{high:.0f}" if np.isfinite(high) else "never"
        value = pair[country].value
        said.append(f"{'none' if value is None else f'{value:.0f}'} ({low:.0f} to {end}) {name}")
    return " and ".join(said)


def carbon(emitted: Mapping[str, Estimate], ratio: Estimate, penalty: Estimate, p: Parameters) -> str:
    """Say what a million tokens emit on each grid, and what that comparison holds fixed."""
    token = (ratio.value or 0.0) * (1 + p.domestic_share / 100 * ((penalty.value or 1.0) - 1))
    us, cn = (f"{emitted[c].value:,.0f} g ({span(emitted[c], ',.0f')})" for c in ("US", "CN"))
    return (
        f"A million tokens of the list’s middle energy emit CO2 equivalents of {us} on the average US grid and {cn} on "
        "the Chinese one; the ends are those of unlike energy estimates far more than of grids. A Chinese "
        f"kilowatt-hour carries {ratio.value:.2g} times the carbon ({span(ratio)} by reading), and at "
        f"{p.domestic_share:.0f} % of load on domestic chips a token {token:.2g} times. These are national averages: "
        "a site with its own or contracted green power can lie far below, and what buildings and chips took to make "
        "is left out."
    )
