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
approximate range       ``~80-90``, ``~90 to 100%``   half the finer of the two ends' units beyond either, as at least
nearly                  ``nearly 40``                 from half a unit of the last non-zero digit below, to it
more than, at least     ``> 100,000``, ``>= 10``      from the number up, to 100 for a percentage below it
plus                    ``95+``                       as at least
less than, at most      ``< 5``, ``<= 0``             up to the number, unbounded below
margin                  ``12.5 ± 0.4``                the number less and plus the margin
fraction in words       ``half``, ``two thirds``      half a unit of its last hundredth either way
digits                  ``double digits``             10 up to 100 (``single``, ``triple`` likewise); no value
words of magnitude      ``hundreds of thousands``     two up to ten of the magnitude; no value
======================  ============================  =====================================================

A trailing ``%`` (or ``percent``), a leading ``+``, a currency sign and thousands separators do not change the form;
``thousand`` (or ``k``), ``million``, ``billion`` or ``trillion`` after the number scales it, after a range both ends,
or each its own (``3 million to 4 million``); ``-fold`` and ``times`` mark a multiple as ``x`` does. The words
``about``, ``around``, ``approximately``, ``roughly``, ``almost``, ``over``, ``more than``, ``at least``, ``under``,
``fewer than``, ``less than``, ``at most`` and ``up to`` stand for their signs. A number that a float cannot hold is
refused. The unit is given apart, since it decides whether a whole number is a count, and what ``half`` is: 0.5 or 50 %.
A form that says another unit or scale than the one given apart is refused: ``12 %`` as a ratio, ``34 billion`` in
billion tokens, ``1/4`` in per cent.

A figure whose unit is ``date`` stands for the days from an earliest to a latest (`dates`):

======================  ============================  =====================================================
Form                    Example                       Days
======================  ============================  =====================================================
day                     ``16 April 2026``             that day; ``April 16, 2026`` and ISO dates likewise
month, year             ``March 2026``, ``2025``      first to last day
part of a month         ``late April``                1 to 10 ``early``, 11 to 20 ``mid``, 21 to the end ``late``
part of a year          ``early 2023``                months 1 to 4, 5 to 8, 9 to 12
quarter                 ``Q1 2026``                   first to last day of its three months
deadline                ``by 2027``                   from the day it was printed to the last day of the year
before, after, since    ``before 2030``               to the day before, or from the day after, or from the day
======================  ============================  =====================================================

A day, month or quarter without a year has the year of the day on which it was printed.
"""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from parallelrun.errors import PublishedFormError

COUNT_UNITS = frozenset({"models", "institutions", "rank", "weeks", "years", "pages", "rows", "vendors", "places"})
"""Units of things that are counted, where a printed whole number is exact."""

MAGNITUDES = {"tens": 10, "hundreds": 100, "thousands": 1_000, "millions": 10**6, "billions": 10**9}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALES = {"thousand": 3, "k": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALE = rf"(?: ?(?P<scale>{'|'.join(_SCALES)}))?"
_RANGE = re.compile(
    rf"(?P<mark>~)?\s*(?:1:)?(?P<low>{_NUMBER}){_SCALE.replace('<scale>', '<own>')}\s*(?:[-–]|to)\s*"
    rf"(?P<high>{_NUMBER}){_SCALE}"
)
_MARGIN = re.compile(rf"(?P<number>[-−]?(?:{_NUMBER})) ?(?:±|\+/-) ?(?P<margin>{_NUMBER}){_SCALE}")
_SINGLE = re.compile(
    rf"(?P<mark>~|nearly |>=|<=|>|<)?\s*(?:1[:/])?(?P<number>[-−]?(?:{_NUMBER}))(?:th)?{_SCALE}(?P<plus>\+?)"
)
_WORDS = {
    "+": "",
    "≈": "~",
    "≥": ">= ",
    "≤": "<= ",
    "about ": "~",
    "around ": "~",
    "approximately ": "~",
    "roughly ": "~",
    "almost ": "nearly ",
    "more than ": "> ",
    "over ": "> ",
    "at least ": ">= ",
    "fewer than ": "< ",
    "less than ": "< ",
    "under ": "< ",
    "at most ": "<= ",
    "up to ": "<= ",
}
_FRACTIONS = {
    "half": "0.50",
    "a third": "0.33",
    "one third": "0.33",
    "two thirds": "0.67",
    "a quarter": "0.25",
    "one quarter": "0.25",
    "three quarters": "0.75",
}
_DIGITS = {"single digits": (0.0, 10.0), "double digits": (10.0, 100.0), "triple digits": (100.0, 1000.0)}


@dataclass(frozen=True)
class Published:
    """A printed figure: its central value (None if none was printed), the interval it allows, and its form.

    The form is ``"number"``, ``"range"`` (all between two printed ends), ``"bound"`` (one-sided) or ``"words"``.
    """

    value: float | None
    low: float
    high: float
    form: str = "number"


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
    text = re.sub(r"\s*per ?cent\b", "%", text)
    _same_unit(published, text, unit)
    text = re.sub(r"\s*%|[$€£¥]|×|(?<=\d)(?:\s*x|-fold| times)$", "", text).strip()
    for words, sign in _WORDS.items():
        if text.startswith(words):
            text = sign + text.removeprefix(words)
    for words, share in _FRACTIONS.items():
        if text.endswith(words):
            text = text.removesuffix(words) + (f"{Decimal(share) * 100:.0f}" if unit == "%" else share)
    top = 100.0 if unit == "%" else math.inf

    if text in _DIGITS:
        return Published(None, *_DIGITS[text], "words")
    if words_of := re.fullmatch(r"(tens|hundreds|thousands) of (thousands|millions|billions)", text):
        magnitude = float(MAGNITUDES[words_of[1]] * MAGNITUDES[words_of[2]])
        return Published(None, 2 * magnitude, 10 * magnitude, "words")
    if (ends := _RANGE.fullmatch(text)) and (ends["scale"] or not ends["own"]):
        low, high = _decimal(ends["low"], ends["own"] or ends["scale"]), _decimal(ends["high"], ends["scale"])
        if low > high:
            raise PublishedFormError(f"the printed range {published!r} runs backwards: write the lower end first")
        value = float((low + high) / 2)
        if ends["mark"]:
            half = min(_half_unit(end, significant=True) for end in (low, high) if end or not high)
            low, high = low - half, high + half if high > top else min(high + half, Decimal(top))
        return Published(value, float(low), float(high), "range")
    if about := _MARGIN.fullmatch(text):
        number, margin = (_decimal(about[name], about["scale"]) for name in ("number", "margin"))
        return Published(float(number), float(number - margin), float(number + margin))
    if single := _SINGLE.fullmatch(text):
        number = _decimal(single["number"], single["scale"])
        return _single(single["mark"] or "", number, bool(single["plus"]), unit, top)
    raise PublishedFormError(
        f"{published!r} is not a form that a published figure can have here; "
        "the forms are listed in parallelrun.audit.printed (for example 12.96, ~0.3, nearly 40, 80-90, 95+)"
    )


def _same_unit(published: str, text: str, unit: str) -> None:
    """Refuse a form that says another unit or scale than the one that is given apart, lest it be read as that one."""
    if "%" in text and unit != "%":
        raise PublishedFormError(f"{published!r} is printed in per cent, but the unit is {unit!r}: write % there")
    if unit == "%" and re.search(r"\b1[:/]\d", text):
        raise PublishedFormError(f"{published!r} is a ratio, but the unit is '%': write ratio there")
    scale = re.search(rf"(?:\b|(?<=\d))({'|'.join([*_SCALES, *MAGNITUDES])})\b", text)
    if scale and set(unit.split()) & set(_SCALES):
        raise PublishedFormError(
            f"{published!r} is scaled by {scale[1]}, and so is the unit {unit!r}: write one of them only"
        )


def _single(mark: str, number: Decimal, plus: bool, unit: str, top: float) -> Published:
    value = float(number)
    if plus or mark in (">", ">="):
        return Published(value, value, top if value <= top else math.inf, "bound")
    if mark in ("<", "<="):
        return Published(value, -math.inf, value, "bound")
    if mark == "nearly ":
        return Published(value, float(number - _half_unit(number, significant=True)), value)
    if mark == "" and unit in COUNT_UNITS and number == int(number):
        return Published(value, value, value)
    half = _half_unit(number, significant=mark == "~")
    return Published(value, float(number - half), float(number + half))


def _decimal(text: str, scale: str | None) -> Decimal:
    number = Decimal(text.replace(",", "").replace("−", "-")).scaleb(_SCALES.get(scale or "", 0))
    if not math.isfinite(float(number)) or (number and not float(number)):
        raise PublishedFormError(f"a figure of {len(text)} characters is too large or too small to compute with")
    return number


def _half_unit(number: Decimal, *, significant: bool) -> Decimal:
    """Half a unit of the last printed digit, or of the last non-zero one."""
    if significant and number:
        number = number.normalize()
    exponent = int(number.as_tuple().exponent)
    return Decimal(5).scaleb(exponent - 1)


@dataclass(frozen=True)
class PublishedDates:
    """A printed date: the days from the earliest to the latest that it allows."""

    earliest: date
    latest: date


_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {name[:length]: number for number, name in enumerate(_NAMES, start=1) for length in (3, len(name))}
_DATE = re.compile(
    r"(?:q(?P<quarter>[1-4])(?:,? |$)|"
    r"(?:(?P<part>early|mid|late)[ -])?(?:(?P<day>\d{1,2}) )?(?:(?P<month>[a-z]+)\.?,? ?)?)(?P<year>\d{4})?"
)
_THIRDS = {"early": 0, "mid": 1, "late": 2}


def dates(published: str, printed_on: date | None = None) -> PublishedDates:
    """Return the days that a printed date stands for.

    Parameters
    ----------
    published : str
        The form as printed, for example ``"late April"``; see the module's second table.
    printed_on : datetime.date, optional
        Day on which it was printed: it gives a missing year, and the first day of a deadline.

    Raises
    ------
    PublishedFormError
        If the form is none of those in the table, or needs ``printed_on`` and it is not given.
    """
    text = re.sub(r"\s+", " ", published.strip().lower())
    text = re.sub(r"^([a-z]+\.?) (\d{1,2})(?:,? (\d{4}))?$", r"\2 \1 \3", text).strip()
    mark, _, rest = text.partition(" ")
    if mark in ("by", "before", "after", "since") and rest:
        named = dates(rest, printed_on)
        if mark == "by":
            return PublishedDates(min(printed_on or date.min, named.latest), named.latest)
        if mark == "before":
            last = max(named.earliest, date.min + timedelta(days=1)) - timedelta(days=1)
            return PublishedDates(min(printed_on or date.min, last), last)
        day_before = min(named.latest, date.max - timedelta(days=1))
        return PublishedDates(named.earliest if mark == "since" else day_before + timedelta(days=1), date.max)
    try:
        day = date.fromisoformat(text)
        return PublishedDates(day, day)
    except ValueError:
        pass
    found = _DATE.fullmatch(text)
    month = _MONTHS.get(found["month"]) if found and found["month"] else None
    if not found or not text or (found["month"] and month is None) or (found["day"] and month is None):
        raise PublishedFormError(
            f"{published!r} is not a form that a date can have here; the forms are listed in parallelrun.audit.printed "
            "(for example 2026-04-16, 16 April 2026, late April, Q1 2026, by 2027)"
        )
    if not found["year"] and printed_on is None:
        raise PublishedFormError(f"{published!r} names no year, and no as_of date says in which it was printed")
    year = int(found["year"]) if found["year"] else printed_on.year  # type: ignore[union-attr]
    if found["quarter"]:
        end = 3 * int(found["quarter"])
        return PublishedDates(_days(year, end - 2, None, None).earliest, _days(year, end, None, None).latest)
    try:
        return _days(year, month, found["day"], found["part"])
    except ValueError:
        raise PublishedFormError(f"{published!r} is not a day of the calendar") from None


def _days(year: int, month: int | None, day: str | None, part: str | None) -> PublishedDates:
    third = _THIRDS[part] if part else None
    if month is None:
        first, last = (1, 12) if third is None else (4 * third + 1, 4 * third + 4)
        return PublishedDates(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))
    if day:
        return PublishedDates(date(year, month, int(day)), date(year, month, int(day)))
    end = calendar.monthrange(year, month)[1]
    if third is None:
        return PublishedDates(date(year, month, 1), date(year, month, end))
    return PublishedDates(date(year, month, 10 * third + 1), date(year, month, 10 * third + 10 if third < 2 else end))
