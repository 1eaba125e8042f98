"""What a printed date stands for: one documented rule for each form.

A figure whose unit is ``date`` stands for the days from an earliest to a latest (`dates`):

======================  ============================  =====================================================
Form                    Example                       Days
======================  ============================  =====================================================
day                     ``16 April 2026``             that day; ``April 16, 2026`` and ISO dates likewise
month, year             ``March 2026``, ``2025``      first to last day
part of a month         ``late April``                1 to 10 ``early``, 11 to 20 ``mid``, 21 to the end ``late``
part of a year          ``early 2023``                months 1 to 4, 5 to 8, 9 to 12
quarter, half           ``Q1 2026``, ``H1 2025``      first to last day of its months
fiscal year             ``FY2025``, ``Q3 FY25``       the year, or that part of it, that ends in the named year or
                                                      up to twelve months before its end: whose it is, is not said
deadline                ``by 2027``                   from the day it was printed to the last day of the year
before, after, since    ``before 2030``               to the day before, or from the day after, or from the day
======================  ============================  =====================================================

A day, month or quarter without a year has the year of the day on which it was printed.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from parallelrun.errors import PublishedFormError


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
    r"(?:(?:q(?P<quarter>[1-4])|h(?P<half>[12]))(?:,? |$)|"
    r"(?:(?P<part>early|mid|late)[ -])?(?:(?P<day>\d{1,2}) )?(?:(?!fy)(?P<month>[a-z]+)\.?,? ?)?)"
    r"(?:(?P<year>\d{4})|(?P<fiscal>fy) ?(?P<fiscal_year>\d{4}|\d\d))?"
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
            f"{published!r} is not a form that a date can have here; the forms are listed in parallelrun.audit.days "
            "(for example 2026-04-16, 16 April 2026, late April, Q1 2026, by 2027)"
        )
    if not (found["year"] or found["fiscal_year"]) and printed_on is None:
        raise PublishedFormError(f"{published!r} names no year, and no as_of date says in which it was printed")
    year = int(found["year"] or found["fiscal_year"] or printed_on.year)  # type: ignore[union-attr]
    year += 2000 if year < 100 else 0
    if found["quarter"] or found["half"] or found["fiscal"]:
        length = 3 if found["quarter"] else 6 if found["half"] else 12
        end = length * int(found["quarter"] or found["half"] or 1)
        first = _days(year - (1 if found["fiscal"] else 0), end - length + 1, None, None).earliest
        return PublishedDates(first, _days(year, end, None, None).latest)
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
