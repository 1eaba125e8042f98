"""Tables whose cells are each valid and contradict each other are refused, by file and line."""

import pytest

from parallelrun import project
from parallelrun.data import consistency, tables
from parallelrun.data.rows import Tables
from tests.collection import ROOT, refused, run_command, small, some_tables

RANKED = {name: table["ranks"] for name, table in tables.tables().items() if "ranks" in table}


def changed(name, line, **cells):
    """The collection's tables with cells of one row changed."""
    found = Tables(project.root() / "data")
    next(row for row in found.rows(name) if row.line == line).cells.update(cells)
    return found


def test_the_collection_has_no_fault():
    assert list(consistency.faults(Tables(project.root() / "data"))) == []


def test_a_value_outside_its_interval_is_refused_by_the_command(command, tmp_path):
    some_tables(ROOT / "data", tmp_path, "sources", "convergence/arena_scores")
    scores = tmp_path / "convergence" / "arena_scores.csv"
    scores.write_text(scores.read_text().replace(",1503,1502.5,1503.5,", ",1504,1502.5,1503.5,"))
    finished = command("validate", tmp_path)
    assert finished.returncode == 2
    assert f"{scores}, line 2, column 5 (value): found 1504, expected at most high, 1503.5" in finished.stderr
    scores.write_text(scores.read_text().replace(",1504,1502.5,", ",many,1502.5,"))
    assert "found 'many', expected a number" in command("validate", tmp_path).stderr, "the schema comes first"


def test_ones_own_table_is_held_to_the_others_and_named_where_it_lies(tmp_path):
    place = small(tmp_path / "place")
    own = tmp_path / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    text = (place / "data" / "convergence" / "arena_scores.csv").read_text()
    own.write_text(text.replace(",1503,1502.5,1503.5,", ",1502,1502.5,1503.5,"))
    said = refused(place, "validate", tmp_path / "own")
    assert f"{own}, line 2, column 6 (low): found 1502.5, expected at most value, 1502" in said
    own.write_text(text)
    assert run_command("validate", tmp_path / "own", cwd=place).returncode == 0


def test_a_quantity_has_one_unit_in_a_table():
    name = next(name for name, table in tables.tables().items() if {"metric", "unit"} <= columns(table))
    rows = Tables(project.root() / "data").rows(name)
    row = next(one for one in rows if sum(other["metric"] == one["metric"] for other in rows) > 1)
    found = list(consistency.faults(changed(name, row.line, unit="parsecs"), [name]))
    assert any(
        f"line {row.line}," in one and f"found parsecs, expected one unit for {row['metric']}" in one for one in found
    )


def columns(table):
    return {field["name"] for field in table["schema"]["fields"]}


def test_the_row_that_names_another_maker_than_most_is_the_one_that_is_told():
    rows = Tables(project.root() / "data").rows("convergence/board_leaders")
    row = next(one for one in rows if sum(other["model"] == one["model"] for other in rows) > 2)
    (found,) = consistency.faults(changed("convergence/board_leaders", row.line, vendor="Nobody"))
    assert found.startswith(
        f"{row.where('vendor')}: found Nobody for {row['model']}, expected one vendor; other rows: "
    )


@pytest.mark.parametrize("name", RANKED)
def test_a_value_above_that_of_the_place_before_is_refused(name):
    place, within = RANKED[name]["place"], RANKED[name]["within"]
    assert {place, *within, "value"} <= columns(tables.tables()[name])
    rows = Tables(project.root() / "data").rows(name)
    row = max(rows, key=lambda one: (int(one[place]), one.line))
    raised = {end: "9e99" for end in ("value", "high") if end in row.cells}
    found = [one for one in consistency.faults(changed(name, row.line, **raised), [name]) if "(value)" in one]
    assert any(one.startswith(f"{row.where('value')}: found 9e99 after ") for one in found)


def test_a_cell_without_a_number_a_tie_in_another_form_and_an_empty_unit_are_no_faults():
    name, ranks = next((name, ranks) for name, ranks in RANKED.items() if "high" in columns(tables.tables()[name]))
    rows = Tables(project.root() / "data").rows(name)
    first, second = rows[:2]
    tied = {"value": f"{float(first['value'])}00", ranks["place"]: first[ranks["place"]]}
    found = changed(name, second.line, low="NA", high="", **tied, **{one: first[one] for one in ranks["within"]})
    assert not any(f"line {second.line}," in fault for fault in consistency.faults(found, [name]))
    metric = next(name for name, table in tables.tables().items() if {"metric", "unit"} <= columns(table))
    line = Tables(project.root() / "data").rows(metric)[0].line
    assert list(consistency.faults(changed(metric, line, unit=""), [metric])) == []
