"""Shared set-up: the kernels that nbval starts write into a folder of their own and talk over local sockets."""

from __future__ import annotations

import gc
import itertools
import os
import tempfile
from collections import Counter
from pathlib import Path

import nbval.kernel
import pytest
from hypothesis import settings
from jupyter_client.manager import KernelManager

from tests.collection import MINIMAL, ROOT, run_command, with_data, write

SCRATCH = tempfile.TemporaryDirectory(prefix="pr-")
NUMBERS = itertools.count()

os.environ |= {
    "PARALLELRUN_OUT": f"{SCRATCH.name}/out",
    "PARALLELRUN_FORMATS": "svg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class SocketKernelManager(KernelManager):
    """A kernel manager on Unix sockets, since kernels that start at once race for TCP ports."""

    def __init__(self, **kwargs):
        super().__init__(transport="ipc", ip=f"{SCRATCH.name}/k{next(NUMBERS)}", **kwargs)


nbval.kernel.KernelManager = SocketKernelManager

LONG = (
    "test_prove.py",
    "runs/test_build.py",
    "sweeps/test_sweep.py",
    "themes/test_claims_audit.py",
    "audit/test_passages.py",
    "seminar/test_solving.py",
    "test_reproduction.py",
    "export/test_verify.py",
    "audit/test_audit.py",
    "sweeps/test_cluster.py",
    "test_report.py",
    "export/test_command.py",
    "study/test_memo.py",
    "runs/test_compare.py",
    "runs/test_scenarios.py",
    "runs/test_accept.py",
    "data/test_overlay.py",
)
"""Modules of few tests that take long, about the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have workers begin with what takes long, then modules of many tests: at the end none waits for another."""
    if hasattr(config, "workerinput"):
        ranks = {f"tests/{name}": rank for rank, name in enumerate(LONG)}
        assert (missing := [name for name in ranks if not (ROOT / name).is_file()]) == [], f"no such module: {missing}"
        counts = Counter(_module(item) for item in items)
        items.sort(key=lambda item: (ranks.get(name := _module(item), len(ranks)), -counts[name], name))


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what imports and collection made: it is not garbage, and it is much."""
    gc.collect()
    gc.freeze()


def _module(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]


settings.register_profile("collection", deadline=None)  # a test does not time the machine
settings.load_profile("collection")


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def command():
    return run_command


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """A copy of the data with no notebooks, to be built in."""
    return with_data(tmp_path)


@pytest.fixture
def fifth(collection):
    """A collection with one minimal notebook, that has no theme module and no data folder of its own."""
    write(collection, "fifth", MINIMAL.format(stem="fifth"))
    return collection
