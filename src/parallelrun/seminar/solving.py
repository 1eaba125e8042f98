"""Solutions, run: what an exercise asks for as the engine computes it, and what other readings give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from parallelrun import project
from parallelrun.errors import InputError, ParallelRunError
from parallelrun.seminar import running
from parallelrun.seminar.sessions import Exercise

Answer = float | str


@dataclass(frozen=True)
class Solved:
    """What a solution gives.

    Attributes
    ----------
    answers : dict
        What the exercise asks for, by name.
    misread : list of (str, dict)
        What one did who comes to other answers, and these.
    says : str
        What the answer means.
    """

    answers: dict[str, Answer]
    misread: list[tuple[str, dict[str, Answer]]]
    says: str


def audit(checks: Iterable[tuple[str, str, str]] = (), as_of: str = "", widen: float = 1.0) -> Any:
    """Judge the claims of the articles, with further checks, as (claim, kind, expression), if any.

    Parameters
    ----------
    checks : iterable of (str, str, str)
        Claim, kind (arithmetic, cross, independent or scope) and expression of each further check.
    as_of : str
        ISO date of the audit; by default the day on which the sources were last read.
    widen : float
        Factor by which printed intervals are widened.

    Returns
    -------
    parallelrun.audit.audit.Audit
        ``judged`` has the verdicts by claim.

    Raises
    ------
    DataError
        If a check is wrong; the message says where.
    """
    return _audit(tuple(checks), as_of, widen)


@cache
def _audit(checks: tuple[tuple[str, str, str], ...], as_of: str, widen: float) -> Any:
    import csv

    from parallelrun.audit import audit as auditing

    day = date.fromisoformat(as_of) if as_of else None
    if not checks:
        return auditing.prepare().judge(day, widen)
    data = project.data_dir()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "checks.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write((data / "checks.csv").read_text(encoding="utf-8"))
            csv.writer(out, lineterminator="\n").writerows([*one, "a check of one's own"] for one in checks)
        return auditing.prepare(data / "claims.csv", file).judge(day, widen)


def surroundings() -> dict[str, Any]:
    """Return the names that solutions, other readings and judges know."""
    from parallelrun.data.tables import load
    from parallelrun.study.estimates import pick

    return {"run": running.run, "load": load, "pick": pick, "audit": audit}


def prepare(exercises: Iterable[Exercise]) -> None:
    """Make all the runs of some exercises, several at once.

    Raises
    ------
    InputError
        If a run cannot be, before any is made; the message names exercise and run.
    ParallelRunError
        If runs fail.
    """
    wanted = [(exercise.name, name, one) for exercise in exercises for name, one in exercise.runs.items()]
    for exercise_name, name, one in wanted:
        try:
            running.check(one)
        except InputError as error:
            raise InputError(f"exercise {exercise_name}, run {name}: {error}") from None
    running.perform([one for _, _, one in wanted])


def solve(exercise: Exercise) -> Solved:
    """Run an exercise's solution and its other readings.

    Raises
    ------
    ParallelRunError
        If one fails, or leaves out what is asked for; the message names exercise and line.
    """
    held = dict(zip(exercise.runs, running.perform(list(exercise.runs.values())), strict=True))
    known = surroundings() | held
    execute(exercise, exercise.solution, known)
    answers = _answers(exercise, known)
    misread = []
    for one in exercise.misreadings:
        other = dict(known)
        execute(exercise, one.code, other)
        misread.append((one.name, _answers(exercise, other)))
    try:
        says = exercise.says.format(**known)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise ParallelRunError(f"exercise {exercise.name}: what it says cannot be filled in: {error!r}") from None
    return Solved(answers, misread, " ".join(says.split()))


def execute(exercise: Exercise, code: str, known: dict[str, Any]) -> None:
    """Run a piece of an exercise's code on some names; raises as `solve` does."""
    try:
        exec(compile(code, f"<{exercise.name}>", "exec"), known)
    except Exception as error:
        trace, line = error.__traceback__, 0
        while trace:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == f"<{exercise.name}>" else line
            trace = trace.tb_next
        told = code.splitlines()[line - 1].strip() if line else code.strip()
        raise ParallelRunError(f"exercise {exercise.name}, `{told}`: {type(error).__name__}: {error}") from None


def _answers(exercise: Exercise, known: dict[str, Any]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name, asked in exercise.asks.items():
        if name not in known:
            raise ParallelRunError(f"exercise {exercise.name}: the solution does not set {name!r}, which is asked for")
        value = known[name]
        found[name] = str(value) if asked.within is None else float(value)
        if asked.choices and value not in asked.choices:
            raise ParallelRunError(f"exercise {exercise.name}: {name} is {value!r}, expected {asked.hint()}")
    return found
