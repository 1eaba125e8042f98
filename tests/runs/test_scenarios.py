"""Scenarios: files that are refused, values typed by the schema, and all notebooks run with one of them."""

import json

import pytest

from parallelrun import ipynb, project
from parallelrun.errors import InputError
from parallelrun.runs import scenarios
from tests.collection import MINIMAL, refused, run_command, small, write

HEAD = "title: T\nstory: S\nnotebooks:\n  fifth:\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return small(tmp_path_factory.mktemp("place"))


BAD = [
    ("    levle: 1\n", "line 5, column 5: parameter 'levle' is unknown: did you mean 'level'?"),
    ("    level: high\n", "line 5, column 5: parameter 'level': expected a number, got 'high'"),
    ("    level: '1'\n", "line 5, column 5: parameter 'level': expected a number, got '1'"),
    ("    free: maybe\n", "line 5, column 5: parameter 'free': expected true or false, got 'maybe'"),
    ("    level: {a: 1}\n", "line 5, column 5: expected a number, a text, or true or false, found a mapping"),
    ("    level: [1]\n", "line 5, column 5: expected a number, a text, or true or false, found a list"),
    ("    level:\n", "line 5, column 5: expected a number, a text, or true or false, found nothing"),
    ("    level: !!python/object/apply:os.mkdir [x]\n", "found a list"),
    ("    draws: 99999999999999999999\n", "expected a whole number of at most 64 bits"),
    ("    level: 1\n    level: 2\n", "line 6, column 5: found 'level' twice"),
    ("    __import__('os').mkdir('x'): 1\n", "is unknown"),
    (
        "    level: 1\n  ../../elsewhere:\n    level: 1\n",
        "line 6, column 3: the collection has no notebook",
    ),
    ("    level: 1\n  /some/x:\n    level: 1\n", "the collection has no notebook '/some/x'"),
    ("    level: [1\n", "not valid YAML"),
    ("    level: 1\nextra: 1\n", "found 'extra', expected title, story, notebooks"),
    ("    level: 1\n---\na: 1\n", "found another document"),
    ("    level: " + "[" * 5000 + "\n", "not valid YAML (maximum recursion depth exceeded"),
    ("    level: " + "x" * 900_000 + "\n", "expected a number, got 'xxx"),
]


@pytest.mark.parametrize(("body", "message"), BAD, ids=[f"{i}-{b.strip()[:24]}" for i, (b, _) in enumerate(BAD)])
def test_what_is_wrong_is_refused_with_its_line(place, monkeypatch, tmp_path, body, message):
    monkeypatch.setattr(project, "root", lambda: place)
    path = tmp_path / "mine.yml"
    path.write_text(HEAD + body)
    with pytest.raises(InputError) as caught:
        scenarios.load(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 500


def test_the_faults_of_all_notebooks_are_told_at_once(place, monkeypatch, tmp_path):
    monkeypatch.setattr(project, "root", lambda: place)
    path = tmp_path / "mine.yml"
    path.write_text("title: T\nstory: S\nnotebooks:\n  fifht: {}\n  fifth: {levle: 1}\n")
    with pytest.raises(InputError) as caught:
        scenarios.load(path)
    unknown, misspelt = str(caught.value).splitlines()
    assert "line 4, column 3: the collection has no notebook 'fifht'" in unknown
    assert "line 5, column 11: parameter 'levle' is unknown" in misspelt


@pytest.mark.parametrize("number", [0, 7, 9, 15])
def test_the_command_refuses_it_and_runs_nothing(place, tmp_path, number):
    body, message = BAD[number]
    path = tmp_path / "mine.yml"
    path.write_text(HEAD + body)
    assert message in refused(place, "run", "fifth", "--scenario", path)


def test_a_scenario_that_is_not_there_is_refused(place):
    assert "no scenario 'nope'" in refused(place, "run", "--scenario", "nope")
    assert "no scenario file '../nope.yml'" in refused(place, "run", "--scenario", "../nope.yml")
    assert "name a NOTEBOOK" in refused(place, "run")


def test_values_are_typed_by_the_schema(place, monkeypatch, tmp_path):
    from parallelrun.study import parameters

    monkeypatch.setattr(project, "root", lambda: place)
    path = tmp_path / "mine.yml"
    path.write_text(HEAD + "    level: 1e5\n    draws: 2e3\n    name: NO\n    free: false\n")
    values = scenarios.load(path).notebooks["fifth"]
    checked = parameters.read(parameters.model_for("fifth"), values).model_dump()
    assert checked == {"level": 100_000.0, "draws": 2000, "name": "NO", "free": False}
    path.write_text(HEAD + "    level: &a 3\n    draws: *a\n")
    assert {value.text for value in scenarios.load(path).notebooks["fifth"].values()} == {"3"}
    path.write_text(HEAD + "    name: 2026-04-01\n")
    assert scenarios.load(path).notebooks["fifth"]["name"].text == "2026-04-01"


def with_reader(folder):
    """Add a notebook that adds up what the others record."""
    reading = 'study = Study("all", globals())\nseen = study.results()["value"].sum()'
    last = 'study.record("sum of the others", seen=Estimate(float(seen)))\nstudy.finish()'
    write(folder, "all", "from parallelrun import Estimate, Study", f"{reading}\n{last}")
    notebook = ipynb.read(folder / "notebooks" / "all.ipynb")
    notebook["metadata"]["parallelrun"] = {"reads_results": True}
    ipynb.write(notebook, folder / "notebooks" / "all.ipynb")
    return folder


def test_tables_of_ones_own_run_all_notebooks_and_those_that_read_results_read_these(tmp_path):
    folder = with_reader(small(tmp_path / "in"))
    reading = 'study = Study("fifth", globals())\nboards = study.load("convergence/board_leaders")'
    last = 'study.record("boards", boards=Estimate(float(len(boards))))\nstudy.finish()'
    write(folder, "fifth", "from parallelrun import Estimate, Study", f"{reading}\n{last}")
    lines = (folder / "data" / "convergence" / "board_leaders.csv").read_text().splitlines(keepends=True)
    (folder / "mine" / "convergence").mkdir(parents=True)
    (folder / "mine" / "convergence" / "board_leaders.csv").write_text("".join(lines[:8]))
    finished = run_command("run", "--data", "mine", "--no-figures", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    (run,) = (folder / "runs" / "all").iterdir()
    assert json.loads((run / "results.json").read_text())["results"][0]["value"] == 7
    said = refused(folder, "run", "--data", "mine", "-p", "level", "2")
    assert "only --scenario or --data, without -p and --out, run all" in said


def test_a_scenario_runs_all_notebooks_and_those_that_read_results_read_its_own(tmp_path):
    folder = with_reader(small(tmp_path / "in"))
    write(folder, "sixth", MINIMAL.format(stem="sixth"))
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "high.yml").write_text(HEAD + "    level: 40\n  sixth:\n    level: 2\n")
    finished = run_command("run", "--scenario", "high", "--no-figures", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    (run,) = (folder / "runs" / "all").iterdir()
    assert run.name.startswith("high-")
    assert json.loads((run / "results.json").read_text())["results"][0]["value"] == 42
    assert finished.stdout.count("runs/") == 3
    again = run_command("run", "--scenario", "high", "--no-figures", cwd=folder)
    assert again.stdout.count("was there") == 3
    assert not [p for p in (folder / "runs").iterdir() if p.name.startswith(".")]

    one = run_command("run", "fifth", "--scenario", "high", "-p", "draws", "9", "--no-figures", cwd=folder)
    assert one.returncode == 0, one.stderr
    records = json.loads(run_command("runs", "fifth", "--json", cwd=folder).stdout)
    assert {"level": 40.0, "draws": 9} in [r["changed"] for r in records]


@pytest.mark.parametrize("name", ["articles", "evidence", "sceptic", "bull"])
def test_the_collections_scenarios_are_valid_and_tell_their_story(root, name):
    scenario = scenarios.load(root / "scenarios" / f"{name}.yml")
    assert len(scenario.story) > 100
    assert len(scenario.notebooks) >= 3
    assert all(scenario.notebooks.values())


def test_every_scenario_of_the_collection_is_documented(root):
    page = (root / "docs" / "parameters.md").read_text()
    assert all(f"`{name}`" in page for name in scenarios.names())
