"""Where a sweep writes: a folder, or any URL that fsspec knows (s3://, gs://, memory://, …)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import fsspec
from fsspec.implementations.dirfs import DirFileSystem

from parallelrun import folders
from parallelrun.errors import InputError


class Store(DirFileSystem):
    """A folder, here or elsewhere, with its files by the paths that they have in it."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in folders that are made if they are not there; on this machine whole or not at all."""
        if self.local is not None:
            folders.write(self.local / name, content)
            return
        self.makedirs(str(Path(name).parent), exist_ok=True)
        self.pipe_file(name, content)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if there is no such file."""
        try:
            return self.cat_file(name)
        except FileNotFoundError:
            return None

    def names(self, folder: str = "") -> list[str]:
        """Return the names of the files and folders in a folder, sorted, without what a kill left half written."""
        try:
            found = sorted(Path(path).name for path in self.ls(folder, detail=False))
            return [name for name in found if not name.startswith(folders.PREFIX)]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def remove(self, name: str = "") -> None:
        """Remove a file or folder, if it is there."""
        if self.exists(name):
            self.rm(name, recursive=True)

    @property
    def local(self) -> Path | None:
        """The folder, if it is on this machine."""
        return Path(self.path) if "file" in self.fs.protocol else None

    def shown(self) -> str:
        """Return the place in the shortest words."""
        return self.fs.unstrip_protocol(self.path) if self.local is None else f"{os.path.relpath(self.path)}/"


def at(place: str) -> Store:
    """Return the folder at a path or URL that somebody named.

    Raises
    ------
    InputError
        If it is a file, or a URL of a kind that is not installed.
    """
    place = re.sub(r"^(file|local)://", "", place)
    if "://" not in place:
        place = str(folders.chosen(Path(place)))
    try:
        system, path = fsspec.url_to_fs(place, use_listings_cache=False)
    except (ValueError, ImportError) as error:
        raise InputError(f"--out {place}: {error}") from None
    return Store(path.rstrip("/"), system)
