"""Sentences of the convergence notebook's appendices whose numbers are computed; each function returns markdown."""

from __future__ import annotations

import pandas as pd

from parallelrun.study.counts import so_many
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate, pick
from parallelrun.themes.convergence import Parameters


def counts(found: dict[str, Estimate], notable: pd.DataFrame, seen: pd.DataFrame, vendors: pd.DataFrame) -> str:
    """Say what the articles' counts of notable models imply."""
    alibaba = vendors[vendors["vendor"] == "Alibaba"]
    third = " and ".join(str(year) for year in sorted(alibaba.loc[alibaba["rank"] == 3, "year"]))
    ranked = f"Counts at hand put Alibaba third in {third}" if third else "No count at hand puts Alibaba third"
    ranked = ranked if len(alibaba) else "Of Alibaba convergence/vendor_model_counts has no count"
    before = seen["before"].value_counts()
    return (
        f"If the article’s total were the world, {so_many(found['unlisted'].value, 'model')} would be left for all "
        "others. If it is the US total, as other readers have it, the US vendors named are "
        f"{found['us_share'].value:.0f} % of it, and Alibaba’s {pick(notable, claim='A25').value:.0f} are "
        f"{found['share'].value:.1f} % of China’s {found['cn'].value:.0f}, where the article says "
        f"“{notable.loc[notable['claim'] == 'A27', 'published'].iloc[0]}”. {ranked}. {before.get('yes', 0)} of the "
        f"models named for 2025 led China on a board before 2025; {before.get('cannot tell', 0)} never led one, so "
        "boards cannot date them."
    )


def segments(years: pd.DataFrame, table: pd.DataFrame) -> str:
    """Compare the articles' words with their table, and the two rules of parity."""
    words = table[table["claim"] == "D14"].iloc[0]
    said = table.loc[table["claim"].eq("D09") & table["country"].eq("CN"), "value"].iloc[0]
    rules = years.groupby("segment")["value"].agg(lambda v: v.max() - v.min()).max()
    return (
        f"By the article’s words China takes {words['low']:.0f} to {words['high']:.0f} % of vertical B2B in "
        f"{words['year']}, by its table {said:.0f} %. The two rules differ by at most {rules:.1f} years, which says "
        "that they are alike and nothing on whether the projection is right."
    )


def released(
    dates: pd.DataFrame, pages: Estimate, others: pd.DataFrame, period: pd.Series, said: Estimate, qwen: pd.DataFrame
) -> str:
    """Say what the articles and others have for the report's release, length and data, and for Qwen."""
    same = int((others["value"] == pages.value).sum())
    grown = ", ".join(f"{row.value:,.0f} ({row.as_of:%B %Y})" for row in records(qwen.sort_values("as_of")))
    return (
        f"The days of release that the articles give lie {so_many(dates['days_before_latest'].max(), 'day')} apart; "
        f"all other readers here have the earlier one. The report has {so_many(pages.value, 'page')} by the article "
        f"and by {so_many(same, 'other reader')}, and, by {period['source']}, data from {period['earliest']:%B %Y} to "
        f"{period['latest']:%B %Y}, though the headline gap is of March 2026. Models made from Qwen are more than "
        f"{said.value:,.0f} by the article; other counts are more than {grown}."
    )


def closing(gap: Estimate, growth: dict[str, Estimate], ratio: Estimate, widths: pd.DataFrame) -> str:
    """Say what growth alone would make of the cost, and how margins compare with those of votes."""
    rise, slope = growth["growth"], growth["slope"]
    return (
        f"The US head of the overall board rose by {rise.value:.0f} points a year ({rise.low:.0f} to "
        f"{rise.high:.0f}). Were that owed to compute alone, and had the compute behind it grown as the world’s did, "
        f"tenfold would be worth {slope.value:.0f} points and the gap "
        f"{10 ** ((gap.value or 0) / (slope.value or 1)):.2f} times the compute. The compute of the leading models "
        "may have grown faster or slower, so this is no bound; “ten times” cannot be excluded, and the article names "
        f"no base. Published margins are {ratio.value:.2f} times those of votes without ties, "
        f"{100 * (widths['ratio'] < 1).mean():.0f} % of them smaller: ties vary less than wins and losses, so fewer "
        "battles than drawn are needed where ties are common."
    )


def simulated(
    simulated: pd.DataFrame, covered: pd.DataFrame, agreement: Estimate, held: dict[float, Estimate], p: Parameters
) -> str:
    """Say how the intervals and the fits compare, what is taken for granted, and what correlation would change.

    ``held``: the gap of `board_date` with other correlations of the two errors.
    """
    boot = simulated["bootstrap_high"] - simulated["bootstrap_low"]
    ratio = (boot / (simulated["high"] - simulated["low"])).mean()
    few, many = (covered[covered["interval"] == "uncorrelated"].iloc[i] for i in (0, -1))
    others = ", ".join(f"{gap.ends[0]:.0f} to {gap.ends[1]:.0f} at {at:g}" for at, gap in held.items())
    return (
        f"Bootstrap intervals are {ratio:.2f} times as long as the sandwich’s, and the library evalica gives the same "
        f"ratings to within {agreement.value:.0e} points. With {few['players']:.0f} players the errors of the two "
        f"leaders correlate at {few['correlation']:.2f}, and an interval of the gap that neglects it contains the "
        f"truth {100 * few['share']:.0f} times in 100; with {many['players']:.0f} the correlation is "
        f"{many['correlation']:.2f}, since a common mean of $K$ players correlates two of them at $-1/(K-1)$ only."
        "\n\n**Assumed, not shown:** that votes are independent, that all pairs meet alike, that nobody ties, that a "
        "model has one strength. On the site pairs are chosen, a visitor votes more than once, and ties are common, so "
        "that the simulation tests the formula and not the Arena’s margins. That two errors of a real board do not "
        f"correlate (`error_correlation` {p.error_correlation:g}) is an assumption too, which only whole battles could "
        f"test. It matters little: the gap of {p.board_date} is {others}."
    )
