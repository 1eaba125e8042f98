"""Runs of single notebooks with parameters of one's own, each in a folder that tells what went into it.

A run is ``runs/<stem>/<slug>-<hash>/`` with the executed notebook, figures with their data, ``results.json`` and
``run.json``. The hash is that of everything the output follows from, so the same inputs are not run twice.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, ipynb, project
from parallelrun.errors import InputError, near
from parallelrun.project import Surroundings
from parallelrun.study import catalogue, parameters
from parallelrun.study.parameters import Written

RECORD = "run.json"
_SUFFIXES = {".ipynb", ".json", ".csv", *(f".{kind}" for kind in project.FORMATS)}
HASH_LENGTH = 12


@dataclass(frozen=True)
class Request:
    """What is to be run.

    Attributes
    ----------
    notebook : Path
        The notebook.
    around : Surroundings
        What it reads, and its figure formats; none for results only.
    parameters : dict
        All parameters, checked.
    changed : dict
        Those that are not the defaults.
    injected : dict
        Those that the notebook's own cell does not have.
    scenario : str
        Name of the scenario; empty if there is none.
    """

    notebook: Path
    around: Surroundings
    parameters: dict[str, Any]
    changed: dict[str, Any]
    injected: dict[str, Any]
    scenario: str = ""

    @property
    def stem(self) -> str:
        """The notebook's stem, as the name of a folder."""
        return ipynb.stem_of(self.notebook)


@dataclass(frozen=True)
class Done:
    """A request and the folder of its run; ``seconds`` is None if it was there, ``error`` says how it failed."""

    request: Request
    folder: Path
    seconds: float | None = None
    error: str | None = None


def find_notebook(name_or_path: str) -> Path:
    """Return the notebook of a stem, or the one at a path.

    Raises
    ------
    InputError
        If there is none.
    """
    stems = project.stems()
    if name_or_path in stems:
        return project.notebook_path(name_or_path)
    path = Path(name_or_path)
    if path.suffix != ".ipynb" or not path.is_file():
        hint = near(name_or_path, stems)
        raise InputError(f"no notebook {name_or_path[:60]!r}: {hint}; or name a file that ends in .ipynb")
    return path.absolute()


def model_of(notebook: Path) -> type[parameters.Parameters]:
    """Return the model of a notebook's parameters: that of the theme which it is a study of, if there is one.

    Raises
    ------
    NotebookError
        If it cannot be read, or is not for Python 3.
    """
    content = ipynb.read(notebook)
    ipynb.assumed(content, notebook)
    return parameters.model_for(ipynb.study_stem(content) or notebook.stem, notebook)


def request(notebook: Path, written: Mapping[str, Written], around: Surroundings, scenario: str = "") -> Request:
    """Return a request whose parameters, those in the notebook's cell with those that are written, have been checked.

    Raises
    ------
    ParameterError
        If one is unknown, of the wrong type, or out of range.
    """
    model = model_of(notebook)
    cell = ipynb.default_parameters(ipynb.read(notebook), notebook.name)
    given = parameters.read(model, written).model_dump(include=set(written))
    checked = parameters.check(model, {n: v for n, v in cell.items() if n in model.model_fields} | given).model_dump()
    changed = {name: value for name, value in checked.items() if value != model.model_fields[name].default}
    injected = {name: value for name, value in checked.items() if name not in cell or cell[name] != value}
    return Request(notebook, around, checked, changed, injected, scenario)


def slug(request: Request) -> str:
    """Return words for a folder's name: the scenario and what was changed, in plain letters."""
    words = [request.scenario] if request.scenario else [f"{k}-{v}" for k, v in request.changed.items()]
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", "_".join(words) or "defaults").strip("-.")
    return plain.replace("..", "-")[:60].rstrip("-.") or "run"


def perform(requests: list[Request], *, out: Path | None = None, force: bool = False) -> list[Done]:
    """Run what has not been run before, several at once, and publish each run whole.

    Parameters
    ----------
    requests : list of Request
        What to run.
    out : Path, optional
        Folder for the one run that is requested, in place of its own under ``runs/``.
    force : bool
        Run also what was run before.

    Returns
    -------
    list of Done
        In the order of the requests.

    Raises
    ------
    InputError
        If the folder holds something else, or leads elsewhere.
    """
    done: dict[int, Done] = {}
    wanted: dict[int, tuple[Path, dict[str, str], str]] = {}
    for number, one in enumerate(requests):
        inputs = digests.digests(one.notebook, one.around)
        key = digests.of_json([inputs, one.stem, one.parameters, one.around.formats])[:HASH_LENGTH]
        folder = _free(out, key, force) if out else _folder(one, key)
        if not force and (folder / RECORD).is_file():
            done[number] = Done(one, folder)
        else:
            wanted[number] = (folder, inputs, key)
    if wanted:
        done |= _run(requests, wanted, out.parent if out else home())
    return [done[number] for number in sorted(done)]


def home() -> Path:
    """Return the folder of all runs."""
    return project.root() / "runs"


def _folder(one: Request, key: str) -> Path:
    """Return where a run is, or where it is to go."""
    parent = folders.inside(home() / one.stem, home())
    there = sorted(parent.glob(f"*-{key}")) if parent.is_dir() else []
    return folders.inside(there[0] if there else parent / f"{slug(one)}-{key}", home())


def _free(out: Path, key: str, force: bool) -> Path:
    """Return a named folder if it is new, empty, or has this very run (or, to be replaced, another)."""
    if out.is_dir() and any(out.iterdir()):
        try:
            there = json.loads((out / RECORD).read_text(encoding="utf-8"))["hash"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(f"--out {out}: has other content; name a folder that is new or empty") from None
        if there != key and not force:
            raise InputError(f"--out {out}: has another run, {there}; name a new folder, or replace it with --force")
        if others := sorted(p.name for p in out.iterdir() if p.suffix not in _SUFFIXES or p.is_dir()):
            raise InputError(f"--out {out}: has {others[0]!r}, which no run wrote; move it, or name a new folder")
    return out


def _run(requests: list[Request], wanted: dict[int, tuple[Path, dict[str, str], str]], parent: Path) -> dict[int, Done]:
    from parallelrun.engine import progress
    from parallelrun.engine.job import Job

    started = datetime.now(UTC)
    ended: dict[int, Done] = {}
    with folders.staging(parent) as stage:
        jobs = []
        for number in wanted:
            one, place = requests[number], stage / str(number)
            around = replace(one.around, out=place / "out")
            jobs.append(Job(one.notebook, around, one.injected, executed=place / "executed.ipynb"))
        for outcome in progress.run_shown(jobs):
            assert outcome.job.executed is not None
            place = outcome.job.executed.parent
            number = int(place.name)
            folder, inputs, key = wanted[number]
            if outcome.error is None:
                timings = {"started": started.isoformat(timespec="seconds"), "seconds": round(outcome.seconds, 3)}
                _publish(collect(requests[number], place, inputs, key, timings), folder)
            ended[number] = Done(requests[number], folder, outcome.seconds, outcome.error)
    return ended


def _publish(complete: Path, folder: Path) -> None:
    """Put a run in its place; if the same was put there meanwhile, keep either."""
    try:
        folders.replace(complete, folder)
    except OSError:
        if not (folder / RECORD).is_file():
            raise


def collect(one: Request, place: Path, inputs: dict[str, str], key: str, timings: dict[str, Any]) -> Path:
    """Bring what a run wrote into one folder, with its record, and return that folder.

    Parameters
    ----------
    one : Request
        What was run.
    place : Path
        Folder with ``executed.ipynb`` and what the run wrote, in ``out/``.
    inputs : dict
        Their digests.
    key : str
        The run's hash.
    timings : dict
        When it started, and how long it took in seconds.
    """
    written = [folder for folder in (place / "out").glob("*") if folder.is_dir()]
    folder = written[0] if written else place / "out" / one.stem
    folder.mkdir(parents=True, exist_ok=True)
    entry = catalogue.describe(one.stem, place / "executed.ipynb", folder)
    record = {
        "notebook": one.stem,
        "title": entry["title"],
        "scenario": one.scenario,
        "hash": key,
        "parameters": one.parameters,
        "changed": one.changed,
        "formats": list(one.around.formats),
        "inputs": inputs,
        "tables": entry["tables"],
        "figures": entry["figures"],
        "code": {"version": project.package_version(), "commit": _commit()},
        "platform": {"system": platform.platform(), "python": platform.python_version()},
        "timings": timings,
    }
    (place / "executed.ipynb").replace(folder / "notebook.ipynb")
    (folder / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


def _commit() -> str | None:
    """Return the collection's commit, marked if files differ from it; None outside a git checkout."""
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        shown = subprocess.run(command, cwd=project.root(), capture_output=True, text=True, check=False)
    except OSError:
        return None
    return shown.stdout.strip() or None


def load(folder: Path) -> dict[str, Any]:
    """Return a run's record.

    Raises
    ------
    InputError
        If the folder is not that of a run.
    """
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder}: is not a run; expected a folder with {RECORD}, see `parallelrun runs`") from None


def find(name: str) -> Path:
    """Return the folder of a run that is named by its folder or by the beginning of its hash.

    Raises
    ------
    InputError
        If there is none or several.
    """
    folder = Path(name)
    if (folder / RECORD).is_file():
        return folder
    found = [one for one, record in listing() if len(name) >= 4 and record["hash"].startswith(name)]
    if len(found) != 1:
        count = f"{len(found)} runs have" if found else "no run has"
        raise InputError(f"{name!r}: {count} this hash, and it is no run's folder; see `parallelrun runs`")
    return found[0]


def listing(notebook: str | None = None) -> list[tuple[Path, dict[str, Any]]]:
    """Return folder and record of every run, or every one of a notebook, by notebook, oldest first."""
    found = [(path.parent, load(path.parent)) for path in home().glob(f"{notebook or '*'}/*/{RECORD}")]
    return sorted(found, key=lambda one: (one[1]["notebook"], one[1]["timings"]["started"], one[0].name))


def inventory(found: list[tuple[Path, dict[str, Any]]]) -> str:
    """Return a line for each run of a listing: folder, start, and what was changed."""
    lines = []
    for folder, record in found:
        changed = ", ".join(f"{name}={value}" for name, value in record["changed"].items()) or "defaults"
        lines.append(f"{os.path.relpath(folder)}/  {record['timings']['started']}  {changed}")
    return "\n".join(lines) or "no runs; `parallelrun run NOTEBOOK` makes one"


def report(done: list[Done]) -> str:
    """Return a line for each run: notebook, seconds, results, and where it is."""
    lines = []
    for one in done:
        state = "failed" if one.error else "was there" if one.seconds is None else f"{one.seconds:.1f} s"
        where = "" if one.error else f"  {os.path.relpath(one.folder)}/"
        lines.append(f"{one.request.stem}  {state}{where}")
    return "\n".join(lines)
