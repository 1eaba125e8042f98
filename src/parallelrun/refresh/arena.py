"""The Arena's leaderboard data set as it is published: Parquet files, or JSON pages of a datasets server.

Schema: ``lmarena-ai/leaderboard-dataset``. A subset (``text``, ``text_style_control``, ``webdev`` ...) is one scale.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from parallelrun.data.rows import visible
from parallelrun.data.validate import FORMULA_STARTS
from parallelrun.errors import InputError
from parallelrun.refresh import fetch

PAGE = 100
"""Rows of a page, as the server gives them at most."""

MOST_ROWS = 3_000_000
"""Rows that are read at most; the whole history had 1.1 million in September 2026."""

HOME = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset"


def _plain(text: str) -> str:
    if text.startswith(tuple(FORMULA_STARTS)) or visible(text) != text:
        raise ValueError("begins as a formula or has control characters")
    return text


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


Text = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Score = Annotated[float, Field(ge=0, le=3000, allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10**12)]


class Rating(BaseModel):
    """One model on one board, as the data set has it; columns that are not named here are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", protected_namespaces=())

    model_name: Annotated[Text, Field(min_length=1)]
    organization: Text | None
    rating: Score
    rating_lower: Score | None
    rating_upper: Score | None
    vote_count: Whole
    rank: Whole
    category: Annotated[Text, Field(min_length=1)]
    leaderboard_publish_date: Annotated[date, Field(strict=False)]


COLUMNS = tuple(Rating.model_fields)


@dataclass(frozen=True)
class Board:
    """The newest board of a subset.

    Attributes
    ----------
    subset : str
    day : datetime.date
        Day of publication.
    ratings : dict of str to list of Rating
        By category, the highest first.
    """

    subset: str
    day: date
    ratings: dict[str, list[Rating]]


def board(place: str, as_of: date | None = None) -> Board:
    """Return the newest board in a file or at a URL.

    Parameters
    ----------
    place : str
        A Parquet or JSON file whose folder bears the subset's name, or the ``/rows`` address of a datasets server with
        ``config=<subset>``, whose pages are followed.
    as_of : datetime.date, optional
        Leave out boards that were published later.

    Raises
    ------
    InputError
        If it cannot be read, is cut off, has another schema or a value that cannot be, or has no board by that day.
    """
    subset, name = subset_of(place), visible(place.split("?", 1)[0])
    if fetch.is_url(place) and urlsplit(place).path.endswith("/rows"):
        raw: Iterable[Any] = _pages(place, name)
    else:
        content = fetch.read(place)
        raw = _parquet(content, as_of, name) if content[:4] == b"PAR1" else _saved(content, name)
    rows = _newest(raw, as_of, name)
    by_category: dict[str, list[Rating]] = {}
    for number, row in enumerate(rows, 1):
        rating = _rating(row, number, name)
        by_category.setdefault(rating.category, []).append(rating)
    for category, ratings in by_category.items():
        ratings.sort(key=lambda one: (-one.rating, one.model_name))
        twice, many = Counter(one.model_name for one in ratings).most_common(1)[0]
        if many > 1:
            raise InputError(f"{name}: {twice!r} stands {many} times in the category {category}, expected once")
    return Board(subset, rating.leaderboard_publish_date, by_category)


def subset_of(place: str) -> str:
    """Return the subset that a place names: ``config`` of a URL's query, else the folder that the file is in.

    Raises
    ------
    InputError
        If neither is a plain name.
    """
    parts = urlsplit(place) if fetch.is_url(place) else None
    asked = parse_qs(parts.query).get("config") if parts else None
    name = asked[0] if asked else Path(parts.path if parts else Path(place).resolve()).parent.name
    if not re.fullmatch(r"[a-z][a-z_]*", name):
        raise InputError(
            f"--from {visible(place.split('?', 1)[0])}: which subset is it? Expected a file in a folder of that name, "
            "such as text_style_control/latest-00000-of-00001.parquet, or a URL with config=text_style_control"
        )
    return name


def _parquet(content: bytes, as_of: date | None, name: str) -> list[dict[str, Any]]:
    """Return the rows of the newest board, so that the history before it is never a list of objects."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        size = sum(file.metadata.row_group(n).total_byte_size for n in range(file.num_row_groups))
        if file.metadata.num_rows > MOST_ROWS or size > 16 * fetch.LARGEST:
            raise InputError(f"{name}: has {file.metadata.num_rows:,} rows, expected {MOST_ROWS:,} at most")
        _columns(file.schema_arrow.names, name)
        table = file.read(columns=list(COLUMNS))
        days = pc.utf8_slice_codeunits(pc.cast(table["leaderboard_publish_date"], pa.string()), 0, 10)
        known = pc.less_equal(days, as_of.isoformat()) if as_of else pc.is_valid(days)
        last = pc.max(days.filter(known))
        rows: list[dict[str, Any]] = table.filter(pc.equal(days, last)).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name}: cannot be read as Parquet, it may be cut off ({str(error)[:100]})") from None
    return rows


def _columns(found: Iterable[str], name: str) -> None:
    if missing := [column for column in COLUMNS if column not in found]:
        raise InputError(
            f"{name}: the column {missing[0]!r} is missing, so the schema has changed; "
            f"expected {', '.join(COLUMNS)}"
        )  # fmt: skip


def parsed(content: bytes, name: str, expected: str) -> dict[str, Any]:
    """Return a JSON object.

    Parameters
    ----------
    content : bytes
    name : str
        Where it is from, for the message.
    expected : str
        What the object has, in words that follow "a JSON object with".

    Raises
    ------
    InputError
        If it is none; the message says what it looks like.
    """
    wanted = f"expected a JSON object with {expected}"
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        if kind := fetch.looks_like(content):
            raise InputError(f"{name}: looks like {kind}, {wanted}") from None
        raise InputError(f"{name}: not valid JSON, it may be cut off ({str(error)[:100]}); {wanted}") from None
    if not isinstance(found, dict):
        raise InputError(f"{name}: found a JSON {type(found).__name__}, {wanted}")
    return found


def _saved(content: bytes, name: str) -> list[Any]:
    """Return the rows of a page that was saved, which has to be the only one."""
    page, total = _page(content, name)
    if len(page) != total:
        raise InputError(f"{name}: has {len(page)} of {total} rows; name the server's address instead of a page of it")
    return page


def _pages(url: str, name: str) -> Iterator[Any]:
    """Yield the rows of all pages of a server."""
    read, total = 0, 1
    while read < total:
        content = fetch.read(url.split("?", 1)[0], _query(url) | {"offset": str(read), "length": str(PAGE)})
        page, total = _page(content, name, read)
        if not page:
            raise InputError(f"{name}: the page from row {read} of {total} is empty: the data set is cut off")
        read += len(page)
        yield from page


def _query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def _page(content: bytes, name: str, first: int = 0) -> tuple[list[Any], int]:
    """Return the rows of one page, and how many the data set has."""
    page = parsed(content, name, "rows and num_rows_total, or Parquet")
    rows, total = page.get("rows"), page.get("num_rows_total")
    if not isinstance(rows, list) or type(total) is not int or not 0 < total <= MOST_ROWS:
        raise InputError(f"{name}: expected a page with rows and num_rows_total; found {', '.join(map(visible, page))}")
    found = []
    for number, one in enumerate(rows, first):
        if not isinstance(one, dict) or not isinstance(one.get("row"), dict):
            raise InputError(f"{name}, row {number}: expected an object with row_idx, row and truncated_cells")
        if one.get("row_idx") != number:
            raise InputError(f"{name}: found row {one.get('row_idx')!r:.50} where {number} was due; a page is missing")
        if one.get("truncated_cells"):
            raise InputError(f"{name}, row {number}: the server cut its cells off; take the Parquet file instead")
        found.append(one["row"])
    return found, total


def _newest(raw: Iterable[Any], as_of: date | None, name: str) -> list[dict[str, Any]]:
    """Return the rows of the last day of publication that is not after a day."""
    last = ""
    rows: list[dict[str, Any]] = []
    limit = as_of.isoformat() if as_of else "9999-12-31"
    for row in raw:
        _columns(row, name)
        day = str(row["leaderboard_publish_date"])[:10]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            raise InputError(f"{name}: found the day {visible(day)!r}, expected one such as 2026-10-20")
        if last < day <= limit:
            last, rows = day, []
        if day == last:
            rows.append(row)
    if not rows:
        raise InputError(f"{name}: has no board" + (f" by {as_of}" if as_of else ""))
    return rows


def _rating(row: dict[str, Any], number: int, name: str) -> Rating:
    try:
        return Rating.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column, found = first["loc"][0], visible(f"{first['input']!r:.60}")
        said = str(first["msg"]).replace("Value error, ", "")
        raise InputError(f"{name}, row {number} of the board, {column}: found {found}: {said}") from None
