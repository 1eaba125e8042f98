"""Work beside the cells: done elsewhere while a processor is free, and its outcome is the same."""

import multiprocessing
import os
import signal

import pytest

from parallelrun.errors import FigureError
from parallelrun.study import beside


@pytest.fixture
def free(monkeypatch):
    """Two free processors."""
    monkeypatch.setattr(beside, "_free", [])
    semaphore = multiprocessing.get_context("fork").Semaphore(2)
    beside.allow(semaphore)
    yield semaphore
    beside.finish()


def test_nothing_is_done_beside_where_no_processor_is_known_to_be_free():
    assert not beside.start(os.getpid, print)


def test_work_is_done_in_another_process_and_what_it_returns_is_handed_over(free):
    found, go = [], multiprocessing.get_context("fork").Event()
    assert beside.start(lambda: go.wait() and os.getpid(), found.append)
    assert beside.start(lambda: go.wait() and "second", found.append)
    assert not beside.start(lambda: "third", found.append), "both processors are taken"
    assert found == []
    go.set()
    beside.finish()
    assert found[0] != os.getpid()
    assert found[1] == "second"
    assert beside.start(lambda: 3, found.append), "they are free again"


def fail():
    raise FigureError("figure 'a': a glyph is missing")


def test_an_error_beside_is_raised_here(free):
    beside.start(fail, print)
    with pytest.raises(FigureError, match="figure 'a': a glyph is missing"):
        beside.finish()
    assert beside.start(os.getpid, lambda pid: None), "its processor is free again"


def test_a_process_that_dies_is_told(free):
    beside.start(lambda: os.kill(os.getpid(), signal.SIGKILL), print)
    with pytest.raises(RuntimeError, match="ended with code -9"):
        beside.finish()
