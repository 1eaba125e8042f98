"""Small collections to run the command on, as a user does, and what many tests need around them."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from parallelrun import ipynb
from parallelrun.data.tables import package, table_name
from parallelrun.study.parameters import Parameters, parameter
from parallelrun.sweeps import designs

ROOT = Path(__file__).resolve().parents[1]

MINIMAL = """
from parallelrun import Estimate, Plot, Study, canvas
study = Study("{stem}", globals())
scores = study.load("convergence/arena_scores")
fig, ax = canvas(6)
ax.plot(scores["value"], "o")
study.show(Plot(fig, scores, title="Scores", alt="Six points", caption="As printed.", name="scores"))
study.record("the level that was set", level=Estimate(level, unit="points"))
study.finish()
"""

SLOW = """
import time
from parallelrun import Estimate, Study
study = Study("fifth", globals())
time.sleep(0.1)
study.record("level times draws", product=Estimate(level * draws, 0.0, 2 * level * draws, "points"))
study.record("the draws", draws_again=Estimate(float(draws)))
study.finish()
"""


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what this project reads from it, and more."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PARALLELRUN_")} | more


def run_command(*args: object, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the `parallelrun` command as a user does; return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "parallelrun.cli", *map(str, args)],
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=600,  # only against hanging
        check=False,
    )


def write(folder: Path, stem: str, *sources: str, parameters: str = "level = 0.5") -> None:
    """Write a notebook of a title, a cell of parameters and cells with the sources."""
    cells = [{"cell_type": "markdown", "source": f"# Show {stem}\n\n## The question", "metadata": {}}]
    tags = [["parameters"], *([] for _ in sources)]
    for source, tag in zip((parameters, *sources), tags, strict=True):
        cells.append({"cell_type": "code", "source": source.strip(), "metadata": {"tags": tag}, "outputs": []})
    ipynb.write(ipynb.clean({"cells": cells}), folder / "notebooks" / f"{stem}.ipynb")


def with_data(folder: Path) -> Path:
    """A collection with all tables and no notebooks, where it is known as in any that is in use that they are valid."""
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "notebooks").mkdir()
    known_valid(folder)
    return folder


def known_valid(folder: Path) -> None:
    """Tell a collection what this one has found of the tables' bytes; changed ones are checked as ever."""
    if (stamp := ROOT / "build" / "valid.json").is_file():
        (folder / "build").mkdir()
        shutil.copyfile(stamp, folder / "build" / "valid.json")


def some_tables(data: Path, folder: Path, *names: str) -> None:
    """Write a data package of some tables only, such as ``convergence/arena_scores``, with the keys between them."""
    described = package(data)
    described["resources"] = [one for one in described["resources"] if table_name(one) in names]
    known = {"", *(one["name"] for one in described["resources"])}
    for one in described["resources"]:
        keys = [key for key in one["schema"].pop("foreignKeys", []) if key["reference"]["resource"] in known]
        if keys:
            one["schema"]["foreignKeys"] = keys
        (folder / one["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / one["path"], folder / one["path"])
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")


def small(folder: Path) -> Path:
    """A collection with the notebook `fifth`, which has no theme."""
    with_data(folder)
    write(folder, "fifth", MINIMAL.format(stem="fifth"), parameters='level = 0.5\ndraws = 100\nname = "a"\nfree = True')
    return folder


def grid(folder: Path, text: str) -> None:
    """Write the design of a sweep."""
    (folder / "g.yml").write_text(text)


class Swept(Parameters):
    level: float = parameter(1.0, unit="points", help="Level", ge=0, le=2000)
    draws: int = parameter(100, unit="", help="Draws", ge=1)
    free: bool = parameter(True, unit="", help="Free")
    label: str = parameter("a", unit="", help="Label")


def design(folder: Path, text: str) -> designs.Design:
    """Write the design of a sweep over the parameters of `Swept`, and read it."""
    grid(folder, text)
    return designs.load(folder / "g.yml", Swept)


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


def digests(folder: Path) -> dict[Path, str]:
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def tables(folder: Path) -> dict[str, bytes]:
    """What a sweep leaves."""
    return {name: (folder / name).read_bytes() for name in ("table.csv", "table.parquet", "picture.svg", "picture.csv")}


def refused(place: Path, *arguments: object) -> str:
    """Run a command that must exit 2, run nothing and write nothing; return its message."""
    before = names(place)
    finished = run_command(*arguments, cwd=place)
    assert finished.returncode == 2, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
    assert "started" not in finished.stderr
    assert names(place) == before
    assert len(finished.stderr) < 2000
    return finished.stderr


def records(made, value):
    """The records of a sweep whose two results follow from a function of the parameters."""
    return [
        {
            "run": n,
            "error": None,
            "results": [
                {
                    "name": name,
                    "value": f * value(p),
                    "low": f * value(p) - 1,
                    "high": f * value(p) + 1,
                    "unit": "points",
                }
                for name, f in (("one", 1.0), ("a_result_with_quite_a_long_name_in_words", 10.0))
            ],
        }
        for n, p in enumerate(made.points)
    ]
