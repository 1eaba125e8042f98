"""Who and what the collection is, from CITATION.cff, pyproject.toml and the manifest: written once, said by all."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import Any

from parallelrun import project
from parallelrun.data import tables
from parallelrun.study import catalogue

LICENCES = {
    "MIT": "https://spdx.org/licenses/MIT",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True)
class Identity:
    """The collection in a few words.

    Attributes
    ----------
    name, title, description, version, released : str
        ``released`` is an ISO date.
    authors, keywords, licences, dependencies : list of str
        Licences are SPDX identifiers, that of the code first.
    python : str
        Versions of Python that it runs on.
    repository : str, optional
        Address of the repository, where CITATION.cff has it.
    """

    name: str
    title: str
    description: str
    version: str
    released: str
    authors: list[str]
    keywords: list[str]
    licences: list[str]
    dependencies: list[str]
    python: str
    repository: str | None


def identity() -> Identity:
    """Return what the collection says of itself."""
    from ruamel.yaml import YAML

    root = project.root()
    cff = YAML(typ="safe").load((root / "CITATION.cff").read_text(encoding="utf-8"))
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Identity(
        name=package["name"],
        title=cff["title"],
        description=cff["abstract"].strip(),
        version=str(cff["version"]),
        released=str(cff["date-released"]),
        authors=[one["name"] for one in cff["authors"]],
        keywords=cff["keywords"],
        licences=cff["license"],
        dependencies=sorted(package["dependencies"]),
        python=package["requires-python"],
        repository=cff.get("repository-code"),
    )


def notebooks() -> dict[str, dict[str, Any]]:
    """Return what the manifest says of each notebook, by stem."""
    return catalogue.read(project.root() / "figures")


def sources() -> list[dict[str, str]]:
    """Return the rows of the sources."""
    from parallelrun.data.rows import read

    return [row.cells for row in read(project.data_dir() / tables.tables()["sources"]["path"])]


def as_json(value: Any) -> str:
    """Return JSON as it is committed."""
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n"
