"""The convergence theme: models against closed forms, limits and published values, and the chain from row to result."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from parallelrun.data import tables
from parallelrun.errors import DataError, ParameterError
from parallelrun.study import clearance, parameters
from parallelrun.study.estimates import Estimate
from parallelrun.study.fitting import fit
from parallelrun.study.provenance import inputs_of
from parallelrun.themes.convergence import (
    Parameters,
    battles,
    boards,
    closing,
    ecosystem,
    forecasting,
    history,
    plots,
    plots_history,
    printed,
    ratings,
    releases,
    words,
    words_appendix,
)
from tests import variants

GAPS = st.floats(-800, 800)

REFUSED: dict[tuple[str, str], str] = {}
"""Figure and variant: why there is nothing to draw."""


@pytest.fixture(scope="module")
def leaders():
    return tables.load("convergence/board_leaders")


@pytest.fixture(scope="module")
def gaps(leaders):
    return boards.gaps(leaders)


@pytest.fixture(scope="module")
def timeline():
    return tables.load("convergence/gap_timeline")


@pytest.fixture(scope="module")
def scores():
    return tables.load("convergence/arena_scores")


# --- ratings ---------------------------------------------------------------------------------------------------------


def test_expected_score_has_its_published_values():
    """Elo's table: 0 points 50 %, 400 points ten to one, 100 points 64 %."""
    assert ratings.expected_score(0) == 0.5
    assert ratings.expected_score(400) == pytest.approx(10 / 11)
    assert ratings.expected_score(100) == pytest.approx(0.640065, abs=1e-6)


@given(GAPS)
def test_expected_scores_of_both_sides_add_to_one_and_invert(gap):
    assert ratings.expected_score(gap) + ratings.expected_score(-gap) == pytest.approx(1)
    assert ratings.gap_for_score(ratings.expected_score(gap)) == pytest.approx(gap, abs=1e-6)


@given(st.floats(1, 400), st.floats(1000, 1600), st.floats(-1000, 900))
def test_percent_depends_on_the_origin_alone(gap, base, origin):
    """Moving the zero and all scores together changes nothing; moving the zero alone changes everything."""
    assert ratings.percent_of(gap, base + 50, origin + 50) == pytest.approx(ratings.percent_of(gap, base, origin))
    assert ratings.percent_of(gap, base, origin + 50) > ratings.percent_of(gap, base, origin)


def test_the_printed_percentage_is_of_the_chinese_score(scores, timeline):
    of_china, of_us = printed.printed_percents(scores, timeline)
    assert round(of_china, 1) == 2.7
    assert round(of_us, 1) == 2.6


def test_votes_needed_agrees_with_the_textbook_formula():
    """One-sample test of p = 1/2 on the log-odds scale: n = (z_a + z_b)^2 / (logit(p)^2 p (1 - p))."""
    p = 0.6
    gap = float(ratings.gap_for_score(p))
    z = norm.ppf(0.975) + norm.ppf(0.8)
    assert ratings.votes_needed(gap) == pytest.approx(z**2 / (np.log(1.5) ** 2 * p * (1 - p)))


def test_power_of_the_votes_needed_is_as_asked():
    n = int(np.ceil(ratings.votes_needed(39.0)))
    p = ratings.expected_score(39.0)
    won = np.random.default_rng(1).binomial(n, p, size=20_000) / n
    logit = np.log(won / (1 - won))
    assert (logit > norm.ppf(0.975) / np.sqrt(n * won * (1 - won))).mean() == pytest.approx(0.8, abs=0.02)


def test_votes_for_a_gap_whose_interval_holds_zero_have_no_upper_end():
    found = ratings.votes_estimate(Estimate(39.0, -69.0, 147.0), 0.95, 0.8)
    assert (found.low, found.high) == (ratings.votes_needed(147.0), np.inf)
    assert found.low < found.value == ratings.votes_needed(39.0)
    sure = ratings.votes_estimate(Estimate(39.0, 28.0, 50.0), 0.95, 0.8)
    assert (sure.low, sure.high) == (ratings.votes_needed(50.0), ratings.votes_needed(28.0))
    behind = ratings.votes_estimate(Estimate(-39.0, -50.0, -28.0), 0.95, 0.8)
    assert (behind.low, behind.value, behind.high) == pytest.approx((sure.low, sure.value, sure.high))


def test_half_width_falls_with_the_root_of_the_votes():
    assert ratings.half_width(40_000) == pytest.approx(ratings.half_width(10_000) / 2)
    assert ratings.half_width(10_000) == pytest.approx(1.959964 * 173.7178 * 2 / 100, rel=1e-5)


def test_bradley_terry_of_two_is_the_log_odds():
    theta = battles.bradley_terry(np.array([[0.0, 60.0], [40.0, 0.0]]))
    assert theta[0] - theta[1] == pytest.approx(np.log(60 / 40))
    assert theta.sum() == pytest.approx(0)


def test_bradley_terry_covariance_of_two_is_one_over_np_q():
    wins = np.array([[0.0, 60.0], [40.0, 0.0]])
    theta = battles.bradley_terry(wins)
    for sandwich in (False, True):
        c = battles.covariance(wins, theta, sandwich=sandwich)
        assert c[0, 0] + c[1, 1] - 2 * c[0, 1] == pytest.approx(1 / (100 * 0.6 * 0.4))


def test_bradley_terry_fits_many_tables_at_once():
    wins = battles.simulate_wins(np.array([1500.0, 1450.0, 1400.0]), 3_000, 5, np.random.default_rng(3))
    together = battles.bradley_terry(wins)
    assert together.shape == (5, 3)
    np.testing.assert_allclose(together, [battles.bradley_terry(one) for one in wins], atol=1e-10)


def test_a_cell_of_a_multinomial_is_the_quantile_of_its_binomial_at_one_uniform_number():
    counts = battles.multinomial(20_000, np.array([0.3, 0.0, 0.7]), 50, np.random.default_rng(5))
    uniforms = np.random.default_rng(5).random(50)
    np.testing.assert_array_equal(counts[:, 0], binom.ppf(uniforms, 20_000, 0.3))
    np.testing.assert_array_equal(counts, np.c_[counts[:, 0], np.zeros(50), 20_000 - counts[:, 0]])


@pytest.mark.parametrize(
    ("trials", "p"), [(0, 0.3), (3, 0.2), (20, 0.5), (500, 0.01), (50, 1.0), (90_000, 0.0031), (10**6, 0.9999)]
)
def test_binomial_quantiles_are_those_of_scipy_also_where_the_guess_is_off(trials, p):
    rng = np.random.default_rng(3)
    u, n = rng.random(5000), np.floor(np.maximum(rng.normal(trials, trials**0.5 / 3, 5000), 0))
    u[:4] = 0, 5e-324, 1e-300, 1 - 1e-16
    assert (battles._binomial(u, n, p) == np.maximum(binom.ppf(u, n, p), 0)).all()


def test_multinomial_counts_have_the_mean_and_covariance_of_their_shares():
    shares, trials, samples = np.array([0.5, 0.3, 0.15, 0.05]), 1_000, 20_000
    counts = battles.multinomial(trials, shares, samples, np.random.default_rng(11))
    assert (counts.sum(axis=1) == trials).all()
    wanted = trials * (np.diag(shares) - np.outer(shares, shares))
    np.testing.assert_allclose(counts.mean(axis=0), trials * shares, atol=5 * np.sqrt(250 / samples))
    np.testing.assert_allclose(np.cov(counts.T), wanted, atol=5 * 250 * np.sqrt(2 / samples))


def test_the_fit_agrees_with_another_library(scores):
    assert battles.fit_agreement(scores, 20_000, 7).value <= 1e-6


def test_more_votes_bring_ratings_nearer_to_the_truth(scores):
    errors = []
    for votes in (1_000, 100_000):
        frame = battles.simulate_ratings(scores, votes, 50, 0.95, 11, datasets=60)
        errors.append((frame["high"] - frame["low"]).mean())
        assert frame["covered"].mean() == pytest.approx(0.95, abs=0.05)
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.1)


def test_simulations_repeat_with_the_seed_and_only_then(scores):
    first, again, other = (battles.simulate_ratings(scores, 5_000, 50, 0.95, seed, 20) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["value"].equals(other["value"])


def test_bootstrap_in_blocks_keeps_the_number_of_samples(scores, monkeypatch):
    monkeypatch.setattr(battles, "CHUNK", 36 * 7)
    frame = battles.simulate_ratings(scores, 5_000, 50, 0.95, 1, 20)
    assert (frame["bootstrap_low"] < frame["value"]).all()
    assert (frame["value"] < frame["bootstrap_high"]).all()


def test_more_players_make_errors_less_correlated_and_intervals_of_a_gap_right(scores):
    """With K players of equal votes the errors of two correlate at about -1 / (K - 1)."""
    frame = battles.gap_coverage(scores, 6_000, 0.95, 3, 300)
    assert frame.groupby("players")["correlation"].first().to_numpy() == pytest.approx(
        [-1 / 5, -1 / 11, -1 / 23], rel=0.2
    )
    assert frame.loc[frame["interval"] == "covariance", "share"].to_numpy() == pytest.approx(0.95, abs=0.04)


# --- boards ----------------------------------------------------------------------------------------------------------


def toy(board="default", us=(1500, 1494, 1506), cn=(1460, 1452, 1468), day="2026-03-19"):
    rows = [
        {"board": board, "country": c, "vendor": c, "model": c, "value": v, "low": lo, "high": hi, "unit": "points"}
        for c, (v, lo, hi) in (("US", us), ("CN", cn))
    ]
    frame = pd.DataFrame(rows).assign(votes=1000, board_size=20, source="s", locator="l", note="")
    return frame.assign(as_of=pd.Timestamp(day), last_seen=pd.Timestamp(day))


def test_interval_of_a_gap_adds_half_widths_in_squares():
    row = boards.gaps(toy()).iloc[0]
    assert row["gap"] == 40
    assert row["high"] - row["gap"] == pytest.approx(10)
    assert row["gap"] - row["low"] == pytest.approx(10)
    assert row["se"] == pytest.approx(10 / 1.959964)
    assert row["p_china_ahead"] == pytest.approx(norm.cdf(-40 / (10 / 1.959964)))


def test_unequal_sides_go_to_the_right_end():
    """A wide upper side of the trailing score widens the gap's lower end only."""
    row = boards.gaps(toy(us=(1500, 1500, 1500), cn=(1460, 1459, 1490))).iloc[0]
    assert (row["low"], row["high"]) == (pytest.approx(10), pytest.approx(41))


def test_perfectly_correlated_errors_of_equal_size_cancel():
    row = boards.gaps(toy(us=(1500, 1494, 1506), cn=(1460, 1454, 1466)), correlation=1.0 - 1e-12).iloc[0]
    assert row["high"] - row["low"] == pytest.approx(0, abs=1e-4)


@given(st.floats(0.5, 0.99), st.floats(0.1, 10))
def test_intervals_widen_with_confidence_and_inflation(confidence, inflation):
    base = boards.gaps(toy(), confidence, inflation).iloc[0]
    wider = boards.gaps(toy(), min(0.999, confidence + 0.005), inflation * 1.1).iloc[0]
    assert wider["high"] > base["high"] > base["gap"] > base["low"] > wider["low"]
    assert base["se"] == pytest.approx(inflation * 10 / 1.959964)


def test_the_board_of_march_is_the_printed_gap(gaps, leaders):
    board = boards.board_estimates(gaps, leaders, "default", "2026-03-31")
    assert board["gap"].value == 39
    assert board["gap"].low == pytest.approx(39 - np.hypot(6, 9))
    assert board["us"].value - board["cn"].value == 39
    assert board["gap"].inputs == {"convergence/board_leaders"}


@pytest.mark.parametrize("day", ["2026-02-01", "2030-01-01", "soon"])
def test_a_day_without_a_board_is_refused_by_name(gaps, leaders, day):
    with pytest.raises(ParameterError, match="board_date"):
        boards.board_estimates(gaps, leaders, "default", day)


def test_china_was_ahead_on_no_board(gaps):
    assert boards.boards_with_china_ahead(gaps).value == 0
    flipped = boards.gaps(toy(us=(1460, 1454, 1466), cn=(1500, 1494, 1506)))
    assert boards.boards_with_china_ahead(flipped) == Estimate(1.0, 1.0, 1.0, "boards")


def test_largest_gap_of_2025_is_a_row_of_the_overall_board(gaps):
    top = boards.largest_gap(gaps, 2025)
    assert (top["board"], top["gap"]) == ("overall", 99)


def test_february_2025_fits_no_overall_board(gaps, timeline):
    rows = printed.distances(timeline, gaps, 10).query("claim == 'A17'")
    assert not rows.loc[rows["board"] == "overall", "inside"].any()
    assert printed.nearest(rows, "A17")["board"] == "style_control"
    assert (rows["printed"] - rows["gap"] == rows["distance"]).all()


def test_a_wider_window_takes_in_more_boards(gaps, timeline):
    narrow, wide = (len(printed.distances(timeline, gaps, days)) for days in (0, 30))
    assert narrow < wide


def test_boards_are_never_spliced(gaps, leaders):
    """Each gap is of two scores of one board on one day."""
    for _, row in gaps.sample(40, random_state=1).iterrows():
        pair = leaders[(leaders["board"] == row["board"]) & (leaders["as_of"] == row["as_of"])]
        values = pair.set_index("country")["value"]
        assert row["gap"] == values["US"] - values["CN"]


def constant(values, board="overall"):
    days = pd.date_range("2025-01-01", periods=len(values), freq="D")
    return pd.DataFrame({"board": board, "as_of": days, "last_seen": days, "gap": values})


def test_a_gap_that_stands_still_does_not_move_and_one_that_grows_moves_as_it_grows():
    still = history.shelf_life(constant(np.full(200, 7.0)), 3)
    assert (still[["median", "low", "high"]] == 0).all().all()
    grows = history.shelf_life(constant(np.arange(200.0)), 3)
    assert grows["median"].tolist() == [30, 61, 91]


def test_time_within_counts_days():
    frame = history.time_within(constant([5.0] * 10 + [20.0] * 10 + [60.0] * 20))
    assert frame["share"].tolist() == [0.25, 0.5, 0.5]


def test_a_silence_is_not_counted_as_a_gap_that_held():
    frame = constant([5.0] * 10)
    late = frame.assign(as_of=frame["as_of"] + pd.Timedelta(days=300), last_seen=frame["last_seen"])
    late["last_seen"] = late["as_of"]
    days = history.time_within(pd.concat([frame, late]))["days"].iloc[0]
    assert days == 10 + history.LONGEST_HOLD + 10


def test_a_group_whose_interval_holds_zero_is_open():
    frame = toy(us=(1500, 1490, 1510), cn=(1495, 1485, 1505)).assign(arena="x")
    assert boards.lead_by_group(frame, ["arena"], 0.95, 1.0)["leader"].tolist() == ["open"]
    frame = toy(us=(1400, 1390, 1410), cn=(1495, 1485, 1505)).assign(arena="x")
    assert boards.lead_by_group(frame, ["arena"], 0.95, 1.0)["leader"].tolist() == ["CN"]


def test_the_six_scores_fit_a_board_but_for_alibaba(scores):
    frame = printed.vendor_comparison(scores, tables.load("convergence/vendor_leaders"))
    others = frame[(frame["vendor"] != "Alibaba") & (frame["as_of"] <= "2026-03-31")]["difference"].dropna()
    assert others.abs().max() <= 5
    assert frame[frame["vendor"] == "Alibaba"]["difference"].min() < -14


def test_stacked_panels_keep_sources_only_if_all_have_them():
    a, b = pd.DataFrame({"x": [1], "source": ["s"]}), pd.DataFrame({"x": [2]})
    assert "source" not in boards.stack(a=a, b=b)
    assert boards.stack(a=a, b=a)["panel"].tolist() == ["a", "b"]


# --- the gap over time ----------------------------------------------------------------------------------------------


def heads(gaps, board="overall", models=None, every=10):
    """Boards whose best Chinese score is 1400, a new pair each or as named."""
    days = pd.date_range("2025-01-01", periods=len(gaps), freq=f"{every}D")
    names = models or [f"m{i}" for i in range(len(gaps))]
    frame = pd.DataFrame({"board": board, "as_of": days, "last_seen": days, "gap": np.asarray(gaps, float)})
    frame = frame.assign(us=1400 + frame["gap"], cn=1400.0, us_model=names, cn_model="c", se=0.0, source="s")
    return frame.assign(us_low=frame["us"] - 5, us_high=frame["us"] + 5, cn_low=1395.0, cn_high=1405.0)


def test_slopes_of_a_line_are_its_slope_and_repeats_do_not_narrow_their_interval():
    line = history.slopes(heads(np.linspace(50, 30, 10), every=365), 0.95, 1).iloc[0]
    assert line["slope"] == pytest.approx(-20 / 9, rel=1e-3)
    noise = np.random.default_rng(4).normal(40, 10, 12)
    once = history.slopes(heads(noise), 0.95, 1).iloc[0]
    again = history.slopes(pd.concat([heads(noise)] * 5, ignore_index=True), 0.95, 1).iloc[0]
    assert again["slope"] == pytest.approx(once["slope"])
    assert again["high"] - again["low"] == pytest.approx(once["high"] - once["low"])


def test_no_board_since_june_2024_shows_the_gap_narrowing(gaps):
    slopes = history.slopes(gaps, 0.95, 2026).set_index("board")
    assert slopes.loc["online_elo", "high"] < 0
    assert (slopes.drop("online_elo")["low"] < 0).all()
    assert (slopes.drop("online_elo")["high"] > 0).all()


def test_months_run_back_to_the_day_when_the_us_had_the_score():
    frame = heads([10.0, 20.0, 30.0, 40.0], every=30).assign(cn=[1405, 1405, 1415, 1425.0])
    frame = frame.assign(cn_low=frame["cn"] - 1, cn_high=frame["cn"] + 1)
    found = history.lags(frame, ("overall",))
    month = 30 / history.DAYS_PER_MONTH
    assert found["months"].to_numpy() == pytest.approx([0, month, month, month])
    assert found["open"].tolist() == [True, True, False, False]


def test_months_that_reach_the_first_board_are_a_lower_bound_without_upper_end():
    frame = heads([10.0, 20.0, 30.0, 40.0], every=30).assign(cn=[1405, 1405, 1415, 1425.0])
    frame = frame.assign(cn_low=frame["cn"] - 1, cn_high=frame["cn"] + 1)
    found = history.lags(frame, ("overall",))
    assert np.isinf(found["high"][:2]).all()
    assert history.last_lag(found.iloc[:2], "overall").high == np.inf
    assert history.last_lag(found.iloc[:2], "overall").low == pytest.approx(30 / history.DAYS_PER_MONTH)


def test_the_months_end_with_the_board_before_that_did_not_have_the_score_yet():
    frame = heads([10.0, 20.0, 30.0, 40.0], every=30).assign(cn=[1405, 1405, 1415, 1425.0])
    frame = frame.assign(cn_low=frame["cn"] - 1, cn_high=frame["cn"] + 1)
    last = history.last_lag(history.lags(frame, ("overall",)), "overall")
    assert last.ends == pytest.approx((30 / history.DAYS_PER_MONTH, 60 / history.DAYS_PER_MONTH))


def test_the_title_on_narrowing_says_where_weights_decide(gaps):
    slopes, p = history.slopes(gaps, 0.95, 2026), parameters.check(Parameters, {})
    lags = history.months_behind(gaps, tables.load("convergence/capability_records"))
    sure, unsure = Estimate(-26.0, -41.0, -7.0), Estimate(-26.0, -50.0, 9.0)
    title = plots_history.narrowing(slopes, sure, unsure, lags, p).title
    assert title == "The gap fell on online Elo; on overall it hangs on how boards are weighed"
    assert plots_history.narrowing(slopes, unsure, unsure, lags, p).title == "The gap fell on online Elo"


def test_lead_exchanges_are_counted_on_points_and_by_shared_ranks():
    clear = history.lead_exchanges(heads([50, -50, 50]))
    assert (clear.value, clear.low, clear.high) == (2, 2, 2)
    close = history.lead_exchanges(heads([50, 5, 50]))
    assert (close.value, close.high) == (0, 2)
    other = heads([-50.0], "style_control")
    assert history.lead_exchanges(pd.concat([heads([50.0]), other], ignore_index=True)).value == 0


def test_pairs_are_told_apart_by_board_and_models_not_by_spelling(gaps):
    frame = heads([1, 2, 3], models=["GPT-4", "gpt-4", "o1"])
    assert history.distinct_pairs(frame).value == 2
    assert history.distinct_pairs(gaps).value < len(gaps) / 2


def test_deepseek_r1_shared_the_first_rank_once(gaps):
    tied = history.tied_by_rank(gaps)
    assert tied["cn_model"].str.lower().tolist() == ["deepseek-r1"]


def test_the_gap_with_style_control_was_smaller_on_nine_of_ten_days(gaps):
    pairs = history.style_pairs(gaps).pairs
    assert (len(pairs), (pairs["shift"] < 0).sum()) == (10, 9)
    assert (pairs.loc[pairs["same"], "shift"] < -9).all()
    assert pairs["same"].sum() == 4
    louder = gaps.assign(us_model=gaps["us_model"].str.upper(), cn_model=gaps["cn_model"].str.title())
    apart = pd.concat([gaps[gaps["board"] != "overall"], louder[louder["board"] == "overall"]])
    assert history.style_pairs(apart).pairs["same"].tolist() == pairs["same"].tolist(), (
        "whatever the spelling of a name"
    )
    title = plots_history.style_control(history.style_pairs(gaps)).title
    assert title == "With style control the gap was smaller on 9 of 10 days", "it need not be control that made it so"


# --- forecasts -------------------------------------------------------------------------------------------------------


def test_a_release_is_a_new_name_that_raises_its_head():
    frame = heads([50, 60, 60.5, 40], models=["a", "b", "c", "a"]).assign(cn=[1400, 1400, 1400, 1420.0])
    found = releases.steps(frame.assign(cn_model=["x", "x", "x", "y"]))
    assert found["release_us"].tolist() == [True, False, False]
    assert found["release_cn"].tolist() == [False, False, True]
    seen = releases.learn(frame.assign(cn_model=["x", "x", "x", "y"]))
    assert (seen.rises.tolist(), seen.left.tolist(), seen.weeks) == ([10.0], [40.0], pytest.approx(30 / 7))


def test_us_releases_alone_raise_the_gap_as_often_as_they_come():
    """One release of ten points in ten weeks, and the half of Jeffreys: 1.5 points a week."""
    seen = releases.Releases(rises=np.array([10.0]), left=np.array([]), weeks=10.0, noise=0.0)
    found = releases.paths(seen, 50.0, 0.0, 20, 4_000, 5, np.random.default_rng(1))
    assert found.shape == (20, 4_000, 5)
    assert (found >= 50).all()
    assert found[-1].mean() == pytest.approx(50 + 20 * 1.5, rel=0.05)


def test_a_chinese_release_brings_the_gap_down_to_what_such_releases_left():
    seen = releases.Releases(rises=np.array([]), left=np.array([20.0, 20.0]), weeks=1.0, noise=0.0)
    found = releases.paths(seen, 50.0, 0.0, 30, 100, 20, np.random.default_rng(1))
    assert np.median(found[-1]) == 20
    assert (np.diff(found, axis=0) <= 0).all()


def test_a_country_without_releases_has_none():
    seen = releases.Releases(rises=np.array([]), left=np.array([]), weeks=10.0, noise=0.0)
    assert (releases.paths(seen, 50.0, 0.0, 30, 10, 10, np.random.default_rng(1)) == 50).all()


@pytest.fixture(scope="module")
def walk():
    rng = np.random.default_rng(5)
    weeks = pd.date_range("2024-01-07", periods=120, freq="W-SUN")
    steps = np.cumsum(rng.normal(0, 10, 120))
    return pd.DataFrame({"week": weeks, "gap": 200 + steps - steps[-1]})


def test_a_local_level_widens_from_the_last_level(walk):
    fitted = forecasting.fit(walk["gap"].to_numpy(), "local level")
    found = forecasting.state_paths(fitted, 50, 20_000, np.random.default_rng(1))
    assert found.mean(axis=1) == pytest.approx(walk["gap"].iloc[-1], abs=15)
    width = found.std(axis=1)
    assert width[49] / width[0] == pytest.approx(np.sqrt(50), rel=0.25)
    moved = forecasting.state_paths(fitted, 50, 20_000, np.random.default_rng(1), start=10.0)
    assert moved[0].mean() == pytest.approx(10, abs=1)


def test_mean_reverting_futures_return_to_the_mean():
    rng = np.random.default_rng(6)
    values = np.zeros(200)
    for i in range(1, 200):
        values[i] = 0.7 * values[i - 1] + rng.normal(0, 5)
    fitted = forecasting.fit(50 + values, "mean-reverting")
    found = forecasting.state_paths(fitted, 60, 5_000, rng, start=150.0)
    assert found[0].mean() > 130
    assert found[-1].mean() == pytest.approx(50 + values.mean(), abs=3)
    assert found[-1].std() == pytest.approx(5 / np.sqrt(1 - 0.49), rel=0.2)


def test_first_passage_of_a_random_walk_follows_the_reflection_principle(walk):
    """P(min <= 0 by n) of a walk is about 2 Phi(-b / (s sqrt n)), with b raised by 0.583 s for discrete time."""
    fitted = forecasting.fit(walk["gap"].to_numpy(), "local level")
    found = forecasting.first_passage(fitted, 400, 20_000, np.random.default_rng(1))
    sd = np.sqrt(fitted.parameters["sigma2.level"])
    level = fitted.result.predicted_state[0, -1]
    n = np.array([100, 200, 400])
    exact = 2 * norm.cdf(-(level + 0.583 * sd) / (sd * np.sqrt(n)))
    np.testing.assert_allclose(found[n - 1], exact, atol=0.02)


def test_first_passage_in_blocks_is_bounded_in_memory_and_alike(walk, monkeypatch):
    fitted = forecasting.fit(walk["gap"].to_numpy(), "local level")
    whole = forecasting.first_passage(fitted, 100, 8_000, np.random.default_rng(2))
    monkeypatch.setattr(forecasting, "CHUNK", 1_000)
    blocks = forecasting.first_passage(fitted, 100, 8_000, np.random.default_rng(3))
    np.testing.assert_allclose(whole, blocks, atol=0.03)
    assert (np.diff(whole) >= 0).all()


def test_missing_weeks_are_left_missing(gaps):
    series = forecasting.weekly(gaps, "overall")
    assert series["gap"].isna().any()
    assert series["week"].diff().dropna().dt.days.eq(7).all()


@pytest.mark.parametrize("model", forecasting.NAMES)
def test_a_forecast_reads_no_later_board(gaps, model):
    """Absurd boards after the day change nothing."""
    day = pd.Timestamp("2025-06-01")
    after = gaps["as_of"] > day
    poisoned = gaps.assign(gap=gaps["gap"].mask(after, -1e6), us_model=gaps["us_model"].mask(after, "poison"))
    known, other = (forecasting.futures(g, "overall", model, day, 8, 400, 1)[0] for g in (gaps, poisoned))
    np.testing.assert_array_equal(known, other)


def test_past_forecasts_are_scored_by_what_came(gaps):
    tests = forecasting.replay(gaps, "overall", 60, 200, 1, step=6, horizon=8)
    assert set(tests["method"]) == {"no change", *forecasting.NAMES}
    assert (tests["week"] > tests["origin"]).all()
    assert tests["week"].dt.day_of_week.eq(6).all()
    board = gaps[gaps["board"] == "overall"].set_index("as_of")["gap"].resample("W-SUN").last()
    assert (board[tests["week"]].to_numpy() == tests["gap"].to_numpy()).all()
    assert forecasting.crps_ratio(tests, "no change", 0.95, 1).value == 1
    record = forecasting.record_of(tests, 0.95)
    assert len(set(record.groupby("method")["forecasts"].sum())) == 1
    assert record["share"].between(record["low"], record["high"]).all()


def test_no_change_widens_with_the_root_of_the_weeks_where_the_record_is_short():
    values = np.array([50.0, 60.0, 50.0, 60.0])
    found = forecasting.no_change(values, np.array([4.0, 16.0]))
    assert np.median(found, axis=1) == pytest.approx(60)
    assert np.ptp(found[1]) / np.ptp(found[0]) == pytest.approx(2)


def test_the_chance_of_having_met_zero_only_grows_and_its_interval_contains_it(gaps):
    ahead = forecasting.forecast(gaps, "overall", "releases", 30, 2_000, 0.95, 1, "default")
    assert ahead["probability_by"].is_monotonic_increasing
    chance = forecasting.parity_at(ahead, "2026-12-31")
    assert chance.low <= chance.value <= chance.high
    assert ahead["week"].iloc[0] == gaps["as_of"].max() + pd.Timedelta(weeks=1)


# --- claims -----------------------------------------------------------------------------------------------------------


def test_the_implied_score_is_lead_less_gap(scores, timeline):
    implied = printed.implied_top_score(scores, timeline)
    assert (implied.value, implied.low, implied.high) == (1464, pytest.approx(1463), pytest.approx(1465))
    assert implied.inputs == {"convergence/arena_scores", "convergence/gap_timeline"}


def test_changing_a_row_changes_what_depends_on_it_and_nothing_else(leaders, scores, timeline):
    changed = scores.copy()
    changed.loc[changed["claim"] == "A07", ["value", "low", "high"]] += 10
    assert printed.implied_top_score(changed, timeline).value == 1474
    moved = leaders.copy()
    row = (moved["board"] == "default") & (moved["country"] == "US") & (moved["as_of"] == "2026-03-27")
    moved.loc[row, ["value", "low", "high"]] += 10
    new = boards.board_estimates(boards.gaps(moved), moved, "default", "2026-03-31")
    assert new["gap"].value == 49
    assert boards.largest_gap(boards.gaps(moved), 2025)["gap"] == 99


def test_printed_institutions_exceed_their_places_by_one():
    assert printed.institutions_excess(tables.load("convergence/institutions")).value == 1


def test_notable_models_cannot_be_fifty_worldwide():
    found = ecosystem.notable_arithmetic(
        tables.load("convergence/notable_models"), tables.load("convergence/report_readings")
    )
    assert found["unlisted"].value == 50 - 19 - 12 - 11 - 7
    assert (found["chinese"].low, found["chinese"].high) == (pytest.approx(11 / 0.4), pytest.approx(11 / 0.35))
    assert found["excess"].low == pytest.approx(19 + 12 + 7 + 11 / 0.4 - 50)
    assert found["share"].value == pytest.approx(100 * 11 / 30)


def test_lines_cross_where_geometry_says():
    linear, logit = ecosystem.crossing(np.array([75.0, 60.0]), np.array([20.0, 35.0]), (2024, 2028))
    assert linear == pytest.approx(2024 + 4 * 55 / 30)
    assert logit == pytest.approx(2024 + 4 * np.log(3.75) / (np.log(3.75) - np.log(60 / 35)))


@given(st.floats(30, 90), st.floats(1, 29), st.floats(0.1, 0.9))
def test_equal_shares_in_the_last_year_are_parity_then(us, cn, part):
    end = cn + part * (us - cn)
    for year in ecosystem.crossing(np.array([us, end]), np.array([cn, end]), (2024, 2028)):
        assert year == pytest.approx(2028)


def test_parity_years_hold_their_value(timeline):
    years = ecosystem.parity_years(tables.load("convergence/market_segments"))
    assert ((years["low"] <= years["value"]) & (years["value"] <= years["high"])).all()


def test_ten_times_is_true_exactly_if_the_slope_is_the_gap():
    gap = Estimate(39.0, 28.0, 50.0, "points")
    slope = closing.closing_slope(gap, tables.load("convergence/closing_cost"))
    assert slope.value == pytest.approx(39)
    assert closing.closing_multiple(gap, 39.0).value == pytest.approx(10)
    assert closing.closing_multiple(gap, 1e9).value == pytest.approx(1)


def test_models_printed_for_2025_were_seen_before(leaders):
    seen = ecosystem.portfolio_seen(tables.load("convergence/portfolio"), leaders).set_index("model")
    assert seen.loc["Qwen1.5-72B", "first_seen"] == pd.Timestamp("2024-02-15")
    assert seen.loc["Qwen1.5-72B", "before"] == "yes"
    assert seen.loc["QwQ-32B", "before"] == "cannot tell"


# --- words ------------------------------------------------------------------------------------------------------------


def test_boards_that_repeat_a_pair_do_not_move_the_slope_of_pairs(gaps):
    once = history.pair_slope(gaps, "overall", 0.95, 1)
    again = history.pair_slope(pd.concat([gaps] * 3, ignore_index=True), "overall", 0.95, 1)
    assert again.value == pytest.approx(once.value)
    assert again.ends == pytest.approx(once.ends)
    assert once.value == pytest.approx(-26.4, abs=0.1)
    assert once.ends[1] < 0 < history.pair_slope(gaps, "overall", 0.95, 1, 4).ends[1]


def test_the_answer_says_narrowed_only_if_the_whole_interval_is_below_zero(gaps):
    slopes, lag = history.slopes(gaps, 0.95, 2026), Estimate(7.2, unit="months")
    now = Estimate(7.1, 7.1, np.inf, "months")
    about = (Estimate(39.0, 28.0, 50.0), Estimate(35.8, 26.0, 46.0))
    ratios = {"releases": Estimate(0.9, 0.7, 1.3)}
    arenas = boards.lead_by_group(tables.load("convergence/modality_leaders"), ["arena"], 0.95, 1.0)
    by = boards.lead_by_group(tables.load("convergence/weights_leaders"), ["weights"], 0.95, 1.0)
    alone, blocks = Estimate(-26.0, -41.0, -7.0), Estimate(-26.0, -50.0, 9.0)
    said = words.found(*about, slopes, alone, blocks, lag, now, ratios, arenas, by)
    assert "from June 2024 to December 2025, where its board ends, the gap may have narrowed: -9 points a year" in said
    assert "7 months behind on the last board of that scale, and at least 7 on the last at hand" in said
    assert "with open weights the gap is -21" in said
    assert "video-edit" in said
    flat = Estimate(-26.0, -41.0, 7.0)
    assert "cannot be shown to have narrowed" in words.found(*about, slopes, flat, blocks, lag, now, ratios, arenas, by)
    assert "No forecast here beats" in said
    fell = slopes.assign(high=slopes["high"].where(slopes["board"] != "overall", -1.0))
    assert "the gap has narrowed" in words.found(*about, fell, alone, alone, lag, now, ratios, arenas, by)
    sure = {"releases": Estimate(0.7, 0.5, 0.9), "local level": Estimate(1.0)}
    assert "Only releases beats “no change”" in words.found(*about, slopes, alone, blocks, lag, now, sure, arenas, by)
    both = sure | {"local level": Estimate(0.8, 0.6, 0.95)}
    assert "Only releases and local level beat “" in words.found(
        *about, slopes, alone, blocks, lag, now, both, arenas, by
    )


def test_weights_are_told_of_the_last_day_if_there_are_several():
    leaders = tables.load("convergence/weights_leaders")
    later = leaders.assign(as_of=leaders["as_of"] + pd.Timedelta(days=400))
    by = boards.lead_by_group(pd.concat([later, leaders]), ["weights"], 0.95, 1.0)
    last = boards.last_by(by, "weights")
    assert last["as_of"].unique().tolist() == later["as_of"].unique().tolist()
    assert f"{later['as_of'].iloc[0]:%d %B %Y}" in words.weights(last)


def test_open_weights_lead_only_if_the_whole_interval_says_so():
    by = boards.lead_by_group(tables.load("convergence/weights_leaders"), ["weights"], 0.95, 1.0)
    assert "so that China leads there" in words.weights(by)
    assert "so that neither surely leads there" in words.weights(by.assign(high=5.0))
    assert "so that the US leads there" in words.weights(by.assign(gap=20.0, low=10.0, high=30.0))


def test_the_sentence_on_style_names_the_exception_and_its_models(gaps):
    days = history.style_pairs(gaps)
    said = words.style(days, history.style_shift(days))
    assert "smaller on 9 of 10 days, with the same two models on both boards (4 days) by -14 to -9" in said
    assert "On 11 December 2025 it was larger by 18, with qwen3-max-preview in place of ernie-5.0-preview-1103" in said


def test_days_with_one_kind_of_board_are_counted_and_said(gaps):
    said = words.unpaired(history.style_pairs(gaps))
    dates = {board: set(rows["as_of"]) for board, rows in gaps.groupby("board")}
    control = dates["style_control"] | dates["default"]
    alone, plain = len(control - dates["overall"]), len(dates["overall"] - control)
    assert f"left out: {alone} days with a board with control only (12 of them after 11 December 2025, the last" in said
    assert f"and {plain} days with a board without control only (" in said
    paired = history.style_pairs(gaps[gaps["as_of"].isin(dates["overall"] & control)])
    assert words.unpaired(paired) == ""
    assert f"left out: {len(control)} days with a board with control only." in words.unpaired(
        history.style_pairs(gaps[gaps["board"] != "overall"])
    )


def test_a_default_board_is_the_one_with_control_of_its_day(gaps):
    """A refresh brings both boards of a day of 2026; such days were dropped, and nothing said so."""
    day = gaps[gaps["board"] == "default"].iloc[[-1]]
    plain = day.assign(board="overall", gap=day["gap"] + 7)
    before, after = (history.style_pairs(frame) for frame in (gaps, pd.concat([gaps, plain], ignore_index=True)))
    assert len(after.pairs) == len(before.pairs) + 1
    assert after.pairs["shift"].iloc[-1] == pytest.approx(-7)
    assert after.pairs["same"].iloc[-1]
    assert len(after.alone) == len(before.alone) - 1


def test_the_months_in_words_are_those_of_the_boards(gaps):
    lags = history.months_behind(gaps, tables.load("convergence/capability_records"))
    alone, blocks = Estimate(-26.0, -41.0, -7.0), Estimate(-26.0, -50.0, 9.0)
    said = words.narrowed(history.slopes(gaps, 0.95, 2026), alone, blocks, lags)
    assert "*overall*: 2 to 7 on 57 boards, at least 0 to 6 on 36 boards; on the last, of 11 December 2025, 7.2" in said
    assert "*default*: at least 0 to 7 on 12 boards; on the last, of 20 October 2026, at least 7.1." in said
    assert "it was 8 months at the last Chinese record, more than at 9 of the 11 records before whose lag is" in said
    assert inputs_of(lags) == {"convergence/board_leaders", "convergence/capability_records"}


def test_the_words_on_ties_follow_the_arenas_rule(gaps, timeline):
    early = tables.load("convergence/early_vendor_scores")
    apart = printed.distances(timeline, gaps, 10)
    assert "shared the first rank on 1 of 118 boards: DeepSeek-R1" in words.history(apart, gaps, timeline, early)
    clear = gaps.assign(cn_high=gaps["cn"] - 1)
    assert "no board had a Chinese model first" in words.history(apart, clear, timeline, early)


def test_a_source_is_called_weak_where_its_note_does_and_nowhere_else(gaps, timeline):
    """A typed sentence called the boards of early 2025 a reading of a picture, whatever the rows at hand."""
    tied, apart = history.tied_by_rank(gaps), printed.distances(timeline, gaps, 10)
    said = words.weak_sources(tied, apart)
    assert said.startswith(" Noted as weakly sourced: 1 of 1 board with a shared first rank and the board nearest to ")
    assert "gap of Feb 2025 (screenshot of the Arena, Jan 2025: “Weak: text made by a machine from a picture" in said
    sound = {"source": "arena-history-fboulnois"}
    assert words.weak_sources(tied.assign(**sound), apart.assign(**sound)) == ""
    assert "nearest" not in words.weak_sources(tied, apart.assign(**sound))
    assert "shared first rank" not in words.weak_sources(tied.iloc[:0], apart)


def test_a_lead_that_was_exchanged_once_changed_hands_once(gaps, timeline):
    early, apart = tables.load("convergence/early_vendor_scores"), printed.distances(timeline, gaps, 10)
    last = gaps[gaps["board"] == "default"].iloc[[-1]]
    ahead = last.assign(as_of=last["as_of"] + pd.Timedelta(days=30), gap=-40.0)
    said = words.history(apart, pd.concat([gaps, ahead], ignore_index=True), timeline, early)
    assert "on points the lead changed hands once." in said
    assert "on points the lead never changed hands." in words.history(apart, gaps, timeline, early)


# --- data, parameters, provenance ------------------------------------------------------------------------------------


def test_the_count_of_pairs_is_told_with_the_models_that_they_share(gaps):
    known, p = gaps[gaps["ratio"].notna()], parameters.check(Parameters, {})
    said = words.margin(Estimate(0.1), Estimate(3.6), known, p)
    assert "contains zero on 1 of 118, where about 95 in 100 would contain it" in said
    assert "the 42 pairs are made of 25 US and 18 Chinese models" in said


def test_a_printed_vendor_that_a_board_lacks_is_kept_and_named(scores):
    vendors = tables.load("convergence/vendor_leaders")
    fit = printed.best_day(printed.vendor_comparison(scores, vendors))
    assert fit.loc[fit["value"].isna(), "vendor"].tolist() == ["DeepSeek"]
    assert plots.six_scores(fit).title.endswith("DeepSeek is not on it")


def test_a_forecast_says_how_its_model_erred(gaps):
    tests = pd.DataFrame({"method": "releases", "gap": [10.0, 20.0, 30.0, 40.0], "median": [20.0, 30.0, 40.0, 30.0]})
    assert forecasting.lean(tests, "releases") == (75.0, 5.0)


def test_curated_boards_agree_with_the_blog_and_with_the_previous_edition(leaders):
    early = leaders[(leaders["board"] == "online_elo") & (leaders["as_of"] == "2023-05-22")].set_index("country")
    assert early["value"].round().to_dict() == {"US": 1225, "CN": 921}
    gaps = boards.gaps(leaders)
    february = gaps[(gaps["board"] == "overall") & (gaps["as_of"] == "2025-02-04")]["gap"].iloc[0]
    quoted = tables.load("convergence/report_readings")
    quoted = quoted[(quoted["fact"] == "gap_points") & (quoted["year"] == 2025)]
    assert february == quoted["value"].iloc[0]


def test_published_intervals_hold_their_scores(leaders):
    known = leaders.dropna(subset=["low", "high"])
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    for table in ("task_leaders", "modality_leaders", "vendor_leaders"):
        frame = tables.load(f"convergence/{table}")
        assert ((frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])).all()


def test_first_twenty_places_are_twenty():
    frame = tables.load("convergence/top_twenty")
    assert frame.groupby(["board", "as_of"])["models"].sum().eq(20).all()
    assert (frame["vendors"] <= frame["models"]).all()


def test_boards_of_each_country_are_complete_pairs(leaders):
    assert leaders.groupby(["board", "as_of"])["country"].agg(set).eq({"US", "CN"}).all()


def test_the_defaults_are_valid_and_the_cell_agrees():
    assert parameters.check(Parameters, {}).board_date == "2026-03-31"
    assert 'board_date = "2026-03-31"' in parameters.cell(Parameters)


@pytest.mark.parametrize("name", variants.names("convergence"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    variants.check_narrow(variants.call("convergence", name), tmp_path)


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("name", variants.names("convergence"))
def test_a_figure_follows_its_data(name, variant, tmp_path):
    variants.check(variants.call("convergence", name), variant, tmp_path, REFUSED.get((name, variant)))


def test_figures_and_frames_know_their_tables(gaps, timeline, leaders):
    plot = plots.gap_history(gaps, timeline, printed.distances(timeline, gaps, 10), parameters.check(Parameters, {}))
    assert plot.inputs == inputs_of(plot.data) == {"convergence/board_leaders", "convergence/gap_timeline"}


def test_a_ladder_without_its_tenth_place_is_no_error():
    """Half the rows of the table removed left a place 20 without a place 10, and the notebook failed."""
    days = pd.to_datetime(["2026-01-01"] * 2 + ["2026-02-01"] * 2)
    ladder = pd.DataFrame({"as_of": days, "board": "default", "place": [1, 10, 1, 20], "gap": [5.0, 7.0, 6.0, 9.0]})
    assert boards.ladder_gap(boards.deepest(ladder), 10).value == 7.0
    without = ladder[ladder["place"] != 10]
    assert boards.deepest(without)["as_of"].unique() == days[-1]
    assert boards.ladder_gap(boards.deepest(without), 10).value is None


def test_two_boards_of_one_day_are_two_ladders():
    """A refresh brings the plain and the style-controlled board of a day; they were drawn as one line to and fro."""
    drawn = next(call for call in variants.calls("convergence") if call.name == "depth")
    ladder, chinese = drawn.args
    last = ladder[ladder["as_of"] == ladder["as_of"].max()]
    kinds = [last.assign(board=board, as_of=pd.Timestamp("2027-03-01"), gap=gap) for board, gap in KINDS.items()]
    more = pd.concat([ladder, *kinds], ignore_index=True)
    plot = drawn.function(more, chinese)
    assert plot.title.startswith("On 01 March 2027 the gap is 20 points at the head and 20 at")
    places = [line.get_xdata() for line in plot.figure.axes[0].lines]
    assert all(list(x) == sorted(x) for x in places if len(x) > 2)
    said = words.depth(boards.deepest(more), more, Estimate(2.0, 0.0, 7.0), Estimate(1.0))
    assert said.count("March 2027 (overall) 10 at place 1,") == 1
    assert said.count("March 2027 (default) 20 at place 1,") == 1, "no year but that of the board"
    assert "October 2026 has one row" not in plot.caption + said


def test_no_month_of_a_ladder_lies_over_another_ladder():
    """“Jun 2024” was written over the grey lines of other boards."""
    figure = next(call for call in variants.calls("convergence") if call.name == "depth").draw().figure
    assert fit(figure, "Title", "Source")[1] == []
    axes = figure.axes[0]
    inked = clearance.along_lines(axes, 1.0)
    months = [text for text in axes.texts if text.get_text()]
    assert "Jun 2024" in [text.get_text() for text in months]
    for box in (text.get_window_extent() for text in months):
        assert not ((inked > (box.x0, box.y0)) & (inked < (box.x1, box.y1))).all(axis=1).any()


def test_the_answer_says_where_the_newest_gap_lies():
    """After a refresh with a gap of 11 (-5 to 30) the answer still said outside the margin."""
    assert words.standing(Estimate(35.8, 25.9, 45.7)) == "behind and outside"
    assert words.standing(Estimate(10.6, -4.7, 30.2)) == "behind and inside"
    assert words.standing(Estimate(-20.0, -40.0, -5.0)) == "ahead and outside"


KINDS = {"overall": 10.0, "default": 20.0}


def test_a_later_season_tells_nothing_of_the_margin_of_a_board(gaps):
    before = boards.parity_margin(gaps, "default", "2026-03-31")
    last = gaps[gaps["board"] == "default"].iloc[[-1]]
    later = last.assign(as_of=pd.Timestamp("2026-12-15"), ratio=0.5)
    assert boards.parity_margin(pd.concat([gaps, later]), "default", "2026-03-31") == before


def test_an_earlier_day_of_a_board_is_told_from_its_last():
    drawn = next(call for call in variants.calls("convergence") if call.name == "tasks_and_arenas")
    tasks, arenas, p = drawn.args
    later = tasks[tasks["board"] == "default"]
    later = later.assign(as_of=later["as_of"] + pd.Timedelta(days=31), gap=later["gap"] - 60)
    both = drawn.function(pd.concat([tasks, later], ignore_index=True), arenas, p)
    labels = [text.get_text() for text in both.figure.legends[0].get_texts()]
    assert "the same, earlier" in labels
    once = drawn.function(*drawn.args)
    assert "the same, earlier" not in [text.get_text() for text in once.figure.legends[0].get_texts()]


# --- a country that is missing


def without(name, country):
    """A table of the theme in which a country is missing."""
    return tables.load(f"convergence/{name}").query("country != @country")


NEEDS = {
    "board_leaders": boards.gaps,
    "ladder": boards.ladder_gaps,
    "top_twenty": boards.chinese_in_twenty,
    "modality_leaders": lambda rows: boards.lead_by_group(rows, ["arena"], 0.95, 1.0),
    "weights_leaders": lambda rows: boards.lead_by_group(rows, ["weights"], 0.95, 1.0),
    "capability_records": history.index_lags,
    "market_segments": ecosystem.parity_years,
    "vendor_leaders": lambda rows: printed.vendor_comparison(tables.load("convergence/arena_scores"), rows),
    "notable_models": lambda rows: ecosystem.notable_arithmetic(rows, tables.load("convergence/report_readings")),
}
"""Tables by what first compares both countries in them."""


@pytest.mark.parametrize("gone", ["US", "CN"])
@pytest.mark.parametrize("name", NEEDS)
def test_a_table_without_a_country_is_named_with_the_country(name, gone):
    expected = rf"convergence/{name}: column 'country' has none of {gone} among .*add rows of {gone}$"
    with pytest.raises(DataError, match=expected):
        NEEDS[name](without(name, gone))


def test_two_countries_that_never_meet_on_a_board_are_said_to_have_nothing_to_compare(leaders):
    apart = leaders[(leaders["country"] == "US") == (leaders["board"] == "overall")]
    with pytest.raises(DataError, match=r"board_leaders: no row of US and row of CN have the same board and as_of"):
        boards.gaps(apart)


def test_early_scores_without_both_vendors_are_said_to_be_missing(gaps):
    timeline, early = tables.load("convergence/gap_timeline"), without("early_vendor_scores", "US")
    said = words.history(printed.distances(timeline, gaps, 31), gaps, timeline, early)
    assert said.endswith("in early 2023; convergence/early_vendor_scores has no board with both.")


def test_counts_without_chinese_vendors_are_said_to_be_missing(leaders):
    notable, readings, portfolio = (
        tables.load(f"convergence/{name}") for name in ("notable_models", "report_readings", "portfolio")
    )
    seen, found = ecosystem.portfolio_seen(portfolio, leaders), ecosystem.notable_arithmetic(notable, readings)
    said = words_appendix.counts(found, notable, seen, without("vendor_model_counts", "CN"))
    assert "Of Alibaba convergence/vendor_model_counts has no count." in said


@pytest.mark.parametrize("gone", ["open", "closed"])
def test_a_kind_of_weights_that_is_missing_is_named(gone):
    leaders = tables.load("convergence/weights_leaders").query("weights != @gone")
    by = boards.last_by(boards.lead_by_group(leaders, ["weights"], 0.95, 1.0), "weights")
    with pytest.raises(DataError, match=f"weights_leaders: column 'weights' has none of {gone}: add rows of it"):
        words.weights(by)


def test_a_board_or_an_arena_that_is_missing_is_named(leaders):
    gaps = boards.gaps(leaders.query("board != 'default'"))
    with pytest.raises(DataError, match=r"board_leaders: column 'board' has none of default, .*: add rows of it"):
        boards.board_at(gaps, "default", "2026-03-31")
    arenas = boards.lead_by_group(tables.load("convergence/modality_leaders"), ["arena"], 0.95, 1.0)
    with pytest.raises(DataError, match=r"modality_leaders: column 'arena' has none of code, .*: add rows of it"):
        boards.last_of(arenas.query("arena != 'code'"), "code")


@pytest.mark.parametrize("gone", ["overall", "style_control"])
def test_lags_and_slopes_name_the_board_that_is_missing(gaps, gone):
    fewer = gaps.query("board != @gone")
    with pytest.raises(DataError, match=rf"board_leaders: column 'board' has none of {gone}: add rows of it"):
        history.lags(fewer)
    with pytest.raises(DataError, match=rf"board_leaders: column 'board' has too few days of {gone} for a slope"):
        history.slope_of(history.slopes(fewer, 0.95, 1, draws=10), gone)
