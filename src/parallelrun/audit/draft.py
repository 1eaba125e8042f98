"""Draft the claims of a text: every figure with its unit and place, for a person to confirm.

Deterministic, from the grammar of `parallelrun.audit.printed` and `parallelrun.audit.days`: what those read is a figure
or a date; what they do not is a bare year, part of a name (``GPT-4``, ``950PR``), the number of a list, or left open.
Each numeral of the text is one of these. Tables in Markdown lend a cell the words of its row and its column.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parallelrun.audit.days import dates
from parallelrun.audit.printed import stands_for
from parallelrun.errors import PublishedFormError, UnitError

Kind = Literal["figure", "date", "year", "name", "list", "open"]
"""What a numeral is: ``open`` ones are for a person to look at, and only figures and dates become claims."""

_N = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE = r"(?: ?(?:thousand|million|billion|trillion|mn|bn|tn)\b|[kKmMbBtT](?![A-Za-z0-9]))"
_MONEY = r"(?:US\$|[$€£¥]|\b(?:USD|EUR|GBP|CNY|RMB) ?)"
_MARK = (
    r"(?:[~≈≥≤<>]=? ?|\b(?:about|around|circa|approximately|roughly|nearly|almost|just over|just under|more than|over|"
    r"at least|fewer than|less than|under|at most|up to) )"
)
_ONE = rf"{_MONEY}?[-−+]?{_N}{_SCALE}?"
_HUNDREDTHS = r"(?: ?%| per ?cent\b| percentage points?\b| ?pp\b| ?bps\b| basis points\b)"
_TIMES = r"(?: ?[x×](?![A-Za-z0-9])|-fold\b| times\b)"
_TAIL = rf"(?:{_HUNDREDTHS}|{_TIMES})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?<![\w-])(?:\d{{4}}-\d\d-\d\d|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:, \d{{4}})?(?!\d)|"
    rf"(?:(?:early|mid|late)[ -])?{_MONTH} \d{{4}}|(?:early|mid|late)[ -](?:{_MONTH}|\d{{4}})|"
    rf"Q[1-4],? (?:FY ?)?\d{{2,4}}|H[12] \d{{4}}|FY ?\d{{2,4}}|(?:by|before|after|since) \d{{4}})(?![\w-])",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    rf"(?<![\w.,/:-])(?:(?:{_MARK}?\d+(?:\.\d+)?:\d+(?:\.\d+)?(?:[-–]\d+(?:\.\d+)?)?)(?![\w:])|"
    rf"(?:\d{{1,2}}/\d{{1,3}}(?:th|rd|nd)?|\d+ in \d+)(?![\w/])|(?:#\d+|\d+(?:st|nd|rd|th)\b)|"
    rf"{_MARK}?{_ONE}{_TAIL}(?: ?(?:[-–]|to|±|\+-) ?{_ONE}{_TAIL})?\+?{_TAIL})",
    re.IGNORECASE,
)
_FRACTIONS = r"half|(?:a|one|two|three|four)[ -](?:third|quarter|fifth|tenth)s?|one in (?:two|three|four|five|ten)"
_MULTIPLES = r"twice|(?:double|triple|quadruple)d?|halved|(?:two|three|four|five|ten)fold"
_MAGNITUDES = (
    r"(?:tens|hundreds|thousands) of (?:thousands|millions|billions)|dozens|hundreds|thousands|millions|billions"
)
_WORDS = re.compile(
    rf"\b{_MARK}?(?:{_FRACTIONS}|(?:single|double|triple)[ -]digits|{_MULTIPLES}|{_MAGNITUDES})\b", re.IGNORECASE
)
_NUMERAL = re.compile(_N)
_PER = re.compile(r"\s*(?:per |/ ?|a )((?:million |thousand |billion |1K |1M )?[A-Za-z]+)(?! (?:before|ago|earlier))\b")
_UNIT_WORD = re.compile(r"[A-Za-z][A-Za-z-]*(?:/[A-Za-z]+)*")
_SIGNS = set("kwh mwh gwh wh kw mw gw gb tb gb/s tb/s flops gflops tflops pflops eflops nm".split())  # noqa: SIM905
_THINGS = "point token page week month year day hour minute second chip model parameter user dollar euro".split()  # noqa: SIM905
_PLAIN_UNITS = _SIGNS | {"yuan", *_THINGS, *(f"{thing}s" for thing in _THINGS)}
_SKIPPED = set("of the a an and or in on at to for from by with than as is are was were more less other its vs".split())  # noqa: SIM905
_ATTACHED = re.compile(r"-?(?:GB|TB|MB|W|kW|MW|GW|kWh|MWh|GWh|Wh|GFLOPS|TFLOPS|PFLOPS|EFLOPS)\b")
_COUNTED = re.compile(r"[^siu']s$")
_SOME_DAY = date(2026, 1, 1)
"""Stands in for the day of printing where only the form of a date is looked at."""


@dataclass(frozen=True)
class Drafted:
    """One numeral of a text, or one figure that may have several.

    Attributes
    ----------
    kind : {"figure", "date", "year", "name", "list", "open"}
    published : str
        As it is printed.
    unit : str
        Unit that the words around it say; empty for a pure number, ``date`` for a date.
    line, character : int
        Where it begins, both from 1.
    context : str
        The row and column of a table's cell, or the words around.
    """

    kind: Kind
    published: str
    unit: str
    line: int
    character: int
    context: str

    @property
    def locator(self) -> str:
        """Its place in words."""
        return f"line {self.line}, character {self.character}"


def numerals(text: str) -> list[Drafted]:
    """Return all figures, dates and other numerals of a text, in its order.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    """
    found: list[Drafted] = []
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line)
        if not cells:
            header = []
            found += _in_line(line, 0, number, "", "")
        elif not header:
            header = [line[start:end].strip() for start, end in cells]
        elif not set(line) <= set("|-: "):
            label = line[slice(*cells[0])].strip()
            for column, (start, end) in enumerate(cells):
                name = header[column] if column < len(header) else ""
                found += _in_line(line[start:end], start, number, label if column else "", name)
    return found


def _cells(line: str) -> list[tuple[int, int]]:
    """Return where the cells of a table's row lie; none if the line is no row."""
    bars = [i for i, sign in enumerate(line) if sign == "|"]
    return [(a + 1, b) for a, b in itertools.pairwise(bars)] if line.lstrip().startswith("|") else []


def _in_line(text: str, offset: int, line: int, label: str, column: str) -> Iterator[Drafted]:
    """Yield what a line, or a cell of one, contains; dates first, then figures, then the numerals that are left."""
    taken: list[tuple[int, int]] = []
    items: list[tuple[int, Drafted]] = []

    def take(start: int, end: int, kind: Kind, unit: str) -> None:
        taken.append((start, end))
        words = ": ".join(filter(None, (label, column))) or _around(text, start, end)
        items.append((start, Drafted(kind, text[start:end].strip(), unit, line, offset + start + 1, words)))

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    listed = re.match(r"\s*(?:#+ )?(\d+)[.)] ", text)
    if listed and not label and not column:
        take(listed.start(1), listed.end(1), "list", "")
    for match in filter(free, _DATE.finditer(text)):
        if _reads_as_date(match[0]):
            take(match.start(), match.end(), "date", "date")
    for start, end in _spans(text):
        if any(start < other_end and end > other_start for other_start, other_end in taken):
            continue
        printed = text[start:end]
        if column.strip().lower() in ("rank", "#", "no.") and printed.isdigit():
            take(start, end, "list", "")
        elif re.fullmatch(r"(?:19|20)\d\d", printed) and not column:
            take(start, end, "year", "")
        elif re.match(r"[.-]?[A-Z]", text[end:]) and not _ATTACHED.match(text[end:]):
            take(start, end, "name", "")
        else:
            unit = _unit(printed, text[end:], label, column)
            if not unit and re.search(r"\bRank $", text[:start]):
                unit = "rank"
            if not unit and re.search(r"\b(?!Top)[A-Z]\w* $", text[:start]) and re.fullmatch(r"\d(?:\.\d+)?", printed):
                take(start, end, "name", "")
                continue
            if not unit and re.search(rf"{_SCALE}$", printed):
                unit = next((d.unit for _, d in reversed(items) if d.unit not in ("", "%", "ratio", "date")), "")
            reads = _reads(printed, unit)
            take(start, end, "figure" if reads else "open", unit if reads else "")
    for match in filter(free, _WORDS.finditer(text)):
        printed = match[0].strip()
        if re.search(r"\b(?:first|second|other|latter) $", text[: match.start()]):
            continue
        unit = _unit(printed, text[match.end() :], label, column)
        if _reads(printed, unit):
            take(match.start(), match.end(), "figure", unit)
    for match in filter(free, _NUMERAL.finditer(text)):
        named = re.search(r"[A-Za-z][\w.-]*-?$", text[: match.start()]) or re.match(r"-?[A-Za-z]", text[match.end() :])
        take(match.start(), match.end(), "name" if named else "open", "")
    yield from (item for _, item in sorted(items, key=lambda pair: pair[0]))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where figures lie; two numbers joined by "to" that are no range, since their units differ, are two."""
    position = 0
    while match := _FIGURE.search(text, position):
        start, end = match.start(), match.start() + len(match[0].rstrip())
        joint = re.search(r" ?to ", text[start:end])
        if joint and not (_reads(text[start:end], "%") or _reads(text[start:end], "")):
            end = start + joint.start()
        yield start, end
        position = max(end, start + 1)


def _reads(printed: str, unit: str) -> bool:
    try:
        stands_for(printed, unit)
    except (PublishedFormError, UnitError):
        return False
    return True


def _reads_as_date(printed: str) -> bool:
    try:
        dates(printed, _SOME_DAY)
    except PublishedFormError:
        return False
    return True


def _unit(printed: str, after: str, label: str, column: str) -> str:
    """Return the unit that a figure and the words around it say."""
    text = printed.lower()
    if re.search(r"%|per ?cent\b", text):
        return "%"
    if re.search(r"percentage point|pp$", text):
        return "percentage points"
    if re.search(r"bps|basis point", text):
        return "bps"
    money = re.search(_MONEY, printed, re.IGNORECASE)
    if money:
        sign = money[0].strip().lower()
        unit = {"us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "rmb": "CNY"}.get(sign, sign.upper())
        per = _PER.match(after)
        return f"{unit}/{per[1].strip()}" if per and per[1].lower() not in _SKIPPED else unit
    if text.endswith("digits"):
        return "%"
    if re.search(r"\d:\d|x$|×$|fold$|times$|twice|double|triple|quadruple|halved", text) or re.match(r"\d+/\d+", text):
        return "ratio"
    if printed.startswith("#") or re.search(r"\d(?:st|nd|rd|th)$", text):
        return "rank"
    if re.search(r"half|third|quarter|fifth|tenth| in ", text):
        return "%"
    return _thing(after) or _thing_of(label) or _thing_of(column)


def _thing(after: str) -> str:
    """Return the unit, or the thing that is counted, among the words right after a number."""
    after = re.sub(r"^ of (?:the |all |our )?(?:top |first |last )?(?:\d+ )?", " ", after)
    before_stop = re.match(r"[ -]?((?:[\"“'(]?[A-Za-z][\w/-]*[\"”']? ?){0,4})", after)
    words = re.sub(r"[\"“”'(]", "", before_stop[1]).split() if before_stop else []
    for position, word in enumerate(words):
        plain = word.lower()
        if plain in _PLAIN_UNITS:
            per = re.match(rf".*?{re.escape(word)} (?:per|an?) ([A-Za-z]+)", after)
            unit = _plural(word)
            return f"{unit}/{per[1]}" if per and per[1].lower() in ("year", "week", "day", "month", "second") else unit
        if plain in _SKIPPED and position:
            break
        if _COUNTED.search(plain) and plain not in _SKIPPED:
            return plain
    return ""


def _plural(word: str) -> str:
    """Return a counted thing in lower case and plural; a sign such as kWh as it is."""
    if not word.lower().removesuffix("s").isalpha() or word.lower() in _SIGNS:
        return word
    return word.lower() if word.endswith("s") else f"{word.lower()}s"


def _thing_of(name: str) -> str:
    """Return the unit that a column's or a row's name says, in brackets or as its last known word."""
    bracket = re.search(r"\(([^)]*[A-Za-z%][^)]*)\)", name)
    if bracket and re.fullmatch(r"[A-Za-z%$/ -]+", bracket[1]):
        return bracket[1].replace("$", "USD").strip()
    for word in reversed(_UNIT_WORD.findall(name)):
        if word.lower() in _PLAIN_UNITS:
            return _plural(word)
    return ""


def _around(text: str, start: int, end: int, reach: int = 40) -> str:
    """Return the words around a span, for a person to recognise it by."""
    left, right = text[max(start - reach, 0) : start], text[end : end + reach]
    left = left.split(" ", 1)[-1] if start > reach else left
    right = right.rsplit(" ", 1)[0] if end + reach < len(text) else right
    return re.sub(r"\s+", " ", f"{left}{text[start:end]}{right}").strip(" |*#-")
