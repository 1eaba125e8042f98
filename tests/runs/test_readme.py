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
