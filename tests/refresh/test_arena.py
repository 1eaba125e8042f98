"""The Arena's data set as Parquet and as pages: good, cut off, of another schema, hostile."""

import json
from datetime import date

import pytest

from parallelrun.errors import InputError
from parallelrun.refresh import arena
from tests.refresh.upstream import as_pages, board_rows, page, parquet, served

NAME = "text_style_control/latest-00000-of-00001.parquet"


def saved(tmp_path, content):
    path = tmp_path / "text_style_control" / "page.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def changed(**values):
    """Two rows of a board, the second with other values; None takes a column out."""
    one, two = (dict(row) for row in board_rows()[:2])
    two |= values
    return [one, {key: value for key, value in two.items() if value is not ...}]


def test_pages_and_parquet_give_the_same_board(tmp_path):
    rows = board_rows()
    with served(as_pages(rows)) as (url, asked):
        by_pages = arena.board(f"{url}/rows?dataset=d&config=text_style_control&split=latest")
    assert [path.split("offset=")[1].split("&")[0] for path, _ in asked] == ["0", "100", "200", "300"]
    assert arena.board(str(parquet(rows, tmp_path / NAME))) == by_pages
    assert (by_pages.subset, by_pages.day) == ("text_style_control", date(2026, 10, 20))
    assert {category: len(ratings) for category, ratings in by_pages.ratings.items()} == {
        "overall": 245, "coding": 30, "chinese": 30
    }  # fmt: skip
    overall = [one.rating for one in by_pages.ratings["overall"]]
    assert overall == sorted(overall, reverse=True)


@pytest.mark.parametrize("kind", ["parquet", "json"])
def test_of_a_history_the_last_board_by_the_day_is_taken(tmp_path, kind):
    rows = board_rows()[:3]
    old = [row | {"leaderboard_publish_date": "2026-09-13"} for row in rows]
    path = parquet(rows + old, tmp_path / NAME) if kind == "parquet" else saved(tmp_path, page(old + rows))
    assert arena.board(str(path)).day == date(2026, 10, 20)
    assert arena.board(str(path), date(2026, 10, 19)).day == date(2026, 9, 13)
    with pytest.raises(InputError, match="no board by 2026-09-12"):
        arena.board(str(path), date(2026, 9, 12))


@pytest.mark.parametrize("place", ["latest.parquet", "Board 1/x.json", "http://127.0.0.1:1/rows?config=../x"])
def test_a_place_that_names_no_subset_is_refused(place, tmp_path, monkeypatch):
    (tmp_path / "0").mkdir()
    monkeypatch.chdir(tmp_path / "0")
    with pytest.raises(InputError, match="which subset is it"):
        arena.subset_of(place)


def test_a_parquet_file_that_is_cut_off_is_told(tmp_path):
    path = parquet(board_rows(), tmp_path / NAME)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="cut off"):
        arena.board(str(path))


def test_a_parquet_file_of_another_schema_is_told(tmp_path):
    path = parquet([{"model": "a", "elo": 1.0}], tmp_path / NAME)
    with pytest.raises(InputError, match=r"column 'model_name' is missing.*expected model_name"):
        arena.board(str(path))


def test_a_parquet_file_with_too_many_rows_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(arena, "MOST_ROWS", 100)
    with pytest.raises(InputError, match="has 305 rows, expected 100 at most"):
        arena.board(str(parquet(board_rows(), tmp_path / NAME)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "found a JSON list"),
        ("rank,model\n1,a\n", "looks like a text such as CSV, expected a JSON object with rows and num_rows_total, or"),
        ({"error": "The dataset is private"}, "expected a page with rows and num_rows_total; found error"),
        ({"rows": [], "num_rows_total": "2"}, "expected a page"),
        ({"rows": [{}], "num_rows_total": 1}, "row 0: expected an object with row_idx"),
        ({"rows": [{"row_idx": 7, "row": {}}], "num_rows_total": 1}, "found row 7 where 0 was due"),
        ({"rows": [{"row_idx": 0, "row": {}, "truncated_cells": ["a"]}], "num_rows_total": 1}, "cut its cells off"),
        ({"rows": [{"row_idx": 0, "row": {}, "truncated_cells": []}], "num_rows_total": 500}, "has 1 of 500 rows"),
    ],
)
def test_a_page_that_is_none_is_told(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as error:
        arena.board(saved(tmp_path, content))
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rating": ...}, "column 'rating' is missing"),
        ({"rating": "1500"}, "rating: found '1500'"),
        ({"rating": 1e9}, "rating: found"),
        ({"rating": float("nan")}, "rating: found nan"),
        ({"vote_count": -1}, "vote_count: found -1"),
        ({"vote_count": 1.5}, "vote_count: found 1.5"),
        ({"model_name": None}, "model_name: found None"),
        ({"model_name": ""}, "model_name: found ''"),
        ({"model_name": "=HYPERLINK(1)"}, "begins as a formula"),
        ({"organization": "@cmd"}, "begins as a formula"),
        ({"model_name": "a\x1b[2J"}, r"found 'a\\x1b"),
        ({"model_name": "x" * 10_000_000}, "at most 200"),
        ({"leaderboard_publish_date": "yesterday"}, "found the day 'yesterday'"),
        ({"leaderboard_publish_date": "2026-13-45"}, "leaderboard_publish_date"),
        ({"model_name": "gemini-4-argon"}, "stands 2 times in the category overall"),
    ],
)
def test_a_row_that_cannot_be_is_named(tmp_path, values, said):
    with pytest.raises(InputError, match=said) as error:
        arena.board(saved(tmp_path, page(changed(**values))))
    assert len(str(error.value)) < 700


def test_pages_that_end_too_early_are_cut_off():
    rows = board_rows()

    def answer(path, query):
        return 200, {}, json.dumps(page(rows, int(query["offset"])) | {"num_rows_total": 1000}).encode()

    with served(answer) as (url, _), pytest.raises(InputError, match="from row 305 of 1000 is empty"):
        arena.board(f"{url}/rows?config=text_style_control")


def test_a_server_that_gives_the_same_page_for_ever_is_noticed():
    first = json.dumps(page(board_rows())).encode()
    with (
        served(lambda path, query: (200, {}, first)) as (url, asked),
        pytest.raises(InputError, match="found row 0 where 100 was due"),
    ):
        arena.board(f"{url}/rows?config=text_style_control")
    assert len(asked) == 2
