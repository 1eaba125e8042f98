import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.data import tables
from parallelrun.errors import DataError, ParameterError
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.parameters import model_for
from parallelrun.study.provenance import inputs_of
from parallelrun.themes import cost_structure as theme
from parallelrun.themes.cost_structure import carbon, decline, disclosed, scores, sellers, sensitivity, unit_cost, words
from parallelrun.themes.cost_structure import energy as energy_module
from parallelrun.themes.cost_structure import mixes as mixes_module
from parallelrun.themes.cost_structure import power as power_module
from parallelrun.themes.cost_structure import prices as prices_module
from tests import variants

P = theme.Parameters()
OPUS, DEEPSEEK = P.us_flagship, P.cn_flagship


def load(table):
    return tables.load(f"cost_structure/{table}")


@pytest.fixture(scope="module")
def now():
    return prices_module.listing(load("list_prices"), P.snapshot)


@pytest.fixture(scope="module")
def power():
    return power_module.power_prices(load("power_prices"), load("electricity"), P.usd_per_eur)


@pytest.fixture(scope="module")
def energy():
    tables = ("energy_disclosures", "ecologits_coefficients", "ecologits_models", "serving_day", "cost_inputs")
    return energy_module.energy_per_token(*map(load, tables), P.tokens_per_query)


@pytest.fixture(scope="module")
def model(power):
    return unit_cost.model(load("cost_inputs"), power, load("serving_day"), "articles", 25.0, 50.0, 0.1)


def listed(prices, country="US"):
    return pd.DataFrame({"country": country, "input_price": np.asarray(prices, dtype=float)})


# --- list prices


def test_a_snapshot_holds_the_spells_that_span_it(now):
    assert dict(now["country"].value_counts()) == {"US": 166, "CN": 97}
    assert now["model"].is_unique
    opus = now.set_index("model").loc[OPUS]
    assert (opus["input_price"], opus["output_price"]) == (5.0, 25.0)


def test_a_date_without_snapshot_names_the_nearest():
    with pytest.raises(ParameterError, match="nearest is 2026-04-01"):
        prices_module.listing(load("list_prices"), "2026-04-05")
    with pytest.raises(ParameterError, match="write it as"):
        prices_module.listing(load("list_prices"), "spring")


def test_small_vendors_can_be_left_out(now):
    larger = prices_module.listing(load("list_prices"), P.snapshot, least_models=3)
    assert set(larger["model"]) < set(now["model"])
    assert larger["vendor"].value_counts().min() == 3


@pytest.mark.parametrize(("n", "ranks"), [(6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))])
def test_ranks_are_those_of_the_published_table(n, ranks):
    """Order statistics that bound a median at 95 % (sign-test tables, for example Conover 1999, table A3)."""
    assert prices_module.order_statistic_ranks(n, 95.0) == ranks


@given(st.integers(6, 400), st.sampled_from([80.0, 90.0, 95.0]))
def test_ranks_cover_at_least_the_level(n, confidence):
    from scipy.stats import binom

    low, high = prices_module.order_statistic_ranks(n, confidence)
    assert low + high == n + 1
    assert 1 - 2 * binom.cdf(low - 1, n, 0.5) >= confidence / 100 - 1e-12 or low == 1
    assert 1 - 2 * binom.cdf(low, n, 0.5) < confidence / 100  # one rank in is too narrow


def test_a_summary_with_one_country_on_a_day_gives_no_ratio_for_it():
    summary = load("price_medians")
    day = summary["as_of"].max()
    less = summary[(summary["as_of"] != day) | (summary["country"] == "US")]
    both, fewer = (
        prices_module.median_history(load("list_prices"), rows, load("price_ratios"), 95.0).query(
            "series == 'ratio in summary'"
        )
        for rows in (summary, less)
    )
    assert set(both["date"]) - set(fewer["date"]) == {day}


def test_without_two_vendors_the_history_is_that_of_the_earlier_summary():
    """The summary did not count Inflection and Nex AGI; that is the whole difference wherever the counts agree."""
    prices = load("list_prices")
    fewer = prices[~prices["model"].str.split("/").str[0].isin(["inflection", "nex-agi"])]
    history = prices_module.median_history(fewer, load("price_medians"), load("price_ratios"), 95.0)
    wide = history.pivot_table(index="date", columns="series", values=["value", "models"])
    same = wide["models"]["ratio"] == wide["models"]["ratio in summary"]
    assert same.sum() >= 15
    ratio = wide["value"]["ratio"] / wide["value"]["ratio in summary"]
    assert ratio[same].to_numpy() == pytest.approx(1, abs=0.005)


def test_the_medians_of_the_earlier_summary_are_ours_wherever_it_counts_as_many_models():
    prices = load("list_prices")
    fewer = prices[~prices["model"].str.split("/").str[0].isin(["inflection", "nex-agi"])]
    same = 0
    for row in load("price_medians").itertuples():
        now = prices_module.listing(fewer, f"{row.as_of:%Y-%m-%d}")
        ours = now[now["country"] == row.country]
        if len(ours) == row.models:
            found = ours[["input_price", "output_price"]].median().to_numpy()
            assert found == pytest.approx([row.input_median, row.output_median], abs=0.005)
            same += 1
    assert same >= 50


def test_bootstrap_of_the_median_ratio_is_seeded_and_holds_its_value(now):
    first = prices_module.median_ratio(now, "input_price", 95.0, 2000, 1)
    assert first == prices_module.median_ratio(now, "input_price", 95.0, 2000, 1)
    assert first != prices_module.median_ratio(now, "input_price", 95.0, 2000, 2)
    assert first.value == pytest.approx(0.825 / 0.2)
    assert first.low < first.value < first.high
    assert inputs_of(first) == {"cost_structure/list_prices"}


def test_more_bootstrap_draws_converge(now):
    def spread(draws):
        return np.std([prices_module.median_ratio(now, "output_price", 90.0, draws, s).low for s in range(8)])

    assert spread(8000) < spread(200)


def test_the_median_of_a_resample_is_taken_by_rank():
    rng = np.random.default_rng(0)
    assert (prices_module._median_draws(np.full(7, 3.0), np.arange(7), 50, rng) == 3.0).all()
    draws = prices_module._median_draws(np.array([1.0, 2.0]), np.arange(2), 4000, rng)
    assert {1.0, 1.5, 2.0} == set(draws)
    assert (draws == 1.5).mean() == pytest.approx(0.5, abs=0.03)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 2**32 - 1), st.booleans())
def test_medians_of_resamples_are_those_of_the_repeated_values(values, seed, grouped):
    ordered = np.sort(np.array(values, dtype=float))
    clusters = np.arange(len(ordered)) // 3 if grouped else np.arange(len(ordered))
    drawn = prices_module._median_draws(ordered, clusters, 5, np.random.default_rng(seed))
    weights = prices_module.weights(clusters, 5, np.random.default_rng(seed))
    assert drawn.tolist() == [np.median(np.repeat(ordered, w)) for w in weights]


def test_vendors_drawn_whole_widen_the_interval_only_where_they_hold_several_models(now):
    wide, narrow = (prices_module.median_ratio(now, "input_price", 95.0, 2000, 1, by) for by in ("vendors", "models"))
    assert wide.value == narrow.value
    assert wide.high / wide.low > narrow.high / narrow.low
    alone = now.assign(vendor=now["model"])
    assert prices_module.median_ratio(alone, "input_price", 95.0, 500, 1, "vendors") == prices_module.median_ratio(
        alone, "input_price", 95.0, 500, 1, "models"
    )


def test_the_printed_gap_is_what_rounding_allows():
    gap = prices_module.price_ratio(load("prices"))
    assert (gap.value, gap.low, gap.high) == (pytest.approx(50 / 3), pytest.approx(4.5 / 0.35), pytest.approx(22))


def test_changing_a_source_row_changes_what_depends_on_it_and_nothing_else():
    prices = load("prices")
    changed = prices.copy()
    changed.loc[changed["claim"] == "A47", ["value", "low", "high"]] *= 2
    assert prices_module.price_ratio(changed).value == pytest.approx(prices_module.price_ratio(prices).value / 2)
    needed = [energy_module.energy_needed(p, load("power_prices")).value for p in (prices, changed)]
    assert needed[0] > needed[1]
    assert power_module.power_ratio(load("power_prices")) == power_module.power_ratio(load("power_prices"))


def test_an_unlisted_flagship_is_named(now):
    with pytest.raises(ParameterError, match="no/such"):
        prices_module.price_gap(load("prices"), load("price_ratios"), now, "no/such", DEEPSEEK, Estimate(4.0, 3.0, 5.0))


def test_pairs_are_counted():
    frame = pd.concat([listed([1.0, 10.0]), listed([1.0, 2.0], "CN")], ignore_index=True)  # ratios 1, 0.5, 10, 5
    share = prices_module.pair_share(frame, Estimate(5.0, 1.0, 10.0))
    assert (share.value, share.low, share.high) == (50.0, 25.0, 75.0)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1400, 1500)), min_size=1, max_size=30))
def test_the_frontier_is_what_nothing_beats(points):
    frame = pd.DataFrame(points, columns=["input_price", "score"]).assign(model=[f"m{i}" for i in range(len(points))])
    front = scores.frontier(frame)
    for row in frame.itertuples():
        beaten = ((front["score"] >= row.score) & (front["input_price"] <= row.input_price)).any()
        assert beaten
    assert front["score"].is_monotonic_decreasing
    assert front["input_price"].is_monotonic_decreasing
    assert front["score"].is_unique


def rated(*rows):
    """Models with country, board model, price and score; bounds of one point either way."""
    frame = pd.DataFrame(rows, columns=["country", "arena_model", "input_price", "score"])
    frame["model"] = [f"m{i}" for i in range(len(frame))]
    return frame.assign(score_low=frame["score"] - 1.0, score_high=frame["score"] + 1.0)


def test_chances_on_the_frontier_in_closed_form():
    """Two models at one price: the better by d wins with probability Phi(d / (sigma sqrt 2))."""
    from scipy.stats import norm

    models = rated(("US", "a", 1.0, 100.5), ("CN", "b", 1.0, 100.0), ("CN", "c", 9.0, 50.0), ("CN", "d", 0.1, 20.0))
    found = scores.frontier_chances(models, 40_000, 1).set_index("arena_model")["chance"]
    sigma = 1.0 / norm.ppf(0.975)
    assert found["a"] == pytest.approx(100 * norm.cdf(0.5 / sigma / math.sqrt(2)), abs=1)
    assert found["a"] + found["b"] == pytest.approx(100)
    assert (found["c"], found["d"]) == (0, 100)


def test_of_two_listings_of_one_board_model_the_cheaper_is_on_the_frontier():
    twins = rated(("CN", "a", 2.0, 100.0), ("CN", "a", 1.0, 100.0), ("US", "b", 1.0, 10.0), ("CN", "a", 1.0, 100.0))
    found = scores.frontier_chances(twins, 500, 1)
    assert found["chance"].to_list() == [0, 100, 0, 0]
    assert (found["chinese_low"].iloc[0], found["chinese_high"].iloc[0]) == (1, 1)
    count = scores.frontier_count(found, scores.frontier(found))
    assert (count.value, count.low, count.high) == (1, 1, 1)


def test_sure_scores_give_the_frontier_itself(now):
    models = scores.score_and_price(now, load("arena_matches"))
    sure = models.assign(score_low=models["score"], score_high=models["score"])
    drawn = scores.frontier_chances(sure, 200, 1)
    assert set(drawn.loc[drawn["chance"] == 100, "model"]) == set(scores.frontier(models)["model"])
    assert set(drawn["chance"]) == {0, 100}


def test_pairs_in_which_the_us_model_is_cheaper_leave_out_equal_prices():
    frame = pd.concat([listed([1.0, 10.0]), listed([1.0, 2.0], "CN")], ignore_index=True)
    assert prices_module.cheaper_share(frame).value == 25.0


@pytest.fixture
def exact_models():
    """Models whose price is exp(0.01 score) exactly, three times as dear in the US."""
    score = np.repeat(np.arange(1400, 1500, 5), 2).astype(float)
    country = np.tile(["US", "CN"], 20)
    price = np.exp(0.01 * (score - 1400)) * np.where(country == "US", 3.0, 1.0)
    frame = pd.DataFrame({"country": country, "score": score, "input_price": price, "output_price": 4 * price})
    return frame.assign(vendor=country + np.repeat(np.arange(5), 8).astype(str))


def test_equal_score_methods_find_a_known_ratio(exact_models):
    ratios = scores.equal_score_ratios(exact_models, load("price_ratios"), 1.0, 95.0, 500, 1, 25.0)
    found = ratios[ratios["offered"] != "article"]
    assert found["value"].to_numpy() == pytest.approx(3.0)
    assert len(found) == 3 * (3 + 3 + 1)  # prices, times methods for two offers and one for the cheapest
    regression = ratios[ratios["method"] == "regression"]
    assert (regression["high"] - regression["low"]).max() < 1e-6


def test_superseded_listings_make_a_ratio_and_leaving_them_out_unmakes_it(exact_models):
    """Each US vendor also lists a model 50 points worse at ten times the price of its best."""
    same = exact_models.assign(input_price=np.exp(0.01 * (exact_models["score"] - 1400)))
    same["output_price"] = same["input_price"]
    old = same[same["country"] == "US"].assign(
        input_price=lambda f: 10 * f["input_price"], score=lambda f: f["score"] - 50
    )
    models = pd.concat([same, old.assign(output_price=old["input_price"])], ignore_index=True)
    found = scores.named(scores.equal_score_ratios(models, load("price_ratios"), 1.0, 95.0, 200, 1, 25.0))
    assert found["all, regression"].value > 2
    assert found["undominated, regression"].value == pytest.approx(1.0)
    assert found["cheapest, at a score"].value == pytest.approx(1.0)


def test_undominated_are_those_that_no_model_of_the_vendor_beats():
    models = pd.DataFrame(
        [("a", 10, 1.0), ("a", 9, 1.0), ("a", 10, 2.0), ("a", 8, 0.5), ("a", 10, 1.0), ("b", 5, 9.0)],
        columns=["vendor", "score", "input_price"],
    )
    kept = scores.undominated(models)
    assert kept["score"].to_list() == [10, 8, 10, 5]  # twins stay, and another vendor's better offer beats nobody


def test_the_cheapest_price_at_a_score_or_better_is_walked_evenly_over_scores():
    models = pd.DataFrame(
        [("US", 10, 4.0), ("US", 30, 6.0), ("CN", 12, 1.0), ("CN", 20, 2.0)],
        columns=["country", "score", "input_price"],
    )
    steps = scores.cheapest(models)
    assert steps[["score", "US", "CN"]].to_numpy().tolist() == [[10, 4, 1], [12, 6, 1], [20, 6, 2]]
    ratio = scores.cheapest_ratio(steps)  # from 10 to 12 points at 6, from 12 to 20 at 3
    assert (ratio.value, ratio.low, ratio.high) == (3, 3, 6)


def test_the_reviewed_ratios_of_the_snapshot(now):
    """Values that a reader found by another programme: 18 models stay, 9 of each country, at 1.13 (0.44 to 2.91)."""
    models = scores.score_and_price(now, load("arena_matches"))
    kept = scores.undominated(models)
    assert dict(kept["country"].value_counts()) == {"US": 9, "CN": 9}
    found = scores.named(scores.equal_score_ratios(models, load("price_ratios"), 10.0, 95.0, 200, 1, 25.0))
    ratio = found["undominated, regression"]
    assert [round(x, 2) for x in (ratio.value, ratio.low, ratio.high)] == [1.13, 0.44, 2.91]
    assert round(scores.slope_difference(models), 1) == -2.0
    left_out = scores.without_each_vendor(models, 95.0).set_index("vendor")
    assert round(left_out.loc["anthropic", "value"], 2) == 3.19


def test_regression_corrects_what_an_unmatched_comparison_confuses(exact_models):
    better = exact_models.assign(score=exact_models["score"] + 50 * (exact_models["country"] == "US"))
    better["input_price"] = np.exp(0.01 * (better["score"] - 1400))
    found = scores.named(scores.equal_score_ratios(better, load("price_ratios"), 1.0, 95.0, 500, 1, 0.0))
    assert found["all, unmatched"].value == pytest.approx(math.exp(0.5))
    assert found["all, regression"].value == pytest.approx(1.0)
    assert found["all, matched pairs"].value == pytest.approx(1.0)


def test_errors_clustered_by_vendor_are_cr1_with_one_degree_of_freedom_less_than_vendors(now):
    """Liang & Zeger 1986, with the correction G / (G - 1) (n - 1) / (n - k)."""
    from scipy.stats import t

    models = scores.score_and_price(now, load("arena_matches"))
    y, g = np.log(models["input_price"].to_numpy()), pd.factorize(models["vendor"])[0]
    x = np.column_stack([np.ones(len(y)), models["country"] == "US", models["score"] - models["score"].mean()]).astype(
        float
    )
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    sums = pd.DataFrame(x * (y - x @ beta)[:, None]).groupby(g).sum().to_numpy()
    (n, k), groups = x.shape, len(sums)
    covariance = groups / (groups - 1) * (n - 1) / (n - k) * bread @ sums.T @ sums @ bread
    width = t.ppf(0.975, groups - 1) * math.sqrt(covariance[1, 1])
    ours = scores._regression(models, y, 95.0, "vendors")
    assert ours == pytest.approx((math.exp(beta[1]), math.exp(beta[1] - width), math.exp(beta[1] + width)))


def test_without_the_score_the_ratio_is_that_of_geometric_means(exact_models):
    log_price = np.log(exact_models["input_price"].to_numpy()) + np.arange(40) % 7
    ratio, low, high = scores._regression(exact_models, log_price, 95.0, "vendors", on_score=False)
    us = (exact_models["country"] == "US").to_numpy()
    assert ratio == pytest.approx(math.exp(log_price[us].mean() - log_price[~us].mean()))
    assert low < ratio < high


def test_no_pair_within_the_band_is_said(exact_models):
    apart = exact_models.assign(score=exact_models["score"] + 500 * (exact_models["country"] == "US"))
    with pytest.raises(DataError, match="widen score_band"):
        scores.equal_score_ratios(apart, load("price_ratios"), 1.0, 95.0, 200, 1, 25.0)


def test_mixes_add_up_and_blend_to_the_prices_themselves():
    rankings = tables.load("token_economics/weekly_rankings")
    mixes = mixes_module.usage_mixes(rankings, P.usage_week_end)
    shares = mixes[["output", "fresh_input", "cached_input"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1)
    only_input = pd.DataFrame({"mix": ["input"], "output": [0.0], "fresh_input": [1.0], "cached_input": [0.0]})
    blended = mixes_module.blended_prices(rankings, only_input, P.usage_week_end).set_index("model")
    assert blended.loc["claude-4.6-opus", "price"] == 5.0
    with pytest.raises(ParameterError, match="token split"):
        mixes_module.usage_mixes(rankings, "2020-01-05")
    assert [
        mixes_module.usage_mixes(rankings, P.usage_week_end, share)["mix"].iloc[1] for share in (25.0, 20.0, 0.0)
    ] == ["3 in : 1 out", "4 in : 1 out", "input only"]
    assert mixes_module.usage_mixes(rankings, P.usage_week_end, 50.0)["mix"].is_unique
    only_us = rankings[rankings["country"] == "US"]
    with pytest.raises(DataError, match="column 'country' has none of CN among the paid models with known split"):
        mixes_module.blended_prices(only_us, mixes, P.usage_week_end)


# --- a country that is missing


def without(name, country):
    """A table of the theme, or of another one, in which a country is missing."""
    frame = tables.load(name) if "/" in name else load(name)
    return frame[frame["country"] != country]


NEEDS = {
    "list_prices": lambda rows: prices_module.medians(prices_module.listing(rows, P.snapshot), P.confidence),
    "arena_matches": lambda rows: scores.score_and_price(prices_module.listing(load("list_prices"), P.snapshot), rows),
    "hosts": lambda rows: sellers.same_model(rows, P.output_share),
    "task_costs": sellers.exercises,
    "electricity": lambda rows: power_module.power_prices(load("power_prices"), rows, 1.1),
    "price_medians": lambda rows: prices_module.median_history(load("list_prices"), rows, load("price_ratios"), 95.0),
    "grid_carbon": lambda rows: carbon.per_million_tokens(pd.DataFrame(), rows),
    "cost_inputs": lambda rows: unit_cost.model(rows, pd.DataFrame(), pd.DataFrame(), "articles", 25.0, 50.0, 0.1),
    "token_economics/weekly_rankings": lambda rows: mixes_module.blended_prices(
        rows,
        mixes_module.usage_mixes(tables.load("token_economics/weekly_rankings"), P.usage_week_end),
        P.usage_week_end,
    ),
}
"""Tables by what first compares both countries in them."""


@pytest.mark.parametrize("gone", ["US", "CN"])
@pytest.mark.parametrize("name", NEEDS)
def test_a_table_without_a_country_is_named_with_the_country(name, gone):
    path = name if "/" in name else f"cost_structure/{name}"
    with pytest.raises(DataError, match=rf"{path}.*: column 'country' has none of {gone} among .*add rows of {gone}"):
        NEEDS[name](without(name, gone))


def test_a_formula_that_no_chinese_model_holds_against_a_node_is_said_to_be_unheld():
    disclosures, coefficients, serving = (
        load(name) for name in ("energy_disclosures", "ecologits_coefficients", "serving_day")
    )
    for models, told in ((load("ecologits_models"), "gives at least "), (without("ecologits_models", "CN"), "has no")):
        routes = energy_module.energy_per_token(
            disclosures, coefficients, models, serving, load("cost_inputs"), P.tokens_per_query
        )
        said = words.energy(
            routes,
            energy_module.ecologits_check(coefficients, models),
            Estimate(1.0, 0.5, 2.0),
            Estimate(1.0, 0.5, 2.0),
            P,
        )
        assert told in said
        assert "nan" not in said


def test_a_reading_of_power_prices_with_one_side_only_is_named():
    electricity = load("electricity")
    fewer = electricity[(electricity["reading"] != "national") | (electricity["country"] == "CN")]
    bought = power_module.power_prices(load("power_prices"), fewer, 1.1)
    ratios = power_module.power_ratios(bought, load("price_ratios"), load("cost_inputs"), 50.0)
    with pytest.raises(DataError, match=r"cost_structure/electricity.*the reading 'national' has no price on one side"):
        power_module.reading_ratio(ratios, "national", "per kWh")


@pytest.mark.parametrize(("gone", "name"), [("US", "US"), ("CN", "Chinese")])
def test_a_board_without_a_country_is_not_taken_for_a_country_without_good_models(gone, name):
    board, asked = without("board_scores", gone), (P.fixed_score, P.fixed_score - 50)
    paths, _, halving = decline.follow(load("list_prices"), board, asked, P.output_share, P.confidence)
    said = words.decline(paths[P.fixed_score], halving, board, P)
    assert f"cost_structure/board_scores has no {name} model, at any score. Add rows of {gone}." in said


def test_a_country_whose_models_stay_below_a_score_is_said_to_do_so():
    board = load("board_scores")
    board = board[(board["country"] == "US") | (board["value"] < P.fixed_score)]
    paths, _, halving = decline.follow(load("list_prices"), board, (P.fixed_score,), P.output_share, P.confidence)
    said = words.decline(paths[P.fixed_score], halving, board, P)
    assert said == f"No Chinese model with a price reaches {P.fixed_score:.0f} points."


# --- power


@given(st.floats(0, 1), st.floats(1.0, 20))
def test_power_explains_between_nothing_and_the_power_ratio(share, ratio):
    explained = power_module.explained_factor(share, ratio)
    assert 1 - 1e-12 <= explained <= ratio * (1 + 1e-9)


def test_power_explains_nothing_at_no_share_and_all_of_the_ratio_at_the_whole():
    assert power_module.explained_factor(0.0, 5.0) == 1
    assert power_module.explained_factor(1.0, 5.0) == pytest.approx(5)
    assert power_module.explained_factor(0.5, 2.0) == pytest.approx(4 / 3)


def test_the_residual_times_the_explained_is_the_gap():
    gap, share, ratio = Estimate(16.0), Estimate(20.0), Estimate(4.0)
    product = power_module.residual_ratio(gap, share, ratio).value * power_module.explained_ratio(share, ratio).value
    assert product == pytest.approx(16)


@given(st.floats(0, 100), st.floats(0.2, 10), st.floats(0.0, 20.0), st.floats(0.0, 3.0))
def test_the_explained_interval_holds_every_point_of_its_box(share, ratio, wide, more):
    box = power_module.explained_ratio(
        Estimate(share, max(share - wide, 0), min(share + wide, 100)), Estimate(ratio, ratio, ratio + more)
    )
    inner = power_module.explained_factor(share / 100, ratio + more / 2)
    assert box.low - 1e-9 <= inner <= box.high + 1e-9


def test_the_power_ratio_is_the_quotient_of_the_ranges(power):
    ratio = power_module.power_ratio(load("power_prices"))
    assert (ratio.value, ratio.low, ratio.high) == (pytest.approx(5), pytest.approx(3.5), pytest.approx(7))
    ratios = power_module.power_ratios(power, load("price_ratios"), load("cost_inputs"), 0.0)
    kwh, token = (ratios[ratios["basis"] == b]["value"].to_numpy() for b in ("per kWh", "per token"))
    assert token == pytest.approx(kwh)
    domestic = power_module.power_ratios(power, load("price_ratios"), load("cost_inputs"), 100.0)
    assert domestic[domestic["basis"] == "per token"]["value"].to_numpy() == pytest.approx(kwh / 1.4)


def test_prices_in_euro_follow_the_exchange_rate(power):
    parity = power_module.power_prices(load("power_prices"), load("electricity"), 1.0)
    both = power.merge(parity, on=["reading", "side"])
    euro = both["reading"].isin(["BusinessEurope", "Europe"])
    assert (both["value_x"] / both["value_y"])[euro].to_numpy() == pytest.approx(P.usd_per_eur)
    assert (both["value_x"] / both["value_y"])[~euro].to_numpy() == pytest.approx(1)


def test_the_ecologits_formula_gives_what_the_package_gives():
    """Published values: ecologits 0.11.3, llm_impacts of an answer of 400 tokens."""
    checked = energy_module.ecologits_check(load("ecologits_coefficients"), load("ecologits_models")).dropna()
    assert len(checked) == 3
    assert checked["low"].to_numpy() == pytest.approx(checked["published_low"].to_numpy(), abs=0.006)
    assert checked["high"].to_numpy() == pytest.approx(checked["published_high"].to_numpy(), abs=0.006)


def test_ecologits_energy_is_linear_in_tokens_and_pue():
    coefficients = load("ecologits_coefficients")
    one = energy_module.ecologits_energy(coefficients, 100.0, 10.0, 100.0)
    assert energy_module.ecologits_energy(coefficients, 100.0, 10.0, 200.0, pue=1.5) == pytest.approx(3 * one)


def test_energy_of_a_throughput_is_power_over_rate(energy):
    node = energy.set_index("item").loc["DeepSeek node: output", "value"]
    assert node == pytest.approx(8.0 * 1.3 / 14_800 * 1e6 / 3600)
    query = energy.set_index("item").loc["Epoch AI: typical query"]
    assert query["value"] == pytest.approx(0.3 / 500 * 1000)
    assert (energy["low"] <= energy["value"]).all()
    assert (energy["value"] <= energy["high"]).all()
    fresh = energy.set_index("item").loc["DeepSeek node: fresh input", "value"]
    assert fresh == pytest.approx(8.0 * 1.3 / (73_700 * (608 - 342) / 608) * 1e6 / 3600)


def test_power_share_is_energy_times_power_price_over_list_price(energy, power, now):
    shares = energy_module.power_share(energy, power, "articles", now, OPUS).set_index("item")
    per_million = energy.set_index("item").loc["Epoch AI: typical query", "value"]
    assert shares.loc["Epoch AI: typical query", "value"] == pytest.approx(100 * per_million * 0.175 / 25.0)
    typical = energy_module.typical_share(shares)
    assert typical.low <= typical.value <= typical.high
    everything = energy_module.typical_share(shares.assign(boundary="facility"))
    assert everything.low < typical.low  # an accelerator alone is nobody's bill


def test_the_share_that_power_can_be_falls_with_the_tokens_of_a_query(power, now):
    shares = energy_module.share_by_tokens(load("energy_disclosures"), power, "articles", now, OPUS)
    item = shares[shares["item"].str.startswith("OpenAI")]
    assert (item["high"] * item["tokens"]).to_numpy() == pytest.approx(100 * 0.345e3 * 0.21 / 5.0)
    assert (shares["low"] < shares["high"]).all()
    assert set(shares["item"].str.split(":").str[0]) == {"Google", "OpenAI"}


def test_energy_needed_closes_the_gap():
    prices, claims = load("prices"), load("power_prices")
    needed = energy_module.energy_needed(prices, claims).value
    us, cn = (pick(prices, claim=c).value for c in ("A48", "A47"))
    dear, cheap = (pick(claims, claim=c).value for c in ("A52", "A51"))
    assert us - needed * dear == pytest.approx(cn - needed * cheap)


# --- the unit-cost model


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(0, 1))
def test_triangular_quantiles_stay_between_the_ends(low, width, at):
    u = np.linspace(0, 1, 11)
    q = unit_cost.triangular(u, low, low + at * width, low + width)
    assert (np.diff(q) >= -1e-9).all()
    assert q.min() >= low - 1e-9
    assert q.max() <= low + width + 1e-9


def test_triangular_draws_have_the_published_moments():
    """Mean (a + b + c) / 3 and variance (a2 + b2 + c2 - ab - ac - bc) / 18."""
    a, c, b = 1.0, 2.0, 6.0
    x = unit_cost.triangular((np.arange(200_000) + 0.5) / 200_000, a, c, b)
    assert x.mean() == pytest.approx(3.0, rel=1e-5)
    assert x.var() == pytest.approx((a * a + b * b + c * c - a * b - a * c - b * c) / 18, rel=1e-4)
    assert (unit_cost.triangular(np.array([0.0, 1.0]), 2.0, 2.0, 2.0) == 2.0).all()


INPUTS = {
    "active_parameters": 74.0,
    "utilisation": 0.5,
    "node_power": 9.0,
    "pue": 1.2,
    "power_price": 0.1,
    "rent": 2.1,
    "overhead": 0.5,
    "margin": 0.5,
}


def test_unit_cost_by_hand():
    x = {f"{k}, {side}": v for k, v in INPUTS.items() for side in ("US", "CN")} | {"energy_penalty, CN": 1.4}
    node = unit_cost.Model(pd.DataFrame(), 900.0, 8.0, 37.0, domestic_share=50.0, power_in_rent=0.1)
    us = unit_cost.unit_cost(x, "US", node)  # 900 s x 2 / 0.5 = one hour of a node
    assert us["energy_kwh"] == pytest.approx(9.0 * 1.2)
    assert us["energy"] == pytest.approx(1.08)
    assert us["hardware"] == pytest.approx(16.0)
    assert us["overhead"] == pytest.approx(8.0)
    assert us["price"] == pytest.approx(2 * 25.08)
    assert us["price"] == pytest.approx(sum(us[p] for p in unit_cost.PARTS))
    cn = unit_cost.unit_cost(x, "CN", node)
    assert cn["energy"] == pytest.approx(1.08 * 1.2)
    assert cn["hardware"] == us["hardware"]


def test_the_model_at_the_disclosed_mix_gives_the_disclosed_cost():
    """168 of 776 billion tokens out, on 8 chips at 2 USD an hour: 87,072 USD a day (DeepSeek, 2025)."""
    seconds = unit_cost.node_seconds(load("serving_day"), 100 * 168 / 776, fresh=False)
    per_million = seconds / 3600 * 8 * 2.0
    assert per_million * 776e3 == pytest.approx(87_072, rel=0.002)


def test_simulation_is_seeded_and_independent_of_nothing_but_its_seed(model):
    first = unit_cost.simulate(model, 2000, 7)
    pd.testing.assert_frame_equal(first, unit_cost.simulate(model, 2000, 7))
    assert not first.equals(unit_cost.simulate(model, 2000, 8))
    prices = first[["US energy", "US hardware", "US overhead", "US margin"]].sum(axis=1)
    assert prices.to_numpy() == pytest.approx(first["US price"].to_numpy(), rel=1e-5)


def test_more_draws_converge(model):
    def spread(draws):
        return np.std([unit_cost.cost_summary(unit_cost.simulate(model, draws, s), "US price").value for s in range(6)])

    assert spread(20_000) < spread(1_000)


def test_chunks_do_not_change_the_size(model):
    draws = unit_cost.simulate(model, unit_cost.CHUNK + 5, 3)
    assert len(draws) == unit_cost.CHUNK + 5
    assert draws.notna().all(axis=None)


def test_tornado_passes_through_the_modes(model):
    swings = sensitivity.tornado(model)
    assert np.ptp(swings["base"]) == 0
    within = (swings[["at_low", "at_high"]].min(axis=1) <= swings["base"]) & (
        swings["base"] <= swings[["at_low", "at_high"]].max(axis=1)
    )
    assert within.all()
    assert "active_parameters, CN" not in set(swings["name"])  # does not vary


def test_contributions_of_factors_of_the_whole_price_are_their_quotients(model):
    inputs = model.modes
    made_of = sensitivity.contributions(model).set_index("quantity")
    assert made_of.loc["active_parameters", "factor"] == pytest.approx(
        inputs["active_parameters, US"] / inputs["active_parameters, CN"]
    )
    assert made_of.loc["margin", "factor"] == pytest.approx((1 - inputs["margin, CN"]) / (1 - inputs["margin, US"]))
    assert made_of.loc["utilisation", "factor"] == pytest.approx(1)
    base = sensitivity.tornado(model)["base"].iloc[0]
    assert (made_of["ratio"] * made_of["factor"]).to_numpy() == pytest.approx(base)
    assert "energy_penalty" not in made_of.index
    assert (
        1
        < sensitivity.power_price_factor(made_of.reset_index()).value
        < power_module.power_ratio(load("power_prices")).value
    )


def test_sobol_indices_of_the_margin_follow_from_its_closed_form(model):
    """ln(ratio) is a sum of terms; that of a margin is -ln(1 - m), whose variance can be had by quadrature."""
    indices = sensitivity.sobol_indices(model, 11, 1).set_index("name")
    draws = unit_cost.simulate(model, 50_000, 1)
    total = np.log(draws["US price"].astype(float) / draws["CN price"].astype(float)).var()
    margin = unit_cost.triangular((np.arange(100_000) + 0.5) / 100_000, 0.0, 0.3, 0.85)
    assert indices.loc["margin, CN", "total"] == pytest.approx(np.log(1 - margin).var() / total, rel=0.05)
    assert indices["first"].sum() == pytest.approx(1.0, abs=0.05)
    groups = sensitivity.group_totals(indices.reset_index())
    assert groups["power"].value < 0.01 < groups["margin"].value


def test_sobol_indices_follow_from_their_seed_if_that_is_nil_too(model):
    first, again = (sensitivity.sobol_indices(model, 5, 0) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_dearer_power_raises_the_ratio_and_the_share(model):
    dear = model.table.copy()
    dear.loc[dear["name"] == "power_price, US", ["low", "value", "high"]] *= 10
    before, after = (unit_cost.simulate(m, 4000, 1) for m in (model, model._replace(table=dear)))
    assert (after["US price"] > before["US price"]).all()
    assert (after["CN price"] == before["CN price"]).all()


def test_the_disclosed_day_agrees_with_itself(power):
    day = disclosed.serving_day(load("serving_day"), load("cost_inputs"), power, 100.0)
    assert day["cost_recomputed"].value == pytest.approx(day["cost"].value, rel=1e-6)
    assert day["income_recomputed"].low <= day["income"].value <= day["income_recomputed"].high
    assert day["nodes_recomputed"].low <= 226.75 <= day["nodes_recomputed"].high
    assert day["cost_profit"].value == pytest.approx(545, abs=0.6)
    bars = disclosed.day_bars(day, load("cost_inputs")).groupby("bar")["value"].sum()
    assert bars["cost"] == pytest.approx(day["cost"].value / 1000)


def test_at_the_break_even_share_nothing_is_earned(power):
    day = disclosed.serving_day(load("serving_day"), load("cost_inputs"), power, 100.0)
    even = disclosed.serving_day(load("serving_day"), load("cost_inputs"), power, day["break_even"].value)
    assert even["margin"].value == pytest.approx(0, abs=1e-6)
    assert disclosed.serving_day(load("serving_day"), load("cost_inputs"), power, 0.0)["margin"].value == -100


def test_fresh_input_costs_more_than_input_of_which_half_was_cached():
    serving = load("serving_day")
    assert unit_cost.fresh_share(serving) == pytest.approx((608 - 342) / 608)
    fresh = Estimate(1.0, 0.5, 2.0, "USD/million tokens")
    served = unit_cost.as_served(fresh, serving, 25.0)
    seconds = [0.75 / rate + 0.25 / 14_800 for rate in (73_700, 73_700 * 266 / 608)]
    assert served.value == pytest.approx(seconds[0] / seconds[1])
    assert unit_cost.as_served(fresh, serving, 100.0).value == pytest.approx(1.0)


def test_an_input_that_the_list_price_needs_gives_the_list_price(model, now):
    listed = unit_cost.list_prices(now, OPUS, DEEPSEEK, 25.0)
    assert (listed["US"].value, listed["CN"].value) == (10.0, pytest.approx(0.275))
    needed = unit_cost.needed(model, listed).set_index("quantity")
    assert not needed["within"].any()
    changed = model.table.copy()
    changed.loc[changed["name"] == "active_parameters, US", "value"] = needed.loc["active_parameters", "needed"]
    again = unit_cost.needed(model._replace(table=changed), listed).set_index("quantity")
    assert again.loc["margin", "needed"] == pytest.approx(0.6)  # the mode: nothing is missing any more


def test_few_draws_reach_the_ratio_of_the_list_prices(model, now):
    draws = unit_cost.simulate(model, 20_000, 1)
    listed = unit_cost.list_prices(now, OPUS, DEEPSEEK, 25.0)
    assert 0.2 < unit_cost.reaching(draws, listed).value < 1.5
    assert unit_cost.reaching(draws, {"US": Estimate(1e-9), "CN": Estimate(1.0)}).value == 100


# --- one model at many hosts, and the same exercises


def test_a_vendor_whose_price_changes_with_the_hour_counts_with_its_mean():
    hosts = pd.DataFrame(
        [("CN", "V", "m", 18, 1.0), ("CN", "V", "m", 6, 3.0), ("US", "H", "m", 24, 3.0), ("US", "H", "other", 24, 1.0)],
        columns=["country", "host", "model", "hours", "input_price"],
    ).assign(output_price=lambda f: f["input_price"], source="s")
    found = sellers.same_model(hosts, 25.0)
    assert found[["model", "value", "low", "high"]].to_numpy().tolist() == [["m", 2.0, 1.0, 3.0]]
    with pytest.raises(DataError, match="no model is sold both"):
        sellers.same_model(hosts[(hosts["country"] == "CN") | (hosts["model"] == "other")], 25.0)


def test_hours_of_a_host_s_day_add_up_to_24():
    hosts = load("hosts")
    assert (hosts.groupby(["host", "model"])["hours"].sum() == 24).all()


def test_costs_of_exercises_follow_from_the_runs():
    runs = sellers.exercises(load("task_costs")).set_index("model")
    gpt = runs.loc["gpt-5 (low)"]
    assert gpt["cost_per_solved"] == pytest.approx(10.3713 / 183)
    assert gpt["score"] == pytest.approx(81.33, abs=0.01)
    assert (runs["solved"] <= runs["exercises"]).all()


# --- figures and words


@pytest.mark.parametrize("name", variants.names("cost_structure"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    variants.check_narrow(variants.call("cost_structure", name), tmp_path)


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("name", variants.names("cost_structure"))
def test_a_figure_follows_its_data(name, variant, tmp_path):
    variants.check(variants.call("cost_structure", name), variant, tmp_path)


def test_a_figure_carries_its_tables():
    plot = variants.call("cost_structure", "price_gap").draw()
    assert inputs_of(plot) == {f"cost_structure/{t}" for t in ("prices", "price_ratios", "list_prices")}
    assert plot.data.shape == (6, 7)


def test_three_sentences_answer_the_question():
    one = Estimate(1.0, 0.5, 2.0)
    at = dict.fromkeys(words.WAYS.values(), one)
    answer = words.found(one, one, at, one, one, one)
    assert len(re.findall(r"[.](?= [A-Z]|$)", answer)) == 3


@pytest.mark.parametrize(("ends", "said"), [((2, 3), "for D05"), ((0.2, 0.5), "against D05"), ((0.5, 2), "not decide")])
def test_what_prices_at_equal_score_say_follows_from_their_interval(ends, said):
    ratio = Estimate(1.0, *ends)
    frame = pd.DataFrame({"value": [1.0], "score": [1400.0], "US": [2.0], "CN": [1.0]})
    assert words.equal_score(dict.fromkeys(words.WAYS.values(), ratio), ratio, frame, frame, -2.0, P).count(said) == 2


def test_levels_that_the_same_pair_meets_are_told_as_one_pair(now):
    steps = scores.cheapest(scores.score_and_price(now, load("arena_matches")))
    pairs = len(set(zip(steps["US"], steps["CN"], strict=True)))
    assert pairs < len(steps)
    ratio = Estimate(1.0, 0.5, 2.0)
    left = pd.DataFrame({"value": [1.0]})
    said = words.equal_score(dict.fromkeys(words.WAYS.values(), ratio), ratio, left, steps, -2.0, P)
    assert f"the {len(steps)} levels asked for are met by {pairs} different pairs of prices only" in said


def test_what_the_list_price_needs_is_called_inside_only_if_it_is():
    table = pd.DataFrame({"quantity": ["margin", "active_parameters"], "needed": [0.5, 100.0], "within": [True, False]})
    assert "Inside the range assumed: margin." in words.needed(table)
    assert "None of them" in words.needed(table.assign(within=False))


def test_the_model_of_parameters_is_this_theme_s():
    assert model_for("cost_structure") is theme.Parameters


def priced(rows):
    """Return spells of price: country, model, input price, first and last day."""
    columns = ["country", "model", "input_price", "first_seen", "as_of"]
    frame = pd.DataFrame(rows, columns=columns).assign(source="list")
    frame["output_price"] = frame["input_price"]
    return frame.astype({"first_seen": "datetime64[us]", "as_of": "datetime64[us]"})


def test_the_cheapest_price_at_a_score_is_of_models_that_reach_it_and_are_not_free():
    listed = priced(
        [
            ("US", "a/weak", 0.1, "2025-01-01", "2025-03-01"),
            ("US", "a/free", 0.0, "2025-01-01", "2025-03-01"),
            ("US", "a/good", 2.0, "2025-01-01", "2025-03-01"),
            ("CN", "b/moves", 1.0, "2025-01-01", "2025-03-01"),
        ]
    )
    scored = [("a/weak", 1200, None), ("a/free", 1400, None), ("a/good", 1400, None)]
    scored += [("b/moves", 1250, None), ("b/moves", 1400, "2025-02-01")]
    board = pd.DataFrame(scored, columns=["model", "value", "since"]).assign(source="board")
    path = decline.cheapest_over_time(listed, board.astype({"since": "datetime64[us]"}), 1350.0, 25.0)
    assert path[path["country"] == "US"]["model"].unique().tolist() == ["a/good"]
    assert path[path["country"] == "CN"]["date"].tolist() == [pd.Timestamp("2025-03-01")]
    assert len(decline.common_days(path)) == 2
    assert path["source"].unique().tolist() == ["list; board"]


def test_a_price_that_halves_every_six_months_has_that_halving_time():
    days = pd.date_range("2025-01-01", periods=12, freq="30D")
    fall = 0.5 ** ((days - days[0]).days / 365.25 * 2)
    noise = np.tile([1.02, 0.98], 6)
    path = pd.DataFrame({"country": "US", "date": days, "value": fall * noise})
    months = decline.halving_time(decline.trend(path, "US", 95.0))
    assert months.value == pytest.approx(6, rel=0.03)
    assert months.low < 6 < months.high < 7
    assert decline.halving_time(decline.trend(path.head(7), "US", 95.0)).value is None
    steady = path.assign(value=noise)
    assert decline.halving_time(decline.trend(steady, "US", 95.0)).high == np.inf


def test_carbon_is_energy_times_the_grids_and_accelerators_alone_do_not_count():
    energy = pd.DataFrame(
        [("facility", 1.0, 0.5, 2.0), ("facility", 3.0, 1.0, 4.0), ("accelerator", 9.0, 0.1, 99.0)],
        columns=["boundary", "value", "low", "high"],
    )
    grids = pd.DataFrame(
        [("US", "x", 400.0), ("CN", "x", 500.0), ("US", "y", 300.0), ("CN", "y", 600.0)],
        columns=["country", "reading", "value"],
    ).assign(low=lambda f: f["value"] - 1, high=lambda f: f["value"] + 1)
    emitted = carbon.per_million_tokens(energy, grids)
    assert emitted["US"].value == pytest.approx(2 * 350)
    assert emitted["CN"].ends == pytest.approx((0.5 * 499, 4 * 601))
    assert carbon.grid_ratio(grids).ends == pytest.approx((1.25, 2.0))


@pytest.mark.parametrize("name", ["power_bound", "energy_per_token"])
def test_a_title_on_what_power_explains_says_whose_power_prices_are_taken(name):
    assert "the article’s power prices" in variants.call("cost_structure", name).draw().title
