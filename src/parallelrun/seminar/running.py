"""Runs of the notebooks for exercises: results only, kept in ``build/seminar/runs/`` by all that they follow from."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, project
from parallelrun.errors import InputError, ParallelRunError, near
from parallelrun.seminar.sessions import Run
from parallelrun.study import parameters, results
from parallelrun.study.estimates import Estimate


class Recorded(Mapping[str, Estimate]):
    """What a run recorded: estimates by name; a name that is not there is answered with the nearest."""

    def __init__(self, stem: str, recorded: list[dict[str, Any]]) -> None:
        self._stem = stem
        self._held = {
            one["name"]: Estimate(one["value"], one["low"], one["high"], one["unit"], frozenset(one["inputs"]))
            for one in recorded
        }

    def __getitem__(self, name: str) -> Estimate:
        if name not in self._held:
            raise InputError(f"{self._stem} records no {name!r}: {near(name, self._held)}")
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {estimate}" for name, estimate in self._held.items())


def home() -> Path:
    """Return the folder of what the seminar builds."""
    return project.root() / "build" / "seminar"


def run(notebook: str, *, add: dict[str, list[dict[str, Any]]] | None = None, **values: Any) -> Recorded:
    """Run a notebook with parameters of your own and return what it records; the same run is not made twice.

    Parameters
    ----------
    notebook : str
        Its stem, such as ``"convergence"``.
    add : dict, optional
        Rows to add, by table: ``{"chip_migration/chip_prices": [{"chip": "H20", "value": 9000}]}``. What a row does
        not give is as in the last row of its table.
    **values
        Parameters, such as ``rating_origin=1000.0``; `parallelrun params` lists them.

    Raises
    ------
    ParameterError
        If a parameter is unknown, of the wrong type, or out of range.
    InputError
        If there is no such notebook, table or column.
    """
    (found,) = perform([Run(notebook=notebook, set=values, add=add or {})])
    return found


def perform(wanted: list[Run]) -> list[Recorded]:
    """Make the runs that have not been made, several at once, and return what each recorded, in their order.

    Raises
    ------
    ParameterError, InputError
        As `run`, before anything runs.
    ParallelRunError
        If runs fail; the message tells all of them.
    """
    from parallelrun.engine import pool, progress
    from parallelrun.engine.job import Job
    from parallelrun.project import Surroundings

    store, usual = home() / "runs", project.surroundings()
    checked = [_checked(one) for one in wanted]
    kept = [store / f"{_key(one, values, usual)}.json" for one, values in zip(wanted, checked, strict=True)]
    missing = {path: (one, values) for path, one, values in zip(kept, wanted, checked, strict=True)
               if not path.is_file()}  # fmt: skip
    if missing:
        with folders.staging(store) as stage:
            (stage / "memo").mkdir()
            jobs, failed = [], []
            for path, (one, values) in missing.items():
                place = stage / path.stem
                data = _with_rows(one.add, place / "data") if one.add else usual.data
                around = Surroundings(data, usual.results, out=place / "out", formats=(), memo=stage / "memo")
                jobs.append(Job(project.notebook_path(one.notebook), around, values))
            for outcome in progress.counted(pool.run_all(jobs, pool.workers(), many=True), len(jobs)):
                if outcome.error:
                    failed.append(outcome.error)
                    continue
                out = outcome.job.around.out
                assert out is not None
                written = out / outcome.job.stem / results.FILE
                if not written.is_file():
                    failed.append(f"{outcome.job.notebook.name}: recorded nothing")
                    continue
                folders.replace(written, store / f"{out.parent.name}.json")
            if failed:
                raise ParallelRunError("\n".join(failed))
    return [
        Recorded(one.notebook, json.loads(path.read_text(encoding="utf-8"))["results"])
        for one, path in zip(wanted, kept, strict=True)
    ]


def check(one: Run) -> None:
    """Hold a run against the notebook's parameters and the tables; raises as `run` does."""
    _checked(one)


def _checked(one: Run) -> dict[str, Any]:
    """Return the values that differ from the notebook's, checked, and look whether its tables and columns are there."""
    if one.notebook not in project.stems():
        raise InputError(f"no notebook {one.notebook!r}: {near(one.notebook, project.stems())}")
    model = parameters.model_for(one.notebook)
    given = {
        name: float(value) if name in model.model_fields and model.model_fields[name].annotation is float
        and isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in one.set.items()
    }  # fmt: skip
    values = parameters.check(model, given).model_dump(include=set(given))
    for table, rows in one.add.items():
        columns, _ = _rows_of(table)
        for name in (name for row in rows for name in row):
            if name not in columns:
                raise InputError(f"the table {table} has no column {name!r}: {near(name, columns)}")
    return {name: value for name, value in values.items() if value != model.model_fields[name].default}


def _key(one: Run, values: dict[str, Any], around: project.Surroundings) -> str:
    inputs = digests.digests(project.notebook_path(one.notebook), replace(around, formats=()))
    return digests.of_json([one.notebook, values, one.add, inputs])[:16]


def _rows_of(table: str) -> tuple[list[str], list[list[str]]]:
    """Return a table's columns and rows as they stand in its file."""
    from parallelrun.data import tables

    known = tables.tables()
    if table not in known:
        raise InputError(f"no table {table!r}: {near(table, known)}")
    with (project.data_dir() / known[table]["path"]).open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    return columns, rows


def _with_rows(add: dict[str, list[dict[str, Any]]], folder: Path) -> Path:
    """Return a copy of the tables with rows added."""
    shutil.copytree(project.data_dir(), folder)
    for table, rows in add.items():
        columns, there = _rows_of(table)
        last = dict(zip(columns, there[-1], strict=True))
        with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writerows(last | row for row in rows)
    return folder
