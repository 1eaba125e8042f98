"""What follows from the ledger: counts, support, contradictions, consequence, and verdicts that flip."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parallelrun.audit.audit import natural
from parallelrun.audit.verdicts import VERDICTS
from parallelrun.study.drawing import records
from parallelrun.study.estimates import Estimate
from parallelrun.study.provenance import inputs_of, traced
from parallelrun.study.units import behind
from parallelrun.themes.claims_audit.ledger import Ledger, Power

AGAINST = ("fails", "contested", "misattributed")
"""Verdicts of claims that some check refutes."""

KINDS = {"arithmetic": "own figures", "cross": "other articles", "independent": "other data", "scope": "something else"}
"""Kinds of check, and what each sets a claim against."""

OUTCOMES = {"agrees": "✓", "disagrees": "✗", "open": "○"}
"""Outcomes of checks, and their signs in tables."""


@traced
def counts(ledger: Ledger) -> dict[str, Estimate]:
    """Return how many claims have each verdict, as exact counts in claims."""
    found = ledger.claims["verdict"].value_counts()
    inputs = inputs_of(ledger)
    return {verdict: Estimate(float(found.get(verdict, 0)), unit="claims", inputs=inputs) for verdict in VERDICTS}


@traced
def summary(ledger: Ledger, sweep: pd.DataFrame) -> dict[str, Estimate]:
    """Return the recorded results: the counts of verdicts, of checks, of contradictions and of flips."""
    sets, flips, checks = clashes(ledger), first_flip(sweep), ledger.checks
    numbers = {
        "claims_judged": (len(ledger.claims), "claims"),
        "checks_made": (len(checks), "checks"),
        "checks_against": ((checks["outcome"] == "disagrees").sum(), "checks"),
        "tested_by_other_data": (checks.loc[checks["kind"] == "independent", "claim"].nunique(), "claims"),
        "contradictions": (len(sets), "sets"),
        "contradictions_within": (sets["within"].sum(), "sets"),
        "flips_twofold": ((flips["factor"] <= 2).sum(), "claims"),
        "robustly_refuted": (len(robust(sweep)), "claims"),
    }
    inputs = inputs_of(ledger, sweep)
    made = {name: Estimate(float(value), unit=unit, inputs=inputs) for name, (value, unit) in numbers.items()}
    return counts(ledger) | made


@traced
def power(noticed: Power) -> dict[str, Estimate]:
    """Return the recorded results on what the checks would have noticed, as shares and relative errors."""
    inputs, seeded, smallest = inputs_of(noticed), noticed.seeded, noticed.thresholds["smallest"]
    wrong, true = seeded[seeded["kind"] != "shortened"], seeded[seeded["kind"] == "shortened"]

    def caught(size: float) -> float:
        up, down = noticed.thresholds["up"], noticed.thresholds["down"]
        return float(pd.concat([up < size, down < size / (1 + size)]).mean())

    median, low, high = (float(smallest.quantile(q)) for q in (0.5, 0.25, 0.75))
    shares = {
        "power_of_a_tenth": caught(0.1),
        "power_of_a_half": caught(0.5),
        "seeded_errors_caught": float(wrong["caught"].mean()),
        "false_alarms": float(true["caught"].mean()),
    }
    made = {name: Estimate(value, unit="share", inputs=inputs) for name, value in shares.items()}
    return {"error_noticed": Estimate(median, low, high, "ratio", inputs)} | made


@traced
def coverage(ledger: Ledger, numerals: pd.DataFrame) -> dict[str, Estimate]:
    """Return how many numerals the articles print, and how many are the figure of a judged claim or repeat it."""
    judged = numerals["kind"].isin(["claim", "repeat"]) & numerals["of_claim"].isin(ledger.claims["claim"])
    made = {"numerals": len(numerals), "numerals_judged": int(judged.sum())}
    inputs = inputs_of(ledger, numerals)
    return {name: Estimate(float(count), unit="numerals", inputs=inputs) for name, count in made.items()}


@traced
def support(ledger: Ledger) -> pd.DataFrame:
    """Return, for each claim that holds, the strongest kind of check that supports it.

    Returns
    -------
    pandas.DataFrame
        claim, source, support (kind of check), read (whether all checks of that kind that support it read tables of
        readings alone: what others than the articles found in the report or the press).
    """
    order = ("independent", "cross", "arithmetic", "scope")
    holding = ledger.claims[ledger.claims["verdict"] == "holds"]
    agreeing = ledger.checks[ledger.checks["supports"] & ledger.checks["claim"].isin(holding["claim"])]
    best = agreeing.assign(order=agreeing["kind"].map(order.index)).sort_values("order").drop_duplicates("claim")
    read = agreeing["tables"].map(_only_readings).groupby([agreeing["claim"], agreeing["kind"]]).all()
    both = best[["claim", "kind"]].merge(read.rename("read").reset_index(), on=["claim", "kind"])
    return holding[["claim", "source"]].merge(both, on="claim").rename(columns={"kind": "support"})


def _only_readings(tables: str) -> bool:
    """Tell whether all tables that a check read are of readings; one that read none is not on readings."""
    return bool(tables) and all(name.endswith("readings") for name in tables.split())


@traced
def by_kind(ledger: Ledger) -> pd.DataFrame:
    """Return what each kind of check says of each claim.

    Returns
    -------
    pandas.DataFrame
        One row a claim and kind of check that it has: claim, source, verdict, kind, outcome (``agrees``,
        ``disagrees``, ``both``, ``open``, or ``fits`` for comparisons that agree but can only refute), checks.
    """
    rows = []
    checks = ledger.checks.merge(ledger.claims[["claim", "verdict"]], on="claim")
    for key, own in checks.groupby(["claim", "source", "verdict", "kind"], sort=False):
        agreeing, said = own[own["outcome"] == "agrees"], set(own["outcome"])
        outcome = next(word for word in ("disagrees", "agrees", "open") if word in said)
        if {"agrees", "disagrees"} <= said:
            outcome = "both"
        elif outcome == "agrees" and not own["supports"].any() and agreeing["comparison"].all():
            outcome = "fits"
        rows.append((*key, outcome, len(own)))
    return pd.DataFrame(rows, columns=["claim", "source", "verdict", "kind", "outcome", "checks"])


@traced
def clashes(ledger: Ledger) -> pd.DataFrame:
    """Return the sets of claims that cannot all be true, those of a single article first.

    Returns
    -------
    pandas.DataFrame
        One row a set: claims (their names, joined by spaces), within (whether one article prints all of them), note
        and standing (of the first check that says so). A set is the claim that an arithmetic or cross check refutes and
        those that the check reads; one that is tested both ways stands once.
    """
    source = dict(zip(ledger.claims["claim"], ledger.claims["source"], strict=True))
    tested = ledger.checks[ledger.checks["kind"].isin(["arithmetic", "cross"]) & (ledger.checks["reads"] != "")]
    sets: dict[str, tuple[bool, str, str]] = {}
    for check in records(tested[tested["outcome"] == "disagrees"]):
        names = sorted({check.claim, *check.reads.split()} & set(source), key=natural)
        if len(names) > 1:
            within = len({source[name] for name in names}) == 1
            sets.setdefault(" ".join(names), (within, check.note, check.standing))
    rows = [(names, *said) for names, said in sets.items()]
    rows.sort(key=lambda row: (not row[1], natural(row[0])))
    return pd.DataFrame(rows, columns=["claims", "within", "note", "standing"])


@traced
def against(ledger: Ledger) -> pd.DataFrame:
    """Return the claims that some check refutes, the most consequential first.

    Consequence is counted: checks of other claims that read the claim, and results computed from the table that
    holds it; equal counts are ordered by the size of the margin in half widths.
    """
    found = ledger.claims[ledger.claims["verdict"].isin(AGAINST)].copy()
    found["size"] = found["margin_half_widths"].abs().fillna(0.0)
    return found.sort_values(["uses", "size", "claim"], ascending=[False, False, True]).drop(columns="size")


@traced
def consequential(ledger: Ledger, told: int) -> pd.DataFrame:
    """Return the most consequential refuted claims, at most one for each curated table, for variety of matter."""
    return against(ledger).drop_duplicates("table").head(told).reset_index(drop=True)


@traced
def by_theme(ledger: Ledger, theme: str) -> pd.DataFrame:
    """Return a theme's claims as a reader needs them: claim, statement, printed, computed, verdict, why.

    Under `computed` stands what each check gives, with its outcome as a sign of `OUTCOMES` and what it sets the claim
    against; a comparison is told by its note.
    """
    claims = ledger.claims[ledger.claims["theme"] == theme]
    rows, checks = [], checks_of(ledger, claims["claim"])
    for claim in records(claims):
        said = [
            f"{OUTCOMES[check.outcome]} {check.note if check.comparison else check.computed} ({_counts(check)})"
            for check in checks.get(claim.claim, [])
        ]
        printed = f"{claim.published}{unit_of(claim)}"
        rows.append((claim.claim, claim.statement, printed, "; ".join(said), claim.verdict, claim.note or claim.reason))
    return pd.DataFrame(rows, columns=["claim", "statement", "printed", "computed", "verdict", "why"])


def checks_of(ledger: Ledger, claims: pd.Series) -> dict[str, list[Any]]:
    """Return the checks of each of these claims as named tuples, by claim; one without checks is missing."""
    found: dict[str, list[Any]] = {}
    for check in records(ledger.checks[ledger.checks["claim"].isin(claims)]):
        found.setdefault(check.claim, []).append(check)
    return found


def _counts(check: Any) -> str:
    """Say what a check sets its claim against, and if it does not count, why."""
    return KINDS[check.kind] + (f", {check.standing}" if check.standing in ("void", "outranked") else "")


def unit_of(claim: Any) -> str:
    """Return a claim's unit to stand behind its printed figure, which may say it already."""
    return "" if claim.unit == "date" or "%" in claim.published else behind(claim.unit)


@traced
def first_flip(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return the claims whose verdict changes as intervals widen: claim, source, verdict, becomes, factor."""
    start = sweep.drop_duplicates("claim").set_index("claim")["verdict"]
    other = sweep[sweep["verdict"] != sweep["claim"].map(start)].drop_duplicates("claim")
    found = other.assign(verdict=other["claim"].map(start), becomes=other["verdict"])
    columns = ["claim", "source", "verdict", "becomes", "factor"]
    return found.sort_values(["factor", "claim"])[columns].reset_index(drop=True)


@traced
def under_scenarios(ledger: Ledger, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the claims whose verdict is another under some scenario: claim, statement, verdict, a column a scenario.

    Parameters
    ----------
    ledger : Ledger
        The verdicts under the defaults.
    verdicts : pandas.DataFrame
        The table ``scenario_verdicts``.
    """
    wide = verdicts.pivot_table(index="of_claim", columns="scenario", values="verdict", aggfunc="first")
    claims = ledger.claims[["claim", "statement", "verdict"]]
    table = claims.join(wide.rename_axis(columns=None), on="claim")
    other = table[list(wide.columns)].ne(table["verdict"], axis=0).any(axis=1)
    return table[other].reset_index(drop=True)


@traced
def flips(others: pd.DataFrame) -> dict[str, Estimate]:
    """Return how many claims have another verdict under some scenario (from `under_scenarios`)."""
    return {"flips_scenarios": Estimate(len(others), unit="claims")}


@traced
def robust(sweep: pd.DataFrame) -> list[str]:
    """Return the claims that some check refutes at every factor, whichever of the verdicts of `AGAINST` they have."""
    refuted = sweep["verdict"].isin(AGAINST).groupby(sweep["claim"], sort=False).all()
    return [str(claim) for claim in refuted.index[refuted]]


@traced
def due(ledger: Ledger) -> pd.DataFrame:
    """Return the forecasts by the day on which they come due: claim, statement, published, due, margin."""
    waiting = ledger.claims[ledger.claims["verdict"] == "forecast"]
    return waiting[["claim", "statement", "published", "due"]].sort_values(["due", "claim"])


def paired(ledger: Ledger) -> pd.DataFrame:
    """Return the checks whose computed interval can be set over the printed centre, with what was printed.

    Returns
    -------
    pandas.DataFrame
        One row a check that gives a number: claim, statement, published, kind, outcome, standing, relative_low,
        relative_high, printed_low, printed_high (all four over the printed centre), source.
    """
    claims = ledger.claims[np.isfinite(ledger.claims["low"]) & np.isfinite(ledger.claims["high"])]
    claims = claims[claims["unit"] != "date"]
    middle = (claims["low"] + claims["high"]) / 2
    claims = claims.assign(printed_low=claims["low"] / middle, printed_high=claims["high"] / middle)
    checks = ledger.checks[ledger.checks["relative_low"].notna()]
    columns = ["claim", "statement", "published", "printed_low", "printed_high"]
    return checks.merge(claims[columns], on="claim")[
        [*columns[:3], "kind", "outcome", "standing", "relative_low", "relative_high", *columns[3:], "source"]
    ]
