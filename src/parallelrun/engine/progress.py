"""Show how far a build is: bars by cell on a terminal, a line for each notebook elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType

from parallelrun.engine.job import Job


class Progress:
    """Progress of several notebooks at once.

    Parameters
    ----------
    cells : dict of str to int
        How many cells each notebook has, by stem.
    """

    def __init__(self, cells: dict[str, int]) -> None:
        self._cells = cells
        self._started: set[str] = set()
        self._bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=sum(cells.values()), unit="cell", leave=False, dynamic_ncols=True)
        print(f"Running {len(cells)} notebook{'s' if len(cells) != 1 else ''}", file=sys.stderr)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def cell(self, job: Job, index: int) -> None:
        """A job begins a cell."""
        if job.stem not in self._started:
            self._started.add(job.stem)
            self._say(f"  {job.stem}: started, {self._cells[job.stem]} cells")
        if self._bar is not None:
            self._bar.set_description(f"{job.stem} {index + 1}/{self._cells[job.stem]}")
            self._bar.update()

    def done(self, job: Job, seconds: float, error: str | None) -> None:
        """A job has ended."""
        self._say(f"  {job.stem}: {'FAILED' if error else 'done'} after {seconds:.1f} s")

    def _say(self, line: str) -> None:
        if self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        else:
            print(line, file=sys.stderr, flush=True)
