"""Folders that appear complete or not at all, and paths that stay where they belong."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from parallelrun.errors import InputError

PREFIX = ".partial-"

UNLOCKED_SECONDS = 60
"""Age from which a folder that nobody has locked is taken for left behind."""

ELSEWHERE = ("--out", "--to", "--into")
"""Options that name where a command writes."""


def unwritten(error: OSError, options: Iterable[str]) -> str:
    """Return in words what the system refused, where, and what to do.

    Parameters
    ----------
    error : OSError
        As it was raised.
    options : iterable of str
        Those of the command; one that names another place to write to is told.
    """
    where = f"{error.filename}: " if error.filename else ""
    other = next((f", or name another folder with {one}" for one in options if one in ELSEWHERE), "")
    return f"{where}{error.strerror or error}; make room or allow it{other}, and repeat"


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an error of the system name the path that was asked for, in place of a hidden one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Yield a new hidden folder in which to prepare what is renamed into place later; it is gone afterwards.

    What a killed process left there is removed by the next.
    """
    import fcntl  # which a browser does not have, where the audit's page imports this module

    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.glob(f"{PREFIX}*"):
        _remove_if_left(old)
    with _naming(parent):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    import fcntl

    try:
        if not (folder / ".lock").exists() and time.time() - folder.stat().st_mtime > UNLOCKED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)  # its process was killed before it could lock it
            return
        with (folder / ".lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # in use, not locked yet, or gone


def replace(new: Path, old: Path) -> None:
    """Put a file or folder in another's place by renaming, so that a reader sees the old or the new, never a part."""
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.is_dir():
        aside = new.with_name(f"{new.name}.old")
        old.replace(aside)
        new.replace(old)
        shutil.rmtree(aside)
    else:
        new.replace(old)


def write(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader, and whoever comes after a kill, sees the old or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{PREFIX}{path.name}")
    with _naming(path):
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        partial.replace(path)


def inside(path: Path, folder: Path) -> Path:
    """Return a path if it stays in a folder when all links are followed.

    Raises
    ------
    InputError
        If it leads out.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{path}: leads out of {folder}, to {path.resolve()}; remove the link or rename")
    return path


def chosen(path: Path, option: str = "--out") -> Path:
    """Return the folder that somebody named for output with an option, where it really is.

    Raises
    ------
    InputError
        If it is a file.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"{option} {path}: is a file, expected a folder that is new or empty")
    return path.resolve()
