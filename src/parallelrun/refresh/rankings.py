"""Daily rankings of OpenRouter: the tokens of each model by week, the whole platform."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parallelrun.data.rows import visible
from parallelrun.errors import InputError
from parallelrun.refresh import arena, changes, fetch
from parallelrun.refresh.changes import Held, Refreshed, Row

URL = "https://openrouter.ai/api/v1/datasets/rankings-daily"
KEY = "OPENROUTER_API_KEY"
TABLE, VENDORS = "token_economics/platform_weeks.csv", "token_economics/vendors.csv"

OTHER = "other"
COVERS = {"openrouter", "stealth"}
"""Prefixes under which the platform offers models whose makers are not told."""


class Tokens(BaseModel):
    """One model's tokens on one day."""

    model_config = ConfigDict(strict=True, extra="ignore", protected_namespaces=())

    date: Annotated[date, Field(strict=False)]
    model_permaslug: Annotated[str, Field(pattern=r"^(other|[a-z0-9][\w.-]*/[\w.:-]+)$", max_length=200)]
    total_tokens: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Meta(BaseModel):
    """What the answer says of itself."""

    as_of: Annotated[date, Field(strict=False)]


class Answer(BaseModel):
    """The answer of the service."""

    data: Annotated[list[Tokens], Field(min_length=1, max_length=200_000)]
    meta: Meta


def refreshed(place: str | None, as_of: date | None, held: Held) -> Refreshed:
    """Return the table of weeks with all whole weeks of an answer in it.

    Parameters
    ----------
    place : str, optional
        A file with an answer of the service, or the address to ask, by default the service's own; it is asked for the
        days after the table's last week, with the key in the environment variable ``OPENROUTER_API_KEY``.
    as_of : datetime.date, optional
        Leave out weeks that end later; by default today.
    held : Held
        The tables as they are.

    Raises
    ------
    InputError
        If there is no key, the answer is cut off or has another schema, no week is whole, or a vendor is unknown.
    """
    limit = as_of or date.today()
    last = max(row["week_end"] for row in held.rows(TABLE))
    answer = _answer(place or URL, date.fromisoformat(last) + timedelta(days=1), limit)
    days = _days(answer)
    weeks = _weeks(days, limit)
    key = f"openrouter-daily-{answer.meta.as_of}"
    rows = [row for monday in weeks for row in _rows(monday, days, key)]
    _known(rows, held)
    done = changes.merge(held, TABLE, rows, ("platform", "week_start"))
    done.lines[:0] = [
        f"OpenRouter, as of {answer.meta.as_of}: {len(days)} days, "
        f"{len(weeks)} whole {'week' if len(weeks) == 1 else 'weeks'}",
        *_left_out(days, weeks, limit),
    ]
    changes.cite(held, [_source(key, answer.meta.as_of, limit)], done)
    return done


def _answer(place: str, first: date, last: date) -> Answer:
    name = visible(place.split("?", 1)[0])
    if fetch.is_url(place):
        key = os.environ.get(KEY) if fetch.may_have_key(place) else None
        if place == URL and not key:
            raise InputError(f"refresh rankings: set {KEY} to a key of OpenRouter, or name a saved answer with --from")
        content = fetch.read(place, {"start_date": first.isoformat(), "end_date": last.isoformat()}, key)
    else:
        content = fetch.read(place)
    try:
        return Answer.model_validate(arena.parsed(content, name, "data and meta, as rankings-daily answers"))
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        where, found = ".".join(map(str, one["loc"])), visible(f"{one['input']!r:.60}")
        raise InputError(
            f"{name}, {where}: found {found}: {one['msg']}. Expected data: [{{date, model_permaslug, total_tokens}}] "
            "and meta.as_of; has the schema changed?"
        ) from None


def _days(answer: Answer) -> dict[date, dict[str, int]]:
    """Return the tokens by day and model; each day has to be whole."""
    days: dict[date, dict[str, int]] = defaultdict(dict)
    for row in answer.data:
        if row.model_permaslug in days[row.date]:
            raise InputError(f"rankings, {row.date}: {row.model_permaslug} stands there twice, expected once")
        days[row.date][row.model_permaslug] = int(row.total_tokens)
    for day, models in days.items():
        if OTHER not in models:
            raise InputError(f"rankings, {day}: has no row {OTHER!r}: the answer is cut off; ask for it again")
    return dict(days)


def _weeks(days: dict[date, dict[str, int]], limit: date) -> list[date]:
    """Return the Mondays of whole weeks that end by a day."""
    mondays = sorted({day - timedelta(days=day.weekday()) for day in days})
    weeks = [one for one in mondays if all(one + timedelta(days=n) in days for n in range(7))]
    weeks = [one for one in weeks if one + timedelta(days=6) <= limit]
    if not weeks:
        raise InputError(
            f"rankings: {min(days)} to {max(days)} holds no whole week, Monday to Sunday, that ends by {limit}; "
            "ask for more days"
        )
    return weeks


def _left_out(days: Iterable[date], weeks: list[date], limit: date) -> list[str]:
    """Return which days are left out, and why: those of weeks that end later, and those of weeks that are not whole."""
    rest = [day for day in sorted(days) if day - timedelta(days=day.weekday()) not in weeks]
    late = [day for day in rest if day + timedelta(days=6 - day.weekday()) > limit]
    lines = [f"  days of weeks that end after {limit}, left out: {_spans(late)}"] if late else []
    part = [day for day in rest if day not in late]
    return lines + ([f"  days of weeks that are not whole, left out: {_spans(part)}"] if part else [])


def _spans(days: list[date]) -> str:
    """Return days as text, those that follow each other as first and last."""
    ends: list[list[date]] = []
    for day in days:
        if ends and day == ends[-1][1] + timedelta(days=1):
            ends[-1][1] = day
        else:
            ends.append([day, day])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ends)


def _known(rows: list[Row], held: Held) -> None:
    """Ask for prefixes that are no vendor's that the table has, nor the platform's for models under a cover name."""
    known = {row["prefix"] for row in held.rows(VENDORS)} | COVERS | {OTHER}
    wanted = {row["slug"].split("/")[0]: row["slug"] for row in rows}
    changes.ask([f"{p} (maker of {slug}, say)" for p, slug in sorted(wanted.items()) if p not in known], VENDORS, held)


def _rows(monday: date, days: dict[date, dict[str, int]], key: str) -> list[Row]:
    week = [days[monday + timedelta(days=n)] for n in range(7)]
    sunday = (monday + timedelta(days=6)).isoformat()
    return [
        {
            "platform": "OpenRouter",
            "week_start": monday.isoformat(),
            "week_end": sunday,
            "slug": slug,
            "days": str(sum(slug in day for day in week)),
            "value": f"{sum(day.get(slug, 0) for day in week) / 1e12:.6f}",
            "unit": "trillion tokens",
            "source": key,
            "locator": f"data, rows of {monday} to {sunday}, summed",
            "as_of": sunday,
            "note": "all models below the fiftieth place of their day" if slug == OTHER else "",
        }
        for slug in sorted({slug for day in week for slug in day}, key=lambda one: (one == OTHER, one))
    ]


def _source(key: str, day: date, accessed: date) -> Row:
    return {
        "source": key,
        "label": f"OpenRouter (openrouter.ai/rankings), as of {day}",
        "publisher": "OpenRouter",
        "title": "rankings-daily: daily tokens of the fifty largest models and of all others",
        "kind": "dataset",
        "evidence": "primary",
        "published": day.isoformat(),
        "accessed": accessed.isoformat(),
        "licence": "CC-BY-4.0",
        "url": URL,
        "note": f"Source: OpenRouter (openrouter.ai/rankings), as of {day}; a key is needed; vendors by vendors.csv",
    }
