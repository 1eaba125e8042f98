"""What one check says of a printed figure: forms, margins, intervals that decide nothing, statistical estimates."""

import math

import pytest

from parallelrun.errors import ExpressionError, UnitError


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
        ("1:4-5", "ratio", "arithmetic", "OTHER", "inconsistent"),
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


@pytest.mark.parametrize(
    ("computed", "margin", "relative"),
    [("5", 0.5, 1), ("5.25", 0.25, 0.5), ("6", -0.5, -1), ("4", -0.5, -1), ("15.5", -10, -20)],
)
def test_the_margin_is_signed_and_relative_to_the_printed_half_width(judge, computed, margin, relative):
    one = judge([("X1", "5", "ratio")], [("X1", "arithmetic", computed)])["X1"]
    assert (one.margin, one.relative) == (pytest.approx(margin), pytest.approx(relative))


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
    assert judged["X1"].verdict == {"agrees": "holds", "disagrees": "inconsistent", "open": "unverifiable"}[outcome]
    assert finding.margin is not None


@pytest.mark.parametrize(
    ("published", "outcome", "verdict"),
    [
        ("10", "agrees", "holds"),
        ("12", "agrees", "holds"),
        ("15", "agrees", "holds"),
        ("17", "open", "unverifiable"),
        ("40", "disagrees", "fails"),
    ],
)
def test_a_confidence_interval_is_no_hard_bound(judge, published, outcome, verdict):
    """The estimate is 10 with an interval from 5 to 15: a standard error is about 2.6."""
    one = judge([("X1", published, "points")], [("X1", "independent", "confidence(quantity(10, 'points', 5, 15))")])[
        "X1"
    ]
    (finding,) = one.findings
    assert (finding.outcome, one.verdict) == (outcome, verdict)
    assert finding.errors == pytest.approx(max(float(published) - 10.5, 0) * 1.96 / 5)


@pytest.mark.parametrize(
    ("published", "outcome"), [("12", "agrees"), ("30", "open"), ("50", "open"), ("-15", "open"), ("70", "disagrees")]
)
def test_a_wide_confidence_interval_supports_only_near_its_centre(judge, published, outcome):
    """The estimate is 10, its standard error 15.3: it agrees up to one of them, and refutes from three on."""
    checks = [("X1", "independent", "confidence(quantity(10, 'points', -20, 40))")]
    (finding,) = judge([("X1", published, "points")], checks)["X1"].findings
    assert finding.outcome == outcome
    assert finding.reach == (pytest.approx(10 - 3 * 30 / 1.96), pytest.approx(10 + 3 * 30 / 1.96))


def test_a_confidence_interval_needs_an_estimate(judge):
    with pytest.raises(ExpressionError, match="takes an estimate with a central value"):
        judge([("X1", "5", "points")], [("X1", "independent", "confidence(7)")])


@pytest.mark.parametrize(
    ("published", "unit", "expression", "reach"),
    [
        ("5", "ratio", "quantity(6, 'ratio', 4, 7)", (4, 7)),
        ("5", "ratio", "confidence(quantity(6, 'ratio', 4, 7))", (6 - 6 / 1.96, 6 + 3 / 1.96)),
        ("5", "ratio", "X1 < 9", None),
    ],
)
def test_a_finding_reaches_as_far_as_it_would_refute(judge, published, unit, expression, reach):
    (finding,) = judge([("X1", published, unit)], [("X1", "independent", expression)])["X1"].findings
    assert finding.reach == (reach if reach is None else (pytest.approx(reach[0]), pytest.approx(reach[1])))
    assert finding.printed


@pytest.mark.parametrize(
    ("published", "expression", "outcome"),
    [
        ("5", "quantity(20, 'ratio', 5, 100)", "agrees"),
        ("5", "quantity(2, 'ratio', -100, 5)", "agrees"),
        ("5", "quantity(5, 'ratio', 2.5, 7.5)", "agrees"),
        ("5", "quantity(5, 'ratio', 2.4, 7.5)", "open"),
        ("4-6", "quantity(5, 'ratio', 4, 6)", "agrees"),
        ("4-6", "quantity(5, 'ratio', 3.9, 6)", "open"),
        ("4-6", "quantity(5, 'ratio', 4, 6.1)", "open"),
        ("4-6", "quantity(7, 'ratio', 6.1, 8)", "disagrees"),
        ("> 4", "quantity(5, 'ratio', 3, 6)", "open"),
        ("> 4", "quantity(5, 'ratio', 4, 6)", "agrees"),
        ("< 4", "quantity(3, 'ratio', 2, 4)", "agrees"),
        ("< 4", "quantity(5, 'ratio', 4.1, 6)", "disagrees"),
    ],
)
def test_ends_decide_what_an_interval_says(judge, published, expression, outcome):
    (finding,) = judge([("X1", published, "ratio")], [("X1", "independent", expression)])["X1"].findings
    assert finding.outcome == outcome


def test_a_scope_number_that_is_wide_is_judged_by_its_centre(judge):
    checks = [("X1", "scope", "quantity(5.2, 'ratio', 1, 30)"), ("X1", "scope", "quantity(8, 'ratio', 1, 30)")]
    found = judge([("X1", "5", "ratio")], checks)["X1"].findings
    assert [f.outcome for f in found] == ["agrees", "open"]
    assert not any(f.supports or f.stated for f in found)


@pytest.mark.parametrize(
    ("published", "unit", "low", "high", "outcome", "errors"),
    [
        ("3", "models", -1.9599, 1.9599, "disagrees", 3),
        ("1", "models", -1.96, 1.96, "agrees", 1),
        ("2", "models", -1.96, 1.96, "open", 2),
        ("3.0", "ratio", -100, 1.96, "open", 2.95),
        ("-3.0", "ratio", -1.96, 100, "open", 2.95),
        ("3.0", "ratio", -0.5, 0.5, "disagrees", 11.564),
        ("3.0", "ratio", 0, 0, "disagrees", math.inf),
        ("0", "models", -1.96, 1.96, "agrees", 0),
    ],
)
def test_standard_errors_are_those_of_the_side_on_which_the_figure_lies(
    judge, published, unit, low, high, outcome, errors
):
    """The estimate is 0; one standard error still agrees, and three refute."""
    check = f"confidence(quantity(0, '{unit}', {low}, {high}))"
    (finding,) = judge([("X1", published, unit)], [("X1", "independent", check)])["X1"].findings
    assert finding.outcome == outcome
    assert finding.errors == pytest.approx(errors, rel=1e-4)


@pytest.mark.parametrize(
    ("published", "expression", "outcome"),
    [
        ("1000000.1-3000000.3", "quantity(1000000.1, 'ratio') + quantity(2000000.2, 'ratio')", "agrees"),
        ("0.0000010-0.0000020", "quantity(0.0000009995, 'ratio')", "disagrees"),
        ("0.0000010-0.0000020", "quantity(0.0000015, 'ratio', 0.0000009995, 0.0000018)", "open"),
        ("0.0000010", "quantity(0.0000009495, 'ratio')", "disagrees"),
        ("3000000.3-4000000", "quantity(1000000.1, 'ratio') + quantity(2000000.2, 'ratio')", "agrees"),
    ],
)
def test_only_what_arithmetic_in_floating_point_loses_is_forgiven(judge, published, expression, outcome):
    (finding,) = judge([("X1", published, "ratio")], [("X1", "independent", expression)])["X1"].findings
    assert finding.outcome == outcome


@pytest.mark.parametrize(
    ("published", "expression", "outcome", "margin"),
    [
        ("4-6", "quantity(5, 'ratio', 4, 6)", "agrees", 0),
        ("4-6", "quantity(5, 'ratio', 4.5, 5.75)", "agrees", 0.25),
        ("4-6", "quantity(5, 'ratio', 3.5, 6)", "open", -0.5),
        ("5.0", "quantity(5.5, 'ratio', 5.05, 6)", "agrees", 0),
        ("5.0", "quantity(20, 'ratio', 5.025, 100)", "agrees", 0.025),
        ("1", "quantity(1, 'ratio', 0.5, 1.5)", "agrees", 1),
        ("1", "quantity(1, 'ratio', 0.5, 1.51)", "open", 1),
        ("1", "quantity(1, 'ratio', 0.6, 1.61)", "agrees", 0.9),
        ("1", "quantity(1, 'ratio', 0.5, 1.49)", "agrees", 0.99),
    ],
)
def test_margins_and_ends_are_exact(judge, published, expression, outcome, margin):
    (finding,) = judge([("X1", published, "ratio")], [("X1", "independent", expression)])["X1"].findings
    assert (finding.outcome, finding.margin) == (outcome, pytest.approx(margin))


@pytest.mark.parametrize(("value", "outcome"), [(4.5, "agrees"), (5.5, "agrees"), (4.49, "open"), (5.51, "open")])
def test_the_centre_of_a_wide_scope_number_may_lie_on_an_end(judge, value, outcome):
    checks = [("X1", "scope", f"quantity({value}, 'ratio', 1, 30)")]
    (finding,) = judge([("X1", "5", "ratio")], checks)["X1"].findings
    assert finding.outcome == outcome


def test_a_comparison_says_by_how_much_and_what_it_read(judge):
    claims = [("X1", "5", "ratio"), ("X2", "7", "ratio")]
    (found,) = judge(claims, [("X1", "arithmetic", "X1 < X2")])["X1"].findings
    assert found.comparison
    assert (found.outcome, found.margin, found.relative, found.errors) == ("agrees", pytest.approx(1), None, None)
    assert (found.computed.low, found.computed.high) == (pytest.approx(-3), pytest.approx(-1))
    assert found.reads.claims == {"X1", "X2"}
    assert found.inputs == {"X2"}


def test_a_comparison_of_figures_that_overlap_is_open(judge):
    (found,) = judge([("X1", "5", "ratio"), ("X2", "5.2", "ratio")], [("X1", "arithmetic", "X1 < X2")])["X1"].findings
    assert found.outcome == "open"


@pytest.mark.parametrize(
    ("published", "unit", "expression", "error", "words"),
    [
        ("", "", "5", ExpressionError, "gives a number, but the claim has no figure; write a comparison"),
        ("5", "points", "date('2026-04-24')", UnitError, "gives 2026-04-24, but the claim's unit is 'points'"),
    ],
)
def test_what_cannot_be_set_against_a_figure_is_refused(judge, published, unit, expression, error, words):
    with pytest.raises(error, match=words):
        judge([("X1", published, unit)], [("X1", "independent", expression)])


def test_a_bound_has_no_half_width(judge):
    (finding,) = judge([("X1", "> 4", "ratio")], [("X1", "independent", "5")])["X1"].findings
    assert (finding.margin, finding.relative) == (pytest.approx(1), None)


@pytest.mark.parametrize(
    ("computed", "outcome"),
    [("4.3", "open"), ("4.4", "agrees"), ("4.5", "open"), ("4.2", "disagrees"), ("4.6", "disagrees")],
)
def test_rounding_alone_takes_no_number_out_of_a_range(judge, computed, outcome):
    """The number 4.3 stands for 4.25 to 4.35, of which the range has one half: that speaks neither way."""
    claims = [("X1", "4.3-4.5", "%"), ("ONE", computed, "%")]
    (finding,) = judge(claims, [("X1", "arithmetic", "ONE")])["X1"].findings
    assert finding.outcome == outcome
