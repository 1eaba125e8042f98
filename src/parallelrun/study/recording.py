"""A figure drawn once and written in several formats: what its artists ask a renderer to draw is kept, and repeated.

Artists work out ticks, places, paths and colours each time that they are drawn, which takes longer than to write what
comes of it. A recording is in printer's points, the unit of SVG and PDF; for pixels it is scaled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.transforms import Affine2D, Bbox, TransformedPath

POINTS = 72.0
"""Points in an inch: a recorded figure's resolution."""

DPI = 300
"""Resolution of what is written as pixels, in dots per inch."""

Call = Callable[[Any, float], None]
"""What draws one thing with a renderer that has a number of its units in a point."""


class Drawing(Figure):
    """What was drawn of a figure; written in any format, it comes out the same, and no artist is asked again.

    Parameters
    ----------
    size : (float, float)
        Width and height in inches.
    calls : list of Call
        What drew the figure, in order.
    """

    def __init__(self, size: Any, calls: list[Call]) -> None:
        super().__init__(figsize=size)
        self.set_layout_engine(None)
        self._calls = calls

    def draw(self, renderer: Any) -> None:
        """Draw with a renderer all that was recorded."""
        for call in self._calls:
            call(renderer, renderer.points_to_pixels(1.0))


def record(figure: Figure) -> Drawing:
    """Draw a figure that `recordable` was given.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its layout is fixed.
    """
    recorder: _Recorder = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    recorder.calls = []
    figure.draw(recorder)
    return Drawing(figure.get_size_inches(), recorder.calls)


def recordable(figure: Figure) -> None:
    """Have a figure measured in points, by what will record it."""
    figure.set_dpi(POINTS)
    _Canvas(figure)


class _Canvas(FigureCanvasBase):
    """Gives a figure the renderer by which it is measured and recorded."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self._recorder = _Recorder(figure)

    def get_renderer(self) -> _Recorder:
        """Return the one renderer of the figure, which remembers what texts measure."""
        return self._recorder


class _Recorder(RendererBase):
    """A renderer that keeps what it is asked to draw, with states and transforms as they are at the time."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.dpi = DPI
        self._figure = figure
        self.calls: list[Call] = []
        self._clips: dict[Any, Callable[[float], Any]] = {}

    def _state(self, gc: GraphicsContextBase) -> Callable[[Any, float], GraphicsContextBase]:
        """Return a function that gives a renderer's own state of drawing with what one now has, its clipping scaled."""
        kept = GraphicsContextBase()
        kept.copy_properties(gc)
        box = gc.get_clip_rectangle()
        clip: Any = gc.get_clip_path()
        path, transform = clip
        rectangle: Callable[[float], Any] = _nothing
        outline: Callable[[float], Any] = _nothing
        if box is not None:
            corners = np.array(box.get_points())
            rectangle = self._clip(corners.tobytes(), lambda scale: Bbox(scale * corners))
        if path is not None:
            place = _matrix(transform)
            codes = None if path.codes is None else path.codes.tobytes()
            known = (path.vertices.tobytes(), codes, place(1).get_matrix().tobytes())
            outline = self._clip(known, lambda scale: TransformedPath(path, place(scale)))

        def state(to: Any, scale: float) -> GraphicsContextBase:
            own: GraphicsContextBase = to.new_gc()
            own.copy_properties(kept)
            own.set_clip_rectangle(rectangle(scale))
            own.set_clip_path(outline(scale))
            return own

        return state

    def _clip(self, place: Any, scaled: Callable[[float], Any]) -> Callable[[float], Any]:
        """Return the same function, which returns the same object, for the same place: a PDF clips where it changes."""
        return self._clips.setdefault(place, cache(scaled))

    def get_canvas_width_height(self) -> Any:
        return self._figure.bbox.size

    def get_image_magnification(self) -> float:
        return DPI / POINTS

    def option_image_nocomposite(self) -> bool:
        return True

    def flipy(self) -> bool:
        return False

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        return _measured(s, prop, ismath)

    def _get_font_height_metrics(self, prop: Any) -> tuple[float | None, float | None, float | None]:
        """Return ascent, descent and line gap in points; `matplotlib.text.Text` else looks each time into the font."""
        return _heights(prop.copy())

    def open_group(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append(lambda to, scale: to.open_group(*args, **kwargs))

    def close_group(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append(lambda to, scale: to.close_group(*args, **kwargs))

    def start_rasterizing(self) -> None:
        self.calls.append(lambda to, scale: to.start_rasterizing())

    def stop_rasterizing(self) -> None:
        self.calls.append(lambda to, scale: to.stop_rasterizing())

    def start_filter(self) -> None:
        self.calls.append(lambda to, scale: to.start_filter())

    def stop_filter(self, filter_func: Any) -> None:
        self.calls.append(lambda to, scale: to.stop_filter(filter_func))

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        state, place = self._state(gc), _matrix(transform)
        self.calls.append(lambda to, scale: to.draw_path(state(to, scale), path, place(scale), rgbFace))

    def draw_markers(
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,
    ) -> None:
        state, size, place = self._state(gc), _matrix(marker_trans), _matrix(trans)
        self.calls.append(
            lambda to, scale: to.draw_markers(state(to, scale), marker_path, size(scale), path, place(scale), rgbFace)
        )

    def draw_path_collection(
        self,
        gc: Any,
        master_transform: Any,
        paths: Any,
        all_transforms: Any,
        offsets: Any,
        offset_trans: Any,
        *looks: Any,
        **more: Any,
    ) -> None:
        state, size, place = self._state(gc), _matrix(master_transform), _matrix(offset_trans)
        self.calls.append(
            lambda to, scale: to.draw_path_collection(
                state(to, scale), size(scale), paths, all_transforms, offsets, place(scale), *looks, **more
            )
        )

    def draw_quad_mesh(
        self,
        gc: Any,
        master_transform: Any,
        meshWidth: int,
        meshHeight: int,
        coordinates: Any,
        offsets: Any,
        offsetTrans: Any,
        *looks: Any,
    ) -> None:
        state, size, place = self._state(gc), _matrix(master_transform), _matrix(offsetTrans)
        self.calls.append(
            lambda to, scale: to.draw_quad_mesh(
                state(to, scale), size(scale), meshWidth, meshHeight, coordinates, offsets, place(scale), *looks
            )
        )

    def draw_gouraud_triangles(self, gc: Any, triangles_array: Any, colors_array: Any, transform: Any) -> None:
        state, place = self._state(gc), _matrix(transform)
        self.calls.append(
            lambda to, scale: to.draw_gouraud_triangles(state(to, scale), triangles_array, colors_array, place(scale))
        )

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        state = self._state(gc)
        self.calls.append(lambda to, scale: to.draw_image(state(to, scale), scale * x, scale * y, im))

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        state = self._state(gc)

        def call(to: Any, scale: float) -> None:
            up = to.get_canvas_width_height()[1] - scale * y if to.flipy() else scale * y
            to.draw_text(state(to, scale), scale * x, up, s, prop, angle, ismath, mtext)

        self.calls.append(call)


_text = RendererBase()


@lru_cache(4096)
def _measured(text: str, font: FontProperties, ismath: Any) -> tuple[float, float, float]:
    """Return width, height and descent of a text in points; one of another figure often has the same."""
    return _text.get_text_width_height_descent(text, font, ismath)


@lru_cache(1024)
def _heights(prop: FontProperties) -> tuple[float | None, float | None, float | None]:
    """Return ascent, descent and line gap of a font in points, as `matplotlib.text.Text` takes them from its tables."""
    font = get_font(findfont(prop))
    table = font.get_sfnt_table("OS/2")
    if table is None:
        return None, None, None
    scale = prop.get_size_in_points() / font.units_per_EM
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale


def _nothing(scale: float) -> None:
    """Stand for no clipping at any scale."""


def _matrix(transform: Any) -> Callable[[float], Affine2D]:
    """Return a function that gives an affine transform as it now is, scaled."""
    now = np.array(transform.get_matrix())

    def scaled(scale: float) -> Affine2D:
        return Affine2D(now if scale == 1 else np.diag([scale, scale, 1.0]) @ now)

    return scaled
