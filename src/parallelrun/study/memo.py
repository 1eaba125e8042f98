"""Keep what pure functions returned, so that the runs of one sweep compute what they have in common once.

Off unless a sweep for results only names a folder. A result is found again only by the function and the very content of
its arguments, and each call gets a copy of its own. Kept are calls of functions that stand under their own name in an
imported module, with arguments of plain types whose content can be told in full; never those of a notebook's own
functions, which may read its variables, nor calls with arguments that have a state, such as random generators.
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import os
import pickle
import sys
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
    if not folder or _inside or not _is_named(function) or not (key := _key(function, args, kwargs)):
        return function(*args, **kwargs)
    path = Path(folder) / key
    try:
        return pickle.loads(path.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError):
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


def _is_named(function: Callable[..., Any]) -> bool:
    """Whether a function is what its module has under its name: none of a notebook, no lambda, no closure."""
    module = None if function.__module__ == "__main__" else sys.modules.get(function.__module__)
    found = getattr(module, function.__qualname__, None)
    return found is not None and inspect.unwrap(found) is function


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

    kind = type(thing)
    digest.update(f"{kind.__module__}.{kind.__qualname__}(".encode())
    if kind in (type(None), bool, int, float, complex, str, bytes) or isinstance(thing, np.generic):
        digest.update(repr(thing).encode())
    elif kind in (pd.Timestamp, pd.Timedelta):
        digest.update(f"{thing!r}{thing.unit}".encode())
    elif kind is np.ndarray and not thing.dtype.hasobject:
        digest.update(f"{thing.dtype}{thing.shape}{thing.strides}".encode() + thing.tobytes())
    elif kind is pd.DataFrame:
        _feed(digest, [thing.columns, thing.index, thing.attrs])
        for _, column in thing.items():
            _feed_cells(digest, column)
    elif kind is pd.Series:
        _feed(digest, [thing.name, thing.index, thing.attrs])
        _feed_cells(digest, thing)
    elif kind is pd.MultiIndex:
        _feed(digest, [list(thing.names), list(thing.levels), [np.asarray(codes) for codes in thing.codes]])
    elif kind in (pd.Index, pd.RangeIndex, pd.DatetimeIndex):
        _feed(digest, [thing.name, repr(getattr(thing, "freq", None))])
        _feed_cells(digest, thing)
    elif kind is dict:
        for key, value in thing.items():
            _feed(digest, key)
            _feed(digest, value)
    elif isinstance(thing, set | frozenset) and all(type(one) in (str, int, float) for one in thing):
        digest.update(repr(sorted(map(repr, thing))).encode())
    elif isinstance(thing, list | tuple):
        for item in thing:
            _feed(digest, item)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for one in dataclasses.fields(thing):
            _feed(digest, one.name)
            _feed(digest, getattr(thing, one.name))
    else:
        raise TypeError(kind.__name__)
    digest.update(b")")


def _feed_cells(digest: Any, cells: Any) -> None:
    """Add the type and content of a column or an index to a digest.

    Raises
    ------
    TypeError
        If the type says more than the values do, as that of categories does.
    """
    import numpy as np
    import pandas as pd

    dtype = cells.dtype
    digest.update(f"{dtype!r}{len(cells)}(".encode())
    if isinstance(dtype, np.dtype) and not dtype.hasobject:
        digest.update(cells.to_numpy().tobytes())
    elif isinstance(dtype, np.dtype | pd.StringDtype | pd.BooleanDtype | pd.Int64Dtype | pd.Float64Dtype):
        digest.update(pickle.dumps(cells.tolist(), protocol=5))
    else:
        raise TypeError(str(dtype))


def _keep(path: Path, result: Any) -> None:
    """Keep a result, if it can be written and there is room."""
    try:
        room = os.statvfs(path.parent)
        content = pickle.dumps(result, protocol=5)
        if room.f_bavail * room.f_frsize >= LEAST_ROOM:
            with tempfile.NamedTemporaryFile(dir=path.parent) as file:
                file.write(content)
                file.flush()
                os.link(file.name, path)
    except (OSError, pickle.PicklingError, TypeError, AttributeError):
        pass
