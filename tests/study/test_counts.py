"""Numbers agree with their nouns, also where own data leave one of a thing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from parallelrun.study.counts import form, so_many, so_often

THEMES = sorted((Path(__file__).parents[2] / "src" / "parallelrun" / "themes").rglob("*.py"))
COUNTS = re.compile(r"\blen\(|\.nunique\(|\.sum\(\)|\bsum\(")
HELPED = re.compile(r"(?:form|so_many|so_often)\(|.* if ")
"""Counts in a form that goes with them, and choices between sentences."""
PLURAL = re.compile(r" (?:(?!a )[A-Za-z]+ )??[a-z]+(?<![isu])s\b")


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 boards"), (1, "1 board"), (1.0, "1 board"), (0.9, "1 board"), (2, "2 boards"), (1200.0, "1,200 boards")],
)
def test_a_noun_takes_the_form_that_its_number_shows(number, said):
    assert so_many(number, "board") == said


def test_other_forms_can_be_named():
    assert so_many(1, "category", "categories") == "1 category"
    assert so_many(3, "category", "categories") == "3 categories"
    assert (form(1, "agrees", "agree"), form(2, "agrees", "agree")) == ("agrees", "agree")


def test_once_is_no_number_of_times():
    assert (so_often(1.0), so_often(2), so_often(0)) == ("once", "2 times", "0 times")


def test_an_unknown_number_is_said_to_be_unknown():
    """An estimate may have no value; its sentence is then told, and not an error."""
    assert so_many(None, "board") == "an unknown number of boards"
    assert so_many(None, "category", "categories") == "an unknown number of categories"
    assert so_often(None) == "an unknown number of times"


def bare(text: str) -> Iterator[str]:
    """Yield each count in a module's sentences that stands before a plural, with what follows it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            for number, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(number, ast.FormattedValue) and isinstance(after, ast.Constant):
                    words, count = PLURAL.match(str(after.value)), ast.unparse(number.value)
                    if words and COUNTS.search(count) and not HELPED.match(count):
                        yield f"{count}{words[0]}"


def test_a_bare_count_is_seen():
    assert list(
        bare("""f"{len(rows)} US models, {x['a'].nunique()} hosts, {len(rows)} in all, {ratio:.2f} times""" + '"')
    ) == [
        "len(rows) US models",
        "x['a'].nunique() hosts",
    ]


@pytest.mark.parametrize("path", THEMES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_themes_count_by_the_helper(path):
    """A count before a plural is wrong where own data leave one: “1 boards”."""
    assert not list(bare(path.read_text(encoding="utf-8")))
