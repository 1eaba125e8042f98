"""Sweeps: the command on a small collection, interruption and resumption, failures, and what is kept (`record`)."""

import csv
import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from parallelrun import ipynb, project
from parallelrun.errors import FigureError
from parallelrun.study.parameters import model_for
from parallelrun.sweeps import designs, record, sweep, table
from parallelrun.sweeps.store import at
from tests.collection import (
    MINIMAL,
    SLOW,
    design,
    environment,
    grid,
    records,
    refused,
    run_command,
    small,
    tables,
    write,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A collection whose notebook takes a moment, with an undisturbed sweep of 24 runs in `whole`."""
    folder = small(tmp_path_factory.mktemp("sweeps"))
    write(folder, "fifth", SLOW, parameters="level = 0.5\ndraws = 100")
    grid(folder, "grid: {draws: {low: 1, high: 24, steps: 24}}")
    finished = run_command("sweep", "fifth", "g.yml", "--out", "whole", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return folder


def test_the_command_refuses_what_is_wrong_and_writes_nothing(place, tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text("grid: {draws: [1, 0.5]}")
    assert "parameter 'draws': expected a whole number, got 0.5" in refused(place, "sweep", "fifth", bad)
    assert "Protocol not known: nope" in refused(place, "sweep", "fifth", "g.yml", "--out", "nope://x")
    assert "has other content" in refused(place, "sweep", "fifth", "g.yml", "--out", "data")
    nobody = refused(place, "sweep", "fifth", "g.yml", "--out", "none", "--scheduler", "nonsense://x")
    assert "no scheduler answers there" in nobody
    assert not (place / "none").exists()


def test_a_result_to_show_is_checked_before_anything_runs(root, tmp_path):
    (tmp_path / "g.yml").write_text("grid: {fleet_size: [1000, 2000]}")
    command = ("sweep", "chip_migration", tmp_path / "g.yml", "--out", tmp_path / "out", "--result", "ratio_fp9")
    finished = run_command(*command, cwd=root)
    assert finished.returncode == 2
    assert "no such result; there are" in finished.stderr
    assert not (tmp_path / "out").exists()


def test_force_removes_nothing_but_what_sweeps_write(place):
    run = ("sweep", "fifth", "one.yml", "--out", "forced")
    (place / "one.yml").write_text("grid: {draws: [1]}")
    assert run_command(*run, cwd=place).returncode == 0
    (place / "forced" / "mine.txt").write_text("mine")
    assert "'mine.txt', which no sweep wrote" in refused(place, *run, "--force")
    assert (place / "forced" / "table.csv").is_file()
    (place / "forced" / "mine.txt").unlink()
    assert run_command(*run, "--force", cwd=place).returncode == 0


def test_a_sweep_leaves_one_tidy_table_in_two_formats_and_a_picture(place):
    folder = place / "whole"
    assert {p.name for p in folder.iterdir()} == {
        "sweep.json", "table.csv", "table.parquet", "picture.svg", "picture.pdf", "picture.png", "picture.csv"
    }  # fmt: skip
    frame = pd.read_csv(folder / "table.csv")
    assert list(frame.columns) == ["run", "draws", "result", "value", "low", "high", "unit"]
    assert len(frame) == 48
    products = frame[frame["result"] == "product"]
    assert (products["value"] == 0.5 * products["draws"]).all()
    parquet = pd.read_parquet(folder / "table.parquet")
    assert parquet["value"].tolist() == frame["value"].tolist()
    mark = json.loads((folder / "sweep.json").read_text())
    assert (mark["runs"], mark["failures"], mark["fixed"]) == (24, 0, {"level": 0.5})
    assert not list((place / "runs").glob(".*"))


def test_a_complete_sweep_is_not_run_again_and_another_is_not_mixed_in(place):
    again = run_command("sweep", "fifth", "g.yml", "--out", "whole", cwd=place)
    assert again.returncode == 0
    assert "0 made now" in again.stdout
    (place / "other.yml").write_text("grid: {draws: [1]}")
    assert "has another sweep" in refused(place, "sweep", "fifth", "other.yml", "--out", "whole")


WITHOUT_FORK_SERVER = """
import sys
from multiprocessing import forkserver
from parallelrun.cli import main
forkserver.ensure_running = lambda: sys.exit("a fork server is started")
main()
"""


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--out", "whole"], 0, "0 made now"),
        (["--out", "data"], 2, "has other content"),
        (["--out", "none", "--data", "notebooks"], 2, "has no table"),
        (["--out", "unstarted"], 1, "a fork server is started"),
    ],
)
def test_what_runs_a_notebook_is_loaded_only_if_there_is_a_run(place, options, code, told):
    command = [sys.executable, "-c", WITHOUT_FORK_SERVER, "sweep", "fifth", "g.yml", *options]
    done = subprocess.run(command, cwd=place, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr


def test_a_sweep_whose_tables_change_while_it_runs_makes_no_table(tmp_path):
    folder = small(tmp_path / "in")
    change = f"if draws == 2: open({str(folder / 'data' / 'datapackage.json')!r}, 'a').write(' ')"
    write(folder, "fifth", change, SLOW, parameters="level = 0.5\ndraws = 100")
    grid(folder, "grid: {draws: [1, 2, 3]}")
    finished = run_command("sweep", "fifth", "g.yml", "--out", "s", cwd=folder)
    assert finished.returncode == 1
    assert "the sweep's data was changed while it ran" in finished.stderr
    assert not (folder / "s" / "table.csv").exists()
    assert "has another sweep" in refused(folder, "sweep", "fifth", "g.yml", "--out", "s", "--resume")


def killed(place, out, records):
    """Kill a sweep when it has made so many records; return the folder."""
    command = [sys.executable, "-m", "parallelrun.cli", "sweep", "fifth", "g.yml", "--out", out, "--workers", "4"]
    process = subprocess.Popen(command, cwd=place, env=environment(), stderr=subprocess.DEVNULL)
    end = time.monotonic() + 300
    while len(list((place / out).glob("records/*"))) < records and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return place / out


@pytest.mark.parametrize("records", [0, 11])
def test_killed_and_resumed_it_equals_an_undisturbed_sweep(place, records):
    out = f"killed-{records}"
    folder = killed(place, out, records)
    for torn in list(folder.glob("records/*"))[:1]:
        torn.write_bytes(torn.read_bytes()[:-5])
    if records:
        asked = run_command("sweep", "fifth", "g.yml", "--out", out, cwd=place)
        assert asked.returncode == 2
        assert "complete it with --resume" in asked.stderr
    finished = run_command("sweep", "fifth", "g.yml", "--out", out, "--resume", cwd=place)
    assert finished.returncode == 0, finished.stderr
    made = int(finished.stdout.split(" made now")[0].split()[-1])
    assert made <= 24 - records + 1
    assert tables(folder) == tables(place / "whole")
    assert not list((place / "runs").glob(".*"))


def test_failures_are_recorded_with_their_cell_while_the_rest_goes_on(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "fifth", MINIMAL.format(stem="fifth"), "if level == 2: 1 / 0")
    grid(folder, "grid: {level: [1, 2, 3]}")
    finished = run_command("sweep", "fifth", "g.yml", "--out", "s", cwd=folder)
    assert finished.returncode == 1
    assert "1 of 3 runs failed" in finished.stderr
    (row,) = csv.DictReader((folder / "s" / "failures.csv").read_text().splitlines())
    assert (row["run"], row["level"]) == ("1", "2.0")
    assert row["error"] == "fifth.ipynb, under “The question”, cell 4, line 1: ZeroDivisionError: division by zero"
    assert pd.read_csv(folder / "s" / "table.csv")["value"].tolist() == [1, 3]
    again = run_command("sweep", "fifth", "g.yml", "--out", "s", "--resume", cwd=folder)
    assert "1 made now" in again.stdout


def test_notebooks_and_figures_are_kept_if_asked_for(tmp_path):
    folder = small(tmp_path / "in")
    grid(folder, "grid: {level: [1, 2]}")
    finished = run_command("sweep", "fifth", "g.yml", "--out", "s", "--keep", "--figures", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    for number in ("000000", "000001"):
        kept = folder / "s" / "runs" / number
        assert {p.name for p in kept.iterdir()} == {
            "notebook.ipynb", "scores.svg", "scores.pdf", "scores.png", "scores.csv"
        }  # fmt: skip
        executed = ipynb.read(kept / "notebook.ipynb")
        assert executed["cells"][-1]["outputs"]


def test_each_run_has_a_clean_state(tmp_path):
    folder = small(tmp_path / "in")
    source = 'import builtins, os\nassert not hasattr(builtins, "seen") and "SEEN" not in os.environ\n'
    source += 'builtins.seen = True\nos.environ["SEEN"] = "1"'
    write(folder, "fifth", source, SLOW, parameters="level = 0.5\ndraws = 100")
    grid(folder, "grid: {draws: {low: 1, high: 12, steps: 12}}")
    finished = run_command("sweep", "fifth", "g.yml", "--workers", "2", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    assert "12 runs, 0 failed, 12 made now: runs/fifth/sweep-g-" in finished.stdout


def test_a_picture_that_cannot_be_drawn_costs_nothing_else(tmp_path, monkeypatch, capsys):
    def unable(*arguments):
        raise FigureError("too many words")

    made = design(tmp_path, "grid: {level: [1, 2]}")
    store = at(str(tmp_path / "out"))
    for kept in records(made, lambda p: p["level"]):
        store.write(f"records/{record.name(kept['run'])}.json", json.dumps(kept).encode())
    wanted = sweep.Sweep(project.notebook_path("convergence"), project.surroundings(), made)
    store.write("begun.json", json.dumps({"hash": wanted.key()}).encode())
    monkeypatch.setattr(table, "picture", unable)
    assert sweep.perform(wanted, store, lambda jobs: [], resume=True)["runs"] == 2
    assert "no picture: too many words" in capsys.readouterr().err
    assert {"table.csv", "table.parquet", "sweep.json"} == set(store.names())


def test_many_workers_leave_nothing_behind(place, tmp_path):
    """64 runs at 8 workers."""
    grid(place, "grid: {draws: {low: 1, high: 64, steps: 64}}")
    finished = run_command("sweep", "fifth", "g.yml", "--workers", "8", cwd=place, env={"TMPDIR": str(tmp_path)})
    assert finished.returncode == 0, finished.stderr
    assert "64 runs, 0 failed, 64 made now" in finished.stdout
    assert not list(tmp_path.iterdir())
    assert not list((place / "runs").glob(".*"))


@pytest.mark.parametrize(("name", "stem"), [("coverage", "token_economics"), ("unit-cost", "cost_structure")])
def test_the_guides_designs_are_valid(root, name, stem):

    assert designs.load(root / "docs" / "sweeps" / f"{name}.yml", model_for(stem)).points
