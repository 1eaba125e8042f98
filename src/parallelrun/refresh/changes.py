"""What new rows change in a table: compared with what is there, told in lines, written whole and only if valid."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from parallelrun import folders, project
from parallelrun.data import overlay, tables
from parallelrun.data.rows import read
from parallelrun.errors import DataError, InputError

Row = dict[str, str]

WHERE = {"source", "locator", "note", "last_seen"}
"""Columns that say where a figure stands, not what it is."""

SHOWN = 12
"""Changed cells of a table that are listed before the rest is counted."""


@dataclass
class Refreshed:
    """The files with their new content, and what differs, in lines to read."""

    files: dict[str, bytes] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


class Held:
    """The tables as they are: those in the folder that is written to, else the collection's."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def rows(self, path: str) -> list[Row]:
        """Return the rows of a table, by its path in ``data/``."""
        own = self.folder / path if self.folder else None
        return [row.cells for row in read(own if own and own.is_file() else project.data_dir() / path)]


def merge(held: Held, path: str, new: list[Row], together: tuple[str, ...]) -> Refreshed:
    """Put new rows into a table.

    Rows that belong together, such as those of one week, stay as they are, with their source, if the new ones say
    the same, and are replaced by the new ones as one if anything differs: two pulls are never mixed in a total.

    Parameters
    ----------
    held : Held
    path : str
        The table's path in ``data/``.
    new : list of dict
        Rows by column; a column that is not named is empty.
    together : tuple of str
        The columns whose values rows that belong together share.

    Returns
    -------
    Refreshed
        The table, unless nothing differs, and a line with the counts followed by the cells that changed.
    """
    old = held.rows(path)
    columns, key = list(old[0]), tables.tables()[path.removesuffix(".csv")]["schema"]["primaryKey"]
    compared = [column for column in columns if column not in WHERE]
    there, come = _groups(old, together), _groups([{c: row.get(c, "") for c in columns} for row in new], together)
    added, same, replaced, cells = 0, 0, set(), []
    for group, rows in come.items():
        differs = _differences(there.get(group, []), rows, key, compared)
        if group not in there:
            added += len(rows)
        elif differs:
            replaced.add(group)
            cells += differs
        else:
            same += len(rows)
    fresh = [row for group, rows in come.items() if group not in there or group in replaced for row in rows]
    counts = f"{added} new, {same} as they are, {sum(len(come[group]) for group in replaced)} replaced"
    listed = cells[:SHOWN] + ([f"    ... and {len(cells) - SHOWN} more"] if len(cells) > SHOWN else [])
    lines = [f"  {path}: {counts}", *listed]
    if not fresh:
        return Refreshed({}, lines)
    kept = [row for row in old if _value(row, together) not in replaced]
    return Refreshed({path: as_csv([*kept, *fresh])}, lines)


def _value(row: Row, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(row[column] for column in columns)


def _groups(rows: list[Row], together: tuple[str, ...]) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(_value(row, together), []).append(row)
    return found


def _differences(old: list[Row], new: list[Row], key: list[str], compared: list[str]) -> list[str]:
    """Return a line for each row that is gone or new, and each cell that is another."""
    before, after = ({_value(row, key): row for row in rows} for rows in (old, new))
    lines = [f"    {' '.join(one)}: gone" for one in before if one not in after]
    for one, row in after.items():
        if one not in before:
            lines.append(f"    {' '.join(one)}: new")
            continue
        pairs = [(column, before[one][column], row[column]) for column in compared]
        lines += [f"    {' '.join(one)}, {c}: {a or 'empty'} -> {b or 'empty'}" for c, a, b in pairs if not _same(a, b)]
    return lines


def _same(one: str, other: str) -> bool:
    try:
        return one == other or float(one) == float(other)
    except ValueError:
        return False


def cite(held: Held, sources: list[Row], refreshed: Refreshed) -> None:
    """Add those of the sources that any row cites to what is written."""
    written = b"".join(refreshed.files.values())
    cited = [source for source in sources if f",{source['source']},".encode() in written]
    if cited:
        known = held.rows("sources.csv")
        others = [row for row in known if row["source"] not in {source["source"] for source in cited}]
        rows = [{column: source.get(column, "") for column in known[0]} for source in cited]
        refreshed.files["sources.csv"] = as_csv([*others, *rows])


def as_csv(rows: list[Row]) -> bytes:
    """Return rows as the bytes of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def is_there(path: Path, content: bytes) -> bool:
    """Whether a file has that very content."""
    return path.is_file() and path.read_bytes() == content


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write the files into a folder, each whole, and only if all of the tables are valid with them.

    Raises
    ------
    DataError
        If they are not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with folders.staging(folder.parent) as stage:
        for path in {row.relative_to(folder).as_posix() for row in folder.rglob("*.csv")} - set(files):
            _put(stage / path, (folder / path).read_bytes())
        for path, content in files.items():
            _put(stage / path, content)
        try:
            overlay.check(stage)
        except DataError as error:
            told = str(error).replace(str(stage), str(folder))
            raise DataError(f"with the new rows, which were not written, tables would not be valid\n{told}") from None
        for path in files:
            folders.replace(stage / path, folder / path)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def ask(wanted: list[str], table: str, held: Held) -> None:
    """Ask for vendors that no table knows.

    Raises
    ------
    InputError
        If there are any: what to add, and to which table.
    """
    if not wanted:
        return
    columns = ",".join(held.rows(table)[0])
    more = [f"... and {len(wanted) - SHOWN} more"] if len(wanted) > SHOWN else []
    raise InputError(
        "\n".join(
            [
                f"{table} does not know {len(wanted)} of the makers; nothing was written",
                *(f"  {one}" for one in wanted[:SHOWN] + more),
                f"add a row for each to {table} ({columns}), in data/ or in the folder of --into: the vendor, the "
                "country of its seat (ISO 3166-1 alpha-2), and where that stands",
            ]
        )
    )


def day_in_words(day: date) -> str:
    """Return a day as the labels of sources have it, such as 20 Oct 2026."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day.day} {months[day.month - 1]} {day.year}"
