"""The page for data editors has every figure, every seed and every source."""

import re

from parallelrun.standards import identity, replication


def test_every_figure_stands_there_with_a_program_that_exists(root):
    page = replication.render()
    for stem, entry in identity.notebooks().items():
        for figure in entry["figures"]:
            assert f"[{figure['name']}](../figures/{stem}/{figure['name']}.svg) | [notebooks/{stem}.ipynb]" in page
    for link in re.findall(r"\]\(\.\./([^)]+)\)", page):
        assert (root / link).exists(), link


def test_every_source_has_a_licence_or_says_that_none_is_stated():
    rows = replication.render().split("## Sources and rights")[1].splitlines()
    table = [line.split(" | ") for line in rows if line.startswith("| ")][2:]
    assert len(table) == len(identity.sources())
    assert all(len(cells) == 5 and cells[3] for cells in table)


def test_what_is_random_has_its_seed():
    page = replication.render()
    assert "| convergence | `seed` | 2026 |" in page
