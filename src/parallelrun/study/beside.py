"""Work that is done beside a run's cells, in a process forked from it, while a processor is free.

What is written while the next cells run is the same as what would be written before them; only in a run of the engine,
which knows how many processors are free, is anything done beside.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_free: list[Any] = []
_going: list[_Work] = []
_forking: list[bool] = []


@dataclass(frozen=True)
class _Work:
    process: Any
    answer: Any
    then: Callable[[Any], None]


def allow(free: Any) -> None:
    """Let this process work beside its cells.

    Parameters
    ----------
    free : multiprocessing.Semaphore
        Counts the processors that no run uses.
    """
    _free[:] = [free]


def starting() -> bool:
    """Whether the process that is being started is one of these."""
    return bool(_forking)


def start(work: Callable[[], Any], then: Callable[[Any], None]) -> bool:
    """Begin some work beside the cells if a processor is free; say so.

    Parameters
    ----------
    work : callable
        Called in a process of its own; what it returns is pickled.
    then : callable
        Called here with what the work returned, by a later `start` or by `finish`.

    Raises
    ------
    Exception
        What earlier work raised.
    """
    for one in [one for one in _going if one.answer.poll()]:
        _end(one)
    if not _free or not _free[0].acquire(block=False):
        return False
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, theirs), daemon=True)
    _forking.append(True)
    try:
        with warnings.catch_warnings(action="ignore"):  # of other threads: this process has one, which only waits
            process.start()
    finally:
        _forking.clear()
    theirs.close()
    _going.append(_Work(process, ours, then))
    return True


def finish() -> None:
    """Wait for all work that was begun.

    Raises
    ------
    Exception
        What the work raised.
    """
    while _going:
        _end(_going[0])


def _end(one: _Work) -> None:
    _going.remove(one)
    try:
        done, value = one.answer.recv()
    except EOFError:
        one.process.join()
        done, value = False, RuntimeError(f"a process that wrote a figure ended with code {one.process.exitcode}")
    one.process.join()
    _free[0].release()
    if not done:
        raise value
    one.then(value)


def _do(work: Callable[[], Any], answer: Any) -> None:
    try:
        answer.send((True, work()))
    except Exception as error:
        answer.send((False, error))
