"""Marks, axes and labels that the themes' figures share; all of them follow the data and none needs a typed limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import MONTHLY, AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, Locator, NullFormatter, NullLocator
from matplotlib.transforms import Bbox

from parallelrun.study.canvas import PALE
from parallelrun.study.clearance import along_lines, beyond, common
from parallelrun.study.fitting import adjust_later

Floats = npt.NDArray[np.float64]


def records(frame: pd.DataFrame) -> Any:
    """Return the rows as named tuples, whose fields pandas cannot type."""
    return frame.itertuples(index=False)


def days(values: Any) -> Floats:
    """Return dates (or their texts) as matplotlib's day numbers."""
    return np.asarray(date2num(pd.to_datetime(values)))


def plain(value: float, position: Any = None) -> str:
    """Return a number with thousands separators, a true minus sign and no needless zeros; a tick formatter."""
    return f"{value:,.10g}".replace("-", "−")


def sides(value: Any, low: Any, high: Any) -> Floats:
    """Return the lengths of whiskers below and above, shape (2, n), as `Axes.errorbar` takes them; unknown ends 0."""
    value, low, high = (np.atleast_1d(np.asarray(part, float)) for part in (value, low, high))
    return np.nan_to_num(np.clip(np.vstack([value - low, high - value]), 0, None))


def whiskers(axes: Axes, value: Any, low: Any, high: Any, at: Any, *, upright: bool = False, **style: Any) -> None:
    """Draw points with their intervals, along x at heights ``at``, or upright at places ``at``.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    value, low, high : float or array of n
        Central values and ends, in the axis's unit; an end that is not a number draws no whisker.
    at : float or array of n
        Places on the other axis.
    upright : bool
        Whether the intervals run along y.
    **style
        Further arguments of `Axes.errorbar`, such as ``color`` and ``fmt``.
    """
    value, at = np.atleast_1d(np.asarray(value, float)), np.atleast_1d(at)
    length = sides(value, low, high)
    look: Any = {"linestyle": "none", "elinewidth": 1.2, "capsize": 0, "marker": "o", "markersize": 5} | style
    if upright:
        axes.errorbar(at, value, yerr=length, **look)
    else:
        axes.errorbar(value, at, xerr=length, **look)


def zero_line(axes: Axes, at: float = 0.0, *, upright: bool = False) -> None:
    """Draw the line of no difference, across or upright."""
    (axes.axvline if upright else axes.axhline)(at, color=PALE, lw=0.7, zorder=0)


class DecadeLocator(Locator):
    """Ticks of a logarithmic axis: as many of 1, 2, 3, 5 in each decade as leave no more than ``most``."""

    def __init__(self, most: int = 7) -> None:
        self.most = most

    def __call__(self) -> Any:
        """Return the ticks of the axis as it is seen."""
        return self.tick_values(*self.axis.get_view_interval())  # type: ignore[union-attr]

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks between two positive limits."""
        low, high = sorted((vmin, vmax))
        if not 0 < low < high < math.inf:
            return []
        decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
        slack = (high / low) ** 1e-6
        ticks: list[float] = []
        more: list[float] = []
        for digits in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
            ticks = [float(f"{d}e{k}") for k in decades for d in digits]
            ticks = [tick for tick in ticks if low / slack <= tick <= high * slack]
            if len(ticks) < 2 and len(more) > 2:
                return [more[0], more[-1]]
            if len(ticks) <= self.most:
                return ticks
            more = ticks
        return ticks[:: math.ceil(len(ticks) / self.most)]


def log_axis(axis: Axis, most: int = 7) -> None:
    """Make an axis logarithmic, with plain numbers at round places and a grid."""
    axes: Any = axis.axes
    (axes.set_xscale if axis is axes.xaxis else axes.set_yscale)("log")
    axis.set_major_locator(DecadeLocator(most))
    axis.set_major_formatter(FuncFormatter(plain))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x" if axis is axes.xaxis else "y")


class _FromZero(DecadeLocator):
    """Ticks of an axis that is logarithmic from a positive value on: zero, and those of a logarithmic axis."""

    def __init__(self, begins: float, most: int) -> None:
        super().__init__(most)
        self.begins = begins

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks between two limits, of which the lower is about zero."""
        return [0.0, *super().tick_values(self.begins, max(vmin, vmax))]


def log_axis_from_zero(axis: Axis, values: Any, most: int = 6) -> float:
    """Begin an axis at zero and make it logarithmic from the decade of the smallest positive value on.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
    values : array of n
        What is drawn along it, not negative.
    most : int
        Most ticks beside zero.

    Returns
    -------
    float
        Where the logarithmic part begins; below, the axis is linear.
    """
    axes: Any = axis.axes
    values = np.asarray(values, float)
    positive = values[values > 0]
    begins = float(10.0 ** np.floor(np.log10(positive.min()))) if positive.size else 1.0
    along_x = axis is axes.xaxis
    (axes.set_xscale if along_x else axes.set_yscale)("symlog", linthresh=begins, linscale=0.4)
    (axes.set_xlim if along_x else axes.set_ylim)(0, 1.3 * max(values.max(initial=0.0), 2 * begins))
    axis.set_major_locator(_FromZero(begins, most))
    axis.set_major_formatter(FuncFormatter(plain))
    axis.set_minor_locator(NullLocator())
    axes.grid(axis="x" if along_x else "y")
    return begins


def time_axis(axis: Axis, most: int = 7) -> None:
    """Give an axis of dates round ticks that suit its span, each year named once."""
    locator = AutoDateLocator(minticks=3, maxticks=most)
    locator.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]  # without 12 a span of two to three years has too many or none
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def from_zero(axis: Axis, head: float = 0.1) -> None:
    """Begin an axis, and those that share it, at zero; leave a part of its length free beyond the largest value drawn.

    A value below zero, which the domain should not have, is kept in view all the same.
    """
    axes: Any = axis.axes
    along_x = axis is axes.xaxis
    shared = (axes.get_shared_x_axes() if along_x else axes.get_shared_y_axes()).get_siblings(axes)
    ends = [(one.xaxis if along_x else one.yaxis).get_data_interval() for one in shared]
    low, high = min(0.0, *(end[0] for end in ends)), max(0.0, *(end[1] for end in ends))
    span = (high - low) or 1.0
    limits = (low - (0.05 * span if low < 0 else 0.0), high + head * span)
    (axes.set_xlim if along_x else axes.set_ylim)(*limits)


def rows_axis(axes: Axes, labels: Sequence[str], *, top_down: bool = True, **style: Any) -> None:
    """Name the rows 0 to n-1 of a chart on its y axis, the first at the top, with half a row free at both ends."""
    axes.set_yticks(range(len(labels)), labels, **style)
    ends = (-0.6, len(labels) - 0.4)
    axes.set_ylim(ends[::-1] if top_down else ends)


def spread(values: Any, gap: float, low: float = -math.inf, high: float = math.inf) -> Floats:
    """Return positions at least a gap apart that are, in least squares, nearest to the values, in their order.

    Exact: with the gaps taken out the problem is isotonic regression. Kept between ``low`` and ``high`` if all fit.
    """
    from scipy.optimize import isotonic_regression

    values = np.asarray(values, float)
    if values.size == 0:
        return values
    order = np.argsort(values, kind="stable")
    steps = gap * np.arange(len(values))
    placed = isotonic_regression(values[order] - steps).x
    room = max(high - steps[-1], low)
    result = np.empty_like(placed)
    result[order] = np.clip(placed, low, room) + steps
    return result


def label_ends(
    axes: Axes, x: Any, y: Any, texts: Sequence[str], colours: Sequence[str] | str, *, left: bool = False, **style: Any
) -> None:
    """Write labels beside points, usually the last of each line, moved up or down until none covers another.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float or array of n
        The points, in data units.
    texts : sequence of n str
    colours : sequence of n str, or str
    left : bool
        Whether the labels stand to the left of their points.
    **style
        Further arguments of `Axes.annotate`, such as ``fontsize`` (7.5).
    """
    count = len(texts)
    x, y = np.broadcast_to(np.asarray(x, float), count), np.broadcast_to(np.asarray(y, float), count)
    shades = [colours] * count if isinstance(colours, str) else list(colours)
    look: Any = {"fontsize": 7.5, "va": "center", "ha": "right" if left else "left", "annotation_clip": False} | style
    notes = [
        axes.annotate(text, (px, py), (-5 if left else 5, 0), textcoords="offset points", color=shade, **look)
        for text, px, py, shade in zip(texts, x, y, shades, strict=True)
    ]

    def place() -> None:
        points = axes.transData.transform(np.column_stack([x, y]))[:, 1]
        tall = 1.1 * max(note.get_window_extent().height for note in notes)
        box = axes.bbox
        placed = spread(points, tall, min(box.y0, points.min()), max(box.y1, points.max()))
        for note, moved in zip(notes, (placed - points) * 72 / axes.figure.dpi, strict=True):
            note.xyann = (note.xyann[0], moved)

    if notes:
        adjust_later(axes.figure, place)  # type: ignore[arg-type]


def note(axes: Axes, text: str, at: tuple[Any, Any], offset: tuple[float, float] = (0.0, 0.0), **style: Any) -> None:
    """Write a text at an offset in printer's points from a place in data units (``xycoords`` for others)."""
    look: Any = {"textcoords": "offset points", "fontsize": 7, "annotation_clip": False} | style
    axes.annotate(text, at, offset, **look)


def room_for_texts(axes: Axes, *, before: float | None = None) -> None:
    """Have an x axis begin and end where the texts written at an offset from its points have room before and behind.

    What the texts measure is known once the axes have their place, so the limits are set then.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    before : float, optional
        Each text will stand this many printer's points before its point, wherever it is now.
    """

    def place() -> None:
        low, high = axes.transScale.transform([(end, 1) for end in axes.get_xlim()])[:, 0]
        box = axes.bbox
        needed = [(box.x0, 0.0, 0.0), (box.x1, 0.0, 0.0)]
        for text in axes.texts:
            if text.get_text() and isinstance(text, Annotation) and text.xycoords == "data":
                at, extent = axes.transData.transform((text.xy[0], axes.get_ylim()[0]))[0], text.get_window_extent()
                ends = (at - extent.x0, extent.x1 - at)
                if before is not None:
                    ends = (extent.width + before * axes.figure.dpi / 72, 0.0)
                needed.append((at, max(ends[0], 0.0), max(ends[1], 0.0)))
        at, left, right = np.array(needed).T
        at = low + (high - low) * (at - box.x0) / box.width
        for _ in range(3):  # each end by itself is exact; the ends depend on one another
            begin = ((at * box.width - left * high) / np.maximum(box.width - left, 0.3 * box.width)).min()
            end = ((at * box.width - right * begin) / np.maximum(box.width - right, 0.3 * box.width)).max()
            low, high = min(low, begin), max(high, end)
        axes.set_xlim(*axes.transScale.inverted().transform([(low, 1), (high, 1)])[:, 0])

    adjust_later(axes.figure, place)  # type: ignore[arg-type]


PLACES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where a label may stand around its point: right, left, above, below, and between; the first that is free is taken."""

BEFORE = ((-1, 0), (-1, 1), (-1, -1))
"""Where the label of a point on a frontier may stand: on the side where no other point lies."""

BESIDE = ((1, 0), (-1, 0), (1, 1), (1, -1))
"""Where the label of a point in a row of a chart may stand."""

STEPS = (1.0, 2.0, 3.5, 6.0)
"""Distances between label and point that are tried, in gaps; from `LED` on a line leads from one to the other."""

LED = 3.0

OVERHANG = 4.0
"""How much worse a label is for each part of it outside the axes than over another."""


def label_points(
    axes: Axes,
    x: Any,
    y: Any,
    texts: Sequence[str],
    colours: Sequence[str] | str,
    *,
    gap: float = 5.0,
    clear_of_lines: bool = False,
    places: Sequence[tuple[int, int]] = PLACES,
    **style: Any,
) -> None:
    """Write labels around points, each at the first of some places where it covers no point and no label.

    A label for which no place is free goes where it covers least, farther out if need be; a line then leads to it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : array of n
        The points, in data units.
    texts : sequence of n str
    colours : sequence of n str, or str
    gap : float
        Distance between point and label in printer's points.
    clear_of_lines : bool
        Whether labels keep clear of the lines, whiskers and marks drawn so far as well.
    places : sequence of (int, int)
        Sides that are tried, of `PLACES`.
    **style
        Further arguments of `Axes.annotate`, such as ``fontsize`` (7).
    """
    count = len(texts)
    x, y = np.broadcast_to(np.asarray(x, float), count), np.broadcast_to(np.asarray(y, float), count)
    shades = [colours] * count if isinstance(colours, str) else list(colours)
    look: Any = {"fontsize": 7, "annotation_clip": False} | style
    notes = [
        axes.annotate(text, (px, py), (0, 0), textcoords="offset points", ha="center", va="center", color=c, **look)
        for text, px, py, c in zip(texts, x, y, shades, strict=True)
    ]
    thin: Any = {"arrowstyle": "-", "lw": 0.5, "shrinkA": 0, "shrinkB": 3}
    leaders = [
        axes.annotate(
            "", (px, py), (0, 0), textcoords="offset points", annotation_clip=False, arrowprops=thin | {"color": c}
        )
        for px, py, c in zip(x, y, shades, strict=True)
    ]
    for leader in leaders:
        leader.set_in_layout(False)

    def place() -> None:
        dots = axes.transData.transform(np.column_stack([x, y]))
        scale = axes.figure.dpi / 72
        taken = [Bbox.from_bounds(px - 3 * scale, py - 3 * scale, 6 * scale, 6 * scale) for px, py in dots]
        inked = along_lines(axes, 2 * scale) if clear_of_lines else np.empty((0, 2))
        for note, leader, (px, py) in zip(notes, leaders, dots, strict=True):
            leader.set_visible(False)
            if not note.get_text():
                continue
            size = note.get_window_extent()
            best: tuple[float, Bbox, tuple[float, float]] | None = None
            for step in STEPS:
                for side, rise in places:
                    dx = side * (size.width / 2 + gap * scale * step)
                    dy = rise * (size.height / 2 + gap * scale * step * (0.6 if side == 0 else 0.3))
                    box = Bbox.from_bounds(px + dx - size.width / 2, py + dy - size.height / 2, size.width, size.height)
                    covered = sum(common(box, other) for other in taken) + OVERHANG * beyond(box, axes.bbox)
                    inside = (inked > (box.x0, box.y0)) & (inked < (box.x1, box.y1))
                    covered += 4 * scale**2 * inside.all(axis=1).sum()
                    if best is None or covered < best[0] - 1e-9:
                        best = (covered, box, (dx / scale, dy / scale))
                        leader.set_visible(step >= LED)
            assert best is not None
            taken.append(best[1])
            note.xyann = best[2]
            near = (np.clip(px, best[1].x0, best[1].x1) - px, np.clip(py, best[1].y0, best[1].y1) - py)
            leader.xyann = (near[0] / scale, near[1] / scale)

    if notes:
        adjust_later(axes.figure, place)  # type: ignore[arg-type]
