"""The notebooks as pages, with their stored outputs, and the stories that go with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from shelf import Shelf
from words import Page, downloads, plain, raw, relinked, scroll, toctree

from parallelrun import ipynb

LONG = 40
"""Characters from which a cell's text gets a column wide enough to read."""


def notebooks(shelf: Shelf) -> Iterator[Page]:
    """Yield each notebook as it was run, and a list of them."""
    lines = ["# Notebooks\n", "Each with its outputs as they were stored; nothing is run to show them.\n"]
    for stem, entry in shelf.entries.items():
        found = ipynb.read(shelf.root / entry["notebook"])
        yield f"notebooks/{stem}.ipynb", json.dumps(notebook(shelf, stem, found), ensure_ascii=False, indent=1)
        opening = re.search(
            r"What you will find\.\*\*\s*(.+?)(?=\n>\s*\n|\n>\s*\*\*|\Z)", found["cells"][0]["source"], re.S
        )
        told = re.sub(r"\s*\n>?\s*", " ", opening[1]) if opening else ""
        lines += [f"## [{plain(entry['title'])}]({stem}.ipynb)\n", told + "\n"]
    yield "notebooks/index.md", "\n".join([*lines, toctree(*shelf.entries)])


def notebook(shelf: Shelf, stem: str, notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook as a page: figures as files with caption and downloads, tables that scroll, stories."""
    page, own = f"notebooks/{stem}", f"notebooks/{stem}.ipynb"
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = relinked(cell["source"], own, page, shelf.shown, shelf.files)
        for output in cell.get("outputs", []):
            fit(shelf, stem, output)
        if cell["source"].startswith("## What we found"):
            told = [one for one in shelf.stories if one["stem"] == stem]
            cells += [_markdown("## What if?\n\n" + raw(story_html(one))) for one in told[:1]]
            cells += [_markdown(raw(story_html(one))) for one in told[1:]]
        cells.append(cell)
    links = (
        f'<p class="links"><a href="../{own}" download>This notebook</a> · '
        f'<a href="../figures/{stem}/results.json" download>its results</a> · '
        f'<a href="../gallery/{stem}.html">its figures</a> · '
        f'<a href="../ledger.html?theme={stem}">claims on this theme</a></p>'
    )
    cells.insert(1, _markdown(raw(links)))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place + 1:02d}"
    notebook["cells"] = cells
    return notebook


def fit(shelf: Shelf, stem: str, output: dict[str, Any]) -> None:
    """Make an output fit for a page."""
    data = output.get("data", {})
    figure = output.get("metadata", {}).get("parallelrun", {}).get("figure")
    if figure:
        name, way = f"{stem}/{figure['name']}", "../"
        html = (
            f'<figure class="plot"><a href="{way}figures/{name}.svg" aria-label="{escape(figure["title"])}, as a '
            f'file">{shelf.picture(name, way, figure["alt"])}</a><figcaption>{escape(figure["caption"])} '
            f"{escape(figure['source_line'])}<br>{downloads(f'{way}figures/{name}')} · "
            f'<a href="{way}gallery/{stem}.html#{figure["name"]}">how it was made</a></figcaption></figure>'
        )
        output["data"], output["metadata"] = {"text/html": html}, {}
    elif "text/html" in data:
        html = "".join(data["text/html"])
        title = re.search(r"<b>(.*?)</b>", html)
        html = re.sub(rf"<td>(?=[^<]{{{LONG},}}</td>)", '<td class="long">', html)
        output["data"] = {"text/html": scroll(html, title[1] if title else "table")}


def explore(shelf: Shelf) -> str:
    """Return the page of all stories."""
    return "\n".join(
        [
            "# What if?\n",
            "Each chart was computed by its notebook's own models when this book was made, at every value that its "
            "sliders reach; at the defaults it gives the number that the notebook records. In JupyterLab the same is "
            "computed live, for any notebook with a story:\n",
            '```python\nfrom parallelrun.study.explore import explore\n\nexplore("token_economics")\n```\n',
            *(raw(story_html(one)) for one in shelf.stories),
        ]
    )


def story_html(story: dict[str, Any]) -> str:
    """Return a story for the page's script, with what it says at the defaults for readers without one."""
    data = json.dumps(story, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        f'<section class="story" data-story="{story["name"]}"><h3>{escape(story["question"])}</h3>'
        f"<p>{escape(story['method'])}</p>"
        f'<script type="application/json">{data}</script>'
        "<noscript><p>The sliders need JavaScript.</p></noscript></section>"
    )


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}
