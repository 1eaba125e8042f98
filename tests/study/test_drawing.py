"""Marks, axes and labels that follow the data."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.study import drawing
from parallelrun.study.canvas import canvas
from parallelrun.study.fitting import fit, outside

numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, max_size=12), st.floats(0.01, 1e3))
def test_spread_positions_keep_order_and_distance_and_move_as_little_as_they_can(values, gap):
    placed = drawing.spread(values, gap)
    order = np.argsort(np.asarray(values, float), kind="stable")
    assert (np.diff(placed[order]) >= gap * (1 - 1e-6) - 1e-6).all()
    apart = np.diff(np.sort(values)) >= gap
    if apart.all():
        assert placed == pytest.approx(np.asarray(values, float), abs=1e-6)
    assert np.sum(placed) == pytest.approx(sum(values), abs=1e-3 + 1e-9 * len(values) * 1e6)


@given(st.floats(1e-9, 1e9), st.floats(1.001, 1e9), st.integers(3, 9))
def test_a_logarithmic_axis_has_round_ticks_inside_and_no_more_than_asked(low, factor, most):
    ticks = drawing.DecadeLocator(most).tick_values(low, low * factor)
    assert len(ticks) <= most
    assert all(low * (1 - 1e-3) <= tick <= low * factor * (1 + 1e-3) for tick in ticks)
    if factor >= 10:
        assert len(ticks) >= 1


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9))
def test_an_axis_from_zero_shows_zero_and_every_value(points):
    figure, axes = canvas(6)
    axes.plot(*np.transpose(points), "o")
    drawing.from_zero(axes.yaxis)
    low, high = axes.get_ylim()
    assert low <= 0 <= high
    assert outside(figure) == []


def test_whiskers_reach_to_known_ends_only():
    lengths = drawing.sides([3.0, 3.0, 3.0], [1.0, math.nan, 4.0], [4.0, 5.0, math.nan])
    assert lengths.tolist() == [[2, 0, 0], [1, 2, 0]]


def test_rows_are_named_from_the_top():
    _, axes = canvas(6)
    drawing.rows_axis(axes, ["first", "second"])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


@pytest.mark.parametrize("days", [2, 40, 900, 9000])
def test_an_axis_of_dates_has_few_ticks_that_suit_its_span(days):
    _, axes = canvas(6)
    axes.plot(drawing.days(pd.date_range("2024-01-01", periods=days)), np.arange(days))
    drawing.time_axis(axes.xaxis)
    assert 2 <= len(axes.xaxis.get_major_locator()()) <= 8


@pytest.mark.parametrize("label", [drawing.label_ends, drawing.label_points])
def test_labels_of_points_that_lie_together_do_not_cover_each_other(label):
    figure, axes = canvas(9)
    x, y = np.full(6, 0.5), 1 + np.arange(6) * 0.01
    axes.plot([0, 0.5, 1], [0, 1, 2], alpha=0)
    label(axes, x, y, [f"label {n}" for n in range(6)], "black")
    assert fit(figure, "Title", "Source")[1] == []


def test_numbers_have_a_true_minus_and_no_needless_zeros():
    assert [drawing.plain(value) for value in (-1500.0, 0.1, 2e6)] == ["−1,500", "0.1", "2,000,000"]


def test_a_logarithmic_axis_whose_only_round_number_is_one_names_two_others():
    assert drawing.DecadeLocator(2).tick_values(0.4, 2.8) == [0.5, 2]


@pytest.mark.parametrize("largest", [0.3, 78.0, 3e5])
def test_an_outlier_on_an_axis_from_zero_leaves_the_others_apart(largest):
    """With values from 0 to 78 the linear axis had 26 of 40 within its first 3 %."""
    figure, axes = canvas(6)
    values = np.array([0.0, 0.2, 0.21, largest])
    axes.plot(values, range(4), "o")
    begins = drawing.log_axis_from_zero(axes.xaxis, values)
    assert fit(figure, "T", "S")[1] == []
    assert outside(figure) == []
    assert begins == pytest.approx(0.1)
    places = (axes.transData.transform([(value, 0) for value in values])[:, 0] - axes.bbox.x0) / axes.bbox.width
    assert places[0] == pytest.approx(0)
    assert places[1] > 0.05
    assert 0 in axes.get_xticks()


def test_an_axis_begins_where_a_text_before_its_first_point_has_room():
    figure, axes = canvas(6)
    axes.plot([0.1, 1], [1, 2], "o")
    drawing.log_axis(axes.xaxis)
    drawing.note(axes, "a rather long name before the first point", (0.1, 1), (-5, 0), ha="right", va="center")
    drawing.room_for_texts(axes)
    assert fit(figure, "T", "S")[1] == []
    assert axes.texts[0].get_window_extent().x0 >= axes.bbox.x0 - 1
    assert axes.get_xlim()[0] < 0.05


def test_a_label_keeps_clear_of_whiskers():
    figure, axes = canvas(6)
    drawing.whiskers(axes, [2.0, 2.0], [0.5, 0.5], [3.5, 3.5], [1.0, 0.9], upright=True)
    axes.set_xlim(0, 2)
    drawing.label_points(axes, [1.0], [2.0], ["a name"], "black", clear_of_lines=True, places=((-1, 0), (-1, -1)))
    fit(figure, "T", "S")
    box = axes.texts[0].get_window_extent()
    whisker = axes.transData.transform((0.9, 2))[0]
    assert not box.x0 < whisker < box.x1
