"""Slides of each session: reveal.js and its figures in one folder, which asks for nothing else."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

from parallelrun import folders
from parallelrun.errors import InputError
from parallelrun.seminar import pages, running, sessions
from parallelrun.seminar.sessions import Session

PARTS = ("dist/reveal.js", "dist/reveal.css", "dist/theme/white.css", "dist/theme/fonts/source-sans-pro", "LICENSE")
"""What the slides need of reveal.js."""

STYLE = """
.reveal { font-size: 36px }
.reveal h1 { font-size: 2em } .reveal h2 { font-size: 1.4em }
.reveal h1, .reveal h2 { text-transform: none; letter-spacing: 0 }
.reveal .slides { text-align: left }
.reveal section img { display: block; margin: 0 auto; max-width: 1200px; max-height: 600px; width: auto; height: 600px;
  object-fit: contain; background: #fff }
.reveal li { margin-bottom: 0.35em } .reveal p { margin: 0.5em 0 }
.reveal table { font-size: 0.75em; margin: 0; width: 100% } .reveal td, .reveal th { padding: 0.2em 0.5em }
.reveal .step { color: #555; font-size: 0.6em; margin: 0 0 0.6em }
.reveal section.words { padding-top: 40px } .reveal section.words h1 { padding-top: 160px }
.reveal pre { width: 100% } .reveal code { font-size: 0.9em; overflow-wrap: anywhere }
"""


def make(packages: Path | None = None) -> list[Path]:
    """Write the slides of every session to ``build/seminar/slides/`` and return their files.

    Parameters
    ----------
    packages : Path, optional
        Folder with npm's packages; by default ``seminar/node_modules``.

    Raises
    ------
    InputError
        If reveal.js is not there, or a session's file is wrong.
    """
    reveal = (packages or sessions.folder() / "node_modules") / "reveal.js"
    if not (reveal / PARTS[0]).is_file():
        raise InputError(f"{reveal}: has no reveal.js; `make slides` installs it, with npm")
    every, home = sessions.all_sessions(), running.home()
    home.mkdir(parents=True, exist_ok=True)
    with folders.staging(home) as stage:
        folder = stage / "slides"
        for part in PARTS:
            target = folder / "reveal" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (reveal / part).is_dir():
                shutil.copytree(reveal / part, target)
            else:
                shutil.copyfile(reveal / part, target)
        for session in every:
            for name in (name for step in session.plan for name in step.figures):
                target = folder / "figures" / f"{name}.svg"
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(pages.figure(name)["file"], target)
            (folder / f"{session.notebook}.html").write_text(deck(session), encoding="utf-8")
        folders.replace(folder, home / "slides")
    return [home / "slides" / f"{one.notebook}.html" for one in every]


def deck(session: Session) -> str:
    """Return the slides of a session as HTML."""
    slides = [
        _slide(f"# {session.title}", f"Session {session.order} of the seminar · {session.notebook}"),
        _slide("## After this session you can", pages.listed(session.aims)),
        _slide("## Running order", pages.schedule(session)),
    ]
    for (begins, minutes), step in zip(pages.clock(session), session.plan, strict=True):
        numbers = [session.numbered(name) for name in step.exercises]
        label = f'<p class="step">{begins} · {minutes} minutes · {html.escape(step.what)}</p>'
        if not step.figures and not numbers:
            slides.append(_slide(f"# {step.what}", f"{minutes} minutes"))
        for name, number in zip(step.exercises, numbers, strict=True):
            exercise = next(one for one in session.exercises if one.name == name)
            asked = pages.listed(f"{one.what}" for one in exercise.asks.values())
            slides.append(label + _slide(f"## Exercise {number}", f"{' '.join(exercise.text.split())}\n\n{asked}"))
        for name in step.figures:
            drawn = pages.figure(name)
            slides.append(f'{label}<img src="figures/{name}.svg" alt="{html.escape(drawn["alt"])}">')
    slides.append(_slide("## To discuss", pages.listed(one.ask for one in session.questions)))
    home = [n for n, one in enumerate(session.exercises, 1) if not any(one.name in s.exercises for s in session.plan)]
    if home:
        slides.append(_slide("## At home", f"Exercises {', '.join(map(str, home))} of the handout"))
    sections = "\n".join(f"<section{'' if '<img' in one else ' class=words'}>{one}</section>" for one in slides)
    return PAGE.format(title=html.escape(session.title), style=STYLE, sections=sections)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="reveal/dist/theme/white.css">
<style>{style}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
<script src="reveal/dist/reveal.js"></script>
<script>
Reveal.initialize({{ width: 1280, height: 720, margin: 0.04, center: false, hash: true, transition: "none",
  controls: false, slideNumber: true }});
</script>
</body>
</html>
"""


def _slide(head: str, body: str) -> str:
    return pages.rendered(f"{head}\n\n{body}")
