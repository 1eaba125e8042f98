"""Put the book together: pages from the notebooks as they were run, the guide, the audit and the figures; then Sphinx.

    python book/build.py [FOLDER]

No notebook is run a second time: outputs are those stored in `notebooks/`, figures those in `figures/`. A page is
written only if it has changed, so that Sphinx makes only what is new.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402
from shelf import Shelf  # noqa: E402

from parallelrun import digests, project  # noqa: E402
from parallelrun.study import stories  # noqa: E402


def told(cache: Path) -> list[dict[str, Any]]:
    """Return all stories, computed, or found again if package and data are the same (`parallelrun.study.stories`)."""
    data = project.data_dir()
    tables = ["datapackage.json", *(path.relative_to(data).as_posix() for path in data.rglob("*.csv"))]
    key = digests.of_json([digests.package(), digests.of_files(data, tables)])
    kept = json.loads(cache.read_text(encoding="utf-8")) if cache.is_file() else {}
    if kept.get("key") == key:
        return kept["stories"]
    found = [stories.computed(story) for stem in project.stems() for story in stories.of(stem)]
    write(cache, json.dumps({"key": key, "stories": found}))
    return found


def write(path: Path, text: str) -> None:
    """Write a file if it is not there or has other content."""
    content = text.encode()
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def downloads() -> Iterator[Path]:
    """Yield what the reader can take away, byte for byte."""
    yield from (path for path in sorted((ROOT / "figures").rglob("*")) if path.is_file())
    yield from (path for path in sorted((ROOT / "data").rglob("*")) if path.suffix in (".csv", ".json"))
    yield from sorted((ROOT / "docs").glob("*/*"))
    yield from sorted((ROOT / "scenarios").glob("*.yml"))
    yield from sorted((ROOT / "notebooks").glob("*.ipynb"))
    yield from (ROOT / name for name in ("CITATION.cff", "LICENSE", "LICENSE-DATA"))


def linked(source: Path, target: Path) -> None:
    """Make a target the same file as a source, without a copy where the disk allows that."""
    if target.is_file() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def assemble(source: Path, *, auditor: bool) -> int:
    """Write all pages and downloads into a folder, and return the number of pages.

    Raises
    ------
    SystemExit
        If figures or results are missing.
    """
    if not (ROOT / "figures" / "manifest.json").is_file():
        raise SystemExit("figures/manifest.json is missing; run `make` first")
    shelf = Shelf(ROOT, told(source.parent / "book-stories.json"), auditor=auditor)
    written = dict(pages.pages(shelf))
    for name, text in written.items():
        write(source / name, text)
    kept = {source / name for name in written}
    for path in downloads():
        target = source / "_extra" / path.relative_to(ROOT)
        linked(path, target)
        kept.add(target)
    for path in source.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
    return len(written)


def sphinx(source: Path, folder: Path) -> None:
    """Make the pages.

    Raises
    ------
    SystemExit
        If Sphinx has anything to warn of; what it says stands above.
    """
    os.environ["BOOK_SOURCE"] = str(source)
    from sphinx.cmd.build import build_main

    arguments = ["-q", "-W", "--keep-going", "-j", "2", "-b", "html", "-c", str(HERE)]
    code = build_main([*arguments, "-d", str(source.parent / "book-doctrees"), str(source), str(folder)])
    if code:
        raise SystemExit(f"{folder}: Sphinx gave {code}; what it warned of stands above, each line with its page")


def build(folder: Path, built: Path, make: Callable[[Path, Path], None] = sphinx) -> int:
    """Build the book into a folder, with working files beside it, and return the number of pages."""
    page = built / "auditor"
    count = assemble(built / "book-source", auditor=(page / "index.html").is_file())
    make(built / "book-source", folder)
    if (page / "index.html").is_file():
        for path in page.rglob("*"):
            if path.is_file():
                linked(path, folder / "auditor" / path.relative_to(page))
    return count


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else ROOT / "build" / "book"
    print(f"{target / 'index.html'}: {build(target, ROOT / 'build')} pages and their API; open it in a browser")
