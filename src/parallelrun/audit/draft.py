"""Draft the claims of a text: every figure with its unit and place, for a person to confirm.

Deterministic, from the grammar of `parallelrun.audit.printed` and `parallelrun.audit.days`: what those read is a figure
or a date; what they do not is a bare year, part of a name (``GPT-4``, ``950PR``), the number of a list, or left open.
Each numeral of the text is one of these. Tables in Markdown lend a cell the words of its row and its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parallelrun.audit.days import dates
from parallelrun.audit.passages import Passage, passages
from parallelrun.audit.printed import stands_for
from parallelrun.errors import PublishedFormError, UnitError
from parallelrun.study import units

Kind = Literal["figure", "date", "year", "name", "list", "open"]
"""What a numeral is: ``open`` ones are for a person to look at, and only figures and dates become claims."""

_N = r"(?:\d{1,3}(?:[,\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
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
    rf"{_MARK}?(?:\d{{1,2}}/\d{{1,3}}(?:th|rd|nd)?|\d+ in \d+)(?![\w/])|(?:#\d+|\d+(?:st|nd|rd|th)\b)|"
    rf"{_MARK}?{_ONE}{_TAIL}(?: ?(?:[-–]|to|±|\+-) ?{_ONE}{_TAIL})?\+?{_TAIL})",
    re.IGNORECASE,
)
_FRACTIONS = (
    r"half|(?:a|one|two|three|four)[ -](?:third|quarter|fifth|tenth)s?|"
    r"one in (?:two|three|four|five|six|seven|eight|nine|ten)"
)
_MULTIPLES = r"twice|(?:double|triple|quadruple)d?|halved|(?:two|three|four|five|ten)fold"
_MAGNITUDES = (
    r"(?:tens|hundreds|thousands) of (?:thousands|millions|billions)|dozens|hundreds|thousands|millions|billions"
)
_WORDS = re.compile(
    rf"\b{_MARK}?(?:{_FRACTIONS}|(?:single|double|triple)[ -]digits|{_MULTIPLES}|{_MAGNITUDES})\b", re.IGNORECASE
)
_NUMERAL = re.compile(_N)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SPANS = "second minute hour day night week month quarter year".split()  # noqa: SIM905
_LATER = (
    r"(?:before|ago|earlier|later|after|afterwards|previously|prior|since|hence|"
    r"on(?= *(?:[,.;:)]|$)))\b"
)
_PER = re.compile(
    rf"\s*(?:(?:(?P<each>an?|each|every)|per) |/ ?)"
    rf"(?P<what>(?:million |thousand |billion |1K |1M )?[A-Za-z]+)\b(?!'|\s+{_LATER})"
)
_UNIT_WORD = re.compile(r"[A-Za-z][A-Za-z-]*(?:/[A-Za-z]+)*")
_SIGNS = set("kwh mwh gwh wh kw mw gw gb tb gb/s tb/s flops gflops tflops pflops eflops nm".split())  # noqa: SIM905
_THINGS = "point token page week month year day hour minute second chip model parameter user dollar euro".split()  # noqa: SIM905
_PLAIN_UNITS = _SIGNS | {"yuan", *_THINGS, *(f"{thing}s" for thing in _THINGS)}
_SKIPPED = set("of the more less fewer other its our their such ones".split())  # noqa: SIM905
_FUNCTION_WORDS = (
    "a an and or but nor in on at to for from by with without within than as into over under about after before since "
    "until through between among during against per is are was were be been has have had do does did will would can "
    "could may might must should who whom whose which that this these those what when where while if because so not "
    "only just up down out off last next each every all both it he she they we you i same his her there here then "
    "now vs"
)
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
"""Words with which no noun phrase goes on."""
_COMPARED = re.compile(
    r"\b(?:than|from|to|against|versus|vs\.?|compared (?:to|with)) (?:the |its |some )?$", re.IGNORECASE
)
"""Words before a figure that is of the same kind as the one that it is compared with."""
_FALL = re.compile(
    r"\b(?:f[ae]ll|less|fewer|lower|down\b|dr[ou]p|decline|decreas|reduc|shr[aiu]nk|cut|lost)", re.IGNORECASE
)
_RISE = re.compile(r"\b(?:ris|ros|more\b|higher|up\b|gr[eo]w|increas|gain|climb)", re.IGNORECASE)
_MONEYS = frozenset(("dollars", "euros", "pounds", "yuan"))
_NO_NOUN = re.compile(r"(?:ed|ing|ly|er|est)$")
_ATTACHED = re.compile(r"-?(?:GB|TB|MB|W|kW|MW|GW|kWh|MWh|GWh|Wh|GFLOPS|TFLOPS|PFLOPS|EFLOPS)\b")
_WORD = re.compile(r"[ -]?[\"“'(]?([A-Za-z][\w/-]*)[\"”')]?")
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
    passage : int
        Rank of the sentence or row of a table in which it stands.
    falls : bool
        Whether the words around it tell of a fall, as in "down by 20 %".
    """

    kind: Kind
    published: str
    unit: str
    line: int
    character: int
    context: str
    passage: int
    falls: bool = False

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
    return [one for passage in passages(text) for one in _in_passage(passage)]


def _in_passage(passage: Passage) -> Iterator[Drafted]:
    """Yield what a passage contains; dates first, then figures, then the numerals that are left."""
    text, label, column = passage.text, passage.label, passage.column
    taken: list[tuple[int, int]] = []
    items: list[tuple[int, Drafted]] = []

    def take(start: int, end: int, kind: Kind, unit: str) -> None:
        taken.append((start, end))
        words = ": ".join(filter(None, (label, column))) or _around(text, start, end)
        line, character = passage.places[start]
        near = text[max(start - 25, 0) : start] + text[end : end + 25]
        falls = bool(_FALL.search(near)) and not _RISE.search(near)
        items.append(
            (start, Drafted(kind, text[start:end].strip(), unit, line, character, words, passage.number, falls))
        )

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    if passage.role != "text":
        for match in _NUMERAL.finditer(text):
            kind: Kind = "year" if _YEAR.fullmatch(match[0]) else "name"
            take(match.start(), match.end(), "list" if passage.role == "number" else kind, "")
        yield from (item for _, item in items)
        return
    for match in filter(free, _DATE.finditer(text)):
        if _reads_as_date(match[0]):
            take(match.start(), match.end(), "date", "date")
    for start, end in _spans(text):
        if any(start < other_end and end > other_start for other_start, other_end in taken):
            continue
        printed = text[start:end]
        if column.strip().lower() in ("rank", "#", "no.") and printed.isdigit():
            take(start, end, "list", "")
        elif _YEAR.fullmatch(printed) and column.strip().lower() in ("", "year", "years"):
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
            unit = unit or (_noun(text[end:]) if not column else "")
            if not unit and (re.search(rf"{_SCALE}$", printed) or _COMPARED.search(text[:start])):
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
        return unit + _per(after, money=True)
    if text.endswith("digits"):
        return "%"
    if re.search(r"\d:\d|x$|×$|fold$|times$|twice|double|triple|quadruple|halved", text) or re.match(r"\d+/\d+", text):
        return "ratio"
    if printed.startswith("#") or re.search(r"\d(?:st|nd|rd|th)$", text):
        return "rank"
    if re.search(r"half|third|quarter|fifth|tenth| in ", text):
        return "%"
    return _thing(after) or _thing_of(label) or _thing_of(column) or _counted(column) or _counted(label, column)


def _thing(after: str) -> str:
    """Return the unit, or the thing that is counted, among the words right after a number."""
    after = re.sub(rf"^ of (?:the |all |our )?(?:(?:(?:top|first|last) )?{_N} )?", " ", after)
    at = 0
    for _ in range(4):
        word = _WORD.match(after, at)
        if not word or word[1].lower() in _FUNCTION:
            break
        plain, at = word[1].lower(), word.end()
        if plain in _PLAIN_UNITS or (units.is_plural(plain) and plain not in _SKIPPED):
            unit = _plural(word[1]) if plain in _PLAIN_UNITS else plain
            return unit + _per(after[at:], money=unit in _MONEYS)
    return ""


def _noun(after: str) -> str:
    """Return a single word after a number that can only be a noun without a plural (``40 staff in``), if any."""
    word = re.match(r" ([a-z]{3,})(?: ([a-z]+)|[^\w -]|$)", after)
    if (
        not word
        or (word[2] and word[2] not in _FUNCTION)
        or word[1] in _FUNCTION | _SKIPPED
        or _NO_NOUN.search(word[1])
    ):
        return ""
    return word[1]


def _per(after: str, *, money: bool = False) -> str:
    """Return what an amount is by (``/year``), if the words after it say so; not of "a year earlier", a time."""
    per = _PER.match(after)
    what = per["what"].strip() if per else ""
    if not per or what.lower() in _SKIPPED | _FUNCTION or (per["each"] and not money and what.lower() not in _SPANS):
        return ""
    return f"/{what}"


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


def _counted(name: str, other: str = "0") -> str:
    """Return the plural that a column's name says, or a row's if its columns are years or other numbers."""
    head = re.split(
        r" (?:of|in|per|by|with|at|for) |[,(]", re.sub(r"^(?:number|total) of ", "", name, flags=re.IGNORECASE)
    )[0]
    last = head.split()[-1:] if re.search(r"\d", other) else []
    return last[0].lower() if last and units.is_plural(last[0]) and last[0].isalpha() else ""


def _around(text: str, start: int, end: int, reach: int = 40) -> str:
    """Return the words around a span, for a person to recognise it by."""
    left, right = text[max(start - reach, 0) : start], text[end : end + reach]
    left = left.split(" ", 1)[-1] if start > reach else left
    right = right.rsplit(" ", 1)[0] if end + reach < len(text) else right
    return re.sub(r"\s+", " ", f"{left}{text[start:end]}{right}").strip(" |*#-")
