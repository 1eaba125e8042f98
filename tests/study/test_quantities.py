"""Quantities: interval arithmetic that contains the truth, and comparisons that decide only what is decided."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parallelrun.study.quantities import PURE, Quantity, Truth, Unit, compare

numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
intervals = st.tuples(numbers, numbers, st.floats(0, 1)).map(
    lambda t: (min(t[:2]), max(t[:2]), min(t[:2]) + t[2] * (max(t[:2]) - min(t[:2])))
)


@given(intervals, intervals, st.sampled_from("+-*/"))
def test_the_interval_of_a_formula_contains_the_formula_of_values_inside(one, other, sign):
    """Moore's inclusion: whatever the true values are within their rounding, the true result is in the interval."""
    x, y = min(max(one[2], one[0]), one[1]), min(max(other[2], other[0]), other[1])
    left, right = Quantity.of(x, *one[:2]), Quantity.of(y, *other[:2])
    if sign == "/":
        assume(not other[0] <= 0 <= other[1])
    found, true = {
        "+": lambda: (left + right, x + y),
        "-": lambda: (left - right, x - y),
        "*": lambda: (left * right, x * y),
        "/": lambda: (left / right, x / y),
    }[sign]()
    slack = 1e-12 * max(1.0, abs(true))
    assert found.low - slack <= true <= found.high + slack


@given(intervals, intervals, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_decided_comparison_holds_of_the_values_inside(one, other, sign):
    x, y = min(max(one[2], one[0]), one[1]), min(max(other[2], other[0]), other[1])
    truth = compare(Quantity.of(x, *one[:2]), sign, Quantity.of(y, *other[:2]))
    assume(abs(x - y) > 1e-6 * max(1.0, abs(x), abs(y)))
    if sign in ("==", "!="):
        meet = max(one[0], other[0]) <= min(one[1], other[1])
        assert truth.holds == (meet == (sign == "==")) or abs(truth.margin) < 1e-2
    elif truth.holds is not None:
        assert truth.holds == {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign]
    assert truth.margin >= 0 if truth.holds else truth.margin <= 0


def test_conversion_keeps_the_quantity():
    tokens = Quantity.of(12.96, 12.955, 12.965, "trillion tokens").to(Unit.of("billion tokens"))
    assert (tokens.value, tokens.low) == (pytest.approx(12_960), pytest.approx(12_955))
    assert Quantity.of(48.0, 47.5, 48.5, "%").to(PURE).value == pytest.approx(0.48)


def test_unbounded_figures_stay_unbounded():
    many = Quantity.of(1e5, 1e5, math.inf, "models")
    assert (many * Quantity.number(2)).high == math.inf
    assert compare(many, ">=", Quantity.number(100_000)).holds
    assert isinstance(compare(many, ">", Quantity.number(200_000)), Truth)
    assert compare(many, ">", Quantity.number(200_000)).holds is None
