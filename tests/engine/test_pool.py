"""Several notebooks at once: forked from a process that has the libraries loaded, each with a clean state."""

import os
import subprocess
import sys
from dataclasses import replace

from parallelrun import ipynb, project
from parallelrun.engine import pool, progress
from parallelrun.engine.job import Job
from tests.collection import environment, write

SOURCES = {
    "first": "import sys\nassert {'matplotlib', 'pandas', 'papermill'} <= set(sys.modules)\nsys.left_behind = 1",
    "second": "import sys\nassert not hasattr(sys, 'left_behind')",
    "dead": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
}


def jobs(folder):
    (folder / "notebooks").mkdir()
    around = replace(project.surroundings(), out=folder / "out", formats=())
    for stem, source in SOURCES.items():
        write(folder, stem, source, parameters="level = 0.5")
        yield Job(folder / "notebooks" / f"{stem}.ipynb", around, {}, folder / f"{stem}-executed.ipynb")


def test_each_run_starts_with_what_was_preloaded_and_with_nothing_of_another(tmp_path, capfd):
    outcomes = pool.run_all(jobs(tmp_path), 1)
    ended = {outcome.job.stem: outcome.error for outcome in progress.counted(outcomes, len(SOURCES))}
    assert (ended["first"], ended["second"]) == (None, None)
    assert "dead" in ended["dead"], "a process that dies costs its own run only"
    told = capfd.readouterr().err
    assert "3 of 3 runs" in told
    assert "FAILED" in told


def test_only_the_themes_of_what_will_run_are_loaded(root):
    code = "import sys, parallelrun.engine.preload as p; print(*(m for m in sys.modules if m.count('.') == 2))"
    env = environment(**{pool.PRELOADED_STEMS: "chip_migration nothing"})
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=True)
    themes = {name for name in loaded.stdout.split() if name.startswith("parallelrun.themes.")}
    assert themes == {"parallelrun.themes.chip_migration"}
    assert pool.PRELOADED_STEMS not in os.environ


DRAWS = """
import os, pandas as pd
from pathlib import Path
from parallelrun import Study, canvas
from parallelrun.study import figures
from parallelrun.study.figures import Plot
written = figures.Ready.write
def noted(ready, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / f"{ready.description.name}.pid").write_text(str(os.getpid()))
    return written(ready, folder)
figures.Ready.write = noted
study = Study("drawing", globals())
def plot(name):
    figure, axes = canvas(6)
    axes.plot([0, 1], [1, 2])
    return Plot(figure, pd.DataFrame({"x": [1]}), f"Title of {name}", "Alt text", "Caption", name=name)
"""


def drawn(folder, at_once, *sources):
    """Run a notebook that shows figures; return its outputs, its files, and whether it wrote the figures itself."""
    (folder / "notebooks").mkdir(parents=True)
    shows = sources or [f"study.show(plot({name!r}))" for name in ("first", "second")]
    write(folder, "drawing", DRAWS, *shows, "study.finish()\nprint(os.getpid())")
    around = replace(project.surroundings(), out=folder / "out", formats=("svg", "png"))
    job = Job(folder / "notebooks" / "drawing.ipynb", around, {}, folder / "executed.ipynb")
    (outcome,) = pool.run_all([job], at_once)
    assert outcome.error is None
    assert outcome.reads is not None, "a process that writes figures leaves no doubt about what was read"
    cells = [cell["outputs"] for cell in ipynb.read(job.executed)["cells"] if cell["cell_type"] == "code"]
    (own,) = ["".join(output["text"]).strip() for output in cells.pop() if output["output_type"] == "stream"]
    files = {path.name: path.read_bytes() for path in (folder / "out" / "drawing").iterdir()}
    return cells, files, {files.pop(name).decode() == own for name in sorted(files) if name.endswith(".pid")}


def test_figures_are_written_beside_the_cells_while_a_processor_is_free_and_are_the_same(tmp_path):
    alone, files, wrote_itself = drawn(tmp_path / "one", 1)
    beside, others, wrote_too = drawn(tmp_path / "four", 4)
    assert (wrote_itself, wrote_too) == ({True}, {False})
    assert alone == beside
    assert files == others


def test_a_figure_whose_display_a_cell_captures_is_not_left_out(tmp_path):
    shown = "%%capture caught\nstudy.show(plot('first'))"
    cells, _, _ = drawn(tmp_path / "four", 4, shown, "caught.outputs[0]")
    (output,) = cells[-1]
    assert "Figure first" in "".join(output["data"]["text/plain"])
