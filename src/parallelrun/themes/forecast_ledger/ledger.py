"""The ledger: forecasts are frozen row by row, replayed from what was known, and resolved when their day has come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from parallelrun import digests, project
from parallelrun.data import rows as text
from parallelrun.data.asof import AsOf
from parallelrun.errors import DataError, InputError, ParameterError
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, mark, traced
from parallelrun.study.scores import LEVELS
from parallelrun.themes.forecast_ledger.forecasters import FORECASTERS, Known
from parallelrun.themes.forecast_ledger.series import SERIES, observed, weekly

TABLE = "forecast_ledger/forecasts"

HORIZONS = (4, 13, 26, 52)
"""Weeks from the day of a forecast to the day for which it is made."""

LEAST, GAP_WEEKS = 12, 26
"""Weeks with a value that a series must have before it is forecast, and weeks that a gap's record must span, as in the
convergence notebook."""

SILENCE = 120
"""Days after its last value during which a series is still forecast."""

GRACE = 28
"""Days after its due day within which the first value resolves a forecast; without one it is void."""

SEED = 2026

QUANTILES = [f"q{1000 * level:03.0f}" for level in LEVELS]
"""Columns of the quantiles: q025 is the value that the forecast exceeds with 97.5 %."""

COLUMNS = [
    "id", "target", "series", "model", "as_of", "due", "weeks", "unit", "probability", *QUANTILES,
    "seed", "seen_table", "seen_rows", "seen_until", "seen_digest", "code", "written_on", "digest",
    "source", "locator", "note",
]  # fmt: skip


def code_digest() -> str:
    """Return a digest of the modules that make a forecast."""
    folder = Path(project.__file__).parent
    here, there = "themes/forecast_ledger", "themes/convergence"
    names = [f"{here}/forecasters.py", f"{here}/series.py", f"{here}/ledger.py", "data/asof.py"]
    names += [f"{there}/{name}.py" for name in ("boards", "forecasting", "releases")]
    return digests.of_files(folder, names)[:12]


def made(day: date, due: Iterable[date] = ()) -> list[dict[str, str]]:
    """Return the forecasts that are made on a day from what is dated before it, as rows of text.

    Parameters
    ----------
    day : datetime.date
    due : iterable of datetime.date
        Later days for which they are made, besides those of `HORIZONS`.

    Returns
    -------
    list of dict
        `COLUMNS`; code, written_on and digest are empty. Series that are too short or have been silent for too long are
        left out.
    """
    made_on = pd.Timestamp(day)
    ends = {made_on + pd.Timedelta(weeks=weeks) for weeks in HORIZONS} | {pd.Timestamp(one) for one in due}
    return [row for name in SERIES for row in _of_series(name, made_on, sorted(ends))]


def _of_series(name: str, made_on: pd.Timestamp, due: list[pd.Timestamp]) -> list[dict[str, str]]:
    series, view = SERIES[name], AsOf(made_on)
    seen = observed(name, view)
    if len(seen) < LEAST or (made_on - seen["date"].iloc[-1]).days > SILENCE:
        return []
    values = weekly(seen)
    if values.count() < LEAST or (series.target == "gap" and len(values) <= GAP_WEEKS):
        return []
    ahead = [int(np.ceil((one - values.index[-1]).days / 7)) for one in due]
    teacher = observed(series.teacher, view) if series.teacher else None
    known = Known(series.forward(values.to_numpy()), seen if series.target == "gap" else None, teacher)
    seen_digest = digests.of_json([reading.digest for reading in view.readings])[:16]
    until = max(reading.newest for reading in view.readings if reading.newest is not pd.NaT)
    rows = []
    for model, forecaster in FORECASTERS.items():
        found = forecaster(known, ahead, SEED)
        if found is None:
            continue
        for number, end in enumerate(due):
            common = {
                "series": name, "model": model, "as_of": f"{made_on:%Y-%m-%d}", "due": f"{end:%Y-%m-%d}",
                "weeks": str(-(-(end - made_on).days // 7)), "seed": str(SEED),
                "seen_table": " ".join(sorted({reading.table for reading in view.readings})),
                "seen_rows": str(sum(reading.rows for reading in view.readings)),
                "seen_until": f"{until:%Y-%m-%d}", "seen_digest": seen_digest,
            }  # fmt: skip
            numbers = dict(zip(QUANTILES, map(_number, series.back(found.quantiles[number])), strict=True))
            rows.append(_row(common | numbers | {"target": series.target, "unit": series.unit}))
            if series.target == "gap" and found.met_zero is not None:
                chance = {"target": "parity", "unit": "probability", "probability": _number(found.met_zero[number])}
                rows.append(_row(common | chance))
    return rows


def _row(cells: dict[str, str]) -> dict[str, str]:
    name = "-".join(cells[part] for part in ("target", "series", "model", "as_of")) + f"-{cells['due']}"
    place = {"source": "forecast-ledger", "locator": f"python -m {__package__} --on {cells['as_of']}"}
    return dict.fromkeys(COLUMNS, "") | cells | place | {"id": name.replace(" ", "-").replace("_", "-")}


def _number(value: float) -> str:
    return f"{float(value):.6g}"


def sealed(cells: dict[str, str]) -> str:
    """Return the digest that a row of the ledger must bear."""
    return digests.of_json({name: cells[name] for name in COLUMNS if name != "digest"})[:16]


def check(path: Path) -> list[text.Row]:
    """Return the rows of a ledger.

    Raises
    ------
    DataError
        If a row is not what it was when it was written, or stands there twice.
    """
    found = text.read(path, tuple(COLUMNS)) if path.is_file() else []
    known: set[str] = set()
    for row in found:
        if sealed(row.cells) != row["digest"]:
            raise DataError(f"{row.where('digest')}: the forecast {row['id']} was changed after it was frozen; undo it")
        if row["id"] in known:
            raise DataError(f"{row.where('id')}: the forecast {row['id']} is there twice; delete the second")
        known.add(row["id"])
    return found


def freeze(path: Path, days: Iterable[date], written_on: date, due: Iterable[date] = ()) -> int:
    """Add the forecasts of some days to a ledger, and change nothing that is in it; ``due`` as in `made`.

    Returns
    -------
    int
        How many were added; those that were frozen before stay as they are.

    Raises
    ------
    DataError
        As in `check`.
    InputError
        If a day lies after the day of writing, or a due day not after its day.
    """
    known, due = {row["id"] for row in check(path)}, list(due)
    code, lines = code_digest(), []
    for day in days:
        if day > written_on:
            raise InputError(f"--on {day}: lies after today, {written_on}; a forecast is made with what is known")
        if early := [one for one in due if one <= day]:
            raise InputError(f"--due {early[0]}: does not lie after {day}, the day of the forecast")
        for row in made(day, due):
            if row["id"] not in known:
                row |= {"code": code, "written_on": written_on.isoformat()}
                lines.append(row | {"digest": sealed(row)})
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    if not path.is_file():
        writer.writeheader()
    writer.writerows(lines)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(out.getvalue())
    return len(lines)


def table_path() -> Path:
    """Return the path of the ledger in the data package in use."""
    return project.data_dir() / f"{TABLE}.csv"


def _day(name: str, written: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(written)
    except ValueError:
        raise ParameterError(f"parameter {name!r}: expected an ISO date such as 2026-11-25, got {written!r}") from None


def day_after(today: str) -> pd.Timestamp:
    """Return the day after an ISO date: the cutoff of a view that knows that date.

    Raises
    ------
    ParameterError
        If it is none.
    """
    return _day("today", today) + pd.Timedelta(days=1)


@traced
def replayed(forecasts: pd.DataFrame, day: str) -> pd.DataFrame:
    """Make the forecasts of a day again, and set them beside those that were frozen.

    Returns
    -------
    pandas.DataFrame
        id, same_data (whether what was seen then still reads the same), difference (the largest of a quantile or a
        probability, in the forecast's unit).

    Raises
    ------
    ParameterError
        If no forecast was frozen for that day, or can be made for it.
    """
    moment = _day("replay_day", day)
    frozen = forecasts[forecasts["as_of"] == moment].set_index("id")
    found = made(moment.date(), [one.date() for one in frozen["due"].unique()])
    if frozen.empty or not found:
        days = ", ".join(sorted({f"{one:%Y-%m-%d}" for one in forecasts["as_of"]})[-5:])
        raise ParameterError(f"parameter 'replay_day': no forecast was frozen on {day}; the last days are {days}")
    again = pd.DataFrame(found).set_index("id")
    both = frozen.index.intersection(again.index)
    numbers = ["probability", *QUANTILES]
    new = again.loc[both, numbers].replace("", np.nan).astype(float)
    compared = pd.DataFrame(
        {
            "id": both,
            "same_data": (again.loc[both, "seen_digest"] == frozen.loc[both, "seen_digest"]).to_numpy(),
            "difference": (new - frozen.loc[both, numbers]).abs().max(axis=1).to_numpy(),
        }
    )
    return mark(compared, " ".join(again["seen_table"]).split())


@traced
def resolved(forecasts: pd.DataFrame, observations: dict[str, pd.DataFrame], today: str) -> pd.DataFrame:
    """Set every forecast that was made before a day beside what was observed until then.

    A quantity is resolved by the first value on or after its due day, within `GRACE` days. Parity is resolved as met by
    the first value at or below zero from the day of the forecast to the due day, and as not met by a first value on or
    after the due day.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        The ledger.
    observations : dict of pandas.DataFrame
        From `observed`, by series; forecasts of other series are left out.
    today : str
        ISO date.

    Returns
    -------
    pandas.DataFrame
        The ledger with status (resolved, open or void), resolved_on, outcome (in the forecast's unit; 1 or 0 for
        parity), last (value known when the forecast was made), in advance (whether it was written before its due day).
    """
    now = pd.Timestamp(today)
    kept = forecasts[(forecasts["as_of"] <= now) & forecasts["series"].isin(list(observations))].reset_index(drop=True)
    until = {name: seen[seen["date"] <= now] for name, seen in observations.items()}
    known = {name: (pd.DatetimeIndex(seen["date"]), seen["value"].to_numpy()) for name, seen in until.items()}
    grace, cells = pd.Timedelta(days=GRACE), []
    for row in records(kept):
        dates, values = known[row.series]
        made, due = dates.searchsorted(row.as_of), dates.searchsorted(row.due)
        outcome, at = np.nan, due
        if row.target == "parity":
            below = np.flatnonzero(values[made : dates.searchsorted(row.due, side="right")] <= 0)
            outcome, at = (1.0, made + below[0]) if len(below) else (0.0, due)
        found = at < len(dates) and dates[at] <= row.due + grace
        if found and row.target != "parity":
            outcome = values[at]
        cells.append(
            {
                "status": "resolved" if found else "void" if now > row.due + grace else "open",
                "resolved_on": dates[at] if found else pd.NaT,
                "outcome": outcome if found else np.nan,
                "last": values[made - 1] if made else np.nan,
            }
        )
    columns = ["status", "resolved_on", "outcome", "last"]
    book = pd.concat([kept, pd.DataFrame(cells, columns=columns)], axis=1)
    return book.assign(in_advance=book["written_on"] < book["due"])


@traced
def summary(book: pd.DataFrame) -> pd.DataFrame:
    """Return by series and target how many forecasts there are: in all, by status, and written in advance."""
    groups = book.groupby(["series", "target"], sort=False)
    counts = groups["status"].value_counts().reset_index()
    counts = counts.pivot_table(index=["series", "target"], columns="status", values="count", fill_value=0)
    counts = counts.reindex(columns=["resolved", "open", "void"], fill_value=0).astype(int)
    counts["in advance"] = groups["in_advance"].sum()
    first, last = groups["as_of"].min(), groups["as_of"].max()
    return counts.assign(first=first, last=last).reset_index()


@traced
def counts(book: pd.DataFrame) -> dict[str, Estimate]:
    """Return how many forecasts are resolved, open, void, and written in advance, by the names of the results."""
    inputs, status = inputs_of(book), book["status"].value_counts()
    numbers = {f"forecasts_{one}": int(status.get(one, 0)) for one in ("resolved", "open", "void")}
    numbers["forecasts_in_advance"] = int(book["in_advance"].sum())
    return {name: Estimate(number, unit="forecasts", inputs=inputs) for name, number in numbers.items()}


@traced
def largest_difference(again: pd.DataFrame) -> Estimate:
    """Return the largest difference of a replay where it saw the same data; 0 if it saw none of them."""
    same = again.loc[again["same_data"], "difference"]
    return Estimate(float(same.max()) if len(same) else 0.0, inputs=inputs_of(again))
