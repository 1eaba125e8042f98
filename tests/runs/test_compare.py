"""`parallelrun compare` on runs of a small collection: with other parameters, other data, and the baseline."""

import json
import shutil

import pytest

from tests.collection import MINIMAL, refused, run_command, small, write

MORE = """
study.record("twice the level", double=Estimate(2 * level, 2 * level - width, 2 * level + width, "points"))
study.record("the highest score", top=Estimate(float(scores["value"].max())))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A built collection with runs `a` (level 2), `b` (level 3, wide) and `c` (another score)."""
    folder = small(tmp_path_factory.mktemp("compare"))
    source = MINIMAL.format(stem="fifth").replace("study.finish()", MORE + "study.finish()")
    write(folder, "fifth", source, parameters="level = 0.5\nwidth = 0.1")
    assert run_command("build", cwd=folder).returncode == 0
    own = folder / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    text = (folder / "data" / "convergence" / "arena_scores.csv").read_text()
    own.write_text(text.replace("1503,1502.5,1503.5", "1604,1603.5,1604.5"))
    for name, arguments in {
        "a": ["-p", "level", "2", "--format", "png"],
        "b": ["-p", "level", "3", "-p", "width", "50", "--no-figures"],
        "c": ["-p", "level", "2", "--format", "png", "--data", "own"],
    }.items():
        finished = run_command("run", "fifth", *arguments, "--out", name, cwd=folder)
        assert finished.returncode == 0, finished.stderr
    return folder


def difference(place, *names):
    (found,) = json.loads(run_command("compare", *names, "--json", cwd=place).stdout)
    return found


def test_parameters_and_results_that_differ(place):
    found = difference(place, "a", "b")
    assert found["parameters"] == [
        {"name": "level", "first": 2.0, "other": 3.0},
        {"name": "width", "first": 0.1, "other": 50.0},
    ]
    results = {r["name"]: r for r in found["results"]}
    assert set(results) == {"level", "double"}
    assert (results["level"]["absolute"], results["level"]["relative"], results["level"]["outside"]) == (1, 0.5, None)
    assert results["double"]["other"] == {"value": 6, "low": -44, "high": 56}
    assert results["double"]["outside"] is False  # 4 lies in -44 to 56, though 6 lies outside 3.9 to 4.1
    assert found["inputs"] == []


def test_inputs_and_figures_that_differ(place):
    found = difference(place, "a", "c")
    assert found["parameters"] == []
    assert [i["name"] for i in found["inputs"]] == ["convergence/arena_scores"]
    assert found["figures"] == [{"name": "scores", "only_in": None, "rows": 1, "of": 6}]
    (top,) = found["results"]
    assert (top["name"], top["absolute"]) == ("top", 101)


def test_the_baseline_is_what_is_committed(place):
    found = difference(place, "a")
    assert found["first"]["run"] == "baseline"
    assert found["parameters"] == [{"name": "level", "first": 0.5, "other": 2.0}]
    results = {r["name"]: r for r in found["results"]}
    assert results["double"]["outside"] is True
    assert found["inputs"] == []
    assert found["figures"] == []


def test_the_table_says_it_in_words(place):
    said = run_command("compare", "a", "b", "c", cwd=place).stdout
    assert "a  against  b" in said
    assert "parameter  level: 2.0 -> 3.0" in said
    assert "result     level: 2 -> 3 points [+1, +50.00%]" in said
    assert "input      convergence/arena_scores: differs" in said
    assert "figure     scores: data differ in 1 of 6 rows" in said
    assert "no difference" in run_command("compare", "a", "a", cwd=place).stdout


def test_what_is_no_run_is_refused(place):
    assert "no run has this hash" in refused(place, "compare", "a", "nope")
    assert "must be of one notebook, found none" in refused(place, "compare", "baseline", "baseline")
    assert "no run has this hash" in refused(place, "compare", "data", "a")


def test_a_run_is_found_by_its_hash(place):
    assert run_command("run", "fifth", "-p", "level", "7", "--no-figures", cwd=place).returncode == 0
    (record,) = json.loads(run_command("runs", "--json", cwd=place).stdout)
    found = difference(place, "a", record["hash"][:8])
    assert found["parameters"] == [{"name": "level", "first": 2.0, "other": 7.0}]
    shutil.rmtree(place / "runs")
