"""What a session says, as Markdown for handouts and as pages to print: the plan of a session, the start page."""

from __future__ import annotations

import base64
import html
import json
import math
import re
from typing import Any

from parallelrun import project
from parallelrun.errors import InputError, near
from parallelrun.seminar.sessions import Asked, Exercise, Session, Step
from parallelrun.seminar.solving import Answer, Solved, audit
from parallelrun.study import units


def title_of(exercise: Exercise) -> str:
    """Return an exercise's name in words."""
    return exercise.name.replace("_", " ").capitalize()


def listed(items: Any) -> str:
    """Return a Markdown list."""
    return "\n".join(f"- {' '.join(str(item).split())}" for item in items)


def shown(asked: Asked, answer: Answer) -> str:
    """Return an answer with its unit, to the digits that are asked for."""
    if isinstance(answer, str):
        return answer
    digits = max(0, -math.floor(math.log10(asked.within))) if asked.within else 0
    number = f"{answer:,.{digits}f}"
    unit = units.singular(asked.unit) if number == "1" and units.is_plural(asked.unit) else asked.unit
    return f"{number} {unit}".rstrip()


def figure(name: str) -> dict[str, Any]:
    """Return what the manifest says of a figure, named as ``stem/name``, with its ``file`` (SVG).

    Raises
    ------
    InputError
        If there is no such figure; the message names the nearest.
    """
    manifest = json.loads((project.root() / "figures" / "manifest.json").read_text(encoding="utf-8"))
    known = {f"{stem}/{one['name']}": one for stem, entry in manifest["notebooks"].items() for one in entry["figures"]}
    if name not in known:
        raise InputError(f"no figure {name!r}: {near(name, known)}")
    return known[name] | {"file": project.root() / "figures" / f"{name}.svg"}


def clock(session: Session) -> list[tuple[str, int]]:
    """Return when each step begins, as ``0:25``, and how many minutes it takes."""
    begun, found = 0, []
    for step in session.plan:
        found.append((f"{begun // 60}:{begun % 60:02d}", step.minutes))
        begun += step.minutes
    return found


def schedule(session: Session) -> str:
    """Return the running order as a Markdown table, with the numbers of the exercises."""
    rows = ["| Begins | Minutes | What | Exercises |", "| --- | --- | --- | --- |"]
    for (begins, minutes), step in zip(clock(session), session.plan, strict=True):
        numbers = ", ".join(str(session.numbered(name)) for name in step.exercises)
        rows.append(f"| {begins} | {minutes} | {step.what} | {numbers} |")
    return "\n".join(rows)


def reading(session: Session) -> str:
    """Return what to read, as a Markdown list."""
    return listed(f"{one.what} ({' '.join(one.why.split())})" for one in session.reading)


def plan(session: Session, solved: dict[str, Solved]) -> str:
    """Return the plan of a session for the teacher, as Markdown: with it alone the session can be held."""
    parts = [
        f"# Session {session.order}. {session.title}",
        f"{sum(step.minutes for step in session.plan)} minutes. You need a board, this plan, the slides "
        f"(`build/seminar/slides/{session.notebook}.html`) and, for each pair, the handout "
        f"(`make lab`, then the session on the start page).",
        f"## After the session, a participant can\n\n{listed(session.aims)}",
        f"## To be read before\n\n{reading(session)}",
        "## Running order",
    ]
    for (begins, minutes), step in zip(clock(session), session.plan, strict=True):
        parts.append(f"### {begins} – {step.what} ({minutes} minutes)\n\n{told(step)}")
        for name in step.figures:
            drawn = figure(name)
            data = base64.b64encode(drawn["file"].read_bytes()).decode()
            alt = html.escape(f"{drawn['title']}. {drawn['alt']}")  # the title stands in the picture
            parts.append(f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}">')
        for name in step.exercises:
            exercise = next(one for one in session.exercises if one.name == name)
            parts.append(f"**Exercise {session.numbered(name)}.** {' '.join(exercise.text.split())}")
            parts.append(_answer(exercise, solved[name]))
    home = [one for one in session.exercises if not any(one.name in step.exercises for step in session.plan)]
    parts.append(
        "## To discuss\n\n" + listed(f"**{one.ask}** {' '.join(one.listen.split())}" for one in session.questions)
    )
    if home:
        parts.append("## At home")
        for exercise in home:
            parts.append(f"**Exercise {session.numbered(exercise.name)}.** {' '.join(exercise.text.split())}")
            parts.append(_answer(exercise, solved[exercise.name]))
    return "\n\n".join(parts)


def told(step: Step) -> str:
    """Return how a step is done, with what the articles print in the place of a claim's name, ``{A20}``.

    Raises
    ------
    InputError
        If there is no such claim; the message names the nearest.
    """
    judged = audit().judged
    printed = {name: f"{one.figure.text} {one.claim.row['unit']}" for name, one in judged.items()}
    try:
        return " ".join(step.how.format(**printed).split()).replace("% %", "%").replace("x ratio", "×")
    except KeyError as error:
        raise InputError(f"the step {step.what!r} names the claim {error}: {near(error.args[0], printed)}") from None


def _answer(exercise: Exercise, solved: Solved) -> str:
    """Return an exercise's answer, what it means, and what other readings give."""
    answers = "; ".join(f"{asked.what}: **{shown(asked, solved.answers[name])}**"
                        for name, asked in exercise.asks.items())  # fmt: skip
    lines = [f"Answer. {answers}.", solved.says]
    if solved.misread:
        lines.append("If it is otherwise: " + "; ".join(misread(exercise, solved)) + ".")
    return "\n".join(f"> {line}\n>" for line in lines)


def misread(exercise: Exercise, solved: Solved) -> list[str]:
    """Return for each other reading what one did, and what it gives where that differs."""
    found = []
    for said, other in solved.misread:
        given = ", ".join(
            shown(exercise.asks[name], value) for name, value in other.items() if value != solved.answers[name]
        )
        found.append(f"{given}: one {said}")
    return found


def discussed(session: Session) -> str:
    """Return the questions to discuss, each with what to listen for, as a Markdown list."""
    return listed(f"**{one.ask}** {' '.join(one.listen.split())}" for one in session.questions)


WELCOME = """Four articles print some two hundred numbers about artificial intelligence in China and the United States.
Here you find out which of them hold, session by session: read the notebook, open the session, answer, check."""

HOW = """## How it works

A session's notebook has the exercises, a cell for your answers, and a check that says what is off without giving the
answer away. `run("convergence", rating_origin=1000.0)` runs a notebook with a parameter of your own and gives what it
records; `load("convergence/board_leaders")` gives a table; `audit()` judges the claims. You can as well open a
notebook, change its parameters cell and run it. A first run takes some seconds; the same run is not made twice."""


def start(sessions: list[Session]) -> str:
    """Return the start page, as Markdown: the seminar's plan with a link to each handout."""
    rows = ["| Session | Title | Notebook | You will be able to |", "| --- | --- | --- | --- |"]
    for one in sessions:
        link = f"[{one.title}](student/{one.notebook}.ipynb)"
        rows.append(
            f"| {one.order} | {link} | [{one.notebook}](../../notebooks/{one.notebook}.ipynb) | {one.aims[0]} |"
        )
    parts = [
        "# The seminar",
        WELCOME,
        "\n".join(rows),
        HOW,
    ]
    parts += [
        f"## Session {one.order}. {one.title}\n\n{schedule(one)}\n\nTo be read before:\n\n{reading(one)}"
        for one in sessions
    ]
    return "\n\n".join(parts)


STYLE = """
@page { size: A4; margin: 18mm }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
img { max-width: 100%; max-height: 24rem; display: block; margin: 0.5rem auto }
blockquote { border-left: 3px solid #888; margin: 0 0 1rem; padding: 0 0 0 0.8rem; color: #333 }
h3 { break-after: avoid; border-top: 1px solid #bbb; padding-top: 0.6rem }
h1, h2, p:has(+ blockquote) { break-after: avoid }
blockquote, img, li, p { break-inside: avoid }
code { font-size: 0.9em; overflow-wrap: anywhere }
@media print { body { font-size: 10.5pt; margin: 0; max-width: none } }
"""


def page(title: str, markdown: str) -> str:
    """Return Markdown as one HTML file that asks for nothing else."""
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style>\n<main>\n'
        f"{rendered(markdown)}</main>\n</html>\n"
    )


def rendered(markdown: str) -> str:
    """Return Markdown as HTML; a variable between dollar signs, as notebooks have it, is set in italics."""
    from markdown_it import MarkdownIt

    lettered = re.sub(r"\$([A-Za-z])\$", r"*\1*", markdown)
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(lettered)
