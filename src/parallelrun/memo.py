"""Keep what pure functions returned, so that the runs of one sweep compute what they have in common once.

Off unless a sweep for results only names a folder. A result is found again only by the function and the very content of
its arguments, and each call gets a copy of its own. Calls with arguments that have a state, such as random generators,
are never kept; figures are not kept, since such a sweep draws none.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VARIABLE = "PARALLELRUN_MEMO"
"""Environment variable: the folder; nothing is kept if it is not set."""

LEAST_SECONDS = 0.0015
"""Calls that took less are not kept: reading them would take as long."""

LEAST_ROOM = 1_000_000_000
"""Nothing more is kept once the file system has fewer bytes free than this."""

_inside = False


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a pure function returns for these arguments, computed or found again."""
    global _inside
    folder = os.environ.get(VARIABLE)
    if not folder or _inside or not (key := _key(function, args, kwargs)):
        return function(*args, **kwargs)
    path = Path(folder) / key
    try:
        return _drawn(pickle.loads(path.read_bytes()))
    except OSError:
        pass
    start = time.perf_counter()
    _inside = True
    try:
        result = function(*args, **kwargs)
    finally:
        _inside = False
    if time.perf_counter() - start >= LEAST_SECONDS:
        _keep(path, result)
    return result


class _Undrawn:
    """Stands for a figure in what is kept."""


def _key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return a digest of function and arguments; None if any argument is more than a plain value."""
    digest = hashlib.sha256(f"{function.__module__}.{function.__qualname__}".encode())
    try:
        _feed(digest, (args, kwargs))
    except (TypeError, AttributeError, pickle.PicklingError):
        return None
    return digest.hexdigest()


def _feed(digest: Any, thing: Any) -> None:
    """Add a value's type and content to a digest.

    Raises
    ------
    TypeError
        If it is no plain value.
    """
    import numpy as np
    import pandas as pd

    digest.update(f"{type(thing).__name__}(".encode())
    if thing is None or isinstance(thing, str | int | float | bytes | np.generic | pd.Timestamp | pd.Timedelta):
        digest.update(repr(thing).encode())
    elif isinstance(thing, np.ndarray) and thing.dtype != object:
        digest.update(f"{thing.dtype}{thing.shape}".encode() + np.ascontiguousarray(thing).tobytes())
    elif isinstance(thing, pd.DataFrame):
        _feed(digest, [list(thing.columns), thing.attrs, thing.index])
        for _, column in thing.items():
            _feed_cells(digest, column)
    elif isinstance(thing, pd.Series):
        _feed(digest, [thing.name, thing.attrs, thing.index])
        _feed_cells(digest, thing)
    elif isinstance(thing, pd.Index):
        _feed(digest, list(thing.names))
        _feed_cells(digest, thing)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            _feed(digest, key)
            _feed(digest, value)
    elif isinstance(thing, set | frozenset):
        digest.update(repr(sorted(map(repr, thing))).encode())
    elif isinstance(thing, list | tuple):
        for item in thing:
            _feed(digest, item)
    elif dataclasses.is_dataclass(thing):
        for one in dataclasses.fields(thing):
            _feed(digest, getattr(thing, one.name))
    else:
        raise TypeError(type(thing).__name__)
    digest.update(b")")


def _feed_cells(digest: Any, cells: Any) -> None:
    """Add the type and content of a column or an index to a digest."""
    import numpy as np

    digest.update(f"{cells.dtype}{len(cells)}(".encode())
    bare = isinstance(cells.dtype, np.dtype) and cells.dtype != object
    digest.update(cells.to_numpy().tobytes() if bare else pickle.dumps(cells.tolist(), protocol=5))


def _keep(path: Path, result: Any) -> None:
    room = os.statvfs(path.parent)
    if room.f_bavail * room.f_frsize < LEAST_ROOM:
        return
    try:
        content = pickle.dumps(_undrawn(result), protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError):
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def _undrawn(result: Any) -> Any:
    """Return a result with a mark in the place of each figure."""
    from matplotlib.figure import Figure

    if isinstance(result, Figure):
        return _Undrawn()
    return tuple(_undrawn(one) for one in result) if type(result) is tuple else result


def _drawn(result: Any) -> Any:
    """Return a result with an empty figure in the place of each mark."""
    from matplotlib.figure import Figure

    if isinstance(result, _Undrawn):
        return Figure()
    return tuple(_drawn(one) for one in result) if type(result) is tuple else result
