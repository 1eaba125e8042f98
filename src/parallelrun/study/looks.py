"""Figures at a width, in a style and in a language of someone's own; the house's look needs nothing of this.

A narrow figure has its panels below one another, its legends in fewer columns and its labels in more lines, so that
type keeps its size. In the dark style colours keep their hue and are lightened until they stand out.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib import colors, rcParams
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from parallelrun.project import Look
from parallelrun.study.narrow import HEAD_CM, Arrangement, rename_ticks
from parallelrun.study.words_zh import chinese, subject

HOUSE_MM = 178.0
NARROW_MM = 150.0
"""Below this width, for type of print's size, panels stand below one another."""

SLIDE = 1.5
"""Size of a slide's type and marks over that of print."""

BACKGROUND = "#12171d"
CONTRAST = 4.5
"""Least contrast of a colour with the dark background, by WCAG 2.2."""

RGBA = tuple[float, float, float, float]

_style: Any = rcParams


class _Figure(Figure):
    """A figure whose legends take no more columns than fit its width, and no two the same corner."""

    def legend(self, *args: Any, **kwargs: Any) -> Legend:
        """Add a legend, as `matplotlib.figure.Figure.legend` does, in as many columns as there is room for."""
        if self.legends and str(kwargs.get("loc", "")).startswith("outside lower"):
            kwargs["loc"] = "outside upper left"
        for columns in range(kwargs.pop("ncols", 1), 0, -1):
            legend = super().legend(*args, ncols=columns, **kwargs)
            if columns == 1 or legend.get_window_extent().width <= 0.97 * self.bbox.width:
                return legend
            legend.remove()
        raise AssertionError("a legend has at least one column")


def figure_and_axes(look: Look, height_cm: float, nrows: int, ncols: int, **subplots: Any) -> tuple[Figure, Any]:
    """Return an empty figure of the look's width and its axes, in the shape that `Figure.subplots` would give them.

    Parameters
    ----------
    look : Look
        With a width, in millimetres.
    height_cm : float
        Height at the house's width, in centimetres.
    nrows, ncols : int
        Grid of axes at the house's width.
    **subplots
        Further arguments of `matplotlib.figure.Figure.subplots`.
    """
    width = look.width or HOUSE_MM
    squeeze = subplots.pop("squeeze", True)
    count = nrows * ncols
    rows, columns, height = nrows, ncols, height_cm * max(1.0, width / HOUSE_MM)
    if is_narrow(look) and ncols > 1:
        columns = 2 if ncols > 2 and subplots.get("sharey") else 1
        rows = math.ceil(count / columns)
        height = HEAD_CM + (height_cm - HEAD_CM) * rows / nrows
        subplots = {name: value for name, value in subplots.items() if not name.endswith("_ratios")}
    figure = _Figure(figsize=(width / 25.4, height / 2.54), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, squeeze=False, **subplots).ravel()
    for place in range(count, rows * columns):
        grid[place].remove()
        grid[place - columns].tick_params(labelbottom=True)  # which else the one below would have
    shaped = np.empty(count, dtype=object)
    shaped[:] = grid[:count]
    axes: Any = shaped.reshape(nrows, ncols)
    return figure, (axes.squeeze() if axes.size > 1 else axes.item()) if squeeze else axes


def size_of(look: Look) -> float:
    """Return the factor on the size of type."""
    return SLIDE if look.style == "slide" else 1.0


def is_narrow(look: Look) -> bool:
    """Whether a figure is too narrow for panels side by side."""
    return (look.width or HOUSE_MM) / size_of(look) < NARROW_MM


def dress(figure: Figure, look: Look) -> Arrangement:
    """Give a drawn figure the language, the lines and the sizes of a look, and return how it stands."""
    if look.lang == "zh":
        _translate(figure)
    if look.style == "slide":
        _enlarge(figure, SLIDE)
    return Arrangement(figure, is_narrow(look))


def finish(figure: Figure, look: Look) -> None:
    """Give a figure that has been laid out, with its title and source line, the colours of a look."""
    if look.style == "dark":
        recolour(figure, on_dark)
        figure.set_facecolor(BACKGROUND)


def heading(look: Look, name: str, title: str, source: str) -> tuple[str, str]:
    """Return the line above and the line below a figure in the look's language; a Chinese title names the subject."""
    return (subject(name, title), chinese(source)) if look.lang == "zh" else (title, source)


def _texts(figure: Figure) -> list[Text]:
    """Return all texts but those of ticks, which their axis writes."""
    axis_of = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    every = [tick for axis in axis_of for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())]
    ticks = {id(label) for tick in every for label in (tick.label1, tick.label2)}
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and id(text) not in ticks]


def _translate(figure: Figure) -> None:
    for text in _texts(figure):
        text.set_text(chinese(text.get_text()))
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            rename_ticks(axis, chinese)
            formatter: Any = axis.get_major_formatter()
            if isinstance(formatter, ConciseDateFormatter):
                formatter.formats = ["%Y", "%-m月", "%-d日", "%H:%M", "%H:%M", "%S.%f"]
                formatter.zero_formats = ["", "%Y", "%-m月", "%-d日", "%H:%M", "%H:%M"]


def _enlarge(figure: Figure, by: float) -> None:
    """Scale type, lines and marks."""
    for axes in figure.axes:
        for axis, name in ((axes.xaxis, "xtick"), (axes.yaxis, "ytick")):
            size = max(
                [label.get_fontproperties().get_size_in_points() for label in axis.get_ticklabels()],
                default=_style[f"{name}.labelsize"],
            )
            axis.set_tick_params(
                labelsize=by * size,
                width=by * _style[f"{name}.major.width"],
                length=by * _style[f"{name}.major.size"],
            )
    for text in _texts(figure):
        text.set_fontsize(by * text.get_fontproperties().get_size_in_points())
        if isinstance(text, Annotation) and text.anncoords == "offset points":
            text.xyann = (by * text.xyann[0], by * text.xyann[1])
    for axes in figure.axes:
        pad = 72 / figure.dpi * axes.titleOffsetTrans.get_matrix()[1, 2]  # type: ignore[attr-defined]
        axes._set_title_offset_trans(by * pad)  # type: ignore[attr-defined]
    for artist in figure.findobj(lambda one: isinstance(one, Line2D | Patch | Collection)):
        line: Any = artist
        line.set_linewidth(by * np.asarray(line.get_linewidth()))
        if isinstance(artist, Line2D):
            artist.set_markersize(by * artist.get_markersize())
        elif isinstance(artist, Collection) and hasattr(artist, "get_sizes") and len(artist.get_sizes()):
            artist.set_sizes(by**2 * artist.get_sizes())  # type: ignore[attr-defined]


def on_dark(colour: Any) -> RGBA:
    """Return what stands for a colour of print on the dark background: greys inverted, hues kept and lightened."""
    red, green, blue, alpha = colors.to_rgba(colour)
    if max(red, green, blue) - min(red, green, blue) < 0.1 or min(red, green, blue) > 0.8:
        bright = (red + green + blue) / 3
        red, green, blue = (0.95 - bright * (0.95 - part) for part in colors.to_rgb(BACKGROUND))
        return (red, green, blue, alpha)
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    while contrast(colorsys.hls_to_rgb(hue, light, full)) < CONTRAST:
        light += 0.01
    return (*colorsys.hls_to_rgb(hue, light, full), alpha)


def contrast(colour: Any, background: Any = BACKGROUND) -> float:
    """Return the contrast ratio of two colours.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    bright, dim = sorted((_luminance(colour), _luminance(background)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: Any) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colors.to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def opaque(figure: Figure) -> None:
    """Replace what is transparent by what it looks like on the background, for EPS, which has no transparency."""
    ground = np.asarray(colors.to_rgb(figure.get_facecolor()))

    def flat(colour: Any) -> RGBA:
        *rgb, alpha = colors.to_rgba(colour)
        return (*(alpha * np.asarray(rgb) + (1 - alpha) * ground), 1.0 if alpha else 0.0)

    recolour(figure, flat)
    for artist in figure.findobj():
        artist.set_alpha(None)


def recolour(figure: Figure, change: Callable[[Any], RGBA]) -> None:
    """Change every colour of a figure; those that a colour map gives are left, and so is what is not drawn."""
    effects: dict[int, Any] = {}  # texts may share them
    for artist in figure.findobj():
        _recolour_one(artist, change)
        effects |= {id(effect): effect for effect in artist.get_path_effects() or []}
    for effect in effects.values():
        if "foreground" in (drawn := getattr(effect, "_gc", {})):
            drawn["foreground"] = colors.to_hex(change(drawn["foreground"]))


def _recolour_one(artist: Artist, change: Callable[[Any], RGBA]) -> None:
    def changed(colour: Any) -> Any:
        return (
            colour
            if isinstance(colour, str) and colour == "none"
            else change(colors.to_rgba(colour, artist.get_alpha()))
        )

    if isinstance(artist, Text):
        artist.set_color(changed(artist.get_color()))
        if (box := artist.get_bbox_patch()) is not None:
            _recolour_one(box, change)
        if (arrow := getattr(artist, "arrow_patch", None)) is not None:
            _recolour_one(arrow, change)
    elif isinstance(artist, Line2D):
        edge, face = artist.get_markeredgecolor(), artist.get_markerfacecolor()
        artist.set_color(changed(artist.get_color()))
        artist.set_markeredgecolor(changed(edge))
        artist.set_markerfacecolor(changed(face))
    elif isinstance(artist, Patch):
        face, edge = colors.to_rgba(artist.get_facecolor()), colors.to_rgba(artist.get_edgecolor())
        fill = artist.get_fill()
        artist.set_alpha(None)
        artist.set_edgecolor(change(edge) if edge[3] else edge)
        if fill:
            artist.set_facecolor(change(face) if face[3] else face)
    elif isinstance(artist, Collection) and artist.get_array() is None:
        faces, edges = colors.to_rgba_array(artist.get_facecolor()), colors.to_rgba_array(artist.get_edgecolor())
        artist.set_alpha(None)
        artist.set_facecolor([change(c) if c[3] else c for c in faces])
        artist.set_edgecolor([change(c) if c[3] else c for c in edges])
