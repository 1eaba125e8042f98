"""The in-process engine gives the outputs that a kernel gives."""

import subprocess
import sys

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from parallelrun import ipynb
from parallelrun.engine import kernel
from tests.conftest import SocketKernelManager

CELLS = [
    "import sys\nprint('out'); print('err', file=sys.stderr)",
    "from IPython.display import display, Markdown\nprint('before'); display(Markdown('**b**')); print('after'); 3 + 4",
    "display({'text/plain': 'p', 'image/png': b'\\x89PNG'}, raw=True, metadata={'a': 1})",
    "x = 1;",
    "x",
    "None",
    "_ + 1",
    "class C:\n    pass\n\nimport pickle\npickle.loads(pickle.dumps(C())).__class__.__name__, __name__",
    "%%capture captured\nprint('hidden')",
    "captured.stdout",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "await __import__('asyncio').sleep(0, 5)",
]


SCRIPT = """
import parallelrun, papermill
from parallelrun.engine import kernel
papermill.execute_notebook("in.ipynb", "out.ipynb", engine_name=kernel.NAME, progress_bar=False)
"""


def make(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def run_here(notebook, folder):
    """Run a notebook with the engine, in a process of its own."""
    ipynb.write(notebook, folder / "in.ipynb")
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return finished, ipynb.read(folder / "out.ipynb")


def test_outputs_are_those_of_a_kernel(tmp_path):
    notebook = make(*CELLS)
    finished, executed = run_here(notebook, tmp_path)
    assert finished.returncode == 0, finished.stderr
    client = NotebookClient(notebook, kernel_manager_class=SocketKernelManager)
    expected = client.execute()
    for ours, theirs in zip(ipynb.clean(executed)["cells"], ipynb.clean(expected)["cells"], strict=True):
        assert [_plain(o) for o in ours["outputs"]] == [_plain(o) for o in theirs["outputs"]], ours["source"]


def _plain(output):
    data = {k: "".join(v).strip() for k, v in output.get("data", {}).items()}
    return output["output_type"], data, output.get("metadata"), "".join(output.get("text", "")), output.get("name")


def test_it_stops_at_the_first_failure_and_keeps_what_came_before(tmp_path):
    finished, executed = run_here(make("print(1)", "1 / 0", "print(3)"), tmp_path)
    assert finished.returncode == 1
    assert "ZeroDivisionError" in finished.stderr
    outputs = [c["outputs"] for c in executed["cells"] if c["cell_type"] == "code"]
    assert [o[0]["output_type"] for o in outputs if o] == ["stream", "error"]


def test_another_kernel_is_refused():
    notebook = make("1")
    notebook.metadata.kernelspec.name = "ir"
    with pytest.raises(papermill.exceptions.PapermillException, match="'ir'"):
        papermill.execute_notebook(notebook, None, engine_name=kernel.NAME, progress_bar=False, language="R")
