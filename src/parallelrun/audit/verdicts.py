"""Verdicts: from a published figure and what its checks compute, by rules that leave nothing to be typed.

**One check.** Let P be the interval that the published figure stands for and C the computed one.

- A figure printed as a number, approximately or in words *agrees* if P and C overlap (some true value fits both),
  and *disagrees* if they do not. If C holds all of P and is wider than the figure is large (1 to 16 weeks against a
  printed 5), it would have agreed with almost anything: the check is *open*, wherever its centre is.
- A printed range, and a bound such as ``> 100,000``, says that everything lies inside it. The check agrees if C
  lies inside P, disagrees if they are apart, and otherwise is open; but a range that does not hold all that the
  article's own inputs give (an arithmetic check) disagrees.
- A comparison agrees if it holds of all values in its intervals, disagrees if it holds of none, else is open. It can
  refute any claim, but supports only one that prints nothing to set a number against: ``A23 <= 21`` would hold as
  well if 0 or 10 were printed, and ``X > 50`` the more surely the bolder a bound X is. One that an article passes
  with its own figures (of kind arithmetic: two directions that fit each other) supports nothing either.

The **margin** is signed: how far the intervals could move before they part (or, negative, how far apart they are);
for a range or a bound, how far C lies inside P (or sticks out); for a comparison, how far the sides are from
equality. It is given in the figure's unit (a comparison's: the unit of its left side) and, for a figure, relative to
half the width of P (for an exact count: to half a unit).

**One claim.** The checks that test the claim as it is stated are the arithmetic, cross and independent ones and any
comparison of kind scope. A scope check that gives a number says what else the figure may be.

1. Some of the former disagree, and a scope number agrees: `misattributed`, right about something else.
2. Some disagree, but a cross or independent one agrees: `contested`, the sources disagree.
3. Some disagree: `fails`.
4. The claim speaks of a day after the audit's date: `forecast` (until then, only arithmetic, cross and scope checks
   count above).
5. Some agree, and support: `holds`.
6. None decides: `unverifiable`.

The margin of a verdict is the smallest among the checks that support it for `holds`, the most negative among those that
disagree for rules 1 to 3, and the smallest of all for the others; where there are checks that give figures, they decide
before comparisons. If scope numbers are all that an unverifiable claim has, it is theirs; if the forecast of a date has
no check, it is the days that are left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parallelrun.audit.claims import Check, Claim
from parallelrun.audit.names import Figure, Reads
from parallelrun.errors import ExpressionError, UnitError
from parallelrun.study.quantities import SLACK, Quantity, Truth

Outcome = Literal["agrees", "disagrees", "open"]
Verdict = Literal["holds", "fails", "contested", "misattributed", "unverifiable", "forecast"]
VERDICTS: tuple[Verdict, ...] = ("holds", "fails", "contested", "misattributed", "unverifiable", "forecast")


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : Check
        The check.
    outcome : {"agrees", "disagrees", "open"}
        What it says of the claim.
    computed : Quantity or None
        The computed figure, in the published one's unit; for a comparison, left side less right side; None for words.
    comparison : bool
        Whether the expression was a comparison.
    margin : float or None
        Signed distance (see the module); None if it is unbounded.
    relative : float or None
        The margin in half widths of the published interval; None for comparisons and unbounded figures.
    reads : Reads
        What the expression read.
    printed : bool
        Whether the claim prints a figure, which no comparison can support.
    """

    check: Check
    outcome: Outcome
    computed: Quantity | None
    comparison: bool
    margin: float | None
    relative: float | None
    reads: Reads
    printed: bool

    @property
    def stated(self) -> bool:
        """Whether it tests the claim as it is stated."""
        return self.check.kind != "scope" or self.comparison

    @property
    def supports(self) -> bool:
        """Whether it tests the claim as it is stated, and agrees, and would not agree with almost any figure."""
        decides = not self.comparison or not (self.printed or self.check.kind == "arithmetic")
        return self.stated and self.outcome == "agrees" and decides


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict."""

    claim: Claim
    figure: Figure
    verdict: Verdict
    reason: str
    margin: float | None
    relative: float | None
    findings: tuple[Finding, ...]


def find(check: Check, figure: Figure, found: Quantity | Truth, reads: Reads) -> Finding:
    """Return what a check found, given what its expression came to.

    Raises
    ------
    ExpressionError
        If the claim has no figure to set a number against, or the number is the claim's own.
    UnitError
        If the number's unit is not the claim's.
    """
    if isinstance(found, Truth):
        outcome: Outcome = "agrees" if found.holds else "open" if found.holds is None else "disagrees"
        printed = figure.quantity is not None
        return Finding(check, outcome, found.difference, True, _bounded(found.margin), None, reads, printed)
    if figure.quantity is None:
        raise ExpressionError("gives a number, but the claim has no figure; write a comparison")
    if found.is_date != figure.quantity.is_date:
        raise UnitError(f"gives {found}, but the claim's unit is {figure.quantity.unit.text!r}")
    computed = found.to(figure.quantity.unit)
    if math.isnan(computed.low) or math.isnan(computed.high):
        raise ExpressionError("gives no number: an unbounded figure less or over another")
    outcome, margin = _agreement(figure, computed, check.kind)
    half = (figure.quantity.high - figure.quantity.low) / 2 or 0.5
    relative = margin / half if math.isfinite(half) else None
    return Finding(check, outcome, computed, False, _bounded(margin), _bounded(relative), reads, True)


def _agreement(figure: Figure, computed: Quantity, kind: str) -> tuple[Outcome, float]:
    """Return a number's outcome and margin against the published figure."""
    published = figure.quantity
    assert published is not None
    p, q, c, d = published.low, published.high, computed.low, computed.high
    slack = SLACK * max(abs(x) for x in (p, q, c, d, 0.0) if math.isfinite(x))
    overlap = min(q - c, d - p)
    inside = min(c - p, q - d)
    if overlap < -slack:
        return "disagrees", overlap
    if figure.form in ("range", "bound"):
        if inside >= -slack:
            return "agrees", max(inside, 0.0)
        return ("disagrees" if figure.form == "range" and kind == "arithmetic" else "open"), inside
    large = max(abs(published.centre or 0.0), q - p)
    around = c <= p + slack and d >= q - slack
    if around and figure.form != "date" and d - c > large + slack:
        return "open", max(overlap, 0.0)
    return "agrees", max(overlap, 0.0)


def judge(claim: Claim, figure: Figure, findings: Sequence[Finding], as_of: date) -> Judged:
    """Return a claim's verdict from what its checks found, by the rules of the module."""
    due = due_date(claim, figure)
    pending = due is not None and due > as_of
    counted = [f for f in findings if f.stated and not (pending and f.check.kind == "independent")]
    against = [f for f in counted if f.outcome == "disagrees"]
    agreeing = [f for f in counted if f.supports]
    elsewhere = [f for f in findings if not f.stated and f.outcome == "agrees"]
    other_sources = [f for f in agreeing if f.check.kind in ("cross", "independent")]
    verdict: Verdict
    if against and elsewhere:
        verdict, deciding = "misattributed", against
        reason = "fails as stated, and is right about something else"
    elif against and other_sources:
        verdict, deciding = "contested", against
        reason = f"supported by {_checks(other_sources)}, refuted by {_checks(against)}"
    elif against:
        verdict, deciding, reason = "fails", against, f"refuted by {_checks(against)}"
    elif pending:
        verdict, deciding, reason = "forecast", counted, f"open until {due}"
    elif agreeing:
        verdict, deciding, reason = "holds", agreeing, f"supported by {_checks(agreeing)}"
    else:
        verdict, deciding = "unverifiable", counted or list(findings)
        passed = f"its date, {due}, has passed; " if due is not None and figure.form == "date" else ""
        reason = passed + ("no check supports or refutes it" if findings else "no check")
    closest = min((f for f in deciding if f.margin is not None), key=_closeness, default=None)
    margin, relative = (closest.margin, closest.relative) if closest else (None, None)
    if verdict == "forecast" and figure.form == "date" and margin is None and due is not None:
        margin = float((due - as_of).days)
    return Judged(claim, figure, verdict, reason, margin, relative, tuple(findings))


def due_date(claim: Claim, figure: Figure) -> date | None:
    """Return the last day that a claim speaks of; None if it speaks of none."""
    return figure.last_day or claim.as_of


def _closeness(finding: Finding) -> tuple[bool, float]:
    """Order findings by margin: those of figures first, relative to what was printed."""
    return finding.relative is None, (finding.margin if finding.relative is None else finding.relative) or 0.0


def _checks(findings: Sequence[Finding]) -> str:
    counts = {f.check.kind: sum(g.check.kind == f.check.kind for g in findings) for f in findings}
    words = " and ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"{words} check{'s' if len(findings) > 1 else ''}"


def _bounded(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
