"""Which run made a figure, and whether running it again gives the same bytes, the same data, or others."""

from __future__ import annotations

import difflib
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parallelrun import project
from parallelrun.data import tables
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import InputError, ParallelRunError
from parallelrun.export import embedded, history
from parallelrun.export.embedded import Told
from parallelrun.project import Look
from parallelrun.runs import single
from parallelrun.study import catalogue, figures
from parallelrun.study.parameters import Written

OUTCOMES = ("same bytes", "same picture", "same data", "other data", "unknown")


@dataclass
class Verdict:
    """What is known of a file.

    Attributes
    ----------
    outcome : str
        ``same bytes``; ``same picture``: the drawing is the same, other bytes of the file are not; ``same data``: it
        names the data and parameters that the collection has, but the drawing is not what they give, so that it was
        changed or drawn by other versions; ``other data``; or ``unknown``.
    figure : str
        Its full name; empty if unknown.
    told : list of str
        What was found, a sentence each.
    """

    outcome: str = "unknown"
    figure: str = ""
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Chain:
    """What to run again: notebook, parameters as they are injected, and the look."""

    stem: str
    parameters: tuple[tuple[str, Any], ...]
    look: Look


def verify(paths: Sequence[Path]) -> list[Verdict]:
    """Return a verdict on each file; the chains that they name are run again, each once.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    contents = [_read(path) for path in paths]
    told = [embedded.read(content) for content in contents]
    verdicts = [Verdict() for _ in paths]
    chains: dict[int, _Chain] = {}
    for number, one in enumerate(told):
        chain = _chain(one, verdicts[number])
        if chain is not None:
            chains[number] = chain
    with tempfile.TemporaryDirectory(prefix="parallelrun-") as stage:
        made = _run(chains, told, Path(stage))
        for number, chain in chains.items():
            entry, error = made[chain]
            if error:
                verdicts[number].told.append(f"its chain does not run: {error}")
            else:
                assert entry is not None
                _compare(contents[number], told[number], entry, verdicts[number])
    return verdicts


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _chain(one: Told, verdict: Verdict) -> _Chain | None:
    """Return the chain that a file names, or say why there is none."""
    told = one.provenance
    if told is None:
        verdict.told.append(one.fault or "it has no provenance of parallel-run")
        return None
    stem = told.get("notebook")
    if stem not in project.stems():
        verdict.told.append(f"it names the notebook {str(stem)[:60]!r}, which the collection does not have")
        return None
    verdict.told.append(f"made by notebooks/{stem}.ipynb, parallel-run {told.get('version')}")
    try:
        look = Look(**told.get("look", {}))
        written = {name: Written(_text(value)) for name, value in told["parameters"].items()}
        request = single.request(project.notebook_path(stem), written, project.surroundings())
    except (ParallelRunError, TypeError) as error:
        verdict.told.append(f"its parameters are none that the notebook takes: {error}")
        return None
    changed = ", ".join(f"{name} = {value}" for name, value in request.changed.items())
    verdict.told.append(f"with {changed}" if changed else "with the default parameters")
    return _Chain(stem, tuple(sorted((n, _frozen(v)) for n, v in request.injected.items())), look)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _run(
    chains: dict[int, _Chain], told: list[Told], stage: Path
) -> dict[_Chain, tuple[dict[str, dict[str, Any]] | None, str | None]]:
    """Run chains; return for each its figures, title to entry with the folder under ``folder``, or its error."""
    jobs: dict[Path, _Chain] = {}
    asked = []
    for place, chain in enumerate(dict.fromkeys(chains.values())):
        mine = [told[number] for number, one in chains.items() if one == chain]
        names = [str(one.provenance.get("figure") or "") for one in mine if one.provenance is not None]
        around = replace(
            project.surroundings(),
            out=stage / str(place),
            formats=tuple(kind for kind in (*project.FORMATS, "eps") if kind in {one.kind for one in mine}),
            look=chain.look,
            only=frozenset(names) if all(names) else None,
        )
        executed = stage / str(place) / "executed.ipynb"
        jobs[executed] = chain
        given = {name: list(v) if isinstance(v, tuple) else v for name, v in chain.parameters}
        asked.append(Job(project.notebook_path(chain.stem), around, given, executed))
    made: dict[_Chain, tuple[dict[str, dict[str, Any]] | None, str | None]] = {}
    for outcome in pool.run_all(asked, pool.workers()) if asked else ():
        assert outcome.job.executed is not None
        executed = outcome.job.executed
        if outcome.error:
            made[jobs[executed]] = (None, outcome.error)
            continue
        folder = executed.parent / outcome.job.stem
        entry = catalogue.describe(outcome.job.stem, executed, folder)
        made[jobs[executed]] = ({one["name"]: one | {"folder": folder} for one in entry["figures"]}, None)
    return made


def _compare(content: bytes, one: Told, made: dict[str, dict[str, Any]], verdict: Verdict) -> None:
    """Set a file against what its chain gives."""
    told = one.provenance
    assert told is not None
    fresh = _match(told, made)
    if fresh is None:
        verdict.told.append("its chain gives no figure of that name or title")
        return
    verdict.figure = f"{told['notebook']}/{fresh['name']}"
    others = _other_tables(told)
    verdict.told.append(
        f"its tables differ from the collection's: {', '.join(others)}" if others else "from the collection's tables"
    )
    again = (fresh["folder"] / f"{fresh['name']}.{one.kind}").read_bytes()
    if again == content:
        verdict.outcome = "same bytes"
        return
    table = (fresh["folder"] / f"{fresh['name']}.csv").read_bytes()
    if rows := _rows(told, table, content):
        verdict.outcome = "other data"
        verdict.told += rows
    words = embedded.read(again).provenance or {}
    keys = sorted(key for key in words.keys() | told.keys() if words.get(key) != told.get(key) and key != "rows")
    if keys:
        verdict.told.append(f"what it says of itself differs in: {', '.join(keys)}")
    where = _difference(content, again)
    if verdict.outcome != "other data":
        if others or "inputs" in keys:
            verdict.outcome = "other data"
        else:
            verdict.outcome = "same data" if where else "same picture"
    verdict.told.append(where or "the drawing is the same; other bytes of the file are not")


def _match(told: dict[str, Any], made: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Return the figure of a run that a file is, by name, else by title, else by the words that are nearest."""
    if told.get("figure") in made:
        return made[told["figure"]]
    words = f"{told.get('title')} {told.get('alt')}"
    near = {f"{one['title']} {one['alt']}": one for one in made.values()}
    best = difflib.get_close_matches(words, near, n=1, cutoff=0.6)
    return near[best[0]] if best else None


def _other_tables(told: dict[str, Any]) -> list[str]:
    """Return the tables that a file was made of and that the collection does not have in that form."""
    there = set(tables.tables())
    return [name for name, digest in told["inputs"].items() if name not in there or tables.digest(name) != digest]


def _rows(told: dict[str, Any], table: bytes, content: bytes) -> list[str]:
    """Say which rows of the plotted data are not those that the file was drawn from; empty if none, or not known."""
    names, *lines = table.decode().splitlines()
    if "rows" in told:
        if told.get("data") == hashlib.sha256(table).hexdigest() and told["rows"] == figures.row_digests(table):
            return []
        size = figures.ROW_DIGITS
        old = {str(told["rows"])[start : start + size] for start in range(0, len(str(told["rows"])), size)}
        marks = figures.row_digests(table)
        new = [marks[start : start + size] for start in range(0, len(marks), size)]
        fresh = [line for line, mark in zip(lines, new, strict=True) if mark not in old]
        gone = len(old - set(new))
    else:
        before = history.plotted(content)
        if before is None or before == table:
            return []
        was = before.decode().splitlines()[1:]
        fresh, gone = [line for line in lines if line not in was], len([line for line in was if line not in lines])
    shown = [f"row now there and not in the figure: {line}" for line in fresh[:10]]
    more = [f"and {len(fresh) - 10} more"] if len(fresh) > 10 else []
    return [f"{len(fresh)} rows of its data are new and {gone} are gone ({names})", *shown, *more]


def _difference(content: bytes, again: bytes) -> str:
    """Say where two drawings differ; empty if they do not."""
    try:
        one, other = embedded.drawing(content), embedded.drawing(again)
    except Exception as error:  # whatever a damaged file makes a reader raise
        return f"its drawing cannot be read: {type(error).__name__}"
    if one == other:
        return ""
    rows = [n for n in range(max(len(one), len(other))) if one[n : n + 1] != other[n : n + 1]]
    what = "rows of pixels" if embedded.kind_of(content) == "png" else "lines of the drawing"
    return (
        f"{len(rows)} of {max(len(one), len(other))} {what} are not what its chain gives, the first at {rows[0] + 1}: "
        "it was changed after it was made, or drawn by other versions of the libraries"
    )


def documents(path: Path) -> list[tuple[str, str, Verdict | None]]:
    """Return the figures of the collection inside a document: where, which, and for a whole file its verdict.

    Those inside a PDF are told by their drawing, or by their alternative text alone.
    """
    root = project.root() / "figures"
    entries = catalogue.read(root)
    named = [(f"{stem}/{one['name']}", one) for stem, entry in entries.items() for one in entry["figures"]]
    found: list[tuple[str, str, Verdict | None]] = []
    prints: dict[str, str] = {}
    for one in embedded.inside(path):
        if one.content is not None:
            if embedded.read(one.content).provenance:
                with tempfile.TemporaryDirectory() as folder:
                    (kept := Path(folder) / "figure").write_bytes(one.content)
                    (verdict,) = verify([kept])
                found.append((one.where, verdict.figure, verdict))
        elif one.print:
            prints = prints or {
                embedded.print_of((root / f"{name}.{kind}").read_bytes()): f"{name}.{kind}"
                for name, _ in named
                for kind in ("pdf", "png")
            }
            if one.print in prints:
                found.append((one.where, f"{prints[one.print]}, the same drawing", None))
        else:
            found += [
                (one.where, f"{name}, by its alternative text; the drawing itself is not compared", None)
                for name, figure in named
                if figure["alt"] == one.alt
            ]
    return found


def told(paths: Sequence[Path]) -> tuple[str, bool]:
    """Return what is known of files, as lines, and whether each is, or has inside only, what its chain gives."""
    lines: list[str] = []
    good = True
    for path, verdict in zip(paths, verify(paths), strict=True):
        within = documents(path) if verdict.outcome == "unknown" else []
        if within:
            lines.append(f"{path}: a document with figures of the collection")
            for where, name, one in within:
                lines.append(f"  {where}: {name}" + (f": {one.outcome}" if one else ""))
                lines += [f"    {line}" for line in one.told] if one else []
            good &= all(one is None or one.outcome in OUTCOMES[:2] for _, _, one in within)
        else:
            lines.append(f"{path}: {verdict.outcome}" + (f" ({verdict.figure})" if verdict.figure else ""))
            lines += [f"  {line}" for line in verdict.told]
            if verdict.outcome == "unknown" and any(one.print for one in embedded.inside(path)):
                lines.append("  no drawing in it is that of a figure under figures/; name exported files themselves")
            good &= verdict.outcome in OUTCOMES[:2]
    return "\n".join(lines), good
