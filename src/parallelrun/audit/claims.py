"""Claims and checks as data: two CSV files.

``claims.csv`` has the columns of `CLAIM_COLUMNS`, one row a claim. `published` is the figure as printed, in one of the
forms of `parallelrun.audit.printed` (with unit ``date``, a date); or a reference to the curated cell that holds it,
``convergence/arena_scores#A07``, with further conditions as in ``…#D06?country=US&year=2024``; or a reference to
another claim of the same file that prints the same figure, ``#A20``; or empty for a claim without a figure.

``checks.csv`` has the columns of `CHECK_COLUMNS`, any number of rows a claim.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

from parallelrun.data.rows import Row, read
from parallelrun.errors import DataError, Faults, near

CLAIM_COLUMNS = ("id", "source", "locator", "theme", "statement", "published", "unit", "as_of", "note")
CHECK_COLUMNS = ("claim", "kind", "expression", "note")
KINDS = ("arithmetic", "cross", "independent", "scope")
"""Kinds of check: within an article, between articles, against other data, and whether the number measures what it
is said to."""

SOME_DAY = date(2000, 1, 1)
"""Stands in for a day that cannot be read, so that the rest of its row is looked at."""

_REFERENCE = re.compile(r"(?P<table>[\w/]*)(?:\.csv)?(?:#(?P<claim>\w+))?(?:\?(?P<query>.+))?")


@dataclass(frozen=True)
class Check:
    """One row of the checks file."""

    claim: str
    kind: str
    expression: str
    note: str
    row: Row


@dataclass(frozen=True)
class Claim:
    """One row of the claims file; `whole` unless its cells are not those of the columns, so that they mean nothing."""

    id: str
    row: Row
    as_of: date | None
    whole: bool = True

    @property
    def statement(self) -> str:
        """What is claimed, in a few words."""
        return self.row["statement"]


def read_claims(path: Path, faults: Faults) -> dict[str, Claim]:
    """Return the claims of a file by id.

    Parameters
    ----------
    path : Path
        The file.
    faults : Faults
        Gets what is wrong with single rows, with line and column. Such claims are among the returned ones all the same,
        so that what names them is not told to be wrong too; one whose id stands there twice has its line in its key.

    Raises
    ------
    DataError
        If the file is no table with the columns.
    """
    claims: dict[str, Claim] = {}

    def misfit(row: Row, error: DataError) -> None:
        faults.add(error)
        claims.setdefault(row.get("id"), Claim(row.get("id"), row, None, whole=False))

    for row in read(path, CLAIM_COLUMNS, misfit):
        name = row["id"]
        day: date | None = SOME_DAY
        with faults.part():
            day = as_of(row)
        if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
            expected = "expected letters, digits and underscores, so that it can stand in an expression, such as A07"
            faults.add(DataError(f"{row.where('id')}: found {name!r}, {expected}"))
        if name in claims:
            also = f"as on line {claims[name].row.line}; give each claim an id of its own"
            faults.add(DataError(f"{row.where('id')}: found {name!r} again, {also}"))
            name = f"{name} (line {row.line})"
        claims[name] = Claim(name, row, day)
    return claims


def as_of(row: Row) -> date | None:
    """Return the day that a row speaks of, if it names one.

    Raises
    ------
    DataError
        If it is no ISO date.
    """
    try:
        return date.fromisoformat(row["as_of"]) if row["as_of"] else None
    except ValueError:
        raise DataError(f"{row.where('as_of')}: found {row['as_of']!r}, expected a date such as 2026-04-16") from None


def read_checks(path: Path, claims: Iterable[str] | None, faults: Faults) -> dict[str, list[Check]]:
    """Return the checks of a file by claim, in an order that does not depend on that of the rows.

    Parameters
    ----------
    path : Path
        The file.
    claims : iterable of str, optional
        The ids that there are; None if they are not known, since the claims could not be read.
    faults : Faults
        Gets what is wrong with single rows, with line and column. Such checks are among the returned ones all the same,
        so that their expressions are looked at too.

    Raises
    ------
    DataError
        If the file is no table with the columns.
    """
    known = None if claims is None else list(claims)
    checks: dict[str, list[Check]] = {name: [] for name in known or ()}
    for row in read(path, CHECK_COLUMNS, lambda _, error: faults.add(error)):
        claim, kind = row["claim"], row["kind"]
        check = Check(claim, kind, row["expression"].strip(), row["note"], row)
        if known is not None and claim not in known:
            faults.add(DataError(f"{row.where('claim')}: no claim {claim!r}; {near(claim, known)}"))
        if kind not in KINDS:
            expected = f"found {kind!r}, expected one of {', '.join(KINDS)}"
            faults.add(DataError(f"{row.where('kind')}, claim {claim}: {expected}"))
        listed = checks.setdefault(claim, [])
        same = [one for one in listed if (one.kind, one.expression) == (check.kind, check.expression)]
        if same:
            also = f"the same check as on line {same[0].row.line}; delete one of them"
            faults.add(DataError(f"{row.where('expression')}, claim {claim}: {also}"))
        else:
            listed.append(check)
    for listed in checks.values():
        listed.sort(key=lambda check: (KINDS.index(check.kind) if check.kind in KINDS else -1, check.expression))
    return checks


def reference(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the table and the conditions on its rows that a text such as ``convergence/arena_scores#A07`` names.

    The table is empty in a reference to a claim of the same file (``#A20``). None if the text is no reference.
    """
    found = _REFERENCE.fullmatch(text)
    if not found or not (found["claim"] or (found["table"] and found["query"])):
        return None
    claim = {"claim": found["claim"]} if found["claim"] else {}
    return found["table"], claim | dict(parse_qsl(found["query"] or ""))
