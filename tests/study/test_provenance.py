from dataclasses import dataclass

import pandas as pd
import pytest

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import drawn, inputs_of, mark, traced


def frame(name: str) -> pd.DataFrame:
    return mark(pd.DataFrame({"a": [1.0, 2.0]}), {name})


@traced
def total(left: pd.DataFrame, right: pd.DataFrame | None = None) -> Estimate:
    return Estimate(float(left["a"].sum()))


@traced
def several(left: pd.DataFrame, scale: float):
    return {"frame": pd.DataFrame({"b": left["a"] * scale}), "list": [Estimate(1.0)]}


def test_what_a_function_returns_carries_the_tables_of_all_its_arguments():
    assert inputs_of(total(frame("x"), right=frame("y"))) == {"x", "y"}
    mapping = several(frame("x"), 2.0)
    assert inputs_of(mapping["frame"]) == inputs_of(mapping["list"]) == {"x"}


def test_marks_survive_ordinary_selection_and_arithmetic():
    marked = frame("x")
    derived = marked.query("a > 1").assign(b=lambda f: f["a"] * 2).reset_index(drop=True)
    assert inputs_of(derived) == inputs_of(derived["b"]) == {"x"}


def test_marking_a_result_does_not_mark_the_argument():
    source = frame("x")
    total(source, frame("y"))
    assert inputs_of(source) == {"x"}


def test_estimates_carry_marks_through_arithmetic_and_dataclasses():
    @dataclass(frozen=True)
    class Pair:
        left: Estimate
        right: pd.DataFrame

    sum_ = total(frame("x")) + total(frame("y"))
    assert inputs_of(sum_) == {"x", "y"}
    assert inputs_of(Pair(sum_, frame("z"))) == {"x", "y", "z"}


def test_plain_values_carry_nothing():
    assert inputs_of(1, "x", None, Estimate, [1, (2,)]) == frozenset()
    assert mark(3, {"x"}) == 3


@drawn
def failing_plot(table):
    raise ValueError("drawn")


def test_a_plot_is_left_out_of_a_run_for_results_only(monkeypatch):
    with pytest.raises(ValueError, match="drawn"):
        failing_plot(frame("x"))
    monkeypatch.setenv("PARALLELRUN_FORMATS", "")
    assert failing_plot(frame("x")).name == "failing_plot"
