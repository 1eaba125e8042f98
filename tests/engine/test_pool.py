"""Several notebooks at once: forked from a process that has the libraries loaded, each with a clean state."""

import os
import subprocess
import sys
from dataclasses import replace

from parallelrun import project
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
