"""A crate of a run, and of the build: what ran, on what, and what came of it. `make test-standards` validates them.

The subcommands are run as a user does."""

import json

import pytest

from tests.collection import MINIMAL, digests, refused, run_command, write


@pytest.fixture
def place(collection, root):
    for name in ("README.md", "REPRODUCING.md", "CITATION.cff", "requirements.txt", "LICENSE", "LICENSE-DATA"):
        (collection / name).write_bytes((root / name).read_bytes())
    (collection / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    write(collection, "fifth", MINIMAL.format(stem="fifth"))
    return collection


def graph(folder):
    return {one["@id"]: one for one in json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]}


def test_a_run_is_an_action_with_its_notebook_tables_parameters_and_results(place):
    run_command("run", "fifth", "-p", "level", "0.7", "--out", "mine", "--format", "svg", cwd=place)
    finished = run_command("crate", "mine", "--to", "out", cwd=place)
    assert finished.returncode == 0, finished.stderr
    it = graph(place / "out")
    action = it["#run-of-fifth"]
    assert action["@type"] == "CreateAction"
    assert action["instrument"] == {"@id": "notebooks/fifth.ipynb"}
    assert {"@id": "data/convergence/arena_scores.csv"} in action["object"]
    assert it["#fifth/level"]["value"] == 0.7
    assert {"@id": "results.json"} in action["result"]
    for one in it.values():
        if "File" in one["@type"] and one["@id"] != "ro-crate-metadata.json":
            assert (place / "out" / one["@id"]).is_file()


def test_rows_that_have_changed_since_the_run_are_not_passed_off_as_its_own(place):
    run_command("run", "fifth", "--out", "mine", "--no-figures", cwd=place)
    scores = place / "data" / "convergence" / "arena_scores.csv"
    scores.write_text(scores.read_text().replace(",1503,1503,", ",1503,1502.9,"))
    assert run_command("crate", "mine", "--to", "out", cwd=place).returncode == 0
    it = graph(place / "out")
    assert not (place / "out" / "data").exists()
    assert "other rows" in it["#convergence/arena_scores"]["description"]


def test_the_build_has_every_table_and_figure_and_the_reviews(root, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        finished = run_command("crate", "--to", str(folder), cwd=root)
        assert finished.returncode == 0, finished.stderr
    drawn = {f"figures/{path.parent.name}/{path.name}" for path in (root / "figures").glob("*/*.svg")}
    assert {"data/datapackage.json", "data/sources.csv", "claim-reviews.json"} | drawn <= set(graph(one))
    reviews = json.loads((one / "claim-reviews.json").read_text())
    assert len(reviews) > 100
    assert {review["@type"] for review in reviews} == {"ClaimReview"}
    assert digests(one) == digests(two)


def test_claims_that_cannot_be_judged_are_named(place):
    """The claims of the collection name results of notebooks that this one does not have."""
    run_command("build", cwd=place)
    finished = run_command("crate", "--to", "one", cwd=place)
    assert finished.returncode == 2
    assert "checks.csv, line" in finished.stderr
    assert "there are no results of a notebook 'convergence'" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not (place / "one").exists()


def test_a_folder_in_use_and_an_unknown_run_are_refused(place):
    assert "is not empty" in refused(place, "crate", "--to", "data")
    assert "no run has this hash" in refused(place, "crate", "abcdef")
