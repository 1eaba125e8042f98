"""The README's gallery, findings and badge, written from what is there, so that no number in it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from parallelrun import project
from parallelrun.errors import ParallelRunError
from parallelrun.study import catalogue, results
from parallelrun.study.estimates import pick

BLOCK = re.compile(
    r"(?P<open><!-- (?P<kind>gallery|findings|badge): (?P<names>[^>]*?) -->\n).*?(?P<close><!-- end of (?P=kind) -->)",
    re.DOTALL,
)

BINDER = {"github.com": "gh", "gitlab.com": "gl"}
"""Hosts of repositories by the name that Binder has for them; others go by their address (docs of BinderHub)."""

BADGE = "https://mybinder.org/badge_logo.svg"


def render(text: str) -> str:
    """Return a text with each block filled.

    ``<!-- gallery: stem/figure stem/figure -->`` up to ``<!-- end of gallery -->`` holds the named figures, two in a
    row, with title and alt text. ``<!-- findings: stem.result stem.result -->`` up to ``<!-- end of findings -->``
    holds a table of the named results, with interval and meaning. ``<!-- badge: page -->`` to ``<!-- end of badge -->``
    holds a badge that opens the page on Binder, if CITATION.cff says where the repository is.

    Raises
    ------
    ParallelRunError
        If a named figure or result does not exist.
    """
    fill: dict[str, Callable[[list[str]], str]] = {"gallery": _gallery, "findings": _findings, "badge": _badge}
    return BLOCK.sub(lambda block: block["open"] + fill[block["kind"]](block["names"].split()) + block["close"], text)


def _gallery(names: list[str]) -> str:
    entries = catalogue.read(project.root() / "figures")
    known = {f"{stem}/{figure['name']}": figure for stem, entry in entries.items() for figure in entry["figures"]}
    _refuse_unknown("gallery", names, known)
    lines = ["<table>"]
    for start in range(0, len(names), 2):
        lines.append("<tr>")
        for name in names[start : start + 2]:
            alt, title = escape(known[name]["alt"]), escape(known[name]["title"])
            lines.append(
                f'<td width="50%" valign="top"><a href="figures/{name}.svg">'
                f'<img src="figures/{name}.png" alt="{alt}"></a><br>{title}</td>'
            )
        lines.append("</tr>")
    return "\n".join([*lines, "</table>"]) + "\n"


def _findings(names: list[str]) -> str:
    frame = results.load(project.root() / "figures")
    known = {f"{row['notebook']}.{row['name']}": row for _, row in frame.iterrows()}
    _refuse_unknown("findings", names, known)
    lines = ["| What | Result | From |", "| --- | --- | --- |"]
    for name in names:
        row = known[name]
        estimate = pick(frame, notebook=row["notebook"], name=row["name"])
        meaning = row["meaning"][:1].upper() + row["meaning"][1:]
        lines.append(f"| {meaning} | {estimate} | [{row['notebook']}](notebooks/{row['notebook']}.ipynb) |")
    return "\n".join(lines) + "\n"


def _badge(pages: list[str]) -> str:
    from ruamel.yaml import YAML

    cff = YAML(typ="safe").load((project.root() / "CITATION.cff").read_text(encoding="utf-8"))
    (page,) = pages
    address = cff.get("repository-code", "").removesuffix("/").removesuffix(".git")
    if not address:
        return (
            "To open the seminar in a browser, nothing installed, write the address of your copy into CITATION.cff,\n"
            "as `repository-code`, and run `make accept`: a badge of Binder will stand here.\n"
        )
    host, _, path = address.partition("://")[2].partition("/")
    where = f"{BINDER[host]}/{path}" if host in BINDER else f"git/{quote(address, safe='')}"
    return f"[![Open the seminar on Binder]({BADGE})](https://mybinder.org/v2/{where}/HEAD?urlpath=lab/tree/{page})\n"


def _refuse_unknown(kind: str, names: list[str], known: dict) -> None:
    if missing := [name for name in names if name not in known]:
        raise ParallelRunError(f"README.md, {kind}: figures/ has no {', '.join(missing)}; name what is in it")


def write() -> None:
    """Fill the README's blocks, if there is a README."""
    path = project.root() / "README.md"
    if path.is_file():
        old = path.read_text(encoding="utf-8")
        if (new := render(old)) != old:
            path.write_text(new, encoding="utf-8")
