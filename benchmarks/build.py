"""Time the full build against plain papermill, side by side: the same notebooks, environment and formats.

Plain papermill is `make -j2` over one `papermill` command line a notebook, each with a kernel of its own, in the
environment as it is. The two are run in turn, and the medians and the ratio of each pair are printed: for the four
themes, and for all notebooks, of which the build runs those that read results after the others, and plain papermill all
at once on the committed results. Run it with `make bench`, or by itself with `--rounds N`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from parallelrun import ipynb, project

BIN = Path(sys.executable).parent
LOST_RACE = "Address already in use"
"""What a plain kernel says when another one took its port; such a round is run again."""


def timed(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> float | None:
    """Return the wall time of a command in seconds, None if a kernel lost its port; stop if it fails otherwise."""
    start = time.monotonic()
    finished = subprocess.run(
        command, cwd=folder, env=os.environ | (variables or {}), capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - start
    if finished.returncode and LOST_RACE in finished.stderr:
        return None
    if finished.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{finished.stderr}")
    return seconds


def ours(stems: list[str], folder: Path) -> float | None:
    """Return the seconds of a full build into an empty folder."""
    return timed([str(BIN / "parallelrun"), "build", *stems, "--into", str(folder / "ours")], project.root())


def plain(stems: list[str], folder: Path) -> float | None:
    """Return the seconds of plain papermill, two notebooks at a time."""
    home = project.root() / "notebooks"
    lines = [f".PHONY: all {' '.join(stems)}", f"all: {' '.join(stems)}"]
    for stem in stems:
        lines += [f"{stem}:", f"\t{BIN}/papermill --cwd {home} {home}/{stem}.ipynb {stem}.ipynb"]
    (folder / "Makefile").write_text("\n".join(lines) + "\n")
    return timed(["make", "-j2"], folder, {"PARALLELRUN_OUT": str(folder / "plain")})


def compared(title: str, stems: list[str], rounds: int) -> None:
    """Print both times and their ratio, round by round and as medians."""
    pairs: list[tuple[float, float]] = []
    for _ in range(3 * rounds):
        with tempfile.TemporaryDirectory() as name:
            build, papermill = ours(stems, Path(name)), plain(stems, Path(name))
        if build is None or papermill is None:
            print(f"{title}: a kernel of plain papermill lost the race for a port; this round is run again", flush=True)
            continue
        pairs.append((build, papermill))
        print(f"{title}: build {build:.1f} s, plain papermill {papermill:.1f} s, {build / papermill:.2f}", flush=True)
        if len(pairs) == rounds:
            break
    else:
        sys.exit(f"{title}: kernels of plain papermill lose the race for ports too often to be timed")
    build, papermill = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{title}, median of {rounds}: build {build:.1f} s, plain papermill {papermill:.1f} s, {ratio:.2f}", flush=True
    )


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Pairs of runs of each set of notebooks.")
def main(rounds: int) -> None:
    """Time the build against plain papermill."""
    stems = project.stems()
    themes = [s for s in stems if not ipynb.reads_results(ipynb.read(project.notebook_path(s)))]
    compared(f"{len(themes)} themes", themes, rounds)
    compared(f"{len(stems)} notebooks", stems, rounds)


if __name__ == "__main__":
    main()
