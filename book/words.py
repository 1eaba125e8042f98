"""How the book writes: Markdown without surprises, pieces of HTML, and links that fit the page they stand on."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterable, Mapping
from html import escape

LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\n]*)\]\((?P<target>[^)\s]+)\)")
PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<target>[^)\s:]+)\)")
Page = tuple[str, str]
"""Name and text of a page."""

TITLES = {"figures/index.md": "figures", "data/README.md": "data dictionary"}
"""What a page is called where the collection's own text has its path."""

FORMATS = ("svg", "pdf", "png", "csv")


def plain(text: str) -> str:
    """Return a text in which Markdown finds nothing to do."""
    return re.sub(r"([\\`*_{}\[\]<>$|#~])", r"\\\1", text)


def up(page: str) -> str:
    """Return the way from a page to the book's folder: empty, or ``../``."""
    return "../" * page.count("/")


def raw(html: str) -> str:
    """Return HTML as a block of a MyST page."""
    return f"``````{{raw}} html\n{html}\n``````\n"


def relinked(text: str, at: str, page: str, pages: Mapping[str, str], files: Iterable[str]) -> str:
    """Return a Markdown text with its links, and its pictures of the collection's files, fitted to the book.

    Parameters
    ----------
    text : str
        The text.
    at : str
        Path of the text in the collection, from which its links lead.
    page : str
        Page of the book on which it stands.
    pages : mapping
        Pages of the book by the collection's path that they show.
    files : iterable of str
        Paths of the collection that can be downloaded from the book.
    """
    known = set(files)

    def fit(link: re.Match[str]) -> str:
        target, _, anchor = link["target"].partition("#")
        if not target or re.match(r"\w+:", target):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
        tail = f"#{anchor}" if anchor else ""
        if path in pages:
            text = plain(TITLES.get(path, path)) if link["text"] == path else link["text"]
            return f"[{text}](here:{up(page)}{pages[path]}.html{tail})"
        return f"[{link['text']}](here:{up(page)}{path})" if path in known else link["text"]

    def place(picture: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at), picture["target"]))
        return f'<img src="{up(page)}{path}" alt="{escape(picture["alt"])}">' if path in known else picture[0]

    return PICTURE.sub(place, LINK.sub(fit, text))


def number(value: float | int | str | None) -> str:
    """Return a number as it is read; a dash where there is none."""
    if isinstance(value, float | int) and 100_000 <= abs(value) < math.inf:
        return f"{value:,.0f}"
    return "–" if value is None else f"{value:,.6g}" if isinstance(value, float) else str(value)


def interval(ends: Mapping[str, float | str | None]) -> str:
    """Return an interval with its unit; empty where a claim has no figure."""
    if ends["low"] is None and ends["high"] is None:
        return ""
    unit = "" if ends["unit"] in ("date", "") else f" {ends['unit']}"
    same = ends["low"] == ends["high"]
    return (number(ends["low"]) if same else f"{number(ends['low'])} to {number(ends['high'])}") + unit


def badge(verdict: str) -> str:
    """Return a verdict as a word with a colour and a mark, never by colour alone."""
    return f'<span class="verdict {verdict}">{escape(verdict)}</span>'


def scroll(table: str, label: str) -> str:
    """Return a table that can be moved sideways, by keyboard too, where the page is narrower."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">{table}</div>'


def table(head: Iterable[str], rows: Iterable[Iterable[str]], label: str, kind: str = "") -> str:
    """Return a table of HTML cells that can be moved sideways."""
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    return scroll(
        f'<table class="table plain {kind}"><thead><tr>{top}</tr></thead><tbody>\n{body}\n</tbody></table>', label
    )


def details(summary: str, html: str) -> str:
    """Return HTML that is folded away under a line."""
    return f"<details><summary>{escape(summary)}</summary>\n{html}\n</details>"


def downloads(path: str, kinds: Iterable[str] = FORMATS) -> str:
    """Return links to the files of a figure, by its path without ending."""
    name = path.rpartition("/")[2]
    return " · ".join(
        f'<a href="{path}.{kind}" download aria-label="{name} as {kind.upper()}">{kind.upper()}</a>' for kind in kinds
    )


def listing(title: str, items: Iterable[str], kind: str = "") -> str:
    """Return a titled list of pieces of HTML; empty if there are none."""
    body = "".join(f"<li>{item}</li>" for item in items)
    return f'<h4>{escape(title)}</h4><ul class="{kind}">{body}</ul>' if body else ""


def toctree(*names: str, hidden: bool = True) -> str:
    """Return a list of pages below a page."""
    return "\n".join([":::{toctree}", ":hidden:" if hidden else ":maxdepth: 1", "", *names, ":::", ""])


def named(stem: str) -> str:
    """Return a stem as words."""
    return stem.replace("_", " ")


def slug(name: str) -> str:
    """Return the anchor of a table in the data dictionary."""
    return name.lower().replace("/", "")
