"""Boards: recorded pages give the rows that the tables had from elsewhere; makers are asked for; scales stay apart."""

import shutil

import pytest

from parallelrun.data.validate import check
from tests.collection import ROOT, refused, run_command
from tests.refresh.upstream import PAGES, as_pages, board_rows, forget, parquet, served, table

DAY = "2026-10-20"
NAME = "text_style_control/latest-00000-of-00001.parquet"
MEASURED = ("value", "models", "vendors", "models_listed", "votes", "board_size", "rank")


@pytest.fixture
def place(collection):
    """A collection without the boards of the recorded day, and what they said."""
    known = {
        name: forget(collection / "data", f"convergence/{name}", as_of=DAY)
        for name in ("board_leaders", "ladder", "top_twenty", "vendor_leaders", "task_leaders", "modality_leaders")
    }
    return collection, known


def figures(rows, key):
    """What rows say, by key, without where it stands."""
    return {
        tuple(row[k] for k in key): {c: float(row[c]) for c in MEASURED if row.get(c)} | {"model": row.get("model")}
        for row in rows
    }


def test_a_board_by_url_gives_the_rows_that_were_there_from_a_copy(place):
    collection, known = place
    with served(as_pages(board_rows())) as (url, _):
        finished = run_command(
            "refresh", "boards", "--from", f"{url}/rows?config=text_style_control&split=latest", cwd=collection
        )
    assert finished.returncode == 0, finished.stderr
    assert "board of 2026-10-20: 245 models, 3 categories" in finished.stdout
    data = collection / "data"
    for name, key in {
        "board_leaders": ["board", "country"], "ladder": ["board", "country", "place"], "top_twenty": ["country"],
        "vendor_leaders": ["vendor"], "task_leaders": ["category", "country"],
        "modality_leaders": ["arena", "country"],
    }.items():  # fmt: skip
        new = figures([row for row in table(data / "convergence" / f"{name}.csv") if row["as_of"] == DAY], key)
        old = figures(known[name], key)
        both = old.keys() & new.keys()
        assert both, name
        assert {one: new[one] for one in both} == {one: old[one] for one in both}, name
        if name in ("board_leaders", "ladder", "top_twenty"):
            assert old.keys() == new.keys()
    (source,) = [row for row in table(data / "sources.csv") if row["source"] == f"arena-leaderboard-{DAY}"]
    assert (source["licence"], source["published"], source["evidence"]) == ("CC-BY-4.0", DAY, "primary")
    leader = next(r for r in table(data / "convergence" / "board_leaders.csv") if r["source"] == source["source"])
    assert leader["locator"] == "subset text_style_control, category overall, gemini-4-argon"
    assert check(data) > 80


def test_what_is_there_already_stays_with_its_source(tmp_path):
    shutil.copytree(PAGES / "webdev", tmp_path / "webdev")
    parquet(board_rows(), tmp_path / NAME)
    finished = run_command("refresh", "boards", "--from", tmp_path, "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert "convergence/modality_leaders.csv: 0 new, 2 as they are, 2 replaced" in finished.stdout
    assert "webdev US 2026-10-20, board_size: 112 -> 40" in finished.stdout
    assert "convergence/board_leaders.csv: 0 new, 2 as they are, 0 replaced" in finished.stdout
    assert "webdev, board of 2026-10-20" in finished.stdout
    assert "text: is not there" in finished.stdout


def test_a_board_of_a_later_day_than_today_is_left_out_unless_it_is_asked_for(tmp_path):
    """As of weeks of rankings: what lies after today is a copy's mistake, or somebody's what-if."""
    rows = [row | {"leaderboard_publish_date": "2999-01-07"} for row in board_rows()]
    later = parquet(rows, tmp_path / NAME)
    for place in (later, tmp_path):
        refusal = run_command("refresh", "boards", "--from", place, "--dry-run")
        assert refusal.returncode == 2
        assert "has no board by " in refusal.stderr
    asked = run_command("refresh", "boards", "--from", later, "--dry-run", "--as-of", "2999-01-07")
    assert "board of 2999-01-07" in asked.stdout


def test_a_score_that_changed_is_shown_before_it_replaces_the_old(collection):
    rows = board_rows()
    rows[0]["rating"] += 1
    path = parquet(rows, collection / NAME)
    finished = run_command("refresh", "boards", "--from", path, "--into", "mine", cwd=collection)
    shown, written = finished.stdout.split("written: ")
    assert "default US 2026-10-20, value: 1523.9 -> 1524.9" in shown
    assert "convergence/board_leaders.csv: 0 new, 0 as they are, 2 replaced" in shown
    assert "board_leaders.csv" in written
    leaders = table(collection / "mine" / "convergence" / "board_leaders.csv")
    assert [(r["country"], r["value"]) for r in leaders if r["as_of"] == DAY] == [("US", "1524.9"), ("CN", "1488.1")]
    assert len(leaders) == len(table(ROOT / "data" / "convergence" / "board_leaders.csv"))


def test_plain_and_style_controlled_boards_stay_apart(collection):
    path = parquet(board_rows(), collection / "text" / "latest-00000-of-00001.parquet")
    finished = run_command("refresh", "boards", "--from", path, "--into", "mine", cwd=collection)
    assert finished.returncode == 0, finished.stderr
    new = [r for r in table(collection / "mine" / "convergence" / "board_leaders.csv") if r["as_of"] == DAY]
    assert {(r["board"], r["source"]) for r in new} == {
        ("overall", f"arena-leaderboard-{DAY}"),
        ("default", "arena-bundle-llmledger"),
    }
    assert not (collection / "mine" / "convergence" / "vendor_leaders.csv").exists()
    assert not (collection / "mine" / "convergence" / "modality_leaders.csv").exists()


def test_a_maker_that_is_not_known_is_asked_for_and_then_taken(place):
    collection, _ = place
    rows = board_rows()
    rows[0] |= {"organization": "newcomer", "model_name": "first-one"}
    rows[5] |= {"organization": None, "model_name": "of-nobody"}
    path = parquet(rows, collection / NAME)
    said = refused(collection, "refresh", "boards", "--from", path, "--into", "mine")
    assert "organizations.csv does not know 2 of the makers; nothing was written" in said
    assert "newcomer (maker of first-one, say)" in said
    assert "of-nobody (maker of of-nobody, say)" in said
    assert "add a row for each to organizations.csv (name,vendor,country,source,locator,as_of,note)" in said
    (collection / "mine").mkdir()
    shutil.copyfile(collection / "data" / "organizations.csv", collection / "mine" / "organizations.csv")
    with (collection / "mine" / "organizations.csv").open("a") as file:
        file.write("newcomer,Newcomer,CN,vendor-sites,its site,2026-11-25,\nof-nobody,Nobody,ZZ,vendor-sites,-,,\n")
    said = run_command("refresh", "boards", "--from", path, "--into", "mine", cwd=collection)
    assert said.returncode == 2
    assert "organizations.csv" in said.stderr  # the second row lacks its day
    own = collection / "mine" / "organizations.csv"
    own.write_text(own.read_text().replace("sites,-,,", "sites,none,2026-11-25,"))
    finished = run_command("refresh", "boards", "--from", path, "--into", "mine", cwd=collection)
    assert finished.returncode == 0, finished.stderr
    leaders = [r for r in table(collection / "mine" / "convergence" / "board_leaders.csv") if r["as_of"] == DAY]
    assert ("CN", "Newcomer", "first-one") in {(r["country"], r["vendor"], r["model"]) for r in leaders}


def test_categories_without_a_place_are_named(place):
    collection, _ = place
    rows = [row | ({"category": "poetry"} if row["category"] == "coding" else {}) for row in board_rows()]
    finished = run_command("refresh", "boards", "--from", parquet(rows, collection / NAME), "--dry-run", cwd=collection)
    assert "left out: poetry" in finished.stdout


@pytest.mark.parametrize(
    ("subset", "said"),
    [("video", "goes into no table"), ("text_style_control", "has no category overall")],
)
def test_a_subset_that_gives_no_rows_is_refused(collection, subset, said):
    rows = [row for row in board_rows() if row["category"] == "coding"]
    path = parquet(rows, collection / subset / "latest.parquet")
    assert said in refused(collection, "refresh", "boards", "--from", path)


def test_a_folder_without_boards_is_refused(collection):
    (collection / "empty").mkdir()
    assert "found none" in refused(collection, "refresh", "boards", "--from", "empty")


def test_boards_without_intervals_say_so(place):
    collection, _ = place
    rows = [row | {"rating_lower": None, "rating_upper": None} for row in board_rows() if row["category"] == "overall"]
    path = parquet(rows, collection / "text" / "latest.parquet")
    assert run_command("refresh", "boards", "--from", path, cwd=collection).returncode == 0
    new = [r for r in table(collection / "data" / "convergence" / "board_leaders.csv") if r["as_of"] == DAY]
    assert {(r["low"], r["high"], r["note"]) for r in new} == {("", "", "no interval published")}
