"""Claims files and checks files: what is wrong is refused with its place."""

import pytest

from parallelrun.audit import audit
from parallelrun.audit.claims import CLAIM_COLUMNS
from parallelrun.errors import DataError, PublishedFormError, UnitError
from tests.audit.conftest import claim_row, write

WRONG_CLAIMS = [
    (
        [("X1", "about", "ratio")],
        PublishedFormError,
        r"line 2, column 6 \(published\), claim X1: 'about' is not a form",
    ),
    ([("X1", "#X2", ""), ("X2", "#X1", "")], DataError, "a cycle: X1 repeats X2 repeats X1"),
    ([("X1", "#X9", "")], DataError, "no claim 'X9'"),
    ([("X1", "5", ""), ("X1", "6", "")], DataError, r"line 3, column 1 \(id\): found 'X1' again, as on line 2"),
    ([("X-1", "5", "")], DataError, "expected letters, digits and underscores"),
    ([("class", "5", "")], DataError, "found 'class', expected letters"),
    ([("X1", "5", "USD"), ("X2", "#X1", "points")], DataError, "the unit is 'points', but the claim X1 .* has 'USD'"),
    ([("X1", "after 9999", "date", "soon")], DataError, "found 'soon', expected a date"),
    ([("X1", "5", "", "yesterday")], DataError, r"column 8 \(as_of\): found 'yesterday'"),
    ([("X1", "convergence/nothing#A01", "")], DataError, "no table"),
    ([("X1", "convergence/arena_scores#A99", "")], DataError, "has no row with claim 'A99'"),
    ([("X1", "convergence/market_segments#D06", "%")], DataError, r"2 rows .*\?country=US"),
    ([("X1", "convergence/arena_scores#A07", "%")], DataError, "the unit is '%', but .* has 'points'"),
    ([("X1", "5", "USD^2")], UnitError, "not a unit"),
    ([("X1", "12 %", "ratio")], PublishedFormError, "printed in per cent, but the unit is 'ratio'"),
    ([("X1", "2.5 percent", "points")], PublishedFormError, "printed in per cent, but the unit is 'points'"),
    ([("X1", "1/4", "%")], PublishedFormError, "is a ratio, but the unit is '%'"),
    ([("X1", "€5", "ratio")], PublishedFormError, "it is printed in 'EUR'"),
    ([("X1", "1" * 400, "chips")], PublishedFormError, r"claim X1: a figure of the order 10\^399"),
    ([("X1", "0." + "0" * 400 + "1", "")], PublishedFormError, "too large or too small"),
    ([("X1\0", "5", "")], DataError, r"found 'X1\\x00', expected letters"),
    ([("X1", "5\0", "")], PublishedFormError, r"'5\\x00' is not a form"),
]


@pytest.mark.parametrize(("claims", "error", "message"), WRONG_CLAIMS)
def test_a_wrong_claim_is_refused_with_its_place(judge, claims, error, message):
    with pytest.raises(error, match=message) as caught:
        judge(claims, [])
    assert "claims.csv, line " in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("claim,kind,expression\nX1,arithmetic,5\n", "the column 'note' is missing"),
        ("claim,kind,expression,note\nX1,guess,5,\n", "found 'guess', expected one of arithmetic"),
        ("claim,kind,expression,note\nX9,cross,5,\n", "no claim 'X9'"),
        ("claim,kind,expression,note\nX1,cross,5\n", "found 3 cells, expected 4"),
        ("claim,kind,expression,note\nX1,cross,5,\nX1,cross,5,\n", "the same check as on line 2"),
        ("", "the column 'claim' is missing; found nothing"),
        ("claim,kind,expression\nX1,cross,5,\n", "line 1: the column 'note' is missing"),
        ("claim,kind,kind,expression,note\n", "line 1: the column 'kind' stands there 2 times"),
    ],
)
def test_a_wrong_checks_file_is_refused(tmp_path, content, message):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")


@pytest.mark.parametrize(
    "content", ["claim,kind,expres\0sion,note\n", "claim,kind,expression,note\nX1,cross,1 +\0 \x1b[2J nothing,\n"]
)
def test_a_control_character_is_printed_escaped(tmp_path, content):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_text(content)
    with pytest.raises(DataError, match=r"\\x00") as caught:
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")
    assert not {"\0", "\x1b"} & set(str(caught.value))


def test_a_byte_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_bytes(b"claim,kind,expression,note\nX1,cross,5,caf\xe9\n")
    with pytest.raises(DataError, match=r"checks\.csv, line 2: found a byte that is not UTF-8"):
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")


def test_all_faults_of_a_file_are_told_at_once(judge, tmp_path):
    claims = [("X1", "5", "ratio"), ("X-2", "5", "ratio"), ("X3", "5", "ratio"), ("X1", "6", "ratio")]
    with pytest.raises(DataError) as caught:
        judge(claims, [])
    assert [f"line {line}, column" in str(caught.value) for line in (2, 3, 4, 5)] == [False, True, False, True]
    with pytest.raises(PublishedFormError) as caught:
        judge([("X1", "some", "ratio"), ("X2", "5", "ratio"), ("X3", "many", "ratio")], [])
    assert str(caught.value).count("is not a form") == 2
    with pytest.raises(DataError) as caught:
        judge([("X1", "5", "ratio")], [("X1", "guess", "5"), ("X9", "cross", "5"), ("X1", "cross", "5")])
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(DataError) as caught:
        judge([("X1", "5", "ratio")], [("X1", "cross", "5 / 0"), ("X1", "cross", "X7"), ("X1", "cross", "5")])
    assert str(caught.value).count("checks.csv, line") == 2
