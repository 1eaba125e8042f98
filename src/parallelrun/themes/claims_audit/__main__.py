"""Judge the claims under each scenario: ``python -m parallelrun.themes.claims_audit`` (after a change of results)."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.study.counts import so_many

STEM = "claims_audit"
COLUMNS = ("scenario", "of_claim", "verdict", "source", "locator")
SOURCE = "scenario-verdicts"


def results_under(scenario: str) -> list[Path]:
    """Run all notebooks under a scenario, without figures; return the folders of the runs.

    Raises
    ------
    click.ClickException
        If a notebook fails.
    """
    command = [sys.executable, "-m", "parallelrun.cli", "run", "--scenario", scenario, "--no-figures"]
    finished = subprocess.run(command, cwd=project.root(), capture_output=True, text=True, check=False)
    if finished.returncode:
        raise click.ClickException(finished.stderr.strip())
    return [project.root() / name for name in re.findall(r"runs/\S+/", finished.stdout)]


def verdicts(runs: Iterable[Path]) -> dict[str, str]:
    """Return the verdict on each claim of the collection, by what runs of all notebooks recorded.

    The audit's own parameters, its day and how far printed intervals are widened, are those of its run.
    """
    around, given = project.surroundings(), dict[str, Any]()
    with tempfile.TemporaryDirectory(prefix="parallelrun-") as name:
        for run in runs:
            target = Path(name) / run.parent.name
            target.mkdir()
            shutil.copyfile(run / "results.json", target / "results.json")
            if run.parent.name == STEM:
                given = json.loads((run / "results.json").read_text(encoding="utf-8"))["parameters"]
        with project.within(replace(around, results=Path(name))):
            done = audit.prepare().judge(date.fromisoformat(given["as_of"]), given["widening"])
            return {claim: one.verdict for claim, one in done.judged.items()}


def rows(scenarios: Iterable[str]) -> list[tuple[str, ...]]:
    """Return scenario, claim, verdict, source and locator, in the order of the scenarios and of the claims."""
    return [
        (scenario, claim, verdict, SOURCE, f"scenarios/{scenario}.yml")
        for scenario in scenarios
        for claim, verdict in verdicts(results_under(scenario)).items()
    ]


@click.command()
def main() -> None:
    """Write data/claims_audit/scenario_verdicts.csv."""
    path = project.data_dir() / "claims_audit" / "scenario_verdicts.csv"
    found = rows(sorted(one.stem for one in (project.root() / "scenarios").glob("*.yml")))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *found])
    click.echo(f"{path}: {so_many(len(found), 'verdict')}")


if __name__ == "__main__":
    main()
