"""Digests of all that a run's output follows from: notebook, package, lock, data, and the other notebooks' results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from parallelrun import ipynb, project
from parallelrun.project import Surroundings


def digests(notebook: Path, around: Surroundings, reads: Iterable[str] | None = None) -> dict[str, str]:
    """Return the digest of each input of a run, by name.

    Parameters
    ----------
    notebook : Path
        The notebook; its cells and tags count, its outputs do not.
    around : Surroundings
        Its data package counts, and the other notebooks' results if the notebook reads them.
    reads : iterable of str, optional
        What of the data package counts, by names relative to its folder; by default descriptor and all tables.
    """
    content, data, results = ipynb.read(notebook), around.data, around.results
    cells = [[c["cell_type"], c["source"], c["metadata"].get("tags")] for c in content["cells"]]
    found = {
        "notebook": of_json(cells),
        "package": package(),
        "lock": of_files(project.root(), ["requirements.txt"]),
        "data": of_data(data) if reads is None else of_files(data, reads),
    }
    if ipynb.reads_results(content):
        others = [path for path in results.glob("*/results.json") if path.parent.name != notebook.stem]
        found["results"] = of_files(results, [path.relative_to(results).as_posix() for path in others])
    return found


def of_data(folder: Path) -> str:
    """Return one digest of a data package's descriptor and tables."""
    return of_files(folder, ["datapackage.json", *(p.relative_to(folder).as_posix() for p in folder.rglob("*.csv"))])


def of_path(path: Path) -> str:
    """Return the digest of a file's content, or of the names in a folder; ``missing`` if there is neither."""
    if path.is_dir():
        return of_json(sorted(one.name for one in path.iterdir()))
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


@cache
def package() -> str:
    """Return the digest of this package's modules, fonts and style file."""
    folder = Path(__file__).parent
    files = [*folder.rglob("*.py"), *(folder / "study" / "style").iterdir()]
    return of_files(folder, [path.relative_to(folder).as_posix() for path in files])


def of_files(folder: Path, names: Iterable[str]) -> str:
    """Return one digest of the named files' names and contents; those that are missing count as missing."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\0{of_path(folder / name)}\0".encode())
    return digest.hexdigest()


def of_json(value: object) -> str:
    """Return the digest of a value, as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
