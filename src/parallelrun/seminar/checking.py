"""`check_<name>`: tells a student what is off in the answers to an exercise, without giving the answers away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from parallelrun.errors import ParallelRunError
from parallelrun.seminar import sessions, solving
from parallelrun.seminar.sessions import Asked, Exercise
from parallelrun.seminar.solving import Answer, Solved


@dataclass(frozen=True)
class Said:
    """What is said of some answers: whether all are right, and a line for each."""

    right: bool
    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return "\n".join(self.lines)


def check(exercise: Exercise, answers: dict[str, Any]) -> Said:
    """Compare answers with the computed ones; name the misreading that a wrong one comes from, if one is known."""
    if unknown := [name for name in answers if name not in exercise.asks]:
        return Said(False, (f"nothing called {unknown[0]!r} is asked for; give {', '.join(exercise.asks)}",))
    form = {name: _form(asked, answers.get(name, ...)) for name, asked in exercise.asks.items()}
    if faults := [f"{name}: {fault}" for name, fault in form.items() if fault]:
        return Said(False, tuple(faults))
    if exercise.judge:
        return _judged(exercise, answers)
    solved = _solved(exercise.name)
    lines = {name: _compared(name, exercise, solved, answers) for name in exercise.asks}
    return Said(
        all(line is None for line in lines.values()),
        tuple(f"{name}: {line or 'right'}" for name, line in lines.items()),
    )


@cache
def _solved(name: str) -> Solved:
    return solving.solve(sessions.exercise(name))


def _form(asked: Asked, answer: Any) -> str:
    """Return what is wrong with the form of an answer; empty if nothing is."""
    if answer is ...:
        return f"not answered yet; give {asked.hint()}: {asked.what}"
    if asked.choices:
        return "" if answer in asked.choices else f"found {answer!r}, expected {asked.hint()}"
    if asked.within is None:
        return "" if isinstance(answer, str) and answer.strip() else f"found {answer!r}, expected a text"
    try:
        return "" if math.isfinite(float(answer)) and not isinstance(answer, str | bool) else _no_number(answer, asked)
    except (TypeError, ValueError):
        return _no_number(answer, asked)


def _no_number(answer: Any, asked: Asked) -> str:
    return f"found {answer!r}, expected {asked.hint()}"


def _judged(exercise: Exercise, answers: dict[str, Any]) -> Said:
    """Let an exercise's own code judge; what the audit refuses is told as it says it."""
    known = solving.surroundings() | answers | {"fault": ""}
    try:
        solving.execute(exercise, exercise.judge, known)
    except ParallelRunError as error:
        return Said(False, (str(error),))
    return Said(not known["fault"], (known["fault"] or "right",))


def same(asked: Asked, answer: Any, other: Answer) -> bool:
    """Whether an answer is the computed one, as nearly as is asked."""
    if asked.within is None:
        return str(answer) == other
    return abs(float(answer) - float(other)) <= asked.within + 1e-9 * abs(float(other))


def _compared(name: str, exercise: Exercise, solved: Solved, answers: dict[str, Any]) -> str | None:
    """Return what is off in one answer; None if nothing is."""
    asked, answer, right = exercise.asks[name], answers[name], solved.answers[name]
    if same(asked, answer, right):
        return None
    for said, other in solved.misread:
        if same(asked, answer, other[name]) and not same(asked, right, other[name]):
            return f"not right: this is what one gets who {said}"
    if asked.within is None:
        return "not right: look again at the numbers that it rests on"
    return f"not right: {_slip(float(answer), float(right), asked.within)}"


def _slip(answer: float, right: float, within: float) -> str:
    """Return the slip of arithmetic that a number comes from, or whether it is too high or too low."""
    slips = {
        "the sign is the other way round": -answer,
        "it is a share where per cent are asked for": 100 * answer,
        "it is in per cent where a share is asked for": answer / 100,
        "the ratio is the other way round": 1 / answer if answer else math.nan,
    }
    for said, value in slips.items():
        if abs(value - right) <= min(within, 0.05 * abs(right)):
            return said
    return "too high" if answer > right else "too low"


def of(name: str) -> Callable[..., Said]:
    """Return the function that checks the answers to an exercise; raises as `sessions.exercise` does."""
    exercise = sessions.exercise(name)

    def checks(**answers: Any) -> Said:
        return check(exercise, answers)

    checks.__name__ = f"check_{name}"
    checks.__doc__ = f"Say what is off in {', '.join(exercise.asks)}."
    return checks


def __getattr__(name: str) -> Any:
    if name.startswith("check_"):
        return of(name.removeprefix("check_"))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
