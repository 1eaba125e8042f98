"""What an audit can notice: for each claim that holds, the smallest error that its checks would have caught.

A verdict "holds" is worth as much as the check behind it. Two answers are given, and have to agree:

- *computed*: a printed figure with half width h around v is refuted by a check with ends c and d as soon as it was
  moved up past ``d + h`` or down past ``c - h``; the smallest such move over all checks, relative to v;
- *seeded*: the figure is replaced by one with an error, of a kind that people make, and the claim is judged again.

A false alarm is a true figure that is refuted: the printed one, said again with a digit less (``"shortened"``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from parallelrun.audit.audit import Audit, Case
from parallelrun.audit.verdicts import Judged
from parallelrun.errors import DataError
from parallelrun.study.quantities import SLACK

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
REFUTED = ("fails", "contested", "misattributed", "inconsistent")
"""Verdicts that notice an error."""

SIZES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)
"""Relative errors at which the power is told: a figure is made larger, and smaller, by this factor less one."""


@dataclass(frozen=True)
class Threshold:
    """The smallest relative errors up and down that a claim's checks refute; infinite if none does."""

    claim: str
    up: float
    down: float

    @property
    def smallest(self) -> float:
        """The smaller of the two."""
        return min(self.up, self.down)

    def catches(self, error: float) -> bool:
        """Whether a figure that is wrong by a relative error (0.5: half as large again) is refuted."""
        return abs(error) > (self.up if error >= 0 else self.down) * (1 + SLACK)


@dataclass(frozen=True)
class Seeded:
    """One seeded error: what was printed in place of what, how large the error is, and whether it was noticed."""

    claim: str
    kind: str
    printed: str
    error: float
    caught: bool


def thresholds(audit: Audit) -> list[Threshold]:
    """Return the computed thresholds of all claims that hold and print a finite figure other than zero."""
    return [_threshold(name, one) for name, one in audit.judged.items() if _counts(one)]


def _counts(one: Judged) -> bool:
    quantity = one.figure.quantity
    if one.verdict != "holds" or quantity is None or quantity.is_date or not quantity.centre:
        return False
    return math.isfinite(quantity.low) and math.isfinite(quantity.high)


def _threshold(name: str, one: Judged) -> Threshold:
    quantity = one.figure.quantity
    assert quantity is not None
    assert quantity.centre is not None
    centre = quantity.centre
    below, above = centre - quantity.low, quantity.high - centre
    ends = [f.reach for f in one.findings if f.standing in ("decides", "weighed") and f.reach is not None]
    moves = [((high + below - centre) / abs(centre), (centre - low + above) / abs(centre)) for low, high in ends]
    return Threshold(
        name, min((up for up, _ in moves), default=math.inf), min((down for _, down in moves), default=math.inf)
    )


def power(found: Sequence[Threshold], sizes: Sequence[float] = SIZES) -> dict[float, float]:
    """Return, for each relative error, the share of claims in which it is caught, up and down taken alike."""
    if not found:
        return dict.fromkeys(sizes, math.nan)
    return {
        size: sum(one.catches(size) + one.catches(-size / (1 + size)) for one in found) / (2 * len(found))
        for size in sizes
    }


def seed(case: Case, audit: Audit) -> list[Seeded]:
    """Replace the figure of each claim that holds by wrong ones, one at a time, and judge that claim again.

    Parameters
    ----------
    case : Case
        The claims and checks.
    audit : Audit
        What they were judged to be.

    Returns
    -------
    list of Seeded
        An error of each kind for each claim: a factor of ten either way, two digits swapped, the wrong base (a ratio of
        b to a for a to b), and each of `SIZES` up and down. ``kind`` ``"shortened"`` is no error: a digit less.
    """
    found = []
    for name, one in audit.judged.items():
        if not _counts(one):
            continue
        assert one.figure.quantity is not None
        true = one.figure.quantity.centre or 0.0
        for kind, printed in _errors(one.figure.text):
            try:
                again = case.with_printed(name, printed, one.figure.quantity.unit.text).judge_one(name, audit)
            except DataError:
                continue  # the wrong figure has no form here, as 0.2 models have not
            quantity = again.figure.quantity
            if quantity is None or quantity.centre is None:
                continue
            found.append(Seeded(name, kind, printed, quantity.centre / true - 1, again.verdict in REFUTED))
    return found


def _errors(text: str) -> Iterator[tuple[str, str]]:
    """Yield kinds and texts of errors in the first number of a printed form, with as many decimals as it has."""
    match = _NUMBER.search(text.removeprefix("1:"))
    if match is None:
        return
    offset = len(text) - len(text.removeprefix("1:"))
    start, end = match.start() + offset, match.end() + offset
    number = Decimal(match[0].replace(",", ""))
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    wrong = {"ten times": number * 10, "a tenth": number / 10}
    if number:
        wrong["wrong base"] = 1 / number
    for size in SIZES:
        wrong[f"+{size:.0%}"] = number * (1 + Decimal(str(size)))
        wrong[f"/{1 + size:g}"] = number / (1 + Decimal(str(size)))
    for kind, value in wrong.items():
        fine = step if kind.startswith(("+", "/", "ten")) else min(step, step / 10)
        yield kind, f"{text[:start]}{value.quantize(fine, ROUND_HALF_UP):f}{text[end:]}"
    digits = [
        i for i in range(start, end - 1) if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]
    ]
    if digits:
        i = digits[0]
        yield "digits swapped", f"{text[:i]}{text[i + 1]}{text[i]}{text[i + 2 :]}"
    shorter = number.quantize(step * 10, ROUND_HALF_UP)
    if shorter:
        yield "shortened", f"{text[:start]}{shorter:f}{text[end:]}"
