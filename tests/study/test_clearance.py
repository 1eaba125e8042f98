"""What a label covers is found: lines, whiskers, marks, other labels, and what lies outside the axes."""

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from parallelrun.study import drawing
from parallelrun.study.canvas import canvas
from parallelrun.study.clearance import along_lines, beyond, common


def near(points, place, pixels=3.0):
    return (np.hypot(*(points - place).T) <= pixels).any()


def test_lines_whiskers_and_marks_are_all_something_to_keep_clear_of():
    _, axes = canvas(6)
    axes.plot([0, 1], [0, 1])
    drawing.whiskers(axes, [0.5], [0.2], [0.8], [0.1], upright=True)
    axes.plot([0.9], [0.1], "o", ls="none")
    points = along_lines(axes, 2.0)
    for place in ((0.25, 0.25), (0.1, 0.7), (0.9, 0.1)):
        assert near(points, axes.transData.transform(place)), place
    assert not near(points, axes.transData.transform((0.6, 0.2)))


def test_what_two_boxes_share_and_what_lies_outside_add_up():
    box, other = Bbox([[0, 0], [4, 2]]), Bbox([[3, 1], [9, 9]])
    assert common(box, other) == 1
    assert common(box, Bbox([[5, 5], [6, 6]])) == 0
    assert beyond(box, other) == pytest.approx(7)
