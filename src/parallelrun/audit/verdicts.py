"""Verdicts: from what the checks of all claims found to a verdict on each, by rules that leave nothing to be typed.

**Which findings count.** A check is only as good as the claims that it reads: its *inputs*. So what is nearest to the
data decides. First every claim is judged by those of its checks that read no other claim; then, round by round, the
claims that are left, by those of their checks whose inputs were all found to hold before. A check with an input that
was found false is *void*: it neither refutes nor supports. A check that is farther from the data than those that
decided is *outranked*: it is shown, and changes nothing. All claims are judged at once in a round, and a round that
judges none is the last, so that the order of rows does not matter, a repeated check changes nothing, and a claim that
is true cannot fail for the error of another. What no round decides is *weighed* as it stands, with all checks that are
not void: they rest on claims that nothing confirms.

**One claim.** The checks that test the claim as it is stated are the arithmetic, cross and independent ones and any
comparison of kind scope. A scope check that gives a number says what else the figure may be. In a round:

1. Some of the former disagree, but a cross or independent one agrees: `contested`, the sources disagree.
2. Some disagree: `fails`.
3. Some agree, and support: `holds`.

What was refuted, and is reproduced by a scope number that reads nothing false, is right about something else:

4. `misattributed`.

Of what is weighed:

5. Some disagree, but a cross or independent one agrees: `contested`.
6. Some disagree: `inconsistent`. Not all the claims that the check sets against each other can be true, and nothing
   says which is wrong; so is every one of them that nothing else decides.
7. The claim speaks of a day after the audit's date: `forecast` (until then, independent checks do not count at all).
8. Some agree, and support: `holds`.
9. None decides: `unverifiable`.

The margin of a verdict is the smallest among the checks that support it for `holds`, the most negative among those that
disagree for rules 1, 2 and 4 to 6, and the smallest of all for the others; where there are checks that give figures,
they decide before comparisons. If scope numbers are all that an unverifiable claim has, it is theirs; if the forecast
of a date has no check, it is the days that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from parallelrun.audit.claims import Claim
from parallelrun.audit.findings import Finding, Standing
from parallelrun.audit.names import Figure

Verdict = Literal["holds", "fails", "contested", "misattributed", "inconsistent", "unverifiable", "forecast"]
VERDICTS: tuple[Verdict, ...] = (
    "holds",
    "fails",
    "contested",
    "misattributed",
    "inconsistent",
    "unverifiable",
    "forecast",
)
FALSE = ("fails", "misattributed")
"""Verdicts of claims that no other claim may be judged by."""


@dataclass(frozen=True)
class Evidence:
    """A claim, its figure, what its checks found, and whether a check of another claim suspects it."""

    claim: Claim
    figure: Figure
    findings: tuple[Finding, ...]
    suspect: bool = False

    def due(self) -> date | None:
        """Return the last day that the claim speaks of; None if it speaks of none."""
        return self.figure.last_day or self.claim.as_of

    def pending(self, as_of: date) -> bool:
        """Whether the claim speaks of a day after the audit's."""
        due = self.due()
        return due is not None and due > as_of

    def counted(self, as_of: date) -> list[Finding]:
        """Return the findings that test the claim as it is stated; before its day, none that is independent."""
        pending = self.pending(as_of)
        return [f for f in self.findings if f.stated and not (pending and f.check.kind == "independent")]

    def weighed(self, false: set[str], as_of: date) -> list[Finding]:
        """Return those of the counted findings that read no claim that is false."""
        return [f for f in self.counted(as_of) if not f.inputs & false]

    def elsewhere(self, false: set[str]) -> bool:
        """Whether a scope check reproduces the number from something else, and from nothing false."""
        return any(not f.stated and f.outcome == "agrees" and not f.inputs & false for f in self.findings)


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict; its findings say how each of them counts.

    `rank` is the round in which the claim was decided, 0 for one that the data decide; None for one that was weighed.
    """

    claim: Claim
    figure: Figure
    verdict: Verdict
    reason: str
    margin: float | None
    relative: float | None
    findings: tuple[Finding, ...]
    rank: int | None = None


class _Known:
    """What the rounds have decided so far: which claims hold and which are false, and in which round."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.ranks: dict[str, int] = {}
        self.holding: set[str] = set()
        self.false: set[str] = set()

    def learn(self, verdicts: Mapping[str, Verdict], rank: int) -> None:
        """Take over what one round decided."""
        self.verdicts |= verdicts
        self.ranks |= dict.fromkeys(verdicts, rank)
        self.holding |= {name for name, verdict in verdicts.items() if verdict == "holds"}
        self.false |= {name for name, verdict in verdicts.items() if verdict in FALSE}

    def reproduced(self, evidence: Mapping[str, Evidence]) -> None:
        """Call misattributed what was refuted and is reproduced from something else that is not false itself."""
        refuted = {name for name in evidence if self.verdicts.get(name) in ("fails", "contested")}
        found = {name for name in refuted if evidence[name].elsewhere(self.false)}
        self.verdicts |= dict.fromkeys(found, "misattributed")
        self.false |= found


def judge(evidence: Mapping[str, Evidence], as_of: date) -> dict[str, Judged]:
    """Return every claim with its verdict, by the rules of the module."""
    known, rank = _Known(), 0
    while now := {
        name: verdict
        for name, one in evidence.items()
        if name not in known.verdicts and (verdict := _decide(one, known, as_of))
    }:
        known.learn(now, rank)
        rank += 1
    known.reproduced(evidence)
    return {name: _judged(name, one, known, as_of) for name, one in _with_suspects(evidence, known, as_of)}


def judge_again(name: str, one: Evidence, others: Mapping[str, Judged], as_of: date) -> Judged:
    """Return one claim with its verdict, given those of the others, whose verdicts stand."""
    known = _Known()
    ranks = sorted({other.rank for other in others.values() if other.rank is not None})
    for rank in [*ranks, len(ranks)]:
        if name not in known.verdicts and (verdict := _decide(one, known, as_of)):
            known.learn({name: verdict}, rank)
        known.learn({n: other.verdict for n, other in others.items() if n != name and other.rank == rank}, rank)
    known.reproduced({name: one})
    return _judged(name, one, known, as_of)


def _decide(one: Evidence, known: _Known, as_of: date) -> Verdict | None:
    """Return the verdict that findings whose inputs hold give, if they give one; a claim to come cannot hold yet."""
    verdict = _rule([f for f in one.counted(as_of) if f.inputs <= known.holding])
    return None if verdict == "holds" and one.pending(as_of) else verdict


def _rule(findings: Sequence[Finding]) -> Verdict | None:
    if any(f.outcome == "disagrees" for f in findings):
        return "contested" if _from_others(findings) else "fails"
    return "holds" if any(f.supports for f in findings) else None


def _with_suspects(evidence: Mapping[str, Evidence], known: _Known, as_of: date) -> list[tuple[str, Evidence]]:
    """Return the evidence with the claims marked of which some other's weighed check says that not all can be true."""
    suspects: set[str] = set()
    for name, one in evidence.items():
        weighed = one.weighed(known.false, as_of)
        if name not in known.verdicts and _rule(weighed) == "fails":
            suspects |= set().union(*(f.inputs for f in weighed if f.outcome == "disagrees"))
    return [(name, replace(one, suspect=name in suspects)) for name, one in evidence.items()]


def _from_others(findings: Iterable[Finding]) -> list[Finding]:
    return [f for f in findings if f.supports and f.check.kind in ("cross", "independent")]


def _judged(name: str, one: Evidence, known: _Known, as_of: date) -> Judged:
    """Return a claim with its verdict, the reason, and how each of its findings counts."""
    decided = known.verdicts.get(name)
    if decided:
        before = {n for n in known.holding if known.ranks[n] < known.ranks[name]}
        counting = [f for f in one.counted(as_of) if f.inputs <= before]
    else:
        counting = one.weighed(known.false, as_of)
    verdict = decided or _weighed_verdict(one, counting, as_of)
    against = [f for f in counting if f.outcome == "disagrees"]
    closest = against or counting
    if verdict == "misattributed":
        reason = "fails as stated, and is right about something else"
    elif verdict == "contested":
        reason = f"supported by {_checks(_from_others(counting))}, refuted by {_checks(against)}"
    elif verdict == "fails":
        reason = f"refuted by {_checks(against)}"
    elif verdict == "inconsistent":
        others = sorted({n for f in against for n in f.inputs})
        reason = f"cannot be true together with {', '.join(others) or 'claims that are computed from it'}"
    elif verdict == "forecast":
        closest, reason = counting, f"open until {one.due()}"
    elif verdict == "holds":
        closest = [f for f in counting if f.supports]
        reason = f"supported by {_checks(closest)}"
    else:
        closest = counting or list(one.findings)
        passed = f"its date, {one.due()}, has passed; " if one.due() is not None and one.figure.form == "date" else ""
        reason = passed + ("no check supports or refutes it" if one.findings else "no check")
    findings = tuple(replace(f, standing=_standing(f, bool(decided), f in counting, known.false)) for f in one.findings)
    margin, relative = _margin(closest)
    if verdict == "forecast" and one.figure.form == "date" and margin is None and (due := one.due()):
        margin = float((due - as_of).days)
    reason += _excused(findings, known.false)
    return Judged(one.claim, one.figure, verdict, reason, margin, relative, findings, known.ranks.get(name))


def _weighed_verdict(one: Evidence, weighed: Sequence[Finding], as_of: date) -> Verdict:
    """Return the verdict of a claim that no round decided."""
    verdict = _rule(weighed)
    if verdict == "fails":
        return "inconsistent"
    if verdict != "contested" and one.pending(as_of):
        return "forecast"
    return verdict or ("inconsistent" if one.suspect else "unverifiable")


def _standing(finding: Finding, decided: bool, counts: bool, false: set[str]) -> Standing:
    if finding.inputs & false:
        return "void"
    if counts:
        return "decides" if decided else "weighed"
    return "outranked" if finding.stated and decided else "aside"


def _excused(findings: Sequence[Finding], false: set[str]) -> str:
    """Say of the checks that disagree and do not count why they do not."""
    against = [f for f in findings if f.stated and f.outcome == "disagrees"]
    void = [f for f in against if f.standing == "void"]
    far = [f for f in against if f.standing == "outranked"]
    by = sorted({name for f in void for name in f.inputs & false})
    said = f"; {_checks(void)} against it void by {', '.join(by)}" if void else ""
    return said + (f"; {_checks(far)} against it outranked" if far else "")


def _margin(findings: Iterable[Finding]) -> tuple[float | None, float | None]:
    closest = min((f for f in findings if f.margin is not None), key=_closeness, default=None)
    return (closest.margin, closest.relative) if closest else (None, None)


def _closeness(finding: Finding) -> tuple[bool, float]:
    """Order findings by margin: those of figures first, relative to what was printed."""
    return finding.relative is None, (finding.margin if finding.relative is None else finding.relative) or 0.0


def _checks(findings: Sequence[Finding]) -> str:
    counts = {f.check.kind: sum(g.check.kind == f.check.kind for g in findings) for f in findings}
    words = " and ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"{words} check{'s' if len(findings) > 1 else ''}"
