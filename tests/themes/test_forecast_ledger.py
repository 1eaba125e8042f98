"""The forecast ledger: what is frozen stays, a replay sees nothing that came later, outcomes resolve what is due."""

import dataclasses
import itertools
import shutil
from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from parallelrun import Estimate, project
from parallelrun.data import tables
from parallelrun.data.asof import AsOf
from parallelrun.errors import DataError, InputError, ParameterError
from parallelrun.study import memo, scores
from parallelrun.study.provenance import inputs_of
from parallelrun.study.scores import LEVELS
from parallelrun.themes.forecast_ledger import (
    Parameters,
    __main__,
    articles,
    forecasters,
    ledger,
    plots,
    scoring,
    voids,
    words,
)
from parallelrun.themes.forecast_ledger.series import SERIES, observed, weekly
from tests import variants

STEM = "forecast_ledger"
TODAY = "2026-11-25"
REPLAYED = ("2024-06-01", "2025-04-01", "2026-04-20", "2026-10-01")

REFUSED: dict[tuple[str, str], str] = {}
"""Figure and variant: why there is nothing to draw."""


@pytest.fixture(scope="module")
def frozen():
    return tables.load(ledger.TABLE)


@pytest.fixture(scope="module")
def seen():
    return {name: observed(name, AsOf(ledger.day_after(TODAY))) for name in SERIES}


@pytest.fixture(scope="module")
def book(frozen, seen):
    return ledger.resolved(frozen, seen, TODAY)


# --- replay ----------------------------------------------------------------------------------------------------------


def poisoned(folder, day):
    """Copy the data and make all that is dated on or after a day absurd: values, and how long things lasted."""
    shutil.copytree(project.root() / "data", folder / "data")
    cutoff = pd.Timestamp(day)
    for name in ("convergence/board_leaders", "cost_structure/list_prices", "token_economics/weekly_rankings",
                 "token_economics/platform_weeks", "token_economics/platform_months"):  # fmt: skip
        resource = tables.tables()[name]
        dates = [field["name"] for field in resource["schema"]["fields"] if field["type"] == "date"]
        path = folder / "data" / f"{name}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        when = frame[dates].apply(pd.to_datetime)
        known = when[resource["knownFrom"]] if "knownFrom" in resource else when.max(axis=1)
        for column in ("value", "output_price"):
            if column in frame:
                frame.loc[known >= cutoff, column] = "987654"
        for column in dates:
            later = (when[column] >= cutoff) & (known < cutoff)
            frame.loc[later, column] = "2099-01-01"
        frame.to_csv(path, index=False)
    return folder / "data"


@pytest.mark.parametrize("day", REPLAYED)
def test_a_replay_does_not_feel_what_came_later(day, tmp_path, monkeypatch):
    """All readings are held against the day, and forecasts from a future of absurd values are the same."""
    read = []
    load = AsOf.load

    def noted(view, name, *args, **kwargs):
        rows = load(view, name, *args, **kwargs)
        read.append((view.cutoff, view.readings[-1]))
        return rows

    monkeypatch.setattr(AsOf, "load", noted)
    monkeypatch.setattr(ledger, "FORECASTERS", {"no change": forecasters.no_change, "trend": forecasters.trend})
    moment = date.fromisoformat(day)
    before = ledger.made(moment)
    monkeypatch.setenv("PARALLELRUN_DATA", str(poisoned(tmp_path, day)))
    assert ledger.made(moment) == before
    assert read
    assert {cutoff for cutoff, _ in read} == {pd.Timestamp(day)}
    assert all(pd.isna(one.newest) or one.newest < pd.Timestamp(day) for _, one in read)


@pytest.mark.parametrize("day", REPLAYED)
def test_forecasts_are_made_from_the_view_alone(day, monkeypatch):
    """No table is read but through a view: the loader is called by nothing else while forecasts are made."""
    inside = []
    load, given = tables.load, AsOf.load

    def viewed(view, *args, **kwargs):
        inside.append(True)
        try:
            return given(view, *args, **kwargs)
        finally:
            inside.pop()

    def guarded(name):
        assert inside, f"{name} was read past the view"
        return load(name)

    monkeypatch.setattr(AsOf, "load", viewed)
    monkeypatch.setattr(tables, "load", guarded)
    monkeypatch.setattr(ledger, "FORECASTERS", {"no change": forecasters.no_change})
    assert ledger.made(date.fromisoformat(day))


@pytest.mark.parametrize("day", REPLAYED)
def test_a_replay_gives_the_frozen_numbers(frozen, day):
    """Where old rows were corrected since, the frozen forecast stays, and its digest says that it saw others."""
    again = ledger.replayed(frozen, day)
    same = again[again["same_data"]]
    assert len(same) > len(again) / 2
    seen = frozen.loc[frozen["as_of"] == day, "seen_table"].str.split().explode()
    assert inputs_of(ledger.largest_difference(again)) == {ledger.TABLE, *seen}
    scale = frozen.set_index("id").loc[same["id"], ledger.QUANTILES].abs().max(axis=1).fillna(1).to_numpy()
    assert (same["difference"].to_numpy() <= 2e-5 * np.maximum(scale, 1)).all()


def test_every_frozen_forecast_saw_only_rows_from_before_its_day(frozen):
    assert (frozen["seen_until"] < frozen["as_of"]).all()
    assert (frozen["written_on"] >= frozen["as_of"]).all()
    assert (np.ceil((frozen["due"] - frozen["as_of"]).dt.days / 7) == frozen["weeks"]).all()


# --- freezing --------------------------------------------------------------------------------------------------------


def few(monkeypatch):
    monkeypatch.setattr(ledger, "FORECASTERS", {"no change": forecasters.no_change})


def test_freezing_adds_rows_and_changes_none(tmp_path, monkeypatch):
    few(monkeypatch)
    path, written = tmp_path / "forecasts.csv", date(2026, 11, 25)
    first = ledger.freeze(path, [date(2025, 4, 1)], written)
    before = path.read_bytes()
    assert first > 0
    assert ledger.freeze(path, [date(2025, 4, 1)], written) == 0
    assert ledger.freeze(path, [date(2025, 5, 1)], written) > 0
    assert path.read_bytes().startswith(before)
    assert len(ledger.check(path)) == len(pd.read_csv(path))


def test_a_forecast_that_was_changed_is_found_and_named(tmp_path, monkeypatch):
    few(monkeypatch)
    path = tmp_path / "forecasts.csv"
    ledger.freeze(path, [date(2025, 4, 1)], date(2026, 11, 25))
    text = path.read_text()
    value = ledger.check(path)[0]["q475"]
    path.write_text(text.replace(f",{value},", ",1,", 1))
    with pytest.raises(DataError, match=r"line 2, column .*digest.*changed after it was frozen"):
        ledger.freeze(path, [date(2025, 5, 1)], date(2026, 11, 25))
    path.write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(DataError, match="is there twice"):
        ledger.check(path)


def test_a_forecast_is_not_made_on_a_day_to_come(tmp_path):
    with pytest.raises(InputError, match="lies after today"):
        ledger.freeze(tmp_path / "forecasts.csv", [date(2026, 11, 26)], date(2026, 11, 25))


def test_a_due_day_of_ones_own_is_frozen_beside_the_usual_ones(tmp_path, monkeypatch):
    few(monkeypatch)
    path, today = tmp_path / "forecasts.csv", date(2026, 11, 25)
    ledger.freeze(path, [today], today, [date(2026, 12, 31)])
    rows = [row for row in ledger.check(path) if row["due"] == "2026-12-31"]
    assert {row["weeks"] for row in rows} == {"6"}
    with pytest.raises(InputError, match="--due 2026-11-25: does not lie after"):
        ledger.freeze(path, [today], today, [today])


def test_the_days_that_the_convergence_notebook_names_are_frozen(frozen):
    own = frozen[(frozen["series"] == "style_controlled") & (frozen["as_of"] == frozen["as_of"].max())]
    assert {"2026-12-31", "2027-06-30"} <= set(own["due"].dt.strftime("%Y-%m-%d"))


def test_the_committed_ledger_is_as_it_was_written(frozen):
    assert len(ledger.check(ledger.table_path())) == len(frozen)


def test_the_command_freezes_into_the_data_in_use(collection, monkeypatch):
    few(monkeypatch)
    monkeypatch.setenv("PARALLELRUN_DATA", str(collection / "data"))
    before = len(ledger.check(ledger.table_path()))
    done = CliRunner().invoke(__main__.main, ["--on", "2025-04-15"])
    assert done.exit_code == 0, done.output
    assert "forecasts added" in done.output
    assert len(ledger.check(ledger.table_path())) > before
    assert CliRunner().invoke(__main__.main, ["--on", "2999-01-01"]).exit_code == 1


# --- forecasters -----------------------------------------------------------------------------------------------------


def test_no_change_is_a_random_walk_where_the_record_is_short():
    values = np.array([0.0, 3.0, 0.0, 3.0, 0.0])
    found = forecasters.no_change(forecasters.Known(values), [4, 9], 1)
    assert np.median(found.quantiles, axis=1) == pytest.approx([0, 0], abs=0.2)
    assert found.quantiles[1] == pytest.approx(9 * norm.ppf(LEVELS))
    assert (found.met_zero == 1).all()


def test_no_change_learns_its_spread_from_changes_over_the_same_span():
    """A series that swings back has small changes over two weeks, whatever its steps."""
    values = 50 + np.tile([0.0, 10.0], 30)
    two = forecasters.no_change(forecasters.Known(values), [2], 1).quantiles[0]
    assert np.ptp(two) == pytest.approx(0, abs=1e-6)


def test_the_trend_of_a_line_is_the_line():
    values = 5 + 2 * np.arange(40.0)
    found = forecasters.trend(forecasters.Known(values), [1, 10], 1)
    assert found.quantiles[:, 0] == pytest.approx([85, 103])
    assert found.met_zero is None


def test_the_trend_takes_the_last_five_where_its_window_is_empty():
    values = np.full(60, np.nan)
    values[[0, 5, 10, 15, 20, 59]] = [99, 1, 2, 3, 4, 5]
    assert np.isfinite(forecasters.trend(forecasters.Known(values), [4], 1).quantiles).all()


@pytest.mark.parametrize("model", forecasters.FORECASTERS)
def test_quantiles_rise_and_later_forecasts_are_wider(model):
    overall = observed("overall", AsOf(pd.Timestamp("2025-06-01")))
    rng = np.random.default_rng(5)
    values = 60 + np.convolve(rng.normal(0, 10, 70), 0.7 ** np.arange(11), "valid")
    values[[5, 6, 30]] = np.nan
    found = forecasters.FORECASTERS[model](forecasters.Known(values, overall), [4, 26], 1)
    assert (np.diff(found.quantiles, axis=1) > 0).all()
    assert np.ptp(found.quantiles[1]) >= np.ptp(found.quantiles[0])
    if found.met_zero is not None:
        assert 0 <= found.met_zero[0] <= found.met_zero[1] <= 1


def test_a_model_that_cannot_forecast_a_series_says_nothing():
    walk = np.cumsum(np.random.default_rng(5).normal(0, 5, 60))
    assert forecasters.FORECASTERS["mean-reverting"](forecasters.Known(60 + walk), [4], 1) is None
    assert forecasters.releases(forecasters.Known(60 + walk), [4], 1) is None


def test_a_gap_may_learn_from_a_longer_record_and_begins_at_its_own():
    boards = [observed(name, AsOf(pd.Timestamp("2026-04-20"))) for name in ("style_controlled", "overall")]
    own = weekly(boards[0]).to_numpy()
    found = forecasters.releases(forecasters.Known(own, *boards), [1], 1)
    assert abs(np.median(found.quantiles) - own[-1]) < 10


# --- series and resolution -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERIES)
def test_a_series_goes_to_its_scale_and_back(name, seen):
    values = seen[name]["value"].to_numpy()
    assert SERIES[name].back(SERIES[name].forward(values)) == pytest.approx(values)
    assert seen[name]["date"].is_monotonic_increasing
    assert seen[name]["date"].is_unique
    assert weekly(seen[name]).dropna().iloc[-1] == values[-1]


def test_the_gap_is_that_of_the_boards(seen):
    leaders = tables.load("convergence/board_leaders")
    day = leaders[(leaders["board"] == "overall") & (leaders["as_of"] == "2025-12-11")].set_index("country")["value"]
    row = seen["overall"].set_index("date").loc["2025-12-11"]
    assert row["value"] == pytest.approx(day["US"] - day["CN"])


def rows(**changes):
    base = {"target": "gap", "series": "overall", "model": "no change", "as_of": pd.Timestamp("2025-01-01"),
            "due": pd.Timestamp("2025-01-29"), "weeks": 4, "unit": "points", "probability": np.nan,
            "written_on": pd.Timestamp(TODAY)}  # fmt: skip
    base |= dict(zip(ledger.QUANTILES, np.linspace(-10, 10, len(ledger.QUANTILES)), strict=True))
    return pd.DataFrame([base | changes])


def observations(*pairs):
    return {"overall": pd.DataFrame({"date": pd.to_datetime([d for d, _ in pairs]), "value": [v for _, v in pairs]})}


def test_the_first_value_on_or_after_the_due_day_resolves_a_forecast():
    came = observations(("2024-12-30", 5.0), ("2025-01-28", 1.0), ("2025-01-29", 2.0), ("2025-02-05", 3.0))
    found = ledger.resolved(rows(), came, "2025-03-01").iloc[0]
    assert (found["status"], found["outcome"], found["last"]) == ("resolved", 2.0, 5.0)
    assert not found["in_advance"]


def test_a_forecast_is_open_until_the_days_of_grace_have_passed_and_then_void():
    came = observations(("2024-12-30", 5.0), ("2025-06-01", 1.0))
    assert list(ledger.resolved(rows(), came, "2025-02-26")["status"]) == ["open"]
    assert list(ledger.resolved(rows(), came, "2025-06-02")["status"]) == ["void"]


def test_what_came_after_the_reckoning_resolves_nothing():
    came = observations(("2024-12-30", 5.0), ("2025-01-30", 1.0))
    assert list(ledger.resolved(rows(), came, "2025-01-29")["status"]) == ["open"]
    assert list(ledger.resolved(rows(), came, "2025-01-30")["status"]) == ["resolved"]
    assert ledger.resolved(rows(), came, "2024-12-31").empty


def test_parity_is_met_by_the_first_value_at_zero_and_not_met_by_a_value_after_the_due_day():
    chance = rows(target="parity", unit="probability", probability=0.2)
    met = observations(("2024-12-30", 5.0), ("2025-01-10", 0.0), ("2025-01-12", 9.0))
    found = ledger.resolved(chance, met, "2025-01-15").iloc[0]
    assert (found["status"], found["outcome"]) == ("resolved", 1.0)
    never = observations(("2024-12-30", -5.0), ("2025-01-10", 4.0), ("2025-01-30", -1.0))
    assert ledger.resolved(chance, never, "2025-02-15").iloc[0]["outcome"] == 0.0
    unknown = observations(("2024-12-30", 5.0), ("2025-01-10", 4.0))
    assert list(ledger.resolved(chance, unknown, "2025-01-15")["status"]) == ["open"]


def test_no_resolved_forecast_has_an_outcome_from_before_its_due_day(book):
    done = book[(book["status"] == "resolved") & (book["target"] != "parity")]
    assert (done["resolved_on"] >= done["due"]).all()
    assert (done["resolved_on"] <= done["due"] + pd.Timedelta(days=ledger.GRACE)).all()
    assert (book["status"].value_counts().sum()) == len(book)


# --- scores ----------------------------------------------------------------------------------------------------------


def test_a_forecaster_is_compared_only_on_what_both_forecast(book):
    scored = scoring.scored(book)
    pairs = scoring.paired(scored[scored["as_of"] < "2025-06-01"], "no change")
    table = scoring.skill(scored[scored["as_of"] < "2025-06-01"], "no change", 52, 0.95, 100, 1)
    own = pairs[(pairs["series"] == "overall") & (pairs["model"] == "mean-reverting")]
    ratio = scoring.crps_ratio(table, "overall", "mean-reverting")
    assert ratio.value == pytest.approx(own["crps"].sum() / own["other"].sum())
    itself = pairs[pairs["model"] == "no change"]
    assert (itself["crps"] == itself["other"]).all()


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """Surroundings in which calls share what they compute, however quick they were."""
    monkeypatch.setattr(memo, "LEAST_SECONDS", 0.0)
    return dataclasses.replace(project.surroundings(), memo=tmp_path)


def test_scores_at_another_confidence_share_their_samples(book, shared, monkeypatch):
    scored, rest = scoring.scored(book), ("no change", 26)
    alone = [scoring.skill(scored, *rest, level, 100, 1) for level in (0.95, 0.8)]
    covers = [scoring.coverage(scored, 26, level) for level in (0.95, 0.8)]
    with project.within(shared):
        for number, level in enumerate((0.95, 0.8)):
            pd.testing.assert_frame_equal(scoring.skill(scored, *rest, level, 100, 1), alone[number])
            pd.testing.assert_frame_equal(scoring.coverage(scored, 26, level), covers[number])
            monkeypatch.delattr(scores, "apart", raising=False)
    assert not alone[0].equals(alone[1])
    assert not covers[0].equals(covers[1])


@pytest.mark.parametrize(
    "changed",
    [
        lambda scored, *rest: (scored.assign(crps=scored["crps"] ** 2, outcome=scored["outcome"] + 9), *rest),
        lambda scored, other, *rest: (scored, "trend", *rest),
        lambda scored, other, weeks, *rest: (scored, other, 13, *rest),
        lambda scored, other, weeks, level, draws, seed: (scored, other, weeks, level, 200, seed),
        lambda scored, other, weeks, level, draws, seed: (scored, other, weeks, level, draws, 2),
    ],
)
def test_what_scores_share_follows_all_that_they_are_made_of(book, shared, changed):
    given = (scoring.scored(book), "no change", 26, 0.95, 100, 1)
    other = changed(*given)
    alone, cover = scoring.skill(*other), scoring.coverage(other[0], *other[2:4])
    with project.within(shared):
        before = scoring.skill(*given)
        scoring.coverage(given[0], *given[2:4])
        pd.testing.assert_frame_equal(scoring.skill(*other), alone)
        pd.testing.assert_frame_equal(scoring.coverage(other[0], *other[2:4]), cover)
    assert not alone.equals(before)


def test_the_price_ratio_is_that_of_the_medians_of_what_was_listed_on_a_day(seen):
    prices = tables.load("cost_structure/list_prices").dropna(subset="output_price")
    for row in seen["price_ratio"].itertuples():
        listed = prices[(prices["first_seen"] <= row.date) & ~(prices["as_of"] < row.date)]
        median = listed.groupby("country")["output_price"].median()
        assert row.value == median["US"] / median["CN"]
    assert len(seen["price_ratio"]) > 1


def test_coverage_counts_outcomes_between_the_quantiles(book):
    scored = scoring.scored(book)
    table = scoring.coverage(scored, 26, 0.95)
    own = scored[(scored["series"] == "overall") & (scored["model"] == "trend") & (scored["weeks"] <= 26)]
    found = scoring.coverage_of(table, "overall", "trend")
    assert found.value == pytest.approx(100 * own["inside"].mean())
    assert found.low <= found.value <= found.high
    widths = table.groupby(["series", "model"])["share"].apply(lambda s: s.is_monotonic_decreasing)
    assert widths.all()


def test_fans_of_a_series_do_not_overlap_and_end_with_the_last_made(book):
    fans = scoring.fans(book, "mean-reverting", ["overall"], 26)
    starts = sorted(fans["as_of"].unique())
    assert (np.diff(starts) >= pd.Timedelta(weeks=26)).all()
    own = book[(book["series"] == "overall") & (book["model"] == "mean-reverting")]
    assert starts[-1] == own["as_of"].max()


def test_void_forecasts_bound_the_coverage_by_their_number(book):
    rows = voids.decided(book, "overall", "releases", 26)
    found, void = voids.coverage_bounds(book, "overall", "releases", 26), int((rows["status"] == "void").sum())
    assert void > 0
    assert found.high - found.low == pytest.approx(100 * void / len(rows))
    known = scoring.coverage(scoring.scored(book), 26, 0.95)
    assert found.low < scoring.coverage_of(known, "overall", "releases").value < found.high


def test_void_outcomes_are_put_where_they_suit_the_one_or_the_other_best(book):
    found = voids.ratio_bounds(book, "overall", "releases", "no change", 26)
    without = book[book["status"] != "void"]
    alone = voids.ratio_bounds(without, "overall", "releases", "no change", 26)
    assert alone.low == pytest.approx(alone.high)
    assert found.low < alone.low < found.high
    rng, known = np.random.default_rng(3), [2.0, 3.0]
    mine, theirs = rng.uniform(1, 9, (5, 4)), rng.uniform(1, 9, (5, 4))
    tried = [voids.ratio_of(mine, theirs, known, rows) for rows in itertools.product(range(5), repeat=4)]
    assert voids.extreme(mine, theirs, known, 1.0) == pytest.approx(min(tried))
    assert voids.extreme(mine, theirs, known, -1.0) == pytest.approx(max(tried))


def test_the_share_of_void_forecasts_stands_in_the_headline_and_under_the_figures(book):
    lost, share = voids.lost(book, "overall", "releases", 26), voids.void_share(book)
    done = book["status"].value_counts()
    assert share.value == pytest.approx(100 * done["void"] / (done["void"] + done["resolved"]))
    scored = scoring.scored(book)
    skill, cover = scoring.skill(scored, "no change", 26, 0.95, 100, 1), scoring.coverage(scored, 26, 0.95)
    said = words.headline(*[Estimate(1.0, 0.8, 1.2)] * 3, skill, lost, Parameters())
    for text in (said, plots.skill_by_horizon(skill, "no change", share).caption):
        assert f"{share.value:.0f} %" in text
    assert f"{lost.own} of {lost.of} forecasts by *releases* are void" in said
    assert (
        f"{lost.coverage.low:.0f} to {lost.coverage.high:.0f} %" in plots.calibration(cover, "releases", lost).caption
    )
    assert words.bounds(dataclasses.replace(lost, own=0)) == "None of these forecasts is void."


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (Estimate(0.75, 0.6, 0.9), "25 % lower than that of no change (ratio 0.75, from 0.60 to 0.90)"),
        (
            Estimate(1.2, 0.9, 1.5),
            "20 % higher than that of no change (ratio 1.20, from 0.90 to 1.50), which cannot be",
        ),
        (Estimate(0.75), "25 % lower than that of no change, in too few cases for an interval"),
    ],
)
def test_a_comparison_says_no_more_than_its_interval(ratio, expected):
    assert words.against(ratio, "no change").startswith(expected)


def test_the_newest_outcome_is_told_with_the_width_of_the_forecast(book):
    p = Parameters()
    table = scoring.newest(scoring.scored(book), p.newest_series, 4)
    told = words.newest(table, p)
    row = table[table["model"] == p.model].iloc[0]
    assert f"{row['high'] - row['low']:.0f} points wide" in told
    assert "replay" in told or bool(row["in_advance"])


# --- the articles ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standing(seen):
    return stand(seen, TODAY)


def stand(seen, today):
    segments = [tables.load(f"{theme}/market_segments") for theme in ("convergence", "chip_migration")]
    given = (tables.load(name) for name in (f"{STEM}/article_forecasts", "claims", "convergence/forecasts"))
    return articles.standing(*given, segments, seen, today)


def test_the_articles_forecasts_are_claims_with_words_and_deadlines(standing):
    assert standing["statement"].notna().all()
    assert set(standing.loc[standing["due"].isna(), "forecast"]) == {"D18"}
    shares = standing.dropna(subset="value")
    assert dict(zip(shares["forecast"], shares["value"], strict=True)) == {
        "D07": 35, "D07_US": 60, "D09": 45, "D09_US": 50, "D11": 40, "D11_US": 55, "D13": 25, "D13_US": 70,
    }  # fmt: skip
    assert set(standing["nearest"].dropna()) <= set(SERIES)


def test_every_claim_about_a_day_to_come_is_in_the_ledger_or_says_another_one_again():
    claims = tables.load("claims")
    foretold = set(claims.loc[claims["published"].str.startswith("convergence/forecasts"), "id"])
    foretold |= set(claims.loc[claims["as_of"] > "2027-01-01", "id"])
    assert foretold - set(tables.load(f"{STEM}/article_forecasts")["forecast"]) == {"D14"}


def test_the_sentence_names_the_forecasts_that_ledger_and_audit_count_otherwise(seen):
    tables_of = tables.load("claims"), tables.load("convergence/forecasts")
    said = words.articles(stand(seen, "2026-11-25"), *tables_of, "2026-11-25")
    assert "The audit counts 13 claims as forecasts: D14 only there" in said
    assert "; D18 only here" in said


def test_a_deadline_that_has_passed_makes_a_forecast_overdue(seen):
    later = stand(seen, "2029-01-01").set_index("forecast")["status"]
    assert later["D17"] == "overdue"
    assert later["D20"] == "open"
    assert later["D18"] == "never due"


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", variants.names("forecast_ledger"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    variants.check_narrow(variants.call("forecast_ledger", name), tmp_path)


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("name", variants.names(STEM))
def test_a_figure_follows_its_data(name, variant, tmp_path):
    variants.check(variants.call(STEM, name), variant, tmp_path, REFUSED.get((name, variant)))


def test_the_series_of_the_parameters_are_those_there_are():
    fields = Parameters.model_fields
    assert set(fields["series"].annotation.__args__) <= set(SERIES)
    assert set(fields["model"].annotation.__args__) == set(forecasters.FORECASTERS) - set(forecasters.BASELINES)


def test_a_series_with_too_few_forecasts_is_refused_with_those_that_have_enough():
    table = pd.DataFrame({"series": ["overall"] * 2, "model": ["releases"] * 2, "level": [95.0, 50.0]})
    with pytest.raises(ParameterError, match=r"of style_controlled by releases .* enough have: overall by releases$"):
        scoring.coverage_of(table, "style_controlled", "releases")
