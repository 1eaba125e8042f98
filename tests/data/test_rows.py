"""Rows with their places: what is read, found by its cells, and refused."""

import json

import pytest

from parallelrun.data.rows import Tables, fitting, read, separated, visible
from parallelrun.errors import DataError, ExpressionError, UnknownTableError
from tests.collection import ROOT


def test_a_row_knows_its_line_though_a_cell_spans_several(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"one\ntwo",2.0\n\n3,4\n', encoding="utf-8-sig")
    first, second = read(path, ("a",))
    assert (first["a"], first.get("c"), second.line) == ("one\ntwo", "", 5)
    assert second.where("b") == f"{path}, line 5, column 2 (b)"
    assert fitting([first, second], {"b": "2"}) == [first]
    assert fitting([first, second], {"a": "two"}) == []
    assert fitting([first, second], {"a": "3", "b": "4.0"}) == [second]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"b\n1\n", "line 1: the column 'a' is missing; found b"),
        (b"a,a\n", "line 1: the column 'a' stands there 2 times"),
        (b"a,b\n1\n", "line 2: found 1 cells, expected 2"),
        (b"a\n1\n\xe9\n", "line 3: found a byte that is not UTF-8"),
        (b'a\n"1\n', "line 2: not valid CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(tmp_path, content, message):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "t.csv", ("a",))


def test_a_table_is_read_once_and_says_so():
    seen = []
    tables = Tables(ROOT / "data", seen.append)
    (row,) = tables.rows("convergence/arena_scores", {"claim": "A07"})
    assert row["vendor"]
    assert len(tables.rows("convergence/arena_scores")) > 1
    assert seen == ["convergence/arena_scores"] == sorted(tables.names_read)
    with pytest.raises(UnknownTableError, match="did you mean 'convergence/arena_scores'"):
        tables.rows("convergence/arena_score")
    with pytest.raises(ExpressionError, match="no column 'vendro': did you mean 'vendor'"):
        tables.rows("convergence/arena_scores", {"vendro": "x"})


def test_what_tables_know_is_what_they_have_read(tmp_path):
    for content in ("a\n1\n", "a\n2\n"):
        for unit in ("km", "mi"):
            folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            field = {"name": "a", "type": "number", "unit": unit}
            resource = {"name": "t", "path": "t.csv", "schema": {"fields": [field]}}
            (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
            (folder / "t.csv").write_text(content)
    each = [Tables(folder) for folder in sorted(tmp_path.iterdir())]
    assert all(tables.known() == each[0].known() for tables in each), "nothing was read"
    for tables in each:
        tables.rows("t")
    known = [json.dumps(tables.known()) for tables in each]
    assert len(set(known)) == 4
    (each[0].folder / "t.csv").write_text("a\n3\n")
    assert json.dumps(each[0].known()) == known[0], "a table that was read is not read again"


def test_control_characters_are_shown_and_not_obeyed():
    assert visible("a\x1b[2J\0é") == "a\\x1b[2J\\x00é"


@pytest.mark.parametrize("header", ["claim,figure", "claim,figure;a note", "other;columns", "claim figure", ""])
def test_commas_are_taken_for_separators_unless_others_show_more_columns(header):
    assert separated(header, ("claim", "figure")) == ""


def test_a_table_separated_by_semicolons_is_told_so_and_not_by_its_columns(tmp_path):
    (tmp_path / "claims.csv").write_text("claim;figure\nA1;3,5\n")
    with pytest.raises(DataError) as refused:
        read(tmp_path / "claims.csv", ("claim", "figure"))
    told = f"{tmp_path / 'claims.csv'}, line 1: looks separated by semicolons; save it separated by commas"
    assert str(refused.value) == told
