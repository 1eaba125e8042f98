"""Shared set-up: the kernels that nbval starts write into a folder of their own and talk over local sockets."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from hypothesis import settings
from jupyter_client.manager import KernelManager

from tests.collection import MINIMAL, ROOT, run_command, write

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
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    return tmp_path


@pytest.fixture
def fifth(collection):
    """A collection with one minimal notebook, that has no theme module and no data folder of its own."""
    write(collection, "fifth", MINIMAL.format(stem="fifth"))
    return collection
