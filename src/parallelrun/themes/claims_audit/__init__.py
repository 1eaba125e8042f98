"""Audit of the claims: every printed figure tested by its rounding, its neighbours, other articles, and other data."""

from __future__ import annotations

from parallelrun.study.parameters import Parameters as _Parameters
from parallelrun.study.parameters import parameter
from parallelrun.themes.claims_audit.ledger import (
    MEANINGS,
    Ledger,
    against,
    by_kind,
    clashes,
    consequential,
    contradictions,
    counts,
    due,
    first_flip,
    judge,
    paragraph,
    read,
    support,
    totals,
    unsettled,
    widened,
)
from parallelrun.themes.claims_audit.plots import (
    plot_consequential,
    plot_contradictions,
    plot_due,
    plot_heat_map,
    plot_ledger,
    plot_margins,
    plot_widening,
)

__all__ = [
    "MEANINGS",
    "Ledger",
    "Parameters",
    "against",
    "by_kind",
    "clashes",
    "consequential",
    "contradictions",
    "counts",
    "due",
    "first_flip",
    "judge",
    "paragraph",
    "plot_consequential",
    "plot_contradictions",
    "plot_due",
    "plot_heat_map",
    "plot_ledger",
    "plot_margins",
    "plot_widening",
    "read",
    "support",
    "totals",
    "unsettled",
    "widened",
]


class Parameters(_Parameters):
    """Parameters of the audit."""

    as_of: str = parameter("2026-11-22", unit="ISO date", help="Day of the audit: what lies after it is a forecast")
    widening: float = parameter(
        1.0, unit="ratio", help="Factor by which every printed interval is widened", ge=1.0, le=1000.0
    )
    most_widening: float = parameter(
        32.0, unit="ratio", help="Largest factor of the sensitivity to widening", ge=2.0, le=1000.0
    )
    steps: int = parameter(
        21, unit="factors", help="Factors tried up to the largest, evenly spaced in logarithm", ge=3, le=200
    )
    told: int = parameter(10, unit="claims", help="Failures that get a paragraph", ge=1, le=40)
