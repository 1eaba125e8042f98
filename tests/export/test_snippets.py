"""A figure's words: what a document of each kind takes, with nothing lost or taken for a command."""

import hashlib
import shutil
import subprocess
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader

from parallelrun.data import tables
from parallelrun.export import embedded, snippets
from tests.export.examples import example

LATEX = shutil.which("pdflatex")


def test_what_latex_would_take_for_a_command_is_written_out():
    assert snippets.latex("50 % of A_1 & B #2 × 3") == r"50 \% of A\_1 \& B \#2 $\times$ 3"


def test_sources_are_those_of_the_plotted_rows():
    keys = snippets.sources_of(example())
    assert keys
    assert set(keys) <= set(tables.load("sources")["source"])


def test_bibtex_has_an_entry_for_each_source():
    keys = snippets.sources_of(example())
    text = snippets.bibtex(keys)
    assert [line.partition("{")[2].rstrip(",") for line in text.splitlines() if line.startswith("@")] == keys
    assert text.count("{") == text.count("}")


def test_markdown_has_alternative_text_and_caption():
    text = snippets.in_markdown(example(), 85)
    assert text.startswith(f"![{example().entry['alt']}](gap_history.svg){{width=85mm}}")
    assert snippets.caption(example().entry) in text


def test_a_word_document_has_the_picture_its_alternative_text_and_its_caption(tmp_path):
    from docx import Document

    snippets.in_word([example()], 85, tmp_path / "a.docx")
    document = Document(str(tmp_path / "a.docx"))
    assert document.inline_shapes[0]._inline.docPr.get("descr") == example().entry["alt"]
    assert document.inline_shapes[0].width.mm == pytest.approx(85, abs=0.01)
    assert document.paragraphs[-1].text == snippets.caption(example().entry)
    (picture,) = [one for one in embedded.inside(tmp_path / "a.docx") if one.where.endswith(".png")]
    assert picture.content == example().file("png").read_bytes()


def test_a_word_document_has_the_same_bytes_each_time(tmp_path):
    for name in ("a", "b"):
        snippets.in_word([example()], 85, tmp_path / f"{name}.docx")
    assert len({hashlib.sha256((tmp_path / f"{n}.docx").read_bytes()).hexdigest() for n in "ab"}) == 1


def test_a_figure_dropped_into_a_typst_document_keeps_its_alternative_text(tmp_path):
    one = example()
    shutil.copy(one.file("svg"), tmp_path)
    (tmp_path / "a.typ").write_text(
        f'#set document(title: "A")\n{snippets.in_typst(one, 85, ["a"])}\nSee @gap_history.\n'
    )
    pdf = typst.compile(tmp_path / "a.typ", pdf_standards=["ua-1"])
    (tmp_path / "a.pdf").write_bytes(pdf)
    assert one.entry["alt"] in {inside.alt for inside in embedded.inside(tmp_path / "a.pdf")}
    assert one.entry["title"][:30] in PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\n", " ")


@pytest.mark.skipif(LATEX is None, reason="no pdflatex here (Debian: texlive-latex-base)")
def test_a_figure_dropped_into_a_latex_document_is_found_by_its_drawing(tmp_path):
    one = example()
    shutil.copy(one.file("pdf"), tmp_path)
    lines = [
        r"\documentclass{article}",
        r"\usepackage{graphicx}",
        r"\begin{document}",
        r"See Figure~\ref{fig:gap_history}.",
    ]
    (tmp_path / "a.tex").write_text("\n".join([*lines, snippets.in_latex(one, 85, ["a"]), r"\end{document}"]))
    ended = subprocess.run(
        [LATEX, "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stdout.decode(errors="replace")[-2000:]
    prints = {inside.print for inside in embedded.inside(tmp_path / "a.pdf")}
    assert embedded.print_of(one.file("pdf").read_bytes()) in prints
