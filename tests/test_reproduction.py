"""figures/ is what the data give, to the byte: built under another clock, language, user, hash seed and processor."""

import json
from pathlib import Path

import pytest

from parallelrun import ipynb, project

ODD = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "de_DE.UTF-8",
    "PYTHONHASHSEED": "4711",
    "COLUMNS": "40",
    "OPENBLAS_CORETYPE": "Nehalem",
}
"""Another clock, language, hash seed and width, and linear algebra as on the oldest of x86-64 processors."""


def read(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory) -> Path:
    """All notebooks built from nothing, in another folder and environment, by a user with settings of their own."""
    from prove.surroundings import user

    from tests.collection import run_command

    folder, home = tmp_path_factory.mktemp("rebuilt"), user(tmp_path_factory.mktemp("home"))
    own = {
        "HOME": str(home),
        "MPLCONFIGDIR": str(home / ".config" / "matplotlib"),
        "IPYTHONDIR": str(home / ".ipython"),
    }
    finished = run_command("build", "--into", folder, cwd=folder, env=ODD | own)
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.mark.parametrize("stem", [*project.stems(), "index and manifest"])
def test_committed_figures_are_what_the_data_give(rebuilt, root, stem):
    """Fails with the notebook and the files that differ; run `make accept` if the change is meant."""
    committed, fresh = read(root / "figures"), read(rebuilt / "figures")
    if stem in project.stems():
        committed, fresh = (
            {name: content for name, content in files.items() if name.startswith(f"{stem}/")}
            for files in (committed, fresh)
        )
    else:
        committed, fresh = (
            {name: content for name, content in files.items() if "/" not in name} for files in (committed, fresh)
        )
    differing = sorted(name for name in committed.keys() | fresh.keys() if committed.get(name) != fresh.get(name))
    assert not differing, (
        f"{stem}: figures/ is not what the data give, in {', '.join(differing[:8])}; run `make accept`"
    )


@pytest.mark.parametrize("stem", project.stems())
def test_committed_outputs_are_those_of_the_rebuild(rebuilt, stem):
    """All outputs, with the pictures and descriptions that nbval does not compare."""
    fresh = ipynb.clean(ipynb.read(rebuilt / "build" / "notebooks" / f"{stem}.ipynb"))
    stored = ipynb.clean(ipynb.read(project.notebook_path(stem)))
    headings = ipynb.headings(stored)
    differing = [
        f"cell {i + 1} (“{headings[i]}”)"
        for i, (new, old) in enumerate(zip(fresh["cells"], stored["cells"], strict=True))
        if new != old
    ]
    assert not differing, f"{stem}.ipynb: stored outputs are not what the data give, in {', '.join(differing[:8])}"


def test_no_folder_of_this_machine_is_in_a_figure(rebuilt, root):
    for name, content in read(rebuilt / "figures").items():
        assert str(rebuilt).encode() not in content, name
        assert str(root).encode() not in content, name


def test_the_manifest_and_the_folder_tell_the_same(root):
    manifest = json.loads((root / "figures" / "manifest.json").read_text())["notebooks"]
    listed = {
        f"{stem}/{figure['name']}.{kind}"
        for stem, entry in manifest.items()
        for figure in entry["figures"]
        for kind in figure["files"]
    }
    listed |= {f"{stem}/results.json" for stem, entry in manifest.items() if entry["results"]}
    there = {name for name in read(root / "figures") if "/" in name}
    assert listed == there
    assert {"svg", "pdf", "png", "csv"} == {
        kind for e in manifest.values() for f in e["figures"] for kind in f["files"]
    }


def test_every_table_is_read_by_a_notebook(root):
    from parallelrun.data import tables

    manifest = json.loads((root / "figures" / "manifest.json").read_text())["notebooks"]
    read_tables = {table for entry in manifest.values() for table in entry["tables"]}
    assert set(tables.tables()) - {"sources", "organizations"} - read_tables == set()  # the second is for refresh
