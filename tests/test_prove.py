"""A sample of the attempts to break the collection that `make prove` makes in full (see prove/)."""

import math
import os
import random
import signal
import time

import pytest
from PIL import Image
from prove import consistency, data, faults, hostile, report, versions

from parallelrun import project
from parallelrun.data import tables
from parallelrun.data.rows import Tables

COMMANDS = {one.name: one for one in faults.COMMANDS}


@pytest.mark.parametrize("name", ["build", "sweep"])
def test_a_killed_command_leaves_nothing_partial_and_gives_the_same_bytes_again(tmp_path, name):
    folder = faults.collection(tmp_path / "place")
    whole, seconds = faults.undisturbed(folder, COMMANDS[name])
    moment = random.Random(name).uniform(0.3, 1) * seconds

    def kill(pid):
        time.sleep(moment)
        os.kill(pid, signal.SIGKILL)

    assert faults.broken_by(folder, COMMANDS[name], whole, kill) is None


@pytest.mark.parametrize("trial", [faults.interrupted, faults.replaced_table])
def test_an_interrupted_or_overtaken_build_is_not_taken_for_good(tmp_path, trial):
    part = report.Part("faults", "", "")
    trial(part, tmp_path)
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
        ("claims_audit/numerals", 77, "of_claim", "A390"),
        ("convergence/ecosystem", 2, "high", "1"),
        ("convergence/vendor_model_counts", 3, "country", "CN"),
        ("cost_structure/board_scores", 159, "value", "1805.875"),
        ("cost_structure/list_prices", 21, "country", "CN"),
        ("token_economics/weekly_rankings", 73, "vendor", "MiniMax"),
        ("forecast_ledger/forecasts", 1190, "digest", "8960ecb52e20bc64"),
        ("forecast_ledger/forecasts", 1488, "q025", "0.883035"),
    ],
)
def test_a_cell_that_contradicts_the_cells_beside_it_is_refused_without_a_run(table, line, column, new):
    changed = Tables(project.root() / "data")
    row = next(one for one in changed.rows(table) if one.line == line)
    assert row[column] != new
    row.cells[column] = new
    assert any(f"line {line}," in fault for fault in consistency.faults(changed, table))


def test_a_changed_cell_is_another_number():
    for changes in data.cells(project.root() / "data").values():
        for one in changes:
            assert one.old.casefold() != one.new.casefold()


def test_the_share_that_survives_is_told_by_table_with_its_bound():
    outcomes = ["survived"] + ["noticed"] * 9
    changes = [data.Change("a/table", "value", line, "1", "2", outcome) for line, outcome in enumerate(outcomes)]
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
