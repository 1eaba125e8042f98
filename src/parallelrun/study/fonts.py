"""The bundled fonts and the style file, loaded into matplotlib."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib.style
from matplotlib import font_manager, rcParams

STYLE = Path(__file__).parent / "style"

CHINESE = "Parallelrun SC"
"""Family of the Chinese glyphs (a part of Noto Sans SC), which stand in where Inter has none."""


@cache
def use_house_style() -> None:
    """Load the bundled fonts and the style file into matplotlib, once a process."""
    for font in sorted(STYLE.glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    matplotlib.style.use(STYLE / "parallelrun.mplstyle")


def use_chinese() -> None:
    """Have Chinese letters drawn; all others stay Inter's."""
    rcParams["font.family"] = ["Inter", CHINESE]
