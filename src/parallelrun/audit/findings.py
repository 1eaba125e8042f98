"""Findings: what one check says of a printed figure, and by what margin.

Let P be the interval that the published figure stands for and C the computed one.

- A figure printed as a number, approximately or in words *agrees* if P and C overlap (some true value fits both),
  and *disagrees* if they do not. If C holds all of P and is wider than the figure is large (1 to 16 weeks against a
  printed 5), it would have agreed with almost anything: the check is *open*, wherever its centre is. A scope
  check asks whether the number can be reproduced from something else: if C is as wide as that, its central value
  decides, so that a number near zero is treated like any other.
- A printed range, and a bound such as ``> 100,000``, says that everything lies inside it. The check agrees if C
  lies inside P, disagrees if they are apart, and otherwise is open; but a range that does not hold all that the
  article's own inputs give (an arithmetic check) disagrees.
- A comparison agrees if it holds of all values in its intervals, disagrees if it holds of none, else is open. It can
  refute any claim, but supports only one that prints nothing to set a number against: ``A23 <= 21`` would hold as
  well if 0 or 10 were printed, and ``X > 50`` the more surely the bolder a bound X is. One that an article passes
  with its own figures (of kind arithmetic: two directions that fit each other) supports nothing either.
- An interval marked by ``confidence(…)`` holds the true value in 95 of 100 cases only: it has no hard ends, but a
  centre and a standard error. P agrees if it is `NEAR` the estimate or its interval is no wider than P is large, and
  disagrees if it is `FAR`, in standard errors; between them the check is open.

The **margin** is signed: how far the intervals could move before they part (or, negative, how far apart they are);
for a range or a bound, how far C lies inside P (or sticks out); for a comparison, how far the sides are from
equality. It is given in the figure's unit (a comparison's: the unit of its left side) and, for a figure, relative to
half the width of P (for an exact count: to half a unit).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from parallelrun.audit.claims import Check
from parallelrun.audit.expressions import Sampled
from parallelrun.audit.names import Figure, Reads
from parallelrun.errors import ExpressionError, UnitError
from parallelrun.study.quantities import SLACK, Quantity, Truth

Outcome = Literal["agrees", "disagrees", "open"]
Standing = Literal["decides", "weighed", "outranked", "void", "aside"]

NEAR, FAR = 1.0, 3.0
"""Standard errors up to which a statistical estimate supports, and from which it refutes (by chance one in 370)."""


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
    inputs : frozenset of str
        The other claims that the expression read, on which the finding rests.
    errors : float or None
        Distance of the printed figure from the estimate of a confidence interval, in its standard errors.
    standing : {"decides", "weighed", "outranked", "void", "aside"}
        How the finding counts for the claim's verdict (see `parallelrun.audit.verdicts`).
    """

    check: Check
    outcome: Outcome
    computed: Quantity | None
    comparison: bool
    margin: float | None
    relative: float | None
    reads: Reads
    printed: bool
    inputs: frozenset[str] = frozenset()
    errors: float | None = None
    standing: Standing = "aside"

    @property
    def stated(self) -> bool:
        """Whether it tests the claim as it is stated."""
        return self.check.kind != "scope" or self.comparison

    @property
    def reach(self) -> tuple[float, float] | None:
        """Ends beyond which it refutes a figure; None for a comparison."""
        if self.comparison or self.computed is None:
            return None
        low, high, value = self.computed.low, self.computed.high, self.computed.value
        if self.errors is None or value is None:
            return low, high
        return value - FAR / 1.96 * (value - low), value + FAR / 1.96 * (high - value)

    @property
    def supports(self) -> bool:
        """Whether it tests the claim as it is stated, and agrees, and would not agree with almost any figure."""
        decides = not self.comparison or not (self.printed or self.check.kind == "arithmetic")
        return self.stated and self.outcome == "agrees" and decides


def find(
    check: Check, figure: Figure, found: Quantity | Truth, reads: Reads, inputs: frozenset[str] = frozenset()
) -> Finding:
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
        return Finding(check, outcome, found.difference, True, _bounded(found.margin), None, reads, printed, inputs)
    if figure.quantity is None:
        raise ExpressionError("gives a number, but the claim has no figure; write a comparison")
    if found.is_date != figure.quantity.is_date:
        raise UnitError(f"gives {found}, but the claim's unit is {figure.quantity.unit.text!r}")
    computed = found.to(figure.quantity.unit)
    outcome, margin = _agreement(figure, computed, check.kind)
    errors = _errors(figure.quantity, computed) if isinstance(found, Sampled) else None
    if errors is not None and outcome != "agrees":
        outcome = "disagrees" if errors >= FAR else "agrees" if errors <= NEAR else "open"
    half = (figure.quantity.high - figure.quantity.low) / 2 or 0.5
    relative = margin / half if math.isfinite(half) else None
    return Finding(check, outcome, computed, False, _bounded(margin), _bounded(relative), reads, True, inputs, errors)


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
        held = computed.value is not None and p - slack <= computed.value <= q + slack
        return ("disagrees" if figure.form == "range" and kind == "arithmetic" and not held else "open"), inside
    large = max(abs(published.centre or 0.0), q - p)
    around = c <= p + slack and d >= q - slack
    if around and figure.form != "date" and d - c > large + slack:
        reproduced = kind == "scope" and computed.value is not None and p - slack <= computed.value <= q + slack
        return "agrees" if reproduced else "open", max(overlap, 0.0)
    return "agrees", max(overlap, 0.0)


def _errors(published: Quantity, estimate: Quantity) -> float | None:
    """Return how many standard errors of a 95 % confidence interval lie between a printed figure and the estimate."""
    if estimate.value is None:
        return None
    above = published.low > estimate.value
    distance = max(published.low - estimate.value, estimate.value - published.high, 0.0)
    half = estimate.high - estimate.value if above else estimate.value - estimate.low
    return 1.96 * distance / half if half > 0 else math.inf


def _bounded(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
