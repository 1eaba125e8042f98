"""Sessions and exercises as data: one YAML file a session in ``seminar/``, held against the models below."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from parallelrun import project
from parallelrun.errors import InputError, near

MINUTES = 90
"""Length of a session."""

LEAST_EXERCISES = 6

Kind = Literal[
    "change a parameter", "find a value", "compute from the tables", "defend or refute", "write a check", "add a row"
]


class Part(BaseModel):
    """What the seminar holds, checked as it is read: no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Part):
    """A run of a notebook: parameters that differ from its own, and rows added to tables, each with some columns.

    What a row does not give is as in the last row of its table.
    """

    notebook: str
    set: dict[str, bool | int | float | str] = {}
    add: dict[str, list[dict[str, str | int | float]]] = {}


class Asked(Part):
    """One answer that is asked for: a number within so much of the computed one, one of some words, or a text."""

    what: str
    unit: str = ""
    within: float | None = Field(None, ge=0)
    choices: tuple[str, ...] = ()

    def hint(self) -> str:
        """Return what to write, in words."""
        if self.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        if self.within is None:
            return "a text"
        return f"a number{f' ({self.unit})' if self.unit else ''}"


class Misreading(Part):
    """How one comes to another answer, and what computes it."""

    name: str
    code: str


class Exercise(Part):
    """An exercise with its solution.

    Attributes
    ----------
    name : str
        Its name, an identifier: ``check_<name>`` checks answers to it.
    notebook : str
        Stem of the notebook at whose end it stands.
    kind : str
        What there is to do.
    text : str
        The exercise; Markdown.
    runs : dict
        Runs of notebooks that the solution reads, by the variable that holds their results.
    asks : dict
        What is asked for, by the variable that holds it when the solution has run.
    solution : str
        Python that sets these variables.
    says : str
        What the answer means, for the teacher; ``{name:format}`` stands for a variable of the solution.
    misreadings : list
        Other ways to an answer.
    judge : str
        Python that sets ``fault``, a text that says what is wrong with the answers, or empty; in place of a comparison
        with the solution where many answers are right.
    """

    name: str
    notebook: str
    kind: Kind
    text: str
    runs: dict[str, Run] = {}
    asks: dict[str, Asked]
    solution: str
    says: str
    misreadings: tuple[Misreading, ...] = ()
    judge: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Exercise:
        names = [self.name, *self.asks, *self.runs]
        if wrong := [name for name in names if not name.isidentifier()]:
            raise ValueError(f"{wrong[0]!r} is no name: expected letters, digits and _")
        if unknown := {self.notebook, *(run.notebook for run in self.runs.values())} - set(project.stems()):
            raise ValueError(f"no notebook {min(unknown)!r}: {near(min(unknown), project.stems())}")
        for code in (self.solution, self.judge, *(one.code for one in self.misreadings)):
            try:
                ast.parse(code)
            except SyntaxError as error:
                raise ValueError(f"not Python, {error.msg}, in line {error.lineno} of: {code[:80]!r}") from None
        return self


class Reading(Part):
    """What to read before a session, and why."""

    what: str
    why: str


class Question(Part):
    """A question to discuss, and what the teacher listens for."""

    ask: str
    listen: str


class Step(Part):
    """A step of a session: how long it takes, what is done, how, with which figures (``stem/name``) and exercises."""

    minutes: int = Field(gt=0)
    what: str
    how: str
    figures: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()


class Session(Part):
    """A session of the seminar."""

    order: int = Field(ge=1)
    title: str
    notebook: str
    aims: tuple[str, ...] = Field(min_length=2)
    reading: tuple[Reading, ...] = Field(min_length=1)
    plan: tuple[Step, ...]
    questions: tuple[Question, ...] = Field(min_length=3)
    exercises: tuple[Exercise, ...] = Field(min_length=LEAST_EXERCISES)

    @model_validator(mode="after")
    def _whole(self) -> Session:
        if (minutes := sum(step.minutes for step in self.plan)) != MINUTES:
            raise ValueError(f"the plan takes {minutes} minutes, expected {MINUTES}")
        names = [exercise.name for exercise in self.exercises]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two exercises are called {twice[0]!r}")
        for named in (name for step in self.plan for name in step.exercises):
            if named not in names:
                raise ValueError(f"the plan names the exercise {named!r}: {near(named, names)}")
        return self

    def numbered(self, name: str) -> int:
        """Return an exercise's number in the session."""
        return 1 + [exercise.name for exercise in self.exercises].index(name)


def folder() -> Path:
    """Return the folder of the sessions' files."""
    return project.root() / "seminar"


def load(path: Path) -> Session:
    """Return the session of a file.

    Raises
    ------
    InputError
        If it is no session; the message has file and line, what was found and what was expected.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        text = path.read_text(encoding="utf-8")
        content = YAML(typ="safe", pure=True).load(text)
        tree = YAML(typ="safe", pure=True).compose(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        place = f"{path}, line {mark.line + 1}" if mark else f"{path}"
        raise InputError(f"{place}: not valid YAML ({problem or error})") from None
    try:
        return Session.model_validate(content)
    except ValidationError as error:
        lines = [f"{path}, line {_line(tree, one['loc'])}: {_where(one)}{_said(one)}" for one in error.errors()]
        raise InputError("\n".join(lines)) from None


def _line(node: Any, loc: tuple[Any, ...]) -> int:
    """Return the line of a place in a composed document, or of the nearest one around it."""
    line = node.start_mark.line + 1 if node else 1
    for step in loc:
        if isinstance(step, int) and isinstance(node.value, list) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
            continue
        pair = [pair for pair in node.value if isinstance(pair, tuple) and pair[0].value == step]
        if not pair:
            break
        line, node = pair[0][0].start_mark.line + 1, pair[0][1]
    return line


def _where(problem: Any) -> str:
    return f"{'.'.join(map(str, problem['loc']))}: " if problem["loc"] else ""


def _said(problem: Any) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    return "expected no such name" if problem["type"] == "extra_forbidden" else message


def all_sessions() -> list[Session]:
    """Return the sessions in their order.

    Raises
    ------
    InputError
        As `load`; or if two sessions have exercises of one name.
    """
    found = sorted((load(path) for path in folder().glob("*.yml")), key=lambda session: session.order)
    names = [exercise.name for session in found for exercise in session.exercises]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{folder()}: two sessions have an exercise {twice[0]!r}; give each a name of its own")
    return found


def exercise(name: str) -> Exercise:
    """Return the exercise of a name.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.
    """
    known = {one.name: one for session in all_sessions() for one in session.exercises}
    if name not in known:
        raise InputError(f"no exercise {name[:60]!r}: {near(name, known)}")
    return known[name]


def notebook_list(stem: str, sessions: list[Session]) -> list[str]:
    """Return the texts of the exercises that stand at the end of a notebook, in their order."""
    return [" ".join(one.text.split()) for session in sessions for one in session.exercises if one.notebook == stem]
