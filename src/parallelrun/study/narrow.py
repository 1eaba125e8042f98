"""Panels, labels and heights of a figure that is narrower than it was drawn for, while its type keeps its size.

Words are broken into lines twice: by the number of their letters before the first layout, and by what they measure
once the axes have their place. Panels with a row for each name are as high as their names ask for, others no higher
than suits their width; the figure's height follows.
"""

from __future__ import annotations

import itertools
import math
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, MaxNLocator

HEAD_CM = 2.0
"""What title and source line take of a figure's height."""

FOOT_INCHES = 0.45
"""About what the ticks and the label below an axes take."""

TICKS = 4
"""Most ticks that an x axis of a narrow figure has."""

LETTER = 0.52
"""Width of a letter over the size of its type, about; a Chinese one is 1.9 times as wide."""

LABEL_SHARES = (0.24, 0.3, 0.36, 0.42)
"""Parts of the width that names of rows may take: the first in which each has as few lines as can be."""

BOUND = re.compile(r"(?<=\d) (?=%)")
"""A space at which no line is broken."""

CLOSING = re.compile(r"\n([）】」』》，。、；：！？]+)\n?")
"""Chinese marks that no line begins with: they close the line before."""

MANY_ROWS = 12
"""From this many rows on, names of one line are worth all the width that they may take."""

ROW_POINTS = 10.0
"""Least height of a row, in printer's points."""

PANEL_MM = 13.0
"""Least width of a panel that shares its rows with the one beside it."""

WITH_TEXTS_MM = 11.0
"""Least width of such a panel's axes if there are texts in them."""

HIGHEST, HIGHEST_OF_MANY, MANY = 0.55, 0.42, 4
"""Greatest height over width of a panel without named rows, and of each if that many stand below one another."""

Words = list[tuple[Axes, str, Text, str]]
"""Axes, "title", "x" or "y", the text, and what it said before it was broken."""


def named(axis: Axis) -> list[str]:
    """Return the names on an axis whose ticks are named, not computed; nothing if they are computed."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return []
    words = [label.get_text() for label in axis.get_ticklabels()]
    return words if any(letter.isalpha() for letter in "".join(words)) else []


def rename_ticks(axis: Axis, change: Callable[[str], str]) -> None:
    """Change the names on an axis whose ticks are named."""
    if (words := named(axis)) and (new := [change(one) for one in words]) != words:
        axis.set_ticklabels(new)


def broken(words: str, points: float, size: float) -> str:
    """Break each line of some words so that none is wider than some printer's points, by its letters."""
    words = BOUND.sub("\u00a0", words)
    wide = 1.9 if any(ord(letter) > 0x2E80 for letter in words) else 1.0
    letters = max(8, int(points / (LETTER * size * wide)))
    lines = "\n".join("\n".join(textwrap.wrap(line, letters)) or line for line in words.split("\n"))
    return CLOSING.sub(r"\1\n", lines).rstrip("\n").replace("\u00a0", " ")


def measuring(figure: Figure, font: FontProperties) -> Callable[[str], float]:
    """Return a function that measures words in a font, in pixels."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return cache(lambda words: renderer.get_text_width_height_descent(words, font, False)[0])


def wrapped(figure: Figure, text: str, font: FontProperties, inches: float) -> str:
    """Break a text at its spaces so that no line measures more than a width."""
    measure = measuring(figure, font)
    limit, space = inches * figure.dpi, measure("a a") - 2 * measure("a")
    lines: list[list[str]] = []
    filled = 0.0
    for word in re.split(r"[ \n]+", BOUND.sub("\u00a0", text).strip()):
        if lines and filled + space + measure(word) <= limit:
            lines[-1].append(word)
            filled += space + measure(word)
        else:
            lines.append([word])
            filled = measure(word)
    return "\n".join(" ".join(line) for line in lines).replace("\u00a0", " ")


class Arrangement:
    """How the panels of a drawn figure stand, and how its words are broken, at the width that it has.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A drawn figure that was not laid out.
    narrow : bool
        Whether panels, names of rows and ticks are arranged for a narrow figure; else only words that are too long for
        their axes are broken.
    """

    def __init__(self, figure: Figure, narrow: bool) -> None:
        self.figure = figure
        self.panels = [axes for axes in figure.axes if axes.get_subplotspec() is not None]
        self.heights: list[float] = []
        self.rows: dict[int, list[str]] = {}
        self.words: Words = [
            (axes, kind, text, text.get_text())
            for axes in self.panels
            for kind, text in (
                *(("title", one) for one in (axes.title, axes._left_title, axes._right_title)),  # type: ignore[attr-defined]
                ("x", axes.xaxis.label),
                ("y", axes.yaxis.label),
            )
            if text.get_text()
        ]
        self.names = {id(axes): named(axes.xaxis) for axes in self.panels}
        if narrow and self.panels:
            self.rows = {id(axes): named(axes.yaxis) for axes in self.panels}
            self._arrange(self._most_beside())

    def _grid(self) -> Any:
        spec: Any = self.panels[0].get_subplotspec()
        return spec.get_gridspec()

    def _arrange(self, columns: int) -> None:
        if columns:
            self._side_by_side(columns)
        self._break_words()
        self.heights = list(self._wanted())
        self._grid().set_height_ratios(self.heights)

    def _most_beside(self) -> int:
        """Return how many panels that share named rows have room beside one another; 0 if they share none."""
        first, *others = self.panels
        joined = first.get_shared_y_axes().joined
        if not others or not self.rows[id(first)] or not all(joined(first, other) for other in others):
            return 0
        points = 72 * self.figure.get_size_inches()[0]
        titles = [word for _, kind, _, words in self.words if kind == "title" for word in words.split()]
        widest = max([PANEL_MM / 25.4 * 72, *(1.15 * LETTER * 8 * len(word) for word in titles)])
        most = max(1, min(len(self.panels), int(points * (1 - LABEL_SHARES[-2]) / widest)))
        return math.ceil(len(self.panels) / math.ceil(len(self.panels) / most))

    def _side_by_side(self, columns: int) -> None:
        first, second, *_ = self.panels
        rows = math.ceil(len(self.panels) / columns)
        width, height = self.figure.get_size_inches()
        head = HEAD_CM / 2.54
        self.figure.set_size_inches(width, head + (height - head) * rows / self._grid().nrows)
        grid = GridSpec(rows, columns, figure=self.figure)
        shared = first.get_shared_x_axes().joined(first, second)
        for place, axes in enumerate(self.panels):
            axes.set_subplotspec(grid[place])
            axes.tick_params(axis="y", labelleft=place % columns == 0)
            if shared:
                axes.tick_params(axis="x", labelbottom=place + columns >= len(self.panels))

    def _break_words(self) -> None:
        points, columns = 72 * self.figure.get_size_inches()[0], self._grid().ncols
        for _, kind, text, words in self.words:
            text.set_text(broken(words, points * (0.6 if kind == "y" else 0.72 / columns), _size(text)))
        for axes in self.panels:
            names = self.rows[id(axes)]
            if names and axes.yaxis.get_ticklabels():
                size = _size(axes.yaxis.get_ticklabels()[0])
                axes.set_yticks(axes.get_yticks(), _row_names(names, points, size, columns), fontsize=size)
            fewer_ticks(axes.xaxis.get_major_locator(), max(TICKS - columns + 1, 2))
        for note in self.figure.findobj(Annotation):
            assert isinstance(note, Text)
            note.set_text(broken(note.get_text(), 0.42 * points, _size(note)))

    def _wanted(self) -> Iterator[float]:
        """Yield the height of the axes of each row of panels, in inches."""
        width, height = self.figure.get_size_inches()
        grid = self._grid()
        ratios = grid.get_height_ratios()
        for row, ratio in enumerate(ratios):
            drawn = max((height - HEAD_CM / 2.54) * ratio / sum(ratios) - FOOT_INCHES, 0.25)
            cap = width * (HIGHEST if grid.nrows < MANY else HIGHEST_OF_MANY) / grid.ncols
            if len(self.panels) == 1:
                cap = 0.8 * width
            wanted = 0.0
            for axes in self.panels:
                spec: Any = axes.get_subplotspec()
                if row in spec.rowspan:
                    wanted = max(wanted, self._rows_height(axes), min(drawn, cap))
            yield wanted

    def _rows_height(self, axes: Axes) -> float:
        """Return what the names of rows need, in inches; 0 if there are none."""
        words = named(axes.yaxis)
        if not words:
            return 0.0
        size = _size(axes.yaxis.get_ticklabels()[0])
        lines = [word.count("\n") + 1 for word in words]
        pairs = [(one + other) / 2 for one, other in itertools.pairwise(lines)] or lines
        return len(words) * max(ROW_POINTS, 1.2 * size * max(pairs) + 2) / 72

    def settle(self) -> bool:
        """Break words by what they measure and follow the heights wanted, once laid out; return if anything changed."""
        before = [text.get_text() for *_, text, _ in self.words]
        size = tuple(self.figure.get_size_inches())
        for axes, kind, text, words in self.words:
            inches = self._room(axes, kind) / self.figure.dpi
            font = text.get_fontproperties()
            text.set_text("\n".join(wrapped(self.figure, line, font, inches) for line in words.split("\n")))
        for axes in self.panels:
            self._settle_names(axes)
        if self.heights:
            columns = self._grid().ncols
            if columns > 1 and self._too_narrow():
                self._arrange(math.ceil(len(self.panels) / (self._grid().nrows + 1)))
                return True
            rows: dict[int, float] = {}
            for axes in self.panels:
                spec: Any = axes.get_subplotspec()
                rows[spec.rowspan.start] = axes.bbox.height / self.figure.dpi
            missing = sum(self.heights) - sum(rows.values())
            self.figure.set_size_inches(size[0], round(size[1] + missing, 2))
        return [text.get_text() for *_, text, _ in self.words] != before or tuple(self.figure.get_size_inches()) != size

    def _too_narrow(self) -> bool:
        least = WITH_TEXTS_MM / 25.4 * self.figure.dpi
        return self._most_beside() > 0 and any(axes.texts and axes.bbox.width < least for axes in self.panels)

    def _room(self, axes: Axes, kind: str) -> float:
        """Return how long a line of a title or of a label may be, in pixels."""
        box, page = axes.bbox, self.figure.bbox
        if kind == "y":
            return 1.1 * box.height
        beside = [one for one in self.panels if one is not axes and abs(one.bbox.y0 - box.y0) < 1]
        if kind == "title":
            right = [one.bbox.x0 for one in beside if one.bbox.x0 > box.x1]
            return max(min([page.x1, *right]) - box.x0 - 0.03 * page.width, box.width)
        middle = (box.x0 + box.x1) / 2
        others = [abs((one.bbox.x0 + one.bbox.x1) / 2 - middle) for one in beside if one.get_xlabel()]
        return 0.95 * min([2 * (middle - page.x0), 2 * (page.x1 - middle), *others])

    def _settle_names(self, axes: Axes) -> None:
        """Break the names below an axes where they are wider than what each has."""
        names = self.names[id(axes)]
        if not names or not self.heights:
            return
        slot = 0.85 * axes.bbox.width / len(names)
        font = axes.xaxis.get_ticklabels()[0].get_fontproperties()
        measure = measuring(self.figure, font)
        if max(measure(word) for name in names for word in name.split()) <= slot:  # else they are turned, if crowded
            inches = slot / self.figure.dpi
            axes.xaxis.set_ticklabels([wrapped(self.figure, name, font, inches) for name in names])


def _row_names(words: list[str], points: float, size: float, columns: int) -> list[str]:
    """Break the names of rows into as few lines as the width that they may take allows."""
    shares = LABEL_SHARES if columns == 1 else LABEL_SHARES[:-1]
    ways = [[_reflowed(one, share * points, size) for one in words] for share in shares]
    lines = [max(one.count("\n") + 1 for one in way) for way in ways]
    single = len(shares) if len(words) > MANY_ROWS else len(shares) - 1
    if 1 in lines[:single]:
        return ways[lines.index(1)]
    return next((way for way, most in zip(ways, lines, strict=True) if most <= 2), ways[-1])


def _reflowed(words: str, points: float, size: float) -> str:
    """Break words by their letters; where a line before the last must be broken, the lines given are run together."""
    first, *_ = words.rsplit("\n", 1)
    if "\n" in words and broken(first, points, size) != first:
        words = words.replace("\n", " ")
    return broken(words, points, size)


def fewer_ticks(locator: Any, most: int = TICKS) -> None:
    """Have an axis of computed ticks take fewer of them."""
    if hasattr(locator, "most"):
        locator.most = min(locator.most, most)
    elif isinstance(locator, AutoDateLocator):
        locator.maxticks = dict.fromkeys(locator.maxticks, most)
        locator.minticks = 2
    elif isinstance(locator, MaxNLocator):
        locator.set_params(nbins=most)


def _size(text: Text) -> float:
    return text.get_fontproperties().get_size_in_points()
