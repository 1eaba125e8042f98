"""What a published figure stands for: one documented rule for each printed form.

A figure printed as "12.96" is any number that rounds to it, "~0.3" is a claim of one digit, "hundreds of
thousands" is a range in words. `stands_for` turns the printed form into a value and the interval it allows.

======================  ================================  =================================================
Form                    Example                           Interval
======================  ================================  =================================================
plain number            ``12.96``, ``1,503``, ``3.5bn``   half a unit of the last printed digit either way
count, rank             ``19`` with unit ``models``       exact: low = high = value (``#3``, ``3rd`` too)
approximate             ``~0.3``, ``~300``                half a unit of the last digit that is not zero;
                                                          a tenth of a power of ten (``~100``: 90 to 110)
multiple                ``4.3x``, ``threefold``,          as the number; ``doubled`` is 2, ``halved`` 0.5
                        ``twice``
ratio                   ``1:16.7``, ``3:1``, ``3:2``      as the number beside the 1, else the quotient
fraction                ``1/3``, ``a third``, ``1 in 5``  half a hundredth either way, 2.5 after ``about``
range                   ``0.03-0.04``, ``5x to 7x``       the two printed ends; value is the midpoint
approximate range       ``~80-90``, ``~90 to 100%``       half the finer of the two ends' units beyond either
nearly, just over       ``nearly 40``, ``just over 40``   from as far below (above) as approximately, to it
more than, at least     ``> 100,000``, ``>= 10``          from the number up, to 100 for a percentage below it
plus                    ``95+``                           as at least
less than, at most      ``< 5``, ``p < 0.05``             up to the number, unbounded below
margin                  ``12.5 ± 0.4``, ``78 +- 2 %``     the number less and plus the margin
interval                ``4.7 (95 % CI 4.5-4.9)``         the interval in brackets
power of ten            ``2e25``, ``10^26``               half a unit of the last digit; of ``10^26`` half a
                                                          decade either way
digits                  ``double digits``                 10 up to 100 (``single``, ``triple`` too); no value
words of magnitude      ``dozens``, ``tens of millions``  two up to ten of the magnitude; no value
======================  ================================  =================================================

A leading ``+``, thousands separators (commas, or spaces that cannot break) and ``a year`` or ``annually`` do not
change the form. ``thousand`` (``k``), ``million`` (``m``, ``mn``), ``billion`` (``b``, ``bn``) and ``trillion``
(``t``, ``tn``) after the number scale it, after a range both ends, or each its own (``3 million to 4 million``).
``about``, ``around``, ``approximately``, ``roughly``, ``almost``, ``just under``, ``over``, ``more than``, ``at
least``, ``under``, ``fewer than``, ``less than``, ``at most`` and ``up to`` stand for their signs. A number that a
float cannot hold is refused.

The unit is given apart, since it decides whether a whole number is a count, and what ``half`` is: 0.5 or 50 %. A unit
that is printed too (``$``, ``%``, ``pp``, ``bps``, ``months``, ``GB``) must be of the same dimensions and is converted:
``$3.5 billion`` in ``billion USD`` is 3.5, ``15 bps`` in ``percentage points`` is 0.15. A per cent is never read as a
plain number, nor the other way round: ``12 %`` as a ratio and ``1/4`` in per cent are refused.

Dates have a table of their own, in `parallelrun.audit.days`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from parallelrun.errors import PublishedFormError, UnitError
from parallelrun.study import units

COUNT_UNITS = frozenset({"models", "institutions", "rank", "weeks", "years", "pages", "rows", "vendors", "places"})
"""Units of things that are counted, where a printed whole number is exact."""

Rounding = Literal["half up", "half even", "truncated"]
"""How a printed number may have been shortened; the two ways to round a half differ in whether an end belongs to it."""

_MAGNITUDES = {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1_000, "millions": 10**6, "billions": 10**9}
_LETTERS = {"k": 3, "m": 6, "b": 9, "t": 12}
_SCALES = {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12} | _LETTERS
_SCALE_WORDS = "|".join(word for word in _SCALES if word not in _LETTERS)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


def _scaled(name: str) -> str:
    """Return the pattern of a number with an optional scale, in groups of that name and of ``<name>_scale``."""
    return rf"(?P<{name}>-?(?:{_NUMBER}))(?:(?P<{name}_scale> ?(?:{_SCALE_WORDS})|[kmbt])(?![a-z]))?"


_RANGE = re.compile(rf"(?P<mark>~)?(?:1:)?{_scaled('low')}x? ?(?:-|to) ?{_scaled('high')}")
_MARGIN = re.compile(rf"{_scaled('low')} ?± ?{_scaled('high')}")
_INTERVAL = re.compile(
    rf"{_scaled('number')} ?[(\[](?:(?:\d+(?:\.\d+)? ?%? )?(?:ci|cri|interval):? )?"
    rf"(?P<low>-?(?:{_NUMBER})) ?(?:-|to|,) ?(?P<high>-?(?:{_NUMBER}))[)\]]"
)
_SINGLE = re.compile(rf"(?P<mark>nearly |above |[~<>]=?)? ?(?:1:)?{_scaled('number')}(?P<plus>\+?)")
_POWER = re.compile(r"(?P<mark>~)?(?:(?P<digits>\d+(?:\.\d+)?)(?:e| ?x ?10\^)(?P<power>-?\d+)|10\^(?P<decade>-?\d+))")
_FRACTION = re.compile(
    r"(?P<mark>~|nearly |above |[<>]=? ?)?"
    r"(?:(?P<top>\d+)/(?P<bottom>\d+)|(?P<words>[a-z ]+|\d+ in \d+))"
)
_TAIL = re.compile(rf"(?<=[\d)+])(?: ?(?:{_SCALE_WORDS})(?![a-z])|[kmbt](?![a-z]))? ?(?P<words>(?!to )[a-z][a-z/ ]*)$")
_QUOTIENT = re.compile(rf"(?P<mark>~)?(?P<top>{_NUMBER}):(?P<bottom>{_NUMBER})")
_MARKS = {
    **dict.fromkeys(("≈", "about ", "around ", "circa ", "approximately ", "roughly "), "~"),
    **dict.fromkeys(("almost ", "just under "), "nearly "),
    **dict.fromkeys(("more than ", "over "), "> "),
    **dict.fromkeys(("fewer than ", "less than ", "under ", "p < ", "p<"), "< "),
    **dict.fromkeys(("at most ", "up to ", "≤"), "<= "),
    **dict.fromkeys(("at least ", "≥"), ">= "),
    **dict.fromkeys(("p = ", "p=", "cagr of ", "#", "+"), ""),
    "just over ": "above ",
}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS = {word: n for n, word in enumerate(_WORDS, 1)} | {"a": 1}
_MULTIPLES = {
    **{f"{word}fold": n for word, n in {**_COUNTS, "hundred": 100}.items()},
    **{f"{word} times": n for word, n in _COUNTS.items() if word != "a"},
    **dict.fromkeys(("twofold", "twice", "double", "doubled"), 2),
    **dict.fromkeys(("triple", "tripled"), 3),
    **dict.fromkeys(("quadruple", "quadrupled"), 4),
}
_ORDINALS = ("half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PARTS = {word: n for n, word in enumerate(_ORDINALS, 2)} | {"fourth": 4, "sixteenth": 16, "twentieth": 20}
_DIGITS = {"single digits": (0.0, 10.0), "double digits": (10.0, 100.0), "triple digits": (100.0, 1000.0)}
_MONEY = {"us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY"} | {
    code.lower(): code for code in ("USD", "EUR", "GBP", "CNY", "RMB")
}
_POINTS = dict.fromkeys(("%", "percentage point", "percentage points", "pp", "ppt"), 1.0) | dict.fromkeys(
    ("bps", "basis points"), 0.01
)
"""Spellings of hundredths, and how many of them each is; a difference of percentages is in the same."""


@dataclass(frozen=True)
class Published:
    """A printed figure: its central value (None if none was printed), the interval it allows, and its form.

    The form is ``"number"``, ``"range"`` (all between two printed ends), ``"bound"`` (one-sided), ``"words"``, or
    ``"interval"`` (a printed statistical interval, which is not a bound on what is true).
    """

    value: float | None
    low: float
    high: float
    form: str = "number"


def stands_for(published: str, unit: str = "", rounding: Rounding = "half up") -> Published:
    """Return the value and interval that a printed figure stands for.

    Parameters
    ----------
    published : str
        The form as printed, for example ``"~0.3"``; see the module's table of forms.
    unit : str
        Unit of the figure. A unit in `COUNT_UNITS` makes a plain whole number exact; ``"%"`` caps
        one-sided forms at 100.
    rounding : {"half up", "half even", "truncated"}
        How a plain number was shortened; ``truncated`` puts all of its interval above it (below, if negative).

    Returns
    -------
    Published
        Value, low and high in the unit. Open ends are infinite.

    Raises
    ------
    PublishedFormError
        If the form is none of those in the table, or says a unit that is not the given one.
    """
    text = _spelled(published)
    text, factor = _without_unit(text, unit, published)
    for words, sign in _MARKS.items():
        if text.startswith(words):
            text = sign + text.removeprefix(words).lstrip()
    text = text.strip()
    percent = _is_percent(unit)
    top = 100.0 if percent else math.inf
    figure = _in_words(text) or _fraction(text, percent) or _number(text, unit, top, rounding, published)
    if figure is None:
        raise PublishedFormError(
            f"{published!r} is not a form that a published figure can have here; "
            "the forms are listed in parallelrun.audit.printed (for example 12.96, ~0.3, nearly 40, 80-90, 95+)"
        )
    if factor == 1:
        return figure
    value = None if figure.value is None else figure.value * factor
    return replace(figure, value=value, low=figure.low * factor, high=figure.high * factor)


def _spelled(published: str) -> str:
    """Return a form in one spelling: lower case, plain signs, single spaces."""
    text = re.sub(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))", ",", published.strip().lower())
    text = re.sub(r"\s+", " ", text)
    text = text.translate(str.maketrans("−–—×", "---x"))
    text = text.replace("+-", "±").replace("+/-", "±")
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    text = re.sub(r"\s*per ?cent\b(?!age)", "%", text)
    text = re.sub(r",? ?(?:(?:a|per|each|every) (?:year|annum)|annually|yearly|p\.a\.)$", "", text)
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)


def _without_unit(text: str, unit: str, published: str) -> tuple[str, float]:
    """Return a form without the unit that it says, and the factor from that unit and its scale to the given one."""
    said = ""
    if sign := re.search(rf"(?:{'|'.join(map(re.escape, sorted(_MONEY, key=len, reverse=True)))})(?= ?\d)", text):
        said, text = _MONEY[sign[0]], re.sub(rf"{re.escape(sign[0])} ?(?=\d)", "", text)
    if re.search(r"%(?! ?(?:ci|cri|interval))", text):
        said, text = "%", re.sub(r" ?%(?! ?(?:ci|cri|interval))", "", text)
    elif tail := _TAIL.search(text):
        words = tail["words"]
        if words not in ("x", "fold", "times", *_SCALES) and not text.startswith(tuple(f"{word} " for word in _COUNTS)):
            as_printed = re.search(re.escape(words), published, re.IGNORECASE)
            said, text = as_printed[0] if as_printed else words, text[: tail.start("words")].rstrip()
    text = re.sub(r"(?<=\d)(?: ?x|[ -]?fold| times)$", "", text)
    factor = _converted(said, unit, published) if said else 1.0
    scale = next((_SCALES[word] for word in unit.split("/")[0].lower().split() if word in _SCALES), 0)
    if scale and re.search(rf"(?:{_SCALE_WORDS})s?\b|\d[kmbt]\b", text):
        factor /= 10.0**scale
    if _is_percent(unit) and re.search(r"\b\d+[:/]\d", text):
        raise PublishedFormError(f"{published!r} is a ratio, but the unit is {unit!r}: write ratio there")
    return text, factor


def _is_percent(unit: str) -> bool:
    return unit.split("/")[0].strip().lower() in _POINTS


def _converted(said: str, unit: str, published: str) -> float:
    """Return how many of the given unit, its scale words left out, one of the printed unit is."""
    above = unit.split("/")[0].strip()
    if said in _POINTS or above.lower() in _POINTS:
        if said in _POINTS and above.lower() in _POINTS:
            return _POINTS[said] / _POINTS[above.lower()]
        kind = "in per cent" if said == "%" else f"in {said}"
        raise PublishedFormError(f"{published!r} is printed {kind}, but the unit is {unit!r}: write {said} there")
    wanted = " ".join(word for word in (unit if "/" in said else above).split() if word.lower() not in _SCALES)
    try:
        one, other = units.parse(said), units.parse(wanted)
    except UnitError:
        one = other = None
    if one is None or other is None or not wanted or one.dimensionality != other.dimensionality:
        raise PublishedFormError(
            f"{published!r} is not a form that a published figure in {unit!r} can have: it is printed in {said!r}"
        )
    return float(one.magnitude / other.magnitude)


def _in_words(text: str) -> Published | None:
    """Read digits and words of magnitude."""
    if text in _DIGITS:
        return Published(None, *_DIGITS[text], "words")
    parts = text.split(" of ")
    if len(parts) <= 2 and all(part in _MAGNITUDES for part in parts):
        magnitude = float(math.prod(_MAGNITUDES[part] for part in parts))
        return Published(None, 2 * magnitude, 10 * magnitude, "words")
    return None


def _fraction(text: str, percent: bool) -> Published | None:
    """Read a fraction in figures or words, in the unit's hundredths or as a share."""
    if text == "halved":
        text = "half"
    found = _FRACTION.fullmatch(text)
    share = _share(found) if found else None
    if found is None or share is None:
        return None
    whole = 100 if percent else 1
    value, mark = float(share * whole), (found["mark"] or "").strip()
    plain, wide = 0.005 * whole, 0.025 * whole
    if mark in (">", ">="):
        return Published(value, value, float(whole), "bound")
    if mark in ("<", "<="):
        return Published(value, -math.inf, value, "bound")
    below, above = {"": (plain, plain), "~": (wide, wide), "nearly": (2 * wide, 0.0), "above": (0.0, 2 * wide)}[mark]
    return Published(value, value - below, value + above)


def _share(found: re.Match[str]) -> Fraction | None:
    if found["top"]:
        return Fraction(int(found["top"]), int(found["bottom"])) if int(found["bottom"]) else None
    words = found["words"].strip()
    if words == "half":
        return Fraction(1, 2)
    head, _, tail = words.partition(" in ")
    if tail:
        top, bottom = (_COUNTS.get(part) or (int(part) if part.isdigit() else None) for part in (head, tail))
    else:
        head, _, tail = words.partition(" ")
        top, bottom = _COUNTS.get(head), _PARTS.get(tail) or _PARTS.get(tail.removesuffix("s"))
    return Fraction(top, bottom) if top and bottom and top <= bottom else None


def _number(text: str, unit: str, top: float, rounding: Rounding, published: str) -> Published | None:
    """Read a range, margin, interval, power of ten, ratio or single number."""
    if text in _MULTIPLES:
        text = str(_MULTIPLES[text])
    if found := _INTERVAL.fullmatch(text):
        low, high = (_decimal(found[end], found["number_scale"]) for end in ("low", "high"))
        return Published(float(_decimal(found["number"], found["number_scale"])), float(low), float(high), "interval")
    if found := _POWER.fullmatch(text):
        return _power(found)
    if (ends := _RANGE.fullmatch(text)) and (ends["high_scale"] or not ends["low_scale"]):
        return _range(ends, top, published)
    if about := _MARGIN.fullmatch(text):
        number, margin = (_decimal(about[end], about[f"{end}_scale"] or about["high_scale"]) for end in ("low", "high"))
        return Published(float(number), float(number - margin), float(number + margin))
    if (parts := _QUOTIENT.fullmatch(text)) and parts["top"] != "1":
        number, other = _decimal(parts["top"], None), _decimal(parts["bottom"], None)
        if other == 1:
            return _single(parts["mark"] or "", number, False, unit, top, rounding)
        half, other_half = _half_unit(number, significant=False), _half_unit(other, significant=False)
        if other <= other_half:
            return None
        low, high = (number - half) / (other + other_half), (number + half) / (other - other_half)
        return Published(float(number / other), float(low), float(high))
    if single := _SINGLE.fullmatch(text):
        number = _decimal(single["number"], single["number_scale"])
        return _single((single["mark"] or "").strip(), number, bool(single["plus"]), unit, top, rounding)
    return None


def _range(ends: re.Match[str], top: float, published: str) -> Published:
    low = _decimal(ends["low"], ends["low_scale"] or ends["high_scale"])
    high = _decimal(ends["high"], ends["high_scale"])
    if low > high:
        raise PublishedFormError(f"the printed range {published!r} runs backwards: write the lower end first")
    value = float((low + high) / 2)
    if ends["mark"]:
        half = min(_half_unit(end, significant=True) for end in (low, high) if end or not high)
        low, high = low - half, high + half if high > top else min(high + half, Decimal(top))
    return Published(value, float(low), float(high), "range")


def _power(found: re.Match[str]) -> Published:
    if found["decade"]:
        value = 10.0 ** int(found["decade"])
        return Published(value, value / 10**0.5, value * 10**0.5)
    number = _decimal(found["digits"], None)
    half = _half_unit(number, significant=bool(found["mark"]))
    value, low, high = (_float(part.scaleb(int(found["power"]))) for part in (number, number - half, number + half))
    return Published(value, low, high)


def _single(mark: str, number: Decimal, plus: bool, unit: str, top: float, rounding: Rounding) -> Published:
    value = float(number)
    if plus or mark in (">", ">="):
        return Published(value, value, top if value <= top else math.inf, "bound")
    if mark in ("<", "<="):
        return Published(value, -math.inf, value, "bound")
    if mark in ("nearly", "above"):
        room = _approximate(number)
        low, high = (number - room, number) if mark == "nearly" else (number, number + room)
        return Published(value, float(low), float(high))
    if mark == "~":
        room = _approximate(number)
        return Published(value, float(number - room), float(number + room))
    if unit in COUNT_UNITS and number == int(number):
        return Published(value, value, value)
    half = _half_unit(number, significant=False)
    if rounding == "truncated":
        ends = (number - 2 * half, number) if number < 0 else (number, number + 2 * half)
        return Published(value, float(ends[0]), float(ends[1]))
    return Published(value, float(number - half), float(number + half))


def _decimal(text: str, scale: str | None) -> Decimal:
    number = Decimal(text.replace(",", "")).scaleb(_SCALES.get((scale or "").strip(), 0))
    _float(number)
    return number


def _float(number: Decimal) -> float:
    value = float(number)
    if not math.isfinite(value) or (number and not value):
        raise PublishedFormError(
            f"a figure of the order 10^{number.adjusted()} is too large or too small to compute with"
        )
    return value


def _approximate(number: Decimal) -> Decimal:
    """Return how far "about" reaches: half a unit of the last digit that is not zero, a tenth of a power of ten."""
    if number and number.normalize().as_tuple().digits == (1,):
        return max(abs(number) / 10, _half_unit(number, significant=False))
    return _half_unit(number, significant=True)


def _half_unit(number: Decimal, *, significant: bool) -> Decimal:
    """Half a unit of the last printed digit, or of the last non-zero one."""
    if significant and number:
        number = number.normalize()
    exponent = int(number.as_tuple().exponent)
    return Decimal(5).scaleb(exponent - 1)
