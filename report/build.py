"""Write build/report.pdf: results, figures and verdicts set by Typst, for the defaults or for a scenario.

Everything that the report says with a number is read here, from the executed notebooks, ``results.json``, the
manifest, the audit and the sources, and handed to ``report.typ`` as formatted text. Neither file has a typed number in
its prose.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typst

from parallelrun import ipynb, project
from parallelrun.audit import audit
from parallelrun.data.rows import Tables
from parallelrun.errors import ParallelRunError
from parallelrun.runs import command, readme, scenarios
from parallelrun.study import catalogue, fonts, results
from parallelrun.study.estimates import Estimate
from parallelrun.study.results import rounded

HERE = Path(__file__).parent
FIGURES, RESULTS = 2, 7
"""How many figures and results a theme's section shows; those that the README names come first."""


@dataclass(frozen=True)
class Run:
    """Where one notebook's run is: its executed form, its figures, and its entry in a manifest."""

    executed: Path
    figures: Path
    entry: dict[str, Any]


def default_runs() -> dict[str, Run]:
    """Return the collection's own runs, as they are committed."""
    figures = project.root() / "figures"
    entries = catalogue.read(figures)
    return {stem: Run(project.notebook_path(stem), figures / stem, entry) for stem, entry in entries.items()}


def scenario_runs(name: str) -> dict[str, Run]:
    """Run all notebooks with a scenario (what was run before is not run again) and return their runs.

    Raises
    ------
    ParallelRunError
        If a notebook fails; the message has notebook, heading and cell.
    """
    done = command.run(None, scenario=name, formats=("svg",))
    if failed := [one.error for one in done if one.error]:
        raise ParallelRunError("\n".join(failed))
    found = {}
    for one in done:
        (executed,) = one.folder.glob("*.ipynb")
        found[one.request.stem] = Run(executed, one.folder, catalogue.describe(one.request.stem, executed, one.folder))
    return found


def context(runs: dict[str, Run], scenario: str | None) -> dict[str, Any]:
    """Return all that the report shows, numbers as text."""
    manual = (project.root() / "README.md").read_text(encoding="utf-8")
    order = sorted(runs, key=lambda stem: (manual.find(f"(notebooks/{stem}.ipynb)") % (len(manual) + 1), stem))
    recorded = {stem: results.of_run(runs[stem].figures) for stem in order}
    shown = {
        f"{stem}.{one['name']}": {
            "text": str(Estimate(one["value"], one["low"], one["high"], one["unit"])),
            "short": str(Estimate(one["value"], None, None, one["unit"])) if one["value"] is not None else "",
            "meaning": one["meaning"][:1].upper() + one["meaning"][1:],
        }
        for stem in order
        for one in recorded[stem]["results"]
    }
    blocks = {block["kind"]: block["names"].split() for block in readme.BLOCK.finditer(manual)}
    headline = [name for name in blocks["findings"] if name in shown]
    judged = _judge(runs, scenario)
    sources = Tables(project.data_dir()).rows("sources")
    story = scenarios.load(scenarios.path_of(scenario)) if scenario else None
    return {
        "version": project.package_version(),
        "as_of": judged.as_of.isoformat(),
        "scenario": {"title": story.title, "story": story.story, "name": story.name} if story else None,
        "results": shown,
        "headline": headline,
        "themes": [_theme(stem, runs[stem], shown, headline, blocks["gallery"]) for stem in order],
        "verdicts": {verdict: str(count) for verdict, count in judged.counts().items() if count},
        "claims": str(len(judged.judged)),
        "ledger": [
            {
                "id": name,
                "statement": one.claim.statement,
                "published": f"{one.figure.text}{_unit(one.claim.row['unit'])}",
                "verdict": one.verdict,
                "reason": one.reason,
            }
            for name, one in judged.judged.items()
        ],
        "sources": [
            {name: row[name] for name in ("source", "label", "publisher", "title", "kind", "evidence", "url")}
            for row in sources
        ],
        "source_counts": {
            kind: str(sum(row["evidence"] == kind for row in sources))
            for kind in sorted({row["evidence"] for row in sources})
        },
        "source_count": str(len(sources)),
        "tables": [{"name": name, "digest": digest[:12]} for name, digest in _tables(runs).items()],
        "runs": [
            {
                "notebook": runs[stem].entry["notebook"],
                "code": runs[stem].entry["code"][:12],
                "figures": str(len(runs[stem].entry["figures"])),
                "results": str(len(recorded[stem]["results"])),
                "parameters": ", ".join(f"{k} = {_plain(v)}" for k, v in recorded[stem]["parameters"].items()),
            }
            for stem in order
        ],
        "figure_count": str(sum(len(run.entry["figures"]) for run in runs.values())),
        "result_count": str(len(shown)),
    }


def _judge(runs: dict[str, Run], scenario: str | None) -> audit.Audit:
    """Judge the claims by the results of these runs."""
    if scenario is None:
        return audit.run()
    folder = project.root() / "build" / "report" / "results"
    for stem, run in runs.items():
        (folder / stem).mkdir(parents=True, exist_ok=True)
        (folder / stem / results.FILE).write_bytes((run.figures / results.FILE).read_bytes())
    project.enter(replace(project.surroundings(), results=folder))
    return audit.run()


def _theme(stem: str, run: Run, shown: dict[str, Any], headline: list[str], gallery: list[str]) -> dict[str, Any]:
    notebook = ipynb.read(run.executed)
    found = [
        output["data"]["text/markdown"]
        for cell, heading in zip(notebook["cells"], ipynb.headings(notebook), strict=True)
        if heading == "What we found"
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    figures = sorted(run.entry["figures"], key=lambda one: f"{stem}/{one['name']}" not in gallery)[:FIGURES]
    own = [name for name in shown if name.partition(".")[0] == stem]
    chosen = sorted(own, key=lambda name: name not in headline)[:RESULTS]
    return {
        "stem": stem,
        "title": run.entry["title"],
        "found": _words("".join(found[0]) if found else ""),
        "figures": [
            {
                "file": "/" + (run.figures / f"{one['name']}.svg").relative_to(project.root()).as_posix(),
                "title": one["title"],
                "alt": one["alt"],
                "caption": one["caption"],
                "name": f"{stem}/{one['name']}",
            }
            for one in sorted(figures, key=lambda one: one["cell"])
        ],
        "results": [name for name in own if name in chosen],
        "more": str(len(own) - len(chosen)),
    }


def _words(markdown: str) -> str:
    """Return a sentence without Markdown's marks of emphasis and code."""
    return re.sub(r"[*`]", "", re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown)).strip()


def _unit(unit: str) -> str:
    return "" if unit in ("", "%", "date", "ratio") else f" {unit}"


def _plain(value: Any) -> str:
    return str(rounded(value)) if isinstance(value, float) else str(value)


def _tables(runs: dict[str, Run]) -> dict[str, str]:
    return dict(sorted({name: d for run in runs.values() for name, d in run.entry["tables"].items()}.items()))


def typeset(content: dict[str, Any], out: Path) -> None:
    """Set the report; the same content gives the same bytes.

    Raises
    ------
    ParallelRunError
        If Typst cannot set it; the message is Typst's, with file and line.
    """
    folder = project.root() / "build" / "report"
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{out.stem}.json"
    data.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    try:
        pdf = typst.compile(
            HERE / "report.typ",
            root=project.root(),
            font_paths=[fonts.STYLE],
            ignore_system_fonts=True,
            sys_inputs={"content": "/" + data.relative_to(project.root()).as_posix()},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise ParallelRunError(f"report: {error.diagnostic or error.message}") from None
    assert isinstance(pdf, bytes)
    out.write_bytes(pdf)


def main(arguments: list[str] | None = None) -> int:
    """Write the report; return the exit code."""
    parser = argparse.ArgumentParser(description="Write build/report.pdf, or with a scenario build/report-NAME.pdf.")
    parser.add_argument("scenario", nargs="?", help="name of a file in scenarios/, without .yml")
    scenario = parser.parse_args(arguments).scenario or None
    try:
        runs = scenario_runs(scenario) if scenario else default_runs()
        out = project.root() / "build" / (f"report-{scenario}.pdf" if scenario else "report.pdf")
        typeset(context(runs, scenario), out)
    except ParallelRunError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    print(f"{out.relative_to(project.root())}: {out.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
