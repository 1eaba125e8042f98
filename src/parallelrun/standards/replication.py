"""`docs/replication.md`: the long tables that data editors ask for, from the manifest and the sources."""

from __future__ import annotations

from collections import Counter

from parallelrun.standards.identity import notebooks, sources

MOST = 12
"""Tables of a figure that are named; of more, it is said how many of each folder there are."""

PAGE = """# For replication

Written by `parallelrun standards`; do not edit by hand. How to run everything, and what it takes in time, memory and
disk, is in [REPRODUCING.md](../REPRODUCING.md).

## Figures, with program and place

Each figure is there as SVG, PDF and PNG, with the plotted data as CSV. All are written by `make`; the program is the
notebook named.

{figures}

## Numbers

{numbers}

## Randomness

Draws come from NumPy generators whose seeds are parameters, so that the same inputs give the same bytes. Other
notebooks draw nothing.

{seeds}

## Sources and rights

Facts and figures are taken from these, with the source and the place in it on every row; wording is not. The tables
themselves are under CC BY 4.0. Where no licence is stated, single figures are cited, and nothing is passed on whole.

{rights}
"""


def render() -> str:
    """Return the page."""
    every = notebooks()
    figures = [
        [f"[{f['name']}](../figures/{stem}/{f['name']}.svg)", _link(entry["notebook"], stem), f["heading"],
         str(f["cell"]), _tables(f["provenance"]["inputs"])]
        for stem, entry in every.items() for f in entry["figures"]
    ]  # fmt: skip
    numbers = [
        [f"[figures/{stem}/results.json](../figures/{stem}/results.json)", _link(entry["notebook"], stem)]
        for stem, entry in every.items()
        if entry["results"]
    ]
    return PAGE.format(
        figures=_table(["Figure", "Program", "Under the heading", "Cell", "Tables"], figures),
        numbers=_table(["File", "Program"], numbers),
        seeds=_table(["Notebook", "Parameter", "Default"], _seeds()),
        rights=_table(
            ["Source", "Publisher", "Evidence", "Licence", "Place"],
            [
                [row["label"], row["publisher"] or "not known", row["evidence"], row["licence"] or "not stated",
                 f"<{row['url']}>" if row["url"].startswith("http") else row["url"] or "see the note in sources.csv"]
                for row in sources()
            ],
        ),
    )  # fmt: skip


def _seeds() -> list[list[str]]:
    """Return notebook, parameter and default of what is random."""
    found = []
    for stem, entry in notebooks().items():
        given = entry["figures"][0]["provenance"]["parameters"] if entry["figures"] else {}
        for name in ("seed", "draws", "bootstrap_samples"):
            if name in given:
                found.append([stem, f"`{name}`", str(given[name])])
    return found


def _link(notebook: str, stem: str) -> str:
    return f"[{stem}](../{notebook})"


def _tables(inputs: list[str]) -> str:
    if len(inputs) <= MOST:
        return ", ".join(inputs)
    folders = Counter(name.partition("/")[0] if "/" in name else "the folder itself" for name in inputs)
    counts = ", ".join(f"{count} of {folder}" for folder, count in folders.items())
    return f"{len(inputs)} tables, named in [manifest.json](../figures/manifest.json): {counts}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
