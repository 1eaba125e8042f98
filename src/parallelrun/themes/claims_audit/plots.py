"""Figures of the audit. Each function returns the figure and the data that it draws."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch

from parallelrun.audit.verdicts import VERDICTS
from parallelrun.study import figures
from parallelrun.study.provenance import traced
from parallelrun.themes.claims_audit import ledger as model
from parallelrun.themes.claims_audit.ledger import ARTICLES, KINDS, Ledger

VERDICT_STYLE: dict[str, tuple[str, str, str]] = {
    "holds": ("#009E73", "", "o"),
    "forecast": ("#56B4E9", "..", "^"),
    "unverifiable": ("#c9c9c9", "", "v"),
    "contested": ("#E69F00", "//", "D"),
    "misattributed": ("#CC79A7", "\\\\\\\\", "s"),
    "fails": ("#D55E00", "xx", "X"),
}
"""Colour, hatch and marker of each verdict."""

OUTCOME_STYLE: dict[str, tuple[str, Any]] = {
    "agrees": ("#009E73", "+"),
    "fits": ("#C9E8DD", "+"),
    "both": ("#E69F00", "*"),
    "disagrees": ("#D55E00", "_"),
    "open": ("#dddddd", "."),
}
"""Colour and marker of what the checks of one kind say."""

THEMES = {
    "convergence": "convergence",
    "token_economics": "tokens",
    "cost_structure": "cost",
    "chip_migration": "chips",
}


@traced
def plot_ledger(ledger: Ledger) -> tuple[Figure, pd.DataFrame]:
    """Draw the verdicts by theme and by article, and what the claims that hold are supported by."""
    claims = ledger.claims
    parts = [
        ("by theme", claims["theme"].map(THEMES).fillna(claims["theme"])),
        ("by article", claims["source"].map(ARTICLES).fillna(claims["source"])),
    ]
    figure, axes = figures.canvas("two-columns", 9.0, 1, 3, width_ratios=(3, 3, 2.2))
    frames = []
    for axis, (title, groups) in zip(axes, parts, strict=False):
        table = pd.crosstab(groups, claims["verdict"]).reindex(columns=list(VERDICT_STYLE), fill_value=0)
        if title == "by theme":
            table = table.reindex([name for name in THEMES.values() if name in table.index])
        _stack(axis, table)
        axis.set_title(f"Claims {title}")
        axis.set_xlabel("claims")
        long = table.rename_axis("group").reset_index().melt("group", var_name="verdict", value_name="claims")
        keys = {short: key for key, short in ARTICLES.items()}
        frames.append(long.assign(panel=title, source=long["group"].map(keys)))
    held = model.support(ledger)["support"].value_counts().reindex(["independent", "cross", "arithmetic"], fill_value=0)
    bars = axes[2].barh(range(len(held)), held.to_numpy(), color="#009E73", height=0.62)
    axes[2].bar_label(bars, padding=2, fontsize=7.5)
    axes[2].set_yticks(range(len(held)), ["other data", "other article", "own figures"])
    axes[2].set_xlim(0, max(held.max() * 1.2, 1))
    axes[2].set_xlabel("claims")
    axes[2].set_title("What holds, held by")
    frames.append(
        pd.DataFrame({"group": held.index, "verdict": "holds", "claims": held.to_numpy(), "panel": "support"})
    )
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=verdict)
        for verdict, (colour, hatch, _) in VERDICT_STYLE.items()
    ]
    axes[2].set_ylim(2.6 + 4.2, -0.6)
    axes[2].legend(handles=handles, loc="lower right", handlelength=2.2, handleheight=1.1, labelspacing=0.35)
    return figure, pd.concat(frames, ignore_index=True)[["panel", "group", "verdict", "claims", "source"]]


def _stack(axis: Axes, table: pd.DataFrame) -> None:
    left = np.zeros(len(table))
    for verdict, (colour, hatch, _) in VERDICT_STYLE.items():
        width = table[verdict].to_numpy(float)
        axis.barh(range(len(table)), width, left=left, color=colour, hatch=hatch, edgecolor="white", height=0.7, lw=0.4)
        for y, (start, size) in enumerate(zip(left, width, strict=True)):
            if size > 0.035 * table.to_numpy().sum(axis=1).max():
                axis.text(
                    start + size / 2,
                    y,
                    f"{size:.0f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.7, "alpha": 0.85},
                )
        left += width
    axis.set_yticks(range(len(table)), table.index)
    axis.invert_yaxis()


@traced
def plot_heat_map(ledger: Ledger, blocks: int = 4) -> tuple[Figure, pd.DataFrame]:
    """Draw what each kind of check says of each claim, in blocks of rows, with the verdict beside it."""
    cells = model.by_kind(ledger)
    names = ledger.claims["claim"].tolist()
    verdicts = dict(zip(ledger.claims["claim"], ledger.claims["verdict"], strict=True))
    size = -(-len(names) // blocks)
    figure, axes = figures.canvas("two-columns", 2.6 + 0.5 * (size + 2), 1, blocks)
    cells["block"], cells["row"] = divmod(cells["claim"].map({name: i for i, name in enumerate(names)}), size)
    for block, axis in enumerate(axes):
        own = cells[cells["block"] == block]
        for outcome, (colour, marker) in OUTCOME_STYLE.items():
            some = own[own["outcome"] == outcome]
            x = some["kind"].map(KINDS.index)
            axis.bar(x, 0.86, 0.9, some["row"] - 0.43, color=colour, alpha=0.75, linewidth=0)
            axis.plot(x, some["row"], ls="", marker=marker, color="#111111", markersize=4, markeredgewidth=0.9)
        shown = names[block * size : (block + 1) * size]
        labels = [f"{verdicts[name]}  {name.replace('_', ' ')}" for name in shown]
        axis.set_xlim(-0.6, 3.6)
        axis.set_ylim(size + 2.3, -0.6)
        axis.set_yticks(range(len(shown)), labels, fontsize=6.2)
        axis.set_xticks(range(4), ["own", "cross", "other", "scope"], fontsize=6.2, rotation=90)
        axis.xaxis.tick_top()
        axis.tick_params(length=0)
        for spine in axis.spines.values():
            spine.set_visible(False)
    for i, (word, (colour, marker)) in enumerate(OUTCOME_STYLE.items()):
        axis, y = axes[i % blocks], size + 0.7 + i // blocks
        axis.bar(0, 0.86, 0.9, y - 0.43, color=colour, alpha=0.75, linewidth=0)
        axis.plot(0, y, ls="", marker=marker, color="#111111", markersize=4, markeredgewidth=0.9)
        axis.text(0.65, y, word, va="center", fontsize=6.2)
    return figure, cells[["claim", "kind", "outcome", "checks", "verdict", "source"]]


@traced
def plot_contradictions(ledger: Ledger) -> tuple[Figure, pd.DataFrame]:
    """Draw the claims that contradict others as a graph: a column for each article, a line for each pair."""
    pairs = model.contradictions(ledger)
    clash = pairs[pairs["outcome"] == "disagrees"]
    nodes = sorted({*clash["claim"], *clash["other"]}, key=model.audit.natural)
    fit = pairs[(pairs["outcome"] == "agrees") & pairs["claim"].isin(nodes) & pairs["other"].isin(nodes)]
    info = ledger.claims.set_index("claim")[["source", "verdict", "published", "statement"]].astype(str).T.to_dict()
    columns = {source: [n for n in nodes if info[n]["source"] == source] for source in ARTICLES}
    sides = {"article-000": 0.0, "article-001": 1.0, "article-002": 1.0, "article-003": 1.0}
    at: dict[str, tuple[float, float]] = {}
    left = columns["article-000"]
    right = [name for source in list(ARTICLES)[1:] for name in columns[source]]
    for column in (left, right):
        for i, name in enumerate(column):
            at[name] = (sides[info[name]["source"]], 1 - (i + 0.5) / max(len(column), 1))
    figure, axis = figures.canvas("two-columns", 2.6 + 0.62 * max(len(left), len(right)))
    for frame, colour, style, width in ((fit, "#9a9a9a", (0, (3, 2)), 0.8), (clash, figures.CHINA, "-", 1.3)):
        for one, other in frame[["claim", "other"]].itertuples(index=False):
            same = at[one][0] == at[other][0]
            bend = (0.38 if at[one][0] == 0 else -0.38) if same else 0.0
            axis.add_patch(
                FancyArrowPatch(
                    at[one],
                    at[other],
                    arrowstyle="-",
                    connectionstyle=f"arc3,rad={bend if at[one][1] < at[other][1] else -bend}",
                    color=colour,
                    linestyle=style,
                    linewidth=width,
                    shrinkA=3,
                    shrinkB=3,
                    zorder=1,
                )
            )
    for name, (x, y) in at.items():
        colour, _, marker = VERDICT_STYLE[info[name]["verdict"]]
        axis.plot(x, y, marker, color=colour, markersize=6, markeredgecolor="#333333", markeredgewidth=0.5, zorder=3)
        printed = f"[{info[name]['published']}]  " if info[name]["published"] else ""
        article = "" if x == 0 else f"article {ARTICLES[info[name]['source']]}, "
        axis.text(
            x + (-0.05 if x == 0 else 0.05),
            y,
            _short(f"{article}{name}  {printed}{info[name]['statement']}", 58),
            ha="right" if x == 0 else "left",
            va="center",
            fontsize=6.3,
        )
    axis.set_xlim(-1.75, 2.75)
    axis.set_ylim(-0.02, 1.08)
    shown = [verdict for verdict in VERDICT_STYLE if any(info[name]["verdict"] == verdict for name in nodes)]
    handles = [
        *(
            axis.plot([], [], ls="", marker=VERDICT_STYLE[v][2], color=VERDICT_STYLE[v][0], markersize=5, label=v)[0]
            for v in shown
        ),
        axis.plot([], [], color=figures.CHINA, lw=1.3, label="disagree")[0],
        axis.plot([], [], color="#9a9a9a", ls=(0, (3, 2)), lw=0.8, label="agree")[0],
    ]
    axis.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=len(handles), columnspacing=1.2)
    axis.text(0, 1.05, "Article 000", ha="center", fontsize=8, weight=600)
    axis.text(1, 1.05, "the others", ha="center", fontsize=8, weight=600)
    axis.axis("off")
    drawn = pd.concat([clash, fit], ignore_index=True)
    return figure, drawn


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


@traced
def plot_margins(ledger: Ledger) -> tuple[Figure, pd.DataFrame]:
    """Draw the margin of every claim with a figure and a decided verdict, in half widths, on a symmetric log axis."""
    rows = ledger.claims[ledger.claims["verdict"] != "unverifiable"].dropna(subset=["margin_half_widths"])
    rows = rows.sort_values("margin_half_widths").reset_index(drop=True)
    figure, axis = figures.canvas("two-columns", 11.5)
    for verdict, (colour, _, marker) in VERDICT_STYLE.items():
        own = rows[rows["verdict"] == verdict]
        if len(own):
            axis.scatter(
                own.index, own["margin_half_widths"], s=22, color=colour, marker=marker, label=verdict, zorder=3
            )
    axis.axhline(0, color="#333333", lw=0.8)
    axis.set_yscale("symlog", linthresh=1)
    ticks = [-1000, -100, -10, -1, 0, 1, 10, 100]
    low, high = rows["margin_half_widths"].min(), rows["margin_half_widths"].max()
    axis.set_ylim(min(low * 2.2, -2), max(high * 1.8, 4))
    shown = [t for t in ticks if axis.get_ylim()[0] <= t <= axis.get_ylim()[1]]
    axis.set_yticks(shown, [f"{t:,}".replace("-", "−") for t in shown])
    axis.set_ylabel("margin, half widths of what was printed")
    axis.set_xticks(rows.index, rows["claim"].str.replace("_", " "), rotation=90, fontsize=5.6)
    axis.set_xlim(-1, len(rows))
    axis.legend(loc="upper left", ncols=5)
    axis.grid(axis="y")
    return figure, rows[["claim", "verdict", "margin", "unit", "margin_half_widths", "published", "source"]]


@traced
def plot_consequential(ledger: Ledger, told: int) -> tuple[Figure, pd.DataFrame]:
    """Draw, for the most consequential refuted claims with a figure, what checks compute over what was printed."""
    chosen = model.against(ledger)
    chosen = chosen[chosen["low"].notna() & np.isfinite(chosen["high"]) & (chosen["unit"] != "date")]
    numeric = set(ledger.checks.loc[ledger.checks["relative_low"].notna(), "claim"])
    chosen = chosen[chosen["claim"].isin(numeric)].drop_duplicates("table").head(told)
    figure, axis = figures.canvas("two-columns", 2.4 + 1.05 * len(chosen))
    markers = {"arithmetic": "o", "cross": "D", "independent": "s", "scope": "^"}
    frames = []
    for y, (_, claim) in enumerate(chosen.iterrows()):
        middle = (claim["low"] + claim["high"]) / 2
        own = ledger.checks[(ledger.checks["claim"] == claim["claim"]) & ledger.checks["relative_low"].notna()]
        low, high = claim["low"] / middle, claim["high"] / middle
        axis.fill_between([low, max(high, low * 1.004)], y - 0.4, y + 0.4, color="#bbbbbb", lw=0)
        for i, (_, check) in enumerate(own.iterrows()):
            at = y - 0.3 + 0.6 * (i + 0.5) / len(own)
            colour = {"agrees": "#009E73", "disagrees": "#D55E00", "open": "#777777"}[check["outcome"]]
            ends = np.array([check["relative_low"], check["relative_high"]])
            axis.plot(ends, [at, at], color=colour, lw=1.6, solid_capstyle="butt")
            axis.plot(np.sqrt(ends.prod()), at, markers[check["kind"]], color=colour, markersize=4)
        frames.append(own.assign(statement=claim["statement"], printed_low=low, printed_high=high))
    axis.set_xscale("log")
    axis.set_yticks(
        range(len(chosen)),
        [
            f"{c}  {_short(s, 46)} [{p}]"
            for c, s, p in chosen[["claim", "statement", "published"]].itertuples(index=False)
        ],
        fontsize=6.6,
    )
    axis.invert_yaxis()
    ticks = [
        t
        for t in (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20)
        if axis.get_xlim()[0] <= t <= axis.get_xlim()[1]
    ]
    axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axis.minorticks_off()
    axis.set_xlabel("computed over printed")
    axis.grid(axis="x")
    handles = [
        axis.plot([], [], marker, color="#555555", markersize=4, label=kind)[0] for kind, marker in markers.items()
    ]
    handles += [Patch(color=c, label=w) for w, c in (("agrees", "#009E73"), ("disagrees", "#D55E00"))]
    axis.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.3, -0.1), ncols=6, handlelength=1.2, columnspacing=1
    )
    columns = ["claim", "statement", "kind", "outcome", "relative_low", "relative_high", "printed_low", "printed_high"]
    return figure, pd.concat(frames, ignore_index=True)[[*columns, "source"]]


@traced
def plot_widening(sweep: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Draw how many claims have each verdict as printed intervals are widened, on a log axis of the factor."""
    table = pd.crosstab(sweep["factor"], sweep["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    figure, axis = figures.canvas("two-columns", 7.8)
    ends: list[tuple[float, str]] = []
    for verdict in VERDICTS:
        colour = VERDICT_STYLE[verdict][0]
        dark = "#777777" if verdict == "unverifiable" else colour
        style = {"fails": "-", "contested": "--", "misattributed": "-."}.get(verdict, "-")
        axis.plot(table.index, table[verdict], color=dark, ls=style, lw=1.8)
        ends.append((float(table[verdict].iloc[-1]), verdict))
    top = table.to_numpy().max() * 1.12
    ends.sort()
    places = _spread([value for value, _ in ends], top * 0.075)
    for place, (value, name) in zip(places, ends, strict=True):
        colour = "#777777" if name == "unverifiable" else VERDICT_STYLE[name][0]
        axis.text(table.index[-1] * 1.03, place, f"{name} {value:.0f}", va="center", fontsize=7.5, color=colour)
    axis.set_xscale("log", base=2)
    ticks = [2**k for k in range(11) if 2**k <= table.index[-1] * 1.001]
    axis.set_xticks(ticks, [f"{t}×" for t in ticks])
    axis.minorticks_off()
    axis.set_xlim(1, table.index[-1] * 1.6)
    axis.set_ylim(0, max(top, *places))
    axis.set_xlabel("printed intervals widened by")
    axis.set_ylabel("claims")
    axis.grid(axis="y")
    parts = sweep.groupby(["factor", "verdict", "source"], as_index=False).size()
    return figure, parts.rename(columns={"size": "claims"})


def _spread(values: list[float], gap: float) -> list[float]:
    """Return sorted positions moved apart, each by as little as keeps neighbours a gap from each other."""
    places = list(values)
    for _ in range(500):
        for i in range(len(places) - 1):
            short = gap - (places[i + 1] - places[i])
            if short > 1e-9:
                places[i] -= short / 2
                places[i + 1] += short / 2
    return places


@traced
def plot_due(ledger: Ledger, as_of: str) -> tuple[Figure, pd.DataFrame]:
    """Draw the forecasts on a line of time, from the day of the audit to the day on which each comes due."""
    rows = model.due(ledger).reset_index(drop=True)
    start = pd.Timestamp(as_of)
    figure, axis = figures.canvas("two-columns", 2.6 + 0.55 * max(len(rows), 3))
    for y, (_, row) in enumerate(rows.iterrows()):
        end = pd.Timestamp(row["due"])
        axis.plot([start, end], [y, y], color="#56B4E9", lw=1.6)
        axis.plot(end, y, "D", color="#0072B2", markersize=4)
    labels = [
        f"{c.replace('_', ' ')}  {_short(s, 52)} [{p}]"
        for c, s, p in rows[["claim", "statement", "published"]].itertuples(index=False)
    ]
    axis.set_yticks(range(len(rows)), labels, fontsize=6.8)
    axis.invert_yaxis()
    axis.axvline(start, color="#333333", lw=0.8)
    axis.xaxis.set_major_locator(mdates.YearLocator())
    axis.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axis.grid(axis="x")
    axis.set_xlabel("day on which it comes due")
    return figure, rows
