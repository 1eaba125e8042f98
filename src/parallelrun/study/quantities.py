"""Quantities of an audit: a central value, the interval around it, and a unit, under arithmetic that keeps all three.

Intervals are mpmath's ``iv``, rounded outwards, so that the result of a formula contains the formula of any values
inside its arguments. A name that stands twice in a formula is taken to vary independently each time, which widens
the result: write the formula so that it stands once (``A07 / A11 - 1``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, reduce
from typing import Any, Literal

from parallelrun.errors import ExpressionError, UnboundedError, UnitError
from parallelrun.study import units

Comparison = Literal["<", "<=", ">", ">=", "==", "!="]

DATE = "date"
"""Unit of a day of the calendar; the difference of two is in days."""

SLACK = 1e-9
"""Relative tolerance of comparisons, above the outward rounding of the arithmetic."""


@dataclass(frozen=True)
class Unit:
    """A unit: its text, its factor to base units, and its dimensions (equal texts for equal dimensions)."""

    text: str
    factor: float = 1.0
    dimensions: tuple[tuple[str, float], ...] = ()

    @classmethod
    @cache
    def of(cls, text: str) -> Unit:
        """Return the unit that a text names (see `parallelrun.study.units`)."""
        if text == DATE:
            return cls(DATE, 1.0, ((DATE, 1.0),))
        parsed = units.parse(text)
        return cls(text, float(parsed.magnitude), tuple(sorted((n, float(p)) for n, p in parsed.unit_items())))

    def times(self, other: Unit, power: int) -> Unit:
        """Return the product with another unit to the power 1 or -1."""
        if DATE in (self.text, other.text):
            raise UnitError("a date can be compared, subtracted, or moved by a number of days; it has no product")
        if not other.text:
            return self
        if not self.text and power > 0:
            return other
        powers = dict(self.dimensions)
        for name, exponent in other.dimensions:
            powers[name] = powers.get(name, 0.0) + power * exponent
        left = tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))
        text = _joined(self.text, other.text, power) if left else ""
        return Unit(text, self.factor * other.factor**power, left)


def _joined(one: str, other: str, power: int) -> str:
    """Return the text of a product or quotient of units: what multiplies, then what divides behind slashes."""
    (above, *below), (over, *under) = one.split("/"), other.split("/")
    top, bottom = ([above, over], below + under) if power > 0 else ([above, *under], [*below, over])
    top = [part for text in top for part in text.split("·") if part not in ("", "1")]
    bottom = [part for text in bottom for part in text.split("·")]
    for part in list(top):
        if part in bottom:
            top.remove(part)
            bottom.remove(part)
    return "/".join(["·".join(top) or "1", *bottom])


PURE = Unit("")


@dataclass(frozen=True)
class Quantity:
    """A number with its interval and unit.

    Attributes
    ----------
    value : float or None
        Central value, None if there is only an interval.
    ends : mpmath interval
        The interval, in the unit.
    unit : Unit
        Its unit.
    bare : bool
        Whether it is a number written into a formula, which takes the unit of what it is added to or compared with.
    """

    value: float | None
    ends: Any
    unit: Unit = PURE
    bare: bool = False

    @classmethod
    def of(cls, value: float | None, low: float | None, high: float | None, unit: str = "") -> Quantity:
        """Return a quantity; an end that is None is the value."""
        from mpmath import iv

        low, high = (value if end is None else end for end in (low, high))
        return cls(value, iv.mpf([_decimal(low), _decimal(high)]), Unit.of(unit))

    @classmethod
    def number(cls, value: float) -> Quantity:
        """Return a bare number."""
        from mpmath import iv

        return cls(float(value), iv.mpf(_decimal(value)), bare=True)

    @classmethod
    def days(cls, earliest: date, latest: date) -> Quantity:
        """Return a date known to lie between two days."""
        low, high = earliest.toordinal(), latest.toordinal()
        return cls.of(float(low) if low == high else None, low, high, DATE)

    @property
    def low(self) -> float:
        """Lower end."""
        return float(self.ends.a)

    @property
    def high(self) -> float:
        """Upper end."""
        return float(self.ends.b)

    @property
    def centre(self) -> float | None:
        """The central value, else the middle of the interval; None if that is unbounded."""
        if self.value is not None:
            return self.value
        middle = (self.low + self.high) / 2
        return middle if math.isfinite(middle) else None

    @property
    def is_date(self) -> bool:
        """Whether it is a day of the calendar."""
        return self.unit.text == DATE

    def to(self, unit: Unit) -> Quantity:
        """Return the same quantity in another unit of the same dimensions; a bare number takes the unit as it is.

        Raises
        ------
        UnitError
            If the dimensions differ, or a bare number meets a percentage.
        """
        if self.bare and not unit.dimensions and unit.factor != 1 and not self.low == self.high == 0:
            raise UnitError(
                f"a bare number beside a figure in {_name(unit)} may mean either: write quantity(20, {unit.text!r}) "
                "for so many of them, or quantity(0.2, 'ratio') for the share"
            )
        if self.bare or self.unit == unit:
            return replace(self, unit=unit, bare=False)
        if self.unit.dimensions != unit.dimensions:
            raise UnitError(f"{_name(self.unit)} and {_name(unit)} do not go together: give both one kind of unit")
        factor = self.unit.factor / unit.factor
        return Quantity(None if self.value is None else self.value * factor, self.ends * factor, unit)

    def __neg__(self) -> Quantity:
        return replace(self, value=None if self.value is None else -self.value, ends=-self.ends)

    def __add__(self, other: Quantity) -> Quantity:
        return self._sum(other, 1)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._sum(other, -1)

    def _sum(self, other: Quantity, sign: int) -> Quantity:
        left, right = self, other
        if left.is_date and not right.is_date:
            right = right.to(Unit.of("days")).to_days()
        elif right.is_date and not left.is_date:
            raise UnitError("a date cannot be added to or taken from something that is no date; write date + days")
        elif left.is_date and sign > 0:
            raise UnitError("two dates cannot be added; their difference is a number of days")
        elif left.bare and not right.bare:
            left = left.to(right.unit)
        else:
            right = right if left.bare else right.to(left.unit)
        value = None if left.value is None or right.value is None else left.value + sign * right.value
        unit = Unit.of("days") if left.is_date and other.is_date else left.unit
        return Quantity(value, left.ends + right.ends * sign, unit, left.bare and right.bare)

    def to_days(self) -> Quantity:
        """Return a span of days as a step of the calendar."""
        return replace(self, unit=Unit.of(DATE))

    def __mul__(self, other: Quantity) -> Quantity:
        left, right = _unscaled(self, other)
        value = None if left.value is None or right.value is None else left.value * right.value
        product = Quantity(value, left.ends * right.ends, left.unit.times(right.unit, 1), self.bare and other.bare)
        return _pure(product)

    def __truediv__(self, other: Quantity) -> Quantity:
        """Divide.

        Raises
        ------
        UnboundedError
            If the divisor's interval contains zero.
        """
        if other.low <= 0 <= other.high:
            raise UnboundedError(f"division by {other}: the interval contains zero")
        left, right = _unscaled(self, other)
        value = None if left.value is None or right.value is None else left.value / right.value
        ratio = Quantity(value, left.ends / right.ends, left.unit.times(right.unit, -1), self.bare and other.bare)
        return _pure(ratio)

    def __pow__(self, other: Quantity) -> Quantity:
        """Raise to a power; a root is the power of a fraction.

        Raises
        ------
        UnitError
            If the exponent has a unit, or the base has one and the exponent is not a whole number above 0.
        UnboundedError
            If the base can be zero or less and the exponent is not a whole number above 0.
        """
        from mpmath import iv

        if other.unit.dimensions or other.unit.factor != 1:
            raise UnitError(f"the exponent {other} has a unit; write a plain number, such as A30 ** (1 / 4)")
        power = other.value if other.low == other.high else None
        whole = int(power) if power is not None and power > 0 and power == int(power) else None
        if self.unit.dimensions:
            if whole is None:
                raise UnitError(f"only whole powers of a quantity in {_name(self.unit)}; take roots of ratios")
            return reduce(lambda product, factor: product * factor, [self] * whole)
        base = self if self.bare else self.to(PURE)
        if whole is None and base.low <= 0:
            raise UnboundedError(f"the power {other} of {base}: the interval contains zero or less")
        value = None if base.value is None or other.value is None else base.value**other.value
        ends = base.ends**whole if whole is not None else iv.exp(iv.log(base.ends) * other.ends)
        return Quantity(value, ends, PURE, self.bare and other.bare)

    def __abs__(self) -> Quantity:
        return replace(self, value=None if self.value is None else abs(self.value), ends=abs(self.ends))

    def __str__(self) -> str:
        if self.is_date:
            ends = [_day(self.low), _day(self.high)]
            return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
        unit = units.behind(self.unit.text)
        low, high = shown(self.low), shown(self.high)
        return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


@dataclass(frozen=True)
class Truth:
    """Whether a comparison holds of all values in the intervals, of none (False), or of some (None).

    Attributes
    ----------
    holds : bool or None
        True, False, or None if the intervals do not decide.
    difference : Quantity or None
        Left side less right side; None for a comparison of words.
    margin : float
        How far the sides could move before the outcome changes, in the left side's unit; negative if it fails.
    """

    holds: bool | None
    difference: Quantity | None
    margin: float

    def __and__(self, other: Truth) -> Truth:
        return _pick(self, other, weakest=True)

    def __or__(self, other: Truth) -> Truth:
        return _pick(self, other, weakest=False)


def _pick(one: Truth, other: Truth, *, weakest: bool) -> Truth:
    """Return the less (or more) true of two; the margin decides between equals (Kleene's three-valued logic)."""
    order = {False: 0, None: 1, True: 2}
    ranked = sorted((one, other), key=lambda truth: (order[truth.holds], truth.margin))
    return ranked[0] if weakest else ranked[1]


def compare(left: Quantity | str, sign: Comparison, right: Quantity | str) -> Truth:
    """Compare two quantities, or two words for being equal.

    ``==`` holds if the intervals overlap (the figures agree) and fails if they do not; ``!=`` is its opposite.

    Raises
    ------
    UnitError
        If the units do not go together, or one side is a date and the other is not.
    ExpressionError
        If words are compared with a number or by size.
    """
    if isinstance(left, str) or isinstance(right, str):
        if not (isinstance(left, str) and isinstance(right, str)) or sign not in ("==", "!="):
            one, other = (repr(side) if isinstance(side, str) else str(side) for side in (left, right))
            raise ExpressionError(f"words can only be compared with words, by == or !=; found {one} and {other}")
        holds = (left == right) == (sign == "==")
        return Truth(holds, None, 1.0 if holds else -1.0)
    if left.is_date != right.is_date:
        raise UnitError(f"{left} and {right} cannot be compared: one is a date, the other is not")
    difference = left - right
    low, high = difference.low, difference.high
    slack = SLACK * max((abs(x) for q in (left, right) for x in (q.low, q.high) if math.isfinite(x)), default=0.0)
    if sign in ("==", "!="):
        apart = max(low, -high)
        holds = (apart <= slack) == (sign == "==")
        return Truth(holds, difference, abs(apart) if holds else -abs(apart))
    if sign in (">", ">="):
        low, high = -high, -low
    # now: does the difference stay at or below (or strictly below) zero?
    strict = sign in ("<", ">")
    surely = high < -slack if strict else high <= slack
    never = low >= -slack if strict else low > slack
    if surely or never:
        return Truth(surely, difference, max(0.0, -high) if surely else min(0.0, -low))
    return Truth(None, difference, 0.0)


def shown(number: float, digits: int = 6) -> str:
    """Return a number in so many significant digits, and a larger one with all digits before the point."""
    if not math.isfinite(number):
        return "unbounded"
    text = f"{number:,.{digits}g}"
    return f"{number:,.0f}" if "e+" in text and abs(number) < 1e15 else text


def _unscaled(left: Quantity, right: Quantity) -> tuple[Quantity, Quantity]:
    """Return two factors with a percentage of a quantity written as a share of it."""
    if not left.unit.dimensions and right.unit.dimensions:
        left = replace(left.to(PURE), bare=left.bare)
    elif not right.unit.dimensions and left.unit.dimensions:
        right = replace(right.to(PURE), bare=right.bare)
    return left, right


def _pure(quantity: Quantity) -> Quantity:
    """Return a product whose units have cancelled as a plain number: gigabytes per terabyte are thousandths."""
    if quantity.unit.text or quantity.unit.factor == 1:
        return quantity
    factor = quantity.unit.factor
    return Quantity(None if quantity.value is None else quantity.value * factor, quantity.ends * factor)


def _day(ordinal: float) -> str:
    """Return a day of the calendar as text; one outside the years 1 to 9999 as unbounded."""
    inside = date.min.toordinal() <= ordinal <= date.max.toordinal()
    return date.fromordinal(round(ordinal)).isoformat() if inside else "unbounded"


def _decimal(number: float | None) -> str:
    if number is None:
        raise ExpressionError("a quantity needs a value, or a low and a high")
    return "inf" if number == math.inf else "-inf" if number == -math.inf else repr(float(number))


def _name(unit: Unit) -> str:
    return repr(unit.text) if unit.text else "a pure number"
