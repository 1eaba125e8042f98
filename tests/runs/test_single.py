"""`parallelrun run`, `params` and `runs`, as commands on a small collection: what is refused, and what a run leaves."""

import json
import os
import shutil
from pathlib import Path

import pytest

from parallelrun import ipynb
from parallelrun.errors import ParameterError
from parallelrun.study import parameters
from tests.collection import MINIMAL, digests, refused, run_command, small, write


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A collection in which nothing must ever be written."""
    return small(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A collection with one run in it, of another level."""
    folder = small(tmp_path_factory.mktemp("done"))
    finished = run_command("run", "fifth", "-p", "level", "1e5", "-p", "name", "NO", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return folder


BAD = [
    (["-p", "levle", "1"], "parameter 'levle' is unknown: did you mean 'level'?"),
    (["-p", "level", "high"], "parameter 'level': expected a number, got 'high'"),
    (["-p", "level", "true"], "parameter 'level': expected a number, got 'true'"),
    (["-p", "level", "inf"], "parameter 'level': expected a number"),
    (["-p", "level", "1e999"], "parameter 'level': expected a number"),
    (["-p", "draws", "1.5"], "parameter 'draws': expected a whole number, got 1.5"),
    (["-p", "free", "maybe"], "parameter 'free': expected true or false, got 'maybe'"),
    (["-p", "level=__import__('os').mkdir('x')", "1"], "is unknown"),
    (["-p", "x\n__import__('os').mkdir('x')\ny", "1"], "is unknown"),
    (["-p", "level", "1", "-p", "level", "2"], "set twice"),
    (["--format", "svg,gif"], "found 'gif', expected some of svg, pdf, png"),
    (["--out", "data"], "has other content"),
    (["--out", "notebooks/fifth.ipynb"], "is a file"),
    (["--data", "notebooks"], "has no table"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(a)[:30].replace("\n", " ") for a, _ in BAD])
def test_what_is_wrong_is_refused_before_anything_runs(place, arguments, message):
    said = refused(place, "run", "fifth", *arguments)
    assert message in said


@pytest.mark.parametrize(
    "name", ["nope", "../../etc/passwd", "/etc/passwd", "data/sources.csv", "{x.__class__}", "fift"]
)
def test_what_is_no_notebook_is_refused(place, name):
    said = refused(place, "run", name)
    assert f"no notebook {name!r}" in said
    if name == "fift":
        assert "did you mean 'fifth'?" in said


def test_links_that_lead_out_are_refused(tmp_path):
    folder, outside = small(tmp_path / "in"), tmp_path / "outside"
    outside.mkdir()
    (folder / "runs").mkdir()
    (folder / "runs" / "fifth").symlink_to(outside)
    assert "leads out of" in refused(folder, "run", "fifth")
    assert not list(outside.iterdir())


def test_a_study_whose_name_leads_elsewhere_fails_in_its_first_cell(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "fifth", MINIMAL.format(stem="../../outside"))
    finished = run_command("run", "fifth", "-p", "level", "1", cwd=folder)
    assert finished.returncode == 1
    assert "expected letters, digits, _ and - only" in finished.stderr
    assert not list((folder / "runs").rglob("*"))


def test_a_run_leaves_notebook_figures_results_and_a_record(done):
    (run,) = (done / "runs" / "fifth").iterdir()
    assert run.name.startswith("level-100000.0-name-NO-")
    assert {p.name for p in run.iterdir()} == {
        "notebook.ipynb", "results.json", "run.json", "scores.svg", "scores.pdf", "scores.png", "scores.csv"
    }  # fmt: skip
    record = json.loads((run / "run.json").read_text())
    assert record["parameters"] == {"level": 100000.0, "draws": 100, "name": "NO", "free": True}
    assert record["changed"] == {"level": 100000.0, "name": "NO"}
    assert set(record["inputs"]) == {"notebook", "package", "lock", "data"}
    assert list(record["tables"]) == ["convergence/arena_scores"]
    assert record["platform"]["python"]
    assert record["timings"]["seconds"] > 0
    assert run.name.endswith(record["hash"])
    executed = ipynb.read(run / "notebook.ipynb")
    assert any("injected-parameters" in c["metadata"].get("tags", []) for c in executed["cells"])
    assert json.loads((run / "results.json").read_text())["results"][0]["value"] == 100000
    assert not [p for p in (done / "runs").iterdir() if p.name.startswith(".")]


def test_a_text_may_have_any_characters_and_the_folder_any_name(tmp_path):
    folder = small(tmp_path / "in")
    words, out = 'it\'s {x} \\ "a"\nb', tmp_path / "{x} $y" / ".." / "out"
    finished = run_command("run", "fifth", "-p", "name", words, "--no-figures", "--out", out, cwd=folder)
    assert finished.returncode == 0, finished.stderr
    assert json.loads((tmp_path / "out" / "run.json").read_text())["changed"] == {"name": words}


def test_the_same_inputs_are_not_run_twice_unless_forced(done):
    again = run_command("run", "fifth", "-p", "name", "NO", "-p", "level", "100000", cwd=done)
    assert again.returncode == 0
    assert "was there" in again.stdout
    assert "started" not in again.stderr
    (run,) = (done / "runs" / "fifth").iterdir()
    before = {k: v for k, v in digests(run).items() if k.name not in ("run.json", "notebook.ipynb")}
    forced = run_command("run", "fifth", "-p", "name", "NO", "-p", "level", "100000", "--force", cwd=done)
    assert "fifth: done" in forced.stderr
    assert before == {k: v for k, v in digests(run).items() if k.name not in ("run.json", "notebook.ipynb")}


def test_runs_lists_what_there_is(done):
    assert "level=100000.0, name=NO" in run_command("runs", cwd=done).stdout
    (record,) = json.loads(run_command("runs", "fifth", "--json", cwd=done).stdout)
    assert Path(record["folder"]).is_dir()
    assert run_command("runs", "other", cwd=done).stdout.startswith("no runs")


def test_another_place_and_user_give_the_same_bytes(done, tmp_path):
    other = tmp_path / "somewhere" / "else"
    other.mkdir(parents=True)
    small(other / "clone")
    finished = run_command(
        "run", "fifth", "-p", "level", "1e5", "-p", "name", "NO", "--out", other / "mine", cwd=other / "clone",
        env={"HOME": str(other), "USER": "another", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    (run,) = (done / "runs" / "fifth").iterdir()
    for name in ("results.json", "scores.svg", "scores.pdf", "scores.png", "scores.csv"):
        assert (run / name).read_bytes() == (other / "mine" / name).read_bytes(), name


def test_out_takes_its_own_run_again_and_another_only_by_force(done):
    assert run_command("run", "fifth", "--no-figures", "--out", "here", cwd=done).returncode == 0
    assert {p.name for p in (done / "here").iterdir()} == {"notebook.ipynb", "results.json", "run.json"}
    assert "was there" in run_command("run", "fifth", "--no-figures", "--out", "here", cwd=done).stdout
    other = run_command("run", "fifth", "-p", "level", "2", "--no-figures", "--out", "here", cwd=done)
    assert other.returncode == 2
    assert "has another run" in other.stderr
    (done / "here" / "mine.txt").write_text("mine")
    forced = ("run", "fifth", "-p", "level", "2", "--no-figures", "--out", "here", "--force")
    assert "'mine.txt', which no run wrote" in refused(done, *forced)
    (done / "here" / "mine.txt").unlink()
    assert run_command(*forced, cwd=done).returncode == 0


def test_a_run_that_fails_leaves_nothing_and_names_the_cell_of_the_file(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "fifth", MINIMAL.format(stem="fifth"), "x = 1\n1 / (level - 2)")
    finished = run_command("run", "fifth", "-p", "level", "2", cwd=folder)
    assert finished.returncode == 1
    assert "fifth.ipynb, under “The question”, cell 4, line 2: ZeroDivisionError" in finished.stderr
    assert not list((folder / "runs").rglob("*"))


def test_a_killed_run_leaves_nothing_that_counts_and_the_next_clears_it(done):
    left = done / "runs" / ".partial-left"
    left.mkdir(parents=True)
    (left / ".lock").touch()
    assert run_command("run", "fifth", "-p", "draws", "7", "--no-figures", cwd=done).returncode == 0
    assert not left.exists()


def test_a_notebook_elsewhere_runs_by_its_path(done, tmp_path):
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, "mine", MINIMAL.format(stem="mine"))
    path = shutil.move(tmp_path / "notebooks" / "mine.ipynb", tmp_path / "mine.ipynb")
    finished = run_command("run", path, "-p", "level", "3", "--format", "svg", cwd=done)
    assert finished.returncode == 0, finished.stderr
    (run,) = (done / "runs" / "mine").iterdir()
    assert {p.suffix for p in run.iterdir()} == {".ipynb", ".json", ".svg", ".csv"}


def test_a_foreign_notebook_runs_and_what_its_user_should_know_is_said(done, tmp_path):
    """No kernel, a blank in its name, and a figure with two texts in one place."""
    source = MINIMAL.format(stem="mine").replace(
        "study.show", "[ax.text(1, 1500, 'word' * 9) for _ in 'ab']\nstudy.show"
    )
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, "my notebook", source)
    path = tmp_path / "notebooks" / "my notebook.ipynb"
    content = json.loads(path.read_text())
    del content["metadata"]
    path.write_text(json.dumps(content))
    finished = run_command("run", path, "--format", "svg", cwd=done)
    assert finished.returncode == 0, finished.stderr
    assert "my notebook.ipynb does not say which kernel it needs" in finished.stderr
    assert "my-notebook: figure scores: the text" in finished.stderr
    (run,) = (done / "runs" / "my-notebook").iterdir()
    assert (run / "scores.svg").is_file()


def test_the_values_of_an_edited_cell_are_run_and_recorded(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "variant", MINIMAL.format(stem="fifth"), parameters="level = 0.75\nlevels = []\nlevels.append(level)")
    assert run_command("run", "variant", "--no-figures", cwd=folder).returncode == 0
    (record,) = json.loads(run_command("runs", "--json", cwd=folder).stdout)
    assert record["parameters"] == {"level": 0.75, "levels": []}
    (run,) = (folder / "runs" / "variant").iterdir()
    assert json.loads((run / "results.json").read_text())["results"][0]["value"] == 0.75


def test_a_study_of_a_theme_under_another_name_has_the_themes_parameters(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "variant", MINIMAL.format(stem="convergence"))
    assert "parameter 'levle' is unknown" in refused(folder, "run", "variant", "-p", "levle", "1")
    listed = json.loads(run_command("params", "variant", "--json", cwd=folder).stdout)
    assert [p["name"] for p in listed] == list(parameters.model_for("convergence").model_fields)


def test_params_as_json_tells_type_default_unit_range_and_help(place):
    listed = json.loads(run_command("params", "fifth", "--json", cwd=place).stdout)
    assert [p["type"] for p in listed] == ["number", "integer", "string", "boolean"]
    assert listed[0] == {
        "name": "level", "type": "number", "default": 0.5, "unit": "", "minimum": None, "maximum": None,
        "choices": None, "help": "",
    }  # fmt: skip


EDITED = [
    ("levle = 0.7", "parameter 'levle' is unknown: did you mean 'level'?"),
    ("draws = 3", "parameter 'level' is missing"),
    ("level = 0.7\nlevels = 3", "parameter 'levels' is unknown"),
    ("level = 'high'\ndraws = 1", "parameter 'level': expected a number, got 'high'"),
    ("level = 0.7\ndraws = 3\napi_token = 'x'", "parameter 'api_token' is unknown"),
]


@pytest.mark.parametrize(("cell", "message"), EDITED)
def test_by_hand_an_edited_cell_meets_the_same_checks(monkeypatch, tmp_path, cell, message):
    """What Study sees in a notebook that was run by hand: its globals, with IPython's record of the cells."""
    from parallelrun import Study

    model = parameters.create_model("Parameters", __base__=parameters.Parameters, level=(float, 0.5), draws=(int, 1))
    monkeypatch.setattr(parameters, "model_for", lambda stem, notebook=None: model)
    monkeypatch.setenv("PARALLELRUN_OUT", str(tmp_path))
    namespace: dict = {"In": ["", cell, "from parallelrun import Study\nstudy = Study('x', globals())"]}
    exec(cell, namespace)
    with pytest.raises(ParameterError, match=message.replace("?", r"\?")):
        Study("x", namespace)


def test_by_hand_other_variables_do_no_harm(monkeypatch, tmp_path):
    from parallelrun import Study

    model = parameters.create_model("Parameters", __base__=parameters.Parameters, level=(float, 0.5))
    monkeypatch.setattr(parameters, "model_for", lambda stem, notebook=None: model)
    monkeypatch.setenv("PARALLELRUN_OUT", str(tmp_path))
    cells = ["", "level = 0.7", "import os", "note = 'mine'", "x = level + 1", "level = 0.8", "study = Study(...)"]
    assert Study("x", {"In": cells, "level": 0.8, "x": 1.7, "note": "mine"}).parameters.model_dump() == {"level": 0.8}


def test_nothing_of_the_environment_is_recorded(done):
    (run,) = [p for p in (done / "runs" / "fifth").iterdir() if p.name.startswith("level")]
    assert os.environ["HOME"] not in (run / "run.json").read_text()
