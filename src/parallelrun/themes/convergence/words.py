"""Sentences of the convergence notebook whose numbers are computed; each function returns markdown."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES
from parallelrun.themes.convergence.printed import nearest, printed_percents


def board_of(row: pd.Series) -> str:
    """Return a board and its day."""
    return f"{BOARD_NAMES[row['board']]}, {row['as_of']:%d %B %Y}"


def largest(row: pd.Series) -> str:
    """Return what the largest gap of a year means."""
    return f"Largest gap of {row['as_of'].year} on any board ({board_of(row)})"


def history(apart: pd.DataFrame, gaps: pd.DataFrame, timeline: pd.DataFrame, early: pd.DataFrame) -> str:
    """Set the articles' gaps and GPT-4's score beside the boards; from `printed.distances` and the tables."""
    sentences = []
    for period, rows in apart.groupby("period", sort=False):
        near = nearest(apart, rows["claim"].iloc[0])
        sentences.append(
            f"**{period}.** The article says {near['printed']:.0f}; {int(rows['inside'].sum())} of {len(rows)} boards "
            "near "
            f"that month agree within their margins, and the nearest has {near['gap']:.0f} ({board_of(near)})."
        )
    weak = f"The one near February 2025 rests on {nearest(apart, 'A17')['source'].replace('-', ' ')}, a weak source."
    spring = gaps[(gaps["board"] == "online_elo") & (gaps["as_of"].dt.to_period("M") == "2023-05")]
    first = early[early["as_of"] == early["as_of"].min()].set_index("vendor")["value"]
    return (
        f"{' '.join(sentences)} {weak}\n\nThe article gives GPT-4 {pick(timeline, claim='A16').value:.0f} points in "
        "May 2023; "
        f"the boards of that month have at most {spring['us'].max():.0f}. It has OpenAI ahead of Google by "
        f"{pick(timeline, claim='A13').value:.0f} in early 2023; on the first board with both, of "
        f"{early['as_of'].min():%d %B %Y}, it was {first['OpenAI'] - first['Google']:.0f}."
    )


def percents(percents: pd.DataFrame, scores: pd.DataFrame, timeline: pd.DataFrame, thousand: Estimate) -> str:
    """Say what the articles' percentages are of, and on how many boards double digits hold (`attach_percent`)."""
    of_china, of_us = printed_percents(scores, timeline)
    double = percents.dropna(subset="double").set_index("claim")["double"] * 100
    return (
        f"Counted from 1000 the same gap is {thousand.value:.1f} %. The article’s "
        f"{pick(timeline, claim='A20').value:.1f} % "
        f"fits the Chinese score as base ({of_china:.2f} %); of the US score it would be {of_us:.2f} %. Double digits "
        "in 2023 "
        f"are true of {double['A21']:.0f} % of that year’s boards, and “two years ago” of {double['C03']:.0f} % of "
        "those in "
        "the half-year before May 2024, nearly all of them online Elo, whose zero is as arbitrary."
    )


def margin(chance: Estimate, ratio: Estimate, p: Parameters) -> str:
    """Say whether the gap is inside its margin."""
    return (
        f"By its margins the board of {p.board_date} leaves the Chinese model "
        f"{'next to no chance' if (chance.value or 0) < 0.001 else f'a chance of {chance.value:.2g}'} to be ahead: "
        "for the "
        f"sampling of votes the gap is {'inside' if (ratio.value or 0) < 1 else 'outside'} its margin. Who votes, "
        "which "
        "prompts come and what style is worth are not in these margins."
    )


def parity_meaning(day: str) -> str:
    """Return what the probability of parity means."""
    return f"Probability that the gap has touched zero by {day}; low and high over three models"


def forecast_meaning(day: str, p: Parameters) -> str:
    """Return what the forecast means."""
    return f"Forecast of the gap on the {p.forecast_board} board for {day} ({p.forecast_model})"


def forecast(series: pd.DataFrame, ahead: pd.DataFrame, fits: pd.DataFrame, unseen: pd.DataFrame) -> str:
    """Say what the forecast is worth beside boards that it did not see."""
    weeks = unseen.assign(week=unseen["as_of"].dt.to_period("W-SUN").dt.end_time.dt.normalize())
    reached = ahead.merge(weeks, on="week", suffixes=("", "_board"))
    inside = (reached["gap"] >= reached["low"]) & (reached["gap"] <= reached["high"])
    order = fits.sort_values("aic")
    return (
        f"The forecast, made from boards to {series['week'].iloc[-1]:%B %Y}, covers {int(inside.sum())} of "
        f"{len(reached)} later "
        "boards, which are on another scale, so this is a hint and no test. Akaike’s criterion puts "
        f"{order['method'].iloc[0]} first by {order['aic'].iloc[1] - order['aic'].iloc[0]:.1f}, which does not settle "
        "the choice."
    )


def track(record: pd.DataFrame, shelf: pd.DataFrame, within: pd.DataFrame, p: Parameters) -> str:
    """Say how past forecasts did at each horizon, and how far the gap moves."""
    mine = record[record["method"] == p.forecast_model]
    shares = ", ".join(f"{100 * row.share:.0f} % up to week {row.horizon}" for row in records(mine))
    last = mine.iloc[-1]
    moves = shelf[shelf["board"] == "overall"].set_index("months")["median"]
    days = within[within["board"] == "overall"]
    near = ", ".join(f"{row.threshold:g} points on {100 * row.share:.0f} %" for row in records(days))
    return (
        f"The {100 * p.confidence:.0f} % intervals of the {p.forecast_model} model covered {shares}. At the longest "
        "horizons it "
        f"erred by {last['error']:.0f} points on average and “no change” by {last['naive']:.0f}; the "
        f"{last['forecasts']} "
        f"outcomes come from {last['origins']} origins and overlap. On the overall board the gap had moved by "
        f"{moves.iloc[min(5, len(moves) - 1)]:.0f} points after {moves.index[min(5, len(moves) - 1)]} months and by "
        f"{moves.iloc[-1]:.0f} after {moves.index[-1]}. It was within {near} of days."
    )


def depth(deep: pd.DataFrame, ladder: pd.DataFrame, chinese: Estimate, excess: Estimate) -> str:
    """Say how the gap changes down the ladder, and what the articles' institutions need."""
    head, foot = deep.iloc[0], deep.iloc[-1]
    long = ladder.loc[ladder["as_of"] == ladder.loc[ladder["place"] == ladder["place"].max(), "as_of"].max()]
    gaps = ", ".join(f"{row.gap:.0f} at place {row.place}" for row in records(long))
    return (
        f"From the head to place {foot['place']} the gap of {head['as_of']:%B %Y} changes by "
        f"{foot['gap'] - head['gap']:.0f} "
        f"points. On the last long board, of {long['as_of'].iloc[0]:%B %Y}, it was {gaps}. Of the first twenty models "
        f"{chinese.low:.0f} to {chinese.high:.0f} were Chinese. The article’s institutions of both countries need "
        f"{(excess + 20).value:.0f} of 20 places, which takes a shared place or a slip; what was ranked is not said."
    )


def breadth(tasks: pd.DataFrame, arenas: pd.DataFrame) -> str:
    """Say where the gap is large, small and reversed."""
    control = tasks[tasks["board"] == "style_control"].sort_values("gap")
    small, wide = control.iloc[0], control.iloc[-1]
    code = arenas[arenas["arena"] == "code"].sort_values("as_of")
    first, last = code.iloc[0], code.iloc[-1]
    verdict = "too close to call" if last["leader"] == "open" else "beyond its interval"
    return (
        f"With style control the smallest text gap is in {small['label']} ({small['gap']:.0f}, {small['low']:.0f} to "
        f"{small['high']:.0f}) and the largest in {wide['label']} ({wide['gap']:.0f}, {wide['low']:.0f} to "
        f"{wide['high']:.0f}); "
        "most intervals overlap, so this order says little. The code arena went from "
        f"{first['gap']:.0f} in {first['as_of']:%B} to {last['gap']:.0f} ({last['low']:.0f} to {last['high']:.0f}) in "
        f"{last['as_of']:%B %Y}: {verdict}."
    )


def six_scores(fit: pd.DataFrame, scores: pd.DataFrame, timeline: pd.DataFrame, implied: Estimate) -> str:
    """Say which board the articles' scores fit, and that they do not contain the articles' gap."""
    top, alibaba = pick(scores, claim="A07"), pick(scores, claim="A11")
    return (
        f"The differences are smallest on the board of {fit['as_of'].iloc[0]:%d %B %Y} ({fit['rms'].iloc[0]:.1f} "
        "points root "
        f"mean square). The six do not contain the article’s gap: {top.value:.0f} minus the better of the two Chinese "
        "vendors is "
        f"{(top - alibaba).value:.0f}, not {pick(timeline, claim='A19').value:.0f}; the gap implies a Chinese model at "
        f"{implied.value:.0f}."
    )


def candidates(found: pd.DataFrame, leaders: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Say who the Chinese model behind the gap may be (from `printed.rank_of_printed_score`)."""
    near = found[found["basis"] == "board"].iloc[0]
    first = leaders.loc[leaders["board"] == "default", "as_of"].min()
    return (
        f"On the boards here the score {near['score']:.0f} belongs to {near['who']} (first on "
        f"{near['day']:%d %B %Y}). Article "
        "002 and one other reader name ByteDance; one names DeepSeek, to which article 000 gives "
        f"{pick(scores, claim='A12').value:.0f}. There is no board from before {first:%d %B %Y}, so who it was stays "
        "open."
    )


def counts(found: dict[str, Estimate], notable: pd.DataFrame, seen: pd.DataFrame, vendors: pd.DataFrame) -> str:
    """Say what the articles' counts of notable models imply."""
    third = sorted(vendors.loc[(vendors["vendor"] == "Alibaba") & (vendors["rank"] == 3), "year"])
    return (
        f"If the article’s total were the world, {found['unlisted'].value:.0f} model would be left for all others. If "
        "it is the US "
        f"total, as other readers have it, the US vendors named are {found['us_share'].value:.0f} % of it, and "
        "Alibaba’s "
        f"{pick(notable, claim='A25').value:.0f} are {found['share'].value:.1f} % of China’s {found['cn'].value:.0f}, "
        "where the "
        f"article says “{notable.loc[notable['claim'] == 'A27', 'published'].iloc[0]}”. Counts at hand put Alibaba "
        "third in "
        f"{' and '.join(str(year) for year in third)}. {int((seen['before'] == 'yes').sum())} of the models named for "
        "2025 led "
        f"China on a board before 2025; {int((seen['before'] == 'cannot tell').sum())} never led one, so boards "
        "cannot date them."
    )


def segments(years: pd.DataFrame, table: pd.DataFrame) -> str:
    """Compare the articles' words with their table, and the two rules of parity."""
    words = table[table["claim"] == "D14"].iloc[0]
    said = table.loc[table["claim"].eq("D09") & table["country"].eq("CN"), "value"].iloc[0]
    rules = years.groupby("segment")["value"].agg(lambda v: v.max() - v.min()).max()
    return (
        f"By the article’s words China takes {words['low']:.0f} to {words['high']:.0f} % of vertical B2B in "
        f"{words['year']}, by its "
        f"table {said:.0f} %. The two rules differ by at most {rules:.1f} years, which says that they are alike and "
        "nothing on "
        "whether the projection is right."
    )


def released(dates: pd.DataFrame, pages: Estimate, others: pd.DataFrame, period: pd.Series) -> str:
    """Say what the articles and others have for the report's release, length and data."""
    same = int((others["value"] == pages.value).sum())
    return (
        f"The days of release that the articles give lie {dates['days_before_latest'].max()} days apart; all other "
        "readers here "
        f"have the earlier one. The report has {pages.value:.0f} pages by the article and by {same} other readers, "
        "and, by "
        f"{period['source']}, data from {period['earliest']:%B %Y} to {period['latest']:%B %Y}, though the headline "
        "gap is of "
        "March 2026."
    )


def closing(gap: Estimate, growth: dict[str, Estimate], ratio: Estimate, widths: pd.DataFrame) -> str:
    """Say what growth alone would make of the cost, and how margins compare with those of votes."""
    rise, slope = growth["growth"], growth["slope"]
    return (
        f"The US head of the overall board rose by {rise.value:.0f} points a year ({rise.low:.0f} to "
        f"{rise.high:.0f}). Were all of "
        f"it owed to the world’s growth of AI compute, tenfold would be worth {slope.value:.0f} points and the gap "
        "would cost "
        f"{10 ** ((gap.value or 0) / (slope.value or 1)):.2f} times the compute; how fast the compute of the leading "
        "models grew is "
        "another number, so this is no bound. “Ten times” cannot be excluded, and the article names no base. "
        "Published margins "
        f"are {ratio.value:.2f} times those of votes without ties, {100 * (widths['ratio'] < 1).mean():.0f} % of them "
        "smaller: "
        "ties vary less, so the number of battles is an upper estimate where ties are common."
    )


def simulated(simulated: pd.DataFrame, agreement: Estimate) -> str:
    """Say how the two kinds of intervals and the two fits compare."""
    boot = simulated["bootstrap_high"] - simulated["bootstrap_low"]
    ratio = (boot / (simulated["high"] - simulated["low"])).mean()
    return (
        f"Bootstrap intervals are {ratio:.2f} times as long as the sandwich’s, and the library evalica gives the same "
        "ratings to "
        f"within {agreement.value:.0e} points."
    )


def found(gap: Estimate, ratio: Estimate, ahead: Estimate, chance: Estimate, moved: Estimate) -> str:
    """Answer the theme's question in three sentences."""
    return (
        f"The article’s gap is right for March 2026: {gap.value:.0f} points ({gap.low:.0f} to {gap.high:.0f}), "
        f"{ratio.value:.1f} times its margin, and China led on {ahead.value:.0f} boards of any kind. In a year the "
        "gap moves by "
        f"about {moved.value:.0f} points, as much as its size. So China’s best model is near and behind, and no model "
        "of the gap "
        f"tells when that ends: parity by the end of 2026 has {chance.low:.0f} to {chance.high:.0f} %, by the model "
        "chosen."
    )


def ladder(deep: pd.DataFrame) -> str:
    """Return what the gap at the tenth place means."""
    return f"Gap between the tenth-best models of each country, default board of {deep['as_of'].iloc[0]:%d %B %Y}"


def code(row: pd.Series) -> str:
    """Return what the gap on the code arena means."""
    return f"Gap on the code arena, {row['as_of']:%d %B %Y}"


def arenas_led(arenas: pd.DataFrame) -> str:
    """Return what the number of arenas means that China leads."""
    last = arenas[arenas["as_of"] == arenas["as_of"].max()]
    return f"Arenas of {len(last)} whose interval puts China ahead, {last['as_of'].iloc[0]:%d %B %Y}"


def segment(name: str) -> str:
    """Return what the years to parity of a market segment mean."""
    return f"Years after 2024 until equal shares in {name} by log odds, if the printed movement goes on"
