"""Put the auditor together: one folder of static files, with Python's runtime, this package and its data inside.

    python auditor/build.py [FOLDER]

The runtime comes from `node_modules` (`npm ci`), the pure Python packages from this interpreter's environment, which
the lock made. The same inputs give the same bytes.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
RUNTIME = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
DISTRIBUTIONS = ("mpmath", "simpleeval", "pint", "flexparser", "flexcache", "platformdirs", "typing_extensions")
"""What `parallelrun.audit` needs, with what that needs; each is pure Python."""

LARGEST = 20_000_000
"""Bytes that the folder may have."""


def packages() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each module in the browser: this package and the distributions that the audit needs."""
    source = ROOT / "src"
    for path in sorted(source.glob("parallelrun/**/*.py")):
        yield path.relative_to(source).as_posix(), path.read_bytes()
    for name in ("parallel-run", *DISTRIBUTIONS):
        for file in sorted(distribution(name).files or [], key=str):
            wanted = file.suffix in (".py", ".txt") or file.name in ("METADATA", "py.typed")
            if wanted and not file.is_absolute() and ".." not in file.parts and file.parts[0] != "bin":
                yield file.as_posix(), Path(str(file.locate())).read_bytes()


def collection() -> Iterator[tuple[str, bytes]]:
    """Yield the curated tables, the recorded results, and the notebooks without their cells."""
    for path in (ROOT / "data" / "datapackage.json", *sorted((ROOT / "data").rglob("*.csv"))):
        yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for path in sorted((ROOT / "figures").glob("*/results.json")):
        yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shell = json.loads(path.read_text(encoding="utf-8")) | {"cells": []}
        yield path.relative_to(ROOT).as_posix(), json.dumps(shell).encode()


def zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    """Return an archive that has no date of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def build(folder: Path) -> int:
    """Write the auditor into a folder, which is emptied first, and return its size in bytes.

    Raises
    ------
    SystemExit
        If the runtime or a package is missing, or the folder would be larger than `LARGEST`.
    """
    runtime = HERE / "node_modules" / "pyodide"
    missing = [name for name in RUNTIME if not (runtime / name).is_file()]
    if missing:
        raise SystemExit(f"{runtime}: {missing[0]} is missing; run `npm ci` in auditor/ first (`make auditor` does)")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pyodide").mkdir(parents=True)
    for name in RUNTIME:
        shutil.copyfile(runtime / name, folder / "pyodide" / name)
    for path in sorted((HERE / "page").iterdir()):
        shutil.copyfile(path, folder / path.name)
    shutil.copyfile(ROOT / "docs" / "example" / "notice.md", folder / "example.md")
    try:
        (folder / "packages.zip").write_bytes(zipped(packages()))
    except PackageNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed; run `make` first") from None
    (folder / "collection.zip").write_bytes(zipped(collection()))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > LARGEST:
        raise SystemExit(f"{folder} has {size:,} bytes, more than {LARGEST:,}; leave something out")
    return size


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "auditor"
    print(
        f"{target}: {build(target) / 1e6:.1f} MB; serve it with `python3 -m http.server --bind 127.0.0.1 -d {target}`"
    )
