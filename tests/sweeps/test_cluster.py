"""Sweeps on a real dask scheduler with two worker processes on loopback, one of them killed midway."""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.collection import SLOW, environment, grid, run_command, small, tables, write

pytest.importorskip("distributed")


def start(*arguments, folder):
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    path = folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
    with path.open("w") as log:
        return subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=log, stderr=log, start_new_session=True
        ), path


def wait_for(path, pattern, seconds=300):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := re.search(pattern, path.read_text()):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"{pattern} not found in {path}")


@contextmanager
def cluster(folder, workers=2):
    """A scheduler and its workers; yields the address and the workers' processes."""
    folder.mkdir()
    started = []
    try:
        scheduler, log = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=folder)
        started.append(scheduler)
        address = wait_for(log, r"(tcp://127\.0\.0\.1:\d+)")
        options = ("--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard")
        for number in range(workers):
            local = folder / f"worker-{number}"
            started.append(start("dask_worker", address, *options, "--local-directory", str(local), folder=folder)[0])
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:  # a worker can miss the signal while it shuts down a run
                process.kill()
                process.wait()


def test_a_killed_worker_costs_only_its_own_runs(tmp_path):
    folder = small(tmp_path / "in")
    write(folder, "fifth", SLOW, parameters="level = 0.5\ndraws = 100")
    grid(folder, "grid: {draws: {low: 1, high: 24, steps: 24}}")
    assert run_command("sweep", "fifth", "g.yml", "--out", "here", cwd=folder).returncode == 0
    with cluster(tmp_path / "cluster") as (address, workers):
        command = [sys.executable, "-m", "parallelrun.cli", "sweep", "fifth", "g.yml", "--scheduler", address]
        with subprocess.Popen(
            [*command, "--out", f"file://{folder}/there"],
            cwd=folder,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        ) as sweep:
            end = time.monotonic() + 300
            while len(list((folder / "there").glob("records/*"))) < 4 and time.monotonic() < end:
                time.sleep(0.05)
            workers[0].send_signal(signal.SIGKILL)
            said = sweep.communicate(timeout=600)[1]
            assert sweep.returncode == 0, said
    assert tables(folder / "here") == tables(folder / "there")
    assert not (folder / "there" / "failures.csv").exists()
    assert not list((tmp_path / "cluster" / "worker-1").rglob("run-*"))


def test_where_no_scheduler_answers_it_says_so(tmp_path):
    folder = small(tmp_path / "in")
    grid(folder, "grid: {level: [1, 2]}")
    finished = run_command("sweep", "fifth", "g.yml", "--scheduler", "nonsense://x", cwd=folder)
    assert finished.returncode == 2
    assert "no scheduler answers there" in finished.stderr
