"""Keep what pure functions returned, so that the runs of one sweep compute what they have in common once.

Off unless a run's surroundings name a folder. A result is found again only by the function and the very content of its
arguments, as pickle writes it (joblib.hash takes ten times as long), and each call gets a copy of its own. Kept are
calls of functions that stand under their own name in an imported module, with arguments that are values, or tell all
that they know (see `Knowing`); never those of a notebook's own functions, which may read its variables, nor calls with
arguments that have a state, such as random generators and iterators.
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
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parallelrun import project

LEAST_SECONDS = 0.0015
"""Calls that took less are not kept: reading them would take as long."""

LEAST_ROOM = 1_000_000_000
"""Nothing more is kept once the file system has fewer bytes free than this."""


class Knowing(ABC):
    """Something that reads files when it is first asked for them, and goes by what it has read from then on.

    A call in which it reads more is not kept, since what it knew before does not tell the result.
    """

    @abstractmethod
    def known(self) -> Any:
        """Return what it was given and has read so far, as it is held: all that its answers follow from."""


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a pure function returns for these arguments, computed or found again."""
    folder = project.surroundings().memo
    given = dict[Any, Any](enumerate(args)) | kwargs
    values = {place: thing for place, thing in given.items() if not isinstance(thing, Knowing)}
    if folder is None or not _is_named(function) or not _is_value(values):
        return function(*args, **kwargs)
    known = _known(given)
    path = folder / _digest([function.__module__, function.__qualname__, values, known])
    try:
        return pickle.loads(path.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError):
        pass
    start = time.perf_counter()
    result = function(*args, **kwargs)
    worth = time.perf_counter() - start >= LEAST_SECONDS
    return _kept(path, result) if worth and _known(given) == known else result


def _known(given: dict[Any, Any]) -> dict[Any, str]:
    """Return the digest of what each argument that is `Knowing` knows by now, by its place."""
    return {
        place: _digest([type(thing).__qualname__, thing.known()])
        for place, thing in given.items()
        if isinstance(thing, Knowing)
    }


def _digest(content: Any) -> str:
    return hashlib.sha256(pickle.dumps(content, protocol=5)).hexdigest()


def _is_named(function: Callable[..., Any]) -> bool:
    """Whether a function is what its module has under its name: none of a notebook, no lambda, no closure."""
    module = None if function.__module__ == "__main__" else sys.modules.get(function.__module__)
    found = getattr(module, function.__qualname__, None)
    return found is not None and inspect.unwrap(found) is function


def _is_value(thing: Any) -> bool:
    """Whether a thing is told in full by its content, and has no state that a call would change."""
    import numpy as np
    import pandas as pd

    if isinstance(thing, dict):
        return all(_is_value(part) for pair in thing.items() for part in pair)
    if isinstance(thing, list | tuple | set | frozenset):
        return all(map(_is_value, thing))
    if dataclasses.is_dataclass(thing):
        return not isinstance(thing, type) and all(
            _is_value(getattr(thing, field.name)) for field in dataclasses.fields(thing)
        )
    if isinstance(thing, np.ndarray):
        return type(thing) is np.ndarray and not thing.dtype.hasobject
    values = (bool, int, float, complex, str, bytes, np.generic, pd.Timestamp, pd.Timedelta)
    return thing is None or isinstance(thing, (*values, pd.DataFrame, pd.Series, pd.Index))


def _kept(path: Path, result: Any) -> Any:
    """Keep a result, if it can be written and there is room; return it as later runs will find it."""
    try:
        room = os.statvfs(path.parent)
        content = pickle.dumps(result, protocol=5)
        if room.f_bavail * room.f_frsize >= LEAST_ROOM:
            with tempfile.NamedTemporaryFile(dir=path.parent) as file:
                file.write(content)
                file.flush()
                os.link(file.name, path)
        return pickle.loads(content)
    except (OSError, pickle.PicklingError, TypeError, AttributeError):
        return result
