"""The bundled fonts and the style file, loaded into matplotlib."""

from __future__ import annotations

import locale
from functools import cache
from pathlib import Path

import matplotlib.style
from matplotlib import font_manager, rcParams

STYLE = Path(__file__).parent / "style"

CHINESE = "Parallelrun SC"
"""Family of the Chinese glyphs (a part of Noto Sans SC), which stand in where Inter has none."""


@cache
def use_house_style() -> None:
    """Load the bundled fonts and the style file into matplotlib, once a process; a user's own settings do not count.

    One of those settings, ``axes.formatter.use_locale``, has matplotlib take the user's language for the whole process;
    numbers and days are written in English again.
    """
    for category in (locale.LC_NUMERIC, locale.LC_TIME):
        locale.setlocale(category, "C")
    for font in sorted(STYLE.glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    matplotlib.style.use(["default", STYLE / "parallelrun.mplstyle"])
    rcParams["timezone"] = "UTC"


def use_chinese() -> None:
    """Have Chinese letters drawn; all others stay Inter's."""
    rcParams["font.family"] = ["Inter", CHINESE]
