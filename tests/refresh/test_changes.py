"""Merging: what is the same stays, what differs is told and replaced as one, and only what is valid is written."""

from pathlib import Path

import pytest

from parallelrun.errors import DataError, InputError
from parallelrun.refresh import changes
from parallelrun.refresh.changes import Held
from tests.refresh.upstream import table

TABLE = "convergence/top_twenty.csv"
SOURCE = {
    "source": "a-new-one", "label": "New", "title": "New", "kind": "page", "evidence": "primary",
    "accessed": "2026-11-25",
}  # fmt: skip


def rows(**values):
    """The last board in the table, with other values."""
    there = [row for row in Held().rows(TABLE) if row["as_of"] == "2026-10-20"]
    return [row | {"source": "a-new-one", "locator": "elsewhere"} | values for row in there]


def test_the_same_figures_from_elsewhere_change_nothing():
    done = changes.merge(Held(), TABLE, rows(), ("board", "as_of"))
    assert done.files == {}
    assert done.lines == [f"  {TABLE}: 0 new, 3 as they are, 0 replaced"]


def test_numbers_are_compared_as_numbers():
    new = [row | {"models": f"{row['models']}.0"} for row in rows()]
    assert changes.merge(Held(), TABLE, new, ("board", "as_of")).files == {}


def test_a_group_with_one_difference_is_replaced_whole():
    new = rows()
    new[0]["models"] = "7"
    done = changes.merge(Held(), TABLE, new, ("board", "as_of"))
    assert done.lines[0] == f"  {TABLE}: 0 new, 0 as they are, 3 replaced"
    assert any(line.endswith("models: 18 -> 7") for line in done.lines)
    assert done.files[TABLE].decode().count("a-new-one") == 3


def test_rows_that_come_and_go_in_a_group_are_told():
    done = changes.merge(Held(), TABLE, [*rows()[:2], rows()[2] | {"country": "KR"}], ("board", "as_of"))
    assert [line.split()[-1] for line in done.lines[1:]] == ["gone", "new"]


def test_many_differences_are_counted_not_listed():
    new = [row | {"value": "1"} for row in Held().rows("convergence/ladder.csv")]
    lines = changes.merge(Held(), "convergence/ladder.csv", new, ("board", "as_of")).lines
    assert len(lines) == changes.SHOWN + 2
    assert "more" in lines[-1]


def test_only_what_is_cited_goes_into_the_sources(collection, tmp_path):
    done = changes.merge(Held(), TABLE, rows(as_of="2026-11-01"), ("board", "as_of"))
    changes.cite(Held(), [SOURCE, SOURCE | {"source": "not-cited"}], done)
    text = done.files["sources.csv"].decode()
    assert "a-new-one" in text
    assert "not-cited" not in text
    changes.write(done.files, tmp_path / "mine")
    assert len(table(tmp_path / "mine" / TABLE)) == len(Held().rows(TABLE)) + 3
    assert {row["source"] for row in Held(tmp_path / "mine").rows("sources.csv")} > {"a-new-one"}


def test_rows_that_are_not_valid_are_not_written(tmp_path):
    done = changes.merge(Held(), TABLE, rows(as_of="2026-11-01", models="many"), ("board", "as_of"))
    with pytest.raises(DataError, match="were not written") as error:
        changes.write(done.files, tmp_path / "mine")
    line = len(Held().rows(TABLE)) + 2
    assert f"{tmp_path / 'mine' / TABLE}, line {line}, column 3 (models): found 'many'" in str(error.value)
    assert list((tmp_path / "mine").rglob("*")) == []


def test_a_folder_beside_which_nothing_can_be_prepared_is_named_not_what_was_to_be_prepared():
    with pytest.raises(OSError, match="/proc") as refused:
        changes.write({}, Path("/proc/self"))
    assert refused.value.filename == "/proc"


def test_many_makers_are_asked_for_in_a_few_lines():
    with pytest.raises(InputError, match=r"does not know 500 of the makers") as error:
        changes.ask([f"maker {n}" for n in range(500)], "organizations.csv", Held())
    assert len(str(error.value).splitlines()) < 20


def test_days_are_written_as_labels_have_them():
    from datetime import date

    assert changes.day_in_words(date(2026, 10, 20)) == "20 Oct 2026"
