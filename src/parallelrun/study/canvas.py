"""House style: bundled fonts, widths by name, colours and marks of the countries, and an empty figure to draw on."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from parallelrun import project
from parallelrun.study import looks
from parallelrun.study.fonts import hold, use_chinese, use_house_style

CM = 1 / 2.54

WIDTH_CM = 17.8
"""Width of every figure: a journal's full page."""

US, CHINA, OTHER = "#0072B2", "#D55E00", "#666666"
"""Okabe-Ito blue and vermilion for the two countries, grey for everyone else."""

GREEN, AMBER, PINK, SKY = "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
"""The rest of the palette of Okabe and Ito, for what is not a country."""

INK, DARK, GREY, PALE = "#333333", "#222222", "#666666", "#8a8a8a"
"""Greys, from text to reference lines."""

COUNTRY_COLOURS = {"US": US, "CN": CHINA, "other": OTHER}
COUNTRY_MARKERS = {"US": "o", "CN": "D", "other": "s"}
COUNTRY_NAMES = {"US": "United States", "CN": "China", "other": "elsewhere"}


def canvas(height_cm: float = 9.0, nrows: int = 1, ncols: int = 1, **subplots: Any) -> tuple[Figure, Any]:
    """Return a new figure of `WIDTH_CM` and its axes in house style, with room kept for title and source line.

    Where the run asks for another width, it has that (see `parallelrun.study.looks`).

    Parameters
    ----------
    height_cm : float
        Height of the whole figure in centimetres; computed from the number of rows where one row is one datum.
    nrows, ncols : int
        Grid of axes.
    **subplots
        Further arguments of `matplotlib.figure.Figure.subplots`.

    Returns
    -------
    (matplotlib.figure.Figure, Axes or array of Axes)
    """
    use_house_style()
    hold()
    look = project.surroundings().look
    if look.lang == "zh":
        use_chinese()
    if look.width is not None:
        return looks.figure_and_axes(look, height_cm, nrows, ncols, **subplots)
    figure = Figure(figsize=(WIDTH_CM * CM, height_cm * CM), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(nrows, ncols, **subplots)
