"""Load the curated tables as typed frames.

The tables form one Data Package (``datapackage.json``); its schema gives each column's type. Checking the
rows against it is the business of `parallelrun.data.validate`.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parallelrun import project
from parallelrun.errors import DataError, UnknownTableError, near

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "boolean"}
"""pandas type of each Table Schema type; dates are parsed to ``datetime64``."""


class Inputs(frozenset[str]):
    """Names of tables that something was computed from, as frames carry them in ``attrs``.

    pandas copies ``attrs`` in depth with nearly every operation; nothing here can change, so the copy is the original.
    """

    def __deepcopy__(self, memo: Any) -> Inputs:
        return self


def package(folder: Path | None = None) -> dict[str, Any]:
    """Return the data package's descriptor.

    Raises
    ------
    DataError
        If there is no readable ``datapackage.json`` in the folder.
    """
    path = (folder or project.data_dir()) / "datapackage.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected a Data Package descriptor") from None
    except ValueError as error:
        raise DataError(f"{path}: not valid JSON ({error})") from None


def table_name(resource: dict[str, Any]) -> str:
    """Return the name by which a resource is loaded: its path without the ending."""
    return resource["path"].removesuffix(".csv")


def tables(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return the descriptors of all tables, by name such as ``convergence/arena_scores``."""
    return {table_name(resource): resource for resource in package(folder)["resources"]}


def load(name: str) -> pd.DataFrame:
    """Return a curated table as a frame with the types and column order of its schema.

    Parameters
    ----------
    name : str
        Table name, for example ``"convergence/arena_scores"`` or ``"sources"``.

    Returns
    -------
    pandas.DataFrame
        One row an observation. ``attrs["inputs"]`` holds the table's name (see `parallelrun.study.provenance`).

    Raises
    ------
    UnknownTableError
        If there is no such table; the message names the nearest.
    DataError
        If the file does not parse with its schema's types.
    """
    return parsed(descriptor(name), content(name))


def parsed(resource: dict[str, Any], content: bytes) -> pd.DataFrame:
    """Return the frame that stands in the bytes of a table's file, otherwise as `load`.

    Parameters
    ----------
    resource : dict
        The table's description (see `descriptor`).
    content : bytes
        What its file holds (see `content`).

    Raises
    ------
    DataError
        If it does not parse with its schema's types.
    """
    import pandas as pd

    fields = resource["schema"]["fields"]
    dates = [f["name"] for f in fields if f["type"] == "date"]
    numbers = [f["name"] for f in fields if f["type"] == "number"] if b"INF" in content else []
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype={f["name"]: DTYPES[f["type"]] for f in fields if f["type"] != "date" and f["name"] not in numbers},
            converters=dict.fromkeys(numbers, _number),
            parse_dates=dates,
            date_format="%Y-%m-%d",
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
        )
        frame = frame[[f["name"] for f in fields]]
    except (KeyError, ValueError) as error:
        path = project.data_dir() / resource["path"]
        raise DataError(f"{path}: {error}; run `parallelrun validate` for the line and column") from None
    frame.attrs["inputs"] = Inputs({table_name(resource)})
    return frame


def _number(text: str) -> float:
    """Return the number that a cell holds; pandas' own parser asks the user's language for the small letters of INF."""
    return float(text) if text else math.nan


def content(name: str) -> bytes:
    """Return the bytes of a table's file.

    Raises
    ------
    UnknownTableError
        If there is no such table; the message names the nearest.
    DataError
        If its file cannot be read.
    """
    path = project.data_dir() / descriptor(name)["path"]
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def digest(name: str) -> str:
    """Return the SHA-256 of a table: its file's bytes and its description in the package; raises as `content`."""
    found = hashlib.sha256(content(name))
    found.update(_described(name, *_state()))
    return found.hexdigest()


@lru_cache(maxsize=4)
def _tables(folder: Path, changed: int, size: int) -> dict[str, dict[str, Any]]:
    return tables(folder)


@lru_cache(maxsize=512)
def _described(name: str, folder: Path, changed: int, size: int) -> bytes:
    return json.dumps(_tables(folder, changed, size)[name], sort_keys=True).encode()


def _state() -> tuple[Path, int, int]:
    """Return the folder of the package in use, and when its descriptor was changed and how large it is."""
    folder = project.data_dir()
    try:
        state = (folder / "datapackage.json").stat()
    except OSError:
        package(folder)  # says what is wrong
        raise
    return folder, state.st_mtime_ns, state.st_size


def descriptor(name: str) -> dict[str, Any]:
    """Return the description of a table in the package in use, read once for each state of its file.

    Raises
    ------
    UnknownTableError
        If there is no such table; the message names the nearest.
    DataError
        If the package cannot be read.
    """
    known = _tables(*_state())
    if name not in known:
        raise UnknownTableError(f"no table {name!r}: {near(name, sorted(known))}")
    return known[name]
