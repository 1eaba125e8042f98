"""Handouts: notebooks of each session for students and for the teacher, the printed plans, and the start page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, ipynb, project
from parallelrun.seminar import pages, running, sessions, solving
from parallelrun.seminar.sessions import Exercise, Session
from parallelrun.seminar.solving import Solved

STAMP = "made.json"
"""Digest of what each session's answers and plan follow from."""

WRITTEN = "student/written.json"
"""Digest of the sources of each student's notebook, as it was written."""


def make() -> list[str]:
    """Make what is out of date under ``build/seminar/``; return the stems of the sessions whose answers were computed.

    Raises
    ------
    InputError
        If a session's file is wrong; the message has file and line.
    ParallelRunError
        If a solution fails.
    """
    home, every = running.home(), sessions.all_sessions()
    start(every)
    stamp = home / STAMP
    made = _read(stamp)
    keys = {one.notebook: _key(one) for one in every}
    left = [one for one in every if made.get(one.notebook) != keys[one.notebook] or not _there(home, one)]
    solving.prepare(exercise for one in left for exercise in one.exercises)
    for session in left:
        solved = {exercise.name: solving.solve(exercise) for exercise in session.exercises}
        title = f"Session {session.order}. {session.title}"
        notebook, plan = _places(home, session)
        with folders.staging(home) as stage:
            _write(stage / notebook.name, teacher(session, solved))
            (stage / plan.name).write_text(pages.page(title, pages.plan(session, solved)), encoding="utf-8")
            for place in (notebook, plan):
                folders.replace(stage / place.name, place)
        made[session.notebook] = keys[session.notebook]
        stamp.write_text(json.dumps(made), encoding="utf-8")
    return [one.notebook for one in left]


def start(every: list[Session]) -> Path:
    """Write the start page and the students' notebooks, which need no answer; return the start page.

    A notebook in which a student has worked is left alone, or, if its exercises are not those of today any more, moved
    to ``student/kept/``.
    """
    home = running.home()
    (home / "student").mkdir(parents=True, exist_ok=True)
    written = _read(home / WRITTEN)
    for session in every:
        place, cells = home / "student" / f"{session.notebook}.ipynb", student(session)
        fresh = digests.of_json([cell["source"] for cell in cells])
        old = written.get(session.notebook)
        if place.is_file():
            if old == fresh:
                continue
            there = digests.of_json([cell["source"] for cell in ipynb.read(place)["cells"]])
            if there != old:
                (home / "student" / "kept").mkdir(exist_ok=True)
                place.rename(home / "student" / "kept" / f"{session.notebook}-{there[:8]}.ipynb")
        _write(place, cells)
        written[session.notebook] = fresh
    (home / WRITTEN).write_text(json.dumps(written), encoding="utf-8")
    _write(home / "start.ipynb", [_markdown(pages.start(every))])
    return home / "start.ipynb"


def _places(home: Path, session: Session) -> tuple[Path, Path]:
    """Return where a session's notebook for the teacher and its plan are."""
    return home / "teacher" / f"{session.notebook}.ipynb", home / "plans" / f"{session.notebook}.html"


def _there(home: Path, session: Session) -> bool:
    return all(place.is_file() for place in _places(home, session))


def _key(session: Session) -> str:
    """Return the digest of all that a session's handouts follow from."""
    around = project.surroundings()
    stems = {session.notebook, *(run.notebook for one in session.exercises for run in one.runs.values())}
    inputs = [digests.digests(project.notebook_path(stem), around) for stem in sorted(stems)]
    drawn = sorted(name for step in session.plan for name in step.figures)
    figures = digests.of_files(project.root() / "figures", [f"{name}.svg" for name in drawn])
    return digests.of_json([session.model_dump(), inputs, figures])


def _read(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def student(session: Session) -> list[dict[str, Any]]:
    """Return the cells of a session's notebook without any solution."""
    names = ", ".join(f"check_{exercise.name}" for exercise in session.exercises)
    cells = [
        _markdown(_head(session)),
        _code(
            "from parallelrun.data.tables import load\nfrom parallelrun.seminar.running import run\n"
            "from parallelrun.seminar.solving import audit\nfrom parallelrun.study.estimates import pick\n"
            f"from parallelrun.seminar.checking import ({_wrapped(names)})"
        ),
    ]
    for exercise in session.exercises:
        cells += [_markdown(_asked(session, exercise)), _code(_blanks(exercise)), _code(_check(exercise))]
    questions = pages.listed(question.ask for question in session.questions)
    return [*cells, _markdown(f"## To discuss\n\n{questions}")]


def teacher(session: Session, solved: dict[str, Solved]) -> list[dict[str, Any]]:
    """Return the cells of a session's notebook with solutions, what they gave, and what to listen for."""
    cells = student(session)[:2]
    for exercise in session.exercises:
        found = solved[exercise.name]
        given = "\n".join(f"{name}: {value}" for name, value in found.answers.items())
        told = [f'print(f"{name}: {{{name}}}")' for name in exercise.asks]
        code = "\n".join([*_runs(exercise), exercise.solution.strip(), *told])
        after = found.says
        if found.misread:
            after += "\n\nOther answers, and where they come from:\n\n" + pages.listed(pages.misread(exercise, found))
        cells += [_markdown(_asked(session, exercise)), _code(code, given + "\n"), _markdown(after)]
    return [*cells, _markdown(f"## To discuss, and what to listen for\n\n{pages.discussed(session)}")]


def _head(session: Session) -> str:
    return (
        f"# Session {session.order}. {session.title}\n\nAfter this session you can\n\n{pages.listed(session.aims)}\n\n"
        f"## To be read before\n\n{pages.reading(session)}\n\n## Running order\n\n{pages.schedule(session)}"
    )


def _asked(session: Session, exercise: Exercise) -> str:
    asks = pages.listed(f"`{name}`: {asked.what}; {asked.hint()}" for name, asked in exercise.asks.items())
    number = session.numbered(exercise.name)
    text = " ".join(exercise.text.split())
    return f"## {number}. {pages.title_of(exercise)}\n\n*{exercise.kind.capitalize()}.* {text}\n\n{asks}"


def _blanks(exercise: Exercise) -> str:
    return "\n".join(f"{name} = ..." for name in exercise.asks)


def _check(exercise: Exercise) -> str:
    return f"check_{exercise.name}({', '.join(f'{name}={name}' for name in exercise.asks)})"


def _runs(exercise: Exercise) -> list[str]:
    """Return the lines that make an exercise's runs."""
    lines = []
    for name, one in exercise.runs.items():
        values = "".join(f", {key}={value!r}" for key, value in one.set.items())
        add = f", add={one.add!r}" if one.add else ""
        lines.append(f'{name} = run("{one.notebook}"{values}{add})')
    return lines


def _wrapped(names: str) -> str:
    return "\n    " + names.replace(", ", ",\n    ") + ",\n"


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def _code(source: str, output: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs}


def _write(path: Path, cells: Iterable[dict[str, Any]]) -> None:
    ipynb.write(ipynb.clean({"cells": list(cells)}), path)


def write_lists() -> list[str]:
    """Write the exercises of the sessions into the lists at the end of the notebooks; return the stems that changed."""
    every, changed = sessions.all_sessions(), []
    for stem in project.stems():
        path = project.notebook_path(stem)
        notebook = ipynb.read(path)
        wanted = sessions.notebook_list(stem, every)
        if wanted and exercises_of(notebook) != wanted:
            cell = _list_cell(notebook)
            before = cell["source"].partition("## Exercises")[0]
            cell["source"] = f"{before}## Exercises\n\n" + "\n".join(_item(n, text) for n, text in enumerate(wanted, 1))
            ipynb.write(notebook, path)
            changed.append(stem)
    return changed


def exercises_of(notebook: ipynb.Notebook) -> list[str]:
    """Return the texts in the list of exercises at the end of a notebook."""
    import re

    text = _list_cell(notebook)["source"].partition("## Exercises")[2]
    return [" ".join(one.split()) for one in re.split(r"^\d+\. ", text, flags=re.M)[1:]]


def _list_cell(notebook: ipynb.Notebook) -> dict[str, Any]:
    return next(
        (cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and "## Exercises" in cell["source"]),
        {"source": ""},
    )


def _item(number: int, text: str) -> str:
    import textwrap

    return textwrap.fill(text, 118, initial_indent=f"{number}. ", subsequent_indent="   ", break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip
