"""Accept an intended change: show what differs from what is committed, then write it into the notebooks."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import click

from parallelrun import ipynb, project
from parallelrun.runs import compare, readme
from parallelrun.runs.build import Built, Layout, build, report


def accept(only: list[str]) -> list[Built]:
    """Build, print the differences in results, plotted data and outputs, and write the outputs into the notebooks.

    Parameters
    ----------
    only : list of str
        Stems to accept; empty for all.

    Returns
    -------
    list of Built
        What was built; a notebook that failed is not accepted.
    """
    layout = Layout.default()
    with tempfile.TemporaryDirectory() as name:
        committed = _committed(Path(name))
        built = build(layout, only)
        changed = 0
        for one in built:
            if one.error:
                continue
            old, new = (compare.Side("", one.stem, folder / one.stem, {}, {}) for folder in (committed, layout.figures))
            lines = [*compare.lines(compare.compare(old, new)), *_outputs(layout, one.stem)]
            changed += bool(lines)
            click.echo(f"{one.stem}: " + ("no difference" if not lines else f"{len(lines)} differences"))
            for line in lines:
                click.echo(f"  {line}")
            path = project.notebook_path(one.stem)
            cleaned = ipynb.clean(ipynb.read(layout.executed(one.stem)))
            if cleaned != ipynb.read(path):
                ipynb.write(cleaned, path)
    readme.write()
    click.echo(f"{changed} of {len(built)} notebooks changed; look at them, then commit notebooks/ and figures/")
    if any(one.error for one in built):
        click.echo(report(built, layout))
    return built


def _committed(folder: Path) -> Path:
    """Return a copy of ``figures/`` as last committed, or, outside a git checkout, as it is now."""
    command = ["git", "archive", "HEAD", "figures"]
    archived = subprocess.run(command, cwd=project.root(), capture_output=True, check=False)
    if archived.returncode == 0:
        with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
            archive.extractall(folder, filter="data")
    elif (project.root() / "figures").is_dir():
        shutil.copytree(project.root() / "figures", folder / "figures")
    return folder / "figures"


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
