"""Ways to run the same notebooks with all figures: the build, other tools, and the floor of plain functions."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import BIN, timed
from parallelrun import project

TOOLS = ("ploomber-engine==0.0.33", "nbmake==1.5.5")

BUILD, FLOOR, PAPERMILL = "`parallelrun build`", "the floor: plain functions", "`make -j2`, papermill"

PLAIN = """
import contextlib, io, os, sys
from pathlib import Path
import parallelrun.engine.preload
from parallelrun import ipynb
from parallelrun.engine.kernel import _Shell
_Shell.clear_instance()
children = []
for path in map(Path, sys.argv[1:]):
    pid = os.fork()
    if not pid:
        with contextlib.redirect_stdout(io.StringIO()):
            space = {"__name__": "__main__"}
            for cell in ipynb.read(path)["cells"]:
                if cell["cell_type"] == "code":
                    exec(compile(cell["source"], path.name, "exec"), space)
        os._exit(0)
    children.append(pid)
    if len(children) == 2:
        done, status = os.wait()
        assert status == 0, path
        children.remove(done)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
"""The notebooks' code as plain functions of two processes that share what is loaded: no papermill, no shell."""


def other_tools() -> Path:
    """Return the programs of an environment that has the other tools on top of this one."""
    place = project.root() / "build" / "benchmarks"
    if not (place / "bin" / "ploomber-engine").is_file():
        subprocess.run([BIN / "uv", "venv", "--quiet", "--clear", "--python", sys.executable, place], check=True)
        packages = place / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
        (packages / "beneath.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        install = [f"{BIN}/uv", "pip", "install", "--quiet", "--python", f"{place}/bin/python", "--no-deps"]
        subprocess.run([*install, *TOOLS], check=True)
        subprocess.run([*install, "papermill", "debuglater", "colorama", "parso", "ploomber-core"], check=True)
    return place / "bin"


def two_at_once(lines: dict[str, str], folder: Path) -> list[str]:
    """Return a make command that runs one command line a notebook, two at a time."""
    text = [f".PHONY: all {' '.join(lines)}", f"all: {' '.join(lines)}"]
    for stem, line in lines.items():
        text += [f"{stem}:", f"\t{line}"]
    (folder / "Makefile").write_text("\n".join(text) + "\n")
    return ["make", "-j2"]


def ways(stems: list[str]) -> dict[str, Callable[[Path], float]]:
    """Return every way to run the notebooks: given an empty folder, each returns its seconds."""
    home, tools = project.root() / "notebooks", other_tools()
    paths = [str(home / f"{stem}.ipynb") for stem in stems]

    def ours(folder: Path) -> float:
        return timed([f"{BIN}/parallelrun", "build", *stems, "--into", f"{folder}/o"], project.root())

    def floor(folder: Path) -> float:
        return timed([sys.executable, "-c", PLAIN, *paths], home, {"PARALLELRUN_OUT": f"{folder}/o"})

    def by(line: str) -> Callable[[Path], float]:
        def run(folder: Path) -> float:
            names = {"bin": BIN, "other": tools, "home": home}
            lines = {stem: line.format(path=home / f"{stem}.ipynb", stem=stem, **names) for stem in stems}
            return timed(two_at_once(lines, folder), folder, {"PARALLELRUN_OUT": f"{folder}/o"})

        return run

    def nbmake(folder: Path) -> float:
        command = [f"{tools}/python", "-m", "pytest", "--nbmake", "-n", "2", "-q", "-p", "no:cacheprovider"]
        return timed([*command, "-c", "/dev/null", *paths], folder, {"PARALLELRUN_OUT": f"{folder}/o"})

    return {
        BUILD: ours,
        FLOOR: floor,
        PAPERMILL: by("{bin}/papermill --cwd {home} {path} {stem}.ipynb"),
        "`make -j2`, ploomber-engine": by("cd {home} && {other}/ploomber-engine {path} $(CURDIR)/{stem}.ipynb"),
        "`make -j2`, nbclient": by("cd {home} && {bin}/jupyter execute {path} --output=$(CURDIR)/{stem}.ipynb"),
        "nbmake, two workers": nbmake,
    }


CHANGES = {
    "a row that only the audit reads": "claims_audit/readings.csv",
    "a row of a theme's table, which the audit reads too": "convergence/ecosystem.csv",
    "a source, which all notebooks name": "sources.csv",
}
"""Tables in which the last cell, a note, gets a word more."""


def second_builds(folder: Path) -> dict[str, float]:
    """Return the seconds of a first build, of one with nothing to do, and of one after each of some changes."""
    place, command = folder / "copy", [f"{BIN}/parallelrun", "build"]
    for name in ("notebooks", "data", "figures"):
        shutil.copytree(project.root() / name, place / name)
    shutil.copyfile(project.root() / "requirements.txt", place / "requirements.txt")
    found = {"everything": timed(command, place), "nothing": timed(command, place)}
    for what, name in CHANGES.items():
        table = place / "data" / name
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        rows[-1][-1] += " again"
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        found[what] = timed(command, place)
    return found
