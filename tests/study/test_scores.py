"""Scores against closed forms, and intervals that do not count overlapping windows twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from parallelrun.study import scores

OUTCOMES = st.floats(-30, 30)


def gaussian_crps(mean, sd, outcome):
    """Gneiting & Raftery (2007), section 4.2."""
    z = (outcome - mean) / sd
    return sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))


@given(OUTCOMES, st.floats(-20, 20), st.floats(0.5, 15))
def test_the_crps_of_a_normal_forecast_is_that_of_the_closed_form(outcome, mean, sd):
    found = scores.crps(norm.ppf(scores.LEVELS, mean, sd), outcome)
    assert found == pytest.approx(gaussian_crps(mean, sd, outcome), abs=0.02 * sd)


@given(OUTCOMES, st.floats(-20, 20))
def test_the_crps_of_a_single_number_is_its_absolute_error(outcome, told):
    assert scores.crps(np.full(scores.COUNT, told), outcome) == pytest.approx(abs(outcome - told), abs=1e-9)


def test_the_crps_is_the_mean_distance_to_the_outcome_less_half_the_mean_distance_within():
    points = np.sort(np.random.default_rng(1).normal(size=scores.COUNT))
    within = np.abs(points[:, None] - points).mean() / 2
    assert scores.crps(points, 0.7) == pytest.approx(np.abs(points - 0.7).mean() - within)


def test_positions_of_right_forecasts_are_uniform():
    outcomes = np.random.default_rng(2).normal(size=40_000)
    found = scores.position(np.tile(norm.ppf(scores.LEVELS), (len(outcomes), 1)), outcomes)
    assert np.bincount((found * scores.COUNT).astype(int), minlength=scores.COUNT + 1)[1:-1] / len(
        outcomes
    ) == pytest.approx(1 / scores.COUNT, rel=0.1)


def test_windows_that_overlap_count_once():
    assert scores.apart([0, 1, 2, 3], [2, 3, 4, 5]) == 2
    assert scores.apart([0, 0, 0], [4, 13, 26]) == 1
    assert scores.apart([0, 4, 8], [4, 8, 12]) == 3


def test_a_share_of_all_or_nothing_has_a_closed_end():
    assert scores.share_interval(1.0, 4, 0.95) == (pytest.approx(0.555, abs=0.001), 1.0)
    assert scores.share_interval(0.0, 4, 0.95) == (0.0, pytest.approx(0.445, abs=0.001))
    low, high = scores.share_interval(0.5, 40, 0.95)
    assert 0.34 < low < 0.36
    assert 0.64 < high < 0.66


def test_the_block_bootstrap_is_wider_where_neighbours_agree():
    rng = np.random.default_rng(3)
    ours = np.repeat(rng.gamma(4, size=12), 6)
    theirs = np.ones(len(ours))
    ratio, low, high = scores.ratio_interval(ours, theirs, 6, 0.95, 4000, 1)
    _, near_low, near_high = scores.ratio_interval(ours, theirs, 1, 0.95, 4000, 1)
    assert ratio == pytest.approx(ours.mean())
    assert high - low > 1.5 * (near_high - near_low)


def test_too_few_days_have_a_ratio_and_no_interval():
    ratio, low, high = scores.ratio_interval([1, 2, 3], [2, 2, 2], 1, 0.95, 100, 1)
    assert ratio == 1
    assert np.isnan([low, high]).all()
