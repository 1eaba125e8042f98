"""An author's walk: a figure at two widths, dark and in Chinese, numbers, and one of them made stale."""

import json
import re

import pytest
from pypdf import PdfReader

from parallelrun.errors import InputError
from parallelrun.export import command
from tests.collection import refused, run_command, small


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A small collection, built, and its figure exported in five looks."""
    place = small(tmp_path_factory.mktemp("export"))
    built = run_command("build", cwd=place)
    assert built.returncode == 0, built.stderr
    looks = {
        "narrow": ["--width", "85mm", "--numbers"],
        "wide": ["--width", "18cm"],
        "dark": ["--style", "dark", "--format", "svg,eps"],
        "zh": ["--lang", "zh", "--format", "pdf"],
    }
    for name, options in looks.items():
        ended = run_command("export", "scores", "--to", name, *options, cwd=place)
        assert ended.returncode == 0, ended.stderr
    return place


def sizes(pdf) -> set[float]:
    """Sizes of type in points on the first page."""
    text = PdfReader(pdf).pages[0].get_contents().get_data().decode("latin-1")
    return {float(size) for size in re.findall(r"/\S+ ([\d.]+) Tf", text)}


def test_each_figure_has_its_files_and_words(exported):
    names = {path.name for path in (exported / "narrow").iterdir()}
    kinds = {"svg", "pdf", "png", "csv", "tex", "typ", "md", "json", "bib"}
    assert {f"scores.{kind}" for kind in kinds} | {"figures.docx", "sources.bib", "numbers.tex"} <= names


def test_widths_are_those_that_were_asked_for(exported):
    for name, width in {"narrow": 85, "wide": 180}.items():
        page = PdfReader(exported / name / "scores.pdf").pages[0].mediabox
        assert float(page.width) == pytest.approx(width / 25.4 * 72, abs=0.1)


def test_type_has_the_same_size_at_both_widths_and_is_not_below_six_points(exported):
    narrow, wide = (sizes(exported / name / "scores.pdf") for name in ("narrow", "wide"))
    assert narrow == wide
    assert min(narrow) >= 6


def test_an_eps_has_a_bounding_box_and_no_day(exported):
    eps = (exported / "dark" / "scores.eps").read_bytes()
    assert b"%%BoundingBox" in eps
    assert b"CreationDate" not in eps


def test_exported_figures_are_verified_in_every_format_and_look(exported):
    files = [
        f"{n}/scores.{k}"
        for n, k in [("narrow", "svg"), ("narrow", "png"), ("wide", "pdf"), ("zh", "pdf"), ("dark", "eps")]
    ]
    ended = run_command("verify", *files, cwd=exported)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("same bytes (fifth/scores)") == len(files)


def test_one_number_made_stale_is_found(exported):
    paper = exported / "narrow"
    (paper / "paper.tex").write_text(r"The level is \pr{fifth.level}.")
    assert run_command("export", "--check", paper / "paper.tex", cwd=exported).returncode == 0
    old = (paper / "numbers.tex").read_text()
    (paper / "numbers.tex").write_text(old.replace("{fifth.level}{0.5}", "{fifth.level}{0.7}"))
    ended = run_command("export", "--check", paper / "paper.tex", cwd=exported)
    (paper / "numbers.tex").write_text(old)
    assert ended.returncode == 1
    assert "stale: 'fifth.level = 0.7': is now 0.5" in ended.stdout


def test_the_data_of_a_figure_that_have_changed_are_told(exported, tmp_path):
    table = exported / "data" / "convergence" / "arena_scores.csv"
    old = table.read_bytes()
    lines = old.decode().splitlines(keepends=True)
    table.write_bytes("".join(lines[:-1]).encode())
    ended = run_command("verify", "narrow/scores.svg", cwd=exported)
    table.write_bytes(old)
    assert ended.returncode == 1
    assert "other data (fifth/scores)" in ended.stdout
    assert "0 rows of its data are new and 1 are gone" in ended.stdout


def test_a_described_figure_names_its_sources(exported):
    told = json.loads((exported / "narrow" / "scores.json").read_text())
    assert told["sources"]
    assert all(f"{{{key}," in (exported / "narrow" / "sources.bib").read_text() for key in told["sources"])


@pytest.mark.parametrize(("words", "length"), [("85", 85), ("85mm", 85), ("8.5cm", 85), ("2in", 50.8), (None, None)])
def test_a_width_is_a_length(words, length):
    assert command.millimetres(words) == length


def test_a_width_that_is_none_is_refused():
    with pytest.raises(InputError, match="expected a length such as 85mm"):
        command.millimetres("wide")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "--to DIR"),
        (("nothing", "--to", "x"), "no figure 'nothing'"),
        (("scores", "--to", "x", "--format", "gif"), "--format 'gif'"),
        (("scores", "--to", "x", "--width", "1mm"), "expected 60 to 500"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(exported, arguments, why):
    assert why in refused(exported, "export", *arguments)
