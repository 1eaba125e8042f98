"""What a run follows from, and nothing else, changes its digests."""

from dataclasses import replace

import pytest

from parallelrun import digests, ipynb, project
from tests.collection import small


@pytest.fixture
def place(tmp_path):
    folder = small(tmp_path)
    results = folder / "results" / "other"
    results.mkdir(parents=True)
    (results / "results.json").write_text("{}")
    return folder


def found(place):
    around = project.Surroundings(place / "data", place / "results")
    return digests.digests(place / "notebooks" / "fifth.ipynb", replace(around, formats=("svg",)))


def edit(place, change):
    path = place / "notebooks" / "fifth.ipynb"
    notebook = ipynb.read(path)
    change(notebook)
    ipynb.write(notebook, path)


def test_each_input_has_a_digest_of_its_own(place):
    before = found(place)
    table = place / "data" / "convergence" / "arena_scores.csv"
    table.write_text(table.read_text() + "\n")
    edit(place, lambda notebook: notebook["cells"][1].update(source="level = 1"))
    after = found(place)
    assert {name for name in before if before[name] != after[name]} == {"notebook", "data"}


def test_outputs_and_others_results_that_are_not_read_do_not_count(place):
    before = found(place)
    edit(place, lambda notebook: notebook["cells"][1].update(outputs=[], execution_count=7))
    (place / "results" / "other" / "results.json").write_text('{"a": 1}')
    assert found(place) == before
    edit(place, lambda notebook: notebook["metadata"].update(parallelrun={"reads_results": True}))
    assert set(found(place)) - set(before) == {"results"}
