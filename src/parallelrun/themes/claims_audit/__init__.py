"""Claims audit: every printed figure tested by its rounding, its neighbours, other articles, and other data.

The modules: `ledger` (claims with verdicts and checks with outcomes, as frames), `findings` (what follows from them),
`plots` and `words`.
"""

from __future__ import annotations

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter


class Parameters(parameters.Parameters):
    """Parameters of the audit."""

    as_of: str = parameter("2026-11-25", unit="ISO date", help="Day of the audit: what lies after it is a forecast")
    widening: float = parameter(
        1.0, unit="ratio", help="Factor by which every printed interval is widened", ge=1.0, le=1000.0
    )
    most_widening: float = parameter(
        32.0, unit="ratio", help="Largest factor of the sensitivity to widening", ge=2.0, le=1000.0
    )
    steps: int = parameter(21, unit="factors", help="Factors tried up to the largest, even in logarithm", ge=3, le=200)
    told: int = parameter(10, unit="claims", help="Failures that get a paragraph", ge=1, le=40)


RESULTS = {
    "holds": "claims that checks support and none refutes",
    "fails": "claims that a check refutes and no other source supports",
    "contested": "claims that a check refutes and another source supports",
    "misattributed": "claims that fail as stated and whose number is right about something else",
    "inconsistent": "claims of which not all can be true, where nothing says which is wrong",
    "unverifiable": "claims that no check supports or refutes",
    "forecast": "claims that are not due",
    "numerals": "numerals in the four articles",
    "numerals_judged": "numerals in the four articles that are the figure of a judged claim, or repeat it",
    "claims_judged": "claims and second figures of claims that were judged",
    "checks_made": "checks that were evaluated",
    "checks_against": "checks that disagree with their claim",
    "tested_by_other_data": "claims with a check against data that no article supplied",
    "contradictions": "sets of claims that cannot all be true",
    "contradictions_within": "sets of claims of one article that cannot all be true",
    "flips_twofold": "verdicts that change if printed intervals are twice as wide",
    "flips_scenarios": "claims whose verdict is another under some scenario",
    "error_noticed": "smallest relative error in a claim that holds that its checks refute: median and middle half",
    "power_of_a_tenth": "share of the claims that hold with a figure in which an error of a tenth would be refuted",
    "power_of_a_half": "share of the claims that hold with a figure in which an error of a half would be refuted",
    "seeded_errors_caught": "share of errors put into claims that hold (factors, digits swapped, wrong base) refuted",
    "false_alarms": "share of claims that hold that would be refuted if they were printed with a digit less",
    "robustly_refuted": "claims refuted at every widening up to {most_widening:g} times",
}
"""What each recorded result means."""
