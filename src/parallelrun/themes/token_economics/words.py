"""The notebook's computed sentences, as markdown."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.counts import so_many, so_often
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.themes.token_economics.plots import day
from parallelrun.themes.token_economics.printed import said

SEATS = {"CN": "China", "US": "the US"}


def _span(estimate: Estimate, spec: str = ".2f") -> str:
    low, high = estimate.ends
    return f"{low:{spec}} to {high:{spec}}"


def platform(now: dict[str, Estimate], listed: Estimate, paid: Estimate, beyond: Estimate, chart: pd.DataFrame) -> str:
    """Say what the article's week was on the whole platform."""
    models, certain = chart.set_index("country")["models"], now["ratio"].ends[0] > 1
    lead = "The lead stands whoever has the unknown" if certain else "Who leads is not certain"
    return (
        f"In the article's week the platform handled {now['tokens'].value:.1f} trillion tokens. Chinese models had "
        f"**{now['ratio'].value:.2f} times** what US models had ({_span(now['ratio'])}, the "
        f"{now['unknown'].value:.1f} % below the fiftieth place given to the US or to China), where the article has "
        f"{listed.value:.1f}. {lead}, and its size is not the article's, which counts the nine largest "
        f"models: beyond them stand {so_many(models['US'], 'US model')} and {so_many(models['CN'], 'Chinese one')}, "
        f"and {beyond.ends[0]:.0f} to {beyond.ends[1]:.0f} % of those tokens are of US models. Without the variants "
        f"that are named free the ratio is {paid.value:.2f} ({_span(paid)}): among paid tokens "
        + (
            "neither country is surely ahead."
            if paid.ends[0] <= 1 <= paid.ends[1]
            else "the leader is the same either way."
        )
    )


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
        "copy of the ranking contains figures rounded like the printed ones: that they agree is no independent test. "
        "The splits recorded beside them, and the daily data set, are not rounded, and add up to the same."
    )


def nine(
    tables: pd.DataFrame,
    rankings: pd.DataFrame,
    disclosures: pd.DataFrame,
    by_ten: Estimate,
    matched: Estimate,
    ten: Estimate,
    grown: dict[str, list[Estimate]],
    sound: tuple[Estimate, Estimate],
    press: pd.DataFrame,
) -> str:
    """Say whose tokens the press added up.

    ``grown`` has each country's growth by nine places and by ten, ``sound`` the matches of sums from sources that are
    not weak, and the number of those; ``press``: the table ``press_volumes``.
    """
    week = tables["week_end"].iloc[0]
    first = rankings[(rankings["week_end"] == week) & (rankings["rank"] <= 9)].groupby("country")["rank"]
    places = {country: f"{ranks.min()} to {ranks.max()}" for country, ranks in first}
    tenth = rankings[rankings["rank"] == 10].set_index("week_end")["country"]
    holder = SEATS.get(str(tenth.get(week)), "neither country")
    named = disclosures[disclosures["slug"].isin(rankings["slug"]) & disclosures["disclosed"].notna()]
    covers = ": " + "; ".join(
        f"{slug} was named as {vendor}'s on {day(when)}"
        for slug, vendor, when in named[["slug", "vendor", "disclosed"]].itertuples(index=False)
    )
    none = " and ".join(seat for country, seat in SEATS.items() if not press["country"].eq(country).any())
    aside = f" Of {none} token_economics/press_volumes has no sum, so that nothing is matched there." if none else ""
    told = covers if len(named) else ", and token_economics/disclosures names none of this ranking"
    growths = "; ".join(
        f"{SEATS[country]} {nine:+.2f} by nine places, {ten:+.1f} by ten" for country, (nine, ten) in grown.items()
    ).replace("-", "−")
    return (
        f"The week's {said(tables)['A30']} are places {places['CN']}, its {said(tables)['A31']} places {places['US']}; "
        f"ten places match {so_many(by_ten.value, 'sum')} only. The tenth was a model of {holder} in that week, of the "
        f"US in {tenth.eq('US').sum()} of {so_many(len(tenth), 'week')}: leaving it out lowers the sum of whoever has "
        f"it, by up to {ten.high:.0f} %. {so_many(matched.ends[0], 'sum matches', 'sums match')} if a model with a "
        f"cover name is nobody's, {matched.ends[1]:.0f} if it is its vendor's once that was named{told}. Of the "
        f"{so_many(sound[1].value, 'sum')} from sources that are not noted as weak "
        f"{so_many(sound[0].value, 'matches', 'match')}.{aside} The growth in the article, {said(tables)['A33']} and "
        f"{said(tables)['A34']}, is that of nine places too ({growths})."
    )


def matched_meaning(of: Estimate) -> str:
    """Return what the number of matched sums means."""
    return f"of {so_many(of.value, 'printed sum')}, those that nine places give; low: models with cover names left out"


def ahead(ranked: pd.DataFrame, week: pd.Timestamp, ahead: Estimate, covered: Estimate) -> str:
    """Say how long China was ahead among the ranked models."""
    run = ranked[ranked["week_end"] <= week].tail(int(ahead.value or 0))
    least = run.nsmallest(1, "ratio").iloc[0] if len(run) else ranked.iloc[-1]
    return (
        f"Among the ranked models China was ahead for {so_many(ahead.value, 'week')} in a row up to the article's, but "
        f"in the week to {day(least['week_end'])} by {100 * (least['ratio'] - 1):.0f} % only; what is not listed "
        f"leaves {ahead.ends[0]:.0f} of the weeks certain. The ranking holds {_span(covered, '.0f')} % of the "
        "platform, month by month."
    )


def since(whole: pd.DataFrame, led: Estimate, ranked: pd.DataFrame, press: pd.DataFrame, week: pd.Timestamp) -> str:
    """Say who led in the weeks for which the whole platform is known, and between them."""
    later, last = whole[whole["week_end"] > week], whole.iloc[-1]
    between = ranked.loc[ranked["week_end"] >= week, "ratio"] > 1
    changes = int((between != between.shift()).iloc[1:].sum())
    told = press[press["week_end"] > ranked["week_end"].max()].pivot_table(
        index="week_end", columns="country", values="value"
    )
    told = told.reindex(columns=["CN", "all"]).dropna()
    printed = "".join(
        f" The press has {row['CN']:.1f} of {row['all']:.1f} trillion for Chinese models on the chart of the week to "
        f"{day(row['week_end'])}."
        for row in told.reset_index().to_dict("records")
    )
    return (
        f"Over all tokens Chinese models led in {led.value:.0f} of {so_many(len(whole), 'week')} with data, and in "
        f"{led.ends[0]:.0f} whatever the unknown is, cover names counted as the parameter says. After the "
        "article's week the ratio lay between "
        f"{later['ratio'].min():.2f} and {later['ratio'].max():.2f}, while the platform grew from "
        f"{whole['total'].iloc[0]:.0f} to {last['total']:.0f} trillion tokens a week. Among the ranked models alone "
        f"the lead changed hands {so_often(changes)} between the article's week and that to "
        f"{day(ranked['week_end'].max())}." + printed
    )


def weights(months: pd.DataFrame, chinese: pd.DataFrame, classified: pd.DataFrame, week: pd.Timestamp) -> str:
    """Say what a lead by open weights is."""
    first, best, last = chinese.iloc[0], chinese.nlargest(1, "share").iloc[0], months.iloc[-1]
    cn = classified[(classified["week_end"] == week) & (classified["country"] == "CN")]
    given = 100 * cn.loc[cn["free"], "value"].sum() / cn["value"].sum()
    most = "most" if first["share"] < 50 else "fewer than half"
    return (
        f"In the article's week {first['share']:.0f} % of Chinese models' tokens were of open weights, and "
        f"{given:.0f} % were given away: {most} were of models that no list has as open, and much was free. In the "
        f"week to {day(best['week_end'])} open weights had {best['share']:.0f} %. Anyone may host an open model, and "
        f"this data does not say who does: a lead of Chinese open weights is a lead of Chinese *models*, which hosts "
        f"in the US may serve and earn from. Among models of all countries open weights had {last['low']:.0f} to "
        f"{last['high']:.0f} % of the tokens in the last month (to {day(last['period_end'])})."
    )


def bridge(rows: pd.DataFrame, unknown: Estimate, paid: Estimate) -> str:
    """Say how free shares and ratios of paid tokens belong together, and where they do not meet.

    ``rows``: from `free.bridge`; ``unknown``: tokens below the fiftieth place (%); ``paid``: the platform's ratio.
    """
    listed, whole = rows.iloc[-2], rows.iloc[-1]
    left = {side: [one[side] * (1 - one[f"free_{side}"] / 100) for one in (listed, whole)] for side in ("cn", "us")}
    given = [one["cn"] * one["free_cn"] / 100 for one in (listed, whole)]
    return (
        f"The free shares of China run from {rows['free_cn'].min():.0f} to {rows['free_cn'].max():.0f} %, the ratios "
        f"of paid tokens from {rows['paid'].min():.2f} to {rows['paid'].max():.2f}. In each row the one makes the "
        "other exactly, as the ratio of all tokens times the paid part of China over that of the US; rows differ in "
        f"what they count. From the ranked models to the platform China's free tokens go from {given[0]:.2f} to "
        f"{given[1]:.2f} trillion, its paid ones from {left['cn'][0]:.1f} to {left['cn'][1]:.1f}, and those "
        f"of the US from {left['us'][0]:.1f} to {left['us'][1]:.1f}: that is the step between the two paid ratios. It "
        f"does not close for the {unknown.value:.1f} % of all tokens below the fiftieth place, of which neither "
        f"country nor price is known: they leave {_span(paid)} open."
    )


def free(exits: pd.DataFrame, kept: Estimate) -> str:
    """Say what became of models whose free variant left the ranking."""
    return (
        f"The week after, the {so_many(exits['model'].nunique(), 'model')} together had between {kept.low:.0f} and "
        f"{kept.high:.0f} % of their free peaks. An end of the offer, a successor and a falling fashion all look like "
        "this: the list cannot tell them apart."
    )


def mix(mix: pd.DataFrame, week: pd.Timestamp, cn: Estimate, us: Estimate) -> str:
    """Say what the prompts are made of."""
    now = {str(row["country"]): row for row in mix[mix["week_end"] == week].to_dict("records")}
    whole = sum(now["CN"][part] for part in ("read", "fresh", "zero", "unknown"))
    return (
        "Models whose cache is recorded as zero, or not at all, have "
        f"{100 * (now['CN']['zero'] + now['CN']['unknown']) / whole:.0f} % of the Chinese prompts. As recorded, "
        f"{cn.value:.0f} % of Chinese and {us.value:.0f} % of US prompt tokens came from a cache; the Chinese part "
        f"may be anything from {cn.ends[0]:.0f} to {cn.ends[1]:.0f} %, so that which country's is larger is open. Of "
        f"the tokens with a split {now['CN']['completion']:.1f} % (China) and {now['US']['completion']:.1f} % (US) "
        f"were completions. A count of tokens counts the same context every time it is sent."
    )


def revenue(counted: pd.DataFrame, earned: Estimate, alone: pd.DataFrame, dearer: Estimate, flagships: Estimate) -> str:
    """Say what the tokens come to at list price."""
    tokens, later = counted.iloc[0], counted[counted["counting"].str.contains("later prices")].iloc[0]
    order = "no single model's absence turns the order round" if alone["value"].max() < 1 else "one can turn the order"
    largest = [alone[alone["country"] == country].nlargest(1, "part") for country in SEATS]
    without = ", ".join(
        f"{row.model} is {row.part:.0f} % of {SEATS[row.country]}'s side (without it the ratio is {row.value:.2f})"
        for rows in largest
        for row in records(rows)
    )
    return (
        f"At list price the ranked Chinese models come to {earned:.2g} times what the US ones do, with "
        f"{tokens['value']:.0f} % of both countries' tokens. Few models decide it: {without}; {order}. A paid US "
        f"token came to {dearer:.3g} times the price of a paid Chinese one, where the article's pair of input prices "
        f"gives {flagships.value:g}. Even if every free token had been charged at the first price listed later, and "
        f"none had stayed away, China's part would be {later['value']:.0f} % ({later['low']:.0f} to "
        f"{later['high']:.0f}). All this is of ten ranked models; what the others earn is not in these intervals."
    )


def users(
    tables: pd.DataFrame,
    intensity: float,
    own: Estimate,
    half: Estimate,
    half_of_all: Estimate,
    history: pd.DataFrame,
    app: pd.DataFrame,
) -> str:
    """Say whether users in China account for the Chinese models' tokens."""
    abroad, text = pick(history, metric="usage_outside_us"), said(tables)
    doubao = _among(app[app["metric"] == "monthly_users"], pick(tables, claim="A72").value or 0.0)
    return (
        f"If a user in China uses {intensity:g} times what a user elsewhere does, "
        f"{100 - own.ends[1]:.3g} to {100 - own.ends[0]:.3g} % of the Chinese models' tokens are asked for from "
        f'elsewhere, if nobody hides where they are. "Primarily '
        f'overseas" fails once users in China account for half, that is at {half.value:.2f} times '
        f"({_span(half, '.1f')}), or {_span(half_of_all, '.1f')} times with China's share of all tokens in place of "
        f"the article's. No source here says how much they use; and the claim is of growth, on which a level says "
        f"little. A study of the year before puts use outside the US above {abroad.low:.0f} %, which {text['A45']} "
        f"of users in the US does not contradict. The {text['A72']} million users of Doubao {doubao}; "
        "Doubao is not on this platform."
    )


def _among(monthly: pd.DataFrame, printed: float) -> str:
    """Say between which counts of monthly users a printed number lies, or beyond which."""
    below = monthly[monthly["value"] < printed].nlargest(1, "value")
    above = monthly[monthly["value"] >= printed].nsmallest(1, "value")
    counts = [f"{row.value:.0f} million ({day(row.as_of)})" for row in records(pd.concat([below, above]))]
    match len(below), len(above):
        case 1, 1:
            return f"lie between two counts of its monthly users, {' and '.join(counts)}"
        case 1, 0:
            return f"are more than any count of its monthly users, of which the highest is {counts[0]}"
        case 0, 1:
            return f"are no more than any count of its monthly users, of which the lowest is {counts[0]}"
        case _:
            return "have no count of its monthly users beside them"


def splits(parity: Estimate, all_us: Estimate, chosen: Estimate, text: Estimate, found: Estimate) -> str:
    """Say how the ratio depends on the unlisted tokens and on the tokenizers."""
    return (
        "On the printed shares alone China's lead is not certain: if all of the rest were of US models, the ratio "
        f"would be {all_us:.3g}, and {parity:.3g} of the rest would level it. The data of the whole platform put the "
        f"US part of the rest at {_span(found, '.0f')} %, which settles it. At the chosen split the ratio is "
        f"{chosen:.3g} in tokens and {text:.3g} in text, with the tokenizer ratio of the parameters."
    )


def found(
    now: dict[str, Estimate],
    listed: Estimate,
    paid: Estimate,
    led: Estimate,
    whole: pd.DataFrame,
    earned: Estimate,
    chinese: pd.DataFrame,
    paid_later: list[Estimate],
) -> str:
    """Answer the theme's question in three sentences; ``paid_later``: as ``paid``, in the weeks since."""
    last, later = whole.iloc[-1], chinese["share"].iloc[1:]
    values = [one.value or 0.0 for one in paid_later]
    since = f", and in the later weeks it was {min(values):.1f} to {max(values):.1f} to 1" if values else ""
    more = "more" if (now["ratio"].value or 0) > 1 else "less"
    return (
        f"On OpenRouter Chinese models were used {more} than US ones: {now['ratio'].value:.1f} to 1 over all tokens of "
        f"the article's week ({_span(now['ratio'], '.1f')}), not the {listed.value:.1f} to 1 of the nine models on "
        f"its chart, and {last['ratio']:.1f} to 1 in the week to {day(last['week_end'])}, the last at hand, with a "
        f"lead in {led.value:.0f} of the {so_many(len(whole), 'week')} for which the whole platform is known. Among "
        f"the tokens not named free it was {paid.value:.2f} to 1 in the article's week ({_span(paid)}){since}; the "
        f"ranked models' list-price revenue of the article's week was {earned.value:.2f} to 1. This compares tokens "
        f"on one platform, and says nothing on what is used and paid for elsewhere; open weights, which anyone "
        f"may host, had {later.min():.0f} % of Chinese models' tokens in the week since then in which they had least, "
        f"and {later.max():.0f} % in the one in which they had most; models that no list has count as not open."
    )
