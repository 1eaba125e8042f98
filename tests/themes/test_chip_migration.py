"""The chip theme's functions against closed forms, limits and published values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallelrun.data.tables import load
from parallelrun.errors import ParameterError, ResultError
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.parameters import check
from parallelrun.themes import chip_migration as theme

NAMES = (
    "accelerator_specs",
    "accelerators",
    "chip_specs",
    "comparisons",
    "china_market",
    "market_segments",
    "orders",
    "incumbent_shares",
    "software_compatibility",
    "chip_prices",
    "launch_claims",
)
WATTS = (400.0, 600.0)
FAST = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def tables():
    return {name: load(f"chip_migration/{name}") for name in NAMES}


@pytest.fixture(scope="module")
def serving():
    return theme.serving(theme.Parameters())


@pytest.fixture(scope="module")
def chips(tables):
    return [theme.chip(tables["accelerator_specs"], tables["accelerators"], key) for key in ("h20", "950pr-card")]


@pytest.fixture(scope="module")
def ranges(tables, serving):
    p = theme.Parameters()
    args = (tables["accelerator_specs"], tables["accelerators"], p.ascend_bin, serving)
    speeds = {
        "prefill": theme.speed_ratio(*args, prompt=p.prompt),
        "decode": theme.speed_ratio(*args, batch=p.batch, context=p.context),
    }
    return theme.input_ranges(
        p,
        speeds,
        tables["comparisons"],
        tables["software_compatibility"],
        tables["chip_prices"],
        load("cost_structure/electricity"),
        load("cost_structure/cost_inputs"),
    )


# -- the claimed multiple -----------------------------------------------------------------------------------------


def test_the_implied_rate_is_the_quotient_of_the_printed_numbers_with_its_corners(tables):
    implied = theme.implied_baseline(tables["chip_specs"], tables["comparisons"])
    assert implied.value == pytest.approx(1560 / 2.87)
    assert (implied.low, implied.high) == pytest.approx((1555 / 2.875, 1565 / 2.865))
    assert implied.unit == "TFLOPS"
    assert implied.inputs == {"chip_migration/chip_specs", "chip_migration/comparisons"}


def test_changing_a_source_row_changes_the_implied_rate_and_not_the_ratio(tables):
    specs = tables["accelerator_specs"]
    before = theme.ratio(specs, "950pr-card", "h20", "fp8_compute")
    altered = tables["comparisons"].copy()
    altered.loc[altered["claim"] == "A57", ["value", "low", "high"]] = (3.87, 3.865, 3.875)
    assert theme.implied_baseline(tables["chip_specs"], altered).value == pytest.approx(1560 / 3.87)
    assert theme.ratio(specs, "950pr-card", "h20", "fp8_compute") == before
    changed = specs.copy()
    changed.loc[(changed["chip"] == "h20") & (changed["metric"] == "fp8_compute"), ["value", "low", "high"]] = 600.0
    assert theme.ratio(changed, "950pr-card", "h20", "fp8_compute").value == pytest.approx(756 / 600)


def test_the_h20_has_no_fp4_rate(tables):
    with pytest.raises(ResultError, match="found 0"):
        theme.spec(tables["accelerator_specs"], "h20", "fp4_compute")


def test_only_the_card_with_all_units_at_bf16_meets_the_claim(tables):
    table = theme.pairings(tables["accelerator_specs"], tables["chip_specs"], tables["comparisons"])
    held = table[table["holds"]]
    assert held[["bin", "numerator", "denominator", "engine", "sparse"]].to_numpy().tolist() == [
        ["950pr-card", "BF16", "BF16", "matrix and vector", False]
    ]
    assert held["value"].item() == pytest.approx(425 / 148)
    assert "BF16 of the card" in theme.pairing_words(table)
    assert theme.pairing_words(table.assign(holds=False)) == "none"


def test_a_sparse_rate_halves_the_ratio_and_no_pairing_widens_a_format(tables):
    table = theme.pairings(tables["accelerator_specs"], tables["chip_specs"], tables["comparisons"])
    keys = ["bin", "numerator", "denominator", "engine"]
    wide = table.pivot_table(index=keys, columns="sparse", values="value")
    np.testing.assert_allclose(wide[False], 2 * wide[True])
    assert not ((table["numerator"] == "BF16") & (table["denominator"] == "FP8")).any()
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_the_chance_of_an_accidental_match_has_its_limits():
    one = pd.DataFrame({"value": [1.0, np.e], "low": [1.0, np.e], "high": [1.0, np.e]})
    assert theme.chance_of_match(one, Estimate(2.0, 2.0, 2.0)) == pytest.approx(0.0)
    assert theme.chance_of_match(one, Estimate(2.0, 1.0, 100.0)) == 1.0
    tenth = Estimate(2.0, 2.0, 2.0 * np.exp(0.1))
    assert theme.chance_of_match(one, tenth) == pytest.approx(1 - 0.9**2)


def test_cores_and_clock_give_the_printed_rates_cut_off(tables):
    assert theme.cube_peak(32, 1.65) == pytest.approx(432.5376)
    table = theme.bin_check(tables["accelerator_specs"])
    assert (np.floor(table["computed"]) == table["printed"]).all()
    assert table["gap"].between(0, 0.2).all()


def test_the_launch_report_fits_the_specifications(tables):
    table = theme.launch_check(tables["launch_claims"], tables["accelerator_specs"]).set_index("quantity")
    assert table.loc["multimodal generation speed", "said"] == pytest.approx(1.6)
    for quantity in ("memory capacity", "power"):
        row = table.loc[quantity]
        assert row["found_low"] <= row["said_high"]
        assert row["said_low"] <= row["found_high"]


def test_systems_agree_with_their_devices(tables):
    specs, accelerators = tables["accelerator_specs"], tables["accelerators"]
    for system, device in (("nvl72", "gb200"), ("cloudmatrix-384", "ascend-910c")):
        count = int(accelerators.set_index("chip").loc[system, "devices"])
        for metric in ("bf16_compute", "memory_capacity", "memory_bandwidth"):
            each = theme.spec(specs, system, metric) / count
            assert each.value == pytest.approx(theme.spec(specs, device, metric).value, rel=0.015)


def test_the_rated_power_is_demanded_only_where_it_is_needed(tables):
    server = theme.chip(tables["accelerator_specs"], tables["accelerators"], "950pr-server")
    assert np.isnan(theme.rated_power(server, needed=False))
    with pytest.raises(ValueError, match="not published"):
        theme.rated_power(server)


# -- roofline and serving -----------------------------------------------------------------------------------------


def test_a_missing_format_runs_at_the_next_wider_one(chips):
    h20, card = chips
    assert h20.rate("FP4") == h20.rate("FP8") == 296e12
    assert card.rate("FP4") == 1513e12
    assert h20.native("FP4") == "FP8"


@FAST
@given(st.floats(0.1, 1e5), st.sampled_from(["FP4", "FP8", "BF16"]))
def test_the_roofline_is_the_lesser_of_its_two_limits(intensity, precision):
    one = theme.Chip("x", "x", "US", (np.nan, 2e14, 1e14), 4e12, 1e11, 400.0)
    rate = float(theme.attainable(one, precision, intensity))
    assert rate == pytest.approx(min(one.rate(precision), intensity * 4e12))


def test_decode_of_one_sequence_reads_all_weights(chips, serving):
    h20 = chips[0]
    expected = (32e9 + 131072 * 1000) / (4e12 * 0.7)
    assert float(theme.decode_seconds(h20, serving, 1, 1000)) == pytest.approx(expected)


def test_memory_bound_decode_is_the_ratio_of_bandwidths_and_long_prefill_that_of_rates(tables, serving):
    args = (tables["accelerator_specs"], tables["accelerators"], "950pr-card", serving)
    decode = theme.speed_ratio(*args, batch=1, context=1000)
    assert decode.value == pytest.approx(0.35)
    assert decode.ends == pytest.approx((1.35 / 4.05, 1.45 / 3.95))
    assert theme.speed_ratio(*args, prompt=4000).value == pytest.approx(756 / 296)


@FAST
@given(st.floats(1, 2000), st.floats(1, 1e5))
def test_the_speed_ratio_lies_between_the_ratios_of_bandwidth_and_of_compute(batch, context):
    one = theme.Chip("a", "a", "US", (np.nan, 296e12, 148e12), 4e12, 96e9, 400.0)
    two = theme.Chip("b", "b", "CN", (1513e12, 756e12, 378e12), 1.4e12, 112e9, 600.0)
    load = theme.serving(theme.Parameters())
    ratio = float(theme.decode_seconds(one, load, batch, context) / theme.decode_seconds(two, load, batch, context))
    assert 0.35 - 1e-12 <= ratio <= 756 / 296 + 1e-12


def test_the_largest_batch_fills_the_memory(chips, serving):
    h20 = chips[0]
    batch = float(theme.largest_batch(h20, serving, 4096))
    held = serving.weight_bytes + batch * 4096 * serving.cache_bytes
    assert held <= 0.9 * h20.memory < held + 4096 * serving.cache_bytes
    big = replace(serving, parameters=180e9, precision="BF16")
    assert float(theme.largest_batch(h20, big, 4096)) == 0
    assert theme.throughput(chips, big, 4096).empty


def test_throughput_rises_with_the_batch_and_the_map_agrees_with_it(chips, serving):
    speeds = theme.throughput(chips, serving, 4096)
    for _, part in speeds.groupby("chip"):
        assert (np.diff(part["tokens_per_second"]) > -1e-9).all()
    grid = theme.speed_map(chips[1], chips[0], serving, np.array([8.0]), np.array([4096.0]))
    ours, theirs = (float(theme.decode_seconds(c, serving, 8, 4096)) for c in (chips[1], chips[0]))
    assert grid["ratio"].item() == pytest.approx(theirs / ours)
    assert grid["fits"].item()


def test_roof_points_lie_on_the_roof(chips, serving):
    table = theme.roofline(chips, serving, (1.0, 32.0), 4096, 2048)
    for one in chips:
        part = table[table["chip"] == one.name]
        np.testing.assert_allclose(part["rate"] * 1e12, theme.attainable(one, "FP8", part["intensity"]))
    assert set(table["kind"]) == {"roof", "decode", "prefill"}


# -- fleets and shares --------------------------------------------------------------------------------------------


def test_fleet_compute_spans_the_words_of_the_order(tables):
    words = theme.fleet(tables["orders"])
    assert words.ends == (200_000, 1_000_000)
    assert words.value == pytest.approx(np.sqrt(2e11))
    table = theme.fleet_compute(
        *(tables[n] for n in ("orders", "chip_specs", "accelerator_specs", "china_market")), "950pr-card"
    )
    row = table[(table["counted"] == "orders, in words") & (table["measure"] == "FP4 compute")].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((200_000 * 1.555, 1_000_000 * 1.565))
    planned = table[(table["counted"] == "planned shipments") & (table["measure"] == "BF16 compute")].iloc[0]
    assert planned["value"] == pytest.approx(750_000 * 378 / 989.4)


def test_unit_shares_add_up_and_agree_with_the_printed_ones(tables):
    shares = theme.market_shares(tables["china_market"])
    units = shares[shares["by"] == "units"].set_index("vendor")
    assert units["value"].sum() == pytest.approx(100)
    assert units.loc["NVIDIA", "value"] == pytest.approx(55, abs=0.5)
    assert units.loc[units["country"] == "CN", "value"].sum() == pytest.approx(41, abs=0.5)
    assert units.loc["NVIDIA", "low"] == pytest.approx(100 * 2.15 / (2.15 + 0.165 + 1.655))
    assert shares[shares["by"] == "value"]["value"].sum() == pytest.approx(100)


def test_hhi_of_a_monopoly_is_ten_thousand_and_the_unnamed_bound_it():
    alone = pd.DataFrame({"vendor": ["A"], "by": ["units"], "value": [100.0]})
    assert theme.hhi(alone).ends == (10_000, 10_000)
    half = pd.DataFrame({"vendor": ["A", "Other Chinese vendors"], "by": ["units"] * 2, "value": [50.0, 50.0]})
    assert theme.hhi(half).ends == (2500, 5000)


def test_value_of_a_chip_is_market_times_share_over_count(tables):
    values = theme.unit_values(tables["china_market"], tables["chip_prices"])
    row = values[(values["vendor"] == "Huawei") & (values["market"] == 20.4)].iloc[0]
    assert row["value"] == pytest.approx(20.4e9 * 0.40 / 812_000)
    assert row["low"] < row["value"] < row["high"]


def test_training_off_cuda_is_one_where_the_shares_agree(tables):
    incumbents = tables["incumbent_shares"].copy()
    incumbents[["value", "low", "high"]] = (85.0, 85.0, 85.0)
    assert theme.non_nvidia_intensity(incumbents).value == pytest.approx(1)
    found = theme.non_nvidia_intensity(tables["incumbent_shares"])
    assert found.low == pytest.approx((2.5 / 20) / (97.5 / 80))
    assert found.high == pytest.approx((3.5 / 10) / (96.5 / 90))


@FAST
@given(st.floats(5, 20), st.floats(21, 29), st.floats(30, 100))
def test_the_logistic_goes_through_its_two_points(first, second, ceiling):
    rate, middle = theme.logistic_through((2024, first), (2028, second), ceiling)
    np.testing.assert_allclose(theme.logistic([2024, 2028], rate, middle, ceiling), [first, second])
    assert float(theme.logistic(1e5, rate, middle, ceiling)) == pytest.approx(ceiling)


def test_a_share_above_the_ceiling_is_refused():
    with pytest.raises(ValueError, match="below the ceiling"):
        theme.logistic_through((2024, 15), (2028, 25), 20)


def test_paths_agree_at_the_printed_years_and_part_later(tables):
    paths = theme.share_paths(tables["market_segments"], (30.0, 100.0), 2040)
    for year, share in ((2024, 15), (2028, 25)):
        np.testing.assert_allclose(paths.loc[paths["year"] == year, "value"], share)
    assert (paths["low"] <= paths["value"] + 1e-9).all()
    assert (paths["value"] <= paths["high"] + 1e-9).all()
    end = paths[paths["year"] == 2040].set_index("ceiling")["value"]
    assert end[100.0] > 2 * end[30.0]


def test_parity_by_linear_extrapolation_in_closed_form(tables):
    linear = theme.parity_year(tables["market_segments"], "linear")
    assert linear.value == pytest.approx(2028 + 45 * 4 / 20)
    assert linear.low < linear.value < linear.high
    logit = theme.parity_year(tables["market_segments"], "logit")
    before, after = np.log(4) - np.log(15 / 85), np.log(7 / 3) - np.log(1 / 3)
    assert logit.value == pytest.approx(2028 + 4 * after / (before - after))
    with pytest.raises(ValueError, match="expected one of linear, logit"):
        theme.parity_year(tables["market_segments"], "cubic")


def test_the_domestic_path_meets_its_ends_and_the_observed_share_is_a_quotient(tables):
    path = theme.domestic_path(tables["china_market"], 2040).set_index("year")["value"]
    assert (path[2023], path[2028]) == pytest.approx((19, 93))
    observed = theme.observed_domestic_share(tables["china_market"]).set_index("by")
    assert observed.loc["value", "value"] == pytest.approx(100 * 16 / 37)
    assert observed.loc["units", "value"] == pytest.approx(100 * 1.65 / 4.01)
    world = theme.world_market(tables["china_market"], tables["market_segments"])
    assert world.value == pytest.approx(82 / 0.25)


# -- the cost of the move -----------------------------------------------------------------------------------------


def test_cocomo_gives_the_manuals_worked_example():
    assert float(theme.cocomo_effort(100, 1.15)) == pytest.approx(586.61, abs=0.01)  # model definition manual, 1.15


def test_the_adaptation_factor_at_its_limits():
    assert float(theme.adaptation_factor(100, 50, 0)) == 0
    assert float(theme.adaptation_factor(0, 100, 100)) == pytest.approx(1)
    assert float(theme.adaptation_factor(95, 50, 30)) == pytest.approx(0.4 * 0.025 + 0.3 * 0.05 + 0.3 * 0.3)


@FAST
@given(st.floats(0, 99), st.floats(0, 1), st.floats(1, 1e4))
def test_porting_effort_falls_with_compatibility(compatibility, more, size):
    less = float(theme.porting_effort(compatibility + more, size, 50, 30))
    assert less <= float(theme.porting_effort(compatibility, size, 50, 30)) + 1e-12
    assert less >= float(theme.porting_effort(100, size, 50, 30)) - 1e-12


def test_a_program_of_many_units_is_rarely_untouched():
    assert float(theme.untouched_probability(95, 1)) == pytest.approx(0.95)
    assert float(theme.untouched_probability(95, 100)) == pytest.approx(0.00592, abs=1e-5)
    assert float(theme.untouched_probability(100, 1e6)) == 1


def test_annuity_against_the_sum_of_its_payments():
    assert float(theme.annuity(8, 4)) == pytest.approx(sum(1.08**-t for t in range(1, 5)))
    assert float(theme.annuity(0, 4)) == 4
    assert float(theme.annuity(1e-9, 4)) == pytest.approx(4)


def test_chips_per_slot_at_equal_speed_is_one():
    assert float(theme.chips_per_slot(1, 1, 0.3, 1)) == 1
    assert float(theme.chips_per_slot(2.5, 0.35, 1, 1)) == pytest.approx(0.4)
    assert float(theme.chips_per_slot(2.5, 0.35, 0, 0.5)) == pytest.approx(2 / 0.35)


def test_equal_chips_cost_the_same(ranges):
    same = {"prefill_ratio": 1, "decode_ratio": 1, "software_efficiency": 1, "price_multiple": 1, "price_rise": 0}
    x = theme.central(ranges) | same | {"energy_penalty": 1, "engineer_cost": 0}
    x["power_price"] = x["h20_power_price"]
    costs = theme.slot_costs(x, "reported", *WATTS, 5000)
    assert float(costs["relative"]) == pytest.approx(1)
    rated = theme.slot_costs(x, "rated", 400, 400, 5000)
    assert float(rated["relative"]) == pytest.approx(1)


def test_break_even_price_and_share_and_fleet_do_break_even(ranges):
    x = theme.central(ranges)
    costs = theme.slot_costs(x, "reported", *WATTS, 5000)
    price = float(theme.break_even_price(costs, x, 5000))
    at_price = theme.slot_costs({**x, "price_multiple": price}, "reported", *WATTS, 5000)
    assert float(at_price["relative"]) == pytest.approx(1)
    for basis in ("reported", "rated"):
        share = float(theme.break_even_share(x, basis, *WATTS, 5000))
        at_share = theme.slot_costs({**x, "prefill_share": share}, basis, *WATTS, 5000)
        assert float(at_share["relative"]) == pytest.approx(1)
    cheap = {**x, "price_multiple": price / 2}
    fleet = float(theme.break_even_fleet(theme.slot_costs(cheap, "reported", *WATTS, 5000)))
    assert float(theme.slot_costs(cheap, "reported", *WATTS, fleet)["relative"]) == pytest.approx(1)
    assert np.isinf(theme.break_even_fleet(costs))


def test_draws_repeat_with_their_seed_and_converge(ranges, monkeypatch):
    def quantile(draws, seed):
        sample = theme.draw(ranges, "reported", WATTS, np.array([5000.0]), 5000, draws, seed)["relative"]
        return np.quantile(sample, [0.05, 0.95])

    np.testing.assert_array_equal(quantile(1000, 1), quantile(1000, 1))
    assert (quantile(1000, 1) != quantile(1000, 2)).any()
    few = np.std([quantile(200, s) for s in range(12)], axis=0)
    many = np.std([quantile(12_800, s) for s in range(12)], axis=0)
    assert (many < few / 3).all()


def test_draws_stay_inside_their_ranges_and_a_chunk_does_not_change_their_number(ranges, monkeypatch):
    from parallelrun.themes.chip_migration import migration

    monkeypatch.setattr(migration, "CHUNK", 300)
    out = theme.draw(ranges, "reported", WATTS, np.array([100.0, 5000.0]), 5000, 1000, 3)
    assert out["price"].shape == (2, 1000)
    ends = theme.tornado(ranges, "reported", WATTS, 5000)
    assert np.isfinite(out["relative"]).all()
    assert out["relative"].min() > 1
    assert (out["price"][1] > out["price"][0]).all()
    assert ends["central"].iloc[0] == pytest.approx(np.median(out["relative"]), rel=0.1)


def test_the_tornado_is_sorted_and_fixed_inputs_do_not_move_it(ranges):
    table = theme.tornado(ranges, "reported", WATTS, 5000)
    width = (table["at_high"] - table["at_low"]).abs()
    assert (np.diff(width) <= 1e-12).all()
    frozen = ranges.copy()
    frozen[["low", "high"]] = frozen[["value", "value"]].to_numpy()
    still = theme.tornado(frozen, "reported", WATTS, 5000)
    np.testing.assert_allclose(still["at_low"], still["central"])


def test_ranges_hold_their_values_and_published_ones_have_a_source(ranges):
    assert (ranges["low"] <= ranges["value"]).all()
    assert (ranges["value"] <= ranges["high"]).all()
    assert ranges.loc[ranges["basis"] == "published", "source"].notna().all()
    known = set(load("sources")["source"])
    assert set(ranges["source"].dropna()) <= known


def test_bars_add_up_to_the_slot_cost(ranges):
    bars = theme.cost_bars(ranges, {"decode": 0.0, "prefill": 1.0}, "reported", WATTS, 5000)
    x = theme.central(ranges)
    for name, share in (("decode", 0.0), ("prefill", 1.0)):
        total = theme.slot_costs({**x, "prefill_share": share}, "reported", *WATTS, 5000)["ascend"]
        assert bars.loc[bars["option"] == name, "cost"].sum() == pytest.approx(float(total))


def test_effort_curve_marks_the_claimed_range(tables):
    curve = theme.effort_curve(tables["software_compatibility"], (100.0,), 50, 30)
    assert curve.loc[curve["claimed"], "compatibility"].min() == 95
    assert (np.diff(curve["effort"]) < 0).all()


# -- parameters and sources ---------------------------------------------------------------------------------------


def test_bad_parameters_are_refused_by_name():
    with pytest.raises(ParameterError, match="prefill_share"):
        check(theme.Parameters, {"prefill_share": 1.5})
    with pytest.raises(ParameterError, match="950pr-card"):
        check(theme.Parameters, {"ascend_bin": "910b"})


def test_every_cited_source_is_known(tables):
    known = set(load("sources")["source"])
    for frame in tables.values():
        assert set(frame["source"]) <= known


def test_article_and_independent_figures_of_the_card_agree(tables):
    specs, article = tables["accelerator_specs"], tables["chip_specs"]
    memory = theme.spec(specs, "950pr-card", "memory_capacity")
    assert memory.value == pick(article, claim="A58").value
    vector = theme.spec(specs, "950pr-card", "bf16_compute", "matrix and vector") - theme.spec(
        specs, "950pr-card", "bf16_compute"
    )
    total = theme.spec(specs, "950pr-card", "fp4_compute") + vector
    assert total.value == pytest.approx(pick(article, claim="A56").to("TFLOPS", 1000).value)


def test_the_break_even_share_is_held_between_none_and_all(ranges):
    x = theme.central(ranges)
    assert float(theme.break_even_share({**x, "price_multiple": 100}, "reported", *WATTS, 5000)) == 1
    assert float(theme.break_even_share({**x, "price_multiple": 0.01}, "reported", *WATTS, 5000)) == 0
    flat = {**x, "decode_ratio": 2.0, "prefill_ratio": 2.0}
    assert float(theme.break_even_share(flat, "reported", *WATTS, 5000)) == 0


def test_the_closing_table_holds_every_claim_and_says_so_if_shipments_leave_the_range(tables):
    curated = set()
    for name in (*NAMES, "launches"):
        frame = load(f"chip_migration/{name}")
        curated |= set(frame["claim"].dropna()) if "claim" in frame else set()
    one = Estimate(1.0, 1.0, 1.0, "ratio")
    found = dict.fromkeys(
        ("ratio_fp4_over_fp8", "ratio_fp8", "ratio_memory", "ratio_bandwidth", "porting_effort"), one
    ) | dict.fromkeys(("planned_shipments", "nvidia_share_units", "parity_linear", "parity_logit"), one)
    said = {f"A{number}": one for number in range(56, 65)} | {"A65, A66": "", "D12, D13": ""}
    table = theme.evidence_table(said, found, "none")
    assert {claim for names in table["claim"] for claim in names.split(", ")} == curated
    orders = table.set_index("claim").loc["A61", "what the evidence says"]
    assert "inside" in orders
    outside = theme.evidence_table(said | {"A61": Estimate(3.0, 2.0, 4.0, "chips")}, found, "none")
    assert "outside" in outside.set_index("claim").loc["A61", "what the evidence says"]
