"""A number with its interval and unit, as notebooks compute with it; every operation is checked by `Quantity`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from parallelrun.errors import ResultError
from parallelrun.study.quantities import Quantity, Unit, shown
from parallelrun.study.units import behind

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Estimate:
    """A quantity with its interval.

    Attributes
    ----------
    value : float or None
        Central value; None if only an interval is known.
    low, high : float or None
        Ends of the interval; None where there is none (an exact count, say).
    unit : str
        Unit of all three; empty for a pure number.
    inputs : frozenset of str
        Names of the curated tables that it was computed from.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    inputs: frozenset[str] = field(default=frozenset(), compare=False)

    def __neg__(self) -> Estimate:
        return self._of(-self.quantity(), self)

    def __add__(self, other: Estimate | float) -> Estimate:
        """Add, in the left side's unit.

        Raises
        ------
        UnitError
            If the units do not go together, as points and weeks do not.
        """
        return self._of(self.quantity() + _quantity(other), self, other)

    def __sub__(self, other: Estimate | float) -> Estimate:
        """Subtract, in the left side's unit; raises as addition does."""
        return self._of(self.quantity() - _quantity(other), self, other)

    def __mul__(self, other: Estimate | float) -> Estimate:
        return self._of(self.quantity() * _quantity(other), self, other)

    def __truediv__(self, other: Estimate | float) -> Estimate:
        """Divide; equal units cancel.

        Raises
        ------
        UnboundedError
            If the divisor's interval contains zero.
        """
        return self._of(self.quantity() / _quantity(other), self, other)

    @property
    def ends(self) -> tuple[float, float]:
        """The interval, or the value twice where there is none."""
        ends = (self.value if self.low is None else self.low, self.value if self.high is None else self.high)
        if ends[0] is None or ends[1] is None:
            raise ResultError("an estimate without a value needs a low and a high")
        return ends[0], ends[1]

    def quantity(self) -> Quantity:
        """Return value, interval and unit for checked arithmetic."""
        return Quantity.of(self.value, self.low, self.high, self.unit)

    def to(self, unit: str) -> Estimate:
        """Return the same quantity in another unit of the same dimensions.

        Raises
        ------
        UnitError
            If the dimensions differ.
        """
        return self._of(self.quantity().to(Unit.of(unit)), self)

    def counted_in(self, unit: str, factor: float = 1.0) -> Estimate:
        """Return the number times a factor in a unit that the formula, whose constants bear none, does not show."""
        return replace(self * factor, unit=unit)

    @staticmethod
    def _of(quantity: Quantity, *operands: Estimate | float) -> Estimate:
        estimates = [operand for operand in operands if isinstance(operand, Estimate)]
        exact = all(operand.low is None and operand.high is None for operand in estimates)
        return Estimate(
            quantity.value,
            None if exact else quantity.low,
            None if exact else quantity.high,
            quantity.unit.text,
            frozenset().union(*(operand.inputs for operand in estimates)),
        )

    def __format__(self, spec: str) -> str:
        """Format as ``39 points (38.5 to 39.5)``, a ratio as ``16.7 (12.9 to 22)``.

        The specification applies to each number; four digits by default. Ends that are the value itself are left out.
        """
        unit = behind(self.unit)
        ends = ""
        if self.low is not None and self.high is not None and not self.low == self.high == self.value:
            ends = f"{_number(self.low, spec)} to {_number(self.high, spec)}"
        if self.value is None:
            return f"{ends}{unit}"
        return f"{_number(self.value, spec)}{unit}" + (f" ({ends})" if ends else "")

    def __str__(self) -> str:
        return format(self, "")


def _number(number: float, spec: str) -> str:
    """Format a number; without a specification rounded to four digits."""
    return f"{number:{spec}}" if spec else shown(float(f"{number:.4g}"), 4)


def _quantity(operand: Estimate | float) -> Quantity:
    return operand.quantity() if isinstance(operand, Estimate) else Quantity.number(operand)


def pick(frame: pd.DataFrame, **where: Any) -> Estimate:
    """Return the one row of a curated table for which each named column has the given value.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table with columns ``value``, ``low``, ``high`` and ``unit``, as `parallelrun.data.tables.load` gives it.
    **where
        Column names and the value that each must have, for example ``claim="A07"``.

    Raises
    ------
    ResultError
        If no row or more than one fits; the message names the tables that the frame was made of.
    """
    rows, inputs = frame, frame.attrs.get("inputs", frozenset())
    for column, value in where.items():
        rows = rows[rows[column] == value]
    if len(rows) != 1:
        asked = " and ".join(f"{column} {value!r}" for column, value in where.items())
        raise ResultError(
            f"{', '.join(sorted(inputs)) or 'table'}: expected one row with {asked}, found {len(rows)} of "
            f"{len(frame)}: {'leave one of them' if len(rows) else 'add it'}"
        )
    row = rows.iloc[0]
    value, low, high = (None if math.isnan(row[name]) else float(row[name]) for name in ("value", "low", "high"))
    return Estimate(value, low, high, row["unit"], inputs)
