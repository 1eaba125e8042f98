"""What the curated tables owe each other: rules over cells that no schema can state, held without running anything.

What is true of any table stands in `parallelrun.data.consistency`, which `parallelrun validate` holds own tables to as
well. Here is what holds of these rows: a value is what the printed figure beside it stands for, in a unit in which it
can be; a maker has one country in all tables, a model's slug the maker of its prefix; all rows of one list say the same
of it; what a claim's statement names it names too; a year is that of its day; a count's rank is by its value; a claim
is printed by one numeral; a frozen forecast is as sealed.
"""

from __future__ import annotations

import re
from calendar import month_abbr
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from math import isclose

from parallelrun.audit.printed import stands_for
from parallelrun.data import consistency
from parallelrun.data.rows import Row, Tables
from parallelrun.errors import PublishedFormError, UnitError
from parallelrun.themes.forecast_ledger import ledger

BELONGS = (
    ("slug", "country"),
    ("chip", "country"),
    ("vendor", "country"),
    ("company", "country"),
    ("host", "country"),
)
"""What has one of the other, in whatever table it is named: a maker one country."""

ALSO = {"company": "vendor", "host": "vendor"}
"""Columns that name the same things as another does."""

ALIKE = {
    "chip_migration/china_market": (("year",), ("kind",)),
    "convergence/board_leaders": (("board", "as_of"), ("board_size",)),
    "convergence/ladder": (("board", "country", "as_of"), ("models_listed",)),
    "convergence/modality_leaders": (("arena", "as_of"), ("board_size",)),
    "convergence/task_leaders": (("category",), ("kind", "label")),
}
"""Tables in which all rows of one list say the same of it: what the list is known by, and what is said of it."""

STATED = {
    "chip_migration/chip_specs": ("chip",),
    "chip_migration/incumbent_shares": ("incumbent", "market"),
    "chip_migration/software_compatibility": ("stack", "reference_stack"),
    "convergence/closing_cost": ("metric",),
    "cost_structure/price_ratios": ("measure",),
    "cost_structure/prices": ("model", "direction"),
    "cost_structure/promotions": ("model",),
    "token_economics/users": ("service",),
}
"""Tables of the articles' figures, and the columns whose words stand in the statement of the claim too."""

REFERRING = {"claims"}
"""Tables whose printed figures may be places in other tables."""

COARSE, TOLD = "other", {"US", "CN"}
"""What a table calls the countries that it does not tell apart, and those that each tells apart."""

FORMS = {"multiple": "ratio", "increase": "%"}
"""Units of a comparison by its form."""

EXACT = {"chip_migration/accelerator_specs", "chip_migration/served_models", "cost_structure/serving_day"}
"""Tables of specifications and counts, whose printed figures are exact or coarser than their digits."""

ROUNDED = {
    "chip_migration/served_models",
    "cost_structure/grid_carbon",
    "cost_structure/serving_day",
    "token_economics/platform_history",
    "token_economics/press_volumes",
    "token_economics/weekly_rankings",
}
"""Tables whose intervals are half a last digit either way, or of counts none."""

PLACES = 20
"""Models that ``convergence/top_twenty`` counts on each board."""


def faults(tables: Tables, table: str) -> list[str]:
    """Return what is wrong in one table, a line for each fault with file, line and column."""
    return [*consistency.faults(tables, [table]), *(fault for rule in RULES for fault in rule(tables, table))]


@cache
def _printed(published: str, unit: str) -> dict[str, float | None] | str:
    """Return what a printed figure stands for, by column; what is wrong if its form or unit is not one that is read."""
    try:
        one = stands_for(published, unit)
    except (PublishedFormError, UnitError) as error:
        return str(error)
    return {"value": one.value, "low": one.low, "high": one.high}


def _readings(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table):
        stood = _printed(row["published"], row["unit"]) if row.get("published") and "unit" in row.cells else {}
        if isinstance(stood, str):
            if table not in REFERRING:
                yield f"{row.where('unit')}: found {row['published']!r} in {row['unit']}: {stood}"
            continue
        for column, expected in stood.items():
            if column != "value" and table in EXACT:
                continue
            if expected is not None and row.get(column) and not isclose(float(row[column]), expected, rel_tol=1e-9):
                yield f"{row.where(column)}: found {row[column]}, expected {expected:g}, for {row['published']!r}"


def _belongings(tables: Tables, table: str) -> Iterator[str]:
    given: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for name in tables.resources:
        for row in tables.rows(name):
            for one, other in BELONGS:
                if row.get(one) and row.get(other) not in ("", COARSE):
                    given[ALSO.get(one, one), other, row[one]].add(row[other])
    for row in tables.rows(table):
        for one, other in BELONGS:
            known = given[ALSO.get(one, one), other, row.get(one)]
            untold = {""} if known & TOLD else {"", COARSE}
            if row.get(one) and len(known | {row.get(other)} - untold) > 1:
                others = ", ".join(sorted(known - {row[other]}))
                yield f"{row.where(other)}: found {row[other]} for {row[one]}, which has {others} elsewhere"


def _forms(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table):
        unit = FORMS.get(row.get("form") or row.get("kind"))
        if unit and row.get("unit") not in ("", unit):
            yield f"{row.where('unit')}: found {row['unit']}, expected {unit} for {row.get('form') or row['kind']}"


def _prefixes(tables: Tables, table: str) -> Iterator[str]:
    known = {row["prefix"]: row for row in tables.rows("token_economics/vendors")}
    for row in tables.rows(table):
        for name in ("model", "slug", "listed_as"):
            prefix, slash, _ = row.get(name).partition("/")
            maker = known[prefix].cells if slash and prefix in known else {}
            for column in ("vendor", "country"):
                if row.get(column) and column in maker and row[column] != maker[column]:
                    yield f"{row.where(column)}: found {row[column]}, expected {maker[column]} for {row[name]}"


def _slugs(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table) if table == "token_economics/weekly_rankings" else list[Row]():
        if not row["slug"].partition("/")[2].startswith(row["model"]):
            yield f"{row.where('slug')}: found {row['slug']}, expected one of {row['model']}"


def _alike(tables: Tables, table: str) -> Iterator[str]:
    known, said = ALIKE.get(table, ((), ()))
    lists: dict[tuple[str, ...], Row] = {}
    for row in tables.rows(table) if said else list[Row]():
        first = lists.setdefault(tuple(row[name] for name in known), row)
        for column in said:
            if row[column] != first[column]:
                yield f"{row.where(column)}: found {row[column]}, expected {first[column]}, as in line {first.line}"


def _stated(tables: Tables, table: str) -> Iterator[str]:
    claims = {row["id"]: row["statement"].casefold() for row in tables.rows("claims")} if table in STATED else {}
    for row in tables.rows(table) if claims else list[Row]():
        for column in STATED[table]:
            if row[column].replace("_", " ").casefold() not in claims.get(row["claim"], ""):
                yield f"{row.where(column)}: found {row[column]}, which the statement of claim {row['claim']} has not"


def _years(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table):
        column = "year" if row.get("year") else "period"
        said = row.get(column) if row.get("as_of") else ""
        months = [f"-{n:02d}-" for n, name in enumerate(month_abbr) if n and re.search(rf"\b{name}[a-z]* \d", said)]
        if any(part not in row["as_of"] for part in [*re.findall(r"\b\d{4}\b", said), *months]):
            yield f"{row.where(column)}: found {said}, expected what {row['as_of']} lies in"


def _ranks(tables: Tables, table: str) -> Iterator[str]:
    rows = tables.rows(table) if table == "convergence/vendor_model_counts" else []
    for row in rows:
        above = sum(one["year"] == row["year"] and float(one["value"]) > float(row["value"]) for one in rows)
        if int(row["rank"]) != above + 1:
            yield f"{row.where('rank')}: found {row['rank']}, expected {above + 1}, after {above} with more"


def _rounded(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table) if table in ROUNDED else list[Row]():
        ends = [row[name] for name in ("value", "low", "high")]
        if not all(ends) or "INF" in ends:
            continue
        value, low, high = map(float, ends)
        digit = 1.01 * 10.0 ** -max(len(end.partition(".")[2]) for end in ends)  # of numbers that were computed
        if not isclose(value - low, high - value, abs_tol=digit if digit < 1 else 0.0):
            yield f"{row.where('high')}: found {row['low']} to {row['high']}, expected {row['value']} in the middle"


def _first_twenty(tables: Tables, table: str) -> Iterator[str]:
    boards: Counter[tuple[str, str]] = Counter()
    rows = tables.rows(table) if table == "convergence/top_twenty" else []
    for row in rows:
        boards[row["board"], row["as_of"]] += int(row["models"])
    for row in rows:
        if boards[row["board"], row["as_of"]] != PLACES:
            found = boards[row["board"], row["as_of"]]
            yield f"{row.where('models')}: found {found} models on that board, expected {PLACES}"
        if not (int(row["models"]) > 0) <= int(row["vendors"]) <= int(row["models"]):
            yield f"{row.where('vendors')}: found {row['vendors']} of {row['models']} models, expected a maker or more"


def _numerals(tables: Tables, table: str) -> Iterator[str]:
    claims = {row["id"]: row for row in tables.rows("claims")}
    ends: dict[str, tuple[int, int]] = {}
    numerals = tables.rows(table) if table == "claims_audit/numerals" else []
    printed = Counter(row["of_claim"] for row in numerals if row["kind"] == "claim")
    for row in numerals:
        if row["of_claim"] and (count := printed[row["of_claim"]]) != 1:
            yield f"{row.where('kind')}: found {count} numerals that print claim {row['of_claim']}, expected one"
        place = int(row["line"]), int(row["character"])
        if place <= ends.get(row["source"], (0, 0)):
            yield f"{row.where('line')}: found line {place[0]}, character {place[1]}, expected a place after the last"
        ends[row["source"]] = place[0], place[1] + len(row["published"]) - 1
        if row["kind"] == "claim" and not row["of_claim"]:
            yield f"{row.where('of_claim')}: found nothing, expected the claim that {row['published']} is printed for"
        if row["kind"] not in ("claim", "repeat") or row["published"].startswith("#") or row["of_claim"] not in claims:
            continue
        digits = _numbers(row["published"])
        if digits and not digits & _numbers(_said(tables, claims[row["of_claim"]])):
            yield f"{row.where('of_claim')}: claim {row['of_claim']} has no {row['published']}"


def _said(tables: Tables, claim: Row) -> str:
    """Return a claim's statement and printed figure, and the cells of the row that the figure is in."""
    table, sign, place = claim["published"].partition("#")
    rows = [row for row in tables.rows(table) if row["claim"] == place.split("?")[0]] if sign else []
    cells = [text for row in rows for name, text in row.cells.items() if name not in ("source", "locator", "note")]
    return " ".join([claim["statement"], claim["published"] if not sign else "", *cells])


def _numbers(text: str) -> set[float]:
    return {float(found.replace(",", "").rstrip(".")) for found in re.findall(r"\d[\d,]*\.?\d*", text)}


def _seals(tables: Tables, table: str) -> Iterator[str]:
    for row in tables.rows(table) if table == "forecast_ledger/forecasts" else list[Row]():
        if ledger.sealed(row.cells) != row["digest"]:
            yield f"{row.where('digest')}: the forecast {row['id']} was changed after it was frozen"


RULES: tuple[Callable[[Tables, str], Iterator[str]], ...] = (
    *(_readings, _rounded, _years, _belongings, _forms, _prefixes, _slugs),
    *(_alike, _ranks, _first_twenty, _stated, _numerals, _seals),
)
