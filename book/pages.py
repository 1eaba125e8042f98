"""The pages of the book, each from what the collection holds: nothing that it finds is typed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import claims
import essays
import gallery
from docutils.nodes import make_id
from shelf import Shelf
from words import Page, badge, named, plain, raw, relinked, slug, table, toctree

from parallelrun import ipynb
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.runs import readme


def pages(shelf: Shelf) -> Iterator[Page]:
    """Yield name and text of each page."""
    yield "index.md", home(shelf)
    yield from essays.notebooks(shelf)
    yield "ledger.md", claims.ledger(shelf)
    yield from claims.readers(shelf)
    yield "explore.md", essays.explore(shelf)
    yield from gallery.gallery(shelf)
    yield from guide(shelf)
    yield "data.md", shelf.copied("data/README.md", "data").replace("# Codebook", "# Data dictionary", 1)
    yield "sources.md", source_list(shelf)
    yield "methods.md", methods(shelf)
    yield "architecture.md", shelf.copied("docs/architecture.md", "architecture")
    yield from reference(shelf)


def home(shelf: Shelf) -> str:
    """Return the first page: what it is, what it finds, and where to go."""
    text = (shelf.root / "README.md").read_text(encoding="utf-8")
    opening = text.partition("\n## ")[0]
    blocks = {match["kind"]: match for match in readme.BLOCK.finditer(text)}
    findings = readme.render(blocks["findings"][0])
    counts = shelf.collection.audit.counts()
    tally = "".join(f"<li><b>{counts[v]}</b> {badge(v)}</li>" for v in VERDICTS if counts[v])
    cards = "".join(shelf.thumbnail(name, "") for name in blocks["gallery"]["names"].split())
    return "\n".join(
        [
            relinked(opening, "README.md", "index", shelf.shown, shelf.files),
            "\n## What the claims come to\n",
            f"{len(shelf.claims)} claims of the articles, judged as of {shelf.collection.audit.as_of} by "
            f"computations that anyone can read and change: [the ledger](ledger.md).\n",
            raw(f'<ul class="tally">{tally}</ul>'),
            "## What it finds\n",
            relinked(findings, "README.md", "index", shelf.shown, shelf.files),
            "\nEach number with its interval where it has one; where it comes from stands in its notebook.\n",
            raw(f'<div class="thumbs">{cards}</div>'),
            "Move the parameters on which a story hangs: [what if?](explore.md)\n",
            toctree(
                "notebooks/index", "ledger", "articles/index", "explore", "gallery/index", "guide/index",
                "reference/index",
            ),
        ]
    )  # fmt: skip


def guide(shelf: Shelf) -> Iterator[Page]:
    """Yield the guide: the collection's own pages."""
    names = {path: page for path, page in shelf.shown.items() if page.startswith("guide/")}
    for path, page in names.items():
        yield f"{page}.md", shelf.copied(path, page)
    audited = (
        "[Audit a text in the browser](here:../auditor/index.html): nothing leaves your machine.\n"
        if shelf.auditor
        else ""
    )
    yield (
        "guide/index.md",
        "\n".join(
            [
                "# Guide\n",
                audited,
                toctree(*(page.removeprefix("guide/") for page in names.values()), hidden=False),
            ]
        ),
    )


def source_list(shelf: Shelf) -> str:
    """Return the list of all sources with the tables that cite them."""
    used: dict[str, list[str]] = {}
    for name in shelf.schema:
        for row in shelf.collection.tables.rows(name) if name != "sources" else []:
            if (key := row.get("source")) and name not in used.setdefault(key, []):
                used[key].append(name)
    rows = (
        (
            f'<span id="{key}"></span>{escape(row["label"])}',
            (
                f'<a href="{escape(row["url"])}" rel="noreferrer">{escape(row["title"])}</a>'
                if row["url"]
                else escape(row["title"])
            )
            + (f", {escape(row['publisher'])}" if row["publisher"] else ""),
            escape(f"{row['kind']}, {row['evidence']}"),
            escape(row["published"] or "undated"),
            escape(row["accessed"]),
            escape(row["licence"] or "not stated"),
            escape(row["note"]),
            ", ".join(f'<a href="data.html#{slug(one)}">{one}</a>' for one in used.get(key, [])),
        )
        for key, row in shelf.sources.items()
    )
    head = ("Label", "Title and publisher", "Kind", "Published", "Read", "Licence", "Note", "Tables that cite it")
    return "\n".join(
        [
            "# Sources\n",
            f"All {len(shelf.sources)} origins of rows: [sources.csv](here:data/sources.csv).\n",
            raw(table(head, rows, "Sources", "sources")),
        ]
    )


def methods(shelf: Shelf) -> str:
    """Return methods and limits, the latter from the notebooks themselves."""
    lines = [(Path(__file__).parent / "methods.md").read_text(encoding="utf-8")]
    lines.append("\n## Questions and methods, by notebook\n")
    open_ends = ["\n## What stays open\n"]
    for stem, entry in shelf.entries.items():
        cells = ipynb.read(shelf.root / entry["notebook"])["cells"]
        text = "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
        asked = re.findall(r"^## (.+\?)$", text, re.MULTILINE)
        lines.append(f"**[{plain(entry['title'])}](notebooks/{stem}.ipynb)**\n")
        lines += [f"- [{plain(one)}](here:notebooks/{stem}.html#{make_id(one)})" for one in asked] + [""]
        if found := re.search(r"^## What stays open\n(.+?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
            left = relinked(found[1].strip(), f"notebooks/{stem}.ipynb", "methods", shelf.shown, shelf.files)
            open_ends += [f"### {plain(named(stem))}\n", left + "\n"]
    return "\n".join([*lines, *open_ends])


def reference(shelf: Shelf) -> Iterator[Page]:
    """Yield the API, a page a room and a theme, and the list of what can be looked up."""
    package = shelf.root / "src" / "parallelrun"
    rooms = {"ground": sorted(p for p in package.glob("*.py") if p.stem not in ("__init__", "cli"))}
    inner = (path.parent for path in sorted(package.rglob("__init__.py")))
    packages = [folder for folder in inner if folder not in (package, package / "themes")]
    rooms |= {".".join(folder.relative_to(package).parts): sorted(folder.glob("*.py")) for folder in packages}
    for room, paths in rooms.items():
        lines = [f"# {room.rpartition('.')[2]}\n"]
        for path in paths:
            parts = path.relative_to(package.parent).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            options = "   :members:\n"
            lines += [f"## {plain(module)}\n", f"```{{eval-rst}}\n.. automodule:: {module}\n{options}```\n"]
        yield f"api/{room.replace('.', '-')}.md", "\n".join(lines)
    names = [room.replace(".", "-") for room in rooms]
    yield (
        "api/index.md",
        "\n".join(["# API\n", "The package `parallelrun`, room by room.\n", toctree(*names, hidden=False)]),
    )
    audited = (
        "\n[The audit in the browser](here:../auditor/index.html): judge a text of your own, offline.\n"
        if shelf.auditor
        else ""
    )
    yield (
        "reference/index.md",
        "\n".join(
            [
                "# Reference\n",
                toctree("/data", "/sources", "/methods", "/architecture", "/api/index", hidden=False),
                audited,
            ]
        ),
    )
