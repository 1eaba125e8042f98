"""The figure contract: a plot with its words; one call saves SVG, PDF, PNG and the plotted data, traceable.

`prepare` refuses a figure without alt text, caption and title, with a missing glyph, or with a plotted value outside
its axes. A text that does not fit is first given room (see `fitting`); what then still does not fit is a warning. The
figure is drawn once (see `recording`), and written from that in each format. The same figure gives the same bytes in
any folder, time zone, locale and hash seed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from parallelrun import project
from parallelrun.errors import FigureError, FitWarning
from parallelrun.study import looks, png
from parallelrun.study.fitting import fit, outside
from parallelrun.study.fonts import hold
from parallelrun.study.recording import DPI, Drawing, record
from parallelrun.study.results import DIGITS

HOUSE = project.Look()

ROW_DIGITS = 8
"""Hexadecimal digits that a file keeps of the digest of each row that it draws."""


@dataclass(frozen=True)
class Plot:
    """A figure with the data that it draws and the words that go with it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Made by `parallelrun.canvas`; an empty one in a run for results only.
    data : pandas.DataFrame
        The plotted data, tidy.
    title : str
        What the figure shows, one finding as a statement; numbers in it are computed.
    alt : str
        What a reader who cannot see it needs to know.
    caption : str
        How it was made: method, units, what the interval is.
    simulated : bool
        Whether any of what is drawn is simulated rather than observed; the source line says so.
    name : str
        Name of its files, lower case; `parallelrun.study.provenance.drawn` takes the function's.
    inputs : frozenset of str
        Names of the curated tables that it was made of.
    """

    figure: Figure
    data: pd.DataFrame
    title: str
    alt: str
    caption: str
    simulated: bool = False
    name: str = ""
    inputs: frozenset[str] = frozenset()


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
        """Return PNG in base64 (where written) and text, with the alt text and the figure's name as metadata."""
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
            bundle["image/png"] = base64.b64encode(preview(self.picture)).decode()
            metadata["image/png"] = {"alt": self.description.alt, "width": 720}
        return bundle, metadata


def preview(picture: Image.Image) -> bytes:
    """Return a 300 dpi picture reduced to half its size and 128 colours as PNG, for the notebook."""
    out = io.BytesIO()
    picture.reduce(2).quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Ready:
    """A figure that was checked, laid out and drawn; it needs only be written."""

    description: Description
    formats: tuple[str, ...]
    table: bytes
    data_digest: str
    data_shape: tuple[int, int]
    drawings: dict[str, Drawing]

    def write(self, folder: Path) -> Saved:
        """Write the figure's files and its plotted data into a folder, and return what to show of it.

        Raises
        ------
        FigureError
            If a glyph is missing.
        """
        name = self.description.name
        hold()
        salt = f"{name}-{self.data_digest[:16]}"
        with _strict(name), mpl.rc_context({"svg.hashsalt": salt, "savefig.dpi": DPI, "savefig.bbox": None}):
            picture = _picture(self.drawings["png"]) if "png" in self.formats else None
            files = {kind: _render(drawing, kind, self.description, picture) for kind, drawing in self.drawings.items()}
        folder.mkdir(parents=True, exist_ok=True)
        for kind in self.formats:
            (folder / f"{name}.{kind}").write_bytes(files[kind])
        (folder / f"{name}.csv").write_bytes(self.table)
        digests = {kind: hashlib.sha256(file).hexdigest() for kind, file in files.items()}
        return Saved(self.description, digests, self.data_digest, self.data_shape, picture)


def prepare(figure: Figure, description: Description, data: pd.DataFrame, formats: tuple[str, ...]) -> Ready:
    """Check a figure, lay it out and draw it, once for all formats.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure made by `canvas`.
    description : Description
        Name, title, alt text, caption, source line and provenance.
    data : pandas.DataFrame
        The plotted data, tidy; written as ``<name>.csv`` with `DIGITS` significant digits.
    formats : tuple of {"svg", "pdf", "png", "eps"}
        What will be written; the SVG is always rendered, since its digest is part of the output.

    Raises
    ------
    FigureError
        If there is no plotted data, a glyph is missing, or a plotted value lies outside its axes.

    Warns
    -----
    FitWarning
        If a text is cut off or printed over another for all the room that it was given.
    """
    name = description.name
    if data.empty:
        raise FigureError(f"figure {name!r}: no plotted data")
    if unknown := set(formats) - {"svg", "pdf", "png", "eps"}:
        raise FigureError(f"figure {name!r}: no figure format {min(unknown)!r}: expected svg, pdf, png or eps")
    table = data.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n", date_format="%Y-%m-%d").encode()
    data_digest = hashlib.sha256(table).hexdigest()
    look = project.surroundings().look
    source_line = description.source_line
    if look != HOUSE:
        own = {"figure": name, "look": asdict(look), "data": data_digest, "rows": row_digests(table)}
        description = replace(description, provenance=description.provenance | own)
    title, source_line = looks.heading(look, name, description.title, source_line)

    with _strict(name):
        if stray := outside(figure):
            raise FigureError("; ".join(stray))
        if look == HOUSE:
            drawing, faults = fit(figure, title, source_line)
        else:
            stands = looks.dress(figure, look)
            _, faults = fit(figure, title, source_line, size=looks.size_of(look), arrangement=stands)
            looks.finish(figure, look)
            drawing = record(figure)
        drawings = dict.fromkeys(("svg", *formats), drawing)
        if "eps" in formats:
            looks.opaque(figure)
            drawings["eps"] = record(figure)
    if faults:
        more = f", and {len(faults) - 3} more like these" if len(faults) > 3 else ""
        warnings.warn_explicit(f"{'; '.join(faults[:3])}{more}", FitWarning, f"figure {name}", 1)
    return Ready(description, formats, table, data_digest, (len(data), data.shape[1]), drawings)


@contextmanager
def _strict(name: str) -> Iterator[None]:
    """Take a missing glyph for an error, and have each error name the figure."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        try:
            yield
        except (UserWarning, FigureError) as error:
            raise FigureError(f"figure {name!r}: {error}") from None


def save(figure: Figure, description: Description, data: pd.DataFrame, folder: Path, formats: tuple[str, ...]) -> Saved:
    """Write a figure's files and return what to show of it (see `prepare`, also for what is raised)."""
    return prepare(figure, description, data, formats).write(folder)


def row_digests(table: bytes) -> str:
    """Return the first digits of each row's SHA-256, of a table as CSV with a line of names, one behind the other."""
    return "".join(hashlib.sha256(row).hexdigest()[:ROW_DIGITS] for row in table.splitlines()[1:])


def _picture(drawing: Drawing) -> Image.Image:
    """Return the figure as pixels; the PNG and the notebook's smaller picture are both made from it."""
    drawing.set_dpi(DPI)
    canvas = FigureCanvasAgg(drawing)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _render(drawing: Drawing, kind: str, description: Description, picture: Image.Image | None) -> bytes:
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
        assert picture is not None
        texts = {
            "Title": description.title,
            "Description": description.alt,
            "Comment": description.caption,
            "Source": provenance,
            "Software": "parallel-run",
        }
        return png.encoded(np.asarray(picture), texts, DPI)
    else:
        drawing.savefig(out, format="eps", metadata={"Creator": "parallel-run"})
        return _with_comments(out.getvalue(), description.title, provenance)
    drawing.savefig(out, format=kind, metadata=metadata)
    return _accessible(out.getvalue(), description) if kind == "svg" else out.getvalue()


EPS_COMMENT = "%ParallelRun: "


def _with_comments(eps: bytes, title: str, provenance: str) -> bytes:
    """Put title and provenance (as base64, in short lines) where an EPS has its day."""
    coded = base64.b64encode(provenance.encode()).decode()
    lines = [f"%%Title: {title.encode('ascii', 'replace').decode()[:200]}"]
    lines += [f"{EPS_COMMENT}{coded[start : start + 200]}" for start in range(0, len(coded), 200)]
    return re.sub(rb"%%CreationDate: [^\n]*", "\n".join(lines).encode(), eps, count=1)


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
