"""Figures of the same model sold in both countries, and of the same exercises solved by different models."""

from __future__ import annotations

from typing import Any

import pandas as pd

from parallelrun import Estimate, Plot, canvas
from parallelrun.study.canvas import COUNTRY_COLOURS, COUNTRY_MARKERS, COUNTRY_NAMES, INK, OTHER, US
from parallelrun.study.counts import so_many
from parallelrun.study.drawing import BESIDE, label_points, log_axis, records, rows_axis, whiskers
from parallelrun.study.provenance import drawn
from parallelrun.themes.cost_structure import Parameters
from parallelrun.themes.cost_structure.plots_prices import label_front


@drawn
def same_model(ratios: pd.DataFrame, ratio: Estimate, p: Parameters) -> Plot:
    """Draw what US hosts charge for Chinese models over what the vendors charge (`sellers.same_model`)."""
    models = list(dict.fromkeys(ratios["model"]))
    figure, axes = canvas(2.8 + 0.45 * len(models))
    alike: Any = ratios.assign(at=ratios["value"].round(3)).groupby(["model", "at"], sort=False)
    for (model, _), rows in alike:
        row, y = rows.iloc[0], models.index(str(model))
        whiskers(axes, row["value"], row["low"], row["high"], y, color=US, markersize=3 + 2 * len(rows) ** 0.5)
    axes.axvline(1, color=INK, lw=0.8)
    rows_axis(axes, models)
    log_axis(axes.xaxis)
    several = alike["value"].agg(["first", "size"]).reset_index().query("size > 1")
    texts = [f"{count} hosts" for count in several["size"]]
    at = several["model"].map(models.index)
    label_points(axes, several["first"], at, texts, US, gap=6, clear_of_lines=True, places=BESIDE, fontsize=6.5)
    axes.set_xlabel("Price at a US host over the Chinese vendor’s own (ratio, log scale)")
    equal = 100 * (ratios["value"].sub(1).abs() < 0.005).mean()
    dearest = ratios.sort_values("value").iloc[-1]
    return Plot(
        figure,
        ratios,
        title=f"In {equal:.0f} % of {so_many(len(ratios), 'case')} a US host sells a Chinese model at its own vendor’s "
        f"price; the median ratio is {ratio.value:.2f}",
        alt=f"Price ratios of {so_many(len(models), 'model')} at {so_many(ratios['host'].nunique(), 'US host')}: "
        f"median {ratio.value:.3g}, from {ratios['value'].min():.2g} to {dearest['value']:.2g} ({dearest['model']} at "
        f"{dearest['host']}).",
        caption=f"List prices of {p.output_share:.3g} % output and {100 - p.output_share:.3g} % fresh input tokens, "
        "standard service, read in November 2026. Larger dots: several hosts at one price. Bars: the vendor’s "
        "cheapest and dearest hours, the dot at its mean over the day. A host’s country is that of its seat.",
    )


@drawn
def cost_per_task(runs: pd.DataFrame, front: pd.DataFrame, ratio: Estimate) -> Plot:
    """Draw what a solved exercise cost against the share solved (`sellers.exercises`)."""
    figure, axes = canvas(10.5)
    steps = front.sort_values("cost_per_solved")
    axes.step(steps["cost_per_solved"], steps["score"], where="post", color=OTHER, lw=1, zorder=1)
    for country in dict.fromkeys(runs["country"]):
        rows = runs[runs["country"] == country]
        look = {"color": COUNTRY_COLOURS[country], "label": COUNTRY_NAMES[country]}
        axes.plot(rows["cost_per_solved"], rows["score"], COUNTRY_MARKERS[country], ls="none", **look)
    log_axis(axes.xaxis)
    axes.margins(0.12)
    colours = [COUNTRY_COLOURS[country] for country in runs["country"]]
    named = (runs["country"] == "CN") & ~runs["model"].isin(front["model"])
    texts = [name if shown else "" for name, shown in zip(runs["model"], named, strict=True)]
    label_points(axes, runs["cost_per_solved"], runs["score"], texts, colours, clear_of_lines=True)
    label_front(axes, front["cost_per_solved"], front["score"], list(front["model"]), front["country"])
    axes.set_xlabel("Cost of a solved exercise, USD (log scale)")
    axes.set_ylabel("Exercises solved (%)")
    axes.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=2)
    last = runs["as_of"].max()
    tokens = runs["output_per_exercise"]
    return Plot(
        figure,
        runs,
        title=f"On one benchmark to {last:%B %Y} a solved exercise cost {ratio.low:.2g} to {ratio.high:.2g} times as "
        "much with the cheapest US model as with the cheapest Chinese one of the same success",
        alt=f"Scatter of {so_many(len(runs), 'run')}, cost of a solved exercise against the share solved; the frontier "
        "goes from "
        + " to ".join(
            f"{row.model} ({row.score:.0f} %, {row.cost_per_solved:.2g} USD)" for row in records(steps.iloc[[0, -1]])
        )
        + ".",
        caption=f"Runs over the same programming exercises, {runs['as_of'].min():%B %Y} to {last:%B %Y}, at list "
        f"prices of the day; none is later. Step line: best success at a cost or less. A run took {tokens.min():.2g} "
        f"to {tokens.max():.2g} thousand output tokens an exercise.",
    )
