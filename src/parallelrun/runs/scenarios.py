"""Scenarios: named sets of parameters across notebooks, each with the story that it tells.

A scenario is a file ``scenarios/<name>.yml``::

    title: Sceptic
    story: What the numbers say if every doubt is resolved against the headline.
    notebooks:
      convergence:
        seed: 7

Notebooks that it does not name run with their defaults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from parallelrun import project
from parallelrun.errors import Faults, InputError, near
from parallelrun.runs import settings
from parallelrun.study import parameters
from parallelrun.study.parameters import Written


@dataclass(frozen=True)
class Scenario:
    """A scenario's name, title and story, and the values that it sets, by notebook and parameter."""

    name: str
    title: str
    story: str
    notebooks: dict[str, dict[str, Written]]


def path_of(name_or_path: str) -> Path:
    """Return a scenario's file, from its path or from the name that it has in ``scenarios/``.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.
    """
    folder = project.root() / "scenarios"
    if re.fullmatch(r"[\w-]+", name_or_path):
        known = names()
        if name_or_path in known:
            return folder / f"{name_or_path}.yml"
        raise InputError(f"no scenario {name_or_path!r}: {near(name_or_path, known)}")
    path = Path(name_or_path)
    if not path.is_file():
        raise InputError(f"no scenario file {name_or_path!r}: expected a YAML file, or a name: {', '.join(names())}")
    return path


def names() -> list[str]:
    """Return the names of the collection's scenarios, sorted."""
    return sorted(path.stem for path in (project.root() / "scenarios").glob("*.yml"))


def load(path: Path) -> Scenario:
    """Return a scenario whose every value has been checked.

    Raises
    ------
    InputError
        If the file is not a scenario, names a notebook that the collection does not have, or sets parameters wrongly;
        the message has a line for each fault, with file and line.
    """
    root = settings.read(path)
    top = root.only("title", "story", "notebooks")
    if not re.fullmatch(r"[\w-]+", path.stem):
        raise InputError(f"{path}: a scenario is named by its file: expected letters, digits, _ and - only")
    stems = project.stems()
    values: dict[str, dict[str, Written]] = {}
    faults = Faults(kind=InputError)
    for stem, node in top["notebooks"].mapping.items():
        with faults.part():
            if stem not in stems:
                raise InputError(f"{node.where}: the collection has no notebook {stem[:60]!r}: {near(stem, stems)}")
            values[stem] = {name: value.written for name, value in node.mapping.items()}
            parameters.read(parameters.model_for(stem), values[stem])
    faults.tell()
    return Scenario(path.stem, top["title"].written.text, " ".join(top["story"].written.text.split()), values)
