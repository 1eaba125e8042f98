"""Sentences of the audit's notebook, whose every number is computed."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd

from parallelrun.study.counts import form, so_many
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.themes.claims_audit import findings
from parallelrun.themes.claims_audit.findings import KINDS
from parallelrun.themes.claims_audit.ledger import Ledger

ARTICLES = {"article-000": "000", "article-001": "001", "article-002": "002", "article-003": "003"}
"""Articles by their key in ``sources.csv``, and the number that each is known by."""

THEMES = {
    "convergence": "convergence",
    "token_economics": "token economics",
    "cost_structure": "cost structure",
    "chip_migration": "chip migration",
}
"""Themes by stem, as a reader says them."""


CLASHES = "Sets of claims that cannot all be true, in the order of the figure"
FLIPS = "Claims whose verdict changes, and the factor at which it first does"
UNDER = "Claims whose verdict is another under a scenario"
DUE = "Forecasts, with the day on which each comes due"
"""Captions of the notebook's tables."""


def headline(ledger: Ledger, tally: dict[str, Estimate], as_of: str) -> str:
    """Say how many claims were judged by how many checks, and how many have each verdict."""
    kinds = ledger.checks["kind"].value_counts()
    return (
        f"{so_many(len(ledger.claims), 'claim was', 'claims were')} judged as of {as_of} by "
        f"{so_many(len(ledger.checks), 'check')} ("
        + ", ".join(f"{count} against {KINDS[str(kind)]}" for kind, count in kinds.items())
        + "): "
        + ", ".join(f"**{count.value:.0f}** {verdict}" for verdict, count in tally.items())
        + "."
    )


KINDS_OF_NUMERALS = {
    "base": "days, spans and wholes of which claims speak",
    "rank": "places in a list that orders claims",
    "year": "bare years",
    "name": "parts of names",
    "list": "numbers of lists and headings",
    "quotation": "quoted from others",
    "page": "of the page rather than the text",
}
"""Numerals that claim nothing, by kind."""


def covered(numerals: pd.DataFrame, counts: dict[str, Estimate]) -> str:
    """Say how many of the articles' numerals are judged, and what the others are."""
    rest = numerals.loc[~numerals["kind"].isin(["claim", "repeat"]), "kind"].value_counts()
    return (
        f"The four articles print {counts['numerals'].value:.0f} numerals. {counts['numerals_judged'].value:.0f} are "
        f"figures of the claims below or repeat them; the others claim nothing: "
        + ", ".join(f"{count} {KINDS_OF_NUMERALS[str(kind)]}" for kind, count in rest.items())
        + ". Claims in words were looked for by reading."
    )


def supported(ledger: Ledger) -> str:
    """Say what supports the claims that hold, and what no check decides."""
    found = findings.support(ledger)
    held, read = found["support"], int((found["support"].eq("independent") & found["read"]).sum())
    undecided = (ledger.claims["verdict"] == "unverifiable").sum()
    return (
        f"Of the {so_many(len(held), 'claim that holds', 'claims that hold')}, "
        f"{so_many((held == 'independent').sum(), 'is', 'are')} supported by data that no article supplied, {read} of "
        "them only by what others read in the report or the press, where it is the reading that holds. Of "
        f"{so_many(undecided, 'claim')} no check says that "
        f"{form(undecided, 'it holds or that it does', 'they hold or that they do')} not, which is a finding of its "
        "own; the tables below say what was looked for."
    )


def pencil(ledger: Ledger) -> str:
    """Say how many contradictions lie inside one article."""
    sets = findings.clashes(ledger)
    within, inside = sets["within"], sets.loc[sets["within"], "note"].nunique()
    return (
        f"{within.sum()} of the {so_many(len(within), 'contradiction')} {form(within.sum(), 'needs', 'need')} no other "
        "source than the article itself: a reader with a pencil could have found them. "
        f"{so_many((~within).sum(), 'stands', 'stand')} between articles. Some tell one conflict again of another "
        f"claim: the {so_many(len(sets), 'set has', 'sets have')} {so_many(sets['note'].nunique(), 'ground')}, "
        f"{inside} of them inside one article."
    )


def flipped(sweep: pd.DataFrame) -> str:
    """Say how many verdicts change as printed intervals are widened, and which changes first."""
    flips = findings.first_flip(sweep)
    if flips.empty:
        return "No verdict changes, however wide the printed intervals are taken."
    return (
        f"Widening every printed interval twofold changes {so_many((flips['factor'] <= 2).sum(), 'verdict')}; "
        f"{so_many(len(flips), 'changes', 'change')} up to {sweep['factor'].max():g} times. The first to change is "
        f"{flips['claim'].iloc[0]}, at {flips['factor'].iloc[0]:.3g} times."
    )


def under_scenarios(flips: pd.DataFrame) -> str:
    """Say how many verdicts are others under each scenario."""
    names = [name for name in flips.columns if name not in ("claim", "statement", "verdict")]
    counts = {name: int((flips[name] != flips["verdict"]).sum()) for name in names}
    told = ", ".join(f"{count} under *{name}*" for name, count in counts.items() if count) or "none"
    calm = ", ".join(f"*{name}*" for name, count in counts.items() if not count)
    return (
        f"A scenario sets the parameters of all notebooks at once. Of the verdicts, {told} change"
        f"{f'; none does under {calm}' if calm and told != 'none' else ''}. Most claims are set against what was "
        "counted or printed, which no parameter moves."
    )


def paragraphs(ledger: Ledger, told: int) -> str:
    """Return a paragraph on each of the most consequential refuted claims."""
    claims = findings.consequential(ledger, told)
    checks = findings.checks_of(ledger, claims["claim"])
    return "\n\n".join(paragraph(row, checks[row.claim]) for row in records(claims))


def paragraph(row: Any, checks: list[Any]) -> str:
    """Return a paragraph on one claim: what was printed, the verdict, and what each check gives."""
    printed = f"“{row.published}{findings.unit_of(row)}”" if row.published else "no figure"
    text = [f"**{row.claim}, {row.statement}** (article {ARTICLES.get(row.source, row.source)}, {printed}): "]
    text.append(f"**{row.verdict}**: {row.reason}.")
    for outcome, words in (("disagrees", "Against it"), ("agrees", "In agreement"), ("open", "Undecided")):
        said = [_sentence(check) for check in checks if check.outcome == outcome]
        if said:
            text.append(f" {words}: {'; '.join(said)}.")
    return "".join(text)


def _sentence(check: Any) -> str:
    aside = f", {check.standing}" if check.standing in ("void", "outranked") else ""
    if check.comparison:
        margin = "" if np.isnan(check.margin) else f", margin {check.margin:.4g}"
        return f"{check.note} (`{textwrap.shorten(check.expression, 90, placeholder=' …')}`{margin}{aside})"
    apart = "" if np.isnan(check.margin_half_widths) else f", {check.margin_half_widths:+.3g} half widths"
    errors = "" if np.isnan(check.standard_errors) else f", {check.standard_errors:.2g} standard errors off"
    return f"{check.note}: {check.computed} ({check.kind}{apart}{errors}{aside})"


def answer(ledger: Ledger, tally: dict[str, Estimate]) -> str:
    """Answer the notebook's question in three sentences."""
    total, number = len(ledger.claims), {verdict: int(count.value or 0) for verdict, count in tally.items()}
    decided = total - sum(number[verdict] for verdict in ("unverifiable", "forecast"))
    refuted = sum(number[verdict] for verdict in findings.AGAINST)
    return (
        f"Of {so_many(total, 'claim')} checks speak for or against {decided}: "
        f"{so_many(number['holds'], 'holds', 'hold')}, some check refutes {refuted}, and {number['inconsistent']} "
        f"cannot be true together. {number['misattributed']} of the refuted numbers fit something else than they are "
        f"said of, and {so_many(number['contested'], 'divides', 'divide')} the sources, where the audit takes no side. "
        f"{so_many(number['unverifiable'], 'claim')} cannot be checked with what was found published, and "
        f"{so_many(number['forecast'], 'waits for its', 'wait for their')} day."
    )
