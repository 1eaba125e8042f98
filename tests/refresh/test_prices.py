"""`parallelrun refresh prices`: one more snapshot, its source, and what moved."""

import csv
from datetime import date

import pytest

from parallelrun.refresh import prices
from parallelrun.refresh.changes import Held
from tests.collection import refused, run_command, small

pytest.importorskip("genai_prices")
DAY = ("--as-of", "2099-01-01")
KEY = "genai-prices-0-2-3"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = small(tmp_path_factory.mktemp("refresh"))
    (folder / "figures").mkdir()
    return folder


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_prices_become_one_more_snapshot_with_its_source(place):
    finished = run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    assert finished.returncode == 0, finished.stderr
    assert "against the snapshot of" in finished.stdout
    assert "median input price CN" in finished.stdout
    old = rows(place / "data" / "cost_structure" / "list_prices.csv")
    new = rows(place / "mine" / "cost_structure" / "list_prices.csv")
    assert new[: len(old)] == old
    added = new[len(old) :]
    assert len(added) > 100
    assert {(r["first_seen"], r["as_of"], r["source"]) for r in added} == {("2099-01-01", "2099-01-01", KEY)}
    assert {r["country"] for r in added} == {"US", "CN"}
    assert all(float(r["input_price"]) > 0 and ":free" not in r["model"] for r in added)
    (source,) = [r for r in rows(place / "mine" / "sources.csv") if r["source"] == KEY]
    assert source["label"].endswith("(genai-prices 0.2.3)")


def test_the_price_is_the_packages(place):
    from genai_prices.data import providers

    run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    (router,) = [p for p in providers if p.id == "openrouter"]
    flat = {m.id: m.prices for m in router.models if not isinstance(m.prices, list)}
    added = [r for r in rows(place / "mine" / "cost_structure" / "list_prices.csv") if r["source"] == KEY]
    checked = 0
    for row in added:
        price = flat.get(row["model"])
        if price is not None and not hasattr(price.input_mtok, "base"):
            assert float(row["input_price"]) == pytest.approx(float(price.input_mtok))
            checked += 1
    assert checked > 50


def test_again_it_gives_the_same_bytes_and_a_dry_run_writes_nothing(place):
    run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    before = (place / "mine" / "cost_structure" / "list_prices.csv").read_bytes()
    finished = run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    assert finished.stdout.endswith("nothing to write\n")
    assert (place / "mine" / "cost_structure" / "list_prices.csv").read_bytes() == before
    finished = run_command("refresh", "prices", "--dry-run", "--into", "other", *DAY, cwd=place)
    assert finished.returncode == 0
    assert not (place / "other").exists()


def test_a_model_that_was_gone_before_the_last_snapshot_does_not_come_back():
    """The package keeps what is no longer offered, at low prices of long ago: a snapshot of it would fall by that."""
    done = prices.refreshed(date(2099, 1, 1), Held())
    old = Held().rows(prices.TABLE)
    last = max(row["as_of"] for row in old)
    gone = {row["model"] for row in old} - {row["model"] for row in old if row["as_of"] == last}
    new = list(csv.DictReader(done.files[prices.TABLE].decode().splitlines()))[len(old) :]
    assert "anthropic/claude-2" in gone
    assert not gone & {row["model"] for row in new}
    (told,) = [line for line in done.lines if "were gone before the last snapshot" in line]
    assert int(told.split()[0]) == len(gone & set(prices._listed())) > 50
    assert any("vendors that the table does not have are left out" in line and "ai21" in line for line in done.lines)


def test_a_snapshot_of_another_version_stays_and_one_of_the_same_is_replaced(tmp_path):
    first = prices.refreshed(date(2099, 1, 1), Held())
    path = tmp_path / prices.TABLE
    path.parent.mkdir(parents=True)
    path.write_bytes(first.files[prices.TABLE])
    again = prices.refreshed(date(2099, 2, 1), Held(tmp_path))
    assert "  the same version stood for 2099-01-01: its rows are replaced" in again.lines
    assert b"2099-01-01" not in again.files[prices.TABLE]
    path.write_bytes(first.files[prices.TABLE].replace(KEY.encode(), b"genai-prices-0-2-2"))
    later = prices.refreshed(date(2099, 2, 1), Held(tmp_path))
    assert later.files[prices.TABLE].startswith(path.read_bytes())


def test_a_day_before_the_last_snapshot_is_refused(place):
    assert "expected a day after the table's last snapshot" in refused(
        place, "refresh", "prices", "--as-of", "2026-01-01"
    )
