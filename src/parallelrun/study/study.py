"""What a notebook holds in its hand: checked parameters, curated tables, figures, results and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

from parallelrun import project
from parallelrun.data import tables
from parallelrun.errors import FigureError, ResultError
from parallelrun.study import beside, canvas, figures, memo, parameters, results
from parallelrun.study.estimates import Estimate
from parallelrun.study.figures import Plot
from parallelrun.study.provenance import inputs_of
from parallelrun.study.quantities import shown
from parallelrun.study.results import Results


class Study:
    """One run of a notebook.

    Parameters
    ----------
    stem : str
        The notebook's stem, for example ``"convergence"``.
    namespace : mapping
        The notebook's ``globals()``, from which the parameters are taken by name.

    Raises
    ------
    ParameterError
        If a parameter is of the wrong type or out of range, a cell of parameters sets an unknown name, or a
        parameter is missing from the notebook.
    """

    def __init__(self, stem: str, namespace: Mapping[str, Any]) -> None:
        canvas.use_house_style()
        self.stem = stem
        self._folder = project.out_dir(stem)
        model = parameters.model_for(stem, project.surroundings().notebook)
        given = {name: namespace[name] for name in model.model_fields if name in namespace}
        self.parameters = parameters.check(model, given)
        parameters.check_cells(model, list(namespace.get("In", [])), set(given))
        self._digests: dict[str, str] = {}
        self._figures: set[str] = set()
        self._results = Results()

    def load(self, table: str) -> pd.DataFrame:
        """Return a curated table; a name without a folder is one of this notebook's own (see `tables.load`)."""
        name = self._full(table)
        frame: pd.DataFrame = memo.call(tables.parsed, (tables.descriptor(name), tables.content(name)), {})
        self.note(table)
        return frame

    def note(self, table: str) -> None:
        """Note that a curated table, named as for `load`, was read otherwise."""
        self._digests[self._full(table)] = tables.digest(self._full(table))

    def _full(self, table: str) -> str:
        return table if "/" in table or table in ("sources", "claims", "checks") else f"{self.stem}/{table}"

    def results(self) -> pd.DataFrame:
        """Return the results of the other notebooks (see `results.load`).

        A notebook that calls this carries ``{"parallelrun": {"reads_results": true}}`` in its metadata, so that a
        build runs it after those that it reads.
        """
        frame = results.load(project.results_dir())
        frame = frame[frame["notebook"] != self.stem].reset_index(drop=True)
        for table in frame.attrs["inputs"]:
            self._digests[table] = tables.digest(table)
        return frame

    def show(self, plot: Plot) -> None:
        """Save a plot's figure with the data that it draws, and show it.

        In a run its files may be written while the next cells run (see `beside`); all are there after `finish`. What
        goes wrong in writing is then an error of a later cell, which names the figure.

        Parameters
        ----------
        plot : Plot
            What a function of the theme's ``plots`` module returns, or one made in the notebook, with a name.

        Raises
        ------
        FigureError
            If the name is taken or the plot breaks the contract (see `figures.prepare`).
        """
        if plot.name in self._figures:
            raise FigureError(f"figure {plot.name!r}: shown twice in this notebook; give each figure a name of its own")
        self._figures.add(plot.name)
        around = project.surroundings()
        if not around.draws(plot.name):
            why = "for other figures" if around.formats else "for results only"
            self.say(f"Figure `{plot.name}` is not drawn: this run is {why}.")
            return
        inputs = inputs_of(plot)
        description = figures.Description(
            name=plot.name,
            title=plot.title,
            alt=plot.alt,
            caption=plot.caption,
            source_line=self._source_line(inputs, plot.data, plot.simulated),
            provenance={
                "project": "parallel-run",
                "version": project.package_version(),
                "notebook": self.stem,
                "parameters": self.parameters.model_dump(),
                "inputs": {table: self._digests[table] for table in sorted(inputs)},
                "simulated": plot.simulated,
            },
        )
        ready = figures.prepare(plot.figure, description, plot.data, around.formats)
        place = f"{self.stem}/{plot.name}"

        def write() -> tuple[dict[str, Any], dict[str, Any]]:
            return ready.write(self._folder)._repr_mimebundle_()

        def fill(shown: tuple[dict[str, Any], dict[str, Any]]) -> None:
            display(shown[0], raw=True, metadata=shown[1], display_id=place, update=True)

        if not _captured() and beside.start(write, fill):
            display({"text/plain": place}, raw=True, display_id=place)
        else:
            display(ready.write(self._folder))

    def record(self, meaning: str | None = None, /, **estimates: Estimate) -> None:
        """Record results by name (see `results.Results.add`) and show each as a sentence.

        Parameters
        ----------
        meaning : str, optional
            What they mean; by default what the theme's ``RESULTS`` says of each name, with the parameters' values in
            the place of their names in braces.
        **estimates
            The results, such as ``gap_points_2026_03=gap``.

        Raises
        ------
        ResultError
            If no meaning is given and the theme has none for the name, or a result breaks the contract.
        """
        meanings = getattr(parameters.theme_of(self.stem), "RESULTS", {})
        for name, estimate in estimates.items():
            if meaning is None and name not in meanings:
                raise ResultError(
                    f"result {name!r}: no meaning; add it to RESULTS of parallelrun.themes.{self.stem}, or write "
                    f'study.record("what it means", {name}=…)'
                )
            told = meaning or meanings[name].format(**self.parameters.model_dump())
            result = self._results.add(name, estimate, told)
            self.say(f"`{result.name}` = **{result.estimate}**: {result.meaning}")

    def say(self, markdown: str) -> None:
        """Show a sentence whose numbers were computed."""
        display({"text/markdown": markdown, "text/plain": markdown}, raw=True)

    def table(self, frame: pd.DataFrame, caption: str) -> None:
        """Show a frame as a readable table under its caption: missing cells empty, numbers to four digits."""
        display(_table(frame, caption), raw=True)

    def finish(self) -> None:
        """Write ``results.json``, show all results as a table, and note the tables read in the output's metadata."""
        beside.finish()
        self._results.write(self._folder / "results.json", self.stem, self.parameters.model_dump())
        rows = [
            {
                "result": r.name,
                "value": r.estimate.value,
                "low": r.estimate.low,
                "high": r.estimate.high,
                "unit": r.estimate.unit,
                "meaning": r.meaning,
            }
            for r in self._results
        ]
        columns = ["result", "value", "low", "high", "unit", "meaning"]
        table = _table(pd.DataFrame(rows, columns=columns).astype(object), f"Results of {self.stem}")
        display(table, raw=True, metadata={"parallelrun": {"tables": dict(sorted(self._digests.items()))}})

    def _source_line(self, inputs: frozenset[str], plotted: pd.DataFrame, simulated: bool) -> str:
        """Name the sources of what is plotted: the plotted rows' own if they say, else all of the tables read."""
        if "source" in plotted:
            cited = {key for cell in plotted["source"].dropna() for key in cell.split("; ")}
        else:
            cited = set().union(*(_cited(table, self._digests[table]) for table in inputs))
        labels = [label for key, label in _labels(tables.digest("sources")).items() if key in cited]
        parts = (["Simulated"] if simulated else []) + ([f"Source: {'; '.join(labels)}"] if labels else [])
        return ". ".join([*parts, f"parallel-run {project.package_version()}"]) + "."


def _captured() -> bool:
    """Whether a cell catches what is shown, as with ``%%capture``: that cannot be filled in later."""
    shell: Any = get_ipython()
    return shell is not None and not isinstance(shell.display_pub, shell.display_pub_class)


@cache
def _cited(table: str, digest: str) -> frozenset[str]:
    """Return the sources that a table's rows cite; the digest makes a changed table another entry of the cache."""
    frame = tables.load(table)
    return frozenset(frame["source"].dropna()) if "source" in frame and table != "sources" else frozenset()


@cache
def _labels(digest: str) -> dict[str, str]:
    """Return how each source is named below a figure; the digest makes changed sources another entry of the cache."""
    sources = tables.load("sources")
    return {
        key: label if evidence == "primary" else f"{label} ({evidence})"
        for key, label, evidence in zip(sources["source"], sources["label"], sources["evidence"], strict=True)
    }


def _table(frame: pd.DataFrame, caption: str) -> dict[str, str]:
    """Return a frame under its caption as HTML and text, without the random ids of a styled frame."""
    cells = frame.map(_cell)
    html = cells.to_html(index=False, border=0, escape=True, justify="left")
    return {
        "text/html": f"<p><b>{escape(caption)}</b></p>\n{html}",
        "text/plain": f"{caption}\n{cells.to_string(index=False)}",
    }


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return shown(value, 4)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
