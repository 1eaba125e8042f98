"""A papermill engine that runs the cells in this process, in an IPython shell of its own.

A kernel process costs over a second to start and stop, and races for ports when several start at once.
The builds here fork a fresh process for each notebook from one that has already imported the libraries,
and run the cells there; the outputs are those of a kernel, which the nbval tests check cell by cell.
"""

from __future__ import annotations

import base64
import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillException
from traitlets.config import Config

NAME = "parallelrun"


class _Recorder:
    """Collects a cell's outputs in the order in which they come, streams merged as a front end does."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []

    def stream(self, name: str, text: str) -> None:
        if self.outputs and self.outputs[-1].output_type == "stream" and self.outputs[-1].name == name:
            self.outputs[-1].text += text
        else:
            self.outputs.append(nbformat.v4.new_output("stream", name=name, text=text))

    def rich(self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, **more: Any) -> None:
        encoded = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
        self.outputs.append(nbformat.v4.new_output(kind, data=encoded, metadata=metadata or {}, **more))


class _Stream(io.TextIOBase):
    """A text stream that writes to a recorder."""

    encoding = "utf-8"

    def __init__(self, recorder: _Recorder, name: str) -> None:
        self._recorder, self._name = recorder, name

    def write(self, text: str) -> int:
        if text:
            self._recorder.stream(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    """Sends what is displayed to the shell's recorder."""

    shell: _Shell

    def publish(self, data: Any, metadata: Any = None, *args: Any, **kwargs: Any) -> None:
        self.shell.recorder.rich("display_data", data, metadata)


class _Hook(DisplayHook):
    """Sends a cell's last value to the shell's recorder."""

    shell: _Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.recorder.rich("execute_result", format_dict, md_dict, execution_count=self.prompt_count)


class _Shell(InteractiveShell):
    """A shell without history, terminal or colours."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self) -> None:
        self.recorder = _Recorder()
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        super().__init__(config=config)

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Print nothing: a failure is recorded as an error output."""

    showsyntaxerror = showtraceback

    def run(self, source: str) -> tuple[list[Any], BaseException | None]:
        """Run one cell; return its outputs and the exception that ended it, if any."""
        recorder = self.recorder = _Recorder()
        streams = (_Stream(recorder, "stdout"), _Stream(recorder, "stderr"))
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            result = self.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            recorder.outputs.append(self._error_output(error))
        return recorder.outputs, error

    def _error_output(self, error: BaseException) -> Any:
        lines = self.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
        return nbformat.v4.new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines)


_ready: list[_Shell] = []


def make_ready() -> None:
    """Make a shell, so that the processes forked from this one need not."""
    _ready[:] = [_Shell.instance()]


class InProcessEngine(Engine):
    """Runs a notebook's cells in the calling process. Use it in a process of its own: cells share its state."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        on_cell: Callable[[int], None] = lambda index: None,
        **kwargs: Any,
    ) -> None:
        """Run the cells in order; stop at the first that fails, as a kernel's client does."""
        if kernel_name not in ("python3", "python"):
            raise PapermillException(f"the notebook asks for kernel {kernel_name!r}; only python3 is run here")
        if _ready:
            shell = _ready.pop()
        else:
            InteractiveShell.clear_instance()
            shell = _Shell.instance()
        sys.modules["__main__"] = shell.user_module
        warnings.simplefilter("default")
        for index, cell in enumerate(nb_man.nb.cells):
            on_cell(index)
            nb_man.cell_start(cell, index)
            error = None
            if cell.cell_type == "code" and cell.source.strip():
                cell.outputs, error = shell.run(cell.source)
                cell.execution_count = shell.execution_count - 1
            if error is not None:
                nb_man.cell_exception(cell, index, exception=error)
                break
            nb_man.cell_complete(cell, index)


papermill_engines.register(NAME, InProcessEngine)
