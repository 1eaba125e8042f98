"""A figure's words as they go into a document: LaTeX, Typst, Markdown, Word, and the BibTeX of its sources."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from parallelrun.data import tables
from parallelrun.export.redraw import Drawn

SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "×": r"$\times$", "≥": r"$\geq$", "≤": r"$\leq$",
    "²": r"\textsuperscript{2}", "→": r"$\to$", "τ": r"$\tau$", "σ": r"$\sigma$", "≈": r"$\approx$", "\u202f": "~",
}  # fmt: skip


def latex(words: str) -> str:
    """Return words with what LaTeX would take for a command written out."""
    return "".join(SPECIAL.get(letter, letter) for letter in words)


def caption(figure: dict[str, Any]) -> str:
    """Return the caption of a figure: what it shows, how it was made, and from what."""
    return f"{figure['title'].rstrip('.')}. {figure['caption']} {figure['source_line']}"


def sources_of(one: Drawn) -> list[str]:
    """Return the keys of a figure's sources: those of the plotted rows if they say, else of all rows of its tables."""
    plotted = pd.read_csv(one.file("csv"), dtype=str)
    if "source" in plotted:
        cited = {key for cell in plotted["source"].dropna() for key in cell.split("; ")}
    else:
        cited = set()
        for table in one.entry["provenance"]["inputs"]:
            frame = tables.load(table)
            cited |= set(frame["source"].dropna()) if "source" in frame and table != "sources" else set()
    return sorted(cited & set(tables.load("sources")["source"]))


def bibtex(keys: list[str]) -> str:
    """Return the sources as BibTeX entries."""
    rows = {row["source"]: row for row in tables.load("sources").astype(object).fillna("").to_dict("records")}
    entries = []
    for key in keys:
        row = {str(name): str(value) for name, value in rows[key].items()}
        day = {name: row[name][:10] for name in ("published", "accessed")}
        fields = {
            "author": f"{{{latex(row['publisher'])}}}",
            "title": f"{{{latex(row['title'])}}}",
            "year": day["published"][:4],
            "url": row["url"] if row["url"].startswith("http") else "",
            "note": f"{latex(row['kind'])}, {row['evidence']}; accessed {day['accessed']}",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        entries.append("\n".join([f"@misc{{{key},", *lines, "}"]))
    return "\n\n".join(entries) + "\n"


def in_latex(one: Drawn, width: float, keys: list[str]) -> str:
    """Return a LaTeX float; needs ``graphicx``."""
    figure = one.entry
    return "\n".join(
        [
            r"\begin{figure}",
            r"  \centering",
            rf"  \includegraphics[width={width:g}mm,alt={{{latex(figure['alt'])}}}]"
            f"{{{one.file('pdf', 'eps', 'png').name}}}",
            rf"  \caption{{{latex(caption(figure))}}}",
            rf"  \label{{fig:{figure['name']}}}",
            r"\end{figure}",
            *([rf"% its sources, in sources.bib: \cite{{{','.join(keys)}}}"] if keys else []),
            "",
        ]
    )


def in_typst(one: Drawn, width: float, keys: list[str]) -> str:
    """Return a Typst figure."""
    figure = one.entry
    return "\n".join(
        [
            "#figure(",
            f"  image({_quoted(one.file('svg', 'pdf', 'png').name)}, width: {width:g}mm,",
            f"    alt: {_quoted(figure['alt'])}),",
            f"  caption: {_quoted(caption(figure))},",
            f") <{figure['name']}>",
            *([f"// its sources, in sources.bib: {' '.join('@' + key for key in keys)}"] if keys else []),
            "",
        ]
    )


def _quoted(words: str) -> str:
    """Return words as a string of Typst."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def in_markdown(one: Drawn, width: float) -> str:
    """Return a picture with its caption in Markdown; the width is in Pandoc's form."""
    alt = re.sub(r"([\[\]])", r"\\\1", one.entry["alt"])
    return f"![{alt}]({one.file('svg', 'png', 'pdf').name}){{width={width:g}mm}}\n\n{caption(one.entry)}\n"


def in_word(figures: list[Drawn], width: float, out: Path) -> None:
    """Write a Word document with pictures, their alternative texts and captions, to copy from."""
    from docx import Document
    from docx.shared import Mm

    document = Document()
    for one in figures:
        document.add_picture(str(one.file("png")), width=Mm(width))
        described = document.inline_shapes[-1]._inline.docPr
        described.set("descr", one.entry["alt"])
        described.set("name", one.entry["name"])
        document.add_paragraph(caption(one.entry), style="Caption")
    save_word(document, out)


def save_word(document: Any, out: Path) -> None:
    """Write a Word document, with the same bytes on any day."""
    written, fixed = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    out.write_bytes(fixed.getvalue())


def described(one: Drawn, keys: list[str]) -> str:
    """Return all that is known of a figure as JSON, for a program that sets a document."""
    return json.dumps(one.entry | {"notebook": one.stem, "sources": keys}, indent=1, ensure_ascii=False) + "\n"
