"""Time the full build against plain papermill, side by side: the same notebooks, environment and formats.

Plain papermill is `make -j2` over one `papermill` command line a notebook, each with a kernel of its own. The two
are run in turn, and the medians and the ratio of each pair are printed. Run it with `make bench`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parallelrun import pool, project

ROUNDS = 3
BIN = Path(sys.executable).parent


def timed(command: list[str], folder: Path, **variables: str) -> float:
    """Return the wall time of a command in seconds; stop if it fails."""
    start = time.monotonic()
    finished = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | pool.SINGLE_THREADED | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{finished.stderr}")
    return time.monotonic() - start


def ours(folder: Path) -> float:
    """Return the seconds of a full build into an empty folder."""
    return timed([str(BIN / "parallelrun"), "build", "--into", str(folder / "ours")], project.root())


def plain(folder: Path) -> float:
    """Return the seconds of plain papermill on all notebooks, two at a time."""
    notebooks, stems = project.root() / "notebooks", project.stems()
    lines = [f".PHONY: all {' '.join(stems)}", f"all: {' '.join(stems)}"]
    for stem in stems:
        lines += [f"{stem}:", f"\t{BIN}/papermill --cwd {notebooks} {notebooks}/{stem}.ipynb {stem}.ipynb"]
    (folder / "Makefile").write_text("\n".join(lines) + "\n")
    return timed(["make", "-j2"], folder, PARALLELRUN_OUT=str(folder / "plain"))


def main() -> None:
    """Print both times and their ratio."""
    pairs = []
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory() as name:
            pair = ours(Path(name)), plain(Path(name))
        pairs.append(pair)
        print(f"round {number}: build {pair[0]:.1f} s, plain papermill {pair[1]:.1f} s, ratio {pair[0] / pair[1]:.2f}")
    build, papermill = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"median of {ROUNDS}: build {build:.1f} s, plain papermill {papermill:.1f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
