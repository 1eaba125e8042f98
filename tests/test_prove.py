"""A sample of the attempts to break the collection that `make prove` makes in full (see prove/)."""

import json
import math
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image
from prove import cells, consistency, data, faults, hostile, report, versions

from parallelrun import project
from parallelrun.data import tables
from parallelrun.data.rows import Tables
from tests.collection import environment

COMMANDS = {one.name: one for one in faults.COMMANDS}


@pytest.fixture(scope="module")
def changes():
    """A change for every cell, by table and column."""
    return cells.cells(project.root() / "data")


@pytest.mark.parametrize("name", ["build", "sweep"])
def test_a_killed_command_leaves_nothing_partial_and_gives_the_same_bytes_again(tmp_path, name):
    folder = faults.collection(tmp_path / "place")
    whole, seconds = faults.undisturbed(folder, COMMANDS[name])
    moment = random.Random(name).uniform(0.3, 1) * seconds

    def kill(pid):
        time.sleep(moment)
        os.kill(pid, signal.SIGKILL)

    assert faults.broken_by(folder, COMMANDS[name], whole, kill) is None


@pytest.mark.parametrize(
    ("trial", "ways"), [(faults.interrupted, faults.HANGING[-1:]), (faults.replaced_table, (False, True))]
)
def test_an_interrupted_or_overtaken_build_is_not_taken_for_good(tmp_path, trial, ways):
    part = report.Part("faults", "", "")
    trial(part, tmp_path, ways)
    assert len(part.findings) == len(ways)
    assert [one for one in part.findings if not one.held] == []


@pytest.mark.parametrize("name", hostile.FUZZED)
def test_no_reader_breaks_or_runs_what_it_reads(name):
    hostile.fuzz(name, 15)


def test_the_tables_are_consistent():
    ours = Tables(project.root() / "data")
    assert [fault for table in tables.tables() for fault in consistency.faults(ours, table)] == []


@pytest.mark.parametrize(
    ("table", "line", "column", "new"),
    [
        ("chip_migration/chip_prices", 3, "high", "137500.625"),
        ("chip_migration/incumbent_readings", 3, "value", "122.5"),
        ("claims_audit/numerals", 77, "of_claim", "A40"),
        ("claims_audit/numerals", 77, "of_claim", ""),
        ("claims_audit/numerals", 105, "line", "2"),
        ("convergence/ladder", 23, "value", "1000"),
        ("convergence/top_twenty", 2, "models", "16"),
        ("convergence/top_twenty", 2, "vendors", "0"),
        ("convergence/vendor_model_counts", 2, "value", "8"),
        ("token_economics/platform_history", 3, "high", "38.125"),
        ("chip_migration/comparisons", 3, "unit", "ratio"),
        ("chip_migration/comparisons", 4, "kind", "multiple"),
        ("chip_migration/launch_claims", 5, "unit", "%"),
        ("cost_structure/serving_day", 6, "high", "10"),
        ("chip_migration/china_market", 3, "unit", "%"),
        ("chip_migration/china_market", 13, "country", "other"),
        ("chip_migration/china_market", 11, "kind", "projection"),
        ("chip_migration/chip_prices", 2, "vendor", "Huawei"),
        ("convergence/capability_records", 22, "vendor", "01.AI"),
        ("cost_structure/hosts", 14, "country", "CN"),
        ("convergence/ecosystem", 2, "high", "1"),
        ("convergence/vendor_model_counts", 3, "country", "CN"),
        ("cost_structure/board_scores", 159, "value", "1805.875"),
        ("cost_structure/list_prices", 21, "country", "CN"),
        ("token_economics/weekly_rankings", 73, "vendor", "MiniMax"),
        ("token_economics/weekly_rankings", 64, "slug", "google/gemini-2.5-pro"),
        ("convergence/board_leaders", 52, "board_size", "82"),
        ("convergence/ladder", 23, "models_listed", "22"),
        ("convergence/task_leaders", 31, "kind", "filter"),
        ("chip_migration/incumbent_shares", 2, "incumbent", "NVIDIA"),
        ("cost_structure/prices", 3, "direction", "output"),
        ("convergence/gap_timeline", 7, "period", "Mar 2025"),
        ("convergence/portfolio", 6, "year", "2026"),
        ("convergence/strategies", 2, "country", "CN"),
        ("convergence/vendor_model_counts", 8, "rank", "5"),
        ("claims_audit/numerals", 152, "kind", "repeat"),
        ("claims_audit/numerals", 123, "of_claim", "A80"),
        ("token_economics/press_volumes", 5, "high", "4.54213"),
        ("forecast_ledger/forecasts", 1190, "digest", "8960ecb52e20bc64"),
        ("forecast_ledger/forecasts", 1488, "q025", "0.883035"),
    ],
)
def test_a_cell_that_contradicts_the_cells_beside_it_is_refused_without_a_run(table, line, column, new):
    changed = Tables(project.root() / "data")
    row = next(one for one in changed.rows(table) if one.line == line)
    assert row[column] != new
    row.cells[column] = new
    assert any(f"{table}.csv, line " in fault for fault in consistency.faults(changed, table))


def test_a_changed_cell_is_another_number(changes):
    for column in changes.values():
        for one in column:
            assert one.old.casefold() != one.new.casefold()


TRIED = {
    "noticed": ("chip_migration/accelerators", "devices", 2, "1", "2"),
    "stopped": ("chip_migration/china_market", "product", 3, "AI accelerators", "Ascend 950PR"),
    "refused": ("chip_migration/orders", "chip", 2, "Ascend 950PR", "Ascend 960"),
    "survived": ("chip_migration/orders", "buyers", 2, "Alibaba; ByteDance; Tencent; others", "nobody"),
}
SAMPLE = """
import json, sys
from pathlib import Path
from prove import cells, data
bench = data.prepared(Path(sys.argv[1]), ["chip_migration"])
changes = [cells.Change(*one) for one in json.loads(sys.argv[2])]
data.tried(bench, changes)
print(json.dumps([one.outcome for one in changes]))
"""


def test_a_changed_cell_is_noticed_stops_a_notebook_is_refused_or_survives(root, tmp_path):
    command = [sys.executable, "-c", SAMPLE, str(tmp_path), json.dumps(list(TRIED.values()))]
    finished = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == list(TRIED)


def test_every_explained_survivor_is_a_column_that_is_changed(changes):
    why = data.explained()
    assert [place for place in why if place not in changes] == []
    assert all(len(reason.split()) >= 5 for reason in why.values())


@pytest.mark.parametrize(("column", "held"), [("told", True), ("other", False)])
def test_a_survivor_that_nobody_explained_breaks_the_promise(monkeypatch, column, held):
    monkeypatch.setattr(data, "explained", lambda: {("a/table", "told"): "nothing is computed from it"})
    part = report.Part("data", "", "")
    survivor = cells.Change("a/table", column, 2, "old", "new")
    data.found(part, [survivor], 1, 1)
    assert part.findings[0].held is held
    assert ("not explained" in part.text) is not held


def test_the_share_that_survives_is_told_by_table_with_its_bound():
    outcomes = ["survived"] + ["noticed"] * 9
    changes = [cells.Change("a/table", "value", line, "1", "2", outcome) for line, outcome in enumerate(outcomes)]
    assert data.shares(changes).splitlines()[-1] == "| a/table | 1 | 10 | 10 % | 44.5 % |"


def test_pictures_are_compared_where_both_are_and_other_sizes_are_infinitely_far(tmp_path):
    for name, size, colour in (("a", (20, 10), "white"), ("b", (20, 11), "white"), ("c", (20, 10), "black")):
        Image.new("RGB", size, colour).save(tmp_path / f"{name}.png")
    Image.new("RGB", (20, 13)).save(tmp_path / "d.png")
    kept = tmp_path / "kept"
    near, other, far = (versions.picture_distance(tmp_path / "a.png", tmp_path / f"{n}.png", kept) for n in "bcd")
    assert near == 0
    assert other > versions.RMS
    assert far == math.inf
