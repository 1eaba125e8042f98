"""Other widths, styles and languages: type keeps its size, colours stand out, and Chinese has all its glyphs."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from parallelrun import canvas, project
from parallelrun.project import Look
from parallelrun.study import fitting, looks


@pytest.fixture
def look(monkeypatch):
    """Have the figures of a test drawn with a look."""
    here = project.surroundings()

    def use(*parts) -> Look:
        chosen = Look(*parts)
        monkeypatch.setattr(project, "surroundings", lambda: replace(here, look=chosen))
        return chosen

    return use


def drawn(wanted: Look, columns: int = 3):
    figure, axes = canvas(7, 1, columns)
    for panel in axes:
        panel.plot([1, 2, 3], [3, 1, 2], color="#0072B2", label="China")
        panel.set_title("A panel's title that is rather long for a column", loc="left")
        panel.set_xlabel("score, points")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    stands = looks.dress(figure, wanted)
    _, faults = fitting.fit(figure, "A title", "Source: none.", size=looks.size_of(wanted), arrangement=stands)
    looks.finish(figure, wanted)
    return figure, axes, faults


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (1, 7)])
@pytest.mark.parametrize("width", [85.0, 180.0])
def test_axes_have_the_shape_that_was_asked_for(look, shape, width):
    look(width)
    figure, axes = canvas(8, *shape, squeeze=False, sharey=True)
    assert axes.shape == shape
    assert figure.get_size_inches()[0] == pytest.approx(width / 25.4)
    assert len(figure.axes) == shape[0] * shape[1]


def test_panels_of_a_narrow_figure_stand_below_one_another(look):
    look(85.0)
    _, axes = canvas(8, 1, 2, width_ratios=[2, 1])
    assert [one.get_subplotspec().rowspan.start for one in axes] == [0, 1]
    look(180.0)
    _, axes = canvas(8, 1, 2, width_ratios=[2, 1])
    assert [one.get_subplotspec().rowspan.start for one in axes] == [0, 0]


def sizes(figure) -> set[float]:
    return {text.get_fontsize() for text in figure.findobj(Text) if text.get_text()}


def test_type_has_one_size_at_any_width_and_is_never_below_six_points(look):
    found = [drawn(look(width))[0] for width in (85.0, 180.0)]
    assert sizes(found[0]) == sizes(found[1])
    assert min(sizes(found[0])) >= 6


def test_everything_fits_a_narrow_figure(look):
    assert drawn(look(85.0))[2] == []


def test_a_slide_has_larger_type(look):
    plain, slide = (max(sizes(drawn(look(254.0, style))[0])) for style in ("article", "slide"))
    assert slide == pytest.approx(looks.SLIDE * plain)


@pytest.mark.parametrize("colour", ["#0072B2", "#D55E00", "#009E73", "#666666", "#222222", "#8a8a8a", "#E69F00"])
def test_colours_stand_out_from_the_dark_background(colour):
    assert looks.contrast(looks.on_dark(colour)[:3]) >= (looks.CONTRAST if colour != "#8a8a8a" else 3)


def test_contrast_is_that_of_the_standard():
    assert looks.contrast("white", "black") == pytest.approx(21)
    assert looks.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)


def test_no_text_of_a_dark_figure_is_dark(look):
    figure, _, _ = drawn(look(180.0, "dark"))
    for text in figure.findobj(Text):
        if text.get_text():
            assert looks.contrast(text.get_color()[:3]) >= looks.CONTRAST, text
    assert figure.get_facecolor()[:3] == pytest.approx(
        tuple(int(looks.BACKGROUND[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )


def test_what_is_transparent_becomes_its_blend_with_the_background():
    figure, axes = canvas(6)
    (line,) = axes.plot([1, 2], [1, 2], color=(1, 0, 0, 0.5))
    bars = axes.bar([1], [1], color="#000000", alpha=0.25)
    looks.opaque(figure)
    assert line.get_color() == pytest.approx((1, 0.5, 0.5, 1))
    assert bars[0].get_facecolor() == pytest.approx((0.75, 0.75, 0.75, 1))


def test_a_chinese_figure_draws_without_a_missing_glyph(look):
    wanted = look(120.0, "article", "zh")
    figure, axes, _ = drawn(wanted, 2)
    assert axes[0].get_xlabel() == "得分（分）"
    out = BytesIO()
    figure.savefig(out, format="pdf")  # a missing glyph is a warning, which is an error in tests
    assert re.search(rb"ParallelrunSC", out.getvalue())


def test_a_slide_keeps_labels_and_titles_as_far_from_their_marks_as_the_marks_are_large(look):
    wanted = look(254.0, "slide")
    figure, axes = canvas(7)
    note = axes.annotate("a label", (0, 0), (4, 2), textcoords="offset points")
    axes.set_title("A title", pad=14)
    looks.dress(figure, wanted)
    assert note.xyann == (4 * looks.SLIDE, 2 * looks.SLIDE)
    assert axes.titleOffsetTrans.get_matrix()[1, 2] == pytest.approx(14 * looks.SLIDE * figure.dpi / 72)


@pytest.mark.parametrize("labels", [1, 2])
def test_the_outline_that_texts_share_becomes_dark_once(look, labels):
    wanted = look(180.0, "dark")
    figure, axes = canvas(7)
    shared = [withStroke(linewidth=2, foreground="white")]
    for number in range(labels):
        axes.annotate("a label", (number, 0), path_effects=shared)
    looks.dress(figure, wanted)
    fitting.fit(figure, "A title", "Source: none.")
    looks.finish(figure, wanted)
    assert looks.contrast(shared[0]._gc["foreground"]) < 1.2
