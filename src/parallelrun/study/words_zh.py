"""The words of figures in Chinese: a table of labels, axes and subjects; numbers go where they stood.

What the table does not have stays as it is: names of models and sources, the claims' wording, notes inside a panel, and
a figure's title, which is a computed sentence. In its place a Chinese figure names its subject.
"""

from __future__ import annotations

import re
from functools import cache

from parallelrun.study.fonts import STYLE

NUMBER = re.compile(r"[-−+]?\d(?:[\d,.]*\d)?")
SUBJECT = "figure:"


@cache
def table() -> dict[str, str]:
    """Return the Chinese of each label, its numbers as ``#``, and of each figure's subject, as ``figure:<name>``."""
    lines = (STYLE / "zh.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def chinese(words: str) -> str:
    """Return a label in Chinese, or as it is if the table does not have it.

    Parameters
    ----------
    words : str
        A label; line breaks count as spaces.
    """
    plain = " ".join(words.split())
    if plain.startswith("Source: "):
        return "来源：" + plain.removeprefix("Source: ")
    if plain.startswith("Simulated"):
        return "模拟。" + chinese(plain.removeprefix("Simulated").lstrip(". "))
    found = table().get(NUMBER.sub("#", plain))
    if found is None:
        return words
    numbers = iter(NUMBER.findall(plain))
    return re.sub("#", lambda match: next(numbers), found)


def subject(name: str, title: str) -> str:
    """Return what stands above a Chinese figure: its subject, or its title if it has none."""
    return table().get(f"{SUBJECT}{name}", title)
