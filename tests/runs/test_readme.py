"""The README's gallery and findings are those of the figures and results."""

import re

import pytest

from parallelrun.errors import ParallelRunError
from parallelrun.runs import readme


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


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("https://github.com/some-one/parallel-run", "gh/some-one/parallel-run"),
        ("https://gitlab.com/some-one/parallel-run.git", "gl/some-one/parallel-run"),
        ("https://git.example.org/a/b", "git/https%3A%2F%2Fgit.example.org%2Fa%2Fb"),
    ],
)
def test_the_badge_follows_the_address_in_the_citation(root, tmp_path, monkeypatch, address, where):
    cited = (root / "CITATION.cff").read_text()
    (tmp_path / "CITATION.cff").write_text(f"{cited}repository-code: {address}\n")
    monkeypatch.setattr(readme.project, "root", lambda: tmp_path)
    text = "<!-- badge: build/seminar/start.ipynb -->\n<!-- end of badge -->"
    link = f"https://mybinder.org/v2/{where}/HEAD?urlpath=lab/tree/build/seminar/start.ipynb"
    assert f"({link})" in readme.render(text)


def test_without_an_address_there_is_no_badge_but_a_word_how_to_have_one(root):
    addressed = "repository-code:" in (root / "CITATION.cff").read_text()
    assert ("mybinder.org" in readme.render((root / "README.md").read_text())) == addressed
