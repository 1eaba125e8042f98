"""The data of a figure that some commit had."""

import subprocess

import pytest

from parallelrun import project
from parallelrun.export import history


def committed(name: str) -> bytes:
    return subprocess.run(["git", "show", f"HEAD:{name}"], cwd=project.root(), capture_output=True, check=True).stdout


@pytest.mark.skipif(not (project.root() / ".git").exists(), reason="not a git checkout")
def test_the_data_beside_a_committed_figure_are_found_by_its_bytes():
    name = "figures/convergence/gap_history"
    assert history.plotted(committed(f"{name}.svg")) == committed(f"{name}.csv")


def test_a_file_that_no_commit_had_has_no_data():
    assert history.plotted(b"no commit has this file") is None
