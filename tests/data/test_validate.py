"""Each kind of bad input is refused by the real command, with file, line, column, what was found and expected."""

import csv
import json
from pathlib import Path

import pytest

from tests.collection import ROOT, some_tables

SCORES = Path("convergence") / "arena_scores.csv"


@pytest.fixture
def folder(tmp_path):
    some_tables(ROOT / "data", tmp_path / "data", "sources", "convergence/arena_scores")
    return tmp_path / "data"


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def row(path: Path, number: int) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[number - 1].split(",")


def refused(command, folder) -> str:
    finished = command("validate", folder)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert "Traceback" not in finished.stderr
    return finished.stderr


def test_good_data_pass(command, folder):
    finished = command("validate", folder)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == f"{folder}: 2 tables are valid\n"


def test_the_default_folder_is_the_collections_own(command, collection):
    finished = command("validate", cwd=collection)
    assert finished.returncode == 0, finished.stderr
    assert str(collection / "data") in finished.stdout


def test_missing_column(command, folder):
    lines = (folder / SCORES).read_text().splitlines()
    (folder / SCORES).write_text(
        "\n".join(",".join(line.split(",")[:1] + line.split(",")[2:]) for line in lines) + "\n"
    )
    error = refused(command, folder)
    assert f"{folder / SCORES}, line 1, column 2: the column 'vendor' is missing" in error


def test_misspelt_column(command, folder):
    edit(folder / SCORES, "vendor", "vendro")
    error = refused(command, folder)
    assert (
        "line 1, column 2: found the column 'vendro', which the schema does not have; did you mean 'vendor'?" in error
    )


def test_wrong_type(command, folder):
    edit(folder / SCORES, ",1503,1502.5", ",much,1502.5")
    error = refused(command, folder)
    assert f"{folder / SCORES}, line 2, column 5 (value): found 'much', expected a number such as 12.96" in error


def test_wrong_date(command, folder):
    edit(folder / SCORES, "2026-03-31", "2026-13-31")
    assert "line 2, column 11 (as_of): found '2026-13-31', expected a date such as 2026-04-16" in refused(
        command, folder
    )


def test_duplicate_key(command, folder):
    lines = (folder / SCORES).read_text().splitlines()
    (folder / SCORES).write_text("\n".join([*lines, lines[1]]) + "\n")
    error = refused(command, folder)
    assert f"{folder / SCORES}, line {len(lines) + 1}, column" in error
    assert "again as on line 2, expected each key once" in error


def test_unknown_source(command, folder):
    edit(folder / SCORES, "article-000", "artcle-000")
    error = refused(command, folder)
    assert "line 2, column 9 (source): found 'artcle-000', expected a source that sources.csv has" in error
    assert "did you mean 'article-000'?" in error


def test_value_out_of_range(command, folder):
    edit(folder / SCORES, ",1503,1502.5", ",-1503,1502.5")
    assert "line 2, column 5 (value): found -1503, expected at least" in refused(command, folder)


def test_a_country_code_that_iso_does_not_have(command, folder):
    edit(folder / SCORES, ",US,", ",XQ,")
    error = refused(command, folder)
    assert (
        f"{folder / SCORES}, line 2, column 3 (country): found 'XQ', expected a code: Country, ISO 3166-1 alpha"
        in error
    )


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_a_table_that_is_separated_by_something_else_is_one_fault_that_says_by_what(command, folder, sign, word):
    with (folder / "sources.csv").open(newline="", encoding="utf-8") as file:
        cells = list(csv.reader(file))
    with (folder / "sources.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=sign).writerows(cells)
    told = f"{folder / 'sources.csv'}, line 1: looks separated by {word}; save it separated by commas"
    assert refused(command, folder).splitlines()[1:] == [told]


def test_a_package_whose_descriptor_says_how_its_table_is_separated_is_read_so(command, tmp_path):
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]}
    table = {"name": "t", "path": "t.csv", "dialect": {"delimiter": ";"}, "schema": schema}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "mine", "resources": [table]}))
    (tmp_path / "t.csv").write_text("a;b\n1;2\n")
    finished = command("validate", tmp_path)
    assert finished.returncode == 0, finished.stderr


def test_bad_utf8(command, folder):
    path = folder / SCORES
    path.write_bytes(path.read_bytes().replace(b"xAI", b"x\xffI", 1))
    error = refused(command, folder)
    assert f"{path}, line 3, column 2 (vendor): found the byte 0xff, expected UTF-8 text" in error


def test_bad_utf8_after_a_lone_carriage_return(command, folder):
    path = folder / SCORES
    path.write_bytes(path.read_bytes().replace(b"xAI", b"\r0\xff", 1))
    error = refused(command, folder)
    assert f"{path}, line 4, column 1 (claim): found the byte 0xff, expected UTF-8 text" in error


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2", "@SUM(A1)", "＝HYPERLINK()"])
def test_formula(command, folder, cell):
    edit(folder / SCORES, "Anthropic", cell)
    error = refused(command, folder)
    assert f"line 2, column 2 (vendor): found '{cell}', expected a text that does not begin with {cell[0]!r}" in error
    assert "spreadsheet" in error


def test_an_empty_required_cell(command, folder):
    edit(folder / SCORES, "Anthropic", "")
    assert "line 2, column 2 (vendor): found nothing, expected a value" in refused(command, folder)


def test_a_row_that_is_too_short_or_too_long(command, folder):
    path = folder / SCORES
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:-2], "A11,Alibaba", lines[-1] + ",more"]) + "\n")
    error = refused(command, folder)
    assert f"line {len(lines) - 1}, column 3 (country): the row ends before this column" in error
    assert f"line {len(lines)}, column 13: found 'more' after the last of 12 columns" in error


def test_the_line_is_that_of_the_file_even_after_a_cell_with_line_breaks(command, folder):
    path = folder / SCORES
    lines = path.read_text().splitlines()
    first = lines[1].rsplit(",", 1)[0] + ',"two\nlines"'
    path.write_text("\n".join([lines[0], first, lines[2].replace(",1495,1494.5", ",x,1494.5"), *lines[3:]]) + "\n")
    assert "line 4, column 5 (value): found 'x'" in refused(command, folder)


def test_a_table_that_is_missing_and_one_that_is_not_described(command, folder):
    (folder / SCORES).rename(folder / "convergence" / "scores.csv")
    error = refused(command, folder)
    assert "scores.csv: found a table that datapackage.json does not describe" in error
    assert str(folder / SCORES) in error


def test_a_path_that_leaves_the_folder(command, folder):
    package = json.loads((folder / "datapackage.json").read_text())
    package["resources"][0]["path"] = "../sources.csv"
    (folder / "datapackage.json").write_text(json.dumps(package))
    (folder / "sources.csv").rename(folder.parent / "sources.csv")
    assert "not safe" in refused(command, folder)


@pytest.mark.parametrize(("content", "message"), [("{", "not valid JSON"), ("{}", "resources")])
def test_a_bad_descriptor(command, folder, content, message):
    (folder / "datapackage.json").write_text(content)
    assert message in refused(command, folder)


def test_a_folder_of_ones_own(command, tmp_path):
    (tmp_path / "t.csv").write_text("id,x\n1,2\n1,y\n")
    fields = [{"name": "id", "type": "integer"}, {"name": "x", "type": "number"}]
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": fields, "primaryKey": ["id"]}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    error = refused(command, tmp_path)
    assert "line 3, column 2 (x): found 'y', expected a number" in error
    assert "line 3, column 1 (id): found the key '1' again as on line 2" in error
