"""Tables of one's own: the worked example of docs/update.md, a run with them, and what moved."""

import csv
import json
import shutil

import pytest

from parallelrun.data import tables, validate
from parallelrun.errors import DataError
from tests.collection import MINIMAL, refused, run_command, small, write


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = small(tmp_path_factory.mktemp("overlay"))
    (folder / "figures").mkdir()
    return folder


def test_new_rows_are_seen_in_the_results_that_depend_on_them(place):
    """The worked example of docs/update.md: one more week of a table, and what it moves."""
    more = 'top = scores["value"].max()\nstudy.record("the highest score", top=Estimate(float(top)))\nstudy.finish()'
    write(place, "fifth", MINIMAL.format(stem="fifth").replace("study.finish()", more))
    assert run_command("build", cwd=place).returncode == 0
    own = place / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    lines = (place / "data" / "convergence" / "arena_scores.csv").read_text().splitlines()
    row = next(csv.reader([lines[1]]))
    header = lines[0].split(",")
    for name, value in {
        "claim": "A99",
        "published": "1600",
        "value": "1600",
        "low": "1599.5",
        "high": "1600.5",
    }.items():
        row[header.index(name)] = value
    with own.open("w", newline="", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        csv.writer(file, lineterminator="\n").writerow(row)
    finished = run_command("run", "fifth", "--data", "own", "--out", "mine-run", cwd=place)
    assert finished.returncode == 0, finished.stderr
    (found,) = json.loads(run_command("compare", "baseline", "mine-run", "--json", cwd=place).stdout)
    assert [r["name"] for r in found["results"]] == ["top"]
    assert found["results"][0]["other"]["value"] == 1600
    assert [i["name"] for i in found["inputs"]] == ["convergence/arena_scores"]
    assert [f["name"] for f in found["figures"]] == ["scores"]
    assert found["parameters"] == []


def test_a_bad_row_of_ones_own_is_named_by_its_file(place, tmp_path):
    own = tmp_path / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    own.write_text(
        (place / "data" / "convergence" / "arena_scores.csv").read_text().replace(",1503,1502.5", ",many,1502.5")
    )
    write(place, "fifth", MINIMAL.format(stem="fifth"))
    said = refused(place, "run", "fifth", "--data", tmp_path / "own")
    assert said == refused(place, "validate", tmp_path / "own")
    assert f"{own}, line 2, column 5 (value): found 'many', expected a number" in said
    own.rename(own.with_name("arena_score.csv"))
    assert "did you mean 'convergence/arena_scores.csv'?" in refused(place, "run", "fifth", "--data", tmp_path / "own")


def test_tables_alone_are_checked_in_the_collection_and_a_package_by_itself(place, tmp_path):
    own = tmp_path / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    shutil.copyfile(place / "data" / "convergence" / "arena_scores.csv", own)
    finished = run_command("validate", tmp_path / "own", cwd=place)
    assert finished.stdout == f"{tmp_path / 'own'}: {len(tables.tables(place / 'data'))} tables are valid\n"
    with pytest.raises(DataError, match=r"datapackage.json: cannot be read"):
        validate.check(tmp_path / "own")


def test_an_error_of_a_notebook_names_the_tables_where_they_lie(place, tmp_path):
    (tmp_path / "own" / "convergence").mkdir(parents=True)
    own = tmp_path / "own" / "convergence" / "arena_scores.csv"
    own.write_bytes((place / "data" / "convergence" / "arena_scores.csv").read_bytes())
    tell = 'raise ValueError(f"{project.data_dir()}/claims.csv, {project.data_dir()}/convergence/arena_scores.csv")'
    write(place, "seventh", "from parallelrun import project", tell)
    finished = run_command("run", "seventh", "--data", tmp_path / "own", "--no-figures", cwd=place)
    assert f"{place / 'data' / 'claims.csv'}, {own}" in finished.stderr
    assert f"with the tables of {tmp_path / 'own'}: see whether they have the countries" in finished.stderr
    finished = run_command("validate", tmp_path / "own", cwd=place)
    assert finished.stdout == run_command("validate", cwd=place).stdout.replace(
        str(place / "data"), str(tmp_path / "own")
    )
