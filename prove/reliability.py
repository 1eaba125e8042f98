"""Write docs/reliability.md: each promise, how it is tested, and what the latest proofs found.

Run it with ``python -m prove.reliability`` after ``make prove``.
"""

from __future__ import annotations

from parallelrun import project
from prove import report

PROMISES = (
    (
        "Same inputs, same bytes: figures, results and notebooks do not depend on clock, place, language, user or load",
        "`tests/test_reproduction.py` rebuilds all under another clock, language, hash seed, home and processor; "
        "`prove/surroundings.py` in many more ways",
    ),
    (
        "Other versions of Python and of the libraries give the same numbers, and pictures that look the same",
        "`prove/versions.py`: plotted data and results within 1 in 1,000,000, pictures within a distance of 12 of 255",
    ),
    (
        "A number that is wrong in a table does not pass unseen",
        "`prove/data.py` changes cell by cell, and `prove/survivors.csv` says where and why a change may pass; "
        "`prove/consistency.py`, `tests/data` and `tests/audit` hold cells to each other and to their printed figures",
    ),
    (
        "Nothing partial is taken for good, and nothing is left behind",
        "`prove/faults.py` kills, fills disks, interrupts; `tests/test_prove.py` does so once in each `make test`",
    ),
    (
        "What comes in from elsewhere is shown and judged, never run",
        "`prove/hostile.py` and its sample in `tests/test_prove.py`; see [threats.md](threats.md)",
    ),
    (
        "A figure shows what its data say: in full, on its axes, with its glyphs, traceable to rows and sources",
        "`tests/study`; `tests/themes`, on more, fewer and larger rows; `tests/audit/test_trace.py`",
    ),
    (
        "What is installed is what is locked",
        "`tests/test_environment.py`; pip refuses a package whose hash is another",
    ),
)


def page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Reliability",
        "",
        "What the collection promises, and how each promise is put to the test. `make test` tries a sample each time,",
        "`make prove` the whole; this page is written from its findings by `python -m prove.reliability`.",
        "",
        "| Promise | How it is tested |",
        "| --- | --- |",
        *(f"| {promise} | {how} |" for promise, how in PROMISES),
        "",
    ]
    return "\n".join(lines) + "\n" + report.written()


if __name__ == "__main__":
    (project.root() / "docs" / "reliability.md").write_text(page().rstrip() + "\n", encoding="utf-8")
