"""Fetching, against a server on this machine that behaves well, badly and not at all."""

import pytest

from parallelrun.errors import InputError
from parallelrun.refresh import fetch
from tests.refresh.upstream import served


def test_a_file_and_a_url_give_the_same_bytes(tmp_path):
    (tmp_path / "a.json").write_bytes(b"{}")
    with served(lambda path, query: (200, {}, b"{}")) as (url, _):
        assert fetch.read(f"{url}/a.json") == fetch.read(str(tmp_path / "a.json")) == b"{}"


def test_a_server_that_stumbles_is_asked_again():
    answers = iter([503, 429, 200])
    with served(lambda path, query: (next(answers), {"Retry-After": "0"}, b"well")) as (url, asked):
        assert fetch.read(url) == b"well"
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refuses .401.; is a key needed"), (403, "refuses"), (404, "is not there"), (418, "answers 418")],
)
def test_what_the_server_refuses_is_told(status, said):
    with served(lambda path, query: (status, {}, b"")) as (url, _), pytest.raises(InputError, match=said):
        fetch.read(url)


def test_nobody_there_is_told_with_what_to_do():
    with served(lambda path, query: (200, {}, b"")) as (url, _):
        pass
    with pytest.raises(InputError, match=r"cannot be reached.*offline.*--from"):
        fetch.read(url)


def test_an_answer_that_is_cut_off_is_no_answer():
    with (
        served(lambda path, query: (200, {"Content-Length": "1000"}, b"half")) as (url, _),
        pytest.raises(InputError, match="cut off"),
    ):
        fetch.read(url)


def test_an_answer_that_is_too_large_is_not_read_to_its_end(monkeypatch, tmp_path):
    monkeypatch.setattr(fetch, "LARGEST", 1000)
    (tmp_path / "large").write_bytes(b"x" * 2000)
    with served(lambda path, query: (200, {}, b"x" * 500_000)) as (url, _), pytest.raises(InputError, match="larger"):
        fetch.read(url)
    with pytest.raises(InputError, match="larger"):
        fetch.read(str(tmp_path / "large"))


def test_a_slow_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(fetch, "PATIENCE", -1.0)
    with served(lambda path, query: (200, {}, b"x")) as (url, _), pytest.raises(InputError, match="still answering"):
        fetch.read(url)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"--from nowhere.json: cannot be read"):
        fetch.read("nowhere.json")


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://openrouter.ai/api", True),
        ("http://127.0.0.1:80/", True),
        ("http://openrouter.ai/api", False),
        ("https://openrouter.ai.example.org/api", False),
        ("https://example.org/?openrouter.ai", False),
        ("https://openrouter.ai@example.org/", False),
    ],
)
def test_a_key_goes_to_its_own_service_only(url, may):
    assert fetch.may_have_key(url) is may


def test_json_that_is_cut_off_looks_like_nothing_else():
    assert [fetch.looks_like(begin) for begin in (b'{"data": [', b"\n[1, 2", b"\xef\xbb\xbf{")] == ["", "", ""]
