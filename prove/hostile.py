"""Feed every reader of files and texts with what nobody would write on purpose, or only on purpose.

Whatever comes in, a reader returns, or raises one of the package's own errors with a message. It does not hang, starts
no process, opens no connection and writes nothing outside the folder it was given. Hypothesis makes up the input, from
pieces that have broken such readers before.

Run it with ``python -m prove.hostile --examples 2000``.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import click
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.collection import Swept

from parallelrun import project
from parallelrun.audit import service, trace
from parallelrun.audit.days import dates
from parallelrun.audit.printed import stands_for
from parallelrun.data import rows, validate
from parallelrun.errors import ParallelRunError
from parallelrun.runs import scenarios
from parallelrun.study import catalogue, parameters
from parallelrun.study import study as studies
from parallelrun.study.parameters import Written
from parallelrun.sweeps import designs, table
from prove import report

SECONDS = 60
"""After which a single input is taken to hang its reader, on a busy machine."""

FORBIDDEN = re.compile(
    r"^(os\.(system|exec|fork|posix_spawn|startfile|chmod|chown)|subprocess\.|socket\.(connect|bind))"
)
"""Audit events of Python that no reader may cause."""

NASTY = (
    "__import__('os').system('id')", "().__class__.__bases__[0].__subclasses__()", "9**9**9**9", "'a'*10**10",
    "{level.__class__}", "{0}", "%s%n", "$(id)", "`id`", "../../etc/passwd", "/etc/passwd", "C:\\x", "=1+1", "+1",
    "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1", "\t=1", "\r", "\n", "\0", "\ufeff", "\u202e", "\ud7ff", "é",
    "e\u0301", "İ", "١٢٣", "½", "1e999", "-1e999", "nan", "inf", "1_000", "0x10", "1,0,0", "NO", "~", "null",
    "!!python/object:os.system", "!!binary aGk=", "&a [*a]", "*a", "<<: *a", "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "]]>", "&amp;", "[a](javascript:alert(1))", "![x](y)", "|", "||", "`", "A1",
    "A01", "claim", "cell('sources','kind')", "cells", "abs(", "(", ")" * 50, "(" * 500, "-" * 500, "not " * 300,
    "1" * 5000, "~0.3", "1:16.7", "80-90 %", "> 100,000", "2026-04-16", "Q3 2026", "9999-12-31", "0000-00-00",
    "February 30, 2026", "half", "nearly half", "10^400", "1e5", "1/0", "0/0", "%", "±", "5 ± ",
)  # fmt: skip

pieces = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=20), st.sampled_from(list(" ,;:\"'\n\t()[]{}*=<>+-/0123456789."))
)
texts = st.lists(pieces, max_size=12).map("".join)

_watching = False
_seen: list[str] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if FORBIDDEN.match(event):
        _seen.append(f"{event} {arguments!r}"[:200])
    path, mode = (*arguments, "", "")[:2]
    written = event == "open" and isinstance(path, str) and isinstance(mode, str) and set(mode) & set("wax+")
    if written and not Path(path).resolve().is_relative_to(tempfile.gettempdir()):
        _seen.append(f"wrote {path}"[:200])


@contextmanager
def watched() -> Iterator[None]:
    """Fail if what runs inside hangs, starts something, connects or writes elsewhere, or raises a foreign error."""
    global _watching
    if _hook not in _hooked:
        sys.addaudithook(_hook)
        _hooked.append(_hook)
    _seen.clear()
    old = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    _watching = True
    try:
        yield
    except ParallelRunError as error:
        if not str(error).strip():
            raise AssertionError(f"{type(error).__name__} without a message") from None
    finally:
        _watching = False
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)
    assert not _seen, _seen


_hooked: list[Callable[..., None]] = []


def _too_long(*_: object) -> None:
    raise AssertionError(f"a reader hangs: it took over {SECONDS} s")


@cache
def folder() -> Path:
    """Return a folder for what is read."""
    return Path(tempfile.mkdtemp(prefix="hostile-"))


def _bytes(text: str, torn: bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") + torn


@given(texts, st.binary(max_size=6))
def tables_of_any_bytes(text: str, torn: bytes) -> None:
    """A file that should be a table: read by rows."""
    path = folder() / "any.csv"
    path.write_bytes(_bytes(text, torn))
    with watched():
        rows.read(path, ("a",) if "a" in text else ())


@cache
def _package() -> Path:
    data = folder() / "data"
    data.mkdir()
    whole = json.loads((project.root() / "data" / "datapackage.json").read_text(encoding="utf-8"))
    kept = [r for r in whole["resources"] if r["path"] in ("sources.csv", "convergence/arena_scores.csv")]
    (data / "datapackage.json").write_text(json.dumps(whole | {"resources": kept}))
    for resource in kept:
        target = data / resource["path"]
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(project.root() / "data" / resource["path"], target)
    return data


@given(texts, st.binary(max_size=3), st.integers(0, 2**32), st.booleans())
def packages_with_a_spoiled_file(text: str, torn: bytes, seed: int, descriptor: bool) -> None:
    """A data package with something strange in a table or in its descriptor: validated."""
    data = _package()
    path = data / ("datapackage.json" if descriptor else "convergence/arena_scores.csv")
    old = path.read_bytes()
    place = random.Random(seed).randrange(len(old))
    path.write_bytes(old[:place] + _bytes(text, torn) + old[place + len(text) :])
    try:
        with watched():
            list(validate.faults(data))
    finally:
        path.write_bytes(old)


@given(texts, st.sampled_from(["", "%", "points", "ratio", "users", "no such unit", "USD/kWh", "**"]))
def printed_forms(text: str, unit: str) -> None:
    """A printed figure, and a printed date."""
    with watched():
        stands_for(text, unit)
    with watched():
        dates(text)


CLAIM = "id,source,theme,statement,published,unit,as_of,note\n"
CHECK = "claim,kind,expression,comparison,standing,note\n"


def _columns(name: str) -> list[str]:
    with (project.root() / "data" / f"{name}.csv").open(encoding="utf-8") as file:
        return next(csv.reader(file))


def _as_csv(columns: list[str], cells: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerow(cells)
    return out.getvalue()


@cache
def _known(name: str) -> dict[str, str]:
    with (project.root() / "data" / f"{name}.csv").open(encoding="utf-8") as file:
        return next(csv.DictReader(file))


@given(texts, texts, texts, st.sampled_from(["id", "statement", "published", "unit", "as_of", "note", "source"]))
def claims_and_checks(expression: str, statement: str, cell: str, column: str) -> None:
    """Claims and checks of somebody else: judged, shown as a report and as ClaimReviews."""
    claim = _known("claims") | {"id": "X1", "statement": statement} | {column: cell}
    check = _known("checks") | {"claim": claim["id"], "expression": expression}
    with watched():
        told = json.loads(service.judge(_as_csv(_columns("claims"), claim), _as_csv(_columns("checks"), check), ""))
        assert told.get("error") or "verdicts" in told
        if "verdicts" in told:
            json.loads(service.claim_reviews(json.dumps(told)))
            assert not re.search(r"[\x00-\x08\x1b\x9b\u202e]", told["report"]), "a control character reaches a terminal"


@given(texts)
def spoiled_claims(text: str) -> None:
    """Files that are no claims or checks at all."""
    with watched():
        assert json.loads(service.judge(text, text, "")).keys()


@given(texts, texts)
def drafts(text: str, source: str) -> None:
    """Texts from which claims are drafted; no cell of the files is a spreadsheet's formula."""
    with watched():
        made = json.loads(service.draft(text, source))
        for content in made.get("files", {}).values():
            for row in csv.reader(io.StringIO(content, newline="")):
                for cell in row:
                    assert not cell.startswith(("=", "@", "\t", "\r")), f"a formula: {cell[:40]!r}"


@given(texts)
def designs_and_scenarios(text: str) -> None:
    """YAML that should be a design or a scenario."""
    path = folder() / "any.yml"
    for before in ("", "grid: {level: [", "random: {samples: ", "parameters:\n  convergence: {"):
        path.write_bytes((before + text).encode("utf-8", "surrogatepass"))
        with watched():
            designs.load(path, Swept)
        with watched():
            scenarios.load(path)


@given(st.sampled_from(["level", "draws", "free", "label", "x; import os", "__class__"]), texts, st.booleans())
def values_of_parameters(name: str, text: str, quoted: bool) -> None:
    """A parameter as it is written on a command line."""
    with watched():
        parameters.read(Swept, {name: Written(text, quoted, "here")})


@given(texts)
def names_to_trace(text: str) -> None:
    """What somebody asks to be traced."""
    with watched():
        trace.trace(text)


@given(texts, texts)
def texts_in_tables_and_pages(text: str, other: str) -> None:
    """A text in a notebook's table, in a sweep's table and in the index of figures: shown, never run."""
    frame = pd.DataFrame({"run": [0], "label": [text], "result": ["one"], "value": [1.0], "unit": [other]})
    with watched():
        shown = studies._table(frame, other)["text/html"]
        assert not re.search(r"<(script|img)", shown, re.IGNORECASE)
        for row in csv.reader(io.StringIO(table.as_csv(frame).decode("utf-8", "surrogatepass"), newline="")):
            assert not any(cell.startswith(tuple(validate.FORMULA_STARTS)) for cell in row), row


@given(texts)
def words_in_the_index_of_figures(text: str) -> None:
    """The words of a figure, in the index of figures."""
    figure = {
        "name": "one",
        "title": text,
        "alt": text,
        "caption": text,
        "source_line": text,
        "heading": text,
        "cell": 1,
    }
    entry = {"title": text, "notebook": "notebooks/x.ipynb", "results": None, "figures": [figure]}
    with watched():
        shown = catalogue._index({"x": entry})
        assert not re.search(r"<(script|img)|\]\(javascript:", re.sub(r"\\.", "", shown), re.IGNORECASE)


FUZZED: dict[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        tables_of_any_bytes, packages_with_a_spoiled_file, printed_forms, claims_and_checks, spoiled_claims, drafts,
        designs_and_scenarios, values_of_parameters, names_to_trace, texts_in_tables_and_pages,
        words_in_the_index_of_figures,
    )
}  # fmt: skip


def fuzz(name: str, examples: int, seed: int | None = None) -> None:
    """Feed one reader; raises what it raised, with the input that made it."""
    from hypothesis import seed as seeded

    how = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    function = how(FUZZED[name])
    (seeded(seed)(function) if seed is not None else function)()


@click.command()
@click.option("--examples", default=500, show_default=True, help="Inputs for each reader.")
@click.option("--seed", default=2026, show_default=True)
@click.option("--only", default="", help="Only readers whose names begin like this.")
def main(examples: int, seed: int, only: str) -> None:
    """Feed the readers, and see whether they hold."""
    with report.part("hostile", "Hostile input", bool(only)) as part:
        for name, function in FUZZED.items():
            if not name.startswith(only):
                continue
            try:
                fuzz(name, examples, seed)
                wrong = ""
            except BaseException as error:  # whatever it is, it is what was looked for
                if isinstance(error, KeyboardInterrupt):
                    raise
                notes = " ".join(getattr(error, "__notes__", []))
                wrong = f"{type(error).__name__}: {error} {notes}"[:600]
            part.add((function.__doc__ or name).strip().rstrip("."), not wrong, examples, wrong)
        shutil.rmtree(folder(), ignore_errors=True)
        part.text = "Dependencies: `pip-audit` asks a service of known faults, which an offline machine cannot reach."


if __name__ == "__main__":
    main()
