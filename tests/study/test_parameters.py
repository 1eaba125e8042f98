import ast
import re
from typing import Literal

import pytest

from parallelrun import ipynb, project
from parallelrun.errors import ParameterError
from parallelrun.study import parameters
from parallelrun.study.parameters import Parameters, Written, parameter


class Example(Parameters):
    anchor: float = parameter(1000.0, unit="points", help="Rating taken as zero", ge=0, le=2000)
    draws: int = parameter(100, unit="", help="Monte Carlo draws", ge=1)
    free: bool = parameter(True, unit="", help="Whether free models count")
    board: Literal["text", "code"] = parameter("text", unit="", help="Leaderboard")
    label: str = parameter("a", unit="", help="Name")


def test_good_values_pass_and_whole_numbers_are_numbers():
    assert parameters.check(Example, {"anchor": 5, "board": "code"}).model_dump() == {
        "anchor": 5.0, "draws": 100, "free": True, "board": "code", "label": "a"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"anchr": 1.0}, "parameter 'anchr' is unknown: did you mean 'anchor'?"),
        ({"zzz": 1.0}, "parameter 'zzz' is unknown: there are anchor, draws"),
        ({"anchor": "5"}, "parameter 'anchor': expected a number from 0 to 2,000 (points), got '5'"),
        ({"anchor": 2001.0}, "expected a number from 0 to 2,000 (points), got 2001.0"),
        ({"draws": 1.5}, "parameter 'draws': expected a whole number from 1 up, got 1.5"),
        ({"draws": True}, "expected a whole number"),
        ({"draws": 2**63}, "expected a whole number of at most 64 bits"),
        ({"free": "yes"}, "parameter 'free': expected true or false, got 'yes'"),
        ({"board": "video"}, "parameter 'board': expected one of 'text', 'code', got 'video'"),
        ({"label": 3}, "parameter 'label': expected a text, got 3"),
        ({"anchor": float("nan")}, "parameter 'anchor': expected a number"),
        ({"anchor": None}, "parameter 'anchor': expected a number"),
    ],
)
def test_bad_values_are_refused_with_what_was_expected(values, message):
    with pytest.raises(ParameterError) as caught:
        parameters.check(Example, values)
    assert message in str(caught.value)


class OnADay(parameters.Parameters):
    day: str = parameters.parameter("2026-04-01", unit="ISO date", help="Day of it")


@pytest.mark.parametrize("text", ["soon", "", "2026-02-30", "20260401", "2026-4-1", "2026-W14-3", "2026-04-01 "])
def test_a_day_is_refused_that_is_none_or_not_written_as_tables_have_it(text):
    message = f"parameter 'day': expected a day such as 2026-04-01, got {text!r}"
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        parameters.check(OnADay, {"day": text})
    assert parameters.check(OnADay, {"day": "2028-02-29"}).day == "2028-02-29"
    with pytest.raises(ParameterError, match="expected a day such as 2026-04-01, got 3"):
        parameters.check(OnADay, {"day": 3})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("draws", "7", 7), ("draws", "1e5", 100_000), ("draws", "7.0", 7), ("anchor", "1e3", 1000.0),
        ("free", "NO", False), ("free", "true", True), ("label", "NO", "NO"), ("label", "1e5", "1e5"),
        ("label", "2026-04-01", "2026-04-01"),
        ("board", "code", "code"),
    ],
)  # fmt: skip
def test_a_written_value_is_what_its_type_reads_in_it(name, text, value):
    read = getattr(parameters.read(Example, {name: Written(text)}), name)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("text", "quoted"), [("5", True), ("1.5", False), ("nan", False), ("0x10", False)])
def test_what_cannot_be_read_is_refused_with_its_place(text, quoted):
    with pytest.raises(ParameterError, match=r"^f.yml, line 3: parameter 'draws': expected a whole number"):
        parameters.read(Example, {"draws": Written(text, quoted, "f.yml, line 3")})


def test_every_fault_is_named_at_once():
    with pytest.raises(ParameterError) as caught:
        parameters.check(Example, {"anchor": -1, "draws": 0})
    assert "anchor" in str(caught.value)
    assert "draws" in str(caught.value)


def test_the_cell_holds_the_defaults_and_says_what_each_is():
    source = parameters.cell(Example)
    assert source.splitlines()[0] == "anchor = 1000.0  # Rating taken as zero: a number from 0 to 2,000 (points)"
    defaults = {s.targets[0].id: ast.literal_eval(s.value) for s in ast.parse(source).body}
    assert parameters.check(Example, defaults) == Example()


def test_a_notebook_without_a_theme_has_the_types_of_its_cell(tmp_path, monkeypatch):
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["parameters"]},
        "source": "level = 0.5\nname = 'x'\n",
        "outputs": [],
    }
    (tmp_path / "plain.ipynb").touch()
    ipynb.write({"nbformat": 4, "cells": [cell]}, tmp_path / "plain.ipynb")
    monkeypatch.setattr(project, "notebook_path", lambda stem: tmp_path / f"{stem}.ipynb")
    model = parameters.model_for("plain")
    assert parameters.check(model, {}).model_dump() == {"level": 0.5, "name": "x"}
    assert parameters.cell(model) == 'level = 0.5  # a number\nname = "x"  # a text'
    with pytest.raises(ParameterError, match="'level': expected a number, got 'high'"):
        parameters.check(model, {"level": "high"})


@pytest.mark.parametrize("source", ["x = 1 + y", "import os", "x = [i for i in range(3)]", "x += 1", "f()", "%time"])
def test_what_a_parameters_cell_computes_is_no_parameter(source):
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": f"level = 2\n{source}"}
    assert ipynb.default_parameters({"cells": [cell]}, "here.ipynb") == {"level": 2}
    assert ipynb.literal_names(cell["source"]) == set()


def test_a_year_is_written_without_a_mark_of_thousands():
    class Some(Parameters):
        last: int = parameter(2040, unit="year", help="Last year", ge=2029, le=2100)
        draws: int = parameter(2000, unit="", help="Draws", ge=1000, le=2_000_000)

    said = {name: parameters.expected(field) for name, field in Some.model_fields.items()}
    assert said == {
        "last": "a whole number from 2029 to 2100 (year)",
        "draws": "a whole number from 1,000 to 2,000,000",
    }
