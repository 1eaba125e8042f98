"""What `parallelrun refresh` asks for: compare, show, write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from parallelrun import folders, project
from parallelrun.errors import InputError
from parallelrun.refresh import boards, changes, prices, rankings
from parallelrun.refresh.changes import Held, Refreshed


def run(
    what: str,
    place: str | None,
    into: Path | None,
    as_of: date | None,
    dry_run: bool,
    tell: Callable[[str], object] = print,
) -> None:
    """Tell what newly published rows change, then write the tables with them, unless only asked what differs.

    Parameters
    ----------
    what : {"boards", "rankings", "prices"}
    place : str, optional
        File, folder or URL to read, in place of the publisher's; not for prices, which come from packages.
    into : Path, optional
        Folder for the tables, in place of the collection's own. What it has already is added to.
    as_of : datetime.date, optional
        Leave out what is later; for prices the day for which they stand; by default today.
    dry_run : bool
        Write nothing.
    tell : callable
        Gets the lines to read, before anything is written.

    Raises
    ------
    InputError, DataError
        As in `boards.refreshed`, `rankings.refreshed`, `prices.refreshed` and `changes.write`.
    """
    held = Held(folders.chosen(into, "--into") if into else None)
    done = _refreshed(what, place, as_of, held)
    tell("\n".join(done.lines))
    if dry_run:
        return
    folder = held.folder or project.data_dir()
    files = {name: content for name, content in done.files.items() if not changes.is_there(folder / name, content)}
    if not files:
        tell("nothing to write")
        return
    changes.write(files, folder)
    tell(f"written: {', '.join(str(folder / name) for name in sorted(files))}")


def _refreshed(what: str, place: str | None, as_of: date | None, held: Held) -> Refreshed:
    if what == "prices":
        if place:
            raise InputError("--from: prices come from installed packages; install another version of them instead")
        return prices.refreshed(as_of or date.today(), held)
    if find_spec("requests") is None:
        raise InputError(f"refresh {what} needs requests: pip install 'parallel-run[refresh]'")
    return (boards if what == "boards" else rankings).refreshed(place, as_of, held)
