"""The README's gallery, written from the manifest, so that its words and numbers are those of the figures."""

from __future__ import annotations

import re
from html import escape

from parallelrun import catalogue, project
from parallelrun.errors import ParallelRunError

BLOCK = re.compile(r"(<!-- gallery: (?P<names>[^>]*?) -->\n).*?(<!-- end of gallery -->)", re.DOTALL)


def render(text: str) -> str:
    """Return a text with each gallery block filled.

    A block begins with ``<!-- gallery: stem/figure stem/figure -->`` and ends with ``<!-- end of gallery -->``; what
    stands between is replaced by the named figures, two in a row, with title and alt text.

    Raises
    ------
    ParallelRunError
        If a named figure is not in the manifest.
    """
    entries = catalogue.read(project.root() / "figures")
    known = {f"{stem}/{figure['name']}": figure for stem, entry in entries.items() for figure in entry["figures"]}

    def fill(block: re.Match[str]) -> str:
        names = block["names"].split()
        if missing := [name for name in names if name not in known]:
            raise ParallelRunError(f"the gallery names {', '.join(missing)}: figures/manifest.json has no such figure")
        rows = [names[i : i + 2] for i in range(0, len(names), 2)]
        lines = ["<table>"]
        for row in rows:
            lines.append("<tr>")
            for name in row:
                figure = known[name]
                lines.append(
                    f'<td width="50%" valign="top"><a href="figures/{name}.svg">'
                    f'<img src="figures/{name}.png" alt="{escape(figure["alt"])}"></a><br>'
                    f"{escape(figure['title'])}</td>"
                )
            lines.append("</tr>")
        return block[1] + "\n".join([*lines, "</table>"]) + "\n" + block[3]

    return BLOCK.sub(fill, text)


def write() -> None:
    """Fill the README's gallery, if it has one."""
    path = project.root() / "README.md"
    if path.is_file():
        old = path.read_text(encoding="utf-8")
        if (new := render(old)) != old:
            path.write_text(new, encoding="utf-8")
