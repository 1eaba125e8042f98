"""One story: what a notebook says of a claim is what the audit finds.

`SAID` is the reading of the notebooks by claim: the verdict that a sentence amounts to, and a part of that sentence
without its numbers. A sentence that goes, or a verdict that changes, fails here and has to be read again.
"""

import re
from functools import cache

import pytest

from parallelrun import ipynb, project
from parallelrun.audit import audit
from tests.collection import ROOT

N = r"[−-]?[\d.,]+"
"""Any number in a sentence."""

AGREES = "boards near that month agrees? within (its|their) margins, and the nearest has"
SAID = {
    "convergence": {
        "A01": ("fails", "all other readers here have the earlier one"),
        "C01": ("holds", "all other readers here have the earlier one"),
        "A02": ("holds", f"The report has {N} pages by the article and by {N} other readers"),
        "A05": ("inconsistent", f"need {N} of {N} places, which takes a shared place or a slip"),
        "A13": ("unverifiable", f"on the first board with both, of 22 May 2023, it was {N}"),
        "A16": ("unverifiable", f"the boards of that month have at most {N}"),
        "A15": ("holds", f"{AGREES} {N} .online Elo"),
        "A17": ("contested", f"{AGREES} 7 .style control"),
        "A19": ("holds", f"The article’s gap is right for March 2026, {N} points"),
        "A20": ("holds", "2.7 % fits the Chinese score as base"),
        "A21": ("holds", "Double digits in 2023 are true of"),
        "C03": ("contested", f"“two years ago” of {N} % of those in the half-year before"),
        "A22": ("misattributed", "If it is the US total, as other readers have it"),
        "A28": ("holds", "Counts at hand put Alibaba third in 2024 and 2025"),
        "A29": ("unverifiable", "so boards cannot date them"),
        "A67": ("holds", "Models made from Qwen are more than 100,000 by the article; other counts are"),
        "A73": ("contested", "on points the lead never changed hands"),
        "A77": ("holds", "So “briefly tied” is true by the Arena’s own convention"),
        "B04": ("unverifiable", f"From the head to place {N} the gap of March 2026 changes by {N} points"),
        "B06": ("contested", "though the headline gap is of March 2026"),
        "C04": ("fails", "for the sampling of votes the gap is outside its margin"),
        "C06": ("unverifiable", "“ten times” cannot be excluded"),
    },
    "token_economics": {
        "A30": ("misattributed", f"places 1 to 6, its {N} places 7 to 9"),
        "A31": ("misattributed", f"places 1 to 6, its {N} places 7 to 9"),
        "A32": ("misattributed", "the article's, which counts the nine largest models"),
        "A33": ("misattributed", f"{N} % and {N} %, is that of nine places too"),
        "A34": ("misattributed", f"{N} % and {N} %, is that of nine places too"),
        "A35": ("misattributed", f"leaves {N} % .{N} to {N}. of all tokens unlisted"),
        "A36": ("misattributed", f"leaves {N} % .{N} to {N}. of all tokens unlisted"),
        "A37": ("unverifiable", f"what is not listed leaves {N} of the weeks certain"),
        "A45": ("unverifiable", "of users in the US does not contradict"),
        "A72": ("unverifiable", "million users of Doubao lie between two counts of its monthly users"),
    },
    "cost_structure": {
        "A49": ("holds", "lies inside what the printed prices allow"),
        "A50": ("misattributed", "The headline speaks of two models, not of two countries"),
        "A51": ("unverifiable", "The two prices for western China are both weakly sourced"),
        "A53": ("unverifiable", "The two prices for western China are both weakly sourced"),
        "B05": ("unverifiable", "of which B05 speaks and which nobody discloses for both sides"),
        "D05": ("unverifiable", "do not decide between claims B05"),
    },
    "chip_migration": {
        "A57": ("misattributed", "is no multiple at FP4, which the H20 lacks; it is met by BF16"),
        "A61": ("unverifiable", "Plans and doubts about memory are far apart, and neither is a delivery"),
        "A63": ("unverifiable", "of accelerators to NVIDIA, both of 2023 and without an origin"),
        "A64": ("unverifiable", "of accelerators to NVIDIA, both of 2023 and without an origin"),
        "A65": ("fails", "So it runs on Ascend, but not on Ascend alone"),
        "A66": ("holds", "DeepSeek V4 came out on 24 April 2026"),
    },
}
NAMED = {"cost_structure": {"A55"}, "forecast_ledger": {"D07", "D07_US", "D14", "D18"}}
"""Claims that a notebook names without saying whether they are true."""


@cache
def verdicts():
    return {name: one.verdict for name, one in audit.run().judged.items()}


@cache
def text(stem):
    """Return what a reader of a notebook reads: its text and its computed sentences, without tables and figures."""
    parts = []
    for cell in ipynb.read(project.notebook_path(stem))["cells"]:
        parts += [cell["source"]] if cell["cell_type"] == "markdown" else []
        parts += ["".join(output.get("data", {}).get("text/markdown", "")) for output in cell.get("outputs", [])]
    return re.sub(r"\s+", " ", " ".join(parts))


@pytest.mark.parametrize(("stem", "claim"), [(stem, claim) for stem, said in SAID.items() for claim in said])
def test_a_notebook_says_of_a_claim_what_the_audit_finds(stem, claim):
    verdict, sentence = SAID[stem][claim]
    assert re.search(sentence, text(stem)), f"the sentence has gone; read what {stem} says of {claim} now"
    assert verdicts()[claim] == verdict, f"{stem} says that {claim} {verdict}: {sentence}"


@pytest.mark.parametrize("stem", [stem for stem in project.stems() if stem != "claims_audit"])
def test_every_claim_that_a_notebook_names_was_read(stem):
    named = set(re.findall(r"\b[ABCD]\d\d(?:_[A-Z]+)?\b", text(stem)))
    assert named <= {*SAID.get(stem, {}), *NAMED.get(stem, set())}


def test_no_text_of_the_collection_names_a_claim_that_there_is_not():
    for path in (ROOT / "docs").glob("*.md"):
        for name in re.findall(r"`([ABCD]\d\d(?:_[A-Z]+)?)`", path.read_text(encoding="utf-8")):
            assert name in verdicts(), f"{path.name}: {name}"
