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
    """Return a notebook as plain JSON: cell sources joined to strings, with metadata, if only empty.

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
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        found = f", but {notebook['nbformat']}" if isinstance(notebook, dict) and "nbformat" in notebook else ""
        raise NotebookError(f"{path}: not a notebook of format 4{found}; open it in JupyterLab and save it")
    notebook["metadata"] = {k: v for k, v in (notebook.get("metadata") or {}).items() if v}
    for number, cell in enumerate(notebook["cells"], start=1):
        try:
            cell["source"] = "".join(cell["source"])
            cell["metadata"] = dict(cell.get("metadata") or {})
            cell["cell_type"] = str(cell["cell_type"])
        except (KeyError, TypeError, ValueError):
            raise NotebookError(f"{path}, cell {number}: not a cell; delete it or write it anew") from None
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
        kept["metadata"] = {"tags": sorted(tags(cell))} if tags(cell) else {}
        if "hide-input" in tags(cell):  # the book folds by the tag, JupyterLab by this
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


def tags(cell: dict[str, Any]) -> list[str]:
    """Return a cell's tags."""
    found = cell["metadata"].get("tags")
    return found if isinstance(found, list) else []


def code_digest_text(notebook: Notebook) -> str:
    """Return what makes a notebook compute what it computes: its code cells and their tags, without outputs."""
    return json.dumps([[cell["source"], tags(cell)] for cell in notebook["cells"] if cell["cell_type"] == "code"])


def reads_results(notebook: Notebook) -> bool:
    """Whether a notebook reads the results of the others, and so runs after them."""
    return bool(notebook.get("metadata", {}).get("parallelrun", {}).get("reads_results"))


def figures_shown(notebook: Notebook) -> int:
    """Return how many figures a notebook's cells show, most of what it takes its time for."""
    return sum(cell["source"].count("study.show(") for cell in notebook["cells"] if cell["cell_type"] == "code")


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
    return next((cell for cell in notebook["cells"] if "parameters" in tags(cell)), None)


def default_parameters(notebook: Notebook, where: str) -> dict[str, Any]:
    """Return the literals that the tagged cell assigns, by name; what it computes or imports is no parameter.

    Raises
    ------
    NotebookError
        If the cell is not Python; the message has cell and line.
    """
    cell = parameters_cell(notebook)
    if cell is None:
        return {}
    try:
        return {name: value for name, value in _assigned(cell["source"]).items() if value is not COMPUTED}
    except SyntaxError as error:
        number = notebook["cells"].index(cell) + 1
        raise NotebookError(
            f"{where}, cell {number} (its parameters), line {error.lineno}: not Python, {error.msg}: "
            f"`{(error.text or '').strip()}`; correct the line, or take it out of the cell"
        ) from None


def literal_names(source: str) -> set[str]:
    """Return the names that a cell sets, if it holds nothing but assignments of literals; none otherwise."""
    try:
        found = _assigned(source)
    except SyntaxError:
        return set()
    return set() if COMPUTED in found.values() else set(found)


COMPUTED = object()
"""Stands for what a cell assigns that is no literal."""


def _assigned(source: str) -> dict[str, Any]:
    """Return what a cell assigns to names, and `COMPUTED` by the line of anything else that it does.

    Raises
    ------
    SyntaxError
        If it is neither Python nor what IPython makes of it.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(source))
    found: dict[str, Any] = {}
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                try:
                    found[name] = ast.literal_eval(value)
                    json.dumps(found[name])
                except (TypeError, ValueError):
                    found[name] = COMPUTED
            case _:
                found[f"line {statement.lineno}"] = COMPUTED
    return found


def fit_warnings(notebook: Notebook) -> list[str]:
    """Return the warnings of an executed notebook that a figure's texts do not fit, each with the figure's name."""
    said = "".join(
        "".join(output["text"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    )
    return [f"{figure}: {text}" for figure, text in re.findall(r"^(figure \S+):1: FitWarning: (.+)$", said, re.M)]


def stem_of(path: Path) -> str:
    """Return a notebook's stem as the name of a folder: letters, digits, _ and - only."""
    return re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "notebook"


def study_stem(notebook: Notebook) -> str | None:
    """Return the stem that the notebook gives to ``Study`` as a literal, or None."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and (match := re.search(r"\bStudy\(\s*[\"'](\w+)[\"']", cell["source"])):
            return match[1]
    return None


def assumed(notebook: Notebook, path: Path) -> list[str]:
    """Return what is taken for granted to run a notebook that does not ask for this environment's Python 3.

    Raises
    ------
    NotebookError
        If it is for another language.
    """
    spec, language = (notebook["metadata"].get(key, {}) for key in ("kernelspec", "language_info"))
    name, words = spec.get("name"), str(spec.get("language") or language.get("name") or "python")
    if words.lower() not in ("python", "ipython", "python3") or name == "python2":
        raise NotebookError(f"{path}: asks for the kernel {name or words!r}, but only Python 3 is run here")
    if name in ("python3", "python"):
        return []
    asks = f"asks for the kernel {name!r}" if name else "does not say which kernel it needs"
    return [f"{path.name} {asks}; it is run with this environment's Python 3"]


def runnable(path: Path) -> Any:
    """Return a notebook as an nbformat node to be run with Python 3: without outputs, each cell with an id of its own.

    Raises
    ------
    NotebookError
        If the file is not a valid notebook.
    """
    import nbformat

    notebook = read(path)
    notebook["metadata"] |= {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number:02d}"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    node = nbformat.from_dict(notebook | {"nbformat_minor": 5})
    try:
        nbformat.validate(node)
    except nbformat.ValidationError as error:
        raise NotebookError(f"{path}: not a valid notebook ({error.message}); save it again with JupyterLab") from None
    return node
