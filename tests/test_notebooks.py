"""The shape of the committed notebooks: outputs that nbval can compare, and a text that one can read."""

import ast
import io
import re
import tokenize
from importlib.util import find_spec

import pytest

from parallelrun import ipynb, project
from parallelrun.study import parameters

MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|root|tmp|work|Users|var)/[\w.-]+")
THEMES = [stem for stem in project.stems() if find_spec(f"parallelrun.themes.{stem}")]
MOST = {"cells": 35, "lines of code": 200, "lines of a cell": 12, "columns": 120, "strings": 0.35}
LAST = ["What we found", "What stays open", "Exercises"]


@pytest.fixture(params=project.stems())
def notebook(request):
    return ipynb.read(project.notebook_path(request.param))


@pytest.fixture(params=THEMES)
def theme(request):
    return ipynb.read(project.notebook_path(request.param))


def code_cells(notebook, *, parameters=True):
    tagged = ipynb.parameters_cell(notebook)
    return [c for c in notebook["cells"] if c["cell_type"] == "code" and (parameters or c is not tagged)]


def headings(notebook):
    text = "\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def calls(source):
    """The methods of the study that a cell calls as statements of their own."""
    statements = [node.value for node in ast.parse(source).body if isinstance(node, ast.Expr)]
    return [c.func.attr for c in statements if isinstance(c, ast.Call) and isinstance(c.func, ast.Attribute)]


def string_share(source):
    """The part of a cell's characters that stands in string literals."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    kinds = (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None))
    return sum(len(token.string) for token in tokens if token.type in kinds) / len(source)


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
        if cell["cell_type"] == "code" and re.search(r"study\.(show|record|say|table|finish)\(", cell["source"]):
            assert cell["outputs"], f"no output is stored for: {cell['source'][:80]} (run `make accept`)"


def test_a_theme_is_short_enough_to_read(theme):
    sources = [cell["source"] for cell in code_cells(theme)]
    lines = [line for source in sources for line in source.splitlines()]
    assert len(theme["cells"]) <= MOST["cells"]
    assert len(lines) <= MOST["lines of code"]
    assert [line for line in lines if len(line) > MOST["columns"]] == []


def test_a_cell_is_code_rather_than_prose(theme):
    for cell in code_cells(theme, parameters=False):
        source = cell["source"]
        assert len(source.splitlines()) <= MOST["lines of a cell"], source
        assert string_share(source) < MOST["strings"], source


def test_a_cell_that_only_says_sentences_is_folded(theme):
    """Nobody reads a sentence twice; what loads, draws or records stays in sight."""
    for cell in code_cells(theme, parameters=False):
        called = set(calls(cell["source"]))
        folded = "hide-input" in cell["metadata"].get("tags", [])
        assert folded == bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))
        if "say" in called and called <= {"say", "finish"}:
            assert folded, cell["source"]
        if folded:
            assert called <= {"say", "table", "finish"}, cell["source"]


def test_a_theme_reads_like_an_essay(theme):
    """Title first, parameters before the imports, one import cell, questions, appendices, and three last parts."""
    cells = theme["cells"]
    assert cells[0]["source"].startswith("# ")
    importing = [
        number
        for number, cell in enumerate(cells)
        if cell["cell_type"] == "code"
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell["source"])))
    ]
    assert len(importing) == 1
    assert cells.index(ipynb.parameters_cell(theme)) < importing[0]
    found = headings(theme)
    assert found[-3:] == LAST
    appendix = [heading.startswith("Appendix") for heading in found[:-3]]
    assert appendix == sorted(appendix)


def test_a_theme_answers_its_question_in_three_sentences(theme):
    under = ipynb.headings(theme)
    outputs = [o for c, h in zip(theme["cells"], under, strict=True) if h == LAST[0] for o in c.get("outputs", [])]
    said = " ".join("".join(output.get("data", {}).get("text/markdown", "")) for output in outputs).strip()
    assert len(re.findall(r"[.!?]\W*(?:\s|$)", said)) == 3, said


@pytest.mark.parametrize("stem", THEMES)
def test_the_parameters_cell_is_the_models_and_fits_the_page(stem):
    """Names, defaults, meaning, unit and range are those of the theme's model."""
    written = parameters.cell(parameters.model_for(stem))
    cell = ipynb.parameters_cell(ipynb.read(project.notebook_path(stem)))
    assert cell["source"] == written, f"write the cell that `parallelrun params {stem} --cell` prints"
    assert max(map(len, written.splitlines())) <= MOST["columns"], "shorten the help of the parameter"
    assert all(field.description for field in parameters.model_for(stem).model_fields.values())
