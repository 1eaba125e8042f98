"""The rules by which findings become verdicts, on claims made up for each."""

import pytest


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
        ("€5", "EUR", "holds"),
        ("5k", "thousand EUR", "holds"),
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
