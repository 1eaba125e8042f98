"""Dated price segments of the package model-prices, set beside list prices: since when, on what basis, and who differs.

The day of a segment is not always the day of a change: only a basis of ``documented`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from parallelrun.errors import InputError

PACKAGE = "model-prices"

BASES = {
    "documented": "changed on {day} by the cited page",
    "first observed": "seen from {day}; the day of the change is not known",
    "models.dev commit": "recorded on {day}, which lags the change by days",
}
"""What the day of a segment means, by the basis that the package gives."""


@dataclass(frozen=True)
class Beside:
    """What the package tells of a list of prices.

    Attributes
    ----------
    notes : dict of str to str
        By model, for prices that the package has too: since when.
    lines : list of str
        Lines to read: how many agree, and each that does not.
    """

    notes: dict[str, str]
    lines: list[str]


def beside(rows: list[dict[str, str]], as_of: date) -> Beside:
    """Compare list prices with the segments that held on a day.

    Only a model of the very name counts, at its vendor's own price; one that holds at certain hours is said to.

    Parameters
    ----------
    rows : list of dict
        With ``model``, ``input_price`` and ``output_price``, in USD a million tokens.
    as_of : datetime.date
        The day for which the prices stand.

    Raises
    ------
    InputError
        If the package is not installed.
    """
    try:
        release = version(PACKAGE)
    except PackageNotFoundError:
        raise InputError("refresh prices needs model-prices: pip install 'parallel-run[refresh]'") from None
    import model_prices

    notes, differ = {}, []
    for row in rows:
        held = model_prices.rates(row["model"], f"{as_of}T12:00:00Z")
        if held is None or held.removed_suffix or held.estimated_from:
            continue
        since = BASES.get(held.valid_from_basis, f"{held.valid_from_basis} {{day}}").format(day=held.valid_from[:10])
        if (held.input, held.output) == (float(row["input_price"]), float(row["output_price"])):
            notes[row["model"]] = f"{PACKAGE} {release} has the same price, {since}"
        else:
            hours = f" ({held.period.replace('_', ' ')} hours)" if held.period else ""
            theirs = f"{held.input:.10g}/{held.output:.10g}{hours}"
            listed = f"{row['input_price']}/{row['output_price']}"
            differ.append(f"  {row['model']}: {listed} here, {theirs} in {PACKAGE}, {since} ({held.source})")
    told = (
        f"{PACKAGE} {release}: {len(notes)} of {len(rows)} prices are the vendor's own there too, {len(differ)} differ "
        "(a price here may be another host's):"
    )
    return Beside(notes, [told, *differ])
