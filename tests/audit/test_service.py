"""The audit over texts: the same verdicts as from files, and an error that says where."""

import json
import subprocess
import sys

import pytest

from parallelrun.audit import audit, service
from parallelrun.errors import InputError
from tests.collection import ROOT


def test_the_verdicts_are_those_of_the_files():
    given = json.loads(service.judge("", "", ""))
    assert given["verdicts"] == json.loads(json.dumps(audit.as_json(audit.run())))
    assert sum(given["counts"].values()) == len(given["verdicts"])


def test_a_draft_is_judged_without_a_disk():
    made = json.loads(service.draft((ROOT / "docs" / "example" / "quarter.md").read_text(encoding="utf-8"), "quarter"))
    files = made["files"]
    verdicts = json.loads(service.judge(files["claims.csv"], files["checks.csv"], "2026-11-01"))["verdicts"]
    assert {one["source"] for one in verdicts} == {"quarter"}
    assert "inconsistent" in {one["verdict"] for one in verdicts}, "its table does not add up"


def test_what_is_wrong_is_said_with_its_line_and_without_a_path():
    said = json.loads(service.judge("id,source\nA,b\n", "claim,kind,expression,note\n", ""))
    assert said["error"].startswith("claims.csv, line 1")
    assert "day of the audit" in json.loads(service.judge("", "", "soon"))["error"]
    assert "no numeral" in json.loads(service.draft("nothing", "text"))["error"]


def test_claim_reviews_have_what_schema_org_asks_for():
    reviews = json.loads(service.claim_reviews(service.judge("", "", "")))
    for review in reviews:
        assert review["@type"] == "ClaimReview"
        assert 1 <= review["reviewRating"]["ratingValue"] <= 5
        assert review["reviewRating"]["alternateName"]
        assert review["itemReviewed"]["@type"] == "Claim"
    assert len(reviews) == len(audit.run().judged)


def test_what_could_not_be_judged_has_no_reviews_and_says_why():
    wrong = service.judge("id,source\nA,b\n", "claim,kind,expression,note\n", "")
    with pytest.raises(InputError, match=r"claims\.csv, line 1"):
        service.claim_reviews(wrong)


def test_the_page_in_a_browser_can_import_the_audit_where_files_cannot_be_locked():
    """Pyodide has no `fcntl`: with it imported at the top of a module, the page said that Python did not start."""
    code = "import sys; sys.modules['fcntl'] = None; import parallelrun.audit.service"
    subprocess.run([sys.executable, "-c", code], check=True)
