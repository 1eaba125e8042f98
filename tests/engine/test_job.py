"""One run of any notebook: what is assumed and said, how a failure is told; `pool` and `preload` run them."""

import json
from dataclasses import replace

import pytest

from parallelrun import ipynb, project
from parallelrun.engine import pool
from parallelrun.engine.job import Job
from parallelrun.errors import NotebookError
from parallelrun.runs import single
from parallelrun.study.parameters import Written

PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def cell(source, kind="code", **more):
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "source": source, "metadata": {}} | extra | more


def tagged(source):
    return cell(source, metadata={"tags": ["parameters"]})


def notebook(*cells, metadata=PYTHON, **more):
    return {"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": metadata} | more


HINTS = """n: int = 2  # how many
# a comment
words = [  # type: List[str]
    "a",  # first
]
nothing: "NoneType" = None
"""

RUN = {
    "plain": notebook(cell("x = 1"), cell("assert x == 1")),
    "no-cells": notebook(),
    "no-kernel": notebook(cell("1"), metadata={"language_info": {"name": "python"}}),
    "no-metadata": {"cells": [{"cell_type": "code", "source": ["x = 1\n", "x"]}], "nbformat": 4},
    "another-environment": notebook(cell("1"), metadata={"kernelspec": {"name": "conda-x", "language": "python"}}),
    "no-ids": notebook(cell("1"), cell("2"), nbformat_minor=0),
    "same-ids": notebook(cell("1", id="a"), cell("2", id="a")),
    "markdown-only": notebook(cell("# Title", "markdown"), cell("text", "markdown", attachments={"a.png": {}})),
    "raw": notebook(cell("not Python", "raw"), cell("1")),
    "blank": notebook(cell(""), cell("  \n"), cell("# only a comment")),
    "old outputs": notebook(cell("1", outputs=[{"output_type": "pyout"}])),
    "hints": notebook(tagged(HINTS), cell("assert (n, words, nothing) == (3, ['a'], None)")),
    "computed": notebook(
        tagged("import os\nn = 2\nm = n + 1\nl = []\nl.append(m)"), cell("assert (n, m, l) == (3, 3, [3])")
    ),
    "magic": notebook(tagged("%matplotlib inline\nn = 2"), cell("assert n == 3")),
    "odd values": notebook(tagged("n = 2\ns = {1, 2}\nb = b'x'\n_own = 1\njson = 2\nc = 1j"), cell("assert n == 3")),
    "sys-exit": notebook(cell("import sys; sys.exit()"), cell("1 / 0")),
    "exit": notebook(cell("exit()"), cell("1 / 0")),
    "{odd} name": notebook(cell("1")),
}
"""Notebooks that run, the ones with a parameter ``n`` with another value of it."""

FAIL = {
    "divides": (
        notebook(cell("## Part", "markdown"), cell("x = 1\n1 / 0")),
        "under “Part”, cell 2, line 2: ZeroDivisionError",
    ),
    "late": (notebook(tagged("n = 2"), cell("1 / 0")), "cell 2, line 1: ZeroDivisionError: division by zero"),
    "no-magic": (notebook(cell("%nosuch")), "cell 1: UsageError: Line magic function `%nosuch` not found."),
    "exit-code": (notebook(cell("import sys; sys.exit(3)")), "cell 1: SystemExit: 3"),
    "asks": (notebook(cell("input()")), "cell 1, line 1: StdinNotImplementedError"),
    "dies": (notebook(cell("import os; os._exit(7)")), "its process ended with code 7"),
    "bad-cell": (notebook(cell("1", "nonsense")), "not a valid notebook"),
}

REFUSED = {
    "": "not valid JSON",
    "[]": "not a notebook of format 4",
    json.dumps(
        {"nbformat": 3, "worksheets": []}
    ): "not a notebook of format 4, but 3; open it in JupyterLab and save it",
    json.dumps(notebook(1)): "cell 1: not a cell",
    json.dumps(notebook(cell("1"), {"cell_type": "code"})): "cell 2: not a cell",
    json.dumps(notebook(cell("1", metadata=3))): "cell 1: not a cell",
    json.dumps(
        notebook(metadata={"kernelspec": {"name": "ir", "language": "R"}})
    ): "asks for the kernel 'ir', but only",
    json.dumps(notebook(metadata={"language_info": {"name": "julia"}})): "asks for the kernel 'julia', but only",
    json.dumps(notebook(metadata={"kernelspec": {"name": "python2"}})): "asks for the kernel 'python2', but only",
    json.dumps(
        notebook(cell("1"), tagged("a = 1\n= 2"))
    ): "cell 2 (its parameters), line 2: not Python, invalid syntax: `= 2`",
}


def request(path):
    """What the command makes of a notebook; if it has a parameter n, with another value."""
    around = replace(project.surroundings(), formats=())
    names = single.model_of(path).model_fields
    return single.request(path, {"n": Written("3")} if "n" in names else {}, around)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """How each of them ended, by name, and where its executed notebook is."""
    folder = tmp_path_factory.mktemp("jobs")
    jobs = []
    for name, content in (RUN | {name: content for name, (content, _) in FAIL.items()}).items():
        path = folder / f"{name}.ipynb"
        path.write_text(json.dumps(content))
        asked = request(path)
        around = replace(asked.around, out=folder / name)
        jobs.append(Job(path, around, asked.injected, folder / name / "executed.ipynb"))
    return {outcome.job.notebook.stem: outcome for outcome in pool.run_all(jobs, pool.workers())}


@pytest.mark.parametrize("name", RUN)
def test_any_notebook_runs(outcomes, name):
    assert outcomes[name].error is None
    executed = ipynb.read(outcomes[name].job.executed)
    assert [c["source"] for c in executed["cells"] if "injected-parameters" not in ipynb.tags(c)] == [
        "".join(c["source"]) for c in RUN[name]["cells"]
    ]


@pytest.mark.parametrize("name", FAIL)
def test_a_failure_names_notebook_cell_and_line(outcomes, name):
    assert FAIL[name][1] in outcomes[name].error
    assert f"{name}.ipynb" in outcomes[name].error


@pytest.mark.parametrize(("content", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_no_notebook_for_python_is_refused_with_its_place(tmp_path, content, message):
    path = tmp_path / "mine.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match=r"mine\.ipynb") as caught:
        request(path)
    assert message in str(caught.value)


def test_what_is_assumed_of_a_kernel_is_said(outcomes):
    assert {name: outcome.notes for name, outcome in outcomes.items() if outcome.notes} == {
        "no-kernel": (
            "no-kernel.ipynb does not say which kernel it needs; it is run with this environment's Python 3",
        ),
        "no-metadata": (
            "no-metadata.ipynb does not say which kernel it needs; it is run with this environment's Python 3",
        ),
        "another-environment": (
            "another-environment.ipynb asks for the kernel 'conda-x'; it is run with this environment's Python 3",
        ),
    }


def test_after_an_exit_no_cell_runs(outcomes):
    for name in ("sys-exit", "exit"):
        last = ipynb.read(outcomes[name].job.executed)["cells"][-1]
        assert last["outputs"] == []
