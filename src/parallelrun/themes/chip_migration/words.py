"""What the notebook says with computed numbers, as markdown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from parallelrun import Estimate
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import records

BINS = {
    "printed in the article": "article",
    "950pr-card": "card",
    "950pr-server": "server",
    "950pr-roadmap": "plan",
}
"""Versions of the 950PR and what figures call them."""

MEANINGS = {
    "ratio_bf16": "{} over H20, rated dense BF16, matrix units of both",
    "ratio_bf16_all_units": "{} over H20, dense BF16, vector units of the former counted too",
    "ratio_fp8": "{} over H20, rated dense FP8, matrix units of both",
    "ratio_bandwidth": "memory bandwidth of {} over that of the H20",
    "ratio_memory": "memory of {} over that of the H20",
    "decode_speed_ratio": "modelled decode speed of {} over the H20's at the chosen load",
    "prefill_speed_ratio": "modelled prefill speed of {} over the H20's at the chosen load",
}
"""Meanings of the results that name the chosen chip."""

RATIOS = {
    "ratio_bf16": ("bf16_compute",),
    "ratio_bf16_all_units": ("bf16_compute", "matrix and vector"),
    "ratio_fp8": ("fp8_compute",),
    "ratio_bandwidth": ("memory_bandwidth",),
    "ratio_memory": ("memory_capacity",),
}
"""What is divided in the results that are ratios of printed numbers: a metric, and the units that are counted."""


def over_h20(result: str, name: str) -> str:
    """Return what a result about the chosen chip means."""
    return MEANINGS[result].format(name)


def short(name: str) -> str:
    """Return a chip's name without what stands in brackets."""
    return name.split(" (")[0]


def times(estimate: Estimate) -> str:
    """Return a ratio in words: ``2.55× (2.55 to 2.56)``."""
    low, high = estimate.ends
    return f"{estimate.value:.2f}× ({low:.2f} to {high:.2f})"


def pairings(table: pd.DataFrame) -> str:
    """Return the pairings that meet the claim in words, or that none does."""
    held = table[table["holds"].astype(bool)]
    named = [
        f"{top} of the {BINS[bin_]} ({engine} units) over {'sparse' if sparse else 'dense'} {base} of the H20"
        for bin_, top, base, engine, sparse in zip(
            *(held[c] for c in ("bin", "numerator", "denominator", "engine", "sparse")), strict=True
        )
    ]
    return "; ".join(named) or "none"


def launch_table(launches: pd.DataFrame) -> pd.DataFrame:
    """Return what the article says of the launch, without the columns on its origin."""
    return launches[["claim", "model", "chip", "event", "published", "statement"]]


def headline(table: pd.DataFrame, implied: Estimate, rates: dict[str, Estimate], fp4: Estimate, chance: float) -> str:
    """Say what the claimed multiple can be: ``rates`` are the H20's by format, ``chance`` that of an accident."""
    named = " and ".join(f"its dense {name} rate is {rate:.4g}" for name, rate in rates.items())
    return (
        f"The two printed numbers put the H20 at {implied:.4g}. It has no FP4 units, {named}: none of them fits, nor "
        f"does twice the FP8 rate. Printed FP4 over FP8 would be {fp4.value:.2f}×. What meets the claim: "
        f"{pairings(table)}. So the multiple looks like one at 16 bits set beside a rate at 4 bits. With "
        f"{so_many(len(table), 'pairing')} tried, at least one would meet it by accident with a probability of up to "
        f"{100 * chance:.0f} %, so this is a likely reading, not a proof."
    )


def serving(name: str, prefill: Estimate, decode: Estimate, grid: pd.DataFrame) -> str:
    """Say how fast the chip serves a dense model at the chosen load, and over the loads that fit in both memories."""
    fits = grid[grid["fits"]]["ratio"]
    ahead = 100 * (fits >= 1).mean()
    where = (
        f"it is ahead on {ahead:.0f} % of them, a share of this map and of nobody's real loads"
        if ahead
        else "it is nowhere ahead"
    )
    return (
        f"By its ratings the {name} prefills at {times(prefill)} the H20's speed and decodes at {times(decode)}. "
        f"Over the loads of the map that fit in both memories its decode speed runs from {fits.min():.2f} to "
        f"{fits.max():.2f} of the H20's, and {where}. The launch report names prefill and recommendation among the "
        f"uses; the DT version planned next has the H20's bandwidth."
    )


def mixture(
    table: pd.DataFrame,
    ratio: Estimate,
    serial: Mapping[int, Estimate],
    efficiency: Estimate,
    energy: pd.DataFrame,
    spread: int,
) -> str:
    """Say what binds a mixture of experts, what was measured, and what a system's power makes of it.

    ``serial`` holds the ratio without overlap by number of chips.
    """
    at = table[table["spread"] == spread].set_index("chip")
    bound = "does not keep to the time for one token, since its part of the weights takes too long to read"
    if ratio.value:
        apart = "; ".join(f"{times(one)} over {chips:.0f} chips" for chips, one in serial.items())
        bound = (
            f"has a bound of up to {times(ratio)} the H20's, if reading hides behind computing; where both follow one "
            f"another it is {apart}"
        )
    text = (
        f"Spread over {spread} chips, decode is bound by {at['binds']['h20']} on the H20 and by "
        f"{at['binds'].iloc[1]} on the {short(at['name'].iloc[1])}, which {bound}. Weights are shared out, and the "
        f"compressed cache asks for much computing. Bounds are not speeds."
    )
    if efficiency.value is not None:
        text += (
            f" Those who served DeepSeek-R1 on the generation before, the 910C, reached {efficiency.value:.2f} "
            f"({efficiency.low:.2f} to {efficiency.high:.2f}) of the use of the rated peak that others reached on "
            f"H20s; the H100 too used less of its larger peak, so that not all of it is software."
        )
    if len(energy) > 1:
        least, most = records(energy.sort_values("value").iloc[[0, -1]])
        text += (
            f" By rated power of whole systems, a million written tokens take {most.value:.2f} kWh on {most.system} "
            f"and {least.value:.2f} on {least.system}, {most.value / least.value:.1f} times as much, with other "
            f"prompts and formats."
        )
    return text


def launch(readings: pd.DataFrame) -> str:
    """Say when the model came out and on what it runs, as others than the articles have it."""
    day = readings.loc[readings["event"] == "release", "latest"].max()
    hardware = readings[readings["event"] == "serving hardware"]["statement"]
    return (
        f"DeepSeek V4 came out on {day.day} {day:%B %Y}. Of what serves it others say: {'; '.join(hardware)}. So it "
        f"runs on Ascend, but not on Ascend alone."
    )


def supply(planned: Estimate, readings: pd.DataFrame, dies: Estimate, enough: Estimate) -> str:
    """Say how planned shipments stand beside what others expect to be made; ``dies, enough``: `market.good_dies`."""
    plans = readings[readings["unit"].isin(["chips", "dies"])]
    named = "; ".join(f"{row.quantity} ({row.subject}): {row.value:,.0f}" for row in records(plans))
    yields = readings[readings["quantity"] == "yield"].sort_values("as_of")
    told = ", ".join(f"{row.published} ({row.subject}, {row.as_of:%B %Y})" for row in records(yields))
    low, high = (end / 1e6 for end in dies.ends)
    excluded = "does not exclude" if enough.ends[0] <= yields["high"].max() else "excludes"
    asked = "" if yields["subject"].str.contains("950PR").any() else "Of the 950PR no yield was found, and of"
    return (
        f"The plan of {planned.value:,.0f} chips is bounded by what can be made. Others have {named}. Plans and "
        "doubts about memory are far apart, and neither is a delivery.\n\nYields that the press gives, at "
        f"second or third hand: {told}. With one bank’s count of wafers and of dies on a wafer, by "
        f"a snippet of its report, that is {low:.1f} to {high:.1f} million good dies a year, and {enough.value:.0f} % "
        f"would make all the dies planned: by these figures yield alone {excluded} the plan. {asked or 'Of'} none of "
        "these chips a price of the wafer was found, so that what a good die costs stays open."
    )


def market(values: pd.DataFrame, prices: pd.DataFrame, index: Estimate, threshold: float) -> str:
    """Say how far value and units of the market contradict each other, and how concentrated it is."""
    implied = values[(values["what"] == "implied") & (values["vendor"] == "NVIDIA")]
    totals = implied["market"]
    cheapest = prices.loc[prices["unit"] == "USD/chip", "low"].min()
    return (
        "Cards and money are two houses’ counts, so that their shares need not be of one market. The market values "
        f"ascribed to one of them for the year, {' and '.join(f'{t:g}' for t in totals)} billion USD, "
        f"differ by a factor of {totals.max() / totals.min():.2f}. Under them an NVIDIA card would have brought "
        f"{implied['value'].min():,.0f} to {implied['value'].max():,.0f} USD, while the H20 was reported at "
        f"{cheapest:,.0f} USD or more. Either many cheaper cards are among the units, or units and value describe "
        f"different markets. The index of concentration, of cards, is {index:,.0f}; above {threshold:,.0f} counts as "
        "highly concentrated in the US merger guidelines of 2023."
    )


def dependence(incumbents: pd.DataFrame, intensity: Estimate) -> str:
    """Say what the two shares without an origin would mean together."""
    cuda, share = (incumbents.set_index("claim")["published"][claim] for claim in ("A63", "A64"))
    return (
        f"The article gives {cuda} of training to CUDA and {share} of accelerators to NVIDIA, both of 2023 and without "
        "an origin. If CUDA runs on NVIDIA only, an accelerator elsewhere would do "
        f"{intensity.ends[0]:.2f} to {intensity.ends[1]:.2f} of the training that one of NVIDIA's does."
    )


def paths(linear: Estimate, logit: Estimate, last: int, domestic: pd.DataFrame, observed: pd.DataFrame) -> str:
    """Say when shares would be equal, and how far what was seen lies from the analyst's path at home."""
    year = int(observed["year"].iloc[0])
    on_path = float(domestic.set_index("year")["value"][year])
    known, bound = observed[observed["value"].notna()], observed[observed["value"].isna()]
    behind = on_path - known["value"]
    seen = " and ".join(f"{v:.0f} % by {by}" for by, v in zip(known["by"], known["value"], strict=True))
    other = "".join(
        f" But by the {row.by} that another page ascribes to the same house it was {row.low:.0f} to {row.high:.0f} %, "
        f"which {'contains' if row.low <= on_path <= row.high else 'does not contain'} the path; and only value is "
        "what the path is of."
        for row in records(bound)
    )

    def until(wait: Estimate) -> str:
        low, high = wait.ends
        return f"{last + (wait.value or 0):.0f} ({last + low:.0f} to {last + high:.0f})"

    return (
        f"If the change goes on, world shares are equal in {until(linear)} by differences and in {until(logit)} by "
        f"logits. At home the path between the two printed years has {on_path:.0f} % for {year}; shares of {seen} were "
        f"reported, {behind.min():.0f} to {behind.max():.0f} points less.{other} Whether {year} fell short is open, "
        "and if it did, the growth may come late or the end point be too high; one year cannot tell."
    )


def fleet_table(fleets: pd.DataFrame) -> pd.DataFrame:
    """Return chips for one H20's work and break-even prices at the chosen share of prefill."""
    at = fleets[fleets["chosen"].astype(bool)]
    chips = at["prefill_chips"] + at["decode_chips"]
    return at[["kind", "fleet"]].assign(**{"chips for one H20": chips, "break-even price over an H20's": at["price"]})


def move(share: Estimate, porting: float, fleet_size: float, older: Estimate) -> str:
    """Say what the move hangs on; ``porting`` is in USD for a fleet that replaces all H20s."""
    low, high = share.ends
    return (
        f"With the dense model the 950PR alone is the cheaper way at an H20's price only if "
        f"{100 * (share.value or 0):.0f} % of the busy time or more is prefill ({100 * low:.0f} to {100 * high:.0f} "
        f"%). Porting is {porting / fleet_size:,.0f} USD a replaced H20. No price of the 950PR was found; the only "
        f"comparison is older: distributors asked {older.to('ratio').value:.2f} times an H20's price for a 910B."
    )


def swings(table: pd.DataFrame) -> str:
    """Say what the modelled cost hangs on most."""
    width = (table["at_high"] - table["at_low"]).abs()
    compatibility = float(width[table["input"] == "compatibility"].iloc[0])
    return (
        f"{table['label'].iloc[0]} moves the ratio by {width.iloc[0]:.2f}, the compatibility by {compatibility:.3f}. "
        "For one model, and within the ranges chosen, what decides is how fast ported software runs and at what "
        "price; the first was measured on the chip "
        f"before, the second nowhere."
    )


def answer(
    table: pd.DataFrame, claim: Estimate, ratios: dict[str, Estimate], prices: dict[str, Estimate], spread: int
) -> str:
    """Answer the theme's question in three sentences; ``ratios`` and ``prices`` are by kind of model."""
    dense, sparse, serial = ratios

    def pays(model: str) -> str:
        low, high = prices[model].ends
        return f"{prices[model].value:.2f} ({low:.2f} to {high:.2f})"

    return (
        f"The claimed {claim.value:g}× is no multiple at FP4, which the H20 lacks; it is met by "
        f"{pairings(table)}, a likely reading and no proof. "
        f"What a user gets hangs on the model: by ratings a 950PR writes {ratios[dense].value:.2f} times as fast as "
        f"an H20 with a {dense} at the chosen load, and up to {ratios[sparse].value:.2f} times with a {sparse} spread "
        f"over {spread} chips if reading hides behind computing, {ratios[serial].value:.2f} times if it does not, "
        "before the losses of ported software. With the lower use of peak that was measured on the chip before, "
        "and at "
        "the chosen share of prefill, a fleet of 950PRs alone pays if one costs, before the reported rise of its "
        f"price, less than {pays(dense)} of an H20's price for the first, {pays(sparse)} for the "
        f"second and {pays(serial)} for the third, and no price of the 950PR was found."
    )
