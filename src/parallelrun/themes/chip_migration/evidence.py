"""What the articles say beside what the evidence says, as a table of words and numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import traced

BINS = {
    "printed in the article": "the printed figure",
    "950pr-card": "the card",
    "950pr-server": "the server bin",
    "950pr-roadmap": "the plan",
}


def times(estimate: Estimate) -> str:
    """Return a ratio in words: ``2.55× (2.55 to 2.56)``."""
    low, high = estimate.ends
    return f"{estimate.value:.2f}× ({low:.2f} to {high:.2f})"


@traced
def pairing_words(table: pd.DataFrame) -> str:
    """Return the pairings that meet the claim in words, or that none does."""
    held = table[table["holds"].astype(bool)]
    if held.empty:
        return "none"
    return "; ".join(
        f"{row.numerator} of {BINS[str(row.bin)]} ({row.engine} units) over {'sparse' if row.sparse else 'dense'} "
        f"{row.denominator} of the H20"
        for row in held.itertuples()
    )


@traced
def evidence_table(said: Mapping[str, Estimate | str], found: Mapping[str, Estimate], words: str) -> pd.DataFrame:
    """Return the closing table: claim, what the article says, what the evidence says, how far apart, what is open.

    Parameters
    ----------
    said : mapping
        What the article says, by claim of the inventory.
    found : mapping of Estimate
        What was computed, by name of the result.
    words : str
        The pairings that meet the claimed multiple.
    """
    f = found
    orders, planned = said["A61"], f["planned_shipments"].value or 0.0
    inside = isinstance(orders, Estimate) and orders.ends[0] <= planned <= orders.ends[1]
    place = "inside" if inside else "outside"
    apart = _value(said["A64"]) - (f["nvidia_share_units"].value or 0.0)
    rows = [
        ("A56", "all units at FP4, as rated for the card", "none", "measured rates on real work"),
        (
            "A57",
            f"FP4 has no H20 rate; over its FP8 {times(f['ratio_fp4_over_fp8'])}; like for like at FP8 "
            f"{times(f['ratio_fp8'])}; met by: {words}",
            f"{100 * ((f['ratio_fp8'].value or 0) / _value(said['A57']) - 1):+.0f} % at FP8".replace("+", "plus "),
            "what the maker meant; whether vector units help matrix work",
        ),
        (
            "A58",
            f"{times(f['ratio_memory'])} the H20’s, at {times(f['ratio_bandwidth'])} its bandwidth",
            "none",
            "whether GB or GiB is meant",
        ),
        ("A59", "at most, against the H20, in the launch report", "a top figure, not a mean", "workload and settings"),
        (
            "A60",
            f"leaves {f['porting_effort']:,.0f}, most of it integration and test",
            "no source to compare with",
            "what is counted; speed of code that compiles",
        ),
        (
            "A61",
            f"{f['planned_shipments'].value:,.0f} chips planned for the year, {place} the range",
            "none",
            "orders are not deliveries",
        ),
        ("A62", "no second source", "cannot tell", "both prices"),
        ("A63", "no origin found", "cannot tell", "how training is counted"),
        (
            "A64",
            f"in China in 2025: {f['nvidia_share_units']:.3g} of units",
            f"{abs(apart):.0f} points {'lower' if apart > 0 else 'higher'}, other market and year",
            "the world’s share by value",
        ),
        ("A65, A66", "no measurement found", "cannot tell", "whether training or only serving ran on the chip"),
        (
            "D12, D13",
            f"two points fit any ceiling; equal shares {f['parity_linear']:.2g} (linear) or "
            f"{f['parity_logit']:.2g} (logit) after the second",
            "no other world series found",
            "origin of all four numbers",
        ),
    ]
    columns = ["claim", "what the evidence says", "how far apart", "what is open"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(1, "what the article says", [_text(said[claim]) for claim in frame["claim"]])
    return frame


def _value(thing: Estimate | str) -> float:
    return (thing.value or 0.0) if isinstance(thing, Estimate) else 0.0


def _text(thing: Estimate | str) -> str:
    return f"{thing:,.4g}" if isinstance(thing, Estimate) else thing
