"""The in-process engine gives the outputs that a kernel gives."""

import os
import re
import subprocess
import sys

import nbformat
from nbclient import NotebookClient

from parallelrun import ipynb
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
    "from IPython.display import clear_output, update_display",
    "handle = display('one', display_id='mine')\nprint('said')",
    "update_display('two', display_id='mine'); display('three', display_id='mine')",
    "print('gone'); clear_output(); print('stays')",
    "print('old'); clear_output(wait=True); print('new'); display('newer')",
    "clear_output(wait=True)",
    "import logging\nlogging.basicConfig(format='%(message)s'); logging.warning('first')",
    "logging.warning('second')",
    "!echo from the shell",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "plt.get_backend()",
    "sum?",
    "get_ipython().run_line_magic('config', 'InlineBackend.rc')",
]

ENDINGS = [
    "print(1)\n1 / 0\nprint(2)",
    "def f(:",
    "  x = 1\n y",
    "import sys\nprint('out'); sys.exit(3)",
    "import sys\nprint('err', file=sys.stderr); sys.exit()",
    "raise SystemExit('why')",
    "%nosuch",
    "%%nosuch\n1",
    "%%timeit -z\n1",
    "%run no_such_file.py",
    "print('asked'); input('name? ')",
    "import getpass\ngetpass.getpass()",
    "raise KeyboardInterrupt",
    "class Odd(Exception):\n    def __str__(self):\n        return 'odd'\nraise Odd",
]
"""Cells that fail, each in its own way."""

SCRIPT = """
import parallelrun, papermill, sys
from parallelrun.engine import kernel
for name in sys.argv[1:]:
    try:
        papermill.execute_notebook(name, f"out-{name}", engine_name=kernel.NAME, progress_bar=False)
    except papermill.exceptions.PapermillExecutionError as error:
        print(error, file=sys.stderr)
"""


def make(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def run_here(folder, *notebooks):
    """Run notebooks with the engine, in a process of their own; return it, and the code cells' outputs."""
    names = [f"{number}.ipynb" for number in range(len(notebooks))]
    for name, notebook in zip(names, notebooks, strict=True):
        ipynb.write(notebook, folder / name)
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names], cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    executed = [ipynb.read(folder / f"out-{name}")["cells"] for name in names]
    return finished, [[cell["outputs"] for cell in cells if cell["cell_type"] == "code"] for cells in executed]


def run_kernel(*sources):
    """Run cells with a real kernel, past all errors; return their outputs, streams merged where they follow."""
    client = NotebookClient(make(*sources), kernel_manager_class=SocketKernelManager, allow_errors=True)
    real = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    cells = client.execute(env=real).cells
    for cell in cells:
        merged = []
        for output in cell.outputs:
            if merged and "name" in output and merged[-1].get("name") == output.name:
                merged[-1].text += output.text
            else:
                merged.append(output)
        cell.outputs = merged
    return [cell.outputs for cell in cells]


def plain(outputs):
    found = []
    for output in outputs:
        data = {kind: "".join(value).strip() for kind, value in output.get("data", {}).items()}
        failure = output.get("ename"), re.sub(r"\(\S+, line", "(, line", output.get("evalue", ""))
        said = output.get("name"), "".join(output.get("text", ""))
        found.append((output["output_type"], data, output.get("metadata"), said, failure))
    return found


def test_outputs_are_those_of_a_kernel(tmp_path):
    finished, (ours,) = run_here(tmp_path, make(*CELLS))
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == finished.stdout == ""
    for source, here, there in zip(CELLS, ours, run_kernel(*CELLS), strict=True):
        assert plain(here) == plain(there), source


def test_failures_are_those_of_a_kernel_in_the_order_of_what_is_said(tmp_path):
    _, ours = run_here(tmp_path, *(make(source) for source in ENDINGS))
    _, *theirs = run_kernel("import warnings\nwarnings.simplefilter('always')", *ENDINGS)
    for source, (here,), there in zip(ENDINGS, ours, theirs, strict=True):
        assert plain(here) == plain(there), source


def test_what_is_written_past_python_stands_where_it_was_written(tmp_path):
    source = "import os\nprint('before'); os.system('echo between'); print('after')"
    _, (((output,),),) = run_here(tmp_path, make(source))
    assert "".join(output["text"]) == "before\nbetween\nafter\n"


def test_it_stops_at_the_first_failure_and_keeps_what_came_before(tmp_path):
    finished, (outputs,) = run_here(tmp_path, make("print(1)", "1 / 0", "print(3)"))
    assert "ZeroDivisionError" in finished.stderr
    assert [o[0]["output_type"] for o in outputs if o] == ["stream", "error"]
