"""What a published figure stands for: one documented rule for each printed form.

A figure printed as "12.96" is any number that rounds to it, "~0.3" is a claim of one digit, "hundreds of
thousands" is a range in words. `stands_for` turns the printed form into a value and the interval it allows.

======================  ============================  =====================================================
Form                    Example                       Interval
======================  ============================  =====================================================
plain number            ``12.96``, ``1,503``          half a unit of the last printed digit either way
count, rank             ``19`` with unit ``models``   exact: low = high = value
approximate             ``~0.3``, ``~300``            half a unit of the last digit that is not zero
multiple                ``4.3x``                      as the number
ratio                   ``1:16.7``, ``1/16``          as the second number
range                   ``0.03-0.04``, ``1:4-5``      the two printed ends; value is the midpoint
nearly                  ``nearly 40``                 from half a unit of the last non-zero digit below, to it
more than, at least     ``> 100,000``, ``>= 10``      from the number up, to 100 for a percentage
plus                    ``95+``                       as at least
less than, at most      ``< 5``, ``<= 0``             up to the number, unbounded below
double digits           ``double digits``             10 up to 100; no value
words of magnitude      ``hundreds of thousands``     two up to ten of the magnitude; no value
======================  ============================  =====================================================

A trailing ``%``, a currency sign and thousands separators do not change the form. The unit is given apart,
since it decides whether a whole number is a count.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from parallelrun.errors import PublishedFormError

COUNT_UNITS = frozenset({"models", "institutions", "rank", "weeks", "years", "pages", "rows", "vendors", "places"})
"""Units of things that are counted, where a printed whole number is exact."""

MAGNITUDES = {"tens": 10, "hundreds": 100, "thousands": 1_000, "millions": 10**6, "billions": 10**9}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?:1:)?({_NUMBER})\s*[-–]\s*({_NUMBER})")
_SINGLE = re.compile(rf"(?P<mark>~|nearly |>=|<=|>|<)?\s*(?:1[:/])?(?P<number>{_NUMBER})(?P<plus>\+?)")


@dataclass(frozen=True)
class Published:
    """A printed figure: its central value (None if none was printed) and the interval it allows."""

    value: float | None
    low: float
    high: float


def stands_for(published: str, unit: str = "") -> Published:
    """Return the value and interval that a printed figure stands for.

    Parameters
    ----------
    published : str
        The form as printed, for example ``"~0.3"``; see the module's table of forms.
    unit : str
        Unit of the figure. A unit in `COUNT_UNITS` makes a plain whole number exact; ``"%"`` caps
        one-sided forms at 100.

    Returns
    -------
    Published
        Value, low and high in the printed unit. Open ends are infinite.

    Raises
    ------
    PublishedFormError
        If the form is none of those in the table.
    """
    text = re.sub(r"\s+", " ", published.strip().lower())
    text = re.sub(r"\s*%|\$|×|(?<=\d)\s*x$", "", text).strip()
    top = 100.0 if unit == "%" else math.inf

    if text == "double digits":
        return Published(None, 10.0, 100.0)
    if words := re.fullmatch(r"(tens|hundreds|thousands) of (thousands|millions|billions)", text):
        magnitude = float(MAGNITUDES[words[1]] * MAGNITUDES[words[2]])
        return Published(None, 2 * magnitude, 10 * magnitude)
    if ends := _RANGE.fullmatch(text):
        low, high = (_decimal(end) for end in ends.groups())
        if low > high:
            raise PublishedFormError(f"the printed range {published!r} runs backwards: write the lower end first")
        return Published(float((low + high) / 2), float(low), float(high))
    if single := _SINGLE.fullmatch(text):
        return _single(single["mark"] or "", _decimal(single["number"]), bool(single["plus"]), unit, top)
    raise PublishedFormError(
        f"{published!r} is not a form that a published figure can have here; "
        "the forms are listed in parallelrun.intervals (for example 12.96, ~0.3, nearly 40, 80-90, 95+)"
    )


def _single(mark: str, number: Decimal, plus: bool, unit: str, top: float) -> Published:
    value = float(number)
    if plus or mark in (">", ">="):
        return Published(value, value, top)
    if mark in ("<", "<="):
        return Published(value, -math.inf, value)
    if mark == "nearly ":
        return Published(value, float(number - _half_unit(number, significant=True)), value)
    if mark == "" and unit in COUNT_UNITS and number == int(number):
        return Published(value, value, value)
    half = _half_unit(number, significant=mark == "~")
    return Published(value, float(number - half), float(number + half))


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _half_unit(number: Decimal, *, significant: bool) -> Decimal:
    """Half a unit of the last printed digit, or of the last non-zero one."""
    if significant and number:
        number = number.normalize()
    exponent = int(number.as_tuple().exponent)
    return Decimal(5).scaleb(exponent - 1)
