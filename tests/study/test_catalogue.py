"""The manifest and the index of what was built."""

from parallelrun import digests, ipynb
from parallelrun.study import catalogue


def test_a_notebooks_entry_says_which_cell_made_which_figure_of_what(tmp_path):
    figure = {"name": "gap", "title": "A gap", "alt": "Bars", "caption": "Made.", "source_line": "Source: x.",
              "provenance": {"inputs": {"a/table": "0" * 64}}}  # fmt: skip
    output = {"output_type": "display_data", "data": {}, "metadata": {"parallelrun": {"figure": figure}}}
    cells = [
        {"cell_type": "markdown", "source": "# Measure", "metadata": {}},
        {"cell_type": "markdown", "source": "## How far?", "metadata": {}},
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [output]},
    ]
    ipynb.write(ipynb.clean({"cells": cells}), tmp_path / "n.ipynb")
    for name in ("gap.svg", "gap.csv", "results.json"):
        (tmp_path / name).write_text(name)
    entry = catalogue.describe("mine", tmp_path / "n.ipynb", tmp_path)
    assert (entry["title"], entry["tables"]) == ("Measure", {"a/table": "0" * 64})
    (made,) = entry["figures"]
    assert (made["heading"], made["cell"], set(made["files"])) == ("How far?", 3, {"svg", "csv"})
    assert entry["results"] == digests.of_path(tmp_path / "results.json")

    catalogue.write(tmp_path / "figures", {"mine": entry})
    assert catalogue.read(tmp_path / "figures") == {"mine": entry}
    index = (tmp_path / "figures" / "index.md").read_text()
    assert "![Bars](mine/gap.png)" in index
    assert "from “How far?”, cell 3" in index
    assert catalogue.read(tmp_path) == {}


def test_no_word_of_a_figure_becomes_a_tag_or_a_link_of_the_index(tmp_path):
    text = "<script>a & b</script> [x](javascript:y)"
    figure = {
        "name": "one",
        "title": text,
        "alt": text,
        "caption": text,
        "source_line": text,
        "heading": text,
        "cell": 1,
    }
    entry = {"title": text, "notebook": "notebooks/x.ipynb", "results": None, "figures": [figure]}
    catalogue.write(tmp_path, {"x": entry})
    index = (tmp_path / "index.md").read_text()
    assert index.count(r"&lt;script>a &amp; b&lt;/script> \[x\](javascript:y)") == 6
    assert catalogue.read(tmp_path)["x"]["title"] == text, "the manifest has it as it is"
