"""The trace: every claim, figure, result and table has a chain, and the chain is what was really read."""

import json
import re

import pytest

from parallelrun.audit import trace
from parallelrun.audit.trace import TraceError
from parallelrun.data import tables
from parallelrun.errors import DataError, ExpressionError
from tests.collection import ROOT


@pytest.fixture(scope="module")
def collection():
    return trace.Collection()


def test_nothing_is_an_orphan(collection):
    """Each thing has something below it, down to a source, and each claim and table something above it or a verdict."""
    names = collection.names()
    assert len(names) > 250
    for name in names:
        chain = collection.trace(name)
        assert chain.says
        if name not in ("checks", "sources"):
            assert chain.sources, f"{name} has no source"
        if chain.kind == "claim":
            assert chain.rows, f"{name} has no row"
            assert chain.figures or chain.results or chain.checks, f"nothing uses {name}"
        if chain.kind in ("figure", "result"):
            assert chain.tables, f"{name} was made of no table"


def test_every_table_is_above_something(collection):
    used = {table for figure in collection.figures.values() for table in figure["provenance"]["inputs"]}
    used |= {table for result in collection.results.values() for table in result["inputs"]}
    assert set(tables.tables()) - {"sources", "organizations"} - used == set(), "organizations serves refresh boards"


def test_a_claim_goes_down_to_its_row_and_up_to_what_uses_it(collection):
    chain = collection.trace("A30")
    assert [(row["table"], row["figure"]) for row in chain.rows] == [
        ("token_economics/weekly_volumes", "12.96 trillion tokens")
    ]
    assert [source["source"] for source in chain.sources] == ["article-000"]
    assert "token_economics.listed_ratio" in chain.results
    assert any(check.startswith("A32, arithmetic: A30 / A31") for check in chain.checks)
    assert any(figure.startswith("token_economics/") for figure in chain.figures)


def test_a_figure_goes_down_to_the_tables_that_its_manifest_names(collection):
    manifest = json.loads((ROOT / "figures" / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    for stem, entry in manifest.items():
        for figure in entry["figures"][:3]:
            chain = collection.trace(f"{stem}/{figure['name']}")
            assert chain.kind == "figure"
            assert chain.tables == sorted(figure["provenance"]["inputs"])


def test_a_result_names_the_checks_that_read_it(collection):
    chain = collection.trace("convergence.gap_points_2026_03")
    assert any(c.startswith("A19, independent: confidence(convergence.gap_points_2026_03)") for c in chain.checks)
    assert "convergence/board_leaders" in chain.tables


@pytest.mark.parametrize(
    ("what", "table", "figure"),
    [
        ("convergence/arena_scores#A11", "convergence/arena_scores", "1449 points"),
        ("convergence/arena_scores?published=1449", "convergence/arena_scores", "1449 points"),
        ("data/convergence/arena_scores.csv#A11", "convergence/arena_scores", "1449 points"),
        ("cost_structure/power_prices#A51", "cost_structure/power_prices", "0.03-0.04 USD/kWh"),
    ],
)
def test_rows_are_found_by_claim_or_by_what_stands_in_them(collection, what, table, figure):
    chain = collection.trace(what)
    assert chain.kind == "cell"
    assert [(row["table"], row["figure"]) for row in chain.rows] == [(table, figure)]
    assert chain.claims


def test_conditions_and_the_folder_may_stand_in_the_name(collection):
    both = collection.trace("convergence/market_segments#D06")
    one = collection.trace("convergence/market_segments#D06?country=US")
    assert (len(both.rows), len(one.rows)) == (2, 1)
    assert [claim.partition(":")[0] for claim in one.claims] == ["D06_US"]
    assert collection.trace("data/convergence/arena_scores.csv").kind == "table"


def test_the_chain_follows_the_data(collection, monkeypatch, tmp_path):
    """A check that reads another row is traced to that row: nothing is kept by hand."""
    import shutil

    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / "checks.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("A44,independent,", "A44,cross,A04 > 0,\nA44,independent,", 1)
    )
    before = collection.trace("A04").checks
    monkeypatch.setenv("PARALLELRUN_DATA", str(tmp_path / "data"))
    assert set(trace.trace("A04").checks) - set(before) == {"A44, cross: A04 > 0 (agrees)"}


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("A99", TraceError, "did you mean 'A"),
        ("convergence/arena_score", TraceError, "did you mean 'convergence/arena_scores"),
        ("convergence/arena_scores#A99", TraceError, "no such row"),
        ("convergence/arena_scores?points=1", ExpressionError, "no column 'points'"),
        ("nothing/at_all#A01", DataError, "no table"),
        ("%", TraceError, "parallelrun trace --help"),
    ],
)
def test_what_is_not_there_is_named_with_its_neighbours(collection, what, error, message):
    with pytest.raises(error, match=message):
        collection.trace(what)


def test_the_command_prints_the_chain(command):
    finished = command("trace", "A05")
    assert finished.returncode == 0, finished.stderr
    assert "data/convergence/institutions.csv, line 2: 11 institutions" in finished.stdout
    assert "article-000" in finished.stdout
    assert "A05, arithmetic: number(A05 + A06) <= " in finished.stdout
    printed = json.loads(command("trace", "A05", "--json").stdout)
    assert printed["kind"] == "claim"
    missing = command("trace", "A5")
    assert (missing.returncode, "nothing is called 'A5'" in missing.stderr) == (2, True)


def test_the_examples_in_the_documentation_are_what_they_are_said_to_be(collection):
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8").partition("## Where a number comes from")[2]
    examples = re.findall(r"(claim|figure|result|table|cell)\s*\((`[^)]+`)\)", text)
    assert [kind for kind, _ in examples] == ["claim", "figure", "result", "table", "cell"]
    for kind, names in examples:
        for name in re.findall(r"`([^`]+)`", names):
            assert collection.trace(name).kind == kind, name
