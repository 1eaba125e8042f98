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
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Any, Protocol

from parallelrun.audit.days import dates
from parallelrun.errors import DataError, ExpressionError
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
        self._walker = _walker(names)

    def __call__(self, expression: str) -> Quantity | Truth:
        """Return what an expression comes to.

        Raises
        ------
        ExpressionError, UnitError, UnknownTableError
            If it cannot be evaluated; the message says why.
        """
        import simpleeval

        if len(expression) > LONGEST:
            raise ExpressionError(f"the expression is longer than {LONGEST} characters; split it into several checks")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                tree = ast.parse(expression.strip(), mode="eval").body
            found = self._walker.eval(expression, previously_parsed=tree)
        except DataError:
            raise
        except simpleeval.FunctionNotDefined as error:
            known = ", ".join(sorted({*FUNCTIONS, "cell", "cells"}))
            raise ExpressionError(f"there is no function {error.func_name!r}; there are {known}") from None
        except SyntaxError as error:
            raise ExpressionError(f"not an expression ({error.msg}, character {error.offset})") from None
        except simpleeval.OperatorNotDefined as error:
            raise ExpressionError(f"the operator {type(error.attr).__name__} is not allowed") from None
        except simpleeval.InvalidExpression as error:
            raise ExpressionError(f"not allowed in an expression: {error}") from None
        except (RecursionError, MemoryError):
            raise ExpressionError("the expression is nested too deeply; split it into several checks") from None
        except TypeError as error:
            if "argument" not in str(error):
                raise ExpressionError(f"cannot be evaluated ({error})") from None
            raise ExpressionError("a function has too few or too many values between its brackets") from None
        except (ValueError, OverflowError, ArithmeticError) as error:
            raise ExpressionError(f"cannot be evaluated ({error})") from None
        if isinstance(found, Quantity | Truth):
            return found
        raise ExpressionError(
            "gives words or a list of rows, expected a number or a comparison; use sum, min, max, count"
        )


def _quantity(thing: Any) -> Quantity:
    if not isinstance(thing, Quantity):
        what = "a comparison" if isinstance(thing, Truth) else "a list of rows" if isinstance(thing, list) else "words"
        raise ExpressionError(f"found {what} where a number is needed")
    return thing


def _numbers(things: Iterable[Any]) -> list[Quantity]:
    flat = [item for thing in things for item in (thing if isinstance(thing, list) else [thing])]
    if not flat:
        raise ExpressionError("no row fits, so there is nothing to compute with")
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


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda thing: abs(_quantity(thing)),
    "confidence": _sampled,
    "count": _count,
    "date": _date,
    "days": lambda span: _quantity(span).to(Unit.of("days")),
    "max": _extreme("max"),
    "min": _extreme("min"),
    "number": lambda thing: replace(_quantity(thing), unit=PURE, bare=True),
    "quantity": _with_unit,
    "sum": lambda *things: reduce(lambda x, y: x + y, _numbers(things)),
}


def _walker(names: Names) -> Any:
    """Return a simpleeval evaluator that knows the given names and the grammar above, and nothing else."""
    from simpleeval import FeatureNotAvailable, SimpleEval

    class Walker(SimpleEval):
        def __init__(self) -> None:
            super().__init__(
                operators={
                    ast.Add: lambda x, y: _quantity(x) + _quantity(y),
                    ast.Sub: lambda x, y: _quantity(x) - _quantity(y),
                    ast.Mult: lambda x, y: _quantity(x) * _quantity(y),
                    ast.Div: lambda x, y: _quantity(x) / _quantity(y),
                    ast.Pow: lambda x, y: _quantity(x) ** _quantity(y),
                    ast.USub: lambda x: -_quantity(x),
                },
                functions=FUNCTIONS | {"cell": self._cell, "cells": self._cells},
                names=lambda node: names.claim(node.id),
            )
            allowed = (ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.Call, ast.keyword, ast.Attribute)
            known: dict[Any, Any] = vars(self)["nodes"]
            self.nodes = {kind: known[kind] for kind in (*allowed, ast.Constant)}

        def _eval_constant(self, node: ast.Constant) -> Any:
            value: Any = node.value
            if isinstance(value, str):
                return super()._eval_constant(node)
            if type(value) not in (int, float) or not math.isfinite(value):
                raise FeatureNotAvailable(f"{value!r}")
            return Quantity.number(value)

        def _eval_name(self, node: ast.Name) -> Any:
            return names.claim(node.id)

        def _eval_attribute(self, node: ast.Attribute) -> Any:
            if not isinstance(node.value, ast.Name):
                raise FeatureNotAvailable("only notebook.result has a dot")
            return names.result(node.value.id, node.attr)

        def _eval_compare(self, node: ast.Compare) -> Truth:
            if len(node.ops) != 1 or type(node.ops[0]) not in SIGNS:
                raise FeatureNotAvailable("write one comparison at a time, and join several by `and`")
            left, right = self._eval(node.left), self._eval(node.comparators[0])
            left, right = (one if isinstance(one, str) else _quantity(one) for one in (left, right))
            return compare(left, SIGNS[type(node.ops[0])], right)

        def _eval_boolop(self, node: ast.BoolOp) -> Truth:
            parts = [self._eval(value) for value in node.values]
            if not all(isinstance(part, Truth) for part in parts):
                raise FeatureNotAvailable("`and` and `or` join comparisons")
            return reduce(lambda x, y: x & y if isinstance(node.op, ast.And) else x | y, parts)

        def _cells(self, table: Any, column: Any = "", **where: Any) -> list[Quantity | str]:
            if not isinstance(table, str) or not isinstance(column, str):
                raise ExpressionError('cells() takes a table and a column in quotes, such as cells("sources", "label")')
            return names.cells(table, column, {key: _word(key, value) for key, value in where.items()})

        def _cell(self, table: Any, column: Any = "", **where: Any) -> Quantity | str:
            found = self._cells(table, column, **where)
            if len(found) != 1:
                conditions = ", ".join(f"{key}={_word(key, value)}" for key, value in where.items())
                raise ExpressionError(
                    f"cell({table!r}) with {conditions or 'no condition'}: expected one row, found {len(found)}; "
                    "name more columns, or use cells() with sum, min, max or count"
                )
            return found[0]

    return Walker()


def _word(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Quantity) and value.bare and value.value is not None:
        return f"{value.value:.15g}"
    raise ExpressionError(f"the condition {key} takes words in quotes or a number")
