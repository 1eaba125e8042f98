"""What `parallelrun run` asks for: one notebook with values of one's own, or all of them with a scenario's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from parallelrun import folders, ipynb, project
from parallelrun.data import overlay
from parallelrun.errors import InputError
from parallelrun.project import Surroundings
from parallelrun.runs import scenarios, single
from parallelrun.runs.scenarios import Scenario
from parallelrun.runs.single import Done, Request
from parallelrun.study import results
from parallelrun.study.parameters import Written


def run(
    notebook: str | None,
    values: Iterable[tuple[str, str]] = (),
    scenario: str | None = None,
    data: Path | None = None,
    out: Path | None = None,
    formats: tuple[str, ...] = project.FORMATS,
    force: bool = False,
) -> list[Done]:
    """Run a notebook, or with a scenario and no notebook all.

    Parameters
    ----------
    notebook : str, optional
        Its stem or path.
    values : iterable of (str, str)
        Names and values of parameters; they go before those of the scenario.
    scenario : str, optional
        Name or path of a scenario.
    data : Path, optional
        Tables in place of the collection's (see `parallelrun.data.overlay`).
    out : Path, optional
        Folder of the one run.
    formats : tuple of {"svg", "pdf", "png"}
        Figure formats; none for results only.
    force : bool
        Run also what was run before.

    Raises
    ------
    InputError, DataError
        If any of this is not right; nothing was run then.
    """
    written: dict[str, Written] = {}
    for name, value in values:
        if name in written:
            raise InputError(f"the parameter {name[:60]!r} is set twice; give each -p NAME once")
        written[name] = Written(value)
    story = scenarios.load(scenarios.path_of(scenario)) if scenario else None
    if out is not None:
        out = folders.chosen(out)
    around = replace(project.surroundings(), formats=formats)
    if notebook is None:
        if story is None or written or out:
            raise InputError("name a NOTEBOOK; only a scenario alone, without -p and --out, runs all of them")
        with overlay.in_use(data) as folder:
            return _all(story, replace(around, data=folder), force)
    path = single.find_notebook(notebook)
    named = (story.notebooks.get(path.stem, {}) if story else {}) | written
    request = single.request(path, named, around, story.name if story else "")
    with overlay.in_use(data) as folder:
        return single.perform([replace(request, around=replace(around, data=folder))], out=out, force=force)


def _all(story: Scenario, around: Surroundings, force: bool) -> list[Done]:
    """Run all notebooks with a scenario's values; those that read results read the scenario's."""
    first: list[Request] = []
    late: list[Request] = []
    for stem in project.stems():
        path = project.notebook_path(stem)
        wave = late if ipynb.reads_results(ipynb.read(path)) else first
        wave.append(single.request(path, story.notebooks.get(stem, {}), around, story.name))
    ended = single.perform(first, force=force)
    if not late:
        return ended
    with folders.staging(single.home()) as stage:
        for done in ended:
            if done.error is None and (done.folder / results.FILE).is_file():
                (stage / done.request.stem).mkdir()
                (stage / done.request.stem / results.FILE).symlink_to((done.folder / results.FILE).resolve())
        return ended + single.perform([replace(r, around=replace(around, results=stage)) for r in late], force=force)
