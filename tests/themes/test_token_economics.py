"""Every model of the token economics theme against a closed form, a limit or a published value."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.data import tables
from parallelrun.errors import DataError, ParameterError, ResultError
from parallelrun.study.estimates import Estimate
from parallelrun.study.parameters import check
from parallelrun.study.provenance import inputs_of
from parallelrun.themes import token_economics as theme
from parallelrun.themes.token_economics import free, platform, printed, rankings, revenue, words
from tests import variants

STEM = "token_economics"
NO_WRITES = pd.DataFrame({"vendor": pd.Series(dtype=object), "multiple": pd.Series(dtype=float)})

WEEKS = pd.to_datetime(["2026-01-04", "2026-01-11", "2026-01-18", "2026-01-25"])


def table(name):
    return tables.load(f"token_economics/{name}")


@pytest.fixture(scope="module")
def volumes():
    return table("weekly_volumes")


@pytest.fixture(scope="module")
def top():
    return table("top_models")


@pytest.fixture(scope="module")
def users():
    return table("users")


@pytest.fixture(scope="module")
def ranked():
    return table("weekly_rankings")


@pytest.fixture(scope="module")
def press():
    return table("press_volumes")


def rows(*records):
    """A small ranking: week number, rank, model, vendor, country, tier, tokens, and optionally more."""
    columns = {
        "prompt_tokens": np.nan,
        "completion_tokens": np.nan,
        "cached_tokens": np.nan,
        "prompt_price": 1.0,
        "completion_price": 2.0,
        "cache_price": np.nan,
        "platform": "OpenRouter",
    }
    out = []
    for week, rank, name, vendor, country, tier, tokens, *more in records:
        row = {
            "week_end": WEEKS[week],
            "rank": rank,
            "slug": name,
            "model": name,
            "vendor": vendor,
            "country": country,
            "tier": tier,
            "value": tokens,
            "low": tokens,
            "high": tokens,
        }
        out.append(row | columns | (more[0] if more else {}))
    return pd.DataFrame(out)


def no_press():
    return pd.DataFrame({"country": ["all"], "week_end": pd.to_datetime(["2000-01-02"]), "value": [1.0]})


def in_week(ranked_models, of_volumes):
    return ranked_models[ranked_models["week_end"] == printed.first_week(of_volumes)]


# --- what the printed figures imply


def test_the_printed_ratio_is_the_quotient_of_the_printed_volumes(volumes):
    ratio = printed.listed_ratio(volumes)
    assert ratio.value == pytest.approx(12.96 / 3.03)
    assert (ratio.low, ratio.high) == pytest.approx((12.955 / 3.035, 12.965 / 3.025))
    assert ratio.inputs == {"token_economics/weekly_volumes"}


def test_the_week_before_grows_into_the_printed_one(volumes):
    weeks = printed.previous_week(volumes)
    china = weeks[weeks["country"] == "CN"]["value"].to_list()
    assert china[0] * 1.3148 == pytest.approx(china[1])
    assert weeks["low"].le(weeks["value"]).all()
    assert weeks["high"].ge(weeks["value"]).all()


def test_both_printed_shares_imply_the_total_that_the_press_printed(volumes, press):
    of_all = press[(press["country"] == "all") & (press["week_end"] == printed.first_week(volumes))]["value"].item()
    for country in ("CN", "US"):
        total = printed.implied_total(volumes, country)
        assert total.low <= of_all <= total.high


def test_what_neither_share_covers(volumes):
    rest = printed.unclassified(volumes)
    assert (rest.value, rest.low, rest.high) == (41, 40, 42)


def test_the_ratio_at_the_ends_of_the_split(volumes):
    assert printed.split_ratio(volumes, 0.0).value == pytest.approx(89 / 11)
    assert printed.split_ratio(volumes, 100.0).value == pytest.approx(48 / 52)
    assert printed.split_ratio(volumes, 100.0).low == pytest.approx(47.5 / 52.5)
    assert printed.split_ratio(volumes, 100.0).high == pytest.approx(48.5 / 51.5)


def test_the_ratio_is_one_at_the_split_of_parity(volumes):
    parity = printed.parity_split(volumes)
    assert parity.value == pytest.approx(100 * 39 / 41)
    assert printed.split_ratio(volumes, parity.value).value == pytest.approx(1)


@given(
    st.floats(1, 60),
    st.floats(1, 39),
    st.floats(0, 1),
)
def test_the_split_ratio_falls_with_the_part_of_the_us(cn, us, to_us):
    here, more = printed.split_formula(cn, us, to_us), printed.split_formula(cn, us, min(1.0, to_us + 0.01))
    assert more <= here
    assert printed.split_formula(us, cn, 1 - to_us) == pytest.approx(1 / here)


def test_curve_and_surface_agree_with_the_single_split(volumes):
    curve = printed.ratio_by_split(volumes)
    at = curve[np.isclose(curve["unclassified_us_share"], 50)].iloc[0]
    one = printed.split_ratio(volumes, 50.0)
    assert (at["low"], at["value"], at["high"]) == pytest.approx((one.low, one.value, one.high))
    surface = printed.ratio_surface(volumes)
    here = surface[np.isclose(surface["unclassified_us_share"], 50) & np.isclose(surface["tokenizer_ratio"], 2)]
    assert here["value"].item() == pytest.approx(one.value / 2)


def test_equal_tokenizers_leave_the_ratio_and_a_spread_widens_it():
    ratio = Estimate(4.0, 3.9, 4.1)
    assert printed.equal_text_ratio(ratio, 1.0, 0.0).ends == pytest.approx((3.9, 4.1))
    wide = printed.equal_text_ratio(ratio, 2.0, 50.0)
    assert (wide.value, wide.low, wide.high) == pytest.approx((2.0, 3.9 / 3, 4.1 / 1))


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=4))
def test_corners_of_a_sum_are_the_sums_of_the_ends(values):
    parts = [Estimate(v, v - 0.05, v + 0.05) for v in values]
    total = printed.corners(lambda *x: sum(x), *parts)
    assert total.low == pytest.approx(sum(v - 0.05 for v in values))
    assert total.high == pytest.approx(sum(v + 0.05 for v in values))


def test_corners_of_a_repeated_operand_are_not_too_wide():
    share = Estimate(48.0, 47.5, 48.5)
    exact = printed.corners(lambda s: s / (100 - s), share)
    loose = share / (-share + 100)
    assert exact.high - exact.low <= loose.high - loose.low
    assert exact.low == pytest.approx(47.5 / 52.5)


def test_corners_need_a_value():
    with pytest.raises(ResultError, match="only the interval"):
        printed.corners(lambda x: x, Estimate(None, 1, 2))


# --- the printed models


def test_the_printed_models_add_up_to_the_printed_chinese_volume(top, volumes):
    six = printed.top_sum(top)
    china = volumes[(volumes["metric"] == "tokens") & (volumes["country"] == "CN")]["value"].item()
    assert six.value == pytest.approx(china)
    assert six.high - six.low == pytest.approx(2 * (0.05 + 5 * 0.005))


def test_free_and_paid_parts_add_up(top):
    assert printed.top_sum(top, free=True).value + printed.top_sum(top, free=False).value == pytest.approx(
        printed.top_sum(top).value
    )
    assert printed.printed_free_share(top).value == pytest.approx(100 * 5.86 / 12.96)


def test_the_free_share_by_the_ranking_counts_the_preview_too(ranked, top):
    share = free.free_share(ranked, top)
    assert share.value == pytest.approx(100 * (4.6 + 1.64 + 1.26) / 12.96)
    assert share.low < printed.printed_free_share(top).value < share.value < share.high


# --- users


# --- the weekly rankings


def test_nine_places_of_the_ranking_give_the_printed_growth_and_ten_do_not(ranked, volumes):
    for country in ("CN", "US"):
        said = volumes[(volumes["metric"] == "growth") & (volumes["country"] == country)].iloc[0]
        nine, ten = (rankings.growth(ranked, volumes, country, places).value for places in (9, 10))
        assert said["low"] - 0.01 <= nine <= said["high"] + 0.01
        assert abs(ten - said["value"]) > 5


def test_the_ranking_confirms_the_printed_weeks_ahead(ranked, press, volumes):
    said = volumes[volumes["metric"] == "weeks_ahead"]["value"].item()
    for places in (9, 10):
        weeks = rankings.weekly(rankings.attributed(ranked, places), press, 55.0)
        ahead = rankings.weeks_ahead(weeks, volumes)
        assert ahead.value == said
        assert ahead.low <= ahead.value <= ahead.high


def test_the_lead_is_certain_with_ten_places_and_not_with_nine(ranked, press, volumes):
    def low(places):
        weeks = rankings.weekly(rankings.attributed(ranked, places), press, 55.0)
        return rankings.week_ratio(weeks, volumes).low

    assert low(10) > 1 > low(9)
    assert low(9) == pytest.approx(12.96 / (27.0 - 12.96))


def small_weeks(coverage=50.0):
    models = rows(
        (0, 1, "a", "A", "US", "paid", 3.0),
        (0, 2, "b", "B", "CN", "paid", 1.0),
        (1, 1, "b", "B", "CN", "paid", 4.0),
        (1, 2, "a", "A", "US", "free", 1.0),
        (2, 1, "b", "B", "CN", "free", 4.0),
        (2, 2, "a", "A", "US", "paid", 2.0),
        (3, 1, "a", "A", "US", "paid", 2.0),
        (3, 2, "b", "B", "CN", "paid", 1.0),
    )
    return models, rankings.weekly(models, no_press(), coverage)


def test_bounds_of_a_week_in_closed_form():
    _, weeks = small_weeks()
    second = weeks.iloc[1]
    assert second["total"] == pytest.approx(10)
    assert second["ratio"] == pytest.approx(4)
    assert second["ratio_low"] == pytest.approx(4 / 6)
    assert second["ratio_high"] == pytest.approx(9 / 1)
    assert second["share_low"] == pytest.approx(40)
    assert second["share_high"] == pytest.approx(90)


def test_full_coverage_leaves_no_doubt():
    _, weeks = small_weeks(100.0)
    assert weeks["ratio_low"].to_list() == pytest.approx(weeks["ratio"].to_list())
    assert weeks["ratio_high"].to_list() == pytest.approx(weeks["ratio"].to_list())


@given(st.floats(20, 99), st.floats(0.5, 1))
def test_less_coverage_means_wider_bounds(coverage, factor):
    _, wide = small_weeks(coverage * factor)
    _, narrow = small_weeks(coverage)
    assert (wide["ratio_low"] <= narrow["ratio_low"] + 1e-12).all()
    assert (wide["ratio_high"] >= narrow["ratio_high"] - 1e-12).all()


def test_a_printed_total_takes_the_place_of_the_coverage():
    models, _ = small_weeks()
    known = pd.DataFrame({"country": ["all"], "week_end": [WEEKS[1]], "value": [8.0]})
    weeks = rankings.weekly(models, known, 50.0)
    assert weeks["total"].to_list() == pytest.approx([8, 8, 12, 6])
    assert weeks["total_printed"].to_list() == [False, True, False, False]
    assert rankings.coverage(weeks).value == pytest.approx(100 * 5 / 8)


def test_a_run_of_weeks_ends_where_a_week_is_missing():
    _, weeks = small_weeks()
    later = weeks.assign(week_end=weeks["week_end"] + pd.to_timedelta([0, 0, 7, 7], unit="D"))
    assert rankings.runs(later)["weeks"].to_list() == [1, 1, 1, 1]


def test_runs_of_weeks():
    _, weeks = small_weeks()
    stretches = rankings.runs(weeks)
    assert stretches["leader"].to_list() == ["US", "CN", "US"]
    assert stretches["weeks"].to_list() == [1, 2, 1]
    assert rankings.longest_run(weeks, "CN").value == 2


@pytest.mark.parametrize(("ahead", "weeks"), [([False, True, True], 2), ([True, True], 2), ([True, False], 0), ([], 0)])
def test_weeks_that_a_series_ends_with(ahead, weeks):
    assert rankings._ending_at(pd.Series(ahead, dtype=bool)) == weeks


def test_free_and_paid_add_up_to_the_listed(ranked, press):
    models = rankings.attributed(ranked, 10)
    split = free.free_volumes(models)
    weeks = rankings.weekly(models, press, 55.0).set_index("week_end")
    for country in ("CN", "US"):
        part = split[split["country"] == country].set_index("week_end")
        assert (part["free"] + part["paid"]).to_list() == pytest.approx(weeks[country].to_list())


# --- revenue


def test_price_of_a_token_in_closed_form_and_at_the_limits():
    half = revenue.price_of_tokens(np.array([0.1]), np.array([0.5]), 2.0, 10.0, 0.2)
    assert half.item() == pytest.approx(0.9 * (0.5 * 2 + 0.5 * 0.2) + 0.1 * 10)
    assert revenue.price_of_tokens(np.array([1.0]), np.array([0.3]), 2.0, 10.0, 0.2).item() == pytest.approx(10)
    assert revenue.price_of_tokens(np.array([0.0]), np.array([1.0]), 2.0, 10.0, 0.2).item() == pytest.approx(0.2)


def test_cached_tokens_are_charged_once():
    split = {"prompt_tokens": 0.9, "completion_tokens": 0.1, "cached_tokens": 0.6, "cache_price": 0.1}
    priced = revenue.revenue(rows((0, 1, "a", "A", "US", "paid", 1.0, split)), NO_WRITES, 0.5).iloc[0]
    assert priced["revenue"] == pytest.approx(0.3 * 1 + 0.6 * 0.1 + 0.1 * 2)
    assert priced["revenue_low"] == pytest.approx(priced["revenue"])
    assert priced["revenue_high"] == pytest.approx(priced["revenue"])
    assert priced["revenue_undiscounted"] == pytest.approx(0.9 * 1 + 0.1 * 2)


def test_an_unknown_cache_price_is_bounded_by_nothing_and_the_full_price():
    split = {"prompt_tokens": 0.9, "completion_tokens": 0.1, "cached_tokens": 0.6}
    ranking = rows((0, 1, "a", "A", "US", "paid", 1.0, split))
    priced = revenue.revenue(ranking, NO_WRITES, 0.25).iloc[0]
    assert priced["revenue_low"] == pytest.approx(0.3 + 0.2)
    assert priced["revenue_high"] == pytest.approx(0.9 + 0.2)
    assert priced["revenue"] == pytest.approx(0.3 + 0.6 * 0.25 + 0.2)


def test_an_unknown_split_takes_the_mix_of_its_kin_within_bounds():
    split = {"prompt_tokens": 1.6, "completion_tokens": 0.4, "cached_tokens": 0.8, "cache_price": 0.1}
    ranking = rows(
        (0, 1, "a", "A", "US", "paid", 2.0, split),
        (1, 1, "a", "A", "US", "paid", 2.0, {"cache_price": 0.1}),
    )
    known, unknown = (row for _, row in revenue.revenue(ranking, NO_WRITES, 0.5).iterrows())
    assert unknown["revenue"] == pytest.approx(known["revenue"])
    assert unknown["revenue_low"] == pytest.approx(2 * 0.1)
    assert unknown["revenue_high"] == pytest.approx(2 * (0.8 * 1 + 0.2 * 2))


def test_free_tokens_earn_nothing_until_priced(ranked, volumes):
    models = rankings.attributed(ranked, 10)
    now = in_week(revenue.revenue(models, NO_WRITES, 0.5), volumes)
    assert (now.loc[now["tier"] == "free", "revenue"] == 0).all()
    later = in_week(revenue.revenue(revenue.priced_as_paid(models), NO_WRITES, 0.5), volumes)
    assert later.loc[now.index[now["tier"] == "free"], "revenue"].gt(0).all()
    same = now["tier"] == "paid"
    assert later.loc[same, "revenue"].to_list() == pytest.approx(now.loc[same, "revenue"].to_list())


def test_a_free_model_takes_its_own_first_later_price():
    ranking = rows(
        (0, 1, "a", "A", "US", "free", 1.0, {"prompt_price": 0.0, "completion_price": 0.0}),
        (1, 1, "a", "A", "US", "paid", 1.0, {"prompt_price": 3.0, "completion_price": 4.0}),
        (2, 1, "a", "A", "US", "paid", 1.0, {"prompt_price": 5.0, "completion_price": 6.0}),
        (2, 2, "z", "Z", "US", "free", 1.0, {"prompt_price": 0.0, "completion_price": 0.0}),
    )
    priced = revenue.priced_as_paid(ranking)
    assert priced["prompt_price"].to_list() == [3, 3, 5, 0]
    assert priced["tier"].to_list() == ["paid", "paid", "paid", "free"]


def test_recorded_revenue_by_hand(ranked, volumes):
    models = rankings.attributed(ranked, 10)
    opus = (
        in_week(revenue.revenue(models, NO_WRITES, 0.5), volumes)
        .set_index("slug")
        .loc["anthropic/claude-4.6-opus-20260205"]
    )
    expected = (1.005507 - 0.70701) * 5 + 0.70701 * 0.5 + 0.011562 * 25
    assert opus["revenue"] == pytest.approx(expected * 1.02 / (1.005507 + 0.011562))


def test_paid_prices_and_paid_tokens_in_closed_form(volumes):
    split = {"prompt_tokens": 0.5, "completion_tokens": 0.5, "cached_tokens": 0.0, "cache_price": 0.1}
    ranking = rows(
        (0, 1, "a", "A", "US", "paid", 2.0, split | {"prompt_price": 6.0, "completion_price": 10.0}),
        (0, 2, "b", "B", "CN", "paid", 3.0, split),
        (0, 3, "c", "B", "CN", "free", 9.0, split),
    ).assign(week_end=printed.first_week(volumes))
    assert free.paid_ratio(ranking, volumes).value == pytest.approx(1.5)
    assert revenue.paid_price_ratio(
        revenue.revenue(ranking, NO_WRITES, 0.5), printed.first_week(volumes)
    ).value == pytest.approx(8.0 / 1.5)


def test_the_shares_by_week_hold_those_of_all_weeks(ranked):
    priced = revenue.revenue(rankings.attributed(ranked, 10), NO_WRITES, 0.5)
    shares = revenue.revenue_shares(priced)
    whole = revenue.share_of_all_weeks(priced, "revenue")
    assert whole.value == pytest.approx(100 * shares["CN"].sum() / (shares["CN"] + shares["US"]).sum())
    assert shares["revenue"].between(shares["revenue_low"] - 1e-9, shares["revenue_high"] + 1e-9).all()


# --- concentration and free offers


def test_what_is_left_after_a_free_offer():
    ranking = rows(
        (0, 1, "a", "A", "US", "free", 4.0),
        (0, 2, "k", "K", "CN", "paid", 1.0),
        (1, 1, "a", "A", "US", "free", 2.0),
        (1, 2, "k", "K", "CN", "paid", 1.0),
        (2, 1, "k", "K", "CN", "paid", 1.0),
        (3, 1, "k", "K", "CN", "free", 1.0),
        (3, 2, "a", "A", "US", "paid", 0.5),
    )
    exits = free.free_exits(ranking, 2)
    assert exits["model"].unique().tolist() == ["a"]
    assert exits["week"].to_list() == [-1, 0, 1, 2]
    assert exits["listed"].to_list() == [True, True, False, True]
    kept = free.retained(exits)
    assert (kept.value, kept.low, kept.high) == (
        None,
        0,
        pytest.approx(50),
    )  # two variants, each up to the last place's 1


def test_a_paid_variant_that_stays_listed_is_counted_as_it_is():
    ranking = rows(
        (0, 1, "a", "A", "US", "free", 4.0),
        (0, 2, "k", "K", "CN", "paid", 1.0),
        (1, 1, "a", "A", "US", "paid", 3.0),
        (1, 2, "k", "K", "CN", "paid", 1.0),
    )
    kept = free.retained(free.free_exits(ranking, 1))
    assert (kept.low, kept.high) == pytest.approx((75, 100))


# --- the whole platform


@pytest.fixture(scope="module")
def classified():
    return platform.classified(table("platform_weeks"), table("vendors"), table("disclosures"), "disclosed")


def test_the_platforms_week_adds_up_to_the_total_that_the_press_printed(classified, press, volumes):
    week = printed.first_week(volumes)
    total = classified[classified["week_end"] == week]["value"].sum()
    told = press[(press["country"] == "all") & (press["week_end"] == week)].iloc[0]
    assert told["low"] <= total <= told["high"]


def test_the_nine_largest_models_are_those_of_the_article(classified, volumes):
    chart = platform.chart(classified, printed.first_week(volumes)).set_index("country")
    for country in ("CN", "US"):
        told = volumes[(volumes["metric"] == "tokens") & (volumes["country"] == country)]["value"].item()
        assert chart.loc[country, "listed"] == pytest.approx(told, rel=1e-3)
    assert chart[["listed", "beyond"]].to_numpy().sum() == pytest.approx(27.005556)


def test_the_daily_data_and_the_ranking_agree_for_the_week(classified, ranked, volumes):
    week = printed.first_week(volumes)
    daily = classified[classified["week_end"] == week].set_index("slug")["value"]
    listed = ranked[ranked["week_end"] == week].set_index("slug")["value"]
    assert (daily[listed.index] / listed).between(0.99, 1.01).all()


def test_every_vendor_of_the_platform_is_known_and_only_other_is_not(classified):
    assert set(classified.loc[classified["vendor"].isna(), "slug"]) == {"other"}
    assert set(classified["country"]) == {"CN", "US", "elsewhere", "unknown"}


def test_cover_names_count_as_the_parameter_says():
    weeks, vendors, later = table("platform_weeks"), table("vendors"), table("disclosures")
    of = {
        choice: platform.classified(weeks, vendors, later, choice).groupby("country")["value"].sum()
        for choice in ("disclosed", "other", "CN", "US")
    }
    owl = weeks[weeks["slug"] == "openrouter/owl-alpha"]["value"].sum()
    assert of["disclosed"]["CN"] - of["other"]["CN"] == pytest.approx(owl)
    assert of["US"]["US"] - of["other"]["US"] == pytest.approx(owl)
    assert of["CN"]["CN"] == pytest.approx(of["disclosed"]["CN"])


def platform_rows(*records):
    columns = ["week_end", "slug", "vendor", "country", "value", "free"]
    return pd.DataFrame([(WEEKS[week], *rest) for week, *rest in records], columns=columns)


def small_platform():
    return platform_rows(
        (0, "a/x", "A", "US", 4.0, False),
        (0, "b/y:free", "B", "CN", 3.0, True),
        (0, "b/z", "B", "CN", 2.0, False),
        (0, "other", None, "unknown", 1.0, False),
    )


def test_a_week_of_the_platform_in_closed_form():
    weeks = platform.weekly(small_platform())
    now = platform.of_week(weeks, WEEKS[0])
    assert (now["ratio"].value, *now["ratio"].ends) == pytest.approx((5 / 4, 5 / 5, 6 / 4))
    assert now["unknown"].value == pytest.approx(10)
    assert (now["share"].value, *now["share"].ends) == pytest.approx((100 * 5 / 9, 50, 60))
    assert (platform.weeks_led(weeks).value, *platform.weeks_led(weeks).ends) == (1, 0, 1)
    paid = platform.paid_ratio(small_platform(), WEEKS[0])
    assert (paid.value, *paid.ends) == pytest.approx((2 / 4, 2 / 5, 3 / 4))


def test_a_week_without_us_tokens_is_named_with_its_table():
    none = small_platform()
    none.loc[none["country"] == "US", "value"] = 0.0
    with pytest.raises(DataError, match=f"platform_weeks: no tokens of US .* {WEEKS[0]:%Y-%m-%d}"):
        platform.paid_ratio(none, WEEKS[0])


def test_what_is_beyond_the_chart_in_closed_form():
    beyond = pd.DataFrame({"country": ["CN", "US", "elsewhere", "unknown"], "beyond": [3.0, 5.0, 1.0, 1.0]})
    part = platform.us_part_beyond(beyond)
    assert (part.value, *part.ends) == pytest.approx((100 * 5 / 9, 50, 60))


def test_the_vendors_index_in_closed_form_and_at_its_bounds():
    shares = platform.vendor_shares(small_platform(), WEEKS[0])
    assert shares["share"].sum() == pytest.approx(100)
    assert platform.vendor_index(shares).ends == pytest.approx((50**2 + 40**2, 60**2 + 40**2))
    one = pd.DataFrame({"vendor": ["A"], "share": [100.0]})
    assert platform.vendor_index(one).ends == pytest.approx((10_000, 10_000))


def test_open_weights_by_month_and_of_chinese_models():
    months = table("platform_months")
    shares = platform.open_months(months)
    assert shares["low"].le(shares["high"]).all()
    assert len(shares) == months["period_end"].nunique()
    listed = pd.DataFrame({"slug": ["b/y"], "open": [True]})
    weeks = platform.chinese_weights(small_platform(), listed).iloc[0]
    assert (weeks["open"], weeks["closed"], weeks["unlisted"], weeks["share"]) == pytest.approx((3, 0, 2, 60))


def test_the_coverage_by_month_in_closed_form():
    ends = pd.date_range("2026-02-01", "2026-03-08", freq="7D")
    listed = pd.DataFrame({"week_end": ends, "listed": 7.0})
    months = pd.DataFrame(
        {
            "period_start": pd.to_datetime(["2026-02-01", "2026-03-01"]),
            "period_end": pd.to_datetime(["2026-02-28", "2026-03-31"]),
            "value": [56.0, 10.0],
        }
    )
    assert platform.coverage_by_month(listed, months).ends == pytest.approx((50, 50))


# --- users, cover names and the cache


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ([172, 227], "lie between two counts of its monthly users, 172 million (30 Sep 2025) and 227 million"),
        ([172], "are more than any count of its monthly users, of which the highest is 172 million"),
        ([227], "are no more than any count of its monthly users, of which the lowest is 227 million"),
        ([], "have no count of its monthly users beside them"),
    ],
)
def test_a_printed_number_of_users_is_set_beside_the_counts_that_there_are(users, kept, told):
    counts, history = tables.load("token_economics/user_readings"), tables.load("token_economics/platform_history")
    app, half = counts[counts["value"].isin(kept)], Estimate(1.0, 0.9, 1.1)
    assert f"million users of Doubao {told}" in words.users(
        users, 1.0, Estimate(50, 45, 55, "%"), half, half, history, app
    )


def test_own_use_at_equal_intensity_is_the_share_of_users(users, volumes):
    assert printed.own_use(users, printed.share(volumes, "CN"), 1.0).value == pytest.approx(100 * 6 / 48)


@pytest.mark.parametrize(("part", "expected"), [(100, 48 * 94 / (6 * 52)), (50, 24 * 94 / (6 * 76))])
def test_own_use_reaches_a_part_at_its_intensity(users, volumes, part, expected):
    share = printed.share(volumes, "CN")
    level = printed.intensity_for(users, share, part).value
    assert level == pytest.approx(expected)
    assert printed.own_use(users, share, level).value == pytest.approx(part)
    assert printed.own_use_curve(users, share, 50.0)["intensity"].max() == pytest.approx(50)


def test_the_first_nine_give_every_sum_that_the_press_printed(ranked, press):
    compared = rankings.compare_with_press(ranked, press, table("disclosures"))
    matched, of = rankings.exact_matches(compared, 9)
    assert (matched.value, *matched.ends, of.value) == (15, 14, 15, 15)
    assert rankings.exact_matches(compared, 10)[0].value < of.value / 2 + 1


def test_the_sums_from_sound_sources_match_too(ranked, press):
    compared = rankings.compare_with_press(ranked, press, table("disclosures"))
    sound = rankings.sound(compared, tables.load("sources"))
    matched, of = rankings.exact_matches(sound, 9)
    assert matched.value == of.value < rankings.exact_matches(compared, 9)[1].value
    assert not sound["source"].isin(["press-sns-openrouter", "press-wpnews-openrouter"]).any()


def test_a_cover_name_counts_as_its_vendors_only_once_that_was_named():
    ranking = rows(
        (0, 1, "a", "A", "CN", "paid", 3.0),
        (0, 2, "x", None, None, "free", 1.0),
        (2, 1, "a", "A", "CN", "paid", 3.0),
        (2, 2, "x", None, None, "free", 1.0),
    )
    press = pd.DataFrame({"week_end": [WEEKS[0], WEEKS[2]], "country": "CN", "value": [3.0, 4.0], "source": "s"})
    later = pd.DataFrame({"slug": ["x"], "country": ["CN"], "disclosed": [WEEKS[1]]})
    matched, of = rankings.exact_matches(rankings.compare_with_press(ranking, press, later), 9)
    assert (matched.value, matched.low, of.value) == (2, 1, 2)


def test_the_cached_share_of_prompts_in_closed_form():
    split = {"prompt_tokens": 0.8, "completion_tokens": 0.2, "cached_tokens": 0.4}
    ranking = rows(
        (0, 1, "a", "A", "US", "paid", 1.0, split),
        (0, 2, "b", "B", "US", "free", 1.0, split | {"cached_tokens": 0.0}),
        (0, 3, "c", "C", "US", "paid", 2.0),
    )
    mix = revenue.token_mix(ranking)
    share = revenue.cached_share(mix, WEEKS[0], "US")
    assert (share.value, share.low, share.high) == pytest.approx((25, 100 * 0.4 / 3.2, 100 * 2.8 / 3.2))
    assert (mix["completion"].item(), mix["recorded"].item()) == pytest.approx((20, 50))


def test_the_records_zeros_make_the_chinese_cache_uncertain(ranked, volumes):
    mix = revenue.token_mix(rankings.attributed(ranked, 10))
    share = revenue.cached_share(mix, printed.first_week(volumes), "CN")
    assert (share.value, share.low, share.high) == pytest.approx((45.9, 40.5, 85.8), abs=0.1)


# --- revenue of countries


def test_writing_to_a_cache_raises_the_upper_end_only():
    split = {"prompt_tokens": 0.9, "completion_tokens": 0.1, "cached_tokens": 0.6, "cache_price": 0.1}
    ranking = rows((0, 1, "a", "A", "US", "paid", 1.0, split))
    priced = revenue.revenue(ranking, pd.DataFrame({"vendor": ["A"], "multiple": [1.25]}), 0.5).iloc[0]
    assert priced["revenue"] == pytest.approx(0.3 + 0.06 + 0.2)
    assert priced["revenue_high"] == pytest.approx(1.25 * 0.3 + 0.06 + 0.2)


def test_the_revenue_ratio_lies_below_one_with_any_one_model_left_out(ranked, volumes):
    week, writes = printed.first_week(volumes), table("cache_writes")
    ratio = revenue.revenue_ratio(ranked, writes, week, 0.5, 10)
    assert ratio.low <= ratio.value <= ratio.high < 1 < printed.listed_ratio(volumes).value
    alone = revenue.without_one(revenue.revenue(rankings.attributed(ranked, 10), writes, 0.5), week)
    assert alone["value"].between(0.1, 0.8).all()
    assert alone.groupby("country")["part"].sum().to_list() == pytest.approx([100, 100])
    span = revenue.range_without_one(alone, ratio)
    assert span.low < ratio.value < span.high


@pytest.mark.parametrize("length", [7, 9, 10])
def test_ways_of_counting_agree_with_the_ratios(ranked, volumes, length):
    models = rankings.attributed(ranked, length)
    ways = revenue.countings(models, volumes, tables.load("cost_structure/prices"), NO_WRITES, 0.5)
    part = ways.set_index("counting")["value"]
    ratio = revenue.revenue_ratio(ranked, NO_WRITES, printed.first_week(volumes), 0.5, length).value
    assert part["their list price, cached tokens discounted"] == pytest.approx(100 * ratio / (1 + ratio))
    article = part["the article's tokens at the article's prices"]
    assert article == pytest.approx(100 * 12.96 * 0.3 / (12.96 * 0.3 + 3.03 * 5))
    assert ways["low"].le(ways["value"] + 1e-9).all()
    assert ways["high"].ge(ways["value"] - 1e-9).all()


# --- provenance, parameters, sensitivity to the rows


def test_a_changed_row_changes_the_results_that_depend_on_it_and_no_other(ranked, top, volumes):
    changed = ranked.copy()
    row = (changed["week_end"] == printed.first_week(volumes)) & (changed["rank"] == 2)
    changed.loc[row, ["value", "low", "high"]] *= 2
    before, after = (
        revenue.revenue_ratio(frame, NO_WRITES, printed.first_week(volumes), 0.5, 10).value
        for frame in (ranked, changed)
    )
    assert after > before
    assert free.free_share(changed, top).value == free.free_share(ranked, top).value
    assert inputs_of(printed.top_sum(top)) == {"token_economics/top_models"}


def test_every_week_of_the_ranking_is_there_once(ranked):
    ends = ranked["week_end"].drop_duplicates().sort_values()
    assert len(ends) == 26
    assert (ends.diff().dropna() == pd.Timedelta(days=7)).all()
    assert ranked.groupby("week_end")["rank"].apply(lambda r: sorted(r) == list(range(1, len(r) + 1))).all()
    falling = ranked.sort_values(["week_end", "rank"]).groupby("week_end")["value"]
    assert falling.apply(lambda v: v.is_monotonic_decreasing).all()


def test_recorded_splits_fit_their_totals(ranked):
    known = ranked.dropna(subset=["prompt_tokens"])
    parts = (known["prompt_tokens"] + known["completion_tokens"]) / known["value"]
    later = known["week_end"] > known["week_end"].min()
    assert parts[later].between(0.98, 1.02).all()
    assert (known["cached_tokens"].dropna() <= known.loc[known["cached_tokens"].notna(), "prompt_tokens"]).all()


def test_the_article_and_the_ranking_agree_on_the_six(ranked, top):
    week = ranked[(ranked["week_end"] == printed.first_week(top)) & (ranked["rank"] <= 6)].sort_values("rank")
    assert week["value"].to_list() == pytest.approx(top["value"].to_list())
    assert rankings.chinese_places(ranked, table("top_model_counts")).value == 6
    split = (week["prompt_tokens"] + week["completion_tokens"]).to_numpy()
    known = ~np.isnan(split)
    assert known.sum() == 5
    assert (week["low"] - 1e-6 <= split)[known].all()  # unrounded splits add up to the rounded volumes
    assert (split <= week["high"] + 1e-6)[known].all()


@pytest.mark.parametrize(
    "bad", [{"ranking_length": 6}, {"unnamed_models": "FR"}, {"list_coverage": 0.0}, {"tokenizer": 1.0}]
)
def test_bad_parameters_are_refused(bad):
    with pytest.raises(ParameterError):
        check(theme.Parameters, bad)


# --- figures and words

REFUSED = {("top_models", "no China"): "all models that the article lists are Chinese"}


@pytest.mark.parametrize("name", variants.names("token_economics"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    variants.check_narrow(variants.call("token_economics", name), tmp_path)


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("name", variants.names(STEM))
def test_a_figure_follows_its_data(name, variant, tmp_path):
    variants.check(variants.call(STEM, name), variant, tmp_path, REFUSED.get((name, variant)))


def test_a_free_share_and_a_ratio_of_paid_tokens_make_each_other(classified, volumes):
    raw, disclosures = table("weekly_rankings"), table("disclosures")
    models = rankings.attributed(rankings.named(raw, disclosures, "disclosed"), 10)
    linked = free.bridge(table("top_models"), volumes, models, classified)
    week = printed.first_week(volumes)
    assert linked["paid"].iloc[-2:].tolist() == pytest.approx(
        [free.paid_ratio(models, volumes).value, platform.paid_ratio(classified, week).value]
    )
    assert linked["free_cn"].iloc[0] == pytest.approx(printed.printed_free_share(table("top_models")).value)
    assert linked["free_cn"].iloc[1] == pytest.approx(57.87, abs=0.01)
    said = words.bridge(linked, Estimate(5.7), Estimate(1.13, 0.95, 1.32))
    assert "run from 45 to 58 %, the ratios of paid tokens from 1.13 to 2.34" in said
    assert "its paid ones from 6.3 to 9.2, and those of the US from 3.0 to 8.1" in said


def test_the_answer_has_three_sentences_and_its_numbers_are_the_results(classified, volumes):
    week = printed.first_week(volumes)
    whole = platform.weekly(classified)
    now, led = platform.of_week(whole, week), platform.weeks_led(whole)
    paid, chinese = platform.paid_ratio(classified, week), platform.chinese_weights(classified, table("open_weights"))
    about = (now, printed.listed_ratio(volumes), paid, led, whole, Estimate(0.35), chinese)
    said = words.found(*about, [Estimate(1.4), Estimate(2.6)])
    assert "in the later weeks it was 1.4 to 2.6 to 1" in said
    assert "were used more" in said.split(", the last at hand")[0], "the data end before the day on which they are read"
    assert "later weeks" not in words.found(*about, [])
    assert len([part for part in said.split(". ") if part]) == 3
    for number in ("1.9 to 1", "1.6 to 2.1", "4.3 to 1", "13 of the 13", "1.13 to 1", "0.95 to 1.32", "0.35 to 1"):
        assert number in said


def test_who_leads_is_said_to_be_certain_only_if_it_is(classified, volumes):
    week = printed.first_week(volumes)
    chart, paid = platform.chart(classified, week), platform.paid_ratio(classified, week)
    beyond, listed = platform.us_part_beyond(chart), printed.listed_ratio(volumes)
    now = platform.of_week(platform.weekly(classified), week)
    assert "The lead stands whoever has the unknown" in words.platform(now, listed, paid, beyond, chart)
    assert "neither country is surely ahead" in words.platform(now, listed, paid, beyond, chart)
    close = now | {"ratio": Estimate(1.1, 0.9, 1.3)}
    assert "Who leads is not certain" in words.platform(close, listed, paid, beyond, chart)


def test_the_label_of_the_freest_week_lies_above_the_bars_beside_it():
    call = variants.call(STEM, "free_and_paid")
    volumes = call.args[0].copy()
    us = volumes["country"] == "US"
    first, second = volumes[us].sort_values("week_end").index[5:7]
    volumes.loc[us, ["free", "paid"]] = [0.0, 1.0]
    volumes.loc[first, "free"] = 0.5
    volumes.loc[second, "paid"] = 4.0
    plot = call.function(volumes, *call.args[1:], **call.kwargs)
    (label,) = (text for text in plot.figure.axes[1].texts if "free" in text.get_text())
    assert label.xy == (volumes.loc[first, "week_end"], 4.0)


# --- a country that is missing


def without(name, country):
    """A table of the theme in which a country is missing."""
    return table(name).query("country != @country")


def whole(vendors):
    """The platform's models with other vendors, and no cover name that tells a country."""
    return platform.classified(table("platform_weeks"), vendors, table("disclosures"), "other")


NEEDS = {
    "vendors": lambda rows: platform.weekly(whole(rows)),
    "weekly_rankings": lambda rows: rankings.printed_models(table("top_models"), rows),
}
"""Tables by what first compares both countries in them."""


@pytest.mark.parametrize("gone", ["US", "CN"])
@pytest.mark.parametrize("name", NEEDS)
def test_a_table_without_a_country_is_named_with_the_country(name, gone):
    expected = rf"token_economics/{name}.*: column 'country' has none of {gone} among .*add rows of {gone}$"
    with pytest.raises(DataError, match=expected):
        NEEDS[name](without(name, gone))


@pytest.mark.parametrize("gone", ["US", "CN"])
def test_an_article_s_week_without_a_country_stops_also_where_other_weeks_have_it(volumes, gone):
    week = printed.first_week(volumes)
    models = whole(table("vendors"))
    models = models[(models["week_end"] != week) | (models["country"] != gone)]
    platform.weekly(models)
    with pytest.raises(
        DataError, match=rf"platform_weeks.*none of {gone} among the models of the week .*{week:%Y-%m-%d}"
    ):
        platform.chart(models, week)


def test_printed_tables_without_rows_are_named(top):
    with pytest.raises(DataError, match=r"token_economics/top_models: column 'week_end' has 0 weeks.*add rows"):
        printed.first_week(top[:0])
    with pytest.raises(DataError, match=r"token_economics/top_model_counts: no row; .*country CN: add it"):
        rankings.chinese_places(table("weekly_rankings"), table("top_model_counts")[:0])


def test_a_claim_that_a_sentence_prints_is_asked_for_by_its_table(users):
    with pytest.raises(DataError, match=r"token_economics/users: column 'claim' has no A45.*add its row"):
        printed.said(users[users["claim"] != "A45"])["A45"]


def nine(press, disclosures):
    """The sentence on the first nine places, from other printed sums and named vendors."""
    ranked, volumes = table("weekly_rankings"), table("weekly_volumes")
    compared = rankings.compare_with_press(ranked, press, disclosures)
    matches = {places: rankings.exact_matches(compared, places) for places in (9, 10)}
    by_ten, grown = rankings.largest_difference(compared, 10), {"CN": [Estimate(1.0)] * 2, "US": [Estimate(1.0)] * 2}
    return words.nine(volumes, ranked, disclosures, matches[10][0], matches[9][0], by_ten, grown, matches[9], press)


@pytest.mark.parametrize(("gone", "seat"), [("US", "the US"), ("CN", "China")])
def test_sums_that_the_press_printed_of_one_country_only_match_nothing_of_the_other(gone, seat):
    said = nine(without("press_volumes", gone), table("disclosures"))
    assert f" Of {seat} token_economics/press_volumes has no sum, so that nothing is matched there. " in said
    assert "has no sum" not in nine(table("press_volumes"), table("disclosures"))


def test_no_sums_of_either_country_are_said_to_be_missing(press, ranked):
    with pytest.raises(DataError, match="press_volumes: column 'country' has none of CN and US: add rows"):
        rankings.compare_with_press(ranked, press[press["country"] == "all"], table("disclosures"))


def test_cover_names_without_a_vendor_leave_no_empty_list():
    none = table("disclosures")[:0]
    platform.classified(table("platform_weeks"), table("vendors"), none, "disclosed")
    said = nine(table("press_volumes"), none)
    assert "once that was named, and token_economics/disclosures names none of this ranking. Of the " in said


@pytest.mark.parametrize("gone", ["open", "closed"])
def test_months_without_a_kind_of_weights_are_no_share_of_nothing(gone):
    with pytest.raises(DataError, match=rf"platform_months: column 'weights' has none of {gone}: add rows of it"):
        platform.open_months(table("platform_months").query("weights != @gone"))


def test_a_ranking_from_which_no_free_variant_left_is_said_to_have_none(ranked):
    with pytest.raises(DataError, match=r"weekly_rankings: column 'tier' has no free variant that left.*add rows"):
        free.free_exits(ranked[ranked["tier"] != "free"], 4)
