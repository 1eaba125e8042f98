"""What a comparison of the United States and China needs: rows of both."""

from __future__ import annotations

import pandas as pd

from parallelrun.errors import DataError
from parallelrun.study.provenance import named

BOTH = ("US", "CN")
"""The two countries that are compared."""


def need_both(rows: pd.DataFrame, what: str, *tables: pd.DataFrame, least: int = 1, otherwise: str = "") -> None:
    """Hold rows to having both countries.

    Parameters
    ----------
    rows : pandas.DataFrame
        What is compared, with a column ``country``.
    what : str
        What the rows are, in the plural: ``models with a list price on 2026-04-16``.
    *tables : pandas.DataFrame
        Tables that the rows are of, if they do not carry their names themselves.
    least : int
        Rows that each country needs.
    otherwise : str, optional
        What helps beside more rows: ``take another snapshot``.

    Raises
    ------
    DataError
        If a country has fewer rows; the message names tables, column, country and what to do.
    """
    found = {country: int(rows["country"].eq(country).sum()) for country in BOTH}
    if few := {country: number for country, number in found.items() if number < least}:
        told = " and ".join(f"{number or 'none'} of {country}" for country, number in few.items())
        raise DataError(
            f"{named(rows, *tables)}: column 'country' has {told} among the {what}; expected at least {least} of "
            f"each of {' and '.join(BOTH)}: add rows of {' and '.join(few)}"
            + (f", or {otherwise}" if otherwise else "")
        )
