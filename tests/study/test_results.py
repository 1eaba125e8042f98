import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.errors import ResultError
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.results import Results, rounded

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
    with pytest.raises(ResultError, match="contains zero"):
        Estimate(1.0) / Estimate(0.5, -1.0, 1.0)


def test_units_cancel_and_inputs_add_up():
    a = Estimate(6.0, 5.0, 7.0, "points", frozenset({"a"}))
    b = Estimate(3.0, 3.0, 3.0, "points", frozenset({"b"}))
    ratio = a / b
    assert (ratio.value, ratio.unit, ratio.inputs) == (2.0, "", {"a", "b"})
    assert (a - b).unit == "points"
    assert ratio.to("%", 100.0).value == pytest.approx(200.0)


def test_an_exact_number_stays_exact():
    assert (Estimate(3.0) * 2.0) == Estimate(6.0)


def test_format_gives_value_unit_and_interval():
    estimate = Estimate(39.0, 38.5, 39.5, "points")
    assert f"{estimate}" == "39 points (38.5 to 39.5)"
    assert f"{estimate:.2f}" == "39.00 points (38.50 to 39.50)"
    assert f"{Estimate(None, 2e5, 1e6, 'chips'):,.0f}" == "200,000 to 1,000,000 chips"
    assert f"{Estimate(697653.2, 311000.0, 1565000.0)}" == "697,700 (311,000 to 1,565,000)"
    assert f"{Estimate(0.00123456, 0.0, math.inf)}" == "0.001235 (0 to inf)"


def test_pick_takes_exactly_one_row():
    frame = pd.DataFrame({"claim": ["A", "B", "B"], "value": [1, math.nan, 3], "low": 0.5, "high": 9.0, "unit": "x"})
    assert pick(frame, claim="A") == Estimate(1.0, 0.5, 9.0, "x")
    with pytest.raises(ResultError, match="found 2 of 3"):
        pick(frame, claim="B")
    with pytest.raises(ResultError, match="found 0 of 3"):
        pick(frame, claim="C")


@pytest.mark.parametrize(
    ("name", "estimate", "meaning", "message"),
    [
        ("gap points", Estimate(1.0), "m", "identifier"),
        ("gap", Estimate(1.0), " ", "say what it means"),
        ("gap", Estimate(math.nan), "m", "finite"),
        ("gap", Estimate(5.0, 1.0, 2.0), "m", "outside its interval"),
        ("gap", Estimate(1.5, 2.0, 1.0), "m", "above high"),
        ("gap", Estimate(None), "m", "needs a value"),
        ("gap", Estimate(1.0, math.nan, 2.0), "m", "not a number"),
    ],
)
def test_a_result_that_breaks_the_contract_is_refused(name, estimate, meaning, message):
    with pytest.raises(ResultError, match=message):
        Results().add(name, estimate, meaning)


def test_a_name_can_be_recorded_once():
    results = Results()
    results.add("gap", Estimate(1.0), "m")
    with pytest.raises(ResultError, match="twice"):
        results.add("gap", Estimate(1.0), "m")


def test_results_are_written_with_their_digits_cut(tmp_path):
    results = Results()
    results.add("third", Estimate(1 / 3, 0.0, math.pi, "points", frozenset({"t"})), "a third")
    results.write(tmp_path / "a" / "results.json", "stem", {"seed": 1})
    written = json.loads((tmp_path / "a" / "results.json").read_text())
    assert written["notebook"] == "stem"
    assert written["parameters"] == {"seed": 1}
    assert written["results"] == [
        {"name": "third", "value": 0.3333333333, "low": 0, "high": 3.141592654, "unit": "points", "meaning": "a third",
         "inputs": ["t"]}
    ]  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_rounding_keeps_ten_digits(number):
    assert rounded(number) == pytest.approx(number, rel=1e-9, abs=1e-300)
