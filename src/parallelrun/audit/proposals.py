"""Propose arithmetic checks between the figures of a text: what fits within rounding, and what clashes closely.

For each figure all sums, differences, products, ratios, shares and growths of two figures near it are computed with
their intervals, and the sums of figures that stand in a row. Many fit by chance, so each is ranked by the chance that
unrelated figures would: the width of both intervals over the size of the number. A person confirms; nothing here is a
verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import permutations

from parallelrun.errors import DataError
from parallelrun.study.quantities import Quantity, compare

REACH = 8
"""Lines between figures that are still set against each other."""

LUCK = 0.12
"""Largest chance of a fit by luck at which one is proposed."""

LUCK_NEARBY = 1.0
"""The same for a ratio or growth whose three figures stand in one line, or two, as a table's columns do."""

NEAR = 0.25
"""Largest relative difference, beyond the intervals, at which a disagreement is proposed as a clash."""


@dataclass(frozen=True)
class Figure:
    """A drafted figure: its name, its line, and what it stands for."""

    name: str
    line: int
    quantity: Quantity


@dataclass(frozen=True)
class Proposal:
    """A check to confirm: whether it fits, the chance of a fit by luck, and over how many lines it reaches."""

    claim: str
    expression: str
    fits: bool
    luck: float
    lines: int

    @property
    def rank(self) -> float:
        """What proposals are sorted by: luck, made worse by distance and by being a clash."""
        return self.luck * (1 + self.lines) * (1.0 if self.fits else 2.0)


FORMS: dict[str, Callable[[Quantity, Quantity], Quantity]] = {
    "{a} / {b}": lambda a, b: a / b,
    "{a} / {b} - 1": lambda a, b: a / b - Quantity.number(1),
    "{a} - {b}": lambda a, b: a - b,
    "{a} + {b}": lambda a, b: a + b,
    "{a} * {b}": lambda a, b: a * b,
}
SYMMETRIC = ("{a} + {b}", "{a} * {b}")


def propose(figures: Sequence[Figure], most: int = 2) -> list[Proposal]:
    """Return the checks worth a look, the least likely to fit by luck first.

    Parameters
    ----------
    figures : sequence of Figure
        In the order of the text; those without a finite interval or equal to zero are left out.
    most : int
        How many proposals a figure gets.
    """
    usable = [figure for figure in figures if _usable(figure.quantity)]
    found: list[Proposal] = []
    for target in usable:
        near = [f for f in usable if f is not target and abs(f.line - target.line) <= REACH]
        own = sorted(
            [*_of(target, near), *_sums(target, usable)], key=lambda proposal: (proposal.rank, proposal.expression)
        )
        found += own[:most]
    return sorted(_each_fact_once(found), key=lambda proposal: (proposal.rank, proposal.claim, proposal.expression))


def _usable(quantity: Quantity) -> bool:
    finite = abs(quantity.low) != float("inf") and abs(quantity.high) != float("inf")
    return finite and bool(quantity.centre) and not quantity.is_date and quantity.unit.text != "rank"


def _of(target: Figure, near: Sequence[Figure]) -> Iterator[Proposal]:
    goal = target.quantity
    for a, b in permutations(near, 2):
        if _same(a.quantity, b.quantity) or _same(a.quantity, goal) or _same(b.quantity, goal):
            continue
        for form, compute in FORMS.items():
            if (form in SYMMETRIC and a.name > b.name) or not _sensible(form, a.quantity, b.quantity, goal):
                continue
            try:
                computed = compute(a.quantity, b.quantity).to(goal.unit)
                truth = compare(computed, "==", goal)
            except DataError:
                continue
            size = abs(goal.centre or 0.0)
            luck = (goal.high - goal.low + computed.high - computed.low) / size
            lines = max(abs(a.line - target.line), abs(b.line - target.line))
            expression = form.format(a=a.name, b=b.name)
            if form in ("{a} + {b}", "{a} - {b}") and lines > 1:
                continue
            allowed = LUCK_NEARBY if lines <= 1 and form.startswith("{a} / {b}") else LUCK
            if truth.holds and luck <= allowed:
                yield Proposal(target.name, expression, True, luck, lines)
            elif not truth.holds and lines <= 1 and luck <= allowed and abs(truth.margin) <= NEAR * size:
                yield Proposal(target.name, expression, False, luck + abs(truth.margin) / size, lines)


def _sums(target: Figure, figures: Sequence[Figure]) -> Iterator[Proposal]:
    """Yield the sum of each run of three or more like figures in neighbouring lines that is near the target."""
    runs: list[list[Figure]] = []
    for figure in (f for f in figures if f is not target and f.quantity.unit == target.quantity.unit):
        if runs and figure.line - runs[-1][-1].line <= 1:
            runs[-1].append(figure)
        else:
            runs.append([figure])
    goal = target.quantity
    for run in runs:
        lines = min((abs(figure.line - target.line) for figure in run), default=REACH)
        if len(run) < 3 or lines > 2:
            continue
        total = reduce(lambda x, y: x + y, (figure.quantity for figure in run))
        truth, size = compare(total, "==", goal), abs(goal.centre or 0.0)
        luck = (goal.high - goal.low + total.high - total.low) / size
        if truth.holds or abs(truth.margin) <= NEAR * size:
            apart = 0.0 if truth.holds else abs(truth.margin) / size
            expression = " + ".join(figure.name for figure in run)
            yield Proposal(target.name, expression, bool(truth.holds), luck + apart, lines)


def _same(one: Quantity, other: Quantity) -> bool:
    """Whether two figures are the same number in the same unit: one then only repeats the other."""
    return one.unit == other.unit and (one.low, one.high) == (other.low, other.high)


def _sensible(form: str, a: Quantity, b: Quantity, goal: Quantity) -> bool:
    """Whether a text would compute this: shares and ratios of like things, sums of like things, parts of things."""
    like = a.unit.dimensions == b.unit.dimensions
    pure_a, pure_b, pure_goal = (not q.unit.dimensions for q in (a, b, goal))
    if form in ("{a} / {b}", "{a} / {b} - 1"):
        percent = goal.unit.factor != 1
        growth = form.endswith("- 1")
        return like and pure_goal and not pure_a and (percent or not growth)
    if form in ("{a} - {b}", "{a} + {b}"):
        return a.unit == b.unit == goal.unit and not pure_goal
    return not pure_goal and pure_a != pure_b


def _each_fact_once(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Keep one of the proposals that say the same of the same three figures (A / B = C, B * C = A, A - B = C …)."""
    best: dict[frozenset[str], Proposal] = {}
    for proposal in sorted(proposals, key=lambda p: (p.rank, p.claim, p.expression)):
        words = proposal.expression.replace("(", " ").replace(")", " ").split()
        trio = frozenset([proposal.claim, *(word for word in words if word.isidentifier())])
        best.setdefault(trio, proposal)
    return list(best.values())
