"""The tables as they could be known before a day: later rows and later dates are kept back, and every reading noted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parallelrun.data import tables
from parallelrun.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd


@dataclass(frozen=True)
class Reading:
    """What was handed out of one table.

    Attributes
    ----------
    table : str
    rows : int
    newest : pandas.Timestamp
        Latest date in any of the rows; NaT if there is no row.
    content : pandas.DataFrame
        The cells.
    """

    table: str
    rows: int
    newest: pd.Timestamp
    content: pd.DataFrame = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the cells, so that a later correction of an old row shows."""
        text = self.content.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d", float_format="%.12g")
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class AsOf:
    """A reader that hands out only what is dated before a day.

    The dates are those that ``datapackage.json`` describes. A row is known from the column that its table names in
    ``knownFrom``, and a later date in another column, such as the day on which a board was last seen, is blanked. In a
    table without ``knownFrom`` a row is known once all of its dates have passed. ``"knownFrom": "always"`` declares
    rows that tell of no time, such as the country of a vendor.

    Attributes
    ----------
    cutoff : pandas.Timestamp
        First day of which nothing is known.
    readings : list of Reading
        What was handed out so far.
    """

    cutoff: pd.Timestamp
    readings: list[Reading] = field(default_factory=list)

    def load(self, name: str, columns: list[str], **among: Collection[str]) -> pd.DataFrame:
        """Return the rows of a table that are dated before the cutoff.

        Parameters
        ----------
        name : str
            As for `parallelrun.data.tables.load`.
        columns : list of str
            The columns wanted; only these are noted as read.
        **among
            Column names and the values of which each must have one; other rows are not read.

        Raises
        ------
        DataError
            If the table has no column of dates and does not declare its rows to be known always.
        """
        import pandas as pd

        resource = tables.descriptor(name)
        dates = [one["name"] for one in resource["schema"]["fields"] if one["type"] == "date"]
        frame, first = tables.load(name), resource.get("knownFrom")
        if first == "always":
            known = pd.Series(pd.NaT, frame.index)
        elif dates:
            known = frame[first] if first else frame[dates].max(axis=1)
        else:
            raise DataError(f"table {name}: has no column of dates, so what was known when cannot be told")
        mask = known.isna() if first == "always" else known < self.cutoff
        for column, values in among.items():
            mask &= frame[column].isin(values)
        rows = frame.loc[mask, columns].reset_index(drop=True)
        shown = [column for column in dates if column in columns]
        rows[shown] = rows[shown].where(rows[shown] < self.cutoff)
        newest = pd.concat([known[mask], *(rows[column] for column in shown)]).max()
        self.readings.append(Reading(name, len(rows), newest, rows.copy()))
        return rows
