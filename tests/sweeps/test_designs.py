"""Designs of sweeps: the sets that they make, and what is refused with its place."""

import numpy as np
import pandas as pd
import pytest

from parallelrun.errors import InputError
from tests.collection import design


def test_a_grid_has_every_combination_typed(tmp_path):
    made = design(tmp_path, "fixed: {free: false}\ngrid:\n  level: {low: 0, high: 1, steps: 3}\n  draws: [1e3, 7]\n")
    assert made.swept == ("level", "draws")
    assert [(p["level"], p["draws"]) for p in made.points] == [(v, d) for v in (0.0, 0.5, 1.0) for d in (1000, 7)]
    assert all(p["free"] is False and p["label"] == "a" for p in made.points)
    assert not made.sampled


def test_lists_side_by_side_go_with_every_combination_of_the_rest(tmp_path):
    made = design(tmp_path, "zip: {level: [1, 2], draws: [3, 4]}\ngrid: {free: [true, false]}\n")
    found = [(p["level"], p["draws"], p["free"]) for p in made.points]
    assert found == [(1, 3, True), (1, 3, False), (2, 4, True), (2, 4, False)]


@pytest.mark.parametrize("kind", ["random", "latin_hypercube", "sobol"])
def test_samples_are_seeded_in_range_and_of_their_type(tmp_path, kind):
    text = f"{kind}:\n  samples: 64\n  seed: 5\n  ranges:\n    level: {{low: 1, high: 1000, scale: log}}\n"
    text += "    draws: {low: 1, high: 4}\n    free: [true, false]\n    label: [x, y, z]\n"
    made = design(tmp_path, text)
    assert made.points == design(tmp_path, text).points
    assert made.points != design(tmp_path, text.replace("seed: 5", "seed: 6")).points
    frame = pd.DataFrame(made.points)
    assert frame["level"].between(1, 1000).all()
    assert set(frame["draws"]) == {1, 2, 3, 4}
    assert set(frame["label"]) == {"x", "y", "z"}
    assert {type(p["draws"]) for p in made.points} == {int}
    if kind == "latin_hypercube":  # one in each of 64 equal steps
        steps = np.floor(np.log(frame["level"]) / np.log(1000) * 64)
        assert sorted(steps) == list(range(64))
    if kind == "sobol":  # balanced in each quarter
        quarters = np.floor(np.log(frame["level"]) / np.log(1000) * 4)
        assert quarters.value_counts().tolist() == [16] * 4


BAD = [
    ("grid: {levle: [1]}", "parameter 'levle' is unknown: did you mean 'level'?"),
    (
        "grid: {level: [1, high]}",
        "line 1, column 19: parameter 'level': expected a number from 0 to 2,000",
    ),
    ("grid: {level: {low: 0, high: 2001, steps: 2}}", "expected a number from 0 to 2,000 (points), got 2001"),
    ("grid: {level: {low: 1, high: 1, steps: 2}}", "low 1 is not below high 1"),
    ("grid: {level: {low: 0, high: 1}}", "'steps' is missing"),
    ("grid: {level: {low: 0, high: 1, steps: 1}}", "expected a whole number from 2 up"),
    ("grid: {level: {low: 0, high: 1, steps: 9, scale: log}}", "log with a low above 0"),
    ("grid: {label: {low: 0, high: 1, steps: 2}}", "is no number"),
    ("grid: {level: []}", "expected at least one value"),
    ("grid: {}", "expected at least one parameter"),
    ("zip: {level: [1, 2], draws: [1]}", "level has 2, draws has 1"),
    ("grid: {level: [1]}\nfixed: {level: 2}", "is set twice"),
    ("fixed: {level: 2}", "nothing is swept"),
    ("sobol: {samples: 100, ranges: {level: {low: 0, high: 1}}}", "a power of two, such as 64 or 128"),
    ("random: {ranges: {level: [1]}}", "'samples' is missing"),
    ("random: {samples: 1e9, ranges: {level: [1]}}", "expected a whole number"),
    ("random: {samples: 1000000000, ranges: {level: [1]}}", "asks for 1,000,000,000 runs, expected at most 100,000"),
    ("grid: {draws: {low: 1, high: 1000, steps: 999}, level: {low: 0, high: 9, steps: 999}}", "asks for 998,001 runs"),
    ("grid: {level: {low: 0, high: 1, steps: 999999999}}", "asks for 999,999,999 runs"),
    ("matrix: {level: [1]}", "found 'matrix', expected fixed, grid, zip"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[t[:40] for t, _ in BAD])
def test_a_bad_design_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(InputError) as caught:
        design(tmp_path, text)
    assert message in str(caught.value)
    assert "g.yml" in str(caught.value)


def test_all_faults_of_a_design_are_told_at_once_and_an_unknown_name_once(tmp_path):
    text = "fixed: {labl: x}\ngrid:\n  level: [1, 3000, high]\n  drawz: [1, 2, 3]\n"
    text += "random: {samples: 2, ranges: {level: {low: -1, high: 9000}}}\n"
    with pytest.raises(InputError) as refused:
        design(tmp_path, text)
    told = str(refused.value).splitlines()
    assert [line.split(": ")[0].split("g.yml, ")[1] for line in told] == [
        "line 1, column 9", "line 3, column 14", "line 3, column 20", "line 4, column 11",
        "line 5, column 39", "line 5, column 48",
    ]  # fmt: skip
    assert [line.split("got ")[-1] for line in told if "expected" in line] == ["3000.0", "'high'", "-1.0", "9000.0"]
    assert [line.split(" is unknown")[0].split()[-1] for line in told if "unknown" in line] == ["'labl'", "'drawz'"]
