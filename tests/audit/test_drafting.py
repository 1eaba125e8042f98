"""A draft on disk: files that the audit reads, and none that is lost."""

import csv
from datetime import date

import pytest

from parallelrun.audit import audit, drafting
from parallelrun.errors import InputError
from tests.collection import ROOT

EXAMPLES = ROOT / "docs" / "example"


@pytest.mark.parametrize("name", ["notice", "quarter"])
def test_a_draft_can_be_audited_as_it_is(tmp_path, name):
    said = drafting.write(EXAMPLES / f"{name}.md", tmp_path / "draft", date(2026, 10, 14))
    done = audit.run(tmp_path / "draft" / "claims.csv", tmp_path / "draft" / "checks.csv", date(2026, 11, 1))
    with (tmp_path / "draft" / "claims.csv").open(encoding="utf-8") as file:
        claims = list(csv.DictReader(file))
    assert f"{len(claims)} claims" in said
    assert sum(done.counts().values()) == len(claims)


def test_a_draft_gives_the_same_bytes_again(tmp_path):
    for folder in ("a", "b"):
        drafting.write(EXAMPLES / "quarter.md", tmp_path / folder, None)
    for name in ("claims.csv", "checks.csv", "numerals.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "checks.csv").write_text("mine")
    with pytest.raises(InputError, match=r"checks\.csv: is there already"):
        drafting.write(EXAMPLES / "notice.md", tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["checks.csv"]


def test_a_text_that_has_nothing_or_is_no_text_is_refused(tmp_path):
    (tmp_path / "empty.md").write_text("no figure at all")
    (tmp_path / "binary.md").write_bytes(b"\xff\xfe\x00 12")
    for name, message in (("empty.md", "no numeral"), ("binary.md", "cannot be read"), ("none.md", "cannot be read")):
        with pytest.raises(InputError, match=message):
            drafting.write(tmp_path / name, tmp_path / "out", None)


def test_what_is_said_of_one_check_is_said_of_one(tmp_path):
    (tmp_path / "one.md").write_text("We sold 48,200 loaves, up 6.3 % from 45,350 loaves.")
    (tmp_path / "none.md").write_text("We sold 12 loaves.")
    assert drafting.write(tmp_path / "one.md", tmp_path / "1", None).startswith(
        "3 numerals: 3 figure; 3 claims and 1 check to confirm"
    )
    assert drafting.write(tmp_path / "none.md", tmp_path / "2", None).startswith(
        "1 numeral: 1 figure; 1 claim and 0 checks to confirm"
    )


def test_the_command_drafts_the_worked_example_as_the_documentation_says(command, tmp_path):
    finished = command("draft", EXAMPLES / "notice.md", "--into", "my-audit", "--as-of", "2026-06-01", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() in (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    again = command("draft", EXAMPLES / "notice.md", "--into", "my-audit", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_no_name_or_text_becomes_a_spreadsheets_formula():
    made = drafting.draft("=SUM(A1) grew by 12.5 % in March", "@SUM(A1)")
    (claim, *_) = csv.DictReader(made.files["claims.csv"].splitlines())
    assert (claim["source"], claim["statement"][:7]) == ("SUM(A1)", "SUM(A1)")
