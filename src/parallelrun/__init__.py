"""parallel-run: what four articles say about the Stanford AI Index 2026, re-derived, tested and drawn.

Notebooks use `Study` (one run of a notebook) and `Estimate` (a number with its interval); both are imported
when first asked for, so that the command line starts without the plotting libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parallelrun.results import Estimate as Estimate
    from parallelrun.study import Study as Study

__all__ = ["Estimate", "Study"]


def __getattr__(name: str) -> Any:
    if name == "Study":
        from parallelrun.study import Study

        return Study
    if name == "Estimate":
        from parallelrun.results import Estimate

        return Estimate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
