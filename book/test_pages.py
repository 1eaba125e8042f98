"""How the book writes and fits links."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import essays
import mathml
import words
from build import linked, write

PAGES = {"docs/audit.md": "guide/audit", "figures/index.md": "gallery/index"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x](../docs/audit.md#verdicts)", "[x](here:../guide/audit.html#verdicts)"),
        ("[x](../data/claims.csv)", "[x](here:../data/claims.csv)"),
        ("[../figures/index.md](../figures/index.md)", "[../figures/index.md](here:../gallery/index.html)"),
        ("[x](https://example.org)", "[x](https://example.org)"),
        ("[x](../src/a.py)", "x"),
        ("![x](a.png)", "![x](a.png)"),
        ('![x > "y"](../data/claims.csv)', '<img src="../data/claims.csv" alt="x &gt; &quot;y&quot;">'),
    ],
)
def test_links_lead_to_pages_and_downloads_and_to_nothing_that_is_not_there(text, expected):
    assert words.relinked(text, "notebooks/a.ipynb", "notebooks/a", PAGES, ["data/claims.csv"]) == expected


def test_a_path_as_text_becomes_a_title():
    assert words.relinked("[figures/index.md](figures/index.md)", "README.md", "index", PAGES, []).startswith(
        "[figures]("
    )


def test_an_interval_names_its_ends_and_unit():
    assert (
        words.interval({"low": 12.955, "high": 12.965, "unit": "trillion tokens"}) == "12.955 to 12.965 trillion tokens"
    )
    assert words.interval({"low": "2026-04-16", "high": "2026-04-16", "unit": "date"}) == "2026-04-16"
    assert words.interval({"low": None, "high": None, "unit": ""}) == ""
    assert words.interval({"low": 5, "high": None, "unit": "%"}) == "5 to – %"
    assert words.interval({"low": 10**11, "high": 1e12, "unit": "GPU"}) == "100,000,000,000 to 1,000,000,000,000 GPU"


def test_markdown_finds_nothing_in_plain_text():
    assert words.plain("a_b $5 *x* [y]") == r"a\_b \$5 \*x\* \[y\]"


def test_a_page_that_has_not_changed_is_not_written_again(tmp_path):
    page = tmp_path / "a" / "page.md"
    write(page, "text")
    before = page.stat().st_mtime_ns
    write(page, "text")
    assert page.stat().st_mtime_ns == before
    linked(page, tmp_path / "b" / "page.md")
    assert (tmp_path / "b" / "page.md").read_text() == "text"


def test_a_formula_becomes_mathml():
    assert "<mfrac>" in mathml.convert(r"\frac{s}{1-s}")


def test_a_cell_with_much_text_gets_room_and_a_short_one_does_not():
    long = "median input list price of the US models listed on that day"
    html = f"<p><b>Results</b></p><table><tr><td>0.8</td><td>{long}</td></tr></table>"
    output = {"data": {"text/html": [html]}}
    essays.fit(None, "cost_structure", output)
    assert f'<td>0.8</td><td class="long">{long}</td>' in output["data"]["text/html"]
