"""Write a draft: the claims of a text, checks to confirm, and what became of each of its numerals."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from parallelrun.audit.claims import CHECK_COLUMNS, CLAIM_COLUMNS
from parallelrun.audit.draft import Drafted, numerals
from parallelrun.audit.printed import stands_for
from parallelrun.audit.proposals import Figure, propose
from parallelrun.errors import InputError
from parallelrun.study.quantities import Quantity

NUMERAL_COLUMNS = ("line", "character", "numeral", "kind", "claim")


def write(text: Path, folder: Path, as_of: date | None) -> str:
    """Draft the claims and checks of a text into a folder.

    Parameters
    ----------
    text : Path
        Plain text or Markdown, UTF-8.
    folder : Path
        Gets ``claims.csv``, ``checks.csv`` and ``numerals.csv``; none of them may be there.
    as_of : datetime.date or None
        Day on which the text was printed; a date without a year needs one.

    Returns
    -------
    str
        How many numerals the text has, what they are, and how many checks are proposed.

    Raises
    ------
    InputError
        If the text cannot be read, has no numeral, or a file of the folder would be overwritten.
    """
    try:
        found = numerals(text.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{text}: cannot be read as UTF-8 text ({error})") from None
    if not found:
        raise InputError(f"{text}: has no numeral, so there is nothing to draft")
    claims, names = _claims(found, text.stem, as_of)
    checks = [
        {
            "claim": p.claim,
            "kind": "arithmetic",
            "expression": p.expression,
            "note": f"proposed: {'fits' if p.fits else 'clashes'}; by luck {p.luck:.0%}",
        }
        for p in propose(figures(found))
    ]
    rows = [
        dict(zip(NUMERAL_COLUMNS, (d.line, d.character, d.published, d.kind, name), strict=True))
        for d, name in zip(found, names, strict=True)
    ]
    tables: dict[str, tuple[Sequence[str], Sequence[Mapping[str, object]]]] = {
        "claims.csv": (CLAIM_COLUMNS, claims),
        "checks.csv": (CHECK_COLUMNS, checks),
        "numerals.csv": (NUMERAL_COLUMNS, rows),
    }
    for name in tables:
        if (folder / name).exists():
            raise InputError(f"{folder / name}: is there already; draft into another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, content) in tables.items():
        _write(folder / name, columns, content)
    kinds = Counter(d.kind for d in found)
    said = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds, key=lambda kind: (-kinds[kind], kind)))
    return f"{len(found)} numerals: {said}; {len(claims)} claims and {len(checks)} checks to confirm in {folder}/"


def figures(found: Sequence[Drafted]) -> list[Figure]:
    """Return the figures among numerals, named as their claims are."""
    drafted = []
    for name, d in zip(_names(found), found, strict=True):
        if d.kind == "figure":
            printed = stands_for(d.published, d.unit)
            drafted.append(Figure(name, d.line, Quantity.of(printed.value, printed.low, printed.high, d.unit)))
    return drafted


def _names(found: Sequence[Drafted]) -> list[str]:
    """Return F1, F2 … for figures and dates, in the text's order, and nothing for the rest."""
    claims = [d.kind in ("figure", "date") for d in found]
    width = len(str(sum(claims)))
    numbers = iter(range(1, len(claims) + 1))
    return [f"F{next(numbers):0{width}}" if is_claim else "" for is_claim in claims]


def _claims(found: Sequence[Drafted], source: str, as_of: date | None) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows of the claims file, and the claim of each numeral."""
    names = _names(found)
    rows = [
        {
            "id": name,
            "source": source,
            "locator": d.locator,
            "theme": "",
            "statement": d.context,
            "published": d.published,
            "unit": d.unit,
            "as_of": as_of.isoformat() if as_of else "",
            "note": "",
        }
        for name, d in zip(names, found, strict=True)
        if name
    ]
    return rows, names


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
