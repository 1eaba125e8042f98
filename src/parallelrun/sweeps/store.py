"""Where a sweep writes: a folder, or any URL that fsspec knows (s3://, gs://, memory://, …)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parallelrun import folders
from parallelrun.errors import InputError


@dataclass(frozen=True)
class Store:
    """A folder at a URL. It can be sent to another machine, which then writes to the same place."""

    url: str

    @property
    def _fs(self) -> tuple[Any, str]:
        import fsspec

        fs, path = fsspec.url_to_fs(self.url)
        return fs, path.rstrip("/")

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        fs, root = self._fs
        fs.makedirs(f"{root}/{name}".rsplit("/", 1)[0], exist_ok=True)
        fs.pipe_file(f"{root}/{name}", content)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if there is no such file."""
        fs, root = self._fs
        try:
            return fs.cat_file(f"{root}/{name}")
        except FileNotFoundError:
            return None

    def names(self, folder: str = "") -> list[str]:
        """Return the names of the files and folders in a folder, sorted."""
        fs, root = self._fs
        try:
            fs.invalidate_cache()
            return sorted(path.rsplit("/", 1)[1] for path in fs.ls(f"{root}/{folder}".rstrip("/"), detail=False))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def remove(self, name: str = "") -> None:
        """Remove a file, or a folder with all that is in it."""
        fs, root = self._fs
        path = f"{root}/{name}".rstrip("/")
        if fs.exists(path):
            fs.rm(path, recursive=True)

    @property
    def local(self) -> Path | None:
        """The folder, if it is on this machine."""
        fs, root = self._fs
        return Path(root) if "file" in fs.protocol else None

    def shown(self) -> str:
        """Return the place in the shortest words."""
        return self.url if self.local is None else f"{os.path.relpath(self.local)}/"


def at(place: str) -> Store:
    """Return the store at a path or URL that somebody named.

    Raises
    ------
    InputError
        If it is no plain path, or a URL of a kind that is not installed, or with a password in it.
    """
    place = re.sub(r"^(file|local)://", "", place)
    if not (scheme := re.match(r"([a-z][a-z0-9+.]*)://", place)):
        return Store(str(folders.chosen(Path(place))))
    import fsspec

    if re.search(r"://[^/]*@", place) or ".." in place.split("/") or re.search(r"[\x00-\x1f{}\\]", place):
        raise InputError("--out: expected a plain URL, without a user, password, '..' or braces")
    try:
        fsspec.get_filesystem_class(scheme[1])
    except (ValueError, ImportError) as error:
        raise InputError(f"--out {place}: {error}") from None
    return Store(place)
