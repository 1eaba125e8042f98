"""Expressions of checks: arithmetic over claims, results and table cells, evaluated with intervals and units.

simpleeval walks the expression; no name, attribute or function is reachable but those below, and nothing is ever
given to Python's own ``eval``.

=========================================  ==========================================================================
Form                                       Meaning
=========================================  ==========================================================================
``A30``                                    the figure of a claim of the same file
``convergence.gap_points_2026_03``         a result that a notebook recorded
``cell("stem/table", claim="A30")``        the figure in the one row where the named columns have the given words
``cell("stem/table", "column", ...)``      the same row's other column: a number, a date, or a word
``cells("stem/table", ...)``               all rows that fit, for ``sum``, ``min``, ``max``, ``count``
``+ - * / **``, ``( )``                    interval arithmetic, with units; ``(b / a) ** (1 / 4) - 1`` is a growth rate
``< <= > >= == !=``, ``and``, ``or``       comparisons; ``==`` holds if the intervals overlap
``abs(x)``, ``min(...)``, ``max(...)``     of quantities or of rows; ``sum(...)``, ``count(...)`` likewise
``date("2026-04-16")``, ``days(x)``        a day, in any form that `parallelrun.audit.days.dates` reads; a span
``quantity(3.03, "trillion tokens")``      a number with a unit; ``quantity(7.1, "CNY/USD", 7.0, 7.2)`` an uncertain one
``confidence(x)``                          a number whose interval is one of 95 % confidence, and no bound
``number(x)``                              a quantity without its unit, to set models against places
=========================================  ==========================================================================

A bare number takes the unit of what it is added to or compared with: in ``A05 + A06 <= 20`` it is 20 institutions;
added to a date it is so many days, and compared with one it is refused. Beside a percentage it could mean per cent or
the share itself, so it is refused there: write ``quantity(100, "%")``.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, reduce
from typing import Any, Protocol

from parallelrun.audit.days import dates
from parallelrun.errors import DataError, ExpressionError, Faults, ToldError, near
from parallelrun.study.quantities import PURE, Comparison, Quantity, Truth, Unit, compare

LONGEST = 2000
"""Characters that an expression may have."""

SIGNS: dict[type[ast.cmpop], Comparison] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


class Sampled(Quantity):
    """A statistical estimate: its interval is one of 95 % confidence."""


Value = Quantity | Truth | str | list[Quantity | str]


class Names(Protocol):
    """Where an expression finds what it names."""

    def claim(self, name: str) -> Quantity:
        """Return the figure of a claim."""

    def result(self, stem: str, name: str) -> Quantity:
        """Return a recorded result."""

    def cells(self, table: str, column: str, where: dict[str, str]) -> list[Quantity | str]:
        """Return the figures of the rows that fit."""


class Evaluator:
    """Evaluates expressions over the given names."""

    def __init__(self, names: Names) -> None:
        self._names = names

    @cached_property
    def _walker(self) -> Any:
        return _walkers()(self._names)

    def __call__(self, expression: str) -> Quantity | Truth:
        """Return what an expression comes to.

        Raises
        ------
        ExpressionError, UnitError, UnknownTableError
            If it cannot be evaluated; the message says why and at which character. Each part that is wrong is one
            fault, and all that do not rest on another are told.
        """
        expression = expression.strip()
        if len(expression) > LONGEST:
            raise ExpressionError(f"the expression is longer than {LONGEST} characters; split it into several checks")
        try:
            found = self._walker.eval(expression, previously_parsed=_parsed(expression))
        except SyntaxError as error:
            place = f"character {error.offset}" if error.offset else "at its end"
            raise ExpressionError(
                f"not an expression ({error.msg}, {place}); write arithmetic or a comparison of claims, "
                "results and cells, such as A30 / A31 - 1"
            ) from None
        except (RecursionError, MemoryError):
            raise ExpressionError("the expression is nested too deeply; split it into several checks") from None
        except ValueError as error:
            raise ExpressionError(f"cannot be evaluated ({error})") from None
        if isinstance(found, Quantity | Truth):
            return found
        raise ExpressionError(
            "gives words or a list of rows, expected a number or a comparison; use sum, min, max, count"
        )


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> ast.expr:
    """Return the tree of an expression, which nothing changes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(expression, mode="eval").body


def _quantity(thing: Any) -> Quantity:
    if not isinstance(thing, Quantity):
        what = "a comparison" if isinstance(thing, Truth) else "a list of rows" if isinstance(thing, list) else "words"
        raise ExpressionError(f"found {what} where a number is needed; name a claim, a result or a cell with a number")
    return thing


def _numbers(things: Iterable[Any]) -> list[Quantity]:
    flat = [item for thing in things for item in (thing if isinstance(thing, list) else [thing])]
    if not flat:
        raise ExpressionError("no row fits, so there is nothing to compute with; change the conditions")
    return [_quantity(item) for item in flat]


def _extreme(name: str) -> Callable[..., Quantity]:
    def extreme(*things: Any) -> Quantity:
        from mpmath import iv

        first, *rest = _numbers(things)
        same = [first, *(one.to(first.unit) for one in rest)]
        best = min if name == "min" else max
        values = [one.value for one in same]
        ends = iv.mpf([best(one.ends.a for one in same), best(one.ends.b for one in same)])
        return Quantity(None if None in values else best(v for v in values if v is not None), ends, first.unit)

    return extreme


def _date(text: str) -> Quantity:
    if not isinstance(text, str):
        raise ExpressionError('date() takes a day in quotes, such as date("2026-04-16")')
    span = dates(text)
    return Quantity.days(span.earliest, span.latest)


def _with_unit(number: Quantity, unit: str, *ends: Quantity) -> Quantity:
    if not isinstance(unit, str) or len(ends) not in (0, 2) or not all(_quantity(x).bare for x in (number, *ends)):
        raise ExpressionError(
            'quantity() takes a number, a unit in quotes and perhaps two ends: quantity(3.03, "USD", 3.0, 3.1)'
        )
    low, value, high = (x.centre for x in ((ends[0], number, ends[1]) if ends else (number,) * 3))
    if low is None or value is None or high is None or not low <= value <= high:
        raise ExpressionError(f"quantity(): {number} does not lie between its ends")
    return Quantity.of(value, low, high, unit)


def _sampled(thing: Quantity) -> Sampled:
    number = _quantity(thing)
    if number.value is None or number.bare:
        raise ExpressionError("confidence() takes an estimate with a central value and an interval, such as a result")
    return Sampled(number.value, number.ends, number.unit)


def _count(*things: Any) -> Quantity:
    return Quantity.number(sum(len(thing) if isinstance(thing, list) else 1 for thing in things))


@dataclass(frozen=True)
class Function:
    """A function of expressions: how it is computed, how many values it takes, and that in words with an example."""

    compute: Callable[..., Any]
    counts: Collection[int]
    takes: str
    conditions: bool = False

    def misfit(self, name: str, values: int, named: Iterable[str]) -> str:
        """Return what is wrong with a call of so many values and of those named conditions; nothing if none is."""
        extra = "" if self.conditions else ", ".join(f"{key}=" for key in named)
        if values in self.counts and not extra:
            return ""
        found = f"{values} {'value' if values == 1 else 'values'}" if values not in self.counts else extra
        return f"{name}() takes {self.takes}; found {found} between its brackets"


_ANY = range(1, LONGEST)
FUNCTIONS: dict[str, Function] = {
    "abs": Function(lambda thing: abs(_quantity(thing)), {1}, "one number, such as abs(A30 - A31)"),
    "confidence": Function(_sampled, {1}, "one estimate with an interval, such as confidence(theme.result)"),
    "count": Function(_count, _ANY, 'rows or numbers, at least one, such as count(cells("sources"))'),
    "date": Function(_date, {1}, 'one day in quotes, such as date("2026-04-16")'),
    "days": Function(lambda span: _quantity(span).to(Unit.of("days")), {1}, "one span, such as days(A19 - A20)"),
    "max": Function(_extreme("max"), _ANY, "numbers or rows, at least one, such as max(A30, A31)"),
    "min": Function(_extreme("min"), _ANY, "numbers or rows, at least one, such as min(A30, A31)"),
    "number": Function(
        lambda thing: replace(_quantity(thing), unit=PURE, bare=True), {1}, "one number, such as number(A05)"
    ),
    "quantity": Function(
        _with_unit, {2, 4}, 'a number, a unit in quotes and perhaps two ends, such as quantity(3.03, "USD", 3.0, 3.1)'
    ),
    "sum": Function(
        lambda *things: reduce(lambda x, y: x + y, _numbers(things)),
        _ANY,
        "numbers or rows, at least one, such as sum(A05, A06)",
    ),
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Quantity]] = {
    ast.Add: lambda x, y: _quantity(x) + _quantity(y),
    ast.Sub: lambda x, y: _quantity(x) - _quantity(y),
    ast.Mult: lambda x, y: _quantity(x) * _quantity(y),
    ast.Div: lambda x, y: _quantity(x) / _quantity(y),
    ast.Pow: lambda x, y: _quantity(x) ** _quantity(y),
}
_ALLOWED = (ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.Call, ast.Attribute, ast.Constant)


@cache
def _walkers() -> Any:
    """Return the class of simpleeval evaluators that know given names and the grammar above, and nothing else.

    They look at all parts of an expression, also after one that is wrong.
    """
    from simpleeval import SimpleEval

    class Walker(SimpleEval):
        def __init__(self, names: Names) -> None:
            self._known = names
            super().__init__(operators=_OPERATORS | {ast.USub: lambda x: -_quantity(x)}, names={})
            rows = "a table in quotes, perhaps a column, and conditions on other columns, such as "
            self.functions = FUNCTIONS | {
                "cell": Function(self._cell, {1, 2}, f'{rows}cell("sources", "label", source="A1")', True),
                "cells": Function(self._cells, {1, 2}, f'{rows}cells("sources", "label")', True),
            }
            known: dict[Any, Any] = vars(self)["nodes"]
            self.nodes = {kind: known[kind] for kind in _ALLOWED}

        def _eval(self, node: ast.AST) -> Any:
            kind: Any = type(node)
            handler = self.nodes.get(kind)
            with self._at(node):
                if handler is None:
                    raise ExpressionError(
                        f"{type(node).__name__} is not allowed in an expression; the forms are listed in "
                        "parallelrun.audit.expressions"
                    )
                return handler(node)

        @contextmanager
        def _at(self, node: Any) -> Iterator[None]:
            """Give the place of a node to what is wrong with it, but not to what is wrong with its parts."""
            try:
                yield
            except DataError as error:
                if error.parts or isinstance(error, ToldError):
                    raise
                raise self._placed(node, error) from None
            except (TypeError, ValueError, ArithmeticError) as error:
                raise self._placed(node, ExpressionError(f"cannot be evaluated ({error})")) from None

        def _placed(self, node: Any, error: DataError) -> DataError:
            lines = self.expr.splitlines(keepends=True)
            before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
            character = len("".join(lines[: node.lineno - 1]) + before) + 1
            part = ast.get_source_segment(self.expr, node) or ""
            shown = f", {part}" if part != self.expr and len(part) <= 60 else ""
            placed = type(error)(f"character {character}{shown}: {error}")
            return type(error)(str(placed), [placed])

        def _all(self, nodes: Iterable[ast.AST]) -> list[Any]:
            """Evaluate all of the nodes, and tell together what is wrong with them."""
            faults, found = Faults(), []
            for node in nodes:
                with faults.part():
                    found.append(self._eval(node))
            faults.tell()
            return found

        def _eval_constant(self, node: ast.Constant) -> Any:
            value: Any = node.value
            if isinstance(value, str):
                return value
            if type(value) not in (int, float) or not math.isfinite(value):
                raise ExpressionError(f"{value!r} is not allowed in an expression; write a number or words in quotes")
            return Quantity.number(value)

        def _eval_name(self, node: ast.Name) -> Any:
            return self._known.claim(node.id)

        def _eval_attribute(self, node: ast.Attribute) -> Any:
            if not isinstance(node.value, ast.Name):
                raise ExpressionError("only a notebook's result has a dot, such as convergence.gap_points_2026_03")
            return self._known.result(node.value.id, node.attr)

        def _eval_unaryop(self, node: ast.UnaryOp) -> Any:
            (operand,) = self._all([node.operand])
            if type(node.op) not in self.operators:
                raise ExpressionError(f"the operator {type(node.op).__name__} is not allowed; there is a minus")
            return self.operators[type(node.op)](operand)

        def _eval_binop(self, node: ast.BinOp) -> Any:
            """Compute from left to right in one frame, so that a long sum is not a deep one."""
            steps: list[ast.BinOp] = []
            first = node.left
            while isinstance(first, ast.BinOp):
                steps, first = [first, *steps], first.left
            faults, left = Faults(), None
            with faults.part():
                left = self._eval(first)
            for step in [*steps, node]:
                known, left = left, None
                with faults.part():
                    right = self._eval(step.right)
                    with self._at(step):
                        if type(step.op) not in _OPERATORS:
                            raise ExpressionError(
                                f"the operator {type(step.op).__name__} is not allowed; there are + - * / **"
                            )
                        left = None if known is None else _OPERATORS[type(step.op)](known, right)
            faults.tell()
            return left

        def _eval_compare(self, node: ast.Compare) -> Truth:
            sides = self._all([node.left, *node.comparators])
            if len(node.ops) != 1 or type(node.ops[0]) not in SIGNS:
                raise ExpressionError(
                    "write one comparison at a time, by < <= > >= == or !=, and join several by `and`"
                )
            left, right = (one if isinstance(one, str) else _quantity(one) for one in sides)
            return compare(left, SIGNS[type(node.ops[0])], right)

        def _eval_boolop(self, node: ast.BoolOp) -> Truth:
            parts = self._all(node.values)
            if not all(isinstance(part, Truth) for part in parts):
                raise ExpressionError("`and` and `or` join comparisons, such as A05 > A06 and A05 < A07")
            return reduce(lambda x, y: x & y if isinstance(node.op, ast.And) else x | y, parts)

        def _eval_call(self, node: ast.Call) -> Any:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            faults, values, function = Faults(), [], self.functions.get(name)
            with faults.part():
                values = self._all([*node.args, *(keyword.value for keyword in node.keywords)])
            keys = [keyword.arg or "**" for keyword in node.keywords]
            with faults.part(), self._at(node):
                if function is None:
                    known = ", ".join(sorted(self.functions))
                    hint = near(name, self.functions, f"there are {known}")
                    raise ExpressionError(
                        f"there is no function {name!r}; {hint}" if name else f"only {known} can be called"
                    )
                if wrong := function.misfit(name, len(node.args), keys):
                    raise ExpressionError(wrong)
            faults.tell()
            return function.compute(*values[: len(node.args)], **dict(zip(keys, values[len(node.args) :], strict=True)))

        def _cells(self, table: Any, column: Any = "", **where: Any) -> list[Quantity | str]:
            if not isinstance(table, str) or not isinstance(column, str):
                raise ExpressionError('cells() takes a table and a column in quotes, such as cells("sources", "label")')
            return self._known.cells(table, column, {key: _word(key, value) for key, value in where.items()})

        def _cell(self, table: Any, column: Any = "", **where: Any) -> Quantity | str:
            found = self._cells(table, column, **where)
            if len(found) != 1:
                conditions = ", ".join(f"{key}={_word(key, value)}" for key, value in where.items())
                raise ExpressionError(
                    f"cell({table!r}) with {conditions or 'no condition'}: expected one row, found {len(found)}; "
                    "name more columns, or use cells() with sum, min, max or count"
                )
            return found[0]

    return Walker


def _word(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Quantity) and value.bare and value.value is not None:
        return f"{value.value:.15g}"
    raise ExpressionError(f'the condition {key} takes words in quotes or a number, such as {key}="A30"')
