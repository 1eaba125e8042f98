"""Which curated tables an object was computed from, carried along by the computation itself.

`parallelrun.data.tables.load` marks a frame with the table it was read from. A function decorated with `traced`
marks what it returns with every table that any of its arguments carries. So a figure or a result knows
what it was really made of, and no list is kept by hand.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd
from matplotlib.figure import Figure

from parallelrun import project
from parallelrun.data.tables import Inputs
from parallelrun.study import memo
from parallelrun.study.figures import Plot

KEY = "inputs"

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def inputs_of(*objects: object) -> frozenset[str]:
    """Return the names of the tables that the objects were computed from.

    Looks into frames, series, dataclasses (plots, estimates), mappings, lists, tuples and sets; anything else has none.
    """
    found: set[str] = set()
    for thing in objects:
        if isinstance(thing, pd.DataFrame | pd.Series):
            found |= thing.attrs.get(KEY, frozenset())
        elif isinstance(thing, dict):
            found |= inputs_of(*thing.values())
        elif isinstance(thing, list | tuple | set):
            found |= inputs_of(*thing)
        elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            found |= getattr(thing, KEY, frozenset())
            found |= inputs_of(*(getattr(thing, f.name) for f in dataclasses.fields(thing) if f.name != KEY))
    return frozenset(found)


def named(*objects: object) -> str:
    """Return the names of the tables that the objects were computed from, as a message says them."""
    return ", ".join(sorted(inputs_of(*objects))) or "table"


def mark(thing: T, inputs: Iterable[str]) -> T:
    """Return the object with the given tables added to those it was computed from.

    Plain numbers, strings and arrays cannot carry a mark and are returned as they are.
    """
    return cast(T, _marked(thing, frozenset(inputs)))


def _marked(thing: Any, inputs: frozenset[str]) -> Any:
    if isinstance(thing, pd.DataFrame | pd.Series):
        thing.attrs[KEY] = Inputs(thing.attrs.get(KEY, frozenset()) | inputs)
    elif isinstance(thing, dict):
        return {key: _marked(value, inputs) for key, value in thing.items()}
    elif isinstance(thing, list):
        return [_marked(item, inputs) for item in thing]
    elif isinstance(thing, tuple):
        marked = [_marked(item, inputs) for item in thing]
        return type(thing)(*marked) if hasattr(thing, "_fields") else tuple(marked)
    elif dataclasses.is_dataclass(thing) and hasattr(thing, KEY):
        return dataclasses.replace(thing, **{KEY: inputs_of(thing) | inputs})  # type: ignore[type-var]
    return thing


def traced(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a pure function so that what it returns carries the tables of all its arguments.

    What it returns must follow from its arguments alone: the runs of a sweep share it (see `parallelrun.study.memo`).
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
        return mark(memo.call(function, args, kwargs), inputs_of(*args, *kwargs.values()))

    return wrapper


def drawn(function: Callable[P, Plot]) -> Callable[P, Plot]:
    """Decorate a function that returns a `Plot`, which then has the function's name and the tables of its arguments.

    In a run that does not draw the figure the function is not called, and the plot is empty.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Plot:
        if not project.surroundings().draws(function.__name__):
            return Plot(Figure(), pd.DataFrame(), "", "", "", name=function.__name__)
        plot = function(*args, **kwargs)
        inputs = inputs_of(plot, *args, *kwargs.values())
        return dataclasses.replace(plot, name=plot.name or function.__name__, inputs=inputs)

    return wrapper
