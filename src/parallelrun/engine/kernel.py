"""A papermill engine that runs the cells in this process, in an IPython shell of its own.

A kernel process costs over a second to start and stop, and races for ports when several start at once.
The builds here fork a fresh process for each notebook from one that has already imported the libraries,
and run the cells there; the outputs are those of a kernel, which the nbval tests check cell by cell.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import getpass
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from parallelrun.study import beside

NAME = "parallelrun"
INLINE = "module://matplotlib_inline.backend_inline"
"""Where a kernel's figures go that pyplot makes: under their cell."""


def _output(kind: str, **parts: Any) -> Any:
    """Return an output of a cell; it is checked with its notebook, not alone, which takes longer than to make it."""
    return nbformat.from_dict({"output_type": kind, **parts})


class _Recorder:
    """Collects a cell's outputs in the order in which they come, as a kernel's front end does.

    Streams are merged, displays are updated by their ids, also in earlier cells, and what is written past Python (by a
    command, or a compiled library) comes from the files that stand in for the process's own streams.
    """

    def __init__(self) -> None:
        self.outputs: list[Any] = []
        self._shown: dict[str, list[Any]] = {}
        self._clear_next = False
        self._past: dict[str, int] = {}
        for name in ("stdout", "stderr"):
            with tempfile.TemporaryFile() as file:
                self._past[name] = os.dup(file.fileno())
        self._seen = dict.fromkeys(self._past, 0)

    @contextlib.contextmanager
    def cell(self) -> Iterator[list[Any]]:
        """Collect in a new list what is written and shown meanwhile."""
        self.outputs, self._clear_next = [], False
        own = {fd: os.dup(fd) for fd in (1, 2)}
        for fd, file in zip(own, self._past.values(), strict=True):
            os.dup2(file, fd)
        out, err = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield self.outputs
        finally:
            self._drain()
            for fd, kept in own.items():
                os.dup2(kept, fd)
                os.close(kept)

    def _drain(self) -> None:
        for name, file in self._past.items():
            fresh = os.fstat(file).st_size - self._seen[name]
            if text := os.pread(file, fresh, self._seen[name]):
                self._seen[name] += len(text)
                self._add_text(name, text.decode(errors="replace"))

    def _add(self, output: Any) -> None:
        if self._clear_next:
            self.clear()
        self.outputs.append(output)

    def _add_text(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs and not self._clear_next else None
        if last is not None and last.get("name") == name:
            last.text += text
        else:
            self._add(_output("stream", name=name, text=text))

    def stream(self, name: str, text: str) -> None:
        self._drain()
        self._add_text(name, text)

    def rich(
        self, kind: str, data: Any, metadata: Any, shown_as: str | None = None, update: bool = False, **more: Any
    ) -> None:
        self._drain()
        encoded = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
        output = _output(kind, data=encoded, metadata=metadata or {}, **more)
        same = self._shown.setdefault(shown_as, []) if shown_as else []
        for earlier in same:
            earlier.data, earlier.metadata = output.data, output.metadata
        if not update:
            same.append(output)
            self._add(output)

    def error(self, name: str, value: str, lines: list[str]) -> None:
        self._drain()
        self._add(_output("error", ename=name, evalue=value, traceback=lines))

    def clear(self, wait: bool = False) -> None:
        self._clear_next = wait
        if not wait:
            self.outputs.clear()


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

    def publish(
        self, data: Any, metadata: Any = None, *args: Any, transient: Any = None, update: bool = False, **kwargs: Any
    ) -> None:
        shown_as = (transient or {}).get("display_id")
        self.shell.recorder.rich("display_data", data, metadata, shown_as, update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear(wait)


class _Hook(DisplayHook):
    """Sends a cell's last value to the shell's recorder."""

    shell: _Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.recorder.rich("execute_result", format_dict, md_dict, execution_count=self.prompt_count)


class _Shell(InteractiveShell):
    """A shell without history, terminal, pager, keyboard or colours."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    recorder: _Recorder

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        super().__init__(config=config)
        self.set_hook("show_in_pager", lambda *shown, **how: None, 99)
        os.environ["MPLBACKEND"] = mpl.rcParams["backend"] = INLINE

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    def ask_exit(self) -> None:
        raise SystemExit

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.recorder.error(etype.__name__, str(evalue), stb)

    def run(self, source: str) -> tuple[list[Any], BaseException | None]:
        """Run one cell; return its outputs and the exception that ended it, if any."""
        with self.recorder.cell() as outputs:
            result = self.run_cell(source, store_history=True)
        return outputs, result.error_before_exec or result.error_in_exec


def _refusing(name: str) -> Callable[..., str]:
    def ask(*args: Any, **kwargs: Any) -> str:
        raise StdinNotImplementedError(f"{name} was called, but this frontend does not support input requests.")

    return ask


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
        if _ready:
            shell = _ready.pop()
        else:
            InteractiveShell.clear_instance()
            shell = _Shell.instance()
        shell.recorder = _Recorder()
        sys.modules["__main__"] = shell.user_module
        builtins.input, getpass.getpass = _refusing("raw_input"), _refusing("getpass")
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
                with contextlib.suppress(Exception):
                    beside.finish()
                return
            nb_man.cell_complete(cell, index)
            beside.collect()
        beside.finish()


papermill_engines.register(NAME, InProcessEngine)
