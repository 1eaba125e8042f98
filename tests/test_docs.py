"""README and guides say what is true: the gallery is that of the figures, links lead somewhere, commands exist."""

import functools
import importlib
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from parallelrun.data import codebook
from tests.collection import run_command, write

PAGES = ["README.md", "REPRODUCING.md", "CONTRIBUTING.md", "data/README.md", "figures/index.md"]


def test_the_codebook_is_current():
    codebook.check()


def test_the_smallest_theme_runs_as_it_is_written(collection, root):
    shutil.copytree(root / "src", collection / "src")
    text = (root / "CONTRIBUTING.md").read_text()
    for path, source in re.findall(r"```python\n# (\S+)\n(.+?)```", text, re.DOTALL):
        if path.endswith(".py"):
            (collection / path).parent.mkdir(exist_ok=True)
            (collection / path).write_text(source)
        else:
            _, first, *cells = re.split(r"^# %%.*\n", source, flags=re.MULTILINE)
            write(collection, Path(path).stem, *cells, parameters=first)
    finished = run_command(
        "run", "my_theme", "-p", "least", "1450", cwd=collection, env={"PYTHONPATH": f"{collection}/src"}
    )
    assert finished.returncode == 0, finished.stderr
    (run,) = (collection / "runs" / "my_theme").iterdir()
    (result,) = json.loads((run / "results.json").read_text())["results"]
    assert (result["name"], result["unit"]) == ("best_score", "points")
    assert result["meaning"] == "best score among vendors of at least 1450 points"
    assert (run / "scores.svg").is_file()


def test_the_architecture_names_every_module_in_its_room(root):
    page = (root / "docs" / "architecture.md").read_text()
    rooms = dict(re.findall(r"^\*\*(?:`?(\w+)/?`?)\*\*:(.+?)(?=^\*\*|^## )", page, re.MULTILINE | re.DOTALL))
    for path in (root / "src" / "parallelrun").rglob("*.py"):
        parts = path.relative_to(root / "src" / "parallelrun").parts
        if path.name != "__init__.py" and parts[0] not in ("themes", "cli.py"):
            assert f"`{path.name}`" in rooms[parts[0] if len(parts) > 1 else "Ground"], path


def names(text):
    return set(re.findall(r"`(parallelrun(?:\.\w+)+)|(?<=that )(parallelrun(?:\.\w+)+)(?= reads)", text))


def test_modules_and_functions_that_texts_name_exist(root):
    pages = [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("data/*.[jm]*"), *root.glob("src/**/*.py")]
    for page in [*pages, *root.glob("notebooks/*.ipynb")]:
        for name in sorted("".join(found) for found in names(page.read_text())):
            thing, module = name, None
            while module is None:
                try:
                    module = importlib.import_module(thing)
                except ModuleNotFoundError:
                    thing = thing.rpartition(".")[0]
            rest = name.removeprefix(thing).strip(".")
            assert not rest or functools.reduce(getattr, rest.split("."), module), f"{page} names {name}"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(root, page):
    path = root / page
    text = path.read_text()
    targets = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    missing = [t for t in targets if not t.startswith("http") and not (path.parent / t).exists()]
    assert targets
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "REPRODUCING.md", "CONTRIBUTING.md"])
def test_make_targets_that_are_named_exist(root, page):
    makefile = (root / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) | {
        p.stem for p in (root / "notebooks").glob("*.ipynb")
    }
    named = set(re.findall(r"`make ([a-z_]+)", (root / page).read_text()))
    assert named
    assert named <= targets


def test_the_version_is_the_same_everywhere(root):
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert citation["version"] == version
    released = f"## {version} ({citation['date-released']})"
    assert released in (root / "CHANGELOG.md").read_text()
    assert f"Version {version}" in (root / "README.md").read_text()


def test_ci_runs_the_readmes_two_commands_and_tests_the_book(root):
    script = (root / ".ci" / "run").read_text().splitlines()
    assert [line for line in script if line.startswith("make")] == ["make", "make test", "make test-book"]
