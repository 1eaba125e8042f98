"""What the curated tables owe each other: rules over cells that no schema can state, held without running anything.

An interval holds its value; a value is what the printed figure beside it stands for; a maker's country is the one that
data/organizations.csv and data/token_economics/vendors.csv give, and a model's maker that of its prefix; a claim that
is named is there; a frozen forecast is as it was sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from math import isclose

from parallelrun.audit.printed import stands_for
from parallelrun.data.rows import Row, Tables
from parallelrun.errors import PublishedFormError, UnitError
from parallelrun.themes.forecast_ledger import ledger

MAKERS = ("organizations", "token_economics/vendors")
"""Tables that give each maker's country."""

COARSE = {"US", "CN"}
"""Countries that a table names where it calls all others ``other``."""

EXACT = {"chip_migration/accelerator_specs", "chip_migration/served_models", "cost_structure/serving_day"}
"""Tables of specifications and counts, whose printed figures are taken as exact: only the value follows from them."""


def faults(tables: Tables, table: str) -> list[str]:
    """Return what is wrong in one table, a line for each fault with file, line and column."""
    return [fault for rule in RULES for fault in rule(tables, table)]


def _intervals(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table):
        for lower, upper in (("low", "value"), ("value", "high"), ("low", "high")):
            if row.get(lower) and row.get(upper) and float(row[lower]) > float(row[upper]):
                yield f"{row.where(lower)}: found {row[lower]}, expected at most {upper}, {row[upper]}"


@cache
def _printed(published: str, unit: str) -> dict[str, float | None] | None:
    """Return what a printed figure stands for, by column; None if its form is not one that is read."""
    try:
        one = stands_for(published, unit)
    except (PublishedFormError, UnitError):
        return None
    return {"value": one.value, "low": one.low, "high": one.high}


def _readings(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table):
        stood = _printed(row.get("published"), row.get("unit")) if row.get("published") else None
        for column, expected in (stood or {}).items():
            if column != "value" and table in EXACT:
                continue
            if expected is not None and row.get(column) and not isclose(float(row[column]), expected, rel_tol=1e-9):
                yield f"{row.where(column)}: found {row[column]}, expected {expected:g}, for {row['published']!r}"


def countries(tables: Tables) -> dict[str, set[str]]:
    """Return the countries that are given for each maker, by its name."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in MAKERS:
        for row in tables.rows(table):
            found[row["vendor"]].add(row["country"])
    return found


def _makers(tables: Tables, table: str) -> Iterator[str]:
    known = countries(tables)
    for row in tables.rows(table):
        given = known.get(row.get("vendor"), set())
        if row.get("country") == "other" and not given & COARSE:
            continue
        if row.get("country") and given and given != {row["country"]}:
            yield f"{row.where('country')}: found {row['country']}, expected {', '.join(sorted(given))} as of its maker"


def _prefixes(tables: Tables, table: str) -> Iterator[str]:
    known = {row["prefix"]: row for row in tables.rows("token_economics/vendors")}
    for row in tables.rows(table):
        for name in ("model", "slug", "listed_as"):
            prefix, slash, _ = row.get(name).partition("/")
            maker = known[prefix].cells if slash and prefix in known else {}
            for column in ("vendor", "country"):
                if row.get(column) and column in maker and row[column] != maker[column]:
                    yield f"{row.where(column)}: found {row[column]}, expected {maker[column]} for {row[name]}"


def _claims(tables: Tables, table: str) -> Iterator[str]:
    known = {row["id"] for row in tables.rows("claims")}
    for row in tables.rows(table):
        if row.get("of_claim") and row["of_claim"] not in known:
            yield f"{row.where('of_claim')}: found {row['of_claim']}, expected a claim of claims.csv"


def _seals(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table) if table == "forecast_ledger/forecasts" else list[Row]():
        if ledger.sealed(row.cells) != row["digest"]:
            yield f"{row.where('digest')}: the forecast {row['id']} was changed after it was frozen"


RULES: tuple[Callable[[Tables, str], Iterator[str]], ...] = (_intervals, _readings, _makers, _prefixes, _claims, _seals)
