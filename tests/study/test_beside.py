"""Work beside the cells: done elsewhere while a processor is free, and its outcome is the same."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

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


class OddError(Exception):
    """Can be pickled, but not made again from what is pickled."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail_oddly():
    raise OddError(1, 2)


def test_an_error_that_cannot_be_sent_is_told_and_leaves_its_processor_free(free):
    beside.start(fail_oddly, print)
    beside.start(fail, print)
    with pytest.raises(Exception, match="1 and 2"):  # some libraries teach exceptions to be pickled
        beside.finish()
    assert beside.start(lambda: None, print)
    assert beside.start(lambda: None, print)


def test_what_is_done_is_handed_over_between_cells_and_its_error_at_the_next_figure(free):
    beside.start(fail, print)
    beside._going[0].answer.poll(60)
    beside.collect()
    with pytest.raises(FigureError):
        beside.start(lambda: None, print)


def left_behind(told):
    """Begin some work that never ends, tell its process, and die as of a kill."""
    semaphore = multiprocessing.get_context("fork").Semaphore(1)
    beside._going.clear()
    beside.allow(semaphore)
    beside.start(lambda: told.send(os.getpid()) or time.sleep(600), print)
    time.sleep(0.3)
    os._exit(9)


def test_nothing_goes_on_once_its_run_was_killed():
    ours, theirs = multiprocessing.Pipe(duplex=False)
    run = multiprocessing.get_context("fork").Process(target=left_behind, args=(theirs,))
    run.start()
    pid = ours.recv()
    run.join()
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").is_file() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} goes on without its run")


def test_a_process_that_dies_is_told(free):
    beside.start(lambda: os.kill(os.getpid(), signal.SIGKILL), print)
    with pytest.raises(RuntimeError, match="ended with code -9"):
        beside.finish()
