"""List prices from the package genai-prices, which is pinned, so that the same version gives the same rows.

Its prices of OpenRouter, as one more snapshot, follow the history that `cost_structure/list_prices` holds.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from parallelrun.errors import InputError
from parallelrun.refresh import changes, segments
from parallelrun.refresh.changes import Held, Refreshed, Row, as_csv

PACKAGE = "genai-prices"
TABLE = "cost_structure/list_prices.csv"


def refreshed(as_of: date, held: Held) -> Refreshed:
    """Return the list-price table with the installed package's prices as its last snapshot.

    Models of the vendors that the table knows are taken, without free offers, at their base price; variants that are
    listed apart, such as ``:batch``, count apart, as in the history. The package keeps models that are no longer
    offered, so what the table had before and its last snapshot has not is left out. A snapshot of another version of
    the package stays; one of the same version, which has the same prices, is replaced. Beside them stands what
    model-prices tells (see `segments`): since when a price is known, and where the two differ.

    Parameters
    ----------
    as_of : date
        The day for which the prices stand; the package does not tell it.
    held : Held
        The tables as they are.

    Raises
    ------
    InputError
        If a package is not installed, or the day is not after the table's last snapshot.
    """
    try:
        release = version(PACKAGE)
    except PackageNotFoundError:
        raise InputError("refresh prices needs genai-prices: pip install 'parallel-run[refresh]'") from None
    key, rows = f"{PACKAGE}-{release.replace('.', '-')}", held.rows(TABLE)
    old = [row for row in rows if row["source"] != key]
    last = max(row["as_of"] for row in old)
    if as_of.isoformat() <= last:
        raise InputError(f"--as-of {as_of}: expected a day after the table's last snapshot, {last}")
    countries = {_vendor(row["model"]): row["country"] for row in old}
    day, listed = as_of.isoformat(), _listed()
    known = {model: paid for model, paid in listed.items() if _vendor(model) in countries}
    gone = {row["model"] for row in old} - {row["model"] for row in old if row["as_of"] >= last}
    new = [
        {
            "country": countries[_vendor(model)],
            "model": model,
            "input_price": f"{paid[0]:.10g}",
            "output_price": f"{paid[1]:.10g}",
            "first_seen": day,
            "as_of": day,
            "source": key,
            "locator": f"genai_prices.data, provider openrouter, model {model}",
            "note": "",
        }
        for model, paid in sorted(known.items())
        if model not in gone
    ]
    found = segments.beside(new, as_of)
    for row in new:
        row["note"] = found.notes.get(row["model"], "")
    lines = _differences(old, new, last, day, release)
    if before := {row["as_of"] for row in rows if row["source"] == key} - {day}:
        lines.append(f"  the same version stood for {', '.join(sorted(before))}: its rows are replaced")
    done = Refreshed({TABLE: as_csv([*old, *new])}, [*lines, *_left_out(listed, known, gone), *found.lines])
    changes.cite(held, [_source(key, release, as_of)], done)
    return done


def _left_out(listed: Mapping[str, object], known: Mapping[str, object], gone: set[str]) -> list[str]:
    """Return what of the package's list is left out, and why."""
    others = sorted({_vendor(model) for model in listed if model not in known})
    lines = [f"  {len(gone & set(known))} models that were gone before the last snapshot are left out"]
    if others:
        shown = ", ".join(others[: changes.SHOWN]) + (" ..." if len(others) > changes.SHOWN else "")
        lines.append(
            f"  {len(listed) - len(known)} models of {len(others)} vendors that the table does not have are left out "
            f"({shown}); to have them, add a row of theirs with the country"
        )
    return lines


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


def _source(key: str, release: str, as_of: date) -> Row:
    return {
        "source": key,
        "label": f"OpenRouter list prices (genai-prices {release})",
        "publisher": "Pydantic",
        "title": f"genai-prices {release}, prices of the provider openrouter",
        "kind": "package",
        "evidence": "secondary",
        "accessed": as_of.isoformat(),
        "licence": "MIT",
        "url": f"pypi.org/project/genai-prices {release} data.py",
        "note": "Prices undated: they stand for the day of access; country by vendor as in the table; the notes of "
        "its rows are from model-prices (MIT)",
    }


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
