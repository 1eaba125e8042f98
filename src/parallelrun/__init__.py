"""parallel-run: what four articles say about the Stanford AI Index 2026, re-derived, tested and drawn.

A notebook imports all that it needs from here: `Study` (one run of a notebook), `Estimate` (a number with its interval
and unit), `pick` (one from a table's row), `canvas` and `Plot` (a figure and its words). Each is loaded when first
asked for, so that the command line starts without the plotting libraries.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parallelrun.study.canvas import canvas as canvas
    from parallelrun.study.estimates import Estimate as Estimate
    from parallelrun.study.estimates import pick as pick
    from parallelrun.study.figures import Plot as Plot
    from parallelrun.study.study import Study as Study

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
"""jsonschema compiles this grammar of internationalised addresses (2 s) on import, for a format no notebook has."""

_HOMES = {"Study": "study", "Estimate": "estimates", "pick": "estimates", "Plot": "figures", "canvas": "canvas"}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"parallelrun.study.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
