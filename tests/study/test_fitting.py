"""Laying out: texts are given room until they fit, and what lies outside its axes is found."""

import numpy as np
import pytest

from parallelrun.study.canvas import canvas
from parallelrun.study.fitting import fit, outside


def drawn(*args, **kwargs):
    figure, axes = canvas(6, *args, **kwargs)
    for one in np.atleast_1d(axes).flat:
        one.plot([0, 1], [1, 2], marker="o")
    return figure, axes


def test_a_text_off_the_page_is_named():
    figure, axes = drawn()
    axes.text(0.98, 1.0, "far away to the right").set_in_layout(False)
    _, (fault,) = fit(figure, "Title", "Source")
    assert fault == "the text 'far away to the right' is cut off at the page's edge"


def test_overprinted_texts_are_named():
    figure, axes = drawn()
    axes.text(0.5, 1.0, "one label")
    axes.text(0.505, 1.0, "another label")
    _, (fault,) = fit(figure, "Title", "Source")
    assert fault == "the texts 'one label' and 'another label' overlap"


def test_more_rows_than_fit_are_given_height():
    figure, axes = drawn()
    axes.set_yticks(np.linspace(1, 2, 24), [f"row {n}" for n in range(24)])
    before = figure.get_size_inches()
    assert fit(figure, "Title", "Source")[1] == []
    wide, high = figure.get_size_inches()
    assert (wide == before[0], high > before[1]) == (True, True)


def test_crowded_labels_below_are_turned():
    figure, axes = drawn()
    axes.set_xticks(np.linspace(0, 1, 20), [f"a long label {n}" for n in range(20)])
    assert fit(figure, "Title", "Source")[1] == []
    assert {label.get_rotation() for label in axes.get_xticklabels()} == {90}


def test_a_long_title_is_wrapped_and_the_axes_stay_below_it():
    figure, axes = drawn()
    assert (
        fit(figure, "A rather long title that says what the figure shows and needs more than one line " * 2, "")[1]
        == []
    )
    title = figure.texts[0]
    assert "\n" in title.get_text()
    assert axes.get_window_extent().y1 < title.get_window_extent().y0


def test_ticks_outside_the_view_and_hidden_axes_are_no_fault():
    figure, (left, right) = drawn(1, 2)
    left.set_yticks([0, 0.001, 1, 2])
    left.set_ylim(0.9, 2.1)
    right.axis("off")
    assert fit(figure, "Title", "Source")[1] == []


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.plot([0, 9], [1, 2]),
        lambda axes: axes.scatter([9], [1]),
        lambda axes: axes.barh([1], [9]),
        lambda axes: axes.errorbar([0.5], [1], xerr=[9]),
        lambda axes: axes.fill_betweenx([1, 2], 0, 9),
        lambda axes: axes.imshow([[1, 2]], extent=(0, 9, 1, 2), aspect="auto"),
    ],
)
def test_whatever_is_drawn_outside_the_axes_is_found(draw):
    figure, axes = drawn()
    draw(axes)
    assert outside(figure) == []
    axes.set_xlim(0, 5)
    assert any("panel 1, x axis" in fault and "outside the limits 0 to 5" in fault for fault in outside(figure))


def test_lines_of_reference_arrows_and_what_a_logarithm_has_not_are_no_fault():
    figure, axes = drawn()
    axes.axhline(1.5)
    axes.annotate("", (0.5, 1.5), (7, 1.5), arrowprops={"arrowstyle": "->"}, annotation_clip=False)
    axes.set_ylim(1, 2)
    axes.set_xscale("log")
    axes.set_xlim(0.1, 1)
    assert outside(figure) == []
