"""The figure contract: what a figure must have, and what its files tell."""

import io
import json
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from parallelrun.errors import FigureError, FitWarning
from parallelrun.study import canvas, figures
from parallelrun.study.figures import Description

DATA = pd.DataFrame({"vendor": ["a", "b"], "score": [1 / 3, 2.0]})


def describe(**changes) -> Description:
    words = {
        "name": "scores",
        "title": "A leads B by 5 points, “closely” & <surely>",
        "alt": "Two bars",
        "caption": "Made from two rows.",
        "source_line": "Source: somewhere (secondary).",
        "provenance": {"inputs": {"t": "0" * 64}, "parameters": {"seed": 1}, "version": "0.1.0"},
    }
    return Description(**(words | changes))


def draw():
    figure, axes = canvas.canvas(6)
    axes.plot([0, 1], DATA["score"], marker="o")
    axes.set_xlabel("Time (years)")
    return figure


def save(folder: Path, figure=None, formats=("svg", "pdf", "png"), data=DATA, **changes):
    return figures.save(figure or draw(), describe(**changes), data, folder, formats)


def test_one_call_writes_three_formats_and_the_plotted_data(tmp_path):
    save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scores.csv", "scores.pdf", "scores.png", "scores.svg"]
    assert (tmp_path / "scores.csv").read_text() == "vendor,score\na,0.3333333333\nb,2\n"


def test_each_file_tells_title_caption_alt_and_provenance(tmp_path):
    save(tmp_path)
    svg = ET.parse(tmp_path / "scores.svg").getroot()
    space = {"s": "http://www.w3.org/2000/svg", "dc": "http://purl.org/dc/elements/1.1/"}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "scores-title scores-desc"
    assert svg.find("s:title", space).text == describe().title
    assert svg.find("s:desc", space).text == "Two bars"
    provenance = json.loads(svg.find(".//dc:source", space).text)
    assert provenance["inputs"] == {"t": "0" * 64}
    assert provenance["parameters"] == {"seed": 1}
    with Image.open(tmp_path / "scores.png") as png:
        assert png.info["Description"] == "Two bars"
        assert png.info["Comment"] == "Made from two rows."
        assert json.loads(png.info["Source"])["version"] == "0.1.0"
        assert png.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert png.width == pytest.approx(canvas.WIDTH_CM / 2.54 * 300, abs=1)
    pdf = (tmp_path / "scores.pdf").read_bytes()
    assert b"/Subject (Made from two rows.)" in pdf
    assert b"/Keywords" in pdf


def test_pdf_fonts_are_truetype_and_no_date_is_written(tmp_path):
    save(tmp_path)
    pdf = (tmp_path / "scores.pdf").read_bytes()
    assert b"/Subtype /CIDFontType2" in pdf
    assert b"/Type3" not in pdf
    assert b"/CreationDate" not in pdf
    assert b"<dc:date>" not in (tmp_path / "scores.svg").read_bytes()


def test_the_same_figure_gives_the_same_bytes_and_other_data_other_ids(tmp_path):
    first, second = save(tmp_path / "a"), save(tmp_path / "b")
    assert first.digests == second.digests
    changed = save(tmp_path / "c", data=DATA.assign(score=[1.0, 2.0]))
    assert changed.data_digest != first.data_digest

    def ids(folder):
        return set(re.findall(r'id="(\w{10,})"', (tmp_path / folder / "scores.svg").read_text()))

    assert ids("a") == ids("b")
    assert ids("a").isdisjoint(ids("c")), "ids would collide with another figure's in one page"


@pytest.mark.parametrize("part", ["title", "alt", "caption"])
def test_title_alt_and_caption_are_mandatory(part):
    with pytest.raises(FigureError, match=f"{part} is empty"):
        describe(**{part: " "})


def test_names_formats_and_data_are_checked(tmp_path):
    with pytest.raises(FigureError, match="lower case"):
        describe(name="../Scores")
    with pytest.raises(FigureError, match="expected svg, pdf, png or eps"):
        save(tmp_path, formats=("gif",))
    with pytest.raises(FigureError, match="no plotted data"):
        save(tmp_path, data=DATA.iloc[:0])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_glyph_is_an_error(tmp_path):
    figure = draw()
    figure.axes[0].set_ylabel("龍")
    with pytest.raises(FigureError, match="Glyph"):
        save(tmp_path, figure)


def test_a_value_outside_its_axes_is_an_error(tmp_path):
    figure = draw()
    figure.axes[0].set_ylim(0, 1)
    with pytest.raises(FigureError, match=r"a plotted value \(2\) lies outside the limits 0 to 1"):
        save(tmp_path, figure)
    assert list(tmp_path.iterdir()) == []


def test_text_that_does_not_fit_is_written_with_a_warning(tmp_path):
    figure = draw()
    figure.axes[0].text(0.95, 1.0, "far away to the right " * 9).set_in_layout(False)
    with pytest.warns(FitWarning, match="is cut off"):
        save(tmp_path, figure)
    assert (tmp_path / "scores.pdf").is_file()


def test_a_notebook_shows_a_smaller_picture_its_alt_text_and_digests(tmp_path):
    saved = save(tmp_path)
    bundle, metadata = saved._repr_mimebundle_()
    assert f"sha256 {saved.data_digest[:16]}" in bundle["text/plain"]
    assert f"sha256 {saved.digests['svg'][:16]}" in bundle["text/plain"]
    assert "from  t, sha256 0000" in bundle["text/plain"]
    assert metadata["image/png"]["alt"] == "Two bars"
    with Image.open(io.BytesIO(b64decode(bundle["image/png"]))) as small, Image.open(tmp_path / "scores.png") as full:
        assert small.width == pytest.approx(full.width / 2, abs=1)
    assert "image/png" not in save(tmp_path / "x", formats=("svg",))._repr_mimebundle_()[0]
