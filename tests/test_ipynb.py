"""How notebooks are read, cleaned and written."""

import pytest

from parallelrun import ipynb
from parallelrun.errors import NotebookError


def code(source, outputs=(), **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": list(outputs)}


def text(source):
    return {"cell_type": "markdown", "source": source, "metadata": {}}


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
