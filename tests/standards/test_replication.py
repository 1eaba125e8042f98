"""The page for data editors has every figure, every seed and every source."""

import re

from parallelrun.standards import identity, replication


def test_every_figure_stands_there_with_a_program_that_exists(root):
    page = replication.render()
    for stem, entry in identity.notebooks().items():
        for figure in entry["figures"]:
            assert (
                f"[{figure['name']}](../figures/{stem}/{figure['name']}.svg) | [{stem}](../notebooks/{stem}.ipynb) |"
                in page
            )
    for link in re.findall(r"\]\(\.\./([^)]+)\)", page):
        assert (root / link).exists(), link


def test_a_figure_of_many_tables_counts_them_by_folder():
    for entry in identity.notebooks().values():
        for figure in entry["figures"]:
            row = next(line for line in replication.render().splitlines() if line.startswith(f"| [{figure['name']}]"))
            inputs = figure["provenance"]["inputs"]
            if len(inputs) <= replication.MOST:
                assert all(name in row for name in inputs)
            else:
                counts = [int(count) for count in re.findall(r"(\d+) of ", row)]
                assert sum(counts) == len(inputs)
                assert f"{len(inputs)} tables" in row


def test_every_source_has_a_licence_or_says_that_none_is_stated():
    rows = replication.render().split("## Sources and rights")[1].splitlines()
    table = [line.split(" | ") for line in rows if line.startswith("| ")][2:]
    assert len(table) == len(identity.sources())
    assert all(len(cells) == 5 and cells[3] for cells in table)


def test_what_is_random_has_its_seed():
    page = replication.render()
    assert "| convergence | `seed` | 2026 |" in page
