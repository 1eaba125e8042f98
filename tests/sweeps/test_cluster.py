"""Sweeps on a real dask scheduler with two worker processes on loopback, one of them killed midway."""

import pytest
from benchmarks.cluster import local

from parallelrun.errors import InputError
from parallelrun.sweeps import cluster
from tests.collection import SLOW, grid, run_command, small, tables, write

pytest.importorskip("distributed")

KILLS = """
import os, signal
from pathlib import Path
pid = Path({pid!r})
if draws == 5 and pid.is_file():
    os.kill(int(pid.read_text()), signal.SIGKILL)
    pid.unlink()
"""
"""A cell that kills a worker, once, while the fifth of its runs goes on."""


def test_a_killed_worker_costs_only_its_own_runs(tmp_path):
    folder, pid = small(tmp_path / "in"), tmp_path / "pid"
    write(folder, "fifth", KILLS.format(pid=str(pid)), SLOW, parameters="level = 0.5\ndraws = 100")
    grid(folder, "grid: {draws: {low: 1, high: 24, steps: 24}}")
    assert run_command("sweep", "fifth", "g.yml", "--out", "here", cwd=folder).returncode == 0
    place = tmp_path / "cluster"
    place.mkdir()
    with local(place) as (address, workers):
        pid.write_text(str(workers[0].pid))
        out = f"file://{folder}/there"
        swept = run_command("sweep", "fifth", "g.yml", "--scheduler", address, "--out", out, cwd=folder)
        assert workers[0].wait() != 0
        assert workers[1].poll() is None
    assert swept.returncode == 0, swept.stderr
    assert not pid.exists()
    assert tables(folder / "here") == tables(folder / "there")
    assert not (folder / "there" / "failures.csv").exists()
    assert not list((place / "worker-1").rglob("run-*"))


def test_where_no_scheduler_answers_it_says_so(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:9: no scheduler answers there"):
        cluster.connect("tcp://127.0.0.1:9")
