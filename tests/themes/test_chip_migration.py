"""The chip theme's functions against closed forms, limits and published values."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallelrun.data.tables import load
from parallelrun.errors import DataError, ParameterError, ResultError
from parallelrun.study.estimates import Estimate, pick
from parallelrun.study.parameters import check
from parallelrun.themes.chip_migration import (
    Parameters,
    experts,
    market,
    migration,
    plots_market,
    porting,
    ratings,
    serving,
    words,
)
from tests import variants

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
    "press_readings",
    "launch_claims",
    "served_models",
    "serving_measurements",
)
WATTS = (400.0, 600.0, 600.0)
FAST = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def tables():
    return {name: load(f"chip_migration/{name}") for name in NAMES}


@pytest.fixture(scope="module")
def served():
    return serving.Serving.of(Parameters())


@pytest.fixture(scope="module")
def chips(tables):
    return [serving.chip(tables["accelerator_specs"], tables["accelerators"], key) for key in ("h20", "950pr-card")]


@pytest.fixture(scope="module")
def ranges(tables, served, chips):
    p = Parameters()
    args = (tables["accelerator_specs"], tables["accelerators"], p.ascend_bin, served)
    speeds = {
        "prefill": serving.speed_ratio(*args, prompt=p.prompt),
        "decode": serving.speed_ratio(*args, batch=p.batch, context=p.context),
    }
    names = ("comparisons", "software_compatibility", "chip_prices")
    costs = (load(f"cost_structure/{name}") for name in ("electricity", "cost_inputs"))
    assumed = (migration.assumptions(p), p.spread, p.weight_precision)
    return migration.input_ranges(*assumed, speeds, chips[1], *(tables[name] for name in names), *costs)


# -- the claimed multiple -----------------------------------------------------------------------------------------


def test_the_implied_rate_is_the_quotient_of_the_printed_numbers_with_its_corners(tables):
    implied = ratings.implied_baseline(tables["chip_specs"], tables["comparisons"])
    assert implied.value == pytest.approx(1560 / 2.87)
    assert (implied.low, implied.high) == pytest.approx((1555 / 2.875, 1565 / 2.865))
    assert implied.unit == "TFLOPS"
    assert implied.inputs == {"chip_migration/chip_specs", "chip_migration/comparisons"}


def test_changing_a_source_row_changes_the_implied_rate_and_not_the_ratio(tables):
    specs = tables["accelerator_specs"]
    before = ratings.ratio(specs, "950pr-card", "h20", "fp8_compute")
    altered = tables["comparisons"].copy()
    altered.loc[altered["claim"] == "A57", ["value", "low", "high"]] = (3.87, 3.865, 3.875)
    assert ratings.implied_baseline(tables["chip_specs"], altered).value == pytest.approx(1560 / 3.87)
    assert ratings.ratio(specs, "950pr-card", "h20", "fp8_compute") == before
    changed = specs.copy()
    changed.loc[(changed["chip"] == "h20") & (changed["metric"] == "fp8_compute"), ["value", "low", "high"]] = 600.0
    assert ratings.ratio(changed, "950pr-card", "h20", "fp8_compute").value == pytest.approx(756 / 600)


def test_the_h20_has_no_fp4_rate(tables):
    with pytest.raises(ResultError, match="found 0"):
        ratings.spec(tables["accelerator_specs"], "h20", "fp4_compute")


def test_only_the_card_with_all_units_at_bf16_meets_the_claim(tables):
    table = ratings.pairings(tables["accelerator_specs"], tables["chip_specs"], tables["comparisons"])
    held = table[table["holds"]]
    assert held[["bin", "numerator", "denominator", "engine", "sparse"]].to_numpy().tolist() == [
        ["950pr-card", "BF16", "BF16", "matrix and vector", False]
    ]
    assert held["value"].item() == pytest.approx(425 / 148)
    assert "BF16 of the card" in words.pairings(table)
    assert words.pairings(table.assign(holds=False)) == "none"


def test_a_sparse_rate_halves_the_ratio_and_no_pairing_widens_a_format(tables):
    table = ratings.pairings(tables["accelerator_specs"], tables["chip_specs"], tables["comparisons"])
    keys = ["bin", "numerator", "denominator", "engine"]
    wide = table.pivot_table(index=keys, columns="sparse", values="value")
    np.testing.assert_allclose(wide[False], 2 * wide[True])
    assert not ((table["numerator"] == "BF16") & (table["denominator"] == "FP8")).any()
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_the_chance_of_an_accidental_match_has_its_limits():
    one = pd.DataFrame({"value": [1.0, np.e], "low": [1.0, np.e], "high": [1.0, np.e]})
    assert ratings.chance_of_match(one, Estimate(2.0, 2.0, 2.0)) == pytest.approx(0.0)
    assert ratings.chance_of_match(one, Estimate(2.0, 1.0, 100.0)) == 1.0
    tenth = Estimate(2.0, 2.0, 2.0 * np.exp(0.1))
    assert ratings.chance_of_match(one, tenth) == pytest.approx(1 - 0.9**2)


def test_cores_and_clock_give_the_printed_rates_cut_off(tables):
    assert ratings.cube_peak(32, 1.65) == pytest.approx(432.5376)
    table = ratings.bin_check(tables["accelerator_specs"])
    assert (np.floor(table["computed"]) == table["printed"]).all()
    assert table["gap"].between(0, 0.2).all()


def test_the_launch_report_fits_the_specifications(tables):
    table = ratings.launch_check(tables["launch_claims"], tables["accelerator_specs"]).set_index("quantity")
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
            each = ratings.spec(specs, system, metric) / count
            assert each.value == pytest.approx(ratings.spec(specs, device, metric).value, rel=0.015)


# -- roofline and serving -----------------------------------------------------------------------------------------


def test_a_missing_format_runs_at_the_next_wider_one(chips):
    h20, card = chips
    assert h20.rate("FP4") == h20.rate("FP8") == 296e12
    assert card.rate("FP4") == 1513e12
    assert h20.native("FP4") == "FP8"


@FAST
@given(st.floats(0.1, 1e5), st.sampled_from(["FP4", "FP8", "BF16"]))
def test_the_roofline_is_the_lesser_of_its_two_limits(intensity, precision):
    one = serving.Chip("x", "x", "US", (np.nan, 2e14, 1e14), 4e12, 1e11, 400.0)
    rate = float(serving.attainable(one, precision, intensity))
    assert rate == pytest.approx(min(one.rate(precision), intensity * 4e12))


def test_decode_of_one_sequence_reads_all_weights(chips, served):
    h20 = chips[0]
    expected = (32e9 + 131072 * 1000) / (4e12 * 0.7)
    assert float(serving.decode_seconds(h20, served, 1, 1000)) == pytest.approx(expected)


def test_memory_bound_decode_is_the_ratio_of_bandwidths_and_long_prefill_that_of_rates(tables, served):
    args = (tables["accelerator_specs"], tables["accelerators"], "950pr-card", served)
    decode = serving.speed_ratio(*args, batch=1, context=1000)
    assert decode.value == pytest.approx(0.35)
    assert decode.ends == pytest.approx((1.35 / 4.05, 1.45 / 3.95))
    assert serving.speed_ratio(*args, prompt=4000).value == pytest.approx(756 / 296)


@FAST
@given(st.floats(1, 2000), st.floats(1, 1e5))
def test_the_speed_ratio_lies_between_the_ratios_of_bandwidth_and_of_compute(batch, context):
    one = serving.Chip("a", "a", "US", (np.nan, 296e12, 148e12), 4e12, 96e9, 400.0)
    two = serving.Chip("b", "b", "CN", (1513e12, 756e12, 378e12), 1.4e12, 112e9, 600.0)
    load = serving.Serving.of(Parameters())
    ratio = float(serving.decode_seconds(one, load, batch, context) / serving.decode_seconds(two, load, batch, context))
    assert 0.35 - 1e-12 <= ratio <= 756 / 296 + 1e-12


def test_the_largest_batch_fills_the_memory(chips, served):
    h20 = chips[0]
    batch = float(serving.largest_batch(h20, served, 4096))
    held = served.weight_bytes + batch * 4096 * served.cache_bytes
    assert held <= 0.9 * h20.memory < held + 4096 * served.cache_bytes
    big = replace(served, parameters=180e9, precision="BF16")
    assert float(serving.largest_batch(h20, big, 4096)) == 0
    assert serving.throughput(chips, big, 4096).empty


def test_throughput_rises_with_the_batch_and_the_map_agrees_with_it(chips, served):
    speeds = serving.throughput(chips, served, 4096)
    for _, part in speeds.groupby("chip"):
        assert (np.diff(part["tokens_per_second"]) > -1e-9).all()
    grid = serving.speed_map(chips[1], chips[0], served, 8.0, 4096.0)
    ours, theirs = (serving.decode_seconds(c, served, grid["batch"], grid["context"]) for c in (chips[1], chips[0]))
    np.testing.assert_allclose(grid["ratio"], theirs / ours)
    assert grid.loc[grid["batch"] <= 8, "fits"].any()


def test_roof_points_lie_on_the_roof(chips, served):
    table = serving.roofline(chips, served, (1.0, 32.0), 4096, 2048)
    for one in chips:
        part = table[table["chip"] == one.name]
        np.testing.assert_allclose(part["rate"] * 1e12, serving.attainable(one, "FP8", part["intensity"]))
    assert set(table["kind"]) == {"roof", "decode", "prefill"}


# -- a mixture of experts -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(tables):
    return experts.mixture(tables["served_models"], "DeepSeek-R1")


def test_the_models_shape_adds_up_to_its_printed_sizes(model):
    """Routed experts and all else give the total; of the routed each token uses 8 of 256."""
    assert model.routed == 58 * 256 * 3 * 7168 * 2048
    assert model.total - model.routed + model.routed * 8 / 256 == pytest.approx(model.active, rel=0.02)
    assert model.cache == 61 * (512 + 64)
    assert model.resident(1) == model.total
    assert model.resident(1e9) == pytest.approx(model.total - model.routed, rel=1e-3)


def test_a_step_keeps_to_the_latency_and_to_memory_and_one_more_sequence_would_not(chips, model):
    p = Parameters()
    for chip, spread in ((chips[0], 16), (chips[1], 32), (chips[1], 64), (chips[1], 512)):
        batch, speed, binds = experts.decode_bound(chip, model, spread, experts.Load.of(p))
        assert batch / speed <= p.token_latency / 1000 + 1e-12
        compute = model.flops("decode", p.context) / (chip.rate("FP8") * p.compute_utilisation)
        bandwidth = chip.bandwidth * p.bandwidth_utilisation
        read = (model.resident(spread) + (batch + 1) * p.context * model.cache) / bandwidth
        held = model.resident(spread) + (batch + 1) * p.context * model.cache
        over = {
            "compute": (batch + 1) * compute > p.token_latency / 1000,
            "memory bandwidth": read > p.token_latency / 1000,
            "memory": held > 0.9 * chip.memory,
        }
        assert over[binds]


def test_compute_bound_decode_is_the_ratio_of_rates_and_a_chip_that_cannot_hold_the_experts_has_none(tables, model):
    args, load = (tables["accelerator_specs"], tables["accelerators"]), experts.Load.of(Parameters())
    wide = experts.speed_ratio(*args, "950pr-card", model, 256, load)
    assert wide.value == pytest.approx(756 / 296, rel=0.02)
    assert wide.low <= wide.value <= wide.high
    narrow = experts.speed_ratio(*args, "950pr-card", model, 16, load)
    assert narrow.value == 0


def test_reading_that_does_not_hide_adds_to_computing_and_takes_the_lead_down(tables, chips, model):
    load = experts.Load.of(Parameters(), overlap=False)
    for chip, spread in ((chips[0], 64), (chips[1], 64), (chips[1], 160)):
        batch, speed, binds = experts.decode_bound(chip, model, spread, load)
        compute = model.flops("decode", load.context) / (chip.rate("FP8") * load.mfu)
        bandwidth = chip.bandwidth * load.mbu
        step = batch * compute + (model.resident(spread) + batch * load.context * model.cache) / bandwidth
        assert speed == pytest.approx(batch / step)
        more = (batch + 1) * compute + (model.resident(spread) + (batch + 1) * load.context * model.cache) / bandwidth
        assert step <= load.latency / 1000 < more
        assert binds == "compute and memory bandwidth"
    of = (tables["accelerator_specs"], tables["accelerators"], "950pr-card", model)
    apart = [experts.speed_ratio(*of, spread, load) for spread in (64, 160)]
    assert [round(one.value, 2) for one in apart] == [1.07, 1.29]
    assert apart[1].high < experts.speed_ratio(*of, 160, experts.Load.of(Parameters())).low


def test_the_network_binds_where_links_are_slow(chips, model):
    slow = replace(chips[1], interconnect=1e9)
    assert experts.decode_bound(slow, model, 64, experts.Load.of(Parameters()))[2] == "network"
    assert experts.decode_bound(slow, model, 8, experts.Load.of(Parameters()))[2] != "network"


def test_use_of_the_peak_is_flop_done_over_flop_rated(tables, model):
    args = (tables["accelerator_specs"], tables["accelerators"], model)
    used = experts.utilisation(tables["serving_measurements"], *args)
    row = used[(used["chip"] == "h20") & (used["phase"] == "prefill")].iloc[0]
    flop = 2 * 37e9 + 2 * 61 * 128 * (2 * 128 + 64) * 2048
    assert row["speed"] == 16500 / 8
    assert row["value"] == pytest.approx(100 * 16500 / 8 * flop / 296e12)
    assert used["value"].between(0, 100).all()
    efficiency = experts.measured_efficiency(used, 50.0)
    assert 0.5 < efficiency.low <= efficiency.value <= efficiency.high < 0.65


def test_a_systems_energy_is_its_power_over_its_speed(tables, model):
    specs, accelerators = tables["accelerator_specs"], tables["accelerators"]
    used = experts.utilisation(tables["serving_measurements"], specs, accelerators, model)
    energy = experts.system_energy(specs, accelerators, used).set_index("chip")["value"]
    assert energy["gb200"] == pytest.approx(145 / 72 / 7583 * 1e6 / 3600)
    assert energy["ascend-910c"] == pytest.approx(559 / 384 / 1943 * 1e6 / 3600)


def test_an_8_bit_rate_that_is_not_printed_is_twice_that_at_16_bits(tables):
    older = serving.chip(tables["accelerator_specs"], tables["accelerators"], "ascend-910c")
    assert older.rate("FP8") == 2 * older.rate("BF16")
    assert older.sources["fp8_compute"] == older.sources["bf16_compute"]


# -- fleets and shares --------------------------------------------------------------------------------------------


def test_fleet_compute_spans_the_words_of_the_order(tables):
    words = market.fleet(tables["orders"])
    assert words.ends == (200_000, 1_000_000)
    assert words.value == pytest.approx(np.sqrt(2e11))
    table = market.fleet_compute(
        *(tables[n] for n in ("orders", "chip_specs", "accelerator_specs", "china_market")), "950pr-card"
    )
    row = table[(table["counted"] == "orders, in words") & (table["measure"] == "FP4 compute")].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((200_000 * 1.555, 1_000_000 * 1.565))
    planned = table[(table["counted"] == "planned shipments") & (table["measure"] == "BF16 compute")].iloc[0]
    assert planned["value"] == pytest.approx(750_000 * 378 / 989.4)


def test_unit_shares_add_up_and_agree_with_the_printed_ones(tables):
    shares = market.market_shares(tables["china_market"])
    units = shares[shares["by"] == "units"].set_index("vendor")
    assert units["value"].sum() == pytest.approx(100)
    assert units.loc["NVIDIA", "value"] == pytest.approx(55, abs=0.5)
    assert units.loc[units["country"] == "CN", "value"].sum() == pytest.approx(41, abs=0.5)
    assert units.loc["NVIDIA", "low"] == pytest.approx(100 * 2.15 / (2.15 + 0.165 + 1.655))
    assert shares[shares["by"] == "value"]["value"].sum() == pytest.approx(100)


def test_hhi_of_a_monopoly_is_ten_thousand_and_the_unnamed_bound_it():
    alone = pd.DataFrame({"vendor": ["A"], "by": ["units"], "value": [100.0]})
    assert market.hhi(alone).ends == (10_000, 10_000)
    half = pd.DataFrame({"vendor": ["A", "Other Chinese vendors"], "by": ["units"] * 2, "value": [50.0, 50.0]})
    assert market.hhi(half).ends == (2500, 5000)


def test_value_of_a_chip_is_market_times_share_over_count(tables):
    values = market.unit_values(tables["china_market"], tables["chip_prices"])
    row = values[(values["vendor"] == "Huawei") & (values["market"] == 20.4)].iloc[0]
    assert row["value"] == pytest.approx(20.4e9 * 0.40 / 812_000)
    assert row["low"] < row["value"] < row["high"]


def test_training_off_cuda_is_one_where_the_shares_agree(tables):
    incumbents = tables["incumbent_shares"].copy()
    incumbents[["value", "low", "high"]] = (85.0, 85.0, 85.0)
    assert market.non_nvidia_intensity(incumbents).value == pytest.approx(1)
    found = market.non_nvidia_intensity(tables["incumbent_shares"])
    assert found.low == pytest.approx((2.5 / 20) / (97.5 / 80))
    assert found.high == pytest.approx((3.5 / 10) / (96.5 / 90))


@FAST
@given(st.floats(5, 20), st.floats(21, 29), st.floats(30, 100))
def test_the_logistic_goes_through_its_two_points(first, second, ceiling):
    rate, middle = market.logistic_through((2024, first), (2028, second), ceiling)
    np.testing.assert_allclose(market.logistic([2024, 2028], rate, middle, ceiling), [first, second])
    assert float(market.logistic(1e5, rate, middle, ceiling)) == pytest.approx(ceiling)


def test_a_share_above_the_ceiling_is_refused():
    with pytest.raises(ParameterError, match=r"15 in 2024 and 25 in 2028 with a ceiling of 20: .* below the ceiling"):
        market.logistic_through((2024, 15), (2028, 25), 20)


def test_paths_agree_at_the_printed_years_and_part_later(tables):
    paths = market.share_paths(tables["market_segments"], 50.0, 2040)
    for year, share in ((2024, 15), (2028, 25)):
        np.testing.assert_allclose(paths.loc[paths["year"] == year, "value"], share)
    assert (paths["low"] <= paths["value"] + 1e-9).all()
    assert (paths["value"] <= paths["high"] + 1e-9).all()
    end = paths[paths["year"] == 2040].set_index("ceiling")["value"]
    assert end[100.0] > 2 * end[30.0]


def test_parity_by_linear_extrapolation_in_closed_form(tables):
    linear = market.parity_wait(tables["market_segments"], "linear")
    assert linear.value == pytest.approx(45 * 4 / 20)
    assert linear.low < linear.value < linear.high
    logit = market.parity_wait(tables["market_segments"], "logit")
    before, after = np.log(4) - np.log(15 / 85), np.log(7 / 3) - np.log(1 / 3)
    assert logit.value == pytest.approx(4 * after / (before - after))


def test_the_domestic_path_meets_its_ends_and_the_observed_share_is_a_quotient(tables):
    path = market.domestic_path(tables["china_market"], 2040).set_index("year")["value"]
    assert (path[2023], path[2028]) == pytest.approx((19, 93))
    observed = market.observed_domestic_share(tables["china_market"]).set_index("by")
    assert observed.loc["value", "value"] == pytest.approx(100 * 16 / 37)
    assert observed.loc["units", "value"] == pytest.approx(100 * 1.65 / 4.01)
    world = market.world_market(tables["china_market"], tables["market_segments"])
    assert world.value == pytest.approx(82 / 0.25)


# -- the cost of the move -----------------------------------------------------------------------------------------


def test_cocomo_gives_the_manuals_worked_example():
    assert float(porting.cocomo_effort(100, 1.15)) == pytest.approx(586.61, abs=0.01)  # model definition manual, 1.15


def test_the_adaptation_factor_at_its_limits():
    assert float(porting.adaptation_factor(100, 50, 0)) == 0
    assert float(porting.adaptation_factor(0, 100, 100)) == pytest.approx(1)
    assert float(porting.adaptation_factor(95, 50, 30)) == pytest.approx(0.4 * 0.025 + 0.3 * 0.05 + 0.3 * 0.3)


@FAST
@given(st.floats(0, 99), st.floats(0, 1), st.floats(1, 1e4))
def test_porting_effort_falls_with_compatibility(compatibility, more, size):
    less = float(porting.porting_effort(compatibility + more, size, 50, 30))
    assert less <= float(porting.porting_effort(compatibility, size, 50, 30)) + 1e-12
    assert less >= float(porting.porting_effort(100, size, 50, 30)) - 1e-12


def test_a_program_of_many_units_is_rarely_untouched():
    assert float(porting.untouched_probability(95, 1)) == pytest.approx(0.95)
    assert float(porting.untouched_probability(95, 100)) == pytest.approx(0.00592, abs=1e-5)
    assert float(porting.untouched_probability(100, 1e6)) == 1


def test_annuity_against_the_sum_of_its_payments():
    assert float(migration.annuity(8, 4)) == pytest.approx(sum(1.08**-t for t in range(1, 5)))
    assert float(migration.annuity(0, 4)) == 4
    assert float(migration.annuity(1e-9, 4)) == pytest.approx(4)


def test_the_chips_for_one_h20s_work_in_closed_form(ranges):
    x = migration.central(ranges) | {"software_efficiency": 0.5, "prefill_ratio": 2.5, "decode_ratio": 0.35}
    costs = migration.slot_costs({**x, "prefill_share": [0.0, 0.3, 1.0]}, "reported", WATTS, 5000)
    np.testing.assert_allclose(costs["prefill_chips"], [0, 0.3 / 1.25, 1 / 1.25])
    np.testing.assert_allclose(costs["decode_chips"], [1 / 0.175, 0.7 / 0.175, 0])
    kept = migration.slot_costs({**x, "prefill_share": 0.3}, "reported", WATTS, 5000, keeps_h20=True)
    assert float(kept["decode_chips"]) == pytest.approx(0.7)
    assert float(kept["moved"]) == pytest.approx(0.3 * float(kept["h20"]))


def test_energy_by_rating_counts_each_pools_chips_and_falls_back_on_the_penalty_where_no_rating_is_known(ranges):
    x = migration.central(ranges)
    rated = migration.slot_costs(x, "rated", (400.0, 600.0, 500.0), 5000)
    one_h20 = float(rated["energy"]) / float(rated["prefill_chips"] * 600 + rated["decode_chips"] * 500) * 400
    reported = float(migration.slot_costs(x, "reported", WATTS, 5000)["energy"])
    assert reported == pytest.approx(one_h20 * x["energy_penalty"])
    unknown = migration.slot_costs(x, "rated", (400.0, np.nan, np.nan), 5000)
    assert float(unknown["energy"]) == pytest.approx(reported)


def test_a_fleet_breaks_even_at_its_price_whatever_decodes(tables, ranges, served):
    chips = serving.decoders(tables["accelerator_specs"], tables["accelerators"], "950pr-card")
    ratios = {"dense": [0.35, 0.8, 1.0], "sparse": [2.5, 5.0, 3.0]}
    table = migration.fleets(ranges, chips, ratios, "reported", (400.0, 600.0), 5000)
    x = migration.central(ranges)
    for row in table[table["chosen"]].itertuples():
        kept = row.fleet == "decode on H20s kept"
        ratio = 1.0 if kept else ratios[row.kind][list(table["fleet"].unique()).index(row.fleet)]
        at = {**x, "decode_ratio": ratio, "price_multiple": row.price}
        costs = migration.slot_costs(at, "reported", WATTS, 5000, keeps_h20=kept)
        assert float(costs["relative"]) == pytest.approx(1)
        assert row.prefill_chips + row.decode_chips == pytest.approx(
            float(costs["prefill_chips"] + costs["decode_chips"])
        )
    at = table[table["chosen"] & (table["kind"] == "dense")].set_index("fleet")["price"]
    assert (at.drop("950PR alone") > at["950PR alone"]).all()


def test_a_chip_that_decodes_nothing_breaks_even_at_no_price(tables, ranges):
    chips = serving.decoders(tables["accelerator_specs"], tables["accelerators"], "950pr-card")[:1]
    table = migration.fleets(ranges, chips, {"sparse": [0.0]}, "rated", (400.0, 600.0), 5000)
    assert table.loc[(table["fleet"] == "950PR alone") & (table["share"] < 100), "price"].isna().all()


def test_both_kinds_of_model_differ_in_the_speed_of_decode_alone(ranges):
    p = Parameters(draws=500)
    kinds = {"dense": Estimate(0.35, 0.34, 0.36), "same": Estimate(0.35, 0.34, 0.36), "sparse": Estimate(2.5, 2.4, 2.6)}
    work, prices = migration.both(ranges, kinds | {"none": Estimate(0.0, 0.0, 0.0)}, "reported", WATTS, 5000, 500, 1)
    assert work["dense"] == work["same"]
    assert work["none"].value == prices["none"].value == 0
    assert prices["dense"] == prices["same"]
    assert work["sparse"].value > work["dense"].value
    assert prices["sparse"].value > prices["dense"].value
    x = {**migration.central(ranges), "decode_ratio": 2.5}
    costs = migration.slot_costs(x, "reported", WATTS, p.fleet_size)
    assert prices["sparse"].value == pytest.approx(float(migration.break_even_price(costs, x, 5000)))


def test_equal_chips_cost_the_same(ranges):
    same = {"prefill_ratio": 1, "decode_ratio": 1, "software_efficiency": 1, "price_multiple": 1, "price_rise": 0}
    x = migration.central(ranges) | same | {"energy_penalty": 1, "engineer_cost": 0}
    x["power_price"] = x["h20_power_price"]
    costs = migration.slot_costs(x, "reported", WATTS, 5000)
    assert float(costs["relative"]) == pytest.approx(1)
    rated = migration.slot_costs(x, "rated", (400.0, 400.0, 400.0), 5000)
    assert float(rated["relative"]) == pytest.approx(1)


def test_break_even_price_and_share_and_fleet_do_break_even(ranges):
    x = migration.central(ranges)
    costs = migration.slot_costs(x, "reported", WATTS, 5000)
    price = float(migration.break_even_price(costs, x, 5000))
    at_price = migration.slot_costs({**x, "price_multiple": price}, "reported", WATTS, 5000)
    assert float(at_price["relative"]) == pytest.approx(1)
    for basis in ("reported", "rated"):
        share = float(migration.break_even_share(x, basis, WATTS, 5000))
        at_share = migration.slot_costs({**x, "prefill_share": share}, basis, WATTS, 5000)
        assert float(at_share["relative"]) == pytest.approx(1)
    cheap = {**x, "price_multiple": price / 2}
    fleet = float(migration.break_even_fleet(migration.slot_costs(cheap, "reported", WATTS, 5000)))
    assert float(migration.slot_costs(cheap, "reported", WATTS, fleet)["relative"]) == pytest.approx(1)
    assert np.isinf(migration.break_even_fleet(costs))


def test_draws_repeat_with_their_seed_and_converge(ranges, monkeypatch):
    def quantile(draws, seed):
        sample = migration.draw(ranges, "reported", WATTS, 5000, draws, seed)["relative"]
        return np.quantile(sample, [0.05, 0.95])

    np.testing.assert_array_equal(quantile(1000, 1), quantile(1000, 1))
    assert (quantile(1000, 1) != quantile(1000, 2)).any()
    few = np.std([quantile(200, s) for s in range(12)], axis=0)
    many = np.std([quantile(12_800, s) for s in range(12)], axis=0)
    assert (many < few / 3).all()


def test_draws_stay_inside_their_ranges_and_a_chunk_does_not_change_their_number(ranges, monkeypatch):
    monkeypatch.setattr(migration, "CHUNK", 300)
    out = migration.draw(ranges, "reported", WATTS, 5000, 1000, 3)
    assert out["price"].shape == (1000,)
    ends = migration.tornado(ranges, "reported", WATTS, 5000)
    assert np.isfinite(out["relative"]).all()
    assert out["relative"].min() > 1
    assert ends["central"].iloc[0] == pytest.approx(np.median(out["relative"]), rel=0.1)


def test_the_tornado_is_sorted_and_fixed_inputs_do_not_move_it(ranges):
    table = migration.tornado(ranges, "reported", WATTS, 5000)
    width = (table["at_high"] - table["at_low"]).abs()
    assert (np.diff(width) <= 1e-12).all()
    frozen = ranges.copy()
    frozen[["low", "high"]] = frozen[["value", "value"]].to_numpy()
    still = migration.tornado(frozen, "reported", WATTS, 5000)
    np.testing.assert_allclose(still["at_low"], still["central"])


def test_ranges_hold_their_values_and_published_ones_have_a_source(ranges):
    assert (ranges["low"] <= ranges["value"]).all()
    assert (ranges["value"] <= ranges["high"]).all()
    assert ranges.loc[ranges["basis"] != "assumed", "source"].notna().all()
    known = set(load("sources")["source"])
    assert set(ranges["source"].dropna()) <= known


def test_effort_curve_marks_the_claimed_range(tables):
    curve = porting.effort_curve(tables["software_compatibility"], (100.0,), 50, 30)
    assert curve.loc[curve["claimed"], "compatibility"].min() == 95
    assert (np.diff(curve["effort"]) < 0).all()


# -- parameters and sources ---------------------------------------------------------------------------------------


def test_bad_parameters_are_refused_by_name():
    with pytest.raises(ParameterError, match="prefill_share"):
        check(Parameters, {"prefill_share": 1.5})
    with pytest.raises(ParameterError, match="950pr-card"):
        check(Parameters, {"ascend_bin": "910b"})


def test_every_cited_source_is_known(tables):
    known = set(load("sources")["source"])
    for frame in tables.values():
        assert set(frame["source"]) <= known


def test_article_and_independent_figures_of_the_card_agree(tables):
    specs, article = tables["accelerator_specs"], tables["chip_specs"]
    memory = ratings.spec(specs, "950pr-card", "memory_capacity")
    assert memory.value == pick(article, claim="A58").value
    vector = ratings.spec(specs, "950pr-card", "bf16_compute", "matrix and vector") - ratings.spec(
        specs, "950pr-card", "bf16_compute"
    )
    total = ratings.spec(specs, "950pr-card", "fp4_compute") + vector
    assert total.value == pytest.approx(pick(article, claim="A56").to("TFLOPS").value)


def test_the_break_even_share_is_held_between_none_and_all(ranges):
    x = migration.central(ranges)
    assert float(migration.break_even_share({**x, "price_multiple": 100}, "reported", WATTS, 5000)) == 1
    assert float(migration.break_even_share({**x, "price_multiple": 0.01}, "reported", WATTS, 5000)) == 0
    flat = {**x, "decode_ratio": 3.0, "prefill_ratio": 3.0}
    assert float(migration.break_even_share(flat, "reported", WATTS, 5000)) == 0


# -- figures and sentences ----------------------------------------------------------------------------------------

STEM = "chip_migration"
REFUSED: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize("name", variants.names("chip_migration"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    variants.check_narrow(variants.call("chip_migration", name), tmp_path)


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("name", variants.names(STEM))
def test_a_figure_follows_its_data(name, variant, tmp_path):
    variants.check(variants.call(STEM, name), variant, tmp_path, REFUSED.get((name, variant)))


def test_the_answer_has_three_sentences_with_the_computed_numbers(tables):
    pairs = ratings.pairings(tables["accelerator_specs"], tables["chip_specs"], tables["comparisons"])
    ratios = {"dense model": Estimate(0.35), "mixture of experts": Estimate(2.55), "apart": Estimate(1.07)}
    prices = {"dense model": Estimate(0.17, 0.13, 0.22), "mixture of experts": Estimate(1.17, 0.96, 1.38)}
    prices["apart"] = Estimate(0.7, 0.6, 0.8)
    text = words.answer(pairs, pick(tables["comparisons"], claim="A57"), ratios, prices, 64)
    assert len(re.findall(r"\.(?:\s|$)", text)) == 3
    for number in ("2.87×", "0.35 times", "2.55 times", "over 64 chips", "0.17 (0.13 to 0.22)", "1.17 (0.96 to 1.38)"):
        assert number in text
    for number in ("1.07 times if it does not", "0.70 (0.60 to 0.80)", "before the reported rise"):
        assert number in text


def test_the_title_on_the_plan_compares_like_with_like():
    """The full chip with the announced one, and the card named as cut down: 865 and 756 of 1,000."""
    plot = variants.call(STEM, "chips_side_by_side").draw()
    assert "86.5 %" in plot.title
    assert "cut-down card at 75.6 %" in plot.title


def test_only_what_a_source_prints_is_called_published(ranges):
    basis = ranges.set_index("input")["basis"]
    assert basis[["prefill_ratio", "decode_ratio"]].tolist() == ["modelled", "modelled"]
    assert basis["price_multiple"] == "assumed"


def test_the_sentence_on_paths_counts_years_and_points(tables):
    segments, sales = tables["market_segments"], tables["china_market"]
    linear = market.parity_wait(segments, "linear")
    text = words.paths(linear, linear, 2028, market.domestic_path(sales, 2040), market.observed_domestic_share(sales))
    assert "in 2037 (2036 to 2038)" in text
    assert "41 % by units and 43 % by value" in text
    assert "it was 40 to 60 %, which contains the path" in text


def test_a_second_page_bounds_the_share_by_value_and_its_shares_fit_no_fall_for_sure(tables):
    observed = market.observed_domestic_share(tables["china_market"]).set_index("by")
    row = observed.loc["shares of value"]
    assert (row["low"], row["high"]) == pytest.approx((39.5, 60.5))
    path = market.domestic_path(tables["china_market"], 2040).set_index("year")["value"][2025]
    assert row["low"] < path < row["high"]


def test_yields_of_the_press_and_one_count_of_wafers_make_good_dies(tables):
    dies, enough = market.good_dies(tables["press_readings"])
    year = 365.2425 / 30.436875
    assert dies.ends == pytest.approx((77.5 * 6999.5 * year * 0.15, 78.5 * 7000.5 * year * 0.55))
    assert enough.value == pytest.approx(100 * 1_600_000 / (78 * 7000 * year))
    said = words.supply(Estimate(750_000), tables["press_readings"], dies, enough)
    assert "nearly 40 % (Ascend 910C, February 2025)" in said
    assert "Of the 950PR no yield was found" in said
    assert "yield alone does not exclude the plan" in said


def test_what_is_said_of_yields_follows_the_table(tables):
    readings = tables["press_readings"].copy()
    readings.loc[readings["unit"] == "dies", ["value", "low", "high"]] *= 5
    readings.loc[readings["quantity"].eq("yield") & readings["published"].eq("30 %"), "subject"] = "Ascend 950PR"
    said = words.supply(Estimate(750_000), readings, *market.good_dies(readings))
    assert "yield alone excludes the plan" in said
    assert "Of the 950PR no yield" not in said


def test_the_title_on_the_market_names_the_house_of_each_share(tables):
    shares = market.market_shares(tables["china_market"])
    values = market.unit_values(tables["china_market"], tables["chip_prices"])
    title = plots_market.market_2025(shares, values).title
    assert title == "NVIDIA and Huawei have 55 % and 20 % of cards by IDC, 40 % and 40 % of money by Bernstein"


@pytest.mark.parametrize(("name", "said"), [("ratios_to_h20", "is rated at 2.55"), ("balance_and_power", "By ratings")])
def test_a_title_on_ratings_says_that_they_are_ratings(name, said):
    assert said in variants.call(STEM, name).draw().title


@pytest.mark.parametrize("gone", ["US", "CN"])
def test_a_market_without_a_country_is_named_with_it(tables, gone):
    rows = tables["market_segments"].query("country != @gone")
    expected = rf"chip_migration/market_segments: column 'country' has none of {gone} among .*add rows of {gone}$"
    with pytest.raises(DataError, match=expected):
        market.share_paths(rows, 60.0, 2040)
