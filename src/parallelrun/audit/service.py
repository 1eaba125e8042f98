"""The audit over texts instead of files, for the page in the browser and whoever else has no disk.

Each function takes and returns text; the JSON has sorted keys and no spaces, so that two Pythons that agree give the
same bytes.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from parallelrun.audit import audit, drafting
from parallelrun.errors import InputError, ParallelRunError

RATINGS = {
    "holds": 5,
    "misattributed": 3,
    "contested": 3,
    "forecast": 3,
    "unverifiable": 3,
    "inconsistent": 2,
    "fails": 1,
}
"""ClaimReview's numbers from 1 (worst) to 5; what is not decided stands in the middle and says why in words."""


def draft(text: str, source: str, as_of: str = "") -> str:
    """Return a draft (see `drafting.draft`) as JSON: ``files``, ``summary``; or ``error``."""
    try:
        made = drafting.draft(text, source, date.fromisoformat(as_of) if as_of else None)
    except (ParallelRunError, ValueError) as error:
        return _json({"error": str(error)})
    return _json({"files": made.files, "summary": made.summary})


def judge(claims: str, checks: str, as_of: str) -> str:
    """Judge claims and checks.

    Parameters
    ----------
    claims, checks : str
        The content of the two CSV files; both empty for the collection's own.
    as_of : str
        ISO date of the audit; empty for the day on which the collection's sources were last read.

    Returns
    -------
    str
        JSON with ``verdicts`` (see `audit.as_json`), ``counts`` and ``report``; or ``error``, with the line and column.
    """
    try:
        day = date.fromisoformat(as_of) if as_of else None
        with tempfile.TemporaryDirectory() as folder:
            paths = {"claims": None, "checks": None} if not claims and not checks else _files(folder, claims, checks)
            try:
                done = audit.run(paths["claims"], paths["checks"], day)
            except ParallelRunError as error:
                return _json({"error": str(error).replace(f"{folder}/", "")})
    except ValueError as error:
        return _json({"error": f"the day of the audit: {error}"})
    verdicts = audit.as_json(done)
    return _json({"verdicts": verdicts, "counts": done.counts(), "report": audit.report(done)})


def claim_reviews(verdicts: str, author: str = "parallel-run") -> str:
    """Return what `judge` returned as schema.org ClaimReviews in JSON-LD, one object a claim.

    Raises
    ------
    InputError
        If nothing was judged: with the errors that `judge` returned.
    """
    judged = json.loads(verdicts)
    if "error" in judged:
        raise InputError(judged["error"])
    reviews = [
        {
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "claimReviewed": _words(one),
            "author": {"@type": "Organization", "name": author},
            "datePublished": one["as_of"],
            "itemReviewed": {
                "@type": "Claim",
                "name": one["id"],
                "appearance": {"@type": "CreativeWork", "name": one["source"]},
            },
            "reviewRating": {
                "@type": "Rating",
                "ratingValue": RATINGS.get(one["verdict"], 3),
                "bestRating": 5,
                "worstRating": 1,
                "alternateName": one["verdict"],
                "ratingExplanation": one["reason"],
            },
        }
        for one in judged["verdicts"]
    ]
    return _json(reviews)


def _words(one: dict[str, Any]) -> str:
    printed = one["published"]["text"]
    return f"{one['statement']} [{printed}]" if printed else one["statement"]


def _files(folder: str, claims: str, checks: str) -> dict[str, Path | None]:
    paths: dict[str, Path | None] = {}
    for name, content in (("claims", claims), ("checks", checks)):
        path = Path(folder) / f"{name}.csv"
        path.write_text(content, encoding="utf-8", newline="")
        paths[name] = path
    return paths


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
