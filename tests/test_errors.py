"""The one hint at what a mistyped word may mean."""

import pytest

from parallelrun.errors import near


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("levle", ["draws", "level"], "did you mean 'level'?"),
        ("zzz", ["draws", "level"], "there are draws, level"),
        ("zzz", [], "there are none"),
        ("2027", [2026, 1999], "did you mean '2026'?"),
        ("x" * 100_000, ["level"], "there are level"),
    ],
)
def test_the_nearest_word_is_named_or_all_there_are(word, known, hint):
    assert near(word, known) == hint
    assert near("zzz", known, "look elsewhere") == "look elsewhere"
