"""The build and its `progress`, run as a command: a notebook without a theme, a failing one, bad data."""

import hashlib
import json
import re
import shutil

import pytest

from parallelrun import ipynb
from tests.collection import MINIMAL, digests, write


def test_a_notebook_dropped_in_is_built_and_indexed(command, fifth):
    finished = command("build", cwd=fifth)
    assert finished.returncode == 0, finished.stderr
    figures = fifth / "figures"
    assert {p.name for p in (figures / "fifth").iterdir()} == {
        "scores.svg", "scores.pdf", "scores.png", "scores.csv", "results.json"
    }  # fmt: skip
    assert "fifth" in finished.stdout
    assert "figures/fifth/" in finished.stdout
    assert "fifth: done" in finished.stderr
    index = (figures / "index.md").read_text()
    assert "![Six points](fifth/scores.png)" in index
    assert "As printed." in index
    entry = json.loads((figures / "manifest.json").read_text())["notebooks"]["fifth"]
    (figure,) = entry["figures"]
    assert (figure["heading"], figure["cell"]) == ("The question", 3)
    assert list(figure["provenance"]["inputs"]) == ["convergence/arena_scores"]
    assert figure["provenance"]["parameters"] == {"level": 0.5}
    assert figure["files"]["svg"] == hashlib.sha256((figures / "fifth" / "scores.svg").read_bytes()).hexdigest()
    assert "AI in China" in figure["source_line"]


def test_a_second_build_does_nothing_and_a_damaged_figure_is_built_again(command, fifth):
    command("build", cwd=fifth)
    before = digests(fifth / "figures")
    again = command("build", cwd=fifth)
    assert again.stdout.startswith("Nothing to do: 1 notebooks and 1 figures")
    assert again.stderr == ""
    (fifth / "figures" / "fifth" / "scores.svg").unlink()
    assert "fifth: done" in command("build", cwd=fifth).stderr
    assert digests(fifth / "figures") == before


@pytest.mark.parametrize("change", ["data", "notebook"])
def test_a_change_is_built(command, fifth, change):
    command("build", cwd=fifth)
    if change == "data":
        path = fifth / "data" / "convergence" / "arena_scores.csv"
        path.write_text(path.read_text().replace("1503,1502.5,1503.5", "1504,1503.5,1504.5"))
    else:
        write(fifth, "fifth", MINIMAL.format(stem="fifth"), parameters="level = 0.75")
    before = digests(fifth / "figures")
    assert "fifth: done" in command("build", cwd=fifth).stderr
    assert digests(fifth / "figures") != before


def test_a_notebook_that_fails_is_named_keeps_its_figures_and_lets_the_others_finish(command, fifth):
    command("build", cwd=fifth)
    before = digests(fifth / "figures" / "fifth")
    write(fifth, "fifth", MINIMAL.format(stem="fifth"), "x = 1\n1 / 0")
    write(fifth, "sixth", MINIMAL.format(stem="sixth"))
    finished = command("build", cwd=fifth)
    assert finished.returncode == 1
    assert "fifth.ipynb, under “The question”, cell 4, line 2: ZeroDivisionError: division by zero" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "failed" in finished.stdout
    assert digests(fifth / "figures" / "fifth") == before
    assert (fifth / "figures" / "sixth" / "scores.svg").is_file()
    assert set(json.loads((fifth / "figures" / "manifest.json").read_text())["notebooks"]) == {"fifth", "sixth"}


def test_bad_data_stop_before_any_notebook_and_leave_the_figures(command, fifth):
    command("build", cwd=fifth)
    before = digests(fifth / "figures")
    path = fifth / "data" / "convergence" / "arena_scores.csv"
    path.write_text(path.read_text().replace(",1503,1502.5", ",many,1502.5"))
    finished = command("build", cwd=fifth)
    assert finished.returncode == 2
    assert "arena_scores.csv, line 2, column 5 (value): found 'many', expected a number" in finished.stderr
    assert "started" not in finished.stderr
    assert digests(fifth / "figures") == before


def test_a_parameter_out_of_its_type_fails_in_the_first_cell(command, fifth):
    source = MINIMAL.format(stem="convergence")
    write(fifth, "fifth", source, parameters="seed = 'x'")
    finished = command("build", cwd=fifth)
    assert finished.returncode == 1
    assert "fifth.ipynb, under “The question”, cell 3, line 2: ParameterError: parameter 'seed'" in finished.stderr


def test_a_notebook_that_is_gone_loses_its_figures(command, fifth):
    write(fifth, "sixth", MINIMAL.format(stem="sixth"))
    command("build", cwd=fifth)
    (fifth / "notebooks" / "sixth.ipynb").unlink()
    finished = command("build", cwd=fifth)
    assert finished.returncode == 0
    assert not (fifth / "figures" / "sixth").exists()
    assert "sixth" not in (fifth / "figures" / "index.md").read_text()


def test_an_unknown_notebook_is_refused_by_name(command, fifth):
    finished = command("build", "nope", cwd=fifth)
    assert finished.returncode == 1
    assert "no notebook nope: there are fifth" in finished.stderr


def test_two_builds_at_once_wait_for_each_other(command, fifth):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: command("build", cwd=fifth), range(2))
    assert first.returncode == second.returncode == 0
    assert sorted("done" in f.stderr for f in (first, second)) == [False, True]


@pytest.fixture
def reader(fifth):
    """The collection with a second notebook, which records the sum of the other's results."""
    reading = 'study = Study("all", globals())\ntotal = float(study.results()["value"].sum())'
    sources = ("from parallelrun import Estimate, Study", reading, 'study.record("sum", total=Estimate(total))')
    write(fifth, "all", *sources, "study.finish()")
    path = fifth / "notebooks" / "all.ipynb"
    notebook = ipynb.read(path)
    notebook["metadata"]["parallelrun"] = {"reads_results": True}
    ipynb.write(notebook, path)
    return fifth


def total(folder):
    (result,) = json.loads((folder / "figures" / "all" / "results.json").read_text())["results"]
    return result["value"]


def runs(build):
    return re.findall(r"Running (\d) notebook", build.stderr)


def test_a_notebook_that_reads_results_runs_after_the_others(command, reader):
    built = command("build", cwd=reader)
    assert built.returncode == 0
    assert runs(built) == ["1", "1"]
    assert total(reader) == 0.5
    assert command("build", cwd=reader).stdout.startswith("Nothing to do: 2 notebooks")


def test_a_notebook_that_reads_results_runs_beside_the_others_where_these_are_there(command, reader):
    command("build", cwd=reader)
    shutil.rmtree(reader / "build")
    again = command("build", cwd=reader)
    assert runs(again) == ["2"]
    assert "all: done, the others recorded what it read" in again.stderr
    assert total(reader) == 0.5
    assert command("build", cwd=reader).stdout.startswith("Nothing to do: 2 notebooks")


def test_a_notebook_that_reads_results_is_built_alone_into_another_folder(command, reader, tmp_path):
    command("build", cwd=reader)
    alone = command("build", "all", "--into", tmp_path / "elsewhere", cwd=reader)
    assert alone.returncode == 0, alone.stderr
    assert total(tmp_path / "elsewhere") == 0.5


@pytest.mark.parametrize("written", ["0.25", '"many"'])
def test_a_notebook_that_ran_beside_the_others_on_other_results_or_failed_on_them_runs_again(command, reader, written):
    command("build", cwd=reader)
    shutil.rmtree(reader / "build")
    old = reader / "figures" / "fifth" / "results.json"
    old.write_text(old.read_text().replace("0.5", written))
    built = command("build", cwd=reader)
    assert built.returncode == 0, built.stderr
    assert runs(built) == ["2", "1"]
    assert re.findall("all: (runs again|done|FAILED)", built.stderr) == ["runs again", "done"]
    assert total(reader) == 0.5


@pytest.mark.parametrize("torn", ["old", "", '{"project": "parallel-ru'])
def test_a_manifest_that_a_killed_build_left_old_or_torn_is_put_right(command, fifth, torn):
    command("build", cwd=fifth)
    before, manifest = digests(fifth / "figures"), fifth / "figures" / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"title": "Scores"', '"title": "Older"') if torn == "old" else torn
    )
    again = command("build", cwd=fifth)
    assert again.returncode == 0, again.stderr
    assert digests(fifth / "figures") == before


READS = "frame = Study('{stem}', globals()).load('{table}')\nprint(len(frame))"


def test_only_what_reads_a_changed_table_is_built_again(command, fifth):
    for stem, table in (("fifth", "convergence/arena_scores"), ("sixth", "convergence/ecosystem")):
        write(fifth, stem, "from parallelrun import Study", READS.format(stem=stem, table=table))
    write(fifth, "seventh", "import subprocess\nsubprocess.run(['true'], check=True)")
    command("build", cwd=fifth)
    path = fifth / "data" / "convergence" / "ecosystem.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    told = command("build", cwd=fifth).stderr
    assert "sixth: done" in told
    assert "seventh: done" in told, "what it read in another process is not known"
    assert "fifth: started" not in told
    assert command("build", cwd=fifth).stdout.startswith("Nothing to do: 3 notebooks")


def test_a_table_that_nothing_reads_is_still_checked(command, fifth):
    command("build", cwd=fifth)
    path = fifth / "data" / "convergence" / "ecosystem.csv"
    path.write_text(path.read_text() + "one cell only\n")
    finished = command("build", cwd=fifth)
    assert finished.returncode == 2
    assert "ecosystem.csv, line" in finished.stderr
