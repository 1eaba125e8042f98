"""`parallelrun accept`, run as a command on a small collection."""

from parallelrun import ipynb
from tests.collection import MINIMAL, write


def test_accept_shows_what_differs_and_writes_it_into_the_notebook(command, fifth):
    first = command("accept", cwd=fifth)
    assert "result     level: none -> 0.5 points" in first.stdout
    assert "figure     scores: only in the other" in first.stdout
    stored = ipynb.read(fifth / "notebooks" / "fifth.ipynb")
    assert stored == ipynb.clean(stored)
    assert stored["cells"][-1]["outputs"]
    assert "no difference" in command("accept", cwd=fifth).stdout

    path = fifth / "data" / "convergence" / "arena_scores.csv"
    path.write_text(path.read_text().replace("1503,1502.5,1503.5", "1504,1503.5,1504.5"))
    write(fifth, "fifth", MINIMAL.format(stem="fifth"), parameters="level = 0.75")
    second = command("accept", cwd=fifth)
    assert "result     level: 0.5 -> 0.75 points [+0.25, +50.00%]" in second.stdout
    assert "figure     scores: data differ in 1 of 6 rows" in second.stdout
    assert "output of cell 3 (“The question”)" in second.stdout
