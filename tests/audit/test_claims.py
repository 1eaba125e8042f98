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
        ("", "the columns 'claim', 'kind', 'expression', 'note' are missing; found nothing"),
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


CLAIMS = """id,source,locator,theme,statement,published,unit,as_of,note
X1,a,p. 1,t,said,5,ratio,2026-04-17,
X-2,a,p. 1,t,said,about,ratio,2026-04-17,
X3,a,p. 1,t,said,12 %,ratio,yesterday,
X1,a,p. 1,t,said,7,ratio,2026-04-17,
X4,a,p. 1,t,said,1,600,riders,2026-04-17,
X5,a,p. 1,t,said,#X9,,2026-04-17,
X6,a,p. 1,t,said,#X7,,2026-04-17,
X7,a,p. 1,t,said,#X6,,2026-04-17,
X8,a,p. 1,t,said,5,USD^2,2026-04-17,
D1,a,p. 1,t,said,30 February 2026,date,2026-04-17,
OK,a,p. 1,t,said,8,points,2026-04-17,
"""
CHECKS = """claim,kind,expression,note
Y9,cross,OK + nothing,
X1,guess,5,
X1,cross,"quantity(3) + mean(X11, OK)",
OK,cross,"OK + quantity(3, ""chips"")",
OK,cross,8 +,
OK,cross,8
OK,cross,"date(""soon"") - date(""2026-04-17"")",
OK,cross,OK,
OK,cross,"X3 + X4 + X8 + 1 // 2",
OK,cross,"cell(""sources"", labell=""x"") + convergence.gap + 8 / (OK - OK)",
OK,scope,8,
OK,scope,8,
"""
SAID = {
    "claims.csv": {
        "line 3, column 1 (id): found 'X-2'", "line 3, column 6 (published), claim X-2: 'about' is not a form",
        "line 4, column 6 (published), claim X3: '12 %' is printed in per cent",
        "line 4, column 8 (as_of): found 'yesterday'", "line 5, column 1 (id): found 'X1' again",
        "line 6: found 10 cells, expected 9", "line 7, column 6 (published), claim X5: no claim 'X9'",
        "line 8, column 6 (published), claim X6: a cycle", "line 9, column 6 (published), claim X7: a cycle",
        "line 10, column 7 (unit), claim X8: 'USD^2' is not a unit",
        "line 11, column 6 (published), claim D1: '30 February 2026' is not a day",
    },
    "checks.csv": {
        "line 2, column 1 (claim): no claim 'Y9'",
        "line 2, column 3 (expression), claim Y9: character 6, nothing: there is no claim 'nothing'",
        "line 3, column 2 (kind), claim X1: found 'guess', expected one of arithmetic",
        "line 4, column 3 (expression), claim X1: character 1, quantity(3): quantity() takes a number, a unit in",
        "line 4, column 3 (expression), claim X1: character 15, mean(X11, OK): there is no function 'mean'",
        "line 4, column 3 (expression), claim X1: character 20, X11: there is no claim 'X11'; did you mean 'X1'?",
        "line 5, column 3 (expression), claim OK: character 1: 'chips' and 'points' do not go together",
        "line 6, column 3 (expression), claim OK: not an expression (invalid syntax, at its end); write",
        "line 7: found 3 cells, expected 4",
        "line 8, column 3 (expression), claim OK: character 1, date(\"soon\"): 'soon' is not a form that a date",
        "line 9, column 3 (expression), claim OK: a cycle: OK is set against itself",
        "line 10, column 3 (expression), claim OK: character 16, 1 // 2: the operator FloorDiv is not allowed",
        "line 11, column 3 (expression), claim OK: character 1, cell(\"sources\", labell=\"x\"): the table sources has",
        "line 11, column 3 (expression), claim OK: character 31, convergence.gap: the notebook convergence records no",
        "line 11, column 3 (expression), claim OK: character 49, 8 / (OK - OK): division by",
        "line 13, column 3 (expression), claim OK: the same check as on line 12",
    },
}  # fmt: skip


def faults_of(folder, claims, checks):
    """Return the faults that one run tells, by file, each without the file's path."""
    for name, content in (("claims.csv", claims), ("checks.csv", checks)):
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        audit.run(folder / "claims.csv", folder / "checks.csv")
    lines = [line for line in str(caught.value).splitlines() if not line.startswith("    in: ")]
    return {name: [line.split(f"{name}, ")[1] for line in lines if name in line] for name in SAID}


def test_every_fault_of_both_files_is_told_in_one_run(tmp_path):
    found = faults_of(tmp_path, CLAIMS, CHECKS)
    for name, wanted in SAID.items():
        untold = {start for start in wanted if not any(line.startswith(start) for line in found[name])}
        assert not untold, "\n".join(found[name])
        followed = [line for line in found[name] if not any(line.startswith(start) for start in wanted)]
        assert not followed, "what only follows from another fault is not told again"
        lines = [int(line.split()[1].strip(",:")) for line in found[name]]
        assert lines == sorted(lines)


def test_a_file_that_is_no_table_hides_nothing_of_the_other(tmp_path):
    said = faults_of(tmp_path, "id,source\nA,b\n", CHECKS)
    assert len(said["claims.csv"]) == 1
    assert not [line for line in said["checks.csv"] if "no claim" in line], "no claim is known"
    assert len(said["checks.csv"]) >= 10
    said = faults_of(tmp_path, CLAIMS, "claim,kind\n")
    assert (len(said["claims.csv"]), len(said["checks.csv"])) == (len(SAID["claims.csv"]), 1)


def test_a_wrong_figure_hides_no_fault_of_a_check_that_reads_it(judge):
    claims = [("X1", "5", "ratio"), ("X2", "some", "ratio")]
    with pytest.raises(DataError) as caught:
        judge(claims, [("X1", "cross", "X2 * X7"), ("X2", "cross", "X1 + Z")])
    assert [error.args[0].count("claim 'X7'") for error in caught.value.parts] == [1, 0, 0]
    assert len(caught.value.parts) == 3
