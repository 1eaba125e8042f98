"""Rankings: recorded days give the weeks that the table had; vendors are asked for; no key is kept or printed."""

import json
from datetime import date, timedelta

import pytest

from parallelrun.data.validate import check
from parallelrun.errors import InputError
from parallelrun.refresh import rankings
from parallelrun.refresh.changes import Held
from tests.collection import refused, run_command
from tests.refresh.upstream import RANKINGS, forget, served, table

WEEK = {"week_start": "2026-08-10"}


@pytest.fixture
def place(collection):
    return collection, forget(collection / "data", "token_economics/platform_weeks", **WEEK)


def of_the_week(folder):
    rows = table(folder / "data" / "token_economics" / "platform_weeks.csv")
    return [row for row in rows if row["week_start"] == "2026-08-10"]


def answer(change=lambda rows: rows, meta=None):
    whole = json.loads(RANKINGS.read_text())
    return {"data": change(whole["data"]), "meta": meta or whole["meta"]}


def written(folder, content):
    path = folder / "answer.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_recorded_days_give_the_week_that_was_there_from_a_copy(place):
    collection, known = place
    finished = run_command("refresh", "rankings", "--from", RANKINGS, cwd=collection)
    assert finished.returncode == 0, finished.stderr
    assert "9 days, 1 whole week\n" in finished.stdout
    assert "days of weeks that end after" not in finished.stdout
    assert "days of weeks that are not whole, left out: 2026-08-17 to 2026-08-18\n" in finished.stdout
    new = of_the_week(collection)
    said = [{(r["slug"], r["days"], float(r["value"]), r["as_of"]) for r in rows} for rows in (known, new)]
    assert said[0] == said[1]
    assert len(new) == len(known) > 50
    assert {r["source"] for r in new} == {"openrouter-daily-2026-08-22"}
    (source,) = [r for r in table(collection / "data" / "sources.csv") if r["source"] == "openrouter-daily-2026-08-22"]
    assert source["label"] == "OpenRouter (openrouter.ai/rankings), as of 2026-08-22"
    assert source["licence"] == "CC-BY-4.0"
    check(collection / "data")


def test_days_left_out_are_told_with_their_reason_and_in_spans():
    monday = date(2026, 8, 3)
    days = [monday + timedelta(days=n) for n in (*range(7), 7, 8, 10, *range(14, 24))]
    assert rankings._left_out(days, [monday], date(2026, 8, 20)) == [
        "  days of weeks that end after 2026-08-20, left out: 2026-08-17 to 2026-08-26",
        "  days of weeks that are not whole, left out: 2026-08-10 to 2026-08-11, 2026-08-13",
    ]


def test_a_week_that_differs_is_replaced_as_one(collection):
    def more(rows):
        rows[0]["total_tokens"] = str(int(rows[0]["total_tokens"]) + 10**9)
        return rows

    finished = run_command("refresh", "rankings", "--from", written(collection, answer(more)), cwd=collection)
    (shown,) = [line for line in finished.stdout.splitlines() if " -> " in line]
    assert "OpenRouter 2026-08-10" in shown
    new = of_the_week(collection)
    assert {r["source"] for r in new} == {"openrouter-daily-2026-08-22"}


def test_the_same_again_writes_nothing(place):
    collection, _ = place
    run_command("refresh", "rankings", "--from", RANKINGS, cwd=collection)
    again = run_command("refresh", "rankings", "--from", RANKINGS, cwd=collection)
    assert again.stdout.endswith("nothing to write\n")


def test_the_service_is_asked_for_what_follows_with_a_key_that_is_not_told(place):
    collection, _ = place
    secret = "sk-or-v1-abcdef"
    with served(lambda path, query: (200, {}, RANKINGS.read_bytes())) as (url, asked):
        finished = run_command(
            "refresh", "rankings", "--from", f"{url}/rankings-daily", "--as-of", "2026-08-20", cwd=collection,
            env={"OPENROUTER_API_KEY": secret},
        )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert asked == [("/rankings-daily?start_date=2026-08-10&end_date=2026-08-20", f"Bearer {secret}")]
    assert secret not in finished.stdout + finished.stderr
    assert not [path for path in collection.rglob("*.csv") if secret in path.read_text()]
    with served(lambda path, query: (401, {}, b"")) as (url, _):
        finished = run_command("refresh", "rankings", "--from", url, cwd=collection, env={"OPENROUTER_API_KEY": secret})
    assert finished.returncode == 2
    assert secret not in finished.stderr


def test_without_a_key_the_service_is_not_asked(collection, monkeypatch):
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    assert "set OPENROUTER_API_KEY" in refused(collection, "refresh", "rankings")


def test_a_vendor_that_is_not_known_is_asked_for(place):
    collection, _ = place

    def strange(rows):
        return [row | {"model_permaslug": row["model_permaslug"].replace("anthropic/", "newcomer/")} for row in rows]

    said = refused(collection, "refresh", "rankings", "--from", written(collection, answer(strange)))
    assert "vendors.csv does not know 1 of the makers" in said
    assert "newcomer (maker of newcomer/claude" in said


def test_models_under_a_cover_name_stay_without_a_vendor(place):
    collection, _ = place

    def covered(rows):
        return [row | {"model_permaslug": row["model_permaslug"].replace("anthropic/", "stealth/")} for row in rows]

    finished = run_command("refresh", "rankings", "--from", written(collection, answer(covered)), cwd=collection)
    assert finished.returncode == 0, finished.stderr


def row(**values):
    return lambda rows: [rows[0] | values, *rows[1:]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"data": [{"date": "2026-08-1', "not valid JSON"),
        ({"error": "x"}, "data: found"),
        (answer(lambda rows: []), "data: found"),
        (answer(meta={"as_of": "soon"}), "meta.as_of: found 'soon'"),
        (answer(row(total_tokens=5)), "data.0.total_tokens: found 5"),
        (answer(row(total_tokens="-5")), "data.0.total_tokens: found '-5'"),
        (answer(row(total_tokens="9" * 5000)), "data.0.total_tokens"),
        (answer(row(model_permaslug="=cmd|x")), "data.0.model_permaslug: found '=cmd|x'"),
        (answer(row(model_permaslug="../x")), "data.0.model_permaslug"),
        (answer(row(date="10 August")), "data.0.date: found '10 August'"),
        (answer(lambda rows: [*rows, rows[0]]), "stands there twice"),
        (answer(lambda rows: rows[:40]), "has no row 'other': the answer is cut off"),
        (answer(lambda rows: rows[51:]), "holds no whole week"),
    ],
)
def test_an_answer_that_is_none_is_told(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as error:
        rankings.refreshed(str(written(tmp_path, content)), date(2026, 11, 25), Held())
    assert len(str(error.value)) < 700


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1\x15\x04 and so on PAR1", "a Parquet file"),
        (b"PK\x03\x04\x14\0", "a zip archive, such as an Excel file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a binary file"),
        (b"<!doctype html><title>Sign in</title>", "a page of HTML or XML"),
        (b"date,model_permaslug\n2026-08-10,a/b\n", "a text such as CSV"),
        (b"\n", "an empty file"),
    ],
)
def test_a_file_of_another_kind_is_said_to_be_one_and_not_to_be_cut_off(tmp_path, content, kind):
    (tmp_path / "answer.json").write_bytes(content)
    with pytest.raises(InputError) as refused:
        rankings.refreshed(str(tmp_path / "answer.json"), date(2026, 11, 25), Held())
    told = f"looks like {kind}, expected a JSON object with data and meta, as rankings-daily answers"
    assert str(refused.value) == f"{tmp_path / 'answer.json'}: {told}"


def test_a_week_that_ends_after_the_day_is_left_out():
    with pytest.raises(InputError, match="no whole week, Monday to Sunday, that ends by 2026-08-15"):
        rankings.refreshed(str(RANKINGS), date(2026, 8, 15), Held())
