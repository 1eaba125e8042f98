"""The page's own files, run under node without a network, give CPython's bytes."""

import subprocess
from pathlib import Path

import pytest

from parallelrun.audit import service

HERE = Path(__file__).parent
ROOT = HERE.parent
BUNDLE = ROOT / "build" / "auditor"
EXAMPLES = ROOT / "docs" / "example"


def under_node(name: str, *texts: str) -> str:
    command = ["node", str(HERE / "check.mjs"), str(BUNDLE), name, *(f"={text}" for text in texts)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def test_all_claims_of_the_collection_have_the_same_bytes():
    assert under_node("judge", "", "", "") == service.judge("", "", "")


@pytest.mark.parametrize("name", ["notice", "quarter"])
def test_a_draft_and_its_verdicts_have_the_same_bytes(name):
    text = (EXAMPLES / f"{name}.md").read_text(encoding="utf-8")
    assert under_node("draft", text, name, "2026-10-14") == service.draft(text, name, "2026-10-14")


def test_the_worked_example_has_the_same_bytes():
    files = [(EXAMPLES / f"{name}.csv").read_text(encoding="utf-8") for name in ("claims", "checks")]
    assert under_node("judge", *files, "2026-06-30") == service.judge(*files, "2026-06-30")


def test_an_error_has_the_same_bytes():
    assert under_node("judge", "id\nA\n", "", "") == service.judge("id\nA\n", "", "")
