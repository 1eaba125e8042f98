"""The pages of figures: all of them small, and a card for each."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from docutils.nodes import make_id
from shelf import Shelf
from words import Page, details, downloads, listing, named, number, plain, raw, slug, table, toctree


def gallery(shelf: Shelf) -> Iterator[Page]:
    """Yield a page of all figures, small, and one a notebook with a card for each."""
    every = "".join(shelf.thumbnail(name, "../") for name in shelf.collection.figures)
    options = "".join(f'<option value="{stem}">{escape(named(stem))}</option>' for stem in shelf.entries)
    yield (
        "gallery/index.md",
        "\n".join(
            [
                "# Figures\n",
                f"All {len(shelf.collection.figures)} figures. Each has a card: caption, files, how it was made.\n",
                raw(
                    '<form class="filters" role="search">'
                    '<label>Search <input type="search" data-thumbs="words"></label>'
                    '<label>Theme <select data-thumbs="theme"><option value="">all</option>'
                    f"{options}</select></label></form>"
                    f'<p class="count" role="status" aria-live="polite">{len(shelf.collection.figures)} figures</p>'
                    f'<div class="thumbs">{every}</div>'
                ),
                toctree(*shelf.entries),
            ]
        ),
    )
    for stem, entry in shelf.entries.items():
        lines = [
            f"# Figures: {plain(named(stem))}\n",
            f"From [{plain(entry['title'])}](here:../notebooks/{stem}.html).\n",
        ]
        for figure in entry["figures"]:
            lines += [f"## {plain(figure['title'])}\n", raw(card(shelf, stem, figure))]
        yield f"gallery/{stem}.md", "\n".join(lines)


def card(shelf: Shelf, stem: str, figure: dict[str, Any]) -> str:
    """Return a figure with caption, words, files, and how it was made."""
    name = f"{stem}/{figure['name']}"
    chain = shelf.collection.trace(name)
    made = figure["provenance"]
    inputs = (
        f'<a href="../data.html#{slug(one)}">{escape(one)}</a>: {len(shelf.collection.tables.rows(one))} rows, '
        f"sha256 <code>{digest[:16]}</code>"
        for one, digest in made["inputs"].items()
    )
    moved = table(
        ("Parameter", "Value"),
        ((f"<code>{escape(key)}</code>", escape(number(value))) for key, value in made["parameters"].items()),
        f"Parameters of {figure['name']}",
    )
    how = (
        f'<h4>Cell</h4><p><a href="../notebooks/{stem}.html#{make_id(figure["heading"])}">'
        f"{escape(figure['heading'])}</a>, cell {figure['cell']} of {escape(stem)}.ipynb, version "
        f"{escape(made['version'])}{', simulated' if made['simulated'] else ''}</p>"
        + listing("Tables", inputs)
        + listing("Rows that it draws", map(shelf.row, chain.rows))
        + listing("Claims that it draws", map(escape, chain.claims))
        + listing("Sources", (shelf.cited(one["source"]) for one in chain.sources))
        + f"<h4>Parameters</h4>{moved}"
        + listing("Digests (sha256)", (f"{k.upper()}: <code>{d}</code>" for k, d in figure["files"].items()), "digests")
    )
    picture, alt = shelf.picture(name, "../", figure["alt"]), escape(figure["alt"])
    return (
        f'<figure class="plot" id="{figure["name"]}">{picture}<figcaption>{escape(figure["caption"])} '
        f"{escape(figure['source_line'])}<br>{downloads(f'../figures/{name}')}</figcaption></figure>"
        + details(f"In words: {figure['name']}", f"<p>{alt}</p>")
        + details(f"How {figure['name']} was made", how)
    )
