"""Run jobs and show how far they are: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Container, Iterable, Iterator

from parallelrun import ipynb
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.engine.pool import Outcome

SECONDS = 5
"""Between lines that count runs."""


class Display:
    """A bar on a terminal; elsewhere only what is said."""

    def __init__(self, total: int, unit: str) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=total, unit=unit, leave=False, dynamic_ncols=True, disable=not sys.stderr.isatty())
        self.live = not self._bar.disable

    def say(self, line: str) -> None:
        """Write a line above the bar."""
        self._bar.write(line, file=sys.stderr)
        sys.stderr.flush()

    def step(self, doing: str = "") -> None:
        """Go one step on."""
        self._bar.set_description(doing, refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def run_shown(jobs: list[Job], on_trust: Container[str] = ()) -> Iterator[Outcome]:
    """Run jobs here, show each of their cells, and yield the outcomes as they come.

    Parameters
    ----------
    jobs : list of Job
        What to run.
    on_trust : container of str
        Stems of notebooks that read results which the others may yet change: whether they are done, the caller says.
    """
    cells = {job.notebook: len(ipynb.read(job.notebook)["cells"]) for job in jobs}
    print(f"Running {_count(len(jobs), 'notebook')}", file=sys.stderr)
    display = Display(sum(cells.values()), "cell")

    def on_cell(job: Job, index: int) -> None:
        if index == 0:
            display.say(f"  {job.stem}: started, {_count(cells[job.notebook], 'cell')}")
        display.step(f"{job.stem} {index + 1}/{cells[job.notebook]}")

    try:
        for outcome in pool.run_all(jobs, pool.workers(), on_cell):
            for note in outcome.notes:
                display.say(f"  {outcome.job.stem}: {note}")
            yield outcome
            state = "ended" if outcome.job.stem in on_trust else "FAILED" if outcome.error else "done"
            display.say(f"  {outcome.job.stem}: {state} after {outcome.seconds:.1f} s")
    finally:
        display.close()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def counted(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Yield outcomes as they come, and show how many there were, their rate, and the time left."""
    display, start = Display(total, "run"), time.monotonic()
    said = start
    try:
        for number, outcome in enumerate(outcomes, start=1):
            yield outcome
            display.step()
            if outcome.error:
                display.say(f"  FAILED: {outcome.error}")
            now = time.monotonic()
            if not display.live and (now - said > SECONDS or number == total):
                said, rate = now, number / (now - start)
                rest = f"{(total - number) / rate:.0f} s left" if number < total else f"{now - start:.1f} s"
                display.say(f"  {number} of {total} runs, {rate:.1f}/s, {rest}")
    finally:
        display.close()
