"""Designs of sweeps: which parameter sets to run, read from a YAML file and checked against the notebook's model.

::

    fixed: {draws: 2000}                       # the same in every run
    grid:                                      # every combination
      output_share: {low: 0, high: 100, steps: 5}
      power_reading: [articles, national averages]
    zip: {price: [1, 2, 3], discount: [10, 20, 30]}    # side by side
    sobol:                                     # or latin_hypercube, or random
      samples: 64
      seed: 1
      ranges:
        paid_share: {low: 1, high: 100, scale: log}

Where a file has several of ``grid``, ``zip`` and a sample, every combination of their sets is run.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from parallelrun.errors import Faults, InputError
from parallelrun.runs import settings
from parallelrun.runs.settings import Node
from parallelrun.study import parameters
from parallelrun.study.parameters import Parameters

MOST = 100_000
"""Runs that one sweep may have."""

LISTS = ("grid", "zip")
SAMPLES = ("random", "latin_hypercube", "sobol")

Point = dict[str, Any]

Found = TypeVar("Found")
Reading = Callable[[str, Node, type[Parameters]], Found]


@dataclass(frozen=True)
class Design:
    """What a sweep runs.

    Attributes
    ----------
    swept : tuple of str
        The parameters that vary, in the file's order.
    points : list of dict
        All parameters of each run, checked.
    sampled : bool
        Whether any of them was drawn rather than listed.
    """

    swept: tuple[str, ...]
    points: list[Point]
    sampled: bool


def load(path: Path, model: type[Parameters]) -> Design:
    """Return the design that a file describes.

    Raises
    ------
    InputError
        If the file is not one, or sets parameters wrongly; the message has a line for each fault, with file and line.
    """
    root = settings.read(path)
    blocks = root.only(optional=("fixed", *LISTS, *SAMPLES))
    start: Point = {}
    parts: list[list[Point]] = []
    faults = Faults(kind=InputError)
    if "fixed" in blocks:
        with faults.part():
            start = _each(_value, blocks["fixed"].mapping, model)
    taken = set(start)
    for kind in [kind for kind in blocks if kind != "fixed"]:
        node = blocks[kind]
        with faults.part():
            part = _listed(kind, node, model) if kind in LISTS else _sample(kind, node, model)
            if twice := taken & set(part[0]):
                raise InputError(f"{node.where}: parameter {min(twice)!r} is set twice in this file; keep one")
            taken |= set(part[0])
            parts.append(part)
    faults.tell()
    if not parts:
        raise InputError(f"{path}: nothing is swept; expected some of {', '.join((*LISTS, *SAMPLES))}")
    _limit(math.prod(len(part) for part in parts), str(path))
    points = [
        parameters.check(model, reduce(or_, combination, start)).model_dump()
        for combination in itertools.product(*parts)
    ]
    swept = tuple(name for part in parts for name in part[0])
    return Design(swept, points, any(kind in SAMPLES for kind in blocks))


def _listed(kind: str, node: Node, model: type[Parameters]) -> list[Point]:
    columns = _each(_values, _named(node), model)
    lengths = {name: len(values) for name, values in columns.items()}
    if kind == "grid":
        _limit(math.prod(lengths.values()), node.where)
    elif len(set(lengths.values())) > 1:
        counted = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise InputError(f"{node.where}: lists side by side must have one length, but {counted}")
    rows = itertools.product(*columns.values()) if kind == "grid" else zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _sample(kind: str, node: Node, model: type[Parameters]) -> list[Point]:
    from scipy.stats import qmc

    parts = node.only("samples", "ranges", optional=("seed",))
    count = parts["samples"].whole(1)
    seed = parts["seed"].whole(0) if "seed" in parts else 0
    _limit(count, parts["samples"].where)
    if kind == "sobol" and count & (count - 1):
        low = 1 << (count.bit_length() - 1)
        raise InputError(f"{parts['samples'].where}: a Sobol design needs a power of two, such as {low} or {2 * low}")
    scales = _each(_scale, _named(parts["ranges"]), model)
    rng = np.random.default_rng(seed)
    if kind == "random":
        units = rng.random((count, len(scales)))
    elif kind == "latin_hypercube":
        units = qmc.LatinHypercube(len(scales), rng=rng).random(count)
    else:
        units = qmc.Sobol(len(scales), rng=rng).random(count)
    return [{name: scales[name](float(u)) for name, u in zip(scales, row, strict=True)} for row in units]


def _named(node: Node) -> dict[str, Node]:
    if not node.mapping:
        raise InputError(f"{node.where}: expected at least one parameter")
    return node.mapping


def _each(reading: Reading[Found], named: dict[str, Node], model: type[Parameters]) -> dict[str, Found]:
    """Return what is read for each parameter; the faults of all of them are told at once."""
    faults, found = Faults(kind=InputError), {}
    for name, node in named.items():
        with faults.part():
            found[name] = reading(name, node, model)
    faults.tell()
    return found


def _value(name: str, node: Node, model: type[Parameters]) -> Any:
    """Return a parameter's one value."""
    return parameters.read(model, {name: node.written}).model_dump()[name]


def _some(name: str, nodes: Iterable[Node], model: type[Parameters]) -> list[Any]:
    """Return several values of a parameter; the faults of all of them are told at once, an unknown name once."""
    faults, found = Faults(kind=InputError), []
    for node in nodes:
        with faults.part():
            found.append(_value(name, node, model))
        if name not in model.model_fields:
            break
    faults.tell()
    return found


def _values(name: str, node: Node, model: type[Parameters]) -> list[Any]:
    """Return a parameter's values, listed or as ``{low, high, steps}``."""
    if node.listed:
        if not node.items:
            raise InputError(f"{node.where}: expected at least one value")
        return _some(name, node.items, model)
    low, high, log = _ends(name, node, model, "steps")
    steps = node.mapping["steps"].whole(2)
    _limit(steps, node.where)
    spaced = np.geomspace(low, high, steps) if log else np.linspace(low, high, steps)
    values = [_number(name, float(value), model) for value in spaced]
    return list(dict.fromkeys(values))


def _scale(name: str, node: Node, model: type[Parameters]) -> Callable[[float], Any]:
    """Return the function that takes a number from 0 to 1 to a value of the parameter."""
    if node.listed:
        choices = _values(name, node, model)
        return lambda u: choices[min(int(u * len(choices)), len(choices) - 1)]
    low, high, log = _ends(name, node, model)
    if model.model_fields[name].annotation is int and not log:
        return lambda u: int(low) + min(int(u * (int(high) - int(low) + 1)), int(high) - int(low))
    if log:
        return lambda u: _number(name, math.exp(math.log(low) + u * (math.log(high) - math.log(low))), model)
    return lambda u: _number(name, low + u * (high - low), model)


def _ends(name: str, node: Node, model: type[Parameters], *more: str) -> tuple[float, float, bool]:
    parts = node.only("low", "high", *more, optional=("scale",))
    ends = _some(name, (parts["low"], parts["high"]), model)
    if any(isinstance(end, str | bool) for end in ends):
        raise InputError(f"{node.where}: parameter {name!r} is no number; list its values, such as [a, b]")
    low, high = float(ends[0]), float(ends[1])
    if not low < high:
        raise InputError(f"{node.where}: low {low:g} is not below high {high:g}")
    scale = parts["scale"].written.text if "scale" in parts else "linear"
    if scale not in ("linear", "log") or (scale == "log" and low <= 0):
        raise InputError(f"{node.where}: scale {scale[:20]!r}: expected linear, or log with a low above 0")
    return low, high, scale == "log"


def _number(name: str, value: float, model: type[Parameters]) -> Any:
    """Return a number of the parameter's type, without the noise of its last digits."""
    return round(value) if model.model_fields[name].annotation is int else float(f"{value:.12g}")


def _limit(count: int, where: str) -> None:
    if count > MOST:
        raise InputError(f"{where}: asks for {count:,} runs, expected at most {MOST:,}; take fewer steps, or a sample")
