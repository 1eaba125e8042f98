"""Time the build beside other ways to run the same notebooks, and how cost grows; write docs/benchmarks.md.

All ways run the same notebooks in the same environment, each round in turn, so that the ratios of one round are of one
machine at one time. The other tools are installed into an environment of their own under build/. Run it with
``make benchmarks``, or ``python benchmarks/page.py --rounds 3 --runs 200``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from parallelrun import ipynb, project

BIN = Path(sys.executable).parent
TOOLS = ("ploomber-engine==0.0.33", "nbmake==1.5.5")
LOST_RACE = "Address already in use"

FLOOR = """
import contextlib, io, os, sys
from pathlib import Path
import parallelrun.engine.preload
from parallelrun import ipynb
from parallelrun.engine.kernel import _Shell
_Shell.clear_instance()
children = []
for path in map(Path, sys.argv[1:]):
    pid = os.fork()
    if not pid:
        with contextlib.redirect_stdout(io.StringIO()):
            space = {"__name__": "__main__"}
            for cell in ipynb.read(path)["cells"]:
                if cell["cell_type"] == "code":
                    exec(compile(cell["source"], path.name, "exec"), space)
        os._exit(0)
    children.append(pid)
    if len(children) == 2:
        done, status = os.wait()
        assert status == 0, path
        children.remove(done)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
"""The notebooks' code as plain functions of two processes that share what is loaded: no papermill, no shell."""


def timed(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> float:
    """Return the seconds of a command; run it again if a plain kernel lost its port, stop if it fails otherwise."""
    for _ in range(5):
        start = time.monotonic()
        finished = subprocess.run(
            command, cwd=folder, env=os.environ | (variables or {}), capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - start
        if not finished.returncode:
            return seconds
        if LOST_RACE not in finished.stdout + finished.stderr:
            break
    sys.exit(f"{' '.join(command)[:300]} failed:\n{(finished.stdout + finished.stderr)[-3000:]}")


def other_tools() -> Path:
    """Return the programs of an environment that has the other tools on top of this one."""
    place = project.root() / "build" / "benchmarks"
    if not (place / "bin" / "ploomber-engine").is_file():
        subprocess.run([BIN / "uv", "venv", "--quiet", "--clear", "--python", sys.executable, place], check=True)
        packages = place / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
        (packages / "beneath.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        install = [f"{BIN}/uv", "pip", "install", "--quiet", "--python", f"{place}/bin/python", "--no-deps"]
        subprocess.run([*install, *TOOLS], check=True)
        subprocess.run([*install, "papermill", "debuglater", "colorama", "parso", "ploomber-core"], check=True)
    return place / "bin"


def two_at_once(lines: dict[str, str], folder: Path) -> list[str]:
    """Return a make command that runs one command line a notebook, two at a time."""
    text = [f".PHONY: all {' '.join(lines)}", f"all: {' '.join(lines)}"]
    for stem, line in lines.items():
        text += [f"{stem}:", f"\t{line}"]
    (folder / "Makefile").write_text("\n".join(text) + "\n")
    return ["make", "-j2"]


def ways(stems: list[str], late: list[str]) -> dict[str, Callable[[Path], float]]:
    """Return every way to run the notebooks: given an empty folder, each returns its seconds."""
    home = project.root() / "notebooks"
    ordered = [*(s for s in stems if s not in late), *late]

    def ours(folder: Path) -> float:
        return timed([f"{BIN}/parallelrun", "build", *stems, "--into", f"{folder}/o"], project.root())

    def floor(folder: Path) -> float:
        paths = [str(home / f"{stem}.ipynb") for stem in ordered]
        return timed([sys.executable, "-c", FLOOR, *paths], home, {"PARALLELRUN_OUT": f"{folder}/o"})

    def by(line: str) -> Callable[[Path], float]:
        def run(folder: Path) -> float:
            lines = {
                stem: line.format(bin=BIN, other=tools, home=home, path=home / f"{stem}.ipynb", stem=stem)
                for stem in stems
            }
            return timed(two_at_once(lines, folder), folder, {"PARALLELRUN_OUT": f"{folder}/o"})

        return run

    def nbmake(folder: Path) -> float:
        paths = [str(home / f"{stem}.ipynb") for stem in stems]
        command = [
            f"{tools}/python",
            "-m",
            "pytest",
            "--nbmake",
            "-n",
            "2",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
        ]
        return timed([*command, *paths], folder, {"PARALLELRUN_OUT": f"{folder}/o"})

    tools = other_tools()
    return {
        "`parallelrun build`": ours,
        "the floor: plain functions": floor,
        "`make -j2`, papermill": by("{bin}/papermill --cwd {home} {path} {stem}.ipynb"),
        "`make -j2`, ploomber-engine": by("cd {home} && {other}/ploomber-engine {path} $(CURDIR)/{stem}.ipynb"),
        "`make -j2`, nbclient": by("cd {home} && {bin}/jupyter execute {path} --output=$(CURDIR)/{stem}.ipynb"),
        "nbmake, two workers": nbmake,
    }


def copied(folder: Path) -> Path:
    """Return a copy of what a build reads."""
    for name in ("notebooks", "data", "figures"):
        shutil.copytree(project.root() / name, folder / name)
    shutil.copyfile(project.root() / "requirements.txt", folder / "requirements.txt")
    return folder


def second_builds(folder: Path) -> dict[str, float]:
    """Return the seconds of a first build, of one with nothing to do, and of one after a changed row."""
    place, command = copied(folder / "copy"), [f"{BIN}/parallelrun", "build"]
    found = {"everything": timed(command, place), "nothing changed": timed(command, place)}
    table = place / "data" / "convergence" / "arena_scores.csv"
    table.write_text(table.read_text().replace("1503,1502.5,1503.5", "1504,1503.5,1504.5"))
    found["one row of one table changed"] = timed(command, place)
    return found


def swept(folder: Path, runs: int, workers: int) -> float:
    """Return the seconds of a results-only sweep of one notebook."""
    grid, out = folder / "g.yml", folder / f"s-{runs}-{workers}"
    values = [round(1000 + 8000 * n / max(runs - 1, 1), 3) for n in range(runs)]
    grid.write_text(f"grid: {{fleet_size: {values}}}\n")
    command = [f"{BIN}/parallelrun", "sweep", "chip_migration", str(grid), "--out", str(out)]
    return timed([*command, "--workers", str(workers)], project.root())


def alone(folder: Path) -> float:
    """Return the seconds of one run of the same notebook by papermill's command line."""
    path = project.notebook_path("chip_migration")
    command = [
        f"{BIN}/papermill",
        "--cwd",
        str(path.parent),
        str(path),
        str(folder / "one.ipynb"),
        "-p",
        "fleet_size",
        "2000",
    ]
    return timed(command, folder, {"PARALLELRUN_OUT": f"{folder}/o"})


def machine() -> str:
    """Return what was measured on, without a name of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def measured(rounds: int, runs: int, only: list[str]) -> dict[str, Any]:
    """Return all measurements."""
    stems = only or project.stems()
    late = [s for s in stems if ipynb.reads_results(ipynb.read(project.notebook_path(s)))]
    tried: dict[str, list[float]] = {}
    load = [os.getloadavg()[0]]
    for number in range(rounds):
        for name, run in ways(stems, late).items():
            with tempfile.TemporaryDirectory() as place:
                tried.setdefault(name, []).append(run(Path(place)))
            print(f"round {number + 1}, {name}: {tried[name][-1]:.1f} s", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        second = second_builds(folder)
        sweeps = {
            f"{count} runs, {workers} worker{'s' if workers > 1 else ''}": (count, swept(folder, count, workers))
            for count, workers in ((runs // 4, 2), (runs, 2), (runs, 1))
        }
        one = alone(folder)
    load.append(os.getloadavg()[0])
    return {
        "machine": machine(), "load": load, "rounds": rounds, "tools": tried, "names": stems,
        "second": second, "sweeps": sweeps, "papermill": one,
    }  # fmt: skip


def page(found: dict[str, Any]) -> str:
    """Return the page of benchmarks in Markdown."""
    tools, second, sweeps, load = (found[k] for k in ("tools", "second", "sweeps", "load"))
    ours = tools["`parallelrun build`"]
    lines = [
        "# Benchmarks",
        "",
        f"Written by `python benchmarks/page.py` (`make benchmarks`) on {found['machine']}; load of the machine "
        f"{load[0]:.1f} before and {load[1]:.1f} after. Other work slows all rows: read the ratios, each of one round.",
        "",
        f"## {', '.join(found['names'])} with all figures; rounds: {found['rounds']}",
        "",
        "| Way | Median, s | Spread, s | `parallelrun build` takes, of it |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, seconds in tools.items():
        ratio = statistics.median(a / b for a, b in zip(ours, seconds, strict=True))
        spread = f"{min(seconds):.1f} to {max(seconds):.1f}" if len(seconds) > 1 else "one round"
        lines.append(f"| {name} | {statistics.median(seconds):.1f} | {spread} | {ratio:.2f} |")
    whole = second["everything"]
    lines += [
        "", "The aims: at most 0.5 of papermill, and at most 1.25 of the floor.",
        "", "## A second build", "", "| What changed | Seconds | Of a whole build |", "| --- | ---: | ---: |",
        *(f"| {name} | {seconds:.1f} | {seconds / whole:.2f} |" for name, seconds in second.items()),
        "",
        "A changed row runs all notebooks again: which tables a notebook reads is known only once it has run.",
        "", "## Sweeps for results only (chip_migration)", "",
        "| Sweep | Seconds | Runs a second | Times papermill's command line |", "| --- | ---: | ---: | ---: |",
    ]  # fmt: skip
    rate = 2 / found["papermill"]
    for name, (runs, seconds) in sweeps.items():
        lines.append(f"| {name} | {seconds:.1f} | {runs / seconds:.2f} | {runs / seconds / rate:.0f} |")
    lines += [
        "",
        "Papermill's command line is counted as two processes at a time, at the speed of one alone. The aim: 20 times.",
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Rounds of all ways.")
@click.option("--runs", default=200, show_default=True, help="Runs of the larger sweeps.")
@click.option("--only", multiple=True, metavar="NOTEBOOK", help="Notebooks that all ways run; by default all.")
def main(rounds: int, runs: int, only: tuple[str, ...]) -> None:
    """Measure, and write docs/benchmarks.md."""
    found = measured(rounds, runs, list(only))
    kept = project.root() / "build" / "benchmarks.json"
    kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (project.root() / "docs" / "benchmarks.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
