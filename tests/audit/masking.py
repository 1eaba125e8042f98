"""Texts of others without their words: printed figures and names of ranks and units stay, all else is an x a letter."""

import re
from collections.abc import Iterable

NAMES = frozenset(("rank", "gb", "models"))
"""Words of columns and units by which the grammar tells a figure from the number of a list or of a name."""


def mask(text: str, figures: Iterable[tuple[int, int, str]]) -> str:
    """Return a text of the same lines, signs and digits, with an x for each letter outside its figures and `NAMES`.

    Parameters
    ----------
    text : str
        The text.
    figures : iterable of (int, int, str)
        Line and character, both from 1, and form as printed, of what is kept as it stands.
    """
    lines = text.split("\n")
    kept = {(line, at) for line, start, form in figures for at in range(start - 1, start - 1 + len(form))}
    kept |= {
        (number, at)
        for number, line in enumerate(lines, 1)
        for word in re.finditer(r"[^\W\d_]+", line)
        if word[0].lower() in NAMES
        for at in range(*word.span())
    }
    return "\n".join(
        "".join(sign if (number, at) in kept else _masked(sign) for at, sign in enumerate(line))
        for number, line in enumerate(lines, 1)
    )


def _masked(sign: str) -> str:
    return sign if not sign.isalpha() else "X" if sign.isupper() else "x"
