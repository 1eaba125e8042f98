"""Write a draft: the claims of a text, checks to confirm, and what became of each of its numerals."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from parallelrun.audit.claims import CHECK_COLUMNS, CLAIM_COLUMNS
from parallelrun.audit.draft import Drafted, numerals
from parallelrun.audit.printed import stands_for
from parallelrun.audit.proposals import Figure, propose
from parallelrun.data.validate import FORMULA_STARTS
from parallelrun.errors import InputError
from parallelrun.study.counts import so_many
from parallelrun.study.quantities import Quantity

NUMERAL_COLUMNS = ("line", "character", "numeral", "kind", "claim")


@dataclass(frozen=True)
class Draft:
    """The content of ``claims.csv``, ``checks.csv`` and ``numerals.csv`` by name, and a line on what they have."""

    files: dict[str, str]
    summary: str


def draft(text: str, source: str, as_of: date | None = None) -> Draft:
    """Draft the claims and checks of a text.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    source : str
        What the claims' column `source` names it.
    as_of : datetime.date, optional
        Day on which the text was printed; a date without a year needs one.

    Raises
    ------
    InputError
        If the text has no numeral.
    """
    found = numerals(text)
    if not found:
        raise InputError(f"{source}: has no numeral, so there is nothing to draft")
    names = _names(found)
    claims = [_claim(name, d, source, as_of) for name, d in zip(names, found, strict=True) if name]
    checks = [
        {
            "claim": p.claim,
            "kind": "arithmetic",
            "expression": p.expression,
            "note": f"proposed: {'fits' if p.fits else 'clashes'}; by luck {min(p.luck, 1):.0%}",
        }
        for p in propose(figures(found))
    ]
    rows = [
        dict(zip(NUMERAL_COLUMNS, (d.line, d.character, d.published, d.kind, name), strict=True))
        for d, name in zip(found, names, strict=True)
    ]
    files = {
        "claims.csv": _csv(CLAIM_COLUMNS, claims),
        "checks.csv": _csv(CHECK_COLUMNS, checks),
        "numerals.csv": _csv(NUMERAL_COLUMNS, rows),
    }
    kinds = Counter(d.kind for d in found)
    said = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds, key=lambda kind: (-kinds[kind], kind)))
    return Draft(
        files,
        f"{so_many(len(found), 'numeral')}: {said}; {so_many(len(claims), 'claim')} and "
        f"{so_many(len(checks), 'check')} to confirm",
    )


def write(text: Path, folder: Path, as_of: date | None) -> str:
    """Draft a text's claims and checks into a folder, and return a line on what the draft has (see `draft`).

    Raises
    ------
    InputError
        If the text cannot be read, has no numeral, or a file of the folder would be overwritten.
    """
    try:
        made = draft(text.read_text(encoding="utf-8"), text.stem, as_of)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{text}: cannot be read as UTF-8 text ({error})") from None
    for name in made.files:
        if (folder / name).exists():
            raise InputError(f"{folder / name}: is there already; draft into another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
    return f"{made.summary} in {folder}/"


def figures(found: Sequence[Drafted]) -> list[Figure]:
    """Return the figures among numerals, named as their claims are."""
    drafted = []
    for name, d in zip(_names(found), found, strict=True):
        if d.kind == "figure":
            printed = stands_for(d.published, d.unit)
            drafted.append(
                Figure(name, d.passage, Quantity.of(printed.value, printed.low, printed.high, d.unit), d.falls)
            )
    return drafted


def _names(found: Sequence[Drafted]) -> list[str]:
    """Return F1, F2 … for figures and dates, in the text's order, and nothing for the rest."""
    claims = [d.kind in ("figure", "date") for d in found]
    width = len(str(sum(claims)))
    numbers = iter(range(1, len(claims) + 1))
    return [f"F{next(numbers):0{width}}" if is_claim else "" for is_claim in claims]


def _claim(name: str, drafted: Drafted, source: str, as_of: date | None) -> dict[str, str]:
    return {
        "id": name,
        "source": " ".join(source.split()).lstrip(FORMULA_STARTS),  # names of files and words of texts are anybody's
        "locator": drafted.locator,
        "theme": "",
        "statement": drafted.context.lstrip(FORMULA_STARTS),
        "published": drafted.published,
        "unit": drafted.unit,
        "as_of": as_of.isoformat() if as_of else "",
        "note": "",
    }


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
