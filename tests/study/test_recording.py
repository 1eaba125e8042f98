"""A figure drawn once: what is written from the recording is what its artists would have drawn."""

import io
from collections import Counter

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.patheffects import withStroke

from parallelrun.study import canvas, recording


def lines(axes):
    axes.plot([0, 1, 2], [1, 3, 2], "--o", lw=2, label="a line")
    axes.fill_between([0, 1, 2], [0, 1, 1], [1, 2, 2], alpha=0.3, hatch="//")
    axes.legend()


def logarithm(axes):
    axes.loglog([1, 10, 1000], [1, 2, 90], marker="D")
    axes.errorbar([5, 50], [3, 20], yerr=[1, 5], fmt="s", capsize=3)


def collection(axes):
    axes.scatter([1, 2, 3], [3, 1, 2], s=[10, 60, 200], c=["r", "g", "b"], marker="^", edgecolors="k", clip_on=False)
    axes.set_clip_on(True)


def clipped(axes):
    bars = axes.bar([0, 1], [2, 3], hatch="x")
    for bar in bars:
        bar.set_clip_path(Circle((0.5, 1.5), 1, transform=axes.transData))


def texts(axes):
    axes.text(0.5, 0.5, "halo", path_effects=[withStroke(linewidth=2, foreground="yellow")], rotation=30)
    axes.text(0.1, 0.2, "$x^2$ and two\nlines", bbox={"facecolor": "0.9", "boxstyle": "round"})
    axes.annotate("here", (0.2, 0.8), (0.6, 0.9), arrowprops={"arrowstyle": "->", "color": "#D55E00"})
    axes.add_patch(FancyArrowPatch((0, 0), (1, 0.1), mutation_scale=12))


def pixels(axes):
    axes.imshow(np.arange(12).reshape(3, 4), interpolation="nearest", aspect="auto")
    axes.plot([0, 3], [0, 2], lw=4, rasterized=True)


def placed(axes):
    axes.figure.figimage(np.arange(1200).reshape(30, 40), 60, 50)


def mesh(axes):
    axes.pcolormesh(np.arange(6).reshape(2, 3), edgecolors="w", lw=1)


def shaded(axes):
    axes.pcolormesh(np.arange(6).reshape(2, 3), shading="gouraud")


PICTURES = [lines, logarithm, collection, clipped, texts, pixels, placed, mesh, shaded]


def laid_out(draw):
    figure, axes = canvas.canvas(6)
    draw(axes)
    axes.set_xlabel("Time (years)")
    figure.set_layout_engine(None)
    recording.recordable(figure)
    return figure


@pytest.mark.parametrize("draw", PICTURES)
def test_pixels_are_those_that_the_artists_draw(draw):
    figure = laid_out(draw)
    drawing = recording.record(figure)
    found = []
    for one in (figure, drawing):
        one.set_dpi(recording.DPI)
        agg = FigureCanvasAgg(one)
        agg.draw()
        found.append(np.asarray(agg.buffer_rgba()).astype(float))
    assert found[0].shape == found[1].shape
    assert np.sqrt(((found[0] - found[1]) ** 2).mean()) < 6.5, "texts are measured in points, not in pixels"
    assert found[0].std() > 5, "something is drawn"


@pytest.mark.parametrize("kind", ["svg", "pdf", "eps"])
@pytest.mark.parametrize("draw", PICTURES)
def test_vectors_are_those_that_the_artists_draw(draw, kind):
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "eps": {}}[kind]
    direct, recorded = [], []
    figure = laid_out(draw)
    for one, lines_of in ((figure, direct), (recording.record(figure), recorded)):
        out = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "same"}):
            one.savefig(out, format=kind, metadata=metadata)
        content, _, _ = out.getvalue().partition(b"\nxref")
        lines_of += [line for line in content.splitlines() if b"CreationDate" not in line]
    assert len(recorded) <= len(direct), "clips that are alike are one, so that fewer are written"
    common = (Counter(direct) & Counter(recorded)).total()
    assert common > 0.9 * len(recorded), "all but the last digits of the places of texts"


class Counted(Artist):
    """Counts how often it is drawn."""

    drawn = 0

    def draw(self, renderer):
        self.drawn += 1


def test_artists_are_asked_once_and_what_changes_later_does_not_show():
    figure = laid_out(lines)
    counted = figure.axes[0].add_artist(Counted())
    drawing = recording.record(figure)

    def written():
        out = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "same"}):
            drawing.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()

    before = written()
    figure.axes[0].set_xlim(-9, 9)
    figure.axes[0].set_position((0, 0, 0.1, 0.1))
    figure.set_dpi(31)
    assert written() == before
    assert counted.drawn == 1


def test_what_a_font_measures_is_what_matplotlib_reads_from_it():
    figure = laid_out(texts)
    text = figure.axes[0].xaxis.label
    measured = text.get_window_extent()
    agg = FigureCanvasAgg(figure)
    assert text.get_window_extent(agg.get_renderer()).extents == pytest.approx(measured.extents, abs=0.05)
