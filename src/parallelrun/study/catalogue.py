"""What was built: manifest.json, the figures' chain for machines, and index.md, the figures for readers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from parallelrun import digests, folders, ipynb, project

Entry = dict[str, Any]


def describe(stem: str, executed: Path, folder: Path) -> Entry:
    """Return a notebook's entry in the manifest, from its executed form and the files that it wrote.

    Parameters
    ----------
    stem : str
        The notebook's stem.
    executed : Path
        The executed notebook; its outputs say which cell made which figure.
    folder : Path
        The folder with the notebook's figures and ``results.json``.
    """
    notebook = ipynb.read(executed)
    headings = ipynb.headings(notebook)
    entries: list[Entry] = []
    tables: dict[str, str] = {}
    for index, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            noted = output.get("metadata", {}).get("parallelrun", {})
            tables |= noted.get("tables", {})
            if figure := noted.get("figure"):
                tables |= figure["provenance"]["inputs"]
                files = {p.suffix[1:]: digests.of_path(p) for p in sorted(folder.glob(f"{figure['name']}.*"))}
                entries.append(figure | {"heading": headings[index], "cell": index + 1, "files": files})
    results = folder / "results.json"
    return {
        "title": ipynb.title(notebook, stem),
        "notebook": f"notebooks/{stem}.ipynb",
        "code": hashlib.sha256(ipynb.code_digest_text(notebook).encode()).hexdigest(),
        "tables": dict(sorted(tables.items())),
        "figures": entries,
        "results": digests.of_path(results) if results.is_file() else None,
    }


def read(figures: Path) -> dict[str, Entry]:
    """Return the manifest's entries by stem; none if there is no manifest, or a torn one."""
    try:
        return json.loads((figures / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write(figures: Path, entries: dict[str, Entry]) -> None:
    """Write ``index.md`` and then, since it tells what is done, ``manifest.json`` for the given entries, by stem."""
    entries = dict(sorted(entries.items()))
    manifest = {"project": "parallel-run", "version": project.package_version(), "notebooks": entries}
    folders.write(figures / "index.md", _index(entries))
    folders.write(figures / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


MARKUP = str.maketrans({"\\": r"\\", "<": "&lt;", "&": "&amp;", "[": r"\[", "]": r"\]", "\n": " ", "\r": " "})
"""Characters with which a text would become a link or a tag of a Markdown page, and what stands for them."""


def _index(entries: dict[str, Entry]) -> str:
    count = sum(len(entry["figures"]) for entry in entries.values())
    lines = [
        "# Figures",
        "",
        f"All {count} figures, by notebook, made by `make`. Each is there as SVG, PDF and PNG (300 dpi), "
        "with the plotted data as CSV; [manifest.json](manifest.json) holds inputs, parameters and digests.",
    ]
    for stem, entry in entries.items():
        lines += ["", f"## {entry['title'].translate(MARKUP)}", "", f"[{entry['notebook']}](../{entry['notebook']})"]
        if entry["results"]:
            lines[-1] += f" · [results]({stem}/results.json)"
        for figure in entry["figures"]:
            path = f"{stem}/{figure['name']}"
            words = ("title", "alt", "caption", "source_line", "heading")
            title, alt, caption, source_line, heading = (figure[word].translate(MARKUP) for word in words)
            links = " · ".join(f"[{kind.upper()}]({path}.{kind})" for kind in ("svg", "pdf", "png", "csv"))
            lines += [
                "",
                f"### {title}",
                "",
                f"![{alt}]({path}.png)",
                "",
                f"{caption} {source_line}",
                "",
                f"{links} · from “{heading}”, cell {figure['cell']}",
            ]
    return "\n".join(lines) + "\n"
