"""Numbers as variables: each with value, interval, unit and trace, as the results have them."""

import json
import re
import shutil
import subprocess

import pytest
import typst
from pypdf import PdfReader

from parallelrun.export import numbers
from parallelrun.export.numbers import Number
from parallelrun.study.estimates import Estimate

NAME = "convergence.gap_points_2026_03"
GAP = Number(NAME, Estimate(39.0, 28.2, 49.8, "points"), "the gap")
SHARE = Number("t.share_1", Estimate(12.5, None, None, "%"), "a share")
SET = {one.name: one for one in (GAP, SHARE)}
LATEX = shutil.which("pdflatex")


def test_a_number_has_value_interval_unit_and_trace():
    assert (GAP.value, GAP.interval, GAP.unit) == ("39", "28.2 to 49.8", "points")
    assert GAP.full == "39 points (28.2 to 49.8)"
    assert GAP.trace == f"parallelrun trace {NAME}"
    assert Number("a.b", Estimate(None, 1.0, 2.0), "").value == "1 to 2"


def test_all_results_are_exported(root):
    found = numbers.current(root / "figures")
    recorded = {
        f"{path.parent.name}.{one['name']}"
        for path in (root / "figures").glob("*/results.json")
        for one in json.loads(path.read_text())["results"]
    }
    assert set(found) == recorded


def test_json_is_read_back_as_it_was(tmp_path):
    (tmp_path / "numbers.json").write_text(numbers.in_json(SET))
    assert numbers.read_json(tmp_path / "numbers.json") == SET


def test_a_typst_document_takes_them(tmp_path):
    (tmp_path / "numbers.typ").write_text(numbers.in_typst(SET))
    (tmp_path / "a.typ").write_text(f'#import "numbers.typ": pr\nThe gap is #pr.at("{NAME}").full.')
    (tmp_path / "a.pdf").write_bytes(typst.compile(tmp_path / "a.typ"))
    assert "The gap is 39 points (28.2 to 49.8)." in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()


@pytest.mark.skipif(LATEX is None, reason="no pdflatex here (Debian: texlive-latex-base)")
@pytest.mark.parametrize(
    ("use", "good"), [(rf"\pr{{{NAME}}}, \prci{{{NAME}}}; \prfull{{t.share_1}}", True), (r"\pr{no}", False)]
)
def test_a_latex_document_takes_them_and_refuses_an_unknown_one(tmp_path, use, good):
    (tmp_path / "numbers.tex").write_text(numbers.in_latex(SET))
    (tmp_path / "a.tex").write_text(
        rf"\documentclass{{article}}\input{{numbers}}\begin{{document}}Gap {use}.\end{{document}}"
    )
    ended = subprocess.run(
        [LATEX, "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (ended.returncode == 0) == good, ended.stdout.decode(errors="replace")[-1500:]
    if good:
        text = PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
        assert re.search(r"Gap 39, 28\.2 to 49\.8; 12\.5 ?%", text)
    else:
        assert b"no result no" in ended.stdout


def test_a_word_document_links_each_number_to_its_name(tmp_path):
    from docx import Document

    numbers.in_word(SET, tmp_path / "numbers.docx")
    links = [link for p in Document(str(tmp_path / "numbers.docx")).paragraphs for link in p.hyperlinks]
    assert [(link.text, link.url) for link in links] == [(n.full, f"{numbers.LINK}{n.name}") for n in SET.values()]


def test_all_kinds_are_written(tmp_path):
    assert sorted(numbers.write(SET, tmp_path)) == sorted(path.name for path in tmp_path.iterdir())
