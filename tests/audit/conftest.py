"""Claims of one's own to judge, and the collection's."""

import csv
from datetime import date

import pytest

from parallelrun.audit import audit
from parallelrun.audit.claims import CHECK_COLUMNS, CLAIM_COLUMNS


@pytest.fixture(scope="session")
def own():
    """The collection's own audit, as of the day of its data."""
    return audit.run()


@pytest.fixture
def judge(tmp_path):
    """Judge claims given as (id, published, unit[, as_of]) by checks given as (claim, kind, expression)."""

    def judge(claims, checks, as_of="2026-11-22"):
        write(tmp_path / "claims.csv", CLAIM_COLUMNS, [claim_row(*claim) for claim in claims])
        write(tmp_path / "checks.csv", CHECK_COLUMNS, [(*check, "") for check in checks])
        return audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv", date.fromisoformat(as_of)).judged

    return judge


def claim_row(name, published, unit="", as_of="2026-04-17"):
    return (name, "a text", "page 1", "mine", f"claim {name}", published, unit, as_of, "")


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
