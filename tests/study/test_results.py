"""Results: what may be recorded, how it is written, and how it is read."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.errors import ResultError
from parallelrun.study.estimates import Estimate
from parallelrun.study.results import Results, load, read, rounded


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


def test_what_was_written_is_read_as_one_frame_of_all_notebooks(tmp_path):
    for stem, value in (("b", 2.0), ("a", 1.0)):
        results = Results()
        results.add("n", Estimate(value, None, None, "points", frozenset({f"{stem}/table"})), "what it means")
        results.write(tmp_path / stem / "results.json", stem, {"seed": 1})
    assert list(read(tmp_path)) == ["a", "b"]
    assert read(tmp_path)["b"]["parameters"] == {"seed": 1}
    frame = load(tmp_path)
    assert frame[["notebook", "value"]].to_numpy().tolist() == [["a", 1.0], ["b", 2.0]]
    assert frame.attrs["inputs"] == {"a/table", "b/table"}
    assert load(tmp_path / "nowhere").empty
