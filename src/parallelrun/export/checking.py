"""A document held to the results: numbers that are stale, that no result has, or that were typed again by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parallelrun.errors import InputError
from parallelrun.export import numbers
from parallelrun.export.numbers import LINK, Number

KINDS = (".tex", ".typ", ".md", ".docx")

NUMERAL = re.compile(r"(?<![\w.,/-])[-−]?\d[\d,]*(?:\.\d+)?(?![\w/-]|\.\d)")
DISTINCT = 3
"""Significant digits from which a numeral alone is taken for a result's; shorter ones must stand before its unit."""

LEVEL = re.compile(r"%[\s~]+(?:\w+\s+)?(?:intervals?|CIs?|bounds|limits|quantiles?|of (?:the |all )?draws)\b")
"""What follows a number that is the level of an interval, and no result: ``95 % confidence interval``."""

TEX_USE = re.compile(r"\\pr(ci|unit|full)?\{([^{}]*)\}")
TEX_SET = re.compile(r"\\pr@set\{([^{}]*)\}\{((?:[^{}]|\{\})*)\}")
TYPST_USE = re.compile(r'pr\.at\(\s*"([^"]*)"\s*\)(?:\.\w+)?')
TYPST_SET = re.compile(r'^\s*"([^"]*)": \(value: "([^"]*)"')
MARKDOWN_LINK = re.compile(rf"\[([^\]]*)\]\({LINK}([^)\s]*)\)")


@dataclass(frozen=True)
class Found:
    """What is wrong at a place of a document: ``stale``, ``unknown`` or ``retyped``, and what to do."""

    file: Path
    line: int
    kind: str
    words: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.words!r}: {self.advice}"


def check(path: Path, now: dict[str, Number]) -> list[Found]:
    """Return what is wrong with the numbers of a document, in its order.

    Exported numbers beside the document (``numbers.tex``, ``numbers.typ``) are looked at with it, and
    ``numbers.json`` there tells which values were exported earlier, so that a retyped one that has changed is found.

    Parameters
    ----------
    path : Path
        A ``.tex``, ``.typ``, ``.md`` or ``.docx`` file.
    now : dict
        The numbers as they are now, by name.

    Raises
    ------
    InputError
        If it is none of these or cannot be read.
    """
    if path.suffix not in KINDS:
        raise InputError(f"--check {path}: expected a file that ends in {', '.join(KINDS)}")
    exported = path.parent / "numbers.json"
    before = numbers.read_json(exported) if exported.is_file() else {}
    found: list[Found] = []
    beside = path.parent / f"numbers{path.suffix}"
    if path.suffix in (".tex", ".typ") and beside.is_file() and beside != path:
        found += _definitions(beside, _lines(beside), now)
    lines = _lines(path)
    return [*found, *_definitions(path, lines, now), *_uses(path, lines, now), *_retyped(path, lines, now, before)]


def _lines(path: Path) -> list[str]:
    """Return a document's lines; of Word its paragraphs, with links as in Markdown."""
    if path.suffix != ".docx":
        try:
            return path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise InputError(f"--check {path}: is not UTF-8 ({error.reason}, byte {error.start})") from None
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.text.hyperlink import Hyperlink

    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError):
        raise InputError(f"--check {path}: is not a Word document") from None
    inside_tables = [
        p for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs
    ]
    return [
        "".join(
            f"[{part.text}]({part.url})" if isinstance(part, Hyperlink) else part.text
            for part in paragraph.iter_inner_content()
        )
        for paragraph in [*document.paragraphs, *inside_tables]
    ]


def _definitions(path: Path, lines: list[str], now: dict[str, Number]) -> Iterator[Found]:
    """Yield what macros and variables say that results no longer do."""
    pattern = {".tex": TEX_SET, ".typ": TYPST_SET}.get(path.suffix)
    for number, line in enumerate(lines, 1) if pattern else ():
        for name, value in pattern.findall(line):  # type: ignore[union-attr]
            plain = numbers.latex(now[name].value) if path.suffix == ".tex" and name in now else ""
            if name not in now:
                yield Found(path, number, "unknown", name, "no result has this name; export the numbers again")
            elif value != (plain or now[name].value):
                yield Found(path, number, "stale", f"{name} = {value}", f"is now {now[name].value}; export again")


def _uses(path: Path, lines: list[str], now: dict[str, Number]) -> Iterator[Found]:
    for number, line in enumerate(lines, 1):
        if path.suffix == ".tex":
            names = [(name, None) for _, name in TEX_USE.findall(_without_comment(line)) if "#" not in name]
        elif path.suffix == ".typ":
            names = [(name, None) for name in TYPST_USE.findall(line.partition("//")[0]) if name != "NAME"]
        else:
            names = [(name, words) for words, name in MARKDOWN_LINK.findall(line)]
        for name, words in names:
            if name not in now:
                yield Found(path, number, "unknown", name, "no result has this name; see numbers.json for all")
            elif words is not None and words not in _forms(now[name]):
                yield Found(path, number, "stale", words, f"{name} is now {now[name].full}")


def _without_comment(line: str) -> str:
    return re.sub(r"(?<!\\)%.*", "", line)


def _forms(one: Number) -> set[str]:
    """Return the texts by which a linked number may stand in a document."""
    unit = f" {one.unit}" if one.unit else ""
    return {one.full, one.value, f"{one.value}{unit}", one.interval, f"{one.interval}{unit}"}


def _retyped(path: Path, lines: list[str], now: dict[str, Number], before: dict[str, Number]) -> Iterator[Found]:
    """Yield numerals of the text that are a result's, as it is or as it was exported."""
    if path.name.startswith("numbers."):
        return
    for number, line in enumerate(lines, 1):
        text = _plain(path, line)
        for match in NUMERAL.finditer(text):
            behind = text[match.end() :].lstrip("\\ ~,")
            if name := _same(match[0], behind, now):
                yield Found(path, number, "retyped", match[0], f"is {name}; write {_written(path, name)}")
            elif name := _same(match[0], behind, before):
                was = f"was {name}, which is now {now[name].full if name in now else 'no more'}"
                yield Found(path, number, "stale", match[0], f"{was}; write {_written(path, name)}")


def _plain(path: Path, line: str) -> str:
    """Return a line without what is computed, commented or a command's option, at the same places."""
    patterns = {
        ".tex": (
            r"(?<!\\)%.*",
            TEX_USE.pattern,
            r"\\(?:label|ref|cite\w*|input|includegraphics)(?:\[[^\]]*\])?\{[^}]*\}",
        ),
        ".typ": (r"//.*", r"#" + TYPST_USE.pattern, r"#(?:image|set|import|let|show)\b.*", r'"[^"]*\.\w{2,4}"'),
    }.get(path.suffix, (MARKDOWN_LINK.pattern, r"\]\([^)]*\)", r"\{[^}]*\}"))
    for pattern in patterns:
        line = re.sub(pattern, lambda match: " " * len(match[0]), line)
    return line


def _same(numeral: str, behind: str, known: dict[str, Number]) -> str | None:
    """Return the name of the result that a numeral is, rounded as it is, if it is told apart by digits or by unit."""
    plain = numeral.replace(",", "").replace("−", "-")
    digits = len(re.sub(r"\D", "", plain).lstrip("0"))
    places = len(plain.partition(".")[2])
    year = "." not in plain and digits == 4 and 1900 <= abs(float(plain)) <= 2100
    for name, one in known.items():
        value = one.estimate.value
        if value is None or round(value, places) != float(plain):
            continue
        rounds = plain.lstrip("-") if "." in plain else plain.lstrip("-").rstrip("0")
        exact = digits >= DISTINCT and len(rounds.replace(".", "").lstrip("0")) >= DISTINCT and not year
        if exact or (one.unit and behind.startswith(one.unit) and not LEVEL.match(behind)):
            return name
    return None


def _written(path: Path, name: str) -> str:
    """Return how a document takes a number from the export."""
    if path.suffix == ".tex":
        return rf"\pr{{{name}}}"
    return f'#pr.at("{name}").value' if path.suffix == ".typ" else f"the link from numbers{path.suffix}, {LINK}{name}"
