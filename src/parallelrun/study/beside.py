"""Work that is done beside a run's cells, in a process forked from it, while a processor is free.

What is written while the next cells run is the same as what would be written before them; only in a run of the engine,
which knows how many processors are free, is anything done beside. What such work prints is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_free: list[Any] = []
_going: list[_Work] = []
_failed: list[Exception] = []
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
        Called here with what the work returned, by `collect` or `finish`.

    Raises
    ------
    Exception
        What earlier work raised.
    """
    _raise()
    if not _free or not _free[0].acquire(block=False):
        return False
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, ours, theirs), daemon=True)
    _forking.append(True)
    try:
        with warnings.catch_warnings(action="ignore"):  # of other threads: this process has one, which only waits
            process.start()
    except OSError:  # no room for another process
        _free[0].release()
        return False
    finally:
        _forking.clear()
    theirs.close()
    _going.append(_Work(process, ours, then))
    return True


def collect() -> None:
    """Hand over what is done; what went wrong is raised by the next `start` or `finish`."""
    for one in [one for one in _going if one.answer.poll()]:
        _end(one)


def finish() -> None:
    """Wait for all work that was begun.

    Raises
    ------
    Exception
        What the work raised.
    """
    while _going:
        _end(_going[0])
    _raise()


def _raise() -> None:
    if _failed:
        error = _failed[0]
        _failed.clear()
        raise error


def _end(one: _Work) -> None:
    _going.remove(one)
    try:
        done, value = one.answer.recv()
    except EOFError:
        one.process.join()
        done, value = False, RuntimeError(f"a process that wrote a figure ended with code {one.process.exitcode}")
    one.process.join()
    _free[0].release()
    if done:
        one.then(value)
    else:
        _failed.append(value)


def _do(work: Callable[[], Any], ours: Any, answer: Any) -> None:
    ours.close()
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    try:
        answer.send((True, work()))
    except Exception as error:
        answer.send((False, _portable(error)))


def _end_with(parent: Any) -> None:
    """Wait for the run to end, by a kill too, and end this process, which writes for it."""
    parent.join()
    os._exit(1)


def _portable(error: Exception) -> Exception:
    """Return an error as it can be sent to another process."""
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
