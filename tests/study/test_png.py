"""Pixels as PNG: what is read is what was written, with its words."""

import io

import numpy as np
import pytest
from PIL import Image

from parallelrun.study import png


@pytest.mark.parametrize("size", [(1, 1), (3, 7), (200, 31)])
def test_the_pixels_and_words_that_are_read_are_those_written(size):
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    texts = {"Title": "“a” – 中", "Source": "x" * 5000}
    with Image.open(io.BytesIO(png.encoded(pixels, texts, 300))) as read:
        read.load()
        assert (np.asarray(read) == pixels).all()
        assert read.mode == "RGB"
        assert {key: read.info[key] for key in texts} == texts
        assert read.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_figures_take_less_room_than_with_filters(root):
    sizes = []
    for path in sorted((root / "figures" / "convergence").glob("*.png"))[:5]:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        filtered = io.BytesIO()
        Image.fromarray(pixels).save(filtered, "PNG", compress_level=png.LEVEL)
        sizes.append((len(png.encoded(pixels, {}, 300)), len(filtered.getvalue())))
    ours, theirs = map(sum, zip(*sizes, strict=True))
    assert ours < theirs
