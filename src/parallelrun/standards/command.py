"""What `parallelrun standards` asks for: the files that describe the collection, written, or held to what is there."""

from __future__ import annotations

from collections.abc import Callable

from parallelrun import project
from parallelrun.errors import DataError
from parallelrun.standards import codecheck, codemeta, croissant, replication

FILES: dict[str, Callable[[], str]] = {
    "codemeta.json": codemeta.render,
    "codecheck.yml": codecheck.render,
    "data/croissant.json": croissant.render,
    "docs/replication.md": replication.render,
}
"""The files, and what writes each."""


def write() -> list[str]:
    """Write the files whose content has changed; return their names."""
    changed = []
    for name, render in FILES.items():
        path, content = project.root() / name, render()
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            changed.append(name)
    return changed


def check() -> None:
    """Compare the files with what is there.

    Raises
    ------
    DataError
        If one is missing or says something else.
    """
    root = project.root()
    old = [
        name
        for name, render in FILES.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != render()
    ]
    if old:
        raise DataError(f"{', '.join(old)}: not what the collection is now; run `parallelrun standards`")
