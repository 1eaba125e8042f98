"""A document's numbers: those that are stale, of no result, or typed by hand are named with their line."""

import pytest

from parallelrun.errors import InputError
from parallelrun.export import checking, numbers
from parallelrun.export.numbers import Number
from parallelrun.study.estimates import Estimate

NAME = "convergence.gap_points"


def known(value: float = 39.0) -> dict[str, Number]:
    found = [
        Number(NAME, Estimate(value, value - 10, value + 10, "points"), "the gap"),
        Number("cost.ratio", Estimate(16.67, 12.9, 22.0, ""), "a ratio"),
        Number("tokens.total", Estimate(12960.0, None, None, ""), "a total"),
    ]
    return {one.name: one for one in found}


def found(folder, name: str, text: str, now=None) -> list[tuple[int, str]]:
    (folder / name).write_text(text)
    return [(one.line, one.kind) for one in checking.check(folder / name, now or known())]


USES = {
    "a.tex": rf"Of 2026. The gap is \pr{{{NAME}}} (\prci{{{NAME}}}).",
    "a.typ": f'Of 2026. The gap is #pr.at("{NAME}").full.',
    "a.md": f"Of 2026. The gap is [39 points]({numbers.LINK}{NAME}).",
}


@pytest.mark.parametrize("name", USES)
def test_a_document_that_takes_its_numbers_is_in_order(tmp_path, name):
    assert found(tmp_path, name, f"# One\n\n{USES[name]}\n") == []


@pytest.mark.parametrize("name", USES)
def test_a_name_that_no_result_has_is_unknown(tmp_path, name):
    assert found(tmp_path, name, "\n" + USES[name].replace("gap_points", "gap_point")) == (
        [(2, "unknown")] * (2 if name == "a.tex" else 1)
    )


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize("typed", ["16.67", "16.7", "39 points", "12,960"])
def test_a_number_that_was_typed_again_is_found(tmp_path, name, typed):
    assert found(tmp_path, name, f"{USES[name]}\nIt is {typed} here.\n") == [(2, "retyped")]


@pytest.mark.parametrize("typed", ["39", "40 points", "16.8", "2026", "12,961", "16.67.1", "A16.67"])
def test_other_numbers_are_left_alone(tmp_path, typed):
    assert found(tmp_path, "a.md", f"It is {typed} here.\n") == []


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("95 % confidence interval", []),
        (r"95~\% CI", []),
        ("5 to 95 % of draws", []),
        ("95 % intervals", []),
        ("95 % of what was read", ["retyped"]),
        ("95 %", ["retyped"]),
    ],
)
def test_the_level_of_an_interval_is_no_result(tmp_path, typed, kinds):
    share = {"forecast.coverage": Number("forecast.coverage", Estimate(95.0, 67.0, 99.0, "%"), "a share")}
    assert [kind for _, kind in found(tmp_path, "a.md", f"It is the {typed} here.\n", share)] == kinds


@pytest.mark.parametrize(("kind", "write"), [("tex", numbers.in_latex), ("typ", numbers.in_typst)])
def test_exported_variables_that_have_changed_are_stale(tmp_path, kind, write):
    (tmp_path / f"numbers.{kind}").write_text(write(known(35.8)))
    (tmp_path / f"a.{kind}").write_text(USES[f"a.{kind}"])
    (said,) = checking.check(tmp_path / f"a.{kind}", known())
    assert (said.file.name, said.kind) == (f"numbers.{kind}", "stale")
    assert "is now 39" in str(said)


def test_a_linked_number_that_has_changed_is_stale(tmp_path):
    assert found(tmp_path, "a.md", USES["a.md"], known(35.8)) == [(1, "stale")]


def test_a_retyped_number_that_was_exported_and_has_changed_is_stale(tmp_path):
    (tmp_path / "numbers.json").write_text(numbers.in_json(known(35.8)))
    assert found(tmp_path, "a.tex", "The gap is 35.8 points.") == [(1, "stale")]


def test_a_word_document_is_held_to_the_results_too(tmp_path):
    numbers.in_word(known(), tmp_path / "a.docx")
    assert checking.check(tmp_path / "a.docx", known()) == []
    assert [one.kind for one in checking.check(tmp_path / "a.docx", known(35.8))] == ["stale"]


def test_comments_and_names_of_files_are_not_text(tmp_path):
    assert found(tmp_path, "a.tex", "% 16.67\n\\includegraphics[width=16.67mm]{a}\n\\label{fig:16.67}") == []
    assert found(tmp_path, "a.typ", '// 16.67\n#image("16.67.svg", width: 16.67mm)') == []


@pytest.mark.parametrize(
    ("name", "why"), [("a.txt", "expected a file that ends in"), ("a.docx", "not a Word document")]
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, why):
    (tmp_path / name).write_text("39 points")
    with pytest.raises(InputError, match=why):
        checking.check(tmp_path / name, known())
