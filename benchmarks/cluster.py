"""A dask scheduler and two workers on loopback, each a process, as the tests and the benchmarks need them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 300
"""Seconds after which a cluster that does not come is given up."""


@contextmanager
def local(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers in a folder; yield the address and the workers' processes; end all three."""
    from distributed import Client

    place, options = folder / "scheduler.json", ["--host", "127.0.0.1", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *more: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options, "--scheduler-file", str(place), *more]
        started.append(subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL))

    try:
        start("dask_scheduler", "--port", "0")
        for number in range(2):
            start("dask_worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(folder / f"worker-{number}"))
        with Client(scheduler_file=str(place), timeout=LIMIT) as client:
            client.wait_for_workers(2, timeout=LIMIT)
            address = client.scheduler.address
        yield address, started[1:]
    finally:
        for process in reversed(started):  # the scheduler last: a worker that finds it gone waits for it to come back
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:  # a worker can miss the signal while it shuts down a run
                process.kill()
                process.wait()
