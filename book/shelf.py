"""What all pages of the book draw on: the collection's figures, claims, sources and tables, and links to them."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from words import relinked

from parallelrun.audit import audit
from parallelrun.audit.trace import Collection
from parallelrun.data import tables
from parallelrun.study import catalogue


class Shelf:
    """The collection, read once.

    Parameters
    ----------
    root : Path
        The collection.
    stories : list of dict
        As `parallelrun.study.stories.computed` gives them.
    auditor : bool
        Whether the page on which a text is audited was built, so that it can be linked.
    """

    def __init__(self, root: Path, stories: list[dict[str, Any]], *, auditor: bool) -> None:
        self.root, self.stories, self.auditor = root, stories, auditor
        self.entries = catalogue.read(root / "figures")
        self.collection = Collection()
        self.claims = audit.as_json(self.collection.audit)
        self.sources = {row["source"]: row for row in self.collection.tables.rows("sources")}
        self.articles = list(dict.fromkeys(claim["source"] for claim in self.claims))
        self.schema = tables.tables()
        self.shown = {
            **{f"notebooks/{stem}.ipynb": f"notebooks/{stem}" for stem in self.entries},
            **{f"docs/{path.name}": f"guide/{path.stem}" for path in sorted((root / "docs").glob("*.md"))},
            **{f"{name.upper()}.md": f"guide/{name}" for name in ("reproducing", "contributing", "changelog")},
            "docs/architecture.md": "architecture",
            "data/README.md": "data",
            "figures/index.md": "gallery/index",
        }
        self.files = {
            path.relative_to(root).as_posix()
            for pattern in ("figures/**/*", "data/**/*", "docs/*/*", "scenarios/*.yml", "notebooks/*.ipynb")
            for path in root.glob(pattern)
            if path.is_file()
        } | {"CITATION.cff", "LICENSE", "LICENSE-DATA"}

    def copied(self, path: str, page: str) -> str:
        """Return a Markdown page of the collection, its links fitted."""
        return relinked((self.root / path).read_text(encoding="utf-8"), path, page, self.shown, self.files)

    def picture(self, name: str, way: str, alt: str) -> str:
        """Return a figure's picture, its size known before it is loaded."""
        head = (self.root / "figures" / f"{name}.svg").read_text(encoding="utf-8")[:2000]
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
        size = f' width="{float(found[1]):.0f}" height="{float(found[2]):.0f}"' if found else ""
        return f'<img src="{way}figures/{name}.svg" alt="{escape(alt)}"{size} loading="lazy">'

    def thumbnail(self, name: str, way: str) -> str:
        """Return a figure as a card that leads to its place in the gallery."""
        stem, _, figure = name.partition("/")
        entry = self.collection.figures[name]
        return (
            f'<a class="thumb" href="{way}gallery/{stem}.html#{figure}" data-theme="{stem}">'
            f"{self.picture(name, way, '')}<span>{escape(entry['title'])}</span></a>"
        )

    def row(self, row: dict[str, Any]) -> str:
        """Return a curated row as one line with a link to its table."""
        place = f"{row['locator'] or 'no locator'}; {row['as_of'] or 'undated'}"
        told = f"line {row['line']}: {row['figure'] or 'words'}; {place}"
        return f'<a href="../data/{row["table"]}.csv" download>{escape(row["table"])}</a>, {escape(told)}'

    def cited(self, key: str) -> str:
        """Return a source as a link to the list of sources."""
        source = self.sources[key]
        return f'<a href="../sources.html#{key}">{escape(source["label"])}</a> ({escape(source["evidence"])})'

    def figure_link(self, told: str, way: str) -> str:
        """Return a figure of a chain as a link; what it draws stands behind it."""
        name, _, rest = told.partition(" ")
        stem, _, figure = name.partition("/")
        title = self.collection.figures[name]["title"]
        return f'<a href="{way}gallery/{stem}.html#{figure}">{escape(title)}</a> {escape(rest)}'
