"""A view of the tables as of a day hands out nothing that came later, and notes what it hands out."""

import json

import pandas as pd
import pytest

from parallelrun.data import tables
from parallelrun.data.asof import AsOf
from parallelrun.errors import DataError

BOARDS = "convergence/board_leaders"


def dated(name):
    return [field["name"] for field in tables.tables()[name]["schema"]["fields"] if field["type"] == "date"]


@pytest.mark.parametrize("name", [n for n in tables.tables() if dated(n)])
@pytest.mark.parametrize("day", ["2025-03-15", "2026-04-01"])
def test_no_date_of_any_table_reaches_the_cutoff(name, day):
    cutoff = pd.Timestamp(day)
    view = AsOf(cutoff)
    rows = view.load(name, list(tables.load(name).columns))
    for column in dated(name):
        assert not (rows[column] >= cutoff).any()
    (reading,) = view.readings
    assert (reading.table, reading.rows) == (name, len(rows))
    assert pd.isna(reading.newest) or reading.newest < cutoff


def test_a_row_is_known_from_the_day_that_its_table_names_and_its_later_dates_are_blank():
    """A board that was seen until 31 March was known on 28 March, but not for how long it would hold."""
    rows = AsOf(pd.Timestamp("2026-03-29")).load(BOARDS, ["board", "as_of", "last_seen"], board=["default"])
    last = rows.iloc[-1]
    assert last["as_of"] == pd.Timestamp("2026-03-27")
    assert pd.isna(last["last_seen"])
    assert rows["last_seen"].notna().any()


def test_a_row_without_such_a_day_is_known_once_all_its_dates_have_passed():
    """A week that ended on Sunday stands in a ranking that was read on Monday."""
    ranking, columns = "token_economics/weekly_rankings", ["week_end", "snapshot_date"]
    late = tables.load(ranking).query("snapshot_date > week_end")[columns].iloc[0]
    day = late["snapshot_date"]
    assert late["week_end"] not in set(AsOf(day).load(ranking, columns)["week_end"])
    assert late["week_end"] in set(AsOf(day + pd.Timedelta(days=1)).load(ranking, columns)["week_end"])


def test_the_digest_tells_a_correction_of_what_was_read_and_of_nothing_else(collection, monkeypatch):
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))

    def digest():
        view = AsOf(pd.Timestamp("2026-01-01"))
        view.load(BOARDS, ["country", "as_of", "value"], board=["overall"])
        return view.readings[0].digest

    path = collection / "data" / f"{BOARDS}.csv"
    before, text = digest(), path.read_text()
    rows = [line for line in text.splitlines() if line.startswith("overall,CN")]
    path.write_text(text.replace(rows[0], rows[0].replace(rows[0].split(",")[2], "Nobody", 1)))
    assert digest() == before
    path.write_text(text.replace(rows[0], rows[0].replace(rows[0].split(",")[4], "1234.5", 1)))
    assert digest() != before


def test_a_table_without_dates_is_refused_unless_it_says_that_it_holds_always(collection, monkeypatch):
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))
    with pytest.raises(DataError, match="no column of dates"):
        AsOf(pd.Timestamp("2026-01-01")).load("checks", ["claim"])
    path = collection / "data" / "datapackage.json"
    package = json.loads(path.read_text())
    next(one for one in package["resources"] if one["name"] == "checks")["knownFrom"] = "always"
    path.write_text(json.dumps(package))
    assert len(AsOf(pd.Timestamp("2026-01-01")).load("checks", ["claim"])) == len(tables.load("checks"))
