"""The codebook, data/README.md: every table and column, written from the data package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parallelrun import project
from parallelrun.data import tables, validate
from parallelrun.errors import DataError

INTRODUCTION = """# Codebook

Written by `make codebook` from [datapackage.json](datapackage.json); do not edit by hand.

{title}. {description}

Licence of the tables: {licence}. Every row cites a key of [sources.csv](sources.csv) in `source` and says where in it
to look in `locator`; `as_of` is the date that the figure speaks of. A table of the articles' claims keeps what was
printed in `published` beside the `value` and the interval from `low` to `high` that it stands for, by the rules in
`parallelrun.audit.printed`; `claim` numbers the articles' claims (A to D for the four articles). Empty means unknown or
not applicable, and `note` says which. Load a table with `parallelrun.data.tables.load("convergence/arena_scores")`;
check all of them with `parallelrun validate`.
"""


def render() -> str:
    """Return the codebook as Markdown."""
    package = tables.package()
    licence = package["licenses"][0]
    parts = [
        INTRODUCTION.format(
            title=package["title"],
            description=package["description"],
            licence=f"[{licence['name']}]({licence['path']})",
        ),
        "| Table | Rows are |\n| --- | --- |",
        *(f"| [{_name(r)}](#{_anchor(r)}) | {r['description']} |" for r in package["resources"]),
    ]
    parts += ["\n" + _table(resource) for resource in package["resources"]]
    return "\n".join(parts).rstrip() + "\n"


def write() -> None:
    """Write the codebook into the collection."""
    _path().write_text(render(), encoding="utf-8")


def check() -> None:
    """Compare the codebook with the data package.

    Raises
    ------
    DataError
        If it is missing or says something else.
    """
    if not _path().is_file() or _path().read_text(encoding="utf-8") != render():
        raise DataError(f"{_path()}: is not what datapackage.json says: run `make codebook`")


def _path() -> Path:
    return project.root() / "data" / "README.md"


def _name(resource: dict[str, Any]) -> str:
    return tables.table_name(resource)


def _anchor(resource: dict[str, Any]) -> str:
    return _name(resource).replace("/", "")


def _table(resource: dict[str, Any]) -> str:
    schema = resource["schema"]
    lines = [
        f"## {_name(resource)}",
        "",
        f"**{resource['title']}** ([{resource['path']}]({resource['path']})): {resource['description']}",
        "",
        f"Key: {', '.join(f'`{name}`' for name in schema.get('primaryKey', []))}.",
        "",
        "| Column | Type | Unit | Constraints | Meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    foreign = {key["fields"][0]: key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
    for field in schema["fields"]:
        constraints = [_constraint(kind, limit) for kind, limit in field.get("constraints", {}).items()]
        if field["name"] in foreign:
            constraints.append(f"key of `{foreign[field['name']]}`")
        cells = [
            f"`{field['name']}`",
            field["type"],
            field.get("unit", ""),
            "; ".join(c for c in constraints if c),
            field["description"],
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _constraint(kind: str, limit: Any) -> str:
    match kind:
        case "required":
            return "required" if limit else ""
        case "minimum":
            return f"≥ {limit}"
        case "maximum":
            return f"≤ {limit}"
        case "enum":
            return "one of " + ", ".join(f"`{choice}`" for choice in limit)
        case "pattern":
            return f"`{limit}`" if len(limit) <= validate.LONGEST else "a code, as its meaning says"
        case _:
            return f"{kind} {json.dumps(limit)}"
