"""Propose arithmetic checks between the figures of a text: what fits within rounding, and what clashes closely.

For each figure all sums, differences, products, ratios, shares and growths of two figures near it are computed with
their intervals, and the sums of figures that stand in a row. Many fit by chance, so each is ranked by its luck: the
share of unrelated numbers, spread evenly from a half to one and a half times the figure, that would come as near. That
is the width of both intervals, and for a clash twice the distance between them, over the size of the figure. A person
confirms; nothing here is a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import permutations

from parallelrun.errors import DataError
from parallelrun.study.quantities import Quantity, compare

REACH = 8
"""Sentences, or rows of a table, between figures that are still set against each other."""

LUCK = 0.12
"""Largest chance of a fit by luck at which one is proposed."""

LUCK_NEARBY = 1.0
"""The same for a ratio or growth whose figures stand in one sentence or row of a table, or in two that follow."""

NEAR = 0.25
"""Largest relative difference, beyond the intervals, at which a disagreement is proposed as a clash."""


@dataclass(frozen=True)
class Figure:
    """A drafted figure: its name, the rank of its sentence or row, what it stands for, and whether it is a fall."""

    name: str
    passage: int
    quantity: Quantity
    falls: bool = False


@dataclass(frozen=True)
class Proposal:
    """A check to confirm: whether it fits, how much luck it takes, and over how many sentences it reaches."""

    claim: str
    expression: str
    fits: bool
    luck: float
    reach: int

    @property
    def rank(self) -> float:
        """What proposals are sorted by: luck, made worse by distance and by being a clash."""
        return self.luck * (1 + self.reach) * (1.0 if self.fits else 2.0)


FORMS: dict[str, Callable[[Quantity, Quantity], Quantity]] = {
    "{a} / {b}": lambda a, b: a / b,
    "{a} / {b} - 1": lambda a, b: a / b - Quantity.number(1),
    "1 - {a} / {b}": lambda a, b: Quantity.number(1) - a / b,
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
        near = [f for f in usable if f is not target and abs(f.passage - target.passage) <= REACH]
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
            if (form in SYMMETRIC and a.name > b.name) or not _sensible(form, a.quantity, b.quantity, target):
                continue
            try:
                computed = compute(a.quantity, b.quantity).to(goal.unit)
                truth = compare(computed, "==", goal)
            except DataError:
                continue
            size = abs(goal.centre or 0.0)
            luck = (goal.high - goal.low + computed.high - computed.low) / size
            reach = max(abs(a.passage - target.passage), abs(b.passage - target.passage))
            expression = form.format(a=a.name, b=b.name)
            if form in ("{a} + {b}", "{a} - {b}") and (reach > 1 or not _seen((a, b), goal)):
                continue
            allowed = LUCK_NEARBY if reach <= 1 and "{a} / {b}" in form else LUCK
            if truth.holds and luck <= allowed:
                yield Proposal(target.name, expression, True, luck, reach)
            elif not truth.holds and reach <= 1 and luck <= allowed and abs(truth.margin) <= NEAR * size:
                yield Proposal(target.name, expression, False, luck + 2 * abs(truth.margin) / size, reach)


def _sums(target: Figure, figures: Sequence[Figure]) -> Iterator[Proposal]:
    """Yield the sum of each run of three or more like figures in neighbouring rows that is near the target."""
    runs: list[list[Figure]] = []
    for figure in (f for f in figures if f is not target and f.quantity.unit == target.quantity.unit):
        if runs and figure.passage - runs[-1][-1].passage <= 1:
            runs[-1].append(figure)
        else:
            runs.append([figure])
    goal = target.quantity
    for run in runs:
        reach = min((abs(figure.passage - target.passage) for figure in run), default=REACH)
        if len(run) < 3 or reach > 2 or not _seen(run, goal):
            continue
        total = reduce(lambda x, y: x + y, (figure.quantity for figure in run))
        truth, size = compare(total, "==", goal), abs(goal.centre or 0.0)
        luck = (goal.high - goal.low + total.high - total.low) / size
        if luck <= LUCK and (truth.holds or abs(truth.margin) <= NEAR * size):
            apart = 0.0 if truth.holds else 2 * abs(truth.margin) / size
            expression = " + ".join(figure.name for figure in run)
            yield Proposal(target.name, expression, bool(truth.holds), luck + apart, reach)


def _seen(parts: Sequence[Figure], total: Quantity) -> bool:
    """Whether each part of a sum is large enough to be seen in a total as it is rounded."""
    return all(abs(part.quantity.centre or 0.0) > total.high - total.low for part in parts)


def _same(one: Quantity, other: Quantity) -> bool:
    """Whether two figures are the same number in the same unit: one then only repeats the other."""
    return one.unit == other.unit and (one.low, one.high) == (other.low, other.high)


def _sensible(form: str, a: Quantity, b: Quantity, target: Figure) -> bool:
    """Whether a text would compute this: shares and ratios of like things, sums of like things, parts of things."""
    goal = target.quantity
    like = a.unit.dimensions == b.unit.dimensions
    pure_a, pure_b, pure_goal = (not q.unit.dimensions for q in (a, b, goal))
    if "{a} / {b}" in form:
        percent = goal.unit.factor != 1
        change = {"{a} / {b} - 1": percent and not target.falls, "1 - {a} / {b}": percent and target.falls}
        return like and pure_goal and not pure_a and change.get(form, True)
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
