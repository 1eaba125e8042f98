"""Power: what the checks of a text would have noticed, computed and tried out."""

import math
from datetime import date

import pytest

from parallelrun.audit import audit, power
from parallelrun.audit.power import Threshold
from tests.collection import ROOT

EXAMPLE = ROOT / "docs" / "example"


@pytest.fixture(scope="module")
def own():
    case = audit.prepare()
    done = case.judge()
    return done, power.thresholds(done), power.seed(case, done)


def test_the_seeded_errors_are_caught_where_the_computation_says_so(own):
    _, thresholds, seeded = own
    known = {one.claim: one for one in thresholds}
    exact = [one for one in seeded if one.kind != "shortened" and one.kind not in ("wrong base",)]
    agreeing = [one for one in exact if known[one.claim].catches(one.error) == one.caught]
    assert len(agreeing) >= 0.97 * len(exact), "rounding of the wrong figure may move a few across"


def test_large_errors_are_caught_and_true_figures_are_not_refuted(own):
    _, _, seeded = own
    tens = [one.caught for one in seeded if one.kind in ("ten times", "a tenth")]
    assert tens
    assert sum(tens) >= 0.9 * len(tens)
    assert {one.caught for one in seeded if one.kind == "shortened"} == {False}


def test_power_grows_with_the_error(own):
    shares = list(power.power(own[1]).values())
    assert shares == sorted(shares)
    assert 0 < shares[0] < 1


def test_only_claims_that_hold_with_a_figure_are_told(own):
    done, thresholds, _ = own
    assert all(done.judged[one.claim].verdict == "holds" for one in thresholds)


def test_a_text_without_a_check_has_no_power():
    assert math.isnan(power.power([])[0.1])
    assert not Threshold("A", math.inf, math.inf).catches(100.0)


def test_a_threshold_is_the_nearest_end_and_a_half_width():
    done = audit.prepare(EXAMPLE / "claims.csv", EXAMPLE / "checks.csv").judge(date(2026, 6, 30))
    for one in power.thresholds(done):
        judged = done.judged[one.claim]
        assert one.smallest > 0
        assert any(not f.comparison for f in judged.findings) or one.smallest == math.inf


def test_the_figure_that_others_repeat_is_replaced_for_them_too(tmp_path):
    header = "id,source,locator,theme,statement,published,unit,as_of,note\n"
    (tmp_path / "claims.csv").write_text(f"{header}A,t,1,,Models,10,models,,\nB,t,2,,The same,#A,,,\n")
    (tmp_path / "checks.csv").write_text("claim,kind,expression,note\n")
    case = audit.prepare(tmp_path / "claims.csv", tmp_path / "checks.csv")
    assert case.names.figure("B").text == "10"
    assert case.with_printed("A", "12", "models").names.figure("B").text == "12"
    assert case.names.figure("B").text == "10"
