"""Stories: where one parameter changes what a reader takes away, as data that a page can draw without Python.

A theme has its stories in ``themes/<stem>/stories.py``, as a tuple `STORIES`. Each names the parameters that are moved,
the values that they are moved over, and a function of the theme that computes from the notebook's own models.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from parallelrun.data import tables
from parallelrun.errors import InputError, near
from parallelrun.study import parameters
from parallelrun.study.estimates import Estimate
from parallelrun.study.parameters import Parameters
from parallelrun.study.results import rounded

Series = dict[str, Estimate | None]
"""What is computed at one point, by label; None where there is nothing, such as a batch that no memory holds."""

Compute = Callable[[Any], Series]
"""A function of a theme's parameters."""


@dataclass(frozen=True)
class Story:
    """One parameter or two that change the story.

    Attributes
    ----------
    stem, name : str
        Notebook, and name within it.
    question : str
        What a reader asks.
    method : str
        What is drawn and how it was computed, in a sentence or two.
    axes : dict
        Values to try by parameter; the first parameter is the chart's axis, its values are numbers in rising order.
    begin : callable
        Takes a function that loads a table by name, and returns what computes one point from the parameters.
    result : str
        The recorded result that the first label equals where all parameters have their defaults.
    at : dict
        Values in place of defaults for which the first label equals that result.
    log : bool
        Whether the chart's horizontal axis is logarithmic.
    level : float, optional
        A value to mark, such as 1 where both sides are equal.
    """

    stem: str
    name: str
    question: str
    method: str
    axes: dict[str, tuple[Any, ...]]
    begin: Callable[[Callable[[str], Any]], Compute]
    result: str
    at: dict[str, Any] = field(default_factory=dict)
    log: bool = False
    level: float | None = None

    def model(self) -> type[Parameters]:
        """Return the model of the notebook's parameters."""
        return parameters.model_for(self.stem)

    def computer(self) -> Callable[..., Series]:
        """Return a function of the moved parameters, by name, the others at their defaults.

        Raises
        ------
        ParameterError
            When it is called with an unknown parameter or a value out of range.
        """
        compute, model = self.begin(tables.load), self.model()
        return lambda **values: compute(parameters.check(model, values))


def of(stem: str) -> tuple[Story, ...]:
    """Return the stories of a notebook; none if its theme has none."""
    module = f"parallelrun.themes.{stem}.stories"
    if parameters.theme_of(stem) is None or importlib.util.find_spec(module) is None:
        return ()
    return importlib.import_module(module).STORIES


def find(stem: str, name: str | None = None) -> Story:
    """Return a story by name, or the first of a notebook.

    Raises
    ------
    InputError
        If there is none of that name; the nearest is named.
    """
    known = {story.name: story for story in of(stem)}
    if not known:
        raise InputError(f"the notebook {stem!r} has no stories; add themes/{stem}/stories.py with STORIES")
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise InputError(f"no story {name!r} in {stem}: {near(name, known)}")
    return known[name]


def computed(story: Story) -> dict[str, Any]:
    """Return a story at every combination of its values, as plain data for a page.

    Returns
    -------
    dict
        What `Story` says; ``axes`` (name, meaning, unit, values, default, an index), ``labels``, ``units``, and
        ``points``: for each combination, the last axis fastest, for each label value, low and high, or null.
    """
    fields = {row["name"]: row for row in parameters.schema(story.model())}
    compute = story.computer()
    found = [
        compute(**dict(zip(story.axes, values, strict=True))) for values in itertools.product(*story.axes.values())
    ]
    labels = list(found[0])
    units = [next((one[label].unit for one in found if one[label]), "") for label in labels]  # type: ignore[union-attr]
    return {
        "stem": story.stem,
        "name": story.name,
        "question": story.question,
        "method": story.method,
        "result": f"{story.stem}.{story.result}",
        "log": story.log,
        "level": story.level,
        "axes": [
            {
                **{key: fields[name][key] for key in ("name", "help", "unit")},
                "values": list(values),
                "default": nearest(values, fields[name]["default"]),
            }
            for name, values in story.axes.items()
        ],
        "labels": labels,
        "units": units,
        "points": [[_ends(one[label]) for label in labels] for one in found],
    }


def nearest(values: tuple[Any, ...], default: Any) -> int:
    """Return the place of a default among the values: itself, or the nearest number."""
    if default in values:
        return values.index(default)
    return min(range(len(values)), key=lambda place: abs(values[place] - default))


def _ends(estimate: Estimate | None) -> list[float | int | None] | None:
    return None if estimate is None else [rounded(one) for one in (estimate.value, *estimate.ends)]
