"""The notebook's computed sentences, as markdown."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.estimates import Estimate, pick
from parallelrun.themes.token_economics.plots import day
from parallelrun.themes.token_economics.printed import said

SEATS = {"CN": "China", "US": "the US"}


def volumes(tables: pd.DataFrame, ratio: Estimate, totals: dict[str, Estimate], unlisted: Estimate) -> str:
    """Say what the printed volumes and shares imply."""
    return (
        f"The article's ratio of {said(tables)['A32']} is the quotient of its volumes, {ratio:.3f}. The two implied "
        f"totals, {totals['CN']:.4g} and {totals['US']:.4g}, agree within rounding, so that shares and volumes are of "
        f"one count. But that count leaves {unlisted:.3g} of all tokens unlisted."
    )


def models(tables: pd.DataFrame, data: pd.DataFrame, six: Estimate, free_printed: Estimate, free: Estimate) -> str:
    """Say what the Chinese volume is made of."""
    return (
        f"The {len(data)} add up to {six:.4g}, against {said(tables)['A30']} for all Chinese models: there is no room "
        f"for another one. The article marks {free_printed:.3g} of them as free; the ranking marks "
        f"{data['free_in_ranking'].sum()} of the {len(data)}, which makes it {free.value:.1f} %. For this week the "
        "copy of the ranking contains figures rounded like the printed ones: that they agree is no independent test, "
        "but that the splits recorded beside them add up to them is."
    )


def nine(
    tables: pd.DataFrame, rankings: pd.DataFrame, week: pd.Timestamp, by_ten: Estimate, nine: Estimate, ten: Estimate
) -> str:
    """Say whose tokens the press added up."""
    first = rankings[(rankings["week_end"] == week) & (rankings["rank"] <= 9)].groupby("country")["rank"]
    places = {country: f"{ranks.min()} to {ranks.max()}" for country, ranks in first}
    tenth = rankings[rankings["rank"] == 10].set_index("week_end")["country"]
    holder = SEATS.get(str(tenth.get(week)), "neither country")
    return (
        f"The week's {said(tables)['A30']} are places {places['CN']}, its {said(tables)['A31']} places {places['US']}; "
        f"ten places match {by_ten.value:.0f} sums only. The tenth was a model of {holder} in that week, of the US in "
        f"{tenth.eq('US').sum()} of {len(tenth)} weeks: leaving it out lowers the sum of whoever has it, by up to "
        f"{ten.high:.0f} %. The largest misfit of nine places ({nine.value:.1f} %) vanishes if a model that was still "
        "anonymous is counted as Chinese."
    )


def matched_meaning(of: Estimate) -> str:
    """Return what the number of matched sums means."""
    return f"of {of.value:.0f} printed sums, those that nine places give; high: anonymous as Chinese"


def ahead(ahead: Estimate, longest: Estimate, part: Estimate) -> str:
    """Say how long China was ahead."""
    return (
        f"The ranking confirms {ahead.value:.0f} weeks in a row up to the article's. The longest run among the ranked "
        f"models is {longest.value:.0f}. Only {ahead.low:.0f} of the weeks is certain whatever the unlisted are; with "
        f"all the places set in the parameters, China has {part:.3g} of all tokens in the article's week."
    )


def free(exits: pd.DataFrame, kept: Estimate) -> str:
    """Say what became of models whose free variant left the ranking."""
    return (
        f"The week after, the {exits['model'].nunique()} models together had between {kept.low:.0f} and "
        f"{kept.high:.0f} % of their free peaks. An end of the offer, a successor and a falling fashion all look like "
        "this: the list cannot tell them apart."
    )


def mix(mix: pd.DataFrame, week: pd.Timestamp) -> str:
    """Say what the tokens are made of."""
    now = {str(row["country"]): row for row in mix[mix["week_end"] == week].to_dict("records")}
    return (
        f"In the article's week {now['CN']['cached']:.0f} % of the recorded prompts of Chinese models and "
        f"{now['US']['cached']:.0f} % of those of US models were read again from a cache, at a fraction of the "
        f"price; a split is recorded for {now['CN']['recorded']:.0f} % and {now['US']['recorded']:.0f} % of "
        "their listed tokens. A count of tokens counts the same context every time it is sent."
    )


def revenue(
    ratio: Estimate, earned: Estimate, dearer: Estimate, flagships: Estimate, ways: pd.DataFrame, unlisted: Estimate
) -> str:
    """Say what the tokens come to at list price."""
    later = ways.iloc[-1]
    return (
        f"{ratio.value:.1f} times the tokens, {earned:.2g} times the revenue. A paid US token came to {dearer:.3g} "
        f"times the price of a paid Chinese one, where the article's pair of input prices gives {flagships.value:g}. "
        "Even if every free token had been charged at the first price listed later, and none had stayed away, China's "
        f"part would be {later['value']:.0f} % ({later['low']:.0f} to {later['high']:.0f}). All this is of ranked "
        f"models: what the {unlisted.value:.0f} % outside the printed sums earn is not known, and these intervals do "
        "not contain it."
    )


def users(tables: pd.DataFrame, own: Estimate, level: Estimate, history: pd.DataFrame) -> str:
    """Say whether users in China account for the Chinese models' tokens."""
    abroad = pick(history, metric="usage_outside_us")
    text = said(tables)
    return (
        f"The article's reading holds if users are alike: at least {100 - (own.value or 0):.3g} % of the Chinese "
        f"models' tokens are then asked for from elsewhere. It would fail only if a user in China used "
        f"{level:.3g} times as much. A study of the year before puts use outside the US above "
        f"{abroad.low:.0f} %, which {text['A45']} of users in the US does not contradict. The {text['A72']} million "
        "users of Doubao, printed without a date, say nothing about this platform."
    )


def splits(parity: Estimate, all_us: Estimate, chosen: Estimate, text: Estimate) -> str:
    """Say how the ratio depends on the unlisted tokens and on the tokenizers."""
    return (
        "On the printed shares alone China's lead is not certain: if all of the rest were of US models, the ratio "
        f"would be {all_us:.3g}. But it takes {parity:.3g} of the rest to level it. At the chosen split the ratio is "
        f"{chosen:.3g} in tokens and {text:.3g} in text, with the tokenizer ratio of the parameters."
    )


def concentration(six: Estimate, vendors: Estimate, index: pd.DataFrame, leader: pd.DataFrame) -> str:
    """Say how concentrated the tokens are."""
    peak = index.nlargest(1, "vendors").iloc[0]
    first = leader[(leader["week_end"] == peak["week_end"]) & (leader["rank"] == 1)].iloc[0]
    return (
        f"Among themselves the six printed models have an index of {six.value:,.0f}, their vendors "
        f"{vendors.value:,.0f}. The listed vendors were most concentrated in the week to {day(peak['week_end'])} "
        f"({peak['vendors']:,.0f}), led by the {first['tier']} variant of {first['model']}."
    )


def found(
    listed: Estimate, ratio: Estimate, unlisted: Estimate, earned: Estimate, free: Estimate, ahead: Estimate
) -> str:
    """Answer the theme's question in three sentences."""
    return (
        f"On the platform that the article counts, Chinese models led US ones {ratio.value:.1f} to 1 among the nine "
        f"models of its chart, for {ahead.value:.0f} weeks in a row, while {unlisted.value:.0f} % of all tokens were "
        f"outside that chart, so that the ratio of all tokens lies between {listed.low:.2f} and {listed.high:.2f}. "
        f"{free.value:.0f} % of those Chinese tokens were free, and at list price the ranked Chinese models come to "
        f"{earned.value:.2f} times what the US ones do. So Chinese models are much used where use is free or cheap, "
        "which is a lead in tokens on one platform and not yet one in what is paid."
    )
