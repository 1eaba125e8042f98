"""Estimates: checked arithmetic, intervals that contain the truth, and words."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.errors import ResultError, UnboundedError, UnitError
from parallelrun.study.estimates import Estimate, pick

interval = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)
share = st.floats(0, 1)


def inside(ends, part):
    low, high = ends
    return min(max(low + part * (high - low), low), high)


@given(interval, interval, share, share)
def test_the_interval_of_a_formula_contains_the_formula_of_any_values_inside(a, b, s, t):
    x, y = inside(a, s), inside(b, t)
    left, right = Estimate(x, *a), Estimate(y, *b)
    for result, value in ((left + right, x + y), (left - right, x - y), (left * right, x * y)):
        slack = 1e-9 * max(1, abs(value))
        assert result.low - slack <= value <= result.high + slack
        assert result.value == pytest.approx(value)
    if b[0] > 1e-3 or b[1] < -1e-3:
        quotient = left / right
        slack = 1e-9 * max(1, abs(x / y))
        assert quotient.low - slack <= x / y <= quotient.high + slack


def test_dividing_by_an_interval_that_contains_zero_is_refused():
    with pytest.raises(UnboundedError, match="contains zero"):
        Estimate(1.0) / Estimate(0.5, -1.0, 1.0)


def test_units_cancel_and_inputs_add_up():
    a = Estimate(6.0, 5.0, 7.0, "points", frozenset({"a"}))
    b = Estimate(3.0, 3.0, 3.0, "points", frozenset({"b"}))
    ratio = a / b
    assert (ratio.value, ratio.unit, ratio.inputs) == (2.0, "", {"a", "b"})
    assert (a - b).unit == "points"
    assert ratio.to("%").value == pytest.approx(200.0)


def test_an_exact_number_stays_exact():
    assert (Estimate(3.0) * 2.0) == Estimate(6.0)
    assert -Estimate(3.0, unit="weeks") == Estimate(-3.0, unit="weeks")


@pytest.mark.parametrize("sign", ["+", "-"])
@pytest.mark.parametrize(("one", "other"), [("points", "weeks"), ("models", "chips"), ("USD", "EUR"), ("%", "weeks")])
def test_what_has_other_dimensions_is_not_added(one, other, sign):
    left, right = Estimate(39.0, unit=one), Estimate(3.0, unit=other)
    with pytest.raises(UnitError, match=f"{other}.* and .*{one}.* do not go together"):
        left + right if sign == "+" else left - right


def test_a_sum_has_the_left_unit_and_converts_the_right_one():
    total = Estimate(3.0, 2.0, 4.0, "weeks") + Estimate(7.0, unit="days")
    assert (total.value, total.low, total.high, total.unit) == (
        pytest.approx(4), pytest.approx(3), pytest.approx(5), "weeks"
    )  # fmt: skip
    assert (Estimate(48.0, unit="%") - Estimate(0.08, unit="ratio")).value == pytest.approx(40)


def test_a_bare_number_takes_the_unit_of_what_it_is_added_to_and_scales_what_it_multiplies():
    assert Estimate(39.0, unit="points") + 1 == Estimate(40.0, unit="points")
    assert Estimate(39.0, unit="points") * 2 == Estimate(78.0, unit="points")
    with pytest.raises(UnitError, match="may mean either"):
        Estimate(48.0, unit="%") + 1


def test_a_price_times_a_volume_is_money():
    paid = Estimate(5.0, 4.0, 6.0, "USD/million tokens") * Estimate(2.0, unit="trillion tokens")
    assert paid.unit == "USD·trillion tokens/million tokens"
    assert paid.to("USD").value == pytest.approx(1e7)
    assert (paid.to("million USD").low, paid.to("million USD").high) == (pytest.approx(8), pytest.approx(12))
    with pytest.raises(UnitError, match="do not go together"):
        paid.to("tokens")


def test_a_unit_that_the_formula_does_not_show_is_given_with_its_factor():
    power = Estimate(2.0, 1.0, 3.0, "models").counted_in("MW", 0.5)
    assert power == Estimate(1.0, 0.5, 1.5, "MW")


def test_format_gives_value_unit_and_interval():
    estimate = Estimate(39.0, 38.5, 39.5, "points")
    assert f"{estimate}" == "39 points (38.5 to 39.5)"
    assert f"{estimate:.2f}" == "39.00 points (38.50 to 39.50)"
    assert f"{Estimate(None, 2e5, 1e6, 'chips'):,.0f}" == "200,000 to 1,000,000 chips"
    assert f"{Estimate(697653.2, 311000.0, 1565000.0)}" == "697,700 (311,000 to 1,565,000)"
    assert f"{Estimate(0.00123456, 0.0, math.inf)}" == "0.001235 (0 to unbounded)"


def test_pick_takes_exactly_one_row():
    frame = pd.DataFrame({"claim": ["A", "B", "B"], "value": [1, math.nan, 3], "low": 0.5, "high": 9.0, "unit": "x"})
    assert pick(frame, claim="A") == Estimate(1.0, 0.5, 9.0, "x")
    with pytest.raises(ResultError, match="found 2 of 3"):
        pick(frame, claim="B")
    with pytest.raises(ResultError, match=r"^table: expected one row with claim 'C', found 0 of 3: add it$"):
        pick(frame, claim="C")
    frame.attrs["inputs"] = frozenset({"theme/prices"})
    with pytest.raises(ResultError, match=r"^theme/prices: expected one row with claim 'B' .*: leave one of them$"):
        pick(frame, claim="B", unit="x")


def test_an_interval_that_is_the_value_itself_is_not_written():
    assert str(Estimate(29.4, 29.4, 29.4, "%")) == "29.4 %"
    assert str(Estimate(29.4, 29.4, 29.5, "%")) == "29.4 % (29.4 to 29.5)"
    assert str(Estimate(None, 29.4, 29.4, "%")) == "29.4 to 29.4 %"


@pytest.mark.parametrize("unit", ["", "ratio", "share", "probability", "x"])
def test_a_number_without_a_unit_is_written_as_a_number(unit):
    number = Estimate(2.5, 2.0, 3.0, unit)
    assert str(number) == "2.5 (2 to 3)"
    assert str(number.quantity()) == "2 to 3"
