"""Measure all, and write docs/benchmarks.md with its curves.

All ways run the same notebooks in the same environment, each round in turn, so that the ratios of one round are of one
machine at one time. The other tools are installed into an environment of their own under build/. Run it with
``make bench``, or ``python -m benchmarks.page --rounds 3 --runs 200``.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from matplotlib.ticker import StrMethodFormatter

from benchmarks import growth, timing, ways
from parallelrun import canvas, project
from parallelrun.study.canvas import CHINA, GREEN, US
from parallelrun.study.drawing import from_zero

CURVES = "benchmarks/growth.svg"
"""Where the curves go, below docs/."""


def measured(rounds: int, runs: int) -> dict[str, Any]:
    """Return all measurements: seconds, runs a second, MB."""
    stems = project.stems()
    load = [os.getloadavg()[0]]
    tried: dict[str, list[float]] = {}

    def apart(what: Callable[[Path], Any]) -> Any:
        with tempfile.TemporaryDirectory() as place:
            return what(Path(place))

    for number in range(rounds):
        for name, run in ways.ways(stems).items():
            tried.setdefault(name, []).append(apart(run))
            print(f"round {number + 1}, {name}: {tried[name][-1]:.1f} s", file=sys.stderr, flush=True)
    found: dict[str, Any] = {"rounds": rounds, "runs": runs, "names": stems, "tools": tried}
    for name, measure in {
        "second": ways.second_builds,
        "throughput": lambda place: {stem: growth.throughput(stem, place, runs) for stem in stems},
        "overhead": lambda place: growth.overhead("chip_migration", place),
        "by_runs": lambda place: growth.by_runs(place, runs),
        "by_draws": growth.by_draws,
        "by_rows": growth.by_rows,
        "memory": growth.memory,
    }.items():
        found[name] = apart(measure)
        print(f"{name}: {found[name]}", file=sys.stderr, flush=True)
    return found | {"machine": timing.machine(), "load": [*load, os.getloadavg()[0]]}


def curves(found: dict[str, Any], path: Path) -> None:
    """Draw how seconds grow with runs, draws and rows."""
    figure, axes = canvas(6.5, ncols=3)
    for (who, seconds), colour in zip(found["by_runs"].items(), (US, CHINA, GREEN), strict=True):
        axes[0].plot([int(n) for n in seconds], list(seconds.values()), "o-", color=colour, label=who)
    axes[0].legend(loc="lower right")
    axes[0].set_title("A sweep, by its runs")
    axes[0].set_ylabel("seconds")
    titles = ("chip_migration, by draws", "token_economics, by rows")
    for axis, name, title in zip(axes[1:], ("by_draws", "by_rows"), titles, strict=True):
        seconds = found[name]
        axis.plot([int(n) for n in seconds], list(seconds.values()), "o-", color=US)
        axis.set_title(title)
        axis.set_xscale("log", base=2)
        axis.set_xticks([int(n) for n in seconds])
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    for axis in axes:
        from_zero(axis.yaxis)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": "parallel-run"})


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[str]:
    """Return a table in Markdown, numbers to the right."""
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def page(found: dict[str, Any]) -> str:
    """Return the page of benchmarks in Markdown."""
    tools, second, load = found["tools"], found["second"], found["load"]
    ours = tools[ways.BUILD]
    compared = []
    for name, seconds in tools.items():
        ratio = statistics.median(a / b for a, b in zip(ours, seconds, strict=True))
        spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
        compared.append((name, f"{statistics.median(seconds):.1f}", spread, f"{ratio:.2f}"))
    swept = []
    for stem, rates in found["throughput"].items():
        sweep, further, drawing, bare = rates.values()
        ratios = (sweep / drawing, further / drawing, further / bare)
        swept.append((stem, f"{sweep:.2f}", f"{further:.2f}", *(f"{ratio:.0f}" for ratio in ratios)))
    floor = statistics.median(a / b for a, b in zip(tools[ways.FLOOR], tools[ways.PAPERMILL], strict=True))
    return "\n".join(
        [
            "# Benchmarks", "",
            f"Written by `make bench` (`python -m benchmarks.page --rounds {found['rounds']} --runs {found['runs']}`) "
            f"on {found['machine']}; load of the machine {load[0]:.1f} before and {load[1]:.1f} after. Other work "
            "slows all rows: read the ratios, each of one round.", "",
            f"## All {len(found['names'])} notebooks with all figures", "",
            *table(("Way", "Median, s", "Spread, s", f"{ways.BUILD} takes, of it"), compared),
            "The aims: at most 0.5 of papermill, and at most 1.25 of the floor. The floor itself takes "
            f"{floor:.2f} of papermill: it is the time that the cells and one import of the libraries need.", "",
            "## A second build", "",
            *table(
                ("What changed", "Seconds", "Of a whole build"),
                [(name, f"{s:.1f}", f"{s / second['everything']:.2f}") for name, s in second.items()],
            ),
            "A notebook runs again if anything changed that its last run read; it runs whole, since its cells share "
            "one process.", "",
            "## Sweeps for results only", "",
            *table(
                (
                    "Notebook", f"Runs a second, of {found['runs']}", "once started",
                    "Times papermill", "once started", "without figures",
                ),
                swept,
            ),
            "Papermill is its command line, two processes at a time, which draws unless it is told not to (last "
            f"column). The start of a sweep, some seconds, counts in those of {found['runs']} runs; once started is "
            f"from these and {max(found['runs'] // 4, 1)} runs. The aim: 20 times.", "",
            *table(
                ("One run of chip_migration", "Milliseconds"),
                [(name, f"{1000 * seconds:.0f}") for name, seconds in found["overhead"].items()],
            ),
            "## Growth", "",
            f"![Seconds of sweeps by runs and workers, and of one run by draws and by rows]({CURVES})", "",
            f"Memory of a sweep of {growth.MEMORY_RUNS:,} runs, at its tenths: "
            f"{', '.join(f'{one:.0f}' for one in found['memory'])} MB.",
        ]
    ) + "\n"  # fmt: skip


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Rounds of all ways.")
@click.option("--runs", default=200, show_default=True, help="Runs of the largest sweeps.")
@click.option("--again", is_flag=True, help="Write the page from what was measured last.")
def main(rounds: int, runs: int, again: bool) -> None:
    """Measure, and write docs/benchmarks.md."""
    kept = project.root() / "build" / "benchmarks.json"
    if not again:
        kept.write_text(json.dumps(measured(rounds, runs), indent=1) + "\n", encoding="utf-8")
    found = json.loads(kept.read_text(encoding="utf-8"))
    docs = project.root() / "docs"
    curves(found, docs / CURVES)
    (docs / "benchmarks.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
