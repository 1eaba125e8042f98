"""A sample of the attempts to break the collection that `make prove` makes in full (see prove/)."""

import os
import random
import signal
import time

import pytest
from prove import faults, hostile, report

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
