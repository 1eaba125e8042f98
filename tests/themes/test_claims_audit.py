"""The audit's frames and figures: counts that add up, contradictions that are there, and inputs that are named."""

import numpy as np
import pandas as pd
import pytest

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.data import tables
from parallelrun.errors import ParameterError
from parallelrun.study import results
from parallelrun.study.provenance import inputs_of
from parallelrun.themes import claims_audit as theme

AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def recorded():
    frame = results.load(project.results_dir())
    return frame[frame["notebook"] != "claims_audit"]


@pytest.fixture(scope="module")
def case():
    return theme.read(tables.load)


@pytest.fixture(scope="module")
def ledger(case, recorded):
    return theme.judge(case, recorded, AS_OF)


def test_the_ledger_is_the_audit(ledger):
    done = audit.run().judged
    assert dict(zip(ledger.claims["claim"], ledger.claims["verdict"], strict=True)) == {
        name: one.verdict for name, one in done.items()
    }
    assert len(ledger.checks) == sum(len(one.findings) for one in done.values())


def test_counts_add_up_to_all_claims(ledger):
    counts = theme.counts(ledger)
    assert tuple(counts) == VERDICTS
    assert sum(count.value for count in counts.values()) == len(ledger.claims)


def test_each_table_that_is_read_is_loaded_once_and_named(recorded):
    read = []

    def load(name):
        read.append(name)
        return tables.load(name)

    judged = theme.judge(theme.read(load), recorded, AS_OF)
    assert len(read) == len(set(read))
    assert set(read) <= inputs_of(judged)
    assert {"claims", "checks", "convergence/arena_scores", "token_economics/weekly_rankings"} <= set(read)
    assert "convergence/board_leaders" in inputs_of(judged), "tables behind a result count too"


def test_support_names_the_strongest_kind(ledger):
    support = theme.support(ledger).set_index("claim")["support"]
    assert set(support.index) == set(ledger.claims.loc[ledger.claims["verdict"] == "holds", "claim"])
    assert support["A48"] == "independent"
    assert support["A44"] == "independent"
    assert support["A04"] == "independent"
    checks = ledger.checks.assign(supports=ledger.checks["supports"] & (ledger.checks["kind"] == "arithmetic"))
    fewer = theme.support(ledger._replace(checks=checks)).set_index("claim")["support"]
    assert fewer["A48"] == "arithmetic", "checks that agree but do not support are left out"
    assert support["B02"] == "cross"


def test_by_kind_says_what_the_checks_say(ledger):
    cells = theme.by_kind(ledger).set_index(["claim", "kind"])
    assert len(cells) == 4 * len(ledger.claims)
    assert cells.loc[("A19", "arithmetic"), "outcome"] == "both"
    assert cells.loc[("A05", "arithmetic"), "outcome"] == "disagrees"
    assert cells.loc[("D06", "arithmetic"), "outcome"] == "fits"
    assert cells.loc[("A23", "independent"), "outcome"] == "fits", "a comparison does not support a printed figure"
    assert cells.loc[("A69", "independent"), "outcome"] == "agrees"
    assert cells.loc[("A02", "cross"), "outcome"] == "none"
    assert cells["checks"].sum() == len(ledger.checks)


@pytest.mark.parametrize(
    ("one", "other"), [("A05", "A06"), ("A01", "C01"), ("A07", "A19"), ("A11", "C02"), ("B05", "D05"), ("A49", "A50")]
)
def test_contradictions_are_found_between_and_inside_articles(ledger, one, other):
    pairs = theme.contradictions(ledger)
    clash = pairs[pairs["outcome"] == "disagrees"]
    assert (one, other) in set(zip(clash["claim"], clash["other"], strict=True))


def test_a_set_of_claims_that_cannot_all_be_true_stands_once(ledger):
    """A19 is refuted by A07 less A11, and A11 by A07 less A19: one contradiction, not two pairs each."""
    sets = theme.clashes(ledger)
    assert sets["claims"].is_unique
    assert sets["claims"].tolist().count("A07 A11 A19") == 1
    inside = dict(zip(sets["claims"], sets["within"], strict=True))
    assert (inside["A05 A06"], inside["A01 C01"]) == (True, False)
    pairs = theme.contradictions(ledger)
    clash = pairs[pairs["outcome"] == "disagrees"]
    for one, other in zip(clash["claim"], clash["other"], strict=True):
        assert any({one, other} <= set(names.split()) for names in sets["claims"])


def test_pairs_stand_once_for_each_outcome(ledger):
    pairs = theme.contradictions(ledger)
    assert not pairs.duplicated(["claim", "other", "outcome"]).any()
    assert not (pairs["claim"] == pairs["other"]).any()


def test_consequence_is_counted(ledger):
    listed = theme.against(ledger)
    assert (listed["uses"].diff().dropna() <= 0).all()
    told = theme.consequential(ledger, 10)
    assert len(told) == 10
    assert told["table"].is_unique


def test_a_paragraph_has_the_computed_numbers_of_each_check(ledger):
    text = theme.paragraph(ledger, "A19")
    assert "53 to 55 points" in text
    assert "contested" in text
    assert text.count(";") + 2 >= (ledger.checks["claim"] == "A19").sum() - 1
    assert "“39 points”" in text


def test_wider_intervals_flip_verdicts_in_order(case):
    sweep = theme.widened(case, AS_OF, 8.0, 4)
    assert sweep["factor"].unique() == pytest.approx([1, 2, 4, 8])
    assert len(sweep) == 4 * len(sweep[sweep["factor"] == 1])
    flips = theme.first_flip(sweep)
    assert (flips["factor"] > 1).all()
    assert (flips["verdict"] != flips["becomes"]).all()
    assert flips["factor"].is_monotonic_increasing
    forecasts = (sweep["verdict"] == "forecast").groupby(sweep["factor"]).sum()
    assert len(set(forecasts)) == 1, "when a claim comes due has nothing to do with its rounding"


def test_widening_does_not_change_what_is_judged_without_it(case, recorded, ledger):
    theme.judge(case, recorded, AS_OF, 10.0)
    pd.testing.assert_frame_equal(theme.judge(case, recorded, AS_OF).claims, ledger.claims)


def test_forecasts_come_due(case, recorded, ledger):
    assert (pd.to_datetime(theme.due(ledger)["due"]) > pd.Timestamp(AS_OF)).all()
    assert theme.due(theme.judge(case, recorded, "2031-01-01")).empty


def test_unsettled_claims_say_what_was_looked_for(ledger):
    assert theme.unsettled(ledger)["note"].str.contains("looked").all()


def test_a_day_that_is_none_is_refused(case, recorded):
    with pytest.raises(ParameterError, match="'as_of': expected a day such as 2026-11-22, got 'soon'"):
        theme.judge(case, recorded, "soon")


def test_relative_intervals_are_over_the_printed_centre(ledger):
    check = ledger.checks[(ledger.checks["claim"] == "A19") & (ledger.checks["expression"] == "A07 - A11")].iloc[0]
    assert (check["relative_low"], check["relative_high"]) == (pytest.approx(53 / 39), pytest.approx(55 / 39))
    assert np.isnan(ledger.checks.loc[ledger.checks["comparison"], "relative_low"]).all()
