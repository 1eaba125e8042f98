"""The audit: every claim judged by its checks, on the collection's own files and on anyone else's."""

import csv
import json
import math
import random
import re
import shutil
import time
from datetime import date, timedelta

import pytest

from parallelrun import ipynb, project
from parallelrun.audit import audit
from parallelrun.audit.claims import CHECK_COLUMNS, CLAIM_COLUMNS, KINDS, Names, open_tables
from parallelrun.audit.printed import stands_for
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.data import tables
from parallelrun.errors import DataError, ExpressionError, PublishedFormError, UnboundedError, UnitError
from tests.collection import ROOT

CLAIM = ("ratio", "4.3x")


@pytest.fixture(scope="module")
def own():
    """The collection's own audit, as of the day of its data."""
    return audit.run()


@pytest.fixture
def judge(tmp_path):
    """Judge claims given as (id, published, unit[, as_of]) by checks given as (claim, kind, expression)."""

    def judge(claims, checks, as_of="2026-11-22"):
        write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row(*claim) for claim in claims])
        write(tmp_path / "checks.csv", CHECK_COLUMNS, [(*check, "") for check in checks])
        return audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv", date.fromisoformat(as_of)).judged

    return judge


def claim_row(name, published, unit="", as_of="2026-04-17"):
    return (name, "a text", "page 1", "mine", f"claim {name}", published, unit, as_of, "")


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def verdicts(judged):
    return {name: one.verdict for name, one in judged.items()}


# the collection's own claims


def test_every_claim_of_the_articles_is_judged(own):
    numbers = {name.partition("_")[0] for name in own.judged}
    expected = {f"{a}{n:02d}" for a, c in {"A": 72, "B": 6, "C": 7, "D": 21}.items() for n in range(1, c + 1)}
    assert numbers == expected
    tested = {name for name, one in own.judged.items() if any(f.outcome != "open" for f in one.findings)}
    assert len({name.partition("_")[0] for name in tested}) >= 70


def test_every_unverifiable_claim_says_what_was_looked_for(own):
    for name, one in own.judged.items():
        if one.verdict == "unverifiable":
            assert "looked" in one.claim.row["note"], name
        else:
            assert one.claim.row["note"] == "", f"{name} is {one.verdict}: its note is of no use"


def test_no_verdict_is_typed():
    fields = [field["name"] for field in tables.tables()["claims"]["schema"]["fields"]]
    assert "verdict" not in fields
    for check in tables.load("checks").itertuples():
        assert not set(check.note.lower().split()) & set(VERDICTS)


def test_a_claim_repeats_its_curated_row_and_no_figure(own):
    """The printed figure stands in the curated cell alone; source, place and day agree with it."""
    for name, one in own.judged.items():
        row, curated = one.claim.row, one.figure.rows[0]
        assert (row["source"], row["locator"], row["as_of"]) == tuple(
            curated[c] for c in ("source", "locator", "as_of")
        )
        assert row["theme"] == one.figure.table.partition("/")[0]
        digits = (
            []
            if one.figure.form == "date"
            else [word for word in one.figure.text.replace("%", "").split() if any(c.isdigit() for c in word)]
        )
        assert not set(digits) & set(row["statement"].split()), name


def test_every_curated_figure_of_a_claim_is_judged(own):
    """No printed figure is left out: each row with a number or a date is the figure of a claim."""
    cited = {(one.figure.table, row.line) for one in own.judged.values() for row in one.figure.rows}
    for table in tables.tables():
        if table not in ("claims", "checks", "sources"):
            for row in own.names.tables.rows(table):
                if row.get("claim"):
                    assert (table, row.line) in cited, row.where()


def test_kinds_of_checks_are_what_they_say(own):
    """Arithmetic stays inside an article, cross reads another one, independent reads what is no article's."""
    source = {name: one.claim.row["source"] for name, one in own.judged.items()}
    articles = set(source.values())
    for name, one in own.judged.items():
        for finding in one.findings:
            rows = {own.names.tables.rows(t)[line - 2].get("source") for t, line in finding.reads.rows}
            read = {source[c] for c in finding.reads.claims} | (rows & articles)
            other_data = bool(finding.reads.results or rows - articles)
            place = f"{name}: {finding.check.expression}"
            if finding.check.kind == "arithmetic":
                assert read <= {source[name]}, place
                assert not other_data, place
            if finding.check.kind == "cross":
                assert read - {source[name]}, place
                assert not other_data, place
            if finding.check.kind == "independent":
                assert other_data, place


@pytest.mark.parametrize(
    ("claim", "verdict", "kind", "low", "high"),
    [
        ("A19", "contested", "arithmetic", 53, 55),
        ("A13", "fails", "independent", 1225 - 1058, 1225 - 1026),
        ("A13", "fails", "independent", 1148.8 - 1038, 1227 - 1036),
        ("A37", "unverifiable", "independent", 1, 16),
        ("A62", "unverifiable", "scope", 15, 25),
        ("A22", "misattributed", "independent", 94, 94),
        ("A22", "misattributed", "scope", 50, 50),
        ("A27", "contested", "independent", 36.6667, 36.6667),
        ("A32", "misattributed", "scope", 12.885 / 3.035, 13.035 / 3.025),
        ("A53", "fails", "arithmetic", 3.5, 7),
        ("A50", "misattributed", "arithmetic", 16.65, 16.75),
        ("A57", "misattributed", "scope", 425 / 148.5, 426 / 147.5),
        ("D15", "holds", "independent", 34.38805, 34.38805),
    ],
)
def test_the_audit_finds_the_figures_that_do_not_fit(own, claim, verdict, kind, low, high):
    one = own.judged[claim]
    assert one.verdict == verdict
    found = [(f.computed.low, f.computed.high) for f in one.findings if f.check.kind == kind and not f.comparison]
    assert any(a == pytest.approx(low, rel=1e-4) and b == pytest.approx(high, rel=1e-4) for a, b in found), found


@pytest.mark.parametrize(
    ("claim", "verdict", "expression"),
    [
        ("A05", "fails", "number(A05 + A06) <= "),
        ("A22", "misattributed", "A23 + A24 + A26 + A25 / A27 <= A22"),
        ("A01", "contested", "C01"),
        ("C01", "contested", "A01"),
        ("A11", "contested", 'cell("convergence/arena_scores", "vendor", claim="A11") =='),
        ("C02", "contested", 'cell("convergence/gap_timeline", "trailer", claim="C02") =='),
        ("B05", "fails", "A47 >= A48"),
        ("B05", "fails", 'cell("cost_structure/statements", "direction", claim="B05") =='),
        ("C04", "fails", "A07 <= A11"),
    ],
)
def test_the_audit_finds_the_statements_that_do_not_fit(own, claim, verdict, expression):
    one = own.judged[claim]
    assert one.verdict == verdict
    assert any(f.check.expression.startswith(expression) and f.outcome == "disagrees" for f in one.findings)


def test_every_claim_with_a_figure_is_touched_by_a_check(own):
    """By one of its own or of another claim; but the date of a forecast waits for nothing but the calendar."""
    findings = [finding for one in own.judged.values() for finding in one.findings]
    claims = set().union(*(finding.reads.claims for finding in findings))
    rows = set().union(*(finding.reads.rows for finding in findings))
    for name, one in own.judged.items():
        read = name in claims or any((one.figure.table, row.line) in rows for row in one.figure.rows)
        waits = one.verdict == "forecast" and one.figure.form == "date"
        assert one.figure.quantity is None or one.findings or read or waits, name


def moved(figure, row):
    """Return the cells of a row whose figure has moved by ten of its half widths, or by 40 days beyond its span."""
    quantity = figure.quantity
    if figure.form == "date":
        day = (figure.last_day + timedelta(days=40)).isoformat()
        return {"published": day, "earliest": day, "latest": day}
    if figure.form == "number":
        printed = f"{quantity.centre + 5 * (quantity.high - quantity.low or 1):.10g}"
    elif figure.form == "range":
        printed = "-".join(f"{end + 5 * (quantity.high - quantity.low):.10g}" for end in (quantity.low, quantity.high))
    else:
        rounding = stands_for(f"~{quantity.value:.10g}").high - quantity.value
        printed = f"{'<=' if math.isinf(quantity.low) else '>'} {quantity.value + 10 * rounding:.10g}"
    stands = stands_for(printed, row["unit"])
    return {"published": printed, "value": str(stands.value), "low": str(stands.low), "high": str(stands.high)}


def test_mutating_a_printed_figure_beyond_its_rounding_changes_a_verdict_or_a_margin(own):
    """Every printed figure that is not words, moved in the table that holds it."""
    before = {name: (one.verdict, one.margin, one.relative) for name, one in own.judged.items()}
    tested, unmoved = set(), {}
    for name, one in own.judged.items():
        if one.figure.quantity is None or one.figure.form == "words":
            continue
        tables = open_tables()
        row = next(r for r in tables.rows(one.figure.table) if r.line == one.figure.rows[0].line)
        row.cells.update(moved(one.figure, row))
        after = audit.prepare(tables=tables).judge()
        tested.add(name)
        if {n: (o.verdict, o.margin, o.relative) for n, o in after.judged.items()} == before:
            unmoved[name] = f"{one.figure.text} to {row['published']}"
    assert unmoved == {}
    assert len(tested) > 90
    assert {"A02", "A13", "A28", "A60", "A62", "A63", "A67", "A72", "C06", "D15"} <= tested


def far(figure, row, times):
    """Return the cells of a row whose figure is so many times what it was; a date moves by a year."""
    if figure.form == "date":
        day = (figure.last_day + timedelta(days=365 if times > 1 else -365)).isoformat()
        return {"published": day, "earliest": day, "latest": day}
    number = re.compile(r"\d+(?:\.\d+)?")
    scaled = lambda found: f"{float(found[0]) * times:.10f}".rstrip("0").rstrip(".")  # noqa: E731
    ratio, text = re.match(r"(1[:/])?(.*)", figure.text.replace(",", "")).groups()
    printed = (ratio or "") + number.sub(scaled, text)
    stands = stands_for(printed, row["unit"])
    return {"published": printed, "value": str(stands.value), "low": str(stands.low), "high": str(stands.high)}


@pytest.mark.parametrize("times", [0, 20])
def test_no_figure_holds_wherever_it_is_moved(own, times):
    """A claim that holds with its figure at nothing, or at twenty times as much, was never tested by its checks."""
    tested = set()
    for name, one in own.judged.items():
        if one.verdict != "holds" or one.figure.form not in ("number", "range", "date"):
            continue
        tables = open_tables()
        row = next(r for r in tables.rows(one.figure.table) if r.line == one.figure.rows[0].line)
        row.cells.update(far(one.figure, row, times))
        after = audit.prepare(tables=tables).judge().judged[name]
        assert after.verdict != "holds", f"{name} holds with {row['published']} too"
        tested.add(name)
    assert len(tested) > 15
    assert {"A02", "A28", "A44", "D15"} <= tested


@pytest.mark.parametrize("claim", ["A23", "A24", "A26", "A66", "A72"])
def test_what_only_bounds_a_figure_does_not_make_it_hold(own, claim):
    one = own.judged[claim]
    assert one.verdict == "unverifiable"
    assert one.margin is not None
    assert {finding.outcome for finding in one.findings} == {"agrees"}


def test_ranks_of_vendors_follow_from_their_counts():
    counts = tables.load("convergence/vendor_model_counts")
    ranks = counts.groupby("year")["value"].rank(method="min", ascending=False)
    assert counts["rank"].tolist() == ranks.tolist()


def test_the_early_interval_follows_from_the_battles():
    row = tables.load("convergence/early_vendor_scores").query("model == 'PaLM 2'").iloc[0]
    half = round(1.96 * 400 / math.log(10) * 2 / math.sqrt(1800))
    assert (row["low"], row["high"]) == (row["value"] - half, row["value"] + half)


def test_a_forecast_is_open_until_its_day(own):
    assert own.judged["D17"].verdict == "forecast"
    later = audit.run(as_of=date(2030, 1, 1)).judged
    assert not [name for name, one in later.items() if one.verdict == "forecast"]
    assert later["D17"].verdict == "unverifiable"
    assert "has passed" in later["D17"].reason
    assert later["D14"].verdict == "holds"
    assert audit.run(as_of=date(2026, 4, 18)).judged["A66"].verdict == "forecast"


def test_the_default_day_is_that_of_the_data(own):
    assert own.as_of == tables.load("sources")["accessed"].max().date()


# anyone's claims


@pytest.mark.parametrize(
    ("published", "unit", "kind", "expression", "verdict"),
    [
        ("4.3x", "ratio", "arithmetic", "13.2 / 3", "fails"),
        ("4.3x", "ratio", "arithmetic", "12.9 / 3", "holds"),
        ("~48 %", "%", "independent", "quantity(12.96, 'trillion tokens') / quantity(27, 'trillion tokens')", "holds"),
        ("2.7 %", "%", "cross", "quantity(54, 'points') / quantity(1449, 'points')", "fails"),
        ("19", "models", "independent", "quantity(19, 'models')", "holds"),
        ("19", "models", "independent", "quantity(20, 'models')", "fails"),
        ("> 100,000", "models", "independent", "quantity(120000, 'models')", "holds"),
        ("> 100,000", "models", "independent", "quantity(90000, 'models')", "fails"),
        ("hundreds of thousands", "chips", "independent", "quantity(750, 'thousand chips')", "holds"),
        ("hundreds of thousands", "chips", "independent", "quantity(3, 'million chips')", "fails"),
        ("nearly half", "%", "independent", "quantity(47, '%')", "holds"),
        ("nearly half", "%", "independent", "quantity(51, '%')", "fails"),
        ("late April 2026", "date", "independent", "date('2026-04-24')", "holds"),
        ("late April 2026", "date", "independent", "date('2026-05-04')", "fails"),
        ("1:4-5", "ratio", "arithmetic", "OTHER", "fails"),
        ("1:4-5", "ratio", "independent", "OTHER", "unverifiable"),
        ("1:4-5", "ratio", "independent", "4.4", "holds"),
    ],
)
def test_each_form_is_judged_by_what_it_stands_for(judge, published, unit, kind, expression, verdict):
    judged = judge([("X1", published, unit), ("OTHER", "3.5-7", "ratio")], [("X1", kind, expression)])
    assert judged["X1"].verdict == verdict


@pytest.mark.parametrize(
    ("published", "unit", "verdict"),
    [
        ("about 5", "ratio", "holds"),
        ("approximately 5.2", "ratio", "fails"),
        ("≥ 5", "ratio", "holds"),
        ("≤ 4", "ratio", "fails"),
        ("+5.0", "ratio", "holds"),
        ("€5", "ratio", "holds"),
    ],
)
def test_the_signs_and_words_of_other_texts_are_read(judge, published, unit, verdict):
    assert judge([("X1", published, unit)], [("X1", "arithmetic", "5")])["X1"].verdict == verdict


@pytest.mark.parametrize("published", ["50 percent", "50 per cent", "50%", "half"])
def test_per_cent_may_be_written_out(judge, published):
    judged = judge([("X1", published, "%")], [("X1", "arithmetic", "quantity(0.5, 'ratio')")])
    assert judged["X1"].verdict == "holds"


@pytest.mark.parametrize("published", ["April 16, 2026", "April 16", "16 April 2026", "2026-04-16"])
def test_a_day_may_be_written_either_way(judge, published):
    judged = judge([("X1", published, "date")], [("X1", "independent", "date('April 16, 2026')")])
    assert judged["X1"].verdict == "holds"


RULES = [
    ([], "unverifiable"),
    ([("arithmetic", "5")], "holds"),
    ([("arithmetic", "6")], "fails"),
    ([("independent", "6")], "fails"),
    ([("independent", "5"), ("independent", "6")], "contested"),
    ([("cross", "5"), ("arithmetic", "6")], "contested"),
    ([("arithmetic", "5"), ("independent", "6")], "fails"),
    ([("independent", "6"), ("scope", "5")], "misattributed"),
    ([("independent", "6"), ("independent", "5.0"), ("scope", "5")], "misattributed"),
    ([("independent", "6"), ("scope", "7")], "fails"),
    ([("scope", "5")], "unverifiable"),
    ([("scope", "X1 > 6"), ("scope", "5")], "misattributed"),
    ([("scope", "X1 > 6")], "fails"),
    ([("arithmetic", "X1 > 4")], "unverifiable"),
    ([("arithmetic", "X1 > 6")], "fails"),
    ([("independent", "X1 > 4")], "unverifiable"),
    ([("independent", "X1 > 4"), ("arithmetic", "6")], "fails"),
    ([("independent", "X1 > 5")], "unverifiable"),
]


@pytest.mark.parametrize(("checks", "verdict"), RULES)
def test_checks_are_combined_by_the_rule(judge, checks, verdict):
    judged = judge([("X1", "5", "ratio")], [("X1", kind, expression) for kind, expression in checks])
    assert judged["X1"].verdict == verdict


@pytest.mark.parametrize("published", ["5", "~5", "4-6", "nearly 5", "single digits", "> 3", "<= 5", ""])
@pytest.mark.parametrize("kind", ["cross", "independent", "scope"])
def test_a_comparison_supports_only_a_claim_without_a_figure(judge, published, kind):
    claims = [("X1", published, "ratio"), ("LOW", "1", "ratio"), ("HIGH", "9", "ratio")]
    assert judge(claims, [("X1", kind, "LOW < HIGH")])["X1"].verdict == ("unverifiable" if published else "holds")
    assert judge(claims, [("X1", kind, "LOW > HIGH")])["X1"].verdict == "fails"


@pytest.mark.parametrize(
    ("checks", "verdict"), [([("independent", "6")], "forecast"), ([("arithmetic", "6")], "fails")]
)
def test_before_its_day_a_claim_can_only_contradict_itself(judge, checks, verdict):
    judged = judge([("X1", "5", "ratio", "2028-12-31")], [("X1", *check) for check in checks])
    assert judged["X1"].verdict == verdict


@pytest.mark.parametrize(("as_of", "verdict"), [("2026-06-29", "forecast"), ("2026-06-30", "holds")])
def test_a_claim_is_due_on_its_day(judge, as_of, verdict):
    assert judge([("X1", "5", "ratio", "2026-06-30")], [("X1", "independent", "5")], as_of)["X1"].verdict == verdict


@pytest.mark.parametrize(
    ("computed", "margin", "relative"),
    [("5", 0.5, 1), ("5.25", 0.25, 0.5), ("6", -0.5, -1), ("4", -0.5, -1), ("15.5", -10, -20)],
)
def test_the_margin_is_signed_and_relative_to_the_printed_half_width(judge, computed, margin, relative):
    one = judge([("X1", "5", "ratio")], [("X1", "arithmetic", computed)])["X1"]
    assert (one.margin, one.relative) == (pytest.approx(margin), pytest.approx(relative))


def test_where_scope_numbers_are_all_the_margin_is_theirs(judge):
    one = judge([("X1", "5", "ratio")], [("X1", "scope", "6"), ("X1", "scope", "8")])["X1"]
    assert (one.verdict, one.margin, one.relative) == ("unverifiable", pytest.approx(-2.5), pytest.approx(-5))


def test_the_margin_of_a_date_to_come_is_the_days_left(judge):
    one = judge([("X1", "by 2027", "date")], [], "2027-12-01")["X1"]
    assert (one.verdict, one.margin, one.relative) == ("forecast", 30, None)


def test_a_count_is_measured_in_half_units(judge):
    one = judge([("X1", "19", "models")], [("X1", "independent", "quantity(20, 'models')")])["X1"]
    assert (one.margin, one.relative) == (pytest.approx(-1), pytest.approx(-2))


@pytest.mark.parametrize(("computed", "verdict"), [("5.5", "holds"), ("5.50001", "fails")])
def test_the_end_of_an_interval_belongs_to_it_and_what_lies_beyond_does_not(judge, computed, verdict):
    assert judge([("X1", "5", "ratio")], [("X1", "arithmetic", computed)])["X1"].verdict == verdict


@pytest.mark.parametrize(
    ("published", "unit", "wide", "outcome"),
    [
        ("5", "ratio", "1-100", "open"),
        ("50", "ratio", "1-100", "open"),
        *[(str(weeks), "weeks", "1-16", "open") for weeks in (1, 5, 8, 14)],
        ("15", "weeks", "1-16", "agrees"),
        ("17", "weeks", "1-16", "disagrees"),
        ("~0.8", "ratio", "0.2-1.4", "open"),
        ("5", "ratio", "> 3", "open"),
        ("40", "ratio", "25-60", "agrees"),
        ("0", "ratio", "0", "agrees"),
        ("0", "ratio", "0-1", "agrees"),
        ("double digits", "ratio", "5-150", "open"),
    ],
)
def test_an_interval_that_would_agree_with_anything_decides_nothing(judge, published, unit, wide, outcome):
    """It holds the printed figure, and is wider than that is large, wherever its centre lies."""
    judged = judge([("WIDE", wide, unit), ("X1", published, unit)], [("X1", "independent", "WIDE")])
    (finding,) = judged["X1"].findings
    assert finding.outcome == outcome
    assert judged["X1"].verdict == {"agrees": "holds", "disagrees": "fails", "open": "unverifiable"}[outcome]
    assert finding.margin is not None


def test_a_figure_repeated_is_the_figure_of_the_other_claim(judge):
    judged = judge([("X1", "4.3x", "ratio"), ("X2", "#X1", "ratio")], [("X2", "arithmetic", "4.31")])
    assert judged["X2"].figure.text == "4.3x"
    assert judged["X2"].verdict == "holds"


def test_a_comparison_may_read_another_column_of_the_cited_row(judge):
    checks = [("X1", "arithmetic", 'cell("convergence/gap_timeline", "as_of", claim="A19") < date("2026-01-01")')]
    assert judge([("X1", GAP, "points")], checks)["X1"].verdict == "fails"


def test_curated_cells_and_results_can_be_read_from_any_claims_file(judge):
    claims = [("GAP", "39", "points"), ("CITED", "convergence/gap_timeline#A19", "points")]
    checks = [
        ("GAP", "independent", "convergence.gap_points_2026_03"),
        (
            "CITED",
            "arithmetic",
            'cell("convergence/arena_scores", claim="A07") - cell("convergence/arena_scores", claim="A11")',
        ),
    ]
    assert verdicts(judge(claims, checks)) == {"CITED": "fails", "GAP": "holds"}


GAP = "convergence/gap_timeline#A19"

WRONG = [
    ([("X1", "5", "points"), ("X2", "5", "models")], ("X1", "cross", "X2"), UnitError, "'models' and 'points'"),
    ([("X1", "5", "points")], ("X1", "arithmetic", "3 + X11"), ExpressionError, "no claim 'X11'; did you mean 'X1'"),
    ([("X1", "5", "ratio"), ("Z", "0", "ratio")], ("X1", "arithmetic", "5 / Z"), UnboundedError, "contains zero"),
    ([("X1", "5", "ratio"), ("Z", "0-1", "ratio")], ("X1", "arithmetic", "5 / Z"), UnboundedError, "contains zero"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "X1"), DataError, "a cycle: X1 is set against itself"),
    ([("X1", "5", "ratio"), ("X2", "#X1", "ratio")], ("X1", "arithmetic", "X2 * 2"), DataError, "a cycle"),
    ([("X1", "", "")], ("X1", "arithmetic", "5"), ExpressionError, "no figure; write a comparison"),
    (
        [("X1", GAP, "points")],
        ("X1", "arithmetic", 'cell("convergence/gap_timeline", claim="A19")'),
        DataError,
        r"a cycle: .*gap_timeline\.csv, line \d+ is set against itself",
    ),
    (
        [("X1", GAP, "points")],
        ("X1", "arithmetic", 'max(cells("convergence/gap_timeline", unit="points"))'),
        DataError,
        r"a cycle: .*gap_timeline\.csv, line \d+ is set against itself",
    ),
    ([("X1", GAP, "points"), ("X2", GAP, "points")], ("X1", "cross", "X2"), DataError, "a cycle: X2 is set against"),
    ([("X1", GAP, "points"), ("X2", "#X1", "points")], ("X1", "cross", "2 * X2"), DataError, "a cycle: X2"),
    ([("X1", "April 2026", "date")], ("X1", "arithmetic", "739700"), UnitError, "gives 739,700, but .* unit is 'date'"),
    ([("X1", "April 2026", "date")], ("X1", "arithmetic", "X1 > 739700"), UnitError, "one is a date, the other is not"),
    ([("X1", "April 2026", "date")], ("X1", "arithmetic", "739700 > X1"), UnitError, "one is a date, the other is not"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "2026 + date('2026-01-01')"), UnitError, "date"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "date('2026-01-01')"), UnitError, "unit is 'ratio'"),
    ([("X1", "5", "%")], ("X1", "arithmetic", "5"), UnitError, "may mean either"),
    ([("X1", "5", "%")], ("X1", "arithmetic", "1 + X1 > 0"), UnitError, "may mean either"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "conv.gap"), ExpressionError, "no results of a notebook 'conv'"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "convergence.gap"), ExpressionError, "records no result 'gap'"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "claims_audit.holds"), ExpressionError, "a cycle"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", 'cell("convergence/arena_score")'), DataError, "did you mean 'conv"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "9**9**9"), ExpressionError, "operator Pow is not allowed"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "X1.__class__"), ExpressionError, "no results of a notebook 'X1'"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "date('2026') + 99999999999"), UnitError, "gives unbounded"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "X1 > 'many'"), ExpressionError, "found 4.5 to 5.5 ratio and 'many'"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "cell()"), ExpressionError, "too few or too many values"),
    (
        [("X1", "5", "ratio")],
        ("X1", "arithmetic", 'cell("convergence/arena_scores", nation="US")'),
        ExpressionError,
        "no column 'nation'",
    ),
]


@pytest.mark.parametrize(("claims", "check", "error", "message"), WRONG)
def test_a_wrong_check_is_refused_with_its_place(judge, claims, check, error, message):
    with pytest.raises(error, match=message) as caught:
        judge(claims, [("X1", "arithmetic", "X1 == X1"), check] if claims[0][1] else [check])
    line = 3 if claims[0][1] else 2
    assert f"checks.csv, line {line}, column 3 (expression), claim X1: " in str(caught.value)
    assert check[2] in str(caught.value)


WRONG_CLAIMS = [
    (
        [("X1", "about", "ratio")],
        PublishedFormError,
        r"line 2, column 6 \(published\), claim X1: 'about' is not a form",
    ),
    ([("X1", "#X2", ""), ("X2", "#X1", "")], DataError, "a cycle: X1 repeats X2 repeats X1"),
    ([("X1", "#X9", "")], DataError, "no claim 'X9'"),
    ([("X1", "5", ""), ("X1", "6", "")], DataError, r"line 3, column 1 \(id\): found 'X1' again, as on line 2"),
    ([("X-1", "5", "")], DataError, "expected letters, digits and underscores"),
    ([("class", "5", "")], DataError, "found 'class', expected letters"),
    ([("X1", "5", "USD"), ("X2", "#X1", "points")], DataError, "the unit is 'points', but the claim X1 .* has 'USD'"),
    ([("X1", "after 9999", "date", "soon")], DataError, "found 'soon', expected a date"),
    ([("X1", "5", "", "yesterday")], DataError, r"column 8 \(as_of\): found 'yesterday'"),
    ([("X1", "convergence/nothing#A01", "")], DataError, "no table"),
    ([("X1", "convergence/arena_scores#A99", "")], DataError, "has no row with claim 'A99'"),
    ([("X1", "convergence/market_segments#D06", "%")], DataError, r"2 rows .*\?country=US"),
    ([("X1", "convergence/arena_scores#A07", "%")], DataError, "the unit is '%', but .* has 'points'"),
    ([("X1", "5", "USD^2")], UnitError, "not a unit"),
    ([("X1", "12 %", "ratio")], PublishedFormError, "printed in per cent, but the unit is 'ratio'"),
    ([("X1", "2.5 percent", "points")], PublishedFormError, "printed in per cent, but the unit is 'points'"),
    ([("X1", "1/4", "%")], PublishedFormError, "is a ratio, but the unit is '%'"),
    ([("X1", "34 billion", "billion tokens")], PublishedFormError, "scaled by billion, and so is the unit"),
    ([("X1", "hundreds of thousands", "thousand chips")], PublishedFormError, "write one of them only"),
    ([("X1", "5k", "thousand chips")], PublishedFormError, "scaled by k, and so is the unit"),
    ([("X1", "1" * 400, "chips")], PublishedFormError, r"column 6 \(published\), claim X1: a figure of 400 characters"),
    ([("X1", "0." + "0" * 400 + "1", "")], PublishedFormError, "too large or too small"),
    ([("X1\0", "5", "")], DataError, r"found 'X1\\x00', expected letters"),
    ([("X1", "5\0", "")], PublishedFormError, r"'5\\x00' is not a form"),
]


@pytest.mark.parametrize(("claims", "error", "message"), WRONG_CLAIMS)
def test_a_wrong_claim_is_refused_with_its_place(judge, claims, error, message):
    with pytest.raises(error, match=message) as caught:
        judge(claims, [])
    assert "claims.csv, line " in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("claim,kind,expression\nX1,arithmetic,5\n", "the column 'note' is missing"),
        ("claim,kind,expression,note\nX1,guess,5,\n", "found 'guess', expected one of arithmetic"),
        ("claim,kind,expression,note\nX9,cross,5,\n", "no claim 'X9'"),
        ("claim,kind,expression,note\nX1,cross,5\n", "found 3 cells, expected 4"),
        ("claim,kind,expression,note\nX1,cross,5,\nX1,cross,5,\n", "the same check as on line 2"),
        ("", "the column 'claim' is missing; found nothing"),
        ("claim,kind,expression\nX1,cross,5,\n", "line 1: the column 'note' is missing"),
        ("claim,kind,kind,expression,note\n", "line 1: the column 'kind' stands there 2 times"),
    ],
)
def test_a_wrong_checks_file_is_refused(tmp_path, content, message):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")


@pytest.mark.parametrize(
    "content", ["claim,kind,expres\0sion,note\n", "claim,kind,expression,note\nX1,cross,1 +\0 \x1b[2J nothing,\n"]
)
def test_a_control_character_is_printed_escaped(tmp_path, content):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_text(content)
    with pytest.raises(DataError, match=r"\\x00") as caught:
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")
    assert not {"\0", "\x1b"} & set(str(caught.value))


def test_the_report_prints_control_characters_escaped(tmp_path):
    row = list(claim_row("X1", "5", "ratio"))
    row[CLAIM_COLUMNS.index("statement")] = "wiped\x1b[2J\0"
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [row])
    write(tmp_path / "checks.csv", CHECK_COLUMNS, [])
    said = audit.report(audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv"))
    assert "wiped\\x1b[2J\\x00  [5]" in said


def test_a_cell_too_large_to_compute_with_is_refused():
    tables = open_tables()
    tables.rows("convergence/arena_scores")[0].cells["value"] = "9" * 400
    names = Names({}, tables, ROOT / "figures")
    for column in ("", "value"):
        with pytest.raises(ExpressionError, match="400 characters is too large"):
            names.cells("convergence/arena_scores", column, {"claim": "A07"})


def test_a_byte_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row("X1", "5", "ratio")])
    (tmp_path / "checks.csv").write_bytes(b"claim,kind,expression,note\nX1,cross,5,caf\xe9\n")
    with pytest.raises(DataError, match=r"checks\.csv, line 2: found a byte that is not UTF-8"):
        audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")


def test_verdicts_do_not_depend_on_the_order_of_rows(tmp_path, own):
    for seed in (1, 2):
        for name in ("claims", "checks"):
            header, *rows = csv.reader((ROOT / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
            random.Random(seed).shuffle(rows)
            write(tmp_path / f"{name}.csv", header, rows)
        shuffled = audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")
        assert audit.as_json(shuffled) == audit.as_json(own)


def test_widening_printed_intervals_can_only_make_disagreements_vanish(own):
    case = audit.prepare()
    refuted = lambda done: {  # noqa: E731
        (n, f.check.expression) for n, one in done.judged.items() for f in one.findings if f.outcome == "disagrees"
    }
    narrow = refuted(own)
    for factor in (1.5, 4.0, 32.0):
        wide = refuted(case.judge(widen=factor))
        assert wide <= narrow | {
            (n, f.check.expression)
            for n, one in own.judged.items()
            for f in one.findings
            if f.outcome == "open" or "!=" in f.check.expression or one.figure.form in ("range", "bound")
        }
    assert len(refuted(case.judge(widen=32.0))) < len(narrow)


# the command


def test_the_command_prints_every_verdict_as_json(command, own):
    finished = command("audit", "--json")
    assert finished.returncode == 0, finished.stderr
    printed = json.loads(finished.stdout)
    assert printed == audit.as_json(own)
    for one in printed:
        assert {"id", "verdict", "published", "checks"} <= set(one)
        assert {"low", "high"} <= set(one["published"])
        assert one["verdict"] in VERDICTS
        for check in one["checks"]:
            assert {"kind", "expression", "computed"} <= set(check)
            assert {"low", "high"} <= set(check["computed"])
            assert check["kind"] in KINDS


def test_the_command_takes_less_than_two_seconds(command):
    def seconds():
        start = time.perf_counter()
        assert command("audit").returncode == 0
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 2


def test_the_command_judges_the_example_in_the_documentation(command):
    folder = ROOT / "docs" / "example"
    finished = command(
        "audit", "--claims", folder / "claims.csv", "--checks", folder / "checks.csv", "--as-of", "2026-06-30"
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() in (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")


def test_exit_codes_say_whether_it_could_judge_and_what_was_found(command, tmp_path):
    folder = ROOT / "docs" / "example"
    files = ["--claims", folder / "claims.csv", "--checks", folder / "checks.csv"]
    assert command("audit", *files, "--fail-on", "unverifiable,fails").returncode == 1
    assert command("audit", *files, "--fail-on", "misattributed").returncode == 0
    assert command("audit", *files, "--fail-on", "").returncode == 2
    refused = command("audit", "--fail-on", "wrong")
    assert (refused.returncode, "'wrong' is no verdict" in refused.stderr) == (2, True)
    assert command("audit", "--claims", folder / "claims.csv").returncode == 2
    assert command("audit", "--as-of", "yesterday").returncode == 2
    shutil.copytree(folder, tmp_path / "mine")
    with (tmp_path / "mine" / "checks.csv").open("a", encoding="utf-8") as file:
        file.write("GROWTH,arithmetic,RIDERS + 1 / 0,\n")
    broken = command(
        "audit", "--claims", tmp_path / "mine" / "claims.csv", "--checks", tmp_path / "mine" / "checks.csv"
    )
    assert broken.returncode == 2
    assert "checks.csv, line" in broken.stderr
    assert "GROWTH" in broken.stderr
    missing = command("audit", "--claims", tmp_path / "no.csv", "--checks", folder / "checks.csv")
    assert (missing.returncode, "cannot be read" in missing.stderr) == (2, True)


def test_the_notebook_has_the_same_verdicts(own):
    stored = json.loads((ROOT / "figures" / "claims_audit" / "results.json").read_text(encoding="utf-8"))
    counts = {r["name"]: r["value"] for r in stored["results"]}
    assert {verdict: counts[verdict] for verdict in VERDICTS} == own.counts()
    assert ipynb.reads_results(ipynb.read(project.notebook_path("claims_audit")))
    assert not any(math.isnan(value) for value in counts.values())
