"""Time results-only sweeps against the papermill command line, in one run: throughput, overhead, workers, memory.

Both sides run the same notebooks with the same parameters. papermill's command line runs two processes at a time, in
the environment as it is, once with figures (it has no way to leave them out) and once told to draw none, as the sweep
does. Run it with `make bench`, or `python benchmarks/sweep.py --runs 20 --only chip_migration`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from parallelrun import ipynb, project
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.sweeps import sweep
from parallelrun.sweeps.designs import Design
from parallelrun.sweeps.store import at

BIN = Path(sys.executable).parent
SWEPT = {
    "convergence": ("points_per_decade", 50.0, 200.0),
    "token_economics": ("list_coverage", 40.0, 70.0),
    "cost_structure": ("output_share", 10.0, 40.0),
    "chip_migration": ("fleet_size", 1000.0, 9000.0),
    "claims_audit": ("widening", 1.0, 3.0),
}
"""The parameter that is swept in each notebook, and its range."""

PAPERMILL_RUNS = 4
MEMORY_RUNS = 2000


def values(stem: str, count: int) -> list[float]:
    """Return the values of a theme's swept parameter."""
    _, low, high = SWEPT[stem]
    return [round(low + (high - low) * n / max(count - 1, 1), 6) for n in range(count)]


def environment(folder: Path, formats: str = "") -> dict[str, str]:
    """Return the environment with output to a folder of its own and the figure formats."""
    return os.environ | {"PARALLELRUN_OUT": str(folder / "out"), "PARALLELRUN_FORMATS": formats}


def swept(stem: str, folder: Path, count: int, *options: str) -> float:
    """Return the runs a second of a sweep, its start included."""
    grid, name = folder / f"{stem}.yml", SWEPT[stem][0]
    grid.write_text(f"grid: {{{name}: {values(stem, count)}}}\n")
    out = folder / f"{time.monotonic_ns()}"
    command = [str(BIN / "parallelrun"), "sweep", stem, str(grid), "--out", str(out), *options]
    start = time.monotonic()
    subprocess.run(command, cwd=project.root(), check=True, capture_output=True)
    return count / (time.monotonic() - start)


def papermilled(stem: str, folder: Path, formats: str) -> float:
    """Return the runs a second of papermill's command line, two processes at a time."""
    path, name = project.notebook_path(stem), SWEPT[stem][0]

    def one(value: float) -> None:
        command = [str(BIN / "papermill"), str(path), str(folder / f"{stem}-{value}.ipynb"), "-p", name, str(value)]
        own = folder / f"{stem}-{value}"
        subprocess.run(
            [*command, "--cwd", str(path.parent)],
            env=environment(own, formats),
            check=True,
            capture_output=True,
            cwd=folder,
        )

    start = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, values(stem, PAPERMILL_RUNS)))
    return PAPERMILL_RUNS / (time.monotonic() - start)


PLAIN = """
import json, os, sys, tempfile, time
import parallelrun.engine.preload
from pathlib import Path
from parallelrun import ipynb
cells = [c["source"] for c in ipynb.read(Path(sys.argv[1]))["cells"] if c["cell_type"] == "code"]
code = [compile(source, "cell", "exec") for source in cells]
def study():
    namespace = {"__name__": "__main__"}
    for one in code:
        exec(one, namespace)
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()):
    study()
    start = time.perf_counter()
    for _ in range(10):
        study()
    seconds = (time.perf_counter() - start) / 10
print(seconds)
"""


def overhead(stem: str, folder: Path) -> tuple[float, float, float]:
    """Return seconds a run: as plain code in a loop, as in a sweep with one worker, and with nothing shared."""
    plain = subprocess.run(
        [sys.executable, "-c", PLAIN, str(project.notebook_path(stem))],
        cwd=project.root() / "notebooks", env=environment(folder) | pool.SINGLE_THREADED,
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (folder / "memo").mkdir()
    return float(plain.stdout), seconds_a_run(stem, folder, folder / "memo"), seconds_a_run(stem, folder, None)


def seconds_a_run(stem: str, folder: Path, memo: Path | None) -> float:
    """Return the mean of ten runs, one at a time, after a first."""
    around = replace(project.surroundings(), out=folder / f"alone-{memo is None}", formats=(), memo=memo)
    jobs = [Job(project.notebook_path(stem), around, {SWEPT[stem][0]: value}) for value in values(stem, 11)]
    seconds = []
    start = time.perf_counter()
    for outcome in pool.run_all(jobs, 1, many=True):
        if outcome.error:
            sys.exit(outcome.error)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    return sum(seconds[1:]) / 10


@contextmanager
def dask(folder: Path) -> Iterator[str]:
    """Start a scheduler and two worker processes on loopback; yield the address."""
    place = folder / "scheduler.json"
    module = [sys.executable, "-m"]
    started = [
        subprocess.Popen(
            [*module, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", str(place)], cwd=folder, stderr=subprocess.DEVNULL,
        )
    ]  # fmt: skip
    try:
        while not place.is_file():
            time.sleep(0.1)
        address = json.loads(place.read_text())["address"]
        for number in range(2):
            options = ["--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard"]
            local = ["--local-directory", str(folder / f"worker-{number}")]
            command = [*module, "distributed.cli.dask_worker", address, *options, *local]
            started.append(subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL))
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:  # a worker can miss the signal while it shuts down a run
                process.kill()
                process.wait()


def memory(folder: Path) -> list[float]:
    """Return the memory of the sweeping processes in MB, at tenths of a sweep of a notebook that computes little."""
    notebook = folder / "little.ipynb"
    source = 'from parallelrun import Estimate, Study\nstudy = Study("little", globals())'
    last = 'study.record("the level", level=Estimate(float(level)))\nstudy.finish()'
    cells = [
        {"cell_type": "code", "source": text, "metadata": {"tags": tags}, "outputs": []}
        for text, tags in (("level = 1", ["parameters"]), (source, []), (last, []))
    ]
    ipynb.write(ipynb.clean({"cells": cells}), notebook)
    points = [{"level": number} for number in range(MEMORY_RUNS)]
    wanted = sweep.Sweep(notebook, replace(project.surroundings(), formats=()), Design(("level",), points, False))
    used: list[float] = []
    done = threading.Event()
    store = at(str(folder / "memory"))

    def watch() -> None:
        me = psutil.Process()
        for tenth in range(1, 10):
            while len(store.names("records")) < tenth * MEMORY_RUNS / 10 and not done.is_set():
                time.sleep(0.2)
            used.append(sum(p.memory_info().rss for p in (me, *me.children()) if p.is_running()) / 1e6)

    thread = threading.Thread(target=watch)
    thread.start()
    sweep.perform(wanted, store, partial(pool.run_all, at_once=pool.workers(), many=True))
    done.set()
    thread.join()
    return used


def main() -> None:
    """Print all four measurements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--only", nargs="*", default=list(SWEPT))
    asked = parser.parse_args()
    for stem in asked.only:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            ours = swept(stem, folder, asked.runs)
            drawing, bare = (papermilled(stem, folder, formats) for formats in (",".join(project.FORMATS), ""))
            plain, shared, alone = overhead(stem, folder)
        print(
            f"{stem}: sweep of {asked.runs} {ours:.2f} runs/s; "
            f"papermill {drawing:.3f} runs/s ({ours / drawing:.1f} times), "
            f"without figures {bare:.3f} runs/s ({ours / bare:.1f} times); "
            f"plain code {plain * 1000:.0f} ms, a run of the sweep {shared * 1000:.0f} ms "
            f"(overhead {(shared - plain) * 1000:.0f} ms), one that shares nothing {alone * 1000:.0f} ms "
            f"(overhead {(alone - plain) * 1000:.0f} ms)",
            flush=True,
        )
    stem = asked.only[0]
    with tempfile.TemporaryDirectory() as name, dask(Path(name)) as address:
        rates = {
            "1 worker": swept(stem, Path(name), asked.runs, "--workers", "1"),
            "2 workers": swept(stem, Path(name), asked.runs, "--workers", "2"),
            "dask, 2 processes": swept(stem, Path(name), asked.runs, "--scheduler", address),
        }
        print(f"{stem}: " + ", ".join(f"{who} {rate:.2f} runs/s" for who, rate in rates.items()), flush=True)
        used = memory(Path(name))
    print(f"memory over {MEMORY_RUNS} runs, at tenths: {', '.join(f'{one:.0f}' for one in used)} MB")


if __name__ == "__main__":
    main()
