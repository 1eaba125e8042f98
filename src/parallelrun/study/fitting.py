"""Lay a figure out between title and source line, make room until every text fits, and say what does not.

Two faults are looked for: a text that is cut off or printed over another, which more room may cure, and a plotted
value outside its axes, which nothing here may cure, since a limit was set that the data do not keep to.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.spines import Spine
from matplotlib.text import Text

from parallelrun.errors import FigureError
from parallelrun.study.canvas import CM
from parallelrun.study.narrow import Arrangement, wrapped
from parallelrun.study.recording import Drawing, record, recordable

TITLE_SIZE, SOURCE_SIZE = 10.0, 6.5
PAD_CM = 0.12
ROOM = ((1.0, 1.0), (1.0, 0.92), (1.15, 0.92), (1.35, 0.85), (1.7, 0.85), (2.2, 0.8))
"""What is tried in turn until all texts fit: factors on the figure's height and on the size of its texts."""

TALLER = (1.0, 1.15, 1.35, 1.7, 2.2)
"""The factors on the height where texts keep their size."""

SETTLED = 4
"""Most layouts after which words and heights of an arrangement follow what was measured."""

ADJUSTERS = "_parallelrun_adjusters"
"""Attribute of a figure: functions that place labels once the axes have their place (see `drawing`)."""


def adjust_later(figure: Figure, place: Callable[[], None]) -> None:
    """Have a function called each time that the figure's axes have been given their place."""
    setattr(figure, ADJUSTERS, [*getattr(figure, ADJUSTERS, []), place])


def fit(
    figure: Figure,
    title: str,
    source: str,
    *,
    size: float = 1.0,
    arrangement: Arrangement | None = None,
) -> tuple[Drawing, list[str]]:
    """Lay a figure out and draw it, with more room and smaller text as long as it takes; say what still does not fit.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure made by `canvas`; afterwards its layout is fixed.
    title, source : str
        The line above and the line below the axes, wrapped to the figure's width.
    size : float
        Factor on the size of title and source line.
    arrangement : Arrangement, optional
        How words and panels of a figure of another width stand; texts then keep their size, and more room is all that
        is tried.

    Returns
    -------
    drawing : Drawing
        The figure as it is to be written in all formats.
    faults : list of str
        One sentence for each text that is cut off or printed over another; empty if all fits.

    Raises
    ------
    FigureError
        If the figure was not made by `canvas`.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        raise FigureError("make it with parallelrun.canvas")
    width, height = figure.get_size_inches()
    recordable(figure)
    sizes: list[Any] = [(text, text.get_fontsize()) for text in figure.findobj(Text) if isinstance(text, Text)]
    head = figure.text(0, 0, "", size=size * TITLE_SIZE, weight=600, va="top", linespacing=1.15, color="#111111")
    foot = figure.text(0, 0, "", size=size * SOURCE_SIZE, va="bottom", linespacing=1.15, color="#666666")
    faults: list[str] = []
    tried: list[tuple[int, float]] = []
    if arrangement:
        for _ in range(SETTLED):
            _lay_out(figure, engine, head, foot, title, source)
            if not arrangement.settle():
                break
        width, height = figure.get_size_inches()
    for taller, smaller in _rooms(tried) if arrangement else ROOM:
        figure.set_size_inches(width, height * taller)
        if smaller < 1:
            for text, size in sizes:
                text.set_fontsize(size * smaller)
        crowded = _lay_out(figure, engine, head, foot, title, source)
        figure.set_layout_engine(None)  # "none" would leave a placeholder, for which savefig draws twice
        drawing = record(figure)
        faults = crowded + _text_faults(figure)
        if not faults:
            break
        tried.append((len(faults), taller))
        _turn_crowded_labels(figure)
        figure.set_layout_engine(engine)
    figure.set_layout_engine(None)
    return drawing, faults


def _rooms(tried: list[tuple[int, float]]) -> Iterator[tuple[float, float]]:
    """Yield heights for texts that keep their size; at last the lowest of those with the fewest faults once more."""
    for taller in TALLER:
        yield taller, 1.0
    yield min(tried)[1], 1.0


def _lay_out(figure: Figure, engine: Any, head: Text, foot: Text, title: str, source: str) -> list[str]:
    """Set title and source line and fit the axes between them; say so if there is no room for the axes."""
    width, height = figure.get_size_inches()
    pad = PAD_CM * CM
    x = pad / width
    head.set_text(wrapped(figure, title, head.get_fontproperties(), width - 2 * pad))
    foot.set_text(wrapped(figure, source, foot.get_fontproperties(), width - 2 * pad))
    head.set_position((x, 1 - pad / height))
    foot.set_position((x, pad / height))
    head_height = (head.get_text().count("\n") + 1) * head.get_fontproperties().get_size_in_points() * 1.25 / 72
    foot_height = (
        (foot.get_text().count("\n") + 1) * foot.get_fontproperties().get_size_in_points() * 1.3 / 72 if source else 0.0
    )
    bottom, top = (foot_height + 2.2 * pad) / height, 1 - (head_height + 2.6 * pad) / height
    engine.set(rect=(x, bottom, 1 - 2 * x, top - bottom))
    outside_axes = [legend for legend in figure.legends if getattr(legend, "_outside_loc", None)]
    for legend in outside_axes:
        legend.set_bbox_to_anchor(None)  # only then does the layout keep room for it
    for axes in figure.axes:
        axes.set_in_layout(True)  # fixing a position below takes axes out of the layout
    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", message=".*constrained_layout not applied.*")
        engine.execute(figure)
    for legend in outside_axes:  # which would else lie over the source line
        legend.set_bbox_to_anchor((x, bottom, 1 - 2 * x, top - bottom), figure.transSubfigure)
    for axes in figure.axes:  # the solver's last bits depend on where objects lie in memory
        left, low, wide, high = (round(edge, 6) for edge in axes.get_position(original=True).bounds)
        axes.set_position((left, low, wide, high))
        locator: Any = axes.get_axes_locator()  # a colour bar's; drawing would apply it, but texts are measured before
        axes.apply_aspect(locator(axes, figure.canvas.get_renderer()) if locator else None)  # type: ignore[attr-defined]
    for place in getattr(figure, ADJUSTERS, []):
        place()
    return ["the axes have no room beside their texts"] if caught else []


def _text_faults(figure: Figure) -> list[str]:
    """Return which texts leave the page or lie over one another (upright or at right angles; others are not judged)."""
    page = figure.bbox
    slack = figure.dpi / 100
    faults, boxes = [], []
    hidden = _hidden_labels(figure)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        content = text.get_text().strip()
        if not content or not text.get_visible() or id(text) in hidden or text.get_rotation() % 90:
            continue
        if text.axes is not None and not text.axes.get_visible():
            continue
        box = text.get_window_extent()
        if box.width < 1 or box.height < 1:
            continue
        if box.x0 < page.x0 - slack or box.y0 < page.y0 - slack or box.x1 > page.x1 + slack or box.y1 > page.y1 + slack:
            faults.append(f"the text {content!r} is cut off at the page's edge")
        boxes.append((box, content))
    corners = np.array([box.extents for box, _ in boxes]).reshape(-1, 4)
    low, high = corners[:, :2], corners[:, 2:]
    shared = np.clip(np.minimum(high[:, None], high) - np.maximum(low[:, None], low), 0, None).prod(axis=2)
    areas = (high - low).prod(axis=1)
    for i, j in np.argwhere(np.triu(shared > 0.12 * np.minimum(areas[:, None], areas), 1)):
        faults.append(f"the texts {boxes[i][1]!r} and {boxes[j][1]!r} overlap")
    return faults


def _turn_crowded_labels(figure: Figure) -> None:
    """Turn the labels of an x axis upright if they lie over one another."""
    hidden = _hidden_labels(figure)
    for axes in figure.axes:
        labels = [label for label in axes.get_xticklabels() if label.get_text() and id(label) not in hidden]
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
        if any(box.x1 > other.x0 for box, other in itertools.pairwise(boxes)):
            axes.tick_params(axis="x", labelrotation=90)


def _hidden_labels(figure: Figure) -> set[int]:
    """Return the ids of tick labels that are not drawn, since their tick lies outside the axis or the axis is off."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not axes.axison or not axis.get_visible() or not low - slack <= tick.get_loc() <= high + slack:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return hidden


def outside(figure: Figure) -> list[str]:
    """Return, for each axes with a plotted value outside its limits, which value and which limits.

    Lines, markers, bars, bands, whiskers and images are looked at; arrows and texts are not, nor what is not finite,
    nor, on a logarithmic axis, what is not positive and so is drawn to the axis's end.
    """
    faults = []
    for number, axes in enumerate(figure.axes, 1):
        for which, low, high, values in _plotted(axes):
            axis = axes.xaxis if which == "x" else axes.yaxis
            if axis.get_scale() == "log":
                values = np.log10(values[values > 0])
                low, high = np.log10(low), np.log10(high)
            values = values[np.isfinite(values)]
            slack = 1e-6 * (high - low)
            stray = values[(values < low - slack) | (values > high + slack)]
            if stray.size:
                name = axis.get_label_text() or axes.get_title(loc="left") or axes.get_title()
                far = stray[np.argmax(np.abs(stray - (low + high) / 2))]
                faults.append(
                    f"panel {number}, {which} axis {name!r}: a plotted value ({far:.6g}) lies outside the limits "
                    f"{low:.6g} to {high:.6g}; let the limits follow the data"
                )
    return faults


def _plotted(axes: Axes) -> Iterator[tuple[str, float, float, np.ndarray]]:
    """Yield axis, its limits in order, and the values drawn along it, for each artist that draws data."""
    limits = {"x": sorted(axes.get_xlim()), "y": sorted(axes.get_ylim())}
    for artist in axes.get_children():
        if artist is axes.patch or isinstance(artist, Spine | FancyArrowPatch):
            continue
        if not artist.get_visible() or not artist.get_clip_on():
            continue
        for transform, points in _points(artist):
            along = transform.contains_branch_seperately(axes.transData)
            places = np.asarray(points, float)
            places = places[np.isfinite(places).all(axis=1)]  # a point without one coordinate is not drawn
            for which, in_data, values in zip("xy", along, places.T, strict=True):
                if in_data and values.size:
                    yield which, *limits[which], values


def _points(artist: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the points that an artist draws, with the transform that they are in."""
    if isinstance(artist, Line2D):
        yield artist.get_transform(), artist.get_xydata()
    elif isinstance(artist, AxesImage):
        left, right, bottom, top = artist.get_extent()
        yield artist.get_transform(), [(left, bottom), (right, top)]
    elif isinstance(artist, Collection):
        offsets = np.ma.filled(artist.get_offsets(), np.nan)
        if len(offsets) and np.any(offsets):
            yield artist.get_offset_transform(), offsets
        else:
            for path in artist.get_paths():
                yield artist.get_transform(), path.vertices
    elif isinstance(artist, Patch):
        yield artist.get_data_transform(), artist.get_patch_transform().transform(artist.get_path().vertices)
