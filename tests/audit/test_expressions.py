"""Expressions of checks: intervals that contain the truth, units that must fit, and nothing else within reach."""

import pytest

from parallelrun.audit.expressions import Evaluator
from parallelrun.audit.printed import stands_for
from parallelrun.errors import ExpressionError, PublishedFormError, UnboundedError, UnitError
from parallelrun.study.quantities import Quantity

PRINTED = {
    "A07": ("1503", "points"),
    "A11": ("1449", "points"),
    "A05": ("11", "institutions"),
    "A06": ("10", "institutions"),
    "A30": ("12.96", "trillion tokens"),
    "A31": ("3.03", "trillion tokens"),
    "A35": ("~48 %", "%"),
    "A51": ("0.03-0.04", "USD/kWh"),
    "A52": ("0.14-0.21", "USD/kWh"),
    "A61": ("hundreds of thousands", "chips"),
    "ZERO": ("0", "points"),
}


class Fixed:
    """Names with the figures above, one result, and two rows."""

    def claim(self, name):
        if name not in PRINTED:
            raise ExpressionError(f"there is no claim {name!r}")
        figure = stands_for(*PRINTED[name])
        return Quantity.of(figure.value, figure.low, figure.high, PRINTED[name][1])

    def result(self, stem, name):
        if (stem, name) != ("theme", "share"):
            raise ExpressionError(f"there is no result {stem}.{name}")
        return Quantity.of(0.5, 0.4, 0.6)

    def cells(self, table, column, where):
        rows = [Quantity.of(4.6, 4.55, 4.65, "trillion tokens"), Quantity.of(400.0, 395.0, 405.0, "billion tokens")]
        if table == "words":
            return ["gap_remains"]
        return rows[:1] if where.get("rank") == "1" else [] if where else rows


@pytest.fixture(scope="module")
def evaluate():
    return Evaluator(Fixed())


@pytest.mark.parametrize(
    ("expression", "low", "high", "unit"),
    [
        ("A30 / A31", 12.955 / 3.035, 12.965 / 3.025, ""),
        ("A07 - A11", 53, 55, "points"),
        ("A07 / A11 - 1", 1502.5 / 1449.5 - 1, 1503.5 / 1448.5 - 1, ""),
        ("A52 / A51", 3.5, 7, ""),
        ("-(A07 - A11)", -55, -53, "points"),
        ("A05 + A06", 21, 21, "institutions"),
        ("A05 + 10", 21, 21, "institutions"),
        ('quantity(100, "%") - A35', 51.5, 52.5, "%"),
        ("A35 * A30", 0.475 * 12.955, 0.485 * 12.965, "trillion tokens"),
        ("A35 / 2", 23.75, 24.25, "%"),
        ("2 * A61", 400_000, 2_000_000, "chips"),
        ("abs(A11 - A07)", 53, 55, "points"),
        ("max(A07, A11) - min(A07, A11)", 53, 55, "points"),
        ('sum(cells("top"))', 4.945, 5.055, "trillion tokens"),
        ('cell("top", rank=1)', 4.55, 4.65, "trillion tokens"),
        ('count(cells("top"))', 2, 2, ""),
        ("theme.share * A05", 4.4, 6.6, "institutions"),
        ('quantity(3, "thousand chips") / A61', 0.003, 0.015, ""),
        ("number(A05)", 11, 11, ""),
        ("(A30 / A31) ** 2", (12.955 / 3.035) ** 2, (12.965 / 3.025) ** 2, ""),
        ("(A30 / A31) ** (1 / 4) - 1", (12.955 / 3.035) ** 0.25 - 1, (12.965 / 3.025) ** 0.25 - 1, ""),
        ("A05 ** 2 / A05", 11, 11, "institutions"),
        ("A35 ** 0.5", 0.475**0.5, 0.485**0.5, ""),
        ('A51 * quantity(7.1, "CNY/USD", 7.0, 7.2)', 0.21, 0.288, "CNY/kWh"),
        ('date("late April 2026") - date("2026-04-13")', 8, 17, "days"),
        ('date("2026-04-13") + 3 - date("2026-04-13")', 3, 3, "days"),
    ],
)
def test_an_expression_has_its_value_interval_and_unit(evaluate, expression, low, high, unit):
    found = evaluate(expression)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.unit.text == unit
    assert found.value is None or found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("A05 + A06 <= 20", False),
        ("A05 + A06 <= 21", True),
        ("A05 + A06 < 21", False),
        ('A35 > quantity(47, "%")', True),
        ('A35 > quantity(0.48, "ratio")', None),
        ("A30 / A31 == 4.27", True),
        ("A30 / A31 == 4.3", False),
        ("A30 / A31 != 4.3", True),
        ("A07 > A11 and A05 > A06", True),
        ("A07 > A11 and A05 < A06", False),
        ('A07 < A11 or A35 > quantity(48, "%")', None),
        ("A35 > 0", True),
        ('date("13 April 2026") == date("16 April 2026")', False),
        ('cell("words") == "gap_remains"', True),
        ('cell("words") != "gap_remains"', False),
        ("A61 >= 200000", True),
        ('quantity(50, "%") - A35 == quantity(2, "percentage points")', True),
    ],
)
def test_a_comparison_is_true_false_or_undecided(evaluate, expression, holds):
    assert evaluate(expression).holds is holds


@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        ("A30 + A07", UnitError, "'points' and 'trillion tokens' do not go together"),
        ("A07 > A30", UnitError, "do not go together"),
        ("A07 / ZERO", UnboundedError, "contains zero"),
        ("A35 <= 100", UnitError, "may mean either"),
        ("1 + A35", UnitError, "may mean either"),
        ("A99", ExpressionError, "no claim 'A99'"),
        ("theme.other", ExpressionError, "no result"),
        ("A07 ** 0.5", UnitError, "only whole powers"),
        ("2 ** A07", UnitError, "exponent"),
        ("(A07 / A11 - 1) ** 0.5 * (A11 - A07) ** 1 / ZERO", UnboundedError, "contains zero"),
        ("(-A05 / A06) ** 0.5", UnboundedError, "zero or less"),
        ('quantity(7.1, "CNY/USD", 7.2, 7.3)', ExpressionError, "between its ends"),
        ('quantity(7.1, "CNY/USD", 7.0)', ExpressionError, "two ends"),
        ('date("2026-04-13") + date("2026-04-16")', UnitError, "cannot be added"),
        ('2 * date("2026-04-13")', UnitError, "no product"),
        ('date("someday")', PublishedFormError, "form that a date"),
        ('cell("top")', ExpressionError, r"with no condition: expected one row, found 2"),
        ('cell("top", claim=7, year=20260416)', ExpressionError, r"with claim=7, year=20260416: expected one row"),
        ('sum(cells("top", rank="9"))', ExpressionError, "no row fits"),
        ('cells("top")', ExpressionError, "list of rows"),
        ('cell("words") + 1', ExpressionError, "found words"),
        ('cell("words") < "x"', ExpressionError, "words can only be compared"),
        ("abs(A05, A06)", ExpressionError, r"abs\(\) takes one number, such as abs.*; found 2 values between"),
        (
            "2 * min()",
            ExpressionError,
            r"character 5, min\(\): min\(\) takes numbers or rows, .*; found 0 values",
        ),
        ("sum(A05, x=A06)", ExpressionError, r"sum\(\) takes .*; found x= between"),
        ('quantity(7.1, "CNY/USD", 7.0)', ExpressionError, "found 3 values"),
        ('cell("top", "a", "b", rank=1)', ExpressionError, r"cell\(\) takes a table in quotes.*; found 3 values"),
        ("avg(A05)", ExpressionError, "no function 'avg'; there are abs, cell, cells, confidence, count"),
        ("suma(A05)", ExpressionError, "no function 'suma'; did you mean 'sum'"),
        ("A05 <", ExpressionError, "not an expression"),
        ("", ExpressionError, "not an expression"),
        ("A05; A06", ExpressionError, "not an expression"),
        ("A05 < A06 < A07", ExpressionError, "one comparison at a time"),
        ("A05 and A06", ExpressionError, "join comparisons"),
        ("1e999", ExpressionError, "not allowed"),
        ("9" * 400, ExpressionError, "cannot be evaluated"),
        ("1 +" * 1000 + " 1", ExpressionError, "longer than"),
    ],
)
def test_a_wrong_expression_says_what_is_wrong(evaluate, expression, error, message):
    with pytest.raises(error, match=message):
        evaluate(expression)


def test_all_that_is_wrong_with_an_expression_is_told_with_its_place(evaluate):
    with pytest.raises(UnitError) as caught:
        evaluate('A30 + A07 < "é" + min(X1, abs()) and theme.other == -X2')
    assert [str(error).split(": ")[0] for error in caught.value.parts] == [
        "character 1, A30 + A07", "character 23, X1", "character 27, abs()", "character 38, theme.other",
        "character 54, X2",
    ]  # fmt: skip


def test_a_long_sum_is_not_a_deep_one(evaluate):
    assert evaluate("+".join(["1"] * 1000)).value == 1000


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "().__class__",
        "A07.__class__.__mro__",
        "theme.__dict__",
        "open('/etc/passwd')",
        "eval('1')",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "{1: 2}",
        "f'{A07}'",
        "A07 if A05 else A06",
        "x := 1",
        "x = 1",
        "import os",
        "2 ** 99999",
        "'a' * 10**9",
        "A07[0]",
        "cell.__globals__",
        "sum.__call__(A07)",
        "cell(*A07)",
        "True",
        "None",
        "not A05",
        "A05 // 2",
        "A05 % 2",
        "A05 is A06",
        "\x00",
        "(" * 300 + "1" + ")" * 300,
        "-" * 1999 + "1",
    ],
)
def test_nothing_but_the_grammar_is_reachable(evaluate, expression):
    with pytest.raises((ExpressionError, UnitError)):
        evaluate(expression)
