"""What `parallelrun run` asks for: one notebook with values of one's own, or all with a scenario's or other tables."""

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
    """Run a notebook; or all, where none is named but a scenario or tables are.

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
        if (story is None and data is None) or written or out:
            raise InputError("name a NOTEBOOK; only --scenario or --data, without -p and --out, run all of them")
        with overlay.in_use(data) as folder:
            return _told(_all(story, replace(around, data=folder), force), folder, data)
    path = single.find_notebook(notebook)
    named = (story.notebooks.get(path.stem, {}) if story else {}) | written
    request = single.request(path, named, around, story.name if story else "")
    with overlay.in_use(data) as folder:
        one = replace(request, around=replace(around, data=folder))
        return _told(single.perform([one], out=out, force=force), folder, data)


def _told(runs: list[Done], folder: Path, data: Path | None) -> list[Done]:
    """Return the runs with errors that name the tables where they lie, and the folder that may lack rows."""
    if data is None:
        return runs
    hint = f"\n  with the tables of {data}: see whether they have the countries, models and days that this cell needs"
    return [
        replace(one, error=overlay.as_it_lies(one.error, folder, data) + hint) if one.error else one for one in runs
    ]


def _all(story: Scenario | None, around: Surroundings, force: bool) -> list[Done]:
    """Run all notebooks, with a scenario's values if there is one; those that read results read those of these runs."""
    first: list[Request] = []
    late: list[Request] = []
    for stem in project.stems():
        path = project.notebook_path(stem)
        wave = late if ipynb.reads_results(ipynb.read(path)) else first
        values = story.notebooks.get(stem, {}) if story else {}
        wave.append(single.request(path, values, around, story.name if story else ""))
    ended = single.perform(first, force=force)
    if not late:
        return ended
    with folders.staging(single.home()) as stage:
        for done in ended:
            if done.error is None and (done.folder / results.FILE).is_file():
                (stage / done.request.stem).mkdir()
                (stage / done.request.stem / results.FILE).symlink_to((done.folder / results.FILE).resolve())
        return ended + single.perform([replace(r, around=replace(around, results=stage)) for r in late], force=force)
