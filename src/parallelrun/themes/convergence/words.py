"""Sentences of the convergence notebook whose numbers are computed; each function returns markdown."""

from __future__ import annotations

import math

import pandas as pd

from parallelrun.data import tables
from parallelrun.study.counts import form, so_many, so_often
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.themes.convergence import Parameters
from parallelrun.themes.convergence.boards import BOARD_NAMES, LEAST_CHANCE, closed_and_open
from parallelrun.themes.convergence.forecasting import lean
from parallelrun.themes.convergence.history import StyleDays, distinct_pairs, lead_exchanges, slope_of, tied_by_rank
from parallelrun.themes.convergence.printed import nearest, printed_percents
from parallelrun.themes.convergence.releases import Releases


def board_of(row: pd.Series) -> str:
    """Return a board and its day."""
    return f"{BOARD_NAMES[row['board']]}, {row['as_of']:%d %B %Y}"


def history(apart: pd.DataFrame, gaps: pd.DataFrame, timeline: pd.DataFrame, early: pd.DataFrame) -> str:
    """Set the articles' gaps and GPT-4's score beside the boards; from `printed.distances` and the tables."""
    sentences = []
    for period, rows in apart.groupby("period", sort=False):
        near, boards = nearest(apart, rows["claim"].iloc[0]), rows["inside"]
        sentences.append(
            f"**{period}.** The article says {near['printed']:.0f}; {int(boards.sum())} of "
            f"{so_many(len(boards), 'board')} near that month "
            f"{form(boards.sum(), 'agrees within its', 'agree within their')} margins, and the nearest has "
            f"{near['gap']:.0f} ({board_of(near)})."
        )
    spring = gaps[(gaps["board"] == "online_elo") & (gaps["as_of"].dt.to_period("M") == "2023-05")]
    two = early[early["vendor"].isin(["OpenAI", "Google"])]
    both = two[two.groupby("as_of")["vendor"].transform("nunique") == 2]
    first = both[both["as_of"] == both["as_of"].min()].set_index("vendor")["value"]
    begun = "convergence/early_vendor_scores has no board with both"
    if len(both):
        lead = first["OpenAI"] - first["Google"]
        begun = f"on the first board with both, of {both['as_of'].min():%d %B %Y}, it was {lead:.0f}"
    tied = tied_by_rank(gaps)
    names = "; ".join(f"{row.cn_model} ({row.as_of:%d %B %Y})" for row in records(tied.drop_duplicates("cn_model")))
    exchanges = int(lead_exchanges(gaps).value or 0)
    rule = (
        f"By that rule a Chinese model shared the first rank on {len(tied)} of "
        f"{so_many(gaps['low'].notna().sum(), 'board')}: {names}. So “briefly tied” is true by the Arena’s own "
        "convention; on points the lead "
        f"{f'changed hands {so_often(exchanges)}' if exchanges else 'never changed hands'}."
    )
    return (
        f"{' '.join(sentences)}\n\nThe Arena ranks by intervals: models whose intervals overlap share a rank. "
        f"{rule if len(tied) else 'By that rule no board had a Chinese model first.'}{weak_sources(tied, apart)}"
        f"\n\nThe article gives GPT-4 {pick(timeline, claim='A16').value:.0f} points in May 2023; the boards of "
        "that month have at most "
        f"{spring['us'].max():.0f}. It has OpenAI ahead of Google by {pick(timeline, claim='A13').value:.0f} in early "
        f"2023; {begun}."
    )


def weak_sources(tied: pd.DataFrame, apart: pd.DataFrame) -> str:
    """Say which boards with a shared first rank, or nearest to a printed gap, have a source that is noted as weak.

    Why it is stands in the note of the table ``sources``; nothing is said if no such board has such a source.
    """
    sources = tables.load("sources").set_index("source")[["label", "note"]]
    weak = sources[sources["note"].str.contains("weak", case=False, na=False)]
    heads = tied[tied["source"].isin(weak.index)]
    near = pd.DataFrame([nearest(apart, claim) for claim in apart["claim"].unique()])
    near = near[near["source"].isin(weak.index)]
    boards = [f"{len(heads)} of {so_many(len(tied), 'board')} with a shared first rank"] if len(heads) else []
    boards += [f"the board nearest to the article’s gap of {period}" for period in near["period"]]
    cited = dict.fromkeys([*heads["source"], *near["source"]])
    why = "; ".join(f"{row.label}: “{row.note.split(';')[0]}”" for row in records(weak.loc[list(cited)]))
    return f" Noted as weakly sourced: {' and '.join(boards)} ({why})." if boards else ""


def _three(slopes: pd.DataFrame, alone: Estimate, blocks: Estimate) -> str:
    """Say the three slopes of the overall board: of all boards, of pairs counted once, and of pairs drawn in blocks."""
    overall = slope_of(slopes, "overall")
    return (
        f"{overall.value:.0f} points a year{_range(overall)} if every board counts, "
        f"{alone.value:.0f}{_range(alone)} if every pair of models counts once, and{_range(blocks)} for the same "
        "if pairs that follow each other are drawn four at a time"
    )


def narrowed(slopes: pd.DataFrame, alone: Estimate, blocks: Estimate, lags: pd.DataFrame) -> str:
    """Say on which scale the gap narrowed, in points and in months; ``alone, blocks`` from `history.pair_slope`."""
    told = "; ".join(
        f"{BOARD_NAMES[row.board]} {row.slope:.0f} points a year ({row.low:.0f} to {row.high:.0f}), "
        f"{'a fall' if row.high < 0 else 'a rise' if row.low > 0 else 'no trend that can be shown'}"
        for row in records(slopes)
    )
    months = {str(scale): rows for scale, rows in lags.sort_values("as_of").groupby("scale")}
    sentences = [behind(rows) for scale, rows in months.items() if scale != "index"]
    if "index" in months:
        last, before = months["index"].iloc[-1], months["index"].iloc[:-1]
        sure = before[~before["open"]]
        sentences.append(
            f"On Epoch’s index, on which nobody votes and whose errors the copy leaves out, it was "
            f"{last['months']:.0f} "
            f"months at the last Chinese record, more than at {int((sure['months'] < last['months']).sum())} of the "
            f"{so_many(len(sure), 'record')} before whose lag "
            f"is known; for {int(before['open'].sum())} the first US model on record is above."
        )
    return (
        f"Change of the gap: {told}. On the overall board it is {_three(slopes, alone, blocks)}: the answer depends "
        "on how boards are weighed and on how alike neighbouring pairs are.\n\nMonths that China’s best was behind "
        "the US head, where “at least” has no upper end, since the first board at hand is above already: "
        f"{' '.join(sentences)} Scores of different days are separate fits, which drift a little."
    )


def behind(rows: pd.DataFrame) -> str:
    """Say how many months China's best was behind on a scale: what is known, and what is a lower bound."""
    last, known, least = rows.iloc[-1], rows[~rows["open"]], rows[rows["open"]]
    spans = [f"{part['months'].min():.0f} to {part['months'].max():.0f}" for part in (known, least)]
    parts = [f"{spans[0]} on {so_many(len(known), 'board')}"] if len(known) else []
    parts += [f"at least {spans[1]} on {so_many(len(least), 'board')}"] if len(least) else []
    now = (
        f"at least {last['months']:.1f}"
        if last["open"]
        else f"{last['months']:.1f} ({last['low']:.1f} to {last['high']:.1f})"
    )
    return f"*{BOARD_NAMES[last['scale']]}*: {', '.join(parts)}; on the last, of {last['as_of']:%d %B %Y}, {now}."


def style(days: StyleDays, shift: Estimate) -> str:
    """Say how the gap with style control differs from that without, and how many days cannot say so."""
    pairs = days.pairs
    less, same = int((pairs["shift"] < 0).sum()), pairs[pairs["same"]]
    exception = "".join(
        f" On {row.as_of:%d %B %Y} it was larger by {row.shift:.0f}"
        + (
            "."
            if row.same
            else f", with {row.cn_model_control} in place of {row.cn_model_plain} as the best Chinese model."
        )
        for row in records(pairs[pairs["shift"] > 0])
    )
    alike = f", with the same two models on both boards ({so_many(len(same), 'day')}) by {same['shift'].min():.0f} to "
    return (
        f"With control the gap differed by {shift.value:.0f} points in the median and was smaller on {less} of "
        f"{so_many(len(pairs), 'day')}{alike + format(same['shift'].max(), '.0f') if len(same) else ''}.{exception} "
        "Where the models are the same, a smaller gap with control suggests that length and formatting had favoured "
        f"the US one.{unpaired(days)}"
    )


def unpaired(days: StyleDays) -> str:
    """Say how many days have a board of one kind only, and how many of these come before or after the other kind."""
    kinds, both = {"plain": "without", "control": "with"}, set(days.pairs["as_of"])
    alone = {kind: days.alone.index[days.alone == kind] for kind in kinds}
    told = []
    for kind, other in (("control", "plain"), ("plain", "control")):
        seen, own = pd.DatetimeIndex(sorted(both.union(alone[other]))), alone[kind]
        ends = [(own < day, "before", day, "first") for day in seen[:1]]
        ends += [(own > day, "after", day, "last") for day in seen[-1:]]
        parts = [
            f"{far.sum()} of them {where} {day:%d %B %Y}, the {end} day at hand {kinds[other]} it"
            for far, where, day, end in ends
            if far.any()
        ]
        aside = f" ({'; '.join(parts)})" if parts else ""
        told += [f"{so_many(len(own), 'day')} with a board {kinds[kind]} control only{aside}"] if len(own) else []
    return f" A day counts if both boards are of that day; left out: {' and '.join(told)}." if told else ""


def percents(percents: pd.DataFrame, scores: pd.DataFrame, timeline: pd.DataFrame, thousand: Estimate) -> str:
    """Say what the articles' percentages are of, and on how many boards double digits hold (`attach_percent`)."""
    of_china, of_us = printed_percents(scores, timeline)
    double = percents.dropna(subset="double").set_index("claim")["double"] * 100
    return (
        f"Counted from 1000 the same gap is {thousand.value:.1f} %. The article’s "
        f"{pick(timeline, claim='A20').value:.1f} % fits the Chinese score as base ({of_china:.2f} %); of the US "
        f"score it would be {of_us:.2f} %. Double digits in 2023 are true of {double['A21']:.0f} % of that year’s "
        f"boards, and “two years ago” of {double['C03']:.0f} % of those in the half-year before May 2024, nearly all "
        "of them online Elo, whose zero is as arbitrary."
    )


def margin(chance: Estimate, ratio: Estimate, gaps: pd.DataFrame, p: Parameters) -> str:
    """Say whether the gap is inside its margin, and what the count of pairs is worth; ``gaps``: with intervals."""
    level, zero = 100 * p.confidence, int(((gaps["low"] <= 0) & (gaps["high"] >= 0)).sum())
    us, cn = (gaps[f"{side}_model"].str.lower().nunique() for side in ("us", "cn"))
    return (
        f"By its margins the board of {p.board_date} leaves the Chinese model "
        f"a chance of {'at most ' if (chance.value or 0) <= LEAST_CHANCE else ''}{chance.value:.2g} to be ahead: "
        f"for the sampling of votes the gap is {'inside' if (ratio.value or 0) < 1 else 'outside'} its margin. Who "
        "votes, which prompts come and what style is worth are not in these margins.\n\nOver all boards with margins "
        f"the interval of the gap contains zero on {zero} of {len(gaps)}, where about {level:.0f} in 100 would contain "
        "it if both countries had been level throughout. No more follows from the count: boards repeat their votes, "
        f"and the {so_many(distinct_pairs(gaps).value, 'pair is', 'pairs are')} made of {us} US and "
        f"{so_many(cn, 'Chinese model')}, so that most share a model with another one and are no independent cases."
    )


def forecast(earlier: pd.DataFrame, later: pd.DataFrame, seen: Releases, others: pd.DataFrame, day: str) -> str:
    """Say what was learnt, what came of the earlier forecast, and how the models differ on parity by a day."""
    came = later.sort_values("as_of").drop_duplicates(["us_model", "cn_model"], keep="last")
    weeks = [int((earlier["week"] - day).abs().to_numpy().argmin()) for day in came["as_of"]]
    bands = earlier.iloc[weeks]
    inside = int(((came["gap"].to_numpy() >= bands["low"]) & (came["gap"].to_numpy() <= bands["high"])).sum())
    width = (bands["high"] - bands["low"]).max()
    chances = ", ".join(f"{row.method} {row.value:.0f} %" for row in records(others))
    return (
        f"In {so_many(seen.weeks, 'recorded week')} {so_many(len(seen.rises), 'US release')} raised the head by "
        f"{seen.rises.mean():.0f} points each on average, and {so_many(len(seen.left), 'Chinese release')} left a gap "
        f"of {seen.left.mean():.0f}; all other steps have a standard deviation of {seen.noise:.1f}. The forecast made "
        f"from the earlier record covers {inside} of {so_many(len(came), 'later pair')}, which are on another scale, "
        f"by intervals up to {width:.0f} points wide: a hint and no test. Chance of having met zero by {day}, by "
        f"model: {chances}. The spread is that of the models’ assumptions; the next section says which of them have "
        "earned trust."
    )


def track(
    tests: pd.DataFrame, record: pd.DataFrame, ratios: dict[str, Estimate], moved: Estimate, p: Parameters
) -> str:
    """Say how past forecasts did at each horizon, and how far the gap moves."""
    mine = record[record["method"] == p.forecast_model]
    shares = ", ".join(f"{100 * row.share:.0f} % up to week {row.horizon} ({row.apart} apart)" for row in records(mine))
    ranked = sorted(ratios.items(), key=lambda item: item[1].value or 0.0)
    under, high = lean(tests, p.forecast_model)
    order = ", ".join(f"{method} {ratio.value:.2f}{_range(ratio, '.2f')}" for method, ratio in ranked)
    worse = " and ".join(method for method, ratio in ranked if (ratio.low or 0.0) > 1) or "none"
    return (
        f"CRPS over that of “no change”: {order}. {_better(ratios)} as far as "
        f"{so_many(tests['origin'].nunique(), 'overlapping origin')} can tell. Condemned by its record, and in no "
        f"headline: {worse}. The 95 % intervals of {p.forecast_model} covered {shares}; {under:.0f} % of what came lay "
        f"below its medians, which were {abs(high):.0f} points too {'high' if high > 0 else 'low'} on average, so that "
        f"its chances of parity may be too {'low' if high > 0 else 'high'}, and stand in no headline. On the overall "
        f"board the gap changed by {moved.value:.0f} points in twelve months in the median, but all such pairs of days "
        "begin within a few months."
    )


def _range(estimate: Estimate, spec: str = ".0f") -> str:
    """Return an interval in parentheses, or nothing if there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f" ({estimate.low:{spec}} to {estimate.high:{spec}})"


def _better(ratios: dict[str, Estimate]) -> str:
    """Say which forecasts beat no change beyond doubt."""
    best = [method for method, ratio in ratios.items() if ratio.high is not None and ratio.high < 1]
    told = f"Only {' and '.join(best)} {form(len(best), 'beats', 'beat')} “no change”"
    return told if best else "No forecast here beats “no change” beyond doubt"


def depth(deep: pd.DataFrame, ladder: pd.DataFrame, chinese: Estimate, excess: Estimate) -> str:
    """Say how the gap changes down the ladder, and what the articles' institutions need."""
    head, foot = deep.iloc[0], deep.iloc[-1]
    boards = ladder.groupby(["as_of", "board"])
    long = [rows for _, rows in boards if rows["place"].max() == ladder["place"].max()]
    told = "; ".join(
        f"{rows['as_of'].iloc[0]:%B %Y} ({BOARD_NAMES[rows['board'].iloc[0]]}) "
        + ", ".join(f"{row.gap:.0f} at place {row.place}" for row in records(rows))
        for rows in (long[-2:])
    )
    return (
        f"From the head to place {foot['place']} the gap of {head['as_of']:%B %Y} changes by "
        f"{foot['gap'] - head['gap']:.0f} points. On the last long boards it was: {told}. Some sources list "
        "the settings of a model apart and others in one row, which makes their ladders shorter. Of the first twenty "
        f"models {chinese.low:.0f} to {chinese.high:.0f} were Chinese. The article’s institutions of both countries "
        f"need {(excess + 20).value:.0f} of 20 places, which takes a shared place or a slip; what was ranked is not "
        "said, so these are not counts of models."
    )


def breadth(tasks: pd.DataFrame, arenas: pd.DataFrame, leaders: pd.DataFrame) -> str:
    """Say where the gap is large, small and reversed; ``leaders``: ``convergence/modality_leaders``."""
    sizes = leaders.sort_values("as_of").drop_duplicates("arena", keep="last").set_index("arena")["board_size"]
    newest = tasks[tasks["as_of"] == tasks["as_of"].max()].sort_values("gap")
    small, wide = newest.iloc[0], newest.iloc[-1]
    last = arenas.sort_values("as_of").drop_duplicates("arena", keep="last")
    led = arenas[(arenas["leader"] == "CN") & arenas["arena"].isin(last.loc[last["leader"] == "CN", "arena"])]
    told = f"{so_many(len(led), 'reading')} in all, of {so_many(led['cn_model'].nunique(), 'model')}"
    rests = f" That rests on {told}." if len(led) else ""
    ours = ", ".join(
        f"{row.arena} ({row.cn_model} with {row.cn:.0f} points, on a board of {so_many(sizes[row.arena], 'model')})"
        for row in records(last[last["leader"] == "CN"])
    )
    code = arenas[arenas["arena"] == "code"].sort_values("as_of")
    return (
        f"On the newest board the smallest text gap is in {small['label']} ({small['gap']:.0f}, {small['low']:.0f} to "
        f"{small['high']:.0f}) and the largest in {wide['label']} ({wide['gap']:.0f}, {wide['low']:.0f} to "
        f"{wide['high']:.0f}); most intervals overlap, so the order says little. China was last ahead in: "
        f"{ours or 'none'}.{rests} The code arena went from {code['gap'].iloc[0]:.0f} "
        f"to {code['gap'].iloc[-1]:.0f} ({code['low'].iloc[-1]:.0f} to {code['high'].iloc[-1]:.0f}) between "
        f"{code['as_of'].iloc[0]:%B} and {code['as_of'].iloc[-1]:%B %Y}."
    )


def weights(by: pd.DataFrame) -> str:
    """Say how the gap differs between open and closed weights (`boards.lead_by_group`)."""
    shut, free = closed_and_open(by)
    closed, opened = (max(row["us"], row["cn"]) for row in (shut, free))
    country = max(shut["us"], free["us"]) - max(shut["cn"], free["cn"])
    leader = free["cn_model"] if free["cn"] > free["us"] else free["us_model"]
    lead = "China leads" if free["high"] < 0 else "the US leads" if free["low"] > 0 else "neither surely leads"
    return (
        f"Among models with closed weights the gap of {shut['as_of']:%d %B %Y} is {shut['gap']:.0f} "
        f"({shut['low']:.0f} to {shut['high']:.0f}); among those with open weights it is {free['gap']:.0f} "
        f"({free['low']:.0f} to {free['high']:.0f}), so that {lead} there. "
        f"The best open model of all, {leader}, is {closed - opened:.0f} behind the best closed one; the gap between "
        f"the countries that day is {country:.0f}."
    )


def six_scores(
    fit: pd.DataFrame, scores: pd.DataFrame, timeline: pd.DataFrame, implied: Estimate, vendors: pd.DataFrame
) -> str:
    """Say which board the articles' scores fit, that they do not contain the articles' gap, and who is left out."""
    top, alibaba = pick(scores, claim="A07"), pick(scores, claim="A11")
    last = scores.sort_values("value").iloc[0]
    full = vendors[vendors["vendor"] == last["vendor"]].sort_values("as_of")
    full = full[full["as_of"] <= last["as_of"]] if (full["as_of"] <= last["as_of"]).any() else full
    day, score = full["as_of"].iloc[-1], full["value"].iloc[-1]
    above = vendors[(vendors["as_of"] == day) & (vendors["value"] > score) & ~vendors["vendor"].isin(scores["vendor"])]
    missing = fit[fit["value"].isna()]
    off = f" {', '.join(missing['vendor'])} is not on the copy of that board." if len(missing) else ""
    return (
        f"The differences are smallest on the board of {fit['as_of'].iloc[0]:%d %B %Y} ({fit['rms'].iloc[0]:.1f} "
        f"points root mean square), the best of {vendors['as_of'].nunique()} tried.{off} On {day:%d %B %Y} "
        f"{last['vendor']} has {score:.0f}, where the article says {last['value']:.0f}. The six do not contain the "
        f"article’s gap: {top.value:.0f} minus the better of the "
        f"two Chinese vendors is {(top - alibaba).value:.0f}, not {pick(timeline, claim='A19').value:.0f}; the gap "
        f"implies a Chinese model at {implied.value:.0f}. Nor are the six the first six: on the board of "
        f"{day:%d %B %Y} {so_many(len(above), 'vendor')} that the article leaves out "
        f"{form(len(above), 'stands', 'stand')} above {last['vendor']} ({', '.join(above['vendor'])})."
    )


def candidates(found: pd.DataFrame, leaders: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Say who the Chinese model behind the gap may be (from `printed.rank_of_printed_score`)."""
    near = found[found["basis"] == "board"].iloc[0]
    first = leaders.loc[leaders["board"] == "default", "as_of"].min()
    return (
        f"On the boards here the score {near['score']:.0f} belongs to {near['who']} (first on "
        f"{near['day']:%d %B %Y}). Article 002 and one other reader name ByteDance; one names DeepSeek, to which "
        f"article 000 gives {pick(scores, claim='A12').value:.0f}. No default board is at hand from before "
        f"{first:%d %B %Y}, so who it was stays open."
    )


def standing(gap: Estimate) -> str:
    """Say on which side of zero a gap lies, and whether its interval holds zero."""
    low, high = gap.ends
    return f"{'ahead' if (gap.value or 0) < 0 else 'behind'} and {'inside' if low <= 0 <= high else 'outside'}"


def found(
    board: Estimate,
    newest: Estimate,
    slopes: pd.DataFrame,
    alone: Estimate,
    blocks: Estimate,
    lag: Estimate,
    now: Estimate,
    ratios: dict[str, Estimate],
    arenas: pd.DataFrame,
    by: pd.DataFrame,
) -> str:
    """Answer the theme's question.

    ``lag, now``: months behind on the overall and on the newest board; ``arenas, by``: the gap by arena and by weights
    (`boards.lead_by_group`).
    """
    last = arenas.sort_values("as_of").drop_duplicates("arena", keep="last")
    ahead = ", ".join(last.loc[last["leader"] == "CN", "arena"]) or "none"
    opened = by.set_index("weights").loc["open"]
    highs = [slope_of(slopes, "overall").ends[1], alone.ends[1], blocks.ends[1]]
    ended = pd.Timestamp(slopes.loc[slopes["board"] == "overall", "last"].iloc[0])
    shown = (
        "has narrowed"
        if max(highs) < 0
        else "may have narrowed"
        if min(highs) < 0
        else "cannot be shown to have narrowed"
    )
    return (
        f"The article’s gap is right for March 2026, {board.value:.0f} points{_range(board)}, and the last board at "
        f"hand has {newest.value:.0f}{_range(newest)}: China’s best model is {standing(newest)} the margin of "
        f"votes. On one scale, from June 2024 to {ended:%B %Y}, where its board ends, the gap {shown}: "
        f"{_three(slopes, alone, blocks)}; and in time China’s "
        f"best was {so_many(lag.value, 'month')}{_range(lag)} behind on the last board of that scale, and "
        f"{'' if math.isfinite(now.ends[1]) else 'at least '}{now.value:.0f} on the last at hand. {_better(ratios)}, "
        "so that no chance "
        f"of parity is given here; beyond the head, China was last ahead in the arenas {ahead}, and among models "
        f"with open weights the gap is {opened['gap']:.0f} ({opened['low']:.0f} to {opened['high']:.0f})."
    )
