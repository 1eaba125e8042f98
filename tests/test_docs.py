"""README and guides say what is true: the gallery is that of the figures, links lead somewhere, commands exist."""

import re
import tomllib

import pytest
import yaml

from parallelrun.data import codebook
from parallelrun.errors import ParallelRunError
from parallelrun.runs import readme

PAGES = ["README.md", "REPRODUCING.md", "data/README.md", "figures/index.md"]


def test_gallery_and_findings_are_written_from_the_figures_and_results(root):
    text = (root / "README.md").read_text()
    assert readme.render(text) == text, "run `make accept`"
    assert len(re.findall(r'<img src="figures/[^"]+" alt="[^"]{40,}">', text)) >= 4
    assert len(re.findall(r"^\| [^|]+ \| [^|]*\d[^|]* \| \[\w+\]\(notebooks/", text, re.MULTILINE)) >= 8


@pytest.mark.parametrize("block", ["gallery: nope/figure", "findings: nope.result"])
def test_unknown_figures_and_results_are_refused(block):
    kind, name = block.split(": ")
    with pytest.raises(ParallelRunError, match=rf"README.md, {kind}: figures/ has no {name}"):
        readme.render(f"<!-- {block} -->\n<!-- end of {kind} -->")


def test_the_codebook_is_current(root):
    assert (root / "data" / "README.md").read_text() == codebook.render(), "run `make codebook`"


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


def test_ci_runs_the_readmes_two_commands(root):
    script = (root / ".ci" / "run").read_text().splitlines()
    assert [line for line in script if line.startswith("make")] == ["make", "make test"]
