"""List prices from the package genai-prices, which is pinned, so that the same version gives the same rows.

Its prices of OpenRouter, as one more snapshot, follow the history that `cost_structure/list_prices` holds.
"""

from __future__ import annotations

import csv
import io
import statistics
import tempfile
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from parallelrun import folders, project
from parallelrun.data import overlay
from parallelrun.data.rows import read
from parallelrun.errors import InputError

PACKAGE = "genai-prices"
TABLE = "cost_structure/list_prices.csv"
Row = dict[str, str]


@dataclass(frozen=True)
class Refreshed:
    """The files with their new content, and what differs from the last snapshot, in lines to read."""

    files: dict[str, bytes]
    lines: list[str]


def refresh(into: Path | None = None, as_of: date | None = None, dry_run: bool = False) -> str:
    """Write the table with the new snapshot and its source, unless only asked what differs, which is returned.

    Parameters
    ----------
    into : Path, optional
        Folder for the two tables, in place of the collection's own.
    as_of : date, optional
        The day for which the prices stand, by default today; the package does not tell it.
    dry_run : bool
        Write nothing.

    Raises
    ------
    InputError, DataError
        As in `refreshed` and `write`.
    """
    new = refreshed(as_of or date.today())
    if dry_run:
        return "\n".join(new.lines)
    folder = folders.chosen(into, "--into") if into else project.data_dir()
    write(new.files, folder)
    return "\n".join([*new.lines, f"written: {', '.join(str(folder / name) for name in new.files)}"])


def refreshed(as_of: date) -> Refreshed:
    """Return the list-price table with the installed package's prices as its last snapshot.

    Models of the vendors that the table knows are taken, at their price without discounts, surcharges or free offers.

    Parameters
    ----------
    as_of : date
        The day for which the prices stand; the package does not tell it.

    Raises
    ------
    InputError
        If the package is not installed, or the day is not after the table's last snapshot.
    """
    try:
        release = version(PACKAGE)
    except PackageNotFoundError:
        raise InputError("refresh prices needs genai-prices: pip install 'parallel-run[prices]'") from None
    folder = project.data_dir()
    old = [row.cells for row in read(folder / TABLE) if row["source"] != PACKAGE]
    last = max(row["as_of"] for row in old)
    if as_of.isoformat() <= last:
        raise InputError(f"--as-of {as_of}: expected a day after the table's last snapshot, {last}")
    countries = {_vendor(row["model"]): row["country"] for row in old}
    day = as_of.isoformat()
    new = [
        {
            "country": countries[_vendor(model)],
            "model": model,
            "input_price": f"{paid[0]:.10g}",
            "output_price": f"{paid[1]:.10g}",
            "first_seen": day,
            "as_of": day,
            "source": PACKAGE,
            "locator": f"genai_prices.data, provider openrouter, model {model}",
            "note": "",
        }
        for model, paid in sorted(_listed().items())
        if _vendor(model) in countries
    ]
    sources = [row.cells for row in read(folder / "sources.csv") if row["source"] != PACKAGE]
    files = {TABLE: _csv([*old, *new]), "sources.csv": _csv([*sources, _source(list(sources[0]), release, as_of)])}
    return Refreshed(files, _differences(old, new, last, day, release))


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write the files into a folder, each whole, and only if all of the tables are valid with them.

    Raises
    ------
    DataError
        If they are not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        stage = Path(name)
        for path, content in files.items():
            (stage / path).parent.mkdir(parents=True, exist_ok=True)
            (stage / path).write_bytes(content)
        with overlay.in_use(stage):
            pass
        for path in files:
            folders.replace(stage / path, folder / path)


def _listed() -> dict[str, tuple[float, float]]:
    """Return input and output price of each model that OpenRouter lists, in USD a million tokens."""
    from genai_prices.data import providers

    (router,) = (provider for provider in providers if provider.id == "openrouter")
    found = {}
    for model in router.models:
        held: Any = model.prices[0].prices if isinstance(model.prices, list) else model.prices
        paid = (_base(held.input_mtok), _base(held.output_mtok))
        if "/" in model.id and ":free" not in model.id and paid[0] > 0:
            found[model.id] = paid
    return found


def _base(price: Any) -> float:
    """Return a price, or the lowest step of one that rises with the context."""
    return float(getattr(price, "base", price) or 0)


def _vendor(model: str) -> str:
    return model.split("/", 1)[0]


def _csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _source(columns: list[str], release: str, as_of: date) -> Row:
    known = {
        "source": PACKAGE,
        "label": f"OpenRouter list prices (genai-prices {release})",
        "publisher": "Pydantic",
        "title": f"genai-prices {release}, prices of the provider openrouter",
        "kind": "package",
        "evidence": "secondary",
        "accessed": as_of.isoformat(),
        "licence": "MIT",
        "url": f"pypi.org/project/genai-prices {release} data.py",
        "note": "Prices undated: they stand for the day of access; country by vendor as in the table",
    }
    return {column: known.get(column, "") for column in columns}


def _differences(old: list[Row], new: list[Row], last: str, day: str, release: str) -> list[str]:
    """Return what moved from the last snapshot, in counts, medians by country, and each changed price."""
    before = {row["model"]: row for row in old if row["first_seen"] <= last <= row["as_of"]}
    after = {row["model"]: row for row in new}
    both = [model for model in after if model in before]
    changed = [
        model
        for model in both
        if any(float(before[model][c]) != float(after[model][c]) for c in ("input_price", "output_price"))
    ]
    lines = [
        f"{PACKAGE} {release}, {day}, against the snapshot of {last}:",
        f"  {len(after)} models, {len(before)} before: {len(after) - len(both)} new, {len(before) - len(both)} gone, "
        f"{len(changed)} of {len(both)} with another price",
    ]
    for country in ("US", "CN"):
        medians = [
            statistics.median(float(row["input_price"]) for row in snapshot.values() if row["country"] == country)
            for snapshot in (before, after)
        ]
        lines.append(f"  median input price {country}: {medians[0]:.4g} -> {medians[1]:.4g} USD/million tokens")
    for model in changed:
        pair = [f"{one['input_price']}/{one['output_price']}" for one in (before[model], after[model])]
        lines.append(f"  {model}: {pair[0]} -> {pair[1]}")
    return lines
