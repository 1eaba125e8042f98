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
    """One row of the claims file."""

    id: str
    row: Row
    as_of: date | None

    @property
    def statement(self) -> str:
        """What is claimed, in a few words."""
        return self.row["statement"]


def read_claims(path: Path) -> dict[str, Claim]:
    """Return the claims of a file by id.

    Raises
    ------
    DataError
        If the file is not as the module says; the message names line and column of every fault.
    """
    claims: dict[str, Claim] = {}
    faults = Faults()
    for row in read(path, CLAIM_COLUMNS):
        with faults.part():
            claims[row["id"]] = _claim(row, claims)
    faults.tell()
    return claims


def _claim(row: Row, known: dict[str, Claim]) -> Claim:
    name = row["id"]
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise DataError(
            f"{row.where('id')}: found {name!r}, expected letters, digits and underscores, so that it can stand in an "
            "expression, such as A07"
        )
    if name in known:
        raise DataError(f"{row.where('id')}: found {name!r} again, as on line {known[name].row.line}")
    return Claim(name, row, as_of(row))


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


def read_checks(path: Path, claims: dict[str, Claim]) -> dict[str, list[Check]]:
    """Return the checks of a file by claim, in an order that does not depend on that of the rows.

    Raises
    ------
    DataError
        If the file is not as the module says; the message names line and column of every fault.
    """
    checks: dict[str, list[Check]] = {name: [] for name in claims}
    faults = Faults()
    for row in read(path, CHECK_COLUMNS):
        with faults.part():
            check = _check(row, checks)
            checks[check.claim].append(check)
    faults.tell()
    for listed in checks.values():
        listed.sort(key=lambda check: (KINDS.index(check.kind), check.expression))
    return checks


def _check(row: Row, known: dict[str, list[Check]]) -> Check:
    claim, kind = row["claim"], row["kind"]
    if claim not in known:
        raise DataError(f"{row.where('claim')}: no claim {claim!r}; {near(claim, known)}")
    if kind not in KINDS:
        raise DataError(f"{row.where('kind')}, claim {claim}: found {kind!r}, expected one of {', '.join(KINDS)}")
    check = Check(claim, kind, row["expression"].strip(), row["note"], row)
    for other in known[claim]:
        if (other.kind, other.expression) == (check.kind, check.expression):
            raise DataError(f"{row.where('expression')}, claim {claim}: the same check as on line {other.row.line}")
    return check


def reference(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the table and the conditions on its rows that a text such as ``convergence/arena_scores#A07`` names.

    The table is empty in a reference to a claim of the same file (``#A20``). None if the text is no reference.
    """
    found = _REFERENCE.fullmatch(text)
    if not found or not (found["claim"] or (found["table"] and found["query"])):
        return None
    claim = {"claim": found["claim"]} if found["claim"] else {}
    return found["table"], claim | dict(parse_qsl(found["query"] or ""))
