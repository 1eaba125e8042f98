"""Passages: a line break inside a paragraph is a space, and what Markdown marks keeps its form."""

import re
import textwrap
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallelrun.audit import drafting
from parallelrun.audit.draft import numerals
from parallelrun.audit.passages import passages
from tests.collection import ROOT

TEXTS = {name: (ROOT / "docs" / "example" / f"{name}.md").read_text(encoding="utf-8") for name in ("notice", "quarter")}


def said(text):
    return [passage.text for passage in passages(text)]


def wrapped(text, width):
    """Return a text with its paragraphs wrapped at a width; a row, a heading and an empty line stay as they are."""
    parts = re.split(r"(\n\n+|(?m:^[|#].*\n))", text)
    return "".join(
        part if not part.strip() or part[0] in "|#" else textwrap.fill(part, width, break_long_words=False)
        for part in parts
    )


def drafted(text):
    """Return the claims without their places, and the checks."""
    files = drafting.draft(text, "a text").files
    return re.sub(r"line \d+, character \d+", "", files["claims.csv"]), files["checks.csv"]


@cache
def unwrapped(name):
    """Return what is drafted of a text with each paragraph in one line; the examples of a property share it."""
    return drafted(wrapped(TEXTS[name], 10_000))


@pytest.mark.parametrize("name", TEXTS)
def test_a_draft_of_a_text_is_that_of_its_paragraphs_each_in_one_line(name):
    assert drafted(TEXTS[name]) == unwrapped(name)


@pytest.mark.parametrize("name", TEXTS)
@given(width=st.integers(1, 1000))
def test_passages_do_not_depend_on_how_a_text_is_wrapped(name, width):
    assert said(wrapped(TEXTS[name], width)) == said(wrapped(TEXTS[name], 10_000))


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=25)  # a whole draft is slow; of passages alone more are tried
@given(width=st.integers(1, 1000))
def test_a_draft_does_not_depend_on_how_a_text_is_wrapped(name, width):
    assert drafted(wrapped(TEXTS[name], width)) == unwrapped(name)


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=25)
@given(data=st.data())
def test_no_single_line_break_changes_a_draft(name, data):
    text = wrapped(TEXTS[name], 10_000)
    lines = [(found.start(), found[0]) for found in re.finditer(r".+", text) if found[0][0] not in "|#"]
    breaks = [start + at for start, line in lines for at, sign in enumerate(line) if sign == " "]
    at = data.draw(st.sampled_from(breaks))
    assert drafted(f"{text[:at]}\n{text[at + 1 :]}") == unwrapped(name)


@pytest.mark.parametrize("name", TEXTS)
@given(width=st.integers(20, 200))
def test_a_place_is_where_the_figure_begins(name, width):
    text = wrapped(TEXTS[name], width)
    lines = text.split("\n")
    for d in numerals(text):
        assert " ".join([lines[d.line - 1][d.character - 1 :], *lines[d.line :]]).startswith(d.published)


@pytest.mark.parametrize(
    ("text", "published", "unit"),
    [
        ("at least\n40 %", "at least 40 %", "%"),
        ("some 40\nmillion tokens", "40 million", "tokens"),
        ("40 million\ntokens", "40 million", "tokens"),
        ("took 9\n to 12\nweeks", "9 to 12", "weeks"),
        ("some 90-\n120 weeks", "90-120", "weeks"),
        ("in double-\ndigit growth, 5 %", "5 %", "%"),
        ("an increase of 12 per\ncent", "12 per cent", "%"),
        ("12\neuros a\nyear", "12", "euros/year"),
        ("12 euros a\nyear earlier", "12", "euros"),
        ("> quoted at\n> least 40\n> beds", "at least 40", "beds"),
        ("costs\n> 40 euros", "> 40", "euros"),
        ("> 40 euros a night", "40", "euros/night"),
        ("- the first\n  40\n  beds\n- 7 rooms", "40", "beds"),
        ("more than **40\n%** of", "more than 40 %", "%"),
        ("*almost* `30` beds", "almost 30", "beds"),
        ("12\N{NO-BREAK SPACE}%", "12 %", "%"),
        ("of 12\N{NARROW NO-BREAK SPACE}345 beds", "12\N{NARROW NO-BREAK SPACE}345", "beds"),
        ("7 kilo\N{SOFT HYPHEN}\nmetres", "7", "kilometres"),
    ],
)
def test_a_line_break_parts_no_figure_from_its_words(text, published, unit):
    found = {d.published: d.unit for d in numerals(text) if d.kind == "figure"}
    assert published in found
    assert found[published] == unit


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two (of 2). By 1.5 % in Jan. Then no. 5.", ["One.", "Two (of 2).", "By 1.5 % in Jan. Then no. 5."]),
        ("A\n\nB\nC", ["A", "B C"]),
        ("# Title\nText", ["Title", "Text"]),
        ("Title\n=====\nText\n---\nMore", ["Title", "Text", "More"]),
        ("Points:\n- one\n  more\n* two", ["Points:", "one more", "two"]),
        ("a total of\n2. Then", ["a total of 2.", "Then"]),
        ("hard  \nbreak\\\nhere", ["hard", "break", "here"]),
        ("```\na\nb\n```\nc", ["a", "b", "c"]),
        ("short- and\nlong-\nterm, short-\nand", ["short- and long-term, short- and"]),
        ("2 * 3 and 2*3", ["2 * 3 and 2*3"]),
    ],
)  # fmt: skip
def test_a_text_is_cut_where_its_writer_cut_it(text, parts):
    assert said(text) == parts


def test_a_list_has_its_numbers_apart():
    found = passages("1. First\n2. Second\n\n## 3. Title\n")
    assert [(passage.text, passage.role) for passage in found] == [
        ("1", "number"), ("First", "text"), ("2", "number"), ("Second", "text"), ("3", "number"), ("Title", "text"),
    ]  # fmt: skip
    assert [passage.number for passage in found] == [2, 2, 3, 3, 5, 5]


@pytest.mark.parametrize(
    "table", ["| Ward | Beds |\n|---|---|\n| A | 12 |\n| B | 9 |", "Ward | Beds\n---|---\nA | 12\nB | 9"]
)
def test_a_cell_knows_its_row_and_column(table):
    found = [(p.text, p.label, p.column, p.role) for p in passages(f"Text\n\n{table}\nMore")]
    assert found == [
        ("Text", "", "", "text"), ("Ward", "", "", "head"), ("Beds", "", "", "head"),
        ("A", "", "Ward", "text"), ("12", "A", "Beds", "text"), ("B", "", "Ward", "text"), ("9", "B", "Beds", "text"),
        ("More", "", "", "text"),
    ]  # fmt: skip
