"""Read, clean and describe notebooks: parameters, headings, outputs that can be committed."""

from __future__ import annotations

import ast
import copy
import json
import re
from pathlib import Path
from typing import Any

from parallelrun.errors import NotebookError

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    """Return a notebook as plain JSON, cell sources joined to strings.

    Raises
    ------
    NotebookError
        If the file cannot be read or is not a version 4 notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise NotebookError(f"{path}: not valid JSON ({error}); restore the notebook or save it again") from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise NotebookError(f"{path}: not a notebook of format 4; save it again with JupyterLab")
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook as JupyterLab does: one-space indent, sources and texts split into lines."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _lines(output["text"])
            for kind, value in output.get("data", {}).items():
                if kind.startswith("text/") or kind == "image/svg+xml":
                    output["data"][kind] = _lines(value)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def _lines(text: str | list[str]) -> list[str]:
    return "".join(text).splitlines(keepends=True)


def clean(notebook: Notebook) -> Notebook:
    """Return the notebook as it is committed: no timings, paths or random ids, cells numbered in order."""
    cleaned: Notebook = {
        "cells": [],
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    if ours := notebook.get("metadata", {}).get("parallelrun"):
        cleaned["metadata"]["parallelrun"] = ours
    count = 0
    for number, cell in enumerate(notebook["cells"], start=1):
        kept = {"cell_type": cell["cell_type"], "id": f"cell-{number:02d}", "source": "".join(cell["source"])}
        tags = cell.get("metadata", {}).get("tags", [])
        kept["metadata"] = {"tags": sorted(tags)} if tags else {}
        if "hide-input" in tags:  # the book folds by the tag, JupyterLab by this
            kept["metadata"]["jupyter"] = {"source_hidden": True}
        if cell["cell_type"] == "code":
            count += 1
            kept["execution_count"] = count
            kept["outputs"] = [_clean_output(output, count) for output in cell.get("outputs", [])]
        cleaned["cells"].append(kept)
    return cleaned


def _clean_output(output: dict[str, Any], count: int) -> dict[str, Any]:
    output = copy.deepcopy(output)
    output.pop("transient", None)
    if "execution_count" in output:
        output["execution_count"] = count
    return output


def code_digest_text(notebook: Notebook) -> str:
    """Return what makes a notebook compute what it computes: its code cells and their tags, without outputs."""
    cells = [
        [cell["source"], cell.get("metadata", {}).get("tags", [])]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    return json.dumps(cells)


def reads_results(notebook: Notebook) -> bool:
    """Whether a notebook reads the results of the others, and so runs after them."""
    return bool(notebook.get("metadata", {}).get("parallelrun", {}).get("reads_results"))


def headings(notebook: Notebook) -> list[str]:
    """Return, for each cell, the heading that it stands under (empty before the first)."""
    current, found = "", []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and (lines := re.findall(r"^#{1,6}\s+(.+?)\s*$", cell["source"], re.M)):
            current = lines[-1]
        found.append(current)
    return found


def title(notebook: Notebook, default: str) -> str:
    """Return the notebook's first heading."""
    return next((heading for heading in headings(notebook) if heading), default)


def parameters_cell(notebook: Notebook) -> dict[str, Any] | None:
    """Return the cell tagged ``parameters``, or None."""
    return next((c for c in notebook["cells"] if "parameters" in c.get("metadata", {}).get("tags", [])), None)


def default_parameters(notebook: Notebook, where: str) -> dict[str, Any]:
    """Return the literals that the tagged cell assigns, by name.

    Raises
    ------
    NotebookError
        If the cell holds anything but assignments of plain literals.
    """
    cell = parameters_cell(notebook)
    if cell is None:
        return {}
    found: dict[str, Any] = {}
    for statement in ast.parse(cell["source"]).body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                try:
                    found[name] = ast.literal_eval(value)
                    continue
                except ValueError:
                    pass
        raise NotebookError(
            f"{where}, parameters cell, line {statement.lineno}: expected `name = literal`, "
            f"found `{ast.unparse(statement)}`; compute it in a later cell"
        )
    return found


def literal_names(source: str) -> set[str]:
    """Return the names that a cell sets, if it holds nothing but assignments of literals; none otherwise."""
    cell = {"source": source, "metadata": {"tags": ["parameters"]}}
    try:
        return set(default_parameters({"cells": [cell]}, "cell"))
    except (NotebookError, SyntaxError):
        return set()


def study_stem(notebook: Notebook) -> str | None:
    """Return the stem that the notebook gives to ``Study`` as a literal, or None."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and (match := re.search(r"\bStudy\(\s*[\"'](\w+)[\"']", cell["source"])):
            return match[1]
    return None


def checked(path: Path) -> Any:
    """Return a notebook as an nbformat node, with cell ids where an old file has none.

    Raises
    ------
    NotebookError
        If the file is not a valid notebook.
    """
    import nbformat

    notebook = nbformat.from_dict(read(path))
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number:02d}")
        cell.setdefault("metadata", {})
    notebook.nbformat_minor = max(5, notebook.get("nbformat_minor", 5))
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise NotebookError(f"{path}: not a valid notebook ({error.message}); save it again with JupyterLab") from None
    return notebook
