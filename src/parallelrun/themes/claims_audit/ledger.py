"""The audit as frames: claims with verdicts, checks with outcomes, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from parallelrun.audit import audit
from parallelrun.audit.claims import open_tables
from parallelrun.audit.verdicts import VERDICTS, Finding, Judged, due_date
from parallelrun.errors import ParameterError
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, mark, traced
from parallelrun.study.quantities import Quantity

AGAINST = ("fails", "contested", "misattributed")
"""Verdicts of claims that some check refutes."""

MEANINGS = {
    "holds": "claims that checks support and none refutes",
    "fails": "claims that a check refutes and no other source supports",
    "contested": "claims that a check refutes and another source supports",
    "misattributed": "claims that fail as stated and whose number is right about something else",
    "unverifiable": "claims that no check supports or refutes",
    "forecast": "claims that are not due",
}
"""What each verdict counts."""

KINDS = ("arithmetic", "cross", "independent", "scope")

ARTICLES = {"article-000": "000", "article-001": "001", "article-002": "002", "article-003": "003"}


class Ledger(NamedTuple):
    """The audit's two frames.

    Attributes
    ----------
    claims : pandas.DataFrame
        One row a claim: claim, source, theme, statement, published, unit, low, high, verdict, reason, margin,
        margin_half_widths, table, due, uses, note. Margins are in the claim's unit and in half widths.
    checks : pandas.DataFrame
        One row a check: claim, source, kind, expression, outcome, comparison, supports, low, high, relative_low,
        relative_high, margin, margin_half_widths, reads, note.
    """

    claims: pd.DataFrame
    checks: pd.DataFrame


def read(load: Callable[[str], pd.DataFrame]) -> audit.Case:
    """Read claims and checks; each curated table is told to ``load``, such as ``study.load``, when it is first read."""
    for name in ("claims", "checks"):
        load(name)
    return audit.prepare(tables=open_tables(load))


def judge(case: audit.Case, results: pd.DataFrame, as_of: str, widen: float = 1.0) -> Ledger:
    """Judge every claim (see `parallelrun.audit.verdicts` for the rules).

    Parameters
    ----------
    case : audit.Case
        What `read` gives.
    results : pandas.DataFrame
        The other notebooks' results, as ``study.results()`` gives them.
    as_of : str
        Day of the audit, ISO.
    widen : float
        Factor by which printed intervals are widened.

    Returns
    -------
    Ledger
        Both frames, marked with every table that the claims and checks were computed from.

    Raises
    ------
    ParameterError
        If the day is no ISO date.
    DataError
        If a claim or check is wrong.
    """
    done = case.judge(_day(as_of), widen)
    uses = _uses(done, results)
    at = {(one.figure.table, row.line): name for name, one in done.judged.items() for row in one.figure.rows}
    claims = pd.DataFrame([_claim(name, one, uses[name]) for name, one in done.judged.items()])
    checks = pd.DataFrame([_check(name, one, f, at) for name, one in done.judged.items() for f in one.findings])
    used = {name for one in done.judged.values() for f in one.findings for name in f.reads.results}
    inputs = {"claims", "checks", *done.tables, *(table for name in used for table in done.names.inputs(name))}
    return Ledger(mark(claims, inputs), mark(checks, inputs))


def _day(as_of: str) -> date:
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise ParameterError(f"parameter 'as_of': expected a day such as 2026-11-22, got {as_of!r}") from None


def _uses(done: audit.Audit, results: pd.DataFrame) -> dict[str, int]:
    """Count, for each claim, the checks of other claims that read it and the results computed from its table."""
    uses = {}
    tables = [set(inputs) for inputs in results["inputs"]]
    for name, one in done.judged.items():
        readers = sum(
            name in f.reads.claims for other, judged in done.judged.items() if other != name for f in judged.findings
        )
        uses[name] = readers + sum(one.figure.table in read for read in tables)
    return uses


def _claim(name: str, one: Judged, uses: int) -> dict[str, Any]:
    quantity = one.figure.quantity
    low, high = _ends(quantity)
    due_on = due_date(one.claim, one.figure) if one.verdict == "forecast" else None
    return {
        "claim": name,
        "source": one.claim.row["source"],
        "theme": one.claim.row["theme"],
        "statement": one.claim.statement,
        "published": one.figure.text,
        "unit": quantity.unit.text if quantity is not None else "",
        "low": low,
        "high": high,
        "verdict": one.verdict,
        "reason": one.reason,
        "margin": _number(one.margin),
        "margin_half_widths": _number(one.relative),
        "table": one.figure.table,
        "due": due_on.isoformat() if due_on else "",
        "uses": uses,
        "note": one.claim.row["note"],
    }


def _check(name: str, one: Judged, finding: Finding, at: dict[tuple[str, int], str]) -> dict[str, Any]:
    low, high = _ends(finding.computed)
    printed = one.figure.quantity
    middle = printed.centre if printed is not None and not printed.is_date else None
    scaled = not finding.comparison and middle
    others = {*finding.reads.claims, *(at[place] for place in finding.reads.rows if place in at)} - {name}
    return {
        "claim": name,
        "source": one.claim.row["source"],
        "kind": finding.check.kind,
        "expression": finding.check.expression,
        "outcome": finding.outcome,
        "comparison": finding.comparison,
        "supports": finding.supports,
        "computed": "" if finding.computed is None else str(finding.computed),
        "low": low,
        "high": high,
        "relative_low": low / middle if scaled and middle else np.nan,
        "relative_high": high / middle if scaled and middle else np.nan,
        "margin": _number(finding.margin),
        "margin_half_widths": _number(finding.relative),
        "reads": " ".join(sorted(others)),
        "note": finding.check.note,
    }


def _ends(quantity: Quantity | None) -> tuple[float, float]:
    return (np.nan, np.nan) if quantity is None else (quantity.low, quantity.high)


def _number(number: float | None) -> float:
    return np.nan if number is None else number


@traced
def counts(ledger: Ledger) -> dict[str, Estimate]:
    """Return how many claims have each verdict, as exact counts in claims."""
    found = ledger.claims["verdict"].value_counts()
    inputs = inputs_of(ledger)
    return {verdict: Estimate(float(found.get(verdict, 0)), unit="claims", inputs=inputs) for verdict in VERDICTS}


@traced
def support(ledger: Ledger) -> pd.DataFrame:
    """Return, for each claim that holds, the strongest kind of check that supports it: claim, source, support."""
    order = {"independent": 0, "cross": 1, "arithmetic": 2, "scope": 3}
    holding = ledger.claims[ledger.claims["verdict"] == "holds"]
    agreeing = ledger.checks[(ledger.checks["outcome"] == "agrees") & ledger.checks["claim"].isin(holding["claim"])]
    agreeing = agreeing[agreeing["supports"]]
    best = agreeing.assign(order=agreeing["kind"].map(order)).sort_values("order").drop_duplicates("claim")
    return holding[["claim", "source"]].merge(best[["claim", "kind"]], on="claim").rename(columns={"kind": "support"})


@traced
def by_kind(ledger: Ledger) -> pd.DataFrame:
    """Return what each kind of check says of each claim.

    Returns
    -------
    pandas.DataFrame
        One row a claim and kind: claim, source, verdict, kind, outcome (``agrees``, ``disagrees``, ``both``, ``open``,
        ``none``, or ``fits`` for comparisons that agree but can only refute), checks.
    """
    rows = []
    for claim, source, verdict in ledger.claims[["claim", "source", "verdict"]].itertuples(index=False):
        own = ledger.checks[ledger.checks["claim"] == claim]
        for kind in KINDS:
            mine = own[own["kind"] == kind]
            said = set(mine["outcome"])
            outcome = (
                "both"
                if {"agrees", "disagrees"} <= said
                else next((word for word in ("disagrees", "agrees", "open") if word in said), "none")
            )
            agreeing = mine[mine["outcome"] == "agrees"]
            if outcome == "agrees" and agreeing["comparison"].all() and not agreeing["supports"].any():
                outcome = "fits"
            count = len(mine)
            rows.append((claim, source, verdict, kind, outcome, count))
    return pd.DataFrame(rows, columns=["claim", "source", "verdict", "kind", "outcome", "checks"])


@traced
def contradictions(ledger: Ledger) -> pd.DataFrame:
    """Return the pairs of claims that checks set against each other.

    Returns
    -------
    pandas.DataFrame
        One row a pair and outcome: claim, other, source, other_source, kind, outcome. Only arithmetic and cross checks
        that read other claims; a pair that is tested both ways stands once for each outcome.
    """
    source = dict(zip(ledger.claims["claim"], ledger.claims["source"], strict=True))
    rows = {}
    tested = ledger.checks[ledger.checks["kind"].isin(["arithmetic", "cross"])]
    for claim, kind, outcome, reads in tested[["claim", "kind", "outcome", "reads"]].itertuples(index=False):
        for other in reads.split():
            pair = tuple(sorted((claim, other), key=audit.natural))
            rows[pair, outcome] = (*pair, source[pair[0]], source[pair[1]], kind, outcome)
    return pd.DataFrame(rows.values(), columns=["claim", "other", "source", "other_source", "kind", "outcome"])


@traced
def clashes(ledger: Ledger) -> pd.DataFrame:
    """Return the sets of claims that cannot all be true.

    Returns
    -------
    pandas.DataFrame
        One row a set: claims (their names, joined by spaces), within (whether one article prints all of them). A set
        is the claim that a check refutes and those that the check reads; one that is tested both ways stands once.
    """
    source = dict(zip(ledger.claims["claim"], ledger.claims["source"], strict=True))
    tested = ledger.checks[ledger.checks["kind"].isin(["arithmetic", "cross"]) & (ledger.checks["reads"] != "")]
    refuted = tested[tested["outcome"] == "disagrees"]
    sets = {frozenset((claim, *reads.split())) for claim, reads in refuted[["claim", "reads"]].itertuples(index=False)}
    rows = [(" ".join(sorted(one, key=audit.natural)), len({source[name] for name in one}) == 1) for one in sets]
    return pd.DataFrame(sorted(rows), columns=["claims", "within"])


@traced
def against(ledger: Ledger) -> pd.DataFrame:
    """Return the claims that some check refutes, the most consequential first.

    Consequence is counted: checks of other claims that read the claim, and results computed from the table that
    holds it; equal counts are ordered by the size of the margin in half widths.
    """
    found = ledger.claims[ledger.claims["verdict"].isin(AGAINST)].copy()
    found["size"] = found["margin_half_widths"].abs().fillna(0.0)
    return found.sort_values(["uses", "size", "claim"], ascending=[False, False, True]).drop(columns="size")


@traced
def consequential(ledger: Ledger, told: int) -> pd.DataFrame:
    """Return the most consequential refuted claims, at most one for each curated table, for variety of matter."""
    return against(ledger).drop_duplicates("table").head(told).reset_index(drop=True)


def paragraph(ledger: Ledger, claim: str) -> str:
    """Return a paragraph on one claim, in Markdown, whose every number is computed."""
    row = ledger.claims[ledger.claims["claim"] == claim].iloc[0]
    own = ledger.checks[ledger.checks["claim"] == claim]
    printed = f"“{row['published']}{_unit(row)}”" if row["published"] else "no figure"
    text = [f"**{claim}, {row['statement']}** (article {ARTICLES.get(row['source'], row['source'])}, {printed}): "]
    text.append(f"**{row['verdict']}**: {row['reason']}.")
    for outcome, words in (("disagrees", "Against it"), ("agrees", "In agreement"), ("open", "Undecided")):
        said = [_sentence(check) for _, check in own[own["outcome"] == outcome].iterrows()]
        if said:
            text.append(f" {words}: {'; '.join(said)}.")
    return "".join(text)


def _unit(row: pd.Series) -> str:
    written = row["unit"] in ("", "date", "ratio") or "%" in row["published"]
    return "" if written else f" {row['unit']}"


def _sentence(check: pd.Series) -> str:
    margin = "" if np.isnan(check["margin"]) else f", margin {check['margin']:.4g}"
    if check["comparison"]:
        return f"{check['note']} (`{check['expression']}`{margin})"
    apart = "" if np.isnan(check["margin_half_widths"]) else f", {check['margin_half_widths']:+.3g} half widths"
    return f"{check['note']}: {check['computed']} ({check['kind']}{apart})"


def widened(case: audit.Case, as_of: str, most: float, steps: int) -> pd.DataFrame:
    """Judge again with printed intervals widened, by factors from 1 to ``most`` evenly spaced in logarithm.

    Returns
    -------
    pandas.DataFrame
        One row a claim and factor: factor, claim, source, verdict.
    """
    rows = []
    for factor in np.geomspace(1.0, most, steps):
        done = case.judge(_day(as_of), float(factor))
        rows += [(float(factor), n, one.claim.row["source"], one.verdict) for n, one in done.judged.items()]
    used = {name for one in done.judged.values() for f in one.findings for name in f.reads.results}
    inputs = {"claims", "checks", *done.tables, *(table for name in used for table in done.names.inputs(name))}
    return mark(pd.DataFrame(rows, columns=["factor", "claim", "source", "verdict"]), inputs)


def totals(parts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the number of claims over the factor for each verdict, from counts by factor, verdict and article."""
    table = parts.pivot_table(index="factor", columns="verdict", values="claims", aggfunc="sum", fill_value=0)
    return {str(verdict): table[verdict] for verdict in table.columns}


@traced
def first_flip(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return the claims whose verdict changes as intervals widen: claim, source, verdict, becomes, factor."""
    rows = []
    for claim, own in sweep.groupby("claim", sort=False):
        start = own.iloc[0]
        later = own[own["verdict"] != start["verdict"]]
        if len(later):
            rows.append((claim, start["source"], start["verdict"], later.iloc[0]["verdict"], later.iloc[0]["factor"]))
    frame = pd.DataFrame(rows, columns=["claim", "source", "verdict", "becomes", "factor"])
    return frame.sort_values(["factor", "claim"]).reset_index(drop=True)


@traced
def due(ledger: Ledger) -> pd.DataFrame:
    """Return the forecasts by the day on which they come due: claim, source, statement, published, due."""
    open_ones = ledger.claims[ledger.claims["verdict"] == "forecast"]
    return open_ones[["claim", "source", "statement", "published", "due"]].sort_values(["due", "claim"])


@traced
def unsettled(ledger: Ledger) -> pd.DataFrame:
    """Return the unverifiable claims with what was looked for: claim, source, statement, published, note."""
    rows = ledger.claims[ledger.claims["verdict"] == "unverifiable"]
    return rows[["claim", "source", "statement", "published", "note"]].reset_index(drop=True)
