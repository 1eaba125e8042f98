"""The bundled fonts and the style file, loaded into matplotlib."""

from __future__ import annotations

import io
import locale
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib import font_manager, rcParams

STYLE = Path(__file__).parent / "style"

BUFFER = 1 << 17
"""Bytes; more than any of the Latin fonts has."""

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


def hold() -> None:
    """Have matplotlib hold the bundled Latin fonts in memory; where it has them already, nothing is done.

    It reads each glyph of each text from the font's file, which its `ft2font` opens by `io.open`: with a buffer of one
    block, so that nearly every glyph takes calls to the system, two thirds of the time that texts take. What is opened
    here has the whole font in its buffer. A process forked from this one has no fonts yet.
    """
    plain: Any = io.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **kwargs: Any) -> Any:
        ours = mode == "rb" and str(file).startswith(str(STYLE))
        return plain(file, mode, BUFFER if ours else buffering, *args, **kwargs)

    io.open = opened
    try:
        for font in STYLE.glob("Inter-*.ttf"):
            font_manager.get_font(font)
    finally:
        io.open = plain


def use_chinese() -> None:
    """Have Chinese letters drawn; all others stay Inter's."""
    rcParams["font.family"] = ["Inter", CHINESE]
