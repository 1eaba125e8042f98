"""Which files of a folder a run really reads, as Python reports it of this process while it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parallelrun.study import beside

LOOKS = {"open", "os.listdir", "os.scandir"}
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}


def watch(folder: Path) -> Callable[[], frozenset[str] | None]:
    """Watch this process from now on; it cannot be ended, so give each run a process of its own.

    What a library opens past Python is not seen, nor a mere question whether a file is there.

    Parameters
    ----------
    folder : Path
        What lies at or below it is noted.

    Returns
    -------
    callable
        Returns the names, relative to the folder, of the files that were opened and the folders that were listed so
        far; None once another process was started, since what that one reads is not known.
    """
    roots = set(_names(folder))
    seen: set[str] = set()
    others: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTS and not beside.starting():
            others.append(event)
        elif event in LOOKS and isinstance(arguments[0], str | bytes | os.PathLike):
            for name in _names(os.fsdecode(arguments[0])):
                seen.update(os.path.relpath(name, root) for root in roots if f"{name}/".startswith(f"{root}/"))

    sys.addaudithook(note)
    return lambda: None if others else frozenset(seen)


def _names(path: str | Path) -> tuple[str, str]:
    """Return a path without its dots, as it was given and with its links followed: either may lie in the folder."""
    return os.path.abspath(path), os.path.realpath(path)  # noqa: PTH100
