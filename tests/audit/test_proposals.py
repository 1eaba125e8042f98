"""Proposed checks: what fits within rounding, what clashes closely, and not what fits by luck."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.audit import drafting
from parallelrun.audit.draft import numerals
from parallelrun.audit.printed import stands_for
from parallelrun.audit.proposals import Figure, propose
from parallelrun.study.quantities import Quantity
from tests.collection import ROOT


def figures(*printed):
    found = []
    for i, (text, unit) in enumerate(printed):
        figure = stands_for(text, unit)
        found.append(Figure("ABCDEFGH"[i], 1, Quantity.of(figure.value, figure.low, figure.high, unit)))
    return found


@pytest.mark.parametrize(
    ("printed", "claim", "expression", "fits"),
    [
        ((("4.3x", "ratio"), ("12.96", "tokens"), ("3.03", "tokens")), "A", "B / C", True),
        ((("22 %", "%"), ("3.50", "USD"), ("2.87", "USD")), "A", "B / C - 1", True),
        ((("25 %", "%"), ("3.50", "USD"), ("2.87", "USD")), "A", "B / C - 1", False),
        ((("2,000", "users"), ("1,250", "users"), ("750", "users")), "A", "B + C", True),
        ((("640", "trips"), ("40 %", "%"), ("1,600", "trips")), "A", "B * C", True),
    ],
)
def test_what_a_text_computed_is_found(printed, claim, expression, fits):
    best = propose(figures(*printed))[0]
    assert {best.claim, *best.expression.split()} & set("ABC") == set("ABC")
    assert best.fits is fits
    if best.claim == claim:
        assert best.expression == expression


def test_a_fall_is_a_share_of_what_was_before():
    rise, *counts = figures(("12.2 %", "%"), ("9,870", "people"), ("11,240", "people"))
    (fall,) = propose([replace(rise, falls=True), *counts])
    assert (fall.expression, fall.fits) == ("1 - B / C", True)
    assert [(p.expression, p.fits) for p in propose([rise, *counts])] == [("C / B - 1", False)]


def test_what_rounding_hides_is_no_part_of_a_sum():
    assert (
        propose(figures(("96.4 million", "EUR"), ("96.4 million", "USD"), ("96.3 million", "EUR"), ("5,300", "EUR")))
        == []
    )


def test_luck_is_the_share_of_numbers_around_that_come_as_near():
    best = propose(figures(("200", "trips"), ("120", "trips"), ("80", "trips")))[0]
    assert (best.claim, best.expression, best.fits) == ("A", "B + C", True)
    assert best.luck == pytest.approx((1 + 2) / 200)


def test_a_column_is_added_up_and_a_wrong_total_found():
    found = propose(figures(("177", "cells"), ("120", "cells"), ("45", "cells"), ("12", "cells")))
    assert ("A", "B + C + D", True) in {(p.claim, p.expression, p.fits) for p in found}
    found = propose(figures(("180", "cells"), ("120", "cells"), ("45", "cells"), ("12", "cells")))
    assert ("A", "B + C + D", False) in {(p.claim, p.expression, p.fits) for p in found}


@given(st.permutations([("4.3x", "ratio"), ("12.96", "tokens"), ("3.03", "tokens"), ("17", "models")]))
def test_the_order_of_the_figures_does_not_matter(printed):
    found = propose(figures(*printed))
    names = dict(zip("ABCD", (text for text, _ in printed), strict=True))
    said = {(names[p.claim], tuple(names.get(word, word) for word in p.expression.split()), p.fits) for p in found}
    assert said == {("4.3x", ("12.96", "/", "3.03"), True)}


def test_the_examples_errors_are_found_and_little_else():
    found = numerals((ROOT / "docs" / "example" / "quarter.md").read_text(encoding="utf-8"))
    named = {
        figure.name: d.published
        for figure, d in zip(drafting.figures(found), [d for d in found if d.kind == "figure"], strict=True)
    }
    said = {(named[p.claim], p.fits) for p in propose(drafting.figures(found))}
    assert ("22 %", True) in said
    assert ("180", False) in said
    assert len(said) <= len(named) / 2


def test_ranks_dates_and_open_ends_are_left_out():
    assert propose(figures(("#3", "rank"), ("1", "rank"), ("2", "rank"))) == []
    assert propose(figures(("> 3", "models"), ("1", "models"), ("2", "models"))) == []
