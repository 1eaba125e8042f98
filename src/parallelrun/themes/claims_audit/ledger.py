"""The audit as frames: claims with verdicts, and checks with outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.audit import power as powers
from parallelrun.audit.findings import Finding
from parallelrun.audit.verdicts import Judged
from parallelrun.data.rows import Tables
from parallelrun.errors import ParameterError
from parallelrun.study.provenance import mark, traced
from parallelrun.study.quantities import Quantity


class Ledger(NamedTuple):
    """The audit's two frames.

    Attributes
    ----------
    claims : pandas.DataFrame
        One row a claim: claim, source, theme, statement, published, unit, low, high, verdict, reason, margin,
        margin_half_widths, table, due, uses, note. Margins are in the claim's unit and in half widths.
    checks : pandas.DataFrame
        One row a check: claim, source, kind, expression, outcome, comparison, supports, standing, low, high,
        relative_low, relative_high, margin, margin_half_widths, standard_errors, reads, tables (whose
        cells its expression read), note. Only checks that count support.
    """

    claims: pd.DataFrame
    checks: pd.DataFrame


class Power(NamedTuple):
    """What the checks would have noticed (see `parallelrun.audit.power`).

    Attributes
    ----------
    thresholds : pandas.DataFrame
        One row a claim that holds with a figure: claim, published, up, down, smallest (the relative errors from which
        its checks refute it, infinite if none does), source.
    seeded : pandas.DataFrame
        One row a seeded error that rounding leaves: claim, kind, printed, error (relative), caught. Kind ``shortened``
        is no error.
    shares : pandas.DataFrame
        One row a size of error: size, share of the claims in which it is caught, up and down taken alike.
    """

    thresholds: pd.DataFrame
    seeded: pd.DataFrame
    shares: pd.DataFrame


def read(note: Callable[[str], Any]) -> audit.Case:
    """Read claims and checks; each curated table is told to ``note``, such as ``study.note``, when it is first read."""
    for name in ("claims", "checks"):
        note(name)
    return audit.prepare(tables=Tables(project.data_dir(), note))


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
    inputs = _inputs(done)
    return Ledger(mark(claims, inputs), mark(checks, inputs))


def _day(as_of: str) -> date:
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise ParameterError(f"parameter 'as_of': expected a day such as 2026-11-25, got {as_of!r}") from None


def _uses(done: audit.Audit, results: pd.DataFrame) -> dict[str, int]:
    """Count, for each claim, the checks of other claims that read it and the results computed from its table."""
    readers = Counter(
        name for other, one in done.judged.items() for f in one.findings for name in f.reads.claims if name != other
    )
    tables = Counter(table for inputs in results["inputs"] for table in set(inputs))
    return {name: readers[name] + tables[one.figure.table] for name, one in done.judged.items()}


def _claim(name: str, one: Judged, uses: int) -> dict[str, Any]:
    quantity = one.figure.quantity
    low, high = _ends(quantity)
    due_on = (one.figure.last_day or one.claim.as_of) if one.verdict == "forecast" else None
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
        "supports": finding.supports and finding.standing in ("decides", "weighed"),
        "standing": finding.standing,
        "computed": "" if finding.computed is None else str(finding.computed),
        "low": low,
        "high": high,
        "relative_low": low / middle if scaled and middle else np.nan,
        "relative_high": high / middle if scaled and middle else np.nan,
        "margin": _number(finding.margin),
        "margin_half_widths": _number(finding.relative),
        "standard_errors": _number(finding.errors),
        "reads": " ".join(sorted(others)),
        "tables": " ".join(sorted({table for table, _ in finding.reads.rows})),
        "note": finding.check.note,
    }


def _ends(quantity: Quantity | None) -> tuple[float, float]:
    return (np.nan, np.nan) if quantity is None else (quantity.low, quantity.high)


def _number(number: float | None) -> float:
    return np.nan if number is None else number


@traced
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
    return mark(pd.DataFrame(rows, columns=["factor", "claim", "source", "verdict"]), _inputs(done))


@traced
def noticed(case: audit.Case, as_of: str) -> Power:
    """Compute what errors the checks of the claims that hold would notice, and try it on seeded errors."""
    done = case.judge(_day(as_of))
    found = powers.thresholds(done)
    rows = [
        (one.claim, done.judged[one.claim].figure.text, one.up, one.down, one.smallest, _source(done, one.claim))
        for one in found
    ]
    thresholds = pd.DataFrame(rows, columns=["claim", "published", "up", "down", "smallest", "source"])
    seeded = [
        (one.claim, one.kind, one.printed, one.error, one.caught)
        for one in powers.seed(case, done)
        if one.error or one.kind == "shortened"
    ]
    shares = pd.DataFrame(
        list(powers.power(found, [10 ** (k / 20) for k in range(-60, 21)]).items()), columns=["size", "share"]
    )
    inputs = _inputs(done)
    tried = pd.DataFrame(seeded, columns=["claim", "kind", "printed", "error", "caught"])
    return Power(*(mark(frame, inputs) for frame in (thresholds, tried, shares)))


def _source(done: audit.Audit, claim: str) -> str:
    return done.judged[claim].claim.row["source"]


def _inputs(done: audit.Audit) -> set[str]:
    """Return the tables that claims and checks were computed from, those behind results included."""
    used = {name for one in done.judged.values() for f in one.findings for name in f.reads.results}
    return {"claims", "checks", *done.tables, *(table for name in used for table in done.names.inputs(name))}
