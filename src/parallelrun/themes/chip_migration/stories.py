"""Where a parameter changes the story of chips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parallelrun.study.estimates import Estimate
from parallelrun.study.stories import Compute, Series, Story
from parallelrun.themes.chip_migration import Parameters, serving

BATCHES = sorted({round(2 ** (step / 2)) for step in range(19)})
"""Sequences: two steps to a doubling."""


def _roofline(load: Callable[[str], Any]) -> Compute:
    specs, accelerators = load("chip_migration/accelerator_specs"), load("chip_migration/accelerators")

    def at(p: Parameters) -> Series:
        served = serving.Serving.of(p)
        chips = [serving.chip(specs, accelerators, key) for key in ("h20", p.ascend_bin)]
        holds = [p.batch <= float(serving.largest_batch(one, served, p.context)) for one in chips]
        ratio = serving.speed_ratio(specs, accelerators, p.ascend_bin, served, batch=p.batch, context=p.context)
        found: Series = {"decode speed, 950PR over H20": ratio if all(holds) else None}
        for one, held in zip(chips, holds, strict=True):
            rate = p.batch / float(serving.decode_seconds(one, served, p.batch, p.context))
            found[f"tokens of {one.name}"] = Estimate(rate, unit="tokens/s") if held else None
        return found

    return at


STORIES = (
    Story(
        "chip_migration",
        "roofline",
        "Which limit binds when tokens are made?",
        "How many times as fast the 950PR decodes a dense model as the H20 does, by the sequences decoded "
        "together and the tokens in the cache of each. Where memory's bandwidth binds, the ratio is that of "
        "bandwidths; where computing binds, it rises towards that of compute. The line ends where a cache no "
        "longer fits into memory. The band is what the rounding of specifications allows; at the line both are "
        "equally fast.",
        {
            "batch": tuple(float(batch) for batch in BATCHES),
            "context": tuple(float(2**power) for power in range(8, 16)),
        },
        _roofline,
        result="decode_speed_ratio",
        log=True,
        level=1.0,
    ),
)
