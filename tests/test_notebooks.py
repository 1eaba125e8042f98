"""How notebooks are read and cleaned, and the shape that every committed one has."""

import ast
import re
from importlib.util import find_spec

import pytest

from parallelrun import ipynb, project
from parallelrun.errors import NotebookError

MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|root|tmp|work|Users|var)/[\w.-]+")
LONGEST_CELL = 25


def code(source, outputs=(), **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": list(outputs)}


def text(source):
    return {"cell_type": "markdown", "source": source, "metadata": {}}


@pytest.fixture(params=project.stems())
def notebook(request):
    return ipynb.read(project.notebook_path(request.param))


def test_cleaning_removes_timings_paths_and_random_ids():
    timing = {"execution": {"iopub.execute_input": "2026-01-01"}, "papermill": {"duration": 1}, "tags": ["b", "a"]}
    output = {"output_type": "execute_result", "execution_count": 9, "data": {"text/plain": "7"}, "metadata": {}}
    dirty = {
        "nbformat": 4,
        "metadata": {"papermill": {"input_path": "/somewhere"}, "kernelspec": {"name": "mine"}},
        "cells": [
            text("# A"),
            code("3 + 4", [output | {"transient": {}}], **timing) | {"id": "x7f", "execution_count": 9},
        ],
    }
    cleaned = ipynb.clean(dirty)
    assert cleaned["metadata"]["kernelspec"]["name"] == "python3"
    assert cleaned["cells"][1] == {
        "cell_type": "code",
        "id": "cell-02",
        "source": "3 + 4",
        "metadata": {"tags": ["a", "b"]},
        "execution_count": 1,
        "outputs": [output | {"execution_count": 1}],
    }
    assert ipynb.clean(cleaned) == cleaned


def test_writing_and_reading_gives_the_same(tmp_path):
    original = ipynb.clean({"cells": [text("# A\n\nB"), code("x = 1\ny = 2\n")]})
    ipynb.write(original, tmp_path / "n.ipynb")
    assert ipynb.read(tmp_path / "n.ipynb") == original


def test_cells_know_their_heading():
    cells = [
        code("0"),
        text("# Title\n\n## First"),
        code("1"),
        text("no heading"),
        code("2"),
        text("## Second"),
        code("3"),
    ]
    assert ipynb.headings({"cells": cells}) == ["", "First", "First", "First", "First", "Second", "Second"]


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "not valid JSON"), ("[]", "not a notebook of format 4"), ('{"nbformat": 3}', "not a notebook of format 4")],
)
def test_a_broken_notebook_is_refused_by_name(tmp_path, content, message):
    (tmp_path / "n.ipynb").write_text(content)
    with pytest.raises(NotebookError, match=f"n.ipynb: {message}"):
        ipynb.read(tmp_path / "n.ipynb")


def test_a_notebook_of_the_wrong_shape_is_refused(tmp_path):
    ipynb.write({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "1"}]}, tmp_path / "n.ipynb")
    with pytest.raises(NotebookError, match="not a valid notebook"):
        ipynb.checked(tmp_path / "n.ipynb")


def test_a_committed_notebook_holds_no_timings_and_counts_its_cells_in_order(notebook):
    assert "papermill" not in notebook["metadata"]
    code_cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code_cells] == list(range(1, len(code_cells) + 1))
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags", "jupyter"}


def test_a_committed_notebook_has_outputs_without_faults_or_machine_paths(notebook):
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr"
            words = "".join(
                "".join(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image/")
            )
            assert not MACHINE_PATH.search(words + "".join(output.get("text", "")))


def test_every_cell_that_draws_or_records_has_an_output(notebook):
    """nbval compares only what is there: a cell whose output was stripped would not be checked."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and re.search(r"study\.(figure|record|say|table|finish)\(", cell["source"]):
            assert cell["outputs"], f"no output is stored for: {cell['source'][:80]} (run `make accept`)"


@pytest.mark.parametrize("stem", [s for s in project.stems() if find_spec(f"parallelrun.themes.{s}")])
def test_a_theme_reads_like_an_essay(stem):
    """Title first, parameters before the imports, one import cell, a heading per question, and the four last parts."""
    notebook = ipynb.read(project.notebook_path(stem))
    cells = notebook["cells"]
    assert cells[0]["source"].startswith("# ")
    text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    for part in ("What we found", "What stays open", "Exercises"):
        assert part in headings
    importing = [
        i
        for i, cell in enumerate(cells)
        if cell["cell_type"] == "code"
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell["source"])))
    ]
    assert len(importing) == 1
    parameters = ipynb.parameters_cell(notebook)
    assert cells.index(parameters) < importing[0]
    for cell in cells:
        if cell["cell_type"] == "code" and cell is not parameters:
            assert len(cell["source"].splitlines()) <= LONGEST_CELL
