"""House style and the figure contract: one call saves SVG, PDF, PNG and the plotted data, described and traceable.

A figure is made by `canvas` (width by name, house style) and written by `save`, which refuses one without
alt text, caption and title, with a missing glyph, or with text that is cut off or overprinted. The same
figure gives the same bytes in any folder, time zone, locale and hash seed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import warnings
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from parallelrun.errors import FigureError
from parallelrun.results import DIGITS

STYLE = Path(__file__).parent / "style"
CM = 1 / 2.54

WIDTHS_CM = {"one-column": 8.6, "two-columns": 17.8, "slide": 25.4}
"""Widths by name, in centimetres: a journal's column, its full width, and a 16:9 slide."""

US, CHINA, OTHER = "#0072B2", "#D55E00", "#666666"
"""Okabe-Ito blue and vermilion for the two countries, grey for everyone else."""

COUNTRY_COLOURS = {"US": US, "CN": CHINA, "other": OTHER}
COUNTRY_MARKERS = {"US": "o", "CN": "D", "other": "s"}
COUNTRY_NAMES = {"US": "United States", "CN": "China", "other": "elsewhere"}

TITLE_SIZE, SOURCE_SIZE = 10.0, 6.5
PAD_CM = 0.12
DPI = 300
"""Resolution of the PNG, in dots per inch."""


@cache
def use_house_style() -> None:
    """Load the bundled fonts and the style file into matplotlib, once a process."""
    for font in sorted(STYLE.glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    matplotlib.style.use(STYLE / "parallelrun.mplstyle")


def canvas(
    width: str = "two-columns", height_cm: float = 9.0, nrows: int = 1, ncols: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """Return a new figure and its axes in house style, with room kept for title and source line.

    Parameters
    ----------
    width : {"one-column", "two-columns", "slide"}
        Width by name, see `WIDTHS_CM`.
    height_cm : float
        Height of the whole figure in centimetres.
    nrows, ncols : int
        Grid of axes.
    **subplots
        Further arguments of `matplotlib.figure.Figure.subplots`.

    Returns
    -------
    (matplotlib.figure.Figure, Axes or array of Axes)

    Raises
    ------
    FigureError
        If the width has no such name.
    """
    if width not in WIDTHS_CM:
        raise FigureError(f"no width {width!r}: expected one of {', '.join(WIDTHS_CM)}")
    use_house_style()
    figure = Figure(figsize=(WIDTHS_CM[width] * CM, height_cm * CM), layout="constrained")
    FigureCanvasAgg(figure)
    figure._parallelrun_width = width  # type: ignore[attr-defined]
    return figure, figure.subplots(nrows, ncols, **subplots)


@dataclass(frozen=True)
class Description:
    """What a figure says of itself, in its files and in the manifest."""

    name: str
    title: str
    alt: str
    caption: str
    source_line: str
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise FigureError(f"figure {self.name!r}: the name must be lower case, such as gap_timeline")
        for part in ("title", "alt", "caption"):
            if not getattr(self, part).strip():
                raise FigureError(f"figure {self.name!r}: {part} is empty; every figure needs title, alt and caption")


@dataclass(frozen=True)
class Saved:
    """A saved figure: shows itself in a notebook, and its digests as text that can be compared."""

    description: Description
    digests: dict[str, str]
    data_digest: str
    data_shape: tuple[int, int]
    picture: Image.Image | None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return PNG (where written) and text, with the alt text and the figure's name as metadata."""
        rows, columns = self.data_shape
        inputs = self.description.provenance.get("inputs", {})
        text = [
            f"Figure {self.description.name}: {self.description.title}",
            f"  data  {rows} x {columns}, sha256 {self.data_digest[:16]}",
            f"  svg   sha256 {self.digests['svg'][:16]}",
            *(f"  from  {table}, sha256 {digest[:16]}" for table, digest in inputs.items()),
        ]
        bundle: dict[str, Any] = {"text/plain": "\n".join(text)}
        metadata: dict[str, Any] = {"parallelrun": {"figure": asdict(self.description)}}
        if self.picture is not None:
            bundle["image/png"] = preview(self.picture)
            metadata["image/png"] = {"alt": self.description.alt, "width": 720}
        return bundle, metadata


def preview(picture: Image.Image) -> bytes:
    """Return a 300 dpi picture reduced to half its size and 128 colours as PNG, for the notebook."""
    out = io.BytesIO()
    picture.reduce(2).quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def save(figure: Figure, description: Description, data: pd.DataFrame, folder: Path, formats: tuple[str, ...]) -> Saved:
    """Write a figure's files and return what to show of it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure made by `canvas`.
    description : Description
        Name, title, alt text, caption, source line and provenance.
    data : pandas.DataFrame
        The plotted data, tidy; written as ``<name>.csv`` with `DIGITS` significant digits.
    folder : Path
        Where the files go.
    formats : tuple of {"svg", "pdf", "png"}
        What to write; the SVG is always rendered, since its digest is part of the output.

    Raises
    ------
    FigureError
        If there is no plotted data, a glyph is missing, a text is cut off, or two texts overlap.
    """
    if data.empty:
        raise FigureError(f"figure {description.name!r}: no plotted data")
    table = data.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n", date_format="%Y-%m-%d").encode()
    data_digest = hashlib.sha256(table).hexdigest()

    with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": f"{description.name}-{data_digest[:16]}"}):
        warnings.filterwarnings("error", message="Glyph")
        warnings.filterwarnings("error", message=".*constrained_layout not applied.*")
        try:
            _lay_out(figure, description)
            picture = _picture(figure, DPI if "png" in formats else figure.dpi)
            _check_text(figure, description.name)
            files = {kind: _render(figure, kind, description, picture) for kind in dict.fromkeys(("svg", *formats))}
        except UserWarning as warning:
            raise FigureError(f"figure {description.name!r}: {warning}") from None

    folder.mkdir(parents=True, exist_ok=True)
    for kind in formats:
        (folder / f"{description.name}.{kind}").write_bytes(files[kind])
    (folder / f"{description.name}.csv").write_bytes(table)
    digests = {kind: hashlib.sha256(files[kind]).hexdigest() for kind in ("svg", *formats)}
    return Saved(description, digests, data_digest, (len(data), data.shape[1]), picture if "png" in formats else None)


def _lay_out(figure: Figure, description: Description) -> None:
    """Set title and source line, fit the axes between them, and freeze the layout for all formats."""
    width, height = figure.get_size_inches()
    pad = PAD_CM * CM
    scale = 1.6 if getattr(figure, "_parallelrun_width", "") == "slide" else 1.0
    title = _wrap(figure, description.title, FontProperties(size=TITLE_SIZE * scale, weight=600), width - 2 * pad)
    source = _wrap(figure, description.source_line, FontProperties(size=SOURCE_SIZE * scale), width - 2 * pad)
    title_height = (title.count("\n") + 1) * TITLE_SIZE * scale * 1.25 / 72
    source_height = (source.count("\n") + 1) * SOURCE_SIZE * scale * 1.3 / 72 if source else 0.0

    x = pad / width
    figure.text(
        x, 1 - pad / height, title, size=TITLE_SIZE * scale, weight=600, va="top", linespacing=1.15, color="#111111"
    )
    if source:
        figure.text(x, pad / height, source, size=SOURCE_SIZE * scale, va="bottom", linespacing=1.15, color="#666666")
    bottom, top = (source_height + 2.2 * pad) / height, 1 - (title_height + 2.6 * pad) / height
    engine = figure.get_layout_engine()
    if engine is None:
        raise FigureError(f"figure {description.name!r}: make it with parallelrun.figures.canvas")
    engine.set(rect=(x, bottom, 1 - 2 * x, top - bottom))  # type: ignore[call-arg]
    engine.execute(figure)
    for axes in figure.axes:  # the solver's last bits depend on where objects lie in memory
        left, low, wide, high = (round(edge, 6) for edge in axes.get_position(original=True).bounds)
        axes.set_position((left, low, wide, high))
        locator: Any = axes.get_axes_locator()  # a colour bar's; drawing would apply it, but texts are measured before
        axes.apply_aspect(locator(axes, figure.canvas.get_renderer()) if locator else None)  # type: ignore[attr-defined]
    figure.set_layout_engine(None)  # "none" would leave a placeholder, for which savefig draws twice


def _wrap(figure: Figure, text: str, font: FontProperties, width_inches: float) -> str:
    """Break a text at spaces so that no line is wider than the given width."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]

    @cache
    def measure(word: str) -> float:
        return renderer.get_text_width_height_descent(word, font, False)[0]

    limit, space = width_inches * figure.dpi, measure("a a") - 2 * measure("a")
    lines: list[list[str]] = []
    filled = 0.0
    for word in text.split():
        if lines and filled + space + measure(word) <= limit:
            lines[-1].append(word)
            filled += space + measure(word)
        else:
            lines.append([word])
            filled = measure(word)
    return "\n".join(" ".join(line) for line in lines)


def _check_text(figure: Figure, name: str) -> None:
    """Refuse texts that leave the page or lie over one another (upright or at right angles; others are not judged)."""
    page = figure.bbox
    slack = figure.dpi / 100
    boxes = []
    hidden = _hidden_labels(figure)
    for text in figure.findobj(Text):
        content = text.get_text().strip()
        if not content or not text.get_visible() or id(text) in hidden or text.get_rotation() % 90:
            continue
        if text.axes is not None and not text.axes.get_visible():
            continue
        box = text.get_window_extent()
        if box.width < 1 or box.height < 1:
            continue
        if box.x0 < page.x0 - slack or box.y0 < page.y0 - slack or box.x1 > page.x1 + slack or box.y1 > page.y1 + slack:
            raise FigureError(f"figure {name!r}: the text {content!r} is cut off at the page's edge")
        boxes.append((box, content))
    for i, (box, content) in enumerate(boxes):
        for other, second in boxes[i + 1 :]:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            smaller = min(box.width * box.height, other.width * other.height)
            if wide > 0 and high > 0 and wide * high > 0.12 * smaller:
                raise FigureError(f"figure {name!r}: the texts {content!r} and {second!r} overlap")


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


def _picture(figure: Figure, dpi: float) -> Image.Image:
    """Return the figure drawn; the PNG and the notebook's smaller picture are both made from it."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _render(figure: Figure, kind: str, description: Description, picture: Image.Image) -> bytes:
    out = io.BytesIO()
    provenance = json.dumps(
        description.provenance | {"title": description.title, "alt": description.alt}, ensure_ascii=False
    )
    metadata: dict[str, Any]
    if kind == "svg":
        metadata = {
            "Title": description.title,
            "Description": description.caption,
            "Source": provenance,
            "Date": None,
            "Creator": "parallel-run",
        }
    elif kind == "pdf":
        metadata = {
            "Title": description.title,
            "Subject": description.caption,
            "Keywords": provenance,
            "CreationDate": None,
            "Creator": "parallel-run",
        }
    elif kind == "png":
        texts = PngInfo()
        for key, words in {
            "Title": description.title,
            "Description": description.alt,
            "Comment": description.caption,
            "Source": provenance,
            "Software": "parallel-run",
        }.items():
            texts.add_itxt(key, words)
        picture.save(out, "PNG", pnginfo=texts, dpi=(DPI, DPI), compress_level=2)
        return out.getvalue()
    else:
        raise FigureError(f"no figure format {kind!r}: expected svg, pdf or png")
    figure.savefig(out, format=kind, metadata=metadata)
    return _accessible(out.getvalue(), description) if kind == "svg" else out.getvalue()


def _accessible(svg: bytes, description: Description) -> bytes:
    """Give an SVG the title, description and role that screen readers look for."""
    name = description.name
    opening = re.compile(rb"<svg [^>]*>")
    match = opening.search(svg)
    if match is None:
        raise FigureError(f"figure {name!r}: the SVG has no root element")
    root = match[0][:-1] + f' role="img" aria-labelledby="{name}-title {name}-desc">'.encode()
    words = (
        f'\n <title id="{name}-title">{escape(description.title)}</title>'
        f'\n <desc id="{name}-desc">{escape(description.alt)}</desc>'
    ).encode()
    return svg[: match.start()] + root + words + svg[match.end() :]
