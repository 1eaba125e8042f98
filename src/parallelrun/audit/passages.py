"""Cut a text into passages that are read by themselves: sentences, headings, and cells of tables.

A line break inside a paragraph means no more than a space, as in Markdown, so that a text reads the same however it is
wrapped; each character of a passage knows the line and the character where it stands. What ends a paragraph: an empty
line, a heading, the item of a list, the row of a table, and two spaces or a backslash at the end of a line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Place = tuple[int, int]
"""Line and character, both from 1."""

_QUOTE = re.compile(r"\s{0,3}>(?:\s?>)*\s?")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULE = re.compile(r"\s*(?:=+|(?:[-*_]\s*){3,})\s*$")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_BULLET = re.compile(r"\s*[-*+•]\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s+(?=\S)")
_EMPHASIS = re.compile(r"(?<![^\s(\[“\"'|])(?:[*_`]{1,3}|~~)(?=\S)|(?<=\S)(?:[*_`]{1,3}|~~)(?![^\s)\]”\"',.;:!?|%])")
_STOP = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]*[A-Z])")
_SHORT = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Nos|Fig|Tab|Dr|Mr|Mrs|Ms|Prof|St|Inc|Ltd|Co|approx|ca|cf|"
    r"vs|incl|excl|est|[A-Za-z])\.$"
)


Chars = list[tuple[str, Place]]
"""Signs with their places."""


@dataclass(frozen=True)
class Passage:
    """A part of a text in one line.

    Attributes
    ----------
    text : str
        Its words, each run of white space one space, without marks of emphasis.
    places : tuple of (int, int)
        Where each of its characters stands.
    number : int
        Its rank in the text: cells of one row share it, and one is left out between blocks other than items of a list
        that follow each other.
    label, column : str
        Of a table's cell, the words of its row's first cell and of its column's head.
    role : {"text", "number", "head"}
        ``number`` is that of a list's item or a heading, ``head`` a cell in the first row of a table.
    """

    text: str
    places: tuple[Place, ...]
    number: int
    label: str = ""
    column: str = ""
    role: Literal["text", "number", "head"] = "text"


@dataclass
class _Block:
    """A paragraph, heading, item of a list, row of a table or line of code, and the number that stands before it."""

    kind: Literal["paragraph", "heading", "item", "row", "code"]
    lines: list[Chars]
    follows: bool = False
    marker: Chars = field(default_factory=list)


def passages(text: str) -> list[Passage]:
    """Return the passages of a text, in its order.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    """
    found: list[Passage] = []
    number, head = 0, list[str]()
    for block in _Blocks(text).found:
        number += 1 if block.follows else 2
        if block.kind == "row":
            cells = _cells(block.lines[0])
            label = _words(cells[0]).strip()
            if not block.follows:
                head = [_words(cell).strip() for cell in cells]
                found += [_passage(cell, number, role="head") for cell in cells]
            elif not _is_ruled(_words(block.lines[0])):
                names = [*head, *[""] * len(cells)]
                found += [
                    _passage(cell, number, label if column else "", names[column]) for column, cell in enumerate(cells)
                ]
            continue
        found.append(_passage(block.marker, number, role="number"))
        for rank, sentence in enumerate(_sentences(_joined(block.lines))):
            number += bool(rank)
            found.append(_passage(sentence, number))
    return [passage for passage in found if passage.text]


class _Blocks:
    """Finds the blocks of a text line by line; `found` has them in its order."""

    def __init__(self, text: str) -> None:
        self.found: list[_Block] = []
        self._open: _Block | None = None
        self._fenced = self._quoted = self._row = False
        lines = text.splitlines()
        for number, (line, after) in enumerate(itertools.zip_longest(lines, lines[1:], fillvalue=""), 1):
            if number <= len(lines):
                self._read([(sign, (number, at)) for at, sign in enumerate(line, 1)], after)

    def _add(self, kind: Any, line: Chars, marker: Chars | None = None, *, stays: bool = False) -> None:
        last = self.found[-1].kind if self.found else ""
        follows = kind == last and (kind in ("item", "code") or (kind == "row" and self._row))
        self.found.append(_Block(kind, [line], follows, marker or []))
        self._open, self._row = self.found[-1] if stays else None, kind == "row"

    def _read(self, line: Chars, after: str) -> None:
        """Begin a block with a line, or add it to the one that is open."""
        line = self._without_quote(line)
        words = _words(line)
        if _FENCE.match(words):
            self._fenced, self._open = not self._fenced, None
        elif self._fenced:
            self._add("code", line)
        elif not words.strip() or _RULE.match(words):
            self._open, self._row = None, False
        elif words.lstrip().startswith("|") or ("|" in words and (self._row or _is_ruled(after))):
            self._add("row", line)
        elif heading := _HEADING.match(words):
            rest = line[heading.end() :]
            numbered = _NUMBERED.match(_words(rest))
            self._add("heading", rest[numbered.end() :] if numbered else rest, numbered and _group(rest, numbered))
        elif bullet := _BULLET.match(words):
            self._add("item", line[bullet.end() :], stays=True)
        elif (numbered := _NUMBERED.match(words)) and (not self._open or self._open.marker or numbered[1] == "1"):
            self._add("item", line[numbered.end() :], _group(line, numbered), stays=True)
        elif self._open and not _words(self._open.lines[-1]).endswith(("  ", "\\")):
            self._open.lines.append(line)
        else:
            self._add("paragraph", line, stays=True)

    def _without_quote(self, line: Chars) -> Chars:
        """Return a line without the marks of a quote; inside a paragraph, ``> 40`` is a bound."""
        words = _words(line)
        quote = _QUOTE.match(words)
        bound = quote and self._open and not self._quoted and re.match(r"[$€£¥]?\d", words[quote.end() :])
        self._quoted = bool(quote and not bound)
        return line[quote.end() :] if quote and not bound else line


def _words(chars: Iterable[tuple[str, Place]]) -> str:
    return "".join(sign for sign, _ in chars)


def _group(chars: Chars, match: re.Match[str]) -> Chars:
    return chars[match.start(1) : match.end(1)]


def _is_ruled(words: str) -> bool:
    """Whether a line is the one between a table's head and its body."""
    return "-" in words and "|" in words and set(words) <= set("|-: ")


def _cells(line: Chars) -> list[Chars]:
    """Return the cells of a table's row."""
    words = _words(line).rstrip()
    bars = [bar.start() for bar in re.finditer(r"(?<!\\)\|", words)]
    starts = bars if words.lstrip().startswith("|") else [-1, *bars]
    ends = starts if words.endswith("|") else [*starts, len(words)]
    return [line[start + 1 : end] for start, end in itertools.pairwise(ends)]


def _joined(lines: Sequence[Chars]) -> Chars:
    """Return lines as one, with a space between them but not behind a hyphen that joins two parts of a word."""
    joined: Chars = []
    for line in lines:
        words = _words(line)
        rest = line[len(words) - len(words.lstrip()) :]
        if joined and joined[-1][0] == "\N{SOFT HYPHEN}":
            joined.pop()
        elif joined and not (
            re.search(r"\w[-‐–]$", _words(joined[-2:])) and not re.match(r"(?:and|or|to)\b", _words(rest))
        ):
            number, at = joined[-1][1]
            joined.append((" ", (number, at + 1)))
        joined += rest[: len(_words(rest).rstrip(" \t\\"))]
    return joined


def _sentences(chars: Chars) -> Iterator[Chars]:
    """Yield the sentences of a paragraph; a stop after an abbreviation ends none."""
    words, start = _words(chars), 0
    for stop in _STOP.finditer(words):
        if not _SHORT.search(words[start : stop.start() + 1]):
            yield chars[start : stop.end()]
            start = stop.end()
    yield chars[start:]


def _passage(
    chars: Chars, number: int, label: str = "", column: str = "", role: Literal["text", "number", "head"] = "text"
) -> Passage:
    """Return a passage without marks of emphasis and with single spaces; those between thousands cannot break."""
    words = _words(chars)
    grouped = {at.start() for at in re.finditer(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))", words)}
    marks = {at for mark in _EMPHASIS.finditer(words) for at in range(*mark.span())}
    kept: Chars = []
    for at, (sign, place) in enumerate(chars):
        blank = sign.isspace()
        if at not in marks and not (blank and (not kept or kept[-1][0] == " ")):
            kept.append(("\u202f" if at in grouped else " " if blank else sign, place))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return Passage(_words(kept), tuple(place for _, place in kept), number, label, column, role)
