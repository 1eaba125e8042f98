"""What expressions can name, and what they may not."""

import pytest

from parallelrun import project
from parallelrun.audit import audit
from parallelrun.audit.expressions import Evaluator
from parallelrun.audit.names import Names
from parallelrun.data.rows import Tables
from parallelrun.errors import DataError, ExpressionError, UnboundedError, UnitError
from tests.collection import ROOT


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
    assert {name: one.verdict for name, one in judge(claims, checks).items()} == {"CITED": "fails", "GAP": "holds"}


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
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "9**9**9"), ExpressionError, "cannot be evaluated"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "X1.__class__"), ExpressionError, "no results of a notebook 'X1'"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "date('2026') + 99999999999"), UnitError, "gives unbounded"),
    ([("X1", "5", "ratio")], ("X1", "arithmetic", "X1 > 'many'"), ExpressionError, "found 4.5 to 5.5 and 'many'"),
    (
        [("X1", "5", "ratio")],
        ("X1", "arithmetic", "cell()"),
        ExpressionError,
        r"cell\(\) takes .*; found 0 values",
    ),
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


def test_a_cell_too_large_to_compute_with_is_refused():
    tables = Tables(project.data_dir())
    tables.rows("convergence/arena_scores")[0].cells["value"] = "9" * 400
    names = Names({}, tables, ROOT / "figures")
    for column in ("", "value"):
        with pytest.raises(ExpressionError, match="400 characters is too large"):
            names.cells("convergence/arena_scores", column, {"claim": "A07"})


@pytest.mark.parametrize(
    ("expression", "inputs"),
    [
        ("OTHER > 3", {"OTHER"}),
        ('cell("convergence/gap_timeline", claim="A19") > 3', {"GAP"}),
        ('cell("convergence/gap_timeline", "value", claim="A19") > 3', {"GAP"}),
        ('cell("convergence/gap_timeline", "as_of", claim="A19") > date("2026-01-01")', set()),
        ('cell("convergence/gap_timeline", claim="A17") > 3', set()),
        ('cell("convergence/statements", "kind", claim="C04") == "direction"', {"SAID"}),
        ("quantity(5, 'points') > 3", set()),
    ],
)
def test_a_finding_rests_on_the_claims_whose_figures_it_read(judge, expression, inputs):
    """Another column of a claim's row, such as its day, is not what the claim says, unless it prints no figure."""
    claims = [
        ("X1", "", ""),
        ("OTHER", "5", "points"),
        ("GAP", "convergence/gap_timeline#A19", "points"),
        ("SAID", "convergence/statements#C04", ""),
    ]
    (finding,) = judge(claims, [("X1", "cross", expression)])["X1"].findings
    assert finding.inputs == inputs


def test_a_claim_does_not_rest_on_itself(judge):
    claims = [("X1", "5", "points"), ("SAME", "#X1", "points"), ("OTHER", "7", "points")]
    (finding,) = judge(claims, [("X1", "cross", "X1 + SAME < OTHER")])["X1"].findings
    assert finding.inputs == {"OTHER"}


def test_only_an_expression_that_reads_no_claim_is_evaluated_once():
    names = audit.prepare().names
    other = names.widened(2.0)
    cell = 'cell("convergence/arena_scores", claim="A07")'
    asked = []

    def evaluate(expression, at):
        asked.append(expression)
        return Evaluator(at)(expression)

    found = {
        expression: [at.evaluated(expression, lambda text, at=at: evaluate(text, at)) for at in (names, other)]
        for expression in (cell, "A07")
    }
    assert asked == [cell, "A07", "A07"]
    assert found["A07"][1].high > found["A07"][0].high
    with other.reading() as read:
        other.evaluated(cell, Evaluator(other))
    assert {table for table, _ in read.rows} == {"convergence/arena_scores"}
