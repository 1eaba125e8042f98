"""The audit's frames and figures: counts that add up, contradictions that are there, and inputs that are named."""

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from prove.surroundings import copied

from parallelrun import project
from parallelrun.audit import audit, power
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.data import tables
from parallelrun.errors import FigureError, ParameterError
from parallelrun.study import results
from parallelrun.study.drawing import records
from parallelrun.study.provenance import inputs_of
from parallelrun.themes.claims_audit import RESULTS, __main__, findings, ledger, plots, words
from tests.collection import ROOT, run_command
from tests.variants import VARIANTS, call, check, check_narrow, names

AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def recorded():
    frame = results.load(project.results_dir())
    return frame[frame["notebook"] != "claims_audit"]


@pytest.fixture(scope="module")
def case():
    return ledger.read(tables.digest)


@pytest.fixture(scope="module")
def judged(case, recorded):
    return ledger.judge(case, recorded, AS_OF)


def test_the_ledger_is_the_audit(judged):
    done = audit.run().judged
    assert dict(zip(judged.claims["claim"], judged.claims["verdict"], strict=True)) == {
        name: one.verdict for name, one in done.items()
    }
    assert len(judged.checks) == sum(len(one.findings) for one in done.values())


def test_counts_add_up_to_all_claims(judged):
    counts = findings.counts(judged)
    assert tuple(counts) == VERDICTS
    assert sum(count.value for count in counts.values()) == len(judged.claims)


def test_each_table_that_is_read_is_loaded_once_and_named(recorded):
    read = []

    def load(name):
        read.append(name)
        return tables.load(name)

    done = ledger.judge(ledger.read(load), recorded, AS_OF)
    assert len(read) == len(set(read))
    assert set(read) <= inputs_of(done)
    assert {"claims", "checks", "convergence/arena_scores", "token_economics/weekly_rankings"} <= set(read)
    assert "convergence/board_leaders" in inputs_of(done), "tables behind a result count too"


def test_support_names_the_strongest_kind(judged):
    found = findings.support(judged).set_index("claim")
    support = found["support"]
    assert found.loc[["A02", "D21"], "read"].all()
    assert not found.loc[["A07", "A48", "A49"], "read"].any()
    assert set(support.index) == set(judged.claims.loc[judged.claims["verdict"] == "holds", "claim"])
    assert support["A48"] == "independent"
    assert support["A44"] == "independent"
    assert support["A04"] == "independent"
    checks = judged.checks.assign(supports=judged.checks["supports"] & (judged.checks["kind"] == "arithmetic"))
    fewer = findings.support(judged._replace(checks=checks)).set_index("claim")["support"]
    assert "A48" not in fewer, "checks that agree but do not support, or do not count, are left out"
    assert fewer["A49"] == "arithmetic"
    assert support["B02"] == "cross"


def test_by_kind_says_what_the_checks_say(judged):
    cells = findings.by_kind(judged).set_index(["claim", "kind"])
    assert cells.loc[("A19", "arithmetic"), "outcome"] == "both"
    assert cells.loc[("A05", "arithmetic"), "outcome"] == "disagrees"
    assert cells.loc[("D06", "arithmetic"), "outcome"] == "fits"
    assert cells.loc[("A23", "independent"), "outcome"] == "fits", "a comparison does not support a printed figure"
    assert cells.loc[("A69", "independent"), "outcome"] == "agrees"
    assert ("A02", "cross") not in cells.index
    assert cells["checks"].sum() == len(judged.checks)


@pytest.mark.parametrize(
    ("one", "other"), [("A05", "A06"), ("A01", "C01"), ("A07", "A19"), ("A19", "C05"), ("A25", "B03"), ("A49", "A50")]
)
def test_contradictions_are_found_between_and_inside_articles(judged, one, other):
    assert any({one, other} <= set(names.split()) for names in findings.clashes(judged)["claims"])


def test_a_set_of_claims_that_cannot_all_be_true_stands_once(judged):
    """A19 is refuted by A07 less A11, and A11 by A07 less A19: one contradiction, not two pairs each."""
    sets = findings.clashes(judged)
    assert sets["claims"].is_unique
    assert sets["claims"].tolist().count("A07 A11 A19") == 1
    inside = dict(zip(sets["claims"], sets["within"], strict=True))
    assert (inside["A05 A06"], inside["A01 C01"]) == (True, False)


def test_one_conflict_that_is_told_of_several_claims_is_one_ground(judged):
    sets = findings.clashes(judged)
    assert sets["note"].nunique() < len(sets)
    said = words.pencil(judged)
    assert f"the {len(sets)} sets have {sets['note'].nunique()} grounds" in said


def test_claims_that_rest_on_readings_alone_are_counted_apart(judged):
    found = findings.support(judged)
    assert f"{found.loc[found['support'] == 'independent', 'read'].sum()} of them only by what others read" in (
        words.supported(judged)
    )


def test_readings_are_told_by_the_tables_whose_cells_were_read(judged):
    checks = judged.checks.assign(expression='"convergence/report_readings"', tables="convergence/board_leaders")
    assert not findings.support(judged._replace(checks=checks))["read"].any()


def test_consequence_is_counted(judged):
    listed = findings.against(judged)
    assert (listed["uses"].diff().dropna() <= 0).all()
    told = findings.consequential(judged, 10)
    assert told["table"].is_unique
    assert len(told) == min(10, listed["table"].nunique())


def test_a_paragraph_has_the_computed_numbers_of_each_check(judged):
    def paragraph(claim):
        (row,) = records(judged.claims[judged.claims["claim"] == claim])
        return words.paragraph(row, findings.checks_of(judged, pd.Series([claim]))[claim])

    text = paragraph("A19")
    assert "53 to 55 points" in text
    assert "holds" in text
    assert text.count(";") + 2 >= (judged.checks["claim"] == "A19").sum() - 1
    assert "“39 points”" in text
    assert "outranked" in text
    assert "standard errors off" in paragraph("A50"), "an estimate says how far in its own terms"


def _rewritten(path, changed):
    """Rewrite a table by a function that changes its rows, each a dict."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed(rows))


def _another_claim(data, figures, held):
    """A claim cites the row of another."""

    def changed(rows):
        cited = {row["id"]: row["published"] for row in rows}
        return [row | {"published": cited["A08"]} if row["id"] == "A07" else row for row in rows]

    _rewritten(data / "claims.csv", changed)


def _fewer_checks(data, figures, held):
    """A claim that holds has no check."""
    _rewritten(data / "checks.csv", lambda rows: [row for row in rows if row["claim"] != held[0]])


def _another_row(data, figures, held):
    """The curated row that a claim cites prints another figure."""

    def changed(rows):
        wrong = {"published": "9999", "value": "9999", "low": "9998.5", "high": "9999.5"}
        return [row | wrong if row["claim"] == "A07" else row for row in rows]

    _rewritten(data / "convergence" / "arena_scores.csv", changed)


def _other_results(data, figures, held):
    """All recorded results are ten times what they were."""
    for path in figures.glob("*/results.json"):
        content = json.loads(path.read_text())
        for one in content["results"]:
            one |= {end: one[end] * 10 for end in ("value", "low", "high") if one[end] is not None}
        path.write_text(json.dumps(content))


@pytest.mark.parametrize("change", [_another_claim, _fewer_checks, _another_row, _other_results])
def test_what_runs_of_a_sweep_share_of_the_audit_follows_all_that_it_reads(tmp_path, monkeypatch, judged, change):
    data, figures = tmp_path / "data", tmp_path / "figures"
    (tmp_path / "memo").mkdir()
    shutil.copytree(project.data_dir(), data)
    for path in project.results_dir().glob("*/results.json"):
        (figures / path.parent.name).mkdir(parents=True)
        shutil.copyfile(path, figures / path.parent.name / path.name)
    around = project.Surroundings(data, figures, formats=(), memo=tmp_path / "memo")

    def made(around):
        with project.within(around):
            case = ledger.read(lambda name: None)
            case.judge(date.fromisoformat(AS_OF), 1.5)
            return ledger.widened(case, AS_OF, 2.0, 2), ledger.noticed(case, AS_OF).seeded

    first = made(around)
    with monkeypatch.context() as patch:
        patch.delattr(power, "seed")
        for one, other in zip(made(around), first, strict=True):
            pd.testing.assert_frame_equal(one, other)
    change(data, figures, list(judged.claims.loc[judged.claims["verdict"] == "holds", "claim"]))
    shared, alone = made(around), made(replace(around, memo=None))
    for one, other, before in zip(shared, alone, first, strict=True):
        pd.testing.assert_frame_equal(one, other)
        assert not one.equals(before)


def test_wider_intervals_flip_verdicts_in_order(case):
    sweep = ledger.widened(case, AS_OF, 8.0, 4)
    assert sweep["factor"].unique() == pytest.approx([1, 2, 4, 8])
    assert len(sweep) == 4 * len(sweep[sweep["factor"] == 1])
    flips = findings.first_flip(sweep)
    assert (flips["factor"] > 1).all()
    assert (flips["verdict"] != flips["becomes"]).all()
    assert flips["factor"].is_monotonic_increasing
    forecasts = (sweep["verdict"] == "forecast").groupby(sweep["factor"]).sum()
    assert len(set(forecasts)) == 1, "when a claim comes due has nothing to do with its rounding"


def test_widening_does_not_change_what_is_judged_without_it(case, recorded, judged):
    ledger.judge(case, recorded, AS_OF, 10.0)
    pd.testing.assert_frame_equal(ledger.judge(case, recorded, AS_OF).claims, judged.claims)


def test_forecasts_come_due(case, recorded, judged):
    assert (pd.to_datetime(findings.due(judged)["due"]) > pd.Timestamp(AS_OF)).all()
    assert findings.due(ledger.judge(case, recorded, "2031-01-01")).empty


def test_a_claim_that_no_check_decides_says_what_was_looked_for_in_the_table_of_its_theme(judged):
    told = pd.concat([findings.by_theme(judged, theme) for theme in words.THEMES])
    assert len(told) == len(judged.claims), "every claim stands in the table of one theme"
    assert told.loc[told["verdict"] == "unverifiable", "why"].str.contains("looked").all()
    row = told[told["claim"] == "A19"].iloc[0]
    assert row["printed"] == "39 points"
    assert "✗ 53 to 55 points (own figures, outranked)" in row["computed"]


def test_a_claim_that_stays_refuted_under_another_verdict_is_robustly_refuted():
    """A claim that goes from failing to misattributed was refuted throughout; one that comes to hold was not."""
    verdicts = {"X": ["fails", "misattributed"], "Y": ["contested", "holds"], "Z": ["holds", "holds"]}
    rows = [(factor, claim, "a", said[i]) for i, factor in enumerate((1.0, 32.0)) for claim, said in verdicts.items()]
    assert findings.robust(pd.DataFrame(rows, columns=["factor", "claim", "source", "verdict"])) == ["X"]


def test_every_recorded_result_has_a_meaning(case, judged):
    sweep = ledger.widened(case, AS_OF, 2.0, 3)
    numerals = findings.coverage(judged, tables.load("claims_audit/numerals"))
    power = findings.power(ledger.noticed(case, AS_OF))
    others = findings.flips(findings.under_scenarios(judged, tables.load("claims_audit/scenario_verdicts")))
    assert {*findings.summary(judged, sweep), *numerals, *power, *others} == set(RESULTS)


def test_every_numeral_is_a_claim_a_repeat_or_of_a_named_kind(judged):
    numerals = tables.load("claims_audit/numerals")
    told = numerals[numerals["kind"].isin(["claim", "repeat"])]
    source = judged.claims.set_index("claim")["source"]
    assert (told["of_claim"].map(source) == told["source"]).all()
    assert set(numerals["kind"]) - {"claim", "repeat"} <= set(words.KINDS_OF_NUMERALS)
    first = told.loc[told["kind"] == "claim", "of_claim"]
    assert first.is_unique
    figures = judged.claims.loc[judged.claims["low"].notna(), "claim"]
    assert set(figures) - set(first) == {"A14", "A28", "B02_CN"}, "which are printed in words"
    counts = findings.coverage(judged, numerals)
    assert counts["numerals_judged"].value == len(told) > 0.5 * counts["numerals"].value


def test_what_the_checks_would_have_noticed_agrees_with_what_is_tried(case):
    noticed = ledger.noticed(case, AS_OF)
    made = findings.power(noticed)
    assert made["false_alarms"].value == 0
    assert made["power_of_a_tenth"].value < made["power_of_a_half"].value < 1.0
    ends = noticed.thresholds.set_index("claim")[["up", "down"]]
    wrong = noticed.seeded[noticed.seeded["kind"] != "shortened"].join(ends, on="claim")
    expected = (wrong["error"] > wrong["up"]) | (-wrong["error"] > wrong["down"])
    assert (expected == wrong["caught"]).mean() > 0.95, "but for the rounding of the wrong figure"


def test_the_answer_has_three_sentences(judged):
    said = words.answer(judged, findings.counts(judged))
    assert said.count(". ") + 1 == 3
    assert f"{len(judged.claims)} claims" in said
    spoken = (~judged.claims["verdict"].isin(["unverifiable", "forecast"])).sum()
    assert f"checks speak for or against {spoken}:" in said, "the contested and the inconsistent are not decided"


@pytest.mark.parametrize("name", names("claims_audit"))
def test_a_figure_fits_a_column_of_85_mm(name, tmp_path):
    check_narrow(call("claims_audit", name), tmp_path)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", names("claims_audit"))
def test_figures_follow_whatever_the_audit_finds(name, variant, tmp_path):
    check(call("claims_audit", name), variant, tmp_path)


@pytest.mark.parametrize("plot", [plots.contradictions, lambda judged: plots.consequential(judged, 5)])
def test_a_figure_of_what_is_not_there_says_so(judged, plot):
    with pytest.raises(FigureError, match="no "):
        plot(judged._replace(checks=judged.checks.iloc[:0]))


def test_a_day_that_is_none_is_refused(case, recorded):
    with pytest.raises(ParameterError, match="'as_of': expected a day such as 2026-11-25, got 'soon'"):
        ledger.judge(case, recorded, "soon")


def test_relative_intervals_are_over_the_printed_centre(judged):
    check = judged.checks[(judged.checks["claim"] == "A19") & (judged.checks["expression"] == "A07 - A11")].iloc[0]
    assert (check["relative_low"], check["relative_high"]) == (pytest.approx(53 / 39), pytest.approx(55 / 39))
    assert np.isnan(judged.checks.loc[judged.checks["comparison"], "relative_low"]).all()


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "scenarios").glob("*.yml")))
def test_the_verdicts_under_a_scenario_are_those_in_the_table(tmp_path, name):
    """All notebooks run under it; after a change of results: python -m parallelrun.themes.claims_audit."""
    folder = copied(tmp_path)
    finished = run_command("run", "--scenario", name, "--no-figures", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    runs = [folder / run for run in re.findall(r"runs/\S+/", finished.stdout)]
    assert {run.parent.name for run in runs} == set(project.stems())
    table = tables.load("claims_audit/scenario_verdicts")
    table = table[table["scenario"] == name]
    assert __main__.verdicts(runs) == dict(zip(table["of_claim"], table["verdict"], strict=True))
    assert project.results_dir() == ROOT / "figures"


def test_a_verdict_that_is_another_under_a_scenario_is_told(judged):
    """Two invented scenarios: in one a verdict is another, in the other all are as they were."""
    claims = judged.claims[["claim", "verdict"]].rename(columns={"claim": "of_claim"})
    other = claims.assign(verdict=claims["verdict"].mask(claims["of_claim"] == "A02", "fails"))
    both = pd.concat([claims.assign(scenario="calm"), other.assign(scenario="wild")])
    flips = findings.under_scenarios(judged, both)
    assert flips[["claim", "verdict", "calm", "wild"]].to_numpy().tolist() == [["A02", "holds", "holds", "fails"]]
    assert "1 under *wild* change; none does under *calm*" in words.under_scenarios(flips)
    assert "none change" in words.under_scenarios(findings.under_scenarios(judged, claims.assign(scenario="calm")))
