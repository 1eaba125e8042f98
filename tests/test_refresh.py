"""`parallelrun refresh prices`, and the update path: own rows, a run with them, and what moved."""

import csv
import json

import pytest

from tests.collection import MINIMAL, refused, run_command, small, write

pytest.importorskip("genai_prices")
DAY = ("--as-of", "2099-01-01")


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
    assert {(r["first_seen"], r["as_of"], r["source"]) for r in added} == {("2099-01-01", "2099-01-01", "genai-prices")}
    assert {r["country"] for r in added} == {"US", "CN"}
    assert all(float(r["input_price"]) > 0 and ":free" not in r["model"] for r in added)
    (source,) = [r for r in rows(place / "mine" / "sources.csv") if r["source"] == "genai-prices"]
    assert source["label"].endswith("(genai-prices 0.2.3)")


def test_the_price_is_the_packages(place):
    from genai_prices.data import providers

    run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    (router,) = [p for p in providers if p.id == "openrouter"]
    flat = {m.id: m.prices for m in router.models if not isinstance(m.prices, list)}
    added = [r for r in rows(place / "mine" / "cost_structure" / "list_prices.csv") if r["source"] == "genai-prices"]
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
    run_command("refresh", "prices", "--into", "mine", *DAY, cwd=place)
    assert (place / "mine" / "cost_structure" / "list_prices.csv").read_bytes() == before
    finished = run_command("refresh", "prices", "--dry-run", "--into", "other", *DAY, cwd=place)
    assert finished.returncode == 0
    assert not (place / "other").exists()


def test_a_day_before_the_last_snapshot_is_refused(place):
    assert "expected a day after the table's last snapshot" in refused(
        place, "refresh", "prices", "--as-of", "2026-01-01"
    )


def test_new_rows_are_seen_in_the_results_that_depend_on_them(place):
    """The worked example of docs/update.md: one more week of a table, and what it moves."""
    more = 'top = scores["value"].max()\nstudy.record("the highest score", top=Estimate(float(top)))\nstudy.finish()'
    write(place, "fifth", MINIMAL.format(stem="fifth").replace("study.finish()", more))
    assert run_command("build", cwd=place).returncode == 0
    own = place / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    lines = (place / "data" / "convergence" / "arena_scores.csv").read_text().splitlines()
    row = next(csv.reader([lines[1]]))
    header = lines[0].split(",")
    for name, value in {
        "claim": "A99",
        "published": "1600",
        "value": "1600",
        "low": "1599.5",
        "high": "1600.5",
    }.items():
        row[header.index(name)] = value
    with own.open("w", newline="", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        csv.writer(file, lineterminator="\n").writerow(row)
    finished = run_command("run", "fifth", "--data", "own", "--out", "mine-run", cwd=place)
    assert finished.returncode == 0, finished.stderr
    (found,) = json.loads(run_command("compare", "baseline", "mine-run", "--json", cwd=place).stdout)
    assert [r["name"] for r in found["results"]] == ["top"]
    assert found["results"][0]["other"]["value"] == 1600
    assert [i["name"] for i in found["inputs"]] == ["convergence/arena_scores"]
    assert [f["name"] for f in found["figures"]] == ["scores"]
    assert found["parameters"] == []


def test_a_bad_row_of_ones_own_is_named_by_its_file(place, tmp_path):
    own = tmp_path / "own" / "convergence" / "arena_scores.csv"
    own.parent.mkdir(parents=True)
    own.write_text(
        (place / "data" / "convergence" / "arena_scores.csv").read_text().replace(",1503,1502.5", ",many,1502.5")
    )
    write(place, "fifth", MINIMAL.format(stem="fifth"))
    said = refused(place, "run", "fifth", "--data", tmp_path / "own")
    assert f"{own}, line 2, column 5 (value): found 'many', expected a number" in said
    own.rename(own.with_name("arena_score.csv"))
    assert "did you mean convergence/arena_scores.csv?" in refused(place, "run", "fifth", "--data", tmp_path / "own")
