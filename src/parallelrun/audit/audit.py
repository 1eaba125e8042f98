"""The audit: read claims and checks, evaluate, judge, and say so in a table or as JSON."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from parallelrun import project
from parallelrun.audit.claims import Check, read_checks, read_claims
from parallelrun.audit.expressions import Evaluator
from parallelrun.audit.findings import Finding, find
from parallelrun.audit.names import Figure, Names, Reads
from parallelrun.audit.verdicts import VERDICTS, Evidence, Judged, judge, judge_again
from parallelrun.data.rows import Tables, visible
from parallelrun.errors import DataError, Faults, ParallelRunError, ToldError, UnboundedError
from parallelrun.study import units
from parallelrun.study.memo import Knowing
from parallelrun.study.quantities import Quantity, shown
from parallelrun.study.results import rounded


@dataclass(frozen=True)
class Audit:
    """All claims of a file with their verdicts, by id in natural order, and what was read on the way."""

    judged: dict[str, Judged]
    as_of: date
    tables: frozenset[str]
    names: Names

    def counts(self) -> dict[str, int]:
        """Return how many claims have each verdict."""
        found = Counter(one.verdict for one in self.judged.values())
        return {verdict: found[verdict] for verdict in VERDICTS}


@dataclass(frozen=True)
class Case(Knowing):
    """Claims and checks that were read, ready to be judged as of any day."""

    names: Names
    checks: dict[str, list[Check]]
    faults: tuple[ParallelRunError, ...] = ()
    """What is wrong with single rows of the files; told by `judge`, together with what is wrong with their figures."""

    def known(self) -> list[Any]:
        """Return the checks, what is wrong with the files, and what the names stand for (see `Names.known`)."""
        return [self.checks, [str(fault) for fault in self.faults], self.names.known()]

    @cached_property
    def _evaluate(self) -> Evaluator:
        return Evaluator(self.names)

    def judge(self, as_of: date | None = None, widen: float = 1.0) -> Audit:
        """Evaluate every check and judge every claim.

        Parameters
        ----------
        as_of : datetime.date, optional
            The day on which the audit is made, which decides what is still a forecast; by default the day on which
            the collection's sources were last read, so that the same files give the same verdicts.
        widen : float
            Factor by which the intervals of published figures are widened; a check that then divides by an interval
            with zero decides nothing.

        Raises
        ------
        DataError
            If claims or checks are wrong; the message names file, line, column and claim of each.
        """
        names = self.names if widen == 1.0 else self.names.widened(widen)
        case = replace(self, names=names)
        faults = Faults(self.faults)
        evidence = {name: case.evidence(name, faults) for name in sorted(names.claims, key=natural)}
        for name in sorted(set(self.checks) - set(names.claims)):
            case.evidence(name, faults)
        faults.tell(natural)
        day = as_of or last_access(names.tables)
        return Audit(judge({k: v for k, v in evidence.items() if v}, day), day, names.tables.names_read, names)

    def evidence(self, claim: str, faults: Faults) -> Evidence | None:
        """Evaluate the checks of one claim; what is wrong is collected, and nothing returned if it is the figure."""
        figure, findings = None, []
        if claim in self.names.claims:
            with faults.part():
                figure = self.names.figure(claim)
        for check in self.checks.get(claim, ()):
            with faults.part():
                findings.append(_found(self.names, self._evaluate, check, figure))
        found = [finding for finding in findings if finding]
        return Evidence(self.names.claims[claim], figure, tuple(found)) if figure else None

    def judge_one(self, claim: str, others: Audit) -> Judged:
        """Judge one claim again, where the verdicts of the others stand; raises as `judge` does."""
        faults = Faults()
        evidence = self.evidence(claim, faults)
        faults.tell()
        assert evidence is not None
        return judge_again(claim, evidence, others.judged, others.as_of)

    def with_printed(self, claim: str, published: str, unit: str) -> Case:
        """Return the case as it would be if a claim printed another figure."""
        return replace(self, names=self.names.with_printed(claim, published, unit))


def prepare(claims: Path | None = None, checks: Path | None = None, tables: Tables | None = None) -> Case:
    """Read claims and checks.

    Parameters
    ----------
    claims, checks : Path, optional
        The two files; by default the collection's own. They go together: give both or neither.
    tables : Tables, optional
        The curated tables; by default those of the collection in use.

    Returns
    -------
    Case
        With what is wrong in the files as its faults, which `Case.judge` tells.

    Raises
    ------
    DataError
        If only one of the two is given.
    """
    if (claims is None) != (checks is None):
        raise DataError("a claims file and a checks file go together: give both --claims and --checks, or neither")
    faults, listed, checked = Faults(), None, {}
    with faults.part():
        listed = read_claims(claims or project.data_dir() / "claims.csv", faults)
    with faults.part():
        checked = read_checks(checks or project.data_dir() / "checks.csv", listed, faults)
    found = tables or Tables(project.data_dir())
    names = Names(listed or {}, found, project.results_dir(), complete=listed is not None)
    return Case(names, checked, faults.errors)


def run(claims: Path | None = None, checks: Path | None = None, as_of: date | None = None) -> Audit:
    """Read and judge every claim of a file (see `prepare` and `Case.judge`)."""
    return prepare(claims, checks).judge(as_of)


def _found(names: Names, evaluate: Evaluator, check: Check, figure: Figure | None) -> Finding | None:
    """Return what a check finds; None if its claim's figure, of which the fault is told, cannot be read."""
    try:
        with names.reading() as reads:
            value = names.evaluated(check.expression, evaluate)
        if figure is None:
            return None
        if isinstance(value, Quantity) and (circular := _circular(names, reads, figure)):
            raise DataError(f"a cycle: {circular} is set against itself; write it without {circular}")
        inputs = frozenset(
            n for n in names.inputs_of(reads) if n != check.claim and names.figure(n).root != figure.root
        )
        return find(check, figure, value, reads, inputs)
    except DataError as error:
        parts = error.parts or (error,)
        if figure and names.widen > 1 and all(isinstance(part, UnboundedError) for part in parts):
            return Finding(check, "open", None, False, None, None, reads, figure.quantity is not None)
        Faults(_placed(check, part) for part in parts).tell()
        raise


def _circular(names: Names, reads: Reads, figure: Figure) -> str:
    """Return the claim or the row by which an expression reads the figure that it is set against, if it does."""
    claims = sorted(name for name in reads.claims if names.figure(name).root == figure.root)
    own = {(figure.table, row.line): row for row in figure.rows}
    rows = [own[place].where() for place in sorted(reads.rows & set(own))]
    return next(iter(claims + rows), "")


def _placed(check: Check, error: ParallelRunError) -> ParallelRunError:
    """Return an error with the place of the check that it is about, unless it is told at another place."""
    if isinstance(error, ToldError):
        return error
    place = f"{check.row.where('expression')}, claim {check.claim}"
    shown_part = check.expression if len(check.expression) <= 300 else f"{check.expression[:299]}…"
    return type(error)(f"{place}: {error}\n    in: {visible(shown_part)}")


def last_access(tables: Tables) -> date:
    """Return the day on which the collection's sources were last read."""
    return date.fromisoformat(max(row["accessed"] for row in tables.rows("sources")))


def natural(text: str) -> list[tuple[int, int | str]]:
    """Return a sort key that puts A9 before A10."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", text)]


def as_json(audit: Audit) -> list[dict[str, Any]]:
    """Return the verdicts as plain data: one object a claim; an unbounded or missing number is null."""
    return [
        {
            "id": name,
            "source": one.claim.row["source"],
            "theme": one.claim.row["theme"],
            "statement": one.claim.statement,
            "verdict": one.verdict,
            "reason": one.reason,
            "published": {"text": one.figure.text, **_ends(one.figure.quantity)},
            "margin": _number(one.margin),
            "margin_half_widths": _number(one.relative),
            "as_of": audit.as_of.isoformat(),
            "checks": [_finding(finding) for finding in one.findings],
            "note": one.claim.row["note"],
        }
        for name, one in audit.judged.items()
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.check.kind,
        "expression": finding.check.expression,
        "outcome": finding.outcome,
        "standing": finding.standing,
        "comparison": finding.comparison,
        "computed": _ends(finding.computed),
        "margin": _number(finding.margin),
        "margin_half_widths": _number(finding.relative),
        "standard_errors": _number(finding.errors),
        "note": finding.check.note,
    }


def _ends(quantity: Quantity | None) -> dict[str, Any]:
    if quantity is None:
        return {"low": None, "high": None, "unit": ""}
    if quantity.is_date:
        low, high = (date.fromordinal(round(end)).isoformat() for end in (quantity.low, quantity.high))
        return {"low": low, "high": high, "unit": "date"}
    return {"low": _number(quantity.low), "high": _number(quantity.high), "unit": quantity.unit.text}


def _number(number: float | None) -> float | int | None:
    return rounded(number) if number is not None and math.isfinite(number) else None


def report(audit: Audit, width: int = 100) -> str:
    """Return the verdicts as a table for a terminal, each claim with its checks."""
    lines = []
    indent = max((len(name) for name in audit.judged), default=0) + 2
    for name, one in audit.judged.items():
        printed = f"  [{one.figure.text}{_unit(one)}]" if one.figure.text else ""
        lines.append(f"{name:<{indent}}{one.verdict.upper():<14} {one.claim.statement}{printed}")
        for finding in one.findings:
            aside = f", {finding.standing}" if finding.standing in ("void", "outranked") else ""
            lines.append(f"{'':{indent}}{finding.outcome:<10} {finding.check.kind}{aside}: {_said(finding, width)}")
        if one.verdict == "unverifiable" and one.claim.row["note"]:
            lines.append(f"{'':{indent}}{one.claim.row['note']}")
    counts = ", ".join(f"{count} {verdict}" for verdict, count in audit.counts().items() if count)
    return "\n".join([*map(visible, lines), "", f"{len(audit.judged)} claims, as of {audit.as_of}: {counts}"])


def _unit(one: Judged) -> str:
    quantity = one.figure.quantity
    return "" if quantity is None or quantity.unit.text in ("%", "date") else units.behind(quantity.unit.text)


def _said(finding: Finding, width: int) -> str:
    expression = finding.check.expression
    if len(expression) > width:
        expression = expression[: width - 1] + "…"
    if finding.comparison and finding.computed is None:
        return expression
    margin = "" if finding.margin is None else f" (margin {shown(finding.margin)})"
    return f"{expression}{'' if finding.comparison else f' = {finding.computed}'}{margin}"
