"""A narrow figure: names of rows have room, labels keep to their axes, panels that share rows stand side by side."""

import itertools

import numpy as np
import pytest

from parallelrun.study import fitting
from parallelrun.study.canvas import canvas
from parallelrun.study.drawing import rows_axis
from parallelrun.study.narrow import Arrangement, broken

NAMES = [f"the name of a row that needs more than one line, number {n}" for n in range(9)]


def narrow(height_cm=9.0, *shape, **subplots):
    figure, axes = canvas(height_cm, *shape, **subplots)
    figure.set_size_inches(85 / 25.4, figure.get_size_inches()[1])
    return figure, axes


def laid_out(figure):
    stands = Arrangement(figure, narrow=True)
    return fitting.fit(figure, "A title", "Source: none.", arrangement=stands)[1]


def test_names_of_rows_in_two_lines_do_not_touch():
    figure, axes = narrow()
    axes.plot(range(9), range(9), "o")
    rows_axis(axes, NAMES)
    assert laid_out(figure) == []
    boxes = sorted((label.get_window_extent() for label in axes.get_yticklabels()), key=lambda box: box.y0)
    assert all("\n" in label.get_text() for label in axes.get_yticklabels())
    assert all(lower.y1 <= upper.y0 + 1 for lower, upper in itertools.pairwise(boxes))


def test_panels_that_share_named_rows_stay_beside_one_another():
    figure, axes = narrow(9, 2, 1, sharey=True)
    for panel in axes:
        panel.plot(range(9), range(9), "o")
    rows_axis(axes[0], NAMES)
    assert laid_out(figure) == []
    left, right = (panel.bbox for panel in axes)
    assert left.x1 < right.x0
    assert left.y0 == pytest.approx(right.y0, abs=1)


def test_a_label_is_no_longer_than_its_axis_and_a_title_stays_on_the_page():
    figure, axes = narrow(9, 3, 1)
    for panel in axes:
        panel.plot([0, 1], [0, 1])
        panel.set_ylabel("a quantity with a long name and its unit, trillion tokens of a week")
        panel.set_title("What is seen in a panel whose title is longer than the page is wide", loc="left")
    assert laid_out(figure) == []
    for panel in axes:
        assert panel.yaxis.label.get_window_extent().height <= 1.1 * panel.bbox.height + 1
        assert panel._left_title.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("rows", [3, 12, 40])
def test_a_chart_of_rows_is_as_high_as_its_rows_need(rows):
    figure, axes = narrow(3 + 1.0 * rows)
    axes.plot(range(rows), range(rows), "o")
    rows_axis(axes, [f"row {n}" for n in range(rows)])
    assert laid_out(figure) == []
    assert 25.4 * axes.bbox.height / figure.dpi <= max(0.8 * 85, 4.2 * rows)


def test_one_tall_panel_does_not_make_the_others_tall():
    figure, axes = narrow(18, 2, 1)
    axes[0].plot(range(40), range(40), "o")
    rows_axis(axes[0], [f"row {n}" for n in range(40)])
    axes[1].plot([0, 1], [0, 1])
    assert laid_out(figure) == []
    assert axes[0].bbox.height > 2 * axes[1].bbox.height


def test_crowded_names_below_are_broken_where_that_helps_and_turned_where_it_does_not():
    for names, turned in ((["at that time", "at this time", "in the end"], 0), (["unbreakablenames"] * 9, 90)):
        figure, axes = narrow()
        axes.set_xticks(np.arange(len(names)), names)
        axes.plot(np.arange(len(names)), np.arange(len(names)))
        assert laid_out(figure) == []
        assert {label.get_rotation() for label in axes.get_xticklabels()} == {turned}


@pytest.mark.parametrize("points", [20, 30, 40, 50])
def test_no_line_begins_with_a_chinese_mark_that_closes(points):
    lines = broken("BF16（服务器），全部单元（卡）；规划", points, 6.5).split("\n")
    assert all(line and line[0] not in "）；，" for line in lines)
    assert "".join(lines) == "BF16（服务器），全部单元（卡）；规划"


@pytest.mark.parametrize("letters", range(8, 60))
def test_a_number_is_not_torn_from_its_per_cent(letters):
    assert not any(line.startswith("%") for line in broken("of models 100 % and 74 % or 8 %", letters, 1.9).split("\n"))
