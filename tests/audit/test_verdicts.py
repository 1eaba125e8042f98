"""The rules by which findings become verdicts, on claims made up for each."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallelrun.audit import verdicts as rules
from parallelrun.audit.claims import Check, Claim
from parallelrun.audit.findings import Finding
from parallelrun.audit.names import Figure, Reads
from parallelrun.audit.verdicts import Evidence
from parallelrun.study.quantities import Quantity

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
    assert judge(claims, [("X1", kind, "LOW > HIGH")])["X1"].verdict == "inconsistent"
    assert judge(claims, [("X1", kind, "2 > 3")])["X1"].verdict == "fails"


@pytest.mark.parametrize(
    ("checks", "verdict"), [([("independent", "6")], "forecast"), ([("arithmetic", "6")], "fails")]
)
def test_before_its_day_a_claim_can_only_contradict_itself(judge, checks, verdict):
    judged = judge([("X1", "5", "ratio", "2028-12-31")], [("X1", *check) for check in checks])
    assert judged["X1"].verdict == verdict


@pytest.mark.parametrize(("as_of", "verdict"), [("2026-06-29", "forecast"), ("2026-06-30", "holds")])
def test_a_claim_is_due_on_its_day(judge, as_of, verdict):
    assert judge([("X1", "5", "ratio", "2026-06-30")], [("X1", "independent", "5")], as_of)["X1"].verdict == verdict


def test_where_scope_numbers_are_all_the_margin_is_theirs(judge):
    one = judge([("X1", "5", "ratio")], [("X1", "scope", "6"), ("X1", "scope", "8")])["X1"]
    assert (one.verdict, one.margin, one.relative) == ("unverifiable", pytest.approx(-2.5), pytest.approx(-5))


def test_the_margin_of_a_date_to_come_is_the_days_left(judge):
    one = judge([("X1", "by 2027", "date")], [], "2027-12-01")["X1"]
    assert (one.verdict, one.margin, one.relative) == ("forecast", 30, None)


def test_there_are_seven_verdicts():
    words = "holds fails contested misattributed inconsistent unverifiable forecast"
    assert " ".join(rules.VERDICTS) == words
    assert get_args(rules.Verdict) == rules.VERDICTS


# how claims bear on each other

DATA = "quantity(100, 'chips')"
PEOPLE = [("X", "100", "chips"), ("Y", "150", "chips"), ("Z", "150", "chips")]

SIGNED = {
    "a wrong text does not make a right one contested": (
        PEOPLE[:2],
        [("X", "independent", DATA), ("X", "cross", "Y"), ("Y", "cross", "X")],
        {"X": "holds", "Y": "fails"},
    ),
    "two texts that repeat one error do not support each other": (
        [("X", "16 April 2026", "date"), ("Y", "16 April 2026", "date"), ("Z", "13 April 2026", "date")],
        [
            ("X", "independent", "date('2026-04-13')"),
            ("Y", "independent", "date('2026-04-13')"),
            ("X", "cross", "Y"),
            ("Y", "cross", "X"),
            ("Z", "cross", "X"),
            ("Z", "independent", "date('2026-04-13')"),
        ],
        {"X": "fails", "Y": "fails", "Z": "holds"},
    ),
    "an error found by a third text is an error in all that repeat it": (
        PEOPLE,
        [
            ("X", "independent", DATA),
            ("Y", "cross", "Z"),
            ("Z", "cross", "Y"),
            ("Y", "cross", "X"),
            ("Z", "cross", "X"),
        ],
        {"X": "holds", "Y": "fails", "Z": "fails"},
    ),
    "of two that do not fit, and nothing else, one is wrong": (
        PEOPLE[:2],
        [("X", "arithmetic", "Y")],
        {"X": "inconsistent", "Y": "inconsistent"},
    ),
    "a sum that is too large does not say which part is": (
        [("CN", "11", "institutions"), ("US", "10", "institutions"), ("ALL", "20", "institutions")],
        [("CN", "arithmetic", "CN + US <= ALL")],
        {"CN": "inconsistent", "US": "inconsistent", "ALL": "inconsistent"},
    ),
    "a sum that is too large accuses the part that no data support": (
        [("CN", "11", "institutions"), ("US", "10", "institutions")],
        [("CN", "arithmetic", "US + CN <= 20"), ("US", "independent", "quantity(10, 'institutions')")],
        {"CN": "fails", "US": "holds"},
    ),
    "what follows from a false claim is not refuted by it": (
        [("X", "100", "chips"), ("SHARE", "40 %", "%"), ("PART", "40", "chips")],
        [
            ("X", "independent", "quantity(500, 'chips')"),
            ("SHARE", "arithmetic", "PART / X"),
            ("SHARE", "independent", "PART / quantity(100, 'chips')"),
        ],
        {"X": "fails", "SHARE": "holds"},
    ),
    "a number said of the wrong thing refutes nothing else": (
        [("WORLD", "50", "models"), ("CN", "30", "models")],
        [
            ("WORLD", "independent", "quantity(94, 'models')"),
            ("WORLD", "scope", "quantity(50, 'models')"),
            ("CN", "arithmetic", "CN + 40 <= WORLD"),
        ],
        {"WORLD": "misattributed", "CN": "unverifiable"},
    ),
    "a small growth is reproduced as a large one is": (
        [("LARGE", "31.48 %", "%"), ("SMALL", "0.76 %", "%"), ("THIS", "3.030", "tokens"), ("LAST", "3.007", "tokens")],
        [
            ("LARGE", "independent", "quantity(40, '%')"),
            ("LARGE", "scope", "quantity(3.954, 'tokens', 3.95, 3.96) / quantity(3.0073, 'tokens', 3.00, 3.01) - 1"),
            ("SMALL", "independent", "quantity(-16, '%')"),
            ("SMALL", "scope", "quantity(3.03, 'tokens', 3.02, 3.04) / quantity(3.007, 'tokens', 3.0, 3.01) - 1"),
        ],
        {"LARGE": "misattributed", "SMALL": "misattributed"},
    ),
    "chains of support reach as far as what they stand on": (
        [("A", "2", "chips"), ("B", "4", "chips"), ("C", "8", "chips"), ("D", "12", "chips")],
        [
            ("A", "independent", "quantity(2, 'chips')"),
            ("B", "arithmetic", "2 * A"),
            ("C", "arithmetic", "2 * B"),
            ("D", "arithmetic", "C + quantity(2, 'chips')"),
        ],
        {"A": "holds", "B": "holds", "C": "holds", "D": "fails"},
    ),
}


@pytest.mark.parametrize("case", SIGNED)
def test_a_fact_checker_would_sign(judge, case):
    claims, checks, verdicts = SIGNED[case]
    judged = judge(claims, checks)
    assert {name: judged[name].verdict for name in verdicts} == verdicts


def test_a_finding_says_how_it_counts(judge):
    claims, checks, _ = SIGNED["a wrong text does not make a right one contested"]
    judged = judge(claims, checks)
    assert {f.check.expression: f.standing for f in judged["X"].findings} == {DATA: "decides", "Y": "void"}
    assert "1 cross check against it void by Y" in judged["X"].reason
    assert judged["Y"].reason == "refuted by 1 cross check"


names = st.sampled_from("ABCDE")
worlds = st.fixed_dictionaries(
    {
        "true": st.fixed_dictionaries({name: st.integers(1, 9) for name in "ABCDE"}),
        "wrong": st.sets(names, max_size=3),
        "data": st.sets(names),
        "links": st.sets(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), max_size=8),
        "echo": st.booleans(),
    }
)


def told(world):
    """Evidence of a world in which some claims are wrong, by the same amount if they echo each other; checks are true.

    Each check computes from true differences: data give the true value, and a check of one claim by another adds the
    difference that their true values have.
    """
    printed = {n: v + (10 if n in world["wrong"] else 0) for n, v in world["true"].items()}
    if not world["echo"]:
        printed = {n: v + (ord(n) if n in world["wrong"] else 0) for n, v in printed.items()}
    findings = {n: [] for n in world["true"]}
    for name in sorted(world["data"]):
        findings[name].append(finding(name, "independent", printed[name] == world["true"][name], set()))
    for one, other in sorted(world["links"]):
        step = world["true"][one] - world["true"][other]
        findings[one].append(finding(one, "cross", printed[one] == printed[other] + step, {other}))
    return findings


def finding(claim, kind, agrees, inputs):
    check = Check(claim, kind, "", "", None)
    return Finding(check, "agrees" if agrees else "disagrees", None, False, 0.0, 0.0, Reads(), True, frozenset(inputs))


def verdict_of(findings):
    figure = Figure("1", Quantity.number(1), "number")
    evidence = {n: Evidence(Claim(n, None, None), figure, tuple(own)) for n, own in findings.items()}
    return {n: one.verdict for n, one in rules.judge(evidence, date(2026, 1, 1)).items()}


@given(worlds)
def test_a_true_claim_never_fails_whatever_true_evidence_there_is(world):
    for name, verdict in verdict_of(told(world)).items():
        assert name in world["wrong"] or verdict != "fails", "so that adding evidence never turns holds into fails"


@given(worlds, names)
def test_a_check_that_agrees_never_takes_a_verdict_away(world, name):
    findings = told(world)
    before = verdict_of(findings)[name]
    findings[name].append(finding(name, "independent", True, set()))
    after = verdict_of(findings)[name]
    assert after in ("holds", "contested")
    assert before != "holds" or after == "holds"


@given(worlds, st.randoms())
def test_order_and_repetition_of_checks_do_not_matter(world, random):
    findings = told(world)
    expected = verdict_of(findings)
    shuffled = [(name, own + own[:1]) for name, own in findings.items()]
    random.shuffle(shuffled)
    for _, own in shuffled:
        random.shuffle(own)
    assert verdict_of(dict(shuffled)) == expected


@given(worlds, names, st.booleans())
def test_a_claim_judged_again_beside_the_others_has_the_same_verdict(world, name, to_come):
    figure, day = Figure("1", Quantity.number(1), "number"), date(2026, 1, 1)
    days = {name: date(2026, 6, 1)} if to_come else {}
    evidence = {n: Evidence(Claim(n, days.get(n), None), figure, tuple(own)) for n, own in told(world).items()}
    judged = rules.judge(evidence, day)
    again = rules.judge_again(name, evidence[name], judged, day).verdict
    suspected = judged[name].verdict == "inconsistent" and again == "unverifiable"
    assert suspected or again == judged[name].verdict


REASONS = [
    (
        ("5", "ratio"),
        [("independent", "5"), ("arithmetic", "5.0")],
        "supported by 1 independent and 1 arithmetic checks",
    ),
    (("5", "ratio"), [("arithmetic", "5"), ("independent", "6")], "refuted by 1 independent check"),
    (
        ("5", "ratio"),
        [("cross", "5"), ("independent", "6")],
        "supported by 1 cross check, refuted by 1 independent check",
    ),
    (("5", "ratio"), [("scope", "5"), ("independent", "6")], "fails as stated, and is right about something else"),
    (("5", "ratio"), [("arithmetic", "X1 < 9")], "no check supports or refutes it"),
    (("5", "ratio"), [], "no check"),
    (("by 2025", "date"), [], "its date, 2025-12-31, has passed; no check"),
    (("by 2028", "date"), [], "open until 2028-12-31"),
    (("5", "ratio", "2028-12-31"), [("arithmetic", "5")], "open until 2028-12-31"),
    (("5", "ratio"), [("arithmetic", "Y")], "cannot be true together with Y"),
    (("5", "ratio"), [("independent", "5"), ("arithmetic", "Y")], None),
]


@pytest.mark.parametrize(("claim", "checks", "reason"), REASONS)
def test_a_verdict_says_what_it_rests_on(judge, claim, checks, reason):
    judged = judge([("X1", *claim), ("Y", "7", "ratio")], [("X1", *check) for check in checks])
    expected = reason or "supported by 1 independent check; 1 arithmetic check against it outranked"
    said = judged["X1"].reason
    assert sorted(said.replace(" and ", " ").split()) == sorted(expected.replace(" and ", " ").split())
    if said.startswith("cannot"):
        assert judged["Y"].reason == "cannot be true together with claims that are computed from it"
        assert judged["Y"].verdict == "inconsistent"


@pytest.mark.parametrize(
    ("checks", "standing"),
    [
        ([("independent", "5"), ("arithmetic", "Y")], ["outranked", "decides"]),
        ([("arithmetic", "Y + 1")], ["weighed"]),
        ([("arithmetic", "Z")], ["void"]),
        ([("scope", "5")], ["aside"]),
        ([("independent", "6"), ("scope", "5")], ["decides", "aside"]),
    ],
)
def test_each_finding_stands_where_it_belongs(judge, checks, standing):
    claims = [("X1", "5", "ratio"), ("Y", "7", "ratio"), ("Z", "9", "ratio")]
    judged = judge(claims, [*(("X1", *check) for check in checks), ("Z", "independent", "2")])
    assert [f.standing for f in judged["X1"].findings] == standing
    assert judged["Z"].rank == 0
    assert judged["Y"].rank is None


def test_rounds_are_counted_from_the_data(judge):
    claims, checks, _ = SIGNED["chains of support reach as far as what they stand on"]
    assert [judge(claims, checks)[name].rank for name in "ABCD"] == [0, 1, 2, 3]


def test_the_margin_of_a_verdict_is_that_of_its_closest_check(judge):
    holds = [("X1", "independent", "5"), ("X1", "arithmetic", "5.4")]
    assert judge([("X1", "5", "ratio")], holds)["X1"].margin == pytest.approx(0.1)
    fails = [("X1", "independent", "6"), ("X1", "arithmetic", "9"), ("X1", "cross", "5.4")]
    assert judge([("X1", "5", "ratio")], fails)["X1"].margin == pytest.approx(-3.5)
    beside = [("X1", "independent", "5.4"), ("X1", "scope", "X1 < 5.6")]
    assert judge([("X1", "5", "ratio")], beside)["X1"].margin == pytest.approx(0.1), "figures go before comparisons"
    open_ = [("X1", "scope", "6"), ("X1", "scope", "8")]
    assert judge([("X1", "5", "ratio")], open_)["X1"].margin == pytest.approx(-2.5)


def test_a_claim_to_come_is_no_ground_for_others(judge):
    claims = [("X1", "5", "ratio", "2028-12-31"), ("Y", "9", "ratio")]
    judged = judge(claims, [("X1", "arithmetic", "5"), ("Y", "arithmetic", "X1")])
    assert (judged["X1"].verdict, judged["Y"].verdict) == ("forecast", "inconsistent")


def test_what_a_false_claim_reproduces_does_not_make_a_misattribution(judge):
    claims = [("X1", "5", "ratio"), ("F", "5", "ratio")]
    checks = [("F", "independent", "9"), ("X1", "independent", "7"), ("X1", "scope", "F")]
    assert judge(claims, checks)["X1"].verdict == "fails"


def test_the_closest_check_is_told_by_half_widths_where_there_are_any(judge):
    """The least of those that count, in half widths of what was printed; a comparison, which has none, comes last."""
    claims = [("X1", "5", "ratio"), ("Y1", "9", "ratio")]
    checks = [("X1", "independent", "6"), ("X1", "independent", "20"), ("X1", "independent", "Y1 < 8")]
    one = judge(claims, checks)["X1"]
    assert (one.margin, one.relative) == (pytest.approx(-14.5), pytest.approx(-29))
    assert (one.claim.id, one.figure.text) == ("X1", "5")
