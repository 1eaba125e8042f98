"""A researcher's own tables in place of the collection's, checked before anything reads them."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parallelrun import project
from parallelrun.data import tables, validate
from parallelrun.errors import DataError, InputError, near


def check(folder: Path) -> int:
    """Check what `parallelrun validate` is given: a researcher's tables in their places, or a whole data package.

    Tables without a ``datapackage.json`` are put into a copy of the collection first, so that they are held to its
    schema and their keys to its other tables; a folder with one goes to `validate.check` as it lies.

    Parameters
    ----------
    folder : Path
        As for `in_use`.

    Returns
    -------
    int
        Tables of the whole package: with a researcher's own, all of the collection's.

    Raises
    ------
    DataError
        If a table is not valid, named where it lies in the researcher's folder, or if there is neither a table nor a
        descriptor.
    InputError
        If the collection has no table of that name.
    """
    if (folder / "datapackage.json").is_file() or not any(folder.rglob("*.csv")):
        return validate.check(folder)
    with in_use(folder) as merged:
        return len(tables.tables(merged))


@contextmanager
def in_use(own: Path | None) -> Iterator[Path]:
    """Yield the folder of a valid data package: the collection's, or one with a researcher's tables in it.

    Parameters
    ----------
    own : Path, optional
        A folder with tables under the names that they have in ``data/`` (``convergence/arena_scores.csv``), each of
        which takes that one's place, or a whole data package with a ``datapackage.json`` of its own.

    Raises
    ------
    DataError
        If a table is not valid; the message names its file, line and column.
    InputError
        If the folder has no table, or one that the collection does not have.
    """
    if own is None or (own / "datapackage.json").is_file():
        folder = (own or project.data_dir()).resolve()
        with validate.once(folder):
            yield folder
        return
    with tempfile.TemporaryDirectory(prefix="parallelrun-data-") as name:
        merged = Path(name) / "data"
        _merge(own, merged)
        try:
            with validate.once(merged):
                yield merged
        except DataError as error:
            raise DataError(as_it_lies(str(error), merged, own)) from None


def as_it_lies(text: str, merged: Path, own: Path) -> str:
    """Return a text in which the tables put together are named where they lie: in one's own folder, or in ``data/``."""

    def place(found: re.Match[str]) -> str:
        return str(next(folder for folder in (own, project.data_dir()) if (folder / found[1]).is_file()) / found[1])

    files = "|".join(re.escape(file.relative_to(merged).as_posix()) for file in sorted(merged.rglob("*.csv")))
    return re.sub(rf"{re.escape(str(merged))}/({files})", place, text).replace(str(merged), str(own))


def _merge(own: Path, merged: Path) -> None:
    source = project.data_dir()
    files = sorted(own.rglob("*.csv"))
    if not files:
        raise InputError(f"{own}: has no table; expected files such as convergence/arena_scores.csv")
    known = [resource["path"] for resource in tables.package(source)["resources"]]
    for file in files:
        name = file.relative_to(own).as_posix()
        if name not in known:
            raise InputError(f"{file}: the collection has no table {name}: {near(name, known)}")
    for name in ("datapackage.json", *known):
        target = merged / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(own / name if (own / name).is_file() else source / name, target)
