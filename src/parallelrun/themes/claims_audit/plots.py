"""Figures of the audit, each with its words."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from parallelrun import Plot, canvas
from parallelrun.audit.audit import natural
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.errors import FigureError
from parallelrun.study.canvas import AMBER, CHINA, DARK, GREEN, GREY, INK, PALE, PINK, SKY
from parallelrun.study.counts import form, so_many
from parallelrun.study.drawing import from_zero, label_ends, log_axis, log_axis_from_zero, plain, records, rows_axis
from parallelrun.study.provenance import drawn
from parallelrun.themes.claims_audit import findings
from parallelrun.themes.claims_audit.findings import AGAINST, KINDS
from parallelrun.themes.claims_audit.ledger import Ledger, Power
from parallelrun.themes.claims_audit.words import ARTICLES, THEMES

STYLE: dict[str, tuple[str, str, str]] = {
    "holds": (GREEN, "-", "o"),
    "fails": (CHINA, "-", "X"),
    "contested": (AMBER, "--", "D"),
    "misattributed": (PINK, "-.", "s"),
    "inconsistent": (INK, ":", "P"),
    "unverifiable": (PALE, "-", "v"),
    "forecast": (SKY, "-", "^"),
}
"""Colour, line and marker of each verdict."""

OUTCOME_COLOURS = {"agrees": GREEN, "fits": SKY, "both": AMBER, "disagrees": CHINA, "open": PALE}

KIND_MARKERS = {"arithmetic": "o", "cross": "D", "independent": "s", "scope": "^"}


def _short(text: str, length: int) -> str:
    return textwrap.shorten(text, length, placeholder=" …")


def _round(number: float) -> str:
    """Return a number with two significant digits, large ones in full."""
    return plain(float(f"{number:.2g}"))


def _bars(table: pd.DataFrame, colours: dict[str, str], height_cm: float) -> tuple[Any, Any]:
    """Draw a table of counts as one panel of bars a column, rows shared, each bar with its number."""
    figure, axes = canvas(height_cm, 1, len(table.columns), sharex=True, sharey=True)
    panels = np.atleast_1d(axes)
    for axis, column in zip(panels, table.columns, strict=True):
        bars = axis.barh(range(len(table)), table[column], color=colours[column], height=0.66)
        axis.bar_label(bars, [f"{n}" if n else "" for n in table[column]], padding=2, fontsize=7.5)
        axis.set_title(column, fontsize=8)
        axis.xaxis.set_major_locator(MaxNLocator(2, integer=True))
        axis.tick_params(axis="y", length=0)
    rows_axis(panels[0], list(table.index))
    panels[0].set_xlim(0, 1.35 * max(int(table.to_numpy().max()), 1))
    return figure, panels


@drawn
def ledger(ledger: Ledger) -> Plot:
    """Draw how many claims of each theme and of each article have each verdict."""
    claims = ledger.claims
    groups = [claims["theme"].map(THEMES).fillna(claims["theme"])]
    groups.append("article " + claims["source"].map(ARTICLES).fillna(claims["source"]))
    tables = [pd.crosstab(group, claims["verdict"]).reindex(columns=list(VERDICTS), fill_value=0) for group in groups]
    order = [name for name in THEMES.values() if name in tables[0].index]
    tables[0] = tables[0].reindex([*order, *(name for name in tables[0].index if name not in order)])
    table = pd.concat(tables)
    figure, panels = _bars(table, {verdict: STYLE[verdict][0] for verdict in VERDICTS}, 2.8 + 0.62 * len(table))
    for panel in panels:
        panel.axhline(len(tables[0]) - 0.5, color=PALE, lw=0.7)
    panels[len(panels) // 2].set_xlabel("claims")
    tally = claims["verdict"].value_counts()
    keys = {f"article {number}": source for source, number in ARTICLES.items()}
    long = table.rename_axis("group").reset_index().melt("group", var_name="verdict", value_name="claims")
    refuted = sum(tally.get(verdict, 0) for verdict in AGAINST)
    return Plot(
        figure,
        long.assign(source=long["group"].map(keys)),
        title=f"{tally.get('holds', 0)} of {so_many(len(claims), 'claim')} "
        f"{form(tally.get('holds', 0), 'holds', 'hold')}, and some check refutes {refuted}",
        alt="Bars of the number of claims by verdict, for each theme and each article: "
        + "; ".join(f"{verdict} {tally.get(verdict, 0)}" for verdict in VERDICTS)
        + ".",
        caption="A claim that prints one figure for each country counts once for each. Forecasts are open until their "
        "date; unverifiable claims have no check that supports or refutes them.",
    )


@drawn
def checks_by_kind(ledger: Ledger) -> Plot:
    """Draw how many claims each kind of check agrees with, fits, divides, disagrees with and leaves open."""
    cells = findings.by_kind(ledger)
    table = pd.crosstab(cells["kind"], cells["outcome"])
    table = table.reindex(index=[kind for kind in KINDS if kind in table.index])
    table = table.reindex(columns=list(OUTCOME_COLOURS), fill_value=0)
    tested, other = cells["claim"].nunique(), (cells["kind"] == "independent").sum()
    rows = table.rename(index=lambda kind: f"against {KINDS[kind]}")
    figure, panels = _bars(rows, OUTCOME_COLOURS, 2.8 + 0.7 * len(rows))
    panels[len(panels) // 2].set_xlabel("claims")
    return Plot(
        figure,
        cells,
        title=f"{tested} of {so_many(len(ledger.claims), 'claim')} {form(tested, 'has', 'have')} a check, {other} of "
        "them against other data",
        alt="Bars of the number of claims by kind of check and by what the checks of that kind say: "
        + "; ".join(
            f"{KINDS[str(kind)]}, " + ", ".join(f"{word} {n}" for word, n in own.items())
            for kind, own in table.iterrows()
        )
        + ".",
        caption="Fits: a comparison that agrees; it can refute a printed figure, not support it. Both: some checks of "
        "the kind agree and others disagree. Against something else: what else the number may be; agreement there "
        "counts against the claim as it is stated.",
    )


@drawn
def contradictions(ledger: Ledger) -> Plot:
    """Draw each set of claims that cannot all be true as a column, with a mark on the row of each of its claims."""
    sets = findings.clashes(ledger)
    if sets.empty:
        raise FigureError(
            "no check sets claims against each other; draw it for a ledger with arithmetic or cross checks"
        )
    members = sets.assign(claim=sets["claims"].str.split(), set=range(1, len(sets) + 1)).explode("claim")
    claims = ledger.claims.set_index("claim").loc[sorted(set(members["claim"]), key=natural)]
    place = {name: row for row, name in enumerate(claims.index)}
    figure, axis = canvas(3.2 + 0.44 * len(claims))
    edges = np.flatnonzero(claims["source"].to_numpy()[1:] != claims["source"].to_numpy()[:-1]) + 0.5
    for edge in edges:
        axis.axhline(edge, color=PALE, lw=0.7, zorder=0)
    for row in range(0, len(claims), 2):
        axis.axhspan(row - 0.5, row + 0.5, color="#f2f2f2", lw=0, zorder=-1)
    for number, own in members.groupby("set"):
        rows = [place[name] for name in own["claim"]]
        colour = CHINA if own["within"].iloc[0] else DARK
        axis.plot([number] * len(rows), rows, "-o", color=colour, lw=1.6, markersize=5)
    labels = [
        f"{_short(row.statement, 52)}{f' [{row.published}]' if row.published else ''}  {name.replace('_', ' ')}"
        for name, row in zip(claims.index, records(claims), strict=True)
    ]
    rows_axis(axis, labels, fontsize=6.6)
    axis.xaxis.tick_top()
    axis.set_xticks(range(1, len(sets) + 1), range(1, len(sets) + 1), fontsize=6.6)
    axis.margins(x=0.03)
    axis.tick_params(length=0)
    handles = [
        Line2D([], [], color=colour, marker="o", markersize=5, lw=1.6, label=label)
        for colour, label in ((CHINA, "inside one article"), (DARK, "between articles"))
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    info = claims[["published", "verdict", "source"]].reset_index()
    return Plot(
        figure,
        members[["set", "claim", "within", "note"]].merge(info, on="claim", how="left"),
        title=f"{so_many(len(sets), 'set')} of claims cannot all be true, on "
        f"{so_many(sets['note'].nunique(), 'ground')}; {so_many(sets['within'].sum(), 'of them is', 'of them are')} "
        "inside one article",
        alt="Grid of claims by contradiction: " + "; ".join(sets["claims"].str.replace(" ", ", ")) + ".",
        caption="Rows: claims with what was printed, by article. Columns: sets of claims of which at least one must be "
        "wrong, since a check that reads them all disagrees; a contradiction does not say which.",
    )


@drawn
def consequential(ledger: Ledger, told: int) -> Plot:
    """Draw, for the most consequential refuted claims with a figure, what checks compute over what was printed."""
    pairs = findings.paired(ledger)
    refuting = (pairs["outcome"] == "disagrees") & (pairs["standing"] == "decides")
    pairs = pairs[refuting | ((pairs["kind"] == "scope") & (pairs["outcome"] == "agrees"))]
    turned = set(pairs.loc[pairs["relative_low"] <= 0, "claim"])
    pairs = pairs[~pairs["claim"].isin(turned)]
    chosen = findings.against(ledger)
    chosen = chosen[chosen["claim"].isin(pairs.loc[pairs["outcome"] == "disagrees", "claim"])].head(told)
    if chosen.empty:
        raise FigureError(
            "no refuted claim has a figure that a check computes; there is nothing to set over what was printed"
        )
    figure, axis = canvas(2.6 + 0.7 * len(chosen))
    for y, claim in enumerate(chosen["claim"]):
        own = pairs[pairs["claim"] == claim]
        low, high = own[["printed_low", "printed_high"]].iloc[0]
        axis.fill_between([low, max(high, low * 1.004)], y - 0.4, y + 0.4, color="#cccccc", lw=0)
        places = y - 0.3 + 0.6 * (np.arange(len(own)) + 0.5) / len(own)
        for at, check in zip(places, records(own), strict=True):
            ends, colour = [check.relative_low, check.relative_high], OUTCOME_COLOURS[check.outcome]
            axis.plot(ends, [at, at], color=colour, lw=1.6, solid_capstyle="butt")
            axis.plot(np.sqrt(ends[0] * ends[1]), at, KIND_MARKERS[check.kind], color=colour, markersize=4)
    rows = [f"{c.claim}  {_short(c.statement, 46)} [{c.published}]" for c in records(chosen)]
    data = pairs[pairs["claim"].isin(chosen["claim"])]
    log_axis(axis.xaxis)
    rows_axis(axis, rows, fontsize=6.6)
    axis.set_xlabel("computed over printed")
    handles: list[Any] = [
        Line2D([], [], ls="", marker=marker, color=GREY, markersize=4, label=KINDS[kind])
        for kind, marker in KIND_MARKERS.items()
        if kind in set(data["kind"])
    ]
    handles += [Patch(color=OUTCOME_COLOURS[word], label=word) for word in ("agrees", "disagrees")]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, handlelength=1.2, columnspacing=1.2)
    wrong = data[data["outcome"] == "disagrees"]
    middle = np.sqrt(wrong["relative_low"] * wrong["relative_high"])
    least, most = (wrong["claim"].iloc[int(index)] for index in (middle.argmin(), middle.argmax()))
    left_out = f" Left out, since the sign differs: {', '.join(sorted(turned, key=natural))}." if turned else ""
    return Plot(
        figure,
        data,
        title=f"Refuting checks give {_round(middle.min())} times ({least}) to {_round(middle.max())} times ({most}) "
        "what was printed",
        alt="Intervals computed over printed for the most consequential refuted claims: "
        + "; ".join(f"{c.claim} {c.kind} {c.relative_low:.2f} to {c.relative_high:.2f}" for c in records(data))
        + ".",
        caption="The most consequential refuted claims with a figure. Grey: the printed interval over its centre. "
        "Lines, and marks at their middles on this scale, over the same centre: what the checks compute that refute "
        f"the claim, and what else reproduces its number.{left_out}",
    )


@drawn
def margins(ledger: Ledger) -> Plot:
    """Draw the margin of every claim with a figure and a decided verdict, in half widths: misses left, spare right."""
    rows = ledger.claims[ledger.claims["verdict"] != "unverifiable"].dropna(subset=["margin_half_widths"])
    rows = rows.sort_values("margin_half_widths").reset_index(drop=True)
    lost, kept = rows[rows["margin_half_widths"] < 0], rows[rows["margin_half_widths"] >= 0].iloc[::-1]
    figure, axes = canvas(2.8 + 0.37 * max(len(lost), len(kept), 3), 1, 2)
    for axis, own, title in zip(axes, (lost, kept), ("misses by", "has to spare"), strict=True):
        for verdict, some in own.assign(at=range(len(own))).groupby("verdict"):
            colour, _, marker = STYLE[str(verdict)]
            size = some["margin_half_widths"].abs()
            axis.plot(size, some["at"], marker, ls="", color=colour, markersize=5, clip_on=False)
        rows_axis(axis, [f"{_short(c.published, 24)}  {c.claim.replace('_', ' ')}" for c in records(own)], fontsize=6.6)
        axis.set_title(title, fontsize=8)
        begins = log_axis_from_zero(axis.xaxis, own["margin_half_widths"].abs(), most=5)
        axis.set_xlabel(f"half widths of what was printed (log scale from {plain(begins)})")
    shown = [verdict for verdict in VERDICTS if verdict in set(rows["verdict"])]
    handles = [Line2D([], [], ls="", marker=STYLE[v][2], color=STYLE[v][0], markersize=5, label=v) for v in shown]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(shown))
    typical = lost["margin_half_widths"].abs().median() if len(lost) else 0.0
    return Plot(
        figure,
        rows[["claim", "verdict", "margin", "unit", "margin_half_widths", "published", "source"]],
        title=f"{so_many(len(lost), 'figure misses', 'figures miss')}, half of them by more than {_round(typical)} "
        "times what their rounding allows",
        alt=f"Margins of {so_many(len(rows), 'claim')} in order, from {rows['margin_half_widths'].min():,.3g} to "
        f"{rows['margin_half_widths'].max():,.3g} half widths. The lowest is {rows['claim'].iloc[0]}.",
        caption="Margin of the closest decisive check of each claim with a figure, in half widths of the printed "
        "interval (of half a unit for a count). On the left figures that lie outside what checks compute, on the right "
        "those that fit, with how far they could move. Both scales are logarithmic, and linear next to zero.",
    )


@drawn
def widening(sweep: pd.DataFrame) -> Plot:
    """Draw how many claims have each verdict as printed intervals are widened, on a log axis of the factor."""
    table = pd.crosstab(sweep["factor"], sweep["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    figure, axis = canvas(8.5)
    for verdict in VERDICTS:
        colour, line, _ = STYLE[verdict]
        axis.plot(table.index, table[verdict], color=colour, ls=line, lw=1.8)
    texts = [f"{verdict} {table[verdict].iloc[-1]}" for verdict in VERDICTS]
    label_ends(axis, table.index[-1], table.iloc[-1], texts, [STYLE[verdict][0] for verdict in VERDICTS])
    log_axis(axis.xaxis)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{plain(value)}×"))
    axis.margins(x=0)
    from_zero(axis.yaxis)
    axis.set_xlabel("printed intervals widened by")
    axis.set_ylabel("claims")
    axis.grid(axis="y")
    parts = sweep.groupby(["factor", "verdict", "source"], as_index=False).size().rename(columns={"size": "claims"})
    most, refuted = sweep["factor"].max(), int(table[list(AGAINST)].iloc[0].sum())
    stay = len(findings.robust(sweep))
    return Plot(
        figure,
        parts,
        title=f"{stay} of {so_many(refuted, 'refuted claim')} {form(stay, 'stays', 'stay')} refuted at every widening "
        f"up to {most:g} times",
        alt="Lines of the number of claims by verdict over the factor: "
        + "; ".join(f"{v} from {table[v].iloc[0]} to {table[v].iloc[-1]}" for v in VERDICTS)
        + ".",
        caption=f"Verdicts with every printed interval widened by a factor from 1 to {most:g} about its centre; cells "
        "of other data and recorded results keep their own intervals. Lines add up the four articles, which the data "
        "list apart.",
    )


@drawn
def power(noticed: Power) -> Plot:
    """Draw the smallest error that each claim's checks refute, and how many claims notice an error of a given size."""
    rows = noticed.thresholds.sort_values(["smallest", "claim"], ascending=False)
    rows = rows[(rows["smallest"] > 0) & np.isfinite(rows["smallest"])]
    exact = int((noticed.thresholds["smallest"] == 0).sum())
    if rows.empty:
        raise FigureError("no claim that holds has a figure with a check that computes a number; nothing could notice")
    figure, (left, right) = canvas(3.0 + 0.36 * max(len(rows), 12), 1, 2)
    left.plot(rows["smallest"], range(len(rows)), "o", color=GREEN, markersize=4.5)
    rows_axis(left, [f"{_short(c.published, 24)}  {c.claim.replace('_', ' ')}" for c in records(rows)], fontsize=6.6)
    log_axis(left.xaxis, most=5)
    left.set_xlabel("smallest relative error that is refuted")
    shares = noticed.shares
    right.plot(shares["size"], 100 * shares["share"], color=GREEN, lw=1.8, label="computed")
    wrong = noticed.seeded[noticed.seeded["kind"] != "shortened"]
    tried = wrong.groupby("kind", sort=False).agg(
        size=("error", lambda e: float(e.abs().median())), caught=("caught", "mean")
    )
    tried = tried[tried["size"] > 0]
    down = wrong.groupby("kind", sort=False)["error"].median().reindex(tried.index) < 0
    size = np.where(down & (tried["size"] < 1), tried["size"] / (1 - tried["size"].clip(upper=0.999)), tried["size"])
    right.plot(size, 100 * tried["caught"], "D", ls="", color=CHINA, markersize=4.5, label="tried out", clip_on=False)
    log_axis(right.xaxis, most=6)
    from_zero(right.yaxis)
    right.set_xlabel("relative error put in")
    right.set_ylabel("claims in which it is refuted, %")
    right.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=2)
    tenth = findings.power(noticed)["power_of_a_tenth"].value or 0.0
    table = rows.assign(panel="thresholds")
    curve = shares.assign(panel="computed", share=100 * shares["share"])
    points = pd.DataFrame({"panel": "tried out", "kind": tried.index, "size": size, "share": 100 * tried["caught"]})
    return Plot(
        figure,
        pd.concat([table, curve, points], ignore_index=True),
        title=f"An error of a tenth would be refuted in {100 * tenth:.0f} % of the claims that hold with a figure",
        alt=f"Left, the smallest refuted errors of {so_many(len(rows), 'claim')}, from {rows['smallest'].min():.2g} to "
        f"{rows['smallest'].max():.2g}. Right, the share of claims in which an error is refuted rises from "
        f"{curve['share'].iloc[0]:.0f} to {curve['share'].iloc[-1]:.0f} % with its size; seeded errors follow it.",
        caption=f"Claims that hold with a figure other than zero; in {exact} more, exact counts, any error is refuted. "
        "Line: from the ends of the intervals that checks compute. Diamonds: each figure replaced by wrong ones "
        "(factors up and down, two digits swapped, the wrong base) and judged again; rounding undoes some.",
    )
