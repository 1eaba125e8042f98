"""What `parallelrun export` asks for: figures in a folder with their words, and numbers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from parallelrun import folders, project
from parallelrun.errors import InputError
from parallelrun.export import checking, numbers, redraw, snippets
from parallelrun.export.checking import Found
from parallelrun.project import Look


def millimetres(words: str | None) -> float | None:
    """Return a width in millimetres, from ``85``, ``85mm``, ``8.5cm`` or ``3.3in``.

    Raises
    ------
    InputError
        If it is none.
    """
    if words is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mm|cm|in)?", words)
    if match is None:
        raise InputError(f"--width {words!r}: expected a length such as 85mm, 8.5cm or 3.3in")
    return float(match[1]) * {"cm": 10.0, "in": 25.4}.get(match[2], 1.0)


def export(
    names: Sequence[str], to: Path, look: Look, kinds: tuple[str, ...], with_numbers: bool
) -> tuple[list[str], list[str]]:
    """Write figures with their words, and numbers, into a folder; what is there under the same names is replaced.

    Parameters
    ----------
    names : sequence of str
        Figures, by name or ``stem/name``; all if there is none and no numbers are asked for.
    to : Path
        The folder.
    look : Look
        How the figures are drawn.
    kinds : tuple of {"svg", "pdf", "png", "eps"}
        Their formats; PNG is always among them, since Word takes it.
    with_numbers : bool
        Whether the numbers are written too.

    Returns
    -------
    (list of str, list of str)
        Names of the files that were written, and what does not fit in a figure.

    Raises
    ------
    InputError
        If a figure is not there or the folder is a file; nothing was written then.
    """
    to = folders.chosen(to, "--to")
    wanted = redraw.chosen(names) if names or not with_numbers else {}
    drawn = [name for one in wanted.values() for name in one]
    if twice := sorted({name for name in drawn if drawn.count(name) > 1}):
        raise InputError(f"two figures are called {twice[0]!r}; export them into two folders")
    notes: list[str] = []
    with folders.staging(to) as stage:
        ready = stage / "ready"
        ready.mkdir()
        if wanted:
            notes = _figures(wanted, look, kinds, stage, ready)
        if with_numbers:
            numbers.write(numbers.current(project.results_dir()), ready)
        written = sorted(path.name for path in ready.iterdir())
        for name in written:
            folders.replace(ready / name, to / name)
    return written, notes


def check(document: Path) -> list[Found]:
    """Return what is wrong with the numbers of a document, by the results as they are now (see `checking.check`)."""
    return checking.check(document, numbers.current(project.results_dir()))


def _figures(wanted: dict[str, set[str]], look: Look, kinds: tuple[str, ...], stage: Path, ready: Path) -> list[str]:
    kinds = tuple(dict.fromkeys((*kinds, "png")))
    drawn, notes = redraw.redraw(wanted, look, kinds, stage / "runs")
    width = look.width or 0.0
    cited: set[str] = set()
    for one in drawn:
        name, keys = one.entry["name"], snippets.sources_of(one)
        cited |= set(keys)
        texts = {
            "tex": snippets.in_latex(one, width, keys),
            "typ": snippets.in_typst(one, width, keys),
            "md": snippets.in_markdown(one, width),
            "json": snippets.described(one, keys),
            "bib": snippets.bibtex(keys),
        }
        for kind, words in texts.items():
            (ready / f"{name}.{kind}").write_text(words, encoding="utf-8")
    snippets.in_word(drawn, width, ready / "figures.docx")
    (ready / "sources.bib").write_text(snippets.bibtex(sorted(cited)), encoding="utf-8")
    for one in drawn:
        for kind in (*kinds, "csv"):
            shutil.copyfile(one.file(kind), ready / f"{one.entry['name']}.{kind}")
    return notes
