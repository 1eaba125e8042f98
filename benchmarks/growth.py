"""How the cost of runs for results only grows: with runs, workers, draws, rows; what a sweep shares and keeps."""

from __future__ import annotations

import csv
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks import cluster
from benchmarks.timing import BIN, timed
from parallelrun import ipynb, project
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.sweeps import sweep
from parallelrun.sweeps.designs import Design
from parallelrun.sweeps.store import at

SWEPT = {
    "convergence": ("points_per_decade", 50.0, 200.0),
    "token_economics": ("list_coverage", 40.0, 70.0),
    "cost_structure": ("output_share", 10.0, 40.0),
    "chip_migration": ("fleet_size", 1000.0, 9000.0),
    "claims_audit": ("widening", 1.0, 3.0),
    "forecast_ledger": ("confidence", 0.5, 0.99),
}
"""The parameter that is swept in each notebook, and its range."""

PAPERMILL_RUNS = 4
MEMORY_RUNS = 2000

DRAWS = (5_000, 20_000, 80_000, 320_000)
"""Draws of `chip_migration`, whose default is the second."""

PARTS = (1, 2, 4, 8)
"""Rows into which each row of `SPLIT` is divided, its tokens too, so that no sum changes."""

SPLIT = "token_economics/platform_weeks.csv"


def values(stem: str, count: int) -> list[float]:
    """Return the values of a notebook's swept parameter."""
    _, low, high = SWEPT[stem]
    return [round(low + (high - low) * n / max(count - 1, 1), 6) for n in range(count)]


def swept(stem: str, folder: Path, count: int, *options: str) -> float:
    """Return the seconds of a sweep for results only, its start included."""
    grid, out = folder / f"{stem}.yml", folder / f"sweep-{time.monotonic_ns()}"
    grid.write_text(f"grid: {{{SWEPT[stem][0]}: {values(stem, count)}}}\n", encoding="utf-8")
    return timed([f"{BIN}/parallelrun", "sweep", stem, str(grid), "--out", str(out), *options], project.root())


def papermilled(stem: str, folder: Path, formats: str) -> float:
    """Return the runs a second of papermill's command line, two processes at a time."""
    path, name = project.notebook_path(stem), SWEPT[stem][0]

    def one(value: float) -> None:
        command = [f"{BIN}/papermill", str(path), str(folder / f"{stem}-{value}.ipynb"), "-p", name, str(value)]
        around = {"PARALLELRUN_OUT": str(folder / f"{stem}-{value}"), "PARALLELRUN_FORMATS": formats}
        timed([*command, "--cwd", str(path.parent)], folder, around)

    start = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, values(stem, PAPERMILL_RUNS)))
    return PAPERMILL_RUNS / (time.monotonic() - start)


def throughput(stem: str, folder: Path, runs: int) -> dict[str, float]:
    """Return runs a second of a sweep, of its further runs once started, and of papermill with figures and without."""
    few, many = max(runs // 4, 1), swept(stem, folder, runs)
    return {
        "sweep": runs / many,
        "further": (runs - few) / (many - swept(stem, folder, few)),
        "papermill": papermilled(stem, folder, ",".join(project.FORMATS)),
        "papermill, no figures": papermilled(stem, folder, ""),
    }


PLAIN = """
import contextlib, io, sys, time
import parallelrun.engine.preload
from pathlib import Path
from parallelrun import ipynb
from parallelrun.engine.kernel import _Shell
_Shell.clear_instance()
cells = [c["source"] for c in ipynb.read(Path(sys.argv[1]))["cells"] if c["cell_type"] == "code"]
code = [compile(source, "cell", "exec") for source in cells]
seconds = []
with contextlib.redirect_stdout(io.StringIO()):
    for _ in range(6):
        start, namespace = time.perf_counter(), {"__name__": "__main__"}
        for one in code:
            exec(one, namespace)
        seconds.append(time.perf_counter() - start)
print(sorted(seconds[1:])[2])
"""


def overhead(stem: str, folder: Path) -> dict[str, float]:
    """Return the median seconds of a run: as plain code in a loop, in a sweep, and in one that shares nothing."""
    around = os.environ | pool.SINGLE_THREADED | {"PARALLELRUN_OUT": str(folder / "plain"), "PARALLELRUN_FORMATS": ""}
    command = [sys.executable, "-c", PLAIN, str(project.notebook_path(stem))]
    home = project.root() / "notebooks"
    plain = subprocess.run(command, cwd=home, env=around, check=True, capture_output=True, text=True)
    (folder / "memo").mkdir()
    points = [{SWEPT[stem][0]: value} for value in values(stem, 8)]
    return {
        "plain code in a loop": float(plain.stdout),
        "a run of a sweep": seconds_a_run(stem, folder, points, memo=folder / "memo"),
        "a run of a sweep that shares nothing": seconds_a_run(stem, folder, points),
    }


def seconds_a_run(stem: str, folder: Path, points: list[dict[str, Any]], **around: Path) -> float:
    """Return the median seconds of runs, one at a time, after a first."""
    here = replace(project.surroundings(), out=folder / "runs", formats=(), **around)  # type: ignore[arg-type]
    jobs = [Job(project.notebook_path(stem), here, point) for point in points]
    seconds, start = [], time.perf_counter()
    for outcome in pool.run_all(jobs, 1, many=True):
        if outcome.error:
            sys.exit(outcome.error)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    return statistics.median(seconds[1:])


def by_draws(folder: Path) -> dict[int, float]:
    """Return the seconds of a run of `chip_migration` by its draws."""
    return {n: seconds_a_run("chip_migration", folder, [{"draws": n}] * 4) for n in DRAWS}


def by_rows(folder: Path) -> dict[int, float]:
    """Return the seconds of a run of `token_economics` by the rows of the platform's table."""
    found = {}
    for parts in PARTS:
        data = folder / f"data-{parts}"
        shutil.copytree(project.data_dir(), data)
        with (data / SPLIT).open(newline="", encoding="utf-8") as file:
            head, *rows = list(csv.reader(file))
        slug, value = head.index("slug"), head.index("value")
        with (data / SPLIT).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            for row, part in ((row, part) for row in rows for part in range(parts)):
                cells = list(row)
                cells[slug] += f"-{part}" if part else ""
                cells[value] = f"{float(row[value]) / parts:.9g}"
                writer.writerow(cells)
        found[parts * len(rows)] = seconds_a_run("token_economics", folder, [{}] * 4, data=data)
    return found


def by_runs(folder: Path, runs: int) -> dict[str, dict[int, float]]:
    """Return the seconds of sweeps of `chip_migration` by their runs, for one worker, two, and two of dask."""
    counts = [max(runs // part, 1) for part in (8, 4, 2, 1)]
    found = {
        f"{workers} worker{'s' if workers > 1 else ''}": {
            count: swept("chip_migration", folder, count, "--workers", str(workers)) for count in counts
        }
        for workers in (1, 2)
    }
    with cluster.local(folder) as (address, _):
        found["dask, 2 workers"] = {c: swept("chip_migration", folder, c, "--scheduler", address) for c in counts}
    return found


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
