"""Accept an intended change: show what differs from what is committed, then write it into the notebooks."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import click

from parallelrun import ipynb, project
from parallelrun.runs import readme
from parallelrun.runs.build import Layout, build, raise_failures, report


def accept(only: list[str]) -> None:
    """Build, print the differences in results, plotted data and outputs, and write the outputs into the notebooks.

    Parameters
    ----------
    only : list of str
        Stems to accept; empty for all.

    Raises
    ------
    ParallelRunError
        If a notebook fails; the notebooks that succeed are accepted first.
    """
    layout = Layout.default()
    before = {path: path.read_bytes() for path in layout.figures.rglob("*") if path.is_file()}
    built = build(layout, only)
    changed = 0
    for one in built:
        if one.error:
            continue
        lines = [*_results(layout, one.stem, before), *_data(layout, one.stem, before), *_outputs(layout, one.stem)]
        changed += bool(lines)
        click.echo(f"{one.stem}: " + ("no difference" if not lines else f"{len(lines)} differences"))
        for line in lines:
            click.echo(f"  {line}")
        path = project.notebook_path(one.stem)
        new = ipynb.clean(ipynb.read(layout.executed(one.stem)))
        if new != ipynb.read(path):
            ipynb.write(new, path)
    readme.write()
    click.echo(f"{changed} of {len(built)} notebooks changed; look at them, then commit notebooks/ and figures/")
    if any(one.error for one in built):
        click.echo(report(built, layout))
    raise_failures(built)


def _committed(path: Path, before: dict[Path, bytes]) -> bytes | None:
    """Return a file as last committed, or, outside a git checkout, as it was before the build."""
    name = path.relative_to(project.root()).as_posix()
    shown = subprocess.run(["git", "show", f"HEAD:./{name}"], cwd=project.root(), capture_output=True, check=False)
    return shown.stdout if shown.returncode == 0 else before.get(path)


def _results(layout: Layout, stem: str, before: dict[Path, bytes]) -> list[str]:
    path = layout.figures / stem / "results.json"

    def by_name(content: bytes | None) -> dict[str, dict]:
        return {r["name"]: r for r in json.loads(content)["results"]} if content else {}

    old = by_name(_committed(path, before))
    new = by_name(path.read_bytes() if path.is_file() else None)
    lines = [f"result {name}: gone" for name in old if name not in new]
    for name, result in new.items():
        if name not in old:
            lines.append(f"result {name}: new, {_say(result)}")
        elif _say(result) != _say(old[name]):
            lines.append(f"result {name}: {_say(old[name])} -> {_say(result)}")
    return lines


def _say(result: dict) -> str:
    ends = "" if result["low"] is None else f" ({result['low']} to {result['high']})"
    return f"{result['value']}{ends} {result['unit']}".strip()


def _data(layout: Layout, stem: str, before: dict[Path, bytes]) -> list[str]:
    folder = layout.figures / stem
    names = {path for path in before if path.parent == folder and path.suffix == ".csv"} | set(folder.glob("*.csv"))
    lines = []
    for path in sorted(names):
        old, new = _committed(path, before), path.read_bytes() if path.is_file() else None
        if old == new:
            continue
        if old is None or new is None:
            lines.append(f"figure {path.stem}: {'new' if old is None else 'gone'}")
            continue
        (head_old, *rows_old), (head_new, *rows_new) = (list(csv.reader(io.StringIO(c.decode()))) for c in (old, new))
        longer = max(len(rows_old), len(rows_new))
        same = sum(a == b for a, b in zip(rows_old, rows_new, strict=False))
        columns = "" if head_old == head_new else ", and so do the columns"
        lines.append(f"figure {path.stem}: plotted data differ in {longer - same} of {longer} rows{columns}")
    return lines


def _outputs(layout: Layout, stem: str) -> list[str]:
    old = ipynb.clean(ipynb.read(project.notebook_path(stem)))["cells"]
    new = ipynb.clean(ipynb.read(layout.executed(stem)))
    headings = ipynb.headings(new)
    lines = []
    for index, cell in enumerate(new["cells"]):
        stored = old[index] if index < len(old) else {}
        if cell.get("outputs") != stored.get("outputs"):
            state = "differs" if stored.get("outputs") else "is new"
            lines.append(f"output of cell {index + 1} (“{headings[index]}”) {state}")
    return lines
